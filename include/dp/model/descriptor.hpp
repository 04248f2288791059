// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <dp/model/attention.hpp>
#include <dp/model/check.hpp>
#include <dp/model/three_body.hpp>
#include <dp/model/two_body.hpp>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

namespace dp {

struct DescriptorModel;

/// Several descriptors, whose columns stand side by side in this order.
struct Hybrid {
  std::vector<DescriptorModel> members;  ///< at least one

  int dimension() const;              ///< columns of the descriptor
  void check(Check const& at) const;  ///< throws dp::Error, with the place, unless it can be evaluated
};

/// From the surroundings of an atom to numbers that do not change when they are turned.
struct DescriptorModel {
  std::variant<SeA, SeR, Attention, SeT, SeTTyped, Hybrid> node;  ///< which

  /// Columns of the descriptor.
  int dimension() const {
    return std::visit([](auto const& d) { return d.dimension(); }, node);
  }
  /// Throws dp::Error, with the place, unless it can be evaluated.
  void check(Check const& at) const {
    std::visit([&](auto const& d) { d.check(at); }, node);
  }
};

inline int Hybrid::dimension() const {
  int sum = 0;
  for (DescriptorModel const& member : members) sum += member.dimension();
  return sum;
}

/// Calls `visit` with every descriptor that is no hybrid, in the order of their columns.
template <class Visit>
void for_each_descriptor(DescriptorModel const& descriptor, Visit const& visit) {
  if (auto const* const hybrid = std::get_if<Hybrid>(&descriptor.node)) {
    for (DescriptorModel const& member : hybrid->members) for_each_descriptor(member, visit);
    return;
  }
  std::visit(
      [&](auto const& d) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(d)>, Hybrid>) visit(d);
      },
      descriptor.node);
}

/// The longest distance at which a descriptor sees neighbours, Angstrom.
inline double cutoff(DescriptorModel const& descriptor) {
  double longest = 0.0;
  for_each_descriptor(descriptor, [&](auto const& d) { longest = std::max(longest, d.rcut); });
  return longest;
}

/// The channels of a descriptor that have vectors, which turn with the atoms (rows 1 to 3 of T).
inline int vector_channels(DescriptorModel const& descriptor) {
  struct Channels {
    int operator()(SeA const& d) const { return d.channels(); }
    int operator()(SeR const&) const { return 0; }
    int operator()(Attention const& d) const { return d.embedding.width(); }
    int operator()(SeT const&) const { return 0; }
    int operator()(SeTTyped const&) const { return 0; }
  };
  int sum = 0;
  for_each_descriptor(descriptor, [&](auto const& d) { sum += Channels{}(d); });
  return sum;
}

inline void Hybrid::check(Check const& at) const {
  at.in("list").require(!members.empty(), "expected at least one descriptor, found none");
  for (std::size_t i = 0; i < members.size(); ++i) members[i].check(at.in("list/" + std::to_string(i)));
}

}  // namespace dp
