#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""Draws the tables of dp-md, dp-analyse, dp-statics and dp-failure (needs matplotlib).

  examples/plot.py rdf double.csv mix32.csv --out rdf.svg
  examples/plot.py eos eos.csv
  examples/plot.py slab labelled.xyz --frames 0 -1
  examples/plot.py parity PREFIX --out parity.svg
  examples/plot.py failure failures.csv curve.csv

Several files are drawn over each other; their names are the legend, or --labels. Without --out a window opens.
slab shows frames that dp-analyse cna --labels has written side by side: the middle 6 Angstrom, seen along y."""
import argparse
import csv
import math
import pathlib
import re
import sys


def number(text):
    word = text.strip().lower()
    return float(word == "true") if word in ("true", "false") else float(word)


class Table:
    """A CSV file: lines with # in front are left out, the first other line has the titles. Column criterion has words, others numbers; true and false are 1 and 0."""

    def __init__(self, path):
        self.path = path
        try:
            lines = [line for line in pathlib.Path(path).read_text().splitlines() if line and line[0] != "#"]
        except OSError as error:
            raise SystemExit(f"plot.py: {path}: cannot be read: {error.strerror}")
        rows = list(csv.reader(lines))
        if len(rows) < 2:
            raise SystemExit(f"plot.py: {path}: expected a line of titles and rows of numbers, found {len(rows)} lines")
        self.titles = rows[0]
        try:
            words = [k for k, t in enumerate(self.titles) if t == "criterion"]
            self.columns = {t: [row[k] if k in words else number(row[k]) for row in rows[1:]] for k, t in enumerate(self.titles)}
        except (ValueError, IndexError) as error:
            raise SystemExit(f"plot.py: {path}: expected a table of numbers: {error}")

    def __getitem__(self, title):
        if title not in self.columns:
            raise SystemExit(f"plot.py: {self.path}: expected a column {title}, found {', '.join(self.titles)}")
        return self.columns[title]

    def endings(self, beginning):
        """What follows `beginning` in the titles that have it."""
        found = [t[len(beginning) :] for t in self.titles if t.startswith(beginning)]
        if not found:
            raise SystemExit(f"plot.py: {self.path}: expected columns {beginning}..., found {', '.join(self.titles)}")
        return found


def band(axes, x, y, error, label):
    """A line with its standard error."""
    (line,) = axes.plot(x, y, label=label)
    low = [a - b if b == b else a for a, b in zip(y, error)]  # an error may be nan
    high = [a + b if b == b else a for a, b in zip(y, error)]
    axes.fill_between(x, low, high, color=line.get_color(), alpha=0.3, linewidth=0)


def rdf(figure, tables, labels):
    """dp-analyse rdf, or dp-md's observe.rdf: one panel for each pair of elements."""
    pairs = tables[0].endings("g_")
    panels = figure.subplots(1, len(pairs), squeeze=False)[0]
    for axes, pair in zip(panels, pairs):
        for table, label in zip(tables, labels):
            band(axes, table["r_A"], table["g_" + pair], table["error_" + pair], label)
        axes.set(title=pair, xlabel="r (Å)", ylabel="g(r)", xlim=(0, None), ylim=(0, None))
        axes.axhline(1, color="grey", linewidth=0.5)
    # A bonded peak hides the rest: the panel ends above the highest value beyond 1.3 Angstrom.
    for axes, pair in zip(panels, pairs):
        beyond = [g for t in tables for r, g in zip(t["r_A"], t["g_" + pair]) if r > 1.3]
        axes.set_ylim(0, 1.15 * max(beyond + [1]))


def msd(figure, tables, labels):
    """dp-analyse msd, or dp-md's observe.msd, which has no errors."""
    axes = figure.subplots()
    for table, label in zip(tables, labels):
        for kind in table.endings("msd_"):
            error = table.columns.get("error_" + kind, [math.nan] * len(table["time_ps"]))
            band(axes, table["time_ps"], table["msd_" + kind], error, f"{kind} {label}".strip())
    axes.set(xlabel="time (ps)", ylabel="mean-square displacement (Å$^2$)", xlim=(0, None), ylim=(0, None))


