// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include <iostream>

#include <dp/dp.hpp>

// Loads the model named on the command line and prints its elements.
int main(int argc, char* argv[]) {
  Kokkos::ScopeGuard const guard(argc, argv);
  dp::Model const model = dp::read_model(argv[1]);
  dp::DeepPotential<> const potential(model);
  for (auto const& element : model.type_map) std::cout << element << '\n';
}
