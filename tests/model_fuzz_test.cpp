// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Corrupted model files: each must give a model that passes validate(), or a dp::Error; never anything else,
// and not after long thought. The mutations are always the same.

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <dp/io/read_model.hpp>
#include <string>

#include "support/mutator.hpp"

namespace dp {
namespace {

constexpr unsigned longest = 60;  // seconds for one file before the watchdog ends the program

template <class ToTree>
void fuzz(std::string const& name, int mutations, std::uint64_t seed, ToTree const& to_tree) {
  Mutator mutate(detail::file_bytes(std::string(DP_TEST_DATA) + "/variants/" + name),
                 {"TREE", "SNOD", "HEAP", "GCOL", "@variables", "sel"}, seed);
  int loaded = 0;
  int refused = 0;
  double slowest = 0.0;
  for (int i = 0; i < mutations; ++i) {
    std::string const bytes = mutate();
    alarm(longest);  // an endless loop ends the program
    auto const start = std::chrono::steady_clock::now();
    try {
      Model const model = detail::model_from_tree(to_tree(bytes, name), name);
      validate(model);
      ++loaded;
    } catch (Error const& error) {
      ASSERT_EQ(std::string(error.what()).rfind(name, 0), 0u) << "mutation " << i << ": " << error.what();
      ++refused;
    }
    slowest =
        std::max(slowest, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  alarm(0);
  std::printf("%s: %d mutations: %d loaded, %d refused, slowest %.3f s\n", name.c_str(), mutations, loaded,
              refused, slowest);
  EXPECT_GT(refused, mutations / 10);
  EXPECT_LT(slowest, 10.0);
}

TEST(ModelFuzz, Hdf5) {
  auto const to_tree = [](std::string const& bytes, std::string const& name) {
    return detail::dp_tree(bytes, name);
  };
  fuzz("two_sided.dp", 2000, 1, to_tree);
  fuzz("one_sided_gelu.dp", 1000, 2, to_tree);
}

TEST(ModelFuzz, Yaml) {
  auto const to_tree = [](std::string const& bytes, std::string const& name) {
    return detail::yaml_tree(bytes, name);
  };
  fuzz("two_sided.yaml", 300, 3, to_tree);
}

}  // namespace
}  // namespace dp
