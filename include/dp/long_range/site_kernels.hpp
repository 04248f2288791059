// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/core/views.hpp>
#include <dp/input/configuration.hpp>

namespace dp::detail {

/// Per local atom the number of its centroid among those of all, negative where it has none.
template <class Space>
struct NumberCentroids {
  Strided1<int const, Space> types;
  Vector<double const, Space> centroid_charge;
  Vector<int, Space> centroid;

  KOKKOS_FUNCTION void operator()(std::int64_t i, int& count, bool last) const {
    int const t = types(i);
    bool const there = t >= 0 && centroid_charge(t) != 0.0;
    if (last) centroid(i) = there ? count : -1;
    if (there) ++count;
  }
};

/// Positions and charges of the local atoms, then of their centroids, atom by atom.
template <class Space>
struct PlaceSites {
  Configuration<Space> configuration;
  Vector<double const, Space> ion_charge, centroid_charge;
  Vector<int const, Space> centroid;
  Matrix<double const, Space> displacement;
  Matrix<double, Space> positions;
  Vector<double, Space> charges;

  KOKKOS_FUNCTION void operator()(std::int64_t i) const {
    int const t = configuration.types(i);
    charges(i) = t < 0 ? 0.0 : ion_charge(t);
    std::int64_t const site = configuration.local + centroid(i);
    if (centroid(i) >= 0) charges(site) = centroid_charge(t);
    for (int c = 0; c < 3; ++c) {
      positions(i, c) = configuration.positions(i, c);
      if (centroid(i) >= 0) positions(site, c) = configuration.positions(i, c) + displacement(i, c);
    }
  }
};

/// Minus the force on its centroid, or zero: what the dipoles of atoms are to be multiplied with so that the
/// derivatives are the forces that centroids exert by following the atoms.
template <class Space>
struct CentroidCotangent {
  std::int64_t local;
  Vector<int const, Space> centroid;
  Matrix<double const, Space> site_force;
  Matrix<double, Space> cotangent;

  KOKKOS_FUNCTION void operator()(std::int64_t i) const {
    for (int c = 0; c < 3; ++c) cotangent(i, c) = centroid(i) < 0 ? 0.0 : -site_force(local + centroid(i), c);
  }
};

/// Adds to the outputs of atoms what there is at them and at their centroids. The virial of the centroids
/// counts their displacements as stretched with the box, which is taken back.
template <class Space>
struct CollectSites {
  std::int64_t local;
  Vector<int const, Space> centroid;
  bool virial;  // wanted, if only that of displacements
  Matrix<double const, Space> displacement;
  Vector<double const, Space> site_energy;
  Matrix<double const, Space> site_force, site_virial;  // or empty
  Matrix<double, Space> atom_sums;                      // (local x 10): energy and virial
  Output<Space> output;

  KOKKOS_FUNCTION void operator()(std::int64_t i) const {
    auto const s = local + centroid(i);
    bool const two = centroid(i) >= 0;
    double const energy = site_energy(i) + (two ? site_energy(s) : 0.0);
    atom_sums(i, 0) = energy;
    if (output.atom_energy.data()) output.atom_energy(i) += energy;
    if (output.atom_output.data())
      for (int c = 0; c < 3; ++c) output.atom_output(i, c) += two ? displacement(i, c) : 0.0;
    if (output.force.data())
      for (int c = 0; c < 3; ++c) output.force(i, c) += site_force(i, c) + (two ? site_force(s, c) : 0.0);
    for (int k = 0; k < 9; ++k) {
      double v = 0.0;
      if (virial) {
        if (site_virial.data()) v = site_virial(i, k) + (two ? site_virial(s, k) : 0.0);
        if (two) v -= site_force(s, k / 3) * displacement(i, k % 3);
        if (output.atom_virial.data()) output.atom_virial(i, k) += v;
      }
      atom_sums(i, k + 1) = v;
    }
  }
};

/// Sums of so many rows at a time, in their order.
template <class Space>
struct SumSites {
  static constexpr std::size_t together = 256;

  Matrix<double const, Space> rows;
  Matrix<double, Space> sums;

  KOKKOS_FUNCTION void operator()(std::int64_t part, int column) const {
    std::size_t const begin = static_cast<std::size_t>(part) * together, all = rows.extent(0);
    std::size_t const end = begin + together < all ? begin + together : all;
    double sum = 0.0;
    for (std::size_t i = begin; i < end; ++i) sum += rows(i, column);
    sums(part, column) = sum;
  }
};

/// Adds the sums of energies and virials to those of the outputs, in an order that does not depend on
/// threads: an item is one of the ten.
template <class Space>
struct AddSums {
  Matrix<double const, Space> sums;
  Vector<double const, Space> total_virial;  // of all charges, or empty
  Output<Space> output;

  KOKKOS_FUNCTION void operator()(std::int64_t k) const {
    if (k == 0 ? !output.energy.data() : !output.virial.data()) return;
    double sum = 0.0;
    for (std::size_t part = 0; part < sums.extent(0); ++part) sum += sums(part, k);
    if (k == 0)
      output.energy() += sum;
    else
      output.virial(k - 1) += sum + (total_virial.data() ? total_virial(k - 1) : 0.0);
  }
};

}  // namespace dp::detail
