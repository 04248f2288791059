#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""Tests of the LAMMPS pair style with a real LAMMPS. tests/lammps/run.sh builds what they need.

Usage: run_tests.py --lammps LMP --plugin dpplugin.so --extras extrasplugin.so --programs FOLDER [--list] [--jobs N] [--work FOLDER] [NAME ...]

FOLDER has dp-eval and dp-md. NAME: tests whose name contains it. Needs Python 3.8 and nothing else.
"""

import argparse
import concurrent.futures
import dataclasses
import json
import math
import os
import pathlib
import re
import shutil
import sys
import tempfile
import time
import traceback
import xml.etree.ElementTree

from cases import DEVIATIONS, DYNAMICS, MODELS, MVV2E, POINTS, ROOT, SYMBOLS, TILT, Point
from cases import data_file, deviation_input, nve_input, point_input, read_thermo, structure, types_of
from errors import ERRORS, TENSORS
from harness import MODES, PLAIN, SHORT, Case, Failure, Mode, Session, Skipped
from harness import agrees_with_library, check, close, flat, read_frames

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tools"))
import make_many_types  # noqa: E402

REFERENCES = HERE / "references"
EXACT = "evaluation exact"
TESTS = {}


def test(function=None, name=None):
    """Registers a test: a function of a Case."""

    def register(f):
        TESTS[name or f.__name__] = f
        return f

    return register(function) if function else register


def scenario(case, name, model, mode=PLAIN, data=None, timeout=300, **variables):
    """Runs inputs/NAME.in; gives the rows of thermo."""
    if data:
        case.write("data", data)
    values = {"style": "dp", "newton": mode.newton or "newton on", "data": "data", "model": model} | variables
    words = [word for key, value in values.items() for word in ("-var", key, str(value))]
    case.write("run.in", (HERE / "inputs" / f"{name}.in").read_text())
    rows = read_thermo(case.lammps(case.read("run.in"), mode, words, timeout=timeout))
    check(rows, f"{mode.name}: no thermo output")
    return rows


# --- one evaluation: against DeePMD-kit's LAMMPS, and against the library ---------------------------------------------


def compare_point(case, name, mode, style="dp", more=""):
    """A run of point `name` against its reference, with all values of atoms."""
    point = POINTS[name]
    reference = json.loads((REFERENCES / f"point_{name}.json").read_text())
    s = structure(point.structure)
    case.write("data", data_file(s, types_of(point, s), real=point.units == "real"))
    keywords = f"{point.keywords} {EXACT} {more}"
    text = point_input(
        point, [MODELS[m] for m in point.models], "data", style, newton=mode.newton, keywords=keywords
    )
    thermo = read_thermo(case.lammps(text, mode))[-1]
    frame = read_frames(case.folder / "point.dump")[-1]
    where = f"{name}, {mode.name}: "
    close(where + "energy", thermo["PotEng"], reference["energy"])
    pressure = [thermo[key] for key in ("Pxx", "Pyy", "Pzz", "Pxy", "Pxz", "Pyz")]
    close(where + "pressure", pressure, reference["pressure"])
    atoms = reference["atoms"]
    close(where + "forces", [row[5:8] for row in frame.rows], [row[:3] for row in atoms])
    close(where + "energies of atoms", [row[8] for row in frame.rows], [row[3] for row in atoms])
    close(where + "virials of atoms", [row[9:] for row in frame.rows], [row[4:] for row in atoms])
    return thermo, frame


def add_point(name):
    @test(name=f"point_{name}")
    def run(case):
        modes = MODES if name in ("water", "small") else SHORT
        for mode in modes:
            compare_point(case, name, mode)


for point_name in POINTS:
    add_point(point_name)


@test
def point_against_library(case):
    """Virials of atoms too, which dp-eval has in the library's order."""
    for name in ("water", "water_triclinic", "copper", "small"):
        thermo, frame = compare_point(case, name, PLAIN)
        symbols = SYMBOLS[POINTS[name].structure]
        model = MODELS[POINTS[name].models[0]]
        result = agrees_with_library(case, "point.dump", thermo["PotEng"], model, symbols)
        close("energies of atoms", [row[8] for row in frame.rows], result["atom_energy"])
        order = [0, 4, 8, 3, 6, 7, 1, 2, 5]
        virials = [[-1.6021765e6 * row[k] for k in order] for row in result["atom_virial"]]
        close("virials of atoms", [row[9:] for row in frame.rows], virials)


@test
def names_of_the_style(case):
    """Every name that the plugin registers."""
    for style in (
        "dp",
        "deepmd",
        "dp/kk",
        "dp/kk/host",
        "dp/kk/device",
        "deepmd/kk",
        "deepmd/kk/host",
        "deepmd/kk/device",
    ):
        if case.session.kokkos or "/kk" not in style:
            compare_point(case, "small", Mode(style, threads=2) if "/kk" in style else PLAIN, style)


@test
def plugin_load(case):
    """The command instead of LAMMPS_PLUGIN_PATH; unloaded and loaded again."""
    plugin = case.session.plugin
    point = POINTS["small"]
    case.write("data", data_file(structure("gas")))
    body = point_input(point, [MODELS["small"]], "data", "dp")
    text = f"plugin load {plugin}\nplugin list\n{body}\nclear\nplugin unload pair dp\nplugin load {plugin}\n{body}"
    log = case.lammps(text, plugin_path=False)
    rows = read_thermo(log)
    close("energy", rows[-1]["PotEng"], rows[0]["PotEng"], 1e-14)
    check(
        re.search(r"pair\s+style\s+dp", log) or re.search(r"pair.*\bdp\b", log),
        "plugin list does not show the style",
    )


@test
def plugin_of_both_names(case):
    """libdeepmd_lmp.so is the same library: found by its name alone, and beside dpplugin.so only once."""
    folder = case.session.plugin.parent
    point = POINTS["small"]
    case.write("data", data_file(structure("gas")))
    body = point_input(point, [MODELS["small"]], "data", "deepmd", keywords=EXACT)
    reference = json.loads((REFERENCES / "point_small.json").read_text())
    libraries = {"LD_LIBRARY_PATH": f"{folder}:{os.environ.get('LD_LIBRARY_PATH', '')}"}
    for both in (False, True):
        log = case.lammps(
            f"plugin load libdeepmd_lmp.so\nplugin list\n{body}", plugin_path=both, more=libraries
        )
        close("energy", read_thermo(log)[-1]["PotEng"], reference["energy"])
        listed = re.findall(r"^ *\d+: pair style plugin (\S+)$", log, re.M)
        check(len(listed) == len(set(listed)) and {"dp", "deepmd"} <= set(listed), f"{listed}")


# --- dynamics ---------------------------------------------------------------------------------------------------------


def dynamics(case, name):
    reference = json.loads((REFERENCES / f"nve_{name}.json").read_text())
    case.write("data", data_file(structure(DYNAMICS[name])))
    mode = SHORT[0] if name == "copper" else Mode("kk, 1 thread", threads=1)
    rows = read_thermo(case.lammps(nve_input(name, MODELS[name], "data", "dp", EXACT), mode, timeout=600))
    found = [[row[key] for key in ("Step", "PotEng", "KinEng", "Press")] for row in rows]
    atoms = len(structure(DYNAMICS[name]).types)
    for k, what in enumerate(("step", "potential energy", "kinetic energy", "pressure")):
        tolerance = [0, 1e-7 * atoms, 1e-7 * atoms, 1e-2][k]
        close(
            f"{what} against DeePMD-kit",
            [r[k] for r in found],
            [r[k] for r in reference],
            tolerance,
            scale=1.0,
        )
    return found


def add_dynamics(name):
    @test(name=f"nve_{name}")
    def run(case):
        found = dynamics(case, name)
        masses = {"water": "{ O = 15.9994, H = 1.00794 }", "copper": "{ Cu = 63.546 }"}[name]
        case.write(
            "md.toml",
            f"""[model]
file = "{MODELS[name]}"
evaluation = "exact"
[structure]
file = "data"
elements = {json.dumps(SYMBOLS[name])}
masses = {masses}
[run]
steps = 500
timestep_fs = {0.5 if name == "water" else 1.0}
[neighbour]
every = 10
[output]
thermo_every = 50
trajectory = ""
restart = ""
""",
        )
        done = case.start([case.session.programs / "dp-md", "md.toml"], timeout=600)
        check(done.returncode == 0, f"dp-md failed: {done.stderr}")
        rows = [line.split(",") for line in case.read("thermo.csv").splitlines()[1:]]
        check(len(rows) == len(found), f"{len(found)} rows of thermo, dp-md has {len(rows)}")
        close(
            "potential energy against dp-md",
            [f[1] for f in found],
            [float(r[3]) for r in rows],
            1e-8,
            scale=1.0,
        )
        close(
            "kinetic energy against dp-md",
            [f[2] for f in found],
            [float(r[4]) for r in rows],
            1e-8,
            scale=1.0,
        )
        # bar: LAMMPS' constants differ from CODATA 2018
        pressures = [float(r[6]) * 1.6021765e6 / 1602176.634 for r in rows]
        close("pressure against dp-md", [f[3] for f in found], pressures, 1e-3, scale=1.0)


add_dynamics("water")
add_dynamics("copper")


# --- model deviation --------------------------------------------------------------------------------------------------


def compare_deviation(found, expected):
    found, expected = found.splitlines(), expected.splitlines()
    check(found[0].split() == expected[0].split(), f"header: {found[0]!r}, expected {expected[0]!r}")
    check(len(found) == len(expected), f"{len(found)} lines, expected {len(expected)}")
    for ours, theirs in zip(found[1:], expected[1:]):
        check(len(ours) == len(theirs), f"width of a line: {len(ours)}, expected {len(theirs)}")
        a, b = [float(w) for w in ours.split()], [float(w) for w in theirs.split()]
        check(len(a) == len(b), f"{len(a)} columns, expected {len(b)}")
        for x, y in zip(a, b):  # seven digits are printed
            check(abs(x - y) <= min(1e-8, 1.01e-6 * abs(y)), f"deviation {x!r}, expected {y!r}")


def add_deviation(name):
    @test(name=f"deviation_{name}")
    def run(case):
        reference = (REFERENCES / f"deviation_{name}.out").read_text()
        case.write("data", data_file(structure("gas")))
        models = [MODELS[m] for m in ("small", "small_1", "small_2")]
        for mode in SHORT:
            text = deviation_input(DEVIATIONS[name], models, "data", "deviation.out", "dp")
            text = text.replace("\npair_coeff", f" {EXACT}\npair_coeff").replace(
                "\nunits", f"\n{mode.newton}\nunits"
            )
            case.lammps(text, mode)
            try:
                compare_deviation(case.read("deviation.out"), reference)
            except Failure as problem:
                raise Failure(f"{mode.name}: {problem}") from None


