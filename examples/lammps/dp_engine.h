// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <algorithm>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/input/whole_system.hpp>
#include <dp/model/model.hpp>
#include <dp/potential.hpp>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "dp_deviation.h"
#include "dp_kernels.h"
#include "dp_settings.h"

namespace dp_lammps {

/// What a step asks for, in LAMMPS' units.
struct Task {
  std::int64_t local = 0, all = 0;  ///< owned atoms; with ghosts
  bool energy = false, virial = false;
  bool deviation = false;  ///< run all models and compare them
  bool newton = true;      ///< whether LAMMPS returns forces on ghosts to their owners
  double length = 1.0;     ///< of an Angstrom
  double factor = 1.0;     ///< from eV, times the scale of the pair style
  double level = -1.0;     ///< of relative force deviations, eV/Angstrom; negative: absolute ones
  Absent absent;           ///< atoms that the model does not see
  int first_type = 0;      ///< LAMMPS' type of the atom of lowest ID that it sees; 0: of no concern, or none
  std::vector<double> const* fparam = nullptr;
  std::vector<double> const* aparam = nullptr;  ///< of one atom for all, or of each (local x columns)
  std::size_t aparam_columns = 0;
  dp::WholeSystem whole = {};  ///< for models with long-range electrostatics; in Angstrom
};

/// What both pair styles need of an Engine, whatever its space.
class EngineBase {
 public:
  virtual ~EngineBase() = default;
  virtual std::vector<std::string> descriptions() const = 0;  ///< a line per model
  virtual void map_types(std::vector<std::vector<int>> const& maps) = 0;
  virtual int pack(int n, int first, double* buffer) = 0;                 ///< rows for another rank
  virtual void unpack(int n, int const* list, double const* buffer) = 0;  ///< adds rows of another rank
  virtual std::int64_t dropped() const = 0;
  virtual std::int64_t handed_over() const = 0;
  virtual std::size_t bytes() const = 0;
};

/// One or several models between LAMMPS' arrays in the memory of `Space`, which are read and written where
/// they are.
template <class Space>
class Engine final : public EngineBase {
 public:
  /// \throws dp::Error
  Engine(std::vector<dp::Model> const& models, Settings const& settings) {
    for (auto const& model : models) {
      m_types.emplace_back("dp_lammps::types");
      m_potentials.push_back(dp::make_potential(m_space, model, options_for(model, settings)));
    }
  }

  /// Per model: its type for each type of LAMMPS, entry 0 is unused; -1: no interaction.
  void map_types(std::vector<std::vector<int>> const& maps) override {
    m_maps.clear();
    m_same_map.clear();
    m_maps_host = maps;
    for (auto const& map : maps) {
      m_maps.push_back(dp::to_space<int>(m_space, "dp_lammps::map", map));
      m_same_map.push_back(static_cast<std::size_t>(std::find(maps.begin(), maps.end(), map) - maps.begin()));
    }
  }

  /// Adds forces to `f` and, where they are not empty, energies and virials to `eatom`, `vatom`, `cvatom`.
  /// `masks` are the groups of each atom. `reverse(columns)` has to return the rows of ghosts to their
  /// owners through pack() and unpack().
  /// \throws dp::Error
  template <class X, class F, class E, class V, class C, class Reverse>
  void compute(Task const& task, X const& x, F const& f, dp::Strided1<int const, Space> types,
               dp::Strided1<int const, Space> masks, dp::NeighborList<Space> const& list, E const& eatom,
               V const& vatom, C const& cvatom, Reverse const& reverse);

  /// Energy of the first model, eV: reads what compute() reads, and adds to nothing.
  /// \throws dp::Error
  template <class X>
  double energy(Task const& task, X const& x, dp::Strided1<int const, Space> types,
                dp::Strided1<int const, Space> masks, dp::NeighborList<Space> const& list);

  std::vector<double> const& results() const { return m_results_host; }  ///< energy, virial (9) a model; eV
  Extremes const& deviation() const { return m_extremes; }               ///< of forces, eV/Angstrom
  /// Deviation of each local atom.
  std::vector<double> deviations(std::int64_t local) {
    std::vector<double> result(static_cast<std::size_t>(local));
    auto const from = m_by_atom.get(m_space, result.size());
    Kokkos::deep_copy(m_space, Kokkos::View<double*, Kokkos::HostSpace>(result.data(), result.size()), from);
    m_space.fence("dp_lammps::Engine::deviations");
    return result;
  }

