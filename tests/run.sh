#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
#
# Sets up what is missing, builds and runs all tests: optimised, then under AddressSanitizer and UBSan.
#   tests/run.sh [--yes] [--no-install]      (options of scripts/setup.sh)
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

summary=""
# part NAME COMMAND...: runs the command, notes its time, ends the script with the summary when it fails.
part() {
  local name=$1 start=$SECONDS rc=0
  shift
  printf '\n== %s: %s\n' "$name" "$*"
  "$@" || rc=$?
  summary+=$(printf '%-16s %-6s %5d s' "$name" "$([[ $rc == 0 ]] && echo ok || echo FAILED)" $((SECONDS - start)))$'\n'
  [[ $rc == 0 ]] && return
  finish 1
}
finish() {
  printf '\n== summary (%d s)\n%s' "$SECONDS" "$summary"
  exit "$1"
}

part setup scripts/setup.sh --tests "$@"
for preset in release asan; do
  part "$preset configure" cmake --preset "$preset"
  part "$preset build" cmake --build --preset "$preset"
  part "$preset tests" ctest --preset "$preset" -j "$(nproc)"
done
finish 0
