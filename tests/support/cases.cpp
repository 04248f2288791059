// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include "cases.hpp"

#include <algorithm>
#include <dp/io/read_model.hpp>
#include <filesystem>
#include <set>

namespace dp::test {

namespace {

/// The model files of a folder with these extensions, without those that say the same as others. A model has
/// one name and one reference in all its formats.
std::vector<Case> cases_in(std::string const& folder, std::set<std::string> const& extensions) {
  std::vector<Case> result;
  for (auto const& entry : std::filesystem::directory_iterator(folder)) {
    std::string const stem = entry.path().stem().string(), extension = entry.path().extension().string();
    bool const other = stem.find("_compressed") != stem.npos || stem.find('.') != stem.npos;  // of one above
    if (extensions.count(extension) == 0 || other) continue;
    result.push_back({extension == ".dp" ? stem : stem + "_" + extension.substr(1), entry.path().string(),
                      folder + "/" + stem + ".reference.json"});
  }
  std::sort(result.begin(), result.end(), [](Case const& a, Case const& b) { return a.name < b.name; });
  return result;
}

}  // namespace

std::vector<Case> variants() { return cases_in(DP_TEST_DATA "/variants", {".dp"}); }

std::vector<Case> kinds() { return cases_in(DP_TEST_DATA "/kinds", {".dp", ".pb", ".pth"}); }

std::vector<Case> tensors() { return cases_in(DP_TEST_DATA "/tensors", {".dp", ".pb", ".pth"}); }

Model load_model(std::string const& path) { return read_model(path); }

}  // namespace dp::test
