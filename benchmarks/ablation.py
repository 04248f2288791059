#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""What each optimisation on CPUs is worth: builds dp-md without it, one at a time, and measures both in turn.

An optimisation is switched off by a change of the sources in a copy below build/ablation; the library itself has no
switches for this. Prints a table in Markdown.
"""
import argparse
import itertools
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent

# name, evaluations on which it acts, [(file below include/dp, what stands there, what is put in its place)]
ABLATIONS = [
    ("low-rank basis (instead: all 128 channels in tables)", ["compressed"], [
        ("lower/embedding_sampler.hpp", "std::size_t rank = available;\n",
         "std::size_t rank = available;\n  tail = 0.0 * tail;\n"),
        ("lower/embedding_sampler.hpp", "int centre, int neighbour, double tail,\n"
         "                                              int multiple) const {\n  Pair",
         "int centre, int neighbour, double tail,\n"
         "                                              int multiple) const {\n  double const wanted = tail;\n  Pair"),
        ("lower/embedding_sampler.hpp", "< 0.3 * tail", "< 0.3 * wanted"),
        ("lower/embedding_sampler.hpp", "rounding = 1e-16", "rounding = 0.0")]),
    ("first fitting layer folded (instead: D formed)", ["compressed"], [
        ("lower/fold.hpp", "if (all.matters.empty()) return centre;", "return centre;")]),
    ("features that matter (instead: all)", ["compressed"], [
        ("lower/fold.hpp", "radial ? 0.0 : threshold * m_most", "0.0")]),
    ("graded precision (instead: all products in double)", ["compressed"], [
        ("options.hpp", "bool graded = true", "bool graded = false")]),
    ("own matrix product (instead: OpenBLAS)", ["exact", "compressed"], [
        ("core/packed_matrix.hpp", "multiplies_panels = is_host_space<Space>", "multiplies_panels = false")]),
    ("vectorised tanh (instead: the C library's)", ["exact", "compressed"], [
        ("math/activation.hpp", "y = fast_tanh(x);\n      dy = T(1) - y * y;", "y = std::tanh(x);\n      dy = T(1) - y * y;")]),
    ("weights fetched ahead (instead: as the processor does)", ["exact", "compressed"], [
        ("backend/gemm_packed.hpp", "fetch_ahead(panel + v);", ";")]),
    ("vector lanes over functions and channels (instead: one)", ["exact", "compressed"], [
        ("core/lanes.hpp", "count = detail::LanesOf<T, Wide>::count", "count = 1"),
        ("core/lanes.hpp", "using Type = typename detail::LanesOf<T, Wide>::Type", "using Type = T")]),
    ("tiles of atoms (instead: all atoms of a type at once)", ["exact", "compressed"], [
        ("schedule/schedule.hpp", "m_tile > 0 ? m_tile : m_program.tile_size(groups.longest()) * threads",
         "threads << 30")]),
    ("tiles that fit the cache (instead: 64 atoms)", ["exact"], [
        ("lower/exact_program.hpp", "tile_size_for_cache<Number>(terms, none)",
         "[](std::int64_t) { return std::int64_t(64); }")]),
    ("nets in chunks of rows (instead: a tile at once)", ["exact"], [
        ("nets/embedding_net.hpp", "is_host_space<Space> ? 256 :", "is_host_space<Space> ? std::int64_t(1) << 20 :")]),
]


def build(name, changes, jobs):
    folder = ROOT / "build" / "ablation" / re.sub(r"\W+", "_", name)
    source = folder / "source"
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns("build", ".git"))
    for file, old, new in changes:
        path = source / "include" / "dp" / file
        text = path.read_text()
        if text.count(old) != 1:
            sys.exit(f"ablation: {file}: expected once: {old!r}; the library has changed, and so must ABLATIONS")
        path.write_text(text.replace(old, new))
    log = open(folder / "log", "w")
    for command in (["cmake", "-G", "Ninja", "-S", source, "-B", folder / "build", "-DCMAKE_BUILD_TYPE=Release",
                     "-DDP_BUILD_BENCHMARKS=OFF", "-DDP_BUILD_TESTS=OFF", "-DDP_WITH_MPI=OFF"],
                    ["cmake", "--build", folder / "build", "-j", str(jobs), "--target", "dp-md"]):
        if subprocess.run(command, stdout=log, stderr=log).returncode:
            sys.exit(f"ablation: {name}: does not build; see {folder / 'log'}")
    return folder / "build" / "bin" / "dp-md"


def write_copper(path, n=7, a=3.615):
    sites = [(0, 0, 0), (0, .5, .5), (.5, 0, .5), (.5, .5, 0)]
    edge = n * a
    lines = [str(4 * n**3), f'Lattice="{edge} 0 0 0 {edge} 0 0 0 {edge}" Properties=species:S:1:pos:R:3 pbc="T T T"']
    lines += ["Cu " + " ".join(f"{a * (x + y):.6f}" for x, y in zip(cell, site))
              for cell in itertools.product(range(n), repeat=3) for site in sites]
    path.write_text("\n".join(lines) + "\n")


def measure(program, system, evaluation, steps):
    """Whole step, us/step/atom: 1,536 atoms of water, 1,372 of copper."""
    with tempfile.TemporaryDirectory() as folder:
        structure, copies = ROOT / "examples/water/start.xyz", 2
        model = ROOT / "examples/water/water.dp"
        if system == "copper":
            structure, copies = pathlib.Path(folder) / "copper.xyz", 1
            model = ROOT / "tests/data/copper/copper.dp"
            write_copper(structure)
        source = pathlib.Path(folder) / "input.toml"
        source.write_text(f"""\
model = {{ file = "{model}", evaluation = "{evaluation}" }}
structure = {{ file = "{structure}", replicate = [{copies}, {copies}, {copies}] }}
run = {{ steps = {steps}, temperature = 330.0, velocities = "random", timing = false }}
output = {{ directory = "{folder}", trajectory = "", restart = "" }}
""")
        out = subprocess.run([program, source], check=True, capture_output=True, text=True).stdout
    return float(re.search(r"([\d.]+) microseconds/step/atom", out).group(1))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--systems", nargs="+", default=["water", "copper"], choices=["water", "copper"])
    parser.add_argument("--steps", type=int, default=40, help="of compressed evaluation; exact takes a quarter of them")
    parser.add_argument("--repeat", type=int, default=3, help="measurements of each, in turn")
    parser.add_argument("--only", default="", help="ablations whose name contains this")
    parser.add_argument("--jobs", type=int, default=1)
    arguments = parser.parse_args()
    chosen = [a for a in ABLATIONS if arguments.only in a[0]]
    print("building dp-md", flush=True, file=sys.stderr)
    whole = build("whole", [], arguments.jobs)
    print("| without | evaluation | " + " | ".join(s + ", slower by" for s in arguments.systems) + " |")
    print("|---" * (2 + len(arguments.systems)) + "|")
    for name, evaluations, changes in chosen:
        print(f"building without: {name}", flush=True, file=sys.stderr)
        without = build(name, changes, arguments.jobs)
        for evaluation in evaluations:
            cells = []
            for system in arguments.systems:
                steps = arguments.steps if evaluation == "compressed" else arguments.steps // 4
                ratios = [measure(without, system, evaluation, steps) / measure(whole, system, evaluation, steps)
                          for _ in range(arguments.repeat)]
                cells.append(f"{statistics.median(ratios):.2f} x")
            print(f"| {name} | {evaluation} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
