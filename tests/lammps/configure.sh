#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
#
# What the configuration of the LAMMPS plugin refuses, each in one message: a Kokkos that is too old, sources of another
# release than the library, and another MPI than the library's. 10 s.
#   tests/lammps/configure.sh LAMMPS    (LAMMPS: the folder that build.sh prints)
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
lammps=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# refused WORDS OPTIONS...: the configuration fails and says WORDS.
refused() {
  local words=$1
  shift
  if cmake -G Ninja -S "$root/examples/lammps" -B "$work/build" -DLAMMPS_DIR="$work/installed" \
    -DLAMMPS_SOURCE_DIR="$lammps/source/src" "$@" >"$work/log" 2>&1; then
    echo "lammps: expected the configuration to be refused: $words" >&2
    exit 1
  fi
  tr -s '\n ' ' ' <"$work/log" | grep -qF -- "$words" || { cat "$work/log" >&2; echo "lammps: expected: $words" >&2; exit 1; }
  rm -f "$work/build/CMakeCache.txt"
}

# An installation: the library alone. The Kokkos of an old one is found beside it.
mkdir -p "$work/installed/lib/kokkos" "$work/other"
ln -s "$lammps/build/liblammps.so" "$work/installed/lib"
echo 'set(Kokkos_VERSION 4.6.2)' >"$work/installed/lib/kokkos/KokkosConfig.cmake"
echo '#define LAMMPS_VERSION "1 Apr 2025"' >"$work/other/version.h"
touch "$work/other/neigh_request.h"

refused "has KOKKOS with Kokkos 4.6.2, expected 5.0 or later" -DPKG_KOKKOS=on
refused "has LAMMPS of 1 Apr 2025, but" -DLAMMPS_SOURCE_DIR="$work/other"
refused "BUILD_MPI is off, but" -DBUILD_MPI=off
