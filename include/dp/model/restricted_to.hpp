// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <dp/core/error.hpp>
#include <dp/model/model.hpp>
#include <dp/model/net_values.hpp>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace dp {

namespace detail {

/// The parts of a model that belong to the types that are kept.
class TypeChoice {
 public:
  /// `kept`: of `types` types, in the order that they have from now on.
  TypeChoice(std::vector<std::size_t> kept, std::size_t types) : m_kept(std::move(kept)), m_types(types) {}

  DescriptorModel operator()(DescriptorModel const& d) const {
    return {std::visit([this](auto const& node) { return decltype(d.node)((*this)(node)); }, d.node)};
  }

  SeA operator()(SeA const& d) const {
    SeA out = d;
    if (d.typed) out.typed = (*this)(*d.typed);
    narrow(d, 4, out, [&](std::size_t pair, double s) {
      std::size_t const neighbour = d.absent_type(pair % m_types, m_types);
      return d.typed ? d.typed->values(pair / m_types, neighbour, s, 1.0) : embedded(d, pair, s);
    });
    return out;
  }

  SeR operator()(SeR const& d) const {
    SeR out = d;
    narrow(d, 1, out, [&](std::size_t pair, double s) { return embedded(d, pair, s); });
    return out;
  }

  Attention operator()(Attention const& d) const {
    Attention out = d;
    out.mean = each(d.mean);
    out.stddev = each(d.stddev);
    out.excluded = pairs(d.excluded);
    out.embedding = (*this)(d.embedding);
    return out;
  }

  SeT operator()(SeT const& d) const {
    SeT out = d;
    out.sel = each(d.sel);
    out.mean = pairs(d.mean);
    out.stddev = pairs(d.stddev);
    out.excluded = pairs(d.excluded);
    out.nets = pairs(d.nets);
    if (!d.tables.empty()) out.tables = pairs(d.tables);
    return out;
  }

  SeTTyped operator()(SeTTyped const& d) const {
    SeTTyped out = d;
    out.mean = each(d.mean);
    out.stddev = each(d.stddev);
    out.excluded = pairs(d.excluded);
    out.embedding = (*this)(d.embedding);
    return out;
  }

  Hybrid operator()(Hybrid const& d) const {
    Hybrid out;
    for (DescriptorModel const& member : d.members) out.members.push_back((*this)(member));
    return out;
  }

  TypedEmbedding operator()(TypedEmbedding const& e) const {
    TypedEmbedding out = e;
    out.types.vectors = each(e.types.vectors);
    if (e.modulations.empty()) return out;
    // Modulations have one more type, which is none.
    std::vector<std::size_t> rows = m_kept;
    rows.push_back(m_types);
    auto const m = static_cast<std::size_t>(e.width());
    out.modulations.clear();
    for (std::size_t const centre : e.one_sided ? std::vector<std::size_t>{0} : rows)
      for (std::size_t const neighbour : rows) {
        auto const begin =
            e.modulations.begin() + static_cast<std::ptrdiff_t>((centre * (m_types + 1) + neighbour) * m);
        out.modulations.insert(out.modulations.end(), begin, begin + static_cast<std::ptrdiff_t>(m));
      }
    return out;
  }

  Standard operator()(Standard const& part) const {
    Standard out = part;
    out.descriptor = (*this)(part.descriptor);
    if (!part.fitting.mixed()) out.fitting.nets = each(part.fitting.nets);
    out.fitting.bias_atom_e = rows(part.fitting.bias_atom_e);
    out.fitting.vacuum_removed = each(part.fitting.vacuum_removed);
    out.fitting.head.scale = rows(part.fitting.head.scale);
    out.fitting.head.shift = rows(part.fitting.head.shift);
    out.out_bias = rows(part.out_bias);
    return out;
  }

  PairTable operator()(PairTable const& table) const {
    PairTable out = table;
    if (table.sel.size() == m_types) out.sel = each(table.sel);
    out.out_bias = each(table.out_bias);
    out.coefficients = rows_of_pairs(table.coefficients);
    return out;
  }

