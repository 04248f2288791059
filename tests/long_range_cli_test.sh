#!/bin/bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause

# A model with electrostatics (DPLR) as a user meets it: its files, what programs say of it, what they refuse.
# Usage: long_range_cli_test.sh FOLDER_OF_PROGRAMS
set -u
bin=$(cd "$1" && pwd)
data=$(cd "$(dirname "$0")/data/dplr" && pwd)
water=$(cd "$(dirname "$0")/../examples/water" && pwd)
# shellcheck source=tests/support/commands.sh
source "$(dirname "${BASH_SOURCE[0]}")/support/commands.sh"

eval=$bin/dp-eval md=$bin/dp-md model=$bin/dp-model
cp "$data/enerA.dp" nets.dp # without the file that it names
cp "$data/dwA.dp" dipoles.dp
structure=$water/start.xyz

accepts "$eval" nets.dp "$structure" --dipole dipoles.dp --json two.json
grep -q "short range (E_sr), .* electrostatic (E_ele)" out || fail "expected both energies, found: $(head -5 out)"
grep -q "dipole x (A)" out || fail "expected dipoles, found: $(head -5 out)"
for key in short_range electrostatic dipole; do
  [ "$(grep -c "\"$key\"" two.json)" -eq 1 ] || fail "two.json: expected $key"
done
[ "$(grep -c '"energy"' two.json)" -eq 3 ] || fail "two.json: expected three energies"
accepts "$eval" "$data/enerA.dp" "$structure" --json beside.json
cmp -s two.json beside.json || fail "the file of dipoles that the model names: other results"
accepts "$model" convert nets.dp one.dp --dipole dipoles.dp
accepts "$eval" one.dp "$structure" --json one.json
cmp -s two.json one.json || fail "one file with both models: other results"
accepts "$model" convert one.dp one.yaml
accepts "$eval" one.yaml "$structure" --json one.json
cmp -s two.json one.json || fail "one YAML file with both models: other results"
accepts "$eval" one.dp "$structure" --short-range --json short.json
grep -q "electrostatic" short.json && fail "--short-range: expected the nets alone"

refuses "needs the model of dipoles \"dwA.pb\", which is neither in this file nor beside it" "$eval" nets.dp "$structure"
refuses "missing.dp: there is no such model file" "$eval" nets.dp "$structure" --dipole missing.dp
refuses "a model of dipoles was given, dipoles.dp, but this model has no electrostatics" \
  "$eval" "$water/water.dp" "$structure" --dipole dipoles.dp
refuses "nets.dp: dipole model" "$eval" nets.dp "$structure" --dipole nets.dp
printf '3\n\nO 0 0 0\nH 0.9 0 0\nH 0 0.9 0\n' >free.xyz
refuses "free.xyz: one.dp: the model has long-range electrostatics (DPLR), which need a box that is periodic along all three vectors; found an open boundary along vector a" \
  "$eval" one.dp free.xyz
printf '2\nLattice="9 0 0 0 9 0 0 0 9"\nO 0 0 0\nH 0.9 0 0\n' >ion.xyz
accepts "$eval" one.dp ion.xyz
grep -q "^dp-eval: warning: ion.xyz.*have a charge of -1 e" err || fail "a charged cell: found: $(cat err)"

cat >run.toml <<'END'
[model]
file = "nets.dp"
evaluation = "exact"
[long_range]
dipole = "dipoles.dp"
[structure]
file = "start.xyz"
[run]
steps = 2
[output]
thermo_every = 1
END
cp "$structure" start.xyz
# The energy of the first row of a run, and that of dp-eval.
first_row() { sed -n 2p "$1/thermo.csv" | cut -d, -f4; }
printed() { sed -n 's/^  energy  *\([-0-9.]*\) eV.*/\1/p' out; }
accepts "$md" run.toml --set output.directory=whole
accepts "$eval" one.dp "$structure"
[ "$(first_row whole)" = "$(printed)" ] || fail "dp-md has $(first_row whole) eV, dp-eval $(printed)"
accepts "$md" run.toml --set output.directory=nets --set long_range.use=false
grep -q "the short-range part alone is evaluated" err || fail "long_range.use: expected a note, found: $(cat err)"
accepts "$eval" one.dp "$structure" --short-range
[ "$(first_row nets)" = "$(printed)" ] || fail "dp-md has $(first_row nets) eV, dp-eval $(printed)"

# By a mesh: the same within its error, and what it is.
electrostatic() { sed -n 's/.* (E_sr), \([-0-9.]*\) eV electrostatic.*/\1/p' out; }
accepts "$eval" one.dp "$structure"
direct=$(electrostatic)
accepts "$eval" one.dp "$structure" --long-range-error 1e-6
grep -q "^one.dp: electrostatics by a mesh of [0-9]* x [0-9]* x [0-9]* .* eV/Angstrom against the direct sum, asked for 1e-06)" out ||
  fail "--long-range-error: found: $(cat out)"
awk -v a="$direct" -v b="$(electrostatic)" 'BEGIN { d = a - b; exit !(a != b && d * d < 1e-6) }' ||
  fail "--long-range-error: expected about $direct eV, found $(electrostatic)"
accepts "$md" run.toml --set output.directory=mesh --set long_range.error=1e-6
grep -q "electrostatics by a mesh of .* against the direct sum, asked for 1e-06)" out || fail "dp-md: a mesh: found: $(cat out)"
refuses "long_range: expected a force error (eV/Angstrom) that a mesh can have, found 1e-20; the least that was measured is" \
  "$eval" one.dp "$structure" --long-range-error 1e-20
none="was given, 1e-06, but the model has none (DPLR), or is evaluated without them (short range)"
refuses "water.dp: a force error of long-range electrostatics $none" \
  "$eval" "$water/water.dp" "$structure" --long-range-error 1e-6
refuses "$none" "$eval" one.dp "$structure" --long-range-error 1e-6 --short-range
refuses "$none" "$md" run.toml --set long_range.error=1e-6 --set long_range.use=false
refuses "needs the model of dipoles" "$md" run.toml --set 'long_range.dipole=""'
refuses "which need a box that is periodic along all three vectors" "$md" run.toml --set structure.periodic=ppf

[ $failures -eq 0 ] && echo "all passed"
exit $((failures > 0))
