// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <cstdint>
#include <dp/core/views.hpp>
#include <dp/long_range/charge_sum.hpp>
#include <dp/long_range/mesh_tiles.hpp>
#include <dp/long_range/mesh_window.hpp>

namespace dp::detail {

/// Adds charges to the mesh. Hosts: an item is a tile of those of one colour, whose charges reach no other
/// such tile, so that sums have one order. Devices: an item is a charge, which adds by atomics.
template <class Space, int Width>
struct SpreadCharges {
  using Window = ChargeWindow<Space, Width, false>;

  MeshPoints<Space> mesh;
  Charges<Space> charges;
  MeshTiles tiles;
  Vector<int const, Space> begin, order;  // of tiles: into the order of charges
  Vector<double, Space> values;
  int colour;

  KOKKOS_FUNCTION void operator()(std::int64_t item) const {
    if constexpr (is_host_space<Space>) {
      int const tile = tiles.of_colour(colour, static_cast<int>(item));
      for (int k = begin(tile); k < begin(tile + 1); ++k) add(order(k));
    } else {
      add(item);
    }
  }

  KOKKOS_FORCEINLINE_FUNCTION void add(std::int64_t i) const {
    Window const window(mesh, charges.positions(i, 0), charges.positions(i, 1), charges.positions(i, 2));
    double const q = charges.values(i);
    for (int j0 = 0; j0 < mesh.points; ++j0) {
      int const i0 = mesh.wrapped(0, window.first[0] + j0);
      double const q0 = q * Window::at(window.value[0], j0);
      for (int j1 = 0; j1 < mesh.points; ++j1) {
        double const q01 = q0 * Window::at(window.value[1], j1);
        double* const to =
            values.data() + mesh.begin(i0, mesh.wrapped(1, window.first[1] + j1)) + window.first[2];
        if constexpr (is_host_space<Space>) {
          for (int p = 0; p < Window::packs; ++p) {
            double* const at = to + p * Window::Side::count;
            Window::Side::store(at, Window::Side::load(at) + window.value[2][p] * q01);
          }
        } else {
          for (int j2 = 0; j2 < mesh.points; ++j2)
            Kokkos::atomic_add(to + j2, q01 * Window::at(window.value[2], j2));
        }
      }
    }
  }
};

/// Adds what lies behind the end of a row to its beginning.
template <class Space>
struct FoldRows {
  MeshPoints<Space> mesh;
  Vector<double, Space> values;

  KOKKOS_FUNCTION void operator()(std::int64_t r) const {
    double* const row = values.data() + r * mesh.row;
    for (int i = mesh.n[2]; i < mesh.row; ++i) {
      row[mesh.wrapped(2, i)] += row[i];
      row[i] = 0.0;
    }
  }
};

/// Repeats the beginning of a row behind its end.
template <class Space>
struct ExtendRows {
  MeshPoints<Space> mesh;
  Vector<double, Space> values;

  KOKKOS_FUNCTION void operator()(std::int64_t r) const {
    double* const row = values.data() + r * mesh.row;
    for (int i = mesh.n[2]; i < mesh.row; ++i) row[i] = row[mesh.wrapped(2, i)];
  }
};

/// The potential at each charge by the mesh's values, hence its energy, and if `Slopes` the force on it by
/// their derivatives. Items are charges in the order of tiles.
template <class Space, int Width, bool Slopes>
struct GatherPotential {
  using Window = ChargeWindow<Space, Width, Slopes>;
  using Number = typename Window::Number;
  static constexpr int packs = Window::packs;

  MeshPoints<Space> mesh;
  Charges<Space> charges;
  Vector<int const, Space> order;  // or empty
  Vector<double const, Space> values;
  Strided1<double, Space> potential;  // or empty
  Vector<double, Space> energy;       // or empty
  Matrix<double, Space> force;

