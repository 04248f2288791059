# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""A calculator of ASE."""

import numpy as np
from ase.calculators.calculator import Calculator, PropertyNotImplementedError, all_changes
from ase.stress import full_3x3_to_voigt_6_stress

from .model import DeepPot, DPError


class DP(Calculator):
    """Energies, forces, stress, energies of atoms and `virial` (3 x 3, eV) of a model.

    type_dict: the type of each element, by default its place in the model's type map. Cells may be periodic along all,
    some or none of their vectors. fparam, aparam: parameters that the model needs, where `info` of the atoms does not
    have them by these names. Options are those of DeepPot.
    """

    implemented_properties = ["energy", "free_energy", "forces", "stress", "energies", "virial", "virials"]

    def __init__(self, model, label="dp", type_dict=None, fparam=None, aparam=None, **options):
        if not isinstance(label, str):
            raise DPError(f"label: expected text, found {label!r} (type_dict stands behind it)")
        super().__init__(label=label)
        self.dp = model if isinstance(model, DeepPot) else DeepPot(model, **options)
        self.type_dict = dict(type_dict or {name: t for t, name in enumerate(self.dp.type_map)})
        self.parameters_of_model = {"fparam": fparam, "aparam": aparam}
        self._computed_with = None

    def _parameters_of(self, atoms):
        return {name: atoms.info.get(name, value) for name, value in self.parameters_of_model.items()}

    def check_state(self, atoms, tol=1e-15):
        """What has changed since the last computation, parameters too."""
        changes = super().check_state(atoms, tol=tol)
        now = self._parameters_of(atoms)
        same = self._computed_with is None or all(np.array_equal(now[name], self._computed_with[name]) for name in now)
        return changes if same else [*changes, "info"]

    def calculate(self, atoms=None, properties=("energy",), system_changes=all_changes):
        """Called by ASE."""
        super().calculate(atoms, properties, system_changes)
        symbols = self.atoms.get_chemical_symbols()
        unknown = sorted(set(symbols) - set(self.type_dict))
        if unknown:
            raise DPError(f"type map: the model has {' '.join(self.type_dict)}, but not {' '.join(unknown)}")
        parameters = self._parameters_of(self.atoms)
        pbc = self.atoms.pbc
        atomic = any(name in properties for name in ("energies", "virials"))
        result = self.dp.compute(
            self.atoms.positions, [self.type_dict[symbol] for symbol in symbols],
            self.atoms.cell.array if pbc.any() else None, pbc, atomic=atomic, **parameters,
        )
        self._computed_with = {name: None if value is None else np.array(value) for name, value in parameters.items()}
        self.results = {
            "energy": result["energy"], "free_energy": result["energy"], "forces": result["force"],
            "virial": result["virial"],
        }
        if atomic:
            self.results |= {"energies": result["atom_energy"], "virials": result["atom_virial"].reshape(-1, 3, 3)}
        if self.atoms.cell.rank == 3:
            virial = result["virial"]
            self.results["stress"] = full_3x3_to_voigt_6_stress(-0.5 * (virial + virial.T) / self.atoms.get_volume())
        elif "stress" in properties:
            raise PropertyNotImplementedError("stress: expected a cell with a volume")
