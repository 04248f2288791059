// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>

#include "scene.hpp"

namespace dp::test {

/// Everything that `potential` says of a frame, ghosts folded back to their owners; `skin` lengthens the
/// list.
template <class Space>
Results evaluate(Potential<Space>& potential, Frame const& frame, double skin = 0.0) {
  Space const space;
  Scene<Space> const scene(frame, potential.cutoff() + skin);
  Memory<Space> const memory(scene);
  potential.compute(space, scene.configuration(), scene.cells.list(), memory.all());
  scene.images.fold(space, memory.force);
  scene.images.fold(space, memory.atom_virial);
  space.fence();
  auto results = memory.results();
  results.force.resize(3 * frame.atoms());
  results.atom_virial.resize(9 * frame.atoms());
  return results;
}

/// Energies of the atoms of a frame, nothing else.
template <class Space>
std::vector<double> atom_energies(Potential<Space>& potential, Frame const& frame) {
  Space const space;
  Scene<Space> const scene(frame, potential.cutoff());
  Kokkos::View<double*, typename Space::memory_space> const energies("energies", frame.atoms());
  potential.compute(space, scene.configuration(), scene.cells.list(), {.atom_energy = energies});
  return host_copy(energies);
}

// Compiled once: without these every test would, in half of its time.
extern template class Scene<Kokkos::DefaultExecutionSpace>;
extern template class Memory<Kokkos::DefaultExecutionSpace>;
extern template Results evaluate(Potential<Kokkos::DefaultExecutionSpace>&, Frame const&, double);
extern template std::vector<double> atom_energies(Potential<Kokkos::DefaultExecutionSpace>&, Frame const&);

/// Largest difference of two arrays; infinite if their sizes differ or anything is not a number.
inline double largest_difference(std::vector<double> const& a, std::vector<double> const& b) {
  if (a.size() != b.size()) return INFINITY;
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    double const difference = std::abs(a[i] - b[i]);
    if (!(difference <= largest)) largest = std::isnan(difference) ? INFINITY : difference;
  }
  return largest;
}

/// Largest difference of anything in two sets of results, relative to the largest force where that is
/// above 1.
inline double largest_difference(Results const& a, Results const& b) {
  double scale = 1.0;
  for (double f : a.force) scale = std::max(scale, std::abs(f));
  return std::max({largest_difference(std::vector{a.energy}, {b.energy}),
                   largest_difference(a.atom_energy, b.atom_energy), largest_difference(a.force, b.force),
                   largest_difference(a.virial, b.virial),
                   largest_difference(a.atom_virial, b.atom_virial)}) /
         scale;
}

}  // namespace dp::test
