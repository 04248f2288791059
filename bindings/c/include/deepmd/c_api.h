/* SPDX-FileCopyrightText: 2026 The dp authors
 * SPDX-License-Identifier: BSD-3-Clause */
#pragma once

/**
 * @file
 * The functions of DeePMD-kit's C library that libdeepmd_c of dp has, by the same names and with the same
 * arguments: a program that was linked with one runs with the other. What each does, and which ones only say
 * that they are missing: docs/c_library.md. New programs better use dp_c.h.
 *
 * No function throws. An error is a text in the object, empty after a call that went well: see DP_*CheckOK.
 */

#include <stdint.h>
#ifndef __cplusplus
#include <stdbool.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** Version of DeePMD-kit's C interface that these functions are those of. */
#define DP_C_API_VERSION 29

typedef struct DP_Nlist DP_Nlist;                 /**< a host's neighbour list, not copied */
typedef struct DP_DeepBaseModel DP_DeepBaseModel; /**< a DP_DeepPot or DP_DeepSpin */
typedef struct DP_DeepBaseModelDevi
    DP_DeepBaseModelDevi;                               /**< a DP_DeepPotModelDevi or DP_DeepSpinModelDevi */
typedef struct DP_DeepPot DP_DeepPot;                   /**< a model of energies */
typedef struct DP_DeepPotModelDevi DP_DeepPotModelDevi; /**< several, to compare them */
typedef struct DP_DeepSpin DP_DeepSpin;                 /**< missing */
typedef struct DP_DeepSpinModelDevi DP_DeepSpinModelDevi;       /**< missing */
typedef struct DP_DeepTensor DP_DeepTensor;                     /**< missing */
typedef struct DP_DipoleChargeModifier DP_DipoleChargeModifier; /**< missing */

/* Groups of arguments. Arrays are those of docs/c_library.md. */
#define DP_ATOMS_(Real) Real const *coord, int const *atype, Real const *cell
#define DP_SPINS_(Real) Real const *coord, Real const *spin, int const *atype, Real const *cell
#define DP_LIST_ int const nghost, DP_Nlist const *nlist, int const ago
#define DP_PARAMETERS_(Real) Real const *fparam, Real const *aparam
#define DP_RESULTS_(Real) double *energy, Real *force, Real *virial, Real *atomic_energy, Real *atomic_virial
#define DP_SPIN_RESULTS_(Real) \
  double *energy, Real *force, Real *force_mag, Real *virial, Real *atomic_energy, Real *atomic_virial

/* Neighbour lists: rows, the atom of each, the number of its neighbours, and these. */
DP_Nlist* DP_NewNlist(int inum, int* ilist, int* numneigh, int** firstneigh);
DP_Nlist* DP_NewNlist_comm(int inum, int* ilist, int* numneigh, int** firstneigh, int nswap, int* sendnum,
                           int* recvnum, int* firstrecv, int** sendlist, int* sendproc, int* recvproc,
                           void* world, int nprocs);
void DP_NlistSetMask(DP_Nlist* nlist, int mask);
void DP_NlistSetMapping(DP_Nlist* nlist, int* mapping);
void DP_DeleteNlist(DP_Nlist* nlist);
char const* DP_NlistCheckOK(DP_Nlist* nlist);

/* Making and deleting. A new object is never null: ask its CheckOK. */
DP_DeepPot* DP_NewDeepPot(char const* model);
DP_DeepPot* DP_NewDeepPotWithParam(char const* model, int const gpu_rank, char const* file_content);
DP_DeepPot* DP_NewDeepPotWithParam2(char const* model, int const gpu_rank, char const* file_content,
                                    int const size_file_content);
DP_DeepPotModelDevi* DP_NewDeepPotModelDevi(char const** models, int n_models);
DP_DeepPotModelDevi* DP_NewDeepPotModelDeviWithParam(char const** models, int const n_models,
                                                     int const gpu_rank, char const** file_contents,
                                                     int const n_file_contents,
                                                     int const* size_file_contents);