for deviation_name in DEVIATIONS:
    add_deviation(deviation_name)


@test
def deviation_in_other_units(case):
    """DeePMD-kit divides levels by the unit of energy, and multiplies relative deviations by the units too."""
    kcal = 0.0019872067 / 8.617343e-5  # of an eV, as LAMMPS has it
    case.write("data", data_file(structure("gas"), real=True))
    models = [MODELS[m] for m in ("small", "small_1", "small_2")]
    for name, words in {
        "plain": "",
        "atomic": "atomic",
        "relative": f"relative {0.5 * kcal!r}",
        "relative_v": f"relative_v {0.01 * kcal!r}",
    }.items():
        text = deviation_input(DEVIATIONS["plain"], models, "data", "deviation.out", "deepmd")
        text = text.replace("metal", "real").replace("\npair_coeff", f" {words} {EXACT}\npair_coeff")
        case.lammps(text.replace("timestep 0.0002", "timestep 0.2").replace("run 20", "run 0"))
        found = [float(w) for w in case.read("deviation.out").splitlines()[1].split()]
        lines = (REFERENCES / f"deviation_{name}.out").read_text().splitlines()
        expected = [kcal * float(w) for w in lines[1].split()]
        close(f"{name}: deviations", found, expected, 1.01e-6)


@test
def deviation_by_names(case):
    """pair_coeff without names finds the types of the first model by their names in all of them."""
    case.write("data", data_file(structure("gas")))
    bytes_of_model = MODELS["small"].read_bytes()
    swapped = bytes_of_model.replace(b'["O","H"]', b'["H","O"]')
    check(swapped != bytes_of_model, "the model does not name its types as expected")
    (case.folder / "swapped.dp").write_bytes(swapped)
    tables = []
    for names in ("pair_coeff * *\n", "pair_coeff * * O H\n"):
        text = deviation_input(DEVIATIONS["plain"], [MODELS["small"], "swapped.dp"], "data", "deviation.out", "dp")
        text = re.sub("pair_coeff.*\n", names, text).replace("\npair_coeff", f" {EXACT}\npair_coeff")
        case.lammps(text.replace("run 20", "run 0"))
        tables.append([float(w) for w in case.read("deviation.out").splitlines()[1].split()])
    check(tables[0] == tables[1] and tables[0][4] > 0.01, f"deviations {tables[0]}, with names {tables[1]}")


@test
def deviation_without_forces(case):
    """Atoms that no model sees do not spoil the mean of relative deviations, even at level 0."""
    s = structure("gas")
    case.write("data", data_file(s, third_type(s)))
    models = [MODELS["small"], MODELS["small_1"]]
    text = deviation_input(DEVIATIONS["plain"], models, "data", "d.out", "dp").replace("run 20", "run 0")
    case.lammps(text.replace("* * O H", "* * O H NULL").replace("out_freq 10", "out_freq 10 relative 0"))
    values = [float(w) for w in case.read("d.out").splitlines()[1].split()]
    check(all(map(math.isfinite, values)) and values[5] == 0.0 < values[6], f"{values}")


@test
def deviation_of_four_models(case):
    """Numbers made here from four separate evaluations; the forces are those of the first model."""
    case.write("data", data_file(structure("gas")))
    names = ("small", "small_1", "small_2", "small_1")
    models = [MODELS[m] for m in names]
    text = point_input(POINTS["small"], models, "data", "deepmd", keywords=f"out_freq 1 atomic {EXACT}")
    case.lammps(text, Mode("kk, 2 threads", threads=2))
    frame = read_frames(case.folder / "point.dump")[-1]
    xyz = frame.xyz(["O", "H"])
    results = [case.evaluate(xyz, model)[0] for model in models]
    close("forces", [row[5:8] for row in frame.rows], results[0]["force"])
    atoms, m = len(frame.rows), len(models)
    deviations = []
    for i in range(atoms):
        forces = [r["force"][i] for r in results]
        mean = [sum(f[k] for f in forces) / m for k in range(3)]
        deviations.append(math.sqrt(sum((f[k] - mean[k]) ** 2 for f in forces for k in range(3)) / m))
    virials = [[v / atoms for row in r["virial"] for v in row] for r in results]
    means = [sum(v[k] for v in virials) / m for k in range(9)]
    spread = [math.sqrt(sum((v[k] - means[k]) ** 2 for v in virials) / m) for k in range(9)]
    expected = [0, max(spread), min(spread), math.sqrt(sum(s * s for s in spread) / 9)]
    expected += [max(deviations), min(deviations), sum(deviations) / atoms] + deviations
    line = [float(w) for w in case.read("model_devi.out").splitlines()[1].split()]
    check(len(line) == len(expected), f"{len(line)} columns, expected {len(expected)}")
    for x, y in zip(line, expected):
        check(abs(x - y) <= min(1e-8, 1.01e-6 * abs(y)), f"deviation {x!r}, expected {y!r}")


@test
def deviation_keywords(case):
    """out_freq 0 writes nothing, out_freq 3 every third step; one model never writes."""
    case.write("data", data_file(structure("gas")))
    models = [MODELS["small"], MODELS["small_1"]]
    for count, freq, steps in ((2, 0, None), (2, 3, [0, 3, 6]), (1, 3, None)):
        (case.folder / "d.out").unlink(missing_ok=True)
        text = deviation_input(DEVIATIONS["plain"], models[:count], "data", "d.out", "dp")
        text = text.replace("out_freq 10", f"out_freq {freq}").replace("run 20", "run 7")
        case.lammps(text)
        path = case.folder / "d.out"
        lines = path.read_text().splitlines()[1:] if path.exists() else []
        check(
            [int(line.split()[0]) for line in lines] == (steps or []),
            f"out_freq {freq}, {count} models: {lines}",
        )


@test
def times_of_stages(case):
    """With `timer full` the stages fill the time of Pair; without it nothing is said. The cost of deviations is."""
    case.write("data", data_file(structure("water")))
    models = [MODELS["small"], MODELS["small_1"]]
    text = deviation_input(DEVIATIONS["plain"], models, "data", "d.out", "dp").replace("run 20", "run 200")
    text = text.replace("\npair_coeff", " evaluation compressed\npair_coeff")
    for mode in (PLAIN, Mode("kk, 1 thread", threads=1)):
        # tables are made in the first run, which is not looked at
        log = case.lammps(text.replace("run 200", "run 0\ntimer full\nrun 200\ntimer normal\nrun 10"), mode)
        lines = re.findall("^Deep Potential: seconds by stage.*", log, re.M)
        check(len(lines) == 1, f"{mode.name}: {len(lines)} lines with times of stages")
        mean = {s: float(t) for s, t in re.findall(r"(\w+) (\S+) \(\S+\)", lines[0].split(":")[-1])}
        stages = {"environment", "embedding", "descriptor", "fitting", "forces"}
        check(set(mean) == stages, f"{mode.name}: stages {mean}")
        pair = float(re.findall(r"^Pair +\|[^|]*\|([^|]*)\|", log, re.M)[-2])
        check(0.35 * pair < sum(mean.values()) < 1.05 * pair, f"{mode.name}: {mean} of {pair} s in Pair")
        check(
            re.search(r"model deviation took \S+ ms, without \S+ ms", log),
            f"{mode.name}: no cost of the model deviation",
        )


@test
def restart(case):
    """A restart file continues the run, and its deviation file goes on without a header."""
    for mode in (SHORT[0], SHORT[3]):
        for name in ("deviation.out", "deviation_again.out"):
            (case.folder / name).unlink(missing_ok=True)
        data = data_file(structure("gas"))
        others = f"{MODELS['small_1']} {EXACT}"
        rows = scenario(case, "restart_write", MODELS["small"], mode, data, others=others)
        again = scenario(case, "restart_read", MODELS["small"], mode, others=others)
        check(
            [r["Step"] for r in again] == [10, 15, 20],
            f"steps of the second run: {[r['Step'] for r in again]}",
        )
        close("energies", [r["PotEng"] for r in again], [r["PotEng"] for r in rows[-3:]])
        first, second = case.read("deviation.out").splitlines(), case.read("deviation_again.out").splitlines()
        check(first[0].startswith("#"), "the first deviation file has no header")
        check(len(second) == 3 and "#" not in second[0], f"deviation file after read_restart: {second}")
    text = (HERE / "inputs/restart_read.in").read_text().replace("${newton}", "")
    text = "\n".join(line for line in text.splitlines() if not line.startswith("pair_"))
    again = read_thermo(case.lammps(text))
    close(
        "energies, pair_style from the restart file",
        [r["PotEng"] for r in again],
        [r["PotEng"] for r in rows[-3:]],
    )


# --- keywords ---------------------------------------------------------------------------------------------------------


@test
def keyword_precision(case):
    """Each precision against the same precision of dp-eval, and near to double."""
    case.write("data", data_file(structure("water")))
    point = POINTS["water"]
    forces = {}
    for precision in ("double", "mix32"):
        text = point_input(
            point, [MODELS["water"]], "data", "dp", keywords=f"{EXACT} precision {precision}", columns=False
        )
        for mode in (PLAIN, Mode("kk, 2 threads", threads=2)):
            thermo = read_thermo(case.lammps(text, mode))[-1]
            tolerance = 1e-9 if precision == "double" else 1e-5
            agrees_with_library(
                case,
                "point.dump",
                thermo["PotEng"],
                MODELS["water"],
                ["O", "H"],
                "--precision",
                precision,
                tolerance=tolerance,
            )
            forces[precision] = [row[5:8] for row in read_frames(case.folder / "point.dump")[-1].rows]
    close("forces of mix32 against double", forces["mix32"], forces["double"], 1e-3)
    check(forces["mix32"] != forces["double"], "precision mix32 changes nothing")


@test
def keyword_evaluation(case):
    """Wide nets are compressed by default, as exactly as the style's name promises; the error is the tolerance."""
    case.write("data", data_file(structure("water")))
    forces = {}
    for style, words in (
        ("dp", EXACT),
        ("dp", ""),
        ("deepmd", ""),
        ("deepmd", "tolerance 1e-6"),
        ("dp", "evaluation compressed tolerance 1e-3"),
        ("dp", "evaluation compressed nearest 0.8 tile 64"),
    ):
        text = point_input(POINTS["water"], [MODELS["water"]], "data", style, keywords=words, columns=False)
        case.lammps(text)
        rows = read_frames(case.folder / "point.dump")[-1].rows
        forces[style, words] = [v for row in rows for v in row[5:8]]
    exact = forces["dp", EXACT]

    def error(*key):
        return math.sqrt(sum((a - b) ** 2 for a, b in zip(forces[key], exact)) / len(exact))

    check(1e-9 < error("dp", "") <= 1e-6, f"error by default: {error('dp', '')}")
    check(0 < error("deepmd", "") <= 1e-9, f"error by default as deepmd: {error('deepmd', '')}")
    worst = max(abs(a - b) / abs(b) for a, b in zip(forces["deepmd", ""], exact))
    check(worst < 1e-6, f"a force component as deepmd is wrong by {worst} of itself")
    check(forces["deepmd", "tolerance 1e-6"] == forces["dp", ""], "deepmd with a tolerance differs from dp")
    coarse = error("dp", "evaluation compressed tolerance 1e-3")
    check(1e-6 < coarse <= 1e-3, f"tolerance 1e-3: {coarse}")
    check(0 < error("dp", "evaluation compressed nearest 0.8 tile 64") <= 1e-6, "nearest 0.8: error")


