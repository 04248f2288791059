# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""python -m dp_kokkos MODEL [STRUCTURE]: what a model holds, and the energy and largest force of each frame of a file."""

import argparse

import numpy as np

from . import DeepPot, DPError, __version__, execution_space


def with_ase(model, file):
    """A calculator, and the frames of a file."""
    try:
        import ase.io
    except ImportError:
        raise DPError(f"{file}: is read by ASE, which is not installed") from None
    from .ase import DP

    try:
        return DP(model), ase.io.read(file, index=":")
    except OSError:
        raise
    except Exception as error:  # whatever a format's reader says
        raise DPError(f"{file}: ASE cannot read it: {type(error).__name__}: {error}") from None


def main():
    """The program."""
    parser = argparse.ArgumentParser(prog="python -m dp_kokkos", description=__doc__.split(": ", 1)[1])
    parser.add_argument("model", help="a model file")
    parser.add_argument("structure", nargs="?", help="a file of structures that ASE reads")
    parser.add_argument("options", nargs="*", metavar="name=value", help="options, such as evaluation=exact")
    given = parser.parse_args()
    if given.structure and "=" in given.structure:
        given.structure, given.options = None, [given.structure, *given.options]
    for option in given.options:
        if "=" not in option:
            parser.error(f"expected name=value, found {option}")
    try:
        model = DeepPot(given.model, **dict(option.split("=", 1) for option in given.options))
        print(f"dp {__version__} on {execution_space}")
        print(f"types {' '.join(model.type_map)}, cutoff {model.cutoff:g} A, frame parameters {model.dim_fparam}, "
              f"atomic parameters {model.dim_aparam}\n{model.description}")
        if given.structure:
            calculator, frames = with_ase(model, given.structure)
            for number, atoms in enumerate(frames, 1):
                atoms.calc = calculator
                largest = np.abs(atoms.get_forces()).max(initial=0.0)
                print(f"frame {number}: {len(atoms)} atoms, {atoms.get_potential_energy():.8f} eV, "
                      f"largest force {largest:.6f} eV/A")
    except (DPError, OSError) as error:
        parser.exit(1, f"dp_kokkos: {error}\n")


if __name__ == "__main__":
    main()
