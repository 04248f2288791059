#!/bin/bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause

# dp-eval and dp-md as a user meets them: exit status, messages, files. Usage: cli_test.sh FOLDER_OF_PROGRAMS
set -u
bin=$(cd "$1" && pwd)
tests=$(cd "$(dirname "$0")" && pwd)
water=$(cd "$(dirname "$0")/../examples/water" && pwd)
# shellcheck source=tests/support/commands.sh
source "$(dirname "${BASH_SOURCE[0]}")/support/commands.sh"

# same FILE: equal in folders whole/ and parts/, but for the folder's name
same() {
  cmp -s <(sed 's,whole/,,' "whole/$1") <(sed 's,parts/,,' "parts/$1") || fail "$1 differs after a restart"
}

eval=$bin/dp-eval md=$bin/dp-md
printf '1\n\nXx 0 0 0\n' >unknown.xyz
printf '0\n\n1\n\nO 0 0 0\n' >frames.xyz
head -c 20000 "$water/water.dp" >short.dp

accepts "$eval" --help
accepts "$eval" "$water/water.dp" frames.xyz --json frames.json
for key in energy atom_energy force virial atom_virial; do
  [ "$(grep -c "\"$key\"" frames.json)" -eq 2 ] || fail "frames.json: expected $key in both frames"
done
accepts "$eval" "$tests/data/variants/two_sided_compressed.dp" frames.xyz
grep -q "^dp-eval: note: .*two_sided_compressed.dp: holds nets and tables of them" err ||
  fail "a model of nets and tables: expected a note, found: $(cat err)"

# What is no energy.
tensors=$tests/data/tensors
accepts "$eval" "$tensors/dipole_one_sided.dp" frames.xyz --json dipoles.json
grep -q "^  dipole " out || fail "a model of dipoles: expected a line with the dipole, found: $(cat out)"
for key in quantity output atom_output; do
  [ "$(grep -c "\"$key\"" dipoles.json)" -eq 2 ] || fail "dipoles.json: expected $key in both frames"
done
grep -q '"force"' dipoles.json && fail "dipoles.json: expected no derivatives that were not asked for"
accepts "$eval" "$tensors/dipole_one_sided.dp" frames.xyz --derivatives --json dipoles.json
for key in force virial; do
  [ "$(grep -c "\"$key\"" dipoles.json)" -eq 2 ] || fail "dipoles.json: expected $key in both frames"
done
refuses "--derivatives requires --json" "$eval" "$tensors/dipole_one_sided.dp" frames.xyz --derivatives
accepts "$eval" "$tensors/property_intensive.dp" frames.xyz
grep -q "^  gap (mean) " out || fail "an intensive property: expected its mean, found: $(cat out)"
grep -q "double: gap, 1 number for each atom, and their mean" out || fail "expected what it gives, found: $(cat out)"
refuses "dipole_one_sided.dp: expected a model of energies; this one gives dipole, 3 numbers for each atom" \
  "$md" "$water/water.toml" --set "model.file=$tensors/dipole_one_sided.dp"
cp "$tests/data/dplr/enerA.dp" alone.dp  # without the file of its dipoles
dplr=$folder/alone.dp
refuses "model_def_script/modifier: the nets are only the short-range part of this model" "$eval" "$dplr" frames.xyz
refuses "needs the model of dipoles \"dwA.pb\", which is neither in this file nor beside it; name its file: --dipole FILE" \
  "$eval" "$dplr" frames.xyz
accepts "$eval" "$dplr" frames.xyz --short-range
grep -q "^dp-eval: note: .*alone.dp: the short-range part alone is evaluated" err ||
  fail "--short-range: expected a note, found: $(cat err)"
{
  printf '17\n\nO 0 0 0\n'
  for k in $(seq 16); do echo "H 1 0.5 $k.3e-1"; done
} >crowd.xyz
crowded=("$eval" "$tests/data/variants/no_padding_overflow.dp" crowd.xyz)
accepts "${crowded[@]}"
grep -q "^dp-eval: warning: crowd.xyz.*beyond the model's sel" err || fail "beyond sel: found: $(cat err)"
accepts "${crowded[@]}" --overflow keep_all
[ -s err ] && fail "--overflow keep_all: found: $(cat err)"
refuses "Overflow::keep_all none" "${crowded[@]}" --overflow error
graphs=$tests/data/graphs
accepts "$eval" "$graphs/tables_radial.pb" frames.xyz
refuses "the file does not name its 2 types" "$eval" "$graphs/unnamed_v0.pb" frames.xyz
refuses "expected names for 2 types, 1 were given" "$eval" "$graphs/unnamed_v0.pb" frames.xyz --types O
accepts "$eval" "$graphs/unnamed_v0.pb" frames.xyz --types O,H
refuses "the file names its types itself" "$eval" "$graphs/small.pbtxt" frames.xyz --types Cu,O
refuses "dp-eval: unknown.xyz: atom 1 is 'Xx'" "$eval" "$water/water.dp" unknown.xyz
refuses "dp-eval: --nearest: expected a distance in Angstrom" "$eval" "$water/water.dp" frames.xyz --nearest O-O:2.0,O-O:1.9
refuses "O-Cu: expected types of the model (O, H), found Cu" "$eval" "$water/water.dp" frames.xyz --nearest O-Cu:2.0
refuses "dp-eval: missing.dp" "$eval" missing.dp frames.xyz
refuses "dp-eval: missing.xyz: cannot be opened" "$eval" "$water/water.dp" missing.xyz
refuses "short.dp" "$eval" short.dp frames.xyz
refuses "dp-eval: STRUCTURE is required" "$eval" "$water/water.dp"
refuses "dp-eval: /dev/full: cannot be written" "$eval" "$water/water.dp" frames.xyz --json /dev/full