def thermo(figure, tables, labels):
    """dp-md's table: total energy, temperature and pressure against time."""
    wanted = [("E_tot", "total"), ("T", "temperature"), ("P", "pressure")]
    panels = figure.subplots(len(wanted), 1, sharex=True)
    for table, label in zip(tables, labels):
        time = next((t for t in table.titles if t.startswith("time")), table.titles[0])
        for axes, names in zip(panels, wanted):
            title = next((t for t in table.titles if t.lower().startswith(tuple(n.lower() for n in names))), None)
            if title is None:
                raise SystemExit(f"plot.py: {table.path}: expected a column {names[1]}..., found {', '.join(table.titles)}")
            axes.plot(table[time], table[title], label=label)
            axes.set_ylabel(title)
        panels[-1].set_xlabel(time)


def stress_strain(figure, tables, labels):
    """Columns strain and stress_GPa."""
    axes = figure.subplots()
    for table, label in zip(tables, labels):
        axes.plot([100 * e for e in table["strain"]], table["stress_GPa"], label=label)
    axes.set(xlabel="engineering strain (%)", ylabel="stress (GPa)")


def eos(figure, tables, labels):
    """dp-statics --eos: energy, its fit and pressure against volume."""
    left, right = figure.subplots(1, 2)
    for table, label in zip(tables, labels):
        volume = table["volume_A3_per_atom"]
        (points,) = left.plot(volume, table["energy_eV_per_atom"], "o", markersize=3, label=label)
        left.plot(volume, table["birch_murnaghan_eV_per_atom"], color=points.get_color(), linewidth=0.8)
        right.plot(volume, table["pressure_GPa"], "o-", markersize=3, linewidth=0.8, label=label)
    left.set(xlabel="volume (Å$^3$ per atom)", ylabel="energy (eV per atom)")
    right.set(xlabel="volume (Å$^3$ per atom)", ylabel="pressure (GPa)")
    right.axhline(0, color="grey", linewidth=0.5)


def melting(figure, tables, labels):
    """examples/copper/melting.sh: energy and volume against the thermostat's temperature."""
    panels = figure.subplots(1, 2)
    for table, label in zip(tables, labels):
        for way, colour in (("heating", "tab:red"), ("cooling", "tab:blue")):
            for axes, unit in zip(panels, ("eV_per_atom", "A3_per_atom")):
                axes.plot(table["temperature_K"], table[f"{way}_{unit}"], ".-", color=colour, label=f"{way} {label}".strip())
    panels[0].set(xlabel="temperature (K)", ylabel="energy (eV per atom)")
    panels[1].set(xlabel="temperature (K)", ylabel="volume (Å$^3$ per atom)")


def cna(figure, tables, labels):
    """dp-analyse cna, or dp-md's observe.cna: shares of the structures against time."""
    axes = figure.subplots()
    for table, label in zip(tables, labels):
        timed = all(t == t for t in table["time_ps"])
        x = table["time_ps" if timed else "frame"]
        for name in ("fcc", "hcp", "bcc", "other"):
            axes.plot(x, [100 * share for share in table[name]], ".-", label=f"{name} {label}".strip())
        axes.set(xlabel="time (ps)" if timed else "frame", ylabel="atoms (%)", ylim=(0, 100))


class Frame:
    """Positions, in a box along x, y and z, and structure types: a frame of dp-analyse cna --labels."""

    def __init__(self, path, comment, rows):
        def value(key):
            found = re.search(rf'\b{key}=(?:"([^"]*)"|(\S+))', comment)
            return found and (found[1] or found[2])

        properties = (value("Properties") or "").split(":")
        names, widths = properties[::3], [int(w) for w in properties[2::3]]
        if "structure_type" not in names or "pos" not in names:
            raise SystemExit(f"plot.py: {path}: expected columns pos and structure_type; dp-analyse cna --labels writes them")
        pos, kind = (sum(widths[: names.index(n)]) for n in ("pos", "structure_type"))
        box = [float(x) for x in (value("Lattice") or "").split()]
        if len(box) != 9 or any(box[k] for k in (1, 2, 3, 5, 6, 7)):
            raise SystemExit(f"plot.py: {path}: expected a box along x, y and z, found Lattice={value('Lattice')}")
        self.edges = box[::4]
        self.atoms = [([float(x) for x in row[pos : pos + 3]], int(row[kind])) for row in map(str.split, rows)]
        self.time = value("time_ps")


