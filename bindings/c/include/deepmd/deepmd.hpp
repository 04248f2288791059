// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// @file
/// Classes for C++ programs that were written for those of DeePMD-kit's header of this name, over the
/// functions of c_api.h, in C++11. Numbers are double or float; an empty box means open space; errors are
/// thrown.

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "model.hpp"

namespace deepmd {
namespace hpp {

/// A model of energies. Forces and so on are resized; those of several frames follow each other. Parameters
/// may be those of one frame for all.
class DeepPot : public Model<DP_DeepPot, detail::GetDeepPot> {
 public:
  DeepPot() = default;
  explicit DeepPot(std::string const& file, int gpu_rank = 0, std::string const& content = "") {
    init(file, gpu_rank, content);
  }
  /// Reads `file`, or `content` where it is not empty; warns where a model has been read before, and keeps
  /// it.
  void init(std::string const& file, int gpu_rank = 0, std::string const& content = "") {
    if (has_been_read()) return;
    take(DP_NewDeepPotWithParam2(file.c_str(), gpu_rank, content.data(), static_cast<int>(content.size())),
         1);
  }
  /// Names of the types, with blanks between them.
  void get_type_map(std::string& names) const { names = detail::take(DP_DeepPotGetTypeMap(open())); }

  template <class Real, class Energy>
  void compute(Energy& energy, Values<Real>& force, Values<Real>& virial, Values<Real> const& coord,
               std::vector<int> const& atype, Values<Real> const& box, Values<Real> const& fparam = {},
               Values<Real> const& aparam = {}) {
    run(energies(energy, coord.size(), atype.size()), force, virial, none<Real>(), none<Real>(), coord, atype,
        box, {0, nullptr, 0}, fparam, aparam, atype.size());
  }
  template <class Real, class Energy>
  void compute(Energy& energy, Values<Real>& force, Values<Real>& virial, Values<Real>& atom_energy,
               Values<Real>& atom_virial, Values<Real> const& coord, std::vector<int> const& atype,
               Values<Real> const& box, Values<Real> const& fparam = {}, Values<Real> const& aparam = {}) {
    run(energies(energy, coord.size(), atype.size()), force, virial, &atom_energy, &atom_virial, coord, atype,
        box, {0, nullptr, 0}, fparam, aparam, atype.size());
  }
  /// With neighbours of the caller, who gives a new list where `ago` is 0; the last `nghost` atoms are
  /// ghosts.
  template <class Real, class Energy>
  void compute(Energy& energy, Values<Real>& force, Values<Real>& virial, Values<Real> const& coord,
               std::vector<int> const& atype, Values<Real> const& box, int nghost, InputNlist const& list,
               int const& ago, Values<Real> const& fparam = {}, Values<Real> const& aparam = {}) {
    run(energies(energy, coord.size(), atype.size()), force, virial, none<Real>(), none<Real>(), coord, atype,
        box, {nghost, list.made().get(), ago}, fparam, aparam, atype.size());
  }
  template <class Real, class Energy>
  void compute(Energy& energy, Values<Real>& force, Values<Real>& virial, Values<Real>& atom_energy,
               Values<Real>& atom_virial, Values<Real> const& coord, std::vector<int> const& atype,
               Values<Real> const& box, int nghost, InputNlist const& list, int const& ago,
               Values<Real> const& fparam = {}, Values<Real> const& aparam = {}) {
    run(energies(energy, coord.size(), atype.size()), force, virial, &atom_energy, &atom_virial, coord, atype,
        box, {nghost, list.made().get(), ago}, fparam, aparam, atype.size());
  }
  /// Frames of as many atoms each, whose types differ.
  template <class Real, class Energy>
  void compute_mixed_type(Energy& energy, Values<Real>& force, Values<Real>& virial, int nframes,
                          Values<Real> const& coord, std::vector<int> const& atype, Values<Real> const& box,
                          Values<Real> const& fparam = {}, Values<Real> const& aparam = {}) {
    std::size_t const atoms = atoms_of_frame(nframes, coord.size(), atype.size());
    run(energies(energy, coord.size(), atoms), force, virial, none<Real>(), none<Real>(), coord, atype, box,
        {0, nullptr, 0}, fparam, aparam, atoms);
  }
  template <class Real, class Energy>
  void compute_mixed_type(Energy& energy, Values<Real>& force, Values<Real>& virial,
                          Values<Real>& atom_energy, Values<Real>& atom_virial, int nframes,
                          Values<Real> const& coord, std::vector<int> const& atype, Values<Real> const& box,
                          Values<Real> const& fparam = {}, Values<Real> const& aparam = {}) {
    std::size_t const atoms = atoms_of_frame(nframes, coord.size(), atype.size());
    run(energies(energy, coord.size(), atoms), force, virial, &atom_energy, &atom_virial, coord, atype, box,
        {0, nullptr, 0}, fparam, aparam, atoms);
  }

