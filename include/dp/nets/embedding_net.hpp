// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/entries.hpp>
#include <dp/core/half.hpp>
#include <dp/core/precision.hpp>
#include <dp/kernels/layer_pass.hpp>
#include <dp/kernels/net_weights.hpp>
#include <dp/math/gemm.hpp>
#include <dp/nets/narrow_net.hpp>
#include <dp/nets/team_net.hpp>
#include <optional>
#include <string>
#include <utility>

namespace dp {

namespace detail {

/// The first embedding layer, whose input is the scalar s: no GEMM.
template <class Space, class T, class Stored, Activation Kind, Slope S>
struct ScalarLayer {
  Strided1<double const, Space> s;
  Matrix<Stored, Space> value, tangent;
  Vector<T const, Space> weight, bias, timestep;
  T skip;  // 1 where the layer adds its input to every output, else 0
  ActivationFunction<Kind> activation;

  KOKKOS_FUNCTION void operator()(std::int64_t row, int begin, int end) const {
    T const x = static_cast<T>(s(row));
    Stored* KOKKOS_RESTRICT const y = &value(row, 0);
    Stored* KOKKOS_RESTRICT const dy = S == Slope::none ? nullptr : &tangent(row, 0);
    T const* KOKKOS_RESTRICT const w = weight.data();
    T const* KOKKOS_RESTRICT const b = bias.data();
    T const* KOKKOS_RESTRICT const t = timestep.data();
    for (int c = begin; c < end; ++c) {
      T f, df;
      activation(x * w[c] + b[c], f, df);
      y[c] = narrowed<Stored>(t[c] * f + skip * x);
      if constexpr (S == Slope::tangent) dy[c] = narrowed<Stored>(t[c] * df * w[c] + skip);
    }
  }
};

}  // namespace detail

/// The embedding nets (SC20, eq. 2): G(s), and its derivative dG/ds. The net has one input, so the derivative
/// is carried forward with the value at the cost of the usual adjoint, and no activations need to be kept.
/// Rows are processed in chunks that stay in a core's cache, or nearly in a GPU's.
template <class Space, class Precision>
class EmbeddingNet {
 public:
  using T = typename Precision::Net;          ///< what is computed in
  using Stored = typename Precision::Stored;  ///< what G, weights and activations are stored in

  /// Copies `net`, of one input, to `space`. `name`: for messages. Throws dp::Error for a weight beyond the
  /// range of Half.
  EmbeddingNet(Space const& space, Net const& net, std::string const& name)
      : m_weights(space, "dp::EmbeddingNet::weights", net, detail::VectorLayer::first, name) {
    if constexpr (has_narrow_form)
      if (NarrowNet<Space, T>::fits(net)) m_narrow.emplace(space, net);
    if constexpr (has_team_form)
      if (TeamNet<Space, T, Stored>::fits(net)) m_team.emplace(space, net);
  }

  int width() const { return m_weights.outputs(); }  ///< M, channels

  /// G (rows x M) and, unless `derivative` is empty, dG/ds (rows x M) of the (rows) values `s`.
  /// `scratch` may be shared by all nets that run on one instance.
  void evaluate(Space const& space, Buffer<T, Space>& scratch, Strided1<double const, Space> s,
                Matrix<Stored, Space> value, Matrix<Stored, Space> derivative) const {
    if constexpr (has_narrow_form)
      if (m_narrow) return m_narrow->evaluate(space, s, value, derivative);
    if constexpr (has_team_form)
      if (m_team) return m_team->evaluate(space, s, value, derivative);
    auto const rows = static_cast<std::int64_t>(s.extent(0)), chunk = rows_at_once();
    for (std::int64_t begin = 0; begin < rows; begin += chunk) {
      auto const range = std::make_pair(begin, std::min(rows, begin + chunk));
      Strided1<double const, Space> const part = Kokkos::subview(s, range);
      if (derivative.data())
        evaluate_chunk<detail::Slope::tangent>(space, scratch, part, rows_of(value, range),
                                               rows_of(derivative, range));
      else
        evaluate_chunk<detail::Slope::none>(space, scratch, part, rows_of(value, range), {});
    }
  }

 private:
  static constexpr bool has_narrow_form = is_host_space<Space> && !is_mixed<Precision>;
  static constexpr bool has_team_form = !is_host_space<Space>;
  static constexpr std::int64_t budget = std::int64_t(32) << 20;  // bytes of scratch on devices

