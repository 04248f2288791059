// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

#ifdef PAIR_CLASS
// clang-format off
PairStyle(dp,PairDP);
#ifndef DP_NO_DEEPMD_NAMES
PairStyle(deepmd,PairDP);
#endif
// clang-format on
#else

#ifndef LMP_PAIR_DP_H
#define LMP_PAIR_DP_H

#include <dp/model/outline.hpp>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "dp_engine.h"
#include "dp_settings.h"
#include "pair.h"

namespace LAMMPS_NS {

// Deep Potential models on the host; PairDPKokkos is the same on a device

class PairDP : public Pair {
 public:
  PairDP(class LAMMPS*);
  ~PairDP() override;

  void compute(int, int) override;
  void finish() override;
  void settings(int, char**) override;
  void coeff(int, char**) override;
  void init_style() override;
  double init_one(int, int) override;
  void* extract(char const*, int&) override;
  double memory_usage() override;

  void write_restart(FILE*) override;
  void read_restart(FILE*) override;
  void write_restart_settings(FILE*) override;
  void read_restart_settings(FILE*) override;

  int pack_reverse_comm(int, int, double*) override;
  void unpack_reverse_comm(int, int*, double*) override;

  std::vector<dp::Outline> const& get_models() const { return models; }
  std::vector<std::string> const& get_elements() const { return elements; }
  double get_cutoff() const { return cut; }

  // energy of this rank's atoms with other frame parameters, after a step; changes nothing

  virtual double energy_with(std::vector<double> const&);

 protected:
  dp_lammps::Settings set;
  std::vector<std::string> words;                 // arguments of pair_style
  std::vector<dp::Outline> models;                // as read
  std::vector<dp::Model> used;                    // for the elements of pair_coeff
  std::unique_ptr<dp_lammps::EngineBase> engine;  // made in init_style()

  virtual std::unique_ptr<dp_lammps::EngineBase> make_engine() const;
  virtual std::string space_name() const;
  virtual void before_compute(class Compute*) {}  // make data of atoms visible to a compute
  virtual void after_compute(class Compute*) {}
  virtual void sync_host_data() {}  // of tags, types, groups and special bonds
  dp_lammps::Absent absent() const;
  std::vector<dp::Model> evaluated() const;

  // from LAMMPS' arrays to energy, forces and virials; in pair_dp_run.h

  template <class Space, class X, class F, class E, class V, class C>
  void run(dp_lammps::Engine<Space>&, const X&, const F&, dp::Strided1<int const, Space>,
           dp::Strided1<int const, Space>, dp::NeighborList<Space> const&, const E&, const V&, const C&);

  // the energy alone, with other frame parameters

  template <class Space, class X>
  double energy(dp_lammps::Engine<Space>&, const X&, dp::Strided1<int const, Space>,
                dp::Strided1<int const, Space>, dp::NeighborList<Space> const&, std::vector<double> const&);

  void return_rows(int);                // of ghosts to their owners: so many columns
  void check_stepped();                 // error unless there is a neighbour list
  [[noreturn]] void stop(std::string);  // error in a step, on any rank

 private:
  std::vector<std::string> elements;    // of pair_coeff, one per type
  std::vector<std::vector<int> > maps;  // per model used: its type for each type of LAMMPS
  double cut, energy_unit, length_unit;
  int first_type = 0;  // see find_first_type()
  double** scale;
  std::vector<std::string> described;             // printed last, a line per model
  std::vector<std::int64_t> row_starts;           // of the neighbour list on the host
  std::vector<double> frame_values, atom_values;  // parameters in this step
  std::ofstream deviation_file;
  bool restarted, first_step, warned, timing;
  bool nets_only;          // fix dplr and kspace_style pppm/dplr have the electrostatics
  double step_seconds[2];  // of this run, in steps without and with model deviation
  bigint steps[2];

  void allocate();
  bool load(int, char**, bool);
  void print_models() const;
  void print_engine();
  void print_descriptions();
  void start_engine();
  void map_elements(std::vector<std::string> const&);
  void check_parameters();
  void check_kspace();
  void check_neighbours();
  int find_first_type();
  void check_list();
  void check_exclusions();
  void check_special_bonds();
  bool replaces_coulomb();
  double common_scale() const;
  void open_deviation_file();
  void write_deviations(std::vector<double> const&, dp_lammps::Extremes const&);
  void write_atom_deviations(std::vector<double> const&);
  void report_dropped(bool);
  void report_times();
  std::vector<double> const* frame_parameters();
  std::vector<double> const* atom_parameters();
  dp_lammps::Task common_task();
  void check_electrostatics();
  bool write_now() const;
  dp::NeighborList<Kokkos::DefaultHostExecutionSpace> host_list();
  template <class Body>
  auto with_arrays(Body const&);
};

}  // namespace LAMMPS_NS

#endif
#endif
