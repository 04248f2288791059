// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <numeric>

#include "md/parallel/domain.hpp"
#include "md/parallel/mail.hpp"

namespace md {

/// Columns of an atom on its way to another rank.
struct AtomRow {
  static constexpr int id = 0, type = 1, mass = 2, position = 3, velocity = 6, force = 9, origin = 12,
                       passenger = 15, width = 18;
};

/// Rows whose atoms belong `side` along vector k: forwards (1), backwards (-1) or here (0).
template <class Space>
struct BelongsTo {
  DomainGrid grid;
  dp::Matrix<double const, Space> rows;
  int k, side;

  KOKKOS_FUNCTION bool operator()(std::int64_t i) const {
    int const way = grid.way(&rows(i, AtomRow::position), k);
    return side == (way > 0 ? 1 : way < 0 ? -1 : 0);
  }
};

template <class Space>
void pack_atoms(Space const& space, System<Space> const& system, Vectors<Space> const& passenger,
                dp::Matrix<double, Space> const& rows) {
  auto const x = system.positions, v = system.velocities, f = system.forces, origins = system.origins;
  auto const ids = system.ids;
  auto const types = system.types;
  auto const masses = system.masses;
  bool const more = passenger.extent(0) > 0;
  Kokkos::parallel_for(
      "md::pack_atoms", Kokkos::RangePolicy<Space>(space, 0, x.extent(0)), KOKKOS_LAMBDA(std::size_t i) {
        rows(i, AtomRow::id) = static_cast<double>(ids(i));
        rows(i, AtomRow::type) = types(i);
        rows(i, AtomRow::mass) = masses(i);
        for (int k = 0; k < 3; ++k) {
          rows(i, AtomRow::position + k) = x(i, k);
          rows(i, AtomRow::velocity + k) = v(i, k);
          rows(i, AtomRow::force + k) = f(i, k);
          rows(i, AtomRow::origin + k) = origins(i, k);
          rows(i, AtomRow::passenger + k) = more ? passenger(i, k) : 0.0;
        }
      });
}

template <class Space>
void unpack_atoms(Space const& space, dp::Matrix<double const, Space> const& rows,
                  System<Space> const& system, Vectors<Space> const& passenger) {
  auto const x = system.positions, v = system.velocities, f = system.forces, origins = system.origins;
  auto const ids = system.ids;
  auto const types = system.types;
  auto const masses = system.masses;
  bool const more = passenger.extent(0) > 0;
  Kokkos::parallel_for(
      "md::unpack_atoms", Kokkos::RangePolicy<Space>(space, 0, x.extent(0)), KOKKOS_LAMBDA(std::size_t i) {
        ids(i) = static_cast<std::int64_t>(rows(i, AtomRow::id));
        types(i) = static_cast<int>(rows(i, AtomRow::type));
        masses(i) = rows(i, AtomRow::mass);
        for (int k = 0; k < 3; ++k) {
          x(i, k) = rows(i, AtomRow::position + k);
          v(i, k) = rows(i, AtomRow::velocity + k);
          f(i, k) = rows(i, AtomRow::force + k);
          origins(i, k) = rows(i, AtomRow::origin + k);
          if (more) passenger(i, k) = rows(i, AtomRow::passenger + k);
        }
      });
}

template <class Space>
void gather_rows(Space const& space, dp::Vector<int const, Space> const& list,
                 dp::Matrix<double const, Space> const& rows, dp::Matrix<double, Space> const& out) {
  Kokkos::parallel_for(
      "md::gather_rows", Kokkos::RangePolicy<Space>(space, 0, list.extent(0)), KOKKOS_LAMBDA(std::size_t n) {
        for (int k = 0; k < AtomRow::width; ++k) out(n, k) = rows(list(n), k);
      });
}

template <class Space>
void copy_ids(Space const& space, dp::Matrix<double const, Space> const& rows,
              dp::Vector<double, Space> const& ids) {
  Kokkos::parallel_for(
      "md::copy_ids", Kokkos::RangePolicy<Space>(space, 0, rows.extent(0)),
      KOKKOS_LAMBDA(std::size_t i) { ids(i) = rows(i, AtomRow::id); });
}

/// Brings atoms to the ranks in whose domains they are: along one box vector after the other, from neighbour
/// to neighbour until all have arrived. Then each rank has its atoms in the order of their ids, so that this
/// order, and with it all rounding, follows from the positions alone.
template <class Space>
class Migration {
 public:
  Migration(Communicator& communicator, bool direct) : m_mail(communicator, direct) {}

