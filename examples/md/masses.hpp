// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <map>
#include <string_view>
#include <utility>

#include "common/structure.hpp"

namespace md {

/// Standard atomic weights (IUPAC 2021, abridged), g/mol; 0 for an unknown element.
inline double standard_mass(std::string_view element) {
  static constexpr std::pair<std::string_view, double> table[] = {
      {"H", 1.008},   {"D", 2.014},   {"He", 4.0026}, {"Li", 6.94},   {"Be", 9.0122}, {"B", 10.81},
      {"C", 12.011},  {"N", 14.007},  {"O", 15.999},  {"F", 18.998},  {"Ne", 20.180}, {"Na", 22.990},
      {"Mg", 24.305}, {"Al", 26.982}, {"Si", 28.085}, {"P", 30.974},  {"S", 32.06},   {"Cl", 35.45},
      {"Ar", 39.95},  {"K", 39.098},  {"Ca", 40.078}, {"Sc", 44.956}, {"Ti", 47.867}, {"V", 50.942},
      {"Cr", 51.996}, {"Mn", 54.938}, {"Fe", 55.845}, {"Co", 58.933}, {"Ni", 58.693}, {"Cu", 63.546},
      {"Zn", 65.38},  {"Ga", 69.723}, {"Ge", 72.630}, {"As", 74.922}, {"Se", 78.971}, {"Br", 79.904},
      {"Kr", 83.798}, {"Rb", 85.468}, {"Sr", 87.62},  {"Y", 88.906},  {"Zr", 91.224}, {"Nb", 92.906},
      {"Mo", 95.95},  {"Ru", 101.07}, {"Rh", 102.91}, {"Pd", 106.42}, {"Ag", 107.87}, {"Cd", 112.41},
      {"In", 114.82}, {"Sn", 118.71}, {"Sb", 121.76}, {"Te", 127.60}, {"I", 126.90},  {"Xe", 131.29},
      {"Cs", 132.91}, {"Ba", 137.33}, {"La", 138.91}, {"Ce", 140.12}, {"Pr", 140.91}, {"Nd", 144.24},
      {"Sm", 150.36}, {"Eu", 151.96}, {"Gd", 157.25}, {"Tb", 158.93}, {"Dy", 162.50}, {"Ho", 164.93},
      {"Er", 167.26}, {"Tm", 168.93}, {"Yb", 173.05}, {"Lu", 174.97}, {"Hf", 178.49}, {"Ta", 180.95},
      {"W", 183.84},  {"Re", 186.21}, {"Os", 190.23}, {"Ir", 192.22}, {"Pt", 195.08}, {"Au", 196.97},
      {"Hg", 200.59}, {"Tl", 204.38}, {"Pb", 207.2},  {"Bi", 208.98}, {"Th", 232.04}, {"Pa", 231.04},
      {"U", 238.03},
  };
  for (auto const& [name, mass] : table)
    if (name == element) return mass;
  return 0.0;
}

/// The mass of each atom, g/mol: what the input says of its element, else the structure file of the atom,
/// else the table.
inline std::vector<double> masses_of(examples::Structure const& structure,
                                     std::map<std::string, double> const& given) {
  std::vector<double> masses;
  masses.reserve(structure.elements.size());
  for (std::size_t i = 0; i < structure.elements.size(); ++i) {
    std::string const& element = structure.elements[i];
    auto const found = given.find(element);
    double const mass = found != given.end()        ? found->second
                        : !structure.masses.empty() ? structure.masses[i]
                                                    : standard_mass(element);
    if (!(mass > 0.0))
      dp::fail("the mass of element '", element,
               "' is not known; add it to structure.masses of the input file");
    masses.push_back(mass);
  }
  return masses;
}

}  // namespace md
