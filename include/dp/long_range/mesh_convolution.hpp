// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <dp/core/buffer.hpp>
#include <dp/core/entries.hpp>
#include <dp/core/error.hpp>
#include <dp/long_range/charge_sum.hpp>
#include <dp/long_range/convolution_kernels.hpp>
#include <dp/long_range/convolution_sum.hpp>
#include <dp/long_range/mesh_convolution_kernels.hpp>
#include <dp/long_range/mesh_transforms.hpp>
#include <dp/long_range/multiplier_table.hpp>
#include <dp/long_range/taken_modes.hpp>
#include <dp/math/fft.hpp>
#include <dp/math/spreading_window.hpp>
#include <dp/model/convolution.hpp>
#include <optional>
#include <vector>

namespace dp::detail {

/// The sum over the same modes by a mesh with twice as many points along each vector: the cost grows as the
/// number of sites. See MeshTransforms for ranks and threads.
template <class Space>
class MeshConvolution : public ConvolutionSum<Space> {
 public:
  /// `error`: about that of values and derivatives, root mean square, as part of theirs.
  MeshConvolution(Convolution const& convolution, MultiplierTable<Space> const& multipliers, double error)
      : m_modes(convolution.modes), m_multipliers(multipliers) {
    if (!(error >= 1e-11 && error <= 0.1))
      fail(
          "long-range convolution: expected an error from 1e-11 to 0.1 for a mesh, or 0 for the direct sum, "
          "found ",
          error);
    m_window.points = static_cast<int>(std::ceil(-std::log10(error) - 1e-9)) + 3;
    m_window.shape = 2.3 * m_window.points;  // for twice as many points as modes
  }

  /// See ConvolutionSum.
  void forward(Space const& space, WholeSystem const& whole, Sources<Space> const& sources,
               Matrix<double, Space> values) override {
    auto const modes = place(space, whole, sources);
    auto const transform = m_of_sources.get(space, modes.spectrum.size());
    for (std::size_t c = 0; c < m_multipliers.channels(); ++c) {
      auto const charges = charges_of(space, m_source, sources.positions, sources.values, c);
      m_transforms->forward(space, whole, charges, transform);
      apply(space, modes, c, -1, transform, transform);
      m_transforms->inverse(space, transform, charges, {this->column(values, c), {}, {}});
    }
  }

  /// See ConvolutionSum.
  void adjoint(Space const& space, WholeSystem const& whole, Sources<Space> const& sources,
               Matrix<double const, Space> cotangents,
               ConvolutionDerivatives<Space> const& results) override {
    auto const modes = place(space, whole, sources);
    auto const n = sources.positions.extent(0), size = modes.spectrum.size();
    auto const of_sources = m_of_sources.get(space, size), of_cotangents = m_of_cotangents.get(space, size),
               product = m_product.get(space, size);
    auto const parameters = m_multipliers.parameters();
    Matrix<double, Space> rows;
    if (results.parameters.data())
      rows = m_rows.get(space, static_cast<std::size_t>(m_transforms->rows()), parameters);
    if (results.positions.data()) Kokkos::deep_copy(space, results.positions, 0.0);
    if (results.strain.data()) Kokkos::deep_copy(space, results.strain, 0.0);
    MeshResults<Space> taken;
    if (results.positions.data()) taken.force = m_force.get(space, n, 3);
    for (std::size_t c = 0; c < m_multipliers.channels(); ++c) {
      auto const s = charges_of(space, m_source, sources.positions, sources.values, c),
                 g = charges_of(space, m_cotangent, sources.positions, cotangents, c);
      m_transforms->forward(space, whole, s, of_sources);
      m_transforms->forward(space, whole, g, of_cotangents);
      if (rows.data())
        for_each_entry(space, "dp::MeshConvolution::parameters", m_transforms->rows(),
                       static_cast<int>(parameters),
                       SumMeshParameters<Space>{modes, m_multipliers, static_cast<int>(c), of_sources,
                                                of_cotangents, rows});
      if (results.sources.data() || results.positions.data()) {
        taken.potential = {};
        if (results.sources.data()) taken.potential = this->column(results.sources, c);
        apply(space, modes, c, -1, of_cotangents, product);
        m_transforms->inverse(space, product, s, taken);
        subtract(space, taken.force, results.positions);
      }
      if (results.positions.data() || results.strain.data()) {
        auto const values = m_values.get(space, n);
        taken.potential = values;
        apply(space, modes, c, -1, of_sources, product);
        m_transforms->inverse(space, product, g, taken);
        subtract(space, taken.force, results.positions);
        if (results.strain.data()) strain(space, modes, c, g, values, product, results.strain);
      }
    }
    if (rows.data())
      Kokkos::parallel_for("dp::MeshConvolution::parameters", this->range(space, parameters),
                           SumColumns<Space>{rows, results.parameters});
  }

