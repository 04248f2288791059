// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace dp {

/// What the nets are computed and stored in: see Double, Mix32 and Mix16.
enum class NetPrecision { float64, mix32, mix16 };

/// How the embedding is evaluated. exact: the nets themselves. compressed: in a low-rank basis
/// (docs/compression.md).
enum class Evaluation { exact, compressed };

/// What happens to an atom with more neighbours of a type within the cutoff than the model's `sel`.
/// keep_nearest: the nearest stay, as in DeePMD-kit; dropped() counts the others. keep_all: none is left out,
/// the divisor of the descriptor stays the sum of sel, and the energy is smooth. error: compute() throws.
enum class Overflow { keep_nearest, keep_all, error };

/// Down to which distances the tables of compressed evaluation reach, Angstrom: one for all pairs of types,
/// or one for each. Nearer neighbours go through the exact nets.
struct NearestDistances {
  /// That of one pair.
  struct Pair {
    std::string one;        ///< the name of a type
    std::string other;      ///< and of the other
    double distance = 0.0;  ///< Angstrom

    /// Whether it is that of these types, in either order.
    bool is_of(std::string const& a, std::string const& b) const {
      return (one == a && other == b) || (one == b && other == a);
    }
  };

  double all = 0.0;         ///< of pairs that are not in `pairs`; 0: from the model
  std::vector<Pair> pairs;  ///< each at most once

  /// A number alone is that of all pairs.
  NearestDistances(double of_all = 0.0, std::vector<Pair> of_pairs = {})
      : all(of_all), pairs(std::move(of_pairs)) {}
};

/// How a model is evaluated.
struct Options {
  /// Of the nets, for make_potential(); a DeepPotential has it as a template parameter instead.
  NetPrecision precision = NetPrecision::float64;
  Evaluation evaluation = Evaluation::exact;   ///< of the embedding
  Overflow overflow = Overflow::keep_nearest;  ///< more neighbours than sel
  std::int64_t tile = 0;    ///< atoms processed together, which bounds the memory; 0: chosen for `Space`
  double tolerance = 1e-6;  ///< compressed: root mean square force error against the exact nets, eV/Angstrom
  /// compressed: the distances down to which the tables reach, Angstrom: 0 (from the model), another number,
  /// or one for each pair of types
  NearestDistances nearest = {};
  /// processors, compressed, double: features that matter little and hidden layers are multiplied in float,
  /// as far as the tolerance allows it: double's results within the tolerance, at nearly float's speed. On
  /// devices all is in double, whatever is set here
  bool graded = true;
  /// of models with long-range electrostatics: the root mean square error of forces on charges, eV/Angstrom,
  /// for which a particle mesh is chosen in the first step; 0: the direct sum over the modes of the model
  double long_range_error = 0.0;
  bool reproducible = false;  ///< the same input gives the same bits, whatever the number of threads
  /// GPUs, compressed: compute() records the kernels of a step in a graph of the vendor's and replays it
  /// while its arguments are the same Views. For few atoms, whose kernels run shorter than it takes to launch
  /// them. The first two steps with new arguments use an instance of their own, with fences.
  bool graph = false;
};

}  // namespace dp
