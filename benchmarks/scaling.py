#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""Time and memory of dp-md over the number of atoms: water of 192 atoms, copied 1, 2, 4 and 8 times along each edge.

Prints a table in Markdown. Steps are as many as fit --atom-steps, and each size is run --repeat times (median).
"""
import argparse
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def run(arguments, copies, steps):
    """The figures that dp-md prints at its end."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {"structure.replicate": f"[{copies}, {copies}, {copies}]", "run.steps": steps, "run.timing": "false",
                    "model.evaluation": arguments.evaluation, "model.precision": arguments.precision,
                    "output.directory": folder, "output.trajectory": "", "output.restart": ""}
        command = [arguments.program, ROOT / "examples/water/water.toml"]
        command += [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"scaling: {' '.join(map(str, command))}:\n{done.stderr}")
    patterns = {"atoms": r"steps of (\d+) atoms", "time": r"([\d.e+-]+) microseconds/step/atom",
                "set-up": r"set-up +([\d.]+)", "peak": r"peak memory ([\d.]+) MB", "model": r"workspace ([\d.]+) MB"}
    return {name: float(re.search(pattern, done.stdout)[1]) for name, pattern in patterns.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=ROOT / "build/release/bin/dp-md")
    parser.add_argument("--copies", nargs="+", type=int, default=[1, 2, 4, 8])
    parser.add_argument("--evaluation", default="compressed", choices=["compressed", "exact"])
    parser.add_argument("--precision", default="double")
    parser.add_argument("--atom-steps", type=int, default=500_000)
    parser.add_argument("--repeat", type=int, default=3)
    arguments = parser.parse_args()
    print("| atoms | us/step/atom | set-up, s | peak memory, MB | of it model and workspace | bytes/atom more than above |")
    print("|---|---|---|---|---|---|")
    before = None
    for copies in arguments.copies:
        steps = max(4, arguments.atom_steps // (192 * copies**3))
        runs = [run(arguments, copies, steps) for _ in range(arguments.repeat)]
        now = {name: statistics.median(r[name] for r in runs) for name in runs[0]}
        more = "" if before is None else f"{1e6 * (now['peak'] - before['peak']) / (now['atoms'] - before['atoms']):,.0f}"
        print(f"| {now['atoms']:,.0f} | {now['time']:.1f} | {now['set-up']:.2f} | {now['peak']:.0f} | {now['model']:.0f} | "
              f"{more} |", flush=True)
        before = now


if __name__ == "__main__":
    main()
