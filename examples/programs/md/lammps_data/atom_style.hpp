// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/text.hpp"

namespace md {

/// The columns of section Atoms of a LAMMPS data file; three image flags may follow them.
struct AtomStyle {
  std::string name;
  std::vector<std::string> columns;  ///< id, type, x, y, z and others
  bool open = false;                 ///< any number of other columns may follow

  bool fits(std::size_t count) const {
    return count == columns.size() || count == columns.size() + 3 || (open && count > columns.size());
  }
  bool has_images(std::size_t count) const { return !open && count == columns.size() + 3; }
  std::string text() const {
    std::string result;
    for (std::string const& column : columns) result += (result.empty() ? "" : " ") + column;
    return result;
  }
  std::size_t find(std::string_view column) const {
    return static_cast<std::size_t>(std::find(columns.begin(), columns.end(), column) - columns.begin());
  }
};

/// Atom styles of LAMMPS and their columns, as its write_data has them; "..." stands for more.
inline constexpr std::pair<std::string_view, std::string_view> atom_style_table[] = {
    {"atomic", "id type x y z"},
    {"charge", "id type q x y z"},
    {"molecular", "id molecule type x y z"},
    {"bond", "id molecule type x y z"},
    {"angle", "id molecule type x y z"},
    {"full", "id molecule type q x y z"},
    {"amoeba", "id molecule type q x y z"},
    {"template", "id molecule template atom type x y z"},
    {"sphere", "id type diameter density x y z"},
    {"bpm/sphere", "id molecule type diameter density x y z"},
    {"ellipsoid", "id type flag density x y z"},
    {"line", "id molecule type flag density x y z"},
    {"tri", "id molecule type flag density x y z"},
    {"body", "id type flag mass x y z"},
    {"dipole", "id type q x y z mux muy muz"},
    {"spin", "id type x y z spx spy spz sp"},
    {"dielectric", "id molecule type q x y z mux muy muz area ed em epsilon curvature"},
    {"electron", "id type q spin radius x y z"},
    {"wavepacket", "id type q spin radius etag re im x y z"},
    {"peri", "id type volume density x y z"},
    {"smd", "id type molecule volume mass kradius cradius x0 y0 z0 x y z"},
    {"sph", "id type rho esph cv x y z"},
    {"rheo", "id type status rho x y z"},
    {"rheo/thermal", "id type status rho energy x y z"},
    {"dpd", "id type theta x y z"},
    {"edpd", "id type temperature cv x y z"},
    {"mdpd", "id type rho x y z"},
    {"tdpd", "id type x y z ..."},
    {"oxdna", "id type x y z"},
    {"hybrid", "id type x y z ..."},
};

/// The style of that name, also with a suffix of an accelerator ("atomic/kk"), as write_data has it.
inline std::optional<AtomStyle> find_atom_style(std::string_view name) {
  for (std::string_view const suffix : {"/device", "/host", "/kk", "/gpu", "/omp", "/opt", "/intel"})
    if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
  for (auto const& [known, text] : atom_style_table) {
    if (known != name) continue;
    AtomStyle style{std::string(name), {}, text.ends_with("...")};
    for (std::string_view const column : examples::words(text))
      if (column != "...") style.columns.emplace_back(column);
    return style;
  }
  return std::nullopt;
}

/// The styles that `count` columns may be where the file does not say: those of atoms, and spheres. A file
/// with bonds has molecules.
inline std::vector<AtomStyle> likely_atom_styles(std::size_t count, bool bonds) {
  std::vector<AtomStyle> styles;
  for (std::string_view const name : {"atomic", "charge", "molecular", "full", "sphere"}) {
    if (bonds && name != "molecular" && name != "full") continue;
    if (auto style = find_atom_style(name); style->fits(count)) styles.push_back(std::move(*style));
  }
  return styles;
}

}  // namespace md
