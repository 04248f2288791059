// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include "cases.hpp"

#include <algorithm>
#include <dp/io/read_model.hpp>
#include <filesystem>

namespace dp::test {

std::vector<Case> variants() {
  std::vector<Case> result;
  for (auto const& entry : std::filesystem::directory_iterator(DP_TEST_DATA "/variants")) {
    std::string const stem = entry.path().stem().string();
    bool const other = stem.find("_compressed") != stem.npos || stem.find('.') != stem.npos;  // of one above
    if (entry.path().extension() == ".dp" && !other) result.push_back(variant(stem));
  }
  std::sort(result.begin(), result.end(), [](Case const& a, Case const& b) { return a.name < b.name; });
  return result;
}

Model load_model(std::string const& path) { return read_model(path); }

}  // namespace dp::test
