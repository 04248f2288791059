// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <dp/compiled/input.hpp>
#include <dp/core/buffer.hpp>
#include <dp/input/whole_system.hpp>
#include <dp/potential.hpp>
#include <vector>

#include "common/fire.hpp"
#include "common/structure.hpp"

namespace statics {

inline constexpr double gigapascal = 160.2176634;  ///< eV/Angstrom^3 in GPa

/// What a model says of a structure.
struct State {
  double energy = 0.0;              ///< eV
  std::array<double, 9> stress{};   ///< eV/Angstrom^3, row-major, positive where the sample is under tension
  double largest_force = 0.0;       ///< on an atom, eV/Angstrom
  int steps = 0;                    ///< of the minimiser
  std::vector<double> positions{};  ///< (N x 3), Angstrom
};

/// A structure in its box under a model, which outlives it.
template <class Space>
class Sample {
 public:
  using Potential = dp::Potential<Space>;
  using Points = typename examples::Fire<Space>::Points;

  Sample(Space const& space, Potential& potential, examples::Structure const& structure,
         std::vector<int> const& types)
      : m_space(space),
        m_potential(&potential),
        m_box(structure.box),
        m_types(dp::to_space<int>(space, "statics::types", types)),
        m_positions("statics::positions", types.size()),
        m_forces("statics::forces", types.size()),
        m_built_at("statics::built_at", types.size()) {
    using Host = Kokkos::View<double const* [3], Kokkos::LayoutRight, Kokkos::HostSpace,
                              Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
    Kokkos::deep_copy(m_positions, Host(structure.positions.data(), types.size()));
  }

  State evaluate() {
    build();
    compute();
    return state(0);
  }

  /// Moves the atoms until no force is above `tolerance` (eV/Angstrom); the box stays. \throws dp::Error
  /// where `most` steps are not enough
  State relax(double tolerance, int most = 2000) {
    build();
    compute();
    examples::Fire<Space> fire(m_positions.extent(0));
    for (int step = 0; step <= most; ++step) {
      if (examples::Fire<Space>::largest(m_space, m_forces) <= tolerance) return state(step);
      fire.step(m_space, m_positions, m_forces);
      if (4.0 * largest_move_squared() > skin * skin) build();
      compute();
    }
    dp::fail("relaxation: after ", most, " steps a force is still ",
             examples::Fire<Space>::largest(m_space, m_forces), " eV/Angstrom, expected ", tolerance);
  }

  /// Square of the longest way since the neighbours were found, Angstrom^2.
  double largest_move_squared() const {
    auto const x = m_positions, from = m_built_at;
    double largest = 0.0;
    Kokkos::parallel_reduce(
        "statics::largest_move",
        Kokkos::RangePolicy<Space, Kokkos::IndexType<std::int64_t>>(m_space, 0,
                                                                    static_cast<std::int64_t>(x.extent(0))),
        KOKKOS_LAMBDA(std::int64_t i, double& most) {
          double square = 0.0;
          for (std::size_t k = 0; k < 3; ++k) square += (x(i, k) - from(i, k)) * (x(i, k) - from(i, k));
          if (!(square <= most)) most = square;
        },
        Kokkos::Max<double>(largest));
    return largest;
  }

 private:
  static constexpr double skin = 0.5;  // Angstrom

  void build() {
    double const reach = m_potential->cutoff() + skin;
    m_images.build(m_space, m_positions, m_types, m_box, reach);
    m_cells.build(m_space, m_images.positions(), m_images.local(), reach);
    m_all_forces = m_force_memory.get(m_space, static_cast<std::size_t>(m_images.atoms()), 3);
    Kokkos::deep_copy(m_space, m_built_at, m_positions);
  }

  void compute() {
    m_images.update(m_space, m_positions);
    dp::WholeSystem const whole{m_box};
    dp::Configuration<Space> atoms = {m_images.positions(), m_images.types(), m_images.local()};
    atoms.whole = &whole;
    m_potential->compute(m_space, atoms, m_cells.list(),
                         {.energy = m_energy, .force = m_all_forces, .virial = m_virial});
    m_images.fold(m_space, m_all_forces);
    Kokkos::deep_copy(
        m_space, m_forces,
        Kokkos::subview(m_all_forces, Kokkos::make_pair(std::size_t{0}, m_forces.extent(0)), Kokkos::ALL));
    m_space.fence("statics::compute");
  }

  State state(int steps) const {
    State result;
    Kokkos::deep_copy(result.energy, m_energy);
    auto const virial = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), m_virial);
    for (std::size_t k = 0; k < 9; ++k) result.stress[k] = -virial(k) / m_box.volume();
    result.largest_force = examples::Fire<Space>::largest(m_space, m_forces);
    result.steps = steps;
    auto const x = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), m_positions);
    result.positions.assign(x.data(), x.data() + x.size());
    return result;
  }

  using Memory = typename Space::memory_space;
  Space m_space;
  Potential* m_potential;
  dp::Box m_box;
  Kokkos::View<int*, Memory> m_types;
  Points m_positions, m_forces, m_built_at;
  dp::PeriodicImages<Space> m_images;
  dp::NeighborCells<Space> m_cells;
  dp::Buffer<double, Space> m_force_memory{"statics::all_forces"};
  dp::Matrix<double, Space> m_all_forces;
  Kokkos::View<double, Memory> m_energy{"statics::energy"};
  Kokkos::View<double[9], Memory> m_virial{"statics::virial"};
};

}  // namespace statics
