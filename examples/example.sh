# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
#
# Sourced by the scripts of the examples, which have `here`, their folder, and `option`, their options' defaults. All
# scripts have --programs FOLDER besides: programs that are there; then nothing is set up or built.
root=$(cd "$here/../.." && pwd)
option[programs]=

# prepare "PROGRAM..." ARGUMENTS...: reads the options, sets up what is missing, builds the programs into the folder `bin`
# and goes to the folder of the results. `rest` is what follows the options.
prepare() {
  local setup=() name
  read -ra programs <<<"$1"
  shift
  while [[ ${1:-} == --* ]]; do
    name=${1#--}
    if [[ $name == yes || $name == no-install ]]; then
      setup+=("$1")
      shift
    elif [[ -v option[$name] ]]; then
      option[$name]=${2:?"$1: expected a value"}
      shift 2
    else
      break
    fi
  done
  rest=("$@")
  if [[ -z ${option[programs]} ]]; then
    option[programs]=$root/build/release/bin
    "$root/scripts/setup.sh" "${setup[@]}"
    (cd "$root" && cmake --preset release -D DP_BUILD_TESTS=OFF -D DP_BUILD_BENCHMARKS=OFF &&
      cmake --build --preset release --target "${programs[@]}")
  fi
  bin=$(cd "${option[programs]}" && pwd)
  mkdir -p "${option[output]}"
  cd "${option[output]}" || exit
  echo "$(basename "$here"): results go to $PWD"
}

# last_frame FILE: of a trajectory whose frames have the same number of atoms
last_frame() { tail -n $(($(head -n 1 "$1") + 2)) "$1"; }

# draw KIND TABLES... --out FILE: by examples/plot.py, where it can
draw() {
  if python3 -c "import matplotlib" 2>/dev/null; then
    "$root/examples/plot.py" "$@"
  else
    echo "$(basename "$here"): no picture of $2, since python3 has no matplotlib"
  fi
}
