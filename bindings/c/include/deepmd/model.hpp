// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

/// @file
/// Classes for C++ programs that were written for those of DeePMD-kit's header of this name, over the
/// functions of c_api.h, in C++11. Numbers are double or float; an empty box means open space; errors are
/// thrown.

#include <cstddef>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "c_api.h"

namespace deepmd {
namespace hpp {

/// What all that follows throws.
struct deepmd_exception : std::runtime_error {
  deepmd_exception() : deepmd_exception("an error") {}
  explicit deepmd_exception(std::string const& text) : std::runtime_error("libdeepmd_c: " + text) {}
};

namespace detail {

inline std::string take(char const* text) {
  std::string const copy = text;
  DP_DeleteChar(text);
  return copy;
}

inline void require(bool fulfilled, char const* text) {
  if (!fulfilled) throw deepmd_exception(text);
}

template <class T>
T const* data(std::vector<T> const& values) {
  return values.empty() ? nullptr : values.data();
}

/// Parameters for `frames` frames of `size` numbers each, where the caller may have given those of one frame.
template <class Real>
std::vector<Real> for_frames(std::vector<Real> const& given, std::size_t frames, std::size_t size,
                             char const* text) {
  if (given.size() == size * frames || given.empty()) return given;
  require(given.size() == size, text);
  std::vector<Real> all;
  for (std::size_t k = 0; k < frames; ++k) all.insert(all.end(), given.begin(), given.end());
  return all;
}

// The functions of C in double and in float, by overloading.
#define DP_OVERLOAD_(Object, Real, f)                                                                        \
  inline void call(DP_##Object* dp, int frames, int atoms, DP_ATOMS_(Real), DP_PARAMETERS_(Real),            \
                   DP_RESULTS_(Real)) {                                                                      \
    DP_##Object##Compute##f##2(dp, frames, atoms, coord, atype, cell, fparam, aparam, energy, force, virial, \
                               atomic_energy, atomic_virial);                                                \
  }                                                                                                          \
  inline void call(DP_##Object* dp, int frames, int atoms, DP_ATOMS_(Real), DP_LIST_, DP_PARAMETERS_(Real),  \
                   DP_RESULTS_(Real)) {                                                                      \
    DP_##Object##ComputeNList##f##2(dp, frames, atoms, coord, atype, cell, nghost, nlist, ago, fparam,       \
                                    aparam, energy, force, virial, atomic_energy, atomic_virial);            \
  }
DP_OVERLOAD_(DeepPot, double, )
DP_OVERLOAD_(DeepPot, float, f)
DP_OVERLOAD_(DeepPotModelDevi, double, )
DP_OVERLOAD_(DeepPotModelDevi, float, f)
#undef DP_OVERLOAD_
inline void call_mixed(DP_DeepPot* dp, int frames, int atoms, DP_ATOMS_(double), DP_PARAMETERS_(double),
                       DP_RESULTS_(double)) {
  DP_DeepPotComputeMixedType(dp, frames, atoms, coord, atype, cell, fparam, aparam, energy, force, virial,
                             atomic_energy, atomic_virial);
}
inline void call_mixed(DP_DeepPot* dp, int frames, int atoms, DP_ATOMS_(float), DP_PARAMETERS_(float),
                       DP_RESULTS_(float)) {
  DP_DeepPotComputeMixedTypef(dp, frames, atoms, coord, atype, cell, fparam, aparam, energy, force, virial,
                              atomic_energy, atomic_virial);
}

inline void call_mixed(DP_DeepPotModelDevi*, ...) {
  throw deepmd_exception("atype: expected one for each atom");
}

}  // namespace detail

/// A neighbour list of the caller, whose arrays it does not own. Its members may be set later, too.
struct InputNlist {
  InputNlist() : InputNlist(0, nullptr, nullptr, nullptr) {}
  InputNlist(int rows, int* atoms, int* counts, int** neighbours)
      : inum(rows), ilist(atoms), numneigh(counts), firstneigh(neighbours) {}
  /// With what ranks send each other, which no model here needs.
  template <class... Messages>
  InputNlist(int rows, int* atoms, int* counts, int** neighbours, int /*nswap*/, Messages const&...)
      : InputNlist(rows, atoms, counts, neighbours) {}

  void set_mask(int bits) { mask = bits; }  ///< bits of an entry that hold the index
  void set_mapping(int*) {}                 ///< not needed by any model here

  struct Delete {
    void operator()(DP_Nlist* made) const { DP_DeleteNlist(made); }
  };
  /// That of the C library, of the present members.
  std::unique_ptr<DP_Nlist, Delete> made() const {
    std::unique_ptr<DP_Nlist, Delete> list(DP_NewNlist(inum, ilist, numneigh, firstneigh));
    if (mask != 0) DP_NlistSetMask(list.get(), mask);
    return list;
  }

  int inum = 0;                ///< number of rows
  int* ilist = nullptr;        ///< the atom of each row
  int* numneigh = nullptr;     ///< entries of each row
  int** firstneigh = nullptr;  ///< the entries
  int mask = 0;                ///< 0: all bits
};

/// Fills `to`, which has room for as many rows, with those of `from`.
inline void convert_nlist(InputNlist& to, std::vector<std::vector<int>>& from) {
  int const rows = static_cast<int>(from.size());
  for (int i = 0; i < rows; ++i) {
    std::vector<int>& row = from[static_cast<std::size_t>(i)];
    to.ilist[i] = i;
    to.numneigh[i] = static_cast<int>(row.size());
    to.firstneigh[i] = row.data();
  }
  to.inum = rows;
}

