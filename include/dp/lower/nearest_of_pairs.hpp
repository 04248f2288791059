// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <dp/core/error.hpp>
#include <dp/model/model.hpp>
#include <dp/model/nearest_distance.hpp>
#include <dp/options.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dp {

/// Throws dp::Error, one line, where distances are none, name types that the model does not have and never
/// had, or a pair twice, or reach as far as its `cutoff`.
inline void check_nearest(NearestDistances const& nearest, Model const& model, double cutoff) {
  constexpr char const* option = "dp::Options::nearest: ";
  if (!(nearest.all >= 0.0 && nearest.all < cutoff))
    fail(option, "expected a distance of at least 0 and below the model's cutoff of ", cutoff,
         " Angstrom, found ", nearest.all);
  for (auto const& pair : nearest.pairs) {
    std::string const name = pair.one + "-" + pair.other;
    auto const is_in = [](std::vector<std::string> const& names, std::string const& type) {
      return std::find(names.begin(), names.end(), type) != names.end();
    };
    for (auto const* type : {&pair.one, &pair.other})
      if (!is_in(model.type_map, *type) && !is_in(model.other_types, *type)) {
        std::string known;
        for (auto const* names : {&model.type_map, &model.other_types})
          for (auto const& one : *names) known += (known.empty() ? "" : ", ") + one;
        fail(option, name, ": expected types of the model (", known, "), found ", *type);
      }
    if (!(pair.distance > 0.0 && pair.distance < cutoff))
      fail(option, name, ": expected a distance above 0 and below the model's cutoff of ", cutoff,
           " Angstrom, found ", pair.distance);
    if (std::count_if(nearest.pairs.begin(), nearest.pairs.end(),
                      [&](auto const& other) { return other.is_of(pair.one, pair.other); }) > 1)
      fail(option, name, ": expected each pair once, found it again");
  }
}

/// The smallest distance, Angstrom, that the tables of each pair of types cover: what was asked for, else
/// nearest_distance().
class NearestOfPairs {
 public:
  /// `wanted` has passed check_nearest().
  NearestOfPairs(std::vector<std::string> type_map, std::optional<double> min_nbor_dist,
                 NearestDistances wanted)
      : m_type_map(std::move(type_map)), m_min_nbor_dist(min_nbor_dist), m_wanted(std::move(wanted)) {}

  /// Of a pair in a chain with the cutoff `rcut`, before which the tables of a distance for a longer one end,
  /// too.
  double operator()(int centre, int neighbour, double rcut) const {
    auto const& one = name(centre);
    auto const& other = name(neighbour);
    if (double const given = asked_for(one, other); given > 0.0) return std::min(given, 0.9 * rcut);
    return nearest_distance(one, other, m_min_nbor_dist, rcut);
  }

  /// The least of all pairs, where those that are not asked for count as the largest of these.
  double least(double rcut) const {
    double given = rcut, of_model = 0.0;
    for_each([&](int i, int j) {
      double const distance = (*this)(i, j, rcut);
      if (asked_for(name(i), name(j)) > 0.0)
        given = std::min(given, distance);
      else
        of_model = std::max(of_model, distance);
    });
    return of_model > 0.0 ? std::min(given, of_model) : given;
  }

  /// The cube root of the mean of their cubes: how large atoms are in the mean. Not a bit more than the
  /// largest.
  double mean(double rcut) const {
    double cubes = 0.0, largest = 0.0;
    for_each([&](int i, int j) {
      double const distance = (*this)(i, j, rcut);
      cubes += std::pow(distance, 3);
      largest = std::max(largest, distance);
    });
    return std::min(largest, std::cbrt(cubes / static_cast<double>(m_type_map.size() * m_type_map.size())));
  }

 private:
  std::string const& name(int type) const { return m_type_map[static_cast<std::size_t>(type)]; }

  double asked_for(std::string const& one, std::string const& other) const {
    for (auto const& pair : m_wanted.pairs)
      if (pair.is_of(one, other)) return pair.distance;
    return m_wanted.all;
  }

  template <class Body>
  void for_each(Body const& body) const {
    auto const ntypes = static_cast<int>(m_type_map.size());
    for (int i = 0; i < ntypes; ++i)
      for (int j = 0; j < ntypes; ++j) body(i, j);
  }

  std::vector<std::string> m_type_map;
  std::optional<double> m_min_nbor_dist;
  NearestDistances m_wanted;
};

}  // namespace dp
