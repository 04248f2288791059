// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include "runtime.hpp"

#include <Kokkos_Core.hpp>
#include <charconv>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <dp/backend/device_count.hpp>
#include <dp/core/error.hpp>
#include <mutex>
#include <set>
#include <string>
#include <system_error>

namespace dp_c {

namespace {

struct House {
  std::mutex mutex;
  std::set<Guest*> guests;
  bool open = false;  // Kokkos runs, and its end will be noticed
};

/// Never destroyed: guests may depart after static objects are gone.
House& house() {
  static auto* const instance = new House;
  return *instance;
}

void close_house() {
  std::lock_guard const lock(house().mutex);
  house().open = false;
  for (Guest* const guest : house().guests) guest->leave();
}

/// Kokkos ends the program where a number among its environment variables is none.
void check_variable(char const* name, int least, int most) {
  char const* const text = std::getenv(name);
  if (text == nullptr) return;
  char const* const end = text + std::strlen(text);
  int value = 0;
  auto const [stop, error] = std::from_chars(text, end, value);
  if (error != std::errc() || stop != end || value < least || value > most)
    dp::fail("environment variable ", name, ": expected a whole number, ", least,
             most == INT_MAX ? " or more" : " ... " + std::to_string(most), ", found \"", text, "\"");
}

}  // namespace

void enter(Guest* guest) {
  std::lock_guard const lock(house().mutex);
  house().guests.insert(guest);
}

void depart(Guest* guest) {
  std::lock_guard const lock(house().mutex);
  house().guests.erase(guest);
}

void start_kokkos(int threads, int device) {
  std::lock_guard const lock(house().mutex);
  if (house().open) return;
  if (Kokkos::is_finalized()) dp::fail("Kokkos has been finalised in this program, and cannot start again");
  if (!Kokkos::is_initialized()) {
    int const devices = dp::backend::device_count();
    if (devices == 0)
      dp::fail("the library computes with ", Kokkos::DefaultExecutionSpace::name(), ", but there is no GPU");
    check_variable("KOKKOS_NUM_THREADS", 1, INT_MAX);
    check_variable("KOKKOS_DEVICE_ID", 0, device < 0 && devices > 0 ? devices - 1 : INT_MAX);
    Kokkos::InitializationSettings settings;
    if (threads > 0) settings.set_num_threads(threads);
    if (device >= 0 && devices > 0) settings.set_device_id(device % devices);
    Kokkos::initialize(settings);
    std::atexit([] {
      if (Kokkos::is_initialized()) Kokkos::finalize();
    });
  }
  Kokkos::push_finalize_hook(close_house);
  house().open = true;
}

}  // namespace dp_c
