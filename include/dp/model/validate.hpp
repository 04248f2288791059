// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <cstddef>
#include <dp/core/error.hpp>
#include <dp/model/model.hpp>
#include <dp/model/net.hpp>
#include <set>
#include <string>
#include <vector>

namespace dp {

namespace detail {

/// The checks of validate(), with the model's source in front of every message.
class ModelCheck {
 public:
  explicit ModelCheck(Model const& model) : m_model(model) {}

  void run() const {
    type_map();
    cutoffs();
    statistics();
    embedding();
    fitting();
    size("out_bias", m_model.out_bias.size(), types());
    finite("out_bias", m_model.out_bias);
    size("atom_exclude_types", m_model.atom_excluded.size(), types());
    symmetric("pair_exclude_types", m_model.pair_excluded);
    require(
        !m_model.min_nbor_dist || (std::isfinite(*m_model.min_nbor_dist) && *m_model.min_nbor_dist >= 0.0),
        "min_nbor_dist: expected a finite number of at least 0");
  }

 private:
  // Far beyond any real model; a number above has been corrupted, and would only ask for absurd memory.
  static constexpr int most_types = 256;
  static constexpr int most_neighbours = 1'000'000;
  static constexpr int most_width = 1'000'000;
  static constexpr int most_rows = 100'000'000;
  static constexpr double longest_cutoff = 1000.0;

  template <class... Parts>
  void require(bool condition, Parts const&... parts) const {
    if (!condition) fail(m_model.source.empty() ? "model" : m_model.source, ": ", parts...);
  }

  std::size_t types() const { return m_model.type_map.size(); }

  void size(std::string const& what, std::size_t found, std::size_t expected) const {
    require(found == expected, what, ": expected ", expected, " entries, found ", found);
  }

  void finite(std::string const& what, std::vector<double> const& values) const {
    for (std::size_t i = 0; i < values.size(); ++i)
      require(std::isfinite(values[i]), what, ": expected finite numbers, found ", values[i], " at entry ",
              i);
  }

  void type_map() const {
    require(types() >= 1 && types() <= most_types, "type_map: expected 1 to ", most_types, " names, found ",
            types());
    std::set<std::string> seen;
    for (std::string const& name : m_model.type_map) {
      require(!name.empty(), "type_map: expected names, found an empty one");
      require(seen.insert(name).second, "type_map: the name \"", name, "\" appears twice");
    }
  }

  void cutoffs() const {
    DescriptorModel const& d = m_model.descriptor;
    require(d.rcut > 0.0 && d.rcut <= longest_cutoff,
            "descriptor/rcut: expected a positive number of at most ", longest_cutoff, " Angstrom, found ",
            d.rcut);
    require(d.rcut_smth >= 0.0 && d.rcut_smth < d.rcut,
            "descriptor/rcut_smth: expected a number of at least 0 and below rcut (", d.rcut, "), found ",
            d.rcut_smth);
    require(d.protection >= 0.0 && d.protection <= longest_cutoff,
            "descriptor/env_protection: expected a number from 0 to ", longest_cutoff, ", found ",
            d.protection);
    size("descriptor/sel", d.sel.size(), types());
    long long sum = 0;
    for (int const sel : d.sel) {
      require(sel >= 0, "descriptor/sel: expected numbers of at least 0, found ", sel);
      sum += sel;
    }
    require(sum >= 1 && sum <= most_neighbours, "descriptor/sel: expected a sum from 1 to ", most_neighbours,
            ", found ", sum);
  }

  void statistics() const {
    DescriptorModel const& d = m_model.descriptor;
    size("descriptor/davg (pairs)", d.mean.size(), types() * types());
    size("descriptor/dstd (pairs)", d.stddev.size(), types() * types());
    for (std::size_t pair = 0; pair < d.mean.size(); ++pair)
      for (std::size_t c = 0; c < 4; ++c) {
        require(std::isfinite(d.mean[pair][c]), "descriptor/davg: expected finite numbers, found ",
                d.mean[pair][c], " for ", name_of(pair));
        require(std::isfinite(d.stddev[pair][c]) && d.stddev[pair][c] > 0.0,
                "descriptor/dstd: expected positive numbers, found ", d.stddev[pair][c], " for ",
                name_of(pair));
      }
    symmetric("descriptor/exclude_types", d.excluded);
  }

