// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <array>
#include <cstddef>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/entries.hpp>
#include <dp/core/kernels.hpp>
#include <dp/long_range/charge_sum.hpp>
#include <dp/long_range/fourier_modes.hpp>
#include <dp/long_range/mesh_kernels.hpp>
#include <dp/long_range/mesh_multiplier.hpp>
#include <dp/long_range/mesh_transforms.hpp>
#include <dp/long_range/site_kernels.hpp>
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
/// grows as the number of charges. See detail::MeshTransforms for ranks and threads.
template <class Space>
class ParticleMesh : public ChargeSum<Space> {
 public:
  /// `beta`: 1/Angstrom, as it is. \throws dp::Error for a setting that is none
  ParticleMesh(Space const& space, double beta, MeshSetting const& setting)
      : m_beta(beta),
        m_setting(setting),
        m_transforms(space, setting.n, setting.window),
        m_window_modes(to_space<double>(space, "dp::ParticleMesh::modes",
                                        detail::WindowModes::of(setting.window, setting.n))) {}

  /// See ChargeSum.
  void compute(Space const& space, WholeSystem const& whole, Charges<Space> const& charges,
               ChargeResults<Space> const& results) override {
    prepare(space, whole.box, results.virial.data() || results.total_virial.data());
    auto const& spectrum = m_transforms.spectrum();
    auto const& mesh = m_transforms.mesh();
    auto const n = charges.values.extent(0);
    m_transforms.place(space, m_modes, charges);
    auto const transform = m_transform.get(space, spectrum.size());
    double const ranks = m_transforms.forward(space, whole, charges, transform);
    Matrix<double, Space> sums;
    if (results.total_virial.data()) sums = m_sums.get(space, static_cast<std::size_t>(rows()), 7);
    Kokkos::parallel_for("dp::ParticleMesh::multiply", detail::LightRange<Space>(space, 0, rows()),
                         detail::ApplyMultiplier<Space>{spectrum, mesh.n[2], m_values_of_modes,
                                                        m_strains_of_modes, transform, sums});
    if (results.total_virial.data()) total_virial(space, sums, 1.0 / ranks, results.total_virial);

    bool const by_field = results.force.data() && !m_setting.analytic, by_strain = results.virial.data();
    Vector<double, Space> kept = transform;
    if (by_field || by_strain) {
      kept = m_derived.get(space, spectrum.size());
      Kokkos::deep_copy(space, kept, transform);
    }
    detail::MeshResults<Space> of_potential;
    if (by_strain) of_potential.potential = m_potential.get(space, n);
    of_potential.energy = results.energy;
    if (m_setting.analytic) of_potential.force = results.force;
    m_transforms.inverse(space, transform, charges, of_potential);
    detail::LightRange<Space> const all(space, 0, count(n));
    if (by_field) {
      auto const field = m_extra.get(space, n, 3);
      derived(space, charges, kept, transform, 0, field);
      Kokkos::parallel_for("dp::ParticleMesh::forces", all,
                           detail::ForceOfField<Space>{mesh, charges.values, field, results.force});
    }
    if (by_strain) {
      auto const strain = m_extra.get(space, n, 6);
      derived(space, charges, kept, transform, 3, strain);
      Kokkos::parallel_for("dp::ParticleMesh::virials", all,
                           detail::VirialOfPotentials<Space>{mesh, charges.values, of_potential.potential,
                                                             strain, results.virial});
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
    return m_transforms.bytes() + m_transform.bytes() + m_derived.bytes() + m_multiplier.bytes() +
           m_strains.bytes() + m_sums.bytes() + m_parts.bytes() + m_potential.bytes() + m_extra.bytes();
  }

 private:
  std::int64_t rows() const { return m_transforms.rows(); }
  static std::int64_t count(std::size_t n) { return static_cast<std::int64_t>(n); }

  /// Multipliers for this box, unless they are there.
  void prepare(Space const& space, Box const& box, bool strained) {
    m_modes = detail::reciprocal_of(box);
    bool const same = m_filled && box.h == m_box;
    if (same && (!strained || m_strained)) return;
    auto const& spectrum = m_transforms.spectrum();
    auto const& n = m_setting.n;
    auto const all = static_cast<std::size_t>(rows());
    int const width = spectrum.groups() * spectrum.lanes;
    auto const columns = static_cast<std::size_t>(width);
    m_values_of_modes = m_multiplier.get(space, all, columns);
    m_strains_of_modes = {};
    if (strained) m_strains_of_modes = m_strains.get(space, all, 6 * columns);
    detail::MeshMultiplier<Space> const multiplier{
        m_modes, m_beta, {n[0], n[1], n[2]}, m_setting.analytic, m_window_modes};
    detail::for_each_row(
        space, "dp::ParticleMesh::multiplier", rows(), width,
        detail::FillMultiplier<Space>{multiplier, spectrum, m_values_of_modes, m_strains_of_modes});
    m_box = box.h;
    m_strained = strained;
    m_filled = true;
  }

  /// Potentials that belong to derivatives of the transform, from number `first` on, in columns of `results`.
  void derived(Space const& space, Charges<Space> const& charges, Vector<double const, Space> from,
               Vector<double, Space> transform, int first, Matrix<double, Space> results) {
    auto const& n = m_setting.n;
    for (std::size_t column = 0; column < results.extent(1); ++column) {
      detail::DeriveTransform<Space> const kernel{m_transforms.spectrum(),
                                                  {n[0], n[1], n[2]},
                                                  first + static_cast<int>(column),
                                                  m_strains_of_modes,
                                                  from,
                                                  transform};
      Kokkos::parallel_for("dp::ParticleMesh::derive", detail::LightRange<Space>(space, 0, rows()), kernel);
      m_transforms.inverse(space, transform, charges,
                           {Kokkos::subview(results, Kokkos::ALL, column), {}, {}});
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
  detail::MeshTransforms<Space> m_transforms;
  Constants<double, Space> m_window_modes;

  std::array<double, 9> m_box{};
  bool m_filled = false, m_strained = false;  // the multipliers and their strains are those of m_box
  detail::FourierModes m_modes{};
  Matrix<double, Space> m_values_of_modes, m_strains_of_modes;

  Buffer<double, Space> m_transform{"dp::ParticleMesh::transform"}, m_derived{"dp::ParticleMesh::derived"},
      m_multiplier{"dp::ParticleMesh::multiplier"}, m_strains{"dp::ParticleMesh::strains"},
      m_sums{"dp::ParticleMesh::sums"}, m_parts{"dp::ParticleMesh::parts"},
      m_potential{"dp::ParticleMesh::potential"}, m_extra{"dp::ParticleMesh::extra"};
};

}  // namespace dp
