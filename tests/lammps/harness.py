# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""Runs LAMMPS and the programs of dp in a folder of each test, and compares numbers."""

import dataclasses
import json
import os
import pathlib
import subprocess


class Failure(Exception):
    """A test found something wrong."""


class Skipped(Exception):
    """A test cannot be run here."""


@dataclasses.dataclass
class Mode:
    """How LAMMPS is started."""

    name: str
    ranks: int = 1
    threads: int = 0  # of Kokkos; 0: plain styles. A LAMMPS without KOKKOS has the plain style on as many threads
    newton: str = ""  # a command of the input
    options: tuple = ()


PLAIN = Mode("plain")
MODES = [
    PLAIN,
    Mode("plain, newton off", newton="newton off"),
    Mode("plain, 2 ranks", ranks=2),
    Mode("plain, 4 ranks, newton off", ranks=4, newton="newton off"),
    Mode("kk, 1 thread", threads=1),
    Mode("kk, 2 threads", threads=2),
    Mode(
        "kk, 2 threads, newton off",
        threads=2,
        newton="newton off",
        options=("-pk", "kokkos", "newton", "off", "neigh", "full"),
    ),
    Mode("kk, 2 ranks", ranks=2, threads=1),
    Mode("kk, 4 ranks", ranks=4, threads=1, options=("-pk", "kokkos", "newton", "on", "neigh", "half")),
    Mode(
        "kk, 4 ranks, newton off",
        ranks=4,
        threads=1,
        newton="newton off",
        options=("-pk", "kokkos", "newton", "off"),
    ),
]
SHORT = [MODES[0], MODES[2], MODES[5], MODES[7]]


class Session:
    """What all tests share: where the programs are."""

    def __init__(self, lammps, plugin, extras, programs, folder):
        self.lammps, self.plugin, self.extras, self.programs, self.folder = map(
            pathlib.Path, (lammps, plugin, extras, programs, folder)
        )
        about = subprocess.run([str(lammps), "-h"], capture_output=True, text=True).stdout
        self.kokkos = "KOKKOS package API" in about

    def environment(self, plugin_path=True):
        variables = os.environ | {
            "OMP_NUM_THREADS": "1",
            "OMP_PROC_BIND": "false",
            "OMPI_ALLOW_RUN_AS_ROOT": "1",
            "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
            "OMPI_MCA_rmaps_base_oversubscribe": "1",
            "OMPI_MCA_hwloc_base_binding_policy": "none",
            "OMPI_MCA_mpi_yield_when_idle": "1",
            "OMP_WAIT_POLICY": "passive",
            "OMPI_MCA_btl": "self,vader",
            "OMPI_MCA_btl_vader_single_copy_mechanism": "none",
        }
        variables["LAMMPS_PLUGIN_PATH"] = str(self.plugin.parent) if plugin_path else ""
        return variables


