// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include "frames.hpp"

/// What can be done to a structure without changing (or with a known change of) its energy. Results of the
/// reference file are not carried along.
namespace dp::test {

using Matrix3 = std::array<double, 9>;  // row-major

/// The rows of an (n x 3) array, each multiplied with `m` from the left.
template <class Rows>
Rows rows_times(Matrix3 const& m, Rows const& rows) {
  Rows result = rows;
  for (std::size_t i = 0; i < rows.size(); i += 3)
    for (std::size_t b = 0; b < 3; ++b)
      result[i + b] = m[3 * b] * rows[i] + m[3 * b + 1] * rows[i + 1] + m[3 * b + 2] * rows[i + 2];
  return result;
}

/// Positions and box vectors multiplied with `m`: rotation and strain.
inline Frame mapped(Frame frame, Matrix3 const& m) {
  frame.positions = rows_times(m, frame.positions);
  frame.box = rows_times(m, frame.box);
  return frame;
}

/// A rotation about no symmetry axis.
inline Matrix3 rotation() {
  double const a = 0.7, x = 2.0 / 7, y = 3.0 / 7, z = 6.0 / 7, c = std::cos(a), s = std::sin(a), d = 1 - c;
  return {c + x * x * d,     x * y * d - z * s, x * z * d + y * s, y * x * d + z * s, c + y * y * d,
          y * z * d - x * s, z * x * d - y * s, z * y * d + x * s, c + z * z * d};
}

/// R W R^T for each 3 x 3 matrix W in `tensors`.
inline std::vector<double> rotated_tensors(Matrix3 const& r, std::vector<double> const& tensors) {
  std::vector<double> result(tensors.size());
  for (std::size_t t = 0; t < tensors.size(); t += 9)
    for (std::size_t k = 0; k < 81; ++k) {
      std::size_t const i = k / 27, j = k / 9 % 3, a = k / 3 % 3, b = k % 3;
      result[t + 3 * i + j] += r[3 * i + a] * tensors[t + 3 * a + b] * r[3 * j + b];
    }
  return result;
}

inline Frame translated(Frame frame, std::array<double, 3> const& shift) {
  for (std::size_t i = 0; i < frame.positions.size(); ++i) frame.positions[i] += shift[i % 3];
  return frame;
}

/// A frame without parameters, `times` along each box vector.
inline Frame replicated(Frame const& cell, std::array<int, 3> const& times) {
  Frame result;
  for (int a = 0; a < times[0]; ++a)
    for (int b = 0; b < times[1]; ++b)
      for (int c = 0; c < times[2]; ++c) {
        for (std::size_t i = 0; i < cell.positions.size(); ++i)
          result.positions.push_back(cell.positions[i] + a * cell.box[i % 3] + b * cell.box[3 + i % 3] +
                                     c * cell.box[6 + i % 3]);
        result.types.insert(result.types.end(), cell.types.begin(), cell.types.end());
      }
  for (std::size_t k = 0; k < 9; ++k) result.box[k] = cell.box[k] * times[k / 3];
  return result;
}

/// Blocks of `width` numbers (one an atom) in a new order: block k of the result is block order[k] of
/// `values`.
template <class T>
std::vector<T> reordered(std::vector<T> const& values, std::vector<std::size_t> const& order,
                         std::size_t width) {
  std::vector<T> result;
  if (values.empty()) return result;
  for (std::size_t k : order)
    for (std::size_t c = 0; c < width; ++c) result.push_back(values[width * k + c]);
  return result;
}

/// The atoms `order` of a frame, in this order: a permutation, or a selection.
inline Frame reordered(Frame const& frame, std::vector<std::size_t> const& order) {
  Frame result = frame;
  result.positions = reordered(frame.positions, order, 3);
  result.types = reordered(frame.types, order, 1);
  result.aparam =
      reordered(frame.aparam, order, frame.atoms() == 0 ? 0 : frame.aparam.size() / frame.atoms());
  return result;
}

inline std::vector<std::size_t> shuffled(std::size_t n, unsigned seed = 1) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::shuffle(order.begin(), order.end(), std::mt19937(seed));
  return order;
}

/// A frame twice along box vector `k`: the same atoms, then their copies.
inline Frame doubled(Frame frame, std::size_t k) {
  auto const n = frame.positions.size();
  for (std::size_t i = 0; i < n; ++i)
    frame.positions.push_back(frame.positions[i] + frame.box[3 * k + i % 3]);
  auto const types = frame.types;
  frame.types.insert(frame.types.end(), types.begin(), types.end());
  auto const aparam = frame.aparam;
  frame.aparam.insert(frame.aparam.end(), aparam.begin(), aparam.end());
  for (std::size_t c = 0; c < 3; ++c) frame.box[3 * k + c] *= 2;
  return frame;
}

}  // namespace dp::test
