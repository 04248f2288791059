#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""Registers, local and shared memory of dp's kernels from the output of `nvcc -Xptxas -v`, as a table in Markdown.

    cmake -S tests/device -B build/device -G Ninja -DDP_DEVICE_RESOURCES=ON
    cmake --build build/device --target cuda --clean-first | tests/device/resources.py [--architecture sm_90]

Occupancy is the share of the 64 warps of a multiprocessor that its 65,536 registers leave room for, in blocks of
--threads; shared memory asked for at launch is not in these figures.
"""
import argparse
import re
import subprocess
import sys

REGISTERS, WARPS, BLOCKS = 65536, 64, 32


def occupancy(registers, threads):
    """Of registers alone: they are given out in units of 256 a warp."""
    warps = threads // 32
    per_warp = -(-registers * 32 // 256) * 256
    return min(REGISTERS // (per_warp * warps), WARPS // warps, BLOCKS) * warps / WARPS


def kernel(name):
    """What a kernel of dp runs, without the parts that all have; None for others'."""
    inside = re.search(r"(?:ParallelFor|ParallelScan|ParallelScanWithTotal|CombinedFunctorReducer)<(.*)", name)
    lambda_in = re.match(r"(?:dp::detail|dp|md)::(\w+)<.*?\{lambda\(.*?\)#(\d+)\}", inside[1]) if inside else None
    if lambda_in:
        return f"{lambda_in[1]}, lambda {lambda_in[2]}"
    found = re.match(r"dp::(?:detail::)?(\w+<.*?>), Kokkos::", inside[1]) if inside else None
    if not found:
        return None
    text = re.sub(r"dp::detail::|dp::", "", found[1])
    text = re.sub(r"^(?:Rows|Entries)<(.*\S) ?>$", r"\1", text)
    text = re.sub(r"\(Activation\)\d+|\(Slope\)|\(int\)", "", text)
    text = re.sub(r"(<)Kokkos::Cuda(?:, )?", r"\1", text)
    return re.sub(r"(, )+", ", ", text).replace("<>", "").replace("<, ", "<").replace(" >", ">")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--architecture", default="sm_90")
    parser.add_argument("--threads", type=int, default=128)
    arguments = parser.parse_args()
    text = sys.stdin.read()
    names = sorted(set(re.findall(r"entry function '(\w+)'", text)))
    readable = subprocess.run(["c++filt"], input="\n".join(names), capture_output=True, text=True, check=True)
    demangled = dict(zip(names, readable.stdout.splitlines()))
    rows = {}
    pattern = (r"entry function '(\w+)' for '" + arguments.architecture + r"'.*?(\d+) bytes stack frame, (\d+) bytes spill stores"
               r".*?Used (\d+) registers(.*?)\n")
    for name, stack, spill, registers, rest in re.findall(pattern, text, re.S):
        label = kernel(demangled[name])
        if label is None:
            continue
        shared = re.search(r"(\d+) bytes smem", rest)
        row = (int(registers), int(stack), int(spill), int(shared[1]) if shared else 0)
        rows[label] = max(rows.get(label, row), row)
    if not rows:
        sys.exit("resources: no kernels in the input; was it compiled with -Xptxas -v?")
    print(f"| kernel ({arguments.architecture}) | registers | stack, B | spilled, B | static shared, B | occupancy, % |")
    print("|---|---|---|---|---|---|")
    for label, (registers, stack, spill, shared) in sorted(rows.items()):
        share = round(100 * occupancy(registers, arguments.threads))
        print(f"| `{label}` | {registers} | {stack} | {spill} | {shared} | {share} |")


if __name__ == "__main__":
    main()
