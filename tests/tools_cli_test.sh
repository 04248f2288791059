#!/bin/bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause

# dp-model, dp-structure, dp-analyse and dp-statics as a user meets them. Usage: tools_cli_test.sh FOLDER_OF_PROGRAMS
set -u
bin=$(cd "$1" && pwd)
copper=$(cd "$(dirname "$0")/data/copper" && pwd)/copper.dp
examples=$(cd "$(dirname "$0")/../examples" && pwd)
# shellcheck source=tests/support/commands.sh
source "$(dirname "${BASH_SOURCE[0]}")/support/commands.sh"

# has FILE TEXT: the file has a line with the text
has() {
  grep -qF -- "$2" "$1" || fail "$1: expected '$2', found: $(head -5 "$1")"
}

structure=$bin/dp-structure analyse=$bin/dp-analyse statics=$bin/dp-statics model=$bin/dp-model
crystal=(--element Cu --constant 3.615)
for program in "$model" "$structure" "$analyse" "$statics"; do accepts "$program" --help; done
for command in describe convert; do accepts "$model" $command --help; done
for command in lattice layers supercell nanocrystal; do accepts "$structure" $command --help; done
for command in rdf msd cna coordination; do accepts "$analyse" $command --help; done

# Models: what is in them, and the same in another format.
variants=$(dirname "$copper")/../variants
accepts "$model" describe "$copper"
has out "format                        HDF5 (.dp)"
has out "rcut, A                   8"
has out "embeddings                1 x 1-32-64-128, tanh, skips in layers 2 3, no timesteps, float64"
has out "evaluated                     yes"
accepts "$bin/dp-eval" --describe "$copper"
has out "sel                       512"
accepts "$model" describe "$variants/two_sided.yaml" --json
has out '"format": "YAML"'
has out '"rcut": 5.0'
sed 's/se_e2_a/se_e2_x/' "$variants/two_sided.yaml" >other.yaml
accepts "$model" describe other.yaml
has out "evaluated                     no"
has out 'expected a supported descriptor, "se_e2_a" ("se_a"), "se_e2_r" ("se_r"), "dpa1" ("se_atten"), "se_atten_v2", "se_e3" ("se_t"), "se_e3_tebd" or "hybrid", found "se_e2_x"'
accepts "$bin/dp-eval" --describe "$variants/../allegro/options.nequip.zip"
has out "evaluated                     yes"
has out "pair_cutoff, A                3.6 3.6 4.1 4.5"
has out "latent                        1 x 24-16-32, silu, no skips, no timesteps"
accepts "$model" convert "$variants/two_sided.yaml" converted.dp
accepts "$model" convert converted.dp converted.yml
accepts "$model" convert converted.yml again.dp
cmp -s converted.dp again.dp || fail "converted to YAML and back: another file"
printf '2\nPbc="F F F"\nO 0 0 0\nH 0.9 0.1 0\n' >pair.xyz
accepts "$model" convert "$variants/../allegro/options.nequip.zip" allegro.dp
accepts "$bin/dp-eval" "$variants/../allegro/options.nequip.zip" pair.xyz --json first.json
accepts "$bin/dp-eval" allegro.dp pair.xyz --json result.json
cmp -s first.json result.json || fail "allegro.dp: other results than those of the package"
rm first.json
for file in "$variants/two_sided.dp" converted.dp converted.yml; do
  accepts "$bin/dp-eval" "$file" pair.xyz --json result.json
  if [ -f first.json ]; then cmp -s first.json result.json || fail "$file: other results"; fi
  mv result.json first.json
done
# Graphs: the same results to the last bit, and DeePMD-kit's meaning where it is another.
accepts "$model" convert "$variants/one_sided_gelu_compressed.pth" both.dp
has err "dp-model: warning: both.dp: DeePMD-kit evaluates the tables"
graphs=$variants/../graphs
for name in trained tables_two_sided exclude_types; do
  accepts "$model" convert "$graphs/$name.pb" "$name.dp"
  [ $name != trained ] || has err "dp-model: warning: trained.dp: DeePMD-kit does not round its cutoffs"
  accepts "$bin/dp-eval" "$graphs/$name.pb" pair.xyz --json first.json
  accepts "$bin/dp-eval" "$name.dp" pair.xyz --json result.json
  cmp -s first.json result.json || fail "$name.dp: other results than those of the graph"
done
accepts "$model" describe "$graphs/tables_two_sided.pb"
has out "compressed                    yes"
has out "embeddings                9 x none (null)"
accepts "$model" describe "$graphs/unnamed_v0.pb"
has out "notes                         the file does not name its types"
refuses "the file does not name its 2 types" "$model" convert "$graphs/unnamed_v0.pb" unnamed.dp
accepts "$model" convert "$graphs/unnamed_v0.pb" unnamed.dp --types O,H
accepts "$bin/dp-eval" unnamed.dp pair.xyz
refuses "converted.dp: the file is there already; remove it, or overwrite it with --force" \
  "$model" convert "$copper" converted.dp
