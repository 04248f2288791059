#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
#
# Sets up what is missing, builds and runs all tests: optimised, then those of memory under AddressSanitizer and UBSan;
# those of threads with Kokkos OpenMP and under ThreadSanitizer; those of GPUs' kernels on processors; and compiles the
# device code for GPUs, where their compilers are there.
#   tests/run.sh [--full] [--yes] [--no-install]
#     --full    all tests under AddressSanitizer, those of numbers with Kokkos Kernels' products too, long dynamics, headers
#               without anything precompiled, and device code for four GPU architectures instead of two
#     the rest  options of scripts/setup.sh
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

summary=""
# part NAME COMMAND...: runs the command, notes its time, ends the script with the summary when it fails. A command that
# ends with 77 has said why it skipped its work.
part() {
  local name=$1 start=$SECONDS rc=0 outcome=FAILED
  shift
  printf '\n== %s: %s\n' "$name" "$*"
  "$@" || rc=$?
  [[ $rc != 0 ]] || outcome=ok
  [[ $rc != 77 ]] || outcome=SKIPPED
  summary+=$(printf '%-18s %-7s %5d s' "$name" "$outcome" $((SECONDS - start)))$'\n'
  [[ $outcome != FAILED ]] || finish 1
}
finish() {
  printf '\n== summary (%d s)\n%s' "$SECONDS" "$summary"
  exit "$1"
}

full=() asan=() release=() presets=(release asan)
arguments=()
for argument in "$@"; do
  if [[ $argument == --full ]]; then
    export DP_FULL_TESTS=1
    full=(--full) release=(-DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON) asan=(-DDP_TESTS=.*) presets+=(kokkos-kernels)
  else
    arguments+=("$argument")
  fi
done

part setup scripts/setup.sh --tests "${arguments[@]}"
# What was compiled before, in whatever folder, is not compiled again.
if command -v ccache >/dev/null; then
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
  export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
fi
for preset in "${presets[@]}"; do
  options=()
  [[ $preset != release ]] || options=("${release[@]}")
  [[ $preset != asan ]] || options=("${asan[@]}")
  part "$preset configure" cmake --preset "$preset" "${options[@]}"
  part "$preset build" cmake --build --preset "$preset"
  part "$preset tests" ctest --preset "$preset" -j "$(nproc)"
done
no_install=()
[[ " ${arguments[*]} " != *" --no-install "* ]] || no_install=(--no-install)
part "openmp" tests/threads/run.sh openmp
part "as device" tests/threads/run.sh as-device
part "thread sanitizer" tests/threads/run.sh tsan
part "device code" tests/device/run.sh "${no_install[@]}" "${full[@]}"
part lammps tests/lammps/run.sh "${no_install[@]}"
finish 0
