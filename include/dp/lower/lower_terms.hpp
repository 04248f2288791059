// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <dp/lower/lower.hpp>
#include <dp/lower/lower_allegro.hpp>
#include <dp/model/model.hpp>
#include <dp/program/terms.hpp>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace dp {

namespace detail {

/// The pairs that are in either of two tables.
inline std::vector<char> either(std::vector<char> a, std::vector<char> const& b) {
  for (std::size_t pair = 0; pair < a.size(); ++pair) a[pair] = a[pair] != 0 || b[pair] != 0;
  return a;
}

/// The energies of each type times its factor: in the last layer, and in what is added to its value.
inline void scale_energies(std::vector<double> const& factors, FittingNets& nets) {
  std::map<std::pair<Net const*, double>, std::shared_ptr<Net const>> scaled;
  for (std::size_t t = 0; t < factors.size(); ++t) {
    double const factor = factors[t];
    nets.bias[t] *= factor;
    if (factor == 1.0) continue;
    auto& net = scaled[{nets.nets[t].get(), factor}];
    if (!net) {
      Net copy = *nets.nets[t];
      for (double& weight : copy.layers.back().weight) weight *= factor;
      for (double& bias : copy.layers.back().bias) bias *= factor;
      net = std::make_shared<Net const>(std::move(copy));
    }
    nets.nets[t] = net;
  }
}

/// A table, of the energies of which each centre type has its factor; each atom of a pair has a half.
inline PairTerm lower_table(PairTable const& table, std::vector<double> const& factors,
                            std::vector<char> const& hidden) {
  std::size_t const ntypes = factors.size(), numbers = table.intervals * PairTable::powers;
  PairTerm term;
  term.neighbours = {static_cast<int>(ntypes), table.rcut, table.sel,
                     table.sel.size() == 1,    hidden,     std::vector<char>(ntypes * ntypes, 0)};
  term.first = table.first;
  term.spacing = table.spacing;
  term.intervals = static_cast<int>(table.intervals);
  term.coefficients = table.coefficients;
  for (std::size_t i = 0; i < term.coefficients.size(); ++i)
    term.coefficients[i] *= 0.5 * factors[i / numbers / ntypes];
  for (std::size_t t = 0; t < ntypes; ++t) term.bias.push_back(factors[t] * table.out_bias[t]);
  return term;
}

/// Adds a model to the terms, with its weight, and `bias` to its energies.
inline void add_member(Model const& model, Summand const& member, std::vector<double> const& bias,
                       Terms& terms) {
  std::vector<double> factors;
  for (char const excluded : member.atom_excluded) factors.push_back(excluded ? 0.0 : member.weight);
  std::vector<char> const hidden = either(member.pair_excluded, model.pair_excluded);
  std::vector<double>* energies = nullptr;
  if (auto const* const table = std::get_if<PairTable>(&member.node)) {
    terms.tables.push_back(lower_table(*table, factors, hidden));
    energies = &terms.tables.back().bias;
  } else {
    Network network = lower_part(model, std::get<Standard>(member.node));
    network.pair_excluded = hidden;
    scale_energies(factors, network.fitting);
    terms.networks.push_back(std::move(network));
    energies = &terms.networks.back().fitting.bias;
  }
  for (std::size_t t = 0; t < bias.size(); ++t) (*energies)[t] += bias[t];
}

/// A switch, with neighbours of its own where the table's are not those that it looks at.
inline NearSwitch lower_switch(Model const& model, ZblSwitch const& zbl) {
  NearSwitch near{std::nullopt, zbl.alpha, zbl.inner, zbl.outer};
  auto const [of_nets, cutoff, sel] = neighbours_of_switch(zbl);
  std::vector<char> const& excluded = zbl.members[1].pair_excluded;
  bool const misses = std::any_of(excluded.begin(), excluded.end(), [](char c) { return c != 0; });
  if (!of_nets && !misses) return near;
  std::size_t const ntypes = model.type_map.size();
  near.neighbours = {static_cast<int>(ntypes),
                     cutoff,
                     sel,
                     sel.size() == 1,
                     model.pair_excluded,
                     std::vector<char>(ntypes * ntypes, 0)};
  return near;
}

}  // namespace detail

/// A model of any kind as what its energies are made of. It must be valid, as for lower().
inline Terms lower_terms(Model const& model) {
  Terms terms;
  terms.type_map = model.type_map;
  terms.atom_excluded = model.atom_excluded;
  std::size_t const ntypes = model.type_map.size();
  std::vector<double> const none(ntypes, 0.0);
  if (auto const* const part = std::get_if<Standard>(&model.atomic)) {
    terms.networks.push_back(detail::lower_part(model, *part));
    terms.atom_excluded = terms.networks.front().atom_excluded;
  } else if (auto const* const table = std::get_if<PairTable>(&model.atomic)) {
    terms.tables.push_back(
        detail::lower_table(*table, std::vector<double>(ntypes, 1.0), model.pair_excluded));
  } else if (auto const* const allegro = std::get_if<Allegro>(&model.atomic)) {
    terms.equivariant.push_back(detail::lower_allegro(*allegro, model.pair_excluded));
    terms.equivariant.back().source = model.source;
  } else if (auto const* const sum = std::get_if<WeightedSum>(&model.atomic)) {
    for (Summand const& member : sum->members)
      detail::add_member(model, member, &member == &sum->members.front() ? sum->out_bias : none, terms);
  } else {
    auto const& zbl = std::get<ZblSwitch>(model.atomic);
    for (Summand const& member : zbl.members) detail::add_member(model, member, zbl.out_bias, terms);
    terms.near = detail::lower_switch(model, zbl);
  }
  return terms;
}

}  // namespace dp
