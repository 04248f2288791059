// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <dp/core/error.hpp>
#include <dp/input/box.hpp>
#include <numeric>
#include <string>
#include <vector>

namespace examples {

/// What a reader took from a file and what it left, for programs to say.
struct FileContents {
  std::vector<std::string> used;           ///< columns, keys or sections, as the file names them
  std::vector<std::string> unused;         ///< those that mean nothing here, such as forces
  std::string velocity_units;              ///< of the file's velocities and why, or empty: it has none
  std::string format = {};                 ///< with what the file says of itself: "LAMMPS data, units real"
  std::vector<std::string> notes = {};     ///< what was decided, in short sentences
  std::vector<std::string> warnings = {};  ///< what is probably wrong, as notes
};

/// Atoms in a box as a file describes them, on the host.
struct Structure {
  std::string source;                 ///< file and frame, for messages
  std::vector<std::string> elements;  ///< (N)
  std::vector<double> positions;      ///< (N x 3), Angstrom
  std::vector<double> velocities;     ///< (N x 3), Angstrom/ps, or empty
  std::vector<double> masses;         ///< (N), g/mol, or empty: isotopes are atoms of one element
  std::vector<std::int64_t> ids;      ///< (N), the file's own numbers of the atoms, or empty
  std::vector<double> energies;       ///< (N), potential energy, eV, or empty; written, not read
  std::vector<double> fparam;         ///< frame parameters, or empty
  std::vector<double> aparam;         ///< (N x aparam), or empty
  bool has_box = false;
  dp::Box box;
  FileContents contents;

  std::int64_t size() const { return static_cast<std::int64_t>(elements.size()); }
  double volume() const { return has_box ? box.volume() : 0.0; }  ///< cubic Angstrom
};

/// "not periodic", or along which vectors.
inline std::string say_periodic(dp::Box const& box) {
  std::string along;
  for (std::size_t k = 0; k < 3; ++k)
    if (box.periodic[k]) along += (along.empty() ? "" : ", ") + std::string(1, "abc"[k]);
  return along.empty() ? "not periodic" : "periodic along " + along;
}

/// "atom 3", counted from 1 and from `first`, with its number in the file where it has another.
inline std::string atom_name(Structure const& structure, std::size_t i, std::int64_t first = 0) {
  std::int64_t const number = static_cast<std::int64_t>(i) + first + 1;
  bool const named = i < structure.ids.size() && structure.ids[i] != number;
  return "atom " + std::to_string(number) + (named ? " (ID " + std::to_string(structure.ids[i]) + ")" : "");
}

/// The type of each atom: the index of its element in the model's type map. `first`: atoms before those of
/// the structure, for messages.
inline std::vector<int> types_of(Structure const& structure, std::vector<std::string> const& type_map,
                                 std::string const& model, std::int64_t first = 0) {
  std::vector<int> types;
  types.reserve(structure.elements.size());
  for (std::string const& element : structure.elements) {
    auto const found = std::find(type_map.begin(), type_map.end(), element);
    if (found == type_map.end()) {
      std::string known;
      for (std::string const& name : type_map) known += (known.empty() ? "" : ", ") + name;
      bool const number = element.find_first_not_of("0123456789") == element.npos;
      dp::fail(structure.source, ": ", atom_name(structure, types.size(), first), " is '", element,
               "', but the model ", model, " knows only ", known,
               number ? "; expected elements, or atomic numbers in a column Z:I:1" : "");
    }
    types.push_back(static_cast<int>(found - type_map.begin()));
  }
  return types;
}

/// Puts the atoms into the order of their numbers in the file. \throws dp::Error for a number that is there
/// twice
inline void sort_by_ids(Structure& structure) {
  std::vector<std::size_t> order(structure.ids.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return structure.ids[a] < structure.ids[b]; });
  auto const sort = [&](auto& values) {
    auto const old = values;
    std::size_t const width = old.size() / order.size();
    for (std::size_t k = 0; k < old.size(); ++k) values[k] = old[width * order[k / width] + k % width];
  };
  if (order.empty()) return;
  sort(structure.elements);
  for (auto* values : {&structure.positions, &structure.velocities, &structure.masses, &structure.energies,
                       &structure.aparam})
    if (!values->empty()) sort(*values);
  sort(structure.ids);
  auto const twice = std::adjacent_find(structure.ids.begin(), structure.ids.end());
  if (twice != structure.ids.end()) dp::fail(structure.source, ": atom ID ", *twice, " is there twice");
}

/// Atoms `first` ... `first + count - 1` of the structure repeated along its box vectors, first copy first.
/// Copies have no numbers of the file.
inline Structure replicate(Structure const& cell, std::array<std::int64_t, 3> const& copies,
                           std::int64_t first, std::int64_t count) {
  Structure result = cell;
  for (auto* values : {&result.positions, &result.velocities, &result.masses, &result.aparam})
    values->clear();
  result.elements.clear();
  result.ids.clear();
  bool const copied = copies[0] * copies[1] * copies[2] > 1;
  for (std::size_t v = 0; v < 3; ++v) {
    if (copies[v] > 1 && !cell.box.periodic[v])
      dp::fail(cell.source, ": cannot be replicated along box vector ", v + 1, ", which is not periodic");
    for (std::size_t k = 0; k < 3; ++k) result.box.h[3 * v + k] *= static_cast<double>(copies[v]);
  }
  auto const append = [&](auto& to, auto const& from, std::size_t j) {
    std::size_t const width = from.size() / cell.elements.size();
    for (std::size_t k = width * j; k < width * (j + 1); ++k) to.push_back(from[k]);
  };
  for (std::int64_t n = first; n < first + count; ++n) {
    std::int64_t const copy = n / cell.size();
    auto const j = static_cast<std::size_t>(n % cell.size());
    std::array<double, 3> const shift = {static_cast<double>(copy % copies[0]),
                                         static_cast<double>(copy / copies[0] % copies[1]),
                                         static_cast<double>(copy / copies[0] / copies[1])};
    append(result.elements, cell.elements, j);
    append(result.velocities, cell.velocities, j);
    append(result.masses, cell.masses, j);
    if (!copied) append(result.ids, cell.ids, j);
    append(result.aparam, cell.aparam, j);
    for (std::size_t k = 0; k < 3; ++k)
      result.positions.push_back(cell.positions[3 * j + k] + shift[0] * cell.box.h[k] +
                                 shift[1] * cell.box.h[3 + k] + shift[2] * cell.box.h[6 + k]);
  }
  return result;
}

/// All of it.
inline Structure replicate(Structure const& cell, std::array<std::int64_t, 3> const& copies) {
  return replicate(cell, copies, 0, cell.size() * copies[0] * copies[1] * copies[2]);
}

}  // namespace examples
