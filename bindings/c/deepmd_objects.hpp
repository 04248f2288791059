// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <deepmd/c_api.h>
#include <dp_c.h>

#include <exception>
#include <mutex>
#include <string>
#include <vector>

namespace dp_deepmd {

/// What the objects of DeePMD-kit's C library are here: a handle, or none and the error that says why.
struct Object {
  Object();
  Object(Object const&) = delete;
  Object& operator=(Object const&) = delete;
  virtual ~Object();

  std::mutex mutex;  // of all that follows
  dp_handle* handle = nullptr;
  std::string error;
  bool reported = false;   // that neighbours were left out
  std::vector<int> types;  // memory of compute()
  std::vector<double> coord, cell, fparam, aparam, force, virial, atom_energy, atom_virial;
};

/// Deletes an object. Fortran programs, CP2K among them, pass the address of their pointer to it: so whatever
/// is no object is taken for one. Does nothing for null, and for what is neither.
void destroy(void* object);

/// A text that DP_DeleteChar() frees.
char const* new_text(std::string const& text);

/// Calls `body`; what it throws becomes the error of the object.
template <class Body>
void guarded(Object& object, Body const& body) {
  std::lock_guard const lock(object.mutex);
  try {
    body();
  } catch (std::exception const& error) {
    object.error = error.what();
  } catch (...) {
    object.error = "an exception of an unknown kind";
  }
}

/// Sets the error of an object that stands for something that is missing.
inline void refuse(Object& object, char const* what) {
  guarded(object, [&] { object.error = std::string("libdeepmd_c of dp: ") + what; });
}

inline constexpr char const* no_spin = "models of spins (DeepSpin) are not supported";
inline constexpr char const* no_tensor =
    "models of dipoles and polarisabilities (DeepTensor) are not supported";
inline constexpr char const* no_modifier =
    "long-range electrostatics of DPLR models (DipoleChargeModifier) are not supported";
inline constexpr char const* no_edges = "arrays on devices (graphs of edges) are not supported";

}  // namespace dp_deepmd

struct DP_Nlist {
  dp_list list{0, nullptr, nullptr, nullptr, -1};
};
struct DP_DeepBaseModel : dp_deepmd::Object {};
struct DP_DeepPot : DP_DeepBaseModel {};
struct DP_DeepSpin : DP_DeepBaseModel {};
struct DP_DeepBaseModelDevi : dp_deepmd::Object {};
struct DP_DeepPotModelDevi : DP_DeepBaseModelDevi {};
struct DP_DeepSpinModelDevi : DP_DeepBaseModelDevi {};
struct DP_DeepTensor : dp_deepmd::Object {};
struct DP_DipoleChargeModifier : dp_deepmd::Object {};
