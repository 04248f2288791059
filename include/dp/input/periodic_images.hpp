// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Profiling_ScopedRegion.hpp>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/error.hpp>
#include <dp/core/views.hpp>
#include <dp/input/box.hpp>
#include <dp/input/image_kernels.hpp>
#include <dp/input/position_bounds.hpp>
#include <limits>

namespace dp {

/// Ghost atoms for a program that has only positions and a box: all periodic images within reach of the box,
/// which may be triclinic and smaller than the reach. Atoms are numbered local first; the ghosts of one atom
/// follow each other. Can be moved, not copied.
template <class Space = Kokkos::DefaultExecutionSpace>
class PeriodicImages {
 public:
  PeriodicImages() = default;
  PeriodicImages(PeriodicImages&&) = default;             ///< takes the memory
  PeriodicImages& operator=(PeriodicImages&&) = default;  ///< takes the memory

  /// Makes the images of the atoms at `local_positions` (local x 3, Angstrom) with `local_types` (local), so
  /// that every local atom finds all its neighbours within `reach` (Angstrom). Atoms may lie outside the box:
  /// along periodic vectors they are moved into it, by a translation that stays the same until the next
  /// build. Waits for two results on `space`. \throws dp::Error for a box without volume or much smaller than
  /// the reach, for a reach that is not positive
  ///   and finite, for wrong extents and for positions that are not finite (naming the atom)
  void build(Space const& space, Strided2<double const, Space> local_positions,
             Strided1<int const, Space> local_types, Box const& box, double reach) {
    Kokkos::Profiling::ScopedRegion const region("dp::neighbour");
    box.check();
    detail::check_reach(name, reach);
    if (local_types.extent(0) != local_positions.extent(0))
      fail(name, ": expected as many types as positions (", local_positions.extent(0), "), found ",
           local_types.extent(0));
    detail::position_bounds(space, name, local_positions);
    detail::ImageBox const lattice(box, reach);
    for (int k = 0; k < 3; ++k) {
      if (lattice.periodic[k] && lattice.margin[k] > most_boxes)
        fail(name, ": the reach (", reach, " Angstrom) covers ", lattice.margin[k], " boxes along vector ",
             "abc"[k], "; expected at most ", most_boxes);
    }

    m_local = 0;
    m_owner = {};
    m_first_ghost = m_first_ghost_memory.get(space, local_positions.extent(0) + 1);
    std::int64_t const atoms = detail::count_images(space, lattice, local_positions, m_first_ghost);
    if (atoms > std::numeric_limits<int>::max() / 4)
      fail(name, ": expected at most ", std::numeric_limits<int>::max() / 4, " atoms and images, found ",
           atoms);
    auto const n = static_cast<std::size_t>(atoms);
    m_positions = m_position_memory.get(space, n, 3);
    m_translation = m_translation_memory.get(space, n, 3);
    m_owner = m_owner_memory.get(space, n);
    m_types = m_type_memory.get(space, n);
    detail::make_images<Space>(space, lattice, local_positions, local_types, m_first_ghost, m_owner, m_types,
                               m_translation);
    m_local = static_cast<std::int64_t>(local_positions.extent(0));
    place(space, local_positions, {1.0, 1.0, 1.0});
  }

  /// Atoms that are not images.
  std::int64_t local() const { return m_local; }
  /// Local atoms and ghosts.
  std::int64_t atoms() const { return static_cast<std::int64_t>(m_owner.extent(0)); }
  /// (atoms x 3), Angstrom; local atoms inside the box along its periodic vectors, at the time of build().
  Matrix<double const, Space> positions() const { return m_positions; }
  /// (atoms)
  Vector<int const, Space> types() const { return m_types; }
  /// (atoms): the local atom that an atom is an image of; itself for local atoms.
  Vector<int const, Space> owner() const { return m_owner; }

  /// New positions of the local atoms (local x 3), in the order and box of build(), and of the same images.
  /// `stretch`: where the box has changed since build(), the factors of the Cartesian components of its
  /// vectors. \throws dp::Error for wrong extents
  void update(Space const& space, Strided2<double const, Space> local_positions,
              Kokkos::Array<double, 3> const& stretch = {1.0, 1.0, 1.0}) {
    Kokkos::Profiling::ScopedRegion const region("dp::neighbour");
    if (static_cast<std::int64_t>(local_positions.extent(0)) != m_local ||
        (m_local > 0 && local_positions.extent(1) != 3)) {
      fail(name, "::update: expected the positions of the ", m_local, " atoms of the last build (", m_local,
           " x 3), found ", local_positions.extent(0), " x ", local_positions.extent(1));
    }
    place(space, local_positions, stretch);
  }

  /// Adds the rows of ghosts in `per_atom` (atoms x any number of columns: forces, virials) to the rows of
  /// their owners; the ghosts' rows stay as they are. The order of summation is always the same. \throws
  /// dp::Error for wrong extents
  void fold(Space const& space, Strided2<double, Space> per_atom) const {
    Kokkos::Profiling::ScopedRegion const region("dp::neighbour");
    if (static_cast<std::int64_t>(per_atom.extent(0)) != atoms())
      fail(name, "::fold: expected ", atoms(), " rows, one for each local atom and ghost, found ",
           per_atom.extent(0));
    if (m_local > 0) detail::fold_images<Space>(space, m_first_ghost, per_atom);
  }

  /// Memory held on `Space`.
  std::size_t bytes() const {
    return m_first_ghost_memory.bytes() + m_position_memory.bytes() + m_translation_memory.bytes() +
           m_owner_memory.bytes() + m_type_memory.bytes();
  }

 private:
  static constexpr char const* name = "dp::PeriodicImages";
  static constexpr double most_boxes = 400;  // keeps the count of images within 64 bits

  void place(Space const& space, Strided2<double const, Space> local_positions,
             Kokkos::Array<double, 3> const& stretch) {
    detail::place_images<Space>(space, local_positions, m_owner, m_translation, stretch, m_positions);
  }

  Buffer<std::int64_t, Space> m_first_ghost_memory{"dp::PeriodicImages::first_ghost"};
  Buffer<double, Space> m_position_memory{"dp::PeriodicImages::positions"};
  Buffer<double, Space> m_translation_memory{"dp::PeriodicImages::translation"};
  Buffer<int, Space> m_owner_memory{"dp::PeriodicImages::owner"};
  Buffer<int, Space> m_type_memory{"dp::PeriodicImages::types"};
  Vector<std::int64_t, Space> m_first_ghost;
  Matrix<double, Space> m_positions;
  Matrix<double, Space> m_translation;
  Vector<int, Space> m_owner;
  Vector<int, Space> m_types;
  std::int64_t m_local = 0;
};

}  // namespace dp
