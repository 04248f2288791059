#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
#
# Everything that is to be measured on a GPU: builds dp against a Kokkos with CUDA (or HIP), runs all tests, races over
# sizes, precisions and ways of evaluation, kernel profile, widths of the embedding net, and checks of memory and races.
#   benchmarks/gpu.sh [--quick] KOKKOS_PREFIX [OUT]
#     KOKKOS_PREFIX  an installed Kokkos with a GPU's backend, static or with its libraries in the loader's path
#     OUT            folder of the raw tables and of summary.md (default: build/gpu/results)
#     --quick        a rehearsal in minutes, for any Kokkos: few steps, small systems, some of the tests
# Honours CXX, the compiler (default: the prefix' nvcc_wrapper, if any), and JOBS. The build stays in build/gpu.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD

quick=no
if [[ ${1:-} == --quick ]]; then
  quick=yes
  shift
fi
if [[ $# -lt 1 || $# -gt 2 || ! -d $1 ]]; then
  sed -n '5,13s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
fi
prefix=$(readlink -f "$1")
out=$(readlink -m "${2:-build/gpu/results}")
build=$root/build/gpu
jobs=${JOBS:-$(nproc)}
mkdir -p "$out"
summary=$out/summary.md
failures=0

# say TEXT...: a line of the summary.
say() { printf '%s\n' "$*" >>"$summary"; }
# run NAME COMMAND...: its output goes to OUT/NAME.txt; notes command, outcome and time in the summary.
run() {
  local name=$1 rc=0 start=$SECONDS
  shift
  printf '== %s: %s\n' "$name" "$*"
  "$@" >"$out/$name.txt" 2>&1 || rc=$?
  local command=$*
  command=${command//$out/OUT}
  say "- \`$name.txt\` ($((SECONDS - start)) s, status $rc): \`${command//$root\//}\`"
  [[ $rc == 0 ]] || failures=$((failures + 1))
  return 0
}

# ---- build
compiler=${CXX:-}
[[ -n $compiler || ! -x $prefix/bin/nvcc_wrapper ]] || compiler=$prefix/bin/nvcc_wrapper
targets=(all) flags=()
backend=$(sed -n 's/^#define KOKKOS_ENABLE_\(CUDA\|HIP\)$/\1/p' "$prefix"/include/{,kokkos/}KokkosCore_config.h 2>/dev/null || true)
if [[ $quick == yes ]]; then
  targets=(dp-md dp-bench math_test md_dynamics_test)
  flags=(-DCMAKE_CXX_FLAGS_RELEASE=-O1 -DDP_NATIVE=OFF)
elif [[ -z $backend ]]; then
  echo "gpu.sh: $prefix: expected a Kokkos with CUDA or HIP, found none (--quick takes any)" >&2
  exit 2
fi
: >"$summary"
say "# dp on a GPU"
say
say "Commit $(git rev-parse --short HEAD 2>/dev/null || echo unknown), $(date -u +%F)."
{ nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader || rocm-smi --showproductname; } \
  >"$out/device.txt" 2>/dev/null || echo "no GPU found" >"$out/device.txt"
say "Device: $(head -n 1 "$out/device.txt")"
say
say "## Build and tests"
say
# Kokkos Kernels of the machine would be another Kokkos'.
run configure cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON \
  ${compiler:+"-DCMAKE_CXX_COMPILER=$compiler"} -DKokkos_ROOT="$prefix" -DDP_REQUIRE_BACKEND="$backend" -DDP_KOKKOS_KERNELS=OFF \
  "${flags[@]}"
run build cmake --build "$build" -j "$jobs" --target "${targets[@]}"
if [[ $failures != 0 ]]; then
  tail -n 40 "$out/configure.txt" "$out/build.txt" >&2
  exit 1
fi
some=()
[[ $quick == no ]] || some=(-R '^(math|md_dynamics)_test$')
# Not in parallel: the tests share one device.
run tests ctest --test-dir "$build" --output-on-failure "${some[@]}"

# ---- steps of molecular dynamics
md=$build/bin/dp-md
work=$out/input
mkdir -p "$work"
awk 'BEGIN {  # 4 x 4 x 4 cells of fcc copper, shaken a little, so that forces are not zero
  srand(1); a = 3.615; n = 4
  printf "%d\nLattice=\"%g 0 0 0 %g 0 0 0 %g\" Properties=species:S:1:pos:R:3 pbc=\"T T T\"\n", 4 * n ^ 3, n * a, n * a, n * a
  split("0 0 0 .5 .5 0 .5 0 .5 0 .5 .5", at, " ")
  for (i = 0; i < n; i++) for (j = 0; j < n; j++) for (k = 0; k < n; k++) for (m = 0; m < 4; m++)
    printf "Cu %.6f %.6f %.6f\n", a * (i + at[3 * m + 1]) + 0.1 * rand(), a * (j + at[3 * m + 2]) + 0.1 * rand(),
      a * (k + at[3 * m + 3]) + 0.1 * rand()
}' >"$work/copper.xyz"
system() {
  local model=$root/examples/water/water.dp structure=$root/examples/water/start.xyz timestep=0.5
  [[ $1 == water ]] || model=$root/tests/data/copper/copper.dp structure=$work/copper.xyz timestep=1.0
  printf '[model]\nfile = "%s"\n[structure]\nfile = "%s"\n[run]\ntimestep_fs = %s\ntemperature = 330.0\n' \
    "$model" "$structure" "$timestep"
  printf '[output]\ndirectory = "%s"\nthermo_every = 1000000\ntrajectory = ""\nrestart = ""\n' "$work"
}
for name in water copper; do system $name >"$work/$name.toml"; done

precisions=$("$md" --help | sed -n 's/^ *precision = .*: //p' | tr -d '|')
# row SYSTEM PRECISION EVALUATION "N N N" STEPS: a line of steps.tsv; false when the run failed. An EVALUATION of
# compressed+graph replays recorded steps.
row() {
  local log=$work/log command graph=false
  [[ $3 != *+graph ]] || graph=true
  command=("$md" "$work/$1.toml" --set "model.precision=$2" --set "model.evaluation=${3%+graph}" --set "model.graph=$graph"
    --set "structure.replicate=[${4// /,}]" --set "run.steps=$5" --set run.timing=false)
  if ! timeout 1800 "${command[@]}" >"$log" 2>&1; then
    printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" "$(tail -n 1 "$log")" >>"$out/steps_failed.tsv"
    return 1
  fi
  awk -v OFS='\t' -v name="$1" -v precision="$2" -v way="$3" '
    / steps of .* atoms in / { atoms = $4; us = $(NF - 1) }
    /ghost atoms/ { ghosts = $(NF - 2) }
    /^peak memory/ { memory = $(NF - 1) }
    END { print name, precision, way, atoms, ghosts, us, us * atoms, memory }' "$log" >>"$out/steps.tsv"
}
sizes=("1 1 1" "2 1 1" "2 2 1" "2 2 2" "4 2 2" "4 4 2" "4 4 4" "8 8 8" "16 16 16" "32 32 32" "40 40 40" "50 50 50")
[[ $quick == no ]] || sizes=("1 1 1" "2 1 1")
say
say "## Steps of molecular dynamics"
say
say "Whole steps of \`dp-md\` (\`--set run.timing=false\`), set-up not counted; sizes grow until one does not fit."
say
printf 'system\tprecision\tevaluation\tatoms\tghosts\tus/step/atom\tus/step\tMB\n' >"$out/steps.tsv"
: >"$out/steps_failed.tsv"
for name in water copper; do
  for way in compressed compressed+graph exact; do
    for precision in $precisions; do
      for size in "${sizes[@]}"; do
        read -r -a n <<<"$size"
        [[ $way != *+graph || $((n[0] * n[1] * n[2])) -le 4 ]] || break
        steps=$((4000000 / (n[0] * n[1] * n[2] * 200) + 20))
        [[ $steps -le 2000 ]] || steps=2000
        [[ $quick == no ]] || steps=3
        printf '== steps: %s %s %s, %s\n' "$name" "$way" "$precision" "$size"
        row "$name" "$precision" "$way" "$size" "$steps" || break
      done
    done
  done
done
{
  awk -F '\t' '{ print "| " $1 " | " $2 " | " $3 " | " $4 " | " $5 " | " $6 " | " $7 " | " $8 " |" }
    NR == 1 { print "|---|---|---|---|---|---|---|---|" }' "$out/steps.tsv"
  [[ ! -s $out/steps_failed.tsv ]] || printf '\nFirst sizes that did not run (system, precision, evaluation, size, message):\n\n'
  sed 's/^/    /' "$out/steps_failed.tsv"
} >>"$summary"

# ---- where the time goes
say
say "## Profile"
say
profile=(--set run.steps=20 --set "structure.replicate=[8,8,8]")
[[ $quick == no ]] || profile=(--set run.steps=3)
for name in water copper; do
  for way in compressed exact; do
    one=("$md" "$work/$name.toml" --set "model.evaluation=$way" "${profile[@]}")
    run "stages_${name}_$way" "${one[@]}" --set run.timing=true
    if command -v nsys >/dev/null; then
      run "kernels_${name}_$way" nsys profile --stats=true --force-overwrite=true -o "$out/kernels_${name}_$way" "${one[@]}" \
        --set run.timing=false
    fi
    if command -v ncu >/dev/null; then
      run "ncu_${name}_$way" ncu --set full --launch-skip 200 --launch-count 30 "${one[@]}" --set run.steps=20 \
        --set run.timing=false
    fi
  done
done

# ---- width of the embedding net
say
say "## Widths of the embedding net (SC20, Fig. 7), and what the device can do at best"
say
bench=$build/bin/dp-bench filter='^(width|machine|gemm)/'
[[ $quick == no ]] || filter='^width/(16x32|32x64)/'
run widths "$bench" "--benchmark_filter=$filter" "--benchmark_out=$out/widths.json" --benchmark_out_format=json
say
sed -n '/^---/,$p' "$out/widths.txt" | sed 's/^/    /' >>"$summary"

# ---- checks
say
say "## Memory and races"
say
small=("$md" "$work/water.toml" --set run.steps=3 --set run.timing=false)
if command -v compute-sanitizer >/dev/null && [[ $(<"$out/device.txt") != "no GPU found" ]]; then
  for tool in memcheck racecheck; do
    for way in compressed exact; do
      run "${tool}_$way" compute-sanitizer --tool "$tool" --error-exitcode 9 "${small[@]}" --set "model.evaluation=$way"
    done
  done
else
  say "Skipped: no compute-sanitizer, or no GPU."
fi

say
say "$failures of the commands above failed."
cat "$summary"
exit $((failures > 0))
