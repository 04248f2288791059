// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <dp/blocks/block.hpp>
#include <dp/blocks/neighbour_sums.hpp>
#include <dp/core/buffer.hpp>
#include <dp/core/entries.hpp>
#include <dp/core/expect.hpp>
#include <dp/core/kernels.hpp>
#include <dp/core/lanes.hpp>
#include <dp/core/packed_matrix.hpp>
#include <dp/kernels/contractions.hpp>
#include <dp/kernels/folded_features.hpp>
#include <dp/math/gemm.hpp>
#include <dp/program/bases.hpp>
#include <dp/program/network.hpp>
#include <type_traits>
#include <utility>
#include <vector>

namespace dp {

/// From the sums A over basis functions to the features that the folded fitting net reads (see Features), in
/// the chain's columns of its input. Unless the features are `full`, D is never formed.
template <class Space, class Precision, class Kernels>
class BasisDescriptor final : public Block<Space> {
 public:
  using T = typename Precision::Net;                    ///< what is computed in
  using Sums = NeighbourSums<Space, T>;                 ///< A_i
  using Input = FittingInput<Space, Precision>;         ///< of the fitting net
  static constexpr int lanes = Lanes<Space, T>::count;  ///< functions that a kernel handles side by side

  /// Copies what it needs to `space`. `columns`, `single_columns`: of the features in the two parts of the
  /// fitting net's input, per centre type; `sums`, `input`: where both are.
  BasisDescriptor(Space const& space, Chain const& chain, ChainBasis const& basis, std::vector<int> columns,
                  std::vector<int> single_columns, Slot<Sums> sums, Slot<Input> input, Slots& slots)
      : m_components(chain.components),
        m_axis(chain.axis_neuron),
        m_columns(std::move(columns)),
        m_single_columns(std::move(single_columns)),
        m_sums(sums),
        m_input(input),
        m_state(slots.add<State>()) {
    for (auto const& centre : basis.centres) m_centres.push_back(make(space, chain, centre));
  }

  bool forward(Space const& space, Step<Space> const&, Tile<Space> const& tile, Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::descriptor");
    auto const& of = centre(tile);
    auto const a = arena[m_sums].value;
    DP_EXPECT(a.extent(1) == static_cast<std::size_t>(m_components * of.width),
              "dp::BasisDescriptor: expected sums of ", m_components * of.width, " numbers, found ",
              a.extent(1));
    DP_EXPECT_MATRIX("dp::BasisDescriptor: sums", a, tile.atoms(), m_components * of.width);
    DP_EXPECT_MATRIX("dp::BasisDescriptor: input", arena[m_input].x, tile.atoms(), end_of(tile));
    auto& state = arena[m_state];
    int const single = m_single_columns[static_cast<std::size_t>(tile.type)];
    auto const f = from_column(arena[m_input].x, m_columns[static_cast<std::size_t>(tile.type)]);
    auto const atoms = static_cast<std::int64_t>(a.extent(0));
    bool const full = of.features == Features::full;
    if (m_axis == 0 && !full) {
      detail::copy_features<Space>(space, a, f);
      return true;
    }
    state.y = state.y_memory.get(space, a.extent(0), left_numbers(of));
    gemm(space, per_component(a), PackedMatrix<Space, T>{of.to_left.data(), of.width, of.left},
         per_component(state.y));
    if (m_axis == 0)
      detail::copy_features<Space>(space, state.y, f);
    else if (full)
      detail::symmetric_product<Space, T>(space, state.y, m_axis, f);
    else
      detail::for_each_entry(space, "dp::BasisDescriptor::features", atoms, of.width / lanes,
                             detail::StaircaseFeatures<Space, T, typename Precision::Stored>{
                                 of.staircase(), a, state.y, f, from_column(arena[m_input].single, single)});
    return true;
  }

  void adjoint(Space const& space, Step<Space> const&, Tile<Space> const& tile, Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::descriptor");
    auto const& of = centre(tile);
    auto& sums = arena[m_sums];
    auto& state = arena[m_state];
    auto const a = sums.value;
    DP_EXPECT_MATRIX("dp::BasisDescriptor: dE/dx", arena[m_input].dx, tile.atoms(), end_of(tile));
    auto const df = from_column(arena[m_input].dx, m_columns[static_cast<std::size_t>(tile.type)]);
    auto const atoms = static_cast<std::int64_t>(a.extent(0));
    bool const full = of.features == Features::full;
    if (m_axis == 0 && !full) {
      sums.adjoint = df;
      return;
    }
    auto const da = sums.reserve_adjoint(space);
    if (full) {
      auto const dy = state.dy_memory.get(space, a.extent(0), left_numbers(of));
      if (m_axis == 0)
        Kokkos::deep_copy(space, dy, Kokkos::subview(df, Kokkos::ALL, std::make_pair(0, of.left)));
      else
        detail::symmetric_product_adjoint<Space, T>(space, state.y, df, m_axis, dy);
      gemm(space, per_component(dy), PackedMatrix<Space, T>{of.from_left.data(), of.left, of.width},
           per_component(da));
    } else {
      auto const dsingle =
          from_column(arena[m_input].dsingle, m_single_columns[static_cast<std::size_t>(tile.type)]);
      Matrix<T const, Space> const left(of.left_rows.data(), static_cast<std::size_t>(of.left),
                                        static_cast<std::size_t>(of.width));
      if constexpr (std::is_same_v<Kernels, Loops>) {
        auto const dy = state.dy_memory.get(space, a.extent(0), left_numbers(of));
        detail::for_each_entry(space, "dp::BasisDescriptor::features_adjoint_y", atoms, of.left,
                               detail::StaircaseAdjointY<Space, T>{of.staircase(), a, df, dsingle, dy});
        detail::for_each_entry(
            space, "dp::BasisDescriptor::features_adjoint_a", atoms, of.width / lanes,
            detail::StaircaseAdjointA<Space, T>{of.staircase(), state.y, dy, df, dsingle, left, da});
      } else {
        using ByTeams = detail::StaircaseAdjointByTeams<Space, T>;
        Kokkos::parallel_for(
            "dp::BasisDescriptor::features_adjoint",
            detail::team_policy<Kernels, ByTeams::vector>(space, atoms, ByTeams::scratch(of.left)),
            ByTeams{of.staircase(), a, state.y, df, dsingle, left, da});
      }
    }
  }

