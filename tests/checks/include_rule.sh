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
    allowed["core"] = ""
    allowed["backend"] = "core"
    allowed["math"] = "core"
    allowed["input"] = "core"
    allowed["model"] = "core"
    allowed["io"] = "model core"
    allowed["program"] = "model core"
    allowed["lower"] = "program model core"
    allowed["detail"] = "core math input model"
    allowed["stages"] = "core math input model detail"
    allowed["dp/deep_potential.hpp"] = "stages model input core"
    allowed["dp/dp.hpp"] = "dp stages model input core math"
    # the way of the data: none of these stages includes a later one
    count = split("environment_matrix embedding_net descriptor fitting_net force_virial", order, " ")
    for (i = 1; i <= count; i++) rank["dp/stages/" order[i] ".hpp"] = i
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
    if (header ~ /^(KokkosBlas|KokkosBatched|cublas|cuda|rocblas|hip|cblas|mkl)/ && folder != "backend")
      breach("only backend/ may")
    if (header ~ /^(yaml-cpp|nlohmann|zlib|protozero)/ && folder != "io") breach("only io/ may")
    if (header !~ /^dp\//) next

    split(header, part, "/")
    target = part[2] ~ /\.hpp$/ ? "dp" : part[2]
    if (!(folder in allowed)) { breach("no rule for " folder); next }
    if (FILENAME ~ "^dp/(math/gemm|stages/(tile_workers|step_recorder))[.]hpp$" && target == "backend") next
    if (target != folder && index(" " allowed[folder] " ", " " target " ") == 0)
      breach(folder " may include only itself and: " allowed[folder])
    else if ((FILENAME in rank) && (header in rank) && rank[header] > rank[FILENAME])
      breach("a later stage")
  }
  END { exit bad }'
# No cycles, anywhere: tsort names the members of one.
grep -rHo '^#include <dp/[^>]*' dp | sed 's/:#include </ /' | tsort >/dev/null
echo "include rule: kept"
