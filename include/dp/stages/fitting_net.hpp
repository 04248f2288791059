// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/entries.hpp>
#include <dp/core/error.hpp>
#include <dp/core/precision.hpp>
#include <dp/detail/fitting_passes.hpp>
#include <dp/detail/net_weights.hpp>
#include <dp/input/configuration.hpp>
#include <dp/math/gemm.hpp>
#include <dp/model/model.hpp>
#include <string>
#include <vector>

namespace dp {

/// The fitting nets (SC20, eq. 3): atomic energies from descriptors and parameters, and the adjoint dE/dD.
template <class Space, class Precision>
class FittingNet {
 public:
  using T = typename Precision::Net;          ///< what is computed in
  using Stored = typename Precision::Stored;  ///< what inputs, weights and activations are stored in

  /// Copies what it needs of `model` to `space`. `nets`: per centre type, with `dimensions` inputs before the
  /// parameters (those of the model, or folded ones that read the features of a compressed descriptor).
  FittingNet(Space const& space, Model const& model, std::vector<Net> const& nets,
             std::vector<int> const& dimensions);

  /// Input rows for a tile: the caller writes the descriptor into the first columns, parameters are filled in
  /// here. `centres`: the atom that each row belongs to.
  Matrix<Stored, Space> input(Space const& space, int type, Configuration<Space> const& configuration,
                              Vector<int const, Space> centres);

  /// Atomic energies (atoms), eV, biases included. `derivative`: also prepare what adjoint() needs.
  /// Overwrites `x` where the model subtracts the energy of vacuum.
  void forward(Space const& space, int type, Matrix<Stored, Space> x, Vector<double, Space> energy,
               bool derivative);

  /// dE/dx (atoms x input columns); after forward() of the same tile.
  Matrix<T const, Space> adjoint(Space const& space, int type);

  /// Memory held on `Space`.
  std::size_t bytes() const {
    std::size_t sum = m_x.bytes() + m_dz.bytes() + m_product.bytes();
    for (auto const& net : m_nets) sum += net.bytes();
    for (auto const* set : {&m_value, &m_slope})
      for (auto const& buffer : *set) sum += buffer.bytes();
    for (auto const& buffer : m_dy) sum += buffer.bytes();
    return sum;
  }

 private:
  using Range = Kokkos::RangePolicy<Space, Kokkos::IndexType<std::int64_t>>;
  using Constants = Kokkos::View<double*, typename Space::memory_space>;

  template <detail::Slope S>
  void run(Space const& space, int type, Matrix<Stored const, Space> x, double sign, double shift,
           Vector<double, Space> energy);

  using Weights = detail::NetWeights<Space, T, Stored>;
  Weights const& net(int type) const { return m_nets[static_cast<std::size_t>(type)]; }

  std::vector<int> m_dimensions;
  std::vector<Weights> m_nets;
  std::vector<T> m_adjoint_factor;  // per centre type; 1 unless mixed
  std::vector<double> m_shift;      // bias_atom_e + out_bias
  std::vector<char> m_vacuum_removed;
  Constants m_fparam_mean, m_fparam_factor, m_aparam_mean, m_aparam_factor, m_default_fparam,
      m_case_embedding;