DP_DeepSpin* DP_NewDeepSpin(char const* model);
DP_DeepSpin* DP_NewDeepSpinWithParam2(char const* model, int const gpu_rank, char const* file_content,
                                      int const size_file_content);
DP_DeepSpinModelDevi* DP_NewDeepSpinModelDevi(char const** models, int n_models);
DP_DeepSpinModelDevi* DP_NewDeepSpinModelDeviWithParam(char const** models, int const n_models,
                                                       int const gpu_rank, char const** file_contents,
                                                       int const n_file_contents,
                                                       int const* size_file_contents);
void DP_DeleteDeepPot(DP_DeepPot* dp);
void DP_DeleteDeepPotModelDevi(DP_DeepPotModelDevi* dp);
void DP_DeleteDeepSpin(DP_DeepSpin* dp);
void DP_DeleteDeepSpinModelDevi(DP_DeepSpinModelDevi* dp);
void DP_DeleteDeepBaseModel(DP_DeepBaseModel* dp);
void DP_DeleteDeepBaseModelDevi(DP_DeepBaseModelDevi* dp);

/* What an object says of itself. */
#define DP_DECLARE_GETTERS_(Object)                    \
  double DP_##Object##GetCutoff(DP_##Object* dp);      \
  int DP_##Object##GetNumbTypes(DP_##Object* dp);      \
  int DP_##Object##GetNumbTypesSpin(DP_##Object* dp);  \
  int DP_##Object##GetDimFParam(DP_##Object* dp);      \
  int DP_##Object##GetDimAParam(DP_##Object* dp);      \
  bool DP_##Object##IsAParamNAll(DP_##Object* dp);     \
  bool DP_##Object##HasDefaultFParam(DP_##Object* dp); \
  char const* DP_##Object##CheckOK(DP_##Object* dp);
DP_DECLARE_GETTERS_(DeepPot)
DP_DECLARE_GETTERS_(DeepSpin)
DP_DECLARE_GETTERS_(DeepBaseModel)
DP_DECLARE_GETTERS_(DeepPotModelDevi)
DP_DECLARE_GETTERS_(DeepSpinModelDevi)
DP_DECLARE_GETTERS_(DeepBaseModelDevi)
char const* DP_DeepPotGetTypeMap(DP_DeepPot* dp);
char const* DP_DeepSpinGetTypeMap(DP_DeepSpin* dp);
char const* DP_DeepBaseModelGetTypeMap(DP_DeepBaseModel* dp);
int DP_DeepPotGetDimChgSpin(DP_DeepPot* dp);
int DP_DeepSpinGetDimChgSpin(DP_DeepSpin* dp);
int DP_DeepPotModelDeviGetDimChgSpin(DP_DeepPotModelDevi* dp);
int DP_DeepSpinModelDeviGetDimChgSpin(DP_DeepSpinModelDevi* dp);

/* Computing, in double and, with an f, in float. */
#define DP_DECLARE_COMPUTE_(Object, Real, f)                                                                \
  void DP_##Object##Compute##f##2(DP_##Object * dp, int const nframes, int const natoms, DP_ATOMS_(Real),   \
                                  DP_PARAMETERS_(Real), DP_RESULTS_(Real));                                 \
  void DP_##Object##Compute##f##3(DP_##Object * dp, int const nframes, int const natoms, DP_ATOMS_(Real),   \
                                  DP_PARAMETERS_(Real), Real const* charge_spin, DP_RESULTS_(Real));        \
  void DP_##Object##ComputeNList##f##2(DP_##Object * dp, int const nframes, int const natoms,               \
                                       DP_ATOMS_(Real), DP_LIST_, DP_PARAMETERS_(Real), DP_RESULTS_(Real)); \
  void DP_##Object##ComputeNList##f##3(DP_##Object * dp, int const nframes, int const natoms,               \
                                       DP_ATOMS_(Real), DP_LIST_, DP_PARAMETERS_(Real),                     \
                                       Real const* charge_spin, DP_RESULTS_(Real));                         \
  void DP_##Object##Compute##f(DP_##Object* dp, int const natoms, DP_ATOMS_(Real), DP_RESULTS_(Real));      \
  void DP_##Object##ComputeNList##f(DP_##Object* dp, int const natoms, DP_ATOMS_(Real), DP_LIST_,           \
                                    DP_RESULTS_(Real));