def read_frames(path, wanted):
    """Frames of an extended XYZ file: those with the numbers `wanted`, or all."""
    try:
        lines = pathlib.Path(path).read_text().splitlines()
        frames = []
        while lines:
            count = int(lines[0])
            frames.append(Frame(path, lines[1], lines[2 : count + 2]))
            lines = lines[count + 2 :]
        return [frames[k] for k in wanted] if wanted else frames
    except OSError as error:
        raise SystemExit(f"plot.py: {path}: cannot be read: {error.strerror}")
    except (ValueError, IndexError) as error:
        raise SystemExit(f"plot.py: {path}: expected frames of extended XYZ: {error}")


def slab(figure, files, labels):
    """dp-analyse cna --labels: the middle 6 Angstrom of each frame; the labels are not used."""
    from matplotlib.collections import EllipseCollection
    from matplotlib.lines import Line2D

    frames = [frame for file in files for frame in file]
    names = {1: "fcc", 2: "hcp", 3: "bcc", 0: "other"}
    colours = {1: "#66cc66", 2: "#dd3333", 3: "#3366ff", 0: "#bbbbbb"}  # as OVITO's
    panels = figure.subplots(1, len(frames), squeeze=False)[0]
    for axes, frame in zip(panels, frames):
        x, y, z = frame.edges
        shown = sorted((a for a in frame.atoms if abs(a[0][1] - y / 2) < 3), key=lambda a: -a[0][1])
        size = [2.2] * len(shown)
        axes.add_collection(
            EllipseCollection(size, size, [0] * len(shown), units="x", offsets=[(p[0], p[2]) for p, _ in shown],
                              offset_transform=axes.transData, facecolors=[colours.get(k, "black") for _, k in shown],
                              edgecolors="#444444", linewidths=0.3, antialiaseds=False, rasterized=True))  # fmt: skip
        axes.plot([0, x, x, 0, 0], [0, 0, z, z, 0], color="black", linewidth=0.5)
        margin = 2.0
        axes.set(aspect="equal", xlim=(-margin, x + margin), ylim=(-margin, max(f.edges[2] for f in frames) + margin),
                 xlabel="x (Å)", ylabel="z (Å)", title=f"{float(frame.time):g} ps" if frame.time else "")  # fmt: skip
    marks = [Line2D([], [], color=colours[k], marker="o", linestyle="", label=names[k]) for k in names]
    figure.legend(handles=marks, loc="outside lower center", ncols=len(marks), frameon=False)


