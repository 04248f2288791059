// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <cstddef>
#include <cstdint>

namespace examples {

/// Numbers of the FIRE minimiser; the atoms have the mass 1, so times are in Angstrom/sqrt(eV).
struct FireOptions {
  double time_step = 0.05;
  double longest_time_step = 0.25;
  double longest_move = 0.1;  ///< of an atom in a step, Angstrom
};

/// FIRE (Bitzek et al., Phys. Rev. Lett. 97, 170201 (2006)): atoms glide downhill, steered towards the
/// forces, and stop where they would go up. The caller computes the forces at the new positions before each
/// step.
template <class Space>
class Fire {
 public:
  using Points = Kokkos::View<double* [3], Kokkos::LayoutRight, typename Space::memory_space>;

  /// Keeps the velocities of so many atoms; 0 where the caller has them.
  explicit Fire(std::size_t atoms, FireOptions const& options = {})
      : m_options(options), m_velocities("examples::Fire::velocities", atoms), m_dt(options.time_step) {}

  /// Moves the `positions` (atoms x 3, Angstrom) by one step with the `forces` there (eV/Angstrom). Waits for
  /// three sums on `space`.
  void step(Space const& space, Points const& positions, Points const& forces) {
    step(space, positions, m_velocities, forces, [](Kokkos::Array<double, 3> const& sum) { return sum; });
  }

  /// The same with the caller's `velocities` (atoms x 3, Angstrom/(Angstrom/sqrt(eV))), 0 at first.
  /// total(sums): the three sums over the atoms of all ranks.
  template <class Total>
  void step(Space const& space, Points const& positions, Points const& velocities, Points const& forces,
            Total const& total) {
    auto const sum = total(sums(space, velocities, forces));
    double const power = sum[0], force2 = sum[1], speed2 = sum[2];
    double const turn = force2 > 0.0 ? m_mixing * Kokkos::sqrt(speed2 / force2) : 0.0;
    bool const uphill = power <= 0.0;
    double const keep = uphill ? 0.0 : 1.0 - m_mixing, add = uphill ? 0.0 : turn;
    if (uphill) {
      m_dt *= 0.5;
      m_mixing = first_mixing;
      m_downhill = 0;
    } else if (++m_downhill > 5) {
      m_dt = Kokkos::min(1.1 * m_dt, m_options.longest_time_step);
      m_mixing *= 0.99;
    }
    move(space, positions, velocities, forces, keep, add);
  }

  /// What a continued minimisation must know besides positions and velocities.
  Kokkos::Array<double, 3> state() const { return {m_dt, m_mixing, static_cast<double>(m_downhill)}; }
  void restore(Kokkos::Array<double, 3> const& state) {
    m_dt = state[0];
    m_mixing = state[1];
    m_downhill = static_cast<int>(state[2]);
  }

  /// The largest force on an atom, eV/Angstrom; waits for it.
  static double largest(Space const& space, Points const& forces) {
    double square = 0.0;
    Kokkos::parallel_reduce(
        "examples::Fire::largest", policy(space, forces),
        KOKKOS_LAMBDA(std::int64_t i, double& most) {
          double f2 = 0.0;
          for (std::size_t k = 0; k < 3; ++k) f2 += forces(i, k) * forces(i, k);
          if (!(f2 <= most)) most = f2;
        },
        Kokkos::Max<double>(square));
    return Kokkos::sqrt(square);
  }

  /// Force times velocity, force squared and velocity squared.
  static Kokkos::Array<double, 3> sums(Space const& space, Points const& v, Points const& forces) {
    Kokkos::Array<double, 3> result = {0.0, 0.0, 0.0};
    Kokkos::parallel_reduce(
        "examples::Fire::sums", policy(space, forces),
        KOKKOS_LAMBDA(std::int64_t i, double& fv, double& ff, double& vv) {
          for (std::size_t k = 0; k < 3; ++k) {
            fv += forces(i, k) * v(i, k);
            ff += forces(i, k) * forces(i, k);
            vv += v(i, k) * v(i, k);
          }
        },
        result[0], result[1], result[2]);
    return result;
  }

  /// v = keep v + add f + dt f, and then x += dt v, no atom farther than allowed.
  void move(Space const& space, Points const& positions, Points const& v, Points const& forces, double keep,
            double add) const {
    double const dt = m_dt, longest = m_options.longest_move;
    Kokkos::parallel_for(
        "examples::Fire::move", policy(space, forces), KOKKOS_LAMBDA(std::int64_t i) {
          double square = 0.0;
          for (std::size_t k = 0; k < 3; ++k) {
            v(i, k) = keep * v(i, k) + (add + dt) * forces(i, k);
            square += v(i, k) * v(i, k);
          }
          double const way = dt * Kokkos::sqrt(square), shorten = way > longest ? longest / way : 1.0;
          for (std::size_t k = 0; k < 3; ++k) {
            v(i, k) *= shorten;
            positions(i, k) += dt * v(i, k);
          }
        });
  }

 private:
  using Policy = Kokkos::RangePolicy<Space, Kokkos::IndexType<std::int64_t>>;
  static Policy policy(Space const& space, Points const& points) {
    return Policy(space, 0, static_cast<std::int64_t>(points.extent(0)));
  }

  static constexpr double first_mixing = 0.1;
  FireOptions m_options;
  Points m_velocities;
  double m_dt;
  double m_mixing = first_mixing;
  int m_downhill = 0;
};

}  // namespace examples
