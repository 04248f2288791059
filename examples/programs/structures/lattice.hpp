// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <limits>
#include <numeric>

#include "structures/atoms.hpp"

namespace structures {

/// A crystal of one element: a cell and where its atoms are in it.
struct Lattice {
  std::string element;
  dp::Box cell;                ///< vectors as rows, Angstrom
  std::vector<Vector3> basis;  ///< in units of the vectors
  bool cubic = true;
};

inline std::vector<std::string> const& lattice_names() {
  static std::vector<std::string> const names = {"sc", "bcc", "fcc", "diamond", "hcp"};
  return names;
}

/// The conventional cell of a lattice with the constant `a` (Angstrom): cubic, or for hcp the rectangular
/// one of four atoms, a x sqrt(3) a x c, where c = a `c_over_a`.
inline Lattice conventional(std::string const& name, std::string const& element, double a, double c_over_a) {
  double const h = 0.5, q = 0.25, t = 0.75;
  std::vector<Vector3> const fcc = {{0, 0, 0}, {0, h, h}, {h, 0, h}, {h, h, 0}};
  Lattice lattice{element, dp::Box({a, 0, 0, 0, a, 0, 0, 0, a}), {{0, 0, 0}}, true};
  if (name == "bcc") lattice.basis = {{0, 0, 0}, {h, h, h}};
  if (name == "fcc" || name == "diamond") lattice.basis = fcc;
  if (name == "diamond")
    lattice.basis.insert(lattice.basis.end(), {{q, q, q}, {q, t, t}, {t, q, t}, {t, t, q}});
  if (name == "hcp") {
    lattice.cell = dp::Box({a, 0, 0, 0, std::sqrt(3.0) * a, 0, 0, 0, c_over_a * a});
    lattice.basis = {{0, 0, 0}, {h, h, 0}, {h, 5.0 / 6.0, h}, {0, 1.0 / 3.0, h}};
    lattice.cubic = false;
  }
  return lattice;
}

/// The point with the coordinates `f` in units of the box vectors.
inline Vector3 cartesian(dp::Box const& box, Vector3 const& f) {
  Vector3 x{};
  for (std::size_t k = 0; k < 3; ++k) x[k] = f[0] * box.h[k] + f[1] * box.h[3 + k] + f[2] * box.h[6 + k];
  return x;
}

/// The distance of nearest neighbours, Angstrom.
inline double nearest_distance(Lattice const& lattice) {
  double least = std::numeric_limits<double>::infinity();
  for (Vector3 const& b : lattice.basis)
    for (int image = 0; image < 27; ++image) {
      Vector3 const x = cartesian(lattice.cell, {b[0] - lattice.basis[0][0] + image / 9 - 1,
                                                 b[1] - lattice.basis[0][1] + image / 3 % 3 - 1,
                                                 b[2] - lattice.basis[0][2] + image % 3 - 1});
      double const r = std::hypot(x[0], x[1], x[2]);
      if (r > 1e-9) least = std::min(least, r);
    }
  return least;
}

inline Atoms to_atoms(Lattice const& lattice) {
  Atoms atoms;
  atoms.box = lattice.cell;
  atoms.elements = {lattice.element};
  for (Vector3 const& f : lattice.basis) append(atoms, 0, cartesian(lattice.cell, f));
  return atoms;
}

/// True where a shift by `t` (in units of the cell vectors) maps the lattice onto itself.
inline bool is_period(Lattice const& lattice, Vector3 const& t) {
  return std::all_of(lattice.basis.begin(), lattice.basis.end(), [&](Vector3 const& from) {
    return std::any_of(lattice.basis.begin(), lattice.basis.end(), [&](Vector3 const& to) {
      double off = 0.0;
      for (std::size_t k = 0; k < 3; ++k) {
        double const d = from[k] + t[k] - to[k];
        off = std::max(off, std::abs(d - std::round(d)));
      }
      return off < 1e-6;
    });
  });
}

/// The smallest rectangular cell of a cubic lattice whose edges x, y, z have the directions [u v w] given as
/// rows. \throws dp::Error where they are not perpendicular or not right-handed, or the lattice not cubic
inline Atoms oriented(Lattice const& lattice, std::array<int, 9> const& directions) {
  if (!lattice.cubic) dp::fail("orientation: only cubic lattices can be turned");
  auto const at = [&](int row, int k) { return directions[static_cast<std::size_t>(3 * row + k)]; };
  dp::Box turned;  // in units of the lattice constant
  for (int row = 0; row < 3; ++row) {
    int const divisor = std::gcd(std::gcd(at(row, 0), at(row, 1)), at(row, 2));
    if (divisor == 0) dp::fail("orientation: direction ", row + 1, " is 0 0 0");
    for (int other = 0; other < row; ++other) {
      int const product = at(row, 0) * at(other, 0) + at(row, 1) * at(other, 1) + at(row, 2) * at(other, 2);
      if (product != 0)
        dp::fail("orientation: directions ", other + 1, " and ", row + 1, " are not perpendicular");
    }
    Vector3 direction{};
    for (int k = 0; k < 3; ++k) direction[static_cast<std::size_t>(k)] = at(row, k) / divisor;
    Vector3 const half = {0.5 * direction[0], 0.5 * direction[1], 0.5 * direction[2]};
    if (is_period(lattice, half)) direction = half;
    std::copy(direction.begin(), direction.end(), turned.h.begin() + 3 * row);
  }
  auto const& h = turned.h;
  double const handed = h[0] * (h[4] * h[8] - h[5] * h[7]) + h[1] * (h[5] * h[6] - h[3] * h[8]) +
                        h[2] * (h[3] * h[7] - h[4] * h[6]);
  if (handed < 0.0) dp::fail("orientation: the directions are left-handed; turn one of them round");

  double const a = lattice.cell.h[0];
  Atoms atoms;
  atoms.elements = {lattice.element};
  std::array<double, 3> edges{};
  std::array<int, 3> first{}, last{};  // of the cells that the turned cell touches
  for (std::size_t k = 0; k < 3; ++k) {
    edges[k] = a * std::hypot(h[3 * k], h[3 * k + 1], h[3 * k + 2]);
    double low = 0.0, high = 0.0;
    for (std::size_t row = 0; row < 3; ++row) (h[3 * row + k] < 0.0 ? low : high) += h[3 * row + k];
    first[k] = static_cast<int>(std::floor(low)) - 1;
    last[k] = static_cast<int>(std::ceil(high)) + 1;
  }
  atoms.box = dp::Box({edges[0], 0, 0, 0, edges[1], 0, 0, 0, edges[2]});
  for (int i = first[0]; i <= last[0]; ++i)
    for (int j = first[1]; j <= last[1]; ++j)
      for (int k = first[2]; k <= last[2]; ++k)
        for (Vector3 const& b : lattice.basis) {
          Vector3 const f = turned.fractional({i + b[0], j + b[1], k + b[2]});
          bool const inside =
              std::all_of(f.begin(), f.end(), [](double s) { return s > -1e-9 && s < 1.0 - 1e-9; });
          if (inside) append(atoms, 0, {f[0] * edges[0], f[1] * edges[1], f[2] * edges[2]});
        }
  return atoms;
}

/// Close-packed layers along z in the order of `sequence`, letters A, B and C: ABC is fcc, AB hcp,
/// ABCABCABCAC fcc with an intrinsic stacking fault. `a` is the constant of the fcc lattice (Angstrom). The
/// cell is rectangular with x along <110>, y along <112> and two atoms a layer. \throws dp::Error for other
/// letters and for neighbouring layers, also across the periodic boundary, with the same letter
inline Atoms close_packed(std::string const& element, double a, std::string const& sequence) {
  double const width = a / std::sqrt(2.0), depth = std::sqrt(3.0) * width, spacing = a / std::sqrt(3.0);
  std::size_t const layers = sequence.size();
  if (layers < 2) dp::fail("sequence: expected two or more layers, found '", sequence, "'");
  Atoms atoms;
  atoms.elements = {element};
  atoms.box = dp::Box({width, 0, 0, 0, depth, 0, 0, 0, static_cast<double>(layers) * spacing});
  for (std::size_t n = 0; n < layers; ++n) {
    char const letter = sequence[n];
    if (letter < 'A' || letter > 'C')
      dp::fail("sequence: expected letters A, B and C, found '", sequence, "'");
    if (letter == sequence[(n + 1) % layers])
      dp::fail("sequence: layers ", n + 1, " and ", (n + 1) % layers + 1, " are both ", letter);
    double const shift = (letter - 'A') / 3.0, z = static_cast<double>(n) * spacing;
    append(atoms, 0, {0.0, shift * depth, z});
    append(atoms, 0, {0.5 * width, std::fmod(shift + 0.5, 1.0) * depth, z});
  }
  return atoms;
}

}  // namespace structures
