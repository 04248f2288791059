// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <climits>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/kernels.hpp>
#include <dp/detail/environment_row.hpp>
#include <dp/detail/neighbor_search.hpp>
#include <dp/model/model.hpp>
#include <dp/stages/team_search.hpp>
#include <type_traits>
#include <vector>

namespace dp {

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

/// The environment matrix of a tile of atoms (SC20, eq. 1): one row ~r = (s, s x/r, s y/r, s z/r),
/// normalised, for each neighbour within the cutoff, grouped by (neighbour type, atom). Absent neighbours
/// ("padding") have no rows; present() says how many there are. Always double.
template <class Space>
class EnvironmentMatrix {
 public:
  /// Copies what it needs of `model` to `space`. `all_neighbours`: also those beyond sel have rows.
  EnvironmentMatrix(Space const& space, Model const& model, bool all_neighbours = false);

  /// Fills the rows of `tile`. One fence on devices, since the number of rows is needed on the host.
  template <class Kernels = DefaultKernels<Space>>
  void build(Space const& space, Tile<Space> const& tile, Configuration<Space> const& configuration,
             NeighborList<Space> const& list, typename detail::Status<Space>::Values const& status) {
    if constexpr (std::is_same_v<Kernels, Loops>) {
      build_by_loops(space, tile, configuration, list, status);
    } else {
      count<Kernels>(space, {tile}, configuration, list, status);
      build_counted<Kernels>(space, {tile}, 0, configuration, list, status);
    }
  }

  /// Counts the rows of all `tiles`, with one fence for all of them. False where `status` says that the tiles
  /// are those of another step; nothing is counted then.
  template <class Kernels>
  bool count(Space const& space, std::vector<Tile<Space>> const& tiles,
             Configuration<Space> const& configuration, NeighborList<Space> const& list,
             typename detail::Status<Space>::Values const& status);

  /// Fills the rows of the tile `k` of those that were counted last, without a fence.
  template <class Kernels>
  void build_counted(Space const& space, std::vector<Tile<Space>> const& tiles, std::size_t k,
                     Configuration<Space> const& configuration, NeighborList<Space> const& list,
                     typename detail::Status<Space>::Values const& status);

  /// The way back: from dE/d~r (rows x 4) of the tile's rows to dE/d(displacement), in place in columns 0
  /// to 2. Nothing is done where `gradient` is empty.
  void adjoint(Space const& space, Columns<double, Space> gradient) const {
    Kokkos::Profiling::ScopedRegion region("dp::forces");
    for (int t = 0; t < m_ntypes && gradient.data(); ++t)
      Kokkos::parallel_for("dp::EnvironmentMatrix::adjoint",
                           detail::LightRange<Space>(space, begin(t), begin(t + 1)),
                           detail::RowsAdjoint<Space>{m_displacement, gradient, m_row, scale(t)});
  }

  int ntypes() const { return m_ntypes; }               ///< of neighbours
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
  }  ///< (ntypes * atoms), neighbours, at most sel where not all are kept

  /// Memory held on `Space`.
  std::size_t bytes() const {
    return m_values_buffer.bytes() + m_displacement_buffer.bytes() + m_neighbour_buffer.bytes() +
           m_atom_buffer.bytes() + m_offsets_buffer.bytes() + m_present_buffer.bytes() +
           m_filled_buffer.bytes() + m_candidates_buffer.bytes() + m_found_buffer.bytes() + m_search.bytes() +
           m_borders.bytes();
  }

  /// Finds the neighbours of a tile without making rows of them.
  TeamSearch<Space>& search() { return m_search; }

