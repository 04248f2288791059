// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstdint>
#include <dp/core/views.hpp>
#include <vector>

namespace dp_lammps {

/// Largest and smallest deviation and the sum of all.
struct Extremes {
  double max = 0.0;
  double min = Kokkos::Experimental::finite_max_v<double>;
  double sum = 0.0;

  KOKKOS_INLINE_FUNCTION Extremes& operator+=(Extremes const& other) {
    max = Kokkos::fmax(max, other.max);
    min = Kokkos::fmin(min, other.min);
    sum += other.sum;
    return *this;
  }
};

/// How far the models disagree about the force on each atom: d_i = sqrt(sum_m |F_i^m - <F_i>|^2 / M), as
/// DeePMD-kit defines it; divided by (|<F_i>| + level) if that is positive or zero.
template <class Space>
struct ForceDeviation {
  using value_type = Extremes;

  dp::Matrix<double const, Space> rows;  // three columns a model
  int models;
  double level;                       // eV/Angstrom; negative: absolute deviations
  dp::Vector<double, Space> by_atom;  // (local)

  KOKKOS_FUNCTION void operator()(std::int64_t i, Extremes& extremes) const {
    double mean[3] = {}, square = 0.0;
    for (int k = 0; k < 3 * models; ++k) mean[k % 3] += rows(i, k) / models;
    for (int k = 0; k < 3 * models; ++k) {
      double const d = rows(i, k) - mean[k % 3];
      square += d * d;
    }
    double d = Kokkos::sqrt(square / models);
    // atoms on which no model acts differ by nothing, whatever the level
    if (level >= 0.0 && d > 0.0)
      d /= Kokkos::sqrt(mean[0] * mean[0] + mean[1] * mean[1] + mean[2] * mean[2]) + level;
    by_atom(i) = d;
    Extremes const one = {d, d, d};
    extremes += one;
  }

  KOKKOS_FUNCTION void init(Extremes& extremes) const { extremes = Extremes(); }
  KOKKOS_FUNCTION void join(Extremes& into, Extremes const& from) const { into += from; }
};

/// How far the models disagree about the nine components of the virial per atom (`virials`: nine a model):
/// max and min over the components, and in `sum` the root mean square over them. `level` as above, eV.
Extremes virial_deviation(std::vector<double> const& virials, double level);

}  // namespace dp_lammps
