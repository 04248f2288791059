// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <dp/backend/recording.hpp>
#include <dp/step/step.hpp>
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
auto step_arguments(Step<Space> const& step) {
  auto const& c = step.configuration;
  auto const& l = step.list;
  auto const& o = step.output;
  return std::make_tuple(c.positions, c.types, c.local, c.fparam, c.aparam, l.rows, l.centres, l.starts,
                         l.counts, l.entries, l.row_stride, l.entry_stride, l.mask, o.energy, o.atom_energy,
                         o.force, o.virial, o.atom_virial, o.output, o.atom_output, o.cotangent,
                         o.accumulate);
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
  void run(Space const& space, Step<Space> const& step, Queue const& queue, Bytes const& bytes) {
    if constexpr (CanRecord<Space>) {
      if (!m_instance) m_instance.emplace(Kokkos::Experimental::partition_space(space, 1)[0]);
      std::erase_if(m_steps, [now = bytes()](Seen const& seen) { return seen.bytes != now; });
      auto arguments = detail::step_arguments(step);
      auto const seen = std::find_if(m_steps.begin(), m_steps.end(),
                                     [&](Seen const& one) { return one.arguments == arguments; });
      if (seen == m_steps.end()) {
        if (m_steps.size() == most) m_steps.clear();
        space.fence("dp::StepRecorder: arguments");
        queue(*m_instance);
        m_instance->fence("dp::StepRecorder: results");
        m_steps.push_back({std::move(arguments), bytes(), nullptr});
        return;
      }
      if (!seen->recording) seen->recording = std::make_unique<Recording<Space>>(*m_instance, queue);
      seen->recording->replay(space);
    } else {
      queue(space);
    }
  }

  /// Steps run again before they are recorded.
  void forget() { m_steps.clear(); }

 private:
  // Kinds of steps: energies are asked for every now and then.
  static constexpr std::size_t most = 4;

  struct Seen {
    decltype(detail::step_arguments(Step<Space>())) arguments;
    std::size_t bytes;
    std::unique_ptr<std::conditional_t<CanRecord<Space>, Recording<Space>, int>> recording;
  };
  std::optional<Space> m_instance;
  std::vector<Seen> m_steps;
};

}  // namespace dp
