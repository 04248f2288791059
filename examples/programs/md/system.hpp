// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/error.hpp>
#include <dp/core/views.hpp>
#include <numeric>
#include <string>
#include <vector>

namespace md {

template <class Space>
using Vectors = Kokkos::View<double* [3], Kokkos::LayoutRight, typename Space::memory_space>;

template <class Space>
using Memory = typename Space::memory_space;

/// A contiguous View as host numbers; waits for `space`.
template <class Space, class View>
std::vector<typename View::non_const_value_type> download(Space const& space, View const& view) {
  using Value = typename View::non_const_value_type;
  std::vector<Value> values(view.size());
  using Host = Kokkos::View<Value*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
  using Flat =
      Kokkos::View<Value const*, typename View::memory_space, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
  Kokkos::deep_copy(space, Host(values.data(), values.size()), Flat(view.data(), view.size()));
  space.fence("md::download");
  return values;
}

/// Host numbers into a contiguous View of the same size; waits for `space`.
template <class Space, class Value, class View>
void upload(Space const& space, std::vector<Value> const& values, View const& view) {
  if (values.size() != view.size())
    dp::fail("md::upload: expected ", view.size(), " numbers, found ", values.size());
  using Host = Kokkos::View<Value const*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
  using Flat = Kokkos::View<Value*, typename View::memory_space, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
  Kokkos::deep_copy(space, Flat(view.data(), view.size()), Host(values.data(), values.size()));
  space.fence("md::upload");
}

/// The state of this rank's atoms in the memory of `Space`. It stays there: the host sees copies, for output
/// only.
template <class Space>
struct System {
  /// Atoms of type 0 whose ids count from 0.
  System(Space const& space, std::vector<double> const& atom_masses)
      : System(space, atom_masses, std::vector<int>(atom_masses.size()), 0) {}

  /// Atoms with ids that follow each other.
  System(Space const& space, std::vector<double> const& atom_masses, std::vector<int> const& atom_types,
         std::int64_t first_id)
      : results("md::results"),
        energy(results.data()),
        kinetic(results.data() + 1),
        virial(results.data() + 2) {
    resize(space, static_cast<std::int64_t>(atom_masses.size()));
    std::vector<std::int64_t> numbers(atom_masses.size());
    std::iota(numbers.begin(), numbers.end(), first_id);
    upload(space, atom_masses, masses);
    upload(space, atom_types, types);
    upload(space, numbers, ids);
  }

  /// Its Views show its own buffers, so it can be moved, not copied.
  System(System&&) noexcept = default;
  System& operator=(System&&) noexcept = default;

  std::int64_t size() const { return static_cast<std::int64_t>(masses.extent(0)); }

  /// Another number of atoms; nothing is known of them then. Allocates only for more than ever before.
  void resize(Space const& space, std::int64_t atoms) {
    auto const n = static_cast<std::size_t>(atoms);
    positions = Vectors<Space>(m_positions.get(space, 3 * n).data(), n);
    velocities = Vectors<Space>(m_velocities.get(space, 3 * n).data(), n);
    forces = Vectors<Space>(m_forces.get(space, 3 * n).data(), n);
    origins = Vectors<Space>(m_origins.get(space, 3 * n).data(), n);
    energies = Kokkos::View<double*, Memory<Space>>(m_energies.get(space, n).data(), n);
    masses = Kokkos::View<double*, Memory<Space>>(m_masses.get(space, n).data(), n);
    types = Kokkos::View<int*, Memory<Space>>(m_types.get(space, n).data(), n);
    ids = Kokkos::View<std::int64_t*, Memory<Space>>(m_ids.get(space, n).data(), n);
  }

  using Unmanaged = Kokkos::MemoryTraits<Kokkos::Unmanaged>;
  Vectors<Space> positions;                         ///< Angstrom; atoms that leave the box are not moved back
  Vectors<Space> velocities;                        ///< Angstrom/ps
  Vectors<Space> forces;                            ///< eV/Angstrom
  Vectors<Space> origins;                           ///< where displacements are counted from, Angstrom
  Kokkos::View<double*, Memory<Space>> energies;    ///< potential, eV, of the step whose frame shows them
  Kokkos::View<double*, Memory<Space>> masses;      ///< g/mol
  Kokkos::View<int*, Memory<Space>> types;          ///< of the model
  Kokkos::View<std::int64_t*, Memory<Space>> ids;   ///< of all atoms of the run, from 0; they rise
  Kokkos::View<double[11], Memory<Space>> results;  ///< the three below, of this rank, to be copied at once
  Kokkos::View<double, Memory<Space>, Unmanaged> energy;     ///< eV, of the step whose results were asked for
  Kokkos::View<double, Memory<Space>, Unmanaged> kinetic;    ///< sum of m v^2, g/mol (Angstrom/ps)^2
  Kokkos::View<double[9], Memory<Space>, Unmanaged> virial;  ///< eV, as energy

 private:
  dp::Buffer<double, Space> m_positions{"md::positions"};
  dp::Buffer<double, Space> m_velocities{"md::velocities"};
  dp::Buffer<double, Space> m_forces{"md::forces"};
  dp::Buffer<double, Space> m_origins{"md::origins"};
  dp::Buffer<double, Space> m_energies{"md::energies"};
  dp::Buffer<double, Space> m_masses{"md::masses"};
  dp::Buffer<int, Space> m_types{"md::types"};
  dp::Buffer<std::int64_t, Space> m_ids{"md::ids"};
};

}  // namespace md
