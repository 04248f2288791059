#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
#
# Tests of the LAMMPS plugin: builds LAMMPS (once, see build.sh), the plugin and dp-eval and dp-md, and runs run_tests.py.
#   tests/lammps/run.sh [--no-install] [--release 20250204] [--list] [NAME ...]   (NAME: tests whose name contains it)
# With --release 20250204 it is LAMMPS of 4 Feb 2025, without KOKKOS. Otherwise the plugin is also compiled as for a LAMMPS
# without KOKKOS, whose headers the sources have (25 s, once), and what its configuration refuses is tried.
# Ends with 0 and a line "lammps: skipped" where LAMMPS cannot be had.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
[[ " $* " != *" --list "* ]] || exec python3 "$here/run_tests.py" --list
if [[ ${1:-} == --no-install ]]; then
  export DP_NO_INSTALL=1
  shift
fi
what=double suffix=""
if [[ ${1:-} == --release ]]; then
  what=${2:?lammps: --release needs the release, 20250204} suffix=-$2
  shift 2
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
code=0
"$here/build.sh" "$what" | tee "$log" || code=$?
if [[ $code == 77 ]]; then
  echo "lammps: skipped"
  exit 0
fi
[[ $code == 0 ]] || exit "$code"
lammps=$(tail -n 1 "$log")

# For AVX2 at most, since valgrind knows no AVX-512.
native=ON flags=""
if grep -qw avx2 /proc/cpuinfo 2>/dev/null; then native=OFF flags=-march=x86-64-v3; fi
plugin=$root/build/lammps$suffix
kokkos=$(sed -n 's/^Kokkos_DIR:[A-Z]*=//p' "$lammps/build/CMakeCache.txt")
cmake -G Ninja -S "$root/examples/lammps" -B "$plugin" -DDP_NATIVE=$native -DCMAKE_CXX_FLAGS=$flags \
  -DKokkos_DIR="$kokkos" -DLAMMPS_DIR="$lammps/build" >"$log" ||
  { cat "$log"; exit 1; }
cmake --build "$plugin" -j "${DP_JOBS:-$(nproc)}"
installed=$plugin/installed
cmake --install "$plugin" --prefix "$installed" >"$log" || { cat "$log"; exit 1; }

# Styles of packages that build.sh leaves out.
cmake -G Ninja -S "$here/extras" -B "$plugin-extras" -DLAMMPS_DIR="$lammps/build" >"$log" ||
  { cat "$log"; exit 1; }
cmake --build "$plugin-extras" -j "${DP_JOBS:-$(nproc)}"

if [[ $what == double ]]; then
  # Without KOKKOS: the files that see LAMMPS' headers, not optimised and not linked.
  plain=$root/build/lammps-plain
  cmake -G Ninja -S "$root/examples/lammps" -B "$plain" -DCMAKE_BUILD_TYPE=Debug -DDP_NATIVE=OFF \
    -DLAMMPS_DIR="$lammps/source" -DLAMMPS_SOURCE_DIR="$lammps/source" -DKokkos_DIR="$kokkos" >"$log" ||
    { cat "$log"; exit 1; }
  mapfile -t objects < <(cmake --build "$plain" -- -t targets all | sed -n 's/^\(CMakeFiles\/dpplugin\.dir\/.*\.o\):.*/\1/p')
  ((${#objects[@]})) || { echo "lammps: the plugin without KOKKOS has no sources" >&2; exit 1; }
  cmake --build "$plain" --target "${objects[@]}" -j "${DP_JOBS:-$(nproc)}"
  "$here/configure.sh" "$lammps"
fi

if [[ ! -x $root/build/release/bin/dp-md ]]; then
  cmake -S "$root" --preset release >"$log" || { cat "$log"; exit 1; }
fi
cmake --build "$root/build/release" --target dp-eval dp-md -j "${DP_JOBS:-$(nproc)}"

python3 "$here/run_tests.py" --lammps "$lammps/build/lmp" --plugin "$installed/lib/lammps/plugins/dpplugin.so" \
  --extras "$plugin-extras/extrasplugin.so" \
  --programs "$root/build/release/bin" "$@"
