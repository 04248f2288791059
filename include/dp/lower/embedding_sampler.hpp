// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <dp/core/buffer.hpp>
#include <dp/core/error.hpp>
#include <dp/core/precision.hpp>
#include <dp/kernels/environment_row.hpp>
#include <dp/math/piecewise_quintic.hpp>
#include <dp/math/singular_vectors.hpp>
#include <dp/math/switch_function.hpp>
#include <dp/nets/pair_embedding.hpp>
#include <dp/program/bases.hpp>
#include <dp/program/network.hpp>
#include <memory>
#include <numbers>
#include <vector>

namespace dp {

/// Samples the embedding nets (or tables) of a chain and makes bases of them. The basis functions are the
/// projections of G on its leading right singular vectors, where a sample weighs as much as the rows ~r that
/// it multiplies and the number of neighbours found at its distance in a uniform fluid.
template <class Space>
class EmbeddingSampler {
 public:
  /// `nearest(centre, neighbour)`: the smallest distance that the tables shall cover, Angstrom.
  template <class Nearest>
  EmbeddingSampler(Space const& space, Chain const& chain, int ntypes, Nearest const& nearest)
      : m_chain(chain), m_ntypes(ntypes), m_embeddings(PairEmbeddings<Space, Double>().all(space, chain)) {
    for (int i = 0; i < ntypes; ++i)
      for (int j = 0; j < ntypes; ++j) m_pairs.push_back(sample(space, i, j, nearest(i, j)));
  }

  /// The smallest basis whose weighted error is below `tail`, K rounded up to a multiple of `multiple`.
  /// `tail` is in units of the root mean square of sum_j G ~r, the error of values and of slopes times
  /// slope_length.
  EmbeddingBasis basis(Space const& space, int centre, int neighbour, double tail, int multiple) const {
    auto const p = index(centre, neighbour);
    Pair const& pair = m_pairs[p];
    EmbeddingBasis result;
    if (pair.x.empty()) {  // without rows
      result.converged = true;
      append(constants(space, centre, neighbour, false), multiple, result);
      return result;
    }
    auto const width = static_cast<std::size_t>(m_chain.width);
    auto const available = pair.singular.values.size();
    std::size_t rank = available;
    for (double sum = 0.0; rank > 1; --rank) {
      sum += pair.singular.values[rank - 1] * pair.singular.values[rank - 1];
      if (std::sqrt(sum) > tail) break;
    }
    result.functions = (static_cast<int>(rank) + multiple - 1) / multiple * multiple;
    auto const k = static_cast<std::size_t>(result.functions), used = std::min(k, available);
    result.size.assign(k, 0.0);
    std::copy_n(pair.singular.values.begin(), used, result.size.begin());
    result.channels.assign(width * k, 0.0);
    for (std::size_t m = 0; m < width; ++m)
      for (std::size_t l = 0; l < used; ++l)
        result.channels[m * k + l] = pair.singular.vectors[l * width + m];
    auto const project = [&](std::vector<double> const& g) {
      std::vector<double> phi(g.size() / width * k, 0.0);
      for (std::size_t i = 0; i < g.size() / width; ++i)
        for (std::size_t m = 0; m < width; ++m)
          for (std::size_t l = 0; l < k; ++l) phi[i * k + l] += g[i * width + m] * result.channels[m * k + l];
      return phi;
    };
    for (int intervals = 32; intervals <= 4096 && !result.converged; intervals *= 2) {
      auto const values = evaluate(space, p, PiecewiseQuintic::nodes(pair.lower, pair.upper, intervals));
      result.table = PiecewiseQuintic(pair.lower, pair.upper, intervals, result.functions, project(values.g),
                                      project(values.dg));
      std::vector<double> points;
      for (int i = 0; i < intervals; ++i) points.push_back(pair.lower + (i + between) * result.table.step());
      auto const test = evaluate(space, p, points);
      result.converged = table_error(pair, result.table, project(test.g), project(test.dg)) < 0.3 * tail;
    }
    result.handover = pair.handover;
    bool const at_cutoff = is_at_cutoff(m_chain.absent[p], m_chain.functions[p]);
    for (auto* sums : {&result.absent, &result.present})
      sums->assign(static_cast<std::size_t>(m_chain.components) * k, 0.0);
    for (std::size_t i = 0; i < result.absent.size() && at_cutoff; ++i)
      result.absent[i] =
          m_chain.absent[p].row[i / k] * result.table.evaluate(pair.lower, static_cast<int>(i % k))[0];
    append(constants(space, centre, neighbour, at_cutoff), multiple, result);
    return result;
  }