  std::int64_t rows_at_once() const {
    auto const row =
        static_cast<std::int64_t>(4 * hidden_width() * sizeof(Stored) + product_numbers() * sizeof(T));
    return is_host_space<Space> ? 256 : std::max<std::int64_t>(256, budget / std::max<std::int64_t>(row, 1));
  }

  /// Outputs of the widest layer but the last, which writes where the caller wants G.
  std::size_t hidden_width() const {
    int widest = 0;
    for (auto const& layer : m_weights.layers())
      if (&layer != &m_weights.layers().back()) widest = std::max(widest, layer.outputs());
    return static_cast<std::size_t>(widest);
  }
  /// Products of a row, and of its tangent, that are not stored in the precision of the arithmetic.
  std::size_t product_numbers() const {
    return is_mixed<Precision> ? 2 * std::max(hidden_width(), static_cast<std::size_t>(width())) : 0;
  }

  using Range = std::pair<std::int64_t, std::int64_t>;
  static Matrix<Stored, Space> rows_of(Matrix<Stored, Space> const& matrix, Range range) {
    return Matrix<Stored, Space>(matrix.data() + range.first * static_cast<std::int64_t>(matrix.extent(1)),
                                 static_cast<std::size_t>(range.second - range.first), matrix.extent(1));
  }

  template <detail::Slope S>
  void evaluate_chunk(Space const& space, Buffer<T, Space>& scratch, Strided1<double const, Space> s,
                      Matrix<Stored, Space> value, Matrix<Stored, Space> tangent) const {
    auto const& layers = m_weights.layers();
    auto const n = s.extent(0), hidden = hidden_width();
    // Values and tangents of two layers and, in mixed precision, of the products between.
    std::size_t const products = n * product_numbers();
    std::size_t const activations = (4 * n * hidden * sizeof(Stored) + sizeof(T) - 1) / sizeof(T);
    T* const product = scratch.get(space, products + activations).data();
    auto* const memory = reinterpret_cast<Stored*>(product + products);

    Matrix<Stored, Space> x, dx;  // input of the layer
    for (std::size_t l = 0; l < layers.size(); ++l) {
      auto const& layer = layers[l];
      auto const width = static_cast<std::size_t>(layer.outputs());
      bool const last = l + 1 == layers.size();
      Stored* const free = memory + (l % 2) * 2 * n * hidden;
      Matrix<Stored, Space> const y = last ? value : Matrix<Stored, Space>(free, n, width);
      Matrix<Stored, Space> const dy = S == detail::Slope::none ? Matrix<Stored, Space>()
                                       : last                   ? tangent
                                              : Matrix<Stored, Space>(free + n * hidden, n, width);
      if (l == 0) {
        first_layer<S>(space, layer, s, y, dy);
      } else {
        auto const z = detail::product_for<Space, T>(y, product),
                   dz = detail::product_for<Space, T>(dy, product + n * width);
        gemm(space, x, layer.weight, z);
        if constexpr (S != detail::Slope::none) gemm(space, dx, layer.weight, dz);
        detail::layer_pass<S>(space, layer, z, dz, y, dy, x, dx);
      }
      x = y;
      dx = dy;
    }
  }

  template <detail::Slope S>
  static void first_layer(Space const& space, detail::LayerWeights<Space, T, Stored> const& layer,
                          Strided1<double const, Space> s, Matrix<Stored, Space> y,
                          Matrix<Stored, Space> dy) {
    T const skip = layer.skip == Skip::none ? T(0) : T(1);
    with_activation(layer.activation, layer.parameter, [&]<Activation Kind>(ActivationFunction<Kind> f) {
      detail::for_each_row(space, "dp::EmbeddingNet::first_layer", static_cast<std::int64_t>(s.extent(0)),
                           layer.outputs(),
                           detail::ScalarLayer<Space, T, Stored, Kind, S>{s, y, dy, layer.vector, layer.bias,
                                                                          layer.timestep, skip, f});
    });
  }

  detail::NetWeights<Space, T, Stored> m_weights;
  std::optional<NarrowNet<Space, T>> m_narrow;      // where the net is so narrow
  std::optional<TeamNet<Space, T, Stored>> m_team;  // where its layers fit the shared memory of a team
};

}  // namespace dp
