// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "frames.hpp"

#include <dp/dp.hpp>

#include <cmath>
#include <string>
#include <vector>

namespace dp::test {

struct Results {
  double energy = 0.0;
  std::vector<double> atom_energy, force, virial, atom_virial;
};

template <class T, class Space>
auto device_copy(std::vector<T> const& values) {
  return to_space<T>(Space(), "dp::test", values);
}

template <class View>
auto host_copy(View const& view) {
  auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), view);
  return std::vector<typename View::non_const_value_type>(host.data(), host.data() + host.size());
}

/// Everything that `potential` says of a frame, ghosts folded back to their owners; `skin` lengthens the list.
template <class Space, class Precision>
Results evaluate(DeepPotential<Space, Precision>& potential, Frame const& frame, double skin = 0.0) {
  using Rows3 = Kokkos::View<double* [3], Kokkos::LayoutRight, typename Space::memory_space>;
  using Rows9 = Kokkos::View<double* [9], Kokkos::LayoutRight, typename Space::memory_space>;
  Space const space;
  auto const n = frame.atoms();
  auto const flat = device_copy<double, Space>(frame.positions);
  auto const types = device_copy<int, Space>(frame.types);
  Matrix<double const, Space> const x(flat.data(), n, 3);

  PeriodicImages<Space> images;
  NeighborCells<Space> cells;
  bool const p = frame.periodic;
  images.build(space, x, types, p ? Box(frame.box) : Box(), potential.cutoff() + skin);
  cells.build(space, images.positions(), images.local(), potential.cutoff() + skin);

  auto const atoms = static_cast<std::size_t>(images.atoms());
  Kokkos::View<double, typename Space::memory_space> energy("energy");
  Kokkos::View<double*, typename Space::memory_space> atom_energy("atom_energy", n), virial("virial", 9);
  Rows3 force("force", atoms);
  Rows9 atom_virial("atom_virial", atoms);
  auto const fparam = device_copy<double, Space>(frame.fparam), aparam = device_copy<double, Space>(frame.aparam);
  Configuration<Space> configuration{images.positions(), images.types(), images.local()};
  configuration.fparam = fparam;
  Matrix<double const, Space> const aparam_rows(aparam.data(), n, n == 0 ? 0 : frame.aparam.size() / n);
  configuration.aparam = aparam_rows;
  potential.compute(space, configuration, cells.list(),
                    {.energy = energy, .atom_energy = atom_energy, .force = force, .virial = virial,
                     .atom_virial = atom_virial});
  images.fold(space, force);
  images.fold(space, atom_virial);
  space.fence();

  Results results;
  Kokkos::deep_copy(results.energy, energy);
  results.atom_energy = host_copy(atom_energy);
  results.force = host_copy(force);
  results.force.resize(3 * n);
  results.virial = host_copy(virial);
  results.atom_virial = host_copy(atom_virial);
  results.atom_virial.resize(9 * n);
  return results;
}

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

}  // namespace dp::test