 private:
  void build_by_loops(Space const& space, Tile<Space> const& tile, Configuration<Space> const& configuration,
                      NeighborList<Space> const& list, typename detail::Status<Space>::Values const& status);
  /// Of the rows of the tile's neighbours of type `t`.
  detail::RowScale const& scale(int t) const {
    return m_scales[static_cast<std::size_t>(m_type * m_ntypes + t)];
  }
  /// The memory for the numbers of rows of tile `k` of those that are counted together.
  void take_slots(Space const& space, std::size_t k, std::int64_t atoms) {
    m_atoms = atoms;
    auto const n = static_cast<std::size_t>(m_ntypes * atoms), first = m_first_slot[k];
    m_present = Vector<int, Space>(m_present_buffer.get(space, first + n).data() + first, n);
    m_offsets =
        Vector<std::int64_t, Space>(m_offsets_buffer.get(space, first + k + n + 1).data() + first + k, n + 1);
  }
  /// First rows of all atoms and types, and `borders` between types, from the numbers of rows.
  void scan_rows(Space const& space, int type, Vector<std::int64_t, Space> borders) const {
    Kokkos::parallel_scan(
        "dp::EnvironmentMatrix::offsets", detail::LightRange<Space>(space, 0, m_ntypes * m_atoms + 1),
        detail::ScanRows<Space>{m_atoms, m_ntypes, type, m_present, m_rowless, m_offsets, borders});
  }
  void fetch(Space const& space, Vector<std::int64_t const, Space> borders) {
    m_borders_host.resize(borders.extent(0));
    Kokkos::deep_copy(
        space, Vector<std::int64_t, Kokkos::HostSpace>(m_borders_host.data(), borders.extent(0)), borders);
    space.fence("dp::EnvironmentMatrix: numbers of rows");
  }
  /// The memory for rows of the extents in m_begin.
  void take_rows(Space const& space) {
    auto const n = static_cast<std::size_t>(rows());
    m_values = m_values_buffer.columns(space, n, 4);
    m_displacement = m_displacement_buffer.columns(space, n, 3);
    m_neighbour = m_neighbour_buffer.get(space, n);
    m_atom = m_atom_buffer.get(space, n);
  }

  int m_ntypes;
  detail::EnvironmentRow m_row;
  double m_rcut2;
  Kokkos::View<int*, typename Space::memory_space> m_most;  // neighbours of a type that an atom keeps
  Kokkos::View<char*, typename Space::memory_space> m_hidden, m_rowless;
  std::vector<detail::RowScale> m_scales;  // (ntypes * ntypes)

  int m_type = 0;  // of the tile
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
  Buffer<std::int64_t, Space> m_borders{"dp::EnvironmentMatrix::borders"};
  std::vector<std::int64_t> m_borders_host;
  std::vector<std::size_t> m_first_slot;  // of each tile that was counted
  TeamSearch<Space> m_search;
};

template <class Space>
EnvironmentMatrix<Space>::EnvironmentMatrix(Space const& space, Model const& model, bool all_neighbours)
    : m_ntypes(model.ntypes()),
      m_row(model.descriptor),
      m_rcut2(m_row.switch_function.rmax * m_row.switch_function.rmax),
      m_most(to_space<int>(
          space, "dp::EnvironmentMatrix::most",
          all_neighbours ? std::vector<int>(model.descriptor.sel.size(), INT_MAX) : model.descriptor.sel)),
      m_hidden(to_space<char>(space, "dp::EnvironmentMatrix::hidden", model.pair_excluded)),
      m_rowless(to_space<char>(space, "dp::EnvironmentMatrix::rowless", model.descriptor.excluded)),
      m_scales(detail::row_scales(model.descriptor)),
      m_begin(static_cast<std::size_t>(m_ntypes) + 1),
      m_search(space, model, all_neighbours) {}

