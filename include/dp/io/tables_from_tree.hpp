// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <cstddef>
#include <dp/io/known_keys.hpp>
#include <dp/io/tree.hpp>
#include <dp/io/tree_cursor.hpp>
#include <dp/model/embedding_table.hpp>
#include <optional>
#include <string>
#include <vector>

namespace dp::detail {

/// One table; `info`: where its rows begin and end, and how long they are. What the numbers must be to each
/// other is left to the check of the model. `symmetric`: it begins as far below 0 as it ends above.
inline EmbeddingTable read_table(Cursor const& data, Cursor const& info, bool symmetric = false) {
  EmbeddingTable table;
  Array const& array = data.array();
  if (array.values.empty()) return table;
  if (array.shape.size() != 2 || array.shape[1] % EmbeddingTable::coefficients != 0 ||
      array.shape[1] > 6'000'000)
    data.refuse("an array of shape (rows, 6 * channels)");
  table.width = static_cast<int>(array.shape[1] / EmbeddingTable::coefficients);
  table.data = array.values;
  std::vector<double> const& range = info.values(6);
  table.lower = range[0];
  table.upper = range[1];
  table.extrapolated = range[2];
  table.step = range[3];
  table.coarse_step = range[4];  // the sixth is of no use in an evaluation
  double const below = symmetric ? (table.extrapolated + table.lower) / table.coarse_step : 0.0;
  if (!(below >= 0.0 && below <= 1e8 && std::abs(below - std::round(below)) < 1e-6))
    info.refuse("coarse rows from minus the third number to the first, of which the fifth is the length");
  table.rows_below = static_cast<std::size_t>(std::round(below));
  return table;
}

/// The tables among the variables of a compressed descriptor, `count` of them; empty where an entry is null.
inline std::vector<EmbeddingTable> read_table_list(Cursor const& variables, std::size_t count,
                                                   bool symmetric = false) {
  Cursor const data = variables["compress_data"], info = variables["compress_info"];
  std::string const expected =
      count == 1 ? "a list of one array" : "a list of " + std::to_string(count) + " arrays, one for each net";
  std::vector<Cursor> const arrays = data.list(expected), ranges = info.list(expected);
  if (arrays.size() != count) data.refuse(expected);
  if (ranges.size() != count) info.refuse(expected);
  std::vector<EmbeddingTable> tables;
  for (std::size_t i = 0; i < count; ++i)
    tables.push_back(arrays[i].node().is_null() ? EmbeddingTable()
                                                : read_table(arrays[i], ranges[i], symmetric));
  return tables;
}

/// The tables of a compressed descriptor, `count` of them in the order of its nets; none if it has no key
/// "compress".
inline std::vector<EmbeddingTable> read_tables(Cursor const& descriptor, std::size_t count,
                                               bool symmetric = false) {
  std::optional<Cursor> const compress = descriptor.find("compress");
  if (!compress) return {};
  check_keys(*compress, {"@variables"});
  Cursor const variables = (*compress)["@variables"];
  check_keys(variables, {"compress_data", "compress_info"});
  return read_table_list(variables, count, symmetric);
}

}  // namespace dp::detail
