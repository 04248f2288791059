// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Readers and lowering without anything that evaluates fast: the network of each reference model, evaluated
// by plain loops, has the energies that DeePMD-kit has.

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <dp/lower/lower_terms.hpp>
#include <string>
#include <vector>

#include "support/cases.hpp"
#include "support/frames.hpp"
#include "support/plain_terms.hpp"

namespace dp::test {
namespace {

class PlainNetworks : public testing::TestWithParam<Case> {};

TEST_P(PlainNetworks, HaveTheEnergiesOfTheReference) {
  Case const& c = GetParam();
  Terms const terms = lower_terms(load_model(c.model));
  bool const single = c.name.starts_with("float32");  // nets of the reference were evaluated in float
  for (Frame const& frame : read_frames(c.reference)) {
    std::vector<double> const energies = plain_atom_energies(terms, frame);
    ASSERT_EQ(energies.size(), frame.atom_energy.size());
    for (std::size_t i = 0; i < energies.size(); ++i)
      EXPECT_NEAR(energies[i], frame.atom_energy[i], single ? 2e-5 : 1e-10) << "atom " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, PlainNetworks, testing::ValuesIn(kinds()),
                         [](auto const& c) { return c.param.name; });
INSTANTIATE_TEST_SUITE_P(Variants, PlainNetworks, testing::ValuesIn(variants()),
                         [](auto const& c) { return c.param.name; });

}  // namespace
}  // namespace dp::test
