#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
#
# Builds LAMMPS (4 Jul 2026, KOKKOS with OpenMP, PLUGIN, MPI) once, from Debian's source tarball and the Kokkos of
# scripts/kokkos_openmp.sh, into a cache folder; a later call only looks at a stamp, and one after an interruption goes on.
#   tests/lammps/build.sh [double|mixed|20250204]
#     double, mixed   precision of the KOKKOS package (default: double)
#     20250204        LAMMPS of 4 Feb 2025, that of Debian 13, without KOKKOS and not optimised
# Its last line is FOLDER with FOLDER/source and FOLDER/build (build-mixed), where lmp and liblammps.so are.
# DP_CACHE is the cache folder (default: ${XDG_CACHE_HOME:-~/.cache}/dp), DP_JOBS the number of jobs. 15 CPU minutes. As
# root it installs MPI and valgrind where they are missing, unless DP_NO_INSTALL is set.
# Ends with 77 and one message where LAMMPS cannot be had.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
source "$root/scripts/debian_source.sh"

what=${1:-double} version=20260704 suite=sid
case $what in
  double | mixed) ;;
  20250204) version=$what suite=trixie ;;
  *) echo "lammps: unknown build '$what' (known: double, mixed, 20250204)" >&2; exit 2 ;;
esac
folder=$(readlink -m "${DP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/dp}")/lammps-$version
build=$folder/build
[[ $what != mixed ]] || build=$folder/build-mixed

skip() {
  echo "lammps: cannot be built here: $*" >&2
  exit 77
}

options=(-DCMAKE_BUILD_TYPE=Release "-DCMAKE_CXX_FLAGS_RELEASE=-O2 -DNDEBUG" -DCMAKE_CXX_STANDARD=20
  -DBUILD_SHARED_LIBS=on -DBUILD_OMP=on -DBUILD_MPI=on -DFFT=KISS
  -DPKG_KOKKOS=on -DEXTERNAL_KOKKOS=on -DKOKKOS_PREC="$what"
  -DPKG_PLUGIN=on -DPKG_MOLECULE=on -DPKG_EXTRA-FIX=on)
if [[ $what == 20250204 ]]; then
  options=(-DCMAKE_BUILD_TYPE=Release "-DCMAKE_CXX_FLAGS_RELEASE=-O0 -DNDEBUG"
    -DBUILD_SHARED_LIBS=on -DBUILD_OMP=on -DBUILD_MPI=on -DFFT=KISS -DPKG_PLUGIN=on -DPKG_MOLECULE=on)
fi
kokkos_styles='pair_(hybrid|hybrid_overlay|hybrid_scaled|zbl|coul_cut|lj_cut)|compute_temp(_deform)?|region_block'
kokkos_styles+='|atom_vec_(atomic|bond|charge|full|hybrid|molecular)'
kokkos_styles+='|fix_(deform|minimize|momentum|neigh_history|nh|nh_sphere|nph|npt|nve|nvt|property_atom|setforce)'
stamp="$version ${options[*]}"

# Debian's source package, of which only the tarball is wanted (its .dsc need not be there, so apt-get may fail).
get_source() {
  local work
  command -v apt-get >/dev/null || skip "its source is taken from Debian, and there is no apt-get"
  work=$(mktemp -d -p "$folder")
  debian_apt "$work/apt" "deb deb-src" $suite || skip "/etc/apt/sources.list* has no archive of Debian 12 or 13"
  "${apt[@]}" update >"$work/log" 2>&1 || skip "the Debian archive cannot be reached: $(tail -n 1 "$work/log")"
  (cd "$work" && "${apt[@]}" source --download-only lammps >log 2>&1) || true
  local archive top
  archive=$(compgen -G "$work/lammps_$version+dfsg*.orig.tar.*z") ||
    skip "Debian's archive does not give lammps $version: $(tail -n 1 "$work/log")"
  mkdir "$work/source"
  tar xf "$archive" -C "$work/source" --exclude=doc --exclude=examples --exclude=bench \
    --exclude=unittest --exclude=potentials --exclude=tools
  top=$(dirname "$(dirname "$(find "$work/source" -maxdepth 3 -path '*/src/version.h')")")
  # Of the KOKKOS package's styles only what the tests use: its files take long to compile.
  (cd "$top/src/KOKKOS" && find . -regextype posix-extended \
    -regex '\./(angle|bond|dihedral|improper|compute|fix|pair|atom_vec|region)_.*_kokkos\..*' \
    ! -regex "\./($kokkos_styles)_kokkos\..*" -delete)
  mv -T "$top" "$folder/source"
  rm -rf "$work"
}

mkdir -p "$folder"
exec 9>"$folder/lock"
flock 9
if [[ $(cat "$build/dp-stamp" 2>/dev/null) == "$stamp" && -x $build/lmp ]]; then
  echo "$folder"
  exit 0
fi

kokkos=$("$root/scripts/kokkos_openmp.sh") || exit
if ! { command -v mpicxx && command -v mpirun; } >/dev/null; then
  [[ -z ${DP_NO_INSTALL:-} && $EUID == 0 ]] && command -v apt-get >/dev/null || skip "MPI is missing (Debian: libopenmpi-dev openmpi-bin)"
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update && apt-get install -y --no-install-recommends libopenmpi-dev openmpi-bin valgrind; } >"$folder/log" 2>&1 ||
    skip "MPI cannot be installed: $(tail -n 1 "$folder/log")"
fi
[[ -d $folder/source ]] || get_source

echo "lammps: building in $build (once, about 15 CPU minutes)"
rm -f "$build/dp-stamp"
cmake -G Ninja -S "$folder/source/cmake" -B "$build" -DKokkos_DIR="${kokkos##*$'\n'}" "${options[@]}" >"$folder/log" 2>&1 ||
  { tail -n 30 "$folder/log" >&2; exit 1; }
cmake --build "$build" -j "${DP_JOBS:-$(nproc)}" >"$folder/log" 2>&1 || { tail -n 30 "$folder/log" >&2; exit 1; }
echo "$stamp" >"$build/dp-stamp"
echo "$folder"
