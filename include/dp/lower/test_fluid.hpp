// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <dp/core/buffer.hpp>
#include <dp/core/error.hpp>
#include <dp/input/box.hpp>
#include <dp/input/neighbor_cells.hpp>
#include <dp/input/periodic_images.hpp>
#include <dp/lower/fluid_positions.hpp>
#include <dp/lower/nearest_of_pairs.hpp>
#include <dp/program/network.hpp>
#include <dp/schedule/groups.hpp>
#include <dp/schedule/schedule.hpp>
#include <dp/step/report.hpp>
#include <utility>
#include <vector>

namespace dp {

/// A small periodic fluid on which a compression is tested against the exact nets, with about as many
/// neighbours as the model was made for. Its forces are reproducible, so that the same compression comes out
/// wherever it is made.
template <class Space>
class TestFluid {
 public:
  /// For the cutoff, the types and the number of neighbours of `network`; see FluidPositions.
  TestFluid(Space const& space, Network const& network, NearestOfPairs const& nearest)
      : m_groups(space, network, false), m_report(space) {
    Chain const& chain = *std::max_element(network.chains.begin(), network.chains.end(),
                                           [](auto const& a, auto const& b) { return a.rcut < b.rcut; });
    FluidPositions const atoms(network.ntypes(), chain.rcut, std::max(4.0, 0.6 * chain.nnei()), nearest);
    auto const x = to_space<double>(space, "dp::TestFluid::positions", atoms.positions);
    auto const t = to_space<int>(space, "dp::TestFluid::types", atoms.types);
    double const edge = atoms.edge;
    m_images.build(space, Matrix<double const, Space>(x.data(), atoms.types.size(), 3), t,
                   Box({edge, 0, 0, 0, edge, 0, 0, 0, edge}), chain.rcut);
    m_cells.build(space, m_images.positions(), m_images.local(), chain.rcut);
    m_fparam = to_space<double>(space, "dp::TestFluid::fparam", network.fitting.fparam_mean);
    m_aparams = network.fitting.aparam_mean.size();
  }

  /// What a program says of the fluid.
  struct Results {
    std::vector<double> force;   ///< (3 * atoms), images folded back, eV/Angstrom
    std::vector<double> energy;  ///< of each atom, eV

    /// The root mean square difference of force components, eV/Angstrom; or that of atoms' energies over
    /// 1 Angstrom, if that is more.
    double difference(Results const& other) const {
      auto const rms = [](std::vector<double> const& a, std::vector<double> const& b) {
        double sum = 0.0;
        for (std::size_t k = 0; k < a.size(); ++k) sum += (a[k] - b[k]) * (a[k] - b[k]);
        return std::sqrt(sum / static_cast<double>(a.size()));
      };
      return std::max(rms(force, other.force), rms(energy, other.energy));
    }
  };

  /// Takes a step with a program.
  Results evaluate(Space const& space, Program<Space> program) {
    auto const atoms = static_cast<std::size_t>(m_images.atoms()),
               local = static_cast<std::size_t>(m_images.local());
    Kokkos::View<double**, Kokkos::LayoutRight, typename Space::memory_space> force("dp::TestFluid::force",
                                                                                    atoms, 3);
    Kokkos::View<double**, Kokkos::LayoutRight, typename Space::memory_space> aparam("dp::TestFluid::aparam",
                                                                                     local, m_aparams);
    Kokkos::View<double*, typename Space::memory_space> energy("dp::TestFluid::energy", atoms);
    Step<Space> step;
    step.configuration = {m_images.positions(), m_images.types(), m_images.local(), m_fparam, aparam};
    step.list = m_cells.list();
    step.output.force = force;
    step.output.atom_energy = energy;
    step.report = m_report.values();
    m_groups.build(space, step);
    Schedule<Space> schedule(std::move(program), true, m_images.local());
    schedule.run(space, step, m_groups, m_report);
    m_images.fold(space, force);
    space.fence("dp::TestFluid::evaluate");
    auto const forces = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), force);
    auto const energies = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), energy);
    return {std::vector<double>(forces.data(), forces.data() + 3 * local),
            std::vector<double>(energies.data(), energies.data() + local)};
  }

 private:
  PeriodicImages<Space> m_images;
  NeighborCells<Space> m_cells;
  Groups<Space> m_groups;
  Report<Space> m_report;
  Constants<double, Space> m_fparam;
  std::size_t m_aparams = 0;  // zeros are as good as any
};

}  // namespace dp