  /// See ConvolutionSum.
  std::size_t bytes() const override {
    return (m_transforms ? m_transforms->bytes() : 0) + m_of_sources.bytes() + m_of_cotangents.bytes() +
           m_product.bytes() + m_source.bytes() + m_cotangent.bytes() + m_values.bytes() + m_force.bytes() +
           m_rows.bytes();
  }

 private:
  /// For the sites of a call; makes the mesh where the modes are others than before.
  MeshModes<Space> place(Space const& space, WholeSystem const& whole, Sources<Space> const& sources) {
    TakenModes const taken = taken_modes(whole.box, m_modes);
    std::array<int, 3> half{};
    for (std::size_t k = 0; k < 3; ++k) half[k] = taken.modes.half[k];
    if (!m_transforms || half != m_half) {
      std::vector<double> windows;
      if (double const points = 8.0 * (2.0 * half[0] + 1.0) * (2.0 * half[1] + 1.0) * (2.0 * half[2] + 1.0);
          !(points <= most_modes))
        fail("long-range convolution: expected a box with a mesh of at most ", most_modes,
             " points, twice as many as waves along each vector, found ", points);
      for (std::size_t k = 0; k < 3; ++k) {
        m_n[k] = fft_length(2 * (2 * half[k] + 1));
        std::vector<double> waves;
        for (int m = 0; m <= half[k]; ++m) waves.push_back(static_cast<double>(m) / m_n[k]);
        for (double const transform : m_window.transform(waves))
          windows.push_back(1.0 / (transform * transform));
      }
      space.fence("dp::MeshConvolution: before another mesh");
      m_transforms.emplace(space, m_n, m_window);
      m_windows = to_space<double>(space, "dp::MeshConvolution::windows", windows);
      m_half = half;
    }
    m_transforms->place(space, taken.modes,
                        {sources.positions, m_source.get(space, sources.positions.extent(0))});
    return {taken, {m_n[0], m_n[1], m_n[2]}, m_transforms->spectrum(), m_windows};
  }

  /// One channel's numbers of sites.
  Charges<Space> charges_of(Space const& space, Buffer<double, Space>& memory,
                            Matrix<double const, Space> positions, Matrix<double const, Space> values,
                            std::size_t c) {
    auto const numbers = memory.get(space, positions.extent(0));
    Kokkos::deep_copy(space, numbers, this->column(values, c));
    return {positions, numbers};
  }

  void apply(Space const& space, MeshModes<Space> const& modes, std::size_t c, int strain,
             Vector<double const, Space> from, Vector<double, Space> to) {
    Kokkos::parallel_for("dp::MeshConvolution::apply", LightRange<Space>(space, 0, m_transforms->rows()),
                         ApplyChannel<Space>{modes, m_multipliers, static_cast<int>(c), strain, from, to});
  }

  void subtract(Space const& space, Matrix<double const, Space> force, Matrix<double, Space> positions) {
    if (positions.data())
      Kokkos::parallel_for("dp::MeshConvolution::positions", this->range(space, force.extent(0)),
                           SubtractForces<Space>{force, positions});
  }

  /// From the values of sites, and six more potentials.
  void strain(Space const& space, MeshModes<Space> const& modes, std::size_t c,
              Charges<Space> const& cotangents, Vector<double, Space> values, Vector<double, Space> product,
              Matrix<double, Space> results) {
    auto const subtract_values = [&](int a, int b) {
      Kokkos::parallel_for("dp::MeshConvolution::strain", this->range(space, values.extent(0)),
                           SubtractStrain<Space>{cotangents.values, values, a, b, results});
    };
    for (int a = 0; a < 3; ++a) subtract_values(a, a);
    auto const of_sources = m_of_sources.get(space, product.extent(0));
    for (int component = 0, a = 0; a < 3; ++a)
      for (int b = a; b < 3; ++b, ++component) {
        apply(space, modes, c, component, of_sources, product);
        m_transforms->inverse(space, product, cotangents, {values, {}, {}});
        subtract_values(a, b);
      }
  }

  ModeBox m_modes;
  MultiplierTable<Space> m_multipliers;
  SpreadingWindow m_window;

  std::array<int, 3> m_half{}, m_n{};
  std::optional<MeshTransforms<Space>> m_transforms;  // for m_half
  Constants<double, Space> m_windows;
  Buffer<double, Space> m_of_sources{"dp::MeshConvolution::sources"},
      m_of_cotangents{"dp::MeshConvolution::cotangents"}, m_product{"dp::MeshConvolution::product"},
      m_source{"dp::MeshConvolution::source"}, m_cotangent{"dp::MeshConvolution::cotangent"},
      m_values{"dp::MeshConvolution::values"}, m_force{"dp::MeshConvolution::force"},
      m_rows{"dp::MeshConvolution::rows"};
};

}  // namespace dp::detail
