// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <dp/core/buffer.hpp>
#include <dp/core/views.hpp>
#include <dp/input/whole_system.hpp>

namespace dp::detail {

/// Sums over ranks of numbers in the memory of `Space`, by way of the host's where it must be.
template <class Space>
class RankSums {
 public:
  /// Sums up, in place. Returns the last of the sums. Waits for `space`. WholeSystem::sum_over_ranks is
  /// there.
  double sum(Space const& space, WholeSystem const& whole, Vector<double, Space> values) {
    if constexpr (is_host_space<Space>) {
      space.fence("dp: before a sum over ranks");
      add_up(whole, values.data(), values.size());
      return values.size() > 0 ? values(values.size() - 1) : 0.0;
    } else {
      auto const host = m_host.get(Kokkos::DefaultHostExecutionSpace(), values.size());
      Kokkos::deep_copy(space, host, values);
      space.fence("dp: before a sum over ranks");
      add_up(whole, host.data(), host.size());
      Kokkos::deep_copy(space, values, host);
      return host.size() > 0 ? host(host.size() - 1) : 0.0;
    }
  }

  /// On the host, beside the numbers themselves.
  std::size_t bytes() const { return is_host_space<Space> ? 0 : m_host.bytes(); }

 private:
  /// In pieces that MPI's counts hold.
  static void add_up(WholeSystem const& whole, double* values, std::size_t count) {
    constexpr std::size_t most = std::size_t(1) << 30;
    for (std::size_t begin = 0; begin < count; begin += most)
      whole.sum_over_ranks(values + begin, std::min(most, count - begin));
  }

  Buffer<double, Kokkos::DefaultHostExecutionSpace> m_host{"dp::RankSums"};
};

}  // namespace dp::detail
