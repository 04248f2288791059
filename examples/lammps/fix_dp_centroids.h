// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

#ifdef FIX_CLASS
// clang-format off
#ifndef DP_NO_DEEPMD_NAMES
FixStyle(dplr,FixDPCentroids);
#endif
// clang-format on
#else

#ifndef LMP_FIX_DP_CENTROIDS_H
#define LMP_FIX_DP_CENTROIDS_H

#include <Kokkos_Core.hpp>
#include <array>
#include <cstdint>
#include <dp/model/outline.hpp>
#include <dp/potential.hpp>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "fix.h"
#include "host_atoms.h"

namespace LAMMPS_NS {

// Wannier centroids as atoms, each bonded to its host: places them by the dipoles of a DPLR model, and gives
// the forces on them (of kspace_style pppm/dplr, of a field) to the atoms that they follow

class FixDPCentroids : public Fix {
 public:
  FixDPCentroids(class LAMMPS*, int, char**);
  ~FixDPCentroids() override;

  // that of the input, of this plugin; null if there is none

  static FixDPCentroids const* find(class LAMMPS*);
  dp::LongRange const& get_charges() const { return *outline.model.long_range; }

  int setmask() override;
  void init() override;
  void init_list(int, class NeighList*) override;
  void setup_pre_exchange() override { to_hosts(); }
  void setup_pre_force(int) override;
  void setup(int vflag) override { post_force(vflag); }
  void min_setup(int vflag) override { post_force(vflag); }
  void pre_exchange() override { to_hosts(); }
  void pre_force(int) override;
  void post_force(int) override;
  void min_pre_exchange() override { to_hosts(); }
  void min_pre_force(int vflag) override { pre_force(vflag); }
  void min_post_force(int vflag) override { post_force(vflag); }

  double compute_scalar() override;
  double compute_vector(int) override;
  double memory_usage() override;
  int pack_forward_comm(int, int*, double*, int, int*) override;
  void unpack_forward_comm(int, int, double*) override;
  int pack_reverse_comm(int, int, double*) override;
  void unpack_reverse_comm(int, int*, double*) override;

 private:
  using Space = Kokkos::DefaultHostExecutionSpace;
  struct Bonded {
    int host, centroid;
  };

  // what the input says

  std::string file;
  std::vector<std::array<int, 2> > associated;  // types of hosts and of their centroids
  std::vector<char> bond_types;                 // whether bonds of a type are those of centroids
  bool has_field;
  std::array<std::string, 3> field_variables;  // names, or empty
  std::array<double, 3> field;                 // as given; of variables that of this step
  int pair_index;

  double energy_unit, length_unit;  // of an eV, of an Angstrom
  dp::Outline outline;              // as read
  dp::Model model;                  // for the elements of pair_coeff
  std::vector<std::string> elements;
  std::vector<int> map;                            // the model's type for each of LAMMPS'; negative: not seen
  std::vector<std::vector<char> > is_pair;         // by types of host and centroid
  std::vector<char> is_host, is_centroid;          // by types
  std::unique_ptr<dp::Potential<Space> > dipoles;  // made in init()
  class NeighList* list;

  dp_lammps::HostAtoms atoms;
  std::vector<Bonded> pairs;          // indices of local atoms
  std::vector<double> displacements;  // of centroids from the local atoms, Angstrom
  std::vector<double> moves;          // of centroids in this step
  std::vector<double> on_charges;     // forces of mesh and field on local atoms
  std::vector<double> cotangent;      // of the displacements, in the model's units
  std::vector<double> forces;         // what is added to those of atoms
  std::array<double, 4> of_field;     // energy and force, of this rank; then of all
  bool of_all;
  bool first_step, warned;

  void parse(int, char**);
  void parse_field(char**);
  void check_input();
  void check_kspace();
  class PairDP& find_pair();
  void read_model(class PairDP const&);
  void map_types(std::vector<std::string> const&);
  void associate();
  void check_exclusions();
  void check_charges();
  void report_dropped();
  std::unordered_map<tagint, int> local_atoms() const;
  template <class Body>
  void for_each_bond(Body const&) const;
  void to_hosts();
  void follow(int, double const*, double const*, imageint);
  void find_pairs();
  void evaluate(dp::Output<Space> const&);
  void update_field();
  void collect_forces_on_charges();
};

}  // namespace LAMMPS_NS

#endif
#endif
