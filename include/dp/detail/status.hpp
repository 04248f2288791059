// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/error.hpp>
#include <dp/core/half.hpp>
#include <dp/model/model.hpp>
#include <string>

namespace dp::detail {

/// What kernels report of bad input: the smallest index each, so that the message does not depend on
/// scheduling. Kernels go on with a harmless value; the host throws after the step.
template <class Space>
class Status {
 public:
  enum Field { dropped, bad_position, bad_type, bad_entry, coincident, overflow, fields };
  using Values = Vector<std::int64_t, Space>;
  static constexpr std::int64_t good = INT64_MAX;

  explicit Status(Space const& space)
      : m_values(Kokkos::view_alloc(space, "dp::Status"), fields), m_host("dp::Status::host", fields) {
    reset(space);
  }

  void reset(Space const& space) {
    Kokkos::deep_copy(space, m_values, std::int64_t(good));
    Kokkos::deep_copy(space, Kokkos::subview(m_values, int(dropped)), std::int64_t(0));
  }

  Values values() const { return Values(m_values.data(), fields); }

  KOKKOS_FUNCTION static void report(Values const& values, Field field, std::int64_t index) {
    Kokkos::atomic_min(&values(field), index);
  }

  /// Brings the values to the host (a fence) and throws what they say. Returns the number of dropped
  /// neighbours.
  std::int64_t check(Space const& space, int ntypes, std::int64_t atoms) {
    Kokkos::deep_copy(space, m_host, m_values);
    space.fence("dp::Status::check");
    if (m_host(bad_position) != good)
      fail("position of atom ", m_host(bad_position), ": expected finite numbers");
    if (m_host(bad_type) != good)
      fail("type of atom ", m_host(bad_type), ": the model has the types 0 to ", ntypes - 1,
           " (negative: a virtual atom)");
    if (m_host(bad_entry) != good)
      fail("neighbour list: row ", m_host(bad_entry), " names an atom outside 0 to ", atoms - 1,
           ", or a centre that is not a local atom");
    if (m_host(coincident) != good)
      fail("atom ", m_host(coincident), " has a neighbour at its own place (nearer than 1e-6 A)");
    if (m_host(overflow) != good)
      fail("atom ", m_host(overflow), ": numbers in its nets are beyond the range of half precision (",
           largest_half, "); use another precision");
    return m_host(dropped);
  }

 private:
  Kokkos::View<std::int64_t*, typename Space::memory_space> m_values;
  Kokkos::View<std::int64_t*, Kokkos::HostSpace> m_host;
};

}  // namespace dp::detail
