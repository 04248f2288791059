#!/bin/bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause

# dp-md on several ranks as a user meets it: results, files, restarts, errors, crashes. Usage: dp_md_test.sh MPIRUN DP_MD
set -u
mpirun=$1 md=$2
here=$(cd "$(dirname "$0")" && pwd)
water=$(cd "$here/../../examples/water" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failures=0

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

settings=(model.evaluation=exact output.thermo_every=2 output.trajectory_every=3 output.trajectory_velocities=true
  output.trajectory_energies=true observe.every=3 observe.rdf=rdf.csv observe.rdf_bins=50 observe.msd=msd.csv
  neighbour.every=4 run.ensemble=nvt-nose-hoover run.temperature=330)

# run RANKS FOLDER ARGUMENTS...: dp-md in a folder; out and err are what it says
run() {
  local ranks=$1 into=$2
  shift 2
  "$here/mpirun.sh" "$mpirun" "$ranks" "$md" "$water/water.toml" "${settings[@]/#/--set=}" --set output.directory="$into" \
    "$@" >out 2>err
}

# accepts RANKS FOLDER ARGUMENTS...: status 0
accepts() {
  run "$@" || fail "$*: exit status $?: $(cat err)"
}

# refuses TEXT RANKS FOLDER ARGUMENTS...: status 1 and one line of dp-md's on the error stream, with TEXT in it
refuses() {
  local text=$1
  shift
  run "$@"
  local status=$?
  [ $status -eq 1 ] || fail "$*: exit status $status, expected 1"
  [ "$(grep '^dp-md: ' err | grep -vc '^dp-md: warning: ')" -eq 1 ] || fail "$*: expected one line of error, found: $(cat err)"
  grep -qF -- "$text" err || fail "$*: expected '$text', found: $(cat err)"
}

# numbers FILE: all that a restart file says of atoms, one number a line, in decimal
numbers() {
  sed -n '/^atoms/,/^end/p' "$1" | sed '1d;$d' | cut -d' ' -f2- | tr ' ' '\n' | xargs -n 1000 printf '%.14f\n'
}

# close A B: the numbers of both restart files differ by at most 1e-10
close() {
  paste <(numbers "$1") <(numbers "$2") | awk '
    { d = $1 - $2; if (d < 0) d = -d; if (!(d <= 1e-10)) bad++ }
    END { if (NR != 16 * 192 || bad) { print NR " numbers, " bad + 0 " of them differ"; exit 1 } }' ||
    fail "$1 and $2 differ"
}

# same A B FILE: equal but for the folder's name
same() {
  cmp -s <(sed "s,$1/,," "$1/$3") <(sed "s,$2/,," "$2/$3") || fail "$3 differs between $1 and $2"
}

# The same on any number of ranks.
accepts 1 one --set run.steps=9
for ranks in 2 3 4 8; do
  accepts $ranks "on$ranks" --set run.steps=9
  close one/restart.txt "on$ranks/restart.txt"
  cmp -s <(cut -d, -f1-4 one/thermo.csv | sed 's/[0-9][0-9]\(,\|$\)/\1/g') \
    <(cut -d, -f1-4 "on$ranks/thermo.csv" | sed 's/[0-9][0-9]\(,\|$\)/\1/g') || fail "thermo.csv of $ranks ranks"
  cmp -s one/rdf.csv "on$ranks/rdf.csv" || fail "rdf.csv of $ranks ranks"
  cmp -s <(cut -c1-20 one/msd.csv) <(cut -c1-20 "on$ranks/msd.csv") || fail "msd.csv of $ranks ranks"
  [ "$(grep -c . "on$ranks/trajectory.xyz")" -eq $((4 * 194)) ] || fail "trajectory.xyz of $ranks ranks"
done
grep -q "^8 ranks, 2 x 2 x 2 along the box vectors" out || fail "8 ranks: grid: $(cat out)"
grep -q "^load imbalance" out || fail "8 ranks: no load imbalance: $(cat out)"

# Allegro's edges are those of each rank's atoms.
allegro=(--set model.file="$here/../data/allegro/options.nequip.zip" --set run.steps=4 --set run.timestep_fs=0.1)
accepts 1 edges "${allegro[@]}"
for ranks in 2 4; do
  accepts $ranks "edges$ranks" "${allegro[@]}"
  close edges/restart.txt "edges$ranks/restart.txt"
done

# Electrostatics are those of the whole system.
accepts 1 charged --set run.steps=5 --set model.file="$here/../data/dplr/enerA.dp"
for ranks in 2 3 8; do
  accepts $ranks "charged$ranks" --set run.steps=5 --set model.file="$here/../data/dplr/enerA.dp"
  close charged/restart.txt "charged$ranks/restart.txt"
done
mesh=(--set run.steps=5 --set model.file="$here/../data/dplr/enerA.dp" --set long_range.error=1e-4)
accepts 1 mesh "${mesh[@]}"
grep -q "electrostatics by a mesh of .* against the direct sum, asked for 0.0001)" out || fail "a mesh: found: $(cat out)"
for ranks in 2 8; do
  accepts $ranks "mesh$ranks" "${mesh[@]}"
  close mesh/restart.txt "mesh$ranks/restart.txt"
done

# Continued on as many ranks bit by bit, on others closely.
accepts 3 parts --set run.steps=6
cp -r parts others
accepts 3 parts --set run.steps=9 --restart parts/restart.txt
for file in thermo.csv trajectory.xyz rdf.csv msd.csv restart.txt; do same on3 parts $file; done
sed -i 's,parts/,others/,' others/restart.txt
accepts 2 others --set run.steps=9 --restart others/restart.txt
close on3/restart.txt others/restart.txt

# Tables reach on all ranks as far as the structure asks for; a restart file keeps it, and what was seen of near pairs.
tables=(--set model.evaluation=compressed --set model.graded=false)
for ranks in 1 2; do
  accepts $ranks "tables$ranks" --set run.steps=9 "${tables[@]}"
  grep -q "^tables down to H-H:1,O-O:1.81 A" out || fail "tables on $ranks ranks: $(cat out)"
done
close tables1/restart.txt tables2/restart.txt
near=("${tables[@]}" --set observe.rdf= --set observe.msd= --set output.trajectory=)
accepts 2 near --set run.steps=9 "${near[@]}"
sed -i 's,^nearest .*,nearest H-H:1.6 0,;s/^step .*/step 199/;s/^rebuild .*/rebuild 196 200/' near/restart.txt
cp -r near halves
sed -i 's,near/,halves/,' halves/restart.txt
accepts 2 near --restart near/restart.txt --set run.steps=304 "${near[@]}"
grep -q "^step 300: 128 atoms went through the exact nets" out || fail "near pairs: $(cat out)"
accepts 2 halves --restart halves/restart.txt --set run.steps=250 "${near[@]}"
grep -q "^nearest H-H:1.6 1$" halves/restart.txt || fail "near pairs: $(grep nearest halves/restart.txt)"
accepts 2 halves --restart halves/restart.txt --set run.steps=304 "${near[@]}"
same near halves restart.txt

# Replicated, on a given grid, with random velocities: as on one rank.
for ranks in 1 2; do
  accepts $ranks "double$ranks" --set run.steps=2 --set structure.replicate=[2,1,1] --set parallel.grid="[1,$ranks,1]" \
    --set run.velocities=random
done
cut -d' ' -f1 double1/restart.txt >a
cut -d' ' -f1 double2/restart.txt >b
cmp -s a b || fail "replicated: other atoms"
[ "$(sed -n 's/^2,//p' double1/thermo.csv | cut -c1-24)" = "$(sed -n 's/^2,//p' double2/thermo.csv | cut -c1-24)" ] ||
  fail "replicated: $(tail -n 1 double1/thermo.csv double2/thermo.csv)"

# A box that changes: continued bit by bit, and the same on other numbers of ranks.
npt=(--set run.ensemble=npt-langevin --set run.coupling=per-axis --set run.box_every=2 --set run.pressure_bar=20000
  --set run.barostat_time_fs=100
  --set deform.axis=z --set deform.strain_rate_per_ps=-1)
for ranks in 1 3; do accepts $ranks "npt$ranks" --set run.steps=9 "${npt[@]}"; done
close npt1/restart.txt npt3/restart.txt
[ "$(grep -o 'Lattice="[^"]*"' npt3/trajectory.xyz | sort -u | wc -l)" -ge 3 ] || fail "npt: the box does not change"
[ "$(tail -n 1 npt3/thermo.csv | cut -d, -f11)" = -0.004 ] || fail "npt: strain: $(tail -n 1 npt3/thermo.csv)"
accepts 3 parts --set run.steps=4 "${npt[@]}"
accepts 3 parts --set run.steps=9 "${npt[@]}" --restart parts/restart.txt
for file in thermo.csv trajectory.xyz restart.txt; do same npt3 parts $file; done

# A crystal is one on any number of ranks.
printf '%s\n' 4 'Lattice="3.6 0 0 0 3.6 0 0 0 3.6"' 'Cu 0 0 0' 'Cu 1.8 1.8 0' 'Cu 1.8 0 1.8' 'Cu 0 1.8 1.8' >cell.xyz
for ranks in 1 2; do
  accepts $ranks "crystal$ranks" --set model.file="$here/../data/copper/copper.dp" --set structure.file="$folder/cell.xyz" \
    --set structure.replicate=[4,3,3] --set run.temperature=200 --set run.steps=6 --set observe.cna=cna.csv
  [ "$(cut -d, -f3- "crystal$ranks/cna.csv")" = $'atoms,fcc,hcp,bcc,other\n144,1,0,0,0\n144,1,0,0,0\n144,1,0,0,0' ] ||
    fail "cna.csv of $ranks ranks: $(cat "crystal$ranks/cna.csv")"
done

# Parameters of the structure file go with the atoms.
printf '2\nLattice="12 0 0 0 12 0 0 0 12" Properties=species:S:1:pos:R:3:aparam:R:1 fparam="0.3 0.4"\n%s\n%s\n' \
  "O 0 0 0 0.1" "H 1.5 0.3 0.2 0.4" >parameters.xyz
for ranks in 1 3; do
  accepts $ranks "with$ranks" --set model.file="$here/../data/variants/fparam_aparam.dp" \
    --set structure.file="$folder/parameters.xyz" --set structure.replicate=[3,1,2] --set run.steps=4
done
[ "$(sed -n 2p with1/thermo.csv | cut -d, -f4 | cut -c1-12)" = "-299.5976308" ] || fail "parameters: $(cat with1/thermo.csv)"
[ "$(tail -n 1 with1/thermo.csv | cut -c1-24)" = "$(tail -n 1 with3/thermo.csv | cut -c1-24)" ] ||
  fail "parameters: $(tail -n 1 with1/thermo.csv with3/thermo.csv)"
accepts 2 with3 --set model.file="$here/../data/variants/fparam_aparam.dp" --set run.steps=6 \
  --set structure.file="$folder/parameters.xyz" --set structure.replicate=[3,1,2] --restart with3/restart.txt

# A minimisation ends after the same steps.
for ranks in 1 2; do
  accepts $ranks "lowest$ranks" --set run.ensemble=minimise --set run.force_tolerance=1.0 --set run.steps=100
  grep -q "^minimise: .*, within run.force_tolerance = 1" out || fail "minimise on $ranks: $(cat out)"
done
[ "$(tail -n 1 lowest1/thermo.csv | cut -c1-24)" = "$(tail -n 1 lowest2/thermo.csv | cut -c1-24)" ] ||
  fail "minimise: $(tail -n 1 lowest1/thermo.csv lowest2/thermo.csv)"

# What is wrong on all ranks, or on one, is said once and ends all.
printf '2\nLattice="40 0 0 0 40 0 0 0 40"\nO 1 1 1\nHe 30 30 30\n' >unknown.xyz
printf '3\nLattice="40 0 0 0 40 0 0 0 40"\nO 1 1 1\nO 30 30 30\nH 30 30 30\n' >together.xyz
printf '2\nLattice="40 0 0 0 40 0 0 0 40" Properties=species:S:1:pos:R:3:velo:R:3\nO 1 1 1 0 0 0\nO 3 3 30 0 0 1e5\n' \
  >fast.xyz
head -c 20000 "$water/water.dp" >short.dp
refuses "unknown key run.step" 2 bad --set run.step=1
refuses "--no-such-option" 2 bad --no-such-option
refuses "parallel.grid: expected numbers whose product is the number of ranks, 2, found [3, 0, 0]" 2 bad \
  --set parallel.grid=[3,0,0]
refuses "observe.rdf_cutoff: expected at most the model's cutoff of 6 Angstrom" 2 bad --set observe.rdf_cutoff=6.1
refuses "observe.rdf_bins: expected at most 1000000, found 1000001" 2 bad --set observe.rdf_bins=1000001
refuses "observe.from: expected a step beyond 9, where the run goes on, or 0: the restart file does not know" 2 bad \
  --restart on3/restart.txt --set run.steps=10 --set observe.from=5
refuses "observe.rdf: the restart file has 50 bins up to 6 Angstrom from step 0 on" 2 bad --restart on3/restart.txt \
  --set run.steps=10 --set observe.rdf_bins=40
sed '/^observed/s/ 0x[^ ]*$//' on3/restart.txt >damaged.txt
refuses "observe.rdf: expected rows of 400 numbers in the restart file" 2 bad --restart damaged.txt --set run.steps=10
refuses "observe.rdf: the restart file has 50 bins up to 6 Angstrom from step 0 on" 2 bad --restart on3/restart.txt \
  --set run.steps=10 --set observe.rdf_cutoff=5
refuses "missing.xyz: cannot be opened" 2 bad --set structure.file=missing.xyz
refuses "missing.dp: there is no such model file" 2 bad --set model.file=missing.dp
refuses "short.dp" 2 bad --set model.file="$folder/short.dp"
refuses "atom 2 is 'He'" 3 bad --set structure.file="$folder/unknown.xyz"
refuses "(rank 7)" 8 bad --set structure.file="$folder/together.xyz"
refuses "atom 2 has a neighbour at its own place" 3 bad --set structure.file="$folder/together.xyz"
sed '2s/40"/40" pbc="T T F"/' unknown.xyz >open.xyz
refuses "must be periodic along all three vectors" 2 bad --set structure.file="$folder/open.xyz" \
  --set run.ensemble=npt-langevin
refuses "must be periodic along all three vectors" 2 bad --set structure.file="$folder/open.xyz" \
  --set deform.axis=x --set deform.strain_rate_per_ps=1 --set run.steps=1
refuses "step 1: the run has exploded: an atom goes too far in a step; fastest is atom 2" 2 bad \
  --set structure.file="$folder/fast.xyz" --set run.ensemble=nve --set run.stop_above_K=1e12
[ "$(grep -c '^dp-md: warning: .*fast.xyz: its velocities.*implausible' err)" -eq 1 ] || fail "fast.xyz: $(cat err)"
refuses "above 200 (run.stop_above_K)" 3 bad --set run.stop_above_K=200 --set run.steps=4
refuses "No space left on device" 2 bad --set output.trajectory=/dev/full
refuses "missing.txt: cannot be opened" 2 bad --restart missing.txt
head -c 30000 on3/restart.txt >cut.txt
refuses "cut.txt:" 2 bad --restart cut.txt

# A signal to one rank stops all after the same step; killed ranks leave the restart file whole.
begin() {
  run "$@" &
  job=$!
  until [ -s "$2/restart.txt" ]; do
    sleep 0.1
    kill -0 $job 2>/dev/null || { fail "$*: has ended: $(cat err)"; return; }
  done
  ranks=$(ps -eo pid=,args= | grep -F "$md" | grep -F "directory=$2 " | grep -v mpirun | awk '{print $1}')
}
begin 2 stopped --set run.steps=100000 --set output.restart_every=2
kill -TERM "$(echo "$ranks" | tail -n 1)"
wait $job
status=$?
[ $status -eq 143 ] || fail "SIGTERM to a rank: exit status $status, expected 143: $(cat err)"
grep -q "stopped by a signal" out || fail "SIGTERM to a rank: no summary"
accepts 2 stopped --restart stopped/restart.txt --set run.steps=$(($(sed -n 's/^step //p' stopped/restart.txt) + 1))

begin 2 killed --set run.steps=100000 --set output.restart_every=1
sleep 1.3
kill -KILL $ranks
wait $job
grep -q "^end$" killed/restart.txt || fail "killed: the restart file is not whole"
step=$(sed -n 's/^step //p' killed/restart.txt)
accepts 2 killed --restart killed/restart.txt --set run.steps=$((step + 3))
[ "$(tail -n 1 killed/thermo.csv | cut -d, -f1)" -ge $((step + 2)) ] || fail "killed: was not continued"

[ $failures -eq 0 ] && echo "dp-md over MPI: all as expected"
exit $((failures > 0))
