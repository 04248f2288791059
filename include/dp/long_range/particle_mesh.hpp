// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <array>
#include <cstddef>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/entries.hpp>
#include <dp/core/error.hpp>
#include <dp/core/kernels.hpp>
#include <dp/long_range/charge_order.hpp>
#include <dp/long_range/charge_sum.hpp>
#include <dp/long_range/mesh_kernels.hpp>
#include <dp/long_range/mesh_multiplier.hpp>
#include <dp/long_range/rank_sums.hpp>
#include <dp/long_range/site_kernels.hpp>
#include <dp/math/fft.hpp>
#include <dp/math/spreading_window.hpp>
#include <sstream>
#include <string>

namespace dp {

/// How a ParticleMesh is made.
struct MeshSetting {
  std::array<int, 3> n;    ///< points along the box vectors, of lengths that fft_length() gives
  SpreadingWindow window;  ///< of 2 to 16 points
  /// Forces are the derivatives of the mesh's energy: it is conserved, momentum only within the error. Else
  /// they come from three transforms of the field, the other way round.
  bool analytic = true;
};

/// Charges on a regular mesh, whose transform is multiplied with the interaction and transformed back: the
/// sum over all modes, not only those of StructureFactors, within an error that the setting makes. The cost
/// grows as the number of charges. On several ranks each adds its own charges to the whole mesh; their sum is
/// all that is communicated, and every rank transforms it. Any number of threads of a host gives the same
/// bits.
template <class Space>
class ParticleMesh : public ChargeSum<Space> {
 public:
  /// `beta`: 1/Angstrom, as it is. \throws dp::Error for a setting that is none
  ParticleMesh(Space const& space, double beta, MeshSetting const& setting)
      : ParticleMesh(space, beta, setting, WindowTable(setting.window)) {}

  /// See ChargeSum.
  void compute(Space const& space, WholeSystem const& whole, Charges<Space> const& charges,
               ChargeResults<Space> const& results) override {
    bool const strained = results.virial.data() || results.total_virial.data();
    prepare(space, whole.box, strained);
    switch (m_mesh.width) {
      case 4:
        return sum<4>(space, whole, charges, results);
      case 8:
        return sum<8>(space, whole, charges, results);
      case 12:
        return sum<12>(space, whole, charges, results);
      default:
        return sum<16>(space, whole, charges, results);
    }
  }

  /// See ChargeSum.
  bool totals_virial() const override { return true; }
  /// See ChargeSum.
  std::string description() const override {
    std::ostringstream text;
    auto const& n = m_setting.n;
    text << "a mesh of " << n[0] << " x " << n[1] << " x " << n[2] << " with windows of "
         << m_setting.window.points << " points";
    return text.str();
  }
  /// See ChargeSum.
  std::size_t bytes() const override {
    return m_order.bytes() + m_values.bytes() + m_transform.bytes() + m_derived.bytes() +
           m_multiplier.bytes() + m_strains.bytes() + m_sums.bytes() + m_parts.bytes() + m_potential.bytes() +
           m_extra.bytes() + m_rank_sums.bytes();
  }

 private:
  ParticleMesh(Space const& space, double beta, MeshSetting const& setting, WindowTable const& table)
      : m_beta(beta),
        m_setting(setting),
        m_mesh{{setting.n[0], setting.n[1], setting.n[2]},
               (setting.n[2] + table.width + 3) / 4 * 4,
               setting.window.points,
               table.degree,
               table.width,
               {},
               {}},
        m_window(to_space<double>(space, "dp::ParticleMesh::window", table.coefficients)),
        m_window_modes(to_space<double>(space, "dp::ParticleMesh::modes",
                                        detail::WindowModes::of(setting.window, setting.n))),
        m_fft(space, checked(setting).n, m_mesh.row) {
    m_mesh.window = m_window;
  }

  static MeshSetting const& checked(MeshSetting const& setting) {
    for (int const n : setting.n)
      if (fft_length(n) != n)
        fail("dp::ParticleMesh: expected products of 2, 3 and 5 as numbers of points, found ", n);
    if (setting.window.points < 2 || setting.window.points > 16)
      fail("dp::ParticleMesh: expected windows of 2 to 16 points, found ", setting.window.points);
    return setting;
  }

  std::int64_t rows() const { return std::int64_t(m_mesh.n[0]) * m_mesh.n[1]; }