# Structures as other programs write them: the same energy as that of the plain file, or one clear message.
energy() {
  "$eval" "$water/water.dp" "$1" 2>err | awk '$1 == "energy" {print $2}'
}
cat >atoms <<'EOF'
O 1.5 1.6 1.7
H 1.634971 0.814438 1.161136
H 2.372128 1.798987 2.054256
EOF
write() { # FILE COMMENT
  { printf '3\n%s\n' "$2" && cat atoms; } >"$1"
}
expect_same() { # FILE FILE
  [ -n "$(energy "$1")" ] || fail "$1: no energy: $(cat err)"
  [ "$(energy "$1")" = "$(energy "$2")" ] || fail "$1 and $2 differ: $(energy "$1") $(energy "$2")"
}
write box.xyz 'Lattice="4 0 0 0 4.5 0 0 0 5" Properties=species:S:1:pos:R:3'
write slab.xyz 'Lattice="4 0 0 0 4.5 0 0 0 30" Properties=species:S:1:pos:R:3 pbc="T T F"'
write free.xyz 'a molecule'
write spaced.xyz 'Lattice = "4, 0, 0, 0, 4.5, 0, 0, 0, 5" pbc = [T, T, T]'
write no_vacuum.xyz 'Lattice="4 0 0 0 4.5 0 0 0 0" pbc="T T F"'
write words.xyz 'gas phase, no PBC used'
sed 's/^O/8/; s/^H/1/; s/species:S/Z:I/' box.xyz >numbers.xyz
gzip -c box.xyz >packed.xyz
expect_same spaced.xyz box.xyz
expect_same numbers.xyz box.xyz
expect_same packed.xyz box.xyz
expect_same no_vacuum.xyz slab.xyz
expect_same words.xyz free.xyz
[ "$(energy box.xyz)" != "$(energy slab.xyz)" ] || fail "a slab has the energy of a crystal"
: >empty.xyz
refuses "dp-eval: empty.xyz: expected a frame of extended XYZ, found an empty file" \
  "$eval" "$water/water.dp" empty.xyz
head -4 box.xyz >cut.xyz
refuses "dp-eval: cut.xyz:4: expected 3 atoms in frame 1, found 2" "$eval" "$water/water.dp" cut.xyz
cat box.xyz cut.xyz >growing.xyz
accepts "$eval" "$water/water.dp" growing.xyz
grep -q "dp-eval: warning: growing.xyz: the last frame is cut" err || fail "growing.xyz: $(cat err)"
sed 's/^H 2.*/O 1.5 1.6 1.7/' free.xyz >together.xyz
refuses "dp-eval: together.xyz: atom 1 has a neighbour at its own place" "$eval" "$water/water.dp" together.xyz

run=("$md" "$water/water.toml" --set output.thermo_every=2 --set output.trajectory_every=3)
accepts "$md" --help
refuses "--short-range" "${run[@]}" --set "model.file=$dplr"
accepts "${run[@]}" --set "model.file=$dplr" --set model.short_range=true --set run.steps=0 --set output.directory=dplr
grep -q "^dp-md: note: .*alone.dp: the short-range part alone" err || fail "model.short_range: found: $(cat err)"
refuses "unknown key run.step; did you mean run.steps?" "${run[@]}" --set run.step=1
refuses "missing.xyz: cannot be opened" "${run[@]}" --set structure.file=missing.xyz
refuses "No space left on device" "${run[@]}" --set run.steps=1 --set output.trajectory=/dev/full
refuses "dp-md: missing.toml: cannot be opened" "$md" missing.toml

# What dp-md takes from structure files of other programs, and what it says of it.
cat >real.data <<'EOF'
LAMMPS data file via write_data, version 2 Aug 2023, timestep = 0, units = real

3 atoms
3 atom types

0 9 xlo xhi
0 9 ylo yhi
0 9 zlo zhi

Masses

1 15.999
2 1.008
3 2.014

Atoms # full/kk

3 1 3 0.4 2.372128 1.798987 2.054256 0 0 0
1 1 1 -0.8 1.5 1.6 1.7 0 0 0
2 1 2 0.4 1.634971 0.814438 1.161136 0 0 0

