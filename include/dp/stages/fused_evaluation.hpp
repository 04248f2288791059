// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>
#include <dp/core/kernels.hpp>
#include <dp/detail/fused_kernels.hpp>
#include <dp/input/configuration.hpp>
#include <dp/input/neighbor_list.hpp>
#include <dp/input/tile.hpp>
#include <dp/stages/compressed_evaluation.hpp>
#include <dp/stages/force_virial.hpp>
#include <dp/stages/team_search.hpp>
#include <type_traits>

namespace dp {

/// The whole way of a tile with the compressed evaluation, from the neighbour list to forces, without a
/// number that the host would have to wait for: rows of the environment matrix live in shared memory only,
/// and are made twice. Blocks of atoms with neighbours nearer than the tables reach are flagged and left out.
template <class Space, class Precision, class Kernels>
class FusedEvaluation {
 public:
  /// Copies what it needs of `model` to `space`. `all_neighbours`: also those beyond sel count.
  FusedEvaluation(Space const& space, Model const& model, bool all_neighbours)
      : m_search(space, model, all_neighbours), m_ntypes(model.ntypes()) {
    int widest = 0;
    std::size_t numbers = 0;
    for (auto const& net : model.fitting.nets) {
      std::size_t sum = 0;
      for (auto const& layer : net.layers) {
        sum += static_cast<std::size_t>(3 * layer.outputs);
        widest = std::max(widest, layer.outputs);
      }
      numbers = std::max(numbers, sum);
    }
    m_layer_bytes = (numbers + static_cast<std::size_t>(widest)) * sizeof(T);
  }

  /// Adds energies, forces and virials of `tile` to `output`, or sums to `fixed` if that is given. `guard`:
  /// with the flags of the tile's blocks of atoms.
  void run(Space const& space, Tile<Space> const& tile, Configuration<Space> const& configuration,
           NeighborList<Space> const& list, detail::Guard<Space> const& guard,
           CompressedEvaluation<Space, Precision>& evaluation, ForceVirial<Space>& forces,
           Output<Space> const& output, FixedSums<Space> const* fixed, bool derivative) {
    auto& descriptor = evaluation.descriptor();
    auto& fitting = evaluation.fitting();
    auto const rows = m_search.template run<Kernels>(space, tile, configuration, list, guard);
    auto const basis = descriptor.basis(tile.type);
    int const functions = descriptor.most_functions(tile.type);
    bool const angular = descriptor.components() == 4;

    auto const a = descriptor.sums(space, tile.type, tile.atoms());
    if (angular)
      contract<4>(space, rows, basis, functions, a);
    else
      contract<1>(space, rows, basis, functions, a);
    auto const x = fitting.input(space, tile.type, configuration, tile.centres);
    descriptor.features(space, tile.type, x);
    auto const energy = m_energy.get(space, static_cast<std::size_t>(tile.atoms()));
    fitting.forward(space, tile.type, x, energy, derivative);

    Matrix<double, Space> virial;
    if (derivative) {
      auto const da =
          descriptor.template features_adjoint<Kernels>(space, tile.type, fitting.adjoint(space, tile.type));
      virial = forces.atom_sums(space, tile.atoms(), output);
      forces.with_sink(space, output, fixed, [&](auto const& sink) {
        if (angular)
          scatter<4>(space, rows, basis, da, virial, sink);
        else
          scatter<1>(space, rows, basis, da, virial, sink);
      });
    }
    Kokkos::Profiling::ScopedRegion region("dp::forces");
    forces.sum_atoms(space, tile.centres, energy, virial, guard, output, fixed, is_mixed<Precision>);
  }

  /// Atoms of a tile such that its working memory stays near one GiB; `longest`: entries of the list's
  /// longest row.
  std::int64_t tile_size(CompressedEvaluation<Space, Precision> const& evaluation,
                         std::int64_t longest) const {
    constexpr std::size_t budget = std::size_t(1) << 30;
    std::size_t most = 1;
    for (int t = 0; t < m_ntypes; ++t) {
      auto const features = evaluation.centre_bases()[static_cast<std::size_t>(t)].dimension;
      most = std::max(most, evaluation.descriptor().bytes_per_atom(t) +
                                2 * static_cast<std::size_t>(features) * sizeof(T));
    }
    auto const atoms =
        static_cast<std::int64_t>(budget / (most + m_layer_bytes + m_search.bytes_per_atom(longest)));
    return std::clamp<std::int64_t>(atoms / detail::flag_block, 1, 64) * detail::flag_block;
  }

  /// Memory held on `Space`.
  std::size_t bytes() const { return m_search.bytes() + m_energy.bytes(); }

 private:
  using T = typename Precision::Net;
  using Table = typename CompressedDescriptor<Space, Precision>::Table;
  using Rows = detail::SlotRows<Space>;
  using Basis = detail::Basis<Space, T, Table>;
  static constexpr int vector = 8;  // threads that share the functions of a neighbour

  template <int Components>
  void contract(Space const& space, Rows const& rows, Basis const& basis, int functions,
                Matrix<T, Space> a) const {
    Kokkos::Profiling::ScopedRegion region("dp::embedding");
    using Functor = detail::FusedContract<Space, T, Table, Components>;
    Kokkos::parallel_for(
        "dp::FusedEvaluation::contract",
        detail::team_policy<Kernels, vector>(space, rows.atoms(), Functor::scratch(functions)),
        Functor{{rows, basis}, a, functions});
  }

  template <int Components, class Sink>
  void scatter(Space const& space, Rows const& rows, Basis const& basis, Matrix<T const, Space> da,
               Matrix<double, Space> virial, Sink const& sink) const {
    Kokkos::Profiling::ScopedRegion region("dp::forces");
    using Functor = detail::FusedForces<Space, T, Table, Components, Sink>;
    Kokkos::parallel_for("dp::FusedEvaluation::forces",
                         detail::team_policy<Kernels, vector>(space, rows.atoms(), Functor::scratch),
                         Functor{{rows, basis}, da, virial, is_mixed<Precision>, Kernels::threads, sink});
  }

  TeamSearch<Space> m_search;
  int m_ntypes;
  std::size_t m_layer_bytes;
  Buffer<double, Space> m_energy{"dp::FusedEvaluation::energy"};
};

}  // namespace dp
