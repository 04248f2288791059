// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <array>
#include <cstddef>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/error.hpp>
#include <dp/core/kernels.hpp>
#include <dp/long_range/charge_order.hpp>
#include <dp/long_range/charge_sum.hpp>
#include <dp/long_range/fourier_modes.hpp>
#include <dp/long_range/mesh_kernels.hpp>
#include <dp/long_range/rank_sums.hpp>
#include <dp/math/fft.hpp>
#include <dp/math/spreading_window.hpp>
#include <type_traits>

namespace dp::detail {

/// What is taken from a mesh at each charge; what is empty is left out.
template <class Space>
struct MeshResults {
  Strided1<double, Space> potential;
  Vector<double, Space> energy;  // half of charge times potential
  Matrix<double, Space> force;   // minus charge times the potential's gradient, by the window's slopes
};

/// Charges spread on a mesh and transformed, and transforms taken back to charges, with one window. On
/// several ranks each adds its own charges to the whole mesh; their sum is all that is communicated, and
/// every rank transforms it. Any number of threads of a host gives the same bits.
template <class Space>
class MeshTransforms {
 public:
  /// \throws dp::Error for lengths that fft_length() does not give, or windows of other than 2 to 16 points
  MeshTransforms(Space const& space, std::array<int, 3> const& n, SpreadingWindow const& window)
      : MeshTransforms(space, checked(n, window), window, WindowTable(window)) {}

  MeshPoints<Space> const& mesh() const { return m_mesh; }
  Spectrum const& spectrum() const { return m_fft.spectrum(); }
  std::int64_t rows() const { return std::int64_t(m_mesh.n[0]) * m_mesh.n[1]; }  ///< of spectrum()

  /// For the calls that follow: a box, and where charges are.
  void place(Space const& space, FourierModes const& box, Charges<Space> const& charges) {
    for (int k = 0; k < 9; ++k) m_mesh.reciprocal[k] = box.reciprocal[k];
    m_order.sort(space, m_mesh, charges);
  }

  /// The transform of all charges, spectrum().size() numbers. Returns how many ranks there are.
  double forward(Space const& space, WholeSystem const& whole, Charges<Space> const& charges,
                 Vector<double, Space> transform) {
    auto const size = static_cast<std::size_t>(m_mesh.size());
    auto const values = m_values.get(space, size + 1);  // and a number that counts ranks
    Kokkos::deep_copy(space, values, 0.0);
    by_width([&](auto width) { spread<width.value>(space, charges, values); });
    Vector<double, Space> const mesh(values.data(), size);
    Kokkos::parallel_for("dp::MeshTransforms::fold", LightRange<Space>(space, 0, rows()),
                         FoldRows<Space>{m_mesh, mesh});
    double ranks = 1.0;
    if (whole.sum_over_ranks) {
      Kokkos::deep_copy(space, Kokkos::subview(values, size), 1.0);
      ranks = m_rank_sums.sum(space, whole, values);
    }
    m_fft.forward(space, mesh.data(), transform.data());
    return ranks;
  }

  /// What charges have of a potential by its transform, which is overwritten.
  void inverse(Space const& space, Vector<double, Space> transform, Charges<Space> const& charges,
               MeshResults<Space> const& results) {
    auto const mesh = m_values.get(space, static_cast<std::size_t>(m_mesh.size()));
    m_fft.inverse(space, transform.data(), mesh.data());
    Kokkos::parallel_for("dp::MeshTransforms::extend", LightRange<Space>(space, 0, rows()),
                         ExtendRows<Space>{m_mesh, mesh});
    by_width([&](auto width) {
      if (results.force.data())
        gather<width.value, true>(space, charges, mesh, results);
      else
        gather<width.value, false>(space, charges, mesh, results);
    });
  }

  /// Memory held on `Space`; grows only.
  std::size_t bytes() const { return m_order.bytes() + m_values.bytes() + m_rank_sums.bytes(); }

 private:
  MeshTransforms(Space const& space, std::array<int, 3> const& n, SpreadingWindow const& window,
                 WindowTable const& table)
      : m_mesh{{n[0], n[1], n[2]},
               (n[2] + table.width + 3) / 4 * 4,
               window.points,
               table.degree,
               table.width,
               {},
               {}},
        m_window(to_space<double>(space, "dp::MeshTransforms::window", table.coefficients)),
        m_fft(space, n, m_mesh.row) {
    m_mesh.window = m_window;
  }

  static std::array<int, 3> const& checked(std::array<int, 3> const& n, SpreadingWindow const& window) {
    for (int const length : n)
      if (fft_length(length) != length)
        fail("dp: a mesh: expected products of 2, 3 and 5, and not 1, as numbers of points, found ", length);
    if (window.points < 2 || window.points > 16)
      fail("dp: a mesh: expected windows of 2 to 16 points, found ", window.points);
    return n;
  }

  /// Calls `body` with the width of the window as a constant.
  template <class Body>
  void by_width(Body const& body) const {
    switch (m_mesh.width) {
      case 4:
        return body(std::integral_constant<int, 4>{});
      case 8:
        return body(std::integral_constant<int, 8>{});
      case 12:
        return body(std::integral_constant<int, 12>{});
      default:
        return body(std::integral_constant<int, 16>{});
    }
  }

  static LightRange<Space> all(Space const& space, Charges<Space> const& charges) {
    return LightRange<Space>(space, 0, static_cast<std::int64_t>(charges.values.extent(0)));
  }

  template <int Width>
  void spread(Space const& space, Charges<Space> const& charges, Vector<double, Space> values) {
    SpreadCharges<Space, Width> kernel{m_mesh, charges, m_order.tiles(), m_order.begin(), m_order.order(),
                                       values, 0};
    if constexpr (is_host_space<Space>) {
      for (; kernel.colour < MeshTiles::colours; ++kernel.colour)
        Kokkos::parallel_for("dp::MeshTransforms::spread",
                             Kokkos::RangePolicy<Space, Kokkos::Schedule<Kokkos::Dynamic>>(
                                 space, 0, kernel.tiles.tiles_of(kernel.colour), Kokkos::ChunkSize(1)),
                             kernel);
    } else {
      Kokkos::parallel_for("dp::MeshTransforms::spread", all(space, charges), kernel);
    }
  }

  template <int Width, bool Slopes>
  void gather(Space const& space, Charges<Space> const& charges, Vector<double const, Space> mesh,
              MeshResults<Space> const& results) {
    Kokkos::parallel_for(
        "dp::MeshTransforms::gather", all(space, charges),
        GatherPotential<Space, Width, Slopes>{m_mesh, charges, m_order.order(), mesh, results.potential,
                                              results.energy, results.force});
  }

  MeshPoints<Space> m_mesh;
  Constants<double, Space> m_window;
  Fft3d<Space> m_fft;
  ChargeOrder<Space> m_order;
  RankSums<Space> m_rank_sums;
  Buffer<double, Space> m_values{"dp::MeshTransforms::mesh"};
};

}  // namespace dp::detail
