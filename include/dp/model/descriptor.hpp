// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/model/attention.hpp>
#include <dp/model/check.hpp>
#include <dp/model/se_a.hpp>
#include <dp/model/se_r.hpp>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

namespace dp {

struct Descriptor;

/// Several descriptors, whose columns stand side by side in this order.
struct Hybrid {
  std::vector<Descriptor> members;  ///< at least one

  int dimension() const;              ///< columns of the descriptor
  void check(Check const& at) const;  ///< throws dp::Error, with the place, unless it can be evaluated
};

/// From the surroundings of an atom to numbers that do not change when they are turned.
struct Descriptor {
  std::variant<SeA, SeR, Attention, Hybrid> node;  ///< which

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
  for (Descriptor const& member : members) sum += member.dimension();
  return sum;
}

inline void Hybrid::check(Check const& at) const {
  at.in("list").require(!members.empty(), "expected at least one descriptor, found none");
  for (std::size_t i = 0; i < members.size(); ++i) members[i].check(at.in("list/" + std::to_string(i)));
}

/// Calls `visit` with every descriptor that is no hybrid, in the order of their columns.
template <class Visit>
void for_each_descriptor(Descriptor const& descriptor, Visit const& visit) {
  if (auto const* const hybrid = std::get_if<Hybrid>(&descriptor.node)) {
    for (Descriptor const& member : hybrid->members) for_each_descriptor(member, visit);
    return;
  }
  std::visit(
      [&](auto const& d) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(d)>, Hybrid>) visit(d);
      },
      descriptor.node);
}

}  // namespace dp
