#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""A model of the time of a step on many GPUs, checked against Table V of the SC20 paper (tables in Markdown).

  time = us-per-atom * atoms + fixed + latency * messages + bytes / bandwidth + sums over all ranks

for one GPU with a cubic domain. The first two numbers are measured (--us-per-atom, --fixed-ms); without them they are
fitted to the paper's table. Messages and bytes follow from the number of ghost atoms.

  benchmarks/scaling_model.py --out scaling_model.svg             # needs matplotlib
  benchmarks/scaling_model.py --us-per-atom 0.5 --fixed-ms 0.2    # a program that was measured on one GPU
"""
import argparse
import math
import sys

# SC20: Jia et al., doi 10.1109/SC41405.2020.00009. Section VI-A: cutoffs of 6 (water) and 8 Angstrom (copper), 2 more for
# the list; 500 steps. Section VI-B: 25 GB/s for a node of 6 GPUs, here as if all neighbours were on other nodes.
TABLE_V_ATOMS = 12_779_520
TABLE_V = [(480, 25275, 100.4), (960, 17014, 53.2), (1920, 11408, 28.1), (3840, 7839, 15.4), (7680, 5553, 8.8),
           (15360, 3930, 5.6), (27360, 3037, 4.6)]  # GPUs, ghosts on each, seconds for 500 steps (double)
WATER = {"density": 192 / 12.4447**3, "reach": 8.0}  # atoms/Angstrom^3, of examples/water/start.xyz
COPPER = {"density": 4 / 3.615**3, "reach": 10.0}
BANDWIDTH = 25e9 / 6
# Not in the paper, assumed: a message between GPUs of two nodes, and a stage of a sum of numbers on hosts (s).
LATENCY, STAGE = 10e-6, 2e-6


def ghosts(atoms, density, reach):
    """Ghost atoms of a cubic domain: (l + 2r)^3 / l^3 - 1 times its atoms."""
    return atoms * ((1 + 2 * reach / (atoms / density) ** (1 / 3)) ** 3 - 1)


def communication(atoms, gpus, density, reach, latency=LATENCY, bandwidth=BANDWIDTH, sums=0.0):
    """Seconds of a step: positions go forth and forces back, 24 bytes each, in six messages and more rounds where the
    reach is longer than the domain. The SC20 program's sums wait for nobody; dp-md has one in each step."""
    messages = 2 * 6 * math.ceil(reach / (atoms / density) ** (1 / 3))
    reduction = sums * 2 * math.ceil(math.log2(max(gpus, 2))) * STAGE
    return latency * messages + 2 * 24 * ghosts(atoms, density, reach) / bandwidth + reduction


def fit(rows, network):
    """Seconds for each atom, and fixed: least squares of the relative deviations from the rows' times."""
    a11 = a12 = a22 = b1 = b2 = 0.0
    for gpus, _, loop in rows:
        atoms, time = TABLE_V_ATOMS / gpus, loop / 500
        rest = time - communication(atoms, gpus, **WATER, **network)
        a11, a12, a22 = a11 + (atoms / time) ** 2, a12 + atoms / time**2, a22 + 1 / time**2
        b1, b2 = b1 + atoms * rest / time**2, b2 + rest / time**2
    return (b1 * a22 - b2 * a12) / (a11 * a22 - a12**2), (a11 * b2 - a12 * b1) / (a11 * a22 - a12**2)


def check(network):
    """Table V beside the model; returns the fitted numbers."""
    def deviation(per_atom, fixed, gpus, loop, atoms=None):
        atoms = atoms or TABLE_V_ATOMS / gpus
        time = per_atom * atoms + fixed + communication(atoms, gpus, **WATER, **network)
        return 1e3 * time, f"{100 * (500 * time / loop - 1):+.1f} %"

    every, first = fit(TABLE_V, network), fit(TABLE_V[:4], network)
    alone = TABLE_V[0][2] / 500 / (TABLE_V_ATOMS / TABLE_V[0][0]), 0.0
    print("| GPUs | atoms on each | ghosts, Table V | model | deviation | ms/step, Table V | model | deviation | "
          "fitted to the first four rows | without a fixed time |\n|" + "---|" * 10)
    for gpus, listed, loop in TABLE_V:
        count = ghosts(TABLE_V_ATOMS / gpus, **WATER)
        time, off = deviation(*every, gpus, loop)
        print(f"| {gpus:,} | {TABLE_V_ATOMS / gpus:,.0f} | {listed:,} | {count:,.0f} | {100 * (count / listed - 1):+.2f} % | "
              f"{2 * loop:.1f} | {time:.1f} | {off} | {deviation(*first, gpus, loop)[1]} | {deviation(*alone, gpus, loop)[1]} |")
    print(f"\nFitted: {1e6 * every[0]:.2f} us/atom and {1e3 * every[1]:.2f} ms; to the first four rows "
          f"{1e6 * first[0]:.2f} us/atom and {1e3 * first[1]:.2f} ms.")
    # Weak scaling of water (VII-B): 3.0e-10 s/step/atom for 679,477,248 atoms on 27,360 GPUs.
    atoms = 679_477_248 / 27360
    time, off = deviation(*every, 27360, 3.0e-10 * 679_477_248 * 500, atoms)
    print(f"Water on 27,360 GPUs, {atoms:,.0f} atoms on each: {3.0e-7 * 679_477_248:.1f} ms; model {time:.1f} ms, {off}.")
    # Copper (VII-B): 8.1e-10 s/step/atom for 127,401,984 atoms on 27,360 GPUs; 588.7 PFLOP in 500 steps at 78.3 PFLOPS for
    # 15,925,248 atoms on as many.
    many, few = 127_401_984 / 27360, 15_925_248 / 27360
    large, small = 8.1e-10 * 127_401_984, 588.7 / 78.3 / 500
    large_rest, small_rest = (t - communication(n, 27360, **COPPER, **network) for n, t in ((many, large), (few, small)))
    predicted = (large_rest - every[1]) * few / many + every[1] + small - small_rest
    print(f"Copper on 27,360 GPUs, {few:.0f} atoms on each: {1e3 * small:.1f} ms; from the time of {many:,.0f} atoms on each and "
          f"water's fixed time: {1e3 * predicted:.1f} ms, {100 * (predicted / small - 1):+.0f} %; "
          f"with a fixed time of {1e3 * (small_rest - large_rest * few / many) / (1 - few / many):.1f} ms it would be right.")
    return every


