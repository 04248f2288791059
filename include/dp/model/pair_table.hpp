// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <dp/model/check.hpp>
#include <vector>

namespace dp {

/// Energies of pairs of atoms, tabulated over their distance: cubic polynomials, one for each interval. Each
/// atom of a pair has half of its energy. Beyond the cutoff, and beyond the last interval, there is none;
/// nearer than the first interval nothing is known.
struct PairTable {
  double rcut = 0.0;     ///< cutoff, Angstrom
  std::vector<int> sel;  ///< most neighbours: of each type, or (1) of all types together; the nearest count
  double first = 0.0;    ///< where the first interval begins, Angstrom
  double spacing = 0.0;  ///< length of an interval, Angstrom
  std::size_t intervals = 0;         ///< of each pair
  std::vector<double> coefficients;  ///< (ntypes x ntypes x intervals x 4), eV, of falling powers of u, which
                                     ///< goes from 0 to 1 in an interval
  std::vector<double> out_bias;      ///< per type, eV, added to the atomic energy

  static constexpr std::size_t powers = 4;  ///< coefficients of a cubic polynomial

  /// From where on there is no energy.
  double end() const { return std::min(rcut, first + spacing * static_cast<double>(intervals)); }

  /// The largest energy of a pair of atoms at the end, where it drops to zero.
  double last_step() const {
    double const position = (end() - first) / spacing;
    double largest = 0.0;
    auto const k = std::min(static_cast<std::size_t>(std::max(position, 0.0)), intervals - 1);
    double const u = position - static_cast<double>(k);
    for (std::size_t at = k * powers; at < coefficients.size(); at += intervals * powers) {
      double const* const c = &coefficients[at];
      largest = std::max(largest, std::abs(((c[0] * u + c[1]) * u + c[2]) * u + c[3]));
    }
    return largest;
  }

  /// Throws dp::Error, with the place, unless it can be evaluated.
  void check(Check const& at) const {
    constexpr std::size_t most = 10'000'000;
    auto const positive = [](double x) { return std::isfinite(x) && x > 0.0; };
    at.in("rcut").require(positive(rcut) && rcut <= 1000.0,
                          "expected a cutoff of more than 0 and at most 1000, found ", rcut);
    at.in("sel").require(sel.size() == 1 || sel.size() == at.types(),
                         "expected one number, or one for each of ", at.types(), " types, found ",
                         sel.size());
    for (int const n : sel)
      at.in("sel").require(n >= 0 && n <= 100'000, "expected numbers from 0 to 100000, found ", n);
    at.in("tab/rmin")
        .require(std::isfinite(first) && first >= 0.0 && first < rcut,
                 "expected a distance from 0 to less than the cutoff, found ", first);
    at.in("tab/hh").require(positive(spacing), "expected a positive distance, found ", spacing);
    at.in("tab/nspline")
        .require(intervals >= 1 && intervals <= most, "expected 1 to ", most, " intervals, found ",
                 intervals);
    at.in("tab/@variables/tab_data").numbers(coefficients, at.types() * at.types() * intervals * powers);
    at.in("@variables/out_bias").numbers(out_bias, at.types());
  }
};

}  // namespace dp
