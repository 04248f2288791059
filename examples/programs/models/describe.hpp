// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <dp/io/read_model.hpp>
#include <dp/io/tree.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace models {

using dp::detail::Array;
using dp::detail::Member;
using dp::detail::Node;
using Json = nlohmann::ordered_json;

/// What is in a tree of a model, kinds that are not evaluated included. Options keep the names that the file
/// has for them; what takes the place of arrays (nets, tables, statistics) says what they are.
class Description {
 public:
  Json of(Node const& map) {
    Json out = Json::object();
    auto const* const members = map.as<Node::Map>();
    if (members == nullptr) return out;
    for (Member const& member : *members)
      if (is_option(member.node) && !member.key.starts_with('@') && !member.key.starts_with("trainable"))
        out[member.key] = plain(member.node);
    for (Member const& member : *members) add(out, member);
    return out;
  }

  std::size_t parameters() const { return m_parameters; }        ///< of nets
  std::size_t table_numbers() const { return m_table_numbers; }  ///< of tables that took the place of nets
  std::size_t numbers() const { return m_numbers; }              ///< in arrays of every kind

 private:
  // Numbers, texts and flags, and lists of them.
  static bool is_option(Node const& node) {
    if (auto const* const list = node.as<Node::List>())
      return std::all_of(list->begin(), list->end(), is_option);
    return node.as<Node::Map>() == nullptr && node.as<Node::SharedArray>() == nullptr && !node.is_null();
  }

  static Json plain(Node const& node) {
    if (auto const* const list = node.as<Node::List>()) {
      Json out = Json::array();
      for (Node const& entry : *list) out.push_back(plain(entry));
      return out;
    }
    if (auto const* const flag = node.as<bool>()) return *flag;
    if (auto const* const integer = node.as<std::int64_t>()) return *integer;
    if (auto const* const real = node.as<double>()) return *real;
    auto const* const text = node.as<std::string>();
    return text != nullptr ? Json(*text) : Json();
  }

  void add(Json& out, Member const& member) {
    Node const& node = member.node;
    if (member.key == "model_def_script") return;  // what training was told: the options beside it hold
    if (member.key == "@variables") {
      arrays(out, node);
    } else if (node.find("networks") != nullptr) {
      out[member.key] = nets(*node.find("networks"));
    } else if (node.find("layers") != nullptr || matrices_of(node) != nullptr) {
      out[member.key] = nets(Node{Node::List{node}});
    } else if (member.key == "compress" && node.find("@variables") != nullptr) {
      out[member.key] = tables(*node.find("@variables"));
    } else if (node.as<Node::Map>() != nullptr) {
      if (Json part = of(node); !part.empty()) out[member.key] = std::move(part);
    } else if (auto const* const list = node.as<Node::List>();
               list != nullptr && std::all_of(list->begin(), list->end(), matrices_of) && !list->empty()) {
      out[member.key] = nets(node);
    } else if (list != nullptr && !is_option(node)) {
      Json parts = Json::array();
      for (Node const& entry : *list) parts.push_back(of(entry));
      out[member.key] = std::move(parts);
    }
  }

  // Short arrays as they are, of long ones the extents, and whether there is anything in them.
  void arrays(Json& out, Node const& variables) {
    auto const* const members = variables.as<Node::Map>();
    if (members == nullptr) return;
    if (variables.find("w") != nullptr) m_parameters += count(variables);
    for (char const* const name : {"tensor_embedding", "first_projection", "path_weight", "mix"})
      if (Node const* const weights = variables.find(name)) m_parameters += count(*weights);
    for (Member const& member : *members) {
      auto const* const array = member.node.as<Node::SharedArray>();
      if (array == nullptr) {
        if (is_option(member.node)) out[member.key] = plain(member.node);
        m_numbers += count(member.node);
        continue;
      }
      std::vector<double> const& values = (*array)->values;
      m_numbers += values.size();
      if (values.size() <= longest) {
        out[member.key] = values.size() == 1 && (*array)->shape.empty() ? Json(values[0]) : Json(values);
      } else {
        bool const zero = std::all_of(values.begin(), values.end(), [](double x) { return x == 0.0; });
        out[member.key] = {{"shape", (*array)->shape}, {"zero", zero}};
      }
    }
  }

