#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
#
# A private Kokkos 5.2 with OpenMP (no Serial, no Kokkos Kernels), from Debian's packages, beside any other Kokkos of
# the machine. Needs no root. Its last line is the Kokkos_DIR for CMake; a finished prefix is used again.
#   scripts/kokkos_openmp.sh [PREFIX]     (default: ${XDG_CACHE_HOME:-~/.cache}/dp/kokkos-5.2.2-openmp)
# Ends with 77 and one message where it cannot be had.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/debian_source.sh"

prefix=$(readlink -m "${1:-${XDG_CACHE_HOME:-$HOME/.cache}/dp/kokkos-5.2.2-openmp}")

fail() {
  echo "kokkos_openmp: no Kokkos with OpenMP: $*" >&2
  exit 77
}
# Prints the folder with the CMake files of a finished prefix.
kokkos_dir() {
  local file
  file=$(compgen -G "$prefix/lib/*/cmake/Kokkos/KokkosConfig.cmake") && dirname "$file"
}

kokkos_dir && exit 0

command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || fail "it is taken from Debian's packages, and there is no apt-get here"
work=$(mktemp -d)
trap 'rm -rf "$work" "$prefix.part.$$"' EXIT
chmod 755 "$work"
debian_apt "$work/apt" deb sid || fail "/etc/apt/sources.list* has no archive of Debian 12 or 13"
"${apt[@]}" update >"$work/log" 2>&1 || fail "the Debian archive cannot be reached: $(tail -n 1 "$work/log")"
cd "$work"
"${apt[@]}" download libkokkos-dev >"$work/log" 2>&1 || fail "$(tail -n 1 "$work/log")"
run_time=$(dpkg-deb -f libkokkos-dev_*.deb Depends | grep -o 'libkokkos[0-9.]*' | head -n 1)
"${apt[@]}" download "$run_time" >"$work/log" 2>&1 || fail "$(tail -n 1 "$work/log")"

part=$prefix.part.$$
mkdir -p "$part"
for package in ./*.deb; do
  dpkg-deb -x "$package" "$work/unpacked"
done
mv "$work"/unpacked/usr/* "$part"
library=$(dirname "$(compgen -G "$part/lib/*/libkokkoscore.so")")
# What the package's CMake files ask for and the package lacks.
for name in algorithms simd; do
  [[ -e $library/libkokkos$name.a ]] || ar crs "$library/libkokkos$name.a"
done
# Headers of this prefix, not those that another Kokkos may have left in /usr.
sed -i 's,"/usr/include/kokkos","${_IMPORT_PREFIX}/include/kokkos",' "$library/cmake/Kokkos/KokkosTargets.cmake"
missing=$(ldd "$library/libkokkoscore.so" 2>&1 | grep 'not found' | head -n 1 || true)
[[ -z $missing ]] || fail "Debian's package needs the C and C++ run time of Debian 13 (${missing##*/}); scripts/setup.sh installs it on Debian 12"

mkdir -p "$(dirname "$prefix")"
rm -rf "$prefix"
mv -T "$part" "$prefix"
kokkos_dir
