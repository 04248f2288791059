// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "analysis/estimate.hpp"
#include "analysis/neighbours.hpp"

namespace analysis {

template <class Space>
using Points = Kokkos::View<double* [3], Kokkos::LayoutRight, typename Space::memory_space>;

/// What takes the positions of a frame to paths without jumps: per atom, the fractional coordinates of the
/// last frame and their sum over all steps. Along periodic vectors each step is the shortest one.
template <class Space>
void unwrap(Space const& space, dp::Box const& box, bool first, Points<Space> const& x,
            Points<Space> const& last, Points<Space> const& path) {
  Kokkos::Array<double, 9> h{}, inverse{};
  Kokkos::Array<bool, 3> periodic{};
  auto const inverted = box.inverse();
  auto const vectors = box.spanned().h;
  for (std::size_t k = 0; k < 9; ++k) {
    h[k] = vectors[k];
    inverse[k] = inverted[k];
    if (k < 3) periodic[k] = box.periodic[k];
  }
  Kokkos::parallel_for(
      "dp::analyse::unwrap", Policy<Space>(space, 0, static_cast<std::int64_t>(x.extent(0))),
      KOKKOS_LAMBDA(std::int64_t i) {
        double f[3];
        for (std::size_t k = 0; k < 3; ++k)
          f[k] = x(i, 0) * inverse[k] + x(i, 1) * inverse[3 + k] + x(i, 2) * inverse[6 + k];
        for (std::size_t k = 0; k < 3; ++k) {
          double step = first ? f[k] : f[k] - last(i, k);
          if (!first && periodic[k]) step -= Kokkos::round(step);
          path(i, k) = first ? step : path(i, k) + step;
          last(i, k) = f[k];
        }
        for (std::size_t k = 0; k < 3; ++k)
          x(i, k) = path(i, 0) * h[k] + path(i, 1) * h[3 + k] + path(i, 2) * h[6 + k];
      });
}

/// The sum of the squared distances between two sets of positions over the atoms of a kind; waits for it.
template <class Space>
double squared_displacement(Space const& space, Points<Space> const& from, Points<Space> const& to,
                            Kokkos::View<int*, typename Space::memory_space> const& kinds, int kind) {
  double sum = 0.0;
  Kokkos::parallel_reduce(
      "dp::analyse::squared_displacement", Policy<Space>(space, 0, static_cast<std::int64_t>(from.extent(0))),
      KOKKOS_LAMBDA(std::int64_t i, double& part) {
        if (kinds(i) != kind) return;
        for (std::size_t k = 0; k < 3; ++k) part += (to(i, k) - from(i, k)) * (to(i, k) - from(i, k));
      },
      sum);
  return sum;
}

/// Mean-square displacement of each kind after 1, 2, ... `lags` frames, every frame taken as an origin. The
/// positions of the last `lags` frames are kept. Drift of the whole is not taken out.
template <class Space>
class MeanSquareDisplacement {
 public:
  /// `wrapped`: an atom that leaves the box comes in on the other side; no step between two frames may then
  /// be longer than half the box.
  MeanSquareDisplacement(Space const& space, Kinds kinds, std::size_t lags, bool wrapped)
      : m_space(space), m_kinds(std::move(kinds)), m_lags(lags), m_wrapped(wrapped) {}

