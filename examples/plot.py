#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""Draws the tables of dp-md, dp-analyse and dp-statics (needs matplotlib).

  examples/plot.py rdf double.csv mix32.csv --out rdf.svg
  examples/plot.py eos eos.csv

Several files are drawn over each other; their names are the legend, or --labels. Without --out a window opens."""
import argparse
import csv
import pathlib
import sys


class Table:
    """A CSV file: lines with # in front are left out, the first other line has the titles."""

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
            self.columns = {t: [float(row[k]) for row in rows[1:]] for k, t in enumerate(self.titles)}
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
    """dp-analyse rdf: one panel for each pair of elements."""
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
    """dp-analyse msd."""
    axes = figure.subplots()
    for table, label in zip(tables, labels):
        for kind in table.endings("msd_"):
            band(axes, table["time_ps"], table["msd_" + kind], table["error_" + kind], f"{kind} {label}".strip())
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


def cna(figure, tables, labels):
    """dp-analyse cna: shares of the structures against time."""
    axes = figure.subplots()
    for table, label in zip(tables, labels):
        timed = all(t == t for t in table["time_ps"])
        x = table["time_ps" if timed else "frame"]
        for name in ("fcc", "hcp", "bcc", "other"):
            axes.plot(x, [100 * share for share in table[name]], ".-", label=f"{name} {label}".strip())
        axes.set(xlabel="time (ps)" if timed else "frame", ylabel="atoms (%)", ylim=(0, 100))


def main():
    kinds = {"rdf": rdf, "msd": msd, "thermo": thermo, "stress-strain": stress_strain, "eos": eos, "cna": cna}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=kinds, help="what the tables hold")
    parser.add_argument("tables", nargs="+", metavar="CSV")
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

    width = {"rdf": 9, "eos": 8}.get(arguments.kind, 5.5)
    figure = pyplot.figure(figsize=(width, 5 if arguments.kind == "thermo" else 3.2), layout="constrained")
    kinds[arguments.kind](figure, [Table(t) for t in arguments.tables], labels)
    for axes in figure.axes:
        if any(axes.get_legend_handles_labels()[1]):
            axes.legend(frameon=False)
    if arguments.out:
        figure.savefig(arguments.out, metadata={"Date": None} if arguments.out.endswith(".svg") else None)
    else:
        pyplot.show()


if __name__ == "__main__":
    main()
