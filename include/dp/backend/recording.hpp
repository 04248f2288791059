// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <Kokkos_Graph.hpp>
#include <dp/core/views.hpp>
#include <utility>

namespace dp {

namespace backend {

template <class Space>
struct NoWork {
  void operator()(Space const&) const {}
};

template <class Space>
struct NoTeamWork {
  KOKKOS_FUNCTION void operator()(typename Kokkos::TeamPolicy<Space>::member_type const&) const {}
};

/// Kokkos' kernels of teams allocate nothing, 0 bytes, until one of them has asked for scratch in global
/// memory. Not even that may happen while a graph is recorded.
template <class Space>
Space const& prepared(Space const& space) {
  Kokkos::TeamPolicy<Space> policy(space, 1, 1);
  Kokkos::parallel_for("dp::Recording::prepare", policy.set_scratch_size(1, Kokkos::PerTeam(8)),
                       NoTeamWork<Space>());
  return space;
}

template <class Space>
using GraphRoot = decltype(std::declval<Kokkos::Experimental::Graph<Space>&>().root_node());

// Kokkos calls it by the vendor's name.
template <class Space>
concept CapturesCuda = requires(GraphRoot<Space> root, Space space) {
  root.cuda_capture(space, NoWork<Space>());
};
template <class Space>
concept CapturesHip = requires(GraphRoot<Space> root, Space space) {
  root.hip_capture(space, NoWork<Space>());
};

}  // namespace backend

/// Whether what is queued on `Space` can be recorded.
template <class Space>
concept CanRecord = !is_host_space<Space> && (backend::CapturesCuda<Space> || backend::CapturesHip<Space>);

/// Work that was queued once and can be queued again as it was, by one launch of a graph of the vendor's.
template <class Space>
class Recording {
 public:
  /// Records what `queue(space)` queues, instead of running it. It must neither wait nor allocate.
  template <class Queue>
  Recording(Space const& space, Queue const& queue)
      : m_graph(Kokkos::Experimental::create_graph(backend::prepared(space), [&](auto const& root) {
          auto const record = [&queue](Space const& instance) { queue(instance); };
          if constexpr (backend::CapturesCuda<Space>)
            root.cuda_capture(space, record);
          else
            root.hip_capture(space, record);
        })) {
    m_graph.instantiate();
  }

  /// Queues it on `space`.
  void replay(Space const& space) const { m_graph.submit(space); }

 private:
  Kokkos::Experimental::Graph<Space> m_graph;
};

}  // namespace dp