@test
def evaluation_of_narrow_nets(case):
    """Exact by default."""
    case.write("data", data_file(structure("gas")))
    for style, words, said in (
        ("dp", "", "exact, double"),
        ("deepmd", "", "exact, double"),
        ("dp", "evaluation compressed", "compressed, double"),
    ):
        text = point_input(POINTS["small"], [MODELS["small"]], "data", style, keywords=words, columns=False)
        check(f"\n  {said}" in case.lammps(text), f"{style} {words}: not {said}")


KINDS = (
    "hybrid_of_all.dp",
    "hybrid_sea_ser.dp",
    "concat_exclude_davg.dp",  # depends on the first atom: that of the lowest ID, on any rank
    "strip_one_sided.dp",
    "dpa1_tables.pb",
    "sea_type_embedding.pb",
)


@test
def kinds_of_models(case):
    """Hybrid, DPA-1 without attention and type embedding, exact and compressed."""
    case.write("data", data_file(structure("gas")))
    for kind in KINDS:
        model = ROOT / "tests/data/kinds" / kind
        for mode in SHORT:
            text = point_input(
                POINTS["small"], [model], "data", "dp", newton=mode.newton, keywords=EXACT, columns=False
            )
            energy = read_thermo(case.lammps(text, mode))[-1]["PotEng"]
            agrees_with_library(case, "point.dump", energy, model, ["O", "H"])
        words = "evaluation compressed tolerance 1e-5"
        text = point_input(POINTS["small"], [model], "data", "dp", keywords=words, columns=False)
        log = case.lammps(text)
        check("\n  compressed, double" in log, f"{kind}: not compressed")
        agrees_with_library(
            case,
            "point.dump",
            read_thermo(log)[-1]["PotEng"],
            model,
            ["O", "H"],
            *("--evaluation", "compressed", "--tolerance", "1e-5"),
        )


ALLEGRO = [
    f"{name}{kind}" for name in ("allegro", "nequip_allegro") for kind in ("", "/kk", "/kk/host", "/kk/device")
]


@test
def allegro(case):
    """Models of the NequIP framework, by the commands of pair style dp and by those of its own."""
    model, symbols = MODELS["allegro"], ["O", "H"]
    case.write("data", data_file(structure("gas")))

    def values(mode, style, models, elements, keywords="", commands=None):
        point = Point("gas", [], elements, keywords)
        text = commands or point_input(point, models, "data", style, newton=mode.newton)
        energy = read_thermo(case.lammps(text, mode))[-1]["PotEng"]
        return energy, read_frames(case.folder / "point.dump")[-1].rows

    for mode in MODES:
        energy, rows = values(mode, "dp", [model], "O H")
        result = agrees_with_library(case, "point.dump", energy, model, symbols)
        close("energies of atoms", [row[8] for row in rows], result["atom_energy"])
        order = [0, 4, 8, 3, 6, 7, 1, 2, 5]
        virials = [[-1.6021765e6 * row[k] for k in order] for row in result["atom_virial"]]
        close("virials of atoms", [row[9:] for row in rows], virials)
    for style in ALLEGRO if case.session.kokkos else [name for name in ALLEGRO if "/kk" not in name]:
        mode = Mode(style, threads=2) if "/kk" in style else PLAIN
        found = values(mode, style, [], f"{model} O H", "evaluation exact")
        close(style, found, (energy, rows))
    restart = point_input(Point("gas", [], f"{model} O H", "precision mix32"), [], "data", "allegro")
    first = values(PLAIN, "", [], "", commands=restart + "write_restart r\n")
    dump = restart[restart.index("compute energy") :]
    again = values(PLAIN, "", [], "", commands=f"atom_modify map yes\nread_restart r\n{dump}")
    close("after a restart", again, first, 1e-14)
    check(abs(first[0] - energy) > 1e-12 * abs(energy), "mix32 gives the bits of double")


@test
def allegro_commands(case):
    """What its commands may not say."""
    case.write("data", data_file(structure("gas")))
    for models, elements, words in (
        ([MODELS["allegro"]], "O H", "expected a keyword, found"),
        ([], "O", "expected pair_coeff * * FILE"),
        ([], "no_such_file.nequip.zip O H", "no_such_file.nequip.zip"),
        ([], f"{MODELS['allegro']} O C", "C is not a type of the model"),
    ):
        message = case.error(point_input(Point("gas", [], elements), models, "data", "allegro"))
        check(words in message, f"expected '{words}', found: {message}")


@test
def electrostatics(case):
    """DPLR by the style alone: centroids, and the sum over the whole box on any number of ranks."""
    model = ROOT / "tests/data/dplr/enerA.dp"
    case.write("data", data_file(structure("gas"), velocities=False))
    energies = []
    for change in ("", TILT):
        point = dataclasses.replace(POINTS["small"], change=change)
        for mode in SHORT:
            text = point_input(
                point, [model], "data", "dp", newton=mode.newton, keywords=EXACT, columns=False
            )
            thermo = read_thermo(case.lammps(text, mode))[-1]
            result = agrees_with_library(case, "point.dump", thermo["PotEng"], model, ["O", "H"])
            check(abs(result["electrostatic"]["energy"]) > 1.0, "expected electrostatics")
            virial = [1.6021765e6 * v / thermo["Volume"] for v in flat(result["virial"])]
            pressure = [thermo[key] for key in ("Pxx", "Pyy", "Pzz", "Pxy", "Pxz", "Pyz")]
            close("pressure", pressure, [virial[k] for k in (0, 4, 8, 1, 2, 5)])
        energies.append(thermo["PotEng"])
    kcal = 0.0019872067 / 8.617343e-5  # of an eV, as LAMMPS has it
    real = dataclasses.replace(POINTS["small"], units="real")
    case.write("data", data_file(structure("gas"), velocities=False, real=True))
    text = point_input(real, [model], "data", "dp", keywords=EXACT, columns=False)
    close("energy in kcal/mol", read_thermo(case.lammps(text))[-1]["PotEng"], kcal * energies[0])
    by_mesh = point_input(real, [model], "data", "dp", keywords=EXACT + " long_range 1e-6", columns=False)
    found = []
    for mode in SHORT:
        log = case.lammps(by_mesh, mode)
        chosen = re.findall(r"electrostatics by a mesh of \d+ x .* against the direct sum, asked for 1e-06\)", log)
        check(len(chosen) == 1, f"expected the mesh that was chosen, once, found {chosen}")
        found.append(read_thermo(log)[-1]["PotEng"])
        check(0.0 < abs(found[-1] - kcal * energies[0]) < 1e-3, f"{found[-1]} by a mesh, not {kcal * energies[0]}")
    close("energy by a mesh", found, found[:1] * len(found))
    message = re.sub(r"\s+", " ", case.error(text.replace("atom_style", "boundary p p f\natom_style")))
    check("need a box that is periodic along all three vectors" in message, message)
    message = re.sub(r"\s+", " ", case.error(text.replace("pair_style dp", "pair_style deepmd")))
    check("which DeePMD-kit adds by fix dplr and kspace_style" in message, message)


def dplr_data(frame, real=False):
    """A data file of atom_style full: O, H and, where their hosts are, Wannier centroids, with charges and bonds."""
    box, flat_x = frame["box"], frame["coord"]
    rows = []
    for i, kind in enumerate(frame["type"]):
        x = flat_x[3 * i : 3 * i + 3]
        for k in (2, 1, 0):  # into the box, whose vectors are those of a lower triangle
            times = math.floor(x[k] / box[4 * k])
            x = [a - times * b for a, b in zip(x, box[3 * k : 3 * k + 3])]
        rows.append((kind + 1, [6.0, 1.0][kind], x))
    hosts = [i for i, kind in enumerate(frame["type"]) if kind == 0]
    rows += [(3, -8.0, rows[i][2]) for i in hosts]
    lines = ["DPLR", "", f"{len(rows)} atoms", "3 atom types", f"{len(hosts)} bonds", "1 bond types"]
    lines += [f"0.0 {box[4 * k]!r} {axis}lo {axis}hi" for k, axis in enumerate("xyz")]
    lines += [f"{box[3]!r} {box[6]!r} {box[7]!r} xy xz yz", "", "Masses", "", "1 15.999", "2 1.008", "3 10.0"]
    lines += ["", "Atoms # full", ""]
    lines += [f"{i} 1 {t} {q} {' '.join(map(repr, x))}" for i, (t, q, x) in enumerate(rows, 1)]
    lines += ["", "Bonds", ""]
    lines += [f"{k} 1 {i + 1} {len(frame['type']) + k}" for k, i in enumerate(hosts, 1)]
    return "\n".join(lines) + "\n"


DPLR_MODEL = ROOT / "tests/data/dplr/enerA.dp"


def dplr_frame():
    return json.loads((ROOT / "tests/data/dplr/A.reference.json").read_text())["frames"][1]


def dplr_run(case, mode=PLAIN, **variables):
    """The last row of thermo and the last dump of inputs/dplr.in."""
    words = {"units": "metal", "style": "deepmd", "mesh": "", "field": "", "step": 0.0005, "steps": 0} | variables
    rows = scenario(case, "dplr", DPLR_MODEL, mode, **words)
    return rows[-1], read_frames(case.folder / "final.dump")[-1].rows


def dplr_deck(**variables):
    """The text of inputs/dplr.in."""
    deck = (HERE / "inputs/dplr.in").read_text()
    values = {"units": "metal", "newton": "newton on", "data": "data", "style": "deepmd", "model": DPLR_MODEL}
    values |= {"mesh": "mesh 20 20 20", "field": "", "step": 0.0005, "steps": 0} | variables
    for key, value in values.items():
        deck = deck.replace("${" + key + "}", str(value))
    return deck


