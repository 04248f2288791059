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
#include <dp/lower/nearest_of_pairs.hpp>
#include <dp/lower/test_fluid.hpp>
#include <dp/program/bases.hpp>
#include <dp/program/network.hpp>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace dp {

namespace detail {

/// The largest power of ten between two exponents, about, whose `error` is at most `limit`; 0 if none has.
/// What the error has beyond `least`, that of none at all, grows about as the power does, from which each
/// trial says where the next should be.
template <class Error>
double largest_power(double low, double high, double limit, double least, Error const& error) {
  auto const beyond_least = [&](double of) { return std::sqrt(std::max(0.0, of * of - least * least)); };
  double const room = beyond_least(limit);
  double found = 0.0, at = 0.5 * (low + high);
  while (high - low > 0.2) {
    double const power = std::pow(10.0, at), here = error(power), grown = beyond_least(here);
    bool const good = here <= limit;
    (good ? low : high) = at;
    if (good) found = power;
    if (good && grown > 0.6 * room) break;
    double const middle = 0.5 * (low + high),
                 guess = room > 0.0 ? at + std::log10(0.8 * room / std::max(grown, 1e-3 * room)) : middle;
    at = std::clamp(good ? guess : std::min(guess, middle), low + 0.1 * (high - low),
                    high - 0.1 * (high - low));
  }
  return found;
}

/// Multiply-adds of an atom's compressed step, about: what bases and features change of it, for an average of
/// the centre types.
inline double work_of(Network const& network, FoldedNets const& folded) {
  constexpr double a_neighbour = 27.0,  // for each function, forward and back
      filled = 0.6;                     // of sel
  double work = 0.0;
  auto const ntypes = static_cast<std::size_t>(network.ntypes());
  for (std::size_t type = 0; type < ntypes; ++type) {
    auto const& layout = folded.layouts[type];
    work += 2.0 * (layout.columns + 0.5 * layout.single) * folded.nets[type]->layers.front().outputs;
    for (std::size_t c = 0; c < folded.chains.size(); ++c)
      for (std::size_t t = 0; t < ntypes; ++t) {
        Chain const& chain = network.chains[c];
        double const neighbours =
            chain.shared_sel() ? chain.nnei() / static_cast<double>(ntypes) : chain.sel[t];
        work += a_neighbour * filled * neighbours * folded.chains[c].bases[type * ntypes + t].functions;
      }
  }
  return work / static_cast<double>(ntypes);
}

}  // namespace detail

/// Bases and features with a root mean square force error of at most `tolerance` (eV/Angstrom) on the test
/// fluid, tried in double: the smallest bases that reach it and larger ones, each with as few features as
/// possible, and of these the cheapest (with all features: the most accurate). `nearest`: the smallest
/// distances of the tables. K is rounded up to a `multiple`. `graded`: what need not be double is float, as
/// far as that adds a tenth of the tolerance. Where none reaches the tolerance, which `reached` tells,
/// there are no bases. Chains that mix neighbours have bases without functions.
template <class Space>
Compression compress(Space const& space, Network const& network, double tolerance,
                     NearestOfPairs const& nearest, int multiple, bool graded) {
  std::vector<std::optional<EmbeddingSampler<Space>>> samplers(network.chains.size());
  for (std::size_t c = 0; c < samplers.size(); ++c) {
    Chain const& chain = network.chains[c];
    if (chain.mixes_neighbours()) continue;
    samplers[c].emplace(space, chain, network.ntypes(),
                        [&](int i, int j) { return nearest(i, j, chain.rcut); });
  }
  TestFluid<Space> fluid(space, network, nearest);
  auto const reference = fluid.evaluate(space, exact_program<Space, Double>(space, network, false));
  auto const evaluate = [&](FoldedNets const& folded) {
    std::shared_ptr<FoldedNets const> const lent(std::shared_ptr<void>(), &folded);
    return fluid.evaluate(space, compressed_program<Space, Double>(space, network, {lent}, false));
  };
  auto const error_of = [&](FoldedNets const& folded) { return evaluate(folded).difference(reference); };
  // Other frames have up to twice the fluid's truncation, and several times its rounding
  // (docs/compression.md).
  double const truncation = 0.25 * tolerance, rounding = 0.1 * tolerance;
  std::optional<Fold> chosen;
  // Whether the truncation is above its share, which is taken only where nothing else is; the error then,
  // else the work.
  using Cost = std::pair<bool, double>;
  Cost least_cost{false, 0.0};
  double tail = 1000.0 * tolerance, threshold = 0.0, least_error = INFINITY;
  for (int attempt = 0, reached = 0; attempt < 12 && (reached < 2 || least_cost.first); ++attempt) {
    std::vector<ChainBasis> chains(samplers.size());
    bool converged = true;
    for (std::size_t c = 0; c < chains.size(); ++c)
      for (int i = 0; i < network.ntypes(); ++i)
        for (int j = 0; j < network.ntypes(); ++j) {
          auto const& basis = chains[c].bases.emplace_back(
              samplers[c] ? samplers[c]->basis(space, i, j, tail, multiple) : EmbeddingBasis());
          converged = converged && (basis.converged || basis.functions == 0);
        }
    Fold fold(network, std::move(chains), multiple);
    double const error = error_of(fold.with(0.0));
    if (converged && error <= tolerance) {
      bool const within = error <= truncation;
      double const power =
          within ? detail::largest_power(-13.0, -1.0, truncation, error,
                                         [&](double candidate) { return error_of(fold.with(candidate)); })
                 : 0.0;
      Cost const cost(!within, within ? detail::work_of(network, fold.with(power)) : error);
      if (!chosen || cost < least_cost) {
        chosen.emplace(std::move(fold));
        threshold = power;
        least_cost = cost;
      }
      ++reached;
      tail *= 0.1;
    } else {
      if (chosen && !least_cost.first) break;
      least_error = std::min(least_error, error);
      if (!converged) break;  // nor will a smaller tail
      tail *= std::clamp(tolerance / error, 0.05, 0.5);
    }
  }
  if (!chosen) return {{}, least_error, false};
  bool hidden = false;
  double large = 0.0;
  if (graded) {
    auto const plain = evaluate(chosen->with(threshold));
    auto const added = [&](FoldedNets const& candidate) { return evaluate(candidate).difference(plain); };
    double const by_hidden = added(chosen->with(threshold, 0.0, true));
    hidden = by_hidden <= rounding;
    large = detail::largest_power(-13.0, 0.0, rounding, hidden ? by_hidden : 0.0, [&](double power) {
      return added(chosen->with(threshold, power, hidden));
    });
  }
  FoldedNets folded = chosen->with(threshold, large, hidden);
  double const error = error_of(folded);
  return {std::move(folded), error, true};
}

}  // namespace dp
