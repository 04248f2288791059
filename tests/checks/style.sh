#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
#
# What a machine can see of the style: formatting (clang-format 14, since others differ), shell scripts, licences and
# spelling. A tool that is missing is named and left out; ends with 77 where none is there.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit

looked=no failed=no
# look TOOL WHAT COMMAND...: runs the command where TOOL is there.
look() {
  local tool=$1 what=$2
  shift 2
  if ! command -v "$tool" >/dev/null; then
    echo "style: $what is not looked at: no $tool"
    return
  fi
  looked=yes
  "$@" || { echo "style: $what: see above" >&2; failed=yes; }
}

files() { git ls-files -z "$@"; }
formatting() {
  local program=clang-format
  ! command -v clang-format-14 >/dev/null || program=clang-format-14
  if ! "$program" --version | grep -q 'version 14\.'; then
    echo "style: formatting is not looked at: $("$program" --version) is not version 14"
    return
  fi
  files '*.hpp' '*.cpp' '*.h' | xargs -0 "$program" --dry-run -Werror
}
scripts() { files '*.sh' .ci/run | xargs -0 shellcheck --severity=warning; }
licences() {
  local report
  report=$(reuse lint 2>&1) || { echo "$report"; return 1; }
}

[[ -e .git ]] || { echo "style: not a checkout"; exit 77; }
look clang-format formatting formatting
look shellcheck "shell scripts" scripts
look reuse licences licences
look typos spelling typos
[[ $failed == no ]] || exit 1
[[ $looked == yes ]] || exit 77
