// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/kernels.hpp>
#include <dp/core/views.hpp>
#include <dp/input/box.hpp>

namespace dp::detail {

/// Which images an atom has: the shift (in box vectors) that brings it into the box, and from there the first
/// and last shift along each vector that lie within reach of the box.
struct ImageRange {
  double wrap[3];
  int first[3];
  int last[3];

  /// Images besides the atom itself.
  KOKKOS_FUNCTION std::int64_t ghosts() const {
    std::int64_t n = 1;
    for (int k = 0; k < 3; ++k) n *= last[k] - first[k] + 1;
    return n - 1;
  }
};

/// A box as kernels need it.
struct ImageBox {
  double h[9];
  double inverse[9];
  double margin[3];  ///< reach in units of the widths
  bool periodic[3];

  ImageBox(Box const& box, double reach) {
    auto const g = box.inverse();
    auto const widths = box.widths();
    for (std::size_t i = 0; i < 9; ++i) {
      h[i] = box.h[i];
      inverse[i] = g[i];
    }
    for (std::size_t k = 0; k < 3; ++k) {
      periodic[k] = box.periodic[k];
      margin[k] = reach / widths[k] + 1e-6;  // more than the rounding of fractional coordinates
    }
  }

  KOKKOS_FUNCTION ImageRange images(double x, double y, double z) const {
    ImageRange range{};
    for (int k = 0; k < 3; ++k) {
      if (!periodic[k]) continue;
      double const f = x * inverse[k] + y * inverse[3 + k] + z * inverse[6 + k];
      double const inside = f - Kokkos::floor(f);
      range.wrap[k] = -Kokkos::floor(f);
      range.first[k] = static_cast<int>(Kokkos::ceil(-margin[k] - inside));
      range.last[k] = static_cast<int>(Kokkos::floor(1 + margin[k] - inside));
    }
    return range;
  }

  /// Component j of the sum of box vectors.
  KOKKOS_FUNCTION double shift(double a, double b, double c, int j) const {
    return a * h[j] + b * h[3 + j] + c * h[6 + j];
  }
};

/// Fills first_ghost (local + 1): the ghosts of atom i are first_ghost(i) ... first_ghost(i + 1) - 1.
/// Returns the number of all atoms, for which it waits.
template <class Space>
std::int64_t count_images(Space const& space, ImageBox const& box, Strided2<double const, Space> positions,
                          Vector<std::int64_t, Space> first_ghost) {
  auto const local = static_cast<std::int64_t>(positions.extent(0));
  std::int64_t ghosts = 0;
  Kokkos::parallel_scan(
      "dp::PeriodicImages::count", LightRange<Space>(space, 0, local + 1),
      KOKKOS_LAMBDA(std::int64_t i, std::int64_t & partial, bool final) {
        if (final) first_ghost(i) = local + partial;
        if (i < local) partial += box.images(positions(i, 0), positions(i, 1), positions(i, 2)).ghosts();
      },
      ghosts);
  return local + ghosts;
}

/// Owner, type and translation of all atoms; that of a ghost is counted from its owner's place inside the
/// box.
template <class Space>
void make_images(Space const& space, ImageBox const& box, Strided2<double const, Space> positions,
                 Strided1<int const, Space> local_types, Vector<std::int64_t const, Space> first_ghost,
                 Vector<int, Space> owner, Vector<int, Space> types, Matrix<double, Space> translation) {
  auto const local = static_cast<std::int64_t>(positions.extent(0));
  Kokkos::parallel_for(
      "dp::PeriodicImages::fill", LightRange<Space>(space, 0, local), KOKKOS_LAMBDA(std::int64_t i) {
        auto const r = box.images(positions(i, 0), positions(i, 1), positions(i, 2));
        owner(i) = static_cast<int>(i);
        types(i) = local_types(i);
        for (int k = 0; k < 3; ++k) translation(i, k) = box.shift(r.wrap[0], r.wrap[1], r.wrap[2], k);
        std::int64_t ghost = first_ghost(i);
        for (int a = r.first[0]; a <= r.last[0]; ++a) {
          for (int b = r.first[1]; b <= r.last[1]; ++b) {
            for (int c = r.first[2]; c <= r.last[2]; ++c) {
              if (a == 0 && b == 0 && c == 0) continue;
              owner(ghost) = static_cast<int>(i);
              types(ghost) = local_types(i);
              for (int k = 0; k < 3; ++k) translation(ghost, k) = box.shift(a, b, c, k);
              ++ghost;
            }
          }
        }
      });
}

/// Positions of all atoms from those of the local ones.
template <class Space>
void place_images(Space const& space, Strided2<double const, Space> local_positions,
                  Vector<int const, Space> owner, Matrix<double const, Space> translation,
                  Kokkos::Array<double, 3> const& stretch, Matrix<double, Space> positions) {
  auto const atoms = static_cast<std::int64_t>(positions.extent(0));
  auto const local = static_cast<std::int64_t>(local_positions.extent(0));
  Kokkos::parallel_for(
      "dp::PeriodicImages::place", LightRange<Space>(space, 0, atoms), KOKKOS_LAMBDA(std::int64_t i) {
        int const from = owner(i);
        for (int k = 0; k < 3; ++k) {
          double const s = stretch[static_cast<std::size_t>(k)];
          double const inside = local_positions(from, k) + s * translation(from, k);
          positions(i, k) = i < local ? inside : inside + s * translation(i, k);
        }
      });
}

/// Adds the rows of ghosts to their owners' rows, always in the same order.
template <class Space>
void fold_images(Space const& space, Vector<std::int64_t const, Space> first_ghost,
                 Strided2<double, Space> rows) {
  auto const local = static_cast<std::int64_t>(first_ghost.extent(0)) - 1;
  auto const columns = static_cast<std::int64_t>(rows.extent(1));
  Kokkos::parallel_for(
      "dp::PeriodicImages::fold", LightRange<Space>(space, 0, local * columns),
      KOKKOS_LAMBDA(std::int64_t n) {
        std::int64_t const i = n / columns, k = n % columns;
        double sum = rows(i, k);
        for (std::int64_t ghost = first_ghost(i); ghost < first_ghost(i + 1); ++ghost) sum += rows(ghost, k);
        rows(i, k) = sum;
      });
}

}  // namespace dp::detail
