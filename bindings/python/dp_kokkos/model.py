# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""Models: energies, forces and virials of arrays of atoms."""

import ctypes
import os
import warnings

import numpy as np

from ._library import DPError, check, integers, library, numbers, pointer


def _words(options):
    return " ".join(
        f"{name}={('yes' if value else 'no') if isinstance(value, bool) else value}" for name, value in options.items()
    ).encode()


class DeepPot:
    """A model from a file. Options are those of libdp_c: `evaluation="exact"`, `precision="mix32"`, `tolerance=1e-6` ...

    Lengths are in Angstrom, energies in eV. Raises DPError for what it refuses. Threads that use one object take turns.
    A copy is the same object; pickled are the path of the file, which is read anew, and the options.
    """

    def __init__(self, model, **options):
        self._handle = ctypes.c_void_p()
        self._dropped = 0
        self._made_of = os.path.abspath(str(model)), options
        check(library.dp_open(str(model).encode(), _words(options), ctypes.byref(self._handle)))
        self.type_map = [library.dp_type_name(self._handle, t).decode() for t in range(library.dp_types(self._handle))]
        self.cutoff = library.dp_cutoff(self._handle)
        self.dim_fparam = library.dp_fparam(self._handle)
        self.dim_aparam = library.dp_aparam(self._handle)
        self.description = library.dp_description(self._handle, 0).decode()

    def __del__(self):
        if library is not None and getattr(self, "_handle", None):  # modules are gone at the end of the program
            library.dp_close(self._handle)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __getstate__(self):
        return self._made_of

    def __setstate__(self, made_of):
        file, options = made_of
        self.__init__(file, **options)

    def get_type_map(self):
        """Names of the types."""
        return self.type_map

    def get_ntypes(self):
        """Number of types."""
        return len(self.type_map)

    def get_rcut(self):
        """Cutoff, Angstrom."""
        return self.cutoff

    def get_dim_fparam(self):
        """Number of frame parameters."""
        return self.dim_fparam

    def get_dim_aparam(self):
        """Number of parameters of an atom."""
        return self.dim_aparam

    def has_default_fparam(self):
        """Whether frame parameters may be left out."""
        return bool(library.dp_has_default_fparam(self._handle))

    def dropped(self):
        """Neighbours beyond the model's `sel` that the last computation left out, summed over its frames."""
        return self._dropped

    def compute(self, positions, types, cell=None, pbc=None, fparam=None, aparam=None, atomic=False):
        """One frame: a dictionary with `energy`, `force` (n x 3), `virial` (3 x 3) and, if `atomic`, `atom_energy` (n)
        and `atom_virial` (n x 9).

        positions: n x 3; types: n, negative for atoms that are not there; cell: 3 x 3 with vectors as rows, None in open
        space; pbc: three flags, all by default. The virial is minus the derivative of the energy by strain. Warns where
        neighbours beyond the model's `sel` are left out.
        """
        result, dropped = self._frame(positions, types, cell, pbc, fparam, aparam, atomic)
        self._report(dropped)
        return result

    def _report(self, dropped):
        self._dropped = dropped
        if dropped > 0:  # no number in the text: Python shows the same text of the same line once
            warnings.warn(
                "neighbours beyond the model's sel are left out, type by type the farthest: dropped() says how many; "
                'overflow="keep_all" keeps them', RuntimeWarning, stacklevel=3,
            )

    def _frame(self, positions, types, cell, pbc, fparam, aparam, atomic):
        """What compute() returns, and how many neighbours were left out."""
        types = integers(types, "types").ravel()
        n = len(types)
        positions = numbers(positions, "positions", (n, 3))
        cell = None if cell is None else numbers(cell, "cell", (3, 3))
        pbc = None if pbc is None else numbers(integers(pbc, "pbc"), "pbc", (3,), np.int32)
        fparam = None if fparam is None else numbers(fparam, "fparam", (self.dim_fparam,))
        aparam = None if aparam is None else numbers(aparam, "aparam", (n, self.dim_aparam))
        energy, force, virial = np.empty(1), np.empty((n, 3)), np.empty((3, 3))
        atom_energy, atom_virial = (np.empty(n), np.empty((n, 9))) if atomic else (None, None)
        inputs = [pointer(array) for array in (positions, types, cell, pbc, fparam, aparam)]
        outputs = [pointer(array) for array in (energy, force, virial, atom_energy, atom_virial)]
        check(library.dp_compute(self._handle, n, *inputs, *outputs))
        result = {"energy": energy[0], "force": force, "virial": virial}
        if atomic:
            result |= {"atom_energy": atom_energy, "atom_virial": atom_virial}
        return result, library.dp_dropped(self._handle)

    def eval(self, coords, cells, atom_types, atomic=False, fparam=None, aparam=None, mixed_type=False):
        """Frames, with the arguments and shapes that DeePMD-kit's DeepPot has.

        coords: frames x n x 3, cells: frames x 9 or None, atom_types: n, or frames x n if `mixed_type`; parameters of
        one frame or of all, aparam also of one atom for all. Returns energy (frames x 1), force (frames x n x 3), virial (frames x 9) and, if `atomic`,
        energies (frames x n x 1) and virials (frames x n x 9) of atoms.
        """
        types = np.atleast_1d(integers(atom_types, "atom_types"))
        n = types.shape[-1]
        frames = np.size(coords) // (3 * n) if n > 0 else 1
        coords = numbers(coords, "coords", (frames, n, 3))
        cells = [None] * frames if cells is None else numbers(cells, "cells", (frames, 3, 3))
        types = numbers(types, "atom_types", (frames, n), np.int32) if mixed_type else [types] * frames

        def of_frames(values, name, shape):
            if values is None:
                return [None] * frames
            if np.size(values) == int(np.prod(shape)):
                return [values] * frames
            return numbers(values, name, (frames, *shape))

        if aparam is not None and np.size(aparam) == self.dim_aparam:
            aparam = np.tile(np.ravel(aparam), (n, 1))
        fparam = of_frames(fparam, "fparam", (self.dim_fparam,))
        aparam = of_frames(aparam, "aparam", (n, self.dim_aparam))
        said = [self._frame(coords[k], types[k], cells[k], None, fparam[k], aparam[k], atomic) for k in range(frames)]
        results = [result for result, _ in said]
        self._report(sum(dropped for _, dropped in said))

        def stacked(name, *shape):
            return np.array([result[name] for result in results]).reshape(frames, *shape)

        basic = stacked("energy", 1), stacked("force", n, 3), stacked("virial", 9)
        return basic + (stacked("atom_energy", n, 1), stacked("atom_virial", n, 9)) if atomic else basic


