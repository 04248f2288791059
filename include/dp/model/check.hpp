// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <cstddef>
#include <dp/core/error.hpp>
#include <string>
#include <utility>
#include <vector>

namespace dp {

/// A place in a model, for the check() of its nodes: what is found wrong is reported with the model's source
/// and the place, as readers name it: "water.dp: model/descriptor/rcut: expected ...".
class Check {
 public:
  /// The model itself; `types`: names of its types.
  Check(std::string source, std::vector<std::string> types)
      : m_source(source.empty() ? "model" : std::move(source)), m_types(std::move(types)), m_place("model") {}

  /// A place below.
  Check in(std::string const& name) const {
    Check below = *this;
    below.m_place += "/" + name;
    return below;
  }

  /// Throws dp::Error with these words unless `condition`.
  template <class... Parts>
  void require(bool condition, Parts const&... parts) const {
    if (!condition) fail(m_source, ": ", m_place, ": ", parts...);
  }

  /// An array has so many entries.
  void size(std::size_t found, std::size_t expected) const {
    require(found == expected, "expected ", expected, " entries, found ", found);
  }

  /// All numbers are finite.
  void finite(std::vector<double> const& values) const {
    for (std::size_t i = 0; i < values.size(); ++i)
      require(std::isfinite(values[i]), "expected finite numbers, found ", values[i], " at entry ", i);
  }

  /// So many finite numbers.
  void numbers(std::vector<double> const& values, std::size_t expected) const {
    size(values.size(), expected);
    finite(values);
  }

  /// A number for each pair of types, the same for centre and neighbour exchanged.
  void symmetric(std::vector<char> const& table) const {
    size(table.size(), types() * types());
    for (std::size_t pair = 0; pair < table.size(); ++pair)
      require((table[pair] != 0) == (table[pair % types() * types() + pair / types()] != 0),
              "expected a symmetric table, found it otherwise for ", pair_name(pair));
  }

  std::size_t types() const { return m_types.size(); }                            ///< number of types
  std::string const& type_name(std::size_t type) const { return m_types[type]; }  ///< name of a type

  /// Centre and neighbour of centre * ntypes + neighbour.
  std::string pair_name(std::size_t pair) const {
    return "centre " + m_types[pair / types()] + ", neighbour " + m_types[pair % types()];
  }

 private:
  std::string m_source;
  std::vector<std::string> m_types;
  std::string m_place;
};

}  // namespace dp
