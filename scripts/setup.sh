#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
#
# Finds what dp is built from and, as root on a Debian system, installs what is missing.
#   scripts/setup.sh [--tests] [--yes] [--no-install]
#     --tests       also what the tests, the benchmarks and the documentation need
#     --yes         ask nothing
#     --no-install  check only
# Kokkos comes from, in this order: an installed version >= 5 (Kokkos_DIR, Kokkos_ROOT and CMAKE_PREFIX_PATH are
# honoured), the upstream release (fetched by CMake), Debian's packages.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/scripts/debian_source.sh"

with_tests=no ask=yes install=yes
for argument in "$@"; do
  case $argument in
    --tests) with_tests=yes ;;
    --yes) ask=no ;;
    --no-install) install=no ;;
    *) echo "setup: unknown option '$argument' (known: --tests, --yes, --no-install)" >&2; exit 2 ;;
  esac
done

# Debian's package for every tool, and for every library by the name that CMake knows.
tools=(c++ cmake ninja)
libraries=(nlohmann_json yaml-cpp ZLIB Protozero KissHeader CLI11 tomlplusplus BLAS)
if [[ $with_tests == yes ]]; then
  tools+=(doxygen mpirun pkg-config python3 clang-format shellcheck reuse ccache)
  libraries+=(GTest benchmark MPI)
fi
declare -A package=(
  [c++]=g++ [cmake]=cmake [ninja]=ninja-build [doxygen]=doxygen
  [clang-format]=clang-format [shellcheck]=shellcheck [reuse]=reuse [python3]=python3
  [pkg-config]=pkg-config [ccache]=ccache
  [nlohmann_json]=nlohmann-json3-dev [yaml-cpp]=libyaml-cpp-dev [ZLIB]=zlib1g-dev [Protozero]=libprotozero-dev
  [KissHeader]=libkissfft-dev [CLI11]=libcli11-dev
  [tomlplusplus]=libtomlplusplus-dev [BLAS]=libopenblas-serial-dev [GTest]=libgtest-dev
  [benchmark]=libbenchmark-dev [MPI]=libopenmpi-dev [mpirun]=openmpi-bin [numpy]=python3-numpy)
kokkos_packages=(libtrilinos-kokkos-dev libtrilinos-kokkos-kernels-dev)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Prints the names of the missing tools and libraries, one a line.
find_missing() {
  local name
  for name in "${tools[@]}"; do
    command -v "$name" >/dev/null || echo "$name"
  done
  # Of any Python that the tests would find: that of the system, or the one before it in PATH.
  if [[ $with_tests == yes ]] && ! python3 -c 'import numpy' 2>/dev/null && ! /usr/bin/python3 -c 'import numpy' 2>/dev/null; then
    echo numpy
  fi
  if ! { command -v c++ && command -v cmake && command -v ninja; } >/dev/null; then
    printf '%s\n' "${libraries[@]}" Kokkos  # CMake cannot be asked; apt skips what is there
    return
  fi
  if ! cmake --fresh -G Ninja -S "$root/scripts/probe" -B "$work/probe" >"$work/log" 2>&1; then
    cat "$work/log" >&2
    return 1
  fi
  for name in $(sed -n 's/^-- missing://p' "$work/log"); do
    [[ " ${libraries[*]} Kokkos " != *" $name "* ]] || echo "$name"
  done
}

# True when CMake can fetch Kokkos, or has done so already.
upstream_reached() {
  local repository
  [[ ! -d $root/build/release/_deps/kokkos-src ]] || return 0
  repository=$(sed -n 's/.*GIT_REPOSITORY *\(.*kokkos\.git\).*/\1/p' "$root/cmake/Dependencies.cmake")
  GIT_TERMINAL_PROMPT=0 timeout 15 git ls-remote --exit-code "$repository" HEAD >/dev/null 2>&1
}