  // Nets of one make are described together.
  Json nets(Node const& list) {
    Json kinds = Json::array();
    std::size_t null = 0;
    auto const* const entries = list.as<Node::List>();
    for (Node const& net : entries != nullptr ? *entries : Node::List()) {
      auto const* const layers =
          net.find("layers") != nullptr ? net.find("layers")->as<Node::List>() : nullptr;
      if (layers == nullptr && matrices_of(net) == nullptr) {
        ++null;
        continue;
      }
      Json kind = layers != nullptr ? net_of(*layers) : net_of_matrices(net);
      auto const same = std::find_if(kinds.begin(), kinds.end(),
                                     [&](Json const& known) { return known["layers"] == kind; });
      if (same != kinds.end())
        (*same)["count"] = (*same)["count"].get<std::size_t>() + 1;
      else
        kinds.push_back({{"count", 1}, {"layers", std::move(kind)}});
    }
    for (Json& known : kinds) {
      Json layers = std::move(known["layers"]);
      known.erase("layers");
      known.update(layers);
    }
    if (null > 0) kinds.push_back({{"count", null}, {"null", true}});
    return kinds;
  }

  Json net_of(Node::List const& layers) {
    Json widths = Json::array(), activations = Json::array(), skips = Json::array(),
         timesteps = Json::array(), precision;
    for (std::size_t l = 0; l < layers.size(); ++l) {
      Node const* const variables = layers[l].find("@variables");
      Node const* const weight = variables != nullptr ? variables->find("w") : nullptr;
      auto const* const w = weight != nullptr ? weight->as<Node::SharedArray>() : nullptr;
      if (w == nullptr || (*w)->shape.size() != 2) continue;
      m_parameters += count(*variables);
      m_numbers += count(*variables);
      std::size_t const inputs = (*w)->shape[0], outputs = (*w)->shape[1];
      if (widths.empty()) widths.push_back(inputs);
      widths.push_back(outputs);
      if (Node const* const activation = layers[l].find("activation_function"))
        activations.push_back(plain(*activation));
      Node const* const skip = layers[l].find("resnet");
      if (skip != nullptr && skip->as<bool>() != nullptr && *skip->as<bool>() &&
          (outputs == inputs || outputs == 2 * inputs))
        skips.push_back(l + 1);
      if (Node const* const timestep = variables->find("idt"); timestep != nullptr && !timestep->is_null())
        timesteps.push_back(l + 1);
      if (Node const* const found = layers[l].find("precision")) precision = plain(*found);
    }
    if (std::all_of(activations.begin(), activations.end(),
                    [&](Json const& a) { return a == activations[0]; }) &&
        !activations.empty())
      activations = Json(activations[0]);
    return {{"widths", widths},
            {"activation", activations},
            {"skips_in_layers", skips},
            {"timesteps_in_layers", timesteps},
            {"precision", precision}};
  }

  // The matrices of a net of Allegro, which has them all in one list; null for other nodes.
  static Node::List const* matrices_of(Node const& net) {
    Node const* const variables = net.find("@variables");
    Node const* const weights = variables != nullptr ? variables->find("w") : nullptr;
    return weights != nullptr ? weights->as<Node::List>() : nullptr;
  }

  Json net_of_matrices(Node const& net) {
    Json widths = Json::array(), activation;
    for (Node const& weight : *matrices_of(net)) {
      auto const* const w = weight.as<Node::SharedArray>();
      if (w == nullptr || (*w)->shape.size() != 2) continue;
      m_parameters += count(weight);
      m_numbers += count(weight);
      if (widths.empty()) widths.push_back((*w)->shape[0]);
      widths.push_back((*w)->shape[1]);
    }
    if (Node const* const found = net.find("activation")) activation = plain(*found);
    return {{"widths", widths},
            {"activation", activation},
            {"skips_in_layers", Json::array()},
            {"timesteps_in_layers", Json::array()},
            {"precision", Json()}};
  }

