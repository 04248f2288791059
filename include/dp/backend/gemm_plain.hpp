// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/core/half.hpp>
#include <dp/core/views.hpp>

namespace dp::backend {

namespace detail {

/// A team computes a tile of C. Slices of A and B go through scratch memory, widened to T, and each of 16 x
/// 16 slots keeps 4 x 4 entries of the tile in registers. Neighbouring slots take neighbouring columns, so
/// that reads of B and writes of C coalesce. `Threads` divides the number of slots; a thread has one on
/// devices.
template <class Space, class T, class Stored, int Threads>
struct GemmTile {
  static constexpr int side = 16, each = 4, slice = 16, tile = side * each, slots = side * side;
  static constexpr int pitch = tile + 1;  // of the transposed slice of A, against bank conflicts
  static_assert(slots % Threads == 0);

  using Policy = Kokkos::TeamPolicy<Space, Kokkos::IndexType<std::int64_t>, Kokkos::LaunchBounds<Threads>>;
  using Scratch =
      Kokkos::View<T*, typename Space::scratch_memory_space, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;

  Matrix<Stored const, Space> a, b;
  Matrix<T, Space> c;
  T factor;
  bool accumulates;
  int tile_columns = static_cast<int>((c.extent(1) + tile - 1) / tile);

  std::int64_t tiles() const {
    return (static_cast<std::int64_t>(c.extent(0)) + tile - 1) / tile * tile_columns;
  }
  static std::size_t scratch_bytes() {
    return Scratch::shmem_size(slice * pitch) + Scratch::shmem_size(slice * tile);
  }

  KOKKOS_FUNCTION void operator()(typename Policy::member_type const& team) const {
    auto const m0 = team.league_rank() / tile_columns * tile, n0 = team.league_rank() % tile_columns * tile;
    Scratch const slice_a(team.team_scratch(0), slice * pitch), slice_b(team.team_scratch(0), slice * tile);
    T sum[slots / Threads][each][each] = {};
    for (std::int64_t k0 = 0; k0 < static_cast<std::int64_t>(a.extent(1)); k0 += slice) {
      team.team_barrier();  // the slices before are done with
      load(team.team_rank(), m0, n0, k0, slice_a, slice_b);
      team.team_barrier();
      for (int s = 0; s < slots / Threads; ++s) add(team.team_rank() + s * Threads, slice_a, slice_b, sum[s]);
    }
    for (int s = 0; s < slots / Threads; ++s) store(team.team_rank() + s * Threads, m0, n0, sum[s]);
  }

 private:
  /// Entries beyond the edges of A and B are zeros.
  KOKKOS_FORCEINLINE_FUNCTION void load(int rank, std::int64_t m0, std::int64_t n0, std::int64_t k0,
                                        Scratch const& slice_a, Scratch const& slice_b) const {
    auto const rows = static_cast<std::int64_t>(a.extent(0)), depth = static_cast<std::int64_t>(a.extent(1)),
               columns = static_cast<std::int64_t>(b.extent(1));
    for (int e = rank; e < tile * slice; e += Threads) {
      auto const m = m0 + e / slice, k = k0 + e % slice;
      slice_a(e % slice * pitch + e / slice) = m < rows && k < depth ? widened<T>(a(m, k)) : T(0);
    }
    for (int e = rank; e < slice * tile; e += Threads) {
      auto const k = k0 + e / tile, n = n0 + e % tile;
      slice_b(e) = k < depth && n < columns ? widened<T>(b(k, n)) : T(0);
    }
  }

  KOKKOS_FORCEINLINE_FUNCTION static void add(int slot, Scratch const& slice_a, Scratch const& slice_b,
                                              T (&sum)[each][each]) {
    int const row = slot / side, column = slot % side;
    for (int k = 0; k < slice; ++k) {
      T left[each], right[each];
      for (int i = 0; i < each; ++i) left[i] = slice_a(k * pitch + row + i * side);
      for (int j = 0; j < each; ++j) right[j] = slice_b(k * tile + column + j * side);
      for (int i = 0; i < each; ++i)
        for (int j = 0; j < each; ++j) sum[i][j] += left[i] * right[j];
    }
  }

  KOKKOS_FORCEINLINE_FUNCTION void store(int slot, std::int64_t m0, std::int64_t n0,
                                         T const (&sum)[each][each]) const {
    auto const rows = static_cast<std::int64_t>(c.extent(0)),
               columns = static_cast<std::int64_t>(c.extent(1));
    for (int i = 0; i < each; ++i)
      for (int j = 0; j < each; ++j) {
        auto const m = m0 + slot / side + i * side, n = n0 + slot % side + j * side;
        if (m < rows && n < columns) c(m, n) = factor * sum[i][j] + (accumulates ? c(m, n) : T(0));
      }
  }
};

}  // namespace detail

/// C = factor A B, or with `add` C += factor A B, by a portable kernel, for devices where no vendor's library
/// is to be had. Runs on any space; `Threads`: of a team.
template <int Threads, class Space, class T, class Stored>
void gemm_plain(Space const& space, Matrix<Stored const, Space> a, Matrix<Stored const, Space> b,
                Matrix<T, Space> c, T factor, bool add = false) {
  using Tile = detail::GemmTile<Space, T, Stored, Threads>;
  Tile const kernel{a, b, c, factor, add};
  Kokkos::parallel_for("dp::gemm[plain]",
                       typename Tile::Policy(space, static_cast<int>(kernel.tiles()), Threads)
                           .set_scratch_size(0, Kokkos::PerTeam(static_cast<int>(Tile::scratch_bytes()))),
                       kernel);
}

}  // namespace dp::backend