def calc_model_devi(
    coord, box, atype, models, fname=None, frequency=1, mixed_type=False, fparam=None, aparam=None, real_data=None,
    atomic=False, relative=None, relative_v=None,
):
    """How much models deviate from each other, frame by frame, as DeePMD-kit's function of this name says it.

    Columns: step; largest, smallest and mean deviation of the virial (eV an atom) and of forces (eV/Angstrom); deviation
    of the energy (eV an atom); if `atomic`, that of the force on each atom. With `real_data`, a dictionary of `energy` and
    `virial` of an atom and of `force`, it is how much models deviate from these. `relative` and `relative_v` divide by the
    mean of the models, or by what is real, plus this level. `fname`: a file to append to.
    """
    atoms = np.asarray(atype).shape[-1]
    said = [m.eval(coord, box, atype, fparam=fparam, aparam=aparam, mixed_type=mixed_type) for m in models]
    energy, force, virial = (np.array(values) for values in zip(*said))
    energy, virial = energy / atoms, virial / atoms

    def expected(values, name):
        if real_data is None:
            return values.mean(axis=0)
        if name not in real_data:
            raise DPError(f"real_data: expected energy, force and virial, found {', '.join(real_data) or 'nothing'}")
        return numbers(real_data[name], f"real_data: {name}", values.shape[1:])

    def deviation(values, name):
        return np.sqrt(np.square(values - expected(values, name)).mean(axis=0))

    def size(values, name, level):
        return 1.0 if level is None else np.linalg.norm(expected(values, name), axis=-1, keepdims=True) + level

    of_force = np.linalg.norm(deviation(force, "force") / size(force, "force", relative), axis=-1)
    of_virial = deviation(virial, "virial") / size(virial, "virial", relative_v)
    columns = [np.arange(len(energy[0])) * frequency]
    columns += [of_virial.max(axis=1), of_virial.min(axis=1), np.sqrt(np.square(of_virial).mean(axis=1))]
    columns += [of_force.max(axis=1), of_force.min(axis=1), of_force.mean(axis=1), deviation(energy, "energy")[:, 0]]
    table = np.column_stack(columns + ([of_force] if atomic else []))
    if fname is not None:
        names = "step max_devi_v min_devi_v avg_devi_v max_devi_f min_devi_f avg_devi_f devi_e".split()
        names += ["atm_devi_f(N)"] if atomic else []
        header = f"{names[0]:>10}" + "".join(f"{name:>19}" for name in names[1:])
        with open(fname, "ab") as file:
            np.savetxt(file, table, fmt=["%12d"] + ["%19.6e"] * (table.shape[1] - 1), delimiter="", header=header)
    return table


__all__ = ["DPError", "DeepPot", "calc_model_devi"]