  Json tables(Node const& variables) {
    Json out = Json::array();
    Node const *const data = variables.find("compress_data"), *const info = variables.find("compress_info");
    m_numbers += count(variables);
    auto const* const arrays = data != nullptr ? data->as<Node::List>() : nullptr;
    auto const* const ranges = info != nullptr ? info->as<Node::List>() : nullptr;
    if (arrays == nullptr || ranges == nullptr) return out;
    for (std::size_t i = 0; i < std::min(arrays->size(), ranges->size()); ++i) {
      auto const* const table = (*arrays)[i].as<Node::SharedArray>();
      auto const* const range = (*ranges)[i].as<Node::SharedArray>();
      if (table == nullptr || range == nullptr || (*table)->shape.size() != 2 || (*range)->values.size() < 5)
        continue;
      m_table_numbers += (*table)->values.size();
      std::vector<double> const& r = (*range)->values;
      out.push_back({{"rows", (*table)->shape[0]},
                     {"channels", (*table)->shape[1] / 6},
                     {"lower", r[0]},
                     {"upper", r[1]},
                     {"extrapolated", r[2]},
                     {"stride", r[3]},
                     {"coarse_stride", r[4]}});
    }
    return out;
  }

  // The numbers in all arrays below a place.
  static std::size_t count(Node const& node) {
    std::size_t sum = 0;
    if (auto const* const map = node.as<Node::Map>())
      for (Member const& member : *map) sum += count(member.node);
    else if (auto const* const list = node.as<Node::List>())
      for (Node const& entry : *list) sum += count(entry);
    else if (auto const* const array = node.as<Node::SharedArray>())
      sum = (*array)->values.size();
    return sum;
  }

  static constexpr std::size_t longest = 16;

  std::size_t m_parameters = 0, m_table_numbers = 0, m_numbers = 0;
};

/// The description of a model file; lengths in Angstrom, energies in eV.
/// \throws dp::Error for contents that no reader takes
inline Json describe(std::string const& path, std::string const& bytes) {
  dp::detail::ModelTree const file = dp::detail::read_tree(path, bytes);
  Description description;
  Json contents = description.of(file.tree);
  Json out = {{"file", path}, {"bytes", bytes.size()}, {"format", file.format}};
  try {
    dp::Model model = dp::detail::model_of(file.tree, path, {.types = {}, .number_types = true});
    out["evaluated"] = true;
    Node const* const inner = file.tree.find("model");  // not in Allegro's
    Node const& whole = inner != nullptr ? *inner : file.tree;
    if (whole.find("type_map")->as<Node::List>()->empty())
      model.remarks.push_back("the file does not name its types: they have to be given to programs");
    if (!model.remarks.empty()) out["notes"] = model.remarks;
    dp::Quantity const& quantity = dp::quantity_of(model);
    out["gives"] = quantity.in_words();
    for (std::size_t t = 0; t < model.type_map.size() && quantity.is_energy(); ++t)
      out["energy_bias"][model.type_map[t]] = dp::energy_bias(model)[t];
  } catch (dp::Error const& error) {
    out["evaluated"] = false;
    out["reason"] = error.what();
  }
  out["compressed"] = description.table_numbers() > 0;
  // The tree made of a container that has none is whole where the model is supported.
  auto const container = dp::detail::container_of(bytes);
  if (out["evaluated"] || container == dp::detail::Container::hdf5 ||
      container == dp::detail::Container::text) {
    out["parameters"] = description.parameters();
    if (description.table_numbers() > 0) out["numbers_in_tables"] = description.table_numbers();
    out["memory_MiB"] = static_cast<double>(description.numbers() * sizeof(double)) / (1024.0 * 1024.0);
  }
  contents.erase("format");  // a number in Allegro's
  out.update(contents);
  return out;
}

}  // namespace models
