#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
#
# Sets up what is missing, builds dp-statics and computes properties of copper at rest, beside those of the EAM potential
# that labelled the model's training data.
#   examples/copper/run.sh [--yes] [--no-install] [OPTION VALUE]... [arguments for dp-statics]
#     --output FOLDER  default: output, beside this file
#     --programs FOLDER  has dp-statics: nothing is set up or built
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
declare -A option=([output]=$here/output)
source "$here/../example.sh"
prepare dp-statics "$@"
"$bin/dp-statics" "$root/tests/data/copper/copper.dp" --element Cu --constant 3.6 --reference "$here/mishin.csv" \
  --output statics.csv --eos eos.csv "${rest[@]}"
