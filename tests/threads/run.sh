#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
#
# Builds and runs what threads could break with Kokkos OpenMP.
#   tests/threads/run.sh openmp    tests of everything that runs in kernels, with 2 and 3 threads
#   tests/threads/run.sh tsan      all stages under ThreadSanitizer, which must find a planted race and no other
#   tests/threads/run.sh as-device    the kernels of GPUs: hosts go the way of devices, in teams of 2 and 4 threads
# Ends with 77 and one message where the tools are missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
preset=$1

skip() {
  echo "threads: SKIPPED: $*"
  exit 77
}
kokkos=$(scripts/kokkos_openmp.sh) || skip "no Kokkos with OpenMP"
export Kokkos_DIR=${kokkos##*$'\n'}

# libomp is not compiled for the sanitizer; Archer, which belongs to it, tells of its barriers.
knows_barriers() {
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  clang++ -O1 -fopenmp -fsanitize=thread -x c++ -o "$work/probe" - >"$work/log" 2>&1 <<'EOF' ||
#include <omp.h>
int main() {
  int value[4] = {};
  for (int shift = 0; shift < 2; ++shift)
#pragma omp parallel num_threads(4)
    value[(omp_get_thread_num() + shift) % 4] += 1;
  return value[0] != 2;
}
EOF
    skip "no clang++ with OpenMP and ThreadSanitizer (Debian's names: clang, libomp-dev)"
  "$work/probe" >"$work/log" 2>&1 || skip "ThreadSanitizer does not know the barriers of libomp: Archer is missing"
}

# Threads that wait must not take the cores of those that work: there may be more of them than cores.
export OMP_WAIT_POLICY=passive OMP_PROC_BIND=false
build=build/$preset options=()
case $preset in
  openmp)
    programs=(parity_test neighbor_test periodic_images_test handover_test list_forms_test repeat_test threads_test
      compute_errors_test)
    tests=("${programs[@]}")
    # Compiles in two thirds of the time; what vectorises is the same in the release build. A folder of its own, since
    # that of the preset is for use.
    build=build/threads options=(-DCMAKE_CXX_FLAGS_RELEASE=-O1 -DDP_BUILD_EXAMPLES=OFF -DDP_BUILD_BENCHMARKS=OFF)
    ;;
  tsan)
    export TSAN_OPTIONS=ignore_noninstrumented_modules=1
    knows_barriers
    programs=(race threads_test)
    tests=(race_planted race_planted_apart race_atomic race_atomic_apart threads_test)
    ;;
  as-device)
    cmake --preset as-device
    cmake --build --preset as-device --target parity_test fused_test
    export OMP_NUM_THREADS=4
    build/as-device/tests/parity_test --gtest_brief=1
    # Those in teams of 4; with one thread they run in the other builds.
    exec build/as-device/tests/fused_test --gtest_brief=1 --gtest_filter='Fused/3.*'
    ;;
  *)
    echo "threads: expected openmp, tsan or as-device, found '$preset'" >&2
    exit 2
    ;;
esac

cmake --preset "$preset" -B "$build" "${options[@]}"
cmake --build "$build" --target "${programs[@]}"
pattern=$(IFS='|'; echo "^(${tests[*]})\$")
for threads in 2 3; do
  echo "-- $threads threads"
  OMP_NUM_THREADS=$threads ctest --test-dir "$build" --output-on-failure --no-tests=error -R "$pattern"
done
