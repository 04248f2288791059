// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <string_view>

namespace dp {

/// Symbols of the elements by atomic number, from 1, three characters each.
inline constexpr std::string_view element_symbols =
    "H  He Li Be B  C  N  O  F  Ne Na Mg Al Si P  S  Cl Ar K  Ca Sc Ti V  Cr Mn Fe Co Ni Cu Zn Ga Ge As Se "
    "Br Kr Rb Sr Y  Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I  Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er "
    "Tm Yb Lu Hf Ta W  Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U  Np Pu Am Cm Bk Cf Es Fm Md No "
    "Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og ";

/// The atomic number of an element; 0 for names that are no element's.
inline constexpr int atomic_number(std::string_view element) {
  for (std::size_t at = 0; at < element_symbols.size() && !element.empty(); at += 3) {
    std::string_view const symbol = element_symbols.substr(at, 3);
    if (symbol.substr(0, symbol.find(' ')) == element) return static_cast<int>(at / 3) + 1;
  }
  return 0;
}

}  // namespace dp
