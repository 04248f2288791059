// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <dp/core/half.hpp>
#include <dp/core/kernels.hpp>
#include <dp/core/lanes.hpp>
#include <dp/kernels/layer_pass.hpp>
#include <dp/model/net.hpp>
#include <type_traits>
#include <utility>
#include <vector>

namespace dp::detail {

/// What the input rows of the fitting net hold beside the descriptor: normalised fparam and aparam from
/// column `parameters` on, and constants in columns of their own.
template <class Space, class Stored>
struct FillParameters {
  Strided1<double const, Space> fparam, fparam_mean, fparam_factor;
  Strided2<double const, Space> aparam;
  Strided1<double const, Space> aparam_mean, aparam_factor, constants;
  Vector<int const, Space> constant_columns, centres;
  int parameters;
  Matrix<Stored, Space> x;

  KOKKOS_FUNCTION void operator()(std::int64_t a) const {
    int column = parameters;
    for (std::size_t k = 0; k < fparam_mean.extent(0); ++k)
      x(a, column++) = as_stored((fparam(k) - fparam_mean(k)) * fparam_factor(k));
    for (std::size_t k = 0; k < aparam_mean.extent(0); ++k)
      x(a, column++) = as_stored((aparam(centres(a), k) - aparam_mean(k)) * aparam_factor(k));
    for (std::size_t k = 0; k < constants.extent(0); ++k) x(a, constant_columns(k)) = as_stored(constants(k));
  }

 private:
  KOKKOS_FORCEINLINE_FUNCTION static Stored as_stored(double value) {
    return narrowed<Stored>(static_cast<ArithmeticOf<Stored>>(value));
  }
};

/// The last, linear layer: energy(a) += sign * (x(a) . w + bias), summed in double.
template <class Space, class T, class Stored>
struct LastLayer {
  Matrix<Stored const, Space> x;
  Vector<T const, Space> weight, bias;
  double sign, shift;
  Vector<double, Space> energy;

  KOKKOS_FUNCTION void operator()(std::int64_t a) const {
    using L = Lanes<Space, double>;
    typename L::Type several = {};
    auto const count = static_cast<int>(weight.extent(0));
    int k = 0;
    if constexpr (L::count > 1 && std::is_same_v<T, double>)
      for (; k + L::count <= count; k += L::count) several += L::load(&x(a, k)) * L::load(&weight(k));
    double sum = static_cast<double>(bias(0)) + L::sum(several);
    for (; k < count; ++k) sum += static_cast<double>(widened<T>(x(a, k))) * static_cast<double>(weight(k));
    put(a, sum);
  }

  KOKKOS_FORCEINLINE_FUNCTION void put(std::int64_t a, double sum) const {
    energy(a) = (sign > 0 ? 0.0 : energy(a)) + sign * sum + shift;
  }
};

/// LastLayer where threads are many: each of a team has a row, which those of its vector share, so that
/// neighbouring threads read neighbouring columns.
template <class Space, class T, class Stored>
struct LastLayerByTeams {
  LastLayer<Space, T, Stored> of;

  static constexpr int vector = 32;

  KOKKOS_FUNCTION void operator()(TeamMember<Space> const& team) const {
    std::int64_t const a = item_of(team);
    if (a >= static_cast<std::int64_t>(of.x.extent(0))) return;
    auto const count = static_cast<int>(of.weight.extent(0));
    double sum;
    Kokkos::parallel_reduce(
        Kokkos::ThreadVectorRange(team, vector),
        [&](int lane, double& part) {
          for (int k = lane; k < count; k += vector)
            part += static_cast<double>(widened<T>(of.x(a, k))) * static_cast<double>(of.weight(k));
        },
        sum);
    Kokkos::single(Kokkos::PerThread(team), [&] { of.put(a, static_cast<double>(of.bias(0)) + sum); });
  }
};

/// The last layer of all rows.
template <class Space, class T, class Stored>
void last_layer(Space const& space, LastLayer<Space, T, Stored> const& of) {
  auto const rows = static_cast<std::int64_t>(of.x.extent(0));
  if constexpr (is_host_space<Space>) {
    Kokkos::parallel_for("dp::FittingNet::last_layer", LightRange<Space>(space, 0, rows), of);
  } else {
    using ByTeams = LastLayerByTeams<Space, T, Stored>;
    Kokkos::parallel_for("dp::FittingNet::last_layer",
                         vector_policy<DeviceTeams, ByTeams::vector>(space, rows), ByTeams{of});
  }
}

/// One pass of the adjoint between two GEMMs: adds the skip connection of the layer above to dE/dy, and
/// multiplies with the slope of the layer below to give its dE/dz. At the top dE/dy is the weight of the last
/// layer. In mixed precision dE/dy and dE/dz come times a factor (see adjoint_factor()): `top_factor` brings
/// it in, `skip_factor` is 1, or takes it away from what the layer above passes on.
template <class Space, class T, class Stored>
struct AdjointPass {
  static constexpr bool mixed = !std::is_same_v<T, Stored>;

