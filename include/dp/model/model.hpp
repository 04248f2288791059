// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <dp/core/error.hpp>
#include <dp/core/quantity.hpp>
#include <dp/model/allegro.hpp>
#include <dp/model/check.hpp>
#include <dp/model/descriptor.hpp>
#include <dp/model/fitting.hpp>
#include <dp/model/long_range.hpp>
#include <dp/model/pair_table.hpp>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace dp {

/// A descriptor, and nets that make of it what an atom has: its energy, or what the fitting's Head says.
struct Standard {
  DescriptorModel descriptor;    ///< from surroundings to descriptor
  Fitting fitting;               ///< from descriptor to energy
  std::vector<double> out_bias;  ///< per type and component, added to what an atom has; of energies eV

  /// Throws dp::Error, with the place, unless it can be evaluated.
  void check(Check const& at) const {
    descriptor.check(at.in("descriptor"));
    fitting.check(at.in("fitting"), descriptor.dimension(), vector_channels(descriptor));
    at.in("@variables/out_bias")
        .numbers(out_bias, at.types() * static_cast<std::size_t>(fitting.head.quantity.components));
  }
};

/// One of several models of the same atoms.
struct Summand {
  std::variant<Standard, PairTable> node;  ///< which
  double weight = 1.0;                     ///< of its energies in a sum
  std::vector<char> atom_excluded;         ///< per type: has no energy of this member
  std::vector<char> pair_excluded;         ///< per pair: not neighbours for this member, besides the model's

  /// Throws dp::Error, with the place, unless it can be evaluated.
  void check(Check const& at) const;
};

/// Models whose energies are added up, each with its weight.
struct WeightedSum {
  std::vector<Summand> members;  ///< at least one
  std::vector<double> out_bias;  ///< per type, eV, added to the atomic energy

  /// Throws dp::Error, with the place, unless it can be evaluated.
  void check(Check const& at) const;
};

/// Nets that leave atoms with near neighbours to a table (DP-ZBL): E_i = (1 - c_i) E_i(nets) + c_i
/// E_i(table). c_i falls from 1 to 0 as the softened distance of the nearest neighbour, sum r e^(-r/alpha) /
/// sum e^(-r/alpha), goes from `inner` to `outer`; an atom without neighbours has the nets'. The neighbours
/// are those of the member with the larger sel. Members: the nets, then the table; their weights are 1.
struct ZblSwitch : WeightedSum {
  double alpha = 0.0;  ///< Angstrom
  double inner = 0.0;  ///< where the switch begins, Angstrom
  double outer = 0.0;  ///< where it ends, Angstrom

  /// Throws dp::Error, with the place, unless it can be evaluated.
  void check(Check const& at) const;
};

/// What gives each atom its energy. Other kinds join the list; every visitor then has to say what they mean.
using Atomic = std::variant<Standard, PairTable, WeightedSum, ZblSwitch, Allegro>;

/// A Deep Potential model as plain host data: what every reader produces, and what lower_terms() makes
/// Terms of. `io/read_model.hpp` reads one.
struct Model {
  std::string source;                   ///< where it came from, for messages
  std::vector<std::string> type_map;    ///< element names; a type is an index into it
  Atomic atomic;                        ///< atomic energies
  std::vector<char> atom_excluded;      ///< per type: energy exactly zero (atom_exclude_types)
  std::vector<char> pair_excluded;      ///< per pair: not neighbours of each other (pair_exclude_types)
  std::optional<double> min_nbor_dist;  ///< nearest distance in the training data, Angstrom
  std::optional<LongRange> long_range;  ///< electrostatics beside the atomic energies (DPLR)
  /// What the reader of the file decided and a user should know once, in short sentences without the file's
  /// name: "holds nets and tables of them; the nets are evaluated".
  std::vector<std::string> remarks;
  std::vector<std::string> other_types;  ///< names of types that the model knew before it was restricted

