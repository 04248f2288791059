// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <dp/core/views.hpp>
#include <dp/input/neighbor_cells.hpp>
#include <dp/input/periodic_images.hpp>
#include <dp/model/model.hpp>
#include <dp/model/nearest_distance.hpp>
#include <dp/option_words.hpp>
#include <dp/potential.hpp>
#include <string>
#include <vector>

#include "common/structure.hpp"
#include "md/model_forces.hpp"
#include "md/parallel/communicator.hpp"

namespace md {

/// The least distance of each pair of elements that has one below 3 Angstrom, periodic images included. None
/// of atoms at one place, and none where neighbours cannot be found: what is wrong the run says itself.
inline std::vector<dp::NearestDistances::Pair> least_distances(examples::Structure const& structure) try {
  using Host = Kokkos::DefaultHostExecutionSpace;
  constexpr double reach = 3.0;
  std::vector<std::string> names = structure.elements;
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  auto const n = names.size();
  std::vector<double> squares(n * n, reach * reach);
  auto const types = examples::types_of(structure, names, "");
  dp::PeriodicImages<Host> images;
  dp::NeighborCells<Host> cells;
  dp::Matrix<double const, Host> const positions(structure.positions.data(), types.size(), 3);
  images.build(Host(), positions, dp::Vector<int const, Host>(types.data(), types.size()), structure.box,
               reach);
  cells.build(Host(), images.positions(), images.local(), reach);
  auto const x = images.positions();
  auto const of = images.types();
  auto const list = cells.list();
  for (std::int64_t i = 0; i < list.rows; ++i)
    for (std::int64_t k = 0; k < list.count(i); ++k) {
      int const j = list.neighbour(i, k);
      double square = 0.0;
      for (int c = 0; c < 3; ++c) square += (x(j, c) - x(i, c)) * (x(j, c) - x(i, c));
      double& least = squares[static_cast<std::size_t>(of(i)) * n + static_cast<std::size_t>(of(j))];
      least = std::min(least, square);
    }
  auto const is_word = [](std::string const& name) { return name.find_first_of("-:, \t") == name.npos; };
  std::vector<dp::NearestDistances::Pair> result;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = i; j < n; ++j)
      if (double const least = std::sqrt(squares[i * n + j]);
          least > 0.0 && least < reach && is_word(names[i]) && is_word(names[j]))
        result.push_back({names[i], names[j], least});
  return result;
} catch (dp::Error const&) {
  return {};
}

/// How far tables reach where model.nearest is "auto": of each pair of `types` that are neighbours in the
/// structure 0.72 of their least distance there, in whole hundredths of an Angstrom, if that is more than
/// what the library takes. Nets take over from 1.05 of it on, which atoms of a crystal at rest seldom come to
/// before it melts.
inline dp::NearestDistances table_reach(std::vector<dp::NearestDistances::Pair> const& least,
                                        std::vector<std::string> const& types, dp::Model const& model) {
  constexpr double share = 0.72;
  double const cutoff = dp::cutoff(model);
  auto const is_known = [&](std::string const& name) {
    return std::find(types.begin(), types.end(), name) != types.end();
  };
  dp::NearestDistances result;
  for (auto const& [one, other, distance] : least) {
    double const reach = std::floor(100.0 * share * distance) / 100.0;
    if (is_known(one) && is_known(other) && reach < 0.5 * cutoff &&
        reach > dp::nearest_distance(one, other, model.min_nbor_dist, cutoff))
      result.pairs.push_back({one, other, reach});
  }
  return result;
}

/// Tables that reach as far as the structure of the beginning asked for, until in two looks in succession, a
/// hundred steps apart, more than a twentieth of the atoms went through the exact nets: from there on they
/// reach as far as the library has it. What is counted are atoms of tiles in which a pair is near.
template <class Space>
class TableReach {
 public:
  /// `options` are those of `forces`, whose distances may be given up if they were `chosen` here; `looks`
  /// that found too many stand in a restart file.
  TableReach(Space const& space, dp::Model const& model, dp::Options const& options, bool chosen,
             std::int64_t looks, ModelForces<Space>& forces)
      : m_space(space),
        m_model(&model),
        m_options(options),
        m_chosen(chosen && !options.nearest.pairs.empty() && forces.potential().compressed()),
        m_looks(m_chosen ? looks : 0),
        m_forces(&forces) {}

  std::string words() const { return dp::to_words(m_options.nearest); }
  std::int64_t looks() const { return m_looks; }
  /// For the log; empty where nothing was chosen.
  std::string report() const {
    return m_chosen ? "tables down to " + words() + " A (model.nearest = auto)" : std::string();
  }

  /// Before a step.
  void before(std::int64_t step) {
    if (is_look(step)) m_before = m_forces->handed_over();
  }
  /// After it, of `atoms` of all ranks. Returns what there is to say, if anything.
  std::string after(std::int64_t step, std::int64_t atoms) {
    if (!is_look(step)) return {};
    auto const handed_over = m_forces->ghosts().communicator().sum(m_forces->handed_over() - m_before);
    m_looks = 20 * handed_over > atoms ? m_looks + 1 : 0;
    if (m_looks < 2) return {};
    go_back();
    return "step " + std::to_string(step) + ": " + std::to_string(handed_over) +
           " atoms went through the exact nets, since pairs were nearer than the tables reach; from the next "
           "step on these reach as far as with model.nearest = 0:\n" +
           m_forces->potential().description();
  }

 private:
  bool is_look(std::int64_t step) const { return m_chosen && step % 100 == 0; }

  void go_back() {
    m_chosen = false;
    m_looks = 0;
    m_options.nearest = {};
    m_forces->ghosts().communicator().together(
        [&] { m_forces->replace(dp::make_potential(m_space, *m_model, m_options)); });
  }

  Space m_space;
  dp::Model const* m_model;
  dp::Options m_options;
  bool m_chosen;
  std::int64_t m_looks;
  ModelForces<Space>* m_forces;
  std::int64_t m_before = 0;
};

}  // namespace md