  /// Singular values of a pair, in the same units.
  std::vector<double> const& singular_values(int centre, int neighbour) const {
    return m_pairs[index(centre, neighbour)].singular.values;
  }

 private:
  static constexpr int samples = 384;
  static constexpr double between = 1.0 / 6.0;    // of an interval: where the slope's error is not 0
  static constexpr double slope_length = 0.3;     // Angstrom: the scale on which forces feel an error of G
  static constexpr double rounding = 1e-16;       // of the nets: singular values below it are noise
  static constexpr double handover_width = 0.05;  // of the nearest distance

  struct Pair {
    double lower = 0, upper = 0,
           handover = 0;  // x at the cutoff, at the nearest distance, and shortly before it
    std::vector<double> x, weight, slope_weight;  // per sample
    RightSingularVectors singular;
  };

  struct Values {
    std::vector<double> g, dg;
  };

  /// G times what each absent, and each present, neighbour of a pair adds to the components.
  struct Constant {
    std::vector<double> g;  // (M)
    RowNumbers absent, present;
  };

  std::size_t index(int centre, int neighbour) const {
    return static_cast<std::size_t>(centre * m_ntypes + neighbour);
  }
  /// Whether a pad is what a neighbour at the cutoff is: then the functions of the pair have its value, too.
  static bool is_at_cutoff(Pad const& pad, PairFunction const& function) {
    return pad.function.net == function.net && pad.function.table == function.table &&
           (function.smoothing != Smoothing::none || pad.function.modulation == function.modulation);
  }

