// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// What ThreadSanitizer must report, and what it must not: threads that add to the same number, in one kernel
// or each in kernels of its own.
//   race atomic|planted [apart]

#include <cstdio>
#include <cstring>
#include <dp/backend/thread_instances.hpp>

using Space = Kokkos::DefaultExecutionSpace;

struct Add {
  bool planted;
  Kokkos::View<double, Space> sum;

  KOKKOS_FUNCTION void operator()(int) const {
    if (planted)
      sum() += 1.0;
    else
      Kokkos::atomic_add(&sum(), 1.0);
  }
};

int main(int argc, char* argv[]) {
  Kokkos::ScopeGuard const guard(argc, argv);
  Space const space;
  Add const add{argc > 1 && std::strcmp(argv[1], "planted") == 0, Kokkos::View<double, Space>("sum")};
  bool const apart = argc > 2 && std::strcmp(argv[2], "apart") == 0;
  dp::backend::ThreadInstances<Space> instances;
  for (int repeat = 0; repeat < 3; ++repeat) {
    // Barriers lie around these kernels, and the sanitizer has to know it.
    Kokkos::parallel_for(
        "clear", Kokkos::RangePolicy<Space>(space, 0, 1), KOKKOS_LAMBDA(int) { add.sum() = 0.0; });
    instances.for_each(space, apart ? instances.count(space) : 1, [&](int, Space const& instance) {
      Kokkos::parallel_for("add", Kokkos::RangePolicy<Space>(instance, 0, 1000), add);
    });
    Kokkos::parallel_for(
        "add once", Kokkos::RangePolicy<Space>(space, 0, 1), KOKKOS_LAMBDA(int) { add.sum() += 1.0; });
    std::printf("%d threads: %g\n", space.concurrency(), add.sum());
  }
}
