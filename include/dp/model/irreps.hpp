// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdlib>
#include <string>
#include <vector>

namespace dp {

/// An irreducible representation of rotations and reflections: how 2 l + 1 numbers turn with the atoms.
struct Irrep {
  int l = 0;         ///< degree
  bool odd = false;  ///< whether they change their signs under inversion

  int components() const { return 2 * l + 1; }    ///< how many numbers
  bool operator==(Irrep const&) const = default;  ///< the same
};

/// Several, in the order in which their numbers stand.
using Irreps = std::vector<Irrep>;

/// How many numbers they have.
inline int components(Irreps const& irreps) {
  int sum = 0;
  for (Irrep const& irrep : irreps) sum += irrep.components();
  return sum;
}

/// As files write them: "0e+1o+2e".
inline std::string in_words(Irreps const& irreps) {
  std::string text;
  for (Irrep const& irrep : irreps)
    text += (text.empty() ? "" : "+") + std::to_string(irrep.l) + (irrep.odd ? "o" : "e");
  return text;
}

/// One way in which two irreps couple to a third; numbers are places in their lists.
struct IrrepPath {
  std::size_t first = 0;   ///< factor
  std::size_t second = 0;  ///< factor
  std::size_t output = 0;  ///< what they give
};

/// All ways from two lists to a third: outputs slowest, then first factors, then second ones.
inline std::vector<IrrepPath> paths(Irreps const& first, Irreps const& second, Irreps const& outputs) {
  std::vector<IrrepPath> found;
  for (std::size_t c = 0; c < outputs.size(); ++c)
    for (std::size_t a = 0; a < first.size(); ++a)
      for (std::size_t b = 0; b < second.size(); ++b) {
        int const la = first[a].l, lb = second[b].l, lc = outputs[c].l;
        bool const parity = (first[a].odd != second[b].odd) == outputs[c].odd;
        if (parity && std::abs(la - lb) <= lc && lc <= la + lb) found.push_back({a, b, c});
      }
  return found;
}

/// The irreps of tensors before each of `layers` products with harmonics, and behind the last one, which
/// gives scalars only: those that are `allowed`, can be reached, and lead somewhere. `narrowing`: what one
/// layer cannot reach is not allowed in the next ones either.
inline std::vector<Irreps> track(Irreps const& harmonics, Irreps allowed, int layers, bool narrowing) {
  std::vector<Irreps> steps = {harmonics};
  for (int k = 0; k < layers; ++k) {
    Irreps reached;
    if (k + 1 == layers) allowed = {Irrep{}};
    for (Irrep const& irrep : allowed)
      if (!paths(steps.back(), harmonics, {irrep}).empty()) reached.push_back(irrep);
    steps.push_back(reached);
    if (narrowing) allowed = reached;
  }
  for (auto k = steps.size() - 1; k-- > 0;) {
    Irreps leading;
    for (Irrep const& irrep : steps[k])
      if (!paths({irrep}, harmonics, steps[k + 1]).empty()) leading.push_back(irrep);
    steps[k] = leading;
  }
  return steps;
}

}  // namespace dp
