// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/detail/neighbor_search.hpp>
#include <dp/model/model.hpp>
#include <vector>

namespace dp {

/// The environment matrix of a tile of atoms (SC20, eq. 1): one row ~r = (s, s x/r, s y/r, s z/r),
/// normalised, for each neighbour within the cutoff, grouped by (neighbour type, atom). Absent neighbours
/// ("padding") have no rows; present() says how many there are. Always double.
template <class Space>
class EnvironmentMatrix {
 public:
  /// Copies what it needs of `model` to `space`.
  EnvironmentMatrix(Space const& space, Model const& model);

  /// Fills the rows of `tile`. One fence on devices, since the number of rows is needed on the host.
  void build(Space const& space, Tile<Space> const& tile, Configuration<Space> const& configuration,
             NeighborList<Space> const& list, typename detail::Status<Space>::Values const& status);

  std::int64_t atoms() const { return m_atoms; }        ///< of the tile
  std::int64_t rows() const { return m_begin.back(); }  ///< neighbours of all its atoms
  /// First row of neighbours of type `t`; t = ntypes gives the end.
  std::int64_t begin(int t) const { return m_begin[static_cast<std::size_t>(t)]; }

  Columns<double const, Space> values() const { return m_values; }  ///< (rows x 4)
  Columns<double const, Space> displacement() const {
    return m_displacement;
  }                                                                   ///< (rows x 3), x_j - x_i, Angstrom
  Vector<int const, Space> neighbour() const { return m_neighbour; }  ///< (rows), index of the neighbour
  Vector<int const, Space> atom() const { return m_atom; }            ///< (rows), atom of the tile
  Vector<std::int64_t const, Space> offsets() const {
    return m_offsets;
  }  ///< (ntypes * atoms + 1), first row of (t, a)
  Vector<int const, Space> present() const {
    return m_present;
  }  ///< (ntypes * atoms), neighbours, at most sel

  SwitchFunction switch_function() const { return m_switch; }  ///< w(r) of the model
  double protection() const { return m_protection; }           ///< added to r where it divides, Angstrom
  /// Memory held on `Space`.
  std::size_t bytes() const {
    return m_values_buffer.bytes() + m_displacement_buffer.bytes() + m_neighbour_buffer.bytes() +
           m_atom_buffer.bytes() + m_offsets_buffer.bytes() + m_present_buffer.bytes() +
           m_filled_buffer.bytes() + m_candidates_buffer.bytes() + m_found_buffer.bytes();
  }

 private:
  int m_ntypes, m_components;
  double m_rcut2, m_protection;
  SwitchFunction m_switch;
  Kokkos::View<int*, typename Space::memory_space> m_sel;
  Kokkos::View<char*, typename Space::memory_space> m_hidden, m_rowless;
  std::vector<Kokkos::Array<double, 4>> m_mean, m_inverse_stddev;

  std::int64_t m_atoms = 0;
  std::vector<std::int64_t> m_begin;  // (ntypes + 1) on the host
  Columns<double, Space> m_values, m_displacement;
  Vector<int, Space> m_neighbour, m_atom, m_present;
  Vector<std::int64_t, Space> m_offsets;

  Buffer<double, Space> m_values_buffer{"dp::EnvironmentMatrix::values"};
  Buffer<double, Space> m_displacement_buffer{"dp::EnvironmentMatrix::displacement"};
  Buffer<int, Space> m_neighbour_buffer{"dp::EnvironmentMatrix::neighbour"};
  Buffer<int, Space> m_atom_buffer{"dp::EnvironmentMatrix::atom"};
  Buffer<int, Space> m_present_buffer{"dp::EnvironmentMatrix::present"};
  Buffer<int, Space> m_candidates_buffer{"dp::EnvironmentMatrix::candidates"};
  Buffer<int, Space> m_found_buffer{"dp::EnvironmentMatrix::found"};
  Buffer<int, Space> m_filled_buffer{"dp::EnvironmentMatrix::filled"};
  Buffer<std::int64_t, Space> m_offsets_buffer{"dp::EnvironmentMatrix::offsets"};
  Buffer<std::int64_t, Space> m_borders_buffer{"dp::EnvironmentMatrix::borders"};
};

namespace detail {

/// Exclusive scan of the rows per (neighbour type, atom); notes where each type begins.
template <class Space>
struct ScanRows {
  std::int64_t atoms;
  int ntypes, centre_type;
  Vector<int const, Space> present;
  Vector<char const, Space> rowless;
  Vector<std::int64_t, Space> offsets, borders;

