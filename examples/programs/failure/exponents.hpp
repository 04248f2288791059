// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <functional>
#include <optional>
#include <random>
#include <string>

#include "failure/weibull.hpp"

namespace failure {

/// A number with its confidence interval.
struct Estimate {
  double value = 0.0;
  double low = 0.0, high = 0.0;  ///< not numbers where there is no interval
};

/// Time at which half of the runs of a size have failed.
struct Median {
  double atoms = 0.0;
  Estimate time = {};  ///< ps
};

/// What lifetimes say of the exponent a of t ~ N^-a, by two ways that know nothing of each other: how the
/// scale falls with the number of atoms, and, since the weakest of N independent links fails first, how
/// lifetimes of one size spread: a = 1/shape.
struct Exponents {
  std::optional<Estimate> by_sizes, by_spread;
  std::optional<Estimate> difference;  ///< by_sizes - by_spread
  std::optional<SizeLaw> law;          ///< that of by_sizes
  std::string no_sizes, no_spread;     ///< why one of them is not there
  std::vector<Median> medians = {};    ///< of the law, from the smallest size to the largest
  int draws = 0, failed_draws = 0;     ///< of the bootstrap, and those without a result
};

/// What the bootstrap is asked for.
struct Bootstrap {
  int draws = 2000;
  std::uint64_t seed = 1;
  double confidence = 0.95;
};

/// Draws tables of the kind of `lifetimes`: from Weibull laws of `shape` and of logarithm of scale
/// `log_scale_of(atoms)`, ended where the runs were: a censored one at its own time, others at the largest
/// time at which one of their size, or else of any, was. A failure later than that had a larger limit, which
/// is not known: nothing ends it.
class Drawing {
 public:
  Drawing(std::vector<Lifetime> lifetimes, double shape,
          std::function<double(std::int64_t)> const& log_scale_of)
      : m_lifetimes(std::move(lifetimes)), m_shape(shape) {
    constexpr double never = std::numeric_limits<double>::infinity();
    double any = 0.0;
    std::map<std::int64_t, double> of_size;
    for (Lifetime const& life : m_lifetimes) {
      if (!life.censored) continue;
      any = std::max(any, life.time);
      of_size[life.atoms] = std::max(of_size[life.atoms], life.time);
    }
    for (Lifetime const& life : m_lifetimes) {
      auto const found = of_size.find(life.atoms);
      double const limit = found != of_size.end() ? found->second : any;
      m_ends.push_back(life.censored ? life.time : life.time <= limit ? limit : never);
      m_log_scales.push_back(log_scale_of(life.atoms));
    }
  }

