// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <dp/core/quantity.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/npy_file.hpp"
#include "common/structure.hpp"

namespace examples {

/// What a frame is said to have, rows as in its structure; empty where the folder does not say.
struct Labels {
  std::vector<double> energy;       ///< (1), eV
  std::vector<double> force;        ///< (N x 3), eV/Angstrom
  std::vector<double> virial;       ///< (3 x 3), eV
  std::vector<double> atom_energy;  ///< (N), eV
  std::vector<double> output;       ///< (components), of a model that gives something else than energies
};

/// Reads a folder of labelled frames as DeePMD-kit trains on and dpdata writes (`deepmd/npy`): type.raw,
/// type_map.raw, nopbc, and folders set.* with coord.npy, box.npy, energy.npy, force.npy, virial.npy,
/// atom_ener.npy, fparam.npy, aparam.npy, dipole.npy and so on. With real_atom_types.npy (mixed types) each
/// frame has types of its own, and atoms of type -1 are none.
class DeepmdSystem {
 public:
  /// Of a model: names of its types, for a folder that has numbers alone, which parameters it takes, and what
  /// it gives.
  struct Model {
    std::vector<std::string> const& types;
    bool fparam = false, aparam = false;
    dp::Quantity quantity = {};
  };

  /// \throws dp::Error, naming the file, for what is no such folder
  DeepmdSystem(std::string folder, Model const& model) : m_folder(std::move(folder)), m_model(model) {
    if (!std::filesystem::is_directory(m_folder))
      dp::fail(m_folder, ": expected a folder with type.raw and set.*");
    std::string const type_map = m_folder + "/type_map.raw";
    m_named = std::filesystem::exists(type_map);
    m_names = m_named ? words_of(type_map) : m_model.types;
    read_types();
    m_periodic = !std::filesystem::exists(m_folder + "/nopbc");
    for (auto const& entry : std::filesystem::directory_iterator(m_folder))
      if (entry.is_directory() && entry.path().filename().string().starts_with("set."))
        m_sets.push_back(entry.path().string());
    std::sort(m_sets.begin(), m_sets.end());
    if (m_sets.empty()) dp::fail(m_folder, ": expected folders set.* with coord.npy, found none");
  }

  /// The next frame of all sets; false after the last. \throws dp::Error naming the file
  bool next(Structure& frame, Labels& labels) {
    while (!m_set || m_frame == m_set->frames) {
      if (m_next_set == m_sets.size()) return false;
      open(m_sets[m_next_set++]);
    }
    take(m_frame++, frame, labels);
    return true;
  }

  /// Whether the folder names its types, and not the model alone.
  bool named() const { return m_named; }

 private:
  using Array = std::optional<NpyFile>;

  struct Set {
    std::string folder;
    std::size_t frames = 0;
    Array coord, box, types, energy, force, virial, atom_energy, output, fparam, aparam;
  };

  static std::vector<std::string> words_of(std::string const& path) {
    LineReader lines(path);
    std::vector<std::string> result;
    for (std::string line; lines.next(line);)
      for (std::string_view const word : words(std::string_view(line).substr(0, line.find('#'))))
        result.emplace_back(word);
    return result;
  }

  void read_types() {
    std::string const path = m_folder + "/type.raw";
    for (std::string const& word : words_of(path)) {
      std::int64_t type = 0;
      if (!parse(word, type)) dp::fail(path, ": expected whole numbers, found '", word, "'");
      m_elements.push_back(name_of(type, path));
    }
    if (m_elements.empty()) dp::fail(path, ": expected the type of each atom, found none");
  }

  std::string const& name_of(std::int64_t type, std::string const& path) const {
    if (type < 0 || type >= std::ssize(m_names))
      dp::fail(path, ": expected types from 0 to ", std::ssize(m_names) - 1, " (",
               m_named ? "those of type_map.raw" : "those of the model", "), found ", type);
    return m_names[static_cast<std::size_t>(type)];
  }