def in_ev(thermo, unit=1.0, pressure=1.6021765e6):
    """Energies and virial of a row of thermo, eV; `unit`: of an eV, `pressure`: of eV per cubic Angstrom."""
    energies = [thermo[key] / unit for key in ("PotEng", "E_vdwl", "E_long")]
    virial = [thermo[key] * thermo["Volume"] / pressure for key in ("Pxx", "Pyy", "Pzz", "Pxy", "Pxz", "Pyz")]
    return energies, virial


@test
def dplr_decks(case):
    """fix dplr and kspace_style pppm/dplr give the numbers of DeePMD-kit's LAMMPS, on any number of ranks."""
    frame, first = dplr_frame(), None
    case.write("data", dplr_data(frame))
    for reference in json.loads((REFERENCES / "dplr.json").read_text())["meshes"]:
        mesh = f"mesh {' '.join(map(str, reference['mesh']))} order {reference['order']} diff {reference['diff']}"
        for mode in [*SHORT, Mode("plain, 4 ranks", ranks=4)] if first is None else [PLAIN]:
            thermo, rows = dplr_run(case, mode, mesh=mesh)
            (energy, nets, electrostatic), virial = in_ev(thermo)
            close("energy of the nets", nets, reference["evdwl"], 1e-9)
            close("electrostatics", electrostatic, reference["elong"], 1e-6)
            close("their sum", energy, nets + electrostatic, 1e-12)
            close("virial", virial, reference["virial"], 1e-6)
            close("forces", [row[5:8] for row in rows[:81]], reference["force"], 1e-6)
            close("forces on centroids", [row[5:8] for row in rows[81:]], [[0.0] * 3] * 27, 1e-300)
            oxygens = [row for row in rows if row[1] == 1]
            moved = [[a - b for a, b in zip(c[2:5], o[2:5])] for c, o in zip(rows[81:], oxygens)]
            close("centroids", moved, frame["dipole"], 1e-10)
            check("the nets alone: fix dplr has the electrostatics" in case.log, "expected a word on the nets")
            if first is None or mesh == first[0]:
                found = [thermo["PotEng"], thermo["Pxy"]] + [f for row in rows for f in row[5:8]]
                first = first or (mesh, found)
                close("ranks", found[:2], first[1][:2], 1e-10)
                close("ranks, forces", found[2:], first[1][2:], 1e-10)


@test
def dplr_without_centroids(case):
    """The same by pair_style dp alone: meshes of both kinds agree with it, in all units, also after some steps."""
    frame = dplr_frame()
    case.write("data", dplr_data(frame))
    alone = """
units metal
atom_style full
read_data data
special_bonds lj/coul 1 1 1
group centroids type 3
delete_atoms group centroids bond yes compress no
pair_style dp {} long_range 1e-7
pair_coeff * * O H NULL
fix nve all nve
timestep 0.0005
thermo 20
thermo_style custom step pe evdwl elong press pxx pyy pzz pxy pxz pyz vol
thermo_modify norm no format float %.17g
run {}
write_dump all custom final.dump id type x y z fx fy fz modify sort id format float %.17g
"""
    for steps in (0, 20):
        log = case.lammps(alone.format(DPLR_MODEL, steps))
        (energy, *_), virial = in_ev(read_thermo(log)[-1])
        forces = [row[5:8] for row in read_frames(case.folder / "final.dump")[-1].rows]
        for mode, mesh in ((PLAIN, "mesh 40 40 40 order 7 diff ik"), (SHORT[1], "mesh 40 40 40 order 7 diff ad"),
                           (SHORT[2], "force 1e-6")):
            thermo, rows = dplr_run(case, mode, mesh=mesh, steps=steps)
            (found, *_), found_virial = in_ev(thermo)
            close("energy", found, energy, 2e-6, 1.0)
            close("virial", found_virial, virial, 2e-5, 1.0)
            close("forces", [row[5:8] for row in rows[:81]], forces, 1e-5, 1.0)
    mesh = "mesh 28 27 30 order 7 diff ik"
    kcal = 0.0019872067 / 8.617343e-5  # of an eV, as LAMMPS has it
    field = "efield 0.02 -0.03 0.01"
    found = []
    for words, units in (((1.0, 1.6021765e6), "metal"), ((kcal, kcal * 68568.415), "real")):
        thermo, rows = dplr_run(case, mesh=mesh, units=units)
        found.append(flat(in_ev(thermo, *words)) + [f / words[0] for row in rows for f in row[5:8]])
    close("units", found[1][:3], found[0][:3], 1e-9)
    close("units, forces", found[1][9:], found[0][9:], 1e-9)
    close("units, virial", found[1][3:9], found[0][3:9], 1e-9)
    thermo, rows = dplr_run(case, mesh=mesh, field=field)
    pull = [f - g for f, g in zip((f for row in rows for f in row[5:8]), found[0][9:])]
    close("total force of the field", [sum(pull[k::3]) for k in range(3)], [0.0] * 3, 1e-9, 1.0)
    check(max(map(abs, pull)) > 0.01, "the field acts on no atom")
    close("fix energy", thermo["PotEng"] - thermo["f_0"], found[0][0], 1e-10)
    variables = "variable a equal 0.02\nvariable b equal -0.03\nvariable c equal 0.01*step+0.01\n"
    deck = variables + dplr_deck(mesh=mesh, field="efield v_a v_b v_c pair_deepmd_index 1")
    again = read_thermo(case.lammps(deck))[-1]
    varied = read_frames(case.folder / "final.dump")[-1].rows
    close("variables", [again["PotEng"], again["f_0"]], [thermo["PotEng"], thermo["f_0"]], 1e-12)
    close("variables, forces", [r[5:8] for r in varied], [r[5:8] for r in rows], 1e-12)
    log = case.lammps(dplr_deck(mesh=mesh).replace("fix_modify 0 virial yes", "fix_modify 0"))
    check("part of the pressure is left out; use fix_modify 0 virial yes" in log, "expected a word on the pressure")


@test
def dplr_complains(case):
    """What fix dplr and kspace_style pppm/dplr refuse."""
    deck = dplr_deck()
    data = dplr_data(dplr_frame())
    lost = data.replace("27 bonds", "26 bonds").rstrip("\n").rsplit("\n", 1)[0] + "\n"
    kspace = deck[deck.index("kspace_style") : deck.index("fix 0 all")]
    fix = deck[deck.index("fix 0 all") : deck.index("group real")]
    for old, new, text, words in (
        ("", "", lost, "has no bond of bond_type to"),
        ("type_associate 1 3", "type_associate 1 3 2", data, "type_associate: expected pairs of atom types"),
        ("type_associate 1 3", "type_associate 2 3", data, "atoms of type 2 have no dipoles"),
        ("type_associate 1 3", "type_associate 1 2", data, "expected a type that the model does not see"),
        ("bond_type 1", "bond_type 2", data, "bond_type: expected 1 to 1, found 2"),
        (f"dplr model {DPLR_MODEL}", f"dplr model {MODELS['water']}", data, "expected a model with dipoles"),
        ("units metal", "units lj", data, "units lj"),
        ("newton on", "newton off", data, "newton has to be on"),
        ("gewald 0.4", "", data, "give kspace_modify gewald, the model's ewald_beta: 0.4"),
        (kspace, "", data, "neither kspace_style pppm/dplr nor efield"),
        (fix, "thermo_style one\nrun 0\n", data, "there is no fix dplr"),
        (kspace + fix, "thermo_style one\nrun 0\n", data, "which DeePMD-kit adds by fix dplr and kspace_style"),
        ("bond_type 1", "bond_type 1 efield 1 2", data, "efield: expected three components"),
        ("bond_type 1", "bond_type 1 colour red", data, "colour"),
        ("bond_type 1", "bond_type 1 efield 0 0 v_none", data, "efield: there is no variable none"),
        ("bond_type 1", "bond_type 1 pair_deepmd_index 2", data, "pair_deepmd_index: expected 1 to 1, found 2"),
        ("kspace_modify", "kspace_modify compute no", data, "neither kspace_style pppm/dplr nor efield"),
        ("timestep", "run_style respa 2 2 pair 2 kspace 2\ntimestep", data, "run_style respa is not supported"),
        (f"{DPLR_MODEL}\npair_coeff", f"{DPLR_MODEL} long_range 1e-5\npair_coeff", data, "fix dplr has the electrostatics"),
    ):
        check(old in deck, f"{old!r} is not in the deck")
        case.write("data", text)
        message = re.sub(r"\s+", " ", case.error(deck.replace(old, new, 1) if old else deck))
        check(words in message, f"expected {words!r} in the message, found: {message}")
    case.write("data", data)
    swap = f"plugin load {case.session.extras}\nfix s real atom/swap 1 1 4711 300 types 1 2\ntimestep"
    message = case.error(deck.replace("timestep", swap, 1), SHORT[1])
    check("atom/swap needs one rank" in re.sub(r"\s+", " ", message), f"found: {message}")


@test
def keyword_overflow(case):
    """More neighbours than sel: the nearest are kept, with one warning, or the run stops."""
    case.write("data", data_file(structure("water")))
    model = MODELS["small"]
    text = point_input(POINTS["small"], [model], "data", "dp", keywords=EXACT, columns=False)
    log = case.lammps(text)
    check(len(re.findall(r"WARNING: .*sel", log)) == 1, "no warning, or several, about neighbours beyond sel")
    thermo = read_thermo(log)[-1]
    agrees_with_library(case, "point.dump", thermo["PotEng"], model, ["O", "H"])
    message = case.error(
        point_input(POINTS["small"], [model], "data", "dp", keywords="overflow error", columns=False)
    )
    check("sel" in message, f"message of overflow error: {message}")


@test
def fix_adapt_scale(case):
    """fix adapt changes the strength of the interaction."""
    case.write("data", data_file(structure("gas")))
    text = point_input(
        POINTS["small"],
        [MODELS["small"]],
        "data",
        "dp",
        keywords=EXACT,
        more="variable half equal 0.5\nfix a all adapt 1 pair dp scale * * v_half",
    )
    thermo = read_thermo(case.lammps(text))[-1]
    reference = json.loads((REFERENCES / "point_small.json").read_text())
    close("energy", thermo["PotEng"], 0.5 * reference["energy"])
    close(
        "forces",
        [row[5:8] for row in read_frames(case.folder / "point.dump")[-1].rows],
        [[0.5 * v for v in row[:3]] for row in reference["atoms"]],
    )


@test
def parameter_of_the_first_step(case):
    """compute temp knows its degrees of freedom from its setup, which LAMMPS calls after the first forces."""
    case.write("data", data_file(structure("gas")))

    def first(mode, keywords):
        more = "compute t all temp\n"
        text = point_input(
            POINTS["small"], [MODELS["fparam1"]], "data", "dp", more, columns=False, newton=mode.newton,
            keywords=f"{keywords} {EXACT}",
        )
        return read_thermo(case.lammps(text.replace("pyz vol", "pyz vol c_t"), mode))[0]

    for mode in MODES:
        row = first(mode, "fparam_from_compute t")
        check(row["c_t"] > 1.0, f"{mode.name}: temperature {row['c_t']}")
        close(f"{mode.name}: energy", row["PotEng"], first(mode, f"fparam {row['c_t']!r}")["PotEng"])


