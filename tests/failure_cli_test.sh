#!/bin/bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause

# dp-failure as a user meets it, on the copper model. Usage: failure_cli_test.sh FOLDER_OF_PROGRAMS [MPIRUN]
set -u
bin=$(cd "$1" && pwd)
mpirun=${2:-}
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/support/commands.sh
source "$here/support/commands.sh"
program=$bin/dp-failure
export OMP_NUM_THREADS=1

# has FILE TEXT: the file has a line with the text
has() {
  grep -qF -- "$2" "$1" || fail "$1: expected '$2', found: $(head -20 "$1")"
}

accepts "$program" --help
accepts "$program" fit --help
accepts "$bin/dp-structure" lattice fcc --element Cu --constant 3.615 --size 2 2 2 -o cu.xyz
cat >in.toml <<END
[model]
file = "$here/data/copper/copper.dp"
precision = "mix32"
tolerance = 1e-4
[structure]
file = "cu.xyz"
[neighbour]
skin = 1.0
[run]
timestep_fs = 2.0
temperature = 300
[failure]
sizes = [[2, 1, 1], [2, 2, 1]]
replicas = 2
limit_ps = 0.4
start_K = 600
settle_ps = 0.2
END

# A stable case is censored.
accepts "$program" in.toml
header=atoms,seed,time_ps,criterion,atom,step,censored
printf '%s\n' $header 64,1,0.4,none,0,200,1 64,2,0.4,none,0,200,1 128,1,0.4,none,0,200,1 128,2,0.4,none,0,200,1 >stable.csv
cmp -s failures.csv stable.csv || fail "stable: $(cat failures.csv)"
has out "4 runs, 4 of them to do"
refuses "failures.csv: says nothing of the exponent" "$program" fit failures.csv

# Rows that are there are not run again; others are.
sed -i 3d failures.csv
accepts "$program" in.toml
has out "4 runs, 1 of them to do"
cmp -s <(sort failures.csv) <(sort stable.csv) || fail "continued: $(cat failures.csv)"
accepts "$program" in.toml --set failure.replicas=3
has out "6 runs, 2 of them to do"
refuses "failures.csv: its rows were made with run.temperature = 300 (failures.csv.settings), the input says run.temperature = 400" \
  "$program" in.toml --set run.temperature=400

refuses "failures.csv: its rows were made with size 64 = 2 1 1 (failures.csv.settings), the input says size 64 = 1 1 2" \
  "$program" in.toml --set 'failure.sizes=[[1, 1, 2]]'
cp failures.csv alone.csv
refuses "alone.csv: has rows, but there is no alone.csv.settings" "$program" in.toml --set output.file=alone.csv

# An unstable case fails by what is looked for, and does so again.
# fails TABLE CRITERION SETTINGS...: both runs of 64 atoms, each replayed
fails() {
  local table=$1 criterion=$2
  shift 2
  local settings=(--set output.file="$table" --set failure.every=1 --set 'failure.sizes=[[2, 1, 1]]')
  for setting in "$@"; do settings+=(--set "$setting"); done
  accepts "$program" in.toml "${settings[@]}"
  [ "$(grep -c ",$criterion,.*,0\$" "$table")" -eq 2 ] || fail "$table: expected $criterion, found: $(cat "$table")"
  for row in 1 2; do
    accepts "$program" in.toml "${settings[@]}" --replay $row --frames frames.xyz
    has out "row $row: $(sed -n "$((row + 1))p" "$table")"
    has out "ends again so"
    [ "$(grep -c step= frames.xyz)" -ge 1 ] || fail "$table: no frames of row $row"
  done
}
fails near.csv distance run.timestep_fs=45 failure.limit_ps=2
fails far.csv lost run.timestep_fs=200 'criteria.use=[]' failure.limit_ps=2
fails hot.csv temperature run.timestep_fs=35 'criteria.use=["temperature"]' failure.limit_ps=2
fails drift.csv energy run.timestep_fs=10 criteria.energy_eV=1e-6
fails push.csv force criteria.force_eV_A=0.5
fails cold.csv temperature run.ensemble=nvt-langevin run.temperature=2000 failure.settle_ps=0.1
sed -i 2s/,0$/,1/ near.csv
refuses "near.csv: row 1: expected $(sed -n 2p near.csv), found 64,1," "$program" in.toml --set output.file=near.csv \
  --set failure.every=1 --set 'failure.sizes=[[2, 1, 1]]' --set run.timestep_fs=45 --set failure.limit_ps=2 --replay 1

# The exponent of a table from elsewhere.
{ echo $header
  for row in 32,9.1 32,14.2 108,5.3 108,8.8 108,11.9 256,4.4 256,6.1 256,7.7 256,9.9 500,2.5 500,5.6 500,6.3; do
    echo "${row%,*},1,${row#*,},force,1,100,0"
  done
  for atoms in 32 32 108; do echo "$atoms,1,20,none,0,100,1"; done; } >table.csv
accepts "$program" fit table.csv --curve curve.csv
has out "by sizes, how lifetimes fall with N        0.5730 ["
has out "by spread, 1/shape of runs of one size     0.5045 ["
has out "the two agree"
has curve.csv atoms,median_ps,low_ps,high_ps
[ "$(wc -l <curve.csv)" -eq 22 ] || fail "curve.csv: $(wc -l <curve.csv) lines"
cp out first
accepts "$program" fit table.csv
cmp -s out first || fail "fit: other numbers the second time"

