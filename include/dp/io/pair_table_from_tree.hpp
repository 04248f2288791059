// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <cstddef>
#include <dp/io/known_keys.hpp>
#include <dp/io/net_from_tree.hpp>
#include <dp/io/tree_cursor.hpp>
#include <dp/model/pair_table.hpp>
#include <optional>
#include <vector>

namespace dp::detail {

/// The whole number that an array of numbers has at a place.
inline std::size_t whole_number(Cursor const& node, double number, std::size_t most) {
  if (!(number >= 1.0 && number <= static_cast<double>(most)) || number != std::floor(number))
    node.complain("expected whole numbers from 1 to ", most, " of intervals and types, found ", number);
  return static_cast<std::size_t>(number);
}

/// A table of pair energies, as DeePMD-kit has made splines of it: `tab_info` says where it begins, the
/// length of its intervals, how many these are and of how many types. What its map says besides is the same,
/// or is what the splines were made of.
inline PairTable read_pair_table(Cursor const& node, std::size_t ntypes) {
  check_version(node, 2);
  Cursor const tab = node["tab"];
  check_version(tab, 1);
  check_keys(tab, {"@class", "@version", "@variables", "rmin", "rmax", "hh", "ntypes", "rcut", "nspline"});
  Cursor const variables = tab["@variables"];
  check_keys(variables, {"vdata", "tab_info", "tab_data"});
  PairTable table;
  table.rcut = node["rcut"].number();
  Cursor const sel = node["sel"];
  constexpr int most_sel = 100'000;
  if (sel.node().as<Node::List>() != nullptr)
    table.sel = sel.integers(0, most_sel);
  else
    table.sel = {sel.integer(0, most_sel)};
  Cursor const info = variables["tab_info"];
  std::vector<double> const& numbers = info.values(4);
  table.first = numbers[0];
  table.spacing = numbers[1];
  table.intervals = whole_number(info, numbers[2], 10'000'000);
  if (std::size_t const types = whole_number(info, numbers[3], 256); types != ntypes)
    info.complain("expected a table of ", ntypes, " types, found one of ", types);
  for (auto const& [key, value] : {std::pair("rmin", table.first), std::pair("hh", table.spacing)})
    if (std::optional<Cursor> const said = tab.find(key);
        said && std::abs(said->number() - value) > 1e-12 * std::abs(value))
      said->complain("expected ", value, ", as the splines of the table have it");
  table.coefficients = variables["tab_data"].values(ntypes * ntypes * table.intervals * PairTable::powers);
  return table;
}

}  // namespace dp::detail
