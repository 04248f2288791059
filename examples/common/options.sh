# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
#
# Sourced by the scripts of the examples, which have `here`, their folder, and `option`, their options' defaults. All
# scripts have --programs FOLDER besides: programs that are there; then nothing is set up or built.
root=$(cd "$here/../.." && pwd)
option[programs]=

# read_options ARGUMENTS...: `setup` gets what scripts/setup.sh takes, `rest` what follows the options.
read_options() {
  setup=()
  while [[ ${1:-} == --* ]]; do
    local name=${1#--}
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
}

# build TARGET...: sets up what is missing and builds the programs, into the folder `bin`.
build() {
  if [[ -z ${option[programs]} ]]; then
    option[programs]=$root/build/release/bin
    "$root/scripts/setup.sh" "${setup[@]}"
    (cd "$root" && cmake --preset release -D DP_BUILD_TESTS=OFF -D DP_BUILD_BENCHMARKS=OFF &&
      cmake --build --preset release --target "$@")
  fi
  bin=$(cd "${option[programs]}" && pwd)
}

# enter_output: into the folder of the results.
enter_output() {
  mkdir -p "${option[output]}"
  cd "${option[output]}"
  echo "$(basename "$here"): results go to $PWD"
}
