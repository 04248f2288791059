// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/model/model.hpp>

#include "common/structure.hpp"
#include "md/input.hpp"

namespace md {

/// Frame and atomic parameters of a run.
struct Parameters {
  std::vector<double> fparam;
  std::vector<double> aparam;    ///< rows for the atoms by their ids, from the first again behind the last
  std::size_t aparam_width = 0;  ///< numbers in a row
};

/// Whether a run needs parameters that the input does not have.
inline bool needs_parameters(Input const& input, dp::Fitting const& fitting) {
  bool const frame = fitting.fparam > 0 && input.fparam.empty();
  return frame || (fitting.aparam > 0 && input.aparam.empty());
}

/// Those of the input, else those of the structure file. \throws dp::Error where the model has others, or
/// none are given; `warnings` has what is given and not used
inline Parameters parameters_of(Input const& input, examples::Structure const& cell, dp::Model const& model,
                                std::vector<std::string>& warnings) {
  dp::Fitting const& fitting = dp::fitting_of(model);
  auto const rows = static_cast<std::size_t>(cell.size());
  auto const choose = [&](std::string const& name, std::string const& kind, std::vector<double> const& given,
                          std::vector<double> const& found, std::size_t found_width, int wanted,
                          bool may_miss) -> std::vector<double> {
    auto const count = static_cast<std::size_t>(wanted);
    if (wanted == 0) {
      if (!given.empty())
        dp::fail("model.", name, ": the model ", input.model_file, " has no ", kind, " parameters");
      if (!found.empty())
        warnings.push_back(cell.source + ": " + name + " is not used: the model has no " + kind +
                           " parameters");
      return {};
    }
    if (!given.empty() && given.size() != count)
      dp::fail("model.", name, ": expected the ", wanted, " ", kind, " parameters of the model ",
               input.model_file, ", found ", given.size());
    if (given.empty() && !found.empty() && found_width != count)
      dp::fail(cell.source, ": ", name, ": expected the ", wanted, " ", kind, " parameters of the model ",
               input.model_file, ", found ", found_width);
    if (given.empty() && found.empty() && !may_miss)
      dp::fail("the model ", input.model_file, " needs ", wanted, " ", kind, " parameters: give model.", name,
               ", or ", name, " in the structure file ", input.structure_file);
    bool differs = !given.empty() && !found.empty() && found_width != count;
    for (std::size_t k = 0; !given.empty() && !differs && k < found.size(); ++k)
      differs = found[k] != given[k % count];
    if (differs)
      warnings.push_back(cell.source + ": " + name + " is not used: model." + name +
                         " of the input differs and is taken");
    return given.empty() ? found : given;
  };
  Parameters result;
  result.fparam = choose("fparam", "frame", input.fparam, cell.fparam, cell.fparam.size(), fitting.fparam,
                         !fitting.default_fparam.empty());
  result.aparam = choose("aparam", "atomic", input.aparam, cell.aparam,
                         rows > 0 ? cell.aparam.size() / rows : 0, fitting.aparam, fitting.aparam_is_mask);
  result.aparam_width = result.aparam.empty() ? 0 : static_cast<std::size_t>(fitting.aparam);
  return result;
}

}  // namespace md