Velocities

1 0.001 0 0
2 -0.016 0.01 0
3 0 -0.005 0
EOF
one=("$md" "$water/water.toml" --set structure.masses={} --set run.steps=0 --set output.directory=one)
temperature() { awk '$1 == 0 && NF == 7 {print $3}' out; }
accepts "${one[@]}" --set "structure.file=$PWD/real.data"
for text in "units real (its first line), atom style full (section Atoms)" "type 1 is taken as O, by its mass of 15.999" \
  "not used: molecule, q and image flags" "periodic along a, b and c" "H 1.008 x 1 (file), H 2.014 x 1 (file) and O"; do
  grep -qF "$text" out || fail "real.data: expected '$text', found: $(head -8 out)"
done
[ "$(temperature)" = 85.23 ] || fail "real.data: $(temperature) K"
accepts "${one[@]}" --set "structure.file=$PWD/real.data" --set structure.periodic=ppf
grep -qF "periodic along a and b, not along c (structure.periodic)" out || fail "structure.periodic: $(head -8 out)"
accepts "${one[@]}" --set "structure.file=$PWD/real.data" --set structure.velocity_units=A/ps
grep -q "^dp-md: warning: .*real.data: its velocities, in A/ps (structure.velocity_units), make an implausible" err ||
  fail "cold velocities: $(cat err)"
sed 's, # full/kk,,; s/ 0.4 / 1 /; s/ -0.8 / 2 /; s/^\([123] 1 [123]\) [12] /\1 /' real.data >either.data
refuses "its 9 columns may be of style charge (id type q x y z) or molecular" "${one[@]}" \
  --set "structure.file=$PWD/either.data"
accepts "${one[@]}" --set "structure.file=$PWD/either.data" --set structure.atom_style=molecular

# Parameters of the structure file, as dp-eval takes them.
printf '2\nLattice="12 0 0 0 12 0 0 0 12" Properties=species:S:1:pos:R:3:aparam:R:1 fparam="0.3 0.4"\n%s\n%s\n' \
  "O 0 0 0 0.1" "H 1.5 0.3 0.2 0.4" >parameters.xyz
with=("${one[@]}" --set "model.file=$tests/data/variants/fparam_aparam.dp" --set "structure.file=$PWD/parameters.xyz")
potential() { awk '$1 == 0 && NF == 7 {print $4}' out; }
accepts "${with[@]}" --set model.evaluation=exact
[ "$(potential)" = -49.932938 ] || fail "parameters.xyz: $(potential) eV"
accepts "${with[@]}" --set model.evaluation=exact --set structure.replicate=[1,1,2]
[ "$(potential)" = -99.865877 ] || fail "parameters.xyz twice: $(potential) eV"
accepts "${with[@]}" --set model.fparam=[1,2]
grep -q "^dp-md: warning: .*parameters.xyz: fparam is not used: model.fparam of the input differs" err ||
  fail "other fparam: $(cat err)"
accepts "${with[@]}" --set "model.file=$water/water.dp"
[ "$(grep -c "^dp-md: warning: .*is not used: the model has no" err)" -eq 2 ] || fail "a model without: $(cat err)"
refuses "needs 2 frame parameters: give model.fparam, or fparam in the structure file" "${with[@]}" \
  --set "structure.file=$PWD/box.xyz"

# A run that explodes ends, unless it is told to go on.
explode=("$md" "$water/water.toml" --set run.timestep_fs=40 --set run.steps=40 --set output.directory=exploded)
refuses "the run has exploded" "${explode[@]}"
grep -Eq "^dp-md: step [0-9]+: the run has exploded: .*fastest is atom [0-9]+, .*; no restart file was written" err ||
  fail "explosion: $(cat err)"
refuses "above 200 (run.stop_above_K)" "${run[@]}" --set run.steps=4 --set run.stop_above_K=200
accepts "${run[@]}" --set run.steps=2 --set run.stop_above_K=200 --set run.keep_going=true

accepts "${run[@]}" --set run.steps=8 --set output.directory=whole
accepts "${run[@]}" --set run.steps=5 --set output.directory=parts
accepts "${run[@]}" --set run.steps=8 --set output.directory=parts --restart parts/restart.txt
for file in thermo.csv trajectory.xyz restart.txt; do same $file; done

"${run[@]}" --set run.steps=100000 --set output.directory=stopped >out 2>err &
until [ -s stopped/trajectory.xyz ]; do sleep 0.1; done
sleep 1
kill -INT $!
wait $!
status=$?
[ $status -eq 130 ] || fail "Ctrl-C: exit status $status, expected 130"
grep -q "stopped by a signal" out || fail "Ctrl-C: no summary"
grep -q "^end$" stopped/restart.txt || fail "Ctrl-C: no restart file"

[ $failures -eq 0 ] && echo "dp-eval and dp-md: all as expected"
exit $((failures > 0))
