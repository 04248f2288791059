// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <cstdio>
#include <dp/model/model.hpp>
#include <string>
#include <vector>

#include "common/text.hpp"

namespace examples {

/// What the reader of a model decided and its user should know, on the error stream, a line each:
/// `dp-eval: note: water.dp: holds nets and tables of them; the nets are evaluated`.
inline void print_remarks(char const* program, dp::Model const& model) {
  std::fflush(stdout);
  for (std::string const& remark : model.remarks)
    std::fprintf(stderr, "%s: note: %s: %s\n", program, model.source.c_str(), one_line(remark).c_str());
}

/// A warning where a model with electrostatics gives the system a charge, e.
inline void warn_of_charge(char const* program, std::string const& structure, double charge) {
  constexpr double negligible = 1e-6;
  if (std::abs(charge) <= negligible) return;
  std::fflush(stdout);
  std::fprintf(stderr,
               "%s: warning: %s: the atoms and their centroids have a charge of %g e by the model; its "
               "electrostatics are meant for neutral systems\n",
               program, structure.c_str(), charge);
}

/// The charge of atoms of these types by a model, e; 0 where it has no charges.
inline double charge_of(dp::Model const& model, std::vector<int> const& types) {
  return model.long_range ? model.long_range->charge_of(types) : 0.0;
}

}  // namespace examples
