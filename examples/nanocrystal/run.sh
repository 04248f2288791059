#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
#
# Sets up what is missing, builds the programs, makes a nanocrystal of copper and pulls it along z.
#   examples/nanocrystal/run.sh [--yes] [--no-install] [OPTION VALUE]... [arguments for all runs of dp-md]
#     --edge 100       of the box, Angstrom
#     --grains 8
#     --seed 1         of the grains
#     --minimise 200   steps at most
#     --anneal 500     steps of 2 fs at 300 K before
#     --pull 2500      steps of 2 fs, to a strain of
#     --strain 0.1
#     --output FOLDER  default: output, beside this file
#     --programs FOLDER  has dp-md, dp-structure and dp-analyse: nothing is set up or built
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
declare -A option=([edge]=100 [grains]=8 [seed]=1 [minimise]=200 [anneal]=500 [pull]=2500 [strain]=0.1
  [output]=$here/output)
source "$here/../example.sh"
prepare "dp-md dp-structure dp-analyse" "$@"

# Ten frames of the pulling; the run before ends where one of them would be.
every=$(((option[pull] + 9) / 10))
anneal=$(((option[anneal] + every - 1) / every * every))
end=$((anneal + 10 * every))
rate=$(awk -v strain="${option[strain]}" -v steps=$((10 * every)) 'BEGIN { printf "%.12g", strain / (steps * 0.002) }')
md() {
  echo "nanocrystal: $1"
  "$bin/dp-md" "$here/nanocrystal.toml" "${@:2}" "${rest[@]}"
}

"$bin/dp-structure" nanocrystal fcc --element Cu --constant 3.6145 --grains "${option[grains]}" --box "${option[edge]}" \
  --seed "${option[seed]}" -o nanocrystal.xyz
md "minimising" --set structure.file="$PWD/nanocrystal.xyz" --set run.ensemble=minimise --set run.force_tolerance=0.05 \
  --set run.steps="${option[minimise]}" --set output.thermo=minimise.csv --set output.trajectory=minimise.xyz \
  --set output.trajectory_every=1000000 --set output.restart=
last_frame minimise.xyz >minimised.xyz
md "annealing" --set structure.file="$PWD/minimised.xyz" --set run.steps="$anneal" --set output.thermo=anneal.csv \
  --set output.trajectory=anneal.xyz --set output.trajectory_every="$anneal"
md "pulling, $rate per ps" --restart restart.txt --set run.steps="$end" --set deform.axis=z \
  --set deform.strain_rate_per_ps="$rate" --set output.thermo=pull.csv --set output.trajectory=pull.xyz \
  --set output.trajectory_every="$every"

# The end of the annealing, then the frames of the pulling.
last_frame anneal.xyz | cat - pull.xyz >frames.xyz
"$bin/dp-analyse" cna frames.xyz -o cna.csv --labels labelled.xyz

# What it comes to. Young's modulus: a straight line through the stress below a strain of 1 %.
awk -F, '
  FNR == 1 { for (k = 1; k <= NF; ++k) column[FILENAME, $k] = k; next }
  FILENAME == "pull.csv" {
    if (!window) window = int(0.01 * every / end + 0.5)
    if (!window) window = 1
    strain = $column[FILENAME, "strain"]
    stress = $column[FILENAME, "stress_GPa"]
    if (strain < 0.01) { ++n; x += strain; y += stress; xx += strain * strain; xy += strain * stress }
    if (strain > end / 2) { ++flowing; flow += stress }
    sum += stress - last[rows % window]  # the mean over 1 % of strain
    last[rows++ % window] = stress
    if (rows >= window && sum / window > highest) highest = sum / window
    sides += (-3e-4 * $column[FILENAME, "P_bar"] - stress) / 2
    next
  }
  { for (k = 4; k <= NF; ++k) { if (FNR == 2) before[k] = $k; after[k] = $k } }
  END {
    print "property,value,unit"
    if (n > 1) printf "youngs_modulus,%.1f,GPa\n", (xy - x * y / n) / (xx - x * x / n)
    printf "highest_stress,%.2f,GPa\n", highest
    printf "flow_stress,%.2f,GPa\n", flow / flowing
    printf "stress_on_the_sides,%.2f,GPa\n", sides / rows
    split("fcc hcp bcc other", name, " ")
    for (k = 1; k <= 4; ++k) printf "%s_before,%.2f,%%\n%s_after,%.2f,%%\n", name[k], 100 * before[k + 3], name[k], 100 * after[k + 3]
  }' end="${option[strain]}" every="$every" pull.csv cna.csv | tee summary.csv

draw stress-strain pull.csv --out stress_strain.svg
draw slab labelled.xyz --frames 0 -1 --out slab.svg
