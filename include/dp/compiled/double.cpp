// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// What chooses between precisions, too, since much of its code is that of this one.

#include <dp/make_potential.hpp>

namespace dp {
using Space = Kokkos::DefaultExecutionSpace;
extern template class DeepPotential<Space, Mix32>;
extern template class DeepPotential<Space, Mix16>;
template class DeepPotential<Space, Double>;
template Compression compress(Space const&, Network const&, double, NearestOfPairs const&, int, bool);
template std::unique_ptr<Potential<Space>> make_potential(Space const&, Model const&, Options const&);
}  // namespace dp
