// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <dp/model/check.hpp>
#include <dp/model/edge_functions.hpp>
#include <dp/model/irreps.hpp>
#include <dp/model/net.hpp>
#include <optional>
#include <string>
#include <vector>

namespace dp {

/// The screened repulsion of nuclei (Ziegler, Biersack, Littmark) times a polynomial that falls to zero at
/// the cutoff of a pair, added to what nets say.
struct ScreenedRepulsion {
  double half_coulomb = 0.0;          ///< half of the charges' unit of energy times length
  double cutoff_exponent = 0.0;       ///< of the polynomial
  std::vector<double> atomic_number;  ///< per type
};

/// Allegro: scalars and tensors of each edge go through layers, in each of which the tensors are multiplied
/// with a sum over all edges of the centre, and the energy of an atom is a sum over its edges. Two
/// generations of the network are told apart by what carries the scalars from layer to layer:
///
/// product: every net reads the scalars of all layers before; paths of a product have weights.
/// latent: one row of scalars is renewed in each layer; paths stay apart and are mixed with the channels.
///
/// Nets have no biases, and their activations are zero at zero: an edge beyond its cutoff adds nothing. Every
/// constant of the formulas is in the numbers, in eV and Angstrom.
struct Allegro {
  /// Which generation.
  enum class Flavour { product, latent };

  Flavour flavour = Flavour::product;          ///< of the file
  double r_max = 0.0;                          ///< what no cutoff is above, Angstrom
  double cutoff_exponent = 0.0;                ///< p of the polynomial that falls to zero
  int layers = 0;                              ///< 1 or more
  int scalars = 0;                             ///< of an edge
  int channels = 0;                            ///< of tensors
  Irreps harmonics;                            ///< of degree 0 to the highest
  Irreps allowed;                              ///< that tensors may have
  EdgeFunctions radial;                        ///< of the distance
  Net embedding;                               ///< behind them; empty: nothing
  std::vector<Net> latent;                     ///< per layer
  Net readout;                                 ///< the energy of an edge
  std::vector<double> pair_cutoff;             ///< (ntypes x ntypes), Angstrom, by centre and neighbour
  std::vector<double> environment;             ///< per centre type: what the sum over edges is multiplied by
  std::vector<double> sum;                     ///< per centre type: what the sum of energies is multiplied by
  std::vector<double> scale;                   ///< per type: likewise
  std::vector<double> pair_scale;              ///< (ntypes x ntypes) likewise, or empty
  std::vector<double> shift;                   ///< per type: the energy of an atom without edges, eV
  std::optional<ScreenedRepulsion> repulsion;  ///< added

  // Of flavour product.
  std::vector<double> tensor_embedding;           ///< (scalars x channels x degrees)
  std::vector<double> first_projection;           ///< (scalars x (scalars + channels x degrees))
  std::vector<std::vector<double>> path_weights;  ///< per layer (channels x paths)

  // Of flavour latent.
  std::vector<Net> weights;              ///< per layer: of an edge in the sum; the first also embeds tensors
  std::vector<double> old_part;          ///< per layer: how much of a scalar stays,
  std::vector<double> new_part;          ///< and how much comes from the net
  std::vector<std::vector<double>> mix;  ///< per layer but the last, for each irrep (channels behind x
                                         ///< channels x paths)

  /// Number of degrees, the highest plus 1.
  int degrees() const { return static_cast<int>(harmonics.size()); }
  /// Irreps of the tensors before each layer and behind the last.
  std::vector<Irreps> irreps() const { return track(harmonics, allowed, layers, flavour == Flavour::latent); }
  /// The longest cutoff of a pair.
  double cutoff() const { return *std::max_element(pair_cutoff.begin(), pair_cutoff.end()); }
  /// Numbers that weigh the harmonics of an edge.
  int weights_of_harmonics() const { return channels * degrees(); }

  /// Throws dp::Error, with the place, unless it can be evaluated.
  void check(Check const& at) const;

