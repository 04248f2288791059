// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <cstddef>
#include <dp/core/activation.hpp>
#include <dp/model/check.hpp>
#include <variant>
#include <vector>

namespace dp {

/// Functions of x, the distance over the cutoff of a pair of types: (sin(pi w x) / (pi x) - mean) *
/// inverse_deviation, times a polynomial that falls to zero at x = 1.
struct BesselFunctions {
  std::vector<double> frequency;          ///< w
  std::vector<double> mean;               ///< subtracted
  std::vector<double> inverse_deviation;  ///< multiplied by afterwards

  int count() const { return static_cast<int>(frequency.size()); }  ///< of functions
};

/// Functions of x: (1 - cos(2 pi (x - a_k) / h))^2 / 4 from a_k to a_k + h and zero elsewhere, where a_k = (k
/// - span) / n and h = (span + 1) / n.
struct SplineFunctions {
  int functions = 0;  ///< n
  int span = 0;       ///< by how many intervals they overlap

  int count() const { return functions; }  ///< of functions
};

/// What an edge embeds: a linear map of functions of its distance, one for each pair of types; then + `term`
/// and the activation.
struct EdgeFunctions {
  std::variant<BesselFunctions, SplineFunctions> node;  ///< which functions
  int outputs = 0;                                      ///< of the map
  std::vector<double> weight;  ///< (ntypes x ntypes x functions x outputs), by centre and neighbour
  std::vector<double> term;    ///< (ntypes x ntypes x outputs), or empty
  Activation activation = Activation::linear;  ///< behind it

  /// Number of functions.
  int count() const {
    return std::visit([](auto const& functions) { return functions.count(); }, node);
  }

  /// Throws dp::Error, with the place, unless they can be evaluated.
  void check(Check const& at) const {
    constexpr int most = 10'000;
    at.require(count() >= 1 && count() <= most && outputs >= 1 && outputs <= most, "expected 1 to ", most,
               " functions and outputs, found ", count(), " and ", outputs);
    if (auto const* const bessel = std::get_if<BesselFunctions>(&node)) {
      at.in("@variables/frequency").numbers(bessel->frequency, static_cast<std::size_t>(count()));
      at.in("@variables/mean").numbers(bessel->mean, static_cast<std::size_t>(count()));
      at.in("@variables/inverse_deviation")
          .numbers(bessel->inverse_deviation, static_cast<std::size_t>(count()));
    } else {
      int const span = std::get<SplineFunctions>(node).span;
      at.in("span").require(span >= 0 && span < most, "expected 0 to ", most - 1, ", found ", span);
    }
    auto const maps = at.types() * at.types() * static_cast<std::size_t>(outputs);
    at.in("@variables/w").numbers(weight, maps * static_cast<std::size_t>(count()));
    if (!term.empty()) at.in("@variables/pair_term").numbers(term, maps);
  }
};

}  // namespace dp
