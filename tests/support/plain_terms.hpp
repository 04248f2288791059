// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <dp/program/terms.hpp>
#include <vector>

#include "plain_network.hpp"

/// The energies of Terms by plain loops, as plain_network.hpp has those of a Network.
namespace dp::test {

/// What an atom has of the energy of a pair; zero beyond the last interval.
inline double plain_pair_energy(PairTerm const& table, std::size_t pair, double r) {
  double const position = (r - table.first) / table.spacing, k = std::floor(position), u = position - k;
  if (k >= table.intervals) return 0.0;
  double const* const c = &table.coefficients.at(
      4 * (pair * static_cast<std::size_t>(table.intervals) + static_cast<std::size_t>(k)));
  return c[0] * u * u * u + c[1] * u * u + c[2] * u + c[3];
}

/// The neighbours that are seen of those of an atom of `type`: at most sel, the nearest.
inline std::vector<PlainNeighbour> plain_seen(Surroundings const& seen, std::size_t type,
                                              std::vector<PlainNeighbour> const& all) {
  std::vector<PlainNeighbour> result;
  std::vector<int> left = seen.sel;
  for (PlainNeighbour const& n : all) {
    auto const t = static_cast<std::size_t>(n.type);
    int& room = left[seen.together ? 0 : t];
    std::size_t const pair = type * static_cast<std::size_t>(seen.ntypes) + t;
    double const reach = seen.pair_reach.empty() ? seen.reach : seen.pair_reach[pair];
    bool const hidden = seen.hidden[pair];
    if (n.r >= reach || (hidden && !seen.together) || room == 0) continue;
    --room;
    if (!hidden) result.push_back(n);
  }
  return result;
}

/// c of a switch, for an atom with these neighbours.
inline double plain_near(NearSwitch const& near, std::vector<PlainNeighbour> const& seen) {
  if (seen.empty()) return 0.0;
  double lengths = 0.0, sum = 0.0;
  for (PlainNeighbour const& n : seen) {
    double const e = std::exp(-(n.r - seen.front().r) / near.alpha);
    lengths += n.r * e;
    sum += e;
  }
  double const u = std::clamp((lengths / sum - near.inner) / (near.outer - near.inner), 0.0, 1.0);
  return 1.0 - u * u * u * (10.0 - 15.0 * u + 6.0 * u * u);
}

/// The energies of all atoms.
inline std::vector<double> plain_atom_energies(Terms const& terms, Frame const& frame) {
  std::vector<double> energies(frame.atoms(), 0.0);
  for (Network const& network : terms.networks) {
    std::vector<double> const more = plain_atom_energies(network, frame);
    for (std::size_t i = 0; i < energies.size(); ++i) energies[i] += more[i];
  }
  for (PairTerm const& table : terms.tables)
    for (std::size_t i = 0; i < energies.size(); ++i) {
      auto const type = static_cast<std::size_t>(frame.types[i]);
      if (terms.atom_excluded[type]) continue;
      double const reach = std::max(
          table.neighbours.reach, terms.near && terms.near->neighbours ? terms.near->neighbours->reach : 0.0);
      std::vector<PlainNeighbour> const all = plain_neighbours(frame, i, reach),
                                        seen = plain_seen(table.neighbours, type, all);
      double energy = table.bias[type];
      for (PlainNeighbour const& n : seen)
        energy +=
            plain_pair_energy(table, type * terms.type_map.size() + static_cast<std::size_t>(n.type), n.r);
      double const c =
          !terms.near
              ? 1.0
              : plain_near(*terms.near,
                           terms.near->neighbours ? plain_seen(*terms.near->neighbours, type, all) : seen);
      energies[i] = (terms.near ? 1.0 - c : 1.0) * energies[i] + c * energy;
    }
  return energies;
}

}  // namespace dp::test