  /// Number of types.
  int ntypes() const { return static_cast<int>(type_map.size()); }

  /// Throws dp::Error unless the model can be evaluated: all arrays have the extents that type_map, sel and
  /// the nets ask for, layers fit together, all numbers are finite, cutoffs, standard deviations and sizes
  /// are in their ranges. The message names the model's source, the place, what was expected and found.
  void check() const {
    constexpr int most_types = 256;
    Check const at(source, type_map);
    at.in("type_map")
        .require(type_map.size() >= 1 && type_map.size() <= most_types, "expected 1 to ", most_types,
                 " names, found ", type_map.size());
    std::set<std::string> seen;
    for (std::string const& name : type_map) {
      at.in("type_map").require(!name.empty(), "expected names, found an empty one");
      at.in("type_map").require(seen.insert(name).second, "the name \"", name, "\" appears twice");
    }
    std::visit([&](auto const& part) { part.check(at); }, atomic);
    at.in("atom_exclude_types").size(atom_excluded.size(), type_map.size());
    at.in("pair_exclude_types").symmetric(pair_excluded);
    at.in("min_nbor_dist")
        .require(!min_nbor_dist || (std::isfinite(*min_nbor_dist) && *min_nbor_dist >= 0.0),
                 "expected a finite number of at least 0");
    if (long_range) long_range->check(at.in("modifier"), *this);
  }
};

inline void Summand::check(Check const& at) const {
  std::visit([&](auto const& part) { part.check(at); }, node);
  at.in("weights").finite({weight});
  at.in("atom_exclude_types").size(atom_excluded.size(), at.types());
  at.in("pair_exclude_types").symmetric(pair_excluded);
}

inline void WeightedSum::check(Check const& at) const {
  at.in("models").require(!members.empty(), "expected at least one model, found none");
  Fitting const* first = nullptr;
  for (std::size_t m = 0; m < members.size(); ++m) {
    Check const below = at.in("models/" + std::to_string(m));
    members[m].check(below);
    auto const* const part = std::get_if<Standard>(&members[m].node);
    below.in("fitting").require(part == nullptr || part->fitting.head.quantity.is_energy(),
                                "expected energies, found a model of another quantity");
    if (part == nullptr || part->fitting.fparam + part->fitting.aparam == 0) continue;
    if (first == nullptr) first = &part->fitting;
    below.in("fitting").require(
        part->fitting.fparam == first->fparam && part->fitting.aparam == first->aparam &&
            part->fitting.aparam_is_mask == first->aparam_is_mask &&
            part->fitting.default_fparam == first->default_fparam,
        "expected no parameters, or as many and the same defaults as in the other models");
  }
  at.in("@variables/out_bias").numbers(out_bias, at.types());
}

inline void ZblSwitch::check(Check const& at) const {
  at.in("models").require(members.size() == 2 && std::holds_alternative<Standard>(members[0].node) &&
                              std::holds_alternative<PairTable>(members[1].node),
                          "expected two models, one of nets (\"standard\") and a table (\"pairtab\")");
  WeightedSum::check(at);
  for (Summand const& member : members)
    at.in("models").require(member.weight == 1.0, "expected weights of 1");
  at.in("smin_alpha")
      .require(std::isfinite(alpha) && alpha > 0.0, "expected a positive length, found ", alpha);
  at.in("sw_rmin").require(std::isfinite(inner) && inner >= 0.0, "expected a distance, found ", inner);
  at.in("sw_rmax").require(std::isfinite(outer) && outer > inner, "expected more than sw_rmin (", inner,
                           "), found ", outer);
}

/// Calls `visit` with every part of the model that has nets, and its weight.
template <class Visit>
void for_each_standard(Model const& model, Visit const& visit) {
  if (auto const* const part = std::get_if<Standard>(&model.atomic)) visit(*part, 1.0);
  auto const members = [&](WeightedSum const& sum) {
    for (Summand const& member : sum.members)
      if (auto const* const part = std::get_if<Standard>(&member.node)) visit(*part, member.weight);
  };
  if (auto const* const sum = std::get_if<WeightedSum>(&model.atomic)) members(*sum);
  if (auto const* const zbl = std::get_if<ZblSwitch>(&model.atomic)) members(*zbl);
}

