// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "md/parallel/communicator.hpp"
#include "md/system.hpp"

namespace md {

/// Bins of |F|: 32 to each factor of two, from 2^-24 to 2^24 eV/Angstrom. The first has what is below, too:
/// atoms that feel no force.
struct ForceBins {
  static constexpr int per_octave = 32, octaves = 48, count = per_octave * octaves;

  KOKKOS_FUNCTION static int of(double force) {
    if (!(force > 0x1p-24)) return 0;
    double const at = (Kokkos::log2(force) + 24.0) * per_octave;
    return at < count ? static_cast<int>(at) : count - 1;
  }
  /// The middle of a bin, eV/Angstrom.
  static double middle(std::size_t bin) {
    return std::exp2((static_cast<double>(bin) + 0.5) / per_octave - 24.0);
  }
};

/// A limit is that of 1000 forces at least.
inline constexpr double least_forces = 1000.0;

/// The median of a distribution in ForceBins, and `deviations` times 1.4826 times the median of the
/// distances from it, which is the standard deviation of normal numbers and which outliers do not move. Atoms
/// that feel no force, as most do in a thin gas, are no part of it. Infinity where there are too few forces,
/// or where half of them are in one bin, so that their spread is not known.
inline double outlier_limit(double const* counts, double deviations) {
  std::vector<std::pair<double, double>> found;  // value and weight
  double total = 0.0;
  for (std::size_t bin = 1; bin < ForceBins::count; ++bin) {
    if (counts[bin] > 0.0) found.emplace_back(ForceBins::middle(bin), counts[bin]);
    total += counts[bin];
  }
  auto const median = [total](auto& values) {
    std::sort(values.begin(), values.end());
    double below = 0.0;
    for (auto const& [value, weight] : values)
      if ((below += weight) >= 0.5 * total) return value;
    return std::numeric_limits<double>::infinity();
  };
  double const middle = median(found);
  for (auto& [value, weight] : found) value = std::abs(value - middle);
  double const spread = median(found);
  bool const known = total >= least_forces && spread > 0.0;
  return known ? middle + deviations * 1.4826 * spread : std::numeric_limits<double>::infinity();
}

/// How many times its limit a force is; infinity where it is not a finite number, above 1 for outliers.
KOKKOS_INLINE_FUNCTION double excess_of(double force, double limit) {
  return Kokkos::isfinite(force) ? force / limit : Kokkos::Experimental::infinity_v<double>;
}

/// Forces of a step that are out of the ordinary.
struct ForceOutliers {
  std::int64_t count = 0;           ///< on this rank
  int atom = -1;                    ///< row of the one that is most of all above its limit, on this rank
  double excess = 0.0;              ///< its force in units of the limit
  std::vector<double> limits = {};  ///< of each type, eV/Angstrom, where there are outliers
};

/// Counts forces above the limit of their type or not finite, and adds the others to the distributions.
template <class Space>
ForceOutliers count_outliers(Space const& space, System<Space> const& system,
                             Kokkos::View<double const*, Memory<Space>> const& limits,
                             Kokkos::View<std::int64_t**, Kokkos::LayoutRight, Memory<Space>> const& bins) {
  auto const f = system.forces;
  auto const types = system.types;
  ForceOutliers result;
  using Worst = Kokkos::MaxLoc<double, int>;
  typename Worst::value_type worst;
  Kokkos::parallel_reduce(
      "md::count_outliers", Kokkos::RangePolicy<Space>(space, 0, types.extent(0)),
      KOKKOS_LAMBDA(std::size_t i, std::int64_t & count, typename Worst::value_type & most) {
        double const force = Kokkos::sqrt(f(i, 0) * f(i, 0) + f(i, 1) * f(i, 1) + f(i, 2) * f(i, 2));
        auto const type = static_cast<std::size_t>(types(i));
        if (Kokkos::isfinite(force))
          Kokkos::atomic_inc(&bins(type, static_cast<std::size_t>(ForceBins::of(force))));
        double const excess = excess_of(force, limits(type));
        if (!(excess > 1.0)) return;
        ++count;
        int const row = static_cast<int>(i);
        if (excess > most.val || (excess == most.val && row < most.loc)) {
          most.val = excess;
          most.loc = row;
        }
      },
      result.count, Worst(worst));
  if (result.count == 0) return result;
  result.atom = worst.loc;
  result.excess = worst.val;
  return result;
}

/// The running distribution of |F| for each type of atom, in the memory of `Space`, and what lies outside it.
/// The limits follow the distribution whenever it has grown by a quarter, over all ranks; a type has none
/// before 1000 forces of it were seen, and while outlier_limit() has none.
template <class Space>
class ForceDistribution {
 public:
  /// `deviations`: see outlier_limit(); `most`: a limit of its own, eV/Angstrom, 0: none.
  ForceDistribution(std::size_t types, double deviations, double most,
                    Communicator& communicator = Communicator::alone())
      : m_communicator(&communicator),
        m_deviations(deviations),
        m_most(most > 0.0 ? most : std::numeric_limits<double>::infinity()),
        m_host_limits(types, m_most),
        m_limits("md::ForceDistribution::limits", types),
        m_bins("md::ForceDistribution::bins", types, static_cast<std::size_t>(ForceBins::count)) {
    Kokkos::deep_copy(m_limits, m_most);
  }

  /// The forces of this step against those before, among which they then are; waits for them.
  ForceOutliers look(Space const& space, System<Space> const& system) {
    auto result = count_outliers<Space>(space, system, m_limits, m_bins);
    if (result.count > 0) result.limits = m_host_limits;
    if (++m_looks >= m_next) update(space);
    return result;
  }

  /// eV/Angstrom, of each type.
  std::vector<double> const& limits() const { return m_host_limits; }

 private:
  void update(Space const& space) {
    m_next = m_looks + std::max<std::int64_t>(1, m_looks / 4);
    auto const own = download(space, m_bins);
    std::vector<double> counts(own.begin(), own.end());
    m_communicator->messages().sum(counts.data(), static_cast<int>(counts.size()));
    for (std::size_t type = 0; type < m_host_limits.size(); ++type) {
      double const* const first = &counts[type * ForceBins::count];
      m_host_limits[type] = std::min(m_most, outlier_limit(first, m_deviations));
    }
    upload(space, m_host_limits, m_limits);
  }

  Communicator* m_communicator;
  double m_deviations, m_most;
  std::vector<double> m_host_limits;
  Kokkos::View<double*, Memory<Space>> m_limits;
  Kokkos::View<std::int64_t**, Kokkos::LayoutRight, Memory<Space>> m_bins;
  std::int64_t m_looks = 0, m_next = 1;
};

}  // namespace md
