#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
#
# Who may include whom in include/dp (docs/design.md); prints every breach.
#   include_rule.sh INCLUDE_FOLDER
set -euo pipefail
cd "$1"

find dp -name '*.hpp' | sort | xargs awk '
  BEGIN {
    # folder -> folders of dp it may include besides itself
    # in the order in which they build on each other
    allowed["core"] = ""
    allowed["backend"] = "core"
    allowed["math"] = "core"
    allowed["input"] = "core"
    allowed["model"] = "math core"
    allowed["io"] = "model math core"
    allowed["program"] = "model math core"
    allowed["step"] = "input core"
    allowed["kernels"] = "step program model math core input"
    allowed["nets"] = "kernels step program model math core"
    allowed["blocks"] = "nets kernels step program model math core"
    allowed["dp/options.hpp"] = ""
    allowed["dp/option_words.hpp"] = "dp core"
    allowed["dp/potential.hpp"] = "dp input core"
    allowed["schedule"] = "dp blocks step program input core"
    allowed["lower"] = "dp schedule blocks nets kernels step program model math input core"
    allowed["long_range"] = "dp model math input core"
    allowed["dp/deep_potential.hpp"] = "dp lower schedule program model core"
    allowed["dp/make_potential.hpp"] = "dp long_range core"
    allowed["dp/dp.hpp"] = "dp input"
    allowed["compiled"] = "dp input"
  }
  function breach(why) { printf "%s:%d: includes %s: %s\n", FILENAME, FNR, header, why; bad = 1 }
  !/^[ \t]*#[ \t]*include/ { next }
  /#[ \t]*include[ \t]*"/ { header = $0; breach("write <dp/...>"); next }
  {
    header = $0
    sub(/^[^<]*</, "", header)
    sub(/>.*/, "", header)
    split(FILENAME, part, "/")
    folder = part[2] ~ /\.hpp$/ ? FILENAME : part[2]

    if (header ~ /^(mpi|gtest|gmock|benchmark|lammps)/) { breach("never in include/dp"); next }
    if (header ~ /^(KokkosBlas|KokkosBatched|cublas|cufft|cuda|rocblas|hip|cblas|mkl|kissfft|fftw)/ && folder != "backend")
      breach("only backend/ may")
    if (header ~ /^(yaml-cpp|nlohmann|zlib|protozero)/ && folder != "io") breach("only io/ may")
    if (header !~ /^dp\//) next

    split(header, part, "/")
    target = part[2] ~ /\.hpp$/ ? "dp" : part[2]
    if (!(folder in allowed)) { breach("no rule for " folder); next }
    if (FILENAME ~ "^dp/(math/(gemm|fft)|schedule/(schedule|step_recorder))[.]hpp$" && target == "backend") next
    # of the headers beside the folders, only those that say what there is
    if (target == "dp" && folder ~ "^(schedule|lower)$" && header !~ /options[.]hpp$/) breach("only dp/options.hpp")
    if (target == "dp" && folder == "long_range" && header !~ /(options|potential)[.]hpp$/)
      breach("only dp/options.hpp and dp/potential.hpp")
    if (target != folder && index(" " allowed[folder] " ", " " target " ") == 0)
      breach(folder " may include only itself and: " allowed[folder])
  }
  END { exit bad }'
# No cycles, anywhere: tsort names the members of one.
grep -rHo '^#include <dp/[^>]*' dp | sed 's/:#include </ /' | tsort >/dev/null
echo "include rule: kept"