class Details:
    """What dp-eval --detail PREFIX (or dp test -d) wrote: rows of labels, then as many results."""

    kinds = {"e_peratom": "energy per atom (eV)", "f": "force (eV/Å)", "v_peratom": "virial per atom (eV)"}

    def __init__(self, prefix):
        self.pairs = {}
        for kind in self.kinds:
            path = pathlib.Path(f"{prefix}.{kind}.out")
            if path.is_file():
                rows = [[float(x) for x in line.split()] for line in path.read_text().splitlines() if line[:1] != "#"]
                self.pairs[kind] = [(r[k], r[k + len(r) // 2]) for r in rows for k in range(len(r) // 2)]
        if not self.pairs:
            raise SystemExit(f"plot.py: expected {prefix}.e_peratom.out, {prefix}.f.out or {prefix}.v_peratom.out, found none")


def parity(figure, prefixes, labels):
    """Results against labels, with the root mean square of their differences."""
    kinds = [kind for kind in Details.kinds if any(kind in prefix.pairs for prefix in prefixes)]
    panels = figure.subplots(1, len(kinds), squeeze=False)[0]
    for axes, kind in zip(panels, kinds):
        for prefix, label in zip(prefixes, labels):
            pairs = prefix.pairs.get(kind)
            if not pairs:
                continue
            error = math.sqrt(sum((b - a) ** 2 for a, b in pairs) / len(pairs))
            axes.plot(*zip(*pairs), ".", markersize=2, label=f"{label} RMSE {error:.3g}".strip(), rasterized=len(pairs) > 2000)
        everything = [x for prefix in prefixes for pair in prefix.pairs.get(kind, []) for x in pair]
        ends = (min(everything), max(everything))
        axes.plot(ends, ends, color="grey", linewidth=0.5)
        axes.set(title=Details.kinds[kind], xlabel="label", ylabel="model")


def failure(figure, tables, labels):
    """dp-failure: lifetimes against the number of atoms, open where a run was ended; dp-failure fit --curve over them."""
    axes = figure.subplots()
    for table, label in zip(tables, labels):
        if "median_ps" in table.titles:
            (line,) = axes.plot(table["atoms"], table["median_ps"], label=f"median {label}".strip())
            axes.fill_between(table["atoms"], table["low_ps"], table["high_ps"], color=line.get_color(), alpha=0.3, linewidth=0)
            continue
        runs = list(zip(table["atoms"], table["time_ps"], table["censored"]))
        for censored, marker, what in ((0, "o", "failed"), (1, "^", "not yet failed")):
            shown = [(n, t) for n, t, c in runs if c == censored]
            if shown:
                axes.plot(*zip(*shown), marker, markersize=4, fillstyle="none" if censored else "full", label=f"{what} {label}".strip())
    axes.set(xlabel="atoms", ylabel="time (ps)", xscale="log", yscale="log")


def main():
    kinds = {"rdf": rdf, "msd": msd, "thermo": thermo, "stress-strain": stress_strain, "eos": eos, "melting": melting, "cna": cna, "slab": slab, "parity": parity, "failure": failure}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=kinds, help="what the tables hold")
    parser.add_argument("tables", nargs="+", metavar="CSV", help="or labelled.xyz (slab), PREFIX (parity)")
    parser.add_argument("--frames", nargs="+", type=int, help="slab: which ones, from 0, or from the last, -1 (default: all)")
    parser.add_argument("--out", metavar="FILE", help="picture (.svg, .pdf, .png)")
    parser.add_argument("--labels", nargs="+", help="one for each table, instead of its name")
    arguments = parser.parse_args()
    labels = arguments.labels or ([pathlib.Path(t).stem for t in arguments.tables] if len(arguments.tables) > 1 else [""])
    if len(labels) != len(arguments.tables):
        parser.error(f"--labels: expected {len(arguments.tables)}, found {len(labels)}")
    try:
        import matplotlib
    except ImportError:
        sys.exit("plot.py: needs matplotlib, which is not installed")
    if arguments.out:
        matplotlib.use("Agg")
    matplotlib.rcParams.update({"svg.hashsalt": "dp", "svg.fonttype": "none", "font.size": 9})  # the same table gives the same file
    from matplotlib import pyplot

    width = {"rdf": 9, "eos": 8, "melting": 8, "slab": 7, "parity": 9}.get(arguments.kind, 5.5)
    height = {"thermo": 5, "slab": 4.3}.get(arguments.kind, 3.2)
    figure = pyplot.figure(figsize=(width, height), layout="constrained")
    readers = {"slab": lambda path: read_frames(path, arguments.frames), "parity": Details}
    read = readers.get(arguments.kind, Table)
    kinds[arguments.kind](figure, [read(t) for t in arguments.tables], labels)
    for axes in figure.axes:
        if any(axes.get_legend_handles_labels()[1]):
            axes.legend(frameon=False)
    if arguments.out:
        figure.savefig(arguments.out, dpi=150, metadata={"Date": None} if arguments.out.endswith(".svg") else None)
    else:
        pyplot.show()


if __name__ == "__main__":
    main()
