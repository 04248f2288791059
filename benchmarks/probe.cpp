// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// What the machine can do at best, to judge the other figures by: multiply-add rate and memory bandwidth.

#include <benchmark/benchmark.h>

#include <Kokkos_Core.hpp>
#include <chrono>
#include <cstdint>

namespace dp::bench {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

constexpr bool host = Kokkos::SpaceAccessibility<Kokkos::HostSpace, Space::memory_space>::accessible;
constexpr int chains = 12;  // independent multiply-adds in flight: latency times two units, and more
constexpr int rounds = host ? 200'000 : 20'000;

#ifdef __AVX512F__
constexpr int vector_bytes = 64;
#else
constexpr int vector_bytes = 32;
#endif

template <class T, bool Vectors>
struct LanesOf {
  using Type [[gnu::vector_size(vector_bytes)]] = T;
  static double first(Type const& value) { return static_cast<double>(value[0]); }
};

template <class T>
struct LanesOf<T, false> {
  using Type = T;
  KOKKOS_FUNCTION static double first(T value) { return static_cast<double>(value); }
};

/// Chains of multiply-adds in registers, in vectors on every thread of a host, in scalars on many threads of
/// a device.
template <class T>
struct MultiplyAdds {
  using Lanes = LanesOf<T, host>;
  T factor;

  KOKKOS_FUNCTION void operator()(std::int64_t thread, double& part) const {
    using Value = typename Lanes::Type;
    Value value[chains];
    for (int c = 0; c < chains; ++c) value[c] = Value{} + static_cast<T>(c + thread);
    Value const a = Value{} + factor, b = Value{} + T(1);
    for (int k = 0; k < rounds; ++k)
      for (int c = 0; c < chains; ++c) value[c] = value[c] * a + b;
    for (int c = 0; c < chains; ++c) part += Lanes::first(value[c]);
  }
};

template <class T>
void multiply_add(benchmark::State& state) {
  using Range = Kokkos::RangePolicy<Space, Kokkos::IndexType<std::int64_t>>;
  std::int64_t const threads = Space().concurrency() * (host ? 1 : 4);
  double sum = 0.0;
  for (auto _ : state) {
    Kokkos::parallel_reduce("dp-bench::multiply_adds", Range(0, threads),
                            MultiplyAdds<T>{static_cast<T>(0.5)}, sum);
    benchmark::DoNotOptimize(sum);
  }
  double const lanes = static_cast<double>(sizeof(typename LanesOf<T, host>::Type) / sizeof(T));
  double const flops = 2.0 * rounds * chains * lanes * static_cast<double>(threads);
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
  benchmark::RegisterBenchmark("machine/multiply_add/double", multiply_add<double>)->UseRealTime();
  benchmark::RegisterBenchmark("machine/multiply_add/float", multiply_add<float>)->UseRealTime();
  benchmark::RegisterBenchmark("machine/triad", triad)->UseManualTime()->Unit(benchmark::kMillisecond);
}

}  // namespace dp::bench
