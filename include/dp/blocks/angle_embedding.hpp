// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/blocks/block.hpp>
#include <dp/blocks/environment_matrix.hpp>
#include <dp/blocks/neighbour_sums.hpp>
#include <dp/core/buffer.hpp>
#include <dp/core/entries.hpp>
#include <dp/core/expect.hpp>
#include <dp/kernels/angle_pairs.hpp>
#include <dp/kernels/modulate.hpp>
#include <dp/nets/pair_embedding.hpp>
#include <dp/program/network.hpp>
#include <dp/step/rows.hpp>
#include <memory>
#include <vector>

namespace dp {

/// What pairs of neighbours embed (AngleFunction), summed over them: the descriptor of three bodies. Pairs of
/// one type are taken once, for j and k exchanged. The derivative by e, of one input, is carried forward as
/// in Embedding. Nets run in chunks of pairs. On hosts.
template <class Space, class Precision>
class AngleEmbedding final : public Block<Space> {
 public:
  using T = typename Precision::Net;          ///< what is computed in
  using Stored = typename Precision::Stored;  ///< what N(e) is stored in
  using Sums = NeighbourSums<Space, T>;       ///< where the sums are

  /// Copies what it needs to `space`. `chain` has functions of angles; `environment`: of it. Throws
  /// dp::Error, with the types and the layer, for a weight beyond the range of Half.
  AngleEmbedding(Space const& space, Network const& network, Chain const& chain,
                 EnvironmentSlots<Space> environment, Slots& slots)
      : m_ntypes(network.ntypes()),
        m_width(chain.width),
        m_rows(environment.rows),
        m_values(environment.values),
        m_sums(slots.add<Sums>()),
        m_state(slots.add<State>()) {
    PairEmbeddings<Space, Precision> embeddings;
    for (AngleFunction const& angle : *chain.angles) {
      PairFunction plain = angle.function;
      plain.modulation.clear();
      auto const n = static_cast<std::size_t>(m_ntypes);
      m_functions.push_back({static_cast<int>(angle.first), static_cast<int>(angle.second), angle.scale,
                             embeddings.one(space, chain, angle.first * n + angle.second, plain),
                             to_space<T>(space, "dp::AngleEmbedding::modulation", angle.function.modulation),
                             angle.function.smoothing != Smoothing::none});
      if (!m_functions.back().smooth || !m_factors.empty()) continue;
      for (std::size_t pair = 0; pair < n * n; ++pair)
        m_factors.emplace_back(chain, pair, angle.function.smoothing);
    }
  }

  Slot<Sums> sums() const { return m_sums; }  ///< where the sums are

  bool forward(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
               Arena& arena) const override;
  void adjoint(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
               Arena& arena) const override;

 private:
  using Range = detail::LightRange<Space>;
  static constexpr std::int64_t chunk = 512;  // pairs, or those of one row

  struct Function {
    int first, second;  // types of neighbours
    double scale;
    std::unique_ptr<PairEmbedding<Space, Precision> const> net;
    Constants<T, Space> modulation;  // (M), or empty
    bool smooth;
  };

  /// What is kept of the pairs of one function for the way back.
  struct Pairs {
    detail::AngleFans<Space> fans;
    Matrix<Stored, Space> slope, modulated;  // modulated: where it is smooth
    Buffer<std::int64_t, Space> starts{"dp::AngleEmbedding::starts"};
    Buffer<Stored, Space> slope_memory{"dp::AngleEmbedding::slope"},
        modulated_memory{"dp::AngleEmbedding::modulated"};

    std::int64_t rows() const { return static_cast<std::int64_t>(fans.starts.extent(0)) - 1; }
    std::size_t bytes() const { return starts.bytes() + slope_memory.bytes() + modulated_memory.bytes(); }
  };

