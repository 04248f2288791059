// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <dp/core/error.hpp>
#include <dp/io/complete_tree.hpp>
#include <dp/io/dp_writer.hpp>
#include <dp/io/read_model.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace models {

/// Writes a file as a whole or not at all: under another name first, which then takes the place of `path`.
inline void write_whole(std::string const& path, std::string_view bytes) {
  std::string const unfinished = path + ".unfinished";
  std::ofstream stream(unfinished, std::ios::binary);
  if (!stream) dp::fail(path, ": cannot be written (does the folder exist?)");
  stream.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  stream.close();
  std::error_code error;
  if (stream) std::filesystem::rename(unfinished, path, error);
  if (stream && !error) return;
  std::string const reason = error ? error.message() : "is the disk full?";
  std::filesystem::remove(unfinished, error);
  dp::fail(path, ": cannot be written (", reason, ")");
}

/// Whether the switch function of a graph changes if its cutoffs are not rounded to single precision.
inline bool rounds_cutoffs(dp::DescriptorModel const& d) {
  auto const rcut = static_cast<float>(d.rcut), rcut_smth = static_cast<float>(d.rcut_smth);
  return d.float32_cutoffs &&
         (static_cast<double>(rcut) != d.rcut || static_cast<double>(rcut_smth) != d.rcut_smth ||
          static_cast<double>(rcut - rcut_smth) != d.rcut - d.rcut_smth);
}

/// Whether a net has a gelu whose coefficient is rounded to single precision.
inline bool rounds_gelu(std::vector<dp::Net> const& nets) {
  for (dp::Net const& net : nets)
    for (dp::Layer const& layer : net.layers)
      if (layer.activation == dp::Activation::gelu && layer.cubic != dp::Layer().cubic) return true;
  return false;
}

/// Where DeePMD-kit means something else by a converted file than by the one that was converted.
inline std::vector<std::string> meant_otherwise(dp::Model const& model) {
  dp::DescriptorModel const& d = model.descriptor;
  std::vector<std::string> out;
  if (rounds_cutoffs(d))
    out.push_back(
        "DeePMD-kit does not round its cutoffs to single precision, as the graph and this library do");
  if (rounds_gelu(d.nets) || rounds_gelu(model.fitting.nets))
    out.push_back(
        "DeePMD-kit does not round the coefficient of gelu_tf to single precision, as the graph and this "
        "library do");
  if (!dp::detail::remarks_on_tables(d).empty())
    out.push_back("DeePMD-kit evaluates the tables that it holds, this library the nets");
  if (d.kind == dp::DescriptorKind::radial && !d.one_sided)
    out.push_back("DeePMD-kit does not load se_e2_r with nets for pairs of types from such a file");
  bool const excludes = std::any_of(d.excluded.begin(), d.excluded.end(), [](char x) { return x != 0; });
  bool const padding =
      std::any_of(d.mean.begin(), d.mean.end(), [](auto const& row) { return row[0] != 0.0; });
  if (d.one_sided && !d.excluded_padding && excludes && padding)
    out.push_back(
        "DeePMD-kit counts absent neighbours of excluded pairs, which the graph and this library do not");
  return out;
}

/// Writes the model in one file to another: `.dp`, `.yaml` or `.yml`; `types`: names for a file without them.
/// Returns what to warn of.
inline std::vector<std::string> convert(std::string const& from, std::string const& to,
                                        std::vector<std::string> const& types, bool force) {
  std::string const extension = dp::detail::lower_case(std::filesystem::path(to).extension().string());
  bool const yaml = extension == ".yaml" || extension == ".yml";
  if (!yaml && extension != ".dp")
    dp::fail(to, ": expected a name that ends in .dp, .yaml or .yml, the formats that are written");
  if (!force && std::filesystem::exists(to))
    dp::fail(to, ": the file is there already; remove it, or overwrite it with --force");
  std::string const bytes = dp::model_bytes(from);
  dp::detail::Node tree = dp::detail::read_tree(from, bytes).tree;
  dp::detail::Container const container = dp::detail::container_of(bytes);
  std::vector<std::string> warnings;
  // Other containers have no tree of their own: the one made of them is whole where the model is supported.
  if (container != dp::detail::Container::hdf5 && container != dp::detail::Container::text) {
    dp::Model const model = dp::detail::model_from_tree(tree, from, {.short_range = true, .types = types});
    warnings = meant_otherwise(model);
    dp::detail::complete_tree(tree, model.type_map);
  }
  write_whole(to, yaml ? dp::detail::yaml_bytes(tree, from) : dp::detail::dp_bytes(tree, from));
  return warnings;
}

}  // namespace models