# --- compute dp/fparam/dedn -------------------------------------------------------------------------------------------

DELTA = 0.01


@test
def derivative_of_all_sources(case):
    """Each kind of source, at the positions of the last step, against dp-eval; the run itself does not change."""
    case.write("data", data_file(structure("gas")))
    sources = {"equal": "v_p", "scalar": "c_t", "entry": "c_centre[2]", "fix": "f_mean[2]", "list": "v_two[2]"}
    inputs = """variable p equal 0.3+0.001*step
variable two vector [1,-0.4]
compute t all reduce max vx
compute centre all com
fix mean all ave/time 1 1 1 c_centre[1] c_centre[2]
"""
    for k, (name, source) in enumerate(sources.items()):
        inputs += f"compute {name} all {('dp', 'deepmd')[k % 2]}/fparam/dedn {source} {DELTA}\n"
    columns = " ".join([*sources.values(), *(f"c_{name}" for name in sources)])
    keywords = f"fparam 0.2 {EXACT}"

    def steps(mode, more="", columns=""):
        text = point_input(
            POINTS["small"],
            [MODELS["fparam1"]],
            "data",
            "dp",
            more,
            columns=False,
            newton=mode.newton,
            keywords=keywords,
        )
        text = text.replace("pyz vol", f"pyz vol {columns}\nthermo 1").replace("\nrun 0", "\nrun 3")
        return read_thermo(case.lammps(text, mode))

    without = [row["PotEng"] for row in steps(PLAIN)]
    for mode in MODES:
        rows = steps(mode, inputs, columns)
        close(f"{mode.name}: energies", [row["PotEng"] for row in rows], without)
        frame = read_frames(case.folder / "point.dump")[-1]
        points = [rows[-1][source] + d for source in sources.values() for d in (-DELTA, DELTA)]
        frames = "".join(frame.xyz(["O", "H"], fparam=[p]) for p in points)
        energies = [result["energy"] for result in case.evaluate(frames, MODELS["fparam1"])]
        for name, low, high in zip(sources, energies[::2], energies[1::2]):
            close(f"{mode.name}: {sources[name]}", rows[-1][f"c_{name}"], (high - low) / (2 * DELTA))


@test
def derivative_of_the_energy(case):
    """Against runs with other frame parameters: after a run, in other units, scaled, in a hybrid."""
    settings = {
        "alone": {},
        "real": {"real": True},
        "scaled": {"more": "variable half equal 0.5\nfix a all adapt 1 pair dp scale * * v_half"},
        "hybrid": {"hybrid": True},
    }
    for name, setting in settings.items():
        real = setting.get("real", False)
        case.write("data", data_file(structure("gas"), real=real))
        point = Point("gas", ["fparam1"], "O H", units="real" if real else "metal")

        def energy(fparam, compute=""):
            text = point_input(
                point,
                [MODELS["fparam1"]],
                "data",
                "dp",
                setting.get("more", ""),
                columns=False,
                keywords=f"fparam {fparam!r} {EXACT}",
            )
            if setting.get("hybrid"):
                text = text.replace("pair_style dp", "pair_style hybrid/overlay lj/cut 3.0 dp")
                text = text.replace("* * O H", "* * dp O H\npair_coeff * * lj/cut 0.001 2.0")
            return read_thermo(case.lammps(text + compute, mode))[-1]["PotEng"]

        for mode in SHORT[::3]:
            expected = (energy(0.3 + DELTA) - energy(0.3 - DELTA)) / (2 * DELTA)
            commands = f"""variable p equal 0.3
compute wide all dp/fparam/dedn v_p {DELTA}
compute narrow all dp/fparam/dedn v_p
run 0
print "$(c_wide:%.17g) $(c_narrow:%.17g)" file derivatives
"""
            energy(0.7, commands)
            wide, narrow = map(float, case.read("derivatives").split())
            close(f"{name}, {mode.name}", wide, expected)
            close(f"{name}, {mode.name}, the default delta", narrow, expected, 1e-5)


# --- compute dp/tensor/atom -------------------------------------------------------------------------------------------

# Of each: its file, names of types, the columns.
TENSORS_OF_ATOMS = {
    "dip": ("dipole_one_sided.dp", "O H", 3),
    "graph": ("dipole_graph.pb", "", 3),
    "pol": ("polar_diagonal.dp", "", 9),
    "full": ("polar_full.dp", "O H", 9),
    "part": ("dipole_one_sided.dp", "O NULL", 3),  # of group oxygen
    "gap": ("property_intensive.dp", "", 1),
}


def tensor_input(newton="newton on", units="metal", style="atomic", more="", pair="zero 5.5", run=2):
    """All of TENSORS_OF_ATOMS, under both names of the compute, dumped after the atoms' places; a sum in the log."""
    columns, computes = [], []
    for name, (file, types, n) in TENSORS_OF_ATOMS.items():
        compute = "dp/tensor/atom" if types else "deeptensor/atom"
        group = "oxygen" if name == "part" else "all"
        computes.append(f"compute {name} {group} {compute} {TENSORS / file} {types}")
        columns += [f"c_{name}[{c}]" for c in range(1, n + 1)] if n > 1 else [f"c_{name}"]
    return f"""{newton}
units {units}
atom_style {style}
read_data data
pair_style {pair}
pair_coeff * *
{more}
group oxygen type 1
{chr(10).join(computes)}
compute sum all reduce sum c_dip[1] c_dip[2] c_dip[3]
thermo_style custom step pe c_sum[1] c_sum[2] c_sum[3]
thermo_modify format float %.17g
thermo 1
dump d all custom 1 point.dump id type x y z {" ".join(columns)}
dump_modify d sort id format float %.17g
fix move all nve
run {run}
"""


@test
def tensors_of_atoms(case):
    """Dipoles and polarizabilities of all atoms and of a group, by numbers and by names, against dp-eval."""
    case.write("data", data_file(structure("gas")))
    for mode in [*SHORT, MODES[3]]:
        thermo = read_thermo(case.lammps(tensor_input(mode.newton or "newton on"), mode))
        frames = read_frames(case.folder / "point.dump")
        check(len(frames) == len(thermo) == 3, f"{mode.name}: {len(frames)} frames, {len(thermo)} lines")
        for frame, line in zip(frames, thermo):
            first = 5
            for name, (file, types, n) in TENSORS_OF_ATOMS.items():
                seen = ["O", None] if name == "part" else ["O", "H"]
                result = case.evaluate(frame.xyz(seen), TENSORS / file)[0]
                found = [row[first : first + n] for row in frame.rows if seen[int(row[1]) - 1]]
                close(f"{mode.name}: {name}", found, result["atom_output"])
                rest = [row[first : first + n] for row in frame.rows if not seen[int(row[1]) - 1]]
                check(not any(flat(rest)), f"{mode.name}: {name}: not zero beyond the group")
                if name == "dip":
                    sums = [line[f"c_sum[{c}]"] for c in (1, 2, 3)]
                    close(f"{mode.name}: sum", sums, result["output"])
                first += n


@test
def tensors_in_other_units(case):
    """Lengths are converted, dipoles and polarizabilities multiplied by them as by DeePMD-kit, other things not."""
    s, bohr = structure("gas"), 1.88972612
    rows = [[bohr * x for x in row[:3]] + row[3:] for row in s.rows]
    scaled = dataclasses.replace(s, box=[bohr * edge for edge in s.box], rows=rows)
    case.write("data", data_file(scaled, velocities=False))
    text = tensor_input(units="electron", pair=f"zero {5.5 * bohr}", run=0)
    case.lammps(text)
    frame = read_frames(case.folder / "point.dump")[0]
    frame.lattice = [edge / bohr for edge in frame.lattice]
    for row in frame.rows:
        row[2:5] = [x / bohr for x in row[2:5]]
    first = 5
    for name, (file, _, n) in TENSORS_OF_ATOMS.items():
        if name != "part":
            expected = case.evaluate(frame.xyz(["O", "H"]), TENSORS / file)[0]["atom_output"]
            found = [row[first : first + n] for row in frame.rows]
            factor = bohr if n > 1 else 1.0
            close(name, found, [factor * x for x in flat(expected)])
        first += n


@test
def tensors_complain(case):
    """Of bonds that special_bonds leaves out, of atoms at one place by ID, and once of neighbours beyond sel."""
    s = structure("gas")
    hydrogens = [i for i, t in enumerate(s.types, 1) if t == 1]
    oxygens = [i for i, t in enumerate(s.types, 1) if t == 0]
    case.write("data", molecular_data(s, nearest_bonds(s, oxygens, hydrogens)))
    bonds = "bond_style zero\nbond_coeff *\nspecial_bonds lj/coul "
    case.lammps(tensor_input(style="molecular", more=bonds + "1 1 1"))
    message = re.sub(r"\s+", " ", case.error(tensor_input(style="molecular", more=bonds + "0 0 0.5")))
    check("special_bonds leaves bonded atoms out" in message, f"message: {message}")

    case.write("data", data_file(s))
    here = " ".join(f"{axis} {x!r}" for axis, x in zip("xyz", s.rows[29][:3]))
    for mode in (PLAIN, MODES[2]):
        message = re.sub(r"\s+", " ", case.error(tensor_input(more=f"set atom 150 {here}"), mode))
        words = re.search(r"Compute d[a-z/]*/atom, step 0: rank \d: atom (\d+) has a neighbour at its own", message)
        check(words and words[1] in ("30", "150"), f"{mode.name}: message: {message}")

    case.write("data", data_file(structure("water")))
    log = case.lammps(tensor_input())
    count = len(re.findall(r"WARNING: Compute dp/tensor/atom: step 0: .* beyond the model's sel", log))
    check(count == 2, f"{count} warnings of neighbours beyond sel, expected one of each model that sees hydrogen")

    case.write("data", data_file(s, third_type(s)))
    log = case.lammps(tensor_input().replace("O H", "O H NULL").replace("O NULL", "O NULL NULL"))
    count = len(re.findall(r"WARNING: Compute deeptensor/atom: .* has 2 of 3 atom types", log))
    check(count == 2, f"{count} warnings of types that models lack, expected 2: that of gap has three")


# --- what the rest of LAMMPS does -------------------------------------------------------------------------------------


