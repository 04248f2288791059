// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

#ifdef KSPACE_CLASS
// clang-format off
#ifndef DP_NO_DEEPMD_NAMES
KSpaceStyle(pppm/dplr,KSpaceDPMesh);
#endif
// clang-format on
#else

#ifndef LMP_KSPACE_DP_MESH_H
#define LMP_KSPACE_DP_MESH_H

#include <memory>
#include <string>
#include <vector>

#include "dp_mesh.h"
#include "kspace.h"

namespace LAMMPS_NS {

// Electrostatics of the Gaussian charges of DPLR models by a mesh, for fix dplr, which has the forces:
// charges of ions and of Wannier centroids are those of the atoms. Self energies are in, a background is not.

class KSpaceDPMesh : public KSpace {
 public:
  KSpaceDPMesh(class LAMMPS*);
  void settings(int, char**) override;
  void init() override;
  void setup() override {}
  void compute(int, int) override;
  double memory_usage() override;

  // on the local atoms, three numbers each, of the last step; none where kspace_modify compute says no

  std::vector<double> const& get_forces() const { return forces; }

 private:
  std::unique_ptr<dp_lammps::HostSum> mesh;
  std::vector<double> made;                                                    // what the mesh was made from
  std::string described;                                                       // printed last
  double energy_unit, length_unit;                                             // of an eV, of an Angstrom
  std::vector<double> positions, charges_of_atoms, energies, forces, virials;  // charges: of a proton

  double width() const;
  void check() const;
  void make();
  void describe();
};

}  // namespace LAMMPS_NS

#endif
#endif
