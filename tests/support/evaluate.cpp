// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include "evaluate.hpp"

namespace dp::test {
using Space = Kokkos::DefaultExecutionSpace;
template class Scene<Space>;
template class Memory<Space>;
template Results evaluate(Potential<Space>&, Frame const&, double);
template std::vector<double> atom_energies(Potential<Space>&, Frame const&);
}  // namespace dp::test