  /// G and dG/dx of a pair at normalised distances.
  Values evaluate(Space const& space, std::size_t pair, std::vector<double> const& x) const {
    auto const n = x.size(), width = static_cast<std::size_t>(m_chain.width);
    auto const input = to_space<double>(space, "dp::EmbeddingSampler::x", x);
    auto const displacement =
        to_space<double>(space, "dp::EmbeddingSampler::displacement", distances(pair, x));
    Buffer<double, Space> scratch("dp::EmbeddingSampler::scratch"), memory("dp::EmbeddingSampler::values");
    auto const flat = memory.get(space, 2 * n * width);
    m_embeddings[pair]->evaluate(
        space, scratch, input,
        Columns<double const, Space>(displacement.data(), displacement.extent(0) / 3, 3),
        Matrix<double, Space>(flat.data(), n, width),
        Matrix<double, Space>(flat.data() + n * width, n, width));
    space.fence("dp::EmbeddingSampler::evaluate");
    auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), flat);
    auto const middle = static_cast<std::ptrdiff_t>(n * width);
    return {std::vector<double>(host.data(), host.data() + middle),
            std::vector<double>(host.data() + middle, host.data() + 2 * middle)};
  }

  /// Displacements (n x 3, by columns) to neighbours at normalised distances `x`, found by bisection since s
  /// falls with r; empty where the pair's function need not know them.
  std::vector<double> distances(std::size_t pair, std::vector<double> const& x) const {
    if (m_chain.functions[pair].smoothing == Smoothing::none) return {};
    SwitchFunction const switch_function = detail::switch_of(m_chain);
    std::vector<double> result(3 * x.size(), 0.0);
    for (std::size_t i = 0; i < x.size(); ++i) {
      double const s = x[i] * m_chain.stddev[pair][0] + m_chain.mean[pair][0];
      double near = 0.0, far = switch_function.rmax;
      for (int bit = 0; bit < 64; ++bit) {
        double const r = 0.5 * (near + far);
        double w, slope;
        switch_function(r, w, slope);
        (w > s * (r + m_chain.protection) ? near : far) = r;
      }
      result[i] = far;
    }
    return result;
  }

  Pair sample(Space const& space, int centre, int neighbour, double nearest) const {
    Chain const& d = m_chain;
    auto const p = index(centre, neighbour);
    Pair pair;
    if (!m_embeddings[p] || d.excluded[p]) return pair;
    SwitchFunction const switch_function = detail::switch_of(d);
    double const rc = switch_function.rmax, dr = (rc - nearest) / samples;
    double const volume = 4.0 / 3.0 * std::numbers::pi * rc * rc * rc;
    double const expected = d.shared_sel() ? static_cast<double>(d.sel[0]) / m_ntypes
                                           : d.sel[static_cast<std::size_t>(neighbour)];
    double const density = std::max(1.0, expected) / volume;
    double const mean = d.mean[p][0], stddev = d.stddev[p][0], stddev_angular = d.stddev[p][1];
    auto const x_of = [&](double r) {
      double w, slope;
      switch_function(r, w, slope);
      return (w / (r + d.protection) - mean) / stddev;
    };
    pair.lower = -mean / stddev;
    pair.upper = x_of(nearest);
    pair.handover = x_of(nearest * (1.0 + handover_width));
    std::vector<double> mean_weight;  // of each sample in the sum over a uniform fluid
    for (int i = 0; i < samples; ++i) {
      double const r = nearest + (i + 0.5) * dr;
      double w, slope;
      switch_function(r, w, slope);
      double const q = 1.0 / (r + d.protection), x = (w * q - mean) / stddev,
                   y = w * q * q * r / stddev_angular;
      double const row2 = d.components > 1 ? x * x + y * y : 1.0;
      double const weight = std::sqrt(density * 4.0 * std::numbers::pi * r * r * dr * row2);
      pair.x.push_back(x);
      mean_weight.push_back(density * 4.0 * std::numbers::pi * r * r * dr * (d.components > 1 ? x : 1.0));
      pair.weight.push_back(weight);
      pair.slope_weight.push_back(weight * slope_length * std::abs((slope - w * q) * q / stddev));
    }
    auto const width = static_cast<std::size_t>(d.width);
    auto [rows, slopes] = evaluate(space, p, pair.x);
    rows.insert(rows.end(), slopes.begin(), slopes.end());
    rows.resize((2 * samples + 1) * width, 0.0);
    for (std::size_t i = 0; i < samples; ++i)
      for (std::size_t m = 0; m < width; ++m) {
        rows[2 * samples * width + m] += mean_weight[i] * rows[i * width + m];
        rows[i * width + m] *= pair.weight[i];
        rows[(samples + i) * width + m] *= pair.slope_weight[i];
      }
    pair.singular = right_singular_vectors(std::move(rows), 2 * samples + 1, width, rounding);
    return pair;
  }

  /// What no function of the distance gives: pads that are not what a neighbour at the cutoff is, and what is
  /// added to the sums of each atom, since the absent and the present neighbours of a type are sel together.
  std::vector<Constant> constants(Space const& space, int centre, int neighbour, bool at_cutoff) const {
    auto const p = index(centre, neighbour);
    PairEmbeddings<Space, Double> embeddings;
    std::vector<Constant> result;
    if (!at_cutoff && !m_chain.absent[p].function.empty())
      result.push_back({embeddings.value(space, m_chain, p, m_chain.absent[p]), m_chain.absent[p].row, {}});
    if (!m_chain.present[p].function.empty())
      result.push_back({embeddings.value(space, m_chain, p, m_chain.present[p]), {}, m_chain.present[p].row});
    auto const counted = std::find_if(m_chain.sel.begin(), m_chain.sel.end(), [](int n) { return n > 0; });
    if (m_chain.left_out.empty()) return result;
    if (counted == m_chain.sel.end())
      fail(
          "a model of which only types without neighbours in sel are left has no bases; evaluate it exactly");
    if (counted - m_chain.sel.begin() != neighbour) return result;
    auto const width = static_cast<std::ptrdiff_t>(m_chain.width);
    for (int c = 0; c < m_chain.components; ++c) {
      auto const row = m_chain.left_out[static_cast<std::size_t>(centre)].begin() + c * width;
      if (std::all_of(row, row + width, [](double x) { return x == 0.0; })) continue;
      RowNumbers share = {};
      share[static_cast<std::size_t>(c)] = 1.0 / *counted;
      result.push_back({std::vector<double>(row, row + width), share, share});
    }
    return result;
  }

  /// Adds functions that are 0 for rows, one for each of the constants, and as many as `multiple` asks for.
  void append(std::vector<Constant> const& constants, int multiple, EmbeddingBasis& basis) const {
    if (constants.empty()) return;
    auto const old = static_cast<std::size_t>(basis.functions),
               now = (old + constants.size() + static_cast<std::size_t>(multiple) - 1) /
                     static_cast<std::size_t>(multiple) * static_cast<std::size_t>(multiple),
               components = static_cast<std::size_t>(m_chain.components),
               width = static_cast<std::size_t>(m_chain.width);
    auto const widen = [&](std::vector<double>& rows, std::size_t count) {
      std::vector<double> result(count * now, 0.0);
      for (std::size_t i = 0; i < count * old; ++i) result[i / old * now + i % old] = rows[i];
      rows = std::move(result);
    };
    if (old == 0) basis.table = PiecewiseQuintic(0.0, 1.0, 1, 0, {}, {});
    widen(basis.table.data, static_cast<std::size_t>(basis.table.intervals) * PiecewiseQuintic::coefficients);
    widen(basis.channels, width);
    widen(basis.absent, components);
    widen(basis.present, components);
    widen(basis.size, 1);
    basis.functions = basis.table.functions = static_cast<int>(now);
    for (std::size_t i = 0; i < constants.size(); ++i) {
      for (std::size_t m = 0; m < width; ++m) basis.channels[m * now + old + i] = constants[i].g[m];
      for (std::size_t c = 0; c < components; ++c) {
        basis.absent[c * now + old + i] = constants[i].absent[c];
        basis.present[c * now + old + i] = constants[i].present[c];
        basis.size[old + i] =
            std::max({basis.size[old + i], m_chain.nnei() * std::abs(constants[i].absent[c]),
                      m_chain.nnei() * std::abs(constants[i].present[c])});
      }
    }
  }

  /// The weighted error of the table at a point of every interval, so that no kink of the nets is missed;
  /// `g`, `dg`: the functions there. Weights are those of the nearest sample, per length of x.
  static double table_error(Pair const& pair, PiecewiseQuintic const& table, std::vector<double> const& g,
                            std::vector<double> const& dg) {
    auto const n = static_cast<std::size_t>(table.functions);
    auto const last = pair.x.size() - 1;
    double sum = 0.0;
    std::size_t s = last;  // the samples' x fall
    for (std::size_t i = 0; i < static_cast<std::size_t>(table.intervals); ++i) {
      double const x = table.lower + (static_cast<double>(i) + between) * table.step();
      while (s > 0 && std::abs(pair.x[s - 1] - x) <= std::abs(pair.x[s] - x)) --s;
      auto const before = s > 0 ? s - 1 : 0, after = std::min(s + 1, last);
      double const share =
          table.step() * static_cast<double>(after - before) / (pair.x[before] - pair.x[after]);
      for (std::size_t k = 0; k < n; ++k) {
        auto const [value, slope] = table.evaluate(x, static_cast<int>(k));
        double const e = pair.weight[s] * (value - g[i * n + k]),
                     de = pair.slope_weight[s] * (slope - dg[i * n + k]);
        sum += share * (e * e + de * de);
      }
    }
    return std::sqrt(sum);
  }

  Chain m_chain;
  int m_ntypes;
  std::vector<std::unique_ptr<PairEmbedding<Space, Double> const>> m_embeddings;  // null: adds nothing
  std::vector<Pair> m_pairs;
};

}  // namespace dp
