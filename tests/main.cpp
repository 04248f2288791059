// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include <gtest/gtest.h>

#include <Kokkos_Core.hpp>
#include <filesystem>
#include <support/source_folder.hpp>

int main(int argc, char* argv[]) {
  std::filesystem::current_path(dp::test::source_folder());  // data have relative paths
  testing::InitGoogleTest(&argc, argv);
  Kokkos::ScopeGuard const guard(argc, argv);
  return RUN_ALL_TESTS();
}
