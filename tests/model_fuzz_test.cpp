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
#include <random>
#include <string>

namespace dp {
namespace {

constexpr unsigned longest = 60;  // seconds for one file before the watchdog ends the program

class Mutator {
 public:
  Mutator(std::string original, std::uint64_t seed) : m_original(std::move(original)), m_random(seed) {}

  std::string operator()() {
    std::string bytes = m_original;
    for (std::size_t edits = 1 + below(4); edits > 0; --edits) edit(bytes);
    return bytes;
  }

 private:
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(m_random() % limit); }

  // Half of the places lie where HDF5 keeps its structure: around signatures and the first bytes.
  std::size_t place(std::string const& bytes) {
    std::size_t const anywhere = below(bytes.size());
    if (below(2) == 0) return anywhere;
    static constexpr char const* marks[] = {"TREE", "SNOD", "HEAP", "GCOL", "@variables", "sel"};
    std::size_t const mark = bytes.find(marks[below(6)], below(2) == 0 ? 0 : anywhere);
    return (mark == std::string::npos ? below(2048) : mark + below(512)) % bytes.size();
  }

  void edit(std::string& bytes) {
    std::size_t const at = place(bytes);
    std::size_t const length = std::min(1 + below(64), bytes.size() - at);
    switch (below(8)) {
      case 0:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
        break;
      case 1:
        bytes[at] = static_cast<char>(below(256));
        break;
      case 2:
        bytes[at] = '\xFF';
        break;
      case 3:
        bytes.replace(at, length, length, '\0');
        break;
      case 4:
        bytes.replace(at, length, bytes.substr(place(bytes), length));
        break;
      case 5:
        bytes.insert(at, bytes.substr(place(bytes), length));
        break;
      case 6:
        bytes.erase(at, length);
        break;
      default:
        if (below(4) == 0) bytes.resize(1 + below(bytes.size()));
        bytes[at % bytes.size()] = static_cast<char>('0' + below(10));
    }
  }

  std::string m_original;
  std::mt19937_64 m_random;
};

template <class ToTree>
void fuzz(std::string const& name, int mutations, std::uint64_t seed, ToTree const& to_tree) {
  Mutator mutate(detail::file_bytes(std::string(DP_TEST_DATA) + "/variants/" + name), seed);
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