  /// Multipliers for this box, unless they are there.
  void prepare(Space const& space, Box const& box, bool strained) {
    bool const same = m_filled && box.h == m_box;
    if (same && (!strained || m_strained)) return;
    auto const modes = detail::reciprocal_of(box);
    for (int k = 0; k < 9; ++k) m_mesh.reciprocal[k] = modes.reciprocal[k];
    auto const& spectrum = m_fft.spectrum();
    auto const all = static_cast<std::size_t>(rows());
    int const width = spectrum.groups() * spectrum.lanes;
    auto const columns = static_cast<std::size_t>(width);
    m_values_of_modes = m_multiplier.get(space, all, columns);
    m_strains_of_modes = {};
    if (strained) m_strains_of_modes = m_strains.get(space, all, 6 * columns);
    detail::MeshMultiplier<Space> const multiplier{
        modes, m_beta, {m_mesh.n[0], m_mesh.n[1], m_mesh.n[2]}, m_setting.analytic, m_window_modes};
    detail::for_each_row(
        space, "dp::ParticleMesh::multiplier", rows(), width,
        detail::FillMultiplier<Space>{multiplier, spectrum, m_values_of_modes, m_strains_of_modes});
    m_modes = modes;
    m_box = box.h;
    m_strained = strained;
    m_filled = true;
  }

  template <int Width>
  void sum(Space const& space, WholeSystem const& whole, Charges<Space> const& charges,
           ChargeResults<Space> const& results) {
    auto const& spectrum = m_fft.spectrum();
    auto const n = charges.values.extent(0), size = static_cast<std::size_t>(m_mesh.size());
    auto const values = m_values.get(space, size + 1);  // and a number that counts ranks
    auto const mesh = Vector<double, Space>(values.data(), size);
    auto const transform = m_transform.get(space, spectrum.size());
    m_order.sort(space, m_mesh, charges);

    spread<Width>(space, charges, values);
    detail::LightRange<Space> const all_rows(space, 0, rows());
    Kokkos::parallel_for("dp::ParticleMesh::fold", all_rows, detail::FoldRows<Space>{m_mesh, mesh});
    double ranks = 1.0;
    if (whole.sum_over_ranks) {
      Kokkos::deep_copy(space, Kokkos::subview(values, size), 1.0);
      ranks = m_rank_sums.sum(space, whole, values);
    }
    m_fft.forward(space, mesh.data(), transform.data());
    Matrix<double, Space> sums;
    if (results.total_virial.data()) sums = m_sums.get(space, static_cast<std::size_t>(rows()), 7);
    Kokkos::parallel_for("dp::ParticleMesh::multiply", all_rows,
                         detail::ApplyMultiplier<Space>{spectrum, m_mesh.n[2], m_values_of_modes,
                                                        m_strains_of_modes, transform, sums});
    if (results.total_virial.data()) total_virial(space, sums, 1.0 / ranks, results.total_virial);

    bool const by_field = results.force.data() && !m_setting.analytic, by_strain = results.virial.data();
    Vector<double, Space> kept = transform;
    if (by_field || by_strain) {
      kept = m_derived.get(space, spectrum.size());
      Kokkos::deep_copy(space, kept, transform);
    }
    Vector<double, Space> potential;
    if (by_strain) potential = m_potential.get(space, n);
    m_fft.inverse(space, transform.data(), mesh.data());
    Kokkos::parallel_for("dp::ParticleMesh::extend", all_rows, detail::ExtendRows<Space>{m_mesh, mesh});
    if (results.force.data() && m_setting.analytic)
      gather<Width, true>(space, charges, mesh, potential, results.energy, results.force);
    else
      gather<Width, false>(space, charges, mesh, potential, results.energy, {});
    if (by_field) {
      auto const field = m_extra.get(space, n, 3);
      derived<Width>(space, charges, kept, transform, mesh, 0, field);
      Kokkos::parallel_for("dp::ParticleMesh::forces", detail::LightRange<Space>(space, 0, count(n)),
                           detail::ForceOfField<Space>{m_mesh, charges.values, field, results.force});
    }
    if (by_strain) {
      auto const strain = m_extra.get(space, n, 6);
      derived<Width>(space, charges, kept, transform, mesh, 3, strain);
      Kokkos::parallel_for(
          "dp::ParticleMesh::virials", detail::LightRange<Space>(space, 0, count(n)),
          detail::VirialOfPotentials<Space>{m_mesh, charges.values, potential, strain, results.virial});
    }
  }

  static std::int64_t count(std::size_t n) { return static_cast<std::int64_t>(n); }