  Allegro operator()(Allegro const& allegro) const {
    Allegro out = allegro;
    out.radial.weight = rows_of_pairs(allegro.radial.weight);
    out.radial.term = rows_of_pairs(allegro.radial.term);
    out.pair_cutoff = pairs(allegro.pair_cutoff);
    if (!allegro.pair_scale.empty()) out.pair_scale = pairs(allegro.pair_scale);
    out.environment = each(allegro.environment);
    out.sum = each(allegro.sum);
    out.scale = each(allegro.scale);
    out.shift = each(allegro.shift);
    if (out.repulsion) out.repulsion->atomic_number = each(allegro.repulsion->atomic_number);
    return out;
  }

  Summand operator()(Summand const& member) const {
    Summand out = member;
    out.node =
        std::visit([this](auto const& part) { return decltype(out.node)((*this)(part)); }, member.node);
    out.atom_excluded = each(member.atom_excluded);
    out.pair_excluded = pairs(member.pair_excluded);
    return out;
  }

  WeightedSum operator()(WeightedSum const& sum) const {
    WeightedSum out = sum;
    for (Summand& member : out.members) member = (*this)(member);
    out.out_bias = each(sum.out_bias);
    return out;
  }

  ZblSwitch operator()(ZblSwitch const& zbl) const {
    ZblSwitch out = zbl;
    static_cast<WeightedSum&>(out) = (*this)(static_cast<WeightedSum const&>(zbl));
    return out;
  }

  /// Of an array over types, or over pairs of them.
  template <class T>
  std::vector<T> each(std::vector<T> const& all) const {
    std::vector<T> out;
    for (std::size_t const t : m_kept) out.push_back(all[t]);
    return out;
  }
  /// Of an array over types and something else.
  std::vector<double> rows(std::vector<double> const& all) const {
    std::vector<double> out;
    auto const width = static_cast<std::ptrdiff_t>(all.size() / m_types);
    for (std::size_t const t : m_kept) {
      auto const begin = all.begin() + static_cast<std::ptrdiff_t>(t) * width;
      out.insert(out.end(), begin, begin + width);
    }
    return out;
  }
  /// Of an array over pairs of types and something else.
  std::vector<double> rows_of_pairs(std::vector<double> const& all) const {
    std::vector<double> out;
    auto const width = static_cast<std::ptrdiff_t>(all.size() / (m_types * m_types));
    for (std::size_t const a : m_kept)
      for (std::size_t const b : m_kept) {
        auto const begin = all.begin() + static_cast<std::ptrdiff_t>(a * m_types + b) * width;
        out.insert(out.end(), begin, begin + width);
      }
    return out;
  }
  template <class T>
  std::vector<T> pairs(std::vector<T> const& all) const {
    std::vector<T> out;
    for (std::size_t const a : m_kept)
      for (std::size_t const b : m_kept) out.push_back(all[a * m_types + b]);
    return out;
  }

 private:
  bool keeps(std::size_t type) const { return std::find(m_kept.begin(), m_kept.end(), type) != m_kept.end(); }

  // G of a pair of types that has its own net or table.
  static std::vector<double> embedded(TwoBody const& d, std::size_t pair, double s) {
    std::size_t const i = d.embedding_of(pair);
    return d.nets[i].empty() ? d.tables[i].values(s) : values_of(d.nets[i], {s});
  }

  template <class Embedded>
  void narrow(TwoBody const& d, std::size_t components, TwoBody& out, Embedded const& g) const {
    out.sel = each(d.sel);
    out.mean = pairs(d.mean);
    out.stddev = pairs(d.stddev);
    out.excluded = pairs(d.excluded);
    if (!d.nets.empty()) out.nets = d.one_sided ? each(d.nets) : pairs(d.nets);
    if (!d.tables.empty()) out.tables = d.one_sided ? each(d.tables) : pairs(d.tables);
    out.left_out.clear();
    std::size_t longest = 0;
    for (std::size_t const centre : m_kept) {
      out.left_out.push_back(left_out(d, centre, components, g));
      longest = std::max(longest, out.left_out.back().size());
    }
    if (longest == 0) out.left_out.clear();
    for (std::vector<double>& sums : out.left_out) sums.resize(longest, 0.0);
    for (std::size_t t = 0; t < m_types; ++t)
      if (!keeps(t)) out.sel_left_out += d.sel[t];
  }

