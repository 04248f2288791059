// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/compiled/extern.hpp>

namespace dp::test {

/// A DeepPotential whose kernels are cut into work as `Kernels` says.
template <class Space, class Precision, class Kernels>
struct CutPotential : DeepPotential<Space, Precision> {
  explicit CutPotential(Model const& model, Options const& options = {})
      : CutPotential(Space(), model, options) {}
  CutPotential(Space const& space, Model const& model, Options const& options = {})
      : DeepPotential<Space, Precision>(Kernels(), space, model, options) {}
};

}  // namespace dp::test
