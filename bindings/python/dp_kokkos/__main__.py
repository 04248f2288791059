# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""python -m dp_kokkos MODEL [STRUCTURE]: what a model holds, and the energy and largest force of each frame of a file."""

import argparse

import numpy as np

from . import DeepPot, DPError, __version__, execution_space


def main():
    """The program."""
    parser = argparse.ArgumentParser(prog="python -m dp_kokkos", description=__doc__.split(": ", 1)[1])
    parser.add_argument("model", help="a model file")
    parser.add_argument("structure", nargs="?", help="a file of structures that ASE reads")
    parser.add_argument("options", nargs="*", metavar="name=value", help="options, such as evaluation=exact")
    given = parser.parse_args()
    if given.structure and "=" in given.structure:
        given.structure, given.options = None, [given.structure, *given.options]
    try:
        model = DeepPot(given.model, **dict(option.split("=", 1) for option in given.options))
        print(f"dp {__version__} on {execution_space}")
        print(f"types {' '.join(model.type_map)}, cutoff {model.cutoff:g} A, frame parameters {model.dim_fparam}, "
              f"atomic parameters {model.dim_aparam}\n{model.description}")
        if given.structure:
            import ase.io

            from .ase import DP

            calculator = DP(model)
            for number, atoms in enumerate(ase.io.iread(given.structure, index=":"), 1):
                atoms.calc = calculator
                largest = np.abs(atoms.get_forces()).max(initial=0.0)
                print(f"frame {number}: {len(atoms)} atoms, {atoms.get_potential_energy():.8f} eV, "
                      f"largest force {largest:.6f} eV/A")
    except (DPError, OSError) as error:
        parser.exit(1, f"dp_kokkos: {error}\n")


if __name__ == "__main__":
    main()
