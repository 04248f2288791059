// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <dp/model/element.hpp>
#include <string_view>
#include <vector>

namespace dp {

namespace detail {

/// A subshell, as 3d.
struct Subshell {
  int n, l;
  friend constexpr bool operator==(Subshell const&, Subshell const&) = default;
};

/// In the order in which they fill (Madelung's rule).
inline constexpr std::array<Subshell, 19> filling{{{1, 0},
                                                   {2, 0},
                                                   {2, 1},
                                                   {3, 0},
                                                   {3, 1},
                                                   {4, 0},
                                                   {3, 2},
                                                   {4, 1},
                                                   {5, 0},
                                                   {4, 2},
                                                   {5, 1},
                                                   {6, 0},
                                                   {4, 3},
                                                   {5, 2},
                                                   {6, 1},
                                                   {7, 0},
                                                   {5, 3},
                                                   {6, 2},
                                                   {7, 1}}};

/// Electrons that are elsewhere in an element's ground state than the rule says, as DeePMD-kit has them.
struct Moved {
  int z, electrons;
  Subshell from, to;
};
inline constexpr std::array<Moved, 21> moved{{
    {24, 1, {4, 0}, {3, 2}},   // Cr
    {29, 1, {4, 0}, {3, 2}},   // Cu
    {41, 1, {5, 0}, {4, 2}},   // Nb
    {42, 1, {5, 0}, {4, 2}},   // Mo
    {44, 1, {5, 0}, {4, 2}},   // Ru
    {45, 1, {5, 0}, {4, 2}},   // Rh
    {46, 2, {5, 0}, {4, 2}},   // Pd
    {47, 1, {5, 0}, {4, 2}},   // Ag
    {57, 1, {4, 3}, {5, 2}},   // La
    {58, 1, {4, 3}, {5, 2}},   // Ce
    {64, 1, {4, 3}, {5, 2}},   // Gd
    {78, 1, {6, 0}, {5, 2}},   // Pt
    {79, 1, {6, 0}, {5, 2}},   // Au
    {89, 1, {5, 3}, {6, 2}},   // Ac
    {90, 2, {5, 3}, {6, 2}},   // Th
    {91, 1, {5, 3}, {6, 2}},   // Pa
    {92, 1, {5, 3}, {6, 2}},   // U
    {93, 1, {5, 3}, {6, 2}},   // Np
    {96, 1, {5, 3}, {6, 2}},   // Cm
    {110, 1, {7, 0}, {6, 2}},  // Ds
    {111, 1, {7, 0}, {6, 2}},  // Rg
}};

}  // namespace detail

/// The electrons of an element's free atom in its ground state, as nets of type embeddings see them
/// (`use_econf_tebd`): two entries for each orbital 1s 2s 2p 3s 3p 3d 4s 4p 4d 4f 5s 5p 5d 5f 6s 6p 6d 7s 7p,
/// 118 in all, -1 and 1 where one electron is in it, both 1 where two are, else both -1, divided by the root
/// of 118. Orbitals of a subshell take one electron each before one takes two. Empty for names that are no
/// element's.
inline std::vector<double> electron_configuration(std::string_view element) {
  int const z = atomic_number(element);
  if (z == 0) return {};
  auto const electrons_in = [z](detail::Subshell const& shell) {
    int rest = z, count = 0;
    for (detail::Subshell const& next : detail::filling) {
      int const taken = std::min(rest, 2 * (2 * next.l + 1));
      if (next == shell) count = taken;
      rest -= taken;
    }
    for (detail::Moved const& moved : detail::moved) {
      if (moved.z != z) continue;
      if (moved.from == shell) count -= moved.electrons;
      if (moved.to == shell) count += moved.electrons;
    }
    return count;
  };
  std::vector<double> out;
  for (int n = 1; n <= 7; ++n)
    for (int l = 0; l < n; ++l) {
      detail::Subshell const shell{n, l};
      if (std::find(detail::filling.begin(), detail::filling.end(), shell) == detail::filling.end()) continue;
      int const orbitals = 2 * l + 1, electrons = electrons_in(shell);
      for (int orbital = 0; orbital < orbitals; ++orbital)
        for (int electron : {orbital + orbitals, orbital}) out.push_back(electron < electrons ? 1.0 : -1.0);
    }
  for (double& entry : out) entry /= std::sqrt(static_cast<double>(out.size()));
  return out;
}

}  // namespace dp
