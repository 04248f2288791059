#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
#
# Tests of the LAMMPS plugin: builds LAMMPS (once, see build.sh), the plugin and dp-eval and dp-md, and runs run_tests.py.
#   tests/lammps/run.sh [--list] [NAME ...]       (NAME: tests whose name contains it)
# Ends with 0 and a line "lammps: skipped" where LAMMPS cannot be had.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
[[ " $* " != *" --list "* ]] || exec python3 "$here/run_tests.py" --list

log=$(mktemp)
trap 'rm -f "$log"' EXIT
code=0
"$here/build.sh" | tee "$log" || code=$?
if [[ $code == 77 ]]; then
  echo "lammps: skipped"
  exit 0
fi
[[ $code == 0 ]] || exit "$code"
lammps=$(tail -n 1 "$log")
kokkos=$("$root/scripts/kokkos_openmp.sh" | tail -n 1)

cmake -G Ninja -S "$root/examples/lammps" -B "$root/build/lammps" -DCMAKE_BUILD_TYPE=Release -DDP_WERROR=ON \
  -DKokkos_DIR="$kokkos" -DLAMMPS_SOURCE_DIR="$lammps/source" -DLAMMPS_BINARY_DIR="$lammps/build" >"$log" ||
  { cat "$log"; exit 1; }
cmake --build "$root/build/lammps" -j "${DP_JOBS:-$(nproc)}"
if [[ ! -x $root/build/release/bin/dp-md ]]; then
  cmake -S "$root" --preset release >"$log" || { cat "$log"; exit 1; }
fi
cmake --build "$root/build/release" --target dp-eval dp-md -j "${DP_JOBS:-$(nproc)}"

python3 "$here/run_tests.py" --lammps "$lammps/build/lmp" --plugin "$root/build/lammps/dpplugin.so" \
  --programs "$root/build/release/bin" "$@"
