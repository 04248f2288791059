// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/detail/scatter_forces.hpp>
#include <dp/input/configuration.hpp>
#include <dp/stages/environment_matrix.hpp>
#include <vector>

namespace dp {

/// The last stage: from atomic energies and dE/d~r to what the caller asked for. Everything is added to the
/// outputs. Sums are double. With more than one thread forces are added atomically, so their last bits depend
/// on scheduling.
template <class Space>
class ForceVirial {
 public:
  /// Copies what it needs of `model`.
  explicit ForceVirial(Model const& model) : m_ntypes(model.ntypes()) {
    for (auto const& stddev : model.descriptor.stddev)
      m_inverse_stddev.push_back({1.0 / stddev[0], 1.0 / stddev[1], 1.0 / stddev[2], 1.0 / stddev[3]});
  }

  /// `type`: of the tile's atoms; `gradient`: dE/d~r (rows x 4), overwritten; empty if neither forces nor
  /// virials are wanted.
  void add(Space const& space, int type, EnvironmentMatrix<Space> const& environment,
           Vector<int const, Space> centres, Vector<double const, Space> energy,
           Columns<double, Space> gradient, Output<Space> const& output) {
    Kokkos::Profiling::ScopedRegion region("dp::forces");
    using Range = Kokkos::RangePolicy<Space, Kokkos::IndexType<std::int64_t>>;
    for (int t = 0; t < m_ntypes && gradient.data(); ++t)
      Kokkos::parallel_for(
          "dp::ForceVirial::rows", Range(space, environment.begin(t), environment.begin(t + 1)),
          detail::RowForces<Space>{environment.displacement(), gradient, environment.switch_function(),
                                   environment.protection(),
                                   m_inverse_stddev[static_cast<std::size_t>(type * m_ntypes + t)]});
    Totals const totals(m_totals.get(space, 1).data());
    auto const scatter = [&]<bool Atomic>(std::bool_constant<Atomic>) {
      Kokkos::parallel_reduce(
          "dp::ForceVirial::scatter", Range(space, 0, environment.atoms()),
          detail::ScatterForces<Space, Atomic>{environment.atoms(), m_ntypes, environment.offsets(),
                                               environment.neighbour(), centres, environment.displacement(),
                                               gradient, energy, output},
          totals);
    };
    if (is_host_space<Space> && space.concurrency() == 1)
      scatter(std::bool_constant<!is_host_space<Space>>());
    else
      scatter(std::true_type());
    Kokkos::parallel_for("dp::ForceVirial::totals", Kokkos::RangePolicy<Space>(space, 0, 1),
                         detail::AddTotals<Space>{totals, output});
  }

 private:
  using Totals = typename detail::AddTotals<Space>::Sum;

  int m_ntypes;
  Buffer<detail::Totals, Space> m_totals{"dp::ForceVirial::totals"};
  std::vector<Kokkos::Array<double, 4>> m_inverse_stddev;  // per pair of types
};

}  // namespace dp
