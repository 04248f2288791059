// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/compiled/input.hpp>
#include <dp/core/buffer.hpp>
#include <dp/model/model.hpp>
#include <dp/potential.hpp>
#include <memory>
#include <string>
#include <vector>

#include "settings.hpp"

namespace dp_c {

/// Atoms in the memory of the host, as dp_compute() and dp_compute_list() take them.
struct Atoms {
  std::int64_t count = 0;             ///< ghosts included
  std::int64_t local = 0;             ///< without ghosts
  double const* positions = nullptr;  ///< (count x 3)
  int const* types = nullptr;         ///< (count)
  double const* fparam = nullptr;     ///< null: none, or the model's default
  double const* aparam = nullptr;     ///< (local x aparam); null: none
};

/// Where results go, in the memory of the host; null: not computed. Those of several models follow each
/// other.
struct Results {
  double* energy = nullptr;       ///< (1)
  double* force = nullptr;        ///< (count x 3)
  double* virial = nullptr;       ///< (9)
  double* atom_energy = nullptr;  ///< (count)
  double* atom_virial = nullptr;  ///< (count x 9)
};

/// Neighbours in the memory of the host.
struct HostList {
  int rows = 0;
  int const* centres = nullptr;
  int const* counts = nullptr;
  int const* const* entries = nullptr;
  int mask = -1;
};

/// Models between arrays of the host and Kokkos' default execution space, where it works on an instance of
/// its own. Memory is kept from call to call. For one thread at a time.
class Session {
 public:
  using Space = Kokkos::DefaultExecutionSpace;

  /// \throws dp::Error
  Session(std::vector<dp::Model> const& models, Settings const& settings);

  std::vector<std::string> descriptions() const;  ///< of each model, with the remarks of its reader
  std::int64_t dropped() const;                   ///< in the last compute(), by all models

  /// Atoms in a cell, without ghosts. \throws dp::Error
  void compute(Atoms const& atoms, dp::Box const& box, Results const& results);

  /// Type of the frame's first atom, see dp::Configuration; -1: that of the first atom given.
  void set_first_type(int type) { m_first_type = type; }

  /// Takes a list over, for atoms of this number. \throws dp::Error
  void take_list(HostList const& list, std::int64_t atoms, std::int64_t local);
  /// Atoms with the list that was taken over. \throws dp::Error
  void compute(Atoms const& atoms, Results const& results);

 private:
  template <class T>
  using Buffer = dp::Buffer<T, Space>;

  /// What the host holds, where `Space` reads it: in place, or copied to `memory`.
  template <class T>
  dp::Vector<T const, Space> read(T const* host, std::size_t n, Buffer<T>& memory);
  /// Of one model; where there are others an error says which.
  void compute(std::size_t model, dp::Configuration<Space> const& configuration,
               dp::NeighborList<Space> const& list, dp::Output<Space> const& output);
  void evaluate(Atoms const& atoms, dp::Configuration<Space> configuration,
                dp::NeighborList<Space> const& list, bool images, Results const& results);

  Space m_space;
  std::vector<std::unique_ptr<dp::Potential<Space>>> m_potentials;
  double m_cutoff = 0.0;
  int m_first_type = -1;
  dp::PeriodicImages<Space> m_images;
  dp::NeighborCells<Space> m_cells;

  std::int64_t m_list_atoms = -1, m_list_local = -1;  // -1: no list
  std::vector<std::int64_t> m_list_starts;
  std::vector<int> m_list_centres, m_list_entries;
  dp::NeighborList<Space> m_list;  // the same where `Space` reads it

  Buffer<std::int64_t> m_starts{"dp_c::starts"};
  Buffer<int> m_centres{"dp_c::centres"}, m_entries{"dp_c::entries"}, m_types{"dp_c::types"};
  Buffer<double> m_positions{"dp_c::positions"}, m_fparam{"dp_c::fparam"}, m_aparam{"dp_c::aparam"};
  Buffer<double> m_energy{"dp_c::energy"}, m_force{"dp_c::force"}, m_virial{"dp_c::virial"},
      m_atom_energy{"dp_c::atom_energy"}, m_atom_virial{"dp_c::atom_virial"};
};

}  // namespace dp_c
