// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "analysis/common_neighbours.hpp"
#include "analysis/mean_square_displacement.hpp"
#include "analysis/radial_distribution.hpp"
#include "md/input.hpp"
#include "md/parallel/communicator.hpp"
#include "md/system.hpp"

namespace md {

/// What a look at the atoms finds, of all ranks.
struct Observation {
  std::int64_t step = 0;
  double time = 0.0;                  ///< ps
  std::vector<double> displacements;  ///< mean square of each element, Angstrom^2; empty: not wanted
  std::array<double, 4> shares = {};  ///< of the atoms, by analysis::Crystal
};

/// Looks at the atoms of a run as [observe] asks: the analyses of dp-analyse on the neighbour list of the
/// forces, summed over the ranks. All functions are to be called by all ranks.
template <class Space>
class Observer {
 public:
  /// `type_map`: elements of the types; `cutoff`: of the neighbour list. \throws AgreedError for what the
  /// list or the box has not
  Observer(Space const& space, Input const& input, std::vector<std::string> const& type_map,
           System<Space> const& system, dp::Box const& box, double cutoff, Communicator& communicator)
      : m_communicator(&communicator),
        m_input(input),
        m_types(type_map.size()),
        m_cutoff(input.rdf_cutoff > 0.0 ? input.rdf_cutoff : cutoff),
        m_bins({}, m_cutoff, 1) {
    auto const counts = analysis::count_kinds(download(space, system.types), m_types);
    for (std::size_t type = 0; type < m_types; ++type) {
      std::int64_t const atoms = communicator.sum(counts[type]);
      m_atoms += atoms;
      if (atoms == 0) continue;
      m_present.push_back(type);
      m_names.push_back(type_map[type]);
      m_counts.push_back(atoms);
    }
    if (input.rdf.empty()) return;
    communicator.together([&] {
      if (input.rdf_bins > 1000000)
        dp::fail("observe.rdf_bins: expected at most 1000000, found ", input.rdf_bins);
      if (m_cutoff > cutoff)
        dp::fail("observe.rdf_cutoff: expected at most the model's cutoff of ", cutoff,
                 " Angstrom, which the neighbour list has, found ", m_cutoff);
      if (!(box.periodic[0] && box.periodic[1] && box.periodic[2]))
        dp::fail(
            "observe.rdf: a radial distribution function needs a density: expected a box that is periodic "
            "along all three vectors");
    });
    auto const bins = static_cast<std::size_t>(input.rdf_bins);
    m_bins = analysis::RadialBins(m_names, m_cutoff, bins);
    m_histogram = decltype(m_histogram)("md::Observer::histogram", m_types * m_types, bins);
  }

  bool due(std::int64_t step) const {
    bool const any = !m_input.rdf.empty() || !m_input.msd.empty() || !m_input.cna.empty();
    return any && step >= m_input.observe_from && (step - m_input.observe_from) % m_input.observe_every == 0;
  }
  std::vector<std::string> const& elements() const { return m_names; }  ///< those that there are

  /// Looks at the atoms where `forces` last saw them, in a box of `volume` (Angstrom^3); waits for it.
  template <class Forces>
  Observation look(Space const& space, System<Space> const& system, Forces const& forces, double volume) {
    Observation result;
    if (!m_input.msd.empty()) result.displacements = displacements(space, system);
    if (!m_input.cna.empty()) result.shares = shares(space, forces);
    if (!m_input.rdf.empty()) add_distances(space, forces, volume);
    return result;
  }

  /// The mean radial distribution functions so far, CSV.
  std::string rdf_table() const {
    return m_bins.table([&](std::size_t entry) { return m_rdf.estimate(entry); });
  }
  bool has_rdf() const { return m_rdf.rows() > 0; }

  /// What a continued run must know.
  std::vector<double> state() const {
    if (!has_rdf()) return {};
    auto numbers = head();
    auto const sums = m_rdf.state();
    numbers.insert(numbers.end(), sums.begin(), sums.end());
    return numbers;
  }

