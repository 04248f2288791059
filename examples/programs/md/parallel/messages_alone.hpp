// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdlib>
#include <dp/core/error.hpp>
#include <string>
#include <vector>

namespace md {

/// Without MPI there is nothing to start.
class MessagePassing {
 public:
  MessagePassing(int&, char**&) {}
};

/// One rank without MPI: no message has anywhere to go.
class Messages {
 public:
  /// \throws dp::Error where several processes were started as if they could talk
  static Messages world() {
    for (char const* const name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"})
      if (char const* const size = std::getenv(name); size && std::string(size) != "1")
        dp::fail("this program was built without MPI, but started as ", size, " processes (", name, ")");
    return {};
  }
  static Messages alone() { return {}; }

  int rank() const { return 0; }
  int size() const { return 1; }
  void sum(double*, int) const {}
  void maximum(double*, int) const {}
  void start_sum(double*, int) {}
  void finish_sum() {}
  void broadcast(void*, std::size_t, int) const {}
  void send(int, void const*, std::size_t) const {}
  void receive(int, void*, std::size_t) const {}
  std::vector<double> gather(double value) const { return {value}; }
  template <std::size_t N>
  void exchange(Parcel const (&)[N]) const {}
  static bool gpu_aware() { return false; }
  [[noreturn]] void abort() const { std::abort(); }
};

}  // namespace md
