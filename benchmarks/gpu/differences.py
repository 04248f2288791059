#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""Largest differences between two files of dp-eval --json: differences.py REFERENCE OTHER. Needs Python alone."""

import json
import sys


def flat(value):
    return [x for part in value for x in flat(part)] if isinstance(value, list) else [value]


def main():
    (reference,), (other,) = ([frame for frame in json.load(open(path))] for path in sys.argv[1:])
    for key, unit in (("energy", "eV"), ("atom_energy", "eV"), ("force", "eV/A"), ("virial", "eV"), ("atom_virial", "eV")):
        mine, theirs = flat(reference[key]), flat(other[key])
        if len(mine) != len(theirs):
            sys.exit(f"{sys.argv[2]}: {key}: expected {len(mine)} numbers, found {len(theirs)}")
        worst = max((abs(a - b) for a, b in zip(mine, theirs)), key=lambda x: (x != x, x))  # NaN is worst
        print(f"{key} {worst:.1e} {unit}", end=", " if key != "atom_virial" else "\n")


if __name__ == "__main__":
    main()
