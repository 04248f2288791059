// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <dp/model/model.hpp>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

namespace dp::detail {

/// Files of compressed models may keep the nets, which say more.
inline std::vector<std::string> remarks_on_tables(Model const& model) {
  struct Both {
    bool operator()(TypedEmbedding const& e) const {
      return (!e.net.empty() && !e.table.empty()) || (!e.strip_net.empty() && !e.modulations.empty());
    }
    bool operator()(Attention const& d) const { return (*this)(d.embedding); }
    bool operator()(SeT const& d) const { return both(d.nets, d.tables); }
    bool operator()(SeTTyped const& d) const { return (*this)(d.embedding); }
    bool operator()(SeA const& d) const {
      return d.typed ? (*this)(*d.typed) : (*this)(static_cast<TwoBody const&>(d));
    }
    bool operator()(TwoBody const& d) const { return both(d.nets, d.tables); }
    static bool both(std::vector<Net> const& nets, std::vector<EmbeddingTable> const& tables) {
      for (std::size_t i = 0; i < tables.size(); ++i)
        if (!tables[i].empty() && !nets[i].empty()) return true;
      return false;
    }
  };
  bool both = false;
  for_each_descriptor(model, [&](auto const& d) { both = both || Both{}(d); });
  if (!both) return {};
  return {"holds nets and tables of them; the nets are evaluated"};
}

/// Where energies depend on which atom a structure begins with.
inline std::vector<std::string> remarks_on_order(Model const& model) {
  if (!depends_on_first_type(model)) return {};
  return {
      "counts neighbours that sel misses as atoms of the type of the first atom, that of the lowest ID, as "
      "davg is not zero: energies depend on which atom is first"};
}

/// Where tables of pair energies end before these are zero.
inline std::vector<std::string> remarks_on_pairs(Model const& model) {
  constexpr double noticed = 1e-4;  // eV
  double largest = 0.0;
  for_each_table(model, [&](PairTable const& table, double weight) {
    largest = std::max(largest, std::abs(weight) * table.last_step());
  });
  if (largest < noticed) return {};
  std::ostringstream text;
  text
      << "has a table of pair energies that is not zero where it ends: energies of pairs jump there by up to "
      << largest << " eV";
  return {text.str()};
}

/// Where the switch between nets and a table ends beyond the neighbours that it looks at.
inline std::vector<std::string> remarks_on_switch(Model const& model) {
  auto const* const zbl = std::get_if<ZblSwitch>(&model.atomic);
  if (zbl == nullptr) return {};
  double const cutoff = neighbours_of_switch(*zbl).cutoff;
  if (zbl->outer <= cutoff) return {};
  std::ostringstream text;
  text << "has a switch between nets and table that ends (sw_rmax, " << zbl->outer
       << " A) beyond the neighbours that it looks at (" << cutoff << " A): energies jump there";
  return {text.str()};
}

}  // namespace dp::detail
