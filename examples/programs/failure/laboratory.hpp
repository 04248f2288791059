// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/potential.hpp>
#include <functional>
#include <memory>

#include "common/remarks.hpp"
#include "failure/judge.hpp"
#include "failure/lifetime_table.hpp"
#include "md/masses.hpp"
#include "md/model_file.hpp"
#include "md/model_forces.hpp"
#include "md/read_structure.hpp"
#include "md/start_report.hpp"
#include "md/stop_signal.hpp"

namespace failure {

/// What all runs of an input share: model and structure. A run is one rank's affair.
template <class Space>
class Laboratory {
 public:
  using Forces = md::ModelForces<Space>;
  using Simulation = md::Simulation<Space, Forces>;

  /// How a run ended; nothing where a signal ended it.
  struct Outcome {
    std::optional<Row> row;
    std::string what;  ///< of a failure, in words
  };

  /// All ranks call it. \throws dp::Error for what is wrong with the files
  Laboratory(Space const& space, Input const& input, md::Communicator& communicator)
      : m_space(space), m_input(input) {
    md::ModelFile file(input.run, communicator);
    auto const outline = file.outline();
    communicator.together([&] { m_cell = md::read_cell(input.run, outline.types); });
    std::vector<std::string> elements = m_cell.elements;
    std::sort(elements.begin(), elements.end());
    elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
    std::erase_if(elements, [&](std::string const& name) {
      return std::find(outline.types.begin(), outline.types.end(), name) == outline.types.end();
    });
    dp::Model const model = file.model(outline, elements);
    communicator.together([&] {
      if (m_cell.size() == 0) dp::fail(m_cell.source, ": expected atoms, found none");
      m_cell.velocities.clear();
      m_types = model.type_map;
      auto const masses = md::masses_of(m_cell, input.run.masses);
      md::Input first = input.run;
      first.temperature = input.start_temperature();
      m_report = md::report_start(m_cell, masses, first);
      m_parameters = md::parameters_of(input.run, m_cell, model, m_report.warnings);
      md::require_box(input.run, m_cell, model);
      examples::types_of(m_cell, m_types, input.run.model_file);
      for (auto const& size : input.sizes) examples::replicate(m_cell, size, 0, 0);
      m_potential = dp::make_potential(m_space, model, md::options_of(input.run));
    });
    m_nearest = input.criteria.distance;
    if (m_nearest == 0.0 && model.min_nbor_dist) m_nearest = 0.6 * *model.min_nbor_dist;
  }

  /// Prints what runs begin with.
  void report() const {
    std::printf("%s\n", m_potential->description().c_str());
    examples::print_remarks("dp-failure", m_potential->model());
    m_report.print("dp-failure");
    if (m_input.uses(Criterion::distance) && m_nearest == 0.0)
      std::printf(
          "the model does not say how near atoms came in its training data: no criterion of distance, "
          "unless criteria.distance_A gives one\n");
  }

  std::int64_t atoms(std::array<std::int64_t, 3> const& size) const {
    return m_cell.size() * size[0] * size[1] * size[2];
  }

  /// One run, of the seed `seed`, up to the step `last` at most. `look`, if any, is called at each look.
  Outcome run(std::array<std::int64_t, 3> const& size, std::int64_t seed, std::int64_t last,
              std::function<void(Simulation const&, examples::Structure const&)> const& look = {}) {
    md::Input input = m_input.run;
    input.seed = seed;
    auto const structure = examples::replicate(m_cell, size);
    auto const masses = md::masses_of(structure, input.masses);
    auto const types = examples::types_of(structure, m_types, input.model_file);
    md::Domain const domain(md::Communicator::alone(), structure.box);
    // a mesh is chosen with the charges of the first step: runs must not have that of another
    if (auto const& model = m_potential->model(); model.long_range && input.long_range_error > 0.0)
      m_potential = dp::make_potential(m_space, model, md::options_of(input));
    Forces forces(m_space, m_potential, domain, input.skin, m_parameters, true, false, types.front());
    Simulation simulation(m_space, input, md::System<Space>(m_space, masses, types, 0), structure.volume(),
                          forces, domain);
    simulation.start(structure.positions, md::maxwell_velocities(masses, m_input.start_temperature(), seed));
    Judge<Space> judge(m_input, m_types.size(), m_nearest);
    if (auto const verdict = judge.look(simulation, forces))
      dp::fail(m_cell.source, ": ", structure.size(), " atoms fail before the first step (",
               word(verdict->criterion), ", atom ", verdict->atom, "): ", verdict->what);
    if (look) look(simulation, structure);
    auto const row = [&](std::string const& criterion, std::int64_t atom) {
      return Row{simulation.atoms(), seed, simulation.time(), criterion, atom, simulation.step(),
                 criterion == "none"};
    };
    while (simulation.step() < last) {
      std::int64_t const next = simulation.step() + 1;
      bool const due = next % m_input.every == 0 || next == last;
      std::optional<Verdict> verdict;
      try {
        simulation.advance(due);
        if (due) verdict = judge.look(simulation, forces);
      } catch (dp::Error const& error) {
        verdict = judge.look_after(simulation, error);
      }
      if (look && due) look(simulation, structure);
      if (verdict) return {row(word(verdict->criterion), verdict->atom), verdict->what};
      if (md::stop_signal != 0) return {};
    }
    return {row("none", 0), ""};
  }

 private:
  Space m_space;
  Input m_input;
  examples::Structure m_cell;
  std::vector<std::string> m_types;
  md::Parameters m_parameters;
  md::StartReport m_report;
  std::shared_ptr<dp::Potential<Space>> m_potential;
  double m_nearest = 0.0;  ///< allowed distance, Angstrom; 0: any
};

}  // namespace failure
