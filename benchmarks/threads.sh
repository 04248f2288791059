#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
#
# Whole steps of molecular dynamics with Kokkos OpenMP: one thread, all threads, and as many processes of one thread at
# the same time, in turn. Prints microseconds/step/atom (of all processes together) and ratios to one thread.
#   benchmarks/threads.sh [THREADS] [STEPS] [REPEATS]     (default: all cores, 20, 3)
# Needs build/openmp/bin/dp-md (preset openmp) and a quiet machine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
threads=${1:-$(nproc)} steps=${2:-20} repeats=${3:-3}
program=$PWD/build/openmp/bin/dp-md
[[ -x $program ]] || { echo "threads: no $program: build the preset openmp" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# 4,000 atoms of copper, fcc.
awk 'BEGIN {
  n = 10; a = 3.615
  printf "%d\nLattice=\"%g 0 0 0 %g 0 0 0 %g\" Properties=species:S:1:pos:R:3 pbc=\"T T T\"\n", 4 * n^3, n * a, n * a, n * a
  split("0 0 0 0 .5 .5 .5 0 .5 .5 .5 0", site, " ")
  for (i = 0; i < n^3; i++)
    for (s = 0; s < 4; s++)
      printf "Cu %.6f %.6f %.6f\n", a * (i % n + site[3 * s + 1]), a * (int(i / n) % n + site[3 * s + 2]),
        a * (int(i / n / n) + site[3 * s + 3])
}' >"$work/copper.xyz"

input() {  # NAME MODEL STRUCTURE COPIES EVALUATION
  cat >"$work/$1-$5.toml" <<EOF
[model]
file = "$2"
evaluation = "$5"
[structure]
file = "$3"
replicate = [$4, $4, $4]
[run]
steps = $steps
temperature = 330.0
timing = false
velocities = "random"
[output]
thermo = ""
trajectory = ""
restart = ""
EOF
}
# Prints us/step/atom of one process with $2 threads on the cores $3, of the input $1.
run() {
  OMP_NUM_THREADS=$2 OMP_PROC_BIND=true taskset -c "$3" "$program" "$work/$1.toml" |
    sed -n 's/.*, \([0-9.]*\) microseconds.step.atom.*/\1/p'
}
median() { sort -g | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }

for evaluation in compressed exact; do
  input water "$PWD/examples/water/water.dp" "$PWD/examples/water/start.xyz" 4 "$evaluation"
  input copper "$PWD/tests/data/copper/copper.dp" "$work/copper.xyz" 1 "$evaluation"
done
printf '%-20s %10s %10s %10s   %s\n' "" "1 thread" "$threads threads" "processes" "ratios"
for name in water-compressed copper-compressed water-exact copper-exact; do
  rm -f "$work"/{one,all,processes}
  for ((r = 0; r < repeats; r++)); do
    run "$name" 1 0 >>"$work/one"
    run "$name" "$threads" "0-$((threads - 1))" >>"$work/all"
    for ((k = 0; k < threads; k++)); do run "$name" 1 "$k" >"$work/process$k" & done
    wait
    # Each goes through a system of its own: together they do `threads` times the steps.
    cat "$work"/process[0-9]* | median | awk -v n="$threads" '{print $1 / n}' >>"$work/processes"
  done
  awk -v name="$name" -v a="$(median <"$work/one")" -v b="$(median <"$work/all")" -v c="$(median <"$work/processes")" \
    'BEGIN {printf "%-20s %10.2f %10.2f %10.2f   %.2f %.2f\n", name, a, b, c, a / b, a / c}'
done
