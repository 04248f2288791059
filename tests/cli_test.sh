#!/bin/bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause

# dp-eval and dp-md as a user meets them: exit status, messages, files. Usage: cli_test.sh FOLDER_OF_PROGRAMS
set -u
bin=$(cd "$1" && pwd)
tests=$(cd "$(dirname "$0")" && pwd)
water=$(cd "$(dirname "$0")/../examples/water" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failures=0

fail() {
  echo "FAILED: $*"
  failures=$((failures + 1))
}

# refuses TEXT COMMAND...: status 1 and one line on the error stream, with TEXT in it
refuses() {
  local text=$1
  shift
  "$@" >out 2>err
  local status=$?
  [ $status -eq 1 ] || fail "$*: exit status $status, expected 1"
  [ "$(wc -l <err)" -eq 1 ] || fail "$*: expected one line of error, found: $(cat err)"
  grep -qF -- "$text" err || fail "$*: expected '$text', found: $(cat err)"
}

# accepts COMMAND...: status 0
accepts() {
  "$@" >out 2>err || fail "$*: exit status $?: $(cat err)"
}

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
dplr=$tests/data/dplr/enerA.dp
refuses "model_def_script/modifier: the nets are only the short-range part of this model" "$eval" "$dplr" frames.xyz
accepts "$eval" "$dplr" frames.xyz --short-range
grep -q "^dp-eval: note: .*enerA.dp: the short-range part alone is evaluated" err ||
  fail "--short-range: expected a note, found: $(cat err)"
refuses "dp-eval: unknown.xyz: atom 1 is 'Xx'" "$eval" "$water/water.dp" unknown.xyz
refuses "dp-eval: missing.dp" "$eval" missing.dp frames.xyz
refuses "dp-eval: missing.xyz: cannot be opened" "$eval" "$water/water.dp" missing.xyz
refuses "short.dp" "$eval" short.dp frames.xyz
refuses "dp-eval: STRUCTURE is required" "$eval" "$water/water.dp"
refuses "dp-eval: /dev/full: cannot be written" "$eval" "$water/water.dp" frames.xyz --json /dev/full

run=("$md" "$water/water.toml" --set output.thermo_every=2 --set output.trajectory_every=3)
accepts "$md" --help
refuses "--short-range" "${run[@]}" --set "model.file=$dplr"
accepts "${run[@]}" --set "model.file=$dplr" --set model.short_range=true --set run.steps=0 --set output.directory=dplr
grep -q "^dp-md: note: .*enerA.dp: the short-range part alone" err || fail "model.short_range: found: $(cat err)"
refuses "unknown key run.step; did you mean run.steps?" "${run[@]}" --set run.step=1
refuses "missing.xyz: cannot be opened" "${run[@]}" --set structure.file=missing.xyz
refuses "No space left on device" "${run[@]}" --set run.steps=1 --set output.trajectory=/dev/full
refuses "dp-md: missing.toml: cannot be opened" "$md" missing.toml

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
