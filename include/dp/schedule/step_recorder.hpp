// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <dp/backend/recording.hpp>
#include <dp/input/configuration.hpp>
#include <dp/input/neighbor_list.hpp>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace dp {

namespace detail {

/// What a step is told apart by.
template <class Space>
auto step_arguments(Configuration<Space> const& c, NeighborList<Space> const& l, Output<Space> const& o) {
  return std::make_tuple(c.positions, c.types, c.local, c.fparam, c.aparam, l.rows, l.centres, l.starts,
                         l.counts, l.entries, l.row_stride, l.entry_stride, l.mask, o.energy, o.atom_energy,
                         o.force, o.virial, o.atom_virial, o.accumulate);
}

}  // namespace detail

/// Replays the kernels of steps whose arguments are Views that were seen before: the first such step runs, so
/// that all memory is there, the second is recorded. Both on an instance that nobody else has, since kernels
/// hold memory of Kokkos' that moves when any reduction on their instance needs more. Where nothing can be
/// recorded, every step runs.
template <class Space>
class StepRecorder {
 public:
  /// `queue(space)`: all that the step queues. `bytes()`: memory that it works in, which moves only when it
  /// grows.
  template <class Queue, class Bytes>
  void run(Space const& space, Configuration<Space> const& configuration, NeighborList<Space> const& list,
           Output<Space> const& output, Queue const& queue, Bytes const& bytes) {
    if constexpr (CanRecord<Space>) {
      if (!m_instance) m_instance.emplace(Kokkos::Experimental::partition_space(space, 1)[0]);
      std::erase_if(m_steps, [now = bytes()](Step const& step) { return step.bytes != now; });
      auto arguments = detail::step_arguments(configuration, list, output);
      auto const step = std::find_if(m_steps.begin(), m_steps.end(),
                                     [&](Step const& seen) { return seen.arguments == arguments; });
      if (step == m_steps.end()) {
        if (m_steps.size() == most) m_steps.clear();
        space.fence("dp::StepRecorder: arguments");
        queue(*m_instance);
        m_instance->fence("dp::StepRecorder: results");
        m_steps.push_back({std::move(arguments), bytes(), nullptr});
        return;
      }
      if (!step->recording) step->recording = std::make_unique<Recording<Space>>(*m_instance, queue);
      step->recording->replay(space);
    } else {
      queue(space);
    }
  }

  /// Steps run again before they are recorded.
  void forget() { m_steps.clear(); }

 private:
  // Kinds of steps: energies are asked for every now and then.
  static constexpr std::size_t most = 4;

  using Arguments =
      decltype(detail::step_arguments(Configuration<Space>(), NeighborList<Space>(), Output<Space>()));

  struct Step {
    Arguments arguments;
    std::size_t bytes;
    std::unique_ptr<std::conditional_t<CanRecord<Space>, Recording<Space>, int>> recording;
  };
  std::optional<Space> m_instance;
  std::vector<Step> m_steps;
};

}  // namespace dp
