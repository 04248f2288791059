// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/views.hpp>
#include <string>
#include <vector>

#include "common/structure.hpp"

namespace md {

template <class Space>
using Vectors = Kokkos::View<double* [3], Kokkos::LayoutRight, typename Space::memory_space>;

/// The state of the atoms in the memory of `Space`. It stays there: the host sees copies, for output only.
template <class Space>
struct System {
  using Memory = typename Space::memory_space;

  System(Space const& space, std::vector<double> const& atom_masses)
      : positions("md::positions", atom_masses.size()),
        velocities("md::velocities", atom_masses.size()),
        forces("md::forces", atom_masses.size()),
        masses(dp::to_space<double>(space, "md::masses", atom_masses)),
        results("md::results"),
        energy(results.data()),
        kinetic(results.data() + 1),
        virial(results.data() + 2) {}

  std::int64_t size() const { return static_cast<std::int64_t>(masses.extent(0)); }

  using Unmanaged = Kokkos::MemoryTraits<Kokkos::Unmanaged>;
  Vectors<Space> positions;                         ///< Angstrom; atoms that leave the box are not moved back
  Vectors<Space> velocities;                        ///< Angstrom/ps
  Vectors<Space> forces;                            ///< eV/Angstrom
  Kokkos::View<double*, Memory> masses;             ///< g/mol
  Kokkos::View<double[11], Memory> results;         ///< the three below, to be copied at once
  Kokkos::View<double, Memory, Unmanaged> energy;   ///< eV, of the step whose results were asked for
  Kokkos::View<double, Memory, Unmanaged> kinetic;  ///< sum of m v^2, g/mol (Angstrom/ps)^2
  Kokkos::View<double[9], Memory, Unmanaged> virial;  ///< eV, as energy
};

/// A contiguous View as host numbers; waits for `space`.
template <class Space, class View>
std::vector<double> download(Space const& space, View const& view) {
  std::vector<double> values(view.size());
  using Host = Kokkos::View<double*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
  using Flat =
      Kokkos::View<double const*, typename View::memory_space, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
  Kokkos::deep_copy(space, Host(values.data(), values.size()), Flat(view.data(), view.size()));
  space.fence("md::download");
  return values;
}

/// Host numbers into a contiguous View of the same size; waits for `space`.
template <class Space, class View>
void upload(Space const& space, std::vector<double> const& values, View const& view) {
  if (values.size() != view.size())
    dp::fail("md::upload: expected ", view.size(), " numbers for ", view.label(), ", found ", values.size());
  using Host = Kokkos::View<double const*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
  using Flat = Kokkos::View<double*, typename View::memory_space, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
  Kokkos::deep_copy(space, Flat(view.data(), view.size()), Host(values.data(), values.size()));
  space.fence("md::upload");
}

}  // namespace md