  void embedding() const {
    DescriptorModel const& d = m_model.descriptor;
    size("descriptor/embeddings (pairs)", d.nets.size(), types() * types());
    if (!d.tables.empty()) size("descriptor/compress (pairs)", d.tables.size(), types() * types());
    int const width = d.width();
    require(width > 0, "descriptor/embeddings: expected an embedding net, found none");
    for (std::size_t pair = 0; pair < d.nets.size(); ++pair) {
      Net const& net = d.nets[pair];
      std::string const what = "descriptor/embeddings: net of " + name_of(pair);
      require(d.embeds(pair) || d.excluded[pair], what, ": missing although the pair is not excluded");
      if (net.empty()) continue;
      chain(what, net);
      require(net.inputs() == 1, what, ": expected 1 input, found ", net.inputs());
      require(net.outputs() == width, what, ": expected ", width, " outputs as of the other nets, found ",
              net.outputs());
    }
    for (std::size_t pair = 0; pair < d.tables.size(); ++pair)
      if (!d.tables[pair].empty())
        table("descriptor/compress: table of " + name_of(pair), d.tables[pair], width);
    require(d.kind == DescriptorKind::radial || (d.axis_neuron >= 1 && d.axis_neuron <= width),
            "descriptor/axis_neuron: expected a number from 1 to the nets' width ", width, ", found ",
            d.axis_neuron);
  }

  void table(std::string const& what, EmbeddingTable const& t, int width) const {
    require(t.width == width, what, ": expected ", width, " channels as of the other nets and tables, found ",
            t.width);
    require(t.lower < t.upper && t.upper <= t.extrapolated && std::isfinite(t.extrapolated - t.lower), what,
            ": expected rising ends of its ranges, found ", t.lower, ", ", t.upper, ", ", t.extrapolated);
    require(t.step > 0.0 && t.coarse_step > 0.0 && std::isfinite(t.step + t.coarse_step), what,
            ": expected positive steps, found ", t.step, " and ", t.coarse_step);
    double const rows = (t.upper - t.lower) / t.step + (t.extrapolated - t.upper) / t.coarse_step;
    require(rows <= most_rows, what, ": expected ranges and steps of at most ", most_rows, " rows, found ",
            rows);
    // Which of DeePMD-kit's ways to count was taken matters by one row, if a step does not divide its range.
    require(std::abs(static_cast<double>(t.rows()) - rows) < 1.0 + 1e-6 && t.rows() >= t.fine_rows(), what,
            ": expected ", rows, " rows as its ranges and steps say, found ", t.rows());
    size(what, t.data.size(), t.rows() * t.coefficients * static_cast<std::size_t>(t.width));
    finite(what, t.data);
  }

