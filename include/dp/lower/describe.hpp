// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <dp/core/precision.hpp>
#include <dp/options.hpp>
#include <dp/program/bases.hpp>
#include <dp/program/network.hpp>
#include <optional>
#include <sstream>
#include <string>

namespace dp {

/// One line for logs: how a network is evaluated. `compression`: none where none was asked for;
/// else with the features of its chains.
template <class Precision>
std::string describe(Network const& network, Options const& options,
                     std::optional<Compression> const& compression) {
  std::ostringstream text;
  bool const compressed = compression && compression->reached;
  text << (compressed ? "compressed, " : "exact, ") << Precision::name;
  if (!compression && options.evaluation == Evaluation::compressed) {
    bool const attends = std::any_of(network.chains.begin(), network.chains.end(),
                                     [](Chain const& chain) { return chain.attention.has_value(); });
    text << (attends ? ": layers of attention mix neighbours" : ": descriptors of three bodies are of angles")
         << ", which no table of functions of pairs can say";
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
    for (auto const& chain : compression->chains) {
      for (std::size_t j = 0; j < ntypes; ++j) text << ' ' << chain.bases[i * ntypes + j].functions;
      auto const& centre = chain.centres[i];
      text << " (" << name(centre.features) << " features, " << centre.dimension << ")";
    }
  }
  return text.str();
}

}  // namespace dp
