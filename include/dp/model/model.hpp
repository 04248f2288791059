// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstddef>
#include <dp/model/embedding_table.hpp>
#include <dp/model/net.hpp>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

namespace dp {

/// se_e2_a ("angular") and se_e2_r ("radial") of DeePMD-kit.
enum class DescriptorKind { angular, radial };

/// A descriptor and its statistics. Per-pair arrays are indexed by centre * ntypes + neighbour.
struct DescriptorModel {
  DescriptorKind kind = DescriptorKind::angular;  ///< angular: se_e2_a, radial: se_e2_r
  double rcut = 0.0;                              ///< cutoff radius, Angstrom
  double rcut_smth = 0.0;                         ///< where the switch function begins to fall, Angstrom
  bool float32_cutoffs =
      false;                ///< rcut and rcut_smth act rounded to float, as in TensorFlow's frozen graphs
  std::vector<int> sel;     ///< neighbours expected of each type; their sum is the divisor of the descriptor
  int axis_neuron = 0;      ///< columns of the second factor of the descriptor (angular only)
  double protection = 0.0;  ///< added to r where it divides (env_protection), Angstrom
  std::vector<std::array<double, 4>> mean;    ///< per pair: subtracted from a row of the environment matrix
  std::vector<std::array<double, 4>> stddev;  ///< per pair: divides it afterwards
  std::vector<char> excluded;  ///< per pair: neighbours of this type do not contribute (exclude_types)
  bool excluded_padding =
      true;  ///< absent neighbours of excluded pairs do contribute (not so in TensorFlow's files)
  bool one_sided = false;              ///< nets depend on the neighbour's type alone
  std::vector<Net> nets;               ///< per pair (filled for both kinds of model), some may be empty
  std::vector<EmbeddingTable> tables;  ///< per pair, or none at all; used where the net is empty

  /// The sum of sel.
  int nnei() const { return std::accumulate(sel.begin(), sel.end(), 0); }
  /// Whether a pair has a net or a table; without either it contributes nothing.
  bool embeds(std::size_t pair) const {
    return !nets[pair].empty() || (pair < tables.size() && !tables[pair].empty());
  }
  int width() const;      ///< M, channels of the embedding nets and tables
  int dimension() const;  ///< length of the descriptor
};

/// The fitting nets: descriptor and parameters to atomic energy.
struct FittingModel {
  std::vector<Net> nets;                   ///< per centre type
  std::vector<double> bias_atom_e;         ///< per type, eV
  std::vector<char> vacuum_removed;        ///< per type: the net's value at a zero descriptor is subtracted
  int fparam = 0;                          ///< number of frame parameters
  int aparam = 0;                          ///< number of atomic parameters
  bool aparam_is_mask = false;             ///< aparam given by the caller is not an input of the net
  std::vector<double> fparam_mean;         ///< (fparam), subtracted from the parameters
  std::vector<double> fparam_inverse_std;  ///< (fparam), multiplied by afterwards
  std::vector<double> aparam_mean;         ///< (aparam), subtracted from the parameters
  std::vector<double> aparam_inverse_std;  ///< (aparam), multiplied by afterwards
  std::vector<double> default_fparam;      ///< used where the caller gives none; empty: the caller must
  std::vector<double> case_embedding;      ///< constant inputs after the parameters
};

/// A Deep Potential model as plain host data: what every reader produces and DeepPotential consumes.
/// `io/read_model.hpp` reads one; validate() is called by readers and by DeepPotential.
struct Model {
  std::string source;                   ///< where it came from, for messages
  std::vector<std::string> type_map;    ///< element names; a type is an index into it
  DescriptorModel descriptor;           ///< from surroundings to descriptor
  FittingModel fitting;                 ///< from descriptor to energy
  std::vector<double> out_bias;         ///< per type, eV, added to the atomic energy
  std::vector<char> atom_excluded;      ///< per type: energy exactly zero (atom_exclude_types)
  std::vector<char> pair_excluded;      ///< per pair: not neighbours of each other (pair_exclude_types)
  std::optional<double> min_nbor_dist;  ///< nearest distance in the training data, Angstrom
  /// What the reader of the file decided and a user should know once, in short sentences without the file's
  /// name: "holds nets and tables of them; the nets are evaluated".
  std::vector<std::string> remarks;

  /// Number of types.
  int ntypes() const { return static_cast<int>(type_map.size()); }
};

inline int DescriptorModel::width() const {
  for (Net const& net : nets)
    if (!net.empty()) return net.outputs();
  for (EmbeddingTable const& table : tables)
    if (!table.empty()) return table.width;
  return 0;
}

inline int DescriptorModel::dimension() const {
  return kind == DescriptorKind::angular ? width() * axis_neuron : width();
}

}  // namespace dp
