#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
set -euo pipefail
# One header, which programs that are compiled with dp need too.
install -D -m 644 kissfft/kissfft.hh "$PREFIX/include/kissfft/kissfft.hh"
# CMAKE_ARGS names prefix and tools; DP_NATIVE=OFF leaves the processor to the compiler flags of the channel.
# shellcheck disable=SC2086
cmake -S . -B build -G Ninja $CMAKE_ARGS -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX="$PREFIX" \
  -DCMAKE_INSTALL_LIBDIR=lib -DDP_NATIVE=OFF -DDP_BUILD_TESTS=OFF -DDP_BUILD_BENCHMARKS=OFF -DDP_BUILD_BINDINGS=ON \
  -DDP_KISSFFT=ON -DDP_KOKKOS_KERNELS=OFF -DDP_WITH_MPI=OFF
cmake --build build -j "$CPU_COUNT"
cmake --install build
