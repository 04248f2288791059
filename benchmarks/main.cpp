// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include <benchmark/benchmark.h>

#include <Kokkos_Core.hpp>

namespace dp::bench {
void add_meshes();
void add_probes();
void add_products();
void add_steps();
void add_widths();
}  // namespace dp::bench

int main(int argc, char* argv[]) {
  Kokkos::ScopeGuard const guard(argc, argv);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::AddCustomContext("kokkos", Kokkos::DefaultExecutionSpace::name() +
                                            std::string(", concurrency ") +
                                            std::to_string(Kokkos::DefaultExecutionSpace().concurrency()));
  dp::bench::add_meshes();
  dp::bench::add_probes();
  dp::bench::add_products();
  dp::bench::add_steps();
  dp::bench::add_widths();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
