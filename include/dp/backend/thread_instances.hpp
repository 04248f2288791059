// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <dp/core/views.hpp>
#include <exception>
#include <type_traits>
#include <vector>

namespace dp::backend {

#ifdef KOKKOS_ENABLE_OPENMP
/// Whether each thread of `Space` can be given an instance of its own.
template <class Space>
inline constexpr bool has_thread_instances = std::is_same_v<Space, Kokkos::OpenMP>&& is_host_space<Space>;
#else
template <class Space>
inline constexpr bool has_thread_instances = false;
#endif

/// The threads of an execution space, each with an instance of one thread, to work on different things at the
/// same time without waiting for each other. Where `Space` cannot be divided so there is one for all threads:
/// the space itself.
template <class Space>
class ThreadInstances {
 public:
  /// So many can work at the same time. One while a Kokkos tool listens to kernels, since these tools expect
  /// one kernel at a time, and one within a parallel region of the caller.
  static int count([[maybe_unused]] Space const& space) {
#ifdef KOKKOS_ENABLE_OPENMP
    if constexpr (has_thread_instances<Space>) {
      bool const listened = Kokkos::Tools::Experimental::get_callbacks().begin_parallel_for;
      return listened || omp_get_level() > 0 ? 1 : space.concurrency();
    }
#endif
    return 1;
  }

  /// Calls `body(k, instance)` for k = 0 ... n-1, at the same time, and waits; k = 0 on the calling thread.
  /// With n = 1 the instance is `space` with all its threads. Rethrows what a body throws.
  template <class Body>
  void for_each(Space const& space, int n, Body const& body) {
    if (n == 1) return body(0, space);
#ifdef KOKKOS_ENABLE_OPENMP
    if constexpr (has_thread_instances<Space>) in_region(n, body);
#endif
  }

 private:
#ifdef KOKKOS_ENABLE_OPENMP
  template <class Body>
  void in_region(int n, Body const& body) {
    while (m_instances.size() < static_cast<std::size_t>(n)) m_instances.emplace_back(1);
    std::vector<std::exception_ptr> errors(static_cast<std::size_t>(n));
    // The kernels of an instance are parallel regions of one thread within this one, which Kokkos has to be
    // allowed.
    int const levels = omp_get_max_active_levels();
    omp_set_max_active_levels(levels > 1 ? levels : 2);
#pragma omp parallel num_threads(n)
    for (int k = omp_get_thread_num(); k < n; k += omp_get_num_threads()) {  // there may be fewer threads
      try {
        body(k, m_instances[static_cast<std::size_t>(k)]);
      } catch (...) {
        errors[static_cast<std::size_t>(k)] = std::current_exception();
      }
    }
    omp_set_max_active_levels(levels);
    for (auto const& error : errors)
      if (error) std::rethrow_exception(error);
  }
#endif

  std::vector<Space> m_instances;
};

}  // namespace dp::backend
