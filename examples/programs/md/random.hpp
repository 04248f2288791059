// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <cstdint>

namespace md {

/// Philox 4x32-10 (Salmon et al., SC11): four random words as a function of a counter and a key. Nothing is
/// stored, so that a continued run, or another order of the atoms' threads, draws the same numbers.
KOKKOS_INLINE_FUNCTION Kokkos::Array<std::uint32_t, 4> philox(Kokkos::Array<std::uint32_t, 4> counter,
                                                              std::uint32_t key0, std::uint32_t key1) {
  for (int round = 0; round < 10; ++round) {
    std::uint64_t const a = std::uint64_t{0xD2511F53u} * counter[0];
    std::uint64_t const b = std::uint64_t{0xCD9E8D57u} * counter[2];
    counter = {static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ key0, static_cast<std::uint32_t>(b),
               static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ key1, static_cast<std::uint32_t>(a)};
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return counter;
}

/// Three independent numbers of the standard normal distribution for one atom and step (Box and Muller).
KOKKOS_INLINE_FUNCTION Kokkos::Array<double, 3> normal3(std::uint64_t seed, std::uint64_t step,
                                                        std::uint64_t atom) {
  auto const low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
  auto const high = [](std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); };
  auto const words = philox({low(step), high(step), low(atom), high(atom)}, low(seed), high(seed));
  double uniform[4];  // between 0 and 1, neither of them
  for (int k = 0; k < 4; ++k) uniform[k] = (words[static_cast<std::size_t>(k)] + 0.5) * 0x1p-32;
  double const turn = 2.0 * 3.14159265358979323846;
  double const r0 = Kokkos::sqrt(-2.0 * Kokkos::log(uniform[0]));
  double const r1 = Kokkos::sqrt(-2.0 * Kokkos::log(uniform[2]));
  return {r0 * Kokkos::cos(turn * uniform[1]), r0 * Kokkos::sin(turn * uniform[1]),
          r1 * Kokkos::cos(turn * uniform[3])};
}

}  // namespace md
