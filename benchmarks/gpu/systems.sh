# shellcheck shell=bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
#
# The systems that are measured: the example's water (192 atoms), and 256 atoms of fcc copper, shaken a little.

# make_systems SOURCE FOLDER: writes their structures and input files for dp-md to FOLDER.
make_systems() {
  source=$1 folder=$(readlink -f "$2")
  # Made once, with the pack: random numbers differ between awks.
  [[ -e $folder/copper.xyz ]] || awk 'BEGIN {
    srand(1); a = 3.615; n = 4
    printf "%d\nLattice=\"%g 0 0 0 %g 0 0 0 %g\" Properties=species:S:1:pos:R:3 pbc=\"T T T\"\n", 4 * n ^ 3, n * a, n * a, n * a
    split("0 0 0 .5 .5 0 .5 0 .5 0 .5 .5", at, " ")
    for (i = 0; i < n; i++) for (j = 0; j < n; j++) for (k = 0; k < n; k++) for (m = 0; m < 4; m++)
      printf "Cu %.6f %.6f %.6f\n", a * (i + at[3 * m + 1]) + 0.1 * rand(), a * (j + at[3 * m + 2]) + 0.1 * rand(),
        a * (k + at[3 * m + 3]) + 0.1 * rand()
  }' >"$folder/copper.xyz"
  local system timestep=0.5
  for system in water copper; do
    printf '[model]\nfile = "%s"\n[structure]\nfile = "%s"\n[run]\ntimestep_fs = %s\ntemperature = 330.0\n' \
      "$(model_of $system)" "$(structure_of $system)" $timestep
    printf '[output]\ndirectory = "%s"\nthermo_every = 1000000\ntrajectory = ""\nrestart = ""\n' "$folder/md"
    timestep=1.0
  done | awk -v folder="$folder" '/^\[model\]/ { n++ } { print >(folder "/" (n == 1 ? "water" : "copper") ".toml") }'
}
model_of() { [[ $1 == water ]] && echo "$source/examples/water/water.dp" || echo "$source/tests/data/copper/copper.dp"; }
structure_of() { [[ $1 == water ]] && echo "$source/examples/water/start.xyz" || echo "$folder/copper.xyz"; }