def draw(path, numbers, network):
    try:
        import matplotlib
    except ImportError:
        sys.exit("scaling_model.py: --out needs matplotlib, which is not installed")
    matplotlib.use("Agg")
    matplotlib.rcParams.update({"svg.hashsalt": "dp", "svg.fonttype": "none", "font.size": 9})  # the same file each time
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(5.5, 3.4), layout="constrained")
    gpus = [round(480 * (1e5 / 480) ** (k / 40)) for k in range(41)]
    atoms = [TABLE_V_ATOMS / p for p in gpus]
    network_time = [1e3 * communication(n, p, **WATER, **network) for n, p in zip(atoms, gpus)]
    compute = [1e3 * numbers[0] * n for n in atoms]
    axes.loglog(gpus, [a + b + 1e3 * numbers[1] for a, b in zip(compute, network_time)], label="model")
    axes.loglog(gpus, [a + b for a, b in zip(compute, network_time)], "--", label="model without the fixed time")
    axes.loglog(gpus, network_time, ":", label="messages alone")
    axes.loglog([row[0] for row in TABLE_V], [2 * row[2] for row in TABLE_V], "ko", markersize=4, label="SC20, Table V")
    axes.set(xlabel="GPUs", ylabel="ms/step", title="Water, 12,779,520 atoms, on Summit")
    axes.legend(frameon=False)
    figure.savefig(path, metadata={"Date": None} if path.endswith(".svg") else None)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--us-per-atom", type=float, help="of a step on one GPU with many atoms (default: Table V's)")
    parser.add_argument("--fixed-ms", type=float, help="of a step, whatever the number of atoms")
    parser.add_argument("--atoms", nargs="+", type=int, default=[TABLE_V_ATOMS], help="of water")
    parser.add_argument("--gpus", nargs="+", type=int, default=[1000, 3000, 10_000, 30_000, 100_000])
    parser.add_argument("--latency-us", type=float, default=1e6 * LATENCY, help="of a message (default: %(default)g)")
    parser.add_argument("--bandwidth", type=float, default=BANDWIDTH * 1e-9, help="of a GPU, GB/s (default: %(default).3g)")
    parser.add_argument("--out", metavar="FILE", help="picture of the check (.svg, .pdf, .png)")
    arguments = parser.parse_args()
    if (arguments.us_per_atom is None) != (arguments.fixed_ms is None):
        parser.error("expected --us-per-atom and --fixed-ms together")
    if min(arguments.gpus + arguments.atoms) < 1 or arguments.bandwidth <= 0 or arguments.latency_us < 0:
        parser.error("expected positive --gpus, --atoms and --bandwidth, and --latency-us of at least 0")
    if arguments.us_per_atom is not None and (arguments.us_per_atom <= 0 or arguments.fixed_ms < 0):
        parser.error("expected a positive --us-per-atom and --fixed-ms of at least 0")
    network = {"latency": 1e-6 * arguments.latency_us, "bandwidth": 1e9 * arguments.bandwidth}
    fitted = check(network)
    own = arguments.us_per_atom is not None
    per_atom, fixed = (1e-6 * arguments.us_per_atom, 1e-3 * arguments.fixed_ms) if own else fitted
    print("\n| atoms | GPUs | atoms on each | ghosts | atoms, ms | fixed, ms | messages, ms | ms/step | efficiency |\n|"
          + "---|" * 9)
    for total in arguments.atoms:
        for gpus in arguments.gpus:
            atoms = total / gpus
            wait = communication(atoms, gpus, **WATER, **network, sums=1.0 if own else 0.0)
            time = per_atom * atoms + fixed + wait
            print(f"| {total:,} | {gpus:,} | {atoms:,.0f} | {ghosts(atoms, **WATER):,.0f} | {1e3 * per_atom * atoms:.2f} | "
                  f"{1e3 * fixed:.2f} | {1e3 * wait:.2f} | {1e3 * time:.2f} | {100 * per_atom * atoms / time:.0f} % |")
    if arguments.out:
        draw(arguments.out, fitted, network)


if __name__ == "__main__":
    main()