  // What the neighbours add that are absent because their types are taken away. As in lower_two_body.hpp, a
  // row is that of a neighbour at the cutoff; where there is one component alone, G is summed.
  template <class Embedded>
  std::vector<double> left_out(TwoBody const& d, std::size_t centre, std::size_t components,
                               Embedded const& g) const {
    std::vector<double> sums = d.left_out.empty() ? std::vector<double>() : d.left_out[centre];
    for (std::size_t t = 0; t < m_types; ++t) {
      std::size_t const pair = centre * m_types + t;
      bool const counts = !d.excluded[pair] || d.excluded_padding || (components == 1 && d.one_sided);
      if (keeps(t) || d.sel[t] == 0 || !counts) continue;
      RowNumbers row = {1.0, 0.0, 0.0, 0.0};
      double s = 0.0;
      if (!d.excluded[pair] || d.excluded_padding) {
        s = -d.mean[pair][0] / d.stddev[pair][0];
        for (std::size_t c = 0; components == 4 && c < 4; ++c) row[c] = -d.mean[pair][c] / d.stddev[pair][c];
      }
      if (row == RowNumbers{} || (d.nets.size() > 0 && !d.embeds(pair))) continue;
      std::vector<double> const values = g(pair, s);
      sums.resize(components * values.size(), 0.0);
      for (std::size_t c = 0; c < components; ++c)
        for (std::size_t m = 0; m < values.size(); ++m)
          sums[c * values.size() + m] += d.sel[t] * row[c] * values[m];
    }
    return sums;
  }

  std::vector<std::size_t> m_kept;
  std::size_t m_types;
};

}  // namespace detail

namespace detail {

/// The model with `kept` of its types, in that order.
inline Model with_types(Model const& model, std::vector<std::size_t> const& kept) {
  TypeChoice const choice(kept, model.type_map.size());
  Model out = model;
  out.type_map = choice.each(model.type_map);
  for (std::string const& name : model.type_map)
    if (std::find(out.type_map.begin(), out.type_map.end(), name) == out.type_map.end())
      out.other_types.push_back(name);
  out.atomic = std::visit([&](auto const& part) { return Atomic(choice(part)); }, model.atomic);
  out.atom_excluded = choice.each(model.atom_excluded);
  out.pair_excluded = choice.pairs(model.pair_excluded);
  if (!model.long_range) return out;
  out.long_range->dipole = std::make_shared<Model const>(with_types(*model.long_range->dipole, kept));
  out.long_range->ion_charge = choice.each(model.long_range->ion_charge);
  out.long_range->centroid_charge = choice.each(model.long_range->centroid_charge);
  return out;
}

}  // namespace detail

/// The model of those of its types that a system has, in the model's order: all energies are the same, and
/// nothing is computed or held for the others. `names` may repeat themselves.
/// \throws dp::Error for a name that is not the model's, and without any
inline Model restricted_to(Model const& model, std::vector<std::string> const& names) {
  std::vector<std::size_t> kept;
  for (std::string const& name : names) {
    auto const at = std::find(model.type_map.begin(), model.type_map.end(), name);
    if (at == model.type_map.end()) fail(model.source, ": the model has no type \"", name, "\"");
    kept.push_back(static_cast<std::size_t>(at - model.type_map.begin()));
  }
  if (kept.empty()) fail(model.source, ": expected the names of at least one type, found none");
  std::sort(kept.begin(), kept.end());
  kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
  if (kept.size() == model.type_map.size()) return model;
  return detail::with_types(model, kept);
}

/// A model of more types is worth restricting to those of a system.
inline constexpr int few_types = 8;

/// Whether these names are worth restricting to: there are some, all are those of types, and types are many.
inline bool is_few_of(std::vector<std::string> const& names, std::vector<std::string> const& types) {
  return types.size() > few_types && !names.empty() &&
         std::all_of(names.begin(), names.end(), [&](std::string const& name) {
           return std::find(types.begin(), types.end(), name) != types.end();
         });
}

/// The model for a system of these elements: restricted to them if it knows many, and as it is if it knows
/// few, where nothing would be won, or does not know one of them, which the caller will refuse.
inline Model for_elements(Model const& model, std::vector<std::string> const& names) {
  return is_few_of(names, model.type_map) ? restricted_to(model, names) : model;
}

}  // namespace dp
