#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
#
# Sets up what is missing, builds dp-md and runs molecular dynamics of liquid water.
#   examples/water/run.sh [--yes] [--no-install] [arguments for dp-md]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

setup=()
while [[ ${1:-} == --yes || ${1:-} == --no-install ]]; do
  setup+=("$1")
  shift
done

"$root/scripts/setup.sh" "${setup[@]}"
cd "$root"
cmake --preset release -D DP_BUILD_TESTS=OFF -D DP_BUILD_BENCHMARKS=OFF
cmake --build --preset release --target dp-md

mkdir -p examples/water/output
cd examples/water/output
echo "water: results go to $PWD"
exec "$root/build/release/bin/dp-md" ../water.toml "$@"
