// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>

#include "common/remarks.hpp"
#include "md/force_monitor.hpp"
#include "md/masses.hpp"
#include "md/model_file.hpp"
#include "md/model_forces.hpp"
#include "md/output.hpp"
#include "md/read_structure.hpp"
#include "md/start_report.hpp"
#include "md/stop_signal.hpp"
#include "md/table_reach.hpp"

namespace md {

/// What a run begins with: from the structure file, or from a restart file. Atoms are this rank's share.
struct Beginning {
  Share share;
  examples::Structure structure;
  std::vector<double> masses;
  Parameters parameters;
  dp::NearestDistances nearest;  ///< how far tables are to reach
  StartReport report;            ///< on rank 0
  std::optional<Restart> continued;
};

/// This rank's share of a restart file, which rank 0 reads piece by piece.
inline Restart read_restart(std::string const& path, Communicator& communicator, Share& share) {
  std::optional<RestartReader> reader;
  Restart head;
  communicator.together([&] {
    if (!communicator.root()) return;
    reader.emplace(path);
    head = reader->read_head();
  });
  std::int64_t const total = communicator.sum(communicator.root() ? reader->atoms() : 0);
  share = Share(total, communicator.rank(), communicator.size());
  Restart result = scatter<Restart>(communicator, [&](int rank) {
    Restart part = head;
    reader->read_atoms(part, Share(total, rank, communicator.size()).count);
    if (rank == communicator.size() - 1) reader->read_end();
    return part;
  });
  result.thermo = head.thermo;
  result.trajectory = head.trajectory;
  return result;
}

/// The parameters of a run on all ranks. `cell`, on rank 0: what the structure file has, or nothing.
inline Parameters share_parameters(Input const& input, examples::Structure const& cell,
                                   dp::Model const& model, Communicator& communicator, StartReport& report) {
  Parameters result;
  communicator.together([&] {
    if (communicator.root()) result = parameters_of(input, cell, model, report.warnings);
  });
  Bytes bytes;
  bytes.put(result.fparam), bytes.put(result.aparam), bytes.put(result.aparam_width);
  std::string data = bytes.data();
  communicator.broadcast(data);
  Bytes received(std::move(data));
  received.get(result.fparam), received.get(result.aparam), received.get(result.aparam_width);
  return result;
}

/// How far tables reach: as the input says, else as a continued run had it, else as `cell`, on rank 0, asks
/// for.
inline dp::NearestDistances share_nearest(Input const& input, std::optional<Restart> const& continued,
                                          examples::Structure const& cell, dp::Outline const& outline,
                                          Communicator& communicator) {
  if (input.nearest) return *input.nearest;
  if (input.evaluation == "exact") return {};  // without tables
  if (continued) return dp::nearest_from_words(continued->nearest);
  std::string words;
  communicator.together([&] {
    if (communicator.root())
      words = dp::to_words(table_reach(least_distances(cell), outline.types, outline.model));
  });
  communicator.broadcast(words);
  return dp::nearest_from_words(words);
}

inline Beginning begin(Input const& input, dp::Outline const& outline, std::string const& restart_file,
                       Communicator& communicator) {
  dp::Model const& model = outline.model;
  Beginning result;
  examples::Structure cell;
  if (!restart_file.empty()) {
    result.continued = read_restart(restart_file, communicator, result.share);
    result.structure = result.continued->structure;
    result.masses = result.continued->masses;
    communicator.together([&] {
      if (result.continued->state.step > input.steps)
        dp::fail(restart_file, ": is at step ", result.continued->state.step,
                 ", beyond run.steps = ", input.steps);
      // a restart file has no parameters
      if (communicator.root() && needs_parameters(input, dp::fitting_of(model)))
        cell = read_cell(input, outline.types);
      if (cell.size() > 0 && result.share.total % cell.size() != 0)
        dp::fail(input.structure_file, ": has the parameters of ", cell.size(), " atoms, but ", restart_file,
                 " has ", result.share.total, " atoms");
    });
    result.report = report_restart(result.continued->structure, input);
    result.nearest = share_nearest(input, result.continued, cell, outline, communicator);
    result.parameters = share_parameters(input, cell, model, communicator, result.report);
    return result;
  }
  communicator.together([&] {
    if (!communicator.root()) return;
    cell = read_cell(input, outline.types);
    auto const masses = masses_of(cell, input.masses);
    if (input.velocities == "file" && cell.velocities.empty() && cell.size() > 0)
      dp::fail(input.structure_file, ": has no velocities, as run.velocities = \"file\" asks for");
    result.report = report_start(cell, masses, input);
  });
  result.parameters = share_parameters(input, cell, model, communicator, result.report);
  result.nearest = share_nearest(input, result.continued, cell, outline, communicator);
  examples::Structure& structure = result.structure =
      share_structure(std::move(cell), input.replicate, communicator, result.share);
  communicator.together([&] {
    result.masses = masses_of(structure, input.masses);
    if (input.ensemble == "minimise") structure.velocities.assign(structure.positions.size(), 0.0);
  });
  bool const known = communicator.maximum<1>({structure.velocities.empty() ? 0.0 : 1.0})[0] > 0.0;
  if (input.velocities == "random" || !known)
    structure.velocities =
        maxwell_velocities(result.masses, input.temperature, input.seed, communicator, result.share.first);
  return result;
}

/// The grid of ranks that the input asks for; where it leaves it free, that of a run continued on as many
/// ranks, since the least surface may have changed with the box.
inline std::array<std::int64_t, 3> grid_of(Input const& input, Beginning const& start, int ranks) {
  bool const free = input.grid == std::array<std::int64_t, 3>{};
  if (!free || !start.continued) return input.grid;
  auto const& before = start.continued->state.grid;
  return before[0] * before[1] * before[2] == ranks ? before : input.grid;
}

/// Steps until the last one, or until a signal, which is returned; writes what is due.
template <class Space, class Forces>
int advance_to_end(Simulation<Space, Forces>& simulation, Forces const& forces, Input const& input,
                   Output& output, Observer<Space>& observer, ForceMonitor<Space>& monitor,
                   TableReach<Space>& reach) {
  Communicator& communicator = simulation.communicator();
  Progress progress(simulation.step(), input.steps, input.timestep, communicator.root());
  bool warned = false;
  bool summing = false;  // a row of the table whose sums are on their way
  bool const minimises = input.ensemble == "minimise";
  bool ended = minimises && simulation.converged();  // its end is shown whatever is due
  // looked at even where no row is due, so that an explosion is noticed
  auto const watched = [&](std::int64_t step) { return step % 100 == 0 || step == input.steps; };
  auto const frame_at = [&](std::int64_t step) {
    return output.frame_due(step) || (ended && !input.trajectory.empty());
  };
  auto const finish_row = [&] {
    if (!std::exchange(summing, false)) return;
    Observables const now = simulation.finish_observing();
    progress.clear();
    if (ended || output.thermo_due(now.step)) output.write_thermo(now);
    simulation.check(now);
    if (frame_at(now.step)) {
      auto const& system = simulation.system();
      auto const& space = simulation.space();
      output.write_frame(
          now, download(space, system.ids), download(space, system.types), download(space, system.positions),
          input.trajectory_velocities ? download(space, system.velocities) : std::vector<double>{},
          input.trajectory_energies ? download(space, system.energies) : std::vector<double>{});
    }
    if (now.dropped > 0 && !std::exchange(warned, true) && communicator.root())
      std::fprintf(stderr,
                   "dp-md: warning: step %lld: %lld neighbours beyond the model's sel were left out "
                   "(reported once)\n",
                   static_cast<long long>(now.step), static_cast<long long>(now.dropped));
  };
  auto const observe = [&] {
    std::int64_t const step = simulation.step();
    bool const frame = frame_at(step);
    if (!ended && !output.thermo_due(step) && !frame && !watched(step)) return;
    simulation.start_observing(forces.dropped());
    summing = true;
    // several ranks finish a row one step later, but a frame shows the atoms as they are now
    if (communicator.size() == 1 || frame) finish_row();
  };

  auto const look = [&] {
    std::int64_t const step = simulation.step();
    if (!observer.due(step)) return;
    if (step == input.observe_from) simulation.mark_origins();
    Observation now = observer.look(simulation.space(), simulation.system(), forces, simulation.volume());
    now.step = step;
    now.time = minimises ? 0.0 : simulation.time();
    output.write_observation(now);
  };
  auto const save = [&] {
    output.write_restart(simulation.save(), observer.state(), [&](Restart& restart) {
      monitor.save(restart);
      restart.nearest = reach.words();
      restart.near_looks = reach.looks();
    });
    if (observer.has_rdf()) output.write_rdf(observer.rdf_table());
  };

  if (communicator.root()) std::fputs(thermo_header().c_str(), stdout);
  if (output.begins()) {
    observe();
    look();
  }
  int stopped = 0;
  bool halted = false;                                       // by the monitor
  Kokkos::Profiling::ScopedRegion const region("md_steps");  // for tools that look at the steps alone
  while (simulation.step() < input.steps && stopped == 0 && !ended && !halted) {
    std::int64_t const next = simulation.step() + 1;
    try {
      bool const results = minimises || output.thermo_due(next) || output.frame_due(next) || watched(next);
      reach.before(next);
      stopped = simulation.advance(results, stop_signal);
    } catch (AgreedError const&) {
      progress.clear();
      throw;
    } catch (dp::Error const& error) {
      progress.clear();
      dp::fail("step ", next, ": ", error.what());
    }
    if (communicator.size() == 1) stopped = stop_signal;
    finish_row();
    ended = minimises && (next == input.steps || simulation.converged());
    observe();
    look();
    if (monitor.due(next)) halted = monitor.look(simulation.space(), simulation.system(), forces, next);
    if (auto const said = reach.after(next, simulation.atoms()); !said.empty() && communicator.root()) {
      progress.clear();
      std::printf("%s\n", said.c_str());
    }
    if (output.restart_due(next)) {
      finish_row();
      save();
    }
    progress.update(next);
  }
  finish_row();
  progress.clear();
  save();
  communicator.agree();
  return stopped;
}

/// The elements, among `names`, of the atoms of all ranks; none if an atom is of another.
inline std::vector<std::string> elements_of_all(examples::Structure const& structure,
                                                std::vector<std::string> const& names,
                                                Communicator& communicator) {
  std::vector<std::string> found;
  std::int64_t others = communicator.sum(static_cast<std::int64_t>(structure.elements.size()));
  for (std::string const& name : names) {
    std::int64_t const here = std::count(structure.elements.begin(), structure.elements.end(), name);
    std::int64_t const atoms = communicator.sum(here);
    if (atoms > 0) found.push_back(name);
    others -= atoms;
  }
  return others == 0 ? found : std::vector<std::string>();
}

/// The type of the atom of lowest ID, on any rank; -1 without atoms.
inline int type_of_first(examples::Structure const& structure, Share const& share,
                         std::vector<std::string> const& names, Communicator& communicator) {
  bool const mine = share.first == 0 && !structure.elements.empty();
  auto const at = mine ? std::find(names.begin(), names.end(), structure.elements.front()) : names.begin();
  return static_cast<int>(communicator.sum(std::int64_t{mine ? 1 + (at - names.begin()) : 0})) - 1;
}

/// A whole run; returns the exit status.
inline int run(Input const& input, std::string const& restart_file, Communicator& communicator) {
  using Space = Kokkos::DefaultExecutionSpace;
  double const begun = examples::seconds();
  Space const space;
  ModelFile file(input, communicator);
  dp::Outline const outline = file.outline();
  Beginning const start = begin(input, outline, restart_file, communicator);
  examples::Structure const& structure = start.structure;
  auto const elements = elements_of_all(structure, outline.types, communicator);
  dp::Model const model = file.model(outline, elements);
  dp::Options options = options_of(input);
  options.nearest = start.nearest;
  using Forces = ModelForces<Space>;
  std::optional<Forces> model_forces;
  std::optional<System<Space>> system;
  int const first_type = type_of_first(structure, start.share, model.type_map, communicator);
  Domain domain;
  double charge = 0.0;
  bool const direct = dp::is_host_space<Space> || input.gpu_aware == "yes" ||
                      (input.gpu_aware == "auto" && Messages::gpu_aware());
  communicator.together([&] {
    require_box(input, structure, model);
    domain = Domain(communicator, structure.box, grid_of(input, start, communicator.size()));
    model_forces.emplace(space, model, options, domain, input.skin, start.parameters, direct,
                         input.trajectory_energies, first_type);
    auto const types = examples::types_of(structure, model.type_map, input.model_file, start.share.first);
    charge = examples::charge_of(model, types);
    system.emplace(space, start.masses, types, start.share.first);
  });
  charge = communicator.sum(charge);
  Forces& forces = *model_forces;
  TableReach<Space> reach(space, model, options, !input.nearest,
                          start.continued ? start.continued->near_looks : 0, forces);
  Simulation<Space, Forces> simulation(space, input, std::move(*system), structure.volume(), forces, domain,
                                       direct);
  Observer<Space> observer(space, input, model.type_map, simulation.system(), structure.box,
                           forces.potential().cutoff(), communicator);
  Restart const* const continued = start.continued ? &*start.continued : nullptr;
  Output output(input, structure, model.type_map, simulation.atoms(), continued, communicator,
                observer.elements());
  ForceMonitor<Space> monitor(input, model.type_map, continued, communicator);
  communicator.together([&] {
    if (!start.continued) return;
    State const& state = start.continued->state;
    observer.restore(start.continued->observed, state.step, state.origin_step);
  });

  if (communicator.root()) {
    std::printf("dp-md: %lld atoms, %s, %s, from step %lld to %lld of %g fs\n",
                static_cast<long long>(simulation.atoms()), input.model_file.c_str(), input.ensemble.c_str(),
                start.continued ? static_cast<long long>(start.continued->state.step) : 0LL,
                static_cast<long long>(input.steps), input.timestep);
    std::printf("%s\n", forces.potential().description().c_str());
    if (auto const said = reach.report(); !said.empty()) std::printf("%s\n", said.c_str());
    examples::print_remarks("dp-md", model);
    examples::warn_of_charge("dp-md", structure.source, charge);
    start.report.print();
    auto const& grid = domain.grid().count;
    if (communicator.size() > 1)
      std::printf("%d ranks, %d x %d x %d along the box vectors\n", communicator.size(), grid[0], grid[1],
                  grid[2]);
  }
  Summary summary;
  summary.stages = input.timing && examples::StageTimers::install();
  if (start.continued)
    simulation.restore(start.continued->state);
  else
    simulation.start(structure.positions, structure.velocities);
  space.fence("md::run");
  if (model.long_range && options.long_range_error > 0.0 && communicator.root())
    std::printf("%s\n", forces.potential().description().c_str());

  std::int64_t const first = simulation.step();
  std::int64_t const sent = forces.ghosts().bytes_sent();
  double const loop = examples::seconds();
  summary.set_up = loop - begun;
  examples::StageTimers::instance().reset();
  catch_signals();
  int const stopped = [&] {
    try {
      return advance_to_end(simulation, forces, input, output, observer, monitor, reach);
    } catch (Explosion const& error) {
      throw Explosion(error.what() + ("; " + output.say_saved()));
    }
  }();
  space.fence("md::run");
  summary.loop = examples::seconds() - loop;
  summary.atoms = simulation.atoms();
  summary.steps = simulation.step() - first;
  summary.rebuilds = simulation.rebuilds();
  summary.late_rebuilds = simulation.late_rebuilds();
  summary.timestep = input.timestep;
  summary.model_bytes = forces.bytes();
  summary.handed_over = forces.handed_over();
  summary.local = forces.ghosts().local();
  summary.ghosts = forces.ghosts().atoms() - summary.local;
  summary.bytes_sent = forces.ghosts().bytes_sent() - sent;
  print(summary, communicator);
  output.print_diffusion(observer.elements());
  if (communicator.root() && monitor.found() > 0)
    std::printf("monitor: %lld forces out of the ordinary, the first in step %lld%s\n",
                static_cast<long long>(monitor.found()), static_cast<long long>(monitor.first()),
                input.monitor_stop ? ", which ended the run" : "");
  if (input.ensemble == "minimise") {
    double const force = simulation.largest_force();
    bool const converged = simulation.converged();
    if (communicator.root())
      std::printf("minimise: largest force %.3g eV/Angstrom, %s run.force_tolerance = %g\n", force,
                  converged ? "within" : "NOT within", input.force_tolerance);
  }
  if (stopped == 0) return 0;
  if (communicator.root())
    std::printf("stopped by a signal after step %lld%s%s\n", static_cast<long long>(simulation.step()),
                input.restart.empty() ? "" : "; continue with --restart ",
                input.restart.empty() ? "" : output.restart_path().c_str());
  return 128 + stopped;
}

}  // namespace md
