// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/entries.hpp>
#include <dp/core/half.hpp>
#include <dp/core/kernels.hpp>
#include <dp/detail/contractions.hpp>
#include <dp/detail/row_gradient.hpp>
#include <dp/model/model.hpp>
#include <dp/stages/environment_matrix.hpp>
#include <dp/stages/handover.hpp>
#include <dp/stages/pair_embedding.hpp>
#include <optional>
#include <type_traits>
#include <vector>

namespace dp {

/// The descriptor of a tile of atoms and its adjoint. se_e2_a (SC20, eq. 2): T_i = (1/nnei) sum_j G_ij (x)
/// ~r_ij, D_i = T_i T_i[axis]^T; se_e2_r: D_i = (1 / 5 nnei) sum_j G_ij. nnei is sum(sel), whatever the
/// number of neighbours; absent neighbours enter as one constant per pair of types.
template <class Space, class Precision>
class Descriptor {
 public:
  using T = typename Precision::Net;          ///< what is computed in
  using Stored = typename Precision::Stored;  ///< what G and D are stored in

  /// Copies what it needs of `model` to `space`.
  Descriptor(Space const& space, Model const& model);

  /// Length of the descriptor, M * axis or M.
  int dimension() const { return m_dimension; }

  /// Writes D into the first dimension() columns of `d` (atoms x at least dimension()). `derivative`: also
  /// prepare what adjoint() needs.
  void forward(Space const& space, int type, EnvironmentMatrix<Space> const& environment,
               Matrix<Stored, Space> d, bool derivative);

  /// From now on G is the basis of `handover`, and the nets' only nearer than its tables reach.
  /// Constants of absent neighbours included. `model`: that of the constructor.
  void hand_over(Space const& space, DescriptorModel const& model, Handover<Space, T> handover) {
    m_handover = std::move(handover);
    for (int centre = 0; centre < m_ntypes; ++centre)
      m_constants[static_cast<std::size_t>(centre)] =
          to_space<T>(space, "dp::Descriptor::constants", constants(space, model, centre));
  }

  /// dE/d~r (rows x 4) from dE/dD in the first dimension() columns of `dd`; after forward() of the same tile.
  template <class Kernels>
  Columns<double, Space> adjoint(Space const& space, EnvironmentMatrix<Space> const& environment,
                                 Matrix<T const, Space> dd);

  /// Memory held on `Space`.
  std::size_t bytes() const {
    return m_g.bytes() + m_dg.bytes() + m_t_buffer.bytes() + m_dt.bytes() + m_gradient.bytes() +
           m_scratch.bytes();
  }

 private:
  using Range = Kokkos::RangePolicy<Space, Kokkos::IndexType<std::int64_t>>;

  std::size_t pair(int centre, int neighbour) const {
    return static_cast<std::size_t>(centre * m_ntypes + neighbour);
  }
  /// Rows of neighbours of type `t` in a buffer of the width M.
  Matrix<Stored, Space> rows_of(Matrix<Stored, Space> const& all, EnvironmentMatrix<Space> const& environment,
                                int t) const {
    auto const n = static_cast<std::size_t>(environment.begin(t + 1) - environment.begin(t));
    return Matrix<Stored, Space>(all.data() + environment.begin(t) * m_width, n,
                                 static_cast<std::size_t>(m_width));
  }
  detail::TileRows<Space> tile_rows(EnvironmentMatrix<Space> const& environment) const {
    return {environment.atoms(), m_ntypes, environment.offsets(), environment.present(), m_sel};
  }
  std::vector<T> constants(Space const& space, DescriptorModel const& model, int centre);

  bool m_angular;
  int m_ntypes, m_width, m_axis, m_dimension;
  T m_scale;
  Kokkos::View<int*, typename Space::memory_space> m_sel;
  std::vector<std::optional<PairEmbedding<Space, Precision>>> m_embeddings;  // per pair
  std::vector<Kokkos::View<T*, typename Space::memory_space>>
      m_constants;  // per centre: (2 ntypes, components * M)

