// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include "deepmd_objects.hpp"

#include <algorithm>
#include <set>

namespace dp_deepmd {

namespace {

struct Living {
  std::mutex mutex;
  std::set<void*> objects;

  bool contains(void* object) {
    std::lock_guard const lock(mutex);
    return objects.contains(object);
  }
};

/// Never destroyed: programs delete their objects late.
Living& living() {
  static auto* const instance = new Living;
  return *instance;
}

}  // namespace

Object::Object() {
  std::lock_guard const lock(living().mutex);
  living().objects.insert(this);
}

Object::~Object() {
  {
    std::lock_guard const lock(living().mutex);
    living().objects.erase(this);
  }
  dp_close(handle);
}

void destroy(void* object) {
  if (object == nullptr) return;
  if (!living().contains(object)) object = *static_cast<void**>(object);
  if (living().contains(object)) delete static_cast<Object*>(object);
}

char const* new_text(std::string const& text) {
  char* const copy = new char[text.size() + 1];
  std::copy_n(text.c_str(), text.size() + 1, copy);
  return copy;
}

}  // namespace dp_deepmd

using dp_deepmd::destroy;
using dp_deepmd::new_text;

namespace {

char const* error_of(dp_deepmd::Object& object) {
  std::lock_guard const lock(object.mutex);
  return new_text(object.error);
}

char const* type_map(dp_deepmd::Object const& object) {
  std::string names;
  for (int type = 0; object.handle != nullptr && type < dp_types(object.handle); ++type)
    names += (type == 0 ? "" : " ") + std::string(dp_type_name(object.handle, type));
  return new_text(names);
}

}  // namespace

// Objects without a handle have no types, parameters and cutoff.
#define GETTERS(Object)                                                                               \
  double DP_##Object##GetCutoff(DP_##Object* dp) { return dp->handle ? dp_cutoff(dp->handle) : 0.0; } \
  int DP_##Object##GetNumbTypes(DP_##Object* dp) { return dp->handle ? dp_types(dp->handle) : 0; }    \
  int DP_##Object##GetNumbTypesSpin(DP_##Object*) { return 0; }                                       \
  int DP_##Object##GetDimFParam(DP_##Object* dp) { return dp->handle ? dp_fparam(dp->handle) : 0; }   \
  int DP_##Object##GetDimAParam(DP_##Object* dp) { return dp->handle ? dp_aparam(dp->handle) : 0; }   \
  bool DP_##Object##IsAParamNAll(DP_##Object*) { return false; }                                      \
  bool DP_##Object##HasDefaultFParam(DP_##Object* dp) {                                               \
    return dp->handle && dp_has_default_fparam(dp->handle);                                           \
  }                                                                                                   \
  char const* DP_##Object##CheckOK(DP_##Object* dp) { return error_of(*dp); }                         \
  void DP_Delete##Object(DP_##Object* dp) { destroy(dp); }

extern "C" {

GETTERS(DeepPot)
GETTERS(DeepSpin)
GETTERS(DeepBaseModel)
GETTERS(DeepPotModelDevi)
GETTERS(DeepSpinModelDevi)
GETTERS(DeepBaseModelDevi)

char const* DP_DeepPotGetTypeMap(DP_DeepPot* dp) { return type_map(*dp); }
char const* DP_DeepSpinGetTypeMap(DP_DeepSpin* dp) { return type_map(*dp); }
char const* DP_DeepBaseModelGetTypeMap(DP_DeepBaseModel* dp) { return type_map(*dp); }

int DP_DeepPotGetDimChgSpin(DP_DeepPot*) { return 0; }
int DP_DeepSpinGetDimChgSpin(DP_DeepSpin*) { return 0; }
int DP_DeepPotModelDeviGetDimChgSpin(DP_DeepPotModelDevi*) { return 0; }
int DP_DeepSpinModelDeviGetDimChgSpin(DP_DeepSpinModelDevi*) { return 0; }

void DP_DeleteDeepTensor(DP_DeepTensor* dt) { destroy(dt); }
char const* DP_DeepTensorCheckOK(DP_DeepTensor* dt) { return error_of(*dt); }
char const* DP_DeepTensorGetTypeMap(DP_DeepTensor* dt) { return type_map(*dt); }
void DP_DeleteDipoleChargeModifier(DP_DipoleChargeModifier* dcm) { destroy(dcm); }
char const* DP_DipoleChargeModifierCheckOK(DP_DipoleChargeModifier* dcm) { return error_of(*dcm); }

void DP_DeleteChar(char const* text) { delete[] text; }

}  // extern "C"
