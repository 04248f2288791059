// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// The barrier within Kokkos' scans and teams on hosts, with the same counters in the same places.
// ThreadSanitizer does not know fences, by which Kokkos' own orders memory, and would report what the barrier
// keeps apart. Included before Kokkos in programs compiled for the sanitizer, so it takes the place of
// Kokkos' header, whose guard it has.
#ifndef KOKKOS_HOST_BARRIER_HPP
#define KOKKOS_HOST_BARRIER_HPP

#include <sched.h>

namespace Kokkos::Impl {

class HostBarrier {
 public:
  static constexpr int required_buffer_size = 128;

  /// True for the last of `size` threads, which the others wait for.
  static bool split_arrive(int* buffer, int size, int& step) noexcept {
    if (size <= 1) return true;
    ++step;
    bool const last = __atomic_fetch_add(buffer + arrived, 1, __ATOMIC_ACQ_REL) == size - 1;
    if (last) __atomic_fetch_add(buffer + complete, 1, __ATOMIC_ACQ_REL);
    return last;
  }

  static void split_master_wait(int* buffer, int size, int step) noexcept {
    if (size > 1) wait_until(buffer + complete, step);
  }

  static void split_release(int* buffer, int size, int) noexcept {
    if (size <= 1) return;
    __atomic_fetch_sub(buffer + arrived, size, __ATOMIC_ACQ_REL);
    __atomic_fetch_add(buffer + released, 1, __ATOMIC_ACQ_REL);
  }

  static void wait(int* buffer, int size, int step) noexcept {
    if (size > 1) wait_until(buffer + released, step);
  }

 private:
  static constexpr int arrived = 8, complete = 16, released = 24;

  static void wait_until(int* counter, int step) noexcept {
    while (__atomic_load_n(counter, __ATOMIC_ACQUIRE) != step) sched_yield();
  }
};

}  // namespace Kokkos::Impl

#endif
