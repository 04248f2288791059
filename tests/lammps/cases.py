# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""The structures and LAMMPS inputs that the tests and the references of DeePMD-kit's own LAMMPS share."""

import dataclasses
import pathlib
import random

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODELS = {
    "water": ROOT / "examples/water/water.dp",
    "copper": ROOT / "tests/data/copper/copper.dp",
    "small": ROOT / "tests/data/variants/two_sided.dp",
    "small_1": ROOT / "tests/lammps/models/two_sided_1.dp",
    "small_2": ROOT / "tests/lammps/models/two_sided_2.dp",
    "allegro": ROOT / "tests/data/allegro/options.nequip.zip",
    "fparam1": ROOT / "tests/lammps/models/fparam1.dp",
    "fparam2_aparam1": ROOT / "tests/data/variants/fparam_aparam.dp",
    "fparam2_aparam3": ROOT / "tests/data/variants/fparam2_aparam3.dp",
}
# LAMMPS' "metal" constants are older than CODATA 2018, which dp-md has: masses times this give the same motion.
MVV2E = 1.0364269e-4
MASS_FACTOR = 1.0 / (MVV2E * 9648.5332123)
MASSES = {"O": 15.9994 * MASS_FACTOR, "H": 1.00794 * MASS_FACTOR, "Cu": 63.546 * MASS_FACTOR}
SYMBOLS = {"water": ["O", "H"], "gas": ["O", "H"], "copper": ["Cu"], "small_copper": ["Cu"]}
DYNAMICS = {"water": "water", "copper": "small_copper"}  # the structure of each


@dataclasses.dataclass
class Structure:
    """Atoms in an orthorhombic box: [x, y, z, vx, vy, vz] in Angstrom and Angstrom/ps, types from 0."""

    symbols: list
    box: list
    types: list
    rows: list


def water(scale=1.0):
    """The 192 atoms of examples/water; `scale` stretches it, so that small models' sel is enough."""
    lines = (ROOT / "examples/water/start.xyz").read_text().splitlines()
    edge = float(lines[1].split('"')[1].split()[0])
    words = [line.split() for line in lines[2 : 2 + int(lines[0])]]
    rows = [[scale * float(w) for w in row[1:4]] + [float(w) for w in row[4:7]] for row in words]
    return Structure(["O", "H"], [scale * edge] * 3, ["OH".index(row[0]) for row in words], rows)