 private:
  static std::size_t atoms_of_frame(int nframes, std::size_t numbers, std::size_t types) {
    detail::require(nframes > 0, "nframes: expected 1 or more");
    auto const frames = static_cast<std::size_t>(nframes);
    detail::require(types % frames == 0 && (types > 0 || frames == 1),
                    "atype: expected as many types for each frame");
    detail::require(numbers == 3 * types, "coord: expected 3 numbers for each atom of each frame");
    return types / frames;
  }
  template <class Real>
  static Values<Real>* none() {
    return nullptr;
  }
  static double* energies(std::vector<double>& energy, std::size_t numbers, std::size_t atoms) {
    energy.resize(frames_of(numbers, atoms));
    return energy.data();
  }
  static double* energies(double& energy, std::size_t numbers, std::size_t atoms) {
    detail::require(frames_of(numbers, atoms) == 1, "energies of several frames need a vector");
    return &energy;
  }
};

/// Several models of the same atoms. Forces and so on of each model are a vector.
class DeepPotModelDevi : public Model<DP_DeepPotModelDevi, detail::GetDeepPotModelDevi> {
 public:
  template <class Real>
  using OfModels = std::vector<std::vector<Real>>;

  DeepPotModelDevi() = default;
  explicit DeepPotModelDevi(std::vector<std::string> const& files) { init(files); }
  /// Reads `files`; of each that has contents which are not empty, these. There may be fewer of them. Warns
  /// where models have been read before, and keeps them.
  void init(std::vector<std::string> const& files, int gpu_rank = 0,
            std::vector<std::string> const& contents = {}) {
    if (has_been_read()) return;
    std::vector<char const*> names, bytes;
    std::vector<int> sizes;
    for (std::string const& file : files) names.push_back(file.c_str());
    for (std::string const& content : contents) {
      bytes.push_back(content.data());
      sizes.push_back(static_cast<int>(content.size()));
    }
    take(DP_NewDeepPotModelDeviWithParam(names.data(), static_cast<int>(names.size()), gpu_rank, bytes.data(),
                                         static_cast<int>(bytes.size()), sizes.data()),
         files.size());
  }

  template <class Real>
  void compute(std::vector<double>& energy, OfModels<Real>& force, OfModels<Real>& virial,
               Values<Real> const& coord, std::vector<int> const& atype, Values<Real> const& box,
               Values<Real> const& fparam = {}, Values<Real> const& aparam = {}) {
    split<Real>(energy, force, virial, nullptr, nullptr, coord, atype, box, {0, nullptr, 0}, fparam, aparam);
  }
  template <class Real>
  void compute(std::vector<double>& energy, OfModels<Real>& force, OfModels<Real>& virial,
               OfModels<Real>& atom_energy, OfModels<Real>& atom_virial, Values<Real> const& coord,
               std::vector<int> const& atype, Values<Real> const& box, Values<Real> const& fparam = {},
               Values<Real> const& aparam = {}) {
    split<Real>(energy, force, virial, &atom_energy, &atom_virial, coord, atype, box, {0, nullptr, 0}, fparam,
                aparam);
  }
  template <class Real>
  void compute(std::vector<double>& energy, OfModels<Real>& force, OfModels<Real>& virial,
               Values<Real> const& coord, std::vector<int> const& atype, Values<Real> const& box, int nghost,
               InputNlist const& list, int const& ago, Values<Real> const& fparam = {},
               Values<Real> const& aparam = {}) {
    split<Real>(energy, force, virial, nullptr, nullptr, coord, atype, box, {nghost, list.made().get(), ago},
                fparam, aparam);
  }
  template <class Real>
  void compute(std::vector<double>& energy, OfModels<Real>& force, OfModels<Real>& virial,
               OfModels<Real>& atom_energy, OfModels<Real>& atom_virial, Values<Real> const& coord,
               std::vector<int> const& atype, Values<Real> const& box, int nghost, InputNlist const& list,
               int const& ago, Values<Real> const& fparam = {}, Values<Real> const& aparam = {}) {
    split<Real>(energy, force, virial, &atom_energy, &atom_virial, coord, atype, box,
                {nghost, list.made().get(), ago}, fparam, aparam);
  }

