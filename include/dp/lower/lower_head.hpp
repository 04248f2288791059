// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/model/model.hpp>
#include <dp/program/network.hpp>
#include <vector>

namespace dp::detail {

/// How the outputs of the fitting nets are joined with the vectors of channels.
inline Contraction contraction_of(Head const& head) {
  if (!head.turns()) return Contraction::none;
  if (head.quantity.kind == Quantity::Kind::dipole) return Contraction::vector;
  return head.diagonal ? Contraction::diagonal : Contraction::full;
}

/// Row `row` of an array of `rows` rows, repeated until there are `count` numbers; `otherwise` where the
/// array is empty.
inline std::vector<double> row_of(std::vector<double> const& all, std::size_t row, std::size_t rows,
                                  std::size_t count, double otherwise) {
  std::vector<double> out(count, otherwise);
  std::size_t const width = all.size() / rows;
  for (std::size_t k = 0; k < count && width > 0; ++k) out[k] = all[row * width + k % width];
  return out;
}

/// What is made of the outputs of the fitting nets.
inline Outputs lower_head(Standard const& part) {
  Head const& head = part.fitting.head;
  Outputs out;
  out.quantity = head.quantity;
  if (head.quantity.is_energy()) return out;
  out.contraction = contraction_of(head);
  out.channels = vector_channels(part.descriptor);
  auto const outputs = static_cast<std::size_t>(head.outputs(out.channels)),
             components = static_cast<std::size_t>(head.quantity.components);
  std::size_t const n = part.fitting.vacuum_removed.size();
  for (std::size_t t = 0; t < n; ++t) {
    out.bias.push_back(row_of(part.fitting.bias_atom_e, t, n, outputs, 0.0));
    out.scale.push_back(row_of(head.scale, t, n, outputs, 1.0));
    out.shift.push_back(row_of(part.out_bias, t, n, components, 0.0));
    for (std::size_t a = 0; a < 3 && !head.shift.empty(); ++a) out.shift[t][4 * a] += head.shift[t];
  }
  return out;
}

}  // namespace dp::detail
