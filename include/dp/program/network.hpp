// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <dp/core/quantity.hpp>
#include <dp/model/attention_layer.hpp>
#include <dp/model/embedding_table.hpp>
#include <dp/model/environment.hpp>
#include <dp/model/fitting.hpp>
#include <dp/model/net.hpp>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

namespace dp {

/// What multiplies the modulation of a pair's embedding, a function of the distance that is 0 at the cutoff:
/// nothing (1), the switch function w(r), or what TensorFlow's graphs have in its place: 1 - (1 - v)^3 with
/// v = w rcut_smth / (r + protection), at most 1.
enum class Smoothing { none, switch_function, cubic };

/// The embedding of one pair of types: G_m(s) = N_m(s) (1 + h_m v). N is a net of one input or, where the
/// file has none, its table; pairs may share them. v is that of `smoothing`. Without N the pair contributes
/// nothing.
struct PairFunction {
  std::shared_ptr<Net const> net;               ///< N of the normalised s, or null
  std::shared_ptr<EmbeddingTable const> table;  ///< N where there is no net, or null
  std::vector<double> modulation;               ///< h (M), or empty: zeros
  Smoothing smoothing = Smoothing::none;        ///< of the modulation

  bool empty() const { return !net && !table; }  ///< contributes nothing
};

/// A neighbour that has no row of its own: one that is absent (sel counts more than there are), or one that
/// is there but excluded. Each adds G(s) (x) row to the sum over neighbours, a constant.
struct Pad {
  PairFunction function;  ///< G; empty: nothing is added. Smoothing has made its v 0
  double s = 0.0;         ///< at which it is evaluated
  RowNumbers row = {};    ///< that it multiplies; entry 0 alone where rows have one component
};

/// Of which type the neighbours are that a chain misses.
enum class AbsentType {
  own,   ///< each type has its own number in sel, and misses neighbours of its own
  first  ///< sel is one number for all types; missing neighbours count as of the type of the frame's first
         ///< atom
};

/// Layers of attention among the neighbours of an atom, which what they embed goes through before it is
/// summed. Neighbours without rows attend to none, so what they add stays a constant.
struct AttentionStack {
  std::vector<AttentionLayer> layers;        ///< first to last
  Smoothing weights = Smoothing::none;       ///< w of a neighbour, which smooths them: see Attention::weights
  bool padded = false;                       ///< neighbours without rows count in each softmax, if there is w
  double shortest = 1e-12;                   ///< least length by which q, k, v and directions are divided
  std::vector<std::vector<double>> absent;   ///< per pair (4 x M), or none: what each that sel misses adds
  std::vector<std::vector<double>> present;  ///< likewise each that is there but excluded
};

/// What pairs of neighbours embed: e f(e) with e = u_j . u_k, the product of the directions (components 1 to
/// 3 of the rows) of a neighbour j of one type and k of another, or of the same; summed over j and k.
struct AngleFunction {
  std::size_t first = 0;   ///< type of j
  std::size_t second = 0;  ///< type of k; where it is that of j, all ordered pairs and j = k count
  PairFunction function;   ///< f, with v = v_j v_k
  double scale = 1.0;      ///< of the sum
};

/// One descriptor as blocks evaluate it, whatever its name in the file: for each pair of types a function of
/// the distance, the sum of which with the rows of the environment matrix makes the descriptor. Per-pair
/// arrays are indexed by centre * ntypes + neighbour.
struct Chain : Environment {
  double reach = 0.0;    ///< up to which neighbours have rows where it is beyond rcut, Angstrom
  int components = 4;    ///< of a row ~r that are summed over: 4, or 1 (then G alone is summed)
  std::vector<int> sel;  ///< (ntypes) most neighbours of each type; AbsentType::first: (1) of all types
  AbsentType absent_type = AbsentType::own;  ///< see there
  double scale = 1.0;                        ///< of the sum over neighbours
  int width = 0;                             ///< M, channels of the embedding
  int axis_neuron = 0;           ///< columns of the second factor of D = T T[axis]^T; 0: the sum itself is D
  std::vector<RowNumbers> mean;  ///< per pair: subtracted from a row of the environment matrix
  std::vector<RowNumbers> stddev;             ///< per pair: divides it afterwards
  std::vector<char> excluded;                 ///< per pair: counted as neighbours, but without rows
  std::vector<PairFunction> functions;        ///< per pair
  std::vector<Pad> absent;                    ///< per pair: of each neighbour that sel misses
  std::vector<Pad> present;                   ///< per pair: of each neighbour that is there but excluded
  std::vector<std::vector<double>> left_out;  ///< per centre (components x M), or none: added to the sum over
                                              ///< neighbours before it is scaled; absent ones of types that
                                              ///< the network does not have
  std::optional<AttentionStack> attention;    ///< between embedding and sum
  /// Of three bodies: in the place of functions of pairs, which are empty. Neighbours without rows add
  /// nothing.
  std::optional<std::vector<AngleFunction>> angles;
  int column = 0;  ///< of D in the input of the fitting nets

