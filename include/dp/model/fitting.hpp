// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <dp/model/check.hpp>
#include <dp/model/head.hpp>
#include <dp/model/net.hpp>
#include <vector>

namespace dp {

/// What a fitting says beside its nets.
struct FittingSettings {
  std::vector<char> vacuum_removed;        ///< per type: the net's value at a zero descriptor is subtracted
  int fparam = 0;                          ///< number of frame parameters
  int aparam = 0;                          ///< number of atomic parameters
  bool aparam_is_mask = false;             ///< aparam given by the caller is not an input of the net
  std::vector<double> fparam_mean;         ///< (fparam), subtracted from the parameters
  std::vector<double> fparam_inverse_std;  ///< (fparam), multiplied by afterwards
  std::vector<double> aparam_mean;         ///< (aparam), subtracted from the parameters
  std::vector<double> aparam_inverse_std;  ///< (aparam), multiplied by afterwards
  std::vector<double> default_fparam;      ///< used where the caller gives none; empty: the caller must
};

/// From descriptor and parameters to what an atom has.
struct Fitting : FittingSettings {
  Head head;                           ///< what it gives, and how that is made of the nets' outputs
  std::vector<Net> nets;               ///< per centre type, or one for all types (mixed_types). Where the
                                       ///< head turns some may be empty: zero for such atoms
  std::vector<double> bias_atom_e;     ///< per type, of each output of the nets; of energies eV
  std::vector<double> case_embedding;  ///< constant inputs after the parameters

  /// Whether one net serves all types.
  bool mixed() const { return nets.size() == 1; }
  /// The net of a centre type.
  Net const& net_of(std::size_t type) const { return nets[mixed() ? 0 : type]; }
  /// Inputs of the nets beside the descriptor.
  int other_inputs() const {
    return fparam + (aparam_is_mask ? 0 : aparam) + static_cast<int>(case_embedding.size());
  }

  /// Throws dp::Error, with the place, unless it can be evaluated with a descriptor of so many columns and of
  /// so many channels that have vectors.
  void check(Check const& at, int dimension, int channels) const {
    constexpr int most = 1'000'000;
    Check const networks = at.in("nets/networks");
    networks.require(mixed() || nets.size() == at.types(), "expected one net, or one for each of ",
                     at.types(), " types, found ", nets.size());
    head.check(at, channels);
    int const outputs = head.outputs(channels);
    at.in("@variables/bias_atom_e").numbers(bias_atom_e, at.types() * static_cast<std::size_t>(outputs));
    at.in("atom_ener").size(vacuum_removed.size(), at.types());
    at.require(fparam >= 0 && aparam >= 0 && fparam <= most && aparam <= most,
               "numb_fparam and numb_aparam: expected numbers from 0 to ", most, ", found ", fparam, " and ",
               aparam);
    auto const of_frame = static_cast<std::size_t>(fparam), of_atom = static_cast<std::size_t>(aparam);
    at.in("@variables/fparam_avg").numbers(fparam_mean, of_frame);
    at.in("@variables/fparam_inv_std").numbers(fparam_inverse_std, of_frame);
    at.in("@variables/aparam_avg").numbers(aparam_mean, of_atom);
    at.in("@variables/aparam_inv_std").numbers(aparam_inverse_std, of_atom);
    if (!default_fparam.empty()) at.in("default_fparam").numbers(default_fparam, of_frame);
    at.in("@variables/case_embd").finite(case_embedding);
    bool const energy = head.quantity.is_energy();
    networks.require(
        !head.turns() || std::any_of(nets.begin(), nets.end(), [](Net const& net) { return !net.empty(); }),
        "expected at least one net, found none");
    for (std::size_t t = 0; t < nets.size(); ++t) {
      if (head.turns() && nets[t].empty()) continue;
      Check const net = mixed()
                            ? networks.in("net of all types (inputs: descriptor, parameters, case embedding)")
                            : networks.in("net of type " + at.type_name(t) +
                                          " (inputs: descriptor, parameters, case embedding)");
      nets[t].check(net, dimension + other_inputs(), outputs);
      Layer const& last = nets[t].layers.back();
      net.require(energy || (last.activation == Activation::linear && last.skip == Skip::none &&
                             last.timestep.empty()),
                  "expected a linear last layer without skip connection");
    }
  }
};

}  // namespace dp