/// Calls `visit` with every table of pair energies of the model, and its weight.
template <class Visit>
void for_each_table(Model const& model, Visit const& visit) {
  if (auto const* const table = std::get_if<PairTable>(&model.atomic)) visit(*table, 1.0);
  auto const members = [&](WeightedSum const& sum) {
    for (Summand const& member : sum.members)
      if (auto const* const table = std::get_if<PairTable>(&member.node)) visit(*table, member.weight);
  };
  if (auto const* const sum = std::get_if<WeightedSum>(&model.atomic)) members(*sum);
  if (auto const* const zbl = std::get_if<ZblSwitch>(&model.atomic)) members(*zbl);
}

/// Calls `visit` with every descriptor of the model that is no hybrid, in the order of their columns.
template <class Visit>
void for_each_descriptor(Model const& model, Visit const& visit) {
  for_each_standard(model,
                    [&](Standard const& part, double) { for_each_descriptor(part.descriptor, visit); });
}

/// The longest distance at which atoms notice each other, Angstrom.
inline double cutoff(Model const& model) {
  double longest = 0.0;
  for_each_descriptor(model, [&](auto const& d) { longest = std::max(longest, d.rcut); });
  for_each_table(model, [&](PairTable const& table, double) { longest = std::max(longest, table.rcut); });
  if (auto const* const allegro = std::get_if<Allegro>(&model.atomic)) longest = allegro->cutoff();
  return longest;
}

/// The neighbours that the switch of a ZblSwitch looks at: those of the member with the larger sel.
struct SwitchNeighbours {
  bool of_nets;          ///< whether that is the nets
  double cutoff;         ///< Angstrom
  std::vector<int> sel;  ///< of each type, or (1) of all types together; of a hybrid descriptor the largest
};

/// Those of this one, which has nets and a table.
inline SwitchNeighbours neighbours_of_switch(ZblSwitch const& zbl) {
  DescriptorModel const& descriptor = std::get<Standard>(zbl.members[0].node).descriptor;
  auto const& table = std::get<PairTable>(zbl.members[1].node);
  auto const sum = [](std::vector<int> const& n) { return std::accumulate(n.begin(), n.end(), 0); };
  std::vector<int> sel;
  for_each_descriptor(descriptor, [&](auto const& d) {
    if (sel.empty() || sum(d.sel_list()) > sum(sel)) sel = d.sel_list();
  });
  if (sum(sel) > sum(table.sel)) return {true, cutoff(descriptor), sel};
  return {false, table.rcut, table.sel};
}

/// The fitting that says what parameters a caller has to give; one without nets where there are none.
inline Fitting const& fitting_of(Model const& model) {
  static Fitting const none;
  Fitting const* found = &none;
  for_each_standard(model, [&](Standard const& part, double) {
    if (found == &none || found->fparam + found->aparam == 0) found = &part.fitting;
  });
  return *found;
}

/// What the model gives of each atom.
inline Quantity const& quantity_of(Model const& model) { return fitting_of(model).head.quantity; }

/// Per type: whether the model gives anything for its atoms.
inline std::vector<char> types_with_outputs(Model const& model) {
  Fitting const& fitting = fitting_of(model);
  std::vector<char> result(model.type_map.size(), 1);
  for (std::size_t t = 0; t < result.size(); ++t)
    if (model.atom_excluded[t] != 0 || (!fitting.mixed() && fitting.nets[t].empty())) result[t] = 0;
  return result;
}

