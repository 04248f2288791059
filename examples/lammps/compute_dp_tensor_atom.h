// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

#ifdef COMPUTE_CLASS
// clang-format off
ComputeStyle(dp/tensor/atom,ComputeDPTensorAtom);
#ifndef DP_NO_DEEPMD_NAMES
ComputeStyle(deeptensor/atom,ComputeDPTensorAtom);
#endif
// clang-format on
#else

#ifndef LMP_COMPUTE_DP_TENSOR_ATOM_H
#define LMP_COMPUTE_DP_TENSOR_ATOM_H

#include <Kokkos_Core.hpp>
#include <dp/model/model.hpp>
#include <dp/model/outline.hpp>
#include <dp/potential.hpp>
#include <memory>
#include <string>
#include <vector>

#include "compute.h"
#include "host_atoms.h"

namespace LAMMPS_NS {

// What a model of dipoles, polarizabilities or the like gives of each atom

class ComputeDPTensorAtom : public Compute {
 public:
  ComputeDPTensorAtom(class LAMMPS*, int, char**);
  ~ComputeDPTensorAtom() override;
  void init() override;
  void init_list(int, class NeighList*) override;
  void compute_peratom() override;
  double memory_usage() override;

 private:
  using Space = Kokkos::DefaultHostExecutionSpace;

  std::string file;
  dp::Model model;
  std::vector<int> map;  // the model's type for each type of LAMMPS; negative: none
  std::unique_ptr<dp::Potential<Space> > potential;
  class NeighList* list;
  double length;  // of an Angstrom
  double unit;    // of what the model gives
  int nmax;
  bool warned;  // of neighbours beyond sel
  dp_lammps::HostAtoms atoms;

  void read(std::vector<std::string> const&);
  std::vector<std::string> seen_types(dp::Outline const&, std::vector<std::string> const&) const;
  void check_model() const;
  void check_lists() const;
  int first_type() const;
  void report_dropped();
};

}  // namespace LAMMPS_NS

#endif
#endif
