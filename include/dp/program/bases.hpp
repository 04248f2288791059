// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/math/piecewise_quintic.hpp>
#include <vector>

namespace dp {

/// A low-rank form of one embedding net, G_m(x) = sum_k C_mk phi_k(x) for the normalised s of the pairs of
/// types, on the host. All functions are tabulated between the cutoff and the nearest distance that was
/// sampled.
struct EmbeddingBasis {
  int functions = 0;             ///< K; 0: the pair contributes nothing
  PiecewiseQuintic table;        ///< phi_k
  std::vector<double> channels;  ///< C (M x K), row-major
  std::vector<double> absent;    ///< (components x K), what an absent neighbour adds to the sums
  std::vector<double> present;   ///< (components x K), what a neighbour that is there adds besides its row
  double handover = 0.0;         ///< beyond this x the exact net takes over, gradually until table.upper
  bool converged = false;        ///< whether the table is as accurate as was asked for: not with kinks
};

/// What the fitting net of a centre type reads of the compressed descriptor: the products of A with itself
/// (symmetric), of A with Y = A C_axis^T (axis), both with the first layer folded accordingly, or D itself
/// (full).
enum class Features { symmetric, axis, full };

/// For logs.
inline char const* name(Features features) {
  return features == Features::symmetric ? "symmetric" : features == Features::axis ? "axis" : "full";
}

/// The bases of one centre type side by side: C (M x K') and how its features enter the fitting net.
struct CentreBasis {
  int width = 0;                       ///< K', the sum of the K of all neighbour types
  std::vector<double> channels;        ///< C (M x K'), row-major
  Features features = Features::full;  ///< chosen
  int dimension = 0;                   ///< number of features
};

/// The low-rank form of a chain.
struct ChainBasis {
  std::vector<EmbeddingBasis> bases;  ///< per pair of types
  std::vector<CentreBasis> centres;   ///< per centre type
};

/// Bases that were made for a tolerance.
struct Compression {
  std::vector<ChainBasis> chains;  ///< of the network
  double force_error = 0.0;        ///< root mean square against the exact nets on the test fluid, eV/Angstrom
  bool reached = false;            ///< whether it is within the tolerance
};

}  // namespace dp
