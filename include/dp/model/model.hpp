// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <dp/model/check.hpp>
#include <dp/model/descriptor.hpp>
#include <dp/model/fitting.hpp>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace dp {

/// A descriptor, and nets that make the atomic energy of it.
struct Standard {
  DescriptorModel descriptor;    ///< from surroundings to descriptor
  Fitting fitting;               ///< from descriptor to energy
  std::vector<double> out_bias;  ///< per type, eV, added to the atomic energy

  /// Throws dp::Error, with the place, unless it can be evaluated.
  void check(Check const& at) const {
    descriptor.check(at.in("descriptor"));
    fitting.check(at.in("fitting"), descriptor.dimension());
    at.in("@variables/out_bias").numbers(out_bias, at.types());
  }
};

/// What gives each atom its energy. Other kinds join the list; every visitor then has to say what they mean.
using Atomic = std::variant<Standard>;

/// A Deep Potential model as plain host data: what every reader produces, and what lower() makes a Network
/// of. `io/read_model.hpp` reads one.
struct Model {
  std::string source;                   ///< where it came from, for messages
  std::vector<std::string> type_map;    ///< element names; a type is an index into it
  Atomic atomic;                        ///< atomic energies
  std::vector<char> atom_excluded;      ///< per type: energy exactly zero (atom_exclude_types)
  std::vector<char> pair_excluded;      ///< per pair: not neighbours of each other (pair_exclude_types)
  std::optional<double> min_nbor_dist;  ///< nearest distance in the training data, Angstrom
  /// What the reader of the file decided and a user should know once, in short sentences without the file's
  /// name: "holds nets and tables of them; the nets are evaluated".
  std::vector<std::string> remarks;

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
  }
};

/// Calls `visit` with every descriptor of the model that is no hybrid, in the order of their columns.
template <class Visit>
void for_each_descriptor(Model const& model, Visit const& visit) {
  std::visit([&](Standard const& part) { for_each_descriptor(part.descriptor, visit); }, model.atomic);
}

/// The longest distance at which atoms notice each other, Angstrom.
inline double cutoff(Model const& model) {
  return std::visit([](Standard const& part) { return cutoff(part.descriptor); }, model.atomic);
}

/// The fitting, which says what parameters a caller has to give.
inline Fitting const& fitting_of(Model const& model) {
  return std::visit([](Standard const& part) -> Fitting const& { return part.fitting; }, model.atomic);
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

/// The energy that each type has besides what its net gives, eV.
inline std::vector<double> energy_bias(Model const& model) {
  return std::visit(
      [](Standard const& part) {
        std::vector<double> bias = part.fitting.bias_atom_e;
        for (std::size_t t = 0; t < bias.size(); ++t) bias[t] += part.out_bias[t];
        return bias;
      },
      model.atomic);
}

}  // namespace dp
