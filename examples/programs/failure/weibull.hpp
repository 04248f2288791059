// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <dp/core/error.hpp>
#include <limits>
#include <map>
#include <vector>

namespace failure {

/// How long a run of so many atoms lived: until it failed, or, censored, until it was ended without.
struct Lifetime {
  std::int64_t atoms = 0;
  double time = 0.0;  ///< above 0, in any unit
  bool censored = false;
};

/// Lifetimes t of N atoms with P(t > T) = exp(-(T / scale(N))^shape), scale(N) = exp(log_scale) N^-exponent.
struct SizeLaw {
  double shape = 0.0, exponent = 0.0, log_scale = 0.0;

  /// Logarithm of the scale for ln N.
  double log_scale_at(double log_atoms) const { return log_scale - exponent * log_atoms; }
};

/// Lifetimes of each size, sizes rising.
inline std::map<std::int64_t, std::vector<Lifetime>> by_size(std::vector<Lifetime> const& lifetimes) {
  std::map<std::int64_t, std::vector<Lifetime>> result;
  for (Lifetime const& life : lifetimes) result[life.atoms].push_back(life);
  return result;
}

inline std::int64_t count_failures(std::vector<Lifetime> const& lifetimes) {
  return std::count_if(lifetimes.begin(), lifetimes.end(), [](Lifetime const& l) { return !l.censored; });
}

/// The law of greatest likelihood. In k = shape, a and b, where ln of the hazard summed up to a time is
/// k ln t + a + b ln N, the logarithm of the likelihood, sum over failures of (ln k + w) - sum over all of
/// exp(w), is concave, so that Newton's steps lead to its only maximum. \throws dp::Error where there is
/// none: failures at fewer than two sizes, or all of them on one line
inline SizeLaw fit_sizes(std::vector<Lifetime> const& lifetimes) {
  std::size_t sizes = 0;
  for (auto const& [atoms, group] : by_size(lifetimes)) sizes += count_failures(group) > 0;
  if (sizes < 2) dp::fail("the exponent by sizes: expected failures at two sizes at least, found ", sizes);
  auto const count = static_cast<double>(lifetimes.size());
  double centre_x = 0.0, centre_y = 0.0;  // small numbers: the equations are well conditioned
  for (Lifetime const& life : lifetimes) {
    centre_x += std::log(static_cast<double>(life.atoms)) / count;
    centre_y += std::log(life.time) / count;
  }
  using Row = std::array<double, 3>;  // of k, a and b
  std::vector<Row> rows;
  Row sums = {};  // over failures
  double spread = 0.0;
  for (Lifetime const& life : lifetimes) {
    rows.push_back(
        {std::log(life.time) - centre_y, 1.0, std::log(static_cast<double>(life.atoms)) - centre_x});
    spread += rows.back()[0] * rows.back()[0] / count;
    for (std::size_t c = 0; c < 3 && !life.censored; ++c) sums[c] += rows.back()[c];
  }
  double const failures = sums[1];
  auto const exponent_of = [](Row const& p, Row const& row) {
    return p[0] * row[0] + p[1] * row[1] + p[2] * row[2];
  };
  auto const likelihood = [&](Row const& p) {
    if (!(p[0] > 0.0)) return -std::numeric_limits<double>::infinity();
    double sum = failures * std::log(p[0]) + exponent_of(p, sums);
    for (Row const& row : rows) sum -= std::exp(exponent_of(p, row));
    return sum;
  };
  Row p = {1.0 / std::max(std::sqrt(spread), 1e-3), 0.0, 0.0};
  double best = likelihood(p);
  for (int round = 0; round < 500; ++round) {
    double m[3][4] = {};  // minus the second derivatives, and the gradient
    for (std::size_t c = 0; c < 3; ++c) m[c][3] = sums[c];
    m[0][3] += failures / p[0];
    m[0][0] += failures / (p[0] * p[0]);
    for (Row const& row : rows) {
      double const e = std::exp(exponent_of(p, row));
      for (std::size_t c = 0; c < 3; ++c) {
        m[c][3] -= e * row[c];
        for (std::size_t d = 0; d < 3; ++d) m[c][d] += e * row[c] * row[d];
      }
    }
    Row const gradient = {m[0][3], m[1][3], m[2][3]};
    for (int c = 0; c < 3; ++c)  // the matrix is positive definite: no pivots needed
      for (int r = 0; r < 3; ++r) {
        double const factor = r == c ? 0.0 : m[r][c] / m[c][c];
        for (int d = c; d < 4; ++d) m[r][d] -= factor * m[c][d];
      }
    Row step;
    double gain = 0.0;  // that a whole step promises, twice
    for (std::size_t c = 0; c < 3; ++c) gain += gradient[c] * (step[c] = m[c][3] / m[c][c]);
    if (!(gain < std::numeric_limits<double>::infinity()) || p[0] > 1e8) break;
    if (gain < 1e-20 * (1.0 + std::abs(best))) {
      SizeLaw law{p[0], p[2] / p[0], 0.0};
      law.log_scale = centre_y - p[1] / p[0] + law.exponent * centre_x;
      return law;
    }
    for (double length = 1.0;; length *= 0.5) {
      Row const q = {p[0] + length * step[0], p[1] + length * step[1], p[2] + length * step[2]};
      double const value = likelihood(q);
      // near the end the gain is below the rounding of the likelihood, and whole steps converge
      if (gain > 1e-8 && !(value >= best + 0.1 * length * gain) && length > 1e-8) continue;
      p = q;
      best = value;
      break;
    }
  }
  dp::fail("the exponent by sizes: the lifetimes lie on one line, so that they say nothing of their spread");
}

/// The shape that lifetimes have at every size, whatever the scale at each: that of greatest marginal
/// likelihood, ln of which is (D - G) ln k + k sum over failures of ln t - sum over sizes of D_g ln(sum of
/// t^k), with D failures at G sizes, D_g at one. (A flat prior of ln scale is integrated out: with the scales
/// of greatest likelihood, D ln k, spreads of few replicas would come out too small.) \throws dp::Error where
/// there is none: no size with two failures, or all failures of a size at the same time
inline double fit_shape(std::vector<Lifetime> const& lifetimes) {
  struct Group {
    double failures = 0.0;
    std::vector<double> logs = {};  ///< of times, less the largest of the group
  };
  std::vector<Group> groups;
  double degrees = 0.0, sum = 0.0;
  for (auto const& [atoms, members] : by_size(lifetimes)) {
    Group group{static_cast<double>(count_failures(members))};
    if (group.failures == 0.0) continue;
    double largest = 0.0;
    for (Lifetime const& life : members) largest = std::max(largest, life.time);
    for (Lifetime const& life : members) {
      group.logs.push_back(std::log(life.time / largest));
      if (!life.censored) sum += group.logs.back();
    }
    degrees += group.failures - 1.0;
    groups.push_back(std::move(group));
  }
  if (degrees < 1.0)
    dp::fail("the exponent by spread: expected two failures at one size at least, found none");
  double low = 0.0, high = 1e8, shape = 1.0;
  for (int round = 0; round < 200; ++round) {  // Newton's steps, halved intervals where they lead out
    double slope = degrees / shape + sum, curvature = degrees / (shape * shape);
    for (Group const& group : groups) {
      double weights = 0.0, first = 0.0, second = 0.0;
      for (double const y : group.logs) {
        double const weight = std::exp(shape * y);
        weights += weight;
        first += weight * y;
        second += weight * y * y;
      }
      slope -= group.failures * first / weights;
      curvature += group.failures * (second / weights - first * first / (weights * weights));
    }
    (slope > 0.0 ? low : high) = shape;
    double next = shape + slope / curvature;
    if (!(next > low && next < high)) next = high < 1e8 ? 0.5 * (low + high) : 2.0 * shape;
    if (std::abs(next - shape) <= 1e-13 * shape) return next;
    if (next >= 1e8) break;
    shape = next;
  }
  dp::fail("the exponent by spread: the failures of each size are at one time, so that they have no spread");
}

/// Logarithm of the scale of greatest likelihood of lifetimes of one size, some of them failures, for a
/// shape.
inline double fit_log_scale(std::vector<Lifetime> const& group, double shape) {
  double largest = 0.0, sum = 0.0;
  for (Lifetime const& life : group) largest = std::max(largest, life.time);
  for (Lifetime const& life : group) sum += std::pow(life.time / largest, shape);
  return std::log(largest) + std::log(sum / static_cast<double>(count_failures(group))) / shape;
}

}  // namespace failure