  std::vector<std::string> descriptions() const override {
    std::vector<std::string> lines;
    for (auto const& potential : m_potentials) lines.push_back(potential->description());
    return lines;
  }
  std::int64_t dropped() const override {
    std::int64_t most = 0;
    for (auto const& potential : m_potentials) most = std::max(most, potential->dropped());
    return most;
  }
  std::int64_t handed_over() const override { return m_potentials.front()->handed_over(); }
  std::size_t bytes() const override {
    auto bytes = m_positions.bytes() + m_rows_memory.bytes() + m_atom_energy.bytes() + m_results.bytes() +
                 m_by_atom.bytes() + m_aparam.bytes();
    for (auto const& types : m_types) bytes += types.bytes();
    for (auto const& potential : m_potentials) bytes += potential->bytes();
    return bytes;
  }

  int pack(int n, int first, double* buffer) override {
    auto const size = n * m_rows.extent(1);
    std::copy_n(host_rows() + static_cast<std::size_t>(first) * m_rows.extent(1), size, buffer);
    return static_cast<int>(size);
  }
  void unpack(int n, int const* list, double const* buffer) override {
    auto const columns = m_rows.extent(1);
    double* const rows = host_rows();
    for (int k = 0; k < n; ++k)
      for (std::size_t c = 0; c < columns; ++c)
        rows[static_cast<std::size_t>(list[k]) * columns + c] += *buffer++;
  }
  /// As pack() and unpack(), `buffer` and `list` in the memory of `Space`.
  int pack_on_device(int n, int first, double* buffer) {
    auto const size = n * static_cast<std::int64_t>(m_rows.extent(1));
    Kokkos::parallel_for("dp_lammps::pack", Range(m_space, 0, size), PackRows<Space>{m_rows, first, buffer});
    return static_cast<int>(size);
  }
  template <class List>
  void unpack_on_device(int n, List const& list, double const* buffer) {
    Kokkos::parallel_for("dp_lammps::unpack",
                         Range(m_space, 0, n * static_cast<std::int64_t>(m_rows.extent(1))),
                         UnpackRows<Space, List>{list, buffer, m_rows});
  }

 private:
  using Range = Kokkos::RangePolicy<Space, Kokkos::IndexType<std::int64_t>>;
  using Ints = dp::Buffer<int, Space>;
  using Doubles = dp::Buffer<double, Space>;

  template <class X>
  dp::Strided2<double const, Space> positions(Task const& task, X const& x);
  dp::Configuration<Space> configuration(Task const& task);
  int first_type(std::size_t model, Task const& task) const {
    return task.first_type > 0 ? m_maps_host[model][static_cast<std::size_t>(task.first_type)] : -1;
  }
  dp::Vector<int const, Space> types_of(std::size_t model, dp::Strided1<int const, Space> types,
                                        dp::Strided1<int const, Space> masks, Absent absent);
  template <class Reverse>
  void exchange(Reverse const& reverse);
  double* host_rows();

  Space m_space;
  std::vector<std::unique_ptr<dp::Potential<Space>>> m_potentials;
  std::vector<Kokkos::View<int*, typename Space::memory_space>> m_maps;
  std::vector<std::vector<int>> m_maps_host;
  std::vector<std::size_t> m_same_map;  // the first model with the same map
  std::vector<Ints> m_types;
  Doubles m_positions{"dp_lammps::positions"}, m_rows_memory{"dp_lammps::rows"},
      m_atom_energy{"dp_lammps::atom_energy"}, m_results{"dp_lammps::results"},
      m_by_atom{"dp_lammps::deviations"}, m_fparam{"dp_lammps::fparam"}, m_aparam{"dp_lammps::aparam"};
  dp::Matrix<double, Space>
      m_rows;  // what goes to the owners of ghosts: forces, 3 columns a model; virials, 9
  std::vector<double> m_rows_host, m_results_host;
  bool m_rows_on_host = false;
  Extremes m_extremes;
};

}  // namespace dp_lammps

#include "dp_engine_impl.h"
