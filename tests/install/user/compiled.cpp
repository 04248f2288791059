// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// What a host program needs that leaves the compilation of the library to dp::dp_compiled.
#include <cstdio>
#include <dp/io/read_model.hpp>
#include <dp/potential.hpp>

int main(int argc, char* argv[]) {
  Kokkos::ScopeGuard const guard(argc, argv);
  dp::Options options;
  options.precision = dp::NetPrecision::mix32;
  auto const potential =
      dp::make_potential(Kokkos::DefaultExecutionSpace(), dp::read_model(argv[1]), options);
  std::printf("%s, cutoff %g A\n", potential->description().c_str(), potential->cutoff());
  return potential->cutoff() == 6.0 ? 0 : 1;
}
