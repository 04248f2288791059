// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/model/allegro.hpp>
#include <dp/model/edge_functions.hpp>
#include <dp/model/net.hpp>
#include <dp/program/surroundings.hpp>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace dp {

/// How tensors of edges lie in memory: for each irrep a matrix (edges x components x copies x channels).
struct TensorLayout {
  /// An irrep.
  struct Part {
    int components;  ///< 2 l + 1
    int copies;      ///< one for each path that leads to it, where paths stay apart
  };
  std::vector<Part> parts;  ///< one after the other

  /// Of an edge and a channel.
  int numbers() const {
    int sum = 0;
    for (Part const& part : parts) sum += part.components * part.copies;
    return sum;
  }
};

/// The product of an edge's tensors V with the sum A of weighted harmonics of its centre: out_to = sum over
/// links and their terms of coupling * weight[path] * A_harmonic * V_from, for each channel by itself.
struct TensorProduct {
  /// A number of V and one of the result.
  struct Link {
    int from;  ///< among the numbers of the input
    int to;    ///< among the numbers of the output
  };
  /// What a link has of A.
  struct Term {
    int link;         ///< which
    int harmonic;     ///< number of A
    int path;         ///< which has a weight
    double coupling;  ///< the rest
  };
  TensorLayout input;           ///< of V
  TensorLayout output;          ///< of the result
  std::vector<Link> links;      ///< ordered by `to`
  std::vector<Term> terms;      ///< ordered by link
  std::vector<double> weights;  ///< (paths x channels)
};

/// One layer of an equivariant network. Weights of harmonics are ordered (degree, channel).
struct EquivariantLayer {
  TensorProduct product;                        ///< of tensors with what is around
  std::shared_ptr<Net const> latent;            ///< from scalars and what the product has of them
  std::shared_ptr<Net const> weights;           ///< of renewed scalars: from them to the weights of harmonics
  std::vector<std::shared_ptr<Net const>> mix;  ///< of renewed scalars: from copies and channels of each
                                                ///< irrep to channels
  double old_part = 0.0;                        ///< of renewed scalars: how much of them stays,
  double new_part = 0.0;                        ///< and how much comes from the net
};

/// A network of scalars and tensors that belong to edges: see Allegro. Constants of pairs are indexed by
/// centre * ntypes + neighbour.
struct EquivariantTerm {
  std::string source;            ///< of the model, for messages
  Surroundings neighbours;       ///< nearer than the cutoff of their pair
  bool renewed = false;          ///< one row of scalars is renewed; else nets read those of all layers
  int degrees = 0;               ///< of harmonics
  int channels = 0;              ///< of tensors
  int scalars = 0;               ///< of an edge
  double cutoff_exponent = 0.0;  ///< of the polynomial that falls to zero at the cutoff of a pair
  std::variant<BesselFunctions, SplineFunctions> functions;  ///< of the distance
  /// For each pair from functions of the distance to the first scalars; where they are not renewed, also to
  /// weights of harmonics: those of the first tensors, then those of the first sum.
  std::vector<std::shared_ptr<Net const>> of_pair;
  std::vector<EquivariantLayer> layers;        ///< one or more
  std::shared_ptr<Net const> readout;          ///< from scalars to the energy of an edge
  std::vector<double> environment;             ///< per centre type: factor of the sum over edges
  std::vector<double> factor;                  ///< of each pair: of an edge's energy
  std::vector<double> bias;                    ///< per type: the energy of an atom without edges, eV
  std::optional<ScreenedRepulsion> repulsion;  ///< added

  /// Numbers that weigh the harmonics of an edge.
  int weights() const { return degrees * channels; }
};

}  // namespace dp
