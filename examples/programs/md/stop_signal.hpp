// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <signal.h>

#include <csignal>

namespace md {

inline volatile std::sig_atomic_t stop_signal = 0;

/// From now on Ctrl-C, or a batch system's SIGTERM, asks the run to stop after the present step; a second one
/// ends the program at once.
inline void catch_signals() {
  struct sigaction action = {};
  action.sa_handler = [](int signal) { stop_signal = signal; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

}  // namespace md
