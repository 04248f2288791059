// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <dp/io/known_keys.hpp>
#include <dp/io/tree_cursor.hpp>
#include <dp/model/environment.hpp>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

namespace dp::detail {

/// A symmetric table (ntypes x ntypes) of the pairs of types listed under a key that may be absent.
inline std::vector<char> read_pairs(Cursor const& parent, char const* key, int ntypes) {
  auto const n = static_cast<std::size_t>(ntypes);
  std::vector<char> table(n * n, 0);
  std::optional<Cursor> const pairs = parent.find(key);
  if (!pairs) return table;
  for (Cursor const& entry : pairs->list("a list of pairs of types")) {
    std::vector<int> const pair = entry.integers(0, ntypes - 1);
    if (pair.size() != 2) entry.refuse("a pair of types");
    auto const a = static_cast<std::size_t>(pair[0]);
    auto const b = static_cast<std::size_t>(pair[1]);
    table[a * n + b] = table[b * n + a] = 1;
  }
  return table;
}

/// Cutoffs and protection of the environment matrix stand in the descriptor; its own map, "env_mat", repeats
/// them. There, "float32_cutoffs" says that they act rounded to float, as in TensorFlow's graphs (the key is
/// ours, and DeePMD-kit does not look at it).
inline void read_cutoffs(Cursor const& node, Environment& environment) {
  environment.rcut = node["rcut"].number("a positive number");
  environment.rcut_smth = node["rcut_smth"].number("a number of at least 0");
  if (std::optional<Cursor> const protection = node.find("env_protection"))
    environment.protection = protection->number();
  std::optional<Cursor> const map = node.find("env_mat");
  if (!map) return;
  if (std::optional<Cursor> const flag = map->find("use_exp_switch"); flag && flag->flag())
    flag->refuse("false: the exponential switch function is not supported");
  check_keys(*map, {"rcut", "rcut_smth", "protection", "float32_cutoffs"});
  environment.float32_cutoffs = read_flag(*map, "float32_cutoffs", false);
}

/// The number of neighbours of all types together: sel, or the sum of a list.
inline int read_shared_sel(Cursor const& sel) {
  std::vector<int> const numbers = sel.node().as<Node::List>() != nullptr
                                       ? sel.integers(0, 100'000)
                                       : std::vector<int>{sel.integer(1, 100'000)};
  return std::accumulate(numbers.begin(), numbers.end(), 0);
}

/// Statistics (ntypes, the sum of `slots`, components), constant over the slots of one group of neighbours,
/// compacted to one row per centre type and group. Groups without slots take the row of another group.
/// `unused`: of the components that are not there.
inline std::vector<RowNumbers> read_statistics(Cursor const& node, std::size_t ntypes,
                                               std::vector<int> const& slots, std::size_t components,
                                               double unused) {
  std::size_t const groups = slots.size();
  std::size_t count = 0;
  for (int const n : slots) count += static_cast<std::size_t>(n);
  std::vector<std::size_t> const& shape = node.array().shape;
  std::vector<std::size_t> const expected{ntypes, count, components};
  std::vector<std::size_t> const flat{ntypes, count * components};
  if (shape != expected && shape != flat)
    node.refuse("an array of shape (" + std::to_string(ntypes) + ", " + std::to_string(count) + ", " +
                std::to_string(components) + "), types by slots by components");
  std::vector<double> const& values = node.array().values;
  std::vector<RowNumbers> out(ntypes * groups, {unused, unused, unused, unused});
  for (std::size_t centre = 0; centre < ntypes; ++centre) {
    std::size_t slot = 0;
    std::optional<RowNumbers> any;
    for (std::size_t group = 0; group < groups; ++group) {
      RowNumbers& row = out[centre * groups + group];
      auto const own = static_cast<std::size_t>(slots[group]);
      for (std::size_t k = 0; k < own; ++k, ++slot)
        for (std::size_t c = 0; c < components; ++c) {
          double const value = values[(centre * count + slot) * components + c];
          if (k == 0) row[c] = value;
          if (!(std::abs(value - row[c]) <= 1e-13 * std::abs(row[c])))
            node.complain("expected one finite value for all neighbours of ",
                          groups > 1 ? "a type" : "a centre", ", found ", row[c], " and ", value,
                          " (centre type ", centre, ", slot ", slot, ", component ", c, ")");
        }
      if (own > 0 && !any) any = row;
    }
    for (std::size_t group = 0; any && group < groups; ++group)
      if (slots[group] == 0) out[centre * groups + group] = *any;
  }
  return out;
}

}  // namespace dp::detail
