// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdio>
#include <map>

#include "common/text_file.hpp"
#include "failure/exponents.hpp"
#include "failure/lifetime_table.hpp"

namespace failure {

/// How many runs of each size failed, by what, and how they spread.
inline void print_sizes(std::vector<Row> const& rows) {
  std::map<std::int64_t, std::vector<Row>> sizes;
  for (Row const& row : rows) sizes[row.atoms].push_back(row);
  std::printf("%12s %6s %8s %14s %14s  %s\n", "atoms", "runs", "failed", "first (ps)", "last (ps)", "by");
  for (auto const& [atoms, group] : sizes) {
    std::map<std::string, int> criteria;
    std::vector<double> times;
    for (Row const& row : group)
      if (!row.censored) ++criteria[row.criterion], times.push_back(row.time);
    std::sort(times.begin(), times.end());
    std::printf("%12lld %6zu %8zu", static_cast<long long>(atoms), group.size(), times.size());
    if (times.empty())
      std::printf(" %14s %14s ", "-", "-");
    else
      std::printf(" %14.6g %14.6g ", times.front(), times.back());
    for (auto const& [criterion, count] : criteria) std::printf(" %s %d", criterion.c_str(), count);
    std::printf("\n");
  }
}

inline std::string to_text(Estimate const& estimate, double confidence) {
  char text[128];
  std::snprintf(text, sizeof text, "%.4f [%.4f, %.4f] (%g %%)", estimate.value, estimate.low, estimate.high,
                100.0 * confidence);
  return text;
}

/// Prints what a table says of the exponent a of t ~ N^-a.
inline void print_exponents(Exponents const& found, Bootstrap const& bootstrap) {
  auto const say = [&](char const* what, std::optional<Estimate> const& estimate, std::string const& why) {
    std::printf("%-44s %s\n", what,
                estimate ? to_text(*estimate, bootstrap.confidence).c_str() : why.c_str());
  };
  std::printf("exponent a of t ~ N^-a, Weibull's law, censored runs counted as such:\n");
  say("  by sizes, how lifetimes fall with N", found.by_sizes, found.no_sizes);
  say("  by spread, 1/shape of runs of one size", found.by_spread, found.no_spread);
  if (found.difference) {
    say("  by sizes less by spread", found.difference, "");
    bool const agree = found.difference->low <= 0.0 && found.difference->high >= 0.0;
    std::printf(
        agree ? "  the two agree within their intervals: links that fail one by one explain the sizes\n"
              : "  the two do NOT agree: the runs do not fail as the weakest of independent links do\n");
  }
  if (found.law)
    std::printf("by sizes: t of N atoms has the shape %.4f and the scale %.6g ps N^-%.4f\n", found.law->shape,
                std::exp(found.law->log_scale), found.law->exponent);
  if (found.failed_draws > 0)
    std::printf(
        "%d of %d draws of the bootstrap had too few failures and were left out: intervals are too "
        "narrow\n",
        found.failed_draws, found.draws);
}

/// The median lifetime against the number of atoms, by the law of sizes.
inline void write_curve(std::string const& path, Exponents const& found) {
  if (!found.law) dp::fail(path, ": there is no curve: ", found.no_sizes);
  examples::TextFile file(path);
  file << "atoms,median_ps,low_ps,high_ps\n";
  for (Median const& m : found.medians)
    file << m.atoms << "," << m.time.value << "," << m.time.low << "," << m.time.high << "\n";
  file.close();
}

}  // namespace failure
