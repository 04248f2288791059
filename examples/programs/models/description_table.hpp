// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

#include "common/text.hpp"
#include "models/describe.hpp"

namespace models {

/// Prints a description as lines of names and values for people.
class DescriptionTable {
 public:
  static void print(Json const& description) { members(description, 0); }

 private:
  static void members(Json const& map, std::size_t depth) {
    for (auto const& [key, value] : map.items()) {
      bool const parts = value.is_array() && !value.empty() && value[0].is_object();
      if (parts && (value[0].contains("count") || value[0].contains("rows"))) {
        for (Json const& part : value) line(key, part.contains("rows") ? table(part) : nets(part), depth);
      } else if (parts) {
        for (Json const& part : value) {
          line(key, "", depth);
          members(part, depth + 1);
        }
      } else if (value.is_object() && value.contains("shape")) {
        line(key, value["zero"] ? "all zero" : "not zero", depth);
      } else if (value.is_object()) {
        line(key, "", depth);
        members(value, depth + 1);
      } else if (key == "notes") {
        for (Json const& note : value) line(key, text(note), depth);
      } else {
        line(key, text(value), depth);
      }
    }
  }

  static void line(std::string const& key, std::string const& value, std::size_t depth) {
    static constexpr std::array<std::string_view, 7> lengths{
        "rcut", "rcut_smth", "r_max", "pair_cutoff", "min_nbor_dist", "env_protection", "protection"};
    bool const length = std::find(lengths.begin(), lengths.end(), key) != lengths.end();
    std::string const name = std::string(2 * depth, ' ') + key +
                             (length                 ? ", A"
                              : key == "energy_bias" ? ", eV"
                                                     : "");
    std::printf("%s\n", value.empty() ? name.c_str() : (padded(name) + value).c_str());
  }

  static std::string padded(std::string name) {
    constexpr std::size_t width = 30;
    name.resize(std::max(width, name.size() + 1), ' ');
    return name;
  }

  // 4 x 1-25-50-100, tanh, skips in layers 2 3, no timesteps, float64
  static std::string nets(Json const& kind) {
    std::string out = kind["count"].dump() + " x ";
    if (kind.contains("null")) return out + "none (null)";
    for (Json const& width : kind["widths"]) out += (out.back() == ' ' ? "" : "-") + width.dump();
    out += ", " + text(kind["activation"]);
    for (std::string const what : {"skips", "timesteps"}) {
      Json const& layers = kind[what + "_in_layers"];
      out += layers.empty() ? ", no " + what : ", " + what + " in layers " + text(layers);
    }
    return kind["precision"].is_null() ? out : out + ", " + text(kind["precision"]);
  }

  static std::string table(Json const& t) {
    return text(t["rows"]) + " rows of " + text(t["channels"]) + " channels, " + text(t["lower"]) + " to " +
           text(t["upper"]) + " by " + text(t["stride"]) + ", to " + text(t["extrapolated"]) + " by " +
           text(t["coarse_stride"]);
  }

  static std::string text(Json const& value) {
    if (value.is_string()) return examples::one_line(value.get<std::string>());
    if (value.is_number_float()) {
      char digits[32];
      std::snprintf(digits, sizeof digits, "%.10g", value.get<double>());
      return digits;
    }
    if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
    if (!value.is_array()) return value.dump();
    std::string out;
    for (Json const& entry : value)
      out += (out.empty() ? "" : " ") + (entry.is_array() ? "(" + text(entry) + ")" : text(entry));
    return out.empty() ? "none" : out;
  }
};

}  // namespace models