  KOKKOS_FUNCTION void operator()(std::int64_t item) const {
    std::int64_t const i = order.data() ? order(item) : item;
    Window const window(mesh, charges.positions(i, 0), charges.positions(i, 1), charges.positions(i, 2));
    Number const none = window.value[0][0] * 0.0;
    Number sum[packs], by0[packs], by1[packs];  // over the first two vectors
    for (int p = 0; p < packs; ++p) sum[p] = by0[p] = by1[p] = none;
    for (int j0 = 0; j0 < mesh.points; ++j0) {
      int const i0 = mesh.wrapped(0, window.first[0] + j0);
      Number plane[packs], plane1[packs];
      for (int p = 0; p < packs; ++p) plane[p] = plane1[p] = none;
      for (int j1 = 0; j1 < mesh.points; ++j1) {
        double const* const from =
            values.data() + mesh.begin(i0, mesh.wrapped(1, window.first[1] + j1)) + window.first[2];
        double const w = Window::at(window.value[1], j1);
        for (int p = 0; p < packs; ++p) {
          Number const value = Window::Side::load(from + p * Window::Side::count);
          plane[p] += value * w;
          if constexpr (Slopes) plane1[p] += value * Window::at(window.slope[1], j1);
        }
      }
      double const w = Window::at(window.value[0], j0);
      for (int p = 0; p < packs; ++p) {
        sum[p] += plane[p] * w;
        if constexpr (Slopes) {
          by0[p] += plane[p] * Window::at(window.slope[0], j0);
          by1[p] += plane1[p] * w;
        }
      }
    }
    double const q = charges.values(i), phi = along(sum, window.value[2]);
    if (potential.data()) potential(i) = phi;
    if (energy.data()) energy(i) = 0.5 * q * phi;
    if constexpr (Slopes) {
      double const slope[3] = {along(by0, window.value[2]) * mesh.n[0],
                               along(by1, window.value[2]) * mesh.n[1],
                               along(sum, window.slope[2]) * mesh.n[2]};
      for (int c = 0; c < 3; ++c) {
        double sum_of = 0.0;
        for (int k = 0; k < 3; ++k) sum_of += slope[k] * mesh.reciprocal[3 * k + c];
        force(i, c) = -q * sum_of;
      }
    }
  }

  KOKKOS_FORCEINLINE_FUNCTION static double along(Number const (&a)[packs], Number const (&b)[packs]) {
    Number sum = a[0] * b[0];
    for (int p = 1; p < packs; ++p) sum += a[p] * b[p];
    return Window::Side::sum(sum);
  }
};

/// Forces from the field along the three box vectors (charges x 3), as transforms give it.
template <class Space>
struct ForceOfField {
  MeshPoints<Space> mesh;
  Vector<double const, Space> charges;
  Matrix<double const, Space> field;
  Matrix<double, Space> force;

  KOKKOS_FUNCTION void operator()(std::int64_t i) const {
    for (int c = 0; c < 3; ++c) {
      double sum = 0.0;
      for (int k = 0; k < 3; ++k) sum += field(i, k) * mesh.reciprocal[3 * k + c];
      force(i, c) = charges(i) * sum;
    }
  }
};

/// Virials of charges from their energies and from six potentials, each strained by two box vectors.
template <class Space>
struct VirialOfPotentials {
  MeshPoints<Space> mesh;
  Vector<double const, Space> charges, potential;
  Matrix<double const, Space> strained;  // (charges x 6)
  Matrix<double, Space> virial;

  KOKKOS_FUNCTION void operator()(std::int64_t i) const {
    for (int a = 0; a < 3; ++a)
      for (int b = 0; b < 3; ++b) {
        double sum = a == b ? potential(i) : 0.0;
        for (int k = 0; k < 3; ++k)
          for (int l = 0; l < 3; ++l)
            sum -= strained(i, symmetric(k, l)) * mesh.reciprocal[3 * k + a] * mesh.reciprocal[3 * l + b];
        virial(i, 3 * a + b) = 0.5 * charges(i) * sum;
      }
  }

  /// 0 to 5 for 00, 01, 02, 11, 12, 22.
  KOKKOS_FUNCTION static int symmetric(int k, int l) {
    int const low = k < l ? k : l, high = k < l ? l : k;
    return low == 0 ? high : low + high + 1;
  }
};

}  // namespace dp::detail
