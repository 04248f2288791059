// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <dp/core/error.hpp>
#include <dp/core/quantity.hpp>
#include <dp/input/configuration.hpp>
#include <dp/input/neighbor_list.hpp>
#include <dp/options.hpp>
#include <dp/program/terms.hpp>
#include <dp/schedule/check_extents.hpp>
#include <dp/schedule/groups.hpp>
#include <dp/schedule/schedule.hpp>
#include <dp/schedule/step_recorder.hpp>
#include <dp/step/output_sums.hpp>
#include <dp/step/report.hpp>
#include <dp/step/step.hpp>
#include <string>
#include <utility>
#include <vector>

namespace dp {

/// Steps of a program, with all that is around them: checks of what is given, the grouping of atoms that is
/// kept as long as it holds, recordings, and what kernels report. See Potential for what it promises.
template <class Space>
class Evaluator {
 public:
  /// `terms`: what the program was made of. `options`: those of overflow, reproducible sums, tiles and
  /// graphs count here; all else has gone into the program.
  Evaluator(Space const& space, Terms const& terms, Program<Space> program, Options const& options)
      : m_fitting(terms.settings()),
        m_quantity(terms.quantity()),
        m_overflow(options.overflow),
        m_graph(options.graph && program.by_teams && program.exact),
        m_ntypes(terms.ntypes()),
        m_report(space),
        m_groups(space, terms, program.by_teams && options.overflow == Overflow::keep_all),
        m_schedule(std::move(program), options.reproducible, options.tile) {
    auto const add_sel = [&](std::vector<int> const& sel) {
      for (int n : sel) m_sel += ' ' + std::to_string(n);
    };
    for (auto const& network : terms.networks)
      for (auto const& chain : network.chains) {
        m_needs_first_type = m_needs_first_type || chain.needs_first_type();
        add_sel(chain.sel);
      }
    for (auto const& table : terms.tables) add_sel(table.neighbours.sel);
  }

  /// See Potential.
  void compute(Space const& space, Configuration<Space> const& configuration, NeighborList<Space> const& list,
               Output<Space> const& output) {
    if (m_unchecked) check(space);
    auto step = step_of(space, configuration, list, output);
    if (!m_graph || !m_groups.may_hold(step)) m_recorder.forget();
    if (m_graph)
      m_recorder.run(
          space, step, [&](Space const& instance) { queue_step(instance, step); }, [&] { return bytes(); });
    else
      queue_step(space, step);
    fetch_report(space);
    if (m_report.is_stale()) {  // nothing was added to the outputs
      m_recorder.forget();
      step.report = m_report.values();
      m_groups.build(space, step);
      run(space, step);
      fetch_report(space);
    }
    check_report();
    if (m_schedule.hand_over(space, step, m_report)) {
      m_recorder.forget();
      auto const dropped = m_dropped;  // of all atoms
      fetch_report(space);
      m_dropped = dropped;
      check_report();
    }
  }

  /// See Potential.
  void enqueue(Space const& space, Configuration<Space> const& configuration, NeighborList<Space> const& list,
               Output<Space> const& output) {
    auto const step = step_of(space, configuration, list, output);
    m_recorder.forget();
    queue_step(space, step);
    m_unchecked = true;
  }

  /// See Potential.
  void check(Space const& space) {
    fetch_report(space);
    check_report();
    if (m_report.is_stale())
      fail("dp::Potential::check: types or centres of the list changed in a step that was enqueued",
           m_overflow == Overflow::keep_all ? ", or its rows became longer" : "",
           "; a step after such a change needs compute()");
    if (auto const atoms = m_schedule.left_out(m_report))
      fail(
          "dp::Potential::check: atoms came nearer to each other than the tables of the compressed model "
          "reach in a step that was enqueued (",
          atoms, " atoms in their blocks); such a step needs compute()");
  }

  std::int64_t handed_over() const { return m_schedule.handed_over(); }  ///< see Potential
  std::int64_t dropped() const { return m_dropped; }                     ///< see Potential
  /// See Potential.
  std::size_t bytes() const { return m_groups.bytes() + m_schedule.bytes() + m_outputs.bytes(); }

 private:
  Step<Space> step_of(Space const& space, Configuration<Space> const& configuration,
                      NeighborList<Space> const& list, Output<Space> const& output) const {
    detail::check_extents(m_fitting, m_quantity, configuration, list, output);
    Step<Space> step{configuration, list, output, m_report.values()};
    step.first_type = std::max(configuration.first_type, 0);
    if (!m_needs_first_type || configuration.first_type >= 0 || configuration.types.extent(0) == 0)
      return step;
    int first = 0;
    Kokkos::deep_copy(space, Vector<int, Kokkos::HostSpace>(&first, 1),
                      Kokkos::subview(configuration.types, std::make_pair(0, 1)));
    space.fence("dp::Evaluator: type of the first atom");
    step.first_type = std::max(first, 0);
    return step;
  }

  /// All of a step that is queued.
  void queue_step(Space const& space, Step<Space> const& step) {
    if (!step.output.accumulate) step.output.clear(space);
    m_atoms = static_cast<std::int64_t>(step.configuration.positions.extent(0));
    if (m_schedule.program().by_teams && m_groups.may_hold(step))
      m_groups.verify(space, step);
    else
      m_groups.build(space, step);
    run(space, step);
  }

  /// The way of a step whose centres are grouped.
  void run(Space const& space, Step<Space> step) {
    if (m_quantity.is_energy()) return m_schedule.run(space, step, m_groups, m_report);
    Output<Space> const output = step.output;
    step.output = m_outputs.begin(space, output, step.configuration.local, m_quantity.components);
    m_schedule.run(space, step, m_groups, m_report);
    m_outputs.end(space, output, m_quantity.intensive ? m_groups.atoms() : 0);
  }

  void fetch_report(Space const& space) {
    m_report.fetch(space);
    m_unchecked = false;
    m_dropped = m_report.dropped_neighbours();
  }

  void check_report() const {
    m_report.check(m_ntypes, m_atoms);
    if (m_dropped > 0 && m_overflow == Overflow::error)
      fail(m_dropped, " neighbours within the cutoff are more than the model's sel allows (sel:", m_sel,
           "); Overflow::keep_nearest would leave out the farthest, Overflow::keep_all none");
  }

  FittingSettings m_fitting;
  Quantity m_quantity;
  Overflow m_overflow;
  bool m_graph;  // whether steps are recorded
  int m_ntypes;
  bool m_needs_first_type = false;
  std::string m_sel;  // for messages
  Report<Space> m_report;
  Groups<Space> m_groups;
  Schedule<Space> m_schedule;
  OutputSums<Space> m_outputs;
  StepRecorder<Space> m_recorder;
  std::int64_t m_dropped = 0, m_atoms = 0;
  bool m_unchecked = false;  // steps were queued since the last look at the report
};

}  // namespace dp
