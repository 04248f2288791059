// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "analysis/neighbours.hpp"

namespace analysis {

/// How many neighbours atoms have: histogram(a kinds + b, n) += the number of atoms of kind a with n
/// neighbours of kind b; more than the last entry count as the last.
template <class Space>
void count_neighbours(Space const& space, Neighbours<Space> const& neighbours, int kinds,
                      Kokkos::View<std::int64_t**, typename Space::memory_space> const& histogram) {
  auto const kind = neighbours.kinds();
  auto const list = neighbours.list();
  auto const last = static_cast<std::int64_t>(histogram.extent(1)) - 1;
  Kokkos::parallel_for(
      "dp::analyse::count_neighbours", Policy<Space>(space, 0, list.rows), KOKKOS_LAMBDA(std::int64_t i) {
        for (int b = 0; b < kinds; ++b) {
          std::int64_t n = 0;
          for (std::int64_t k = 0; k < list.count(i); ++k) n += kind(list.neighbour(i, k)) == b ? 1 : 0;
          Kokkos::atomic_inc(&histogram(kind(i) * kinds + b, n < last ? n : last));
        }
      });
}

/// Distribution of the numbers of neighbours over a trajectory.
template <class Space>
class Coordination {
 public:
  static constexpr std::size_t most = 100;

  /// Neighbours are atoms within `cutoff` (Angstrom).
  Coordination(Space const& space, Kinds kinds, double cutoff)
      : m_space(space),
        m_kinds(std::move(kinds)),
        m_cutoff(cutoff),
        m_histogram("dp::analyse::coordination", m_kinds.size() * m_kinds.size(), most + 1) {}

  void add(examples::Structure const& frame) {
    m_neighbours.build(m_space, frame, m_kinds.of(frame), m_cutoff);
    count_neighbours(m_space, m_neighbours, static_cast<int>(m_kinds.size()), m_histogram);
    m_space.fence("dp::analyse::coordination");
  }

  Kinds const& kinds() const { return m_kinds; }

  /// Entry n: the share of the atoms of kind a with n neighbours of kind b; the last entry: with `most` or
  /// more.
  std::vector<double> shares(std::size_t a, std::size_t b) const {
    auto const histogram = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), m_histogram);
    std::vector<double> result(most + 1);
    double sum = 0.0;
    for (std::size_t n = 0; n <= most; ++n) sum += static_cast<double>(histogram(a * m_kinds.size() + b, n));
    for (std::size_t n = 0; n <= most && sum > 0.0; ++n)
      result[n] = static_cast<double>(histogram(a * m_kinds.size() + b, n)) / sum;
    return result;
  }

 private:
  Space m_space;
  Kinds m_kinds;
  double m_cutoff;
  Neighbours<Space> m_neighbours;
  Kokkos::View<std::int64_t**, typename Space::memory_space> m_histogram;
};

}  // namespace analysis