  std::optional<Handover<Space, T>> m_handover;
  Matrix<T, Space> m_t;
  Buffer<Stored, Space> m_g{"dp::Descriptor::g"}, m_dg{"dp::Descriptor::dg"};
  Buffer<T, Space> m_t_buffer{"dp::Descriptor::t"}, m_dt{"dp::Descriptor::dt"},
      m_scratch{"dp::EmbeddingNet::scratch"};
  Buffer<double, Space> m_gradient{"dp::Descriptor::gradient"};
};

template <class Space, class Precision>
Descriptor<Space, Precision>::Descriptor(Space const& space, Model const& model)
    : m_angular(model.descriptor.kind == DescriptorKind::angular),
      m_ntypes(model.ntypes()),
      m_width(model.descriptor.width()),
      m_axis(model.descriptor.axis_neuron),
      m_dimension(model.descriptor.dimension()),
      m_scale(static_cast<T>(1.0 / model.descriptor.nnei() / (m_angular ? 1.0 : 5.0))),
      m_sel(to_space<int>(space, "dp::Descriptor::sel", model.descriptor.sel)) {
  for (std::size_t p = 0; p < model.descriptor.nets.size(); ++p) {
    m_embeddings.emplace_back();
    if (model.descriptor.embeds(p)) m_embeddings.back().emplace(space, model.descriptor, p);
  }
  for (int centre = 0; centre < m_ntypes; ++centre)
    m_constants.push_back(
        to_space<T>(space, "dp::Descriptor::constants", constants(space, model.descriptor, centre)));
}

/// What one absent (first row of each neighbour type) and one present but excluded neighbour (second row) add
/// to the sum over neighbours. An absent neighbour has the row -mean / stddev.
template <class Space, class Precision>
auto Descriptor<Space, Precision>::constants(Space const& space, DescriptorModel const& model, int centre)
    -> std::vector<T> {
  int const components = m_angular ? 4 : 1;
  auto const row_length = static_cast<std::size_t>(components * m_width);
  std::vector<T> result(2 * static_cast<std::size_t>(m_ntypes) * row_length);
  Kokkos::View<Stored**, Kokkos::LayoutRight, typename Space::memory_space> g(
      Kokkos::view_alloc(space, Kokkos::WithoutInitializing, "dp::Descriptor::constant_g"), 1, m_width);
  auto const embed = [&](int t, double s, bool excluded) {
    std::vector<T> value(static_cast<std::size_t>(m_width));
    if (m_handover) {
      auto const& constant = m_handover->constant(pair(centre, t), excluded);
      for (std::size_t m = 0; m < constant.size(); ++m) value[m] = static_cast<T>(constant[m]);
      return value;
    }
    m_embeddings[pair(centre, t)]->evaluate(space, m_scratch,
                                            to_space<double>(space, "dp::s", std::vector<double>{s}), g, {});
    space.fence("dp::Descriptor::constants");
    auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), g);
    for (std::size_t m = 0; m < value.size(); ++m) value[m] = widened<T>(host(0, m));
    return value;
  };
  for (int t = 0; t < m_ntypes; ++t) {
    auto const p = pair(centre, t);
    if (!m_embeddings[p]) continue;
    T* const absent = result.data() + 2 * static_cast<std::size_t>(t) * row_length;
    T* const present = absent + row_length;
    std::array<double, 4> row;
    for (std::size_t c = 0; c < 4; ++c) row[c] = -model.mean[p][c] / model.stddev[p][c];
    if (!model.excluded[p] || model.excluded_padding) {
      auto const value = embed(t, row[0], false);
      for (int c = 0; c < components; ++c)
        for (int m = 0; m < m_width; ++m)
          absent[c * m_width + m] = value[static_cast<std::size_t>(m)] *
                                    static_cast<T>(m_angular ? row[static_cast<std::size_t>(c)] : 1.0);
    }
    // A radial descriptor feeds zero to the net for an excluded neighbour, and TensorFlow's one-sided form
    // for the absent ones of its type too.
    if (m_angular || !model.excluded[p] || !(model.excluded_padding || model.one_sided)) continue;
    auto const value = embed(t, 0.0, true);
    for (int m = 0; m < m_width; ++m) {
      present[m] = value[static_cast<std::size_t>(m)];
      if (!model.excluded_padding) absent[m] = value[static_cast<std::size_t>(m)];
    }
  }
  return result;
}