  /// Whether the functions are of more than a centre and one neighbour, so that no table of pairs can say
  /// them.
  bool mixes_neighbours() const { return attention || angles; }
  /// Numbers of the sum over neighbours of an atom.
  int sum_numbers() const { return angles ? width : components * width; }
  bool shared_sel() const { return absent_type == AbsentType::first; }  ///< sel is one number for all types
  /// Whether it matters of which type the frame's first atom is.
  bool needs_first_type() const {
    auto const same = [](Pad const& a, Pad const& b) {
      return a.function.net == b.function.net && a.function.table == b.function.table &&
             a.function.modulation == b.function.modulation && a.s == b.s && a.row == b.row;
    };
    for (std::size_t pair = 1; shared_sel() && pair < absent.size(); ++pair)
      if (pair % ntypes() != 0 && !same(absent[pair], absent[pair - 1])) return true;
    return false;
  }
  /// "centre neighbour", counted from 0, for messages.
  std::string name_of(std::size_t pair) const {
    return std::to_string(pair / ntypes()) + ' ' + std::to_string(pair % ntypes());
  }
  /// Number of types.
  std::size_t ntypes() const {
    std::size_t n = 0;
    while (n * n < functions.size()) ++n;
    return n;
  }
  int nnei() const { return std::accumulate(sel.begin(), sel.end(), 0); }          ///< the sum of sel
  int vectors() const { return components == 4 && !angles ? width : 0; }           ///< channels that have one
  int dimension() const { return axis_neuron > 0 ? width * axis_neuron : width; }  ///< length of D
};

/// The fitting nets as blocks evaluate them. Their input is (descriptor, frame parameters, atomic parameters,
/// constants); the descriptor's columns are those of the chains and constants between.
struct FittingNets : FittingSettings {
  int dimension = 0;                             ///< columns of the descriptor
  std::vector<std::shared_ptr<Net const>> nets;  ///< per centre type; types may share one
  std::vector<int> constant_columns;             ///< of the input, that neither chains nor parameters fill
  std::vector<std::vector<double>> constants;    ///< per centre type: their values
  std::vector<double> bias;                      ///< per type, eV: all that is added to the net's value, of
                                                 ///< energies
};

/// How what a model gives is made of the outputs y of its fitting nets and the vectors v of channels: y; or
/// sum_m y_m v_m; sum_m y_m v_m (x) v_m; sum_mn (y_mn + y_nm) / 2 v_m (x) v_n.
enum class Contraction { none, vector, diagonal, full };

/// What is given of an atom. For all but energies: y = (net + bias) scale, then the contraction, then shift.
struct Outputs {
  Quantity quantity;                            ///< what
  Contraction contraction = Contraction::none;  ///< how
  int channels = 0;                             ///< that have vectors, of all chains
  std::vector<std::vector<double>> bias;        ///< per type: of each output of the nets
  std::vector<std::vector<double>> scale;       ///< likewise
  std::vector<std::vector<double>> shift;       ///< per type: of each component
};

/// The columns of a fitting net's input for one centre type.
struct FittingLayout {
  std::vector<int> chains;            ///< where the descriptor, or the features, of each chain begin
  std::vector<int> constant_columns;  ///< of FittingNets::constants
  int parameters = 0;                 ///< where the parameters begin, behind all descriptors
  int columns = 0;                    ///< of all
  /// Likewise the features that are multiplied in float where all else is in double: a matrix of their own,
  /// which the last inputs of the net read.
  std::vector<int> single_chains = {};
  int single = 0;  ///< columns of that
};

/// A model after lowering: what programs of blocks are made of. Plain host data.
struct Network {
  std::string source;                   ///< of the model, for messages
  std::vector<std::string> type_map;    ///< element names; a type is an index into it
  std::vector<Chain> chains;            ///< whose descriptors stand side by side
  FittingNets fitting;                  ///< from descriptor to energy
  Outputs outputs;                      ///< what is made of their outputs
  std::vector<char> atom_excluded;      ///< per type: exactly zero (atom_exclude_types, or without a net)
  std::vector<char> pair_excluded;      ///< per pair: not neighbours of each other (pair_exclude_types)
  std::optional<double> min_nbor_dist;  ///< nearest distance in the training data, Angstrom

  int ntypes() const { return static_cast<int>(type_map.size()); }  ///< number of types
  /// Whether all chains do, so that nothing can be compressed, or `any` of them: see there.
  bool mixes_neighbours(bool any = false) const {
    auto const mixing = std::count_if(chains.begin(), chains.end(),
                                      [](Chain const& chain) { return chain.mixes_neighbours(); });
    return any ? mixing > 0 : mixing == std::ssize(chains);
  }
};

}  // namespace dp
