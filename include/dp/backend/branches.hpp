// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <deque>
#include <dp/backend/recording.hpp>
#include <dp/core/error.hpp>
#include <optional>
#include <type_traits>

namespace dp::backend {

/// A point in the work of an instance, for which others can wait without the host; none where `Space` has no
/// such points.
template <class Space>
struct PointOf {
  using Type = void;
};

#ifdef KOKKOS_ENABLE_CUDA
class CudaPoint {
 public:
  /// On the device of `space`, which need not be that of the calling thread.
  explicit CudaPoint(Kokkos::Cuda const& space) {
    check(cudaSetDevice(space.cuda_device()), "cudaSetDevice");
    check(cudaEventCreateWithFlags(&m_event, cudaEventDisableTiming), "cudaEventCreateWithFlags");
  }
  ~CudaPoint() { static_cast<void>(cudaEventDestroy(m_event)); }
  CudaPoint(CudaPoint const&) = delete;
  CudaPoint& operator=(CudaPoint const&) = delete;

  void set(Kokkos::Cuda const& space) {
    check(cudaEventRecord(m_event, space.cuda_stream()), "cudaEventRecord");
  }
  void await(Kokkos::Cuda const& space) const {
    check(cudaStreamWaitEvent(space.cuda_stream(), m_event, 0), "cudaStreamWaitEvent");
  }

 private:
  static void check(cudaError_t status, char const* call) {
    if (status != cudaSuccess) fail(call, ": ", cudaGetErrorString(status));
  }
  cudaEvent_t m_event = nullptr;
};
template <>
struct PointOf<Kokkos::Cuda> {
  using Type = CudaPoint;
};
#endif

#ifdef KOKKOS_ENABLE_HIP
class HipPoint {
 public:
  /// On the device of `space`, which need not be that of the calling thread.
  explicit HipPoint(Kokkos::HIP const& space) {
    check(hipSetDevice(space.hip_device()), "hipSetDevice");
    check(hipEventCreateWithFlags(&m_event, hipEventDisableTiming), "hipEventCreateWithFlags");
  }
  ~HipPoint() { static_cast<void>(hipEventDestroy(m_event)); }
  HipPoint(HipPoint const&) = delete;
  HipPoint& operator=(HipPoint const&) = delete;

  void set(Kokkos::HIP const& space) { check(hipEventRecord(m_event, space.hip_stream()), "hipEventRecord"); }
  void await(Kokkos::HIP const& space) const {
    check(hipStreamWaitEvent(space.hip_stream(), m_event, 0), "hipStreamWaitEvent");
  }

 private:
  static void check(hipError_t status, char const* call) {
    if (status != hipSuccess) fail(call, ": ", hipGetErrorString(status));
  }
  hipEvent_t m_event = nullptr;
};
template <>
struct PointOf<Kokkos::HIP> {
  using Type = HipPoint;
};
#endif

#if defined(DP_AS_DEVICE) && defined(KOKKOS_ENABLE_OPENMP)
/// Of tests: work on this space is done when it is queued.
struct DonePoint {
  explicit DonePoint(Kokkos::OpenMP const&) {}
  void set(Kokkos::OpenMP const&) {}
  void await(Kokkos::OpenMP const&) const {}
};
template <>
struct PointOf<Kokkos::OpenMP> {
  using Type = DonePoint;
};
#endif

/// Instances of a device whose work goes side by side from where an instance is, and comes together there
/// again, without the host; that can be recorded, too.
template <class Space>
class Branches {
 public:
  static constexpr bool possible = !std::is_void_v<typename PointOf<Space>::Type>;

  /// `body(k, instance)` for k = 0 ... n-1, which queues work; k = 0 on `space`. What is queued on `space`
  /// afterwards waits for all of it.
  template <class Body>
  void for_each(Space const& space, int n, Body const& body) {
    if constexpr (possible) {
      if (n > 1 && !m_begin) m_begin.emplace(space);
      while (m_branches.size() + 1 < static_cast<std::size_t>(n)) {
        auto const instance = Kokkos::Experimental::partition_space(space, 1)[0];
        m_branches.emplace_back(prepared(instance), space);
      }
      if (n > 1) m_begin->set(space);
      for (int k = 1; k < n; ++k) {
        auto& branch = m_branches[static_cast<std::size_t>(k - 1)];
        m_begin->await(branch.instance);
        body(k, branch.instance);
        branch.end.set(branch.instance);
      }
    }
    body(0, space);
    if constexpr (possible)
      for (int k = 1; k < n; ++k) m_branches[static_cast<std::size_t>(k - 1)].end.await(space);
  }

 private:
  struct Nothing {};
  using Point = std::conditional_t<possible, typename PointOf<Space>::Type, Nothing>;
  struct Branch {
    Branch(Space const& instance_, Space const& space) : instance(instance_), end(space) {}
    Space instance;
    Point end;
  };
  std::optional<Point> m_begin;
  std::conditional_t<possible, std::deque<Branch>, Nothing> m_branches;
};

}  // namespace dp::backend