  /// `passenger` (atoms x 3), if any, goes with the atoms.
  void run(Space const& space, Domain const& domain, System<Space>& system, Vectors<Space>* passenger) {
    Kokkos::Profiling::ScopedRegion const region("dp::exchange");
    Communicator& communicator = m_mail.communicator();
    auto rows = reserve(space, 0, system.size());
    pack_atoms(space, system, passenger ? *passenger : Vectors<Space>(), rows);
    for (int k = 0; k < 3; ++k) {
      std::array<int, 2> const to = {domain.neighbour(k, 1), domain.neighbour(k, -1)};
      while (domain.grid().count[k] > 1) {
        IndexList<Space>&here = m_lists[0], &forwards = m_lists[1], &backwards = m_lists[2];
        for (int side : {0, 1, -1}) {
          auto& list = side == 0 ? here : side > 0 ? forwards : backwards;
          list.clear();
          list.append(space, 0, static_cast<std::int64_t>(rows.extent(0)),
                      BelongsTo<Space>{domain.grid(), rows, k, side});
        }
        auto const leaving = static_cast<double>(forwards.size() + backwards.size());
        if (communicator.maximum<1>({leaving})[0] == 0.0) break;
        auto const arriving = m_mail.exchange_counts(to, {to[1], to[0]}, {forwards.size(), backwards.size()});
        auto const all = reserve(space, 1, here.size() + arriving[0] + arriving[1]);
        gather_rows<Space>(space, here.part(0, here.size()), rows, all);
        auto const out =
            m_out.get(space, static_cast<std::size_t>(forwards.size() + backwards.size()), width);
        gather_rows<Space>(space, forwards.part(0, forwards.size()), rows, out);
        double* const second = out.data() + width * forwards.size();
        gather_rows<Space>(space, backwards.part(0, backwards.size()), rows,
                           Rows(second, static_cast<std::size_t>(backwards.size()), width));
        double* const first_in = all.data() + width * here.size();
        m_mail.exchange(space, {Parcel{to[0], out.data(), width * forwards.size(), to[1], first_in,
                                       width * arriving[0], 0},
                                Parcel{to[1], second, width * backwards.size(), to[0],
                                       first_in + width * arriving[0], width * arriving[1], 1}});
        std::swap(m_rows[0], m_rows[1]);
        rows = all;
      }
    }
    sort(space, rows);
    system.resize(space, static_cast<std::int64_t>(rows.extent(0)));
    if (passenger) *passenger = Vectors<Space>("md::passenger", rows.extent(0));
    unpack_atoms<Space>(space, rows, system, passenger ? *passenger : Vectors<Space>());
  }

 private:
  using Rows = dp::Matrix<double, Space>;
  static constexpr int width = AtomRow::width;

  Rows reserve(Space const& space, int which, std::int64_t count) {
    return m_rows[which].get(space, static_cast<std::size_t>(count), width);
  }

  /// Rows in the order of their ids. The order is found on the host: few are out of it, and rarely.
  void sort(Space const& space, Rows& rows) {
    std::size_t const count = rows.extent(0);
    auto const column = m_out.get(space, count);
    copy_ids<Space>(space, rows, column);
    auto const ids = download(space, column);
    std::vector<int> order(count);
    std::iota(order.begin(), order.end(), 0);
    auto const before = [&](int a, int b) {
      return ids[static_cast<std::size_t>(a)] < ids[static_cast<std::size_t>(b)];
    };
    if (std::is_sorted(order.begin(), order.end(), before)) return;
    std::sort(order.begin(), order.end(), before);
    auto const list = dp::to_space<int>(space, "md::Migration::order", order);
    auto const sorted = reserve(space, 1, static_cast<std::int64_t>(count));
    gather_rows<Space>(space, dp::Vector<int const, Space>(list.data(), count), rows, sorted);
    space.fence("md::Migration::sort");
    std::swap(m_rows[0], m_rows[1]);
    rows = sorted;
  }

  Mail<Space> m_mail;
  IndexList<Space> m_lists[3];
  dp::Buffer<double, Space> m_rows[2] = {dp::Buffer<double, Space>("md::Migration::rows"),
                                         dp::Buffer<double, Space>("md::Migration::rows")};
  dp::Buffer<double, Space> m_out{"md::Migration::out"};
};

}  // namespace md