def add_scenario(name, system, model, same=True, modes=SHORT, tolerance=1e-9):
    """`same`: the thermo output must not depend on the mode."""

    @test(name=f"with_{name}")
    def run(case):
        first = None
        data = data_file(structure(system)) if system else None
        for mode in modes:
            rows = scenario(case, name, f"{MODELS[model]} {EXACT}", mode, data)
            try:
                last = rows[-1]
                agrees_with_library(
                    case,
                    "final.dump",
                    last["PotEng"],
                    MODELS[model],
                    SYMBOLS[system or "copper"],
                    tolerance=tolerance,
                )
                if same and first:
                    energies = [row["PotEng"] for row in rows]
                    close("energies of all steps", energies, [row["PotEng"] for row in first], 1e-8)
            except Failure as problem:
                raise Failure(f"{mode.name}: {problem}") from None
            first = first or rows


for scenario_name, scenario_system, scenario_model in (
    ("nvt", "gas", "small"),
    ("npt", "gas", "small"),
    ("deform", "gas", "small"),
    ("cluster", "gas", "small"),
    ("balance", "gas", "small"),
    ("rerun", "gas", "small"),
    ("minimize", "water", "water"),
):
    add_scenario(scenario_name, scenario_system, scenario_model)
FOUR = Mode("plain, 4 ranks", ranks=4)
add_scenario("respa", "gas", "small", modes=[PLAIN, SHORT[1], FOUR])
add_scenario("deposit", None, "copper", same=False, modes=[*SHORT, FOUR])


@test
def with_empty_ranks(case):
    modes = [PLAIN, FOUR, Mode("kk, 4 ranks", ranks=4, threads=1), Mode("kk, 2 threads", threads=2)]
    for mode in modes:
        rows = scenario(case, "empty", f"{MODELS['small']} {EXACT}", mode, data_file(structure("gas")))
        present = [row for row in rows if row["Atoms"] > 0]
        agrees_with_library(case, "final.dump", present[-1]["PotEng"], MODELS["small"], ["O", "H"])
        check(rows[-1]["Atoms"] == 0 and rows[-1]["PotEng"] == 0, f"{mode.name}: without atoms: {rows[-1]}")


@test
def with_minimize_goes_down(case):
    rows = scenario(case, "minimize", f"{MODELS['water']} {EXACT}", PLAIN, data_file(structure("water")))
    energies = [row["PotEng"] for row in rows]
    check(
        all(b <= a for a, b in zip(energies, energies[1:])) and energies[-1] < energies[0] - 0.1,
        f"{energies}",
    )


@test
def with_rerun_same_energies(case):
    rows = scenario(case, "rerun", f"{MODELS['small']} {EXACT}", PLAIN, data_file(structure("gas")))
    run, again = rows[:4], rows[4:]
    check([r["Step"] for r in again] == [0, 5, 10, 15], f"{[r['Step'] for r in again]}")
    close("energies", [r["PotEng"] for r in again], [r["PotEng"] for r in run])


@test
def with_overlay(case):
    """hybrid/overlay: energies and forces are sums."""
    for mode in SHORT:
        rows = scenario(case, "overlay", f"{MODELS['small']} {EXACT}", mode, data_file(structure("gas")))
        last = [row for row in rows if "c_model" in row][-1]
        result = agrees_with_library(
            case, "final.dump", last["c_model"], MODELS["small"], ["O", "H"], forces=False
        )
        close("energies", last["c_model"] + last["c_nuclei"], last["PotEng"])
        close("energy of the nuclei", rows[-1]["PotEng"], last["c_nuclei"])
        check(last["c_nuclei"] > 1.0, "zbl does nothing here")
        nuclei = [row[5:8] for row in read_frames(case.folder / "nuclei.dump")[-1].rows]
        both = [row[5:8] for row in read_frames(case.folder / "final.dump")[-1].rows]
        close(
            f"{mode.name}: forces",
            both,
            [[a + b for a, b in zip(x, y)] for x, y in zip(nuclei, result["force"])],
        )


@test
def with_charges(case):
    for mode in SHORT:
        s = structure("gas")
        data = data_file(s).replace("# atomic", "# charge")
        data = re.sub(r"(?m)^(\d+ [12]) (\S+ \S+ \S+)$", r"\1 0.0 \2", data)
        rows = scenario(case, "charges", f"{MODELS['small']} {EXACT}", mode, data)
        agrees_with_library(
            case, "final.dump", rows[-1]["c_model"], MODELS["small"], ["O", "H"], forces=False
        )
        close("energies", rows[-1]["c_model"] + rows[-1]["c_charges"], rows[-1]["PotEng"])


@test
def with_hybrid(case):
    """hybrid: type 3 belongs to another style, and the model does not see it."""
    for mode in SHORT:
        s = structure("gas")
        types = [3 if i % 5 == 4 else t + 1 for i, t in enumerate(s.types)]
        rows = scenario(case, "hybrid", f"{MODELS['small']} {EXACT}", mode, data_file(s, types))
        symbols = ["O", "H", None]
        agrees_with_library(case, "final.dump", rows[-1]["c_model"], MODELS["small"], symbols, forces=False)
        close("energies", rows[-1]["c_model"] + rows[-1]["c_rest"], rows[-1]["PotEng"])


@test
def with_scaled(case):
    for mode in SHORT[:2]:
        rows = scenario(case, "scaled", f"{MODELS['small']} {EXACT}", mode, data_file(structure("gas")))
        reference = json.loads((REFERENCES / "point_small.json").read_text())
        close("energy", rows[-1]["PotEng"], 0.5 * reference["energy"])
        forces = [row[5:8] for row in read_frames(case.folder / "final.dump")[-1].rows]
        close("forces", forces, [[0.5 * v for v in row[:3]] for row in reference["atoms"]])


@test
def with_two_in_a_hybrid(case):
    """The same style twice, with two models."""
    case.write("data", data_file(structure("gas")))
    text = point_input(POINTS["small"], [], "data", "hybrid/overlay", columns=False)
    for mode in SHORT[:3:2]:
        names = [MODELS["small"], MODELS["small_1"]]
        style = " ".join(f"dp {name} {EXACT}" for name in names)
        both = text.replace("pair_style hybrid/overlay", f"pair_style hybrid/overlay {style}")
        both = both.replace("pair_coeff * * O H", "pair_coeff * * dp 1 O H\npair_coeff * * dp 2 O H")
        energy = read_thermo(case.lammps(both, mode))[-1]["PotEng"]
        frame = read_frames(case.folder / "point.dump")[-1]
        results = [case.evaluate(frame.xyz(["O", "H"]), name)[0] for name in names]
        close("energy", energy, sum(r["energy"] for r in results))
        forces = [[a + b for a, b in zip(x, y)] for x, y in zip(*(r["force"] for r in results))]
        close("forces", [row[5:8] for row in frame.rows], forces)


@test
def with_partitions(case):
    """Two replicas in one process group, with different models."""
    case.write("data", data_file(structure("gas")))
    text = point_input(
        POINTS["small"], ["${model}"], "data", "dp", keywords=EXACT, columns=False, dump="dump.${model}"
    )
    models = [str(MODELS["small"]), str(MODELS["small_1"])]
    for number, model in enumerate(models, 1):
        path = case.folder / f"m{number}.dp"
        if not path.exists():
            path.symlink_to(model)
    case.write("in.lmp", "variable model universe m1.dp m2.dp\n" + text)
    done = case.start([*case.command(Mode("partitions", ranks=2)), "-partition", "1", "1"])
    check(done.returncode == 0, f"LAMMPS failed: {done.stdout}{done.stderr}")
    for number in (0, 1):
        thermo = read_thermo(case.read(f"log.lammps.{number}"))[-1]
        model = re.search(r"(m[12]\.dp): types", case.read(f"log.lammps.{number}")).group(1)
        agrees_with_library(case, f"dump.{model}", thermo["PotEng"], model, ["O", "H"])


@test
def with_heat_flux(case):
    """Energies and virials of atoms sum up; the flux is e v + S v with all nine components of S."""
    for mode in SHORT:
        rows = scenario(case, "heat_flux", f"{MODELS['small']} {EXACT}", mode, data_file(structure("gas")))
        last, frame = rows[-1], read_frames(case.folder / "final.dump")[-1]
        sums = [last[f"c_sum[{k}]"] for k in range(1, 8)]
        close("sum of the energies of atoms", sums[0], last["PotEng"])
        kinetic = [0.0] * 6
        pairs = ((0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2))
        flux = [0.0] * 3
        for row in frame.rows:
            v, ke, pe, centroid, six = row[8:11], row[11], row[12], row[13:22], row[22:28]
            mass = 2 * ke / (MVV2E * sum(w * w for w in v))
            for k, (a, b) in enumerate(pairs):
                kinetic[k] += MVV2E * mass * v[a] * v[b]
            s = [-w / 1.6021765e6 for w in centroid]
            full = [[s[0], s[3], s[4]], [s[6], s[1], s[5]], [s[7], s[8], s[2]]]
            for a in range(3):
                flux[a] += (ke + pe) * v[a] + sum(full[a][b] * v[b] for b in range(3))
            symmetric = centroid[:3] + [(centroid[3 + k] + centroid[6 + k]) / 2 for k in range(3)]
            close("stress/atom against centroid/stress/atom", six, symmetric)
        names = ("Pxx", "Pyy", "Pzz", "Pxy", "Pxz", "Pyz")
        virial = [
            -total / last["Volume"] + 1.6021765e6 * k / last["Volume"] for total, k in zip(sums[1:], kinetic)
        ]
        close(f"{mode.name}: sum of stress/atom", virial, [last[n] for n in names], 1e-8)
        close(f"{mode.name}: heat flux", [last[f"c_flux[{k}]"] for k in (1, 2, 3)], flux, 1e-7)


@test
def with_molecules(case):
    """special_bonds that leave pairs out are refused or warned about; with 1 1 1 nothing changes."""
    s = structure("gas")
    hydrogens = [i for i, t in enumerate(s.types, 1) if t == 1]
    oxygens = [i for i, t in enumerate(s.types, 1) if t == 0]
    data = molecular_data(s, nearest_bonds(s, oxygens, hydrogens))
    reference = json.loads((REFERENCES / "point_small.json").read_text())
    for mode in SHORT:
        rows = scenario(case, "molecules", f"{MODELS['small']} {EXACT}", mode, data, special="lj/coul 1 1 1")
        close(f"{mode.name}: energy with special_bonds 1 1 1", rows[-1]["PotEng"], reference["energy"])
    case.write("data", data)
    text = (
        (HERE / "inputs/molecules.in")
        .read_text()
        .replace("${special}", "lj/coul 0 0 0.5")
        .replace("${newton}", "")
    )
    text = text.replace("${style}", "dp").replace("${model}", str(MODELS["small"])).replace("${data}", "data")
    message = case.error(text)
    check("special_bonds" in message, f"message: {message}")


