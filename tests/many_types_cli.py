#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""Models of 118 types against twins of the two that a structure has, by dp-eval and dp-md.

Usage: many_types_cli.py FOLDER_OF_PROGRAMS

Energies and forces are those of the twin, and reading needs less than 1 s and 300 MB. Needs Python 3.8 alone.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/tools"))
from make_many_types import KINDS, make  # noqa: E402

SECONDS, MEGABYTES = 1.0, 300.0
DP_MD = """[model]
file = "{model}"
graded = false
[structure]
file = "{structure}"
[run]
steps = 5
timestep_fs = 0.5
[output]
thermo = "{name}.csv"
thermo_every = 1
trajectory = ""
restart = ""
"""
failures = []


def check(condition, message):
    if not condition:
        failures.append(message)
        print("FAILED:", message)


def run(*command):
    """What a program prints, its seconds of a processor in user mode, and its peak memory in MB."""
    with open("out", "w+") as out:
        process = subprocess.Popen([str(word) for word in command], stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read()
    check(process.returncode == 0, f"{command}: {text[-500:]}")
    return text, usage.ru_utime, usage.ru_maxrss / 1024.0


def flat(values):
    return [x for v in values for x in flat(v)] if isinstance(values, list) else [values]


def same(what, found, expected):
    """To rounding: 1e-12 of the largest."""
    found, expected = flat(found), flat(expected)
    largest = max(map(abs, expected))
    worst = max(abs(a - b) for a, b in zip(found, expected))
    check(len(found) == len(expected) and worst <= 1e-12 * largest, f"{what}: differs by {worst / largest:.2g}")


def water(first, second):
    """The start of examples/water, of two other elements."""
    names = {"O": first, "H": second}
    lines = (ROOT / "examples/water/start.xyz").read_text().splitlines()
    rows = [line.split() for line in lines[2:]]
    box = lines[1].split('"')[1]
    text = [lines[0], f'Lattice="{box}" Properties=species:S:1:pos:R:3 pbc="T T T"']
    return "\n".join(text + [" ".join([names[row[0]], *row[1:4]]) for row in rows]) + "\n"


def main(programs):
    for kind in KINDS:
        make(kind, "many.dp")
        for elements in (["Cl", "U"], ["H", "O"]):
            make(kind, "twin.dp", elements)
            pathlib.Path("frame.xyz").write_text(water(*reversed(elements)))
            for evaluation in ("exact", "compressed"):
                results, costs, seconds_of = {}, {}, {}
                for name in ("many", "twin"):
                    words = [f"{name}.dp", "frame.xyz", "--evaluation", evaluation, "--json", f"{name}.json"]
                    words.append("--no-graded")  # so that they can be the same to double's rounding
                    _, seconds, memory = run(programs / "dp-eval", *words)
                    costs[name], seconds_of[name] = f"{seconds:.2f} s, {memory:.0f} MB", seconds
                    results[name] = json.loads(pathlib.Path(f"{name}.json").read_text())[0]
                    check(memory < MEGABYTES, f"{kind}: dp-eval needs {costs[name]}")
                # The bases of compressed evaluation take both as long, and longer on a slow machine.
                reading = seconds_of["many"] - (seconds_of["twin"] if evaluation == "compressed" else 0.0)
                check(reading < SECONDS, f"{kind}, {evaluation}: reading 118 types needs {reading:.2f} s")
                what = f"{kind}, {' '.join(elements)}, {evaluation}"
                print(f"{what}: {costs['many']}, its twin {costs['twin']}")
                for key in ("energy", "force", "virial", "atom_energy"):
                    same(f"{what}: {key}", results["many"][key], results["twin"][key])
        rows = {}
        for name in ("many", "twin"):
            text = DP_MD.format(model=f"{name}.dp", structure="frame.xyz", name=name)
            pathlib.Path(f"{name}.toml").write_text(text)
            _, seconds, memory = run(programs / "dp-md", f"{name}.toml")
            print(f"{kind}: 5 steps of dp-md, {name}: {seconds:.2f} s, {memory:.0f} MB")
            check(memory < MEGABYTES, f"{kind}: dp-md needs {memory:.0f} MB")
            lines = pathlib.Path(f"{name}.csv").read_text().splitlines()[1:]
            rows[name] = [[float(x) for x in line.split(",")] for line in lines]
        same(f"{kind}: dp-md", rows["many"], rows["twin"])
    if not failures:
        print("models of many types: all as expected")
    return len(failures) > 0


if __name__ == "__main__":
    bin_folder = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(dir=".") as folder:
        os.chdir(folder)
        status = main(bin_folder)
        os.chdir("..")
    sys.exit(status)