  std::size_t bytes_per_atom(int type, std::int64_t) const override {
    return 2 * left_numbers(m_centres[static_cast<std::size_t>(type)]) * sizeof(T);
  }

 private:
  struct Centre {
    int width, left, dimension;  // K'; rows of Y; number of features in x
    Features features;
    Constants<T, Space> to_left, from_left;  // packed: left^T (K' x rows) or C^T (K' x M); the transpose
    Constants<T, Space> left_rows;           // (rows, K')
    // See Staircase.
    Constants<int, Space> columns, counts, large, heights, large_heights, begin, begin_single;

    detail::Staircase<Space> staircase() const {
      return {columns, counts, large, heights, large_heights, begin, begin_single, width};
    }
  };
  struct State {
    Matrix<T, Space> y;  // A left^T or A C^T
    Buffer<T, Space> y_memory{"dp::BasisDescriptor::y"}, dy_memory{"dp::BasisDescriptor::dy"};

    std::size_t bytes() const { return y_memory.bytes() + dy_memory.bytes(); }
  };

  Centre const& centre(Tile<Space> const& tile) const {
    return m_centres[static_cast<std::size_t>(tile.type)];
  }
  /// The first column of the input behind the features.
  int end_of(Tile<Space> const& tile) const {
    return m_columns[static_cast<std::size_t>(tile.type)] + centre(tile).dimension;
  }
  static Centre make(Space const& space, Chain const& chain, CentreBasis const& centre) {
    bool const full = centre.features == Features::full;
    auto const width = static_cast<std::size_t>(centre.width);
    std::vector<double> const& left = full ? centre.channels : centre.left;
    int const rows = full ? chain.width : static_cast<int>(centre.counts.size());
    auto const entry = [&](int r, int k) {
      return left.empty() ? 0.0 : left[static_cast<std::size_t>(r) * width + static_cast<std::size_t>(k)];
    };
    using Packed = PackedMatrix<Space, T>;
    std::vector<double> forward, backward;
    Packed::pack(forward, centre.width, rows, [&](int k, int r) { return entry(r, k); });
    Packed::pack(backward, rows, centre.width, entry);
    std::vector<int> columns, counts, large, begin, begin_single;
    for (int strip : centre.strips)
      for (int k = 0; k < centre.strip; k += lanes) columns.push_back(strip + k);
    int feature = 0, single = 0;
    for (std::size_t r = 0; r < centre.counts.size(); ++r) {
      counts.push_back(centre.counts[r] * centre.strip / lanes);
      large.push_back(centre.large[r] * centre.strip / lanes);
      begin.push_back(feature);
      begin_single.push_back(single);
      feature += centre.large[r] * centre.strip;
      single += (centre.counts[r] - centre.large[r]) * centre.strip;
    }
    std::vector<int> heights, large_heights;
    for (std::size_t v = 0; v < columns.size(); ++v) {
      auto const height = [&](std::vector<int> const& of) {
        return static_cast<int>(
            std::count_if(of.begin(), of.end(), [&](int count) { return count > static_cast<int>(v); }));
      };
      heights.push_back(height(counts));
      large_heights.push_back(height(large));
    }
    return {centre.width,
            rows,
            centre.dimension - centre.single,
            centre.features,
            to_space<T>(space, "dp::BasisDescriptor::to_left", forward),
            to_space<T>(space, "dp::BasisDescriptor::from_left", backward),
            to_space<T>(space, "dp::BasisDescriptor::left", left),
            to_space<int>(space, "dp::BasisDescriptor::columns", columns),
            to_space<int>(space, "dp::BasisDescriptor::counts", counts),
            to_space<int>(space, "dp::BasisDescriptor::large", large),
            to_space<int>(space, "dp::BasisDescriptor::heights", heights),
            to_space<int>(space, "dp::BasisDescriptor::large_heights", large_heights),
            to_space<int>(space, "dp::BasisDescriptor::begin", begin),
            to_space<int>(space, "dp::BasisDescriptor::begin", begin_single)};
  }

  /// Atoms' (components x width) rows of a buffer as a matrix with one row per component.
  Matrix<T, Space> per_component(Matrix<T, Space> const& rows) const {
    auto const components = static_cast<std::size_t>(m_components);
    return Matrix<T, Space>(rows.data(), rows.extent(0) * components, rows.extent(1) / components);
  }
  /// Memory for Y and dE/dY.
  std::size_t left_numbers(Centre const& centre) const {
    return static_cast<std::size_t>(m_components * centre.left);
  }

  int m_components, m_axis;
  std::vector<int> m_columns, m_single_columns;
  std::vector<Centre> m_centres;
  Slot<Sums> m_sums;
  Slot<Input> m_input;
  Slot<State> m_state;
};

}  // namespace dp
