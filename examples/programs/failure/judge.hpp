// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <optional>
#include <sstream>

#include "failure/input.hpp"
#include "failure/looks.hpp"
#include "md/force_distribution.hpp"
#include "md/simulation.hpp"

namespace failure {

/// Why and where a run has failed.
struct Verdict {
  Criterion criterion = Criterion::nan;
  std::int64_t atom = 0;  ///< its number in the run, from 1; 0: none
  std::string what;       ///< in words
};

/// Looks at a run for what fails it:
/// - nan: a position, a velocity, a force or the energy is not a finite number;
/// - lost: an atom has no neighbour within the model's cutoff, where all had one at the start, or goes more
///   than 5 Angstrom in a step;
/// - distance: a pair is nearer than allowed;
/// - force: |F| of an atom is above its limit (md::ForceDistribution);
/// - temperature: that of all atoms is outside of what is allowed, once the run has settled;
/// - energy: the conserved energy per atom has changed since then by more than allowed;
/// - model: the model refuses the step.
template <class Space>
class Judge {
 public:
  /// `nearest`: allowed distance, Angstrom, 0: any.
  Judge(Input const& input, std::size_t types, double nearest)
      : m_input(input),
        m_nearest(nearest),
        m_conserves(input.run.ensemble == "nve" || input.run.ensemble == "nvt-nose-hoover"),
        m_forces(types, input.criteria.deviations, input.criteria.force) {}

  /// What the run fails by as it is now. The first look, at the start, tells what it had; its forces, which
  /// may be those of a crystal at rest, are no part of the distribution.
  template <class Forces>
  std::optional<Verdict> look(md::Simulation<Space, Forces>& simulation, Forces const& forces) {
    Space const& space = simulation.space();
    auto const& system = simulation.system();
    bool const begins = !std::exchange(m_begun, true);
    auto const atoms = look_at_atoms<Space>(space, system);
    if (atoms.broken >= 0)
      return verdict(simulation, Criterion::nan, atoms.broken,
                     "a position, velocity or force is not a number");
    auto const now = simulation.observe();
    if (!std::isfinite(now.conserved))
      return verdict(simulation, Criterion::nan, atoms.hottest, "the energy is not a number");
    auto const pairs =
        look_at_pairs<Space>(space, forces.ghosts().positions(), forces.list(), forces.potential().cutoff());
    if (begins) m_lonely_allowed = pairs.lonely >= 0;
    if (pairs.lonely >= 0 && !m_lonely_allowed)
      return verdict(simulation, Criterion::lost, pairs.lonely, "an atom has no neighbour any more");
    if (m_input.uses(Criterion::distance) && pairs.distance < m_nearest)
      return verdict(simulation, Criterion::distance, pairs.atom, "a pair is ", pairs.distance,
                     " Angstrom apart, nearer than ", m_nearest);
    if (m_input.uses(Criterion::force) && !begins) {
      if (auto const outliers = m_forces.look(space, system); outliers.count > 0) {
        auto const row = static_cast<std::size_t>(outliers.atom);
        auto const f = md::download(space, system.forces);
        auto const type = static_cast<std::size_t>(md::download(space, system.types)[row]);
        return verdict(simulation, Criterion::force, outliers.atom, "a force is ",
                       std::hypot(f[3 * row], f[3 * row + 1], f[3 * row + 2]), " eV/Angstrom, above ",
                       outliers.limits[type]);
      }
    }
    if (now.time < m_input.settle) return {};
    if (!m_conserved) m_conserved = now.conserved;
    double const target = m_input.run.temperature;
    auto const& criteria = m_input.criteria;
    double const low = criteria.temperature_low * target, high = criteria.temperature_high * target;
    if (m_input.uses(Criterion::temperature) && !(now.temperature >= low && now.temperature <= high))
      return verdict(simulation, Criterion::temperature, atoms.hottest, "the temperature is ",
                     now.temperature, " K, outside of ", low, " to ", high);
    double const change = (now.conserved - *m_conserved) / static_cast<double>(simulation.atoms());
    if (m_input.uses(Criterion::energy) && m_conserves && std::abs(change) > criteria.energy)
      return verdict(simulation, Criterion::energy, atoms.hottest, "the conserved energy has changed by ",
                     change, " eV per atom");
    return {};
  }

  /// What a step that ended with an error fails by.
  template <class Forces>
  Verdict look_after(md::Simulation<Space, Forces>& simulation, dp::Error const& error) const {
    auto const atoms = look_at_atoms<Space>(simulation.space(), simulation.system());
    if (atoms.broken >= 0) return verdict(simulation, Criterion::nan, atoms.broken, error.what());
    if (dynamic_cast<md::Explosion const*>(&error) != nullptr)
      return verdict(simulation, Criterion::lost, atoms.hottest, "an atom goes too far in a step");
    return verdict(simulation, Criterion::model, atoms.hottest, error.what());
  }

 private:
  template <class Forces, class... Parts>
  static Verdict verdict(md::Simulation<Space, Forces> const& simulation, Criterion criterion, int row,
                         Parts const&... parts) {
    std::ostringstream what;
    (what << ... << parts);
    auto const ids = md::download(simulation.space(), simulation.system().ids);
    return {criterion, row < 0 ? 0 : ids[static_cast<std::size_t>(row)] + 1, what.str()};
  }

  Input m_input;
  double m_nearest;
  bool m_conserves;
  md::ForceDistribution<Space> m_forces;
  bool m_begun = false, m_lonely_allowed = false;
  std::optional<double> m_conserved;  ///< eV, when the run had settled
};

}  // namespace failure