def molecular_data(s, bonds):
    """A data file of atom_style molecular: one molecule, with `bonds`."""
    lines = data_file(s, velocities=False).replace("# atomic", "# molecular").splitlines()
    start = lines.index("Atoms # molecular") + 2
    for k in range(start, start + len(s.types)):
        words = lines[k].split()
        lines[k] = " ".join([words[0], "1", *words[1:]])
    if bonds:
        lines[3] += f"\n1 bond types\n{len(bonds)} bonds\n4 extra bond per atom"
        lines += ["", "Bonds", ""] + [f"{k} 1 {a} {b}" for k, (a, b) in enumerate(bonds, 1)]
    return "\n".join(lines) + "\n"


def nearest_bonds(s, oxygens, hydrogens):
    """A bond from each hydrogen to its nearest oxygen."""
    edge = s.box[0]

    def distance(a, b):
        return sum(
            ((x - y + edge / 2) % edge - edge / 2) ** 2 for x, y in zip(s.rows[a - 1][:3], s.rows[b - 1][:3])
        )

    return [(min(oxygens, key=lambda o: distance(o, h)), h) for h in hydrogens]


# --- what DeePMD-kit's inputs may leave open --------------------------------------------------------------------------


def third_type(s):
    """Types from 1, every fifth atom of type 3."""
    return [3 if i % 5 == 4 else t + 1 for i, t in enumerate(s.types)]


@test
def names_left_out(case):
    """Types without a name, or beyond the model's, are NULL with one warning; names too many are ignored."""
    s = structure("gas")
    model = f"{MODELS['small']} {EXACT}"
    point = Point("gas", ["small"], "")
    for types, names, same, expected in (
        (third_type(s), "O H", "O H NULL", "pair_coeff names 2 of 3 atom types; .* types 3 to 3"),
        (third_type(s), "", "O H NULL", "the model has 2 of 3 atom types; .* types 3 to 3"),
        (third_type(s), "O", "O NULL NULL", "pair_coeff names 1 of 3 atom types; .* types 2 to 3"),
        (None, "O H O NULL", "O H", "pair_coeff names 4 types, but there are 2"),
    ):
        case.write("data", data_file(s, types))
        for mode in (PLAIN, Mode("kk, 2 ranks", ranks=2, threads=1)):
            found = []
            for words in (names, same):
                point.elements = words
                log = re.sub(r"\s+", " ", case.lammps(point_input(point, [model], "data", "deepmd"), mode))
                found.append((read_thermo(case.log)[-1]["PotEng"], read_frames(case.folder / "point.dump")[-1]))
                count = len(re.findall(r"WARNING: Pair style dp: pair_coeff|WARNING: Pair style dp: the model has", log))
                check(count == (words == names), f"{words!r}: {count} warnings")
                check(count == 0 or re.search(f"WARNING: Pair style dp: {expected}", log), f"{words!r}: {log}")
            close("energy", found[0][0], found[1][0], 1e-14)
            close("atoms", [row[5:] for row in found[0][1].rows], [row[5:] for row in found[1][1].rows], 1e-12)
            symbols = [None if w == "NULL" else w for w in same.split()]
            agrees_with_library(case, "point.dump", found[0][0], MODELS["small"], symbols)


@test
def null_in_hybrids(case):
    """Pairs of NULL types need no other style, and stay with the style that has them, before or after."""
    s = structure("gas")
    case.write("data", data_file(s, third_type(s)))
    point = Point("gas", [], "")
    style = f"dp {MODELS['small']} {EXACT} lj/cut 5.0"
    ours, some, all_three = "* * dp O H NULL", "3 3 lj/cut 0.003 2.6", "* 3 lj/cut 0.003 2.6"
    for mode in SHORT[:3:2]:
        energies = {}
        for hybrid in ("hybrid", "hybrid/overlay"):
            for lines in ((ours, some), (some, ours), (ours, all_three), (all_three, ours)):
                text = point_input(point, [style], "data", hybrid, columns=False, more="compute m all pair dp")
                text = text.replace("pair_coeff * * ", "pair_coeff " + "\npair_coeff ".join(lines))
                text = text.replace("step pe", "step pe c_m")
                thermo = read_thermo(case.lammps(text, mode))[-1]
                agrees_with_library(
                    case, "point.dump", thermo["c_m"], MODELS["small"], ["O", "H", None], forces=False
                )
                energies.setdefault(all_three in lines, []).append(thermo["PotEng"])
        for found in energies.values():
            close(f"{mode.name}: energies", found, [found[0]] * 4, 1e-14)
        check(abs(energies[True][0] - energies[False][0]) > 1e-6, "lj/cut of the mixed pairs does nothing")


# --- neighbours that LAMMPS leaves out --------------------------------------------------------------------------------


@test
def excluded_from_all(case):
    """A group that is excluded from all others is absent: no centre, nobody's neighbour."""
    s = structure("gas")
    case.write("data", data_file(s, third_type(s)))
    gone = "group gone type 3\n"
    for mode in SHORT:
        for define in (
            gone + "neigh_modify exclude group gone all",
            gone + "neigh_modify exclude group all gone",
            "group rest type 1 2\natom_modify first rest\nneigh_modify include rest",
        ):
            if "include" in define and mode.threads:
                continue  # LAMMPS-KOKKOS has no `include`
            point = Point("gas", ["small"], "O H O", define=define)
            text = point_input(point, [f"{MODELS['small']} {EXACT}"], "data", "dp", newton=mode.newton)
            log = case.lammps(text, mode)
            thermo, frame = read_thermo(log)[-1], read_frames(case.folder / "point.dump")[-1]
            agrees_with_library(case, "point.dump", thermo["PotEng"], MODELS["small"], ["O", "H", None])
            for row in frame.rows:
                check(row[1] != 3 or not any(row[5:]), f"{mode.name}: an excluded atom has {row[5:]}")
            lost = sum(row[1] == 3 for row in frame.rows)
            check(f"excludes {lost} atoms" in re.sub(r"\s+", " ", log), f"{mode.name}: no warning")


@test
def exclusions_without_the_model(case):
    """Exclusions among NULL types change nothing."""
    s = structure("gas")
    case.write("data", data_file(s, third_type(s)))
    for define in ("neigh_modify exclude type 3 3", "group a type 3\ngroup b type 1\nneigh_modify exclude group a b"):
        point = Point("gas", ["small"], "O H NULL", define=define)
        log = case.lammps(point_input(point, [f"{MODELS['small']} {EXACT}"], "data", "dp"))
        agrees_with_library(
            case, "point.dump", read_thermo(log)[-1]["PotEng"], MODELS["small"], ["O", "H", None]
        )


@test
def with_gcmc(case):
    """Deletion is tried by excluding an atom, whose own energy has to vanish too. Each atom is alone and has the
    energy E: at a chemical potential 1 eV below E it goes, 1 eV above it stays and others come."""
    extras = case.session.extras
    case.write("one.xyz", '1\nLattice="40 0 0 0 40 0 0 0 40" Properties=species:S:1:pos:R:3\nCu 0 0 0\n')
    alone = case.evaluate(case.read("one.xyz"), MODELS["copper"])[0]["energy"]
    check(abs(alone) > 1e-2, f"the energy of an atom alone is {alone}")
    # ln(N zz^-1/V) of fix gcmc, with the thermal wavelength of copper at 300 K
    kt, wave = 8.617343e-5 * 300.0, 1.0e10 * math.sqrt(
        6.62606896e-34**2 / (2 * math.pi * 63.546e-3 / 6.02214e23 * 1.3806504e-23 * 300.0)
    )
    ideal = kt * math.log(27 * wave**3 / 36.0**3)
    for mode in (PLAIN, FOUR, Mode("kk, 1 thread", threads=1)):
        for shift, least, most in ((-1.0, 7, 24), (1.0, 28, 47)):
            rows = scenario(
                case,
                "gcmc",
                f"{MODELS['copper']} {EXACT}",
                mode,
                extras=extras,
                mu=repr(alone + ideal + shift),
            )
            left = rows[-1]["Atoms"]
            check(least <= left <= most, f"{mode.name}: {left} atoms are left, {shift} eV from E = {alone}")
            agrees_with_library(case, "final.dump", rows[-1]["PotEng"], MODELS["copper"], ["Cu"])


@test
def with_swaps(case):
    for mode in (PLAIN, FOUR, Mode("kk, 1 thread", threads=1)):
        data = data_file(structure("gas"))
        rows = scenario(case, "swap", f"{MODELS['small']} {EXACT}", mode, data, extras=case.session.extras)
        agrees_with_library(case, "final.dump", rows[-1]["PotEng"], MODELS["small"], ["O", "H"])


@test
def with_coulomb(case):
    """Energies and forces are sums, whatever the cutoff of the Coulomb part."""
    s = structure("gas")
    data = data_file(s).replace("# atomic", "# charge")
    data = re.sub(r"(?m)^(\d+ 1) (\S+ \S+ \S+)$", r"\1 -0.8 \2", data)
    data = re.sub(r"(?m)^(\d+ 2) (\S+ \S+ \S+)$", r"\1 0.4 \2", data)
    for mode in (PLAIN, Mode("plain, 2 ranks", ranks=2), Mode("kk, 1 thread", threads=1)):
        rows = scenario(
            case, "coulomb", f"{MODELS['small']} {EXACT}", mode, data, extras=case.session.extras
        )
        frame = read_frames(case.folder / "coulomb.dump")[-1]
        result = case.evaluate(frame.xyz(["O", "H"]), MODELS["small"])[0]
        close("energy", rows[0]["PotEng"], rows[1]["PotEng"] + result["energy"])
        check(rows[1]["PotEng"] < -1.0, f"{rows[1]}")
        forces = [[a + b for a, b in zip(x[5:8], y)] for x, y in zip(frame.rows, result["force"])]
        close("forces", [row[5:8] for row in read_frames(case.folder / "final.dump")[-1].rows], forces)


@test
def with_template(case):
    """special_bonds with zeros are refused here too."""
    case.write(
        "water.mol",
        "water\n\n3 atoms\n2 bonds\n\nCoords\n\n1 0 0 0\n2 0.76 0.59 0\n3 -0.76 0.59 0\n\nTypes\n\n1 1\n2 2\n3 2\n\n"
        "Bonds\n\n1 1 1 2\n2 1 1 3\n\nSpecial Bond Counts\n\n1 2 0 0\n2 1 1 0\n3 1 1 0\n\n"
        "Special Bonds\n\n1 2 3\n2 1 3\n3 1 2\n",
    )
    for special in ("lj/coul 1 1 1", "lj/coul 1.0e-50 1.0e-50 1"):
        rows = scenario(case, "template", f"{MODELS['small']} {EXACT}", PLAIN, special=special)
        agrees_with_library(case, "final.dump", rows[-1]["PotEng"], MODELS["small"], ["O", "H"])
    for special in ("lj/coul 0 0 0", "lj/coul 1 0 1"):
        text = (HERE / "inputs/template.in").read_text().replace("${special}", special).replace("${newton}", "")
        text = text.replace("${style}", "dp").replace("${model}", str(MODELS["small"]))
        check("special_bonds leaves bonded atoms out" in re.sub(r"\s+", " ", case.error(text)), f"{special}")


