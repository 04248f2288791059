// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <dp/core/precision.hpp>
#include <dp/options.hpp>
#include <dp/program/bases.hpp>
#include <dp/program/network.hpp>
#include <dp/program/terms.hpp>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace dp {

namespace detail {

/// How one network is evaluated, behind the name of the precision.
template <class Precision>
std::string describe(Network const& network, Options const& options,
                     std::shared_ptr<Compression const> const& compression) {
  std::ostringstream text;
  bool const compressed = compression && compression->reached;
  text << (compressed ? "compressed, " : "exact, ") << Precision::name;
  bool const energy = network.outputs.quantity.is_energy();
  if (!energy) text << ": " << network.outputs.quantity.in_words();
  if (!energy && options.evaluation == Evaluation::compressed) {
    text << "; only models of energies are compressed";
  } else if (!compression && options.evaluation == Evaluation::compressed) {
    bool const attends = std::any_of(network.chains.begin(), network.chains.end(),
                                     [](Chain const& chain) { return chain.attention.has_value(); });
    if (network.mixes_neighbours())
      text << (attends ? ": layers of attention mix neighbours"
                       : ": descriptors of three bodies are of angles")
           << ", which no table of functions of pairs can say";
    else
      text << ": devices compress all that adds to the energy or nothing";
  }
  if (!compression) return text.str();
  if (!compressed) {
    text << ": no basis reaches the tolerance of " << options.tolerance
         << " eV/A, be it for its rank or for kinks in the nets (best on the test fluid: "
         << compression->force_error << ")";
    return text.str();
  }
  text << (is_mixed<Precision> ? ": force error without rounding " : ": force error ")
       << compression->force_error << " eV/A, functions";
  auto const ntypes = static_cast<std::size_t>(network.ntypes());
  for (std::size_t i = 0; i < ntypes; ++i) {
    text << (i ? "; " : " ") << network.type_map[i] << ":";
    for (std::size_t c = 0; c < compression->chains.size(); ++c) {
      auto const& chain = compression->chains[c];
      if (network.chains[c].mixes_neighbours()) {
        text << (network.chains[c].angles ? " nets of angles" : " nets and attention");
        continue;
      }
      for (std::size_t j = 0; j < ntypes; ++j) text << ' ' << chain.bases[i * ntypes + j].functions;
      auto const& centre = chain.centres[i];
      text << " (" << centre.dimension << (centre.features == Features::full ? " numbers of D" : " features");
      if (centre.single > 0) text << ", of them " << centre.single << " in float";
      text << ")";
    }
  }
  if (compression->single_hidden) text << "; hidden layers in float";
  return text.str();
}

}  // namespace detail

/// One line for logs: how the terms of a model are evaluated. `compressions`: of each network; none where it
/// was not tried, else with the features of its chains.
template <class Precision>
std::string describe(Terms const& terms, Options const& options,
                     std::vector<std::shared_ptr<Compression const>> const& compressions) {
  std::string text;
  for (std::size_t n = 0; n < terms.networks.size(); ++n)
    text += (n > 0 ? " + " : std::string()) +
            detail::describe<Precision>(terms.networks[n], options, compressions[n]);
  if (!terms.equivariant.empty())
    return std::string("exact, ") + Precision::name + ": a network of scalars and tensors of edges" +
           (options.evaluation == Evaluation::compressed ? ", which is not compressed yet" : "");
  if (terms.tables.empty()) return text;
  if (text.empty()) return "exact, double: the pair energies of a table";
  return text + (terms.near ? "; of near atoms" : "; and") + " the pair energies of a table";
}

}  // namespace dp
