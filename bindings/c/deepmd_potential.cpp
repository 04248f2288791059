// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "deepmd_objects.hpp"

namespace dp_deepmd {

namespace {

/// Frames as the functions of C take them; results of several models follow each other.
template <class Real>
struct Frames {
  int frames, atoms;
  bool own_types;  // each frame has types of its own
  Real const* coord;
  int const* types;
  Real const *cell, *fparam, *aparam;
  int ghosts;
  DP_Nlist const* list;  // null: neighbours are found here
  int ago;
  double* energy;
  Real *force, *virial, *atom_energy, *atom_virial;
};

/// So many numbers of frame `frame` in double, in `memory` where they are not.
template <class Real>
double const* input(Real const* from, std::size_t frame, std::size_t n, std::vector<double>& memory) {
  if (from == nullptr || n == 0) return nullptr;
  from += frame * n;
  if constexpr (std::is_same_v<Real, double>) return from;
  memory.assign(from, from + n);
  return memory.data();
}

template <class Real>
double* output(Real* to, std::size_t frame, std::size_t n, std::vector<double>& memory) {
  if (to == nullptr) return nullptr;
  if constexpr (std::is_same_v<Real, double>) return to + frame * n;
  memory.resize(n);
  return memory.data();
}

template <class Real>
void deliver(Real* to, std::size_t frame, std::size_t n, std::vector<double> const& memory) {
  if constexpr (!std::is_same_v<Real, double>)
    if (to != nullptr)
      std::transform(memory.begin(), memory.begin() + static_cast<std::ptrdiff_t>(n), to + frame * n,
                     [](double x) { return static_cast<Real>(x); });
}

/// Types that the model does not have mean atoms that are not there, as negative ones do.
int const* known_types(Object& object, int const* types, std::size_t n) {
  int const known = dp_types(object.handle);
  if (std::none_of(types, types + n, [&](int type) { return type >= known; })) return types;
  object.types.assign(types, types + n);
  for (int& type : object.types)
    if (type >= known) type = -1;
  return object.types.data();
}

/// Says once that neighbours were left out, which programs written for DeePMD-kit do not ask about.
void report_dropped(Object& object) {
  auto const dropped = static_cast<long long>(dp_dropped(object.handle));
  if (dropped == 0 || std::exchange(object.reported, true)) return;
  std::fprintf(stderr,
               "libdeepmd_c of dp: %lld neighbours beyond the model's sel are left out, type by type the "
               "farthest (said once; DP_OVERFLOW=keep_all keeps them, DP_OVERFLOW=error refuses)\n",
               dropped);
}

template <class Real>
void compute(Object& object, Frames<Real> const& f) {
  guarded(object, [&] {
    if (object.handle == nullptr) return;  // its error stays
    object.error.clear();
    if (f.frames < 1)
      throw std::invalid_argument("nframes: expected 1 or more, found " + std::to_string(f.frames));
    if (f.atoms < 0)
      throw std::invalid_argument("natoms: expected 0 or more, found " + std::to_string(f.atoms));
    if (f.atoms > 0 && f.types == nullptr) throw std::invalid_argument("atype: found a null pointer");
    int const local = f.atoms - f.ghosts;
    // Rows of ghosts may follow those of the local atoms.
    dp_list list{};
    if (f.list != nullptr) {
      list = f.list->list;
      list.rows = std::min(list.rows, std::max(local, 0));
    }
    auto const n = static_cast<std::size_t>(f.atoms),
               models = static_cast<std::size_t>(dp_models(object.handle));
    auto const fparams = static_cast<std::size_t>(dp_fparam(object.handle)),
               aparams = static_cast<std::size_t>(dp_aparam(object.handle)) *
                         static_cast<std::size_t>(std::max(local, 0));
    for (std::size_t k = 0; k < static_cast<std::size_t>(f.frames); ++k) {
      int const* const types = known_types(object, f.types + (f.own_types ? k * n : 0), n);
      double const* const coord = input(f.coord, k, 3 * n, object.coord);
      double const* const fparam = input(f.fparam, k, fparams, object.fparam);
      double const* const aparam = input(f.aparam, k, aparams, object.aparam);
      double* const energy = f.energy == nullptr ? nullptr : f.energy + k * models;
      double* const force = output(f.force, k, models * 3 * n, object.force);
      double* const virial = output(f.virial, k, models * 9, object.virial);
      double* const atom_energy = output(f.atom_energy, k, models * n, object.atom_energy);
      double* const atom_virial = output(f.atom_virial, k, models * 9 * n, object.atom_virial);
      int const status =
          f.list != nullptr
              ? dp_compute_list(object.handle, f.atoms, local, coord, types, &list, f.ago == 0 && k == 0,
                                fparam, aparam, energy, force, virial, atom_energy, atom_virial)
              : dp_compute(object.handle, f.atoms, coord, types, input(f.cell, k, 9, object.cell), nullptr,
                           fparam, aparam, energy, force, virial, atom_energy, atom_virial);
      if (status != dp_success) {
        object.error = (f.frames > 1 ? "frame " + std::to_string(k + 1) + ": " : "") + dp_error_text();
        return;
      }
      report_dropped(object);
      deliver(f.force, k, models * 3 * n, object.force);
      deliver(f.virial, k, models * 9, object.virial);
      deliver(f.atom_energy, k, models * n, object.atom_energy);
      deliver(f.atom_virial, k, models * 9 * n, object.atom_virial);
    }
  });
}

template <class Real>
void compute_with_list(Object& object, Frames<Real> const& f) {
  if (f.list != nullptr) return compute(object, f);
  guarded(object, [&] {
    if (object.handle != nullptr) object.error = "nlist: found a null pointer";
  });
}

/// Several models take one frame at a time, as in DeePMD-kit.
bool accepts(DP_DeepPot&, int) { return true; }
bool accepts(DP_DeepPotModelDevi& object, int frames) {
  if (frames == 1) return true;
  guarded(object, [&] {
    object.error = "nframes: expected one frame for several models, found " + std::to_string(frames);
  });
  return false;
}

template <class Model>
Model* open(int models, char const* const* files, char const* const* contents, std::size_t const* sizes,
            int gpu_rank) {
  auto* const object = new Model;
  guarded(*object, [&] {
    if (dp_initialize(0, gpu_rank) != dp_success ||
        dp_open_models(models, files, contents, sizes, nullptr, &object->handle) != dp_success)
      object->error = dp_error_text();
  });
  return object;
}

}  // namespace

}  // namespace dp_deepmd

