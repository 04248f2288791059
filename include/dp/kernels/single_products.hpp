// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/half.hpp>
#include <dp/core/packed_matrix.hpp>
#include <dp/core/views.hpp>
#include <dp/model/net.hpp>
#include <string>
#include <vector>

namespace dp::detail {

/// The products of a fitting net that are in float where all else is in double (graded precision): those of
/// the last inputs of its first layer, and of all inputs of its hidden layers.
template <class Space>
class SingleProducts {
 public:
  /// One layer; without rows where nothing is in float.
  struct Layer {
    PackedMatrix<Space, float> weight = {};      // (inputs x outputs)
    PackedMatrix<Space, float> transposed = {};  // (outputs x inputs)
  };

  /// `inputs`: of the first layer of `net`, its last; `hidden`: whether hidden layers too.
  SingleProducts(Space const& space, std::string const& label, Net const& net, int inputs, bool hidden)
      : m_inputs(net.layers.size(), 0) {
    std::vector<double> flat;
    for (std::size_t l = 0; l + 1 < net.layers.size(); ++l) {
      dp::Layer const& layer = net.layers[l];
      m_inputs[l] = l == 0 ? inputs : hidden ? layer.inputs : 0;
      double const* const middle =
          layer.weight.data() + static_cast<std::ptrdiff_t>(layer.inputs - m_inputs[l]) * layer.outputs;
      flat.reserve(flat.size() + Packed::both_sizes(m_inputs[l], layer.outputs));
      Packed::pack_both(flat, m_inputs[l], layer.outputs,
                        [&](int i, int j) { return middle[i * layer.outputs + j]; });
    }
    m_weights = to_space<float>(space, label, flat);
    float const* next = m_weights.data();
    auto const take = [&](int rows, int columns) -> Packed {
      auto const* const data = next;
      next += Packed::size(rows, columns);
      return {data, rows, columns};
    };
    for (std::size_t l = 0; l < net.layers.size(); ++l) {
      auto const weight = take(m_inputs[l], net.layers[l].outputs);
      m_layers.push_back({weight, take(net.layers[l].outputs, m_inputs[l])});
    }
  }

  /// Of each layer, how many of its inputs are multiplied here.
  std::vector<int> const& inputs() const { return m_inputs; }
  Layer const& operator[](std::size_t l) const { return m_layers[l]; }

 private:
  using Packed = PackedMatrix<Space, float>;

  std::vector<int> m_inputs;
  Constants<float, Space> m_weights;
  std::vector<Layer> m_layers;
};

/// A factor of a product in float.
template <class Space, class T, class Stored>
struct ToSingle {
  Matrix<Stored const, Space> from;
  Matrix<float, Space> to;

  KOKKOS_FUNCTION void operator()(std::int64_t row, int begin, int end) const {
    Stored const* KOKKOS_RESTRICT const x = &from(row, 0);
    float* KOKKOS_RESTRICT const y = &to(row, 0);
    for (int c = begin; c < end; ++c) y[c] = static_cast<float>(widened<T>(x[c]));
  }
};

/// A product in float, put in the place of `to` or added to it.
template <class Space, class T>
struct FromSingle {
  Matrix<float const, Space> from;
  Matrix<T, Space> to;
  bool add;

  KOKKOS_FUNCTION void operator()(std::int64_t row, int begin, int end) const {
    float const* KOKKOS_RESTRICT const x = &from(row, 0);
    T* KOKKOS_RESTRICT const y = &to(row, 0);
    if (add)
      for (int c = begin; c < end; ++c) y[c] += static_cast<T>(x[c]);
    else
      for (int c = begin; c < end; ++c) y[c] = static_cast<T>(x[c]);
  }
};

}  // namespace dp::detail