  struct State {
    std::vector<Pairs> pairs;  // of each function
    Vector<double, Space> v, dv;
    Buffer<double, Space> e{"dp::AngleEmbedding::e"}, v_memory{"dp::AngleEmbedding::v"},
        dv_memory{"dp::AngleEmbedding::v"};
    Buffer<Stored, Space> value{"dp::AngleEmbedding::value"}, derivative{"dp::AngleEmbedding::value"};
    Buffer<T, Space> of_rows{"dp::AngleEmbedding::sums"}, scratch{"dp::EmbeddingNet::scratch"};

    std::size_t bytes() const {
      std::size_t sum = e.bytes() + v_memory.bytes() + dv_memory.bytes() + value.bytes() +
                        derivative.bytes() + of_rows.bytes() + scratch.bytes();
      for (Pairs const& one : pairs) sum += one.bytes();
      return sum;
    }
  };

  void find_pairs(Space const& space, Rows<Space> const& rows, Function const& function, Pairs& pairs) const;
  void smoothing(Space const& space, Tile<Space> const& tile, Rows<Space> const& rows, State& state) const;
  void embed(Space const& space, Function const& function, Columns<double const, Space> values,
             bool derivative, Matrix<T, Space> sums, Pairs& pairs, State& state) const;

  int m_ntypes, m_width;
  std::vector<Function> m_functions;
  std::vector<detail::SmoothFactor> m_factors;  // per pair centre, neighbour, where functions are smooth
  Slot<Rows<Space>> m_rows;
  Slot<EnvironmentRows<Space>> m_values;
  Slot<Sums> m_sums;
  Slot<State> m_state;
};

template <class Space, class Precision>
void AngleEmbedding<Space, Precision>::find_pairs(Space const& space, Rows<Space> const& rows,
                                                  Function const& function, Pairs& pairs) const {
  auto const [begin, end] = rows.range(function.first);
  auto const starts = pairs.starts.get(space, static_cast<std::size_t>(end - begin) + 1);
  pairs.fans = {rows.atoms, function.first, function.second, begin, rows.offsets, rows.atom, starts};
  Kokkos::parallel_scan("dp::AngleEmbedding::pairs", Range(space, 0, end - begin + 1),
                        detail::ScanFans<Space>{pairs.fans});
}

/// v of all rows.
template <class Space, class Precision>
void AngleEmbedding<Space, Precision>::smoothing(Space const& space, Tile<Space> const& tile,
                                                 Rows<Space> const& rows, State& state) const {
  auto const count = static_cast<std::size_t>(rows.count());
  state.v = state.v_memory.get(space, count);
  state.dv = state.dv_memory.get(space, count);
  for (int t = 0; t < m_ntypes; ++t)
    if (auto const [begin, end] = rows.range(t); begin < end)
      Kokkos::parallel_for(
          "dp::AngleEmbedding::smoothing", Range(space, begin, end),
          detail::FillSmoothing<Space>{m_factors[static_cast<std::size_t>(tile.type * m_ntypes + t)],
                                       rows.displacement, state.v, state.dv});
}

/// Adds the sums over the pairs of one function, in chunks of whole rows.
template <class Space, class Precision>
void AngleEmbedding<Space, Precision>::embed(Space const& space, Function const& function,
                                             Columns<double const, Space> values, bool derivative,
                                             Matrix<T, Space> sums, Pairs& pairs, State& state) const {
  static_assert(is_host_space<Space>);
  auto const width = static_cast<std::size_t>(m_width);
  auto const starts = pairs.fans.starts;
  std::int64_t const rows = pairs.rows(), all = starts(rows);
  bool const smooth = derivative && function.smooth;
  pairs.slope = derivative ? pairs.slope_memory.get(space, static_cast<std::size_t>(all), width)
                           : Matrix<Stored, Space>();
  pairs.modulated = smooth ? pairs.modulated_memory.get(space, static_cast<std::size_t>(all), width)
                           : Matrix<Stored, Space>();
  auto const of_rows = state.of_rows.get(space, static_cast<std::size_t>(rows), width);
  for (std::int64_t begin = 0, end = 0; begin < rows; begin = end) {
    for (end = begin + 1; end < rows && starts(end + 1) - starts(begin) <= chunk;) ++end;
    std::int64_t const from = starts(begin);
    auto const count = static_cast<std::size_t>(starts(end) - from);
    auto const e = state.e.get(space, count);
    auto const value = state.value.get(space, count, width);
    auto const dn = derivative ? state.derivative.get(space, count, width) : Matrix<Stored, Space>();
    Kokkos::parallel_for("dp::AngleEmbedding::angles", Range(space, begin, end),
                         detail::FillAngles<Space>{pairs.fans, values, from, e});
    if (count > 0) function.net->evaluate(space, state.scratch, e, {}, value, dn);
    Kokkos::parallel_for("dp::AngleEmbedding::sum", Range(space, begin, end),
                         detail::SumFans<Space, T, Stored>{
                             pairs.fans, from, e, value, dn, function.modulation,
                             function.smooth ? state.v : Vector<double, Space>(),
                             static_cast<T>(function.scale), of_rows, pairs.slope, pairs.modulated});
  }
  detail::for_each_row(space, "dp::AngleEmbedding::add", pairs.fans.atoms, m_width,
                       detail::AddFans<Space, T>{pairs.fans, of_rows, sums});
}

template <class Space, class Precision>
bool AngleEmbedding<Space, Precision>::forward(Space const& space, Step<Space> const& step,
                                               Tile<Space> const& tile, Arena& arena) const {
  Kokkos::Profiling::ScopedRegion region("dp::embedding");
  auto const& rows = arena[m_rows];
  auto const& values = arena[m_values].values;
  auto& state = arena[m_state];
  DP_EXPECT(rows.atoms == tile.atoms() && rows.ntypes() == m_ntypes, "dp::AngleEmbedding: expected rows of ",
            tile.atoms(), " atoms and ", m_ntypes, " types, found ", rows.atoms, " and ", rows.ntypes());
  DP_EXPECT_MATRIX("dp::AngleEmbedding: ~r", values, rows.count(), 4);
  auto const sums =
      arena[m_sums].reserve(space, static_cast<std::size_t>(rows.atoms), static_cast<std::size_t>(m_width));
  Kokkos::deep_copy(space, sums, T(0));
  if (!m_factors.empty()) smoothing(space, tile, rows, state);
  state.pairs.resize(m_functions.size());
  for (std::size_t f = 0; f < m_functions.size(); ++f)
    find_pairs(space, rows, m_functions[f], state.pairs[f]);
  space.fence("dp::AngleEmbedding: numbers of pairs");
  for (std::size_t f = 0; f < m_functions.size(); ++f)
    embed(space, m_functions[f], values, step.derivative(), sums, state.pairs[f], state);
  return true;
}

template <class Space, class Precision>
void AngleEmbedding<Space, Precision>::adjoint(Space const& space, Step<Space> const&,
                                               Tile<Space> const& tile, Arena& arena) const {
  Kokkos::Profiling::ScopedRegion region("dp::descriptor");
  auto& rows = arena[m_rows];
  auto const& state = arena[m_state];
  DP_EXPECT_MATRIX("dp::AngleEmbedding: dE/dsums", arena[m_sums].adjoint, tile.atoms(), m_width);
  auto const gradient = rows.reserve_gradient(space);
  Kokkos::deep_copy(space, gradient, 0.0);
  for (std::size_t f = 0; f < m_functions.size(); ++f) {
    Pairs const& pairs = state.pairs[f];
    Kokkos::parallel_for("dp::AngleEmbedding::adjoint", Range(space, 0, rows.atoms),
                         detail::FansAdjoint<Space, T, Stored>{
                             pairs.fans, arena[m_values].values, arena[m_sums].adjoint, pairs.slope,
                             pairs.modulated, state.v, state.dv, m_functions[f].scale, gradient});
  }
}

}  // namespace dp