  void open(std::string const& folder) {
    m_frame = 0;
    Set& set = m_set.emplace();
    set.folder = folder;
    std::size_t const n = m_elements.size();
    auto const path = [&](char const* name) { return folder + "/" + name + ".npy"; };
    set.coord.emplace(path("coord"));
    set.frames = set.coord->shape().size() > 1 ? set.coord->shape()[0] : 1;
    check(*set.coord, 3 * n);
    // `width` numbers of a frame; 0: any number for each of `rows`
    auto const read = [&](Array& array, char const* name, std::size_t width, std::size_t rows = 1) {
      if (!std::filesystem::exists(path(name))) return false;
      array.emplace(path(name));
      std::size_t const all = rows * set.frames, found = all > 0 ? array->size() / all : 0;
      check(*array, width > 0 ? width : rows * found);
      return true;
    };
    if (m_periodic && !read(set.box, "box", 9))
      dp::fail(path("box"), ": is not there; expected it, or a file ", m_folder, "/nopbc");
    if (read(set.types, "real_atom_types", n) && !m_named)
      dp::fail(path("real_atom_types"), ": expected names of the types in ", m_folder,
               "/type_map.raw, which is not there");
    read(set.energy, "energy", 1);
    read(set.force, "force", 3 * n);
    read(set.virial, "virial", 9);
    if (!read(set.atom_energy, "atom_ener", n)) read(set.atom_energy, "atomic_ener", n);
    if (!m_model.quantity.is_energy())
      read(set.output, m_model.quantity.name.c_str(), static_cast<std::size_t>(m_model.quantity.components));
    if (m_model.fparam) read(set.fparam, "fparam", 0);
    if (m_model.aparam) read(set.aparam, "aparam", 0, n);
  }

  void check(NpyFile const& array, std::size_t width) const {
    if (array.size() == m_set->frames * width) return;
    std::string found;
    for (std::size_t const extent : array.shape())
      found += (found.empty() ? "" : ", ") + std::to_string(extent);
    dp::fail(array.path(), ": expected (", m_set->frames, ", ", width, ") numbers for ", m_set->frames,
             " frames of ", m_elements.size(), " atoms, found (", found, ")");
  }

  /// Empty where the atom is none.
  std::string element_of(std::size_t f, std::size_t i) const {
    if (!m_set->types) return m_elements[i];
    NpyFile const& types = *m_set->types;
    double const type = types[f * m_elements.size() + i];
    if (type == -1.0) return {};
    if (type != std::trunc(type)) dp::fail(types.path(), ": expected whole numbers, found ", type);
    return name_of(static_cast<std::int64_t>(type), types.path());
  }

  void take(std::size_t f, Structure& frame, Labels& labels) const {
    Set const& set = *m_set;
    frame = {};
    labels = {};
    frame.source = set.folder + " (frame " + std::to_string(f + 1) + ")";
    std::vector<std::size_t> kept;  // atoms that are there
    for (std::size_t i = 0; i < m_elements.size(); ++i) {
      std::string element = element_of(f, i);
      if (element.empty()) continue;
      kept.push_back(i);
      frame.elements.push_back(std::move(element));
    }
    auto const of_frame = [&](Array const& array, std::vector<double>& to) {
      std::size_t const width = array ? array->size() / set.frames : 0;
      for (std::size_t k = 0; k < width; ++k) to.push_back((*array)[f * width + k]);
    };
    auto const of_atoms = [&](Array const& array, std::vector<double>& to) {
      std::size_t const row = array ? array->size() / set.frames : 0, width = row / m_elements.size();
      for (std::size_t const i : kept)
        for (std::size_t k = 0; k < width; ++k) to.push_back((*array)[f * row + i * width + k]);
    };
    of_atoms(set.coord, frame.positions);
    of_frame(set.fparam, frame.fparam);
    of_atoms(set.aparam, frame.aparam);
    of_frame(set.energy, labels.energy);
    of_atoms(set.force, labels.force);
    of_frame(set.virial, labels.virial);
    of_atoms(set.atom_energy, labels.atom_energy);
    of_frame(set.output, labels.output);
    if (m_periodic) read_box(f, frame);
  }

  void read_box(std::size_t f, Structure& frame) const {
    for (std::size_t k = 0; k < 9; ++k) frame.box.h[k] = (*m_set->box)[9 * f + k];
    frame.box.periodic.fill(true);
    frame.has_box = true;
    try {
      frame.box.check();
    } catch (dp::Error const& error) {
      dp::fail(m_set->box->path(), ": frame ", f + 1, ": ", error.what());
    }
  }

  std::string m_folder;
  Model m_model;
  std::vector<std::string> m_names, m_elements, m_sets;
  bool m_named = false, m_periodic = true;
  std::optional<Set> m_set;
  std::size_t m_next_set = 0, m_frame = 0;
};

/// The folder, if it is one of labelled frames, and all such folders below it, in the order of their names.
/// \throws dp::Error where there is none
inline std::vector<std::string> deepmd_systems(std::string const& folder) {
  namespace fs = std::filesystem;
  std::vector<std::string> result;
  if (fs::exists(fs::path(folder) / "type.raw")) result.push_back(folder);
  for (auto const& entry :
       fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied))
    if (entry.is_directory() && fs::exists(entry.path() / "type.raw"))
      result.push_back(entry.path().string());
  std::sort(result.begin(), result.end());
  if (result.empty())
    dp::fail(folder,
             ": expected a folder of labelled frames (type.raw, set.*), or of such folders, found none");
  return result;
}

}  // namespace examples
