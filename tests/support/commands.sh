#!/bin/bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause

# What tests of programs share; sourced. Puts them into a folder of their own, which goes when they end.
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
