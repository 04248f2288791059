// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/core/error.hpp>
#include <dp/io/nequip_latent.hpp>
#include <dp/io/nequip_product.hpp>
#include <dp/io/torch_archive.hpp>
#include <dp/io/torch_module.hpp>
#include <dp/io/tree.hpp>
#include <dp/io/yaml_file.hpp>
#include <dp/io/zip_archive.hpp>
#include <optional>
#include <string>

namespace dp::detail {

/// Where the module of a package of the NequIP framework is, and where its tensors are.
inline constexpr char const* nequip_module = "model/eager_model.pkl";

/// The tree in a package of the NequIP framework (`.nequip.zip`); `folder`: of all, with a slash at its end.
inline Node nequip_package_tree(ZipArchive& zip, std::string const& folder) {
  TorchArchive archive(zip, folder, nequip_module, ".data/", ".storage");
  TorchModule const root(archive);
  std::optional<TorchModule> const model = root.find("sole_model");
  if (!model) root.complain("expected a package of one model, \"sole_model\"");
  return nequip::product_tree(*model);
}

/// The tree in an archive of TorchScript of the NequIP framework, or nothing where it is of another one.
inline std::optional<Node> nequip_script_tree(ZipArchive& zip, TorchArchive& archive,
                                              std::string const& folder) {
  TorchModule const root(archive);
  bool const graph = root.type() == "GraphModel";  // around all else since nequip 0.6
  TorchModule const inner = graph ? root["model"] : root;
  std::string const name = folder + "extra/config";
  bool const latent = inner.type() == "RescaleOutput" || (graph && zip.has(name));
  if (!latent) return graph ? std::optional<Node>(nequip::product_tree(root)) : std::nullopt;
  if (!zip.has(name)) root.complain("expected the configuration of training beside the model, extra/config");
  Node const config = yaml_tree(std::string(zip.contents(name)), zip.file() + ": extra/config");
  return nequip::latent_tree(inner, Cursor(config, zip.file() + ": extra/config"));
}

}  // namespace dp::detail
