// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <Kokkos_Profiling_ScopedRegion.hpp>
#include <cstdint>

namespace dp {

/// Views at the public interface are unmanaged and strided, so that any View of the same rank and memory
/// space converts to them, whatever its layout or static extents, and every kernel is compiled once. An
/// argument that is default-constructed means "not given".
template <class T, class Space>
using Strided1 = Kokkos::View<T*, Kokkos::LayoutStride, typename Space::memory_space,
                              Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
template <class T, class Space>
using Strided2 = Kokkos::View<T**, Kokkos::LayoutStride, typename Space::memory_space,
                              Kokkos::MemoryTraits<Kokkos::Unmanaged>>;

/// Contiguous rows: what blocks hand each other and what GEMM takes.
template <class T, class Space>
using Matrix = Kokkos::View<T**, Kokkos::LayoutRight, typename Space::memory_space,
                            Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
/// One contiguous column per component: numbers that belong to rows of neighbours, one neighbour per thread
/// or lane.
template <class T, class Space>
using Columns = Kokkos::View<T**, Kokkos::LayoutLeft, typename Space::memory_space,
                             Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
template <class T, class Space>
using Vector = Kokkos::View<T*, typename Space::memory_space, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;

/// A single value.
template <class T, class Space>
using Single = Kokkos::View<T, typename Space::memory_space, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;

/// True where the host may read and write `Space`'s memory directly.
template <class Space>
inline constexpr bool has_host_memory =
    Kokkos::SpaceAccessibility<Kokkos::HostSpace, typename Space::memory_space>::accessible;

/// Whether the program goes the way of hosts on `Space`, not that of devices. With DP_AS_DEVICE, of a test
/// build, hosts go the way of devices, too.
template <class Space>
#ifdef DP_AS_DEVICE
inline constexpr bool is_host_space = false;
#else
inline constexpr bool is_host_space = has_host_memory<Space>;
#endif

}  // namespace dp
