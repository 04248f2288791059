// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <iterator>
#include <string_view>

namespace examples {

struct Element {
  std::string_view symbol;
  double mass = 0.0;  ///< g/mol; 0 where no isotope is found in nature
};

/// The elements by atomic number, from 1, with standard atomic weights (IUPAC 2021, abridged).
inline constexpr Element elements[] = {
    {"H", 1.008},   {"He", 4.0026}, {"Li", 6.94},   {"Be", 9.0122}, {"B", 10.81},   {"C", 12.011},
    {"N", 14.007},  {"O", 15.999},  {"F", 18.998},  {"Ne", 20.180}, {"Na", 22.990}, {"Mg", 24.305},
    {"Al", 26.982}, {"Si", 28.085}, {"P", 30.974},  {"S", 32.06},   {"Cl", 35.45},  {"Ar", 39.95},
    {"K", 39.098},  {"Ca", 40.078}, {"Sc", 44.956}, {"Ti", 47.867}, {"V", 50.942},  {"Cr", 51.996},
    {"Mn", 54.938}, {"Fe", 55.845}, {"Co", 58.933}, {"Ni", 58.693}, {"Cu", 63.546}, {"Zn", 65.38},
    {"Ga", 69.723}, {"Ge", 72.630}, {"As", 74.922}, {"Se", 78.971}, {"Br", 79.904}, {"Kr", 83.798},
    {"Rb", 85.468}, {"Sr", 87.62},  {"Y", 88.906},  {"Zr", 91.224}, {"Nb", 92.906}, {"Mo", 95.95},
    {"Tc", 0},      {"Ru", 101.07}, {"Rh", 102.91}, {"Pd", 106.42}, {"Ag", 107.87}, {"Cd", 112.41},
    {"In", 114.82}, {"Sn", 118.71}, {"Sb", 121.76}, {"Te", 127.60}, {"I", 126.90},  {"Xe", 131.29},
    {"Cs", 132.91}, {"Ba", 137.33}, {"La", 138.91}, {"Ce", 140.12}, {"Pr", 140.91}, {"Nd", 144.24},
    {"Pm", 0},      {"Sm", 150.36}, {"Eu", 151.96}, {"Gd", 157.25}, {"Tb", 158.93}, {"Dy", 162.50},
    {"Ho", 164.93}, {"Er", 167.26}, {"Tm", 168.93}, {"Yb", 173.05}, {"Lu", 174.97}, {"Hf", 178.49},
    {"Ta", 180.95}, {"W", 183.84},  {"Re", 186.21}, {"Os", 190.23}, {"Ir", 192.22}, {"Pt", 195.08},
    {"Au", 196.97}, {"Hg", 200.59}, {"Tl", 204.38}, {"Pb", 207.2},  {"Bi", 208.98}, {"Po", 0},
    {"At", 0},      {"Rn", 0},      {"Fr", 0},      {"Ra", 0},      {"Ac", 0},      {"Th", 232.04},
    {"Pa", 231.04}, {"U", 238.03},  {"Np", 0},      {"Pu", 0},      {"Am", 0},      {"Cm", 0},
    {"Bk", 0},      {"Cf", 0},      {"Es", 0},      {"Fm", 0},      {"Md", 0},      {"No", 0},
    {"Lr", 0},      {"Rf", 0},      {"Db", 0},      {"Sg", 0},      {"Bh", 0},      {"Hs", 0},
    {"Mt", 0},      {"Ds", 0},      {"Rg", 0},      {"Cn", 0},      {"Nh", 0},      {"Fl", 0},
    {"Mc", 0},      {"Lv", 0},      {"Ts", 0},      {"Og", 0}};

/// Chemical symbol of an atomic number; empty where there is none.
inline std::string_view symbol_of(std::int64_t number) {
  return number >= 1 && number <= std::ssize(elements) ? elements[number - 1].symbol : std::string_view();
}

/// Atomic number of a chemical symbol; 0 where it is none.
inline std::int64_t atomic_number(std::string_view symbol) {
  for (auto const& element : elements)
    if (element.symbol == symbol) return &element - elements + 1;
  return 0;
}

/// Standard mass of an element (D is deuterium), g/mol; 0 for an unknown one.
inline double standard_mass(std::string_view element) {
  if (element == "D") return 2.014;
  auto const number = atomic_number(element);
  return number > 0 ? elements[number - 1].mass : 0.0;
}

}  // namespace examples