# plot.py reads what fit reads.
if command -v python3 >/dev/null; then
  printf '%s\n' $header 64,1,2,none,0,9,True 64,2,1,nan,3,8,False 64,3,1,nan,3,8,0 >words.csv
  found=$(PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$here/../examples python3 -c 'import plot; print(plot.Table("words.csv")["censored"])' 2>&1)
  [ "$found" = "[1.0, 0.0, 0.0]" ] || fail "plot.py: words.csv: found: $found"
fi

# What is wrong is said in one line.
refuses "expected INPUT or fit" "$program"
refuses "absent.toml: cannot be opened" "$program" absent.toml
refuses "in.toml: unknown key failure.size; did you mean failure.sizes?" "$program" in.toml --set failure.size=1
refuses "failures.csv: --replay 99: expected a row from 1 to 6" "$program" in.toml --replay 99
refuses "absent.csv: cannot be opened" "$program" fit absent.csv
refuses "in.toml:1: expected the line $header, found '[model]'" "$program" fit in.toml
refuses "cu.xyz: 128 atoms fail before the first step (distance" "$program" in.toml --set output.file=new.csv \
  --set criteria.distance_A=3 --set 'failure.sizes=[[2, 2, 1]]'
refuses "--frames requires --replay" "$program" in.toml --frames frames.xyz

# dp-md looks for the same forces while it runs.
# monitored RANKS FOLDER SETTINGS...: dp-md on the same copper
cat >md.toml <<END
[model]
file = "$here/data/copper/copper.dp"
precision = "mix32"
tolerance = 1e-4
[structure]
file = "cu.xyz"
replicate = [2, 2, 1]
[neighbour]
skin = 1.0
[run]
timestep_fs = 2.0
temperature = 600
steps = 60
[output]
trajectory = ""
[monitor]
every = 5
force_eV_A = 0.8
surroundings = "outliers.xyz"
END
monitored() {
  local command=("$bin/dp-md" md.toml --set output.directory="$2")
  [ "$1" -eq 1 ] || command=("$here/mpi/mpirun.sh" "$mpirun" "$1" "${command[@]}")
  shift 2
  for setting in "$@"; do command+=(--set "$setting"); done
  accepts "${command[@]}"
}
monitored 1 all
has out "monitor: $(($(wc -l <all/outliers.csv) - 1)) forces out of the ordinary, the first in step "
awk -F, 'NR == 1 { exit $0 != "step,atom,element,force_eV_A,limit_eV_A" }' all/outliers.csv || fail "$(head -1 all/outliers.csv)"
awk -F, 'NR > 1 && !($1 % 5 == 0 && $3 == "Cu" && $4 > $5 && $5 <= 0.8) { exit 1 }' all/outliers.csv || fail "$(cat all/outliers.csv)"
step=$(sed -n '2s/,.*//p' all/outliers.csv)
worst=$(awk -F, -v step="$step" '$1 == step && $4 > most { most = $4; atom = $2 } END { print atom }' all/outliers.csv)
has all/outliers.xyz "step=$step atom=$worst"
accepts "$bin/dp-eval" "$here/data/copper/copper.dp" all/outliers.xyz
monitored 1 ended monitor.stop=true
has out "the first in step $step, which ended the run"
has ended/restart.txt "step $step"
# A run that is continued from before its end has the rows and frames of that end once. Limits are those of input.
limited=(monitor.deviations=1e6 output.restart_every=20)
monitored 1 whole "${limited[@]}"
monitored 1 parts "${limited[@]}" run.steps=40
cp parts/restart.txt middle.txt
monitored 1 parts "${limited[@]}"
accepts "$bin/dp-md" md.toml --set output.directory=parts --set monitor.deviations=1e6 --restart middle.txt
awk -F, '$1 > 40' whole/outliers.csv | grep -q . || fail "whole: no outliers after step 40: $(cat whole/outliers.csv)"
for file in outliers.csv outliers.xyz; do
  cmp -s whole/$file parts/$file || fail "$file differs after a restart: $(diff whole/$file parts/$file)"
done
monitored 1 calm monitor.force_eV_A=0 monitor.deviations=30
grep -q "^monitor:" out && fail "calm: $(cat out)"
[ "$(wc -l <calm/outliers.csv)" -eq 1 ] || fail "calm: $(cat calm/outliers.csv)"
if [ -n "$mpirun" ]; then
  for ranks in 1 2; do monitored $ranks ranks$ranks model.precision=double; done
  cmp -s <(sort ranks1/outliers.csv) <(sort ranks2/outliers.csv) || fail "outliers on 2 ranks: $(diff ranks[12]/outliers.csv)"
  cmp -s <(grep step= ranks1/outliers.xyz) <(grep step= ranks2/outliers.xyz) || fail "surroundings on 2 ranks"
fi

# Ranks share the runs.
if [ -n "$mpirun" ]; then
  accepts "$here/mpi/mpirun.sh" "$mpirun" 2 "$program" in.toml --set output.file=ranks.csv
  cmp -s <(sort ranks.csv) <(sort stable.csv) || fail "2 ranks: $(cat ranks.csv)"
  [ "$(grep -c '4 runs, 4 of them to do' out)" -eq 1 ] || fail "2 ranks: $(cat out)"
fi

[ $failures -eq 0 ] && echo "dp-failure: all as expected"
exit $((failures > 0))
