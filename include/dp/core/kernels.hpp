// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <cstdint>
#include <dp/core/views.hpp>
#include <type_traits>

namespace dp {

/// One work item is an atom or a row; its inner loops fill vector registers, its tile fits a cache. For CPUs.
struct Loops {};

/// `Threads` threads work on an atom together, and no kernel waits for a number on the host. For devices;
/// runs on host spaces that have so many threads, too.
template <int Threads>
struct Teams {
  static_assert(Threads > 0 && (Threads & (Threads - 1)) == 0, "expected a power of two of threads");
  static constexpr int threads = Threads;  ///< of a team; a power of two
};

#ifndef DP_TEAM_THREADS
#define DP_TEAM_THREADS 64
#endif
/// Those of devices; DP_TEAM_THREADS of a build says otherwise.
using DeviceTeams = Teams<DP_TEAM_THREADS>;

/// How kernels are cut into work on `Space`, unless a program says otherwise: the only place that chooses.
template <class Space>
using DefaultKernels = std::conditional_t<is_host_space<Space>, Loops, DeviceTeams>;

namespace detail {

/// A range whose functor travels with the launch, however many Views it holds: beyond 512 bytes Kokkos would
/// wait for the kernel before, to use its constant memory again.
template <class Space>
using LightRange = Kokkos::RangePolicy<Space, Kokkos::IndexType<std::int64_t>,
                                       Kokkos::Experimental::WorkItemProperty::HintLightWeight_t>;

/// Teams for one atom each, likewise.
template <class Space>
using LightTeams = Kokkos::TeamPolicy<Space, Kokkos::Experimental::WorkItemProperty::HintLightWeight_t>;

template <class Space>
using TeamMember = typename LightTeams<Space>::member_type;

/// How many threads a vector has, and how many such vectors make a team; hosts have no vectors.
template <class Space, class Kernels, int Vector>
inline constexpr int vector_length = has_host_memory<Space> || Vector > Kernels::threads ? 1 : Vector;
template <class Space, class Kernels, int Vector>
inline constexpr int team_size = Kernels::threads / vector_length<Space, Kernels, Vector>;

/// A team for each of `atoms` atoms with `scratch` bytes of shared memory. `Vector` of its threads each form
/// a vector, on devices.
template <class Kernels, int Vector, class Space>
LightTeams<Space> team_policy(Space const& space, std::int64_t atoms, std::size_t scratch = 0) {
  LightTeams<Space> policy(space, static_cast<int>(atoms), team_size<Space, Kernels, Vector>,
                           vector_length<Space, Kernels, Vector>);
  return policy.set_scratch_size(0, Kokkos::PerTeam(static_cast<int>(scratch)));
}

/// A thread, or on devices a vector of threads, for each of `items` items, with `scratch` bytes of shared
/// memory of its own. Which item it has is item_of(); in the last team some have none.
template <class Kernels, int Vector, class Space>
LightTeams<Space> vector_policy(Space const& space, std::int64_t items, std::size_t scratch = 0) {
  constexpr int size = team_size<Space, Kernels, Vector>;
  auto policy = team_policy<Kernels, Vector>(space, (items + size - 1) / size);
  return policy.set_scratch_size(0, Kokkos::PerThread(static_cast<int>(scratch)));
}

/// The item of the calling thread, see vector_policy().
template <class Member>
KOKKOS_INLINE_FUNCTION std::int64_t item_of(Member const& team) {
  return std::int64_t(team.league_rank()) * team.team_size() + team.team_rank();
}

}  // namespace detail
}  // namespace dp