  /// Goes on at `step`. \throws dp::Error where what was seen before is not of the same kind
  void restore(std::vector<double> const& state, std::int64_t step, std::int64_t origin_step) {
    if (step < m_input.observe_from) return;
    if (!m_input.msd.empty() && origin_step != m_input.observe_from)
      dp::fail("observe.from: expected a step beyond ", step, ", where the run goes on",
               origin_step < 0 ? std::string() : ", or " + std::to_string(origin_step),
               ": the restart file does not know where the atoms were at step ", m_input.observe_from);
    if (m_input.rdf.empty() || state.empty()) return;
    auto const own = head();
    auto const size = static_cast<std::ptrdiff_t>(own.size());
    bool const whole = state.size() >= own.size() + 2;
    if (whole && !std::equal(own.begin(), own.end(), state.begin()))
      dp::fail("observe.rdf: the restart file has ", state[0], " bins up to ", state[1],
               " Angstrom from step ", state[2],
               " on: expected observe.rdf_bins, rdf_cutoff and from as these, found ", own[0], ", ", own[1],
               " and ", own[2]);
    if (!whole || (state.size() - own.size() - 2) % m_bins.numbers() != 0)
      dp::fail("observe.rdf: expected rows of ", m_bins.numbers(), " numbers in the restart file, found ",
               state.size(), " numbers: it is damaged");
    m_rdf.restore({state.begin() + size, state.end()}, m_bins.numbers());
  }

 private:
  /// What the state of radial distribution functions begins with.
  std::vector<double> head() const {
    return {static_cast<double>(m_bins.bins()), m_cutoff, static_cast<double>(m_input.observe_from)};
  }

  std::vector<double> displacements(Space const& space, System<Space> const& system) const {
    std::vector<double> result;
    for (std::size_t const type : m_present)
      result.push_back(analysis::squared_displacement<Space>(space, system.origins, system.positions,
                                                             system.types, static_cast<int>(type)));
    m_communicator->messages().sum(result.data(), static_cast<int>(result.size()));
    for (std::size_t n = 0; n < result.size(); ++n) result[n] /= static_cast<double>(m_counts[n]);
    return result;
  }

  template <class Forces>
  std::array<double, 4> shares(Space const& space, Forces const& forces) {
    auto const list = forces.list();
    auto const labels = m_labels.get(space, static_cast<std::size_t>(list.rows));
    Kokkos::parallel_for("md::Observer::common_neighbours", analysis::Policy<Space>(space, 0, list.rows),
                         analysis::LabelAtoms<Space>{forces.ghosts().positions(), list, 0.0, labels});
    auto sums = analysis::count_labels<Space>(space, labels);
    m_communicator->messages().sum(sums.data(), 4);
    for (double& share : sums) share /= static_cast<double>(m_atoms);
    return sums;
  }

  template <class Forces>
  void add_distances(Space const& space, Forces const& forces, double volume) {
    Kokkos::deep_copy(space, m_histogram, 0);
    analysis::count_distances<Space>(space, forces.ghosts().positions(), forces.ghosts().types(),
                                     forces.list(), static_cast<int>(m_types), m_bins.width(), m_histogram);
    auto const all = analysis::download_pairs(space, m_histogram);
    std::vector<double> pairs;  // of the elements that there are
    for (std::size_t const a : m_present)
      for (std::size_t const b : m_present) {
        auto const first = all.begin() + static_cast<std::ptrdiff_t>((a * m_types + b) * m_bins.bins());
        pairs.insert(pairs.end(), first, first + static_cast<std::ptrdiff_t>(m_bins.bins()));
      }
    m_communicator->messages().sum(pairs.data(), static_cast<int>(pairs.size()));
    m_rdf.add(m_bins.row(pairs, m_counts, volume));
  }

  Communicator* m_communicator;
  Input m_input;
  std::size_t m_types;                 ///< that the model knows
  std::vector<std::size_t> m_present;  ///< those of them that there are,
  std::vector<std::string> m_names;    ///< their elements
  std::vector<std::int64_t> m_counts;  ///< and how many atoms
  std::int64_t m_atoms = 0;
  double m_cutoff;  ///< of the radial distribution functions, Angstrom
  analysis::RadialBins m_bins;
  analysis::RunningBlocks m_rdf;
  Kokkos::View<std::int64_t**, Memory<Space>> m_histogram;
  dp::Buffer<int, Space> m_labels{"md::Observer::labels"};
};

}  // namespace md