inline void LongRange::check(Check const& at, Model const& model) const {
  at.in("model").require(dipole != nullptr, "expected a model of dipoles, found none");
  dipole->check();
  Quantity const& quantity = quantity_of(*dipole);
  at.in("model").require(quantity.kind == Quantity::Kind::dipole && !dipole->long_range,
                         "expected a model of dipoles, found one of ", quantity.in_words());
  at.in("model").require(dipole->type_map == model.type_map,
                         "expected a model of dipoles with the types of the model of energies");
  at.require(quantity_of(model).is_energy(), "expected a model of energies, found one of ",
             quantity_of(model).in_words());
  at.in("sys_charge_map").numbers(ion_charge, at.types());
  at.in("model_charge_map").numbers(centroid_charge, at.types());
  std::vector<char> const selected = types_with_outputs(*dipole);
  for (std::size_t t = 0; t < at.types(); ++t)
    at.in("model_charge_map")
        .require(centroid_charge[t] == 0.0 || selected[t] != 0, "a charge of ", centroid_charge[t],
                 " for the type ", at.type_name(t), ", which has no dipole");
  at.in("ewald_beta").require(std::isfinite(beta) && beta > 0.0, "expected a positive number, found ", beta);
  at.in("ewald_h").require(std::isfinite(spacing) && spacing > 0.0, "expected a positive length, found ",
                           spacing);
}

/// For programs that need energies. \throws dp::Error, naming what the model gives, unless it is energies
inline void require_energies(Model const& model) {
  Quantity const& quantity = quantity_of(model);
  if (!quantity.is_energy())
    fail(model.source, ": expected a model of energies; this one gives ", quantity.in_words(),
         " (dp-eval prints that)");
}

/// M of the widest embedding.
inline int width(Model const& model) {
  struct Channels {
    int operator()(SeA const& d) const { return d.channels(); }
    int operator()(SeR const& d) const { return d.width(); }
    int operator()(Attention const& d) const { return d.embedding.width(); }
    int operator()(SeT const& d) const { return d.width(); }
    int operator()(SeTTyped const& d) const { return d.embedding.width(); }
  };
  int widest = 0;
  for_each_descriptor(model, [&](auto const& d) { widest = std::max(widest, Channels{}(d)); });
  return widest;
}

/// Whether the energy depends on the type of the frame's first atom: see Attention::Pads.
inline bool depends_on_first_type(Model const& model) {
  struct Depends {
    bool operator()(Environment const&) const { return false; }
    bool operator()(Attention const& d) const { return d.depends_on_first_type(); }
  };
  bool depends = false;
  for_each_descriptor(model, [&](auto const& d) { depends = depends || Depends{}(d); });
  return depends && model.ntypes() > 1;
}

/// The energy that each type has besides what its nets and tables give, eV; far from the table of a
/// ZblSwitch. Of a model of energies.
inline std::vector<double> energy_bias(Model const& model) {
  struct Bias {
    std::vector<double> operator()(Standard const& part) const {
      std::vector<double> bias = part.out_bias;
      for (std::size_t t = 0; t < bias.size(); ++t) bias[t] += part.fitting.bias_atom_e[t];
      return bias;
    }
    std::vector<double> operator()(PairTable const& table) const { return table.out_bias; }
    std::vector<double> operator()(Allegro const& allegro) const { return allegro.shift; }
    std::vector<double> operator()(WeightedSum const& sum) const {
      std::vector<double> bias = sum.out_bias;
      for (Summand const& member : sum.members) add(member, bias);
      return bias;
    }
    std::vector<double> operator()(ZblSwitch const& zbl) const {
      std::vector<double> bias = zbl.out_bias;
      add(zbl.members.front(), bias);
      return bias;
    }
    void add(Summand const& member, std::vector<double>& bias) const {
      std::vector<double> const own = std::visit(*this, member.node);
      for (std::size_t t = 0; t < bias.size(); ++t)
        if (!member.atom_excluded[t]) bias[t] += member.weight * own[t];
    }
  };
  return std::visit(Bias{}, model.atomic);
}

}  // namespace dp