  template <int Width>
  void spread(Space const& space, Charges<Space> const& charges, Vector<double, Space> values) {
    Kokkos::deep_copy(space, values, 0.0);
    detail::SpreadCharges<Space, Width> kernel{
        m_mesh, charges, m_order.tiles(), m_order.begin(), m_order.order(), values, 0};
    if constexpr (is_host_space<Space>) {
      for (; kernel.colour < detail::MeshTiles::colours; ++kernel.colour)
        Kokkos::parallel_for("dp::ParticleMesh::spread",
                             Kokkos::RangePolicy<Space, Kokkos::Schedule<Kokkos::Dynamic>>(
                                 space, 0, kernel.tiles.tiles_of(kernel.colour), Kokkos::ChunkSize(1)),
                             kernel);
    } else {
      Kokkos::parallel_for("dp::ParticleMesh::spread",
                           detail::LightRange<Space>(space, 0, count(charges.values.extent(0))), kernel);
    }
  }

  template <int Width, bool Slopes>
  void gather(Space const& space, Charges<Space> const& charges, Vector<double const, Space> mesh,
              Strided1<double, Space> potential, Vector<double, Space> energy, Matrix<double, Space> force) {
    Kokkos::parallel_for("dp::ParticleMesh::gather",
                         detail::LightRange<Space>(space, 0, count(charges.values.extent(0))),
                         detail::GatherPotential<Space, Width, Slopes>{m_mesh, charges, m_order.order(), mesh,
                                                                       potential, energy, force});
  }

  /// Potentials that belong to derivatives of the transform, from number `first` on, in columns of `results`.
  template <int Width>
  void derived(Space const& space, Charges<Space> const& charges, Vector<double const, Space> from,
               Vector<double, Space> transform, Vector<double, Space> mesh, int first,
               Matrix<double, Space> results) {
    for (std::size_t column = 0; column < results.extent(1); ++column) {
      detail::DeriveTransform<Space> const kernel{m_fft.spectrum(),
                                                  {m_mesh.n[0], m_mesh.n[1], m_mesh.n[2]},
                                                  first + static_cast<int>(column),
                                                  m_strains_of_modes,
                                                  from,
                                                  transform};
      Kokkos::parallel_for("dp::ParticleMesh::derive", detail::LightRange<Space>(space, 0, rows()), kernel);
      m_fft.inverse(space, transform.data(), mesh.data());
      Kokkos::parallel_for("dp::ParticleMesh::extend", detail::LightRange<Space>(space, 0, rows()),
                           detail::ExtendRows<Space>{m_mesh, mesh});
      gather<Width, false>(space, charges, mesh, Kokkos::subview(results, Kokkos::ALL, column), {}, {});
    }
  }

  void total_virial(Space const& space, Matrix<double const, Space> sums, double share,
                    Vector<double, Space> virial) {
    std::size_t const together = detail::SumSites<Space>::together,
                      parts = (sums.extent(0) + together - 1) / together;
    auto const of_parts = m_parts.get(space, parts, 7);
    detail::for_each_entry(space, "dp::ParticleMesh::sums", count(parts), 7,
                           detail::SumSites<Space>{sums, of_parts});
    Kokkos::parallel_for("dp::ParticleMesh::virial", detail::LightRange<Space>(space, 0, 9),
                         detail::VirialOfModes<Space>{m_modes, of_parts, share, virial});
  }

  double m_beta;
  MeshSetting m_setting;
  detail::MeshPoints<Space> m_mesh;
  Constants<double, Space> m_window, m_window_modes;
  Fft3d<Space> m_fft;

  std::array<double, 9> m_box{};
  bool m_filled = false, m_strained = false;  // the multipliers and their strains are those of m_box
  detail::FourierModes m_modes{};
  Matrix<double, Space> m_values_of_modes, m_strains_of_modes;

  detail::ChargeOrder<Space> m_order;
  detail::RankSums<Space> m_rank_sums;
  Buffer<double, Space> m_values{"dp::ParticleMesh::mesh"}, m_transform{"dp::ParticleMesh::transform"},
      m_derived{"dp::ParticleMesh::derived"}, m_multiplier{"dp::ParticleMesh::multiplier"},
      m_strains{"dp::ParticleMesh::strains"}, m_sums{"dp::ParticleMesh::sums"},
      m_parts{"dp::ParticleMesh::parts"}, m_potential{"dp::ParticleMesh::potential"},
      m_extra{"dp::ParticleMesh::extra"};
};

}  // namespace dp
