// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <csignal>

#include "md/masses.hpp"
#include "md/model_forces.hpp"
#include "md/output.hpp"
#include "md/read_structure.hpp"

namespace md {

inline volatile std::sig_atomic_t stop_signal = 0;

/// From now on Ctrl-C, or a batch system's SIGTERM, asks the run to stop after the present step; a second one
/// ends the program at once.
inline void catch_signals() {
  struct sigaction action = {};
  action.sa_handler = [](int signal) { stop_signal = signal; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

/// What a run begins with: from the structure file, or from a restart file.
struct Beginning {
  examples::Structure structure;
  std::vector<double> masses;
  std::optional<Restart> continued;
};

inline Beginning begin(Input const& input, std::string const& restart_file) {
  Beginning result;
  if (!restart_file.empty()) {
    result.continued = RestartReader(restart_file).read();
    result.structure = result.continued->structure;
    result.masses = result.continued->masses;
    if (result.continued->state.step > input.steps)
      dp::fail(restart_file, ": is at step ", result.continued->state.step,
               ", beyond run.steps = ", input.steps);
    return result;
  }
  examples::Structure& structure = result.structure = read_structure(input);
  result.masses = masses_of(structure, input.masses);
  if (input.velocities == "file" && structure.velocities.empty() && structure.size() > 0)
    dp::fail(input.structure_file, ": has no velocities, as run.velocities = \"file\" asks for");
  if (input.velocities == "random" || structure.velocities.empty())
    structure.velocities = maxwell_velocities(result.masses, input.temperature, input.seed);
  return result;
}

/// Steps until the last one, or until a signal; writes what is due.
template <class Space, class Forces>
void advance_to_end(Simulation<Space, Forces>& simulation, Forces const& forces, Input const& input,
                    Output& output) {
  Progress progress(simulation.step(), input.steps, input.timestep);
  bool warned = false;
  auto const write = [&] {
    std::int64_t const step = simulation.step();
    bool const thermo = output.thermo_due(step), frame = output.frame_due(step);
    if (!thermo && !frame) return;
    Observables const now = simulation.observe();
    progress.clear();
    if (thermo) output.write_thermo(now);
    if (frame) {
      auto const& system = simulation.system();
      output.write_frame(now, download(simulation.space(), system.positions),
                         input.trajectory_velocities ? download(simulation.space(), system.velocities)
                                                     : std::vector<double>{});
    }
    if (auto const dropped = forces.dropped(); dropped > 0 && !std::exchange(warned, true))
      std::fprintf(stderr,
                   "dp-md: warning: step %lld: %lld neighbours beyond the model's sel were left out "
                   "(reported once)\n",
                   static_cast<long long>(step), static_cast<long long>(dropped));
  };

  std::fputs(thermo_header().c_str(), stdout);
  if (simulation.step() == 0) write();
  while (simulation.step() < input.steps && stop_signal == 0) {
    std::int64_t const next = simulation.step() + 1;
    try {
      simulation.advance(output.thermo_due(next) || output.frame_due(next));
    } catch (dp::Error const& error) {
      progress.clear();
      dp::fail("step ", next, ": ", error.what());
    }
    write();
    if (output.restart_due(next)) output.write_restart(simulation.save());
    progress.update(next);
  }
  progress.clear();
  output.write_restart(simulation.save());
}

/// A whole run; returns the exit status.
template <class Precision>
int run(Input const& input, std::string const& restart_file) {
  using Space = Kokkos::DefaultExecutionSpace;
  double const begun = seconds();
  Space const space;
  Beginning const start = begin(input, restart_file);
  examples::Structure const& structure = start.structure;

  dp::Model const model = dp::read_model(input.model_file);
  dp::Options options;
  options.evaluation = input.evaluation == "exact" ? dp::Evaluation::exact : dp::Evaluation::compressed;
  options.tolerance = input.tolerance;
  options.nearest = input.nearest;
  options.overflow = input.overflow == "error" ? dp::Overflow::error : dp::Overflow::keep_nearest;
  using Forces = ModelForces<Space, Precision>;
  Forces forces(space, model, options, structure.box,
                examples::types_of(structure, model.type_map, input.model_file), input.skin, input.fparam,
                input.aparam);
  Simulation<Space, Forces> simulation(space, input, start.masses, structure.volume(), forces);
  Output output(input, structure, start.masses, start.continued ? &*start.continued : nullptr);

  std::printf("dp-md: %lld atoms, %s, %s, from step %lld to %lld of %g fs\n",
              static_cast<long long>(structure.size()), input.model_file.c_str(), input.ensemble.c_str(),
              start.continued ? static_cast<long long>(start.continued->state.step) : 0LL,
              static_cast<long long>(input.steps), input.timestep);
  std::printf("%s\n", forces.potential().description().c_str());
  Summary summary;
  summary.stages = input.timing && StageTimers::install();
  if (start.continued)
    simulation.restore(start.continued->state);
  else
    simulation.start(structure.positions, structure.velocities);
  space.fence("md::run");

  std::int64_t const first = simulation.step();
  double const loop = seconds();
  summary.set_up = loop - begun;
  StageTimers::instance().reset();
  catch_signals();
  advance_to_end(simulation, forces, input, output);
  space.fence("md::run");
  summary.loop = seconds() - loop;
  summary.atoms = structure.size();
  summary.steps = simulation.step() - first;
  summary.rebuilds = simulation.rebuilds();
  summary.ghosts = forces.ghosts();
  summary.late_rebuilds = simulation.late_rebuilds();
  summary.timestep = input.timestep;
  summary.model_bytes = forces.bytes();
  summary.handed_over = forces.potential().handed_over();
  print(summary);
  if (stop_signal == 0) return 0;
  std::printf("stopped by a signal after step %lld%s%s\n", static_cast<long long>(simulation.step()),
              input.restart.empty() ? "" : "; continue with --restart ",
              input.restart.empty() ? "" : output.restart_path().c_str());
  return 128 + stop_signal;
}

}  // namespace md
