// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/core/lanes.hpp>
#include <dp/detail/folded_features.hpp>
#include <dp/model/model.hpp>
#include <dp/stages/embedding_basis.hpp>
#include <vector>

namespace dp {

/// What the fitting net of a centre type reads of the compressed descriptor: the products of A with itself
/// (symmetric), of A with Y = A C_axis^T (axis), both with the first layer folded accordingly, or D itself
/// (full).
enum class Features { symmetric, axis, full };

/// For logs.
inline char const* name(Features features) {
  return features == Features::symmetric ? "symmetric" : features == Features::axis ? "axis" : "full";
}

/// The bases of one centre type side by side: C (M x K') and how its features enter the fitting net.
struct CentreBasis {
  int width = 0;                       ///< K', the sum of the K of all neighbour types
  std::vector<double> channels;        ///< (M x K'), row-major
  Features features = Features::full;  ///< chosen
  int dimension = 0;                   ///< number of features

  /// Stacks the bases and chooses the features with the fewest operations. `strip`: lanes of the kernels.
  CentreBasis(Model const& model, int centre, std::vector<EmbeddingBasis> const& bases, int strip) {
    auto const& d = model.descriptor;
    auto const m_count = static_cast<std::size_t>(d.width());
    for (auto const& basis : bases) width += basis.functions;
    auto const k_count = static_cast<std::size_t>(width);
    channels.assign(m_count * k_count, 0.0);
    std::size_t column = 0;
    for (auto const& basis : bases) {
      auto const k = static_cast<std::size_t>(basis.functions);
      for (std::size_t m = 0; m < m_count && k > 0; ++m)
        for (std::size_t l = 0; l < k; ++l) channels[m * k_count + column + l] = basis.channels[m * k + l];
      column += k;
    }
    Layer const& first = model.fitting.nets[static_cast<std::size_t>(centre)].layers.front();
    int const blocks = width / strip, symmetric = blocks * (blocks + 1) / 2 * strip * strip;
    bool const foldable = first.skip == Skip::none && width > 0;
    bool const angular = d.kind == DescriptorKind::angular;
    dimension = d.dimension();
    auto const choose = [&](Features kind, int count) {
      if (!foldable || count >= dimension) return;
      features = kind;
      dimension = count;
    };
    choose(Features::axis, angular ? width * d.axis_neuron : width);
    if (angular) choose(Features::symmetric, symmetric);
  }

  /// The fitting net of this centre type with its first layer folded: z = W^T D = V^T F.
  Net fold(Model const& model, int centre, int strip) const {
    Net net = model.fitting.nets[static_cast<std::size_t>(centre)];
    if (features == Features::full) return net;
    Layer& first = net.layers.front();
    auto const n_out = static_cast<std::size_t>(first.outputs);
    auto const parameters = static_cast<std::size_t>(first.inputs - model.descriptor.dimension());
    std::vector<double> folded = model.descriptor.kind == DescriptorKind::radial
                                     ? fold_axis(model, first, 1)
                                     : fold_axis(model, first, model.descriptor.axis_neuron);
    if (features == Features::symmetric) folded = fold_symmetric(model, folded, n_out, strip);
    folded.insert(folded.end(), first.weight.end() - static_cast<std::ptrdiff_t>(parameters * n_out),
                  first.weight.end());
    first.weight = std::move(folded);
    first.inputs = dimension + static_cast<int>(parameters);
    return net;
  }

 private:
  /// V (axis * K' x outputs): V_(bk) = sum_m C_mk W_(mb).
  std::vector<double> fold_axis(Model const& model, Layer const& first, int axis) const {
    auto const m_count = static_cast<std::size_t>(model.descriptor.width()),
               k_count = static_cast<std::size_t>(width);
    auto const b_count = static_cast<std::size_t>(axis), n_out = static_cast<std::size_t>(first.outputs);
    std::vector<double> v(b_count * k_count * n_out, 0.0);
    for (std::size_t m = 0; m < m_count; ++m)
      for (std::size_t b = 0; b < b_count; ++b) {
        double const* const w = &first.weight[(m * b_count + b) * n_out];
        for (std::size_t k = 0; k < k_count; ++k) {
          double const c = channels[m * k_count + k];
          if (c == 0.0) continue;
          double* const out = &v[(b * k_count + k) * n_out];
          for (std::size_t n = 0; n < n_out; ++n) out[n] += c * w[n];
        }
      }
    return v;
  }

  /// From V to the blocks of the symmetric features: sum_b C_bl V_(bk), both orders of k and l added off the
  /// diagonal blocks.
  std::vector<double> fold_symmetric(Model const& model, std::vector<double> const& v, std::size_t n_out,
                                     int strip) const {
    auto const k_count = static_cast<std::size_t>(width), s = static_cast<std::size_t>(strip);
    auto const b_count = static_cast<std::size_t>(model.descriptor.axis_neuron);
    std::vector<double> full(k_count * k_count * n_out, 0.0);
    for (std::size_t b = 0; b < b_count; ++b)
      for (std::size_t k = 0; k < k_count; ++k)
        for (std::size_t l = 0; l < k_count; ++l) {
          double const c = channels[b * k_count + l];
          if (c == 0.0) continue;
          for (std::size_t n = 0; n < n_out; ++n)
            full[(k * k_count + l) * n_out + n] += c * v[(b * k_count + k) * n_out + n];
        }
    std::vector<double> blocks;
    blocks.reserve(static_cast<std::size_t>(dimension) * n_out);
    for (std::size_t p = 0; p < k_count / s; ++p)
      for (std::size_t q = p; q < k_count / s; ++q)
        for (std::size_t k = p * s; k < (p + 1) * s; ++k)
          for (std::size_t l = q * s; l < (q + 1) * s; ++l)
            for (std::size_t n = 0; n < n_out; ++n)
              blocks.push_back(full[(k * k_count + l) * n_out + n] +
                               (p == q ? 0.0 : full[(l * k_count + k) * n_out + n]));
    return blocks;
  }
};

}  // namespace dp