template <class Space, class Precision>
void Descriptor<Space, Precision>::forward(Space const& space, int type,
                                           EnvironmentMatrix<Space> const& environment,
                                           Matrix<Stored, Space> d, bool derivative) {
  auto const rows = static_cast<std::size_t>(environment.rows()),
             atoms = static_cast<std::size_t>(environment.atoms()), width = static_cast<std::size_t>(m_width);
  auto const g = m_g.get(space, rows, width);
  auto const dg = derivative ? m_dg.get(space, rows, width) : Matrix<Stored, Space>();
  {
    Kokkos::Profiling::ScopedRegion region("dp::embedding");
    for (int t = 0; t < m_ntypes; ++t) {
      auto const range = std::make_pair(environment.begin(t), environment.begin(t + 1));
      if (range.first == range.second) continue;
      Strided1<double const, Space> const s = Kokkos::subview(environment.values(), range, 0);
      auto const g_rows = rows_of(g, environment, t);
      auto const dg_rows = derivative ? rows_of(dg, environment, t) : Matrix<Stored, Space>();
      if (auto const& embedding = m_embeddings[pair(type, t)]) {
        embedding->evaluate(space, m_scratch, s, g_rows, dg_rows);
        if (m_handover) m_handover->apply(space, pair(type, t), s, g_rows, dg_rows);
      } else {
        Kokkos::deep_copy(space, g_rows, Stored(0));
        if (derivative) Kokkos::deep_copy(space, dg_rows, Stored(0));
      }
    }
  }
  Kokkos::Profiling::ScopedRegion region("dp::descriptor");
  auto const& constants = m_constants[static_cast<std::size_t>(type)];
  auto const contract = [&]<class Out, int Components>(std::integral_constant<int, Components>,
                                                       Matrix<Out, Space> t) {
    Matrix<T const, Space> const rows_of_constants(constants.data(), 2 * static_cast<std::size_t>(m_ntypes),
                                                   Components * width);
    detail::ContractRows<Space, T, Stored, Out, Components> const kernel{
        tile_rows(environment), g, environment.values(), rows_of_constants, m_scale, t};
    detail::for_each_entry(space, "dp::Descriptor::contract", environment.atoms(), kernel.strips, kernel);
  };
  if (!m_angular) return contract(std::integral_constant<int, 1>(), d);
  m_t = m_t_buffer.get(space, atoms, 4 * width);
  contract(std::integral_constant<int, 4>(), m_t);
  detail::SymmetricProduct<Space, T, Stored> const product{m_t, m_axis, d};
  detail::for_each_entry(space, "dp::Descriptor::product", environment.atoms(), product.strips, product);
}

template <class Space, class Precision>
template <class Kernels>
Columns<double, Space> Descriptor<Space, Precision>::adjoint(Space const& space,
                                                             EnvironmentMatrix<Space> const& environment,
                                                             Matrix<T const, Space> dd) {
  Kokkos::Profiling::ScopedRegion region("dp::descriptor");
  auto const rows = static_cast<std::size_t>(environment.rows()),
             atoms = static_cast<std::size_t>(environment.atoms()), width = static_cast<std::size_t>(m_width);
  auto const g = m_g.get(space, rows, width), dg = m_dg.get(space, rows, width);
  auto const gradient = m_gradient.columns(space, rows, 4);
  auto const differentiate = [&]<int Components>(std::integral_constant<int, Components>,
                                                 Matrix<T const, Space> dt) {
    detail::RowGradient<Space, T, Stored, Components> const kernel{
        g, dg, environment.values(), environment.atom(), dt, m_scale, gradient};
    if constexpr (std::is_same_v<Kernels, Loops>) {
      Kokkos::parallel_for("dp::Descriptor::row_gradient", Range(space, 0, environment.rows()), kernel);
    } else {
      using ByTeams = detail::RowGradientByTeams<Space, T, Stored, Components>;
      std::int64_t const of_team = detail::team_policy<Kernels, ByTeams::vector>(space, 0).team_size();
      Kokkos::parallel_for(
          "dp::Descriptor::row_gradient",
          detail::team_policy<Kernels, ByTeams::vector>(space, (environment.rows() + of_team - 1) / of_team),
          ByTeams{kernel});
    }
  };
  if (!m_angular) {
    differentiate(std::integral_constant<int, 1>(), dd);
    return gradient;
  }
  auto const dt = m_dt.get(space, atoms, 4 * width);
  detail::for_each_entry(space, "dp::Descriptor::product_adjoint", environment.atoms(), m_width,
                         detail::SymmetricProductAdjoint<Space, T>{m_t, dd, m_axis, dt});
  detail::AxisProductAdjoint<Space, T> const axis_kernel{m_t, dd, m_axis, dt};
  detail::for_each_entry(space, "dp::Descriptor::axis_adjoint", environment.atoms(), axis_kernel.strips,
                         axis_kernel);
  differentiate(std::integral_constant<int, 4>(), dt);
  return gradient;
}

}  // namespace dp
