#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""Draws docs/singular_values.svg from the output of tests/embedding_basis_test (standard input to standard output)."""

import math
import sys

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 640, 380, 62, 14, 130, 44
MOST, DECADES = 56, 15  # values shown, decades below 10
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#000000"]


def x_of(k):
    return LEFT + (WIDTH - LEFT - RIGHT) * k / MOST


def y_of(value):
    return TOP + (HEIGHT - TOP - BOTTOM) * -math.log10(value) / DECADES


def text(x, y, what, anchor="middle", more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{what}</text>'


def main():
    series = []
    for line in sys.stdin:
        if line.startswith("singular values, "):
            name, numbers = line[len("singular values, "):].split(":")
            values = [float(n) for n in numbers.split()]
            series.append((name, [v / values[0] for v in values[:MOST]]))
    if not series:
        sys.exit("no line begins with 'singular values, '")
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
        "<title>Singular values of the sampled embedding nets of water and copper</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
    ]
    for decade in range(0, DECADES + 1, 3):
        y = y_of(10.0**-decade)
        out.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        label = "1" if decade == 0 else f'10<tspan dy="-5" font-size="9">-{decade}</tspan>'
        out.append(text(LEFT - 8, y + 4, label, "end"))
    for k in range(0, MOST + 1, 8):
        out.append(f'<path d="M{x_of(k):.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#eee"/>')
        out.append(text(x_of(k), HEIGHT - BOTTOM + 18, k))
    out.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, "number k of the singular value"))
    middle = (TOP + HEIGHT - BOTTOM) / 2
    out.append(text(16, middle, "singular value / largest", more=f' transform="rotate(-90 16 {middle:.0f})"'))
    for n, (name, values) in enumerate(series):
        colour = COLOURS[n % len(COLOURS)]
        points = [(x_of(k + 1), y_of(v)) for k, v in enumerate(values) if v > 10.0**-DECADES]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        out += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2" fill="{colour}"/>' for x, y in points]
        y = TOP + 16 + 20 * n
        out.append(f'<path d="M{WIDTH - RIGHT + 14} {y}h20" stroke="{colour}" stroke-width="3"/>')
        out.append(text(WIDTH - RIGHT + 40, y + 4, name, "start"))
    out.append("</svg>")
    print("\n".join(out))


if __name__ == "__main__":
    main()
