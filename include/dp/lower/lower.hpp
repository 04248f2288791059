// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <dp/model/model.hpp>
#include <dp/program/network.hpp>
#include <memory>
#include <utility>

namespace dp {

namespace detail {

/// The constants of neighbours without rows. Those of excluded pairs are pads (zero rows, of the net's value
/// at zero where only G is summed) or nothing, as the file's origin has it.
inline void lower_pads(DescriptorModel const& d, std::size_t pair, Chain& chain) {
  bool const angular = d.kind == DescriptorKind::angular;
  PairFunction const& function = chain.functions[pair];
  std::array<double, 4> row = {};
  for (std::size_t c = 0; c < 4; ++c) row[c] = -d.mean[pair][c] / d.stddev[pair][c];
  std::array<double, 4> const sums = angular ? row : std::array<double, 4>{1.0, 0.0, 0.0, 0.0};
  Pad absent, present;
  if (!d.excluded[pair] || d.excluded_padding) absent = {function, row[0], sums};
  // A radial descriptor feeds zero to the net for an excluded neighbour, and TensorFlow's one-sided form for
  // the absent ones of its type too.
  if (!angular && d.excluded[pair] && (d.excluded_padding || d.one_sided)) {
    present = {function, 0.0, sums};
    if (!d.excluded_padding) absent = present;
  }
  chain.absent.push_back(std::move(absent));
  chain.present.push_back(std::move(present));
}

inline Chain lower_descriptor(DescriptorModel const& d) {
  bool const angular = d.kind == DescriptorKind::angular;
  Chain chain;
  chain.components = angular ? 4 : 1;
  chain.rcut = d.rcut;
  chain.rcut_smth = d.rcut_smth;
  chain.float32_cutoffs = d.float32_cutoffs;
  chain.protection = d.protection;
  chain.sel = d.sel;
  chain.scale = 1.0 / d.nnei() / (angular ? 1.0 : 5.0);
  chain.width = d.width();
  chain.axis_neuron = angular ? d.axis_neuron : 0;
  chain.mean = d.mean;
  chain.stddev = d.stddev;
  chain.excluded = d.excluded;
  for (std::size_t pair = 0; pair < d.nets.size(); ++pair) {
    PairFunction function;
    if (!d.nets[pair].empty())
      function.net = std::make_shared<Net const>(d.nets[pair]);
    else if (d.embeds(pair))
      function.table = std::make_shared<EmbeddingTable const>(d.tables[pair]);
    chain.functions.push_back(std::move(function));
    lower_pads(d, pair, chain);
  }
  return chain;
}

inline FittingNets lower_fitting(Model const& model) {
  FittingModel const& f = model.fitting;
  FittingNets nets;
  nets.dimension = model.descriptor.dimension();
  for (auto const& net : f.nets) nets.nets.push_back(std::make_shared<Net const>(net));
  int const first = nets.dimension + f.fparam + (f.aparam_is_mask ? 0 : f.aparam);
  for (std::size_t k = 0; k < f.case_embedding.size(); ++k)
    nets.constant_columns.push_back(first + static_cast<int>(k));
  nets.constants.assign(f.nets.size(), f.case_embedding);
  for (std::size_t t = 0; t < f.nets.size(); ++t) nets.bias.push_back(f.bias_atom_e[t] + model.out_bias[t]);
  nets.vacuum_removed = f.vacuum_removed;
  nets.fparam = f.fparam;
  nets.aparam = f.aparam;
  nets.aparam_is_mask = f.aparam_is_mask;
  nets.fparam_mean = f.fparam_mean;
  nets.fparam_inverse_std = f.fparam_inverse_std;
  nets.aparam_mean = f.aparam_mean;
  nets.aparam_inverse_std = f.aparam_inverse_std;
  nets.default_fparam = f.default_fparam;
  return nets;
}

}  // namespace detail

/// The model as chains of functions of pairs and fitting nets. It must be valid: see validate().
inline Network lower(Model const& model) {
  Network network;
  network.source = model.source;
  network.type_map = model.type_map;
  network.chains = {detail::lower_descriptor(model.descriptor)};
  network.fitting = detail::lower_fitting(model);
  network.atom_excluded = model.atom_excluded;
  network.pair_excluded = model.pair_excluded;
  network.min_nbor_dist = model.min_nbor_dist;
  return network;
}

}  // namespace dp
