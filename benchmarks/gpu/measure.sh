#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
#
# Measures on a machine with a GPU, within minutes, what prepare.sh packed; nothing is built here.
#   benchmarks/gpu/measure.sh [--cpu] SECONDS PART...
#     SECONDS  after which no step goes on; every step has a limit of its own too, and none stops the next one
#     PART     smoke      energies, forces and virials, and a run, against those of processors
#              saturated  us/step/atom of large systems, all precisions
#              exact      of these, exact evaluation alone
#              small      192 to 768 atoms, with and without graphs
#              tests      the tests that were packed
#              memcheck   compute-sanitizer's memcheck
#              kernels    time and memory traffic by kernel (ncu)
#              counters   ncu's counters of a step's kernels
#              tiles      us/step/atom by tile
#              largest    systems of millions of atoms
#              racecheck  compute-sanitizer's racecheck
#              products   the machine's bandwidth and rate, and products of matrices
#     --cpu    a rehearsal on processors: smaller systems
# In the root of the source, most valuable parts first. Appends to six files in ${OUT:-build/gpu/results} as results come:
# summary.txt, steps.tsv, tests.tsv, kernels.csv, counters.csv, log.txt.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit

cpu=no
[[ ${1:-} != --cpu ]] || { cpu=yes && shift; }
if [[ $# -lt 2 || ! $1 =~ ^[0-9]+$ ]]; then
  sed -n '5,22s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
fi
pack=build/gpu/pack/pack.tar.xz
if [[ ! -f $pack ]]; then
  echo "measure.sh: $pack: there is no such pack; expected the one that benchmarks/gpu/prepare.sh makes" >&2
  exit 2
fi
budget=$1
shift
out=$(readlink -m "${OUT:-build/gpu/results}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"
xz -dc $pack 2>/dev/null | tar -C "$work" -x 2>/dev/null ||
  python3 -c "import tarfile; tarfile.open('$pack').extractall('$work')" || exit 1
export DP_SOURCE_FOLDER=$PWD
source benchmarks/gpu/systems.sh
make_systems "$PWD" "$work/in"

say() { printf '%s\n' "$*" | tee -a "$out/summary.txt"; }
left() { echo $((budget - SECONDS)); }
# limit SECONDS NAME COMMAND...: output to $work/one and log.txt; what went wrong to the summary.
limit() {
  local seconds=$1 name=$2 rc=0 start=$SECONDS
  shift 2
  [[ $(left) -ge $seconds ]] || seconds=$(left)
  [[ $seconds -gt 2 ]] || { say "$name: no time left" && return 1; }
  printf '##### %s: %s\n' "$name" "$*" >>"$out/log.txt"
  timeout -k 2 "$seconds" "$@" >"$work/one" 2>&1 || rc=$?
  head -c 12000 "$work/one" >>"$out/log.txt"
  [[ $rc == 0 ]] || say "FAILED $name: status $rc after $((SECONDS - start)) s: $(tail -n 2 "$work/one" | tr '\n' ' ' | cut -c1-300)"
  return $rc
}

# ---- the machine
card=$(nvidia-smi --query-gpu=name --format=csv,noheader 2>/dev/null | head -1) || card=
driver=$(nvidia-smi --query-gpu=driver_version --format=csv,noheader 2>/dev/null | head -1) || driver=none
[[ $cpu == no ]] || card="processor ($(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1))"
commit=$(cat "$work/in/commit")
libraries=$work/lib
while read -r name; do
  found=$(find -L /usr/local/cuda /usr/local /usr/lib /opt -maxdepth 9 -name "$name" 2>/dev/null | head -1)
  [[ -z $found ]] || libraries+=:$(dirname "$found")
done <"$work/in/libraries"
export LD_LIBRARY_PATH=$libraries:${LD_LIBRARY_PATH:-}
loader=()
if ! "$work/bin/dp-md" --help >"$work/one" 2>&1; then
  cat "$work/one" >>"$out/log.txt"
  loader=("$work/own/ld-linux-x86-64.so.2" --library-path "$work/own:$LD_LIBRARY_PATH:/usr/lib/x86_64-linux-gnu")
fi
say "# $(date -u +%F), ${card:-no GPU}, driver $driver, commit $commit${loader[0]:+, loader of the pack}; parts: $*"

# md SYSTEM PRECISION EVALUATION GRAPH "N,N,N" STEPS [KEY=VALUE...]: the command of a run, in `command`.
md() {
  command=("${loader[@]}" "$work/bin/dp-md" "$work/in/$1.toml" --set "model.precision=$2" --set "model.evaluation=$3"
    --set "model.graph=$4" --set "structure.replicate=[$5]" --set "run.steps=$6" --set run.timing=false)
  local pair
  for pair in "${@:7}"; do command+=(--set "$pair"); done
}
[[ -e $out/steps.tsv ]] ||
  printf 'system\tprecision\tevaluation\tgraph\tother\tatoms\tghosts\tus/step/atom\tus/step\tMB\n' >"$out/steps.tsv"
# row SECONDS SYSTEM PRECISION EVALUATION GRAPH "N,N,N" STEPS [KEY=VALUE...]: a line of steps.tsv.
row() {
  [[ $cpu == no ]] || set -- "$1" "$2" "$3" "$4" "$5" 1,1,1 3 "${@:8}"
  md "${@:2}"
  limit "$1" "$2 $3 $4 graph=$5 [$6] ${*:8}" "${command[@]}" || return 1
  awk -v OFS='\t' -v system_="$2" -v precision="$3" -v way="$4" -v graph="$5" -v other="${*:8}" '
    / steps of .* atoms in / { atoms = $4; us = $(NF - 1) }
    /ghost atoms/ { ghosts = $(NF - 2) }
    /^peak memory/ { memory = $(NF - 1) }
    END { print system_, precision, way, graph, other, atoms, ghosts, us, us * atoms, memory }' "$work/one" |
    tee -a "$out/steps.tsv"
}

part_smoke() {
  local system evaluation precision
  for system in water copper; do
    for evaluation in exact compressed; do
      for precision in double mix32 mix16; do
        limit 25 "dp-eval $system $evaluation $precision" "${loader[@]}" "$work/bin/dp-eval" "$(model_of $system)" \
          "$(structure_of $system)" --evaluation $evaluation --precision $precision --json "$work/got.json" &&
          say "smoke: $system $evaluation $precision: $(python3 benchmarks/gpu/differences.py "$work/in/$system.json" "$work/got.json")"
      done
    done
    md $system double exact false 1,1,1 10 output.thermo_every=1 output.directory="$work/md_$system"
    limit 25 "dp-md $system" "${command[@]}" && say "smoke: dp-md $system, 10 steps: $(
      paste -d, "$work/in/md_$system/thermo.csv" "$work/md_$system/thermo.csv" | awk -F, 'NR > 1 {
        for (i = 1; i <= NF / 2; i++) { d = $i - $(i + NF / 2); s = $i; if (d < 0) d = -d; if (s < 0) s = -s
          if (d / (s + 1e-9) > m) m = d / (s + 1e-9) } } END { print "largest relative difference of the table", m + 0 }')"
  done
}

# large EVALUATION STEPS: rows of systems of 100,000 atoms.
large() {
  local precision
  for precision in double mix32 mix16; do
    row 30 water $precision "$1" false 8,8,8 "$2"
    row 30 copper $precision "$1" false 8,7,7 "$2"
  done
}
part_saturated() {
  local before
  before=$(wc -l <"$out/steps.tsv")
  large compressed 200
  large exact 40
  [[ $cpu == yes ]] || awk -F '\t' -v before="$before" -v head="MEASURED $card, driver $driver, $commit:" \
    'NR > before { print head, $1, $3, $2, $8, "us/step/atom" }' "$out/steps.tsv" | tee -a "$out/summary.txt"
}

part_exact() { large exact 20; }

part_small() {
  local graph size
  for size in 1,1,1 2,2,1; do
    for graph in false true; do
      row 20 water double compressed $graph $size 1000
      row 20 water mix32 compressed $graph $size 1000
      row 20 copper double compressed $graph $size 1000
    done
  done
  row 20 water double exact false 1,1,1 200
}

part_tests() {
  export work out
  one_test() {
    local start=$SECONDS rc=0
    "${@:2}" "$work/bin/$1" --gtest_brief=1 >"$work/$1.log" 2>&1 || rc=$?
    printf '%s\tstatus %s\t%s s\t%s\n' "$1" $rc $((SECONDS - start)) \
      "$(grep -E 'tests? ran|PASSED|FAILED|terminat|rror' "$work/$1.log" | tail -n 4 | tr '\n' ' ' | cut -c1-400)" >>"$out/tests.tsv"
    { echo "##### $1" && grep -v '^\[ *OK' "$work/$1.log" | tail -n 60 | cut -c1-400; } >>"$out/log.txt"
  }
  export -f one_test
  local seconds
  seconds=$(left)
  (cd "$work/bin" && ls -- *_test) | xargs -P 4 -I{} timeout -k 2 "$((seconds < 150 ? seconds : 150))" bash -c 'one_test "$@"' _ {} "${loader[@]}"
  tee -a "$out/summary.txt" <"$out/tests.tsv"
}

sanitize() {  # TOOL SECONDS PRECISION EVALUATION STEPS
  command -v compute-sanitizer >/dev/null || { say "$1: no compute-sanitizer here" && return; }
  md water "$3" "$4" false 1,1,1 "$5"
  limit "$2" "$1 $3 $4" compute-sanitizer --tool "$1" --error-exitcode 9 "${command[@]}" &&
    say "$1 $3 $4: $(grep -c '========= ERROR SUMMARY: 0' "$work/one") clean; $(grep 'SUMMARY' "$work/one" | tail -1)"
}
part_memcheck() {
  sanitize memcheck 60 double compressed 2
  sanitize memcheck 40 mix16 exact 1
}
part_racecheck() { sanitize racecheck 60 double compressed 1; }

# ncu of the kernels of a run's steps, not of its set-up.
ncu_command=(env "KOKKOS_TOOLS_LIBS=$work/lib/nvtx_regions.so" ncu --clock-control none --kernel-name-base demangled --csv --page raw
  --nvtx --nvtx-include "md_steps/" --log-file "$work/ncu.csv")
# rows_of TITLE: the rows of ncu's table, names shortened, without the columns that say what the device is.
rows_of() {
  echo "# $1"
  python3 benchmarks/gpu/ncu_rows.py "$work/ncu.csv"
}
part_kernels() {
  command -v ncu >/dev/null || { say "kernels: no ncu here" && return; }
  local what precision evaluation system size
  for what in "double compressed water 8,8,8" "double compressed copper 8,7,7" "mix32 compressed water 8,8,8" \
    "double exact water 8,8,8" "double compressed water 1,1,1" "double exact copper 8,7,7"; do
    read -r precision evaluation system size <<<"$what"
    md $system $precision $evaluation false $size 1
    limit 40 "ncu $what" "${ncu_command[@]}" --launch-count 400 --metrics gpu__time_duration.sum,dram__bytes.sum,lts__t_bytes.sum,l1tex__t_bytes.sum "${command[@]}"
    rows_of "$what" >>"$out/kernels.csv"
  done
}
part_counters() {
  command -v ncu >/dev/null || { say "counters: no ncu here" && return; }
  md water double compressed false 8,8,8 1
  limit 60 counters "${ncu_command[@]}" --section SpeedOfLight --section MemoryWorkloadAnalysis --section WarpStateStats \
    --section Occupancy --section ComputeWorkloadAnalysis -k "regex:Fused|Staircase|SelectByTeams|LayerPass|AdjointPass" \
    --launch-count 12 "${command[@]}"
  rows_of "water double compressed 8,8,8" >>"$out/counters.csv"
}

part_tiles() {
  local tile
  for tile in 4096 8192 16384 32768; do
    row 30 water double compressed false 8,8,8 200 model.tile=$tile
    row 30 copper double compressed false 8,7,7 200 model.tile=$tile
    row 30 water double exact false 8,8,8 20 model.tile=$tile
    row 30 copper double exact false 8,7,7 20 model.tile=$((tile / 4))
  done
}

part_largest() {
  row 60 water double compressed false 32,32,32 10
  row 60 copper double compressed false 30,30,30 10
  row 60 water mix32 compressed false 40,40,40 10
}

part_products() {
  limit 40 products "${loader[@]}" "$work/bin/dp-bench" '--benchmark_filter=^(machine|gemm)/' --benchmark_min_time=0.1 &&
    grep -E '^(machine|gemm)' "$work/one" | cut -c1-160 | tee -a "$out/summary.txt"
}

for part in "$@"; do
  if ! declare -F "part_$part" >/dev/null; then
    say "measure.sh: $part: no such part"
    continue
  fi
  say "== $part (after $SECONDS s)"
  "part_$part"
done
say "== ended after $SECONDS s"
