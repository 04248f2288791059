// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/model/model.hpp>
#include <ostream>
#include <string>
#include <vector>

namespace dp::test {

/// A model file and the results that DeePMD-kit has for it.
struct Case {
  std::string name, model, reference;
};

inline void PrintTo(Case const& c, std::ostream* out) { *out << c.name; }

inline Case water_case() {
  std::string const data = DP_TEST_DATA;
  return {"water", data + "/../../examples/water/water.dp", data + "/water/reference.json"};
}

inline Case copper_case() {
  std::string const data = DP_TEST_DATA;
  return {"copper", data + "/copper/copper.dp", data + "/copper/reference.json"};
}

inline Case variant(std::string const& name) {
  std::string const stem = DP_TEST_DATA "/variants/" + name;
  return {name, stem + ".dp", stem + ".reference.json"};
}

/// One small model for each option of the format (without those that say the same in another form).
std::vector<Case> variants();

/// Small models of the kinds that variants() has not: hybrid, type embedding.
std::vector<Case> kinds();

/// Small models that give no energies: dipoles, polarisabilities, densities of states, properties.
std::vector<Case> tensors();

/// read_model(), compiled once for all tests.
Model load_model(std::string const& path);

/// What devices say of a model of which they have not all kernels; empty of any other.
std::string refusal_of_devices(Model const& model);

}  // namespace dp::test
