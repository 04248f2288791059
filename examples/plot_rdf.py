#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""Radial distribution functions of trajectories that dp-md wrote, with error bars from blocks.

Prints how far each trajectory's functions are from the first one's, and draws them all (needs numpy and matplotlib).
Boxes may have any shape but must be the same in all frames; distances up to half the smallest height are looked at.

    plot_rdf.py --output rdf.svg double=double.xyz mix32=mix32.xyz mix16=mix16.xyz
"""

import argparse
import itertools
import re

import numpy as np


def frames(path):
    """Yields (box (3 x 3), elements, positions (N x 3)) of an extended XYZ file."""
    with open(path) as file:
        while line := file.readline():
            count = int(line)
            comment = file.readline()
            lattice = re.search(r'Lattice="([^"]*)"', comment)
            if not lattice:
                raise SystemExit(f"{path}: a frame has no Lattice")
            rows = [file.readline().split() for _ in range(count)]
            yield (
                np.array(lattice[1].split(), float).reshape(3, 3),
                np.array([row[0] for row in rows]),
                np.array([row[1:4] for row in rows], float),
            )


class Rdf:
    """g(r) of all pairs of elements: mean over the frames after `skip`, and its standard error from blocks."""

    def __init__(self, path, width, skip, blocks):
        counts = []
        for index, (box, elements, x) in enumerate(frames(path)):
            if index < skip:
                continue
            volume = abs(np.linalg.det(box))
            if not counts:
                heights = [volume / np.linalg.norm(np.cross(box[i - 2], box[i - 1])) for i in range(3)]
                self.edges = np.arange(0, min(heights) / 2, width)
                shells = 4 / 3 * np.pi * np.diff(self.edges**3)
                self.pairs = list(itertools.combinations_with_replacement(sorted(set(elements), reverse=True), 2))
            of = {e: x[elements == e] @ np.linalg.inv(box) for e in set(elements)}
            g = []
            for a, b in self.pairs:
                d = of[a][:, None] - of[b][None]
                r = np.linalg.norm((d - np.round(d)) @ box, axis=-1)
                r = r[np.triu_indices(len(r), 1)] if a == b else r.ravel()
                g.append(np.histogram(r, self.edges)[0] * volume / (len(r) * shells))
            counts.append(g)
        if len(counts) < blocks:
            raise SystemExit(f"{path}: {len(counts)} frames after the skipped ones, too few for {blocks} blocks")
        means = np.array([np.mean(block, axis=0) for block in np.array_split(np.array(counts), blocks)])
        self.frames = len(counts)
        self.mean = means.mean(axis=0)
        self.error = means.std(axis=0, ddof=1) / np.sqrt(blocks)


def draw(curves, output):
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "dp"
    import matplotlib.pyplot as plt

    reference = next(iter(curves.values()))
    figure, axes = plt.subplots(
        2, len(reference.pairs), figsize=(3.6 * len(reference.pairs), 4.6), sharex=True, squeeze=False,
        gridspec_kw={"height_ratios": [2, 1]})  # fmt: skip
    r = 0.5 * (reference.edges[1:] + reference.edges[:-1])
    for k, (a, b) in enumerate(reference.pairs):
        top, bottom = axes[:, k]
        for (name, curve), style in zip(curves.items(), itertools.cycle(["-", "--", ":"])):
            top.plot(r, curve.mean[k], style, lw=1.2, label=name)
            if curve is not reference:
                bottom.plot(r, curve.mean[k] - reference.mean[k], style, lw=1, color=top.lines[-1].get_color())
        bottom.fill_between(r, -2 * reference.error[k], 2 * reference.error[k], color="0.85", lw=0)
        top.set_title(f"$g_{{{a}{b}}}$")
        # What lies between bonded atoms is far higher than the rest.
        top.set_ylim(0, 1.15 * max(curve.mean[k][r > 1.25 if "H" in (a, b) else r > 0].max() for curve in curves.values()))
        bottom.set_xlabel("r / Å")
    axes[0, 0].legend(frameon=False)
    axes[1, 0].set_ylabel("difference")
    figure.tight_layout()
    figure.savefig(output, metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trajectories", nargs="+", metavar="NAME=FILE", help="extended XYZ; the first is the reference")
    parser.add_argument("--output", help="draw to this file (SVG)")
    parser.add_argument("--width", type=float, default=0.05, help="of a bin, Angstrom (%(default)s)")
    parser.add_argument("--skip", type=int, default=0, help="frames at the beginning that do not count (%(default)s)")
    parser.add_argument("--blocks", type=int, default=8, help="for the error bars (%(default)s)")
    options = parser.parse_args()
    curves = {}
    for argument in options.trajectories:
        name, _, path = argument.partition("=")
        curves[name] = Rdf(path, options.width, options.skip, options.blocks)
    reference = next(iter(curves.values()))
    for name, curve in curves.items():
        print(f"{name}: {curve.frames} frames")
        for k, (a, b) in enumerate(curve.pairs):
            difference = np.abs(curve.mean[k] - reference.mean[k])
            error = np.hypot(curve.error[k], reference.error[k])
            counted = error > 0
            within = np.mean(difference[counted] <= 2 * error[counted])
            print(f"  g_{a}{b}: largest difference {difference.max():.3f} (error bar there "
                  f"{error[difference.argmax()]:.3f}), within two error bars {100 * within:.0f} % of the bins")
    if options.output:
        draw(curves, options.output)


if __name__ == "__main__":
    main()