  std::int64_t m_atoms = 0;
  Buffer<Stored, Space> m_x{"dp::FittingNet::x"}, m_dz{"dp::FittingNet::dz"};
  Buffer<T, Space> m_product{"dp::FittingNet::product"};  // of mixed precision
  std::vector<Buffer<Stored, Space>> m_value, m_slope;    // per layer
  std::vector<Buffer<T, Space>> m_dy;                     // m_dy[l] is dE/d(input of layer l)
};

template <class Space, class Precision>
FittingNet<Space, Precision>::FittingNet(Space const& space, Model const& model, std::vector<Net> const& nets,
                                         std::vector<int> const& dimensions)
    : m_dimensions(dimensions),
      m_vacuum_removed(model.fitting.vacuum_removed),
      m_fparam_mean(to_space<double>(space, "dp::FittingNet::fparam_mean", model.fitting.fparam_mean)),
      m_fparam_factor(
          to_space<double>(space, "dp::FittingNet::fparam_factor", model.fitting.fparam_inverse_std)),
      m_default_fparam(
          to_space<double>(space, "dp::FittingNet::default_fparam", model.fitting.default_fparam)),
      m_case_embedding(
          to_space<double>(space, "dp::FittingNet::case_embedding", model.fitting.case_embedding)) {
  if (!model.fitting.aparam_is_mask) {
    m_aparam_mean = to_space<double>(space, "dp::FittingNet::aparam_mean", model.fitting.aparam_mean);
    m_aparam_factor =
        to_space<double>(space, "dp::FittingNet::aparam_factor", model.fitting.aparam_inverse_std);
  }
  std::size_t depth = 0;
  for (std::size_t t = 0; t < nets.size(); ++t) {
    m_nets.emplace_back(space, "dp::FittingNet::weights", nets[t], detail::VectorLayer::last,
                        "fitting net of " + model.type_map[t]);
    m_adjoint_factor.push_back(is_mixed<Precision> ? static_cast<T>(detail::adjoint_factor(nets[t])) : T(1));
    m_shift.push_back(model.fitting.bias_atom_e[t] + model.out_bias[t]);
    depth = std::max(depth, m_nets.back().layers().size());
  }
  for (std::size_t l = 0; l < depth; ++l) {
    m_value.emplace_back("dp::FittingNet::value");
    m_slope.emplace_back("dp::FittingNet::slope");
    m_dy.emplace_back("dp::FittingNet::dy");
  }
}

template <class Space, class Precision>
auto FittingNet<Space, Precision>::input(Space const& space, int type,
                                         Configuration<Space> const& configuration,
                                         Vector<int const, Space> centres) -> Matrix<Stored, Space> {
  auto const columns = net(type).layers().front().inputs();
  auto const dimension = m_dimensions[static_cast<std::size_t>(type)];
  auto const x = m_x.get(space, centres.extent(0), static_cast<std::size_t>(columns));
  if (columns > dimension)
    Kokkos::parallel_for("dp::FittingNet::parameters",
                         Range(space, 0, static_cast<std::int64_t>(centres.extent(0))),
                         detail::FillParameters<Space, Stored>{
                             configuration.fparam.extent(0) ? configuration.fparam
                                                            : Strided1<double const, Space>(m_default_fparam),
                             m_fparam_mean, m_fparam_factor, configuration.aparam, m_aparam_mean,
                             m_aparam_factor, m_case_embedding, centres, dimension, x});
  return x;
}

template <class Space, class Precision>
void FittingNet<Space, Precision>::forward(Space const& space, int type, Matrix<Stored, Space> x,
                                           Vector<double, Space> energy, bool derivative) {
  Kokkos::Profiling::ScopedRegion region("dp::fitting");
  auto const shift = m_shift[static_cast<std::size_t>(type)];
  if (derivative)
    run<detail::Slope::factor>(space, type, x, 1.0, shift, energy);
  else
    run<detail::Slope::none>(space, type, x, 1.0, shift, energy);
  if (!m_vacuum_removed[static_cast<std::size_t>(type)]) return;
  auto const dimension = m_dimensions[static_cast<std::size_t>(type)];
  Kokkos::deep_copy(space, Kokkos::subview(x, Kokkos::ALL, std::make_pair(0, dimension)), Stored(0));
  run<detail::Slope::none>(space, type, x, -1.0, 0.0, energy);
}

template <class Space, class Precision>
template <detail::Slope S>
void FittingNet<Space, Precision>::run(Space const& space, int type, Matrix<Stored const, Space> x,
                                       double sign, double shift, Vector<double, Space> energy) {
  auto const& layers = net(type).layers();
  auto const atoms = x.extent(0);
  m_atoms = static_cast<std::int64_t>(atoms);
  for (std::size_t l = 0; l + 1 < layers.size(); ++l) {
    auto const width = static_cast<std::size_t>(layers[l].outputs());
    auto const y = m_value[l].get(space, atoms, width);
    auto const slope =
        S == detail::Slope::factor ? m_slope[l].get(space, atoms, width) : Matrix<Stored, Space>();
    auto const z = detail::product_for<Space, T>(
        y, is_mixed<Precision> ? m_product.get(space, atoms * width).data() : nullptr);
    gemm(space, x, layers[l].weight, z);
    detail::layer_pass<S>(space, layers[l], z, {}, y, slope, x, {});
    x = y;
  }
  auto const& last = layers.back();
  Kokkos::parallel_for("dp::FittingNet::last_layer", Range(space, 0, m_atoms),
                       detail::LastLayer<Space, T, Stored>{x, last.vector, last.bias, sign, shift, energy});
}

template <class Space, class Precision>
auto FittingNet<Space, Precision>::adjoint(Space const& space, int type) -> Matrix<T const, Space> {
  Kokkos::Profiling::ScopedRegion region("dp::fitting");
  auto const& layers = net(type).layers();
  auto const atoms = static_cast<std::size_t>(m_atoms);
  T const factor = m_adjoint_factor[static_cast<std::size_t>(type)];
  Matrix<Stored, Space> dz;
  Matrix<T, Space> dy_above;
  for (std::size_t l = layers.size(); l-- > 0;) {  // from the output: dE/d(input of layer l)
    auto const width = static_cast<std::size_t>(layers[l].inputs());
    bool const top = l + 1 == layers.size(), bottom = l == 0;
    T const out = bottom ? T(1) / factor : T(1);  // the factor stays inside the net
    auto const dy = m_dy[l].get(space, atoms, width);
    if (!top) {
      if constexpr (is_mixed<Precision>)
        gemm(space, dz, layers[l].transposed, dy, out);
      else
        gemm(space, dz, layers[l].transposed, dy);
    }
    auto const slope = bottom ? Matrix<Stored, Space>() : m_slope[l - 1].get(space, atoms, width);
    auto const dz_below = bottom ? Matrix<Stored, Space>() : m_dz.get(space, atoms, width);
    auto const weight = top ? layers[l].vector : Vector<T const, Space>();
    auto const skip = top ? Skip::none : layers[l].skip;
    if (top || !bottom || skip != Skip::none)
      detail::for_each_row(space, "dp::FittingNet::adjoint", m_atoms, layers[l].inputs(),
                           detail::AdjointPass<Space, T, Stored>{dy, dy_above, skip, weight, slope, dz_below,
                                                                 factor * out, out});
    dz = dz_below;
    dy_above = dy;
  }
  return dy_above;
}

}  // namespace dp