  void fitting() const {
    FittingModel const& f = m_model.fitting;
    size("fitting/nets", f.nets.size(), types());
    size("fitting/bias_atom_e", f.bias_atom_e.size(), types());
    finite("fitting/bias_atom_e", f.bias_atom_e);
    size("fitting/atom_ener", f.vacuum_removed.size(), types());
    require(f.fparam >= 0 && f.aparam >= 0 && f.fparam <= most_width && f.aparam <= most_width,
            "fitting: numb_fparam and numb_aparam: expected numbers from 0 to ", most_width, ", found ",
            f.fparam, " and ", f.aparam);
    auto const fparam = static_cast<std::size_t>(f.fparam);
    auto const aparam = static_cast<std::size_t>(f.aparam);
    parameters("fitting/fparam_avg", f.fparam_mean, fparam);
    parameters("fitting/fparam_inv_std", f.fparam_inverse_std, fparam);
    parameters("fitting/aparam_avg", f.aparam_mean, aparam);
    parameters("fitting/aparam_inv_std", f.aparam_inverse_std, aparam);
    if (!f.default_fparam.empty()) parameters("fitting/default_fparam", f.default_fparam, fparam);
    finite("fitting/case_embd", f.case_embedding);
    long long const inputs = m_model.descriptor.dimension() + f.fparam + (f.aparam_is_mask ? 0 : f.aparam) +
                             static_cast<long long>(f.case_embedding.size());
    for (std::size_t t = 0; t < f.nets.size(); ++t) {
      std::string const what = "fitting/nets: net of type " + m_model.type_map[t];
      require(!f.nets[t].empty(), what, ": missing");
      chain(what, f.nets[t]);
      require(f.nets[t].inputs() == inputs, what, ": expected ", inputs,
              " inputs (descriptor, parameters, case embedding), found ", f.nets[t].inputs());
      require(f.nets[t].outputs() == 1, what, ": expected 1 output, found ", f.nets[t].outputs());
    }
  }

  void parameters(std::string const& what, std::vector<double> const& values, std::size_t expected) const {
    size(what, values.size(), expected);
    finite(what, values);
  }

  void chain(std::string const& what, Net const& net) const {
    for (std::size_t l = 0; l < net.layers.size(); ++l) {
      Layer const& layer = net.layers[l];
      std::string const where = what + ", layer " + std::to_string(l);
      require(layer.inputs >= 1 && layer.outputs >= 1 && layer.inputs <= most_width &&
                  layer.outputs <= most_width,
              where, ": expected widths from 1 to ", most_width, ", found ", layer.inputs, " and ",
              layer.outputs);
      require(l == 0 || layer.inputs == net.layers[l - 1].outputs, where, ": expected ",
              l == 0 ? 0 : net.layers[l - 1].outputs, " inputs, the outputs of the layer before, found ",
              layer.inputs);
      auto const outputs = static_cast<std::size_t>(layer.outputs);
      size(where + ": weights", layer.weight.size(), static_cast<std::size_t>(layer.inputs) * outputs);
      finite(where + ": weights", layer.weight);
      if (!layer.bias.empty()) parameters(where + ": biases", layer.bias, outputs);
      if (!layer.timestep.empty()) parameters(where + ": timesteps", layer.timestep, outputs);
      require(std::isfinite(layer.threshold), where, ": expected a finite threshold of silut");
      require(std::isfinite(layer.cubic), where, ": expected a finite coefficient of gelu");
      require(layer.skip != Skip::identity || layer.outputs == layer.inputs, where,
              ": a skip connection needs equal widths, found ", layer.inputs, " and ", layer.outputs);
      require(layer.skip != Skip::doubled || layer.outputs == 2 * layer.inputs, where,
              ": a doubling skip connection needs twice the width, found ", layer.inputs, " and ",
              layer.outputs);
    }
  }

  void symmetric(std::string const& what, std::vector<char> const& table) const {
    size(what, table.size(), types() * types());
    for (std::size_t pair = 0; pair < table.size(); ++pair)
      require((table[pair] != 0) == (table[pair % types() * types() + pair / types()] != 0), what,
              ": expected a symmetric table, found it otherwise for ", name_of(pair));
  }

  std::string name_of(std::size_t pair) const {
    return "centre " + m_model.type_map[pair / types()] + ", neighbour " + m_model.type_map[pair % types()];
  }

  Model const& m_model;
};

}  // namespace detail

/// Throws dp::Error unless the model can be evaluated: all arrays have the extents that type_map, sel and the
/// nets ask for, layers fit together, all numbers are finite, cutoffs, standard deviations and sizes are in
/// their ranges. The message names the model's source, the place, what was expected and what was found.
inline void validate(Model const& model) { detail::ModelCheck(model).run(); }

}  // namespace dp
