#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
#
# Sets up what is missing, builds dp-md and runs molecular dynamics of liquid water.
#   examples/water/run.sh [--yes] [--no-install] [OPTION VALUE]... [arguments for dp-md]
#     --output FOLDER  default: output, beside this file
#     --programs FOLDER  has dp-md: nothing is set up or built
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
declare -A option=([output]=$here/output)
source "$here/../example.sh"
prepare dp-md "$@"
exec "$bin/dp-md" "$here/water.toml" "${rest[@]}"
