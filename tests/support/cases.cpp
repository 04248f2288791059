// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include "cases.hpp"

#include <algorithm>
#include <dp/io/read_model.hpp>
#include <filesystem>

namespace dp::test {

namespace {

/// The `.dp` files of a folder, without those that say the same as others.
std::vector<Case> cases_in(std::string const& folder) {
  std::vector<Case> result;
  for (auto const& entry : std::filesystem::directory_iterator(folder)) {
    std::string const stem = entry.path().stem().string();
    bool const other = stem.find("_compressed") != stem.npos || stem.find('.') != stem.npos;  // of one above
    if (entry.path().extension() == ".dp" && !other)
      result.push_back({stem, entry.path().string(), folder + "/" + stem + ".reference.json"});
  }
  std::sort(result.begin(), result.end(), [](Case const& a, Case const& b) { return a.name < b.name; });
  return result;
}

}  // namespace

std::vector<Case> variants() { return cases_in(DP_TEST_DATA "/variants"); }

std::vector<Case> kinds() { return cases_in(DP_TEST_DATA "/kinds"); }

Model load_model(std::string const& path) { return read_model(path); }

}  // namespace dp::test