class Case:
    """The folder of one test."""

    def __init__(self, session, name):
        self.session = session
        self.folder = session.folder / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = ""

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return name

    def read(self, name):
        return (self.folder / name).read_text()

    def start(self, command, plugin_path=True, timeout=300, more=None):
        return subprocess.run(
            [str(word) for word in command],
            cwd=self.folder,
            env=self.session.environment(plugin_path) | (more or {}),
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    def command(self, mode=PLAIN, before=()):
        words = ["mpirun", "-n", mode.ranks] if mode.ranks > 1 else []
        if mode.threads and not self.session.kokkos:
            words += ["env", f"OMP_NUM_THREADS={mode.threads}"]
        words += [*before, self.session.lammps]
        if mode.threads and self.session.kokkos:
            words += ["-k", "on", "t", mode.threads, "-sf", "kk", *mode.options]
        return [*words, "-log", "log.lammps", "-in", "in.lmp"]

    def lammps(self, text, mode=PLAIN, variables=(), **more):
        """Runs an input; gives its screen output. Fails the test if LAMMPS fails."""
        self.write("in.lmp", text)
        done = self.start([*self.command(mode), *variables], **more)
        if done.returncode or "ERROR" in done.stdout:
            lines = (done.stdout + done.stderr).strip().splitlines()
            start = next((k for k, line in enumerate(lines) if "ERROR" in line), max(0, len(lines) - 8))
            tail = "\n".join(lines[start : start + 8])
            raise Failure(f"{mode.name}: LAMMPS failed in {self.folder}\n{tail}")
        self.log = done.stdout
        return done.stdout

    def error(self, text, mode=PLAIN, **more):
        """Runs an input that must fail; gives what LAMMPS said."""
        self.write("in.lmp", text)
        done = self.start(self.command(mode), **more)
        if not done.returncode:
            raise Failure(f"LAMMPS should have refused this:\n{text}")
        lines = (done.stdout + "\n" + done.stderr).splitlines()
        start = next((k for k, line in enumerate(lines) if "ERROR" in line), None)
        if start is None:
            raise Failure(
                f"no error message from LAMMPS, exit status {done.returncode}:\n" + "\n".join(lines[-12:])
            )
        return " ".join(lines[start : start + 12])

    def evaluate(self, frames, model, *options):
        """dp-eval of extended XYZ."""
        self.write("frames.xyz", frames)
        command = [self.session.programs / "dp-eval", model, "frames.xyz", "--json", "dp-eval.json", *options]
        done = self.start(command)
        if done.returncode:
            raise Failure(f"dp-eval failed: {done.stderr}")
        return json.loads(self.read("dp-eval.json"))


@dataclasses.dataclass
class Frame:
    """A frame of a dump with columns id type x y z fx fy fz and others."""

    lattice: list
    periodic: list
    rows: list

    def xyz(self, symbols, fparam=None, aparam=None):
        """Extended XYZ; `symbols` by LAMMPS type, None for atoms that the model does not see."""
        kept = [row for row in self.rows if symbols[int(row[1]) - 1]]
        comment = f'Lattice="{" ".join(repr(v) for v in self.lattice)}" pbc="{" ".join(self.periodic)}"'
        comment += " Properties=species:S:1:pos:R:3" + (f":aparam:R:{len(aparam[0])}" if aparam else "")
        comment += f' fparam="{" ".join(map(repr, fparam))}"' if fparam else ""
        lines = [str(len(kept)), comment]
        for k, row in enumerate(kept):
            values = row[2:5] + (list(aparam[k]) if aparam else [])
            lines.append(symbols[int(row[1]) - 1] + " " + " ".join(map(repr, values)))
        return "\n".join(lines) + "\n"


def read_frames(path):
    """All frames of a dump."""
    frames = []
    for text in pathlib.Path(path).read_text().split("ITEM: TIMESTEP")[1:]:
        lines = text.splitlines()
        start = next(k for k, line in enumerate(lines) if line.startswith("ITEM: BOX"))
        words = lines[start].split()[3:]
        tilted = words[:3] == ["xy", "xz", "yz"]
        bounds = [[float(w) for w in lines[start + k].split()] for k in (1, 2, 3)]
        xy, xz, yz = (b[2] for b in bounds) if tilted else (0.0, 0.0, 0.0)
        low = [bounds[0][0] - min(0, xy, xz, xy + xz), bounds[1][0] - min(0, yz), bounds[2][0]]
        high = [bounds[0][1] - max(0, xy, xz, xy + xz), bounds[1][1] - max(0, yz), bounds[2][1]]
        lx, ly, lz = (h - l for h, l in zip(high, low))
        periodic = ["T" if word == "pp" else "F" for word in words[-3:]]
        start = next(k for k, line in enumerate(lines) if line.startswith("ITEM: ATOMS"))
        rows = [[float(w) for w in line.split()] for line in lines[start + 1 :]]
        frames.append(Frame([lx, 0.0, 0.0, xy, ly, 0.0, xz, yz, lz], periodic, sorted(rows)))
    return frames


def flat(values):
    if isinstance(values, (int, float)):
        return [values]
    return [x for value in values for x in flat(value)]


def close(what, found, expected, tolerance=1e-9, scale=None):
    """Fails unless all differences are below `tolerance` times the largest expected magnitude (or `scale`)."""
    found, expected = flat(found), flat(expected)
    if len(found) != len(expected):
        raise Failure(f"{what}: {len(found)} values, expected {len(expected)}")
    largest = scale or max(abs(v) for v in expected) or 1.0
    worst = max(
        range(len(found)), key=lambda k: abs(found[k] - expected[k]) if found[k] == found[k] else float("inf")
    )
    difference = abs(found[worst] - expected[worst])
    if not difference <= tolerance * largest:
        raise Failure(
            f"{what}: value {worst} is {found[worst]!r}, expected {expected[worst]!r}: "
            f"differs by {difference / largest:.2g} of {largest:.6g}, allowed {tolerance:g}"
        )


def check(condition, message):
    if not condition:
        raise Failure(message)


def agrees_with_library(case, dump, energy, model, symbols, *options, tolerance=1e-9, forces=True):
    """The last frame of a dump and its energy against dp-eval."""
    frame = read_frames(case.folder / dump)[-1]
    result = case.evaluate(frame.xyz(symbols), model, *options)[0]
    close("energy against dp-eval", energy, result["energy"], tolerance)
    rows = [row for row in frame.rows if symbols[int(row[1]) - 1]]
    if forces:
        close("forces against dp-eval", [row[5:8] for row in rows], result["force"], tolerance)
    return result
