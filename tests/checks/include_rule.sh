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
    allowed["detail"] = "core math input model"
    allowed["stages"] = "core math input model detail"
    allowed["dp/deep_potential.hpp"] = "stages model input core"
    allowed["dp/dp.hpp"] = "dp stages model input io core math"
    # a stage may include itself and earlier ones
    count = split("environment_matrix embedding_net embedding_basis descriptor fitting_net force_virial", order, " ")
    for (i = 1; i <= count; i++) rank[order[i]] = i
  }
  function base(path) { sub(/.*\//, "", path); sub(/\.hpp$/, "", path); return path }
  function stage(path,   s, best) {  # environment_matrix and environment_matrix_adjoint are the same stage
    best = 0
    for (s in rank) if (index(base(path), s) == 1) best = rank[s]
    return best
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
    if (header ~ /^(hdf5|H5|yaml-cpp|nlohmann)/ && folder != "io") breach("only io/ may")
    if (header !~ /^dp\//) next

    split(header, part, "/")
    target = part[2] ~ /\.hpp$/ ? "dp" : part[2]
    if (!(folder in allowed)) { breach("no rule for " folder); next }
    if (FILENAME == "dp/math/gemm.hpp" && target == "backend") next
    if (target != folder && index(" " allowed[folder] " ", " " target " ") == 0)
      breach(folder " may include only itself and: " allowed[folder])
    else if (folder == "stages" && target == "stages" && stage(header) > stage(FILENAME))
      breach("a later stage")
  }
  END { exit bad }'
echo "include rule: kept"