# --- messages, memory -------------------------------------------------------------------------------------------------


def add_error(name):
    @test(name=f"error_{name}")
    def run(case):
        change, expected = ERRORS[name]
        case.write("data", data_file(structure("gas")))
        words = {
            "units": "metal",
            "models": str(MODELS["small"]),
            "keywords": "",
            "coeff": "* * O H",
            "define": "",
            "setup": "",
            "style": "atomic",
            "hybrid": "",
            "more": "",
        } | {
            key: value.format(**{k: str(v) for k, v in MODELS.items()})
            for key, value in change.items()
            if key != "files"
        }
        for file, text in change.get("files", {}).items():
            case.write(file, text)
        if words["style"] == "molecular":
            case.write("data", molecular_data(structure("gas"), []))
        others = " lj/cut 5.0" if words["hybrid"] else ""
        input_text = """
units {units}
atom_style {style}
{setup}
read_data data
{define}
pair_style {hybrid} dp {models} {keywords} {others}
pair_coeff {coeff}
{more}
fix nve all nve
run 0
""".format(others=others, **words)
        # one after the other, since mpirun takes seconds to stop
        mode = [PLAIN, Mode("kk, 2 ranks", ranks=2, threads=1)][list(ERRORS).index(name) % 2]
        message = re.sub(r"\s+", " ", case.error(input_text, mode))
        for part in expected:
            check(part in message, f"{mode.name}: expected {part!r} in the message, found: {message}")


for error_name in ERRORS:
    add_error(error_name)


def needs(case, text, mode, words=()):
    """kB of resident memory, and seconds of a processor in user mode, that an input needs."""
    case.write("in.lmp", text)
    script = (
        "import os, sys\n"
        "pid = os.spawnvp(os.P_NOWAIT, sys.argv[1], sys.argv[1:])\n"
        "_, status, usage = os.wait4(pid, 0)\n"
        "print('NEEDS', usage.ru_maxrss, usage.ru_utime)\n"
        "sys.exit(1 if status else 0)\n"
    )
    command = [sys.executable, "-c", script, *case.command(mode), "-screen", "none", *words]
    done = case.start(command, timeout=900)
    check(done.returncode == 0, f"{mode.name}: LAMMPS failed: {done.stdout[-500:]}{done.stderr[-500:]}")
    found = re.search(r"NEEDS (\d+) ([\d.]+)", done.stdout)
    return int(found.group(1)), float(found.group(2))


def peak_memory(case, times, mode):
    """kB of resident memory after a number of reloads."""
    case.write("data", data_file(structure("gas")))
    values = {"style": "dp", "newton": "newton on", "data": "data", "model": MODELS["small"], "times": times}
    words = [word for key, value in values.items() for word in ("-var", key, str(value))]
    return needs(case, (HERE / "inputs/clear.in").read_text(), mode, words)[0]


# resident memory counts pages of libraries too, and these alone vary by 0.9 MB from run to run
RELOADS = int(os.environ.get("DP_RELOADS", "1000"))


@test
def memory_of_reloads(case):
    """DP_RELOADS=10000 makes it the long test."""
    for mode in (PLAIN, Mode("kk, 1 thread", threads=1)):
        few, many = peak_memory(case, 100, mode), peak_memory(case, 100 + RELOADS, mode)
        growth = 1024 * (many - few) / RELOADS
        check(
            growth < 2048,
            f"{mode.name}: {growth:.0f} bytes a reload ({few} kB, after {RELOADS} more {many} kB)",
        )


@test
def memory_errors(case):
    """Valgrind: nothing invalid, uninitialised or lost where the plugin is on the stack."""
    if not shutil.which("valgrind"):
        raise Skipped("there is no valgrind")
    case.write("data", data_file(structure("gas")))
    models = [MODELS["small"], MODELS["small_1"]]
    text = point_input(POINTS["small"], models, "data", "dp", keywords="out_freq 1 atomic evaluation compressed")
    case.write("in.lmp", text + "clear\n" + text)
    checks = ["valgrind", "--leak-check=full", "--show-leak-kinds=definite", "--num-callers=40", "--xml=yes"]
    for mode in (PLAIN, Mode("kk, 1 thread", threads=1)):
        done = case.start(case.command(mode, before=[*checks, "--xml-file=valgrind.xml"]), timeout=900)
        check(
            done.returncode == 0,
            f"{mode.name}: LAMMPS failed under valgrind: {done.stdout[-500:]}{done.stderr[-500:]}",
        )
        errors = xml.etree.ElementTree.parse(case.folder / "valgrind.xml").findall("error")
        for error in errors:
            frames = [f for f in error.find("stack").findall("frame")]
            if any("dpplugin" in f.findtext("obj", "") for f in frames):
                what = error.findtext("what") or error.findtext("xwhat/text")
                stack = [
                    f"{f.findtext('fn', '?')[:100]} ({f.findtext('file', '')}:{f.findtext('line', '')})"
                    for f in frames[:12]
                ]
                raise Failure(f"{mode.name}: {what}\n" + "\n".join(stack))


def add_many_types(kind):
    @test(name=f"many_types_{kind}")
    def run(case):
        """A model of 118 types, of which two are there, against its twin of two: results, memory, time to read it."""
        s = structure("water")
        case.write("data", data_file(s, [3 if i % 11 == 0 else t + 1 for i, t in enumerate(s.types)]))
        point = Point("water", [], "U Cl NULL")
        make_many_types.make(kind, case.folder / "many.dp")
        make_many_types.make(kind, case.folder / "twin.dp", ["Cl", "U"])
        for evaluation in ("exact", "compressed"):
            found = []
            for name in ("many", "twin"):
                text = point_input(point, [f"{name}.dp"], "data", "dp", keywords=f"evaluation {evaluation} graded no")
                memory, seconds = needs(case, text, PLAIN)
                atoms = read_frames(case.folder / "point.dump")[-1].rows
                found.append((read_thermo(case.read("log.lammps"))[-1], atoms, memory / 1024, seconds))
            (thermo, atoms, memory, seconds), (twin_thermo, twin_atoms, _, twin_seconds) = found
            print(f"{kind}, {evaluation}: {memory:.0f} MB, {seconds - twin_seconds:.2f} s more than its twin")
            for key in twin_thermo:
                close(key, thermo[key], twin_thermo[key], 1e-12)
            for first, last in ((5, 8), (8, 9), (9, 18)):
                close("atoms", [r[first:last] for r in atoms], [r[first:last] for r in twin_atoms], 1e-12)
            check(memory < 300, f"{evaluation}: needs {memory:.0f} MB")
            check(seconds - twin_seconds < 1, f"{evaluation}: {seconds:.2f} s, its twin {twin_seconds:.2f} s")
        text = point_input(point, ["many.dp"], "data", "dp", keywords="evaluation compressed graded no")
        energy = read_thermo(case.lammps(text, Mode("kk, 2 ranks", ranks=2, threads=1)))[-1]["PotEng"]
        close("energy on 2 ranks", energy, twin_thermo["PotEng"], 1e-12)
        (case.folder / "many.dp").unlink()


for model_kind in make_many_types.KINDS:
    add_many_types(model_kind)


# --- the examples -----------------------------------------------------------------------------------------------------


def add_example(name):
    @test(name=f"example_{name}")
    def run(case):
        source = ROOT / "examples/lammps"
        expected = read_thermo((source / f"log.{name}").read_text())
        inner = Case(
            case.session, f"example_{name}/dp/examples/lammps"
        )  # the inputs name files by relative paths
        for link in ("examples/water", "tests"):
            path = case.folder / "dp" / link
            if not path.exists():
                path.symlink_to(ROOT / link)
        inner.write("water.data", (source / "water.data").read_text())
        log = inner.lammps((source / f"in.{name}").read_text(), Mode("kk, 1 thread", threads=1), timeout=600)
        found = read_thermo(log)
        check(
            [r["Step"] for r in found] == [r["Step"] for r in expected], "steps differ from the expected log"
        )
        for key in expected[0]:
            scale = max(abs(r[key]) for r in expected) or 1.0
            close(key, [r[key] for r in found], [r[key] for r in expected], 1e-4, scale=scale)


for example_name in ("water", "copper_tension", "deviation"):
    if (ROOT / f"examples/lammps/log.{example_name}").exists():
        add_example(example_name)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*")
    parser.add_argument("--lammps")
    parser.add_argument("--plugin")
    parser.add_argument("--extras")
    parser.add_argument("--programs")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--work", help="keep the folders of the tests here")
    arguments = parser.parse_args()
    names = [name for name in TESTS if not arguments.names or any(word in name for word in arguments.names)]
    if arguments.list:
        print("\n".join(names))
        return 0
    if not names:
        parser.error("no test has such a name; --list shows them")
    for option in ("lammps", "plugin", "extras", "programs"):
        if not getattr(arguments, option):
            parser.error(f"--{option} is needed")

    failed = []
    with tempfile.TemporaryDirectory(prefix="dp-lammps-") as temporary:
        session = Session(
            pathlib.Path(arguments.lammps).resolve(),
            pathlib.Path(arguments.plugin).absolute(),
            pathlib.Path(arguments.extras).resolve(),
            pathlib.Path(arguments.programs).resolve(),
            pathlib.Path(arguments.work or temporary).resolve(),
        )

        if not session.kokkos:
            print("LAMMPS without KOKKOS: all tests with the plain style")

        def run(name):
            start, problem, state = time.monotonic(), "", "ok"
            try:
                TESTS[name](Case(session, name))
            except Skipped as reason:
                state = f"skipped: {reason}"
            except Failure as failure:
                problem = str(failure)
            except Exception:  # a bug of the test is a failure too
                problem = traceback.format_exc()
            print(
                f"{name:40} {'FAILED' if problem else state:6} {time.monotonic() - start:6.1f} s", flush=True
            )
            if problem:
                print("    " + problem.replace("\n", "\n    "), flush=True)
                failed.append(name)

        begin = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            list(pool.map(run, names))
    print(f"{len(names) - len(failed)} of {len(names)} tests ok, {time.monotonic() - begin:.0f} s")
    if failed:
        print("FAILED: " + " ".join(sorted(failed)))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