accepts "$model" convert "$copper" converted.dp --force
refuses "x.pb: expected a name that ends in .dp, .yaml or .yml" "$model" convert "$copper" x.pb
refuses "absent/x.dp: cannot be written (does the folder exist?)" "$model" convert "$copper" absent/x.dp
refuses "absent.dp: there is no such model file" "$model" convert absent.dp x.dp
refuses "pair.xyz: expected a model" "$model" describe pair.xyz
mkdir taken.dp
refuses "taken.dp: cannot be written" "$model" convert "$copper" taken.dp --force
[ -z "$(find . -name '*.unfinished')" ] || fail "an unfinished file was left"

# Structures: what was asked for, and the same file for the same arguments.
accepts "$structure" nanocrystal fcc "${crystal[@]}" --grains 3 --box 30 40 35 --seed 5 -o grains.xyz
accepts "$structure" nanocrystal fcc "${crystal[@]}" --grains 3 --box 30 40 35 --seed 5 -o again.xyz
cmp -s grains.xyz again.xyz || fail "the same seed made another nanocrystal"
accepts "$structure" nanocrystal fcc "${crystal[@]}" --grains 3 --box 30 40 35 --seed 6 -o other.xyz
cmp -s grains.xyz other.xyz && fail "another seed made the same nanocrystal"
accepts "$structure" lattice fcc "${crystal[@]}" --orient 1 -1 0 1 1 -2 1 1 1 --size 2 2 2 -o turned.data
has turned.data "48 atoms"
accepts "$structure" supercell turned.data --size 2 1 1 --vacancies 6 --displace 0.01 -o copies.xyz
[ "$(head -1 copies.xyz)" = 90 ] || fail "supercell: expected 90 atoms"
accepts "$structure" layers "${crystal[@]}" --sequence ABCABCABCAC --size 4 3 1 -o fault.xyz

# Velocities and masses of a cell are kept, isotopes as types of their own; what is not kept is said.
cat >heavy.xyz <<'EOF'
3
Lattice="4 0 0 0 4 0 0 0 4" Properties=species:S:1:pos:R:3:vel:R:3:mass:R:1:forces:R:3:id:I:1 energy=-1
O 0 0 0 0.001 0 0 15.999 1 2 3 7
H 1 0 0 0 0.002 0 1.008 1 2 3 8
H 0 1 0 0 0 0.003 2.014 1 2 3 9
EOF
accepts "$structure" supercell heavy.xyz --size 1 1 2 -o two.data
has err "dp-structure: warning: heavy.xyz: not kept: forces, the numbers of the atoms"
has two.data "3 atom types"
has two.data "3 2.014 # H"
[ "$(sed -n '/Velocities/,$p' two.data | grep -c '^6 0.0000000000 0.0000000000 3.0000000000')" = 1 ] ||
  fail "two.data: expected the velocity of atom 6 in Angstrom/ps: $(sed -n '/Velocities/,$p' two.data)"
accepts "$structure" supercell two.data --vacancies 5 --seed 2 -o one.xyz
[ -s err ] && fail "supercell of what dp-structure wrote: $(cat err)"
has one.xyz "Properties=species:S:1:pos:R:3:velo:R:3:mass:R:1"
printf '1\nLattice="3 0 0 0 3 0 0 0 0" pbc="T T F"\nCu 0 0 0\n' >slab.xyz
accepts "$structure" supercell slab.xyz --size 2 2 1 -o slab2.xyz
has slab2.xyz 'Lattice="6 0 0 0 6 0 0 0 0"'
refuses "vacuum: expected a cell of three vectors" "$structure" supercell slab.xyz --vacuum 5 -o x.xyz
refuses "dp-structure: --constant is required" "$structure" lattice fcc --element Cu -o x.xyz
refuses "dp-structure: orientation: directions 1 and 2 are not perpendicular" \
  "$structure" lattice fcc "${crystal[@]}" --orient 1 0 0 1 1 0 0 0 1 -o x.xyz
refuses "dp-structure: sequence: layers 2 and 3 are both B" "$structure" layers "${crystal[@]}" --sequence ABBC -o x.xyz
refuses "dp-structure: box: expected edges" "$structure" nanocrystal fcc "${crystal[@]}" --box 5 -o x.xyz
refuses "dp-structure: missing.xyz: cannot be opened" "$structure" supercell missing.xyz -o x.xyz
refuses "dp-structure: no/x.xyz: cannot be written" "$structure" lattice fcc "${crystal[@]}" -o no/x.xyz
refuses "dp-structure: /dev/full: cannot be written" "$structure" lattice fcc "${crystal[@]}" -o /dev/full
refuses "dp-structure: x.data: the mass of element 'Qq'" "$structure" lattice fcc --element Qq --constant 3 -o x.data

