// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <dp/core/views.hpp>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace examples {

/// Seconds since an arbitrary moment.
inline double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// The time spent in each stage of the library, and in the exchange between ranks, by the Kokkos regions that
/// they push: time counts for the innermost region that is a stage. Where threads go through the stages side
/// by side, the time of the thread that made the timers. Kokkos' callbacks carry no pointer, therefore there
/// is one object.
class StageTimers {
 public:
  static constexpr std::array<std::string_view, 10> stages = {
      "neighbour", "environment", "embedding", "descriptor", "fitting",
      "edges",     "edge_nets",   "tensors",   "forces",     "exchange"};

  static StageTimers& instance() {
    static StageTimers timers;
    return timers;
  }

  /// Before Kokkos starts: Kokkos else waits for all instances at the ends of regions, for the sake of tools,
  /// and threads that go through the stages side by side for each other.
  static void ask_for_no_fences() {
    Kokkos::Tools::Experimental::set_request_tool_settings_callback(
        [](std::uint32_t, Kokkos_Tools_ToolSettings* settings) {
          settings->requires_global_fencing = false;
        });
  }

  /// Begins to listen; false where a Kokkos tool of the user's does already. On a GPU each region then
  /// waits for its kernels.
  static bool install() {
    auto const listening = Kokkos::Tools::Experimental::get_callbacks();
    if (listening.init || listening.push_region || listening.begin_parallel_for) return false;
    Kokkos::Tools::Experimental::set_push_region_callback([](char const* name) { instance().push(name); });
    Kokkos::Tools::Experimental::set_pop_region_callback([] { instance().pop(); });
    return true;
  }

  /// Ends what install() began.
  static void remove() {
    Kokkos::Tools::Experimental::set_push_region_callback(nullptr);
    Kokkos::Tools::Experimental::set_pop_region_callback(nullptr);
  }

  void reset() {
    m_seconds.fill(0.0);
    m_last = seconds();
  }

  double total(std::size_t stage) const { return m_seconds[stage]; }

  void push(std::string_view name) {
    if (std::this_thread::get_id() != m_thread) return;
    book();
    std::size_t stage = m_stack.empty() ? stages.size() : m_stack.back();
    for (std::size_t k = 0; k < stages.size(); ++k)
      if (name.starts_with("dp::") && name.substr(4) == stages[k]) stage = k;
    m_stack.push_back(stage);
  }

  void pop() {
    if (std::this_thread::get_id() != m_thread) return;
    book();
    if (!m_stack.empty()) m_stack.pop_back();
  }

 private:
  void book() {
    if constexpr (!dp::is_host_space<Kokkos::DefaultExecutionSpace>) Kokkos::fence("examples::StageTimers");
    double const now = seconds();
    if (!m_stack.empty()) m_seconds[m_stack.back()] += now - std::exchange(m_last, now);
    m_last = now;
  }

  std::thread::id m_thread = std::this_thread::get_id();
  std::vector<std::size_t> m_stack;
  std::array<double, stages.size() + 1> m_seconds = {};  ///< the last: regions that are no stage
  double m_last = 0.0;
};

}  // namespace examples
