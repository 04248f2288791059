// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

#ifdef COMPUTE_CLASS
// clang-format off
ComputeStyle(dp/fparam/dedn,ComputeDPFparamDedn);
#ifndef DP_NO_DEEPMD_NAMES
ComputeStyle(deepmd/fparam/dedn,ComputeDPFparamDedn);
#endif
// clang-format on
#else

#ifndef LMP_COMPUTE_DP_FPARAM_DEDN_H
#define LMP_COMPUTE_DP_FPARAM_DEDN_H

#include <string>

#include "compute.h"

namespace LAMMPS_NS {

// Derivative of the model's energy by its frame parameter, at the value of a variable, compute or fix: the
// central difference of two evaluations

class ComputeDPFparamDedn : public Compute {
 public:
  ComputeDPFparamDedn(class LAMMPS*, int, char**);
  void init() override;
  double compute_scalar() override;

 private:
  std::string source;  // v_name, c_ID or f_ID, with [index] or without
  double delta;

  class PairDP& find_pair() const;
};

}  // namespace LAMMPS_NS

#endif
#endif
