// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "analysis/estimate.hpp"
#include "analysis/neighbours.hpp"

namespace analysis {

/// histogram(a kinds + b, k) += the number of pairs of an atom of kind a and a neighbour of kind b with a
/// distance of k ... k + 1 times `width` (Angstrom).
template <class Space>
void count_distances(Space const& space, Neighbours<Space> const& neighbours, int kinds, double width,
                     Kokkos::View<std::int64_t**, typename Space::memory_space> const& histogram) {
  auto const x = neighbours.positions();
  auto const kind = neighbours.kinds();
  auto const list = neighbours.list();
  auto const bins = static_cast<std::int64_t>(histogram.extent(1));
  Kokkos::parallel_for(
      "dp::analyse::count_distances", Policy<Space>(space, 0, list.rows), KOKKOS_LAMBDA(std::int64_t i) {
        for (std::int64_t k = 0; k < list.count(i); ++k) {
          int const j = list.neighbour(i, k);
          double const dx = x(j, 0) - x(i, 0), dy = x(j, 1) - x(i, 1), dz = x(j, 2) - x(i, 2);
          auto const bin = static_cast<std::int64_t>(Kokkos::sqrt(dx * dx + dy * dy + dz * dz) / width);
          if (bin < bins) Kokkos::atomic_inc(&histogram(kind(i) * kinds + kind(j), bin));
        }
      });
}

/// Partial radial distribution functions of a trajectory whose frames are periodic along all three vectors.
template <class Space>
class RadialDistribution {
 public:
  /// Up to `cutoff` (Angstrom) in `bins` equal bins.
  RadialDistribution(Space const& space, Kinds kinds, double cutoff, std::size_t bins)
      : m_space(space),
        m_kinds(std::move(kinds)),
        m_cutoff(cutoff),
        m_bins(bins),
        m_histogram("dp::analyse::histogram", m_kinds.size() * m_kinds.size(), bins),
        m_g(m_kinds.size() * m_kinds.size() * bins),
        m_running(m_g.size()) {}

  void add(examples::Structure const& frame) {
    auto const& periodic = frame.box.periodic;
    if (!frame.has_box || !(periodic[0] && periodic[1] && periodic[2]))
      dp::fail(frame.source, ": a radial distribution function needs a density: expected a Lattice that is ",
               "periodic along all three vectors");
    auto const kinds = m_kinds.of(frame);
    auto const counts = count_kinds(kinds, m_kinds.size());
    m_neighbours.build(m_space, frame, kinds, m_cutoff);
    Kokkos::deep_copy(m_space, m_histogram, 0);
    count_distances(m_space, m_neighbours, static_cast<int>(m_kinds.size()),
                    m_cutoff / static_cast<double>(m_bins), m_histogram);
    m_space.fence("dp::analyse::histogram");
    auto const histogram = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), m_histogram);
    for (std::size_t a = 0; a < m_kinds.size(); ++a)
      for (std::size_t b = 0; b < m_kinds.size(); ++b) {
        auto const centres = static_cast<double>(counts[a]);
        auto const others =
            static_cast<double>(counts[b] - (a == b ? 1 : 0));  // no atom is its own neighbour
        double running = 0.0;
        for (std::size_t k = 0; k < m_bins; ++k) {
          auto const each =
              static_cast<double>(histogram(a * m_kinds.size() + b, k)) / std::max(1.0, centres);
          double const expected = others * shell(k) / frame.volume();
          running += each;
          m_g[index(a, b, k)].push_back(expected > 0.0 ? each / expected : 0.0);
          m_running[index(a, b, k)].push_back(running);
        }
      }
  }

  Kinds const& kinds() const { return m_kinds; }
  std::size_t bins() const { return m_bins; }
  std::size_t frames() const { return m_g.empty() ? 0 : m_g[0].size(); }
  /// The middle of a bin, Angstrom.
  double radius(std::size_t bin) const {
    return (static_cast<double>(bin) + 0.5) * m_cutoff / static_cast<double>(m_bins);
  }
  /// g(r) of the pair of kinds.
  Estimate g(std::size_t a, std::size_t b, std::size_t bin, std::size_t blocks) const {
    return block_estimate(m_g[index(a, b, bin)], blocks);
  }
  /// How many neighbours of kind b an atom of kind a has up to the end of the bin.
  double running(std::size_t a, std::size_t b, std::size_t bin) const {
    return block_estimate(m_running[index(a, b, bin)], 1).mean;
  }

 private:
  std::size_t index(std::size_t a, std::size_t b, std::size_t bin) const {
    return (a * m_kinds.size() + b) * m_bins + bin;
  }
  double shell(std::size_t bin) const {
    double const width = m_cutoff / static_cast<double>(m_bins), r = static_cast<double>(bin) * width;
    return 4.0 / 3.0 * 3.14159265358979323846 * (std::pow(r + width, 3) - r * r * r);
  }

  Space m_space;
  Kinds m_kinds;
  double m_cutoff;
  std::size_t m_bins;
  Neighbours<Space> m_neighbours;
  Kokkos::View<std::int64_t**, typename Space::memory_space> m_histogram;
  std::vector<std::vector<double>> m_g, m_running;  ///< for each entry its values in all frames
};

}  // namespace analysis
