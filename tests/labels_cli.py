#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""dp-eval and dp-deviation on folders of labelled frames, as dpdata writes them.

Usage: labels_cli.py FOLDER_OF_PROGRAMS

Labels are results of DeePMD-kit (tests/data) and known numbers more: these are then the errors. Deviations are compared
with those of DeePMD-kit's results. Needs Python 3.8 alone.
"""

import json
import math
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
VARIANTS = ROOT / "tests/data/variants"
TENSORS = ROOT / "tests/data/tensors"
NAMES = ["O", "H"]  # of the types of all models here
failures = []


def check(condition, message):
    if not condition:
        failures.append(message)
        print("FAILED:", message)


def flat(values):
    return [x for v in values for x in flat(v)] if isinstance(values, list) else [values]


def npy(numbers, shape, kind="<f8", fortran=False, version=1):
    """The bytes of an array of NumPy; `numbers` in the order of C."""
    order = list(range(len(numbers)))
    if fortran:
        strides = [math.prod(shape[k + 1 :]) for k in range(len(shape))]
        order = [0]
        for extent, stride in reversed(list(zip(shape, strides))):
            order = [i * stride + o for o in order for i in range(extent)]
    letter = {"<f8": "d", "<f4": "f", "<i8": "q", "<i4": "i", "|i1": "b", "<u2": "H", ">f8": "d"}[kind]
    header = f"{{'descr': '{kind}', 'fortran_order': {fortran}, 'shape': ({', '.join(map(str, shape))}{',' * (len(shape) == 1)}), }}"
    length = struct.pack("<H" if version == 1 else "<I", len(header) + 1)
    body = struct.pack(f"{'>' if kind[0] == '>' else '<'}{len(numbers)}{letter}", *(numbers[i] for i in order))
    return b"\x93NUMPY" + bytes([version, 0]) + length + header.encode() + b"\n" + body


def reference(name):
    frames = json.loads((VARIANTS / f"{name}.reference.json").read_text())["frames"]
    return [{key: flat(value) for key, value in frame.items()} for frame in frames]


def write_set(folder, frames, arrays, **options):
    """One set.*; `arrays`: name -> numbers of each frame."""
    folder.mkdir(parents=True)
    for name, rows in arrays.items():
        (folder / f"{name}.npy").write_bytes(npy(flat(rows), [frames, len(rows[0])], **options))


def write_system(folder, frame, shifts, names=None, **options):
    """Copies of a frame, with labels that are the results plus numbers of each copy: energy, force, virial, atomic energy."""
    types = [int(t) for t in frame["type"]]
    arrays = {"coord": [frame["coord"]] * len(shifts)}
    arrays["energy"] = [[frame["energy"][0] + e] for e, _, _, _ in shifts]
    arrays["force"] = [[x + f for x in frame["force"]] for _, f, _, _ in shifts]
    arrays["virial"] = [[x + v for x in frame["virial"]] for _, _, v, _ in shifts]
    arrays["atom_ener"] = [[x + a for x in frame["atom_energy"]] for _, _, _, a in shifts]
    for name in ("fparam", "aparam"):
        if name in frame:
            arrays[name] = [frame[name]] * len(shifts)
    if frame["pbc"][0]:
        arrays["box"] = [frame["box"]] * len(shifts)
    write_set(folder / "set.000", len(shifts), arrays, **options)
    if not frame["pbc"][0]:
        (folder / "nopbc").touch()
    if names:
        (folder / "type_map.raw").write_text("\n".join(reversed(names)) + "\n")
        types = [len(names) - 1 - t for t in types]
    (folder / "type.raw").write_text("\n".join(map(str, types)) + "\n")


class Programs:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()

    def run(self, *words):
        command = [str(self.folder / words[0]), *map(str, words[1:])]
        return subprocess.run(command, capture_output=True, text=True)

    def accepts(self, *words):
        done = self.run(*words)
        check(done.returncode == 0, f"{words}: exit status {done.returncode}: {done.stderr}")
        return done.stdout

    def refuses(self, text, *words):
        done = self.run(*words)
        check(done.returncode == 1, f"{words}: exit status {done.returncode}, expected 1")
        check(done.stderr.count("\n") == 1, f"{words}: expected one line of error, found: {done.stderr}")
        check(text in done.stderr, f"{words}: expected '{text}', found: {done.stderr}")


def tables(text):
    """title -> row -> [MAE, RMSE, largest, numbers]."""
    result, title = {}, None
    for line in text.splitlines():
        if not line.startswith(" ") and " frame" in line:
            title = line.split(":")[0]
            result[title] = {}
        elif title and line.startswith("  ") and line[2] != " ":
            result[title][line[2:20].strip()] = [float(x) for x in line[20:].split()[:4]]
    return result


def expect_row(table, row, errors):
    """`errors`: the deviations of all numbers of that row."""
    found = table.get(row)
    if found is None:
        check(False, f"expected a row '{row}', found {list(table)}")
        return
    n = len(errors)
    right = [sum(map(abs, errors)) / n, math.sqrt(sum(e * e for e in errors) / n), max(map(abs, errors)), n]
    for a, b in zip(found, right):
        check(abs(a - b) <= 1e-6 * abs(b) + 1e-9, f"{row}: expected {right}, found {found}")


def volume(box):
    a, b, c = box[:3], box[3:6], box[6:]
    cross = [b[1] * c[2] - b[2] * c[1], b[2] * c[0] - b[0] * c[2], b[0] * c[1] - b[1] * c[0]]
    return abs(sum(x * y for x, y in zip(a, cross)))


SHIFTS = [(0.24, 0.003, -0.05, 0.01), (-0.48, -0.001, 0.02, -0.03)]


def test_labels(programs, names):
    """Periodic and open, types by name and by number, parameters, sets in all ways of writing numbers."""
    model = VARIANTS / "fparam_aparam.dp"
    frames = reference("fparam_aparam")
    n = len(frames[0]["type"])
    write_system(pathlib.Path("data/periodic"), frames[0], SHIFTS, names)
    write_system(pathlib.Path("data/open"), frames[1], SHIFTS[:1], fortran=True, version=2)
    text = programs.accepts("dp-eval", model, "data", "--detail", "detail", "--json", "data.json")
    found = tables(text)
    check(list(found) == ["data/open", "data/periodic", "all 2 systems"], f"expected three tables, found {list(found)}")
    periodic, both = found.get("data/periodic", {}), found.get("all 2 systems", {})
    expect_row(periodic, "energy", [0.24, 0.48])
    expect_row(periodic, "energy per atom", [0.24 / n, 0.48 / n])
    expect_row(periodic, "force", [0.003] * 3 * n + [0.001] * 3 * n)
    for t, name in enumerate(names):
        count = 3 * frames[0]["type"].count(t)
        expect_row(periodic, f"force on {name}", [0.003] * count + [0.001] * count)
    expect_row(periodic, "virial", [0.05] * 9 + [0.02] * 9)
    expect_row(periodic, "virial per atom", [0.05 / n] * 9 + [0.02 / n] * 9)
    v = volume(frames[0]["box"])
    expect_row(periodic, "stress", [0.05 / v] * 9 + [0.02 / v] * 9)
    expect_row(periodic, "energy of atoms", [0.01] * n + [0.03] * n)
    check("virial" not in found.get("data/open", {"virial": 0}), "an open system: expected no virial")
    expect_row(both, "energy", [0.24, 0.48, 0.24])
    expect_row(both, "force", [0.003] * 6 * n + [0.001] * 3 * n)
    expect_row(both, "virial", [0.05] * 9 + [0.02] * 9)
    check(len(json.load(open("data.json"))) == 3, "data.json: expected three frames")

    lines = pathlib.Path("detail.f.out").read_text().splitlines()
    check(lines[0] == "# data/open: data_fx data_fy data_fz pred_fx pred_fy pred_fz", f"detail.f.out: {lines[0]}")
    rows = [[float(x) for x in line.split()] for line in lines if line[0] != "#"]
    right = frames[1]["force"] + 2 * frames[0]["force"]
    check([len(row) for row in rows] == [6] * 3 * n, "detail.f.out: expected rows of six numbers")
    check(max(abs(a - b) for a, b in zip([x for row in rows for x in row[3:]], right)) < 1e-9, "detail.f.out: other forces")
    check(max(abs(r[3 + c] - r[c] + s) for r, s in zip(rows, [0.003] * 2 * n + [-0.001] * n) for c in range(3)) < 1e-9,
          "detail.f.out: other labels")  # fmt: skip
    for kind, width in (("e", 2), ("e_peratom", 2), ("v", 18), ("v_peratom", 18), ("s", 18)):
        lines = [line for line in pathlib.Path(f"detail.{kind}.out").read_text().splitlines() if line[0] != "#"]
        check([len(line.split()) for line in lines] == [width] * (3 if width == 2 else 2), f"detail.{kind}.out: {lines}")

    text = programs.accepts("dp-eval", model, "data/periodic", "--frames", 1)
    expect_row(tables(text).get("data/periodic", {}), "energy", [0.24])

    shutil.copytree("data/open", "floats")
    floats = [struct.unpack("<f", struct.pack("<f", x))[0] for x in frames[1]["coord"]]
    pathlib.Path("floats/set.000/coord.npy").write_bytes(npy(floats, [3 * n], "<f4"))
    pathlib.Path("floats/set.000/energy.npy").write_bytes(npy([7], [1], "<i4"))
    energy = json.load(open("data.json"))[0]["energy"]
    row = tables(programs.accepts("dp-eval", model, "floats")).get("floats", {}).get("energy", [0])
    check(abs(row[0] - abs(energy - 7)) < 1e-4, f"coordinates of four bytes: expected {abs(energy - 7)}, found {row}")


def test_outputs(programs, _):
    """What is no energy."""
    for name, label in (("dipole_one_sided", "dipole"), ("polar_full", "polarizability"), ("dos_radial", "dos"), ("property_intensive", "gap")):
        frame = json.loads((TENSORS / f"{name}.reference.json").read_text())["frames"][0]
        frame = {key: flat(value) for key, value in frame.items()}
        folder = pathlib.Path(name)
        shifts = [0.25 + 0.5 * k for k in range(len(frame["out"]))]
        label_rows = [[x + s for x, s in zip(frame["out"], shifts)]]
        write_set(folder / "set.000", 1, {"coord": [frame["coord"]], "box": [frame["box"]], label: label_rows})
        (folder / "type.raw").write_text(" ".join(str(int(t)) for t in frame["type"]))
        text = programs.accepts("dp-eval", TENSORS / f"{name}.dp", name, "--json", "outputs.json")
        expect_row(tables(text).get(name, {}), label, shifts)
        check(json.load(open("outputs.json"))[0]["quantity"] == label, f"outputs.json: expected {label}")
    (folder / "set.000/gap.npy").unlink()
    text = programs.accepts("dp-eval", TENSORS / "property_intensive.dp", name)
    check("no labels: expected gap.npy" in text, f"without labels: found {text}")
    programs.refuses("--detail: expected a model of energies", "dp-eval", TENSORS / "dipole_one_sided.dp", "dipole_one_sided",
                     "--detail", "x")  # fmt: skip


def test_mixed(programs, names):
    """Frames with types of their own, and atoms that are none."""
    frames = reference("odd_widths")[::2]
    n = len(frames[0]["type"]) + 2
    pad = lambda numbers, width: numbers[:width] + [99.0] * width + numbers[width:] + [99.0] * width  # noqa: E731
    arrays = {
        "coord": [pad(f["coord"], 3) for f in frames],
        "box": [f["box"] for f in frames],
        "energy": [[f["energy"][0] + 0.1] for f in frames],
        "force": [pad([x + 0.01 for x in f["force"]], 3) for f in frames],
    }
    write_set(pathlib.Path("mixed/set.000"), 2, arrays)
    pathlib.Path("mixed/type.raw").write_text("0\n" * n)
    types = [pad([1 - int(t) for t in f["type"]], 1) for f in frames]
    types = [[-1 if t == 99 else t for t in row] for row in types]
    mixed = pathlib.Path("mixed/set.000/real_atom_types.npy")
    mixed.write_bytes(npy(flat(types), [2, n], "<i4"))
    model = VARIANTS / "odd_widths.dp"
    programs.refuses("expected names of the types in mixed/type_map.raw", "dp-eval", model, "mixed")
    pathlib.Path("mixed/type_map.raw").write_text(" ".join(reversed(names)))
    mixed.write_bytes(npy([0.5] * 2 * n, [2, n]))
    programs.refuses("real_atom_types.npy: expected whole numbers, found 0.5", "dp-eval", model, "mixed")
    mixed.write_bytes(npy([2] * 2 * n, [2, n], "|i1"))
    programs.refuses("real_atom_types.npy: expected types from 0 to 1", "dp-eval", model, "mixed")
    mixed.write_bytes(npy(flat(types), [2, n], "|i1"))
    found = tables(programs.accepts("dp-eval", model, "mixed")).get("mixed", {})
    expect_row(found, "energy per atom", [0.1 / (n - 2)] * 2)
    expect_row(found, "force", [0.01] * 6 * (n - 2))
    for t, name in enumerate(names):
        expect_row(found, f"force on {name}", [0.01] * 3 * sum(f["type"].count(t) for f in frames))


def deviations(results, labels=None):
    """A row of model_devi.out, of energies, forces and virials per model; from their means or from labels."""

    def spread(values, label):
        centre = sum(values) / len(values) if label is None else label
        return math.sqrt(sum((v - centre) ** 2 for v in values) / len(values)), centre

    n = len(results[0]["force"]) // 3
    both = {}
    for key in ("energy", "force", "virial"):
        count = len(results[0][key])
        both[key] = [spread([r[key][k] for r in results], labels and labels[key][k]) for k in range(count)]
    force = [math.hypot(*(s for s, _ in both["force"][3 * i : 3 * i + 3])) for i in range(n)]
    virial = [s / n for s, _ in both["virial"]]
    return [max(virial), min(virial), math.sqrt(sum(v * v for v in virial)) / 3, max(force), min(force), sum(force) / n,
            both["energy"][0][0] / n], force, both  # fmt: skip


def read_deviations(path):
    lines = pathlib.Path(path).read_text().splitlines()
    return [[float(x) for x in line.split()] for line in lines if line[0] != "#"], [line for line in lines if line[0] == "#"]


def close(found, right):
    return len(found) == len(right) and all(abs(a - b) <= 1e-6 * abs(b) + 1e-12 for a, b in zip(found, right))


def test_deviation(programs, names):
    """Three models on a folder and on extended XYZ, with every way of counting."""
    frame = reference("odd_widths")[0]
    n = len(frame["type"])
    write_system(pathlib.Path("trajectory"), frame, SHIFTS, names)
    models = [VARIANTS / f"{name}.dp" for name in ("odd_widths", "davg_zero", "exclude_types")]
    atoms = [names[int(t)] + " %r %r %r" % tuple(frame["coord"][3 * i : 3 * i + 3]) for i, t in enumerate(frame["type"])]
    box = " ".join(map(repr, frame["box"]))
    pathlib.Path("one.xyz").write_text("\n".join([str(n), f'Lattice="{box}" Properties=species:S:1:pos:R:3', *atoms, ""]))
    results = []
    for model in models:
        programs.accepts("dp-eval", model, "one.xyz", "--json", "one.json")
        results.append({key: flat([value]) for key, value in json.load(open("one.json"))[0].items()})
    row, force, both = deviations(results)

    out = programs.accepts("dp-deviation", *models, "trajectory", "--frequency", 20)
    check("model_devi.out: 2 frames" in out, f"dp-deviation: {out}")
    rows, titles = read_deviations("model_devi.out")
    check(titles[0] == "# trajectory", f"model_devi.out: {titles}")
    check(titles[1].split() == "# step max_devi_v min_devi_v avg_devi_v max_devi_f min_devi_f avg_devi_f devi_e".split(),
          f"model_devi.out: {titles}")  # fmt: skip
    check(close(flat(rows), [0.0, *row, 20.0, *row]), f"expected {row} twice, found {rows}")
    programs.accepts("dp-deviation", *models, "one.xyz", "-o", "one.out", "--atomic")
    rows, _ = read_deviations("one.out")
    check(close(flat(rows), [0.0, *row, *force]), f"--atomic: expected {row}, {force}, found {rows}")

    programs.accepts("dp-deviation", *models, "one.xyz", "-o", "r.out", "--atomic", "--relative", 0.5, "--relative-v", 0.1)
    rows, _ = read_deviations("r.out")
    length = [math.hypot(*(c for _, c in both["force"][3 * i : 3 * i + 3])) for i in range(n)]
    relative = [f / (x + 0.5) for f, x in zip(force, length)]
    scale = 1.0 / (math.sqrt(sum(c * c for _, c in both["virial"])) / n + 0.1)
    right = [0.0, *(x * scale for x in row[:3]), max(relative), min(relative), sum(relative) / n, row[6], *relative]
    check(close(flat(rows), right), f"--relative: expected {right}, found {rows}")

    programs.accepts("dp-deviation", *models, "trajectory", "-o", "real.out", "--real-error")
    rows, _ = read_deviations("real.out")
    e, f, v, _ = SHIFTS[1]
    labels = {key: [x + s for x in frame[key]] for key, s in (("energy", e), ("force", f), ("virial", v))}
    check(close(rows[1], [1.0, *deviations(results, labels)[0]]), f"--real-error: found {rows}")
    programs.refuses("expected two or more models and a trajectory", "dp-deviation", models[0], "one.xyz")
    programs.refuses("--real-error: expected a folder", "dp-deviation", models[0], "one.xyz", "--real-error")
    programs.refuses("expected a model of energies", "dp-deviation", TENSORS / "dipole_one_sided.dp",
                     models[0], "one.xyz")  # fmt: skip


def test_errors(programs, names):
    """One clear message for each thing that is wrong."""
    model = VARIANTS / "odd_widths.dp"
    frame = reference("odd_widths")[0]
    n = len(frame["type"])
    write_system(pathlib.Path("whole"), frame, SHIFTS, names)

    def broken(file, contents, text):
        shutil.rmtree("bad", ignore_errors=True)
        shutil.copytree("whole", "bad")
        path = pathlib.Path("bad") / file
        path.unlink() if contents is None else path.write_bytes(contents)
        programs.refuses(text, "dp-eval", model, "bad")

    energy = "set.000/energy.npy"
    broken("type.raw", None, "bad: expected a folder of labelled frames")
    broken("type.raw", b"", "bad/type.raw: expected the type of each atom")
    broken("type.raw", b"O H", "bad/type.raw: expected whole numbers, found 'O'")
    broken("type.raw", b"0 2", "bad/type.raw: expected types from 0 to 1 (those of type_map.raw), found 2")
    broken("type_map.raw", b"Xx Yy", "is 'Yy', but the model" if frame["type"][0] == 0 else "is 'Xx', but the model")
    broken("set.000/coord.npy", None, "bad/set.000/coord.npy: cannot be opened")
    broken("set.000/box.npy", None, "bad/set.000/box.npy: is not there; expected it, or a file bad/nopbc")
    broken("set.000/force.npy", npy([0.0] * 6, [2, 3]), f"force.npy: expected (2, {3 * n}) numbers for 2 frames of {n} atoms, found (2, 3)")
    broken(energy, b"no array of numbers", "energy.npy: expected an array of NumPy (.npy)")
    broken(energy, npy([1.0, 2.0], [2])[:-1], "energy.npy: shape (2,): the file has only 1 numbers")
    broken(energy, npy([1.0, 2.0], [2]) + b"x", "energy.npy: shape (2,): expected 16 bytes of numbers, found 17")
    broken(energy, npy([1.0, 2.0], [2], ">f8"), "energy.npy: descr: expected real numbers")
    broken(energy, npy([1.0, math.nan], [2]), "energy.npy: expected finite numbers, found nan")
    broken(energy, npy([1.0, 2.0], [2])[:40], "energy.npy: the file ends within its header")
    broken("set.000/box.npy", npy([0.0] * 18, [2, 9]), "bad/set.000/box.npy: frame 1: dp::Box")
    os.makedirs("empty", exist_ok=True)
    programs.refuses("empty: expected a folder of labelled frames", "dp-eval", model, "empty")
    pathlib.Path("empty/type.raw").write_text("0\n")
    programs.refuses("empty: expected folders set.*", "dp-eval", model, "empty")
    programs.refuses("fparam", "dp-eval", VARIANTS / "fparam_aparam.dp", "whole")
    programs.refuses("--detail: expected a folder", "dp-eval", model, "whole/type.raw", "--detail", "x")
    programs.refuses("no/x.e.out: cannot be written", "dp-eval", model, "whole", "--detail", "no/x")


def main():
    programs = Programs(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for test in (test_labels, test_outputs, test_mixed, test_deviation, test_errors):
            test(programs, NAMES)
        os.chdir("/")
    print(f"{len(failures)} failures")
    sys.exit(len(failures) > 0)


if __name__ == "__main__":
    main()
