// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// The whole step (forces, energy, virial), its stages, and the neighbour list.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "setup.hpp"
#include "work.hpp"

namespace dp::bench {
namespace {

/// Time spent in each stage, from the regions that the library pushes. Fences at both ends.
class StageClock {
 public:
  StageClock() {
    Kokkos::Tools::Experimental::set_push_region_callback(push);
    Kokkos::Tools::Experimental::set_pop_region_callback(pop);
  }
  ~StageClock() {
    Kokkos::Tools::Experimental::set_push_region_callback(nullptr);
    Kokkos::Tools::Experimental::set_pop_region_callback(nullptr);
  }
  StageClock(StageClock const&) = delete;
  StageClock& operator=(StageClock const&) = delete;

  static inline std::array<Seconds, stage_count> elapsed;

 private:
  static inline std::vector<int> open;  // stages; -1: another region, which belongs to the stage around it
  static inline int last = 0;           // tells the two passes of the descriptor and of the fitting net apart
  static inline Seconds since;

  static int stage_of(std::string_view region) {
    if (region == "dp::environment") return static_cast<int>(Stage::environment);
    if (region == "dp::embedding") return static_cast<int>(Stage::embedding);
    if (region == "dp::forces") return static_cast<int>(Stage::forces);
    bool const second = last >= static_cast<int>(Stage::fitting);
    if (region == "dp::fitting") return static_cast<int>(second ? Stage::fitting_adjoint : Stage::fitting);
    if (region == "dp::descriptor")
      return static_cast<int>(second ? Stage::descriptor_adjoint : Stage::descriptor);
    return -1;
  }
  static void push(char const* name) {
    int const stage = stage_of(name);
    open.push_back(stage);
    if (stage < 0) return;
    last = stage;
    Kokkos::fence("dp-bench");
    since = Seconds::now();
  }
  static void pop() {
    int const stage = open.back();
    open.pop_back();
    if (stage < 0) return;
    Kokkos::fence("dp-bench");
    elapsed[static_cast<std::size_t>(stage)] += Seconds::now() - since;
  }
};

/// A system with its times, measured once: benchmarks of its stages read them off.
struct Recording {
  std::vector<Seconds> step;
  std::array<std::vector<Seconds>, stage_count> stages;
  std::array<Work, stage_count> work;
  double neighbours = 0.0;
  std::size_t bytes = 0;
};

/// Pairs within the cutoff by types of centre and neighbour.
std::vector<std::vector<double>> count_pairs(Atoms const& atoms, Model const& model) {
  NeighborCells<Space> exact;
  exact.build(Space(), atoms.images.positions(), atoms.images.local(), cutoff(model));
  auto const list = exact.list();
  auto const types = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), atoms.images.types());
  auto const starts = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), list.starts);
  auto const all = static_cast<std::size_t>(starts(starts.extent(0) - 1));
  auto const entries =
      Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), Vector<int const, Space>(list.entries, all));
  std::vector<std::vector<double>> pairs(model.type_map.size(), std::vector<double>(model.type_map.size()));
  for (std::size_t i = 0; i + 1 < starts.extent(0); ++i)
    for (auto k = starts(i); k < starts(i + 1); ++k)
      ++pairs[static_cast<std::size_t>(types(i))][static_cast<std::size_t>(types(entries(k)))];
  return pairs;
}

template <class Precision>
Recording record(System const& system, Evaluation evaluation) {
  Space const space;
  auto const model = bench::model(system);
  DeepPotential<Space, Precision> potential(model, {.evaluation = evaluation});
  Atoms const atoms(system, potential.cutoff());
  auto const step = [&] {
    potential.compute(space, atoms.configuration(), atoms.cells.list(), atoms.output());
  };
  step();

  Recording result;
  for (int k = 0; k < iterations(system); ++k) result.step.push_back(seconds(step));
  StageClock const clock;
  for (int k = 0; k < iterations(system); ++k) {
    StageClock::elapsed = {};
    step();
    for (std::size_t s = 0; s < stage_count; ++s) result.stages[s].push_back(StageClock::elapsed[s]);
  }

  auto const starts = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), atoms.cells.list().starts);
  double const listed = static_cast<double>(starts(starts.extent(0) - 1));
  auto const pairs = count_pairs(atoms, model);
  for (std::size_t t = 0; t < pairs.size(); ++t) {
    auto const of_type = static_cast<double>(
        std::count(atoms.frame.types.begin(), atoms.frame.types.end(), static_cast<int>(t)));
    for (double n : pairs[t]) result.neighbours += n / system.atoms;
    double const entries = listed * of_type / system.atoms, number = sizeof(typename Precision::Stored);
    std::vector<int> functions;
    for (std::size_t j = 0; j < pairs.size() && potential.compressed(); ++j)
      functions.push_back(potential.compressed()->chains[0].bases[t * pairs.size() + j].functions);
    for (std::size_t s = 0; s < stage_count; ++s) {
      auto const stage = static_cast<Stage>(s);
      auto const centre = static_cast<int>(t);
      result.work[s] += potential.compressed()
                            ? compressed_work_of(stage, model, potential.compressed()->chains[0].centres[t],
                                                 functions, centre, of_type, pairs[t], entries, number)
                            : work_of(stage, model, centre, of_type, pairs[t], entries, number);
    }
  }
  result.bytes = potential.bytes();
  return result;
}