# Kokkos 5 from Debian experimental, its C and C++ run time from trixie. apt works with a source, pins and lists in a
# temporary folder: those of the machine are never touched, so nothing stays behind, whatever happens.
install_kokkos() {
  chmod 755 "$work"
  cat >"$work/apt/preferences/kokkos" <<'EOF'
Package: *
Pin: release n=trixie
Pin-Priority: 100

Package: *
Pin: release a=experimental
Pin-Priority: -1

Package: libtrilinos-kokkos* trilinos-dev
Pin: release a=experimental
Pin-Priority: 995
EOF
  "${apt[@]}" update
  "${apt[@]}" install -y --no-install-recommends -t trixie "${kokkos_packages[@]}"
}

missing=$(find_missing)
if [[ $install == no || $EUID != 0 ]] || ! command -v apt-get >/dev/null; then
  required=$(grep -vx -e MPI -e mpirun -e numpy -e ccache <<<"$missing" || true)
  [[ $missing != *MPI* && $missing != *mpirun* ]] ||
    echo "setup: no MPI: dp-md is built for one process (packages: ${package[MPI]} ${package[mpirun]})"
  [[ $missing != *numpy* ]] || echo "setup: no numpy: the Python package is not tested (package: ${package[numpy]})"
  missing=$required
fi
if [[ -z $missing ]]; then
  echo "setup: everything is there"
  exit 0
fi

packages=() kokkos=no
for name in $missing; do
  if [[ $name == Kokkos ]]; then kokkos=yes; else packages+=("${package[$name]}"); fi
done
if [[ $kokkos == yes ]] && upstream_reached; then
  echo "setup: no Kokkos >= 5 is installed: CMake fetches the upstream release and builds it"
  kokkos=upstream
fi
if [[ ${#packages[@]} == 0 && $kokkos == upstream ]]; then exit 0; fi

if [[ $install == no || $EUID != 0 ]] || ! command -v apt-get >/dev/null; then
  echo "setup: missing: ${missing//$'\n'/ }" >&2
  [[ ${#packages[@]} == 0 ]] || echo "setup: install these packages (Debian's names): ${packages[*]}" >&2
  [[ $kokkos != yes ]] || echo "setup: and Kokkos >= 5 with Kokkos Kernels: as root on Debian 12 or 13 this script" \
    "installs it (${kokkos_packages[*]}); elsewhere build it and set Kokkos_ROOT and KokkosKernels_ROOT" >&2
  exit 1
fi
if [[ $kokkos == yes ]] && ! debian_apt "$work/apt" deb "@ trixie experimental"; then
  echo "setup: no Kokkos >= 5 is installed, upstream cannot be reached, and /etc/apt/sources.list* has no archive of" \
    "Debian 12 or 13: build Kokkos and Kokkos Kernels and set Kokkos_ROOT and KokkosKernels_ROOT" >&2
  exit 1
fi

[[ ${#packages[@]} == 0 ]] || echo "setup: installing ${packages[*]}"
[[ $kokkos != yes ]] || cat <<EOF
setup: installing ${kokkos_packages[*]} (Kokkos 5) from Debian experimental.
       They need the C and C++ run time of Debian 13. On Debian 12 this UPGRADES about 30 packages, among them libc6,
       libstdc++6, dpkg and base-files (the machine then calls itself Debian 13), and removes none.
       The machine's apt sources and pins are not changed.
EOF
if [[ $ask == yes && -t 0 && -t 1 ]]; then
  read -r -p "setup: go on? [Y/n] " answer
  [[ $answer =~ ^([yY].*)?$ ]] || exit 1
fi

export DEBIAN_FRONTEND=noninteractive
if [[ ${#packages[@]} != 0 ]]; then
  apt-get update
  apt-get install -y --no-install-recommends "${packages[@]}"
fi
[[ $kokkos != yes ]] || install_kokkos

missing=$(find_missing)
[[ $kokkos != upstream ]] || missing=${missing/Kokkos/}
if [[ -n ${missing//[[:space:]]/} ]]; then
  echo "setup: still missing after the installation: ${missing//$'\n'/ }" >&2
  exit 1
fi
echo "setup: done"
