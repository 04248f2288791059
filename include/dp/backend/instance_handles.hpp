// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <map>
#include <memory>
#include <mutex>

namespace dp::backend {

/// A library's handles, one for each instance of an execution space, made when it is first used and freed
/// before Kokkos and the device shut down. `Handle` is constructed from the space; `Key` tells instances
/// apart (a stream, say).
template <class Handle, class Key>
class InstanceHandles {
 public:
  /// The handle of the instance `space`, whose key is `key`.
  template <class Space>
  static Handle& of(Space const& space, Key const& key) {
    auto& self = instance();
    std::lock_guard<std::mutex> const lock(self.m_mutex);
    auto& slot = self.m_handles[key];
    if (!slot) slot = std::make_unique<Handle>(space);
    return *slot;
  }

 private:
  InstanceHandles() {
    Kokkos::push_finalize_hook([this] {
      std::lock_guard<std::mutex> const lock(m_mutex);
      m_handles.clear();
    });
  }
  static InstanceHandles& instance() {
    static InstanceHandles handles;
    return handles;
  }

  std::mutex m_mutex;
  std::map<Key, std::unique_ptr<Handle>> m_handles;
};

}  // namespace dp::backend