  KOKKOS_FUNCTION void operator()(std::int64_t slot, std::int64_t& sum, bool final) const {
    auto const end = ntypes * atoms;
    if (final) offsets(slot) = sum;
    if (final && slot % atoms == 0) borders(slot / atoms) = sum;
    if (slot < end && !rowless(centre_type * ntypes + slot / atoms)) sum += present(slot);
  }
};

}  // namespace detail

template <class Space>
EnvironmentMatrix<Space>::EnvironmentMatrix(Space const& space, Model const& model)
    : m_ntypes(model.ntypes()),
      m_components(model.descriptor.kind == DescriptorKind::angular ? 4 : 1),
      m_protection(model.descriptor.protection),
      m_switch(model.descriptor.rcut_smth, model.descriptor.rcut, model.descriptor.float32_cutoffs),
      m_sel(to_space<int>(space, "dp::EnvironmentMatrix::sel", model.descriptor.sel)),
      m_hidden(to_space<char>(space, "dp::EnvironmentMatrix::hidden", model.pair_excluded)),
      m_rowless(to_space<char>(space, "dp::EnvironmentMatrix::rowless", model.descriptor.excluded)),
      m_begin(static_cast<std::size_t>(m_ntypes) + 1) {
  m_rcut2 = m_switch.rmax * m_switch.rmax;
  for (std::size_t p = 0; p < model.descriptor.mean.size(); ++p) {
    auto const& mean = model.descriptor.mean[p];
    auto const& stddev = model.descriptor.stddev[p];
    m_mean.push_back({mean[0], mean[1], mean[2], mean[3]});
    m_inverse_stddev.push_back({1.0 / stddev[0], 1.0 / stddev[1], 1.0 / stddev[2], 1.0 / stddev[3]});
  }
}

template <class Space>
void EnvironmentMatrix<Space>::build(Space const& space, Tile<Space> const& tile,
                                     Configuration<Space> const& configuration,
                                     NeighborList<Space> const& list,
                                     typename detail::Status<Space>::Values const& status) {
  Kokkos::Profiling::ScopedRegion region("dp::environment");
  using Range = Kokkos::RangePolicy<Space, Kokkos::IndexType<std::int64_t>>;
  m_atoms = tile.atoms();
  auto const slots = static_cast<std::size_t>(m_ntypes * m_atoms);
  m_present = m_present_buffer.get(space, slots);
  m_offsets = m_offsets_buffer.get(space, slots + 1);

  auto const atoms = static_cast<std::size_t>(m_atoms), longest = static_cast<std::size_t>(tile.longest);
  typename detail::NeighborSearch<Space>::Candidates const candidates(
      m_candidates_buffer.get(space, atoms * longest).data(), atoms, longest);
  detail::NeighborSearch<Space> const search{
      tile,     configuration, list,   m_rcut2,    m_ntypes,
      m_sel,    m_hidden,      status, candidates, m_found_buffer.get(space, atoms),
      m_present};
  Kokkos::parallel_for("dp::EnvironmentMatrix::select", Range(space, 0, m_atoms),
                       detail::SelectNeighbors<Space>(search));
  auto const borders = m_borders_buffer.get(space, m_begin.size());
  Kokkos::parallel_scan(
      "dp::EnvironmentMatrix::offsets", Range(space, 0, m_ntypes * m_atoms + 1),
      detail::ScanRows<Space>{m_atoms, m_ntypes, tile.type, m_present, m_rowless, m_offsets, borders});
  using Host = Kokkos::View<std::int64_t*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
  Kokkos::deep_copy(space, Host(m_begin.data(), m_begin.size()), borders);
  space.fence("dp::EnvironmentMatrix::build: number of rows");

  auto const n = static_cast<std::size_t>(rows());
  m_values = m_values_buffer.columns(space, n, 4);
  m_displacement = m_displacement_buffer.columns(space, n, 3);
  m_neighbour = m_neighbour_buffer.get(space, n);
  m_atom = m_atom_buffer.get(space, n);
  Kokkos::parallel_for("dp::EnvironmentMatrix::neighbours", Range(space, 0, m_atoms),
                       detail::FillNeighbors<Space>{search, m_offsets, m_filled_buffer.get(space, slots),
                                                    m_rowless, m_displacement, m_neighbour, m_atom});
  for (int t = 0; t < m_ntypes; ++t) {
    auto const pair = static_cast<std::size_t>(tile.type * m_ntypes + t);
    Kokkos::parallel_for("dp::EnvironmentMatrix::rows", Range(space, begin(t), begin(t + 1)),
                         detail::FillRows<Space>{m_displacement, m_values, m_switch, m_protection,
                                                 m_components, m_mean[pair], m_inverse_stddev[pair]});
  }
}

}  // namespace dp
