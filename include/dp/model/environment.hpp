// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <dp/model/check.hpp>
#include <vector>

namespace dp {

/// Four numbers that go with the components of a row of the environment matrix.
using RowNumbers = std::array<double, 4>;

/// Which neighbours a descriptor sees, and how their distance enters the rows of the environment matrix.
struct Environment {
  double rcut = 0.0;             ///< cutoff radius, Angstrom
  double rcut_smth = 0.0;        ///< where the switch function begins to fall, Angstrom
  bool float32_cutoffs = false;  ///< both act rounded to float, as in TensorFlow's frozen graphs
  double protection = 0.0;       ///< added to r where it divides (env_protection), Angstrom

  /// Throws unless the cutoffs are in order.
  void check_cutoffs(Check const& at) const {
    constexpr double longest = 1000.0;  // beyond any real model
    at.in("rcut").require(rcut > 0.0 && rcut <= longest, "expected a positive number of at most ", longest,
                          " Angstrom, found ", rcut);
    at.in("rcut_smth")
        .require(rcut_smth >= 0.0 && rcut_smth < rcut, "expected a number of at least 0 and below rcut (",
                 rcut, "), found ", rcut_smth);
    at.in("env_protection")
        .require(protection >= 0.0 && protection <= longest, "expected a number from 0 to ", longest,
                 ", found ", protection);
  }
};

namespace detail {

/// Throws unless there are `count` rows of finite means and of positive deviations; `name`: what one of them
/// is for.
template <class Name>
void check_statistics(Check const& at, std::vector<RowNumbers> const& mean,
                      std::vector<RowNumbers> const& stddev, std::size_t count, Name const& name) {
  Check const means = at.in("@variables/davg"), deviations = at.in("@variables/dstd");
  means.size(mean.size(), count);
  deviations.size(stddev.size(), count);
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t c = 0; c < 4; ++c) {
      means.require(std::isfinite(mean[i][c]), "expected finite numbers, found ", mean[i][c], " for ",
                    name(i));
      deviations.require(std::isfinite(stddev[i][c]) && stddev[i][c] > 0.0,
                         "expected positive numbers, found ", stddev[i][c], " for ", name(i));
    }
}

/// Throws unless sel is the number of neighbours of a model that can be real.
inline void check_sel(Check const& at, long long sum) {
  constexpr int most = 1'000'000;
  at.in("sel").require(sum >= 1 && sum <= most, "expected at least one positive entry and a sum of at most ",
                       most, ", found the sum ", sum);
}

/// Throws unless a descriptor's second factor can have so many columns.
inline void check_axis(Check const& at, int axis_neuron, int width) {
  constexpr int most = 100'000'000;  // of a descriptor's columns
  at.in("axis_neuron")
      .require(axis_neuron >= 1 && axis_neuron <= width,
               "expected a number of at least 1 and at most the width of the embedding, ", width, ", found ",
               axis_neuron);
  at.in("axis_neuron")
      .require(static_cast<long long>(axis_neuron) * width <= most, "expected a descriptor of at most ", most,
               " columns, found ", static_cast<long long>(axis_neuron) * width);
}

}  // namespace detail

}  // namespace dp
