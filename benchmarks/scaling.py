#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""How dp-md scales, with copies of the water of 192 atoms in examples/water. Prints tables in Markdown.

  atoms    time and memory of one process; 1, 2, 4 and 8 copies along each edge (--sizes)
  strong   the same system on more ranks (--ranks); --copies copies along each edge
  weak     a system that grows with the ranks: each has --copies copies along each edge

Runs take turns, --repeat times; each figure is the median. Ghosts and bytes stand beside those that follow from geometry.

  benchmarks/scaling.py strong weak --ranks 1 2 --csv scaling.csv
"""
import argparse
import csv
import itertools
import math
import pathlib
import re
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
EDGE, ATOMS = 12.4447, 192  # of examples/water/start.xyz (Angstrom)
REACH = 6.0 + 2.0  # the model's cutoff and dp-md's skin (Angstrom)
PHASES = ["neighbour", "environment", "embedding", "descriptor", "fitting", "forces", "exchange", "other"]
NUMBER = r"([\d.e+-]+)"


def run(arguments, copies, steps, ranks, grid):
    """The figures that dp-md prints at its end."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {"structure.replicate": list(copies), "run.steps": steps, "parallel.grid": list(grid),
                    "model.evaluation": arguments.evaluation, "model.precision": arguments.precision,
                    "output.directory": folder, "output.trajectory": "", "output.restart": ""}
        command = [*shlex.split(arguments.mpirun), "-n", ranks] if ranks else []
        command += [arguments.program, ROOT / "examples/water/water.toml"]
        command = [str(word) for word in command] + [f"--set={key}={value}" for key, value in settings.items()]
        try:
            done = subprocess.run(command, capture_output=True, text=True)
        except OSError as error:
            sys.exit(f"scaling: {command[0]}: cannot be run: {error.strerror}")
    if done.returncode:
        sys.exit(f"scaling: {shlex.join(command)}:\n{done.stdout[-500:]}{done.stderr}")
    patterns = {"atoms": r"steps of (\d+) atoms", "loop": r"atoms in ([\d.]+) s", "set-up": r"set-up +([\d.]+)",
                "peak": r"peak memory ([\d.]+) MB", "model": r"workspace ([\d.]+) MB", "ghosts": r"(\d+) ghost atoms"}
    patterns |= {phase: rf"\n{phase} +[\d.]+ +[\d.]+ +{NUMBER}" for phase in PHASES}  # us/step/atom
    optional = {"sent": rf"{NUMBER} MB sent a step", "imbalance": rf"computes {NUMBER} % longer"}  # of several ranks
    found = {name: re.search(pattern, done.stdout) for name, pattern in (patterns | optional).items()}
    absent = [name for name in patterns if not found[name] and name != "exchange"]  # nor this with one
    if absent:
        sys.exit(f"scaling: {shlex.join(command)}: expected {', '.join(absent)} in what it prints, found\n{done.stdout[-1000:]}")
    return {name: float(match[1]) if match else 0.0 for name, match in found.items()}


def medians(arguments, cases):
    """Of each figure in each case; the cases take turns."""
    runs = [[run(arguments, **case) for case in cases] for _ in range(arguments.repeat)]
    return [{name: statistics.median(r[name] for r in of_case) for name in of_case[0]} for of_case in zip(*runs)]