template <class Space>
template <class Kernels>
bool EnvironmentMatrix<Space>::count(Space const& space, std::vector<Tile<Space>> const& tiles,
                                     Configuration<Space> const& configuration,
                                     NeighborList<Space> const& list,
                                     typename detail::Status<Space>::Values const& status) {
  Kokkos::Profiling::ScopedRegion region("dp::environment");
  auto const types = static_cast<std::size_t>(m_ntypes), per_tile = types + 1;
  m_first_slot.assign(1, 0);
  for (auto const& tile : tiles)
    m_first_slot.push_back(m_first_slot.back() + types * static_cast<std::size_t>(tile.atoms()));
  m_present_buffer.get(space, m_first_slot.back());
  m_offsets_buffer.get(space, m_first_slot.back() + tiles.size());
  auto const borders = m_borders.get(space, tiles.size() * per_tile + 1);
  for (std::size_t k = 0; k < tiles.size(); ++k) {
    take_slots(space, k, tiles[k].atoms());
    m_search.template count<Kernels>(space, tiles[k], configuration, list, {status, {}}, m_present);
    scan_rows(space, tiles[k].type, Vector<std::int64_t, Space>(borders.data() + k * per_tile, per_tile));
  }
  Vector<std::int64_t, Space> const stale(borders.data() + tiles.size() * per_tile, 1);
  Kokkos::deep_copy(space, stale,
                    Kokkos::subview(status, std::make_pair(int(detail::Status<Space>::stale),
                                                           int(detail::Status<Space>::stale) + 1)));
  fetch(space, borders);
  return m_borders_host.back() == detail::Status<Space>::good;
}

template <class Space>
template <class Kernels>
void EnvironmentMatrix<Space>::build_counted(Space const& space, std::vector<Tile<Space>> const& tiles,
                                             std::size_t k, Configuration<Space> const& configuration,
                                             NeighborList<Space> const& list,
                                             typename detail::Status<Space>::Values const& status) {
  auto const& tile = tiles[k];
  m_type = tile.type;
  take_slots(space, k, tile.atoms());
  for (std::size_t t = 0; t < m_begin.size(); ++t) m_begin[t] = m_borders_host[k * m_begin.size() + t];
  take_rows(space);
  auto const found = m_search.template run<Kernels>(space, tile, configuration, list, {status, {}});
  Kokkos::parallel_for(
      "dp::EnvironmentMatrix::rows", detail::team_policy<Kernels, 1>(space, tile.atoms()),
      detail::FillByTeams<Space>{found, m_offsets, m_displacement, m_values, m_neighbour, m_atom});
}

template <class Space>
void EnvironmentMatrix<Space>::build_by_loops(Space const& space, Tile<Space> const& tile,
                                              Configuration<Space> const& configuration,
                                              NeighborList<Space> const& list,
                                              typename detail::Status<Space>::Values const& status) {
  Kokkos::Profiling::ScopedRegion region("dp::environment");
  using Range = Kokkos::RangePolicy<Space, Kokkos::IndexType<std::int64_t>>;
  auto const slots = static_cast<std::size_t>(m_ntypes * tile.atoms());
  m_present_buffer.get(space, slots);
  m_offsets_buffer.get(space, slots + 1);
  m_first_slot.assign(1, 0);
  m_type = tile.type;
  take_slots(space, 0, tile.atoms());

  auto const atoms = static_cast<std::size_t>(m_atoms), longest = static_cast<std::size_t>(tile.longest);
  typename detail::NeighborSearch<Space>::Candidates const candidates(
      m_candidates_buffer.get(space, atoms * longest).data(), atoms, longest);
  detail::NeighborSearch<Space> const search{
      tile,     configuration, list,   m_rcut2,    m_ntypes,
      m_most,   m_hidden,      status, candidates, m_found_buffer.get(space, atoms),
      m_present};
  Kokkos::parallel_for("dp::EnvironmentMatrix::select", Range(space, 0, m_atoms),
                       detail::SelectNeighbors<Space>(search));
  auto const borders = m_borders.get(space, m_begin.size());
  scan_rows(space, tile.type, borders);
  fetch(space, borders);
  m_begin = m_borders_host;
  take_rows(space);
  Kokkos::parallel_for("dp::EnvironmentMatrix::neighbours", Range(space, 0, m_atoms),
                       detail::FillNeighbors<Space>{search, m_offsets, m_filled_buffer.get(space, slots),
                                                    m_rowless, m_displacement, m_neighbour, m_atom});
  for (int t = 0; t < m_ntypes; ++t)
    Kokkos::parallel_for("dp::EnvironmentMatrix::rows", Range(space, begin(t), begin(t + 1)),
                         detail::FillRows<Space>{m_displacement, m_values, m_row, scale(t)});
}

}  // namespace dp
