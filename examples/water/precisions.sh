#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
#
# Sets up what is missing, builds dp-md and compares the radial distribution functions of liquid water in three precisions.
#   examples/water/precisions.sh [--yes] [--no-install] [OPTION VALUE]... [arguments for all runs of dp-md]
#     --steps 40000    of 0.5 fs; the first tenth is left out
#     --output FOLDER  default: output/precisions, beside this file
#     --programs FOLDER  has dp-md: nothing is set up or built
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
declare -A option=([steps]=40000 [output]=$here/output/precisions)
source "$here/../example.sh"
prepare dp-md "$@"

for precision in double mix32 mix16; do
  echo "precisions: $precision"
  "$bin/dp-md" "$here/water.toml" --set model.precision=$precision --set run.ensemble=nvt-nose-hoover \
    --set run.steps="${option[steps]}" --set observe.from=$((option[steps] / 10)) --set observe.every=40 \
    --set observe.rdf=$precision.csv --set observe.rdf_bins=60 --set output.thermo_every=1000 --set output.thermo= \
    --set output.trajectory= --set output.restart=$precision.txt "${rest[@]}"
done

# How far each is from double, beyond the bond: the errors of both are taken for independent.
awk -F, '
  BEGIN { print "pair,precision,bins,largest_difference,within_1_error,within_2_errors" }
  FNR == 1 { split($0, title, ","); name = FILENAME; sub(/\.csv$/, "", name); next }
  $1 > 1.3 {
    for (k = 2; k <= NF; k += 3) {
      if (name == "double") { g[$1, k] = $k; error[$1, k] = $(k + 1); continue }
      if (g[$1, k] < 0.05) continue
      off = $k - g[$1, k]
      if (off < 0) off = -off
      sigma = sqrt(error[$1, k] ^ 2 + $(k + 1) ^ 2)
      entry = substr(title[k], 3) "," name
      if (!(entry in bins)) order[++entries] = entry
      ++bins[entry]
      if (off > largest[entry]) largest[entry] = off
      one[entry] += off < sigma
      two[entry] += off < 2 * sigma
    }
  }
  END {
    for (n = 1; n <= entries; ++n) {
      entry = order[n]
      printf "%s,%d,%.3f,%.0f %%,%.0f %%\n", entry, bins[entry], largest[entry], 100 * one[entry] / bins[entry],
        100 * two[entry] / bins[entry]
    }
  }' double.csv mix32.csv mix16.csv | tee summary.csv

draw rdf double.csv mix32.csv mix16.csv --out rdf.svg
