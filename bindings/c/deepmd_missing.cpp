// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Functions of DeePMD-kit's C library that say only that they are missing. What they would return is empty.

#include "deepmd_objects.hpp"

#pragma GCC diagnostic ignored "-Wunused-parameter"  // the names come with the groups of arguments

using namespace dp_deepmd;

namespace {

template <class Missing>
Missing* make(char const* what) {
  auto* const object = new Missing;
  refuse(*object, what);
  return object;
}

template <class Real>
void no_results(DP_DeepTensor* dt, Real** tensor, int* size) {
  if (tensor != nullptr) *tensor = nullptr;
  if (size != nullptr) *size = 0;
  refuse(*dt, no_tensor);
}

}  // namespace

extern "C" {

DP_DeepSpin* DP_NewDeepSpin(char const*) { return make<DP_DeepSpin>(no_spin); }
DP_DeepSpin* DP_NewDeepSpinWithParam2(char const*, int const, char const*, int const) {
  return make<DP_DeepSpin>(no_spin);
}
DP_DeepSpinModelDevi* DP_NewDeepSpinModelDevi(char const**, int) {
  return make<DP_DeepSpinModelDevi>(no_spin);
}
DP_DeepSpinModelDevi* DP_NewDeepSpinModelDeviWithParam(char const**, int const, int const, char const**,
                                                       int const, int const*) {
  return make<DP_DeepSpinModelDevi>(no_spin);
}

#define SPIN_COMPUTE(Object, Real, f)                                                                      \
  void DP_##Object##Compute##f##2(DP_##Object * dp, int const nframes, int const natoms, DP_SPINS_(Real),  \
                                  DP_PARAMETERS_(Real), DP_SPIN_RESULTS_(Real)) {                          \
    refuse(*dp, no_spin);                                                                                  \
  }                                                                                                        \
  void DP_##Object##Compute##f##3(DP_##Object * dp, int const nframes, int const natoms, DP_SPINS_(Real),  \
                                  DP_PARAMETERS_(Real), Real const* charge_spin, DP_SPIN_RESULTS_(Real)) { \
    refuse(*dp, no_spin);                                                                                  \
  }                                                                                                        \
  void DP_##Object##ComputeNList##f##2(DP_##Object * dp, int const nframes, int const natoms,              \
                                       DP_SPINS_(Real), DP_LIST_, DP_PARAMETERS_(Real),                    \
                                       DP_SPIN_RESULTS_(Real)) {                                           \
    refuse(*dp, no_spin);                                                                                  \
  }                                                                                                        \
  void DP_##Object##ComputeNList##f##3(DP_##Object * dp, int const nframes, int const natoms,              \
                                       DP_SPINS_(Real), DP_LIST_, DP_PARAMETERS_(Real),                    \
                                       Real const* charge_spin, DP_SPIN_RESULTS_(Real)) {                  \
    refuse(*dp, no_spin);                                                                                  \
  }

SPIN_COMPUTE(DeepSpin, double, )
SPIN_COMPUTE(DeepSpin, float, f)
SPIN_COMPUTE(DeepSpinModelDevi, double, )
SPIN_COMPUTE(DeepSpinModelDevi, float, f)

void DP_DeepPotComputeEdgesGPU(DP_EDGES_(double)) { refuse(*dp, no_edges); }
void DP_DeepPotComputeEdgesGPUFloat32(DP_EDGES_(float)) { refuse(*dp, no_edges); }
void DP_DeepPotComputeCanonicalGraphGPU(DP_DeepPot* dp, double*, double*, double*, int64_t const*,
                                        int64_t const*, float const*, int64_t const*, int64_t const*,
                                        int64_t const*, int, int, int64_t) {
  refuse(*dp, no_edges);
}
bool DP_DeepPotSupportsDeviceEdgeInference(DP_DeepPot*) { return false; }
bool DP_DeepPotUsesFP32EdgeVectors(DP_DeepPot*) { return false; }
bool DP_DeepPotUsesCanonicalGraphInference(DP_DeepPot*) { return false; }

