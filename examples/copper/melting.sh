#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
#
# Sets up what is missing, builds the programs, heats a crystal of copper until it has melted and cools the liquid again.
#   examples/copper/melting.sh [--yes] [--no-install] [OPTION VALUE]... [arguments for both runs of dp-md]
#     --size 4         cells of 4 atoms along each edge
#     --hot 2000       K where heating, from 300 K, ends and cooling begins
#     --cold 900       K where cooling ends
#     --heating 30     K/ps
#     --cooling 20     K/ps
#     --output FOLDER  default: output/melting, beside this file
#     --programs FOLDER  has dp-md, dp-structure and dp-analyse: nothing is set up or built
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
declare -A option=([size]=4 [hot]=2000 [cold]=900 [heating]=30 [cooling]=20 [output]=$here/output/melting)
source "$here/../example.sh"
prepare "dp-md dp-structure dp-analyse" "$@"

# change NAME STRUCTURE FROM TO RATE: from one temperature to another, with the last frame in NAME_end.xyz
change() {
  local name=$1 structure=$2 from=$3 to=$4 rate=$5 steps
  steps=$(awk -v from="$from" -v to="$to" -v rate="$rate" 'BEGIN { printf "%d", (to - from) / rate / 0.002 + 0.5 }')
  echo "melting: $name from $from to $to K, $rate K/ps"
  "$bin/dp-md" "$here/melting.toml" --set structure.file="$PWD/$structure" --set run.steps="$steps" \
    --set run.temperature="$from" --set run.heating_K_per_ps="$rate" --set output.thermo="$name.csv" \
    --set output.trajectory="$name.xyz" --set output.trajectory_every="$steps" "${rest[@]}"
  last_frame "$name.xyz" >"${name}_end.xyz"
}

"$bin/dp-structure" lattice fcc --element Cu --constant 3.6145 --size "${option[size]}" "${option[size]}" "${option[size]}" \
  -o crystal.xyz
change heating crystal.xyz 300 "${option[hot]}" "${option[heating]}"
change cooling heating_end.xyz "${option[hot]}" "${option[cold]}" "-${option[cooling]}"

"$bin/dp-analyse" cna cooling_end.xyz -o structure.csv

# Energy, which without pressure is the enthalpy, and volume in bins of the thermostat's temperature.
awk -F, -v atoms="$(head -n 1 crystal.xyz)" -v hot="${option[hot]}" -v heating="${option[heating]}" \
  -v cooling="${option[cooling]}" -v width=25 '
  FNR == 1 { for (k = 1; k <= NF; ++k) column[$k] = k; next }
  {
    name = FILENAME
    time = $column["time_ps"]
    temperature = name == "heating.csv" ? 300 + heating * time : hot - cooling * time
    if (temperature >= hot) next
    k = int(temperature / width)
    if (lowest == "" || k < lowest) lowest = k
    if (k > highest) highest = k
    ++rows[name, k]
    energy[name, k] += $column["E_tot_eV"] / atoms
    volume[name, k] += $column["volume_A3"] / atoms
  }
  function mean(sum, name, k, digits) { return (name, k) in rows ? sprintf("%." digits "f", sum[name, k] / rows[name, k]) : "nan" }
  END {
    print "temperature_K,heating_eV_per_atom,cooling_eV_per_atom,heating_A3_per_atom,cooling_A3_per_atom"
    for (k = lowest; k <= highest; ++k)
      print (k + 0.5) * width "," mean(energy, "heating.csv", k, 5) "," mean(energy, "cooling.csv", k, 5) "," \
        mean(volume, "heating.csv", k, 4) "," mean(volume, "cooling.csv", k, 4)
  }' heating.csv cooling.csv >melting.csv

# Cooled less heated, where both are known. The crystal melts (T_plus) and the liquid crystallises (T_minus, where most atoms are
# fcc or hcp at the end) where this gap is half of the most that five bins have on average. In between it is that of the pure phases:
# a straight line gives it at the melting point (T_plus + T_minus - sqrt(T_plus T_minus): Luo et al., Phys. Rev. B 68, 134206
# (2003)), or, where nothing crystallised, within 150 K of that of Mishin's Cu 1, 1327 K.
awk -F, '
  FILENAME == "structure.csv" { if (FNR > 1) for (k = 4; k <= 7; ++k) share[k - 3] = 100 * $k; next }
  FNR > 1 && $2 != "nan" && $3 != "nan" { t[++n] = $1; gap[n] = $3 - $2; swell[n] = $5 - $4 }
  function between(j, k) { return t[j] + (half - gap[j]) / (gap[k] - gap[j]) * (t[k] - t[j]) }
  # of the straight line through y: its value at a temperature
  function line(y, from, to, at,    k, m, sx, sy, sxx, sxy) {
    for (k = 1; k <= n; ++k)
      if (t[k] > from && t[k] < to) { ++m; sx += t[k] - at; sy += y[k]; sxx += (t[k] - at) ^ 2; sxy += (t[k] - at) * y[k] }
    return m < 3 ? "nan" : (sxx * sy - sx * sxy) / (m * sxx - sx * sx)
  }
  function round(x, digits) { return x == "nan" ? x : sprintf("%." digits "f", x) }
  END {
    for (k = 3; k + 2 <= n; ++k) {
      sum = gap[k - 2] + gap[k - 1] + gap[k] + gap[k + 1] + gap[k + 2]
      if (sum / 10 > half) half = sum / 10
    }
    plus = minus = melting = "nan"
    for (k = n; k > 0 && gap[k] < half; --k) continue
    for (j = 1; j <= n && gap[j] < half; ++j) continue
    if (half > 0 && k < n) plus = between(k, k + 1)
    if (half > 0 && j > 1 && share[1] + share[2] > 50) minus = between(j - 1, j)
    if (plus != "nan" && minus != "nan") melting = plus + minus - sqrt(plus * minus)
    print "property,value,unit"
    printf "T_plus,%s,K\nT_minus,%s,K\nmelting_point,%s,K\n", round(plus, 0), round(minus, 0), round(melting, 0)
    at = melting == "nan" ? 1327 : melting
    if (plus != "nan" && t[1] < at && at < plus) {
      from = minus == "nan" ? at - 150 : minus + 50
      to = minus == "nan" ? at + 150 : plus - 50
      printf "fusion_at,%.0f,K\nheat_of_fusion,%s,eV\nvolume_of_fusion,%s,A3\n", at, round(line(gap, from, to, at), 3),
        round(line(swell, from, to, at), 2)
    }
    split("fcc hcp bcc other", name, " ")
    for (k = 1; k <= 4; ++k) printf "%s_after,%.1f,%%\n", name[k], share[k]
  }' structure.csv melting.csv | tee summary.csv

draw melting melting.csv --out melting.svg
