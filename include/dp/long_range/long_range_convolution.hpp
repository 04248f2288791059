// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/error.hpp>
#include <dp/core/kernels.hpp>
#include <dp/input/whole_system.hpp>
#include <dp/long_range/convolution_kernels.hpp>
#include <dp/long_range/convolution_sum.hpp>
#include <dp/long_range/direct_convolution.hpp>
#include <dp/long_range/mesh_convolution.hpp>
#include <dp/long_range/multiplier_table.hpp>
#include <dp/long_range/rank_sums.hpp>
#include <dp/math/fft.hpp>
#include <dp/model/convolution.hpp>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

namespace dp {

/// A Convolution and its derivatives. For energies E = 1/2 sum s u of latent charges, cotangents g = s / 2
/// give dE/dx and dE/dstrain, and u is dE/ds.
template <class Space>
class LongRangeConvolution {
 public:
  /// `error`: 0 for the direct sum over modes, which is exact and costs sites times modes; else by a mesh,
  /// about the root mean square error of values and derivatives, as part of theirs. `source` names the
  /// convolution in errors. \throws dp::Error for one that cannot be evaluated, or an error that no mesh has
  LongRangeConvolution(Space const& space, Convolution const& convolution, double error = 0.0,
                       std::string const& source = "convolution")
      : m_multipliers(detail::MultiplierTable<Space>::of(space, checked(convolution, source).multipliers)),
        m_remove_self(convolution.remove_self),
        m_own_sum(convolution, m_multipliers) {
    if (error == 0.0)
      m_sum = std::make_unique<detail::DirectConvolution<Space>>(convolution, m_multipliers);
    else if constexpr (has_fft<Space>)
      m_sum = std::make_unique<detail::MeshConvolution<Space>>(convolution, m_multipliers, error);
    else
      fail(source, ": dp was built without a library that transforms meshes on ", Space::name(),
           "; an error of 0 asks for the direct sum");
    std::size_t const n = channels();
    std::vector<double> unit(n * n, 0.0);
    for (std::size_t c = 0; c < n; ++c) unit[c * n + c] = 1.0;
    m_unit = to_space<double>(space, "dp::LongRangeConvolution::unit", unit);
    m_origin = to_space<double>(space, "dp::LongRangeConvolution::origin", std::vector<double>(3 * n, 0.0));
  }

  std::size_t channels() const { return m_multipliers.channels(); }      ///< columns of sources
  std::size_t parameters() const { return m_multipliers.parameters(); }  ///< numbers of all multipliers

  /// `values`: u (sites x channels). On several ranks all call it alike.
  /// \throws dp::Error for a box that it cannot take, or other extents
  void forward(Space const& space, WholeSystem const& whole, Sources<Space> const& sources,
               Matrix<double, Space> values) {
    require({{"positions", sources.positions, 3, true},
             {"sources", sources.values, channels(), true},
             {"values", values, channels(), true}});
    m_sum->forward(space, whole, sources, values);
    if (!m_remove_self) return;
    find_own(space, whole.box);
    Kokkos::parallel_for("dp::LongRangeConvolution::self", range(space, values.extent(0)),
                         detail::RemoveSelf<Space>{sources.values, m_own, values, {}, {}, {}});
  }

