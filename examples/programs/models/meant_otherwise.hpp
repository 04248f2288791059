// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <dp/io/remarks.hpp>
#include <dp/model/model.hpp>
#include <string>
#include <variant>
#include <vector>

namespace models {

/// Whether the switch function of a graph changes if its cutoffs are not rounded to single precision.
inline bool rounds_cutoffs(dp::Environment const& d) {
  auto const rcut = static_cast<float>(d.rcut), rcut_smth = static_cast<float>(d.rcut_smth);
  return d.float32_cutoffs &&
         (static_cast<double>(rcut) != d.rcut || static_cast<double>(rcut_smth) != d.rcut_smth ||
          static_cast<double>(rcut - rcut_smth) != d.rcut - d.rcut_smth);
}

/// Whether a net has a gelu whose coefficient is rounded to single precision.
inline bool rounds_gelu(dp::Net const& net) {
  return std::any_of(net.layers.begin(), net.layers.end(), [](dp::Layer const& layer) {
    return layer.activation == dp::Activation::gelu && layer.cubic != dp::Layer().cubic;
  });
}
inline bool rounds_gelu(std::vector<dp::Net> const& nets) {
  return std::any_of(nets.begin(), nets.end(), [](dp::Net const& net) { return rounds_gelu(net); });
}
inline bool rounds_gelu(dp::TypedEmbedding const& e) {
  return rounds_gelu(e.net) || rounds_gelu(e.strip_net);
}

/// Collects where DeePMD-kit means something else by a written descriptor than by the one that was read.
class MeantOtherwise {
 public:
  explicit MeantOtherwise(dp::Fitting const& fitting) : m_gelu(rounds_gelu(fitting.nets)) {}

  void operator()(dp::SeA const& d) {
    of_two_body(d);
    if (!d.typed) return;
    m_gelu = m_gelu || rounds_gelu(*d.typed);
    m_typed = true;
  }
  void operator()(dp::SeR const& d) {
    of_two_body(d);
    m_radial = m_radial || !d.one_sided;
  }
  void operator()(dp::SeT const& d) {
    m_cutoffs = m_cutoffs || rounds_cutoffs(d);
    m_gelu = m_gelu || rounds_gelu(d.nets);
  }
  void operator()(dp::SeTTyped const& d) {
    m_cutoffs = m_cutoffs || rounds_cutoffs(d);
    m_gelu = m_gelu || rounds_gelu(d.embedding);
  }
  void operator()(dp::Attention const& d) {
    using Smooth = dp::TypedEmbedding::Smooth;
    m_cutoffs = m_cutoffs || rounds_cutoffs(d);
    m_gelu = m_gelu || rounds_gelu(d.embedding);
    m_attention = m_attention || d.embedding.smooth == Smooth::cubic || d.weights == Smooth::cubic ||
                  d.excluded_average || d.pads != dp::Attention::Pads::first_type ||
                  (!d.layers.empty() && d.shortest != 1e-12);
    m_tables = m_tables ||
               (d.embedding.net.empty() ||
                (d.embedding.input == dp::TypedEmbedding::Input::strip && d.embedding.strip_net.empty()));
  }

  std::vector<std::string> sentences() const {
    std::vector<std::string> out;
    auto const say = [&](bool applies, char const* sentence) {
      if (applies) out.emplace_back(sentence);
    };
    say(m_cutoffs,
        "DeePMD-kit does not round its cutoffs to single precision, as the graph and this library do");
    say(m_gelu,
        "DeePMD-kit does not round the coefficient of gelu_tf to single precision, as the graph and this "
        "library do");
    say(m_radial, "DeePMD-kit does not load se_e2_r with nets for pairs of types from such a file");
    say(m_excluded,
        "DeePMD-kit counts absent neighbours of excluded pairs, which the graph and this library do not");
    say(m_typed, "DeePMD-kit does not load se_e2_a with type embedding from such a file");
    say(m_attention,
        "DeePMD-kit does not load the rules of its graphs or exported programs for neighbours that are "
        "absent, "
        "excluded or near the cutoff from such a file");
    say(m_tables,
        "DeePMD-kit does not load a type embedding that is known by its tables alone from such a file");
    return out;
  }

 private:
  void of_two_body(dp::TwoBody const& d) {
    m_cutoffs = m_cutoffs || rounds_cutoffs(d);
    m_gelu = m_gelu || rounds_gelu(d.nets);
    bool const excludes = std::any_of(d.excluded.begin(), d.excluded.end(), [](char x) { return x != 0; });
    bool const padding =
        std::any_of(d.mean.begin(), d.mean.end(), [](auto const& row) { return row[0] != 0.0; });
    m_excluded = m_excluded || (d.one_sided && !d.excluded_padding && excludes && padding);
  }

  bool m_gelu, m_cutoffs = false, m_radial = false, m_excluded = false, m_typed = false, m_attention = false,
               m_tables = false;
};

/// Where DeePMD-kit means something else by a converted file than by the one that was converted.
inline std::vector<std::string> meant_otherwise(dp::Model const& model) {
  MeantOtherwise differs(dp::fitting_of(model));
  dp::for_each_descriptor(model, [&](auto const& descriptor) { differs(descriptor); });
  std::vector<std::string> out = differs.sentences();
  bool by_types = false, biased = false;  // of members of a sum
  auto const has_biases = [](std::vector<double> const& biases) {
    return std::any_of(biases.begin(), biases.end(), [](double energy) { return energy != 0.0; });
  };
  if (!std::holds_alternative<dp::Standard>(model.atomic)) {
    dp::for_each_standard(model, [&](dp::Standard const& part, double) {
      by_types = by_types || !part.fitting.mixed();
      biased = biased || has_biases(part.out_bias);
    });
    dp::for_each_table(
        model, [&](dp::PairTable const& table, double) { biased = biased || has_biases(table.out_bias); });
  }
  if (by_types)
    out.emplace_back("DeePMD-kit does not load sums of models with nets for each type from such a file");
  if (biased)
    out.emplace_back(
        "DeePMD-kit's numpy implementation, which reads such a file in Python, leaves out the energies of "
        "types that "
        "members of a sum have");
  if (!dp::detail::remarks_on_tables(model).empty())
    out.emplace_back("DeePMD-kit evaluates the tables that it holds, this library the nets");
  return out;
}

}  // namespace models