DP_DeepTensor* DP_NewDeepTensor(char const*) { return make<DP_DeepTensor>(no_tensor); }
DP_DeepTensor* DP_NewDeepTensorWithParam(char const*, int const, char const*) {
  return make<DP_DeepTensor>(no_tensor);
}

#define TENSOR_COMPUTE(Real, f)                                                                             \
  void DP_DeepTensorComputeTensor##f(DP_DeepTensor* dt, int const natoms, DP_ATOMS_(Real), Real** tensor,   \
                                     int* size) {                                                           \
    no_results(dt, tensor, size);                                                                           \
  }                                                                                                         \
  void DP_DeepTensorComputeTensorNList##f(DP_DeepTensor* dt, int const natoms, DP_ATOMS_(Real),             \
                                          int const nghost, DP_Nlist const* nlist, Real** tensor,           \
                                          int* size) {                                                      \
    no_results(dt, tensor, size);                                                                           \
  }                                                                                                         \
  void DP_DeepTensorCompute##f(DP_DeepTensor* dt, int const natoms, DP_ATOMS_(Real), Real* global_tensor,   \
                               Real* force, Real* virial, Real** atomic_tensor, Real* atomic_virial,        \
                               int* size_at) {                                                              \
    no_results(dt, atomic_tensor, size_at);                                                                 \
  }                                                                                                         \
  void DP_DeepTensorComputeNList##f(DP_DeepTensor* dt, int const natoms, DP_ATOMS_(Real), int const nghost, \
                                    DP_Nlist const* nlist, Real* global_tensor, Real* force, Real* virial,  \
                                    Real** atomic_tensor, Real* atomic_virial, int* size_at) {              \
    no_results(dt, atomic_tensor, size_at);                                                                 \
  }

TENSOR_COMPUTE(double, )
TENSOR_COMPUTE(float, f)

double DP_DeepTensorGetCutoff(DP_DeepTensor*) { return 0.0; }
int DP_DeepTensorGetNumbTypes(DP_DeepTensor*) { return 0; }
int DP_DeepTensorGetOutputDim(DP_DeepTensor*) { return 0; }
int* DP_DeepTensorGetSelTypes(DP_DeepTensor*) { return nullptr; }
int DP_DeepTensorGetNumbSelTypes(DP_DeepTensor*) { return 0; }

DP_DipoleChargeModifier* DP_NewDipoleChargeModifier(char const*) {
  return make<DP_DipoleChargeModifier>(no_modifier);
}
DP_DipoleChargeModifier* DP_NewDipoleChargeModifierWithParam(char const*, int const, char const*) {
  return make<DP_DipoleChargeModifier>(no_modifier);
}

#define MODIFIER_COMPUTE(Real, f)                                                                          \
  void DP_DipoleChargeModifierComputeNList##f(                                                             \
      DP_DipoleChargeModifier* dcm, int const natoms, DP_ATOMS_(Real), int const* pairs, int const npairs, \
      Real const* delef, int const nghost, DP_Nlist const* nlist, Real* dfcorr, Real* dvcorr) {            \
    refuse(*dcm, no_modifier);                                                                             \
  }

MODIFIER_COMPUTE(double, )
MODIFIER_COMPUTE(float, f)

double DP_DipoleChargeModifierGetCutoff(DP_DipoleChargeModifier*) { return 0.0; }
int DP_DipoleChargeModifierGetNumbTypes(DP_DipoleChargeModifier*) { return 0; }
int* DP_DipoleChargeModifierGetSelTypes(DP_DipoleChargeModifier*) { return nullptr; }
int DP_DipoleChargeModifierGetNumbSelTypes(DP_DipoleChargeModifier*) { return 0; }

}  // extern "C"
