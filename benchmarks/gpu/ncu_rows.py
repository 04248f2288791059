#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""The rows of a table that `ncu --csv --page raw` wrote, one a kernel, names shortened, without what says which device
it was: ncu_rows.py TABLE. Needs Python alone."""

import csv
import re
import sys

LEFT_OUT = re.compile(
    r"^(device__|profiler__|c2clink__|numa__|nvlink__|launch__(?!registers_per_thread|occupancy_limit|waves)"
    r"|(Process ID|Process Name|Host Name|Context|Stream|Device|CC)$)|\.(min|max)$"
)


def short(name):
    name = re.sub(r"^void Kokkos::Impl::cuda_parallel_launch_\w+<Kokkos::Impl::", "", name)
    return re.sub(r"Kokkos::(Impl::)?|dp::(detail::)?", "", name)[:160]


def main():
    lines = [line for line in open(sys.argv[1]) if line.startswith('"')]
    rows = list(csv.reader(lines))
    if not rows:
        return
    head, units = rows[0], rows[1]
    kept = [k for k, title in enumerate(head) if not LEFT_OUT.match(title)]
    name = head.index("Kernel Name")
    print("\t".join(f"{head[k]} [{units[k]}]" if units[k] else head[k] for k in kept))
    for row in rows[2:]:
        if len(row) == len(head):
            row[name] = short(row[name])
            print("\t".join(row[k] for k in kept))


if __name__ == "__main__":
    main()