# Analyses.
accepts "$analyse" cna fault.xyz -o cna.csv --labels labels.xyz
has cna.csv "0,nan,264,0.818"
has labels.xyz "Properties=species:S:1:pos:R:3:structure_type:I:1"
[ "$(awk 'NR > 2 && $5 == 2' labels.xyz | wc -l)" -eq 48 ] || fail "labels.xyz: expected 48 atoms hcp"
accepts "$analyse" coordination fault.xyz --cutoff 3.1 -o coordination.csv
has coordination.csv "12,1"
accepts "$analyse" rdf fault.xyz --cutoff 3 --bins 30 -o rdf.csv
has rdf.csv "r_A,g_Cu-Cu,error_Cu-Cu,neighbours_Cu-Cu"
{
  sed '2s/$/ time_ps=0.0/' fault.xyz
  sed '2s/$/ time_ps=0.5/' fault.xyz
} >frames.xyz
accepts "$analyse" msd frames.xyz -o msd.csv
has msd.csv "0.5,0,"
accepts "$analyse" cna frames.xyz -o cna.csv --labels labels.xyz
has labels.xyz "time_ps=0.5"

# dp-md finds while it runs what dp-analyse finds in its trajectory.
accepts "$bin/dp-md" "$examples/water/water.toml" --set run.steps=40 --set observe.msd=msd.csv --set observe.every=2 \
  --set output.directory=moved --set output.trajectory=
awk -F, 'NR > 1 && $2 >= 0.01 { ++n; x += $2; y += $3; xx += $2 * $2; xy += $2 * $3 }
  END { printf "diffusion coefficient of O: %.4g Angstrom^2/ps\n", (n * xy - x * y) / (n * xx - x * x) / 6 }' moved/msd.csv >slope
has out "$(cat slope)"
accepts "$bin/dp-md" "$examples/water/water.toml" --set run.steps=15 --set output.trajectory_every=1 \
  --set output.trajectory_energies=true --set output.trajectory_wrapped=false --set observe.every=1 \
  --set observe.rdf=rdf.csv --set observe.rdf_bins=50 --set observe.msd=msd.csv --set observe.cna=cna.csv \
  --set output.directory=looked
accepts "$analyse" rdf looked/trajectory.xyz --cutoff 6 --bins 50 --blocks 8 -o rdf.csv
accepts "$analyse" cna looked/trajectory.xyz -o cna.csv
# columns TABLE: as "pair of elements, r, values", whatever their order in the table
columns() {
  awk -F, 'NR == 1 { for (k = 2; k <= NF; ++k) name[k] = $k; next }
    { for (k = 2; k <= NF; ++k) { sub("H-O", "O-H", name[k]); if (name[k] != "neighbours_O-H") printf "%s %s %.9g\n", name[k], $1, $k } }' \
    "$1" | sort
}
cmp -s <(columns looked/rdf.csv) <(columns rdf.csv) || fail "rdf.csv of dp-md is not that of dp-analyse"
[ "$(columns looked/rdf.csv | wc -l)" -eq 400 ] || fail "rdf.csv: expected 8 columns of 50 rows"
cmp -s <(cut -d, -f2- looked/cna.csv) <(cut -d, -f2- cna.csv) || fail "cna.csv of dp-md is not that of dp-analyse"
awk -F'[ =]+' -v msd="$(tail -n 1 looked/msd.csv)" '
  FNR % 194 == 2 { for (k = 1; k < NF; ++k) if ($k == "energy") energy = $(k + 1) }
  FNR % 194 > 2 || FNR % 194 < 1 {
    sum += $5
    for (k = 2; k < 5; ++k) {
      if (FNR < 195) first[FNR, k] = $k
      else if (FNR > 15 * 194) square[$1] += ($k - first[FNR - 15 * 194, k]) ^ 2
    }
  }
  FNR % 194 == 0 { if ((sum - energy) ^ 2 > 1e-14) ++bad; sum = 0 }
  END {
    split(msd, found, ",")
    if (bad || (found[3] / (square["O"] / 64) - 1) ^ 2 > 1e-10 || (found[4] / (square["H"] / 128) - 1) ^ 2 > 1e-10) {
      print bad + 0 " frames with other energies; displacements " square["O"] / 64 " " square["H"] / 128 ", found " msd
      exit 1
    }
  }' looked/trajectory.xyz || fail "displacements or energies of dp-md are not those of its trajectory"