template <class Precision>
Recording const& recorded(System const& system, Evaluation evaluation) {
  static std::pair<System const*, Evaluation> of;
  static Recording last;
  if (of != std::pair(&system, evaluation)) last = record<Precision>(system, evaluation);
  of = {&system, evaluation};
  return last;
}

void report(benchmark::State& state, System const& system, std::vector<Seconds> const& times,
            Work const& work) {
  std::size_t k = 0;
  Seconds sum;
  for (auto _ : state) {
    Seconds const time = times[k++ % times.size()];
    state.SetIterationTime(time.wall);
    sum += time;
  }
  auto const steps = static_cast<double>(state.iterations());
  state.counters["us/step/atom"] = 1e6 * sum.wall / steps / system.atoms;
  state.counters["processor_us/step/atom"] = 1e6 * sum.processors / steps / system.atoms;
  if (work.flops > 0.0) {
    state.counters["MFLOP/atom"] = 1e-6 * work.flops / system.atoms;
    state.counters["FLOP/s"] = work.flops * steps / sum.wall;
  }
  if (work.activations > 0.0) state.counters["activations/atom"] = work.activations / system.atoms;
  state.counters["B/s"] = work.bytes * steps / sum.wall;
}

template <class Precision>
void whole_step(benchmark::State& state, System const& system, Evaluation evaluation) {
  auto const& recording = recorded<Precision>(system, evaluation);
  Work total;
  for (Work const& work : recording.work) total += work;
  report(state, system, recording.step, total);
  state.counters["neighbours"] = recording.neighbours;
  state.counters["working_memory_MB"] = 1e-6 * static_cast<double>(recording.bytes);
}

template <class Precision>
void one_stage(benchmark::State& state, System const& system, Evaluation evaluation, std::size_t stage) {
  auto const& recording = recorded<Precision>(system, evaluation);
  report(state, system, recording.stages[stage], recording.work[stage]);
}

void neighbour_list(benchmark::State& state, System const& system) {
  Atoms atoms(system, cutoff(model(system)));
  Seconds sum;
  for (auto _ : state) {
    auto const time = seconds([&] { atoms.rebuild(); });
    state.SetIterationTime(time.wall);
    sum += time;
  }
  state.counters["us/build/atom"] = 1e6 * sum.wall / static_cast<double>(state.iterations()) / system.atoms;
}

template <class Body>
void add(System const& system, std::string const& name, Body const& body) {
  benchmark::RegisterBenchmark(name.c_str(), body)
      ->UseManualTime()
      ->Iterations(iterations(system))
      ->Unit(benchmark::kMillisecond);
}

template <class Precision>
void add_steps(System const& system, Evaluation evaluation) {
  std::string const way = evaluation == Evaluation::exact ? "exact/" : "compressed/";
  add(system, label<Precision>(system, way + "step"),
      [&system, evaluation](benchmark::State& state) { whole_step<Precision>(state, system, evaluation); });
  for (std::size_t s = 0; s < stage_count; ++s)
    add(system, label<Precision>(system, way + stage_names[s]),
        [&system, evaluation, s](benchmark::State& state) {
          one_stage<Precision>(state, system, evaluation, s);
        });
}

}  // namespace

/// Registers everything of this file.
void add_steps() {
  for (System const& system : systems) {
    for (auto const evaluation : {Evaluation::exact, Evaluation::compressed}) {
      add_steps<Double>(system, evaluation);
      add_steps<Mix32>(system, evaluation);
      add_steps<Mix16>(system, evaluation);
    }
    add(system, std::string(system.name) + "/" + std::to_string(system.atoms) + "/neighbour_list",
        [&system](benchmark::State& state) { neighbour_list(state, system); });
  }
}

}  // namespace dp::bench