  /// Derivatives for `cotangents` (sites x channels). \throws dp::Error as forward() does
  void adjoint(Space const& space, WholeSystem const& whole, Sources<Space> const& sources,
               Matrix<double const, Space> cotangents, ConvolutionDerivatives<Space> const& results) {
    require({{"positions", sources.positions, 3, true},
             {"sources", sources.values, channels(), true},
             {"cotangents", cotangents, channels(), true},
             {"results.positions", results.positions, 3, false},
             {"results.sources", results.sources, channels(), false},
             {"results.strain", results.strain, 9, false}});
    if (results.parameters.data() && results.parameters.extent(0) != parameters())
      fail("dp::LongRangeConvolution: results.parameters: expected (", parameters(), "), found (",
           results.parameters.extent(0), ")");
    m_sum->adjoint(space, whole, sources, cotangents, results);
    if (!m_remove_self) return;
    find_own(space, whole.box);
    std::size_t const n = sources.positions.extent(0);
    if (results.sources.data())
      Kokkos::parallel_for("dp::LongRangeConvolution::self", range(space, n),
                           detail::RemoveSelf<Space>{cotangents, m_own, results.sources, {}, {}, {}});
    if (results.strain.data())
      Kokkos::parallel_for(
          "dp::LongRangeConvolution::self", range(space, n),
          detail::RemoveSelf<Space>{sources.values, m_own, {}, cotangents, m_own_strain, results.strain});
    if (!results.parameters.data()) return;
    auto const products = m_products.get(space, channels());
    Kokkos::parallel_for("dp::LongRangeConvolution::products", range(space, channels()),
                         detail::SumProducts<Space>{sources.values, cotangents, products});
    if (whole.sum_over_ranks) m_rank_sums.sum(space, whole, products);
    Kokkos::parallel_for(
        "dp::LongRangeConvolution::self", range(space, parameters()),
        detail::RemoveSelfParameters<Space>{m_multipliers, products, m_own_parameters, results.parameters});
  }

  /// Memory held on `Space`; grows only.
  std::size_t bytes() const {
    return m_sum->bytes() + m_own_sum.bytes() + m_own_memory.bytes() + m_products.bytes() +
           m_rank_sums.bytes();
  }

 private:
  static Convolution const& checked(Convolution const& convolution, std::string const& source) {
    convolution.check(Check(source, {}));
    return convolution;
  }

  /// An argument, and how many columns it has to have, unless it may be left out and is. The first one has
  /// the rows.
  struct Argument {
    char const* name;
    Matrix<double const, Space> rows;
    std::size_t columns;
    bool required;
  };
  static void require(std::initializer_list<Argument> arguments) {
    std::size_t const sites = arguments.begin()->rows.extent(0);
    for (auto const& [name, rows, columns, required] : arguments)
      if ((rows.data() || (required && sites > 0)) && (rows.extent(0) != sites || rows.extent(1) != columns))
        fail("dp::LongRangeConvolution: ", name, ": expected (", sites, " x ", columns, "), found (",
             rows.extent(0), " x ", rows.extent(1), ")");
  }

  static detail::LightRange<Space> range(Space const& space, std::size_t n) {
    return detail::LightRange<Space>(space, 0, static_cast<std::int64_t>(n));
  }

  /// What a source of 1 gives its own site, wherever that is: by a site for each channel, all at one place.
  void find_own(Space const& space, Box const& box) {
    if (m_found_own && m_box == box.h) return;
    std::size_t const n = channels();
    auto const own = m_own_memory.get(space, n * n + 9 * n + parameters());
    m_own = Matrix<double, Space>(own.data(), n, n);
    m_own_strain = Matrix<double, Space>(own.data() + n * n, n, 9);
    m_own_parameters = Vector<double, Space>(own.data() + n * n + 9 * n, parameters());
    Matrix<double const, Space> const unit(m_unit.data(), n, n), origin(m_origin.data(), n, 3);
    m_own_sum.adjoint(space, WholeSystem{box}, {origin, unit}, unit,
                      {{}, m_own, m_own_strain, m_own_parameters});
    m_box = box.h;
    m_found_own = true;
  }

  detail::MultiplierTable<Space> m_multipliers;
  bool m_remove_self;
  std::unique_ptr<detail::ConvolutionSum<Space>> m_sum;
  Buffer<double, Space> m_products{"dp::LongRangeConvolution::products"};
  detail::RankSums<Space> m_rank_sums;

  detail::DirectConvolution<Space> m_own_sum;
  Constants<double, Space> m_unit, m_origin;
  bool m_found_own = false;  // for m_box
  std::array<double, 9> m_box{};
  Matrix<double, Space> m_own, m_own_strain;
  Vector<double, Space> m_own_parameters;
  Buffer<double, Space> m_own_memory{"dp::LongRangeConvolution::own"};
};

}  // namespace dp
