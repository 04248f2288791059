// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include "cases.hpp"

#include <algorithm>
#include <dp/io/read_model.hpp>
#include <filesystem>
#include <set>
#include <variant>

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

std::string refusal_of_devices(Model const& model) {
  struct Lacking {
    std::string operator()(Environment const&) const { return {}; }
    std::string operator()(Attention const& d) const {
      return d.layers.empty() ? "" : "layers of attention (attn_layer above 0) are";
    }
    std::string operator()(SeT const&) const { return of_angles; }
    std::string operator()(SeTTyped const&) const { return of_angles; }

    std::string const of_angles = "descriptors of three bodies (se_e3, se_e3_tebd) are";
  };
  std::string first = std::holds_alternative<Allegro>(model.atomic) ? "Allegro models are" : "";
  for_each_descriptor(model, [&](auto const& d) {
    if (first.empty()) first = Lacking{}(d);
  });
  return first.empty() ? "" : model.source + ": " + first + " not evaluated on devices yet; use a host space";
}

}  // namespace dp::test
