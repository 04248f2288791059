// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <dp/core/lanes.hpp>
#include <dp/core/precision.hpp>
#include <dp/lower/compressed_program.hpp>
#include <dp/lower/embedding_sampler.hpp>
#include <dp/lower/exact_program.hpp>
#include <dp/lower/fold.hpp>
#include <dp/lower/test_fluid.hpp>
#include <dp/model/nearest_distance.hpp>
#include <dp/program/bases.hpp>
#include <dp/program/network.hpp>
#include <optional>
#include <utility>
#include <vector>

namespace dp {

/// The smallest bases with a root mean square force error of at most `tolerance` (eV/Angstrom) on the test
/// fluid, tried in double. `nearest`: the smallest distance of the tables, Angstrom; 0: nearest_distance() of
/// each pair. `multiple`: K is rounded up to a multiple of it. Where no bases reach the tolerance it gives
/// the best ones that were tried, which `reached` tells.
template <class Space>
Compression compress(Space const& space, Network const& network, double tolerance, double nearest,
                     int multiple) {
  std::vector<EmbeddingSampler<Space>> samplers;
  for (auto const& chain : network.chains)
    samplers.emplace_back(space, chain, network.ntypes(), [&](int i, int j) {
      auto const& names = network.type_map;
      return nearest > 0.0
                 ? nearest
                 : nearest_distance(names[static_cast<std::size_t>(i)], names[static_cast<std::size_t>(j)],
                                    network.min_nbor_dist, chain.rcut);
    });
  TestFluid<Space> fluid(space, network);
  auto const reference = fluid.forces(space, exact_program<Space, Double>(space, network, false));
  Compression best;
  double tail = 1000.0 * tolerance;
  for (int attempt = 0; attempt < 10 && !best.reached; ++attempt) {
    std::vector<ChainBasis> chains(samplers.size());
    bool converged = true;
    for (std::size_t c = 0; c < chains.size(); ++c)
      for (int i = 0; i < network.ntypes(); ++i)
        for (int j = 0; j < network.ntypes(); ++j) {
          auto const& basis = chains[c].bases.emplace_back(samplers[c].basis(space, i, j, tail, multiple));
          converged = converged && (basis.converged || basis.functions == 0);
        }
    std::optional const folded = fold(network, chains, Lanes<Space, double>::count);
    auto const forces =
        fluid.forces(space, compressed_program<Space, Double>(space, network, {folded}, false));
    double sum = 0.0;
    for (std::size_t k = 0; k < forces.size(); ++k)
      sum += (forces[k] - reference[k]) * (forces[k] - reference[k]);
    double const error = std::sqrt(sum / static_cast<double>(forces.size()));
    if (best.chains.empty() || error < best.force_error)
      best = {std::move(chains), error, converged && error <= tolerance};
    if (!converged) break;  // nor will a smaller tail
    tail *= std::clamp(tolerance / error, 0.05, 0.5);
  }
  return best;
}

}  // namespace dp