  /// Mean over models.
  template <class Real>
  void compute_avg(Values<Real>& mean, OfModels<Real> const& all) const {
    mean.assign(all.empty() ? 0 : all[0].size(), Real(0));
    for (Values<Real> const& one : all)
      for (std::size_t k = 0; k < mean.size(); ++k) mean[k] += one[k] / static_cast<Real>(all.size());
  }
  /// Of vectors of `stride` numbers: the root of the mean square of their distance from `mean`.
  template <class Real>
  void compute_std(Values<Real>& deviation, Values<Real> const& mean, OfModels<Real> const& all,
                   int const& stride) const {
    auto const columns = static_cast<std::size_t>(stride);
    deviation.assign(mean.size() / columns, Real(0));
    for (std::size_t k = 0; k < columns * deviation.size(); ++k)
      for (Values<Real> const& one : all)
        deviation[k / columns] += (one[k] - mean[k]) * (one[k] - mean[k]) / static_cast<Real>(all.size());
    for (Real& d : deviation) d = std::sqrt(d);
  }
  /// Divides by the length of the mean vectors plus `level`.
  template <class Real>
  void compute_relative_std(Values<Real>& deviation, Values<Real> const& mean, Real level,
                            int const& stride) const {
    auto const columns = static_cast<std::size_t>(stride);
    for (std::size_t i = 0; i < deviation.size(); ++i) {
      Real square = 0;
      for (std::size_t k = 0; k < columns; ++k) square += mean[columns * i + k] * mean[columns * i + k];
      deviation[i] /= std::sqrt(square) + level;
    }
  }
  /// Of forces, see compute_std().
  template <class Real>
  void compute_std_f(Values<Real>& deviation, Values<Real> const& mean, OfModels<Real> const& all) const {
    compute_std(deviation, mean, all, 3);
  }
  /// Of forces, see compute_relative_std().
  template <class Real>
  void compute_relative_std_f(Values<Real>& deviation, Values<Real> const& mean, Real level) const {
    compute_relative_std(deviation, mean, level, 3);
  }

 private:
  template <class Real>
  void split(std::vector<double>& energy, OfModels<Real>& force, OfModels<Real>& virial,
             OfModels<Real>* atom_energy, OfModels<Real>* atom_virial, Values<Real> const& coord,
             std::vector<int> const& atype, Values<Real> const& box, Neighbours const& neighbours,
             Values<Real> const& fparam, Values<Real> const& aparam) {
    Values<Real> f, v, ae, av;
    energy.resize(numb_models);
    run(energy.data(), f, v, atom_energy == nullptr ? nullptr : &ae, atom_virial == nullptr ? nullptr : &av,
        coord, atype, box, neighbours, fparam, aparam, atype.size());
    auto const cut = [this](Values<Real> const& all, OfModels<Real>& parts) {
      parts.clear();
      auto const size = static_cast<std::ptrdiff_t>(all.size() / numb_models);
      for (auto at = all.begin(); parts.size() < numb_models; at += size) parts.emplace_back(at, at + size);
    };
    cut(f, force);
    cut(v, virial);
    if (atom_energy != nullptr) cut(ae, *atom_energy);
    if (atom_virial != nullptr) cut(av, *atom_virial);
  }
};

/// Writes a frozen graph in text as a binary one, or says on standard error why not.
inline void convert_pbtxt_to_pb(std::string const& text_file, std::string const& binary_file) {
  DP_ConvertPbtxtToPb(text_file.c_str(), binary_file.c_str());
}

/// The bytes of a file.
inline void read_file_to_string(std::string const& file, std::string& content) {
  int size = 0;
  char const* const bytes = DP_ReadFileToChar2(file.c_str(), &size);
  content.assign(bytes, static_cast<std::size_t>(size < 0 ? -size : size));
  DP_DeleteChar(bytes);
  if (size < 0) throw deepmd_exception(content);
}

}  // namespace hpp
}  // namespace deepmd