/// What models and groups of models have in common; `Get` has the functions of C.
template <class Handle, class Get>
class Model {
 public:
  Model() = default;
  Model(Model const&) = delete;
  Model& operator=(Model const&) = delete;
  ~Model() { Get::remove(dp); }

  double cutoff() const { return Get::cutoff(open()); }                    ///< Angstrom
  int numb_types() const { return Get::types(open()); }                    ///< number of types
  int numb_types_spin() const { return 0; }                                ///< none of them has a spin
  int dim_fparam() const { return Get::fparam(open()); }                   ///< frame parameters
  int dim_aparam() const { return Get::aparam(open()); }                   ///< parameters of an atom
  int dim_chg_spin() const { return 0; }                                   ///< none
  bool is_aparam_nall() const { return false; }                            ///< ghosts have none
  bool has_default_fparam() const { return Get::default_fparam(open()); }  ///< they may be left out
  void print_summary(std::string const& prefix) const { DP_PrintSummary(prefix.c_str()); }

 protected:
  struct Neighbours {
    int ghosts;
    DP_Nlist const* list;  // null: to be found
    int ago;
  };
  template <class Real>
  using Values = std::vector<Real>;

  Handle* open() const {
    detail::require(dp != nullptr, "no model has been read: call init()");
    return dp;
  }
  /// Whether init() has been called before; says so.
  bool has_been_read() const {
    if (dp != nullptr) std::fprintf(stderr, "libdeepmd_c of dp: warning: a second init() does nothing\n");
    return dp != nullptr;
  }
  void take(Handle* made, std::size_t models) {
    Model guard;
    guard.dp = made;
    guard.check();
    std::swap(dp, guard.dp);
    numb_models = models;
  }
  void check() const {
    std::string const error = detail::take(Get::error(dp));
    if (!error.empty()) throw deepmd_exception(error);
  }
  static std::size_t frames_of(std::size_t numbers, std::size_t atoms) {
    return atoms > 0 ? numbers / (3 * atoms) : 1;
  }

  /// Resizes what is to be computed and calls the function of C; `atoms` in each of the frames.
  template <class Real>
  void run(double* energy, Values<Real>& force, Values<Real>& virial, Values<Real>* atom_energy,
           Values<Real>* atom_virial, Values<Real> const& coord, std::vector<int> const& atype,
           Values<Real> const& box, Neighbours const& neighbours, Values<Real> const& fparam,
           Values<Real> const& aparam, std::size_t atoms) {
    std::size_t const frames = frames_of(coord.size(), atoms), results = frames * numb_models;
    detail::require(coord.size() == 3 * atoms * frames,
                    "coord: expected 3 numbers for each atom of each frame");
    detail::require(atype.size() == atoms || atype.size() == atoms * frames,
                    "atype: expected one for each atom");
    detail::require(box.empty() || box.size() == 9 * frames,
                    "box: expected 9 numbers for each frame, or none");
    detail::require(neighbours.ghosts >= 0 && static_cast<std::size_t>(neighbours.ghosts) <= atoms,
                    "nghost: expected 0 ... the number of atoms");
    auto const of_frame = static_cast<std::size_t>(dim_fparam());
    auto const of_atoms =
        static_cast<std::size_t>(dim_aparam()) * (atoms - static_cast<std::size_t>(neighbours.ghosts));
    Values<Real> const f =
        detail::for_frames(fparam, frames, of_frame, "fparam: expected those of one frame or all");
    Values<Real> const a =
        detail::for_frames(aparam, frames, of_atoms, "aparam: expected those of one frame or all");
    force.resize(3 * atoms * results);
    virial.resize(9 * results);
    if (atom_energy != nullptr) atom_energy->resize(atoms * results);
    if (atom_virial != nullptr) atom_virial->resize(9 * atoms * results);
    Real* const e = atom_energy == nullptr ? nullptr : atom_energy->data();
    Real* const v = atom_virial == nullptr ? nullptr : atom_virial->data();
    int const nf = static_cast<int>(frames), n = static_cast<int>(atoms);
    if (atype.size() != atoms)
      detail::call_mixed(dp, nf, n, coord.data(), atype.data(), detail::data(box), detail::data(f),
                         detail::data(a), energy, force.data(), virial.data(), e, v);
    else if (neighbours.list == nullptr)
      detail::call(dp, nf, n, coord.data(), atype.data(), detail::data(box), detail::data(f), detail::data(a),
                   energy, force.data(), virial.data(), e, v);
    else
      detail::call(dp, nf, n, coord.data(), atype.data(), detail::data(box), neighbours.ghosts,
                   neighbours.list, neighbours.ago, detail::data(f), detail::data(a), energy, force.data(),
                   virial.data(), e, v);
    check();
  }

  Handle* dp = nullptr;
  std::size_t numb_models = 0;
};

namespace detail {

#define DP_GET_(Object)                                                                       \
  struct Get##Object {                                                                        \
    static double cutoff(DP_##Object* dp) { return DP_##Object##GetCutoff(dp); }              \
    static int types(DP_##Object* dp) { return DP_##Object##GetNumbTypes(dp); }               \
    static int fparam(DP_##Object* dp) { return DP_##Object##GetDimFParam(dp); }              \
    static int aparam(DP_##Object* dp) { return DP_##Object##GetDimAParam(dp); }              \
    static bool default_fparam(DP_##Object* dp) { return DP_##Object##HasDefaultFParam(dp); } \
    static char const* error(DP_##Object* dp) { return DP_##Object##CheckOK(dp); }            \
    static void remove(DP_##Object* dp) { DP_Delete##Object(dp); }                            \
  };
DP_GET_(DeepPot)
DP_GET_(DeepPotModelDevi)
#undef DP_GET_

}  // namespace detail

}  // namespace hpp
}  // namespace deepmd
