// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// What the machine can do at best, to judge the other figures by: multiply-add rate and memory bandwidth.

#include <benchmark/benchmark.h>

#include <Kokkos_Core.hpp>
#include <chrono>

namespace dp::bench {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

constexpr int chains = 12;  // independent multiply-adds in flight: latency times two units, and more
constexpr int rounds = 200'000;

#ifdef __AVX512F__
constexpr int vector_bytes = 64;
#else
constexpr int vector_bytes = 32;
#endif

/// Chains of multiply-adds in registers, on every thread of a host space.
template <class T>
double multiply_adds(T factor) {
  using Lanes [[gnu::vector_size(vector_bytes)]] = T;
  double sum = 0.0;
  Kokkos::parallel_reduce(
      "dp-bench::multiply_adds", Kokkos::RangePolicy<Space>(0, Space().concurrency()),
      [=](int thread, double& part) {
        Lanes value[chains];
        for (int c = 0; c < chains; ++c) value[c] = Lanes{} + static_cast<T>(c + thread);
        Lanes const a = Lanes{} + factor, b = Lanes{} + T(1);
        for (int k = 0; k < rounds; ++k)
          for (int c = 0; c < chains; ++c) value[c] = value[c] * a + b;
        for (int c = 0; c < chains; ++c) part += static_cast<double>(value[c][0]);
      },
      sum);
  return sum;
}

template <class T>
void multiply_add(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(multiply_adds(static_cast<T>(0.5)));
  double const flops = 2.0 * rounds * chains * (vector_bytes / sizeof(T)) * Space().concurrency();
  state.counters["FLOP/s"] = benchmark::Counter(flops, benchmark::Counter::kIsIterationInvariantRate);
}

void triad(benchmark::State& state) {
  std::size_t const n = std::size_t{1} << 24;  // 128 MiB an array: no cache holds it
  Kokkos::View<double*, Space> const a("a", n), b("b", n), c("c", n);
  Kokkos::deep_copy(b, 1.0);
  Kokkos::deep_copy(c, 2.0);
  for (auto _ : state) {
    Kokkos::fence();
    auto const begin = std::chrono::steady_clock::now();
    Kokkos::parallel_for(
        "dp-bench::triad", Kokkos::RangePolicy<Space>(0, n),
        KOKKOS_LAMBDA(std::size_t i) { a(i) = b(i) + 3.0 * c(i); });
    Kokkos::fence();
    state.SetIterationTime(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  state.counters["B/s"] =
      benchmark::Counter(3.0 * 8.0 * static_cast<double>(n), benchmark::Counter::kIsIterationInvariantRate);
}

}  // namespace

/// Registers everything of this file.
void add_probes() {
  if constexpr (Kokkos::SpaceAccessibility<Kokkos::HostSpace, Space::memory_space>::accessible) {
    benchmark::RegisterBenchmark("machine/multiply_add/double", multiply_add<double>)->UseRealTime();
    benchmark::RegisterBenchmark("machine/multiply_add/float", multiply_add<float>)->UseRealTime();
  }
  benchmark::RegisterBenchmark("machine/triad", triad)->UseManualTime()->Unit(benchmark::kMillisecond);
}

}  // namespace dp::bench
