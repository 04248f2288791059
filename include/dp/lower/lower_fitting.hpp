// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/model/model.hpp>
#include <dp/program/network.hpp>
#include <memory>
#include <vector>

namespace dp::detail {

/// The fitting of a descriptor of so many columns, of which `nets` knows the constant ones already.
inline void lower_fitting(Standard const& part, int dimension, FittingNets& nets) {
  Fitting const& f = part.fitting;
  std::size_t const n = part.out_bias.size();
  nets.dimension = dimension;
  for (std::size_t t = 0; t < n; ++t)
    nets.nets.push_back(t > 0 && f.mixed() ? nets.nets.front() : std::make_shared<Net const>(f.net_of(t)));
  int const first = dimension + f.fparam + (f.aparam_is_mask ? 0 : f.aparam);
  for (std::size_t k = 0; k < f.case_embedding.size(); ++k)
    nets.constant_columns.push_back(first + static_cast<int>(k));
  for (std::vector<double>& constants : nets.constants)
    constants.insert(constants.end(), f.case_embedding.begin(), f.case_embedding.end());
  for (std::size_t t = 0; t < n; ++t) nets.bias.push_back(f.bias_atom_e[t] + part.out_bias[t]);
  nets.vacuum_removed = f.vacuum_removed;
  nets.fparam = f.fparam;
  nets.aparam = f.aparam;
  nets.aparam_is_mask = f.aparam_is_mask;
  nets.fparam_mean = f.fparam_mean;
  nets.fparam_inverse_std = f.fparam_inverse_std;
  nets.aparam_mean = f.aparam_mean;
  nets.aparam_inverse_std = f.aparam_inverse_std;
  nets.default_fparam = f.default_fparam;
}

}  // namespace dp::detail