  /// Atoms are told by their numbers in the file where it has them, else by their order. \throws dp::Error
  /// for a frame with other atoms than the first
  void add(examples::Structure frame) {
    examples::sort_by_ids(frame);
    auto const kinds = m_kinds.of(frame);
    if (m_origins.empty()) {
      m_counts = count_kinds(kinds, m_kinds.size());
      m_first = kinds;
      m_ids = frame.ids;
      m_kind = dp::to_space<int>(m_space, "dp::analyse::kinds", kinds);
      m_last = m_path = {};
      m_last = Points<Space>("dp::analyse::last", kinds.size());
      m_path = Points<Space>("dp::analyse::path", kinds.size());
    }
    if (frame.ids != m_ids) fail_for_ids(frame);
    if (kinds != m_first)
      dp::fail(frame.source, ": expected the ", m_first.size(),
               " atoms of the first frame in the same order, found ",
               kinds.size() == m_first.size() ? "another order" : std::to_string(kinds.size()));
    std::size_t const slot = m_origins.size() % (m_lags + 1);
    if (m_ring.size() <= slot) m_ring.emplace_back("dp::analyse::positions", kinds.size());
    auto const x = m_ring[slot];
    Kokkos::View<double const* [3], Kokkos::LayoutRight, Kokkos::HostSpace,
                 Kokkos::MemoryTraits<Kokkos::Unmanaged>> const host(frame.positions.data(), kinds.size());
    Kokkos::deep_copy(x, host);
    if (m_wrapped) unwrap(m_space, frame.box, m_origins.empty(), x, m_last, m_path);
    m_origins.emplace_back();
    for (std::size_t lag = 1; lag <= std::min(m_lags, m_origins.size() - 1); ++lag) {
      std::size_t const origin = m_origins.size() - 1 - lag;
      for (std::size_t a = 0; a < m_kinds.size(); ++a)
        m_origins[origin].push_back(
            squared_displacement(m_space, m_ring[origin % (m_lags + 1)], x, m_kind, static_cast<int>(a)) /
            static_cast<double>(m_counts[a]));
    }
  }

  Kinds const& kinds() const { return m_kinds; }
  /// The longest lag, in frames, that there are values for.
  std::size_t lags() const { return m_origins.empty() ? 0 : std::min(m_lags, m_origins.size() - 1); }

  /// After `lag` frames, Angstrom^2.
  Estimate after(std::size_t lag, std::size_t kind, std::size_t blocks) const {
    if (lag == 0) return {0.0, 0.0};
    std::vector<double> values;
    for (auto const& origin : m_origins)
      if (std::size_t const at = (lag - 1) * m_kinds.size() + kind; at < origin.size())
        values.push_back(origin[at]);
    return block_estimate(values, blocks);
  }

  /// A sixth of the slope from `from` frames on to the longest lag, in Angstrom^2 per frame; the error from
  /// blocks of origins.
  Estimate diffusion(std::size_t from, std::size_t kind, std::size_t blocks) const {
    std::vector<double> slopes, lag_axis;
    for (std::size_t lag = from; lag <= lags(); ++lag) lag_axis.push_back(static_cast<double>(lag));
    for (auto const& origin : m_origins) {  // each origin that has all lags gives a slope
      if (origin.size() < lags() * m_kinds.size() || lag_axis.size() < 2) continue;
      std::vector<double> values;
      for (std::size_t lag = from; lag <= lags(); ++lag)
        values.push_back(lag == 0 ? 0.0 : origin[(lag - 1) * m_kinds.size() + kind]);
      slopes.push_back(line_slope(lag_axis, values) / 6.0);
    }
    return block_estimate(slopes, blocks);
  }

 private:
  [[noreturn]] void fail_for_ids(examples::Structure const& frame) const {
    std::size_t const least = std::min(frame.ids.size(), m_ids.size());
    auto const differs =
        std::mismatch(m_ids.begin(), m_ids.begin() + static_cast<std::ptrdiff_t>(least), frame.ids.begin());
    auto const shown = [](auto at, auto const& ids) {
      return at == ids.end() ? "none" : std::to_string(*at);
    };
    dp::fail(frame.source, ": expected the ", m_ids.size(), " atom IDs of the first frame, found ",
             frame.ids.size(), " that differ: ID ", shown(differs.second, frame.ids), " in the place of ",
             shown(differs.first, m_ids));
  }

  Space m_space;
  Kinds m_kinds;
  std::size_t m_lags;
  bool m_wrapped;
  std::vector<int> m_first;
  std::vector<std::int64_t> m_ids;  ///< in rising order
  std::vector<std::int64_t> m_counts;
  Kokkos::View<int*, typename Space::memory_space> m_kind;
  Points<Space> m_last, m_path;
  std::vector<Points<Space>> m_ring;
  std::vector<std::vector<double>>
      m_origins;  ///< of each frame as origin: lag by lag, kind by kind, Angstrom^2
};

}  // namespace analysis
