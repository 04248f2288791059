// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// The products that dominate a step, by dp's own backend and by Kokkos Kernels' BLAS.

#include <benchmark/benchmark.h>

#include <array>
#include <dp/core/buffer.hpp>
#include <dp/math/gemm.hpp>
#include <string>
#include <vector>

namespace dp::bench {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

template <class T, bool Blas>
void product(benchmark::State& state, std::size_t m, int k, int n) {
  Space const space;
  using Packed = PackedMatrix<Space, T>;
  auto const depth = static_cast<std::size_t>(k), columns = static_cast<std::size_t>(n);
  std::vector<double> packed;
  Packed::pack(packed, k, n, [](int i, int j) { return 1.0 / (1 + i + j); });
  auto const b = to_space<T>(space, "b", packed);
  auto const a = to_space<T>(space, "a", std::vector<double>(m * depth, 0.5));
  auto const plain = to_space<T>(space, "plain", std::vector<double>(depth * columns, 0.5));
  Kokkos::View<ArithmeticOf<T>**, Kokkos::LayoutRight, Space> const c("c", m, columns);
  Matrix<T const, Space> const rows(a.data(), m, depth), second(plain.data(), depth, columns);
  for (auto _ : state) {
    if constexpr (!Blas) gemm(space, rows, Packed{b.data(), k, n}, c);
#ifdef DP_HAVE_KOKKOS_KERNELS
    if constexpr (Blas) backend::gemm_kokkos_kernels<Space, T>(space, rows, second, c);
#endif
    space.fence();
  }
  double const flops = 2.0 * static_cast<double>(m * depth * columns);
  state.counters["FLOP/s"] = benchmark::Counter(flops, benchmark::Counter::kIsIterationInvariantRate);
}

template <class T, bool Blas>
void add(std::string const& name) {
  using Sizes = std::array<int, 3>;
  for (auto const [m, k, n] : {Sizes{64, 832, 240}, Sizes{64, 240, 832}, Sizes{64, 240, 240},
                               Sizes{64, 2048, 240}, Sizes{256, 32, 64}, Sizes{256, 64, 128}})
    benchmark::RegisterBenchmark(
        (name + "/" + std::to_string(m) + "x" + std::to_string(k) + "x" + std::to_string(n)).c_str(),
        [m = static_cast<std::size_t>(m), k = k, n = n](benchmark::State& s) {
          product<T, Blas>(s, m, k, n);
        });
}

}  // namespace

/// Registers everything of this file.
void add_products() {
  add<double, false>("gemm/packed/double");
  add<float, false>("gemm/packed/float");
  add<Half, false>("gemm/packed/half");
#ifdef DP_HAVE_KOKKOS_KERNELS
  add<double, true>("gemm/KokkosKernels/double");
  add<float, true>("gemm/KokkosKernels/float");
#endif
}

}  // namespace dp::bench
