// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/core/views.hpp>
#include <string>
#include <utility>
#include <vector>

namespace dp {

/// Memory on `Space` that only grows: a step whose sizes were seen before allocates nothing. Contents are
/// undefined after growing.
template <class T, class Space>
class Buffer {
 public:
  /// Empty; `label` names the memory in Kokkos tools.
  explicit Buffer(std::string label) : m_label(std::move(label)) {}
  Buffer(Buffer const&) = delete;
  Buffer(Buffer&& other) noexcept = default;  ///< takes the memory
  Buffer& operator=(Buffer const&) = delete;
  Buffer& operator=(Buffer&& other) noexcept = default;  ///< takes the memory
  ~Buffer() = default;

  /// The first `n` entries; allocates (with a fence) when more are asked for than ever before.
  Vector<T, Space> get(Space const& space, std::size_t n) {
    if (n > m_data.extent(0)) {
      m_data = {};  // free first: old and new need not fit together
      m_data = Storage(Kokkos::view_alloc(space, Kokkos::WithoutInitializing, m_label), n + n / 8);
      space.fence("dp::Buffer::grow");
    }
    return Vector<T, Space>(m_data.data(), n);
  }

  /// The same memory as contiguous rows.
  Matrix<T, Space> get(Space const& space, std::size_t rows, std::size_t columns) {
    return Matrix<T, Space>(get(space, rows * columns).data(), rows, columns);
  }

  /// The same memory as contiguous columns.
  Columns<T, Space> columns(Space const& space, std::size_t rows, std::size_t columns) {
    return Columns<T, Space>(get(space, rows * columns).data(), rows, columns);
  }

  /// Memory held on `Space`.
  std::size_t bytes() const { return m_data.extent(0) * sizeof(T); }

 private:
  using Storage = Kokkos::View<T*, typename Space::memory_space>;
  std::string m_label;
  Storage m_data;
};

/// Numbers on `Space` that stay as they were made, see to_space().
template <class T, class Space>
using Constants = Kokkos::View<T*, typename Space::memory_space>;

/// A copy on `Space` of a host vector, converted to `T`; for constants, at set-up.
template <class T, class Space, class U>
Constants<T, Space> to_space(Space const& space, std::string const& label, std::vector<U> const& values) {
  Constants<T, Space> result(Kokkos::view_alloc(space, Kokkos::WithoutInitializing, label), values.size());
  auto host = Kokkos::create_mirror_view(Kokkos::HostSpace(), result);
  space.fence("dp::to_space");
  for (std::size_t i = 0; i < values.size(); ++i) host(i) = static_cast<T>(values[i]);
  Kokkos::deep_copy(space, result, host);
  space.fence("dp::to_space: the host's copy goes out of scope");
  return result;
}

}  // namespace dp