  Matrix<T, Space> dy;              // in: dz_above W^T; out: dE/dy
  Matrix<T const, Space> dy_above;  // of the layer above
  Skip skip_above;
  Vector<T const, Space> top;         // given at the top: the last layer's weight,
  Vector<double const, Space> count;  // and by what it is multiplied for each atom; empty: 1
  Matrix<Stored const, Space> slope;  // not given at the net's input
  Matrix<Stored, Space> dz;
  T top_factor, skip_factor;  // of mixed precision

  KOKKOS_FUNCTION void operator()(std::int64_t row, int begin, int end) const {
    int const width = static_cast<int>(dy.extent(1));
    T* KOKKOS_RESTRICT const y = &dy(row, 0);
    if (top.data())
      for (int c = begin; c < end; ++c) y[c] = mixed ? top_factor * top(c) : top(c);
    if (top.data() && count.data())
      for (int c = begin; c < end; ++c) y[c] *= static_cast<T>(count(row));
    if (skip_above != Skip::none) {
      T const* KOKKOS_RESTRICT const above = &dy_above(row, 0);
      for (int c = begin; c < end; ++c) y[c] += mixed ? skip_factor * above[c] : above[c];
      if (skip_above == Skip::doubled)
        for (int c = begin; c < end; ++c) y[c] += mixed ? skip_factor * above[width + c] : above[width + c];
    }
    if (!slope.data()) return;
    Stored const* KOKKOS_RESTRICT const s = &slope(row, 0);
    Stored* KOKKOS_RESTRICT const z = &dz(row, 0);
    for (int c = begin; c < end; ++c) z[c] = narrowed<Stored>(y[c] * widened<T>(s[c]));
  }
};

/// The largest power of two by which the adjoint of `net` can be multiplied without any dE/dz leaving the
/// range of Half, whatever the input: small gradients are then as far from underflow as they can be. From
/// bounds on |dE/dy| of each neuron, with 1.2 above the slope of every activation function.
inline double adjoint_factor(Net const& net) {
  // On |dE/dy| of the layer's outputs.
  std::vector<double> bound(static_cast<std::size_t>(net.outputs()), 1.0);
  double largest = 0.0;
  for (std::size_t l = net.layers.size(); l-- > 0;) {
    Layer const& layer = net.layers[l];
    auto const inputs = static_cast<std::size_t>(layer.inputs),
               outputs = static_cast<std::size_t>(layer.outputs);
    bool const last = l + 1 == net.layers.size();
    std::vector<double> below(inputs, 0.0);
    for (std::size_t j = 0; j < outputs; ++j) {
      double const step = layer.timestep.empty() || last ? 1.0 : std::abs(layer.timestep[j]);
      double const dz = bound[j] * (last ? 1.0 : 1.2 * step);
      if (!last) largest = std::max(largest, dz);
      for (std::size_t i = 0; i < inputs; ++i) below[i] += dz * std::abs(layer.weight[i * outputs + j]);
      if (layer.skip != Skip::none) below[j % inputs] += bound[j];
    }
    bound = std::move(below);
  }
  if (!(largest > 0.0)) return 1.0;
  // Within what float holds beside the gradients themselves.
  return std::exp2(std::clamp(std::floor(std::log2(largest_half / largest)), -60.0, 60.0));
}

}  // namespace dp::detail
