#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
#
# Compiles all device code of the library and of dp-md, for CUDA with nvcc and for HIP with clang, against an installed
# Kokkos of any backend. Nothing is linked or run, and no GPU is needed.
#   tests/device/run.sh [--no-install] [--full]     (--full: for sm_80 and gfx942 too, not only sm_90 and gfx90a)
# nvcc must be there. For HIP, on Debian: HIP's headers are unpacked into ${XDG_CACHE_HOME:-~/.cache}/dp/rocm, and as
# root clang is installed; --no-install takes only what is there. Skips what cannot be had, and ends with 77 where that
# is all.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source scripts/debian_source.sh

install=yes all=OFF
[[ " $* " != *" --no-install "* ]] || install=no
[[ " $* " != *" --full "* ]] || all=ON
build=build/device
rocm=${ROCM_PATH:-/opt/rocm}
[[ -f $rocm/include/hip/hip_runtime.h ]] || rocm=$(readlink -m "${XDG_CACHE_HOME:-$HOME/.cache}/dp/rocm")

# HIP's and rocBLAS' headers from Debian's packages, into $rocm.
unpack_headers() (
  work=$(mktemp -d)
  trap 'rm -rf "$work" "$rocm.part.$$"' EXIT
  chmod 755 "$work"
  debian_apt "$work/apt" deb forky || return
  cd "$work"
  "${apt[@]}" update >log 2>&1 && "${apt[@]}" download libamdhip64-dev librocblas-dev >>log 2>&1 || return
  for package in ./*.deb; do dpkg-deb -x "$package" unpacked; done
  mkdir -p "$rocm.part.$$"
  mv unpacked/usr/* "$rocm.part.$$"
  rm -rf "$rocm"
  mv -T "$rocm.part.$$" "$rocm"
)

configure() {
  cmake -S tests/device -B "$build" -G Ninja -DDP_ROCM="$rocm" -DDP_DEVICE_ALL=$all >"$build/log" 2>&1 || {
    cat "$build/log" >&2
    return 1
  }
}

mkdir -p "$build"
if [[ $install == yes ]] && command -v apt-get dpkg-deb >/dev/null && [[ ! -f $rocm/include/hip/hip_runtime.h ]]; then
  unpack_headers || true
fi
configure
if [[ $install == yes && $EUID == 0 ]] && grep -q 'SKIPPED.*clang' "$build/log"; then
  export DEBIAN_FRONTEND=noninteractive
  if apt-get update >"$build/apt.log" 2>&1 && apt-get install -y --no-install-recommends clang-19 >>"$build/apt.log" 2>&1; then
    configure
  fi
fi

grep '^-- dp: ' "$build/log" | sed 's/^-- dp: //'
[[ $(grep -c 'dp: SKIPPED' "$build/log") != 2 ]] || exit 77
cmake --build "$build"
