// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Profiling_ScopedRegion.hpp>
#include <cstddef>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/entries.hpp>
#include <dp/core/error.hpp>
#include <dp/core/kernels.hpp>
#include <dp/core/quantity.hpp>
#include <dp/input/whole_system.hpp>
#include <dp/long_range/charge_sum.hpp>
#include <dp/long_range/fourier_modes.hpp>
#include <dp/long_range/postponed.hpp>
#include <dp/long_range/site_kernels.hpp>
#include <dp/model/model.hpp>
#include <dp/potential.hpp>
#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace dp {

/// The electrostatics of a DPLR model (LongRange) by themselves. A step: dipoles, which place the centroids;
/// the sum over all charges; and, where forces are wanted, the way back through the dipoles with the forces
/// on the centroids. The force on an atom has that on its centroid in it, and what all centroids exert on it
/// since they follow it. Needs Configuration::whole; compute() waits for the number of centroids.
template <class Space>
class Electrostatics : public Potential<Space> {
 public:
  /// `dipoles`: the Potential of model.long_range->dipole. `sum`: how charges are summed, see
  /// make_charge_sum().
  Electrostatics(Space const& space, Model const& model, std::unique_ptr<Potential<Space>> dipoles,
                 std::unique_ptr<ChargeSum<Space>> sum)
      : m_model(model),
        m_dipoles(std::move(dipoles)),
        m_sum(std::move(sum)),
        m_ion_charge(to_space<double>(space, "dp::Electrostatics::ions", model.long_range->ion_charge)),
        m_centroid_charge(
            to_space<double>(space, "dp::Electrostatics::charges", model.long_range->centroid_charge)) {}

  /// See Potential, as all below.
  void compute(Space const& space, Configuration<Space> const& configuration, NeighborList<Space> const& list,
               Output<Space> const& output) override {
    step(space, configuration, output,
         [&](auto const& atoms, auto const& wanted) { m_dipoles->compute(space, atoms, list, wanted); });
  }
  /// See Potential.
  void enqueue(Space const& space, Configuration<Space> const& configuration, NeighborList<Space> const& list,
               Output<Space> const& output) override {
    step(space, configuration, output,
         [&](auto const& atoms, auto const& wanted) { m_dipoles->enqueue(space, atoms, list, wanted); });
  }
  /// See Potential.
  void check(Space const& space) override { m_dipoles->check(space); }

  double cutoff() const override { return m_dipoles->cutoff(); }
  int ntypes() const override { return m_model.ntypes(); }
  Quantity const& quantity() const override { return quantity_of(m_model); }
  Model const& model() const override { return m_model; }
  Options const& options() const override { return m_dipoles->options(); }
  Compression const* compressed() const override { return m_dipoles->compressed(); }
  std::string description() const override {
    return "electrostatics by " + m_sum->description() + ", dipoles " + m_dipoles->description();
  }
  std::int64_t handed_over() const override { return m_dipoles->handed_over(); }
  std::int64_t dropped() const override { return m_dipoles->dropped(); }
  std::size_t bytes() const override {
    return m_dipoles->bytes() + m_sum->bytes() + m_centroid.bytes() + m_displacement.bytes() +
           m_cotangent.bytes() + m_positions.bytes() + m_charges.bytes() + m_energy.bytes() +
           m_force.bytes() + m_virial.bytes() + m_total_virial.bytes() + m_atom_sums.bytes() + m_sums.bytes();
  }

