#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
#
# Sets up what is missing, builds dp-statics and computes properties of copper at rest, beside those of the EAM potential
# that labelled the model's training data.
#   examples/copper/run.sh [--yes] [--no-install] [arguments for dp-statics]
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
cmake --build --preset release --target dp-statics

mkdir -p examples/copper/output
cd examples/copper/output
echo "copper: results go to $PWD"
"$root/build/release/bin/dp-statics" "$root/tests/data/copper/copper.dp" --element Cu --constant 3.6 \
  --reference ../mishin.csv --output statics.csv --eos eos.csv "$@"
