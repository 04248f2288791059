// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/math/piecewise_quintic.hpp>
#include <dp/model/net.hpp>
#include <dp/program/network.hpp>
#include <memory>
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
  std::vector<double> size;      ///< (K), how large the sums over neighbours are in a uniform fluid, and how
                                 ///< much they change with a neighbour's distance
  double handover = 0.0;         ///< beyond this x the exact net takes over, gradually until table.upper
  bool converged = false;        ///< whether the table is as accurate as was asked for: not with kinks
};

/// What the fitting net of a centre type reads of the compressed descriptor: products of A with Y, the rows
/// of the second factor of D, with the first layer folded accordingly (staircase), or D itself (full).
enum class Features { staircase, full };

/// The bases of one centre type side by side: C (M x K') and how its features enter the fitting net. A
/// staircase has the features F = sum_c Y_cr A_ck, Y = A left^T, for each row r of `left` with the functions
/// k of its first counts[r] strips.
struct CentreBasis {
  int width = 0;                       ///< K', the sum of the K of all neighbour types
  std::vector<double> channels;        ///< C (M x K'), row-major
  Features features = Features::full;  ///< chosen
  int dimension = 0;                   ///< number of features
  int strip = 1;                       ///< functions that are taken or left together
  std::vector<double> left;            ///< (rows x K'), the axis rows of C in principal axes
  std::vector<int> strips;             ///< the first function of each strip, in the order of use
  std::vector<int> counts;             ///< per row of `left`, falling
  std::vector<int> large;              ///< of these: those that are not `single`, falling
  int single = 0;                      ///< features that are multiplied in float where all else is in double
};

/// The low-rank form of a chain.
struct ChainBasis {
  std::vector<EmbeddingBasis> bases;  ///< per pair of types
  std::vector<CentreBasis> centres;   ///< per centre type
};

/// Fitting nets that read features in the place of descriptors, where that is less.
struct FoldedNets {
  std::vector<ChainBasis> chains;                ///< with their features
  std::vector<std::shared_ptr<Net const>> nets;  ///< per centre type
  std::vector<FittingLayout> layouts;            ///< per centre type
  bool single_hidden =
      false;  ///< also the products of hidden layers are in float where all else is in double
};

/// Bases and features that were made for a tolerance.
struct Compression : FoldedNets {
  double force_error = 0.0;  ///< root mean square against the exact nets on the test fluid, eV/Angstrom; the
                             ///< least that was reached where no bases are within the tolerance
  bool reached = false;      ///< whether it is within the tolerance
};

}  // namespace dp