DP_DECLARE_COMPUTE_(DeepPot, double, )
DP_DECLARE_COMPUTE_(DeepPot, float, f)
DP_DECLARE_COMPUTE_(DeepPotModelDevi, double, )
DP_DECLARE_COMPUTE_(DeepPotModelDevi, float, f)
void DP_DeepPotComputeMixedType(DP_DeepPot* dp, int const nframes, int const natoms, DP_ATOMS_(double),
                                DP_PARAMETERS_(double), DP_RESULTS_(double));
void DP_DeepPotComputeMixedTypef(DP_DeepPot* dp, int const nframes, int const natoms, DP_ATOMS_(float),
                                 DP_PARAMETERS_(float), DP_RESULTS_(float));

#define DP_DECLARE_SPIN_COMPUTE_(Object, Real, f)                                                         \
  void DP_##Object##Compute##f##2(DP_##Object * dp, int const nframes, int const natoms, DP_SPINS_(Real), \
                                  DP_PARAMETERS_(Real), DP_SPIN_RESULTS_(Real));                          \
  void DP_##Object##Compute##f##3(DP_##Object * dp, int const nframes, int const natoms, DP_SPINS_(Real), \
                                  DP_PARAMETERS_(Real), Real const* charge_spin, DP_SPIN_RESULTS_(Real)); \
  void DP_##Object##ComputeNList##f##2(DP_##Object * dp, int const nframes, int const natoms,             \
                                       DP_SPINS_(Real), DP_LIST_, DP_PARAMETERS_(Real),                   \
                                       DP_SPIN_RESULTS_(Real));                                           \
  void DP_##Object##ComputeNList##f##3(DP_##Object * dp, int const nframes, int const natoms,             \
                                       DP_SPINS_(Real), DP_LIST_, DP_PARAMETERS_(Real),                   \
                                       Real const* charge_spin, DP_SPIN_RESULTS_(Real));
DP_DECLARE_SPIN_COMPUTE_(DeepSpin, double, )
DP_DECLARE_SPIN_COMPUTE_(DeepSpin, float, f)
DP_DECLARE_SPIN_COMPUTE_(DeepSpinModelDevi, double, )
DP_DECLARE_SPIN_COMPUTE_(DeepSpinModelDevi, float, f)

/* Arrays on devices: missing. */
#define DP_EDGES_(Real)                                                                                     \
  DP_DeepPot *dp, double *d_atom_energy, double *d_force, double *d_atom_virial, double const *d_coord,     \
      int const *d_atype, int const *d_edge_index, Real const *d_edge_vec, int nloc, int nedge,             \
      double const *fparam, int64_t fparam_size, double const *aparam, int64_t aparam_size, int nall_nodes, \
      DP_Nlist const *comm_nlist
void DP_DeepPotComputeEdgesGPU(DP_EDGES_(double));
void DP_DeepPotComputeEdgesGPUFloat32(DP_EDGES_(float));
void DP_DeepPotComputeCanonicalGraphGPU(DP_DeepPot* dp, double* d_atom_energy, double* d_force,
                                        double* d_atom_virial, int64_t const* d_atype,
                                        int64_t const* d_source, float const* d_edge_vec,
                                        int64_t const* d_destination_row_ptr, int64_t const* d_source_row_ptr,
                                        int64_t const* d_source_order, int nloc, int nall_nodes,
                                        int64_t edge_storage);
bool DP_DeepPotSupportsDeviceEdgeInference(DP_DeepPot* dp);
bool DP_DeepPotUsesFP32EdgeVectors(DP_DeepPot* dp);
bool DP_DeepPotUsesCanonicalGraphInference(DP_DeepPot* dp);