def copper(cells=3):
    """fcc copper, rattled, with velocities of about 330 K and no total momentum."""
    rng, a = random.Random(7), 3.615
    rows = []
    for cell in range(cells**3):
        corner = (cell // cells**2, cell // cells % cells, cell % cells)
        for shift in ((0, 0, 0), (0, 0.5, 0.5), (0.5, 0, 0.5), (0.5, 0.5, 0)):
            x = [a * (c + s) + rng.uniform(-0.1, 0.1) + 0.2 for c, s in zip(corner, shift)]
            rows.append(x + [rng.gauss(0.0, 2.0779) for _ in range(3)])
    for k in range(3, 6):
        mean = sum(row[k] for row in rows) / len(rows)
        for row in rows:
            row[k] -= mean
    return Structure(["Cu"], [a * cells] * 3, [0] * len(rows), rows)


def structure(name):
    return {"water": water, "gas": lambda: water(1.5), "copper": copper, "small_copper": lambda: copper(2)}[
        name
    ]()


def data_file(s, types=None, velocities=True, real=False):
    """The text of a LAMMPS data file; `types`: LAMMPS types of the atoms (default: from 1 in the order of symbols)."""
    types = types or [t + 1 for t in s.types]
    mass = {t: MASSES[s.symbols[k]] / (MASS_FACTOR if real else 1.0) for t, k in zip(types, s.types)}
    text = [
        f"{len(types)} atoms of {' '.join(s.symbols)}",
        "",
        f"{len(types)} atoms",
        f"{max(types)} atom types",
    ]
    text += [f"0.0 {edge!r} {axis}lo {axis}hi" for edge, axis in zip(s.box, "xyz")]
    text += ["", "Masses", ""] + [f"{t} {mass.get(t, 1.0)!r}" for t in range(1, max(types) + 1)]
    text += ["", "Atoms # atomic", ""]
    text += [f"{i} {t} {x!r} {y!r} {z!r}" for i, (t, (x, y, z, *_)) in enumerate(zip(types, s.rows), 1)]
    if velocities:
        factor = 1e-3 if real else 1.0
        text += ["", "Velocities", ""]
        text += [f"{i} " + " ".join(repr(factor * v) for v in row[3:]) for i, row in enumerate(s.rows, 1)]
    return "\n".join(text) + "\n"


@dataclasses.dataclass
class Point:
    """One evaluation (`run 0`) with the values of every atom."""

    structure: str
    models: list
    elements: str
    keywords: str = ""
    units: str = "metal"
    change: str = ""  # commands after read_data
    define: str = ""  # commands before pair_style
    repeat: bool = False  # a second run 0: fixes have their values then
    types: str = ""  # "swap": see types_of


def types_of(case, s):
    """H, O, absent atoms and O again as LAMMPS types 1 to 4, or None for the types of the structure."""
    if case.types != "swap":
        return None
    return [1 if t == 1 else (3 if i % 7 == 3 else 2 + 2 * (i % 2)) for i, t in enumerate(s.types)]


MEAN = "compute centre all com\nfix mean all ave/time 1 1 1 {}"
TILT = "change_box all triclinic\nchange_box all xy final 1.5 xz final -0.8 yz final 0.9 remap units box"
POINTS = {
    "water": Point("water", ["water"], "O H"),
    "water_triclinic": Point("water", ["water"], "O H", change=TILT),
    "water_real": Point("water", ["water"], "O H", units="real"),
    "water_null_and_twice": Point("water", ["water"], "H O NULL O", types="swap"),
    "copper": Point("copper", ["copper"], "Cu"),
    "small": Point("gas", ["small"], "O H"),
    "parameters": Point("gas", ["fparam2_aparam1"], "O H", "fparam 0.3 -0.7 aparam 0.4"),
    "parameters_3": Point("gas", ["fparam2_aparam3"], "O H", "fparam 0.3 -0.7 aparam 0.4 -0.2 0.1"),
    "parameters_from_computes": Point(
        "gas",
        ["fparam2_aparam3"],
        "O H",
        "fparam_from_compute centre aparam_from_compute speed",
        define="compute centre all com\ncompute speed all property/atom vx vy vz",
    ),
    "parameters_from_one_column": Point(
        "gas",
        ["fparam2_aparam1"],
        "O H",
        "fparam 0.3 -0.7 aparam_from_compute kinetic",
        define="compute kinetic all ke/atom",
    ),
    "parameter_from_compute": Point(
        "gas", ["fparam1"], "O H", "fparam_from_compute t", define="compute t all reduce max vx"
    ),
    "parameter_from_fix": Point(
        "gas", ["fparam1"], "O H", "fparam_from_fix mean", define=MEAN.format("c_centre[1]"), repeat=True
    ),
    "parameter_from_fix_column": Point(
        "gas",
        ["fparam1"],
        "O H",
        "fparam_from_fix mean 2",
        define=MEAN.format("c_centre[1] c_centre[2]"),
        repeat=True,
    ),
}


def point_input(
    case, models, data, style="deepmd", more="", columns=True, newton="", keywords=None, dump="point.dump"
):
    """The input of a Point; `models` are the files. Writes per-atom values to `dump`; its last line of thermo counts."""
    columns = "c_energy c_virial[*]" if columns else ""
    computes = (
        "compute energy all pe/atom\ncompute virial all centroid/stress/atom NULL pair\n" if columns else ""
    )
    words = case.keywords if keywords is None else keywords
    return f"""
units {case.units}
atom_style atomic
atom_modify map yes
{newton}
read_data {data}
{case.change}
{case.define}
pair_style {style} {" ".join(str(m) for m in models)} {words}
pair_coeff * * {case.elements}
{computes}{more}
fix nve all nve
timestep {0.5 if case.units == "real" else 0.0005}
thermo_style custom step pe press pxx pyy pzz pxy pxz pyz vol
thermo_modify norm no format float %.17g
{"run 0" if case.repeat else ""}
dump d all custom 1 {dump} id type x y z fx fy fz {columns}
dump_modify d sort id format float %.14g
run 0
"""


@dataclasses.dataclass
class Deviation:
    keywords: str


DEVIATIONS = {
    "plain": Deviation(""),
    "atomic": Deviation("atomic"),
    "relative": Deviation("relative 0.5"),
    "relative_v": Deviation("relative_v 0.01"),
    "all": Deviation("relative_v 0.01 relative 0.5 atomic"),
}


def deviation_input(case, models, data, file, style="deepmd"):
    """20 steps, every tenth with the deviation of the models."""
    return f"""
units metal
atom_style atomic
atom_modify map yes
read_data {data}
pair_style {style} {" ".join(str(m) for m in models)} out_freq 10 out_file {file} {case.keywords}
pair_coeff * * O H
fix nve all nve
timestep 0.0002
thermo 10
run 20
"""


def nve_input(name, model, data, style="deepmd", keywords="", steps=500, every=50):
    """The dynamics of examples/water and of copper."""
    return f"""
units metal
atom_style atomic
read_data {data}
pair_style {style} {model} {keywords}
pair_coeff * * {" ".join(SYMBOLS[name])}
neighbor 2.0 bin
neigh_modify every 10 delay 0 check no
fix nve all nve
timestep {0.0005 if name == "water" else 0.001}
thermo_style custom step pe ke press
thermo_modify norm no format float %.17g
thermo {every}
run {steps}
"""


def read_dump(path):
    """The last frame of a dump: rows of numbers, in the order of id."""
    frame = pathlib.Path(path).read_text().split("ITEM: ATOMS")[-1].splitlines()
    return [[float(w) for w in line.split()] for line in frame[1:]]


def read_thermo(log):
    """The rows of all tables of thermo in a log, as {column: value}."""
    rows, names = [], None
    for line in log.splitlines():
        words = line.split()
        if words[:1] == ["Step"]:
            names = words
        elif line.startswith("Loop time"):
            names = None
        elif names and len(words) == len(names):
            try:
                rows.append(dict(zip(names, map(float, words))))
            except ValueError:
                pass
    return rows