  std::vector<Lifetime> draw(std::mt19937_64& random) const {
    std::vector<Lifetime> result = m_lifetimes;
    for (std::size_t i = 0; i < result.size(); ++i) {
      double const uniform = (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53;
      double const time = std::exp(m_log_scales[i] + std::log(-std::log(uniform)) / m_shape);
      result[i].censored = time > m_ends[i];
      result[i].time = std::min(time, m_ends[i]);
    }
    return result;
  }

 private:
  std::vector<Lifetime> m_lifetimes;
  double m_shape;
  std::vector<double> m_log_scales, m_ends;
};

/// The value below which the share `p` of the numbers lies.
inline double quantile(std::vector<double> numbers, double p) {
  if (numbers.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::sort(numbers.begin(), numbers.end());
  double const at = p * static_cast<double>(numbers.size() - 1);
  auto const below = static_cast<std::size_t>(at);
  std::size_t const above = std::min(below + 1, numbers.size() - 1);
  return numbers[below] + (at - static_cast<double>(below)) * (numbers[above] - numbers[below]);
}

/// Fits lifetimes, with intervals by the parametric bootstrap: tables drawn from the fitted law are fitted as
/// the true one was. Of locations in ln t the errors are taken in units of the draw's own 1/shape, of 1/shape
/// as a ratio: without censored runs the distribution of these does not depend on the true parameters, so
/// that the intervals are exact for any number of replicas.
inline Exponents fit_exponents(std::vector<Lifetime> const& lifetimes, Bootstrap const& bootstrap = {}) {
  Exponents result;
  std::optional<double> shape;
  auto const attempt = [](std::string& why, auto const& work) {
    try {
      work();
    } catch (dp::Error const& error) {
      why = error.what();
    }
  };
  attempt(result.no_sizes, [&] { result.law = fit_sizes(lifetimes); });
  attempt(result.no_spread, [&] { shape = fit_shape(lifetimes); });
  if (!result.law && !shape) return result;

  auto const groups = by_size(lifetimes);
  // a size without failures has no scale of its own, and says nothing of the spread
  std::vector<Lifetime> used = lifetimes;
  if (!result.law)
    std::erase_if(used, [&](Lifetime const& life) { return count_failures(groups.at(life.atoms)) == 0; });
  auto const log_scale_of = [&](std::int64_t atoms) {
    return result.law ? result.law->log_scale_at(std::log(static_cast<double>(atoms)))
                      : fit_log_scale(groups.at(atoms), *shape);
  };
  double const true_shape = result.law ? result.law->shape : *shape;
  Drawing const drawing(used, true_shape, log_scale_of);
  std::vector<double> logs;  // ln N at which the median is wanted
  if (result.law) {
    double const first = std::log(static_cast<double>(groups.begin()->first));
    double const last = std::log(static_cast<double>(groups.rbegin()->first));
    constexpr int points = 21;
    for (int n = 0; n < points; ++n) logs.push_back(first + (last - first) * n / (points - 1));
  }
  auto const log_median = [](SizeLaw const& law, double log_atoms) {
    return law.log_scale_at(log_atoms) + std::log(std::log(2.0)) / law.shape;
  };

  std::vector<double> by_sizes, by_spread, differences;
  std::vector<std::vector<double>> medians(logs.size());
  std::mt19937_64 random(bootstrap.seed);
  for (int n = 0; n < bootstrap.draws; ++n) {
    auto const drawn = drawing.draw(random);
    try {
      std::optional<SizeLaw> law;
      if (result.law) law = fit_sizes(drawn);
      double const spread = shape ? 1.0 / fit_shape(drawn) : 0.0;
      if (law) by_sizes.push_back((law->exponent - result.law->exponent) * law->shape);
      if (shape) by_spread.push_back(spread * true_shape);
      if (law && shape)
        differences.push_back((law->exponent - result.law->exponent - (spread - 1.0 / true_shape)) *
                              law->shape);
      for (std::size_t k = 0; k < logs.size(); ++k)
        medians[k].push_back((log_median(*law, logs[k]) - log_median(*result.law, logs[k])) * law->shape);
    } catch (dp::Error const&) {
      ++result.failed_draws;
    }
  }
  result.draws = bootstrap.draws;
  double const tail = 0.5 * (1.0 - bootstrap.confidence);
  auto const shifted = [&](double value, std::vector<double> const& errors) {
    return Estimate{value, value - quantile(errors, 1.0 - tail) / result.law->shape,
                    value - quantile(errors, tail) / result.law->shape};
  };
  if (shape) {
    double const value = 1.0 / *shape;
    result.by_spread = {value, value / quantile(by_spread, 1.0 - tail), value / quantile(by_spread, tail)};
  }
  if (!result.law) return result;
  result.by_sizes = shifted(result.law->exponent, by_sizes);
  if (shape) result.difference = shifted(result.law->exponent - 1.0 / *shape, differences);
  for (std::size_t k = 0; k < logs.size(); ++k) {
    auto const log_time = shifted(log_median(*result.law, logs[k]), medians[k]);
    result.medians.push_back(
        {std::exp(logs[k]), {std::exp(log_time.value), std::exp(log_time.low), std::exp(log_time.high)}});
  }
  return result;
}

}  // namespace failure