 private:
  template <class Dipoles>
  void step(Space const& space, Configuration<Space> const& configuration, Output<Space> const& output,
            Dipoles const& dipoles) {
    Kokkos::Profiling::ScopedRegion const region("dp::electrostatics");
    require_periodic(configuration);
    check_extents(configuration, output);
    auto const n = static_cast<std::size_t>(configuration.local);
    auto const atoms = without_parameters(configuration);
    bool const virial = output.virial.data() || output.atom_virial.data();
    bool const derivative = virial || output.force.data();
    detail::LightRange<Space> const range(space, 0, configuration.local);

    auto const displacement = m_displacement.get(space, n, 3);
    Output<Space> forward;
    forward.atom_output = displacement;
    if (auto const error = detail::postponed(configuration.whole, [&] { dipoles(atoms, forward); })) {
      // The other ranks wait for this one; what is wrong with the sum without it says nothing.
      static_cast<void>(detail::postponed(configuration.whole,
                                          [&] { m_sum->compute(space, *configuration.whole, {}, {}); }));
      std::rethrow_exception(error);
    }

    auto const centroid = m_centroid.get(space, n);
    int centroids = 0;
    Kokkos::parallel_scan("dp::Electrostatics::centroids", range,
                          detail::NumberCentroids<Space>{configuration.types, m_centroid_charge, centroid},
                          centroids);
    std::size_t const sites = n + static_cast<std::size_t>(centroids);
    auto const positions = m_positions.get(space, sites, 3);
    auto const charges = m_charges.get(space, sites);
    Kokkos::parallel_for("dp::Electrostatics::sites", range,
                         detail::PlaceSites<Space>{configuration, m_ion_charge, m_centroid_charge, centroid,
                                                   displacement, positions, charges});
    ChargeResults<Space> results;
    results.energy = m_energy.get(space, sites);
    if (derivative) results.force = m_force.get(space, sites, 3);
    // Virials of atoms cost a mesh six transforms more.
    bool const total = virial && !output.atom_virial.data() && m_sum->totals_virial();
    if (total)
      results.total_virial = m_total_virial.get(space, 9);
    else if (virial)
      results.virial = m_virial.get(space, sites, 9);
    m_sum->compute(space, *configuration.whole, {positions, charges}, results);

    if (!output.accumulate) output.clear(space);
    auto const atom_sums = m_atom_sums.get(space, n, 10);
    Kokkos::parallel_for(
        "dp::Electrostatics::collect", range,
        detail::CollectSites<Space>{configuration.local, centroid, virial, displacement, results.energy,
                                    results.force, results.virial, atom_sums, output});
    std::size_t const parts = (n + detail::SumSites<Space>::together - 1) / detail::SumSites<Space>::together;
    auto const sums = m_sums.get(space, parts, 10);
    detail::for_each_entry(space, "dp::Electrostatics::sums", static_cast<std::int64_t>(parts), 10,
                           detail::SumSites<Space>{atom_sums, sums});
    Kokkos::parallel_for("dp::Electrostatics::add", detail::LightRange<Space>(space, 0, 10),
                         detail::AddSums<Space>{sums, results.total_virial, output});
    if (!derivative) return;
    auto const cotangent = m_cotangent.get(space, n, 3);
    Kokkos::parallel_for(
        "dp::Electrostatics::cotangent", range,
        detail::CentroidCotangent<Space>{configuration.local, centroid, results.force, cotangent});
    Output<Space> back;
    back.force = output.force;
    back.virial = output.virial;
    back.atom_virial = output.atom_virial;
    back.cotangent = cotangent;
    back.accumulate = true;
    dipoles(atoms, back);
  }

  void require_periodic(Configuration<Space> const& configuration) const {
    WholeSystem const* const whole = configuration.whole;
    if (whole == nullptr)
      fail(m_model.source,
           ": the model has long-range electrostatics (DPLR), for which the periodic box has to be given "
           "(dp::Configuration::whole); this host gives none. --short-range (ReadOptions::short_range) "
           "evaluates the nets alone");
    detail::require_periodic(whole->box,
                             m_model.source + ": the model has long-range electrostatics (DPLR), which need");
  }

  static void check_extents(Configuration<Space> const& configuration, Output<Space> const& output) {
    auto const local = static_cast<std::size_t>(configuration.local);
    if (output.atom_output.data() &&
        (output.atom_output.extent(0) < local || output.atom_output.extent(1) != 3))
      fail("dp::Potential::compute: output.atom_output: expected (", local, " x 3), found (",
           output.atom_output.extent(0), " x ", output.atom_output.extent(1), ")");
    if (output.output.data() || output.cotangent.data())
      fail(
          "dp::Potential::compute: the model gives energies: ask for energy and atom_energy, not for "
          "output, and give no cotangent");
  }

  /// The model of dipoles is given the parameters of frame and atoms only where it has such.
  Configuration<Space> without_parameters(Configuration<Space> configuration) const {
    Fitting const& fitting = fitting_of(m_dipoles->model());
    if (fitting.fparam == 0) configuration.fparam = {};
    if (fitting.aparam == 0) configuration.aparam = {};
    return configuration;
  }

  Model m_model;
  std::unique_ptr<Potential<Space>> m_dipoles;
  std::unique_ptr<ChargeSum<Space>> m_sum;
  Constants<double, Space> m_ion_charge, m_centroid_charge;
  Buffer<int, Space> m_centroid{"dp::Electrostatics::centroid"};
  Buffer<double, Space> m_displacement{"dp::Electrostatics::displacement"},
      m_cotangent{"dp::Electrostatics::cotangent"}, m_positions{"dp::Electrostatics::positions"},
      m_charges{"dp::Electrostatics::charges"}, m_energy{"dp::Electrostatics::energy"},
      m_force{"dp::Electrostatics::force"}, m_virial{"dp::Electrostatics::virial"},
      m_total_virial{"dp::Electrostatics::total_virial"}, m_atom_sums{"dp::Electrostatics::atom_sums"},
      m_sums{"dp::Electrostatics::sums"};
};

}  // namespace dp