 private:
  void check_sizes(Check const& at) const;
  void check_biases(Check const& at) const;
  void check_product(Check const& at, std::vector<Irreps> const& steps) const;
  void check_latent(Check const& at, std::vector<Irreps> const& steps) const;
};

inline void Allegro::check_sizes(Check const& at) const {
  constexpr int most = 10'000, most_layers = 16, highest = 3;
  auto const positive = [](double x) { return std::isfinite(x) && x > 0.0; };
  at.in("r_max").require(positive(r_max) && r_max <= 1000.0,
                         "expected a cutoff of more than 0 and at most 1000, found ", r_max);
  at.in("cutoff_exponent")
      .require(cutoff_exponent >= 2.0 && cutoff_exponent <= 100.0, "expected 2 to 100, found ",
               cutoff_exponent);
  at.in("layers").require(layers >= 1 && layers <= most_layers, "expected 1 to ", most_layers, ", found ",
                          layers);
  at.in("scalar_features")
      .require(scalars >= 1 && scalars <= most, "expected 1 to ", most, ", found ", scalars);
  at.in("tensor_features")
      .require(channels >= 1 && channels <= most, "expected 1 to ", most, ", found ", channels);
  at.in("harmonics")
      .require(degrees() >= 1 && degrees() <= highest + 1, "expected degrees from 0 to at most ", highest,
               ", found \"", in_words(harmonics), "\"");
  for (int l = 0; l < degrees(); ++l)
    at.in("harmonics")
        .require(harmonics[static_cast<std::size_t>(l)].l == l,
                 "expected one irrep of each degree "
                 "from 0 on, found \"",
                 in_words(harmonics), "\"");
  at.in("harmonics")
      .require(!harmonics.front().odd, "expected 0e first, found \"", in_words(harmonics), "\"");
  at.in("allowed").require(!allowed.empty() && allowed.front() == Irrep{}, "expected 0e first, found \"",
                           in_words(allowed), "\"");
  for (auto irrep = allowed.begin(); irrep != allowed.end(); ++irrep)
    at.in("allowed").require(std::find(allowed.begin(), irrep, *irrep) == irrep,
                             "expected each irrep once, found \"", in_words(allowed), "\"");
  for (Irrep const& irrep : allowed)
    at.in("allowed").require(irrep.l >= 0 && irrep.l < degrees(),
                             "expected degrees up to that of the harmonics, "
                             "found \"",
                             in_words(allowed), "\"");
}

inline void Allegro::check_biases(Check const& at) const {
  auto const check = [](Check const& place, Net const& net) {
    for (std::size_t k = 0; k < net.layers.size(); ++k)
      place.in("layers/" + std::to_string(k))
          .require(net.layers[k].bias.empty(),
                   "expected no biases: edges beyond the cutoff would have energies");
  };
  check(at.in("embedding"), embedding);
  check(at.in("readout"), readout);
  for (std::size_t k = 0; k < latent.size(); ++k) check(at.in("latent/" + std::to_string(k)), latent[k]);
  for (std::size_t k = 0; k < weights.size(); ++k)
    check(at.in("environment/" + std::to_string(k)), weights[k]);
}

inline void Allegro::check(Check const& at) const {
  check_sizes(at);
  check_biases(at);
  std::size_t const types = at.types();
  radial.check(at.in("radial"));
  Check const variables = at.in("@variables");
  variables.in("pair_cutoff").numbers(pair_cutoff, types * types);
  for (std::size_t pair = 0; pair < pair_cutoff.size(); ++pair)
    variables.in("pair_cutoff")
        .require(pair_cutoff[pair] > 0.0 && pair_cutoff[pair] <= r_max * (1.0 + 1e-12),
                 "expected more than 0 and at most r_max (", r_max, "), found ", pair_cutoff[pair], " for ",
                 at.pair_name(pair));
  variables.in("environment_norm").numbers(environment, types);
  variables.in("sum_norm").numbers(sum, types);
  variables.in("scale").numbers(scale, types);
  variables.in("shift").numbers(shift, types);
  if (!pair_scale.empty()) variables.in("pair_scale").numbers(pair_scale, types * types);
  if (repulsion) {
    Check const zbl = at.in("zbl");
    zbl.in("half_coulomb").finite({repulsion->half_coulomb});
    zbl.in("cutoff_exponent")
        .require(repulsion->cutoff_exponent >= 2.0 && repulsion->cutoff_exponent <= 100.0,
                 "expected 2 to 100, found ", repulsion->cutoff_exponent);
    zbl.in("@variables/atomic_number").numbers(repulsion->atomic_number, types);
    for (double const number : repulsion->atomic_number)
      zbl.in("@variables/atomic_number").require(number > 0.0, "expected positive numbers, found ", number);
  }
  if (!embedding.empty())
    embedding.check(at.in("embedding"), radial.outputs, scalars);
  else
    at.in("embedding")
        .require(radial.outputs == scalars, "expected a net from ", radial.outputs, " to ", scalars,
                 " numbers, found none");
  auto const steps = irreps();
  at.in("latent").size(latent.size(), static_cast<std::size_t>(layers));
  for (std::size_t k = 0; k < steps.size(); ++k)
    at.in("track/" + std::to_string(k)).require(!steps[k].empty(), "expected irreps that lead to scalars");
  if (flavour == Flavour::product)
    check_product(at, steps);
  else
    check_latent(at, steps);
}

inline void Allegro::check_product(Check const& at, std::vector<Irreps> const& steps) const {
  Check const variables = at.in("@variables");
  at.in("radial/@variables/pair_term")
      .require(radial.term.empty(), "expected none: edges beyond the cutoff would have energies");
  auto const of_edge = static_cast<std::size_t>(weights_of_harmonics()),
             s = static_cast<std::size_t>(scalars);
  variables.in("tensor_embedding").numbers(tensor_embedding, s * of_edge);
  variables.in("first_projection").numbers(first_projection, s * (s + of_edge));
  variables.in("path_weight").size(path_weights.size(), latent.size());
  for (int k = 0; k < layers; ++k) {
    auto const here = static_cast<std::size_t>(k);
    std::string const number = std::to_string(k);
    auto const n = paths(steps[here], harmonics, steps[here + 1]).size();
    variables.in("path_weight/" + number).numbers(path_weights[here], n * static_cast<std::size_t>(channels));
    latent[here].check(at.in("latent/" + number), (k + 1) * scalars + channels,
                       scalars + (k + 1 < layers ? weights_of_harmonics() : 0));
  }
  readout.check(at.in("readout"), (layers + 1) * scalars, 1);
}

inline void Allegro::check_latent(Check const& at, std::vector<Irreps> const& steps) const {
  Check const variables = at.in("@variables");
  variables.in("resnet_old").numbers(old_part, latent.size());
  variables.in("resnet_new").numbers(new_part, latent.size());
  at.in("environment").size(weights.size(), latent.size());
  variables.in("mix").size(mix.size(), latent.size() - 1);
  for (int k = 0; k < layers; ++k) {
    auto const here = static_cast<std::size_t>(k);
    std::string const number = std::to_string(k);
    auto const all = paths(steps[here], harmonics, steps[here + 1]);
    int to_scalars = 0;
    for (IrrepPath const& path : all) to_scalars += steps[here + 1][path.output] == Irrep{} ? 1 : 0;
    weights[here].check(at.in("environment/" + number), scalars, (k == 0 ? 2 : 1) * weights_of_harmonics());
    latent[here].check(at.in("latent/" + number), scalars + to_scalars * channels, scalars);
    auto const square = static_cast<std::size_t>(channels) * static_cast<std::size_t>(channels);
    if (k + 1 < layers) variables.in("mix/" + number).numbers(mix[here], all.size() * square);
  }
  readout.check(at.in("readout"), scalars, 1);
}

}  // namespace dp