# Atoms are told by their numbers; a cut last frame costs only itself; an empty trajectory is an error.
frame() {
  printf '2\nLattice="9 0 0 0 9 0 0 0 9" Properties=species:S:1:pos:R:3:id:I:1 time_ps=%s\n' "$1"
  shift
  printf '%s\n' "$@"
}
{
  frame 0 "O 1 1 1 4" "O 5 5 5 8"
  frame 1 "O 5 5 6 8" "O 1 1 2 4"
  frame 2 "O 1 1 3 4" "O 5 5 7 8"
} >unsorted.xyz
accepts "$analyse" msd unsorted.xyz --lags 1 --blocks 2 -o msd.csv
[ "$(sed -n 3p msd.csv | cut -d, -f2)" = 1 ] || fail "msd of unsorted atoms: $(cat msd.csv)"
accepts "$analyse" cna unsorted.xyz --cutoff 3 -o cna.csv --labels labels.xyz
has labels.xyz "structure_type:I:1:id:I:1"
{
  cat unsorted.xyz
  frame 3 "O 1 1 3 4"
} >cut.xyz
accepts "$analyse" msd cut.xyz --lags 1 --blocks 2 -o cut.csv
has err "dp-analyse: warning: cut.xyz: the last frame is cut"
cmp -s msd.csv cut.csv || fail "a cut frame changes the others"
{
  cat unsorted.xyz
  frame 3 "O 1 1 3 4" "O 5 5 7 9"
} >other.xyz
refuses "expected the 2 atom IDs of the first frame, found 2 that differ: ID 9 in the place of 8" \
  "$analyse" msd other.xyz -o x.csv
: >empty.xyz
refuses "dp-analyse: empty.xyz: expected frames of extended XYZ, found an empty file" \
  "$analyse" rdf empty.xyz -o x.csv
refuses "dp-analyse: fault.xyz: expected at least two frames, found 1" "$analyse" msd fault.xyz -o x.csv
refuses "dp-analyse: fault.xyz: expected more than the 3 frames to skip, found 1" \
  "$analyse" cna fault.xyz --skip 3 -o x.csv
refuses "dp-analyse: missing.xyz: cannot be opened" "$analyse" cna missing.xyz -o x.csv
refuses "dp-analyse: no/x.csv: cannot be written" "$analyse" rdf fault.xyz -o no/x.csv

# Statics.
accepts "$statics" "$copper" "${crystal[@]}" --properties elastic --output statics.csv
has statics.csv "lattice_constant,3.6145"
has statics.csv "C44,79.4"
# As tests/tools/allegro_plain.py has them.
accepts "$statics" "$variants/../allegro/options.nequip.zip" --element O --constant 5 --properties elastic --output statics.csv
has statics.csv "lattice_constant,5.5401"
has statics.csv "C11,2.531"
has statics.csv "C44,1.257"
refuses "dp-statics: stacking fault: expected 5, 8, 11 ... layers, found 6" \
  "$statics" "$copper" "${crystal[@]}" --properties fault --fault-layers 6
refuses "dp-statics: crystal: atom 1 is 'Fe'" "$statics" "$copper" --element Fe --constant 3
refuses "dp-statics: missing.csv: cannot be opened" "$statics" "$copper" "${crystal[@]}" --reference missing.csv

# The nanocrystal example, small and short.
accepts "$examples/nanocrystal/run.sh" --programs "$bin" --output tiny --edge 20 --grains 2 --minimise 5 --anneal 10 \
  --pull 100 --strain 0.03
has tiny/summary.csv "youngs_modulus,"
awk -F, 'NR > 1 && $2 !~ /^-?[0-9.]+$/ { bad = 1 } END { exit bad || NR != 13 }' tiny/summary.csv ||
  fail "nanocrystal: expected 12 numbers, found: $(cat tiny/summary.csv)"
[ "$(wc -l <tiny/cna.csv)" -eq 12 ] || fail "nanocrystal: expected 11 frames"
awk -F, 'END { exit !($11 > 0.0299 && $11 < 0.0301) }' tiny/pull.csv || fail "nanocrystal: strain is not 0.03"

# The melting example: a cell that melts at once, and a liquid that is cooled.
accepts "$examples/copper/melting.sh" --programs "$bin" --output molten --size 2 --hot 4000 --cold 2000 --heating 3000 \
  --cooling 4000
has molten/summary.csv "T_plus,"
has molten/melting.csv "temperature_K,heating_eV_per_atom,cooling_eV_per_atom"
has molten/melting.csv "3962.5,"
awk -F, '$1 > 2100 && $3 != "nan" { n += $3 > -3.3 && $5 > 12 } END { exit n < 20 }' molten/melting.csv ||
  fail "melting: expected a liquid that cools"

[ $failures -eq 0 ] && echo "dp-structure, dp-analyse and dp-statics: all as expected"
exit $((failures > 0))
