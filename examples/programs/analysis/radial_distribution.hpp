// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "analysis/estimate.hpp"
#include "analysis/neighbours.hpp"

namespace analysis {

/// histogram(a kinds + b, k) += the number of pairs of an atom of kind a and a neighbour of kind b with a
/// distance of k ... k + 1 times `width` (Angstrom).
template <class Space>
void count_distances(Space const& space, dp::Matrix<double const, Space> const& x,
                     dp::Vector<int const, Space> const& kind, dp::NeighborList<Space> const& list, int kinds,
                     double width,
                     Kokkos::View<std::int64_t**, typename Space::memory_space> const& histogram) {
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

/// The histogram on the host, row after row; waits for it.
template <class Space>
std::vector<double> download_pairs(
    Space const& space, Kokkos::View<std::int64_t**, typename Space::memory_space> const& histogram) {
  space.fence("dp::analyse::histogram");
  auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), histogram);
  std::vector<double> pairs;
  for (std::size_t row = 0; row < host.extent(0); ++row)
    for (std::size_t k = 0; k < host.extent(1); ++k) pairs.push_back(static_cast<double>(host(row, k)));
  return pairs;
}

/// What pairs, distances and numbers stand in the rows of radial distribution functions: for each pair of
/// kinds g(r) in each bin, then for each pair the number of neighbours up to the end of each bin.
class RadialBins {
 public:
  /// Up to `cutoff` (Angstrom) in `bins` equal bins; `names` of the kinds.
  RadialBins(std::vector<std::string> names, double cutoff, std::size_t bins)
      : m_names(std::move(names)), m_cutoff(cutoff), m_bins(bins) {}

  std::size_t kinds() const { return m_names.size(); }
  std::size_t bins() const { return m_bins; }
  double width() const { return m_cutoff / static_cast<double>(m_bins); }  ///< of a bin, Angstrom
  double radius(std::size_t bin) const { return (static_cast<double>(bin) + 0.5) * width(); }  ///< its middle

  std::size_t numbers() const { return 2 * kinds() * kinds() * m_bins; }  ///< in a row
  std::size_t g(std::size_t a, std::size_t b, std::size_t bin) const {
    return (a * kinds() + b) * m_bins + bin;
  }
  std::size_t neighbours(std::size_t a, std::size_t b, std::size_t bin) const {
    return kinds() * kinds() * m_bins + g(a, b, bin);
  }

  /// The row of a frame; `pairs` as count_distances() has them, `counts` the atoms of each kind.
  std::vector<double> row(std::vector<double> const& pairs, std::vector<std::int64_t> const& counts,
                          double volume) const {
    std::vector<double> result(2 * pairs.size());
    for (std::size_t a = 0; a < kinds(); ++a)
      for (std::size_t b = 0; b < kinds(); ++b) {
        auto const centres = std::max(1.0, static_cast<double>(counts[a]));
        auto const others =
            static_cast<double>(counts[b] - (a == b ? 1 : 0));  // no atom is its own neighbour
        double running = 0.0;
        for (std::size_t k = 0; k < m_bins; ++k) {
          double const each = pairs[g(a, b, k)] / centres;
          double const expected = others * shell(k) / volume;
          result[g(a, b, k)] = expected > 0.0 ? each / expected : 0.0;
          result[neighbours(a, b, k)] = running += each;
        }
      }
    return result;
  }

  /// The table (CSV); `entry` is the estimate of a number of the rows.
  template <class Entry>
  std::string table(Entry const& entry) const {
    std::string text = "r_A";
    auto const put = [&text](char const* format, double value) {
      char number[32];
      std::snprintf(number, sizeof number, format, value);
      text += number;
    };
    for_each_pair([&](std::size_t a, std::size_t b) {
      std::string const name = m_names[a] + "-" + m_names[b];
      text += ",g_" + name + ",error_" + name + ",neighbours_" + name;
    });
    for (std::size_t k = 0; k < m_bins; ++k) {
      put("\n%.15g", radius(k));
      for_each_pair([&](std::size_t a, std::size_t b) {
        Estimate const value = entry(g(a, b, k));
        put(",%.15g", value.mean);
        put(",%.15g", value.error);
        put(",%.15g", entry(neighbours(a, b, k)).mean);
      });
    }
    return text + "\n";
  }

 private:
  template <class Use>
  void for_each_pair(Use const& use) const {
    for (std::size_t a = 0; a < kinds(); ++a)
      for (std::size_t b = a; b < kinds(); ++b) use(a, b);
  }
  double shell(std::size_t bin) const {
    double const r = static_cast<double>(bin) * width();
    return 4.0 / 3.0 * 3.14159265358979323846 * (std::pow(r + width(), 3) - r * r * r);
  }

  std::vector<std::string> m_names;
  double m_cutoff;
  std::size_t m_bins;
};

/// Partial radial distribution functions of a trajectory whose frames are periodic along all three vectors.
template <class Space>
class RadialDistribution {
 public:
  /// Up to `cutoff` (Angstrom) in `bins` equal bins.
  RadialDistribution(Space const& space, Kinds kinds, double cutoff, std::size_t bins)
      : m_space(space),
        m_kinds(std::move(kinds)),
        m_cutoff(cutoff),
        m_bins(m_kinds.names(), cutoff, bins),
        m_histogram("dp::analyse::histogram", m_kinds.size() * m_kinds.size(), bins) {}

  void add(examples::Structure const& frame) {
    auto const& periodic = frame.box.periodic;
    if (!frame.has_box || !(periodic[0] && periodic[1] && periodic[2]))
      dp::fail(frame.source, ": a radial distribution function needs a density: expected a Lattice that is ",
               "periodic along all three vectors");
    auto const kinds = m_kinds.of(frame);
    m_neighbours.build(m_space, frame, kinds, m_cutoff);
    Kokkos::deep_copy(m_space, m_histogram, 0);
    count_distances<Space>(m_space, m_neighbours.positions(), m_neighbours.kinds(), m_neighbours.list(),
                           static_cast<int>(m_kinds.size()), m_bins.width(), m_histogram);
    m_rows.push_back(
        m_bins.row(download_pairs(m_space, m_histogram), count_kinds(kinds, m_kinds.size()), frame.volume()));
  }

  Kinds const& kinds() const { return m_kinds; }
  RadialBins const& bins() const { return m_bins; }
  std::size_t frames() const { return m_rows.size(); }
  /// A number of the rows of `bins()`.
  Estimate estimate(std::size_t entry, std::size_t blocks) const {
    std::vector<double> values;
    for (auto const& row : m_rows) values.push_back(row[entry]);
    return block_estimate(values, blocks);
  }

 private:
  Space m_space;
  Kinds m_kinds;
  double m_cutoff;
  RadialBins m_bins;
  Neighbours<Space> m_neighbours;
  Kokkos::View<std::int64_t**, typename Space::memory_space> m_histogram;
  std::vector<std::vector<double>> m_rows;  ///< of each frame
};

}  // namespace analysis