def cubic_grid(ranks):
    """Three factors whose product is `ranks`, as near to each other as can be; the largest last."""
    grids = [(a, b, ranks // a // b) for a in range(1, ranks + 1) for b in range(a, ranks + 1) if ranks % (a * b) == 0]
    return min((g for g in grids if g[1] <= g[2]), key=sum)


def predicted(copies, grid):
    """Ghosts of a rank, and MB that it sends in a step, for atoms of even density: the domain grows by the reach on both
    sides along one vector after the other; 24 bytes of position go out and 24 of force come back."""
    atoms, sent = ATOMS * math.prod(copies) / math.prod(grid), 0.0
    filled = atoms
    for n, count in zip(copies, grid):
        more = filled * 2 * REACH * count / (n * EDGE)
        sent += more if count > 1 else 0.0
        filled += more
    return filled - atoms, 48e-6 * sent


def over_ranks(arguments, kind):
    grids = [cubic_grid(n) for n in arguments.ranks]
    sizes = [[arguments.copies * (g if kind == "weak" else 1) for g in grid] for grid in grids]
    results = medians(arguments, [{"copies": size, "steps": arguments.steps, "ranks": math.prod(grid), "grid": grid}
                                  for size, grid in zip(sizes, grids)])
    rows = []
    for size, grid, now in zip(sizes, grids, results):
        base, growth = results[0], math.prod(grid) / math.prod(grids[0])
        ghosts, sent = predicted(size, grid)
        rows.append({"kind": kind, "ranks": math.prod(grid), "grid": " x ".join(map(str, grid)), "atoms": int(now["atoms"]),
                     "ms_per_step": 1e3 * now["loop"] / arguments.steps,
                     "efficiency_percent": 100 * base["loop"] / now["loop"] / (growth if kind == "strong" else 1),
                     **{f"{phase}_ms": 1e-3 * now[phase] * now["atoms"] for phase in PHASES}, "set_up_s": now["set-up"],
                     "imbalance_percent": now["imbalance"], "ghosts_of_a_rank": now["ghosts"] / math.prod(grid),
                     "predicted_ghosts": ghosts, "MB_sent_of_a_rank": now["sent"], "predicted_MB": sent})
    print(f"\n{kind.capitalize()} scaling, ms/step:\n")
    print("| ranks | atoms | step | efficiency | " + " | ".join(PHASES) + " | set-up, s | imbalance |")
    print("|" + "---|" * (len(PHASES) + 6))
    for r in rows:
        print(f"| {r['ranks']} | {r['atoms']:,} | {r['ms_per_step']:.1f} | {r['efficiency_percent']:.0f} % | "
              + " | ".join(f"{r[phase + '_ms']:.2f}" for phase in PHASES)
              + f" | {r['set_up_s']:.2f} | {r['imbalance_percent']:.1f} % |")
    print("\n| ranks | domains | ghosts of a rank | predicted | deviation | MB sent by a rank in a step | predicted |")
    print("|" + "---|" * 7)
    for r in rows:
        print(f"| {r['ranks']} | {r['grid']} | {r['ghosts_of_a_rank']:,.0f} | {r['predicted_ghosts']:,.0f} | "
              f"{100 * (r['ghosts_of_a_rank'] / r['predicted_ghosts'] - 1):+.1f} % | {r['MB_sent_of_a_rank']:.3f} | "
              f"{r['predicted_MB']:.3f} |", flush=True)
    return rows


def over_atoms(arguments):
    cases = [{"copies": [n] * 3, "steps": max(4, arguments.atom_steps // (ATOMS * n**3)), "ranks": 0, "grid": [0] * 3}
             for n in arguments.sizes]
    rows, before = [], None
    print("\n| atoms | us/step/atom | set-up, s | peak memory, MB | of it model and workspace | bytes/atom more than above |")
    print("|---|---|---|---|---|---|")
    for case, now in zip(cases, medians(arguments, cases)):
        more = (now["peak"] - before["peak"]) / (now["atoms"] - before["atoms"]) if before else math.nan
        rows.append({"kind": "atoms", "atoms": int(now["atoms"]),
                     "us_per_step_atom": 1e6 * now["loop"] / case["steps"] / now["atoms"], "set_up_s": now["set-up"],
                     "peak_MB": now["peak"], "model_MB": now["model"], "bytes_per_atom": 1e6 * more if before else ""})
        print(f"| {now['atoms']:,.0f} | {rows[-1]['us_per_step_atom']:.1f} | {now['set-up']:.2f} | {now['peak']:.0f} | "
              f"{now['model']:.0f} | {f'{1e6 * more:,.0f}' if before else ''} |")
        before = now
    return rows


def positive(text):
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 1, found '{text}'")
    return int(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="+", metavar="kind", choices=["atoms", "strong", "weak"], help="atoms, strong or weak")
    parser.add_argument("--program", default=ROOT / "build/release/bin/dp-md")
    parser.add_argument("--mpirun", default="mpirun", help="and its arguments, quoted (default: %(default)s)")
    parser.add_argument("--ranks", nargs="+", type=positive, default=[1, 2])
    parser.add_argument("--copies", type=positive, default=4, help="of strong and weak (default: %(default)s)")
    parser.add_argument("--steps", type=positive, default=20, help="of strong and weak (default: %(default)s)")
    parser.add_argument("--sizes", nargs="+", type=positive, default=[1, 2, 4, 8], help="copies in atoms")
    parser.add_argument("--atom-steps", type=positive, default=500_000, help="steps times atoms in atoms (default: %(default)s)")
    parser.add_argument("--repeat", type=positive, default=3)
    parser.add_argument("--evaluation", default="compressed", choices=["compressed", "exact"])
    parser.add_argument("--precision", default="double", choices=["double", "mix32", "mix16"])
    parser.add_argument("--csv", metavar="FILE", help="the medians, one row for each line of the tables")
    arguments = parser.parse_args()
    if not shutil.which(arguments.program):
        parser.error(f"--program {arguments.program}: no such program; build the preset release")
    rows = []
    for kind in arguments.kinds:
        rows += over_atoms(arguments) if kind == "atoms" else over_ranks(arguments, kind)
    if arguments.csv:
        with open(arguments.csv, "w", newline="") as file:
            writer = csv.DictWriter(file, dict.fromkeys(itertools.chain(*rows)), restval="")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main()