/* Dipoles and polarisabilities: missing. */
DP_DeepTensor* DP_NewDeepTensor(char const* model);
DP_DeepTensor* DP_NewDeepTensorWithParam(char const* model, int const gpu_rank, char const* name_scope);
void DP_DeleteDeepTensor(DP_DeepTensor* dt);
#define DP_DECLARE_TENSOR_(Real, f)                                                                         \
  void DP_DeepTensorComputeTensor##f(DP_DeepTensor* dt, int const natoms, DP_ATOMS_(Real), Real** tensor,   \
                                     int* size);                                                            \
  void DP_DeepTensorComputeTensorNList##f(DP_DeepTensor* dt, int const natoms, DP_ATOMS_(Real),             \
                                          int const nghost, DP_Nlist const* nlist, Real** tensor,           \
                                          int* size);                                                       \
  void DP_DeepTensorCompute##f(DP_DeepTensor* dt, int const natoms, DP_ATOMS_(Real), Real* global_tensor,   \
                               Real* force, Real* virial, Real** atomic_tensor, Real* atomic_virial,        \
                               int* size_at);                                                               \
  void DP_DeepTensorComputeNList##f(DP_DeepTensor* dt, int const natoms, DP_ATOMS_(Real), int const nghost, \
                                    DP_Nlist const* nlist, Real* global_tensor, Real* force, Real* virial,  \
                                    Real** atomic_tensor, Real* atomic_virial, int* size_at);
DP_DECLARE_TENSOR_(double, )
DP_DECLARE_TENSOR_(float, f)
double DP_DeepTensorGetCutoff(DP_DeepTensor* dt);
int DP_DeepTensorGetNumbTypes(DP_DeepTensor* dt);
int DP_DeepTensorGetOutputDim(DP_DeepTensor* dt);
int* DP_DeepTensorGetSelTypes(DP_DeepTensor* dt);
int DP_DeepTensorGetNumbSelTypes(DP_DeepTensor* dt);
char const* DP_DeepTensorGetTypeMap(DP_DeepTensor* dt);
char const* DP_DeepTensorCheckOK(DP_DeepTensor* dt);

/* Long-range electrostatics: missing. */
DP_DipoleChargeModifier* DP_NewDipoleChargeModifier(char const* model);
DP_DipoleChargeModifier* DP_NewDipoleChargeModifierWithParam(char const* model, int const gpu_rank,
                                                             char const* name_scope);
void DP_DeleteDipoleChargeModifier(DP_DipoleChargeModifier* dcm);
#define DP_DECLARE_MODIFIER_(Real, f)                                                                      \
  void DP_DipoleChargeModifierComputeNList##f(                                                             \
      DP_DipoleChargeModifier* dcm, int const natoms, DP_ATOMS_(Real), int const* pairs, int const npairs, \
      Real const* delef, int const nghost, DP_Nlist const* nlist, Real* dfcorr, Real* dvcorr);
DP_DECLARE_MODIFIER_(double, )
DP_DECLARE_MODIFIER_(float, f)
double DP_DipoleChargeModifierGetCutoff(DP_DipoleChargeModifier* dcm);
int DP_DipoleChargeModifierGetNumbTypes(DP_DipoleChargeModifier* dcm);
int* DP_DipoleChargeModifierGetSelTypes(DP_DipoleChargeModifier* dcm);
int DP_DipoleChargeModifierGetNumbSelTypes(DP_DipoleChargeModifier* dcm);
char const* DP_DipoleChargeModifierCheckOK(DP_DipoleChargeModifier* dcm);

/* Files, texts and selections of atoms. */
void DP_ConvertPbtxtToPb(char const* pbtxt, char const* pb);
void DP_PrintSummary(char const* prefix);
char const* DP_ReadFileToChar(char const* file);
char const* DP_ReadFileToChar2(char const* file, int* size);
void DP_SelectByType(int const natoms, int const* atype, int const nghost, int const nsel_type,
                     int const* sel_type, int* fwd_map, int* nreal, int* bkw_map, int* nghost_real);
void DP_SelectMapInt(int const* in, int const* fwd_map, int const stride, int const nall1, int const nall2,
                     int* out);
void DP_DeleteChar(char const* text);

#ifdef __cplusplus
}
#endif