using dp_deepmd::Frames;

extern "C" {

DP_DeepPot* DP_NewDeepPot(char const* model) {
  return dp_deepmd::open<DP_DeepPot>(1, &model, nullptr, nullptr, -1);
}

DP_DeepPot* DP_NewDeepPotWithParam(char const* model, int const gpu_rank, char const* file_content) {
  // A text cannot hold the bytes of a model: it ends at the first zero.
  if (file_content == nullptr || file_content[0] == '\0')
    return dp_deepmd::open<DP_DeepPot>(1, &model, nullptr, nullptr, gpu_rank);
  auto* const object = new DP_DeepPot;
  dp_deepmd::refuse(*object, "contents of a file need their size: use DP_NewDeepPotWithParam2");
  return object;
}

DP_DeepPot* DP_NewDeepPotWithParam2(char const* model, int const gpu_rank, char const* file_content,
                                    int const size_file_content) {
  bool const given = file_content != nullptr && size_file_content > 0;
  auto const size = static_cast<std::size_t>(std::max(size_file_content, 0));
  return dp_deepmd::open<DP_DeepPot>(1, &model, given ? &file_content : nullptr, &size, gpu_rank);
}

DP_DeepPotModelDevi* DP_NewDeepPotModelDevi(char const** models, int n_models) {
  return dp_deepmd::open<DP_DeepPotModelDevi>(n_models, models, nullptr, nullptr, -1);
}

DP_DeepPotModelDevi* DP_NewDeepPotModelDeviWithParam(char const** models, int const n_models,
                                                     int const gpu_rank, char const** file_contents,
                                                     int const n_file_contents,
                                                     int const* size_file_contents) {
  int const given = file_contents == nullptr ? 0 : std::max(n_file_contents, 0);
  std::string wrong;
  if (given > n_models)
    wrong = "file_contents: expected at most one for each of " + std::to_string(n_models) +
            " models, found " + std::to_string(given);
  else if (given > 0 && size_file_contents == nullptr)
    wrong = "size_file_contents: found a null pointer";
  if (!wrong.empty()) {
    auto* const object = new DP_DeepPotModelDevi;
    dp_deepmd::refuse(*object, wrong.c_str());
    return object;
  }
  auto const n = static_cast<std::size_t>(std::max(n_models, 0));
  std::vector<char const*> contents(n, nullptr);  // null: the file is read
  std::vector<std::size_t> sizes(n, 0);
  for (std::size_t m = 0; m < static_cast<std::size_t>(given); ++m)
    if (size_file_contents[m] > 0) {
      contents[m] = file_contents[m];
      sizes[m] = static_cast<std::size_t>(size_file_contents[m]);
    }
  return dp_deepmd::open<DP_DeepPotModelDevi>(n_models, models, contents.data(), sizes.data(), gpu_rank);
}

// Parameters of charge and spin are for models that have them, of which there are none; others ignore them.
#define COMPUTE(Object, Real, f)                                                                             \
  void DP_##Object##Compute##f##2(DP_##Object * dp, int const nframes, int const natoms, DP_ATOMS_(Real),    \
                                  DP_PARAMETERS_(Real), DP_RESULTS_(Real)) {                                 \
    if (dp_deepmd::accepts(*dp, nframes))                                                                    \
      dp_deepmd::compute(                                                                                    \
          *dp, Frames<Real>{nframes, natoms, false, coord, atype, cell, fparam, aparam, 0, nullptr, 0,       \
                            energy, force, virial, atomic_energy, atomic_virial});                           \
  }                                                                                                          \
  void DP_##Object##Compute##f##3(DP_##Object * dp, int const nframes, int const natoms, DP_ATOMS_(Real),    \
                                  DP_PARAMETERS_(Real), Real const*, DP_RESULTS_(Real)) {                    \
    DP_##Object##Compute##f##2(dp, nframes, natoms, coord, atype, cell, fparam, aparam, energy, force,       \
                               virial, atomic_energy, atomic_virial);                                        \
  }                                                                                                          \
  void DP_##Object##ComputeNList##f##2(DP_##Object * dp, int const nframes, int const natoms,                \
                                       DP_ATOMS_(Real), DP_LIST_, DP_PARAMETERS_(Real), DP_RESULTS_(Real)) { \
    if (dp_deepmd::accepts(*dp, nframes))                                                                    \
      dp_deepmd::compute_with_list(                                                                          \
          *dp, Frames<Real>{nframes, natoms, false, coord, atype, cell, fparam, aparam, nghost, nlist, ago,  \
                            energy, force, virial, atomic_energy, atomic_virial});                           \
  }                                                                                                          \
  void DP_##Object##ComputeNList##f##3(DP_##Object * dp, int const nframes, int const natoms,                \
                                       DP_ATOMS_(Real), DP_LIST_, DP_PARAMETERS_(Real), Real const*,         \
                                       DP_RESULTS_(Real)) {                                                  \
    DP_##Object##ComputeNList##f##2(dp, nframes, natoms, coord, atype, cell, nghost, nlist, ago, fparam,     \
                                    aparam, energy, force, virial, atomic_energy, atomic_virial);            \
  }                                                                                                          \
  void DP_##Object##Compute##f(DP_##Object* dp, int const natoms, DP_ATOMS_(Real), DP_RESULTS_(Real)) {      \
    DP_##Object##Compute##f##2(dp, 1, natoms, coord, atype, cell, nullptr, nullptr, energy, force, virial,   \
                               atomic_energy, atomic_virial);                                                \
  }                                                                                                          \
  void DP_##Object##ComputeNList##f(DP_##Object* dp, int const natoms, DP_ATOMS_(Real), DP_LIST_,            \
                                    DP_RESULTS_(Real)) {                                                     \
    DP_##Object##ComputeNList##f##2(dp, 1, natoms, coord, atype, cell, nghost, nlist, ago, nullptr, nullptr, \
                                    energy, force, virial, atomic_energy, atomic_virial);                    \
  }

COMPUTE(DeepPot, double, )
COMPUTE(DeepPot, float, f)
COMPUTE(DeepPotModelDevi, double, )
COMPUTE(DeepPotModelDevi, float, f)

#define COMPUTE_MIXED(Real, f)                                                                              \
  void DP_DeepPotComputeMixedType##f(DP_DeepPot* dp, int const nframes, int const natoms, DP_ATOMS_(Real),  \
                                     DP_PARAMETERS_(Real), DP_RESULTS_(Real)) {                             \
    dp_deepmd::compute(*dp, Frames<Real>{nframes, natoms, true, coord, atype, cell, fparam, aparam, 0,      \
                                         nullptr, 0, energy, force, virial, atomic_energy, atomic_virial}); \
  }

COMPUTE_MIXED(double, )
COMPUTE_MIXED(float, f)

}  // extern "C"
