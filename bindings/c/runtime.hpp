// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace dp_c {

/// What holds memory of Kokkos.
class Guest {
 public:
  /// Frees all of it, because Kokkos ends. Called by any thread, between enter() and depart().
  virtual void leave() = 0;

 protected:
  ~Guest() = default;
};

/// From now on `guest` is told when Kokkos ends, by whomever.
void enter(Guest* guest);
/// And from now on no longer.
void depart(Guest* guest);

/// Kokkos runs on return: the host's, or one that this library started and ends at the exit of the program.
/// `threads` 0 and `device` -1: as Kokkos chooses. Where it runs already there is nothing to choose.
/// \throws dp::Error where Kokkos has been finalised, where it wants a GPU and there is none, and where its
/// environment variables have numbers that it does not take
void start_kokkos(int threads = 0, int device = -1);

}  // namespace dp_c
