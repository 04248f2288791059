// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Copper under a barostat has the density that its equation of state says. The equation of state is that of
// free energies: it comes from the energies of boxes a little larger and smaller, so that neither the virial
// nor the motion of the box enters it.

#include "analysis/estimate.hpp"
#include "md/model_forces.hpp"
#include "md_toys.hpp"
#include "support/cases.hpp"

namespace {

using analysis::Estimate;
using toys::Space;
using Forces = md::ModelForces<Space>;

constexpr double volume_at_rest = 8 * 3.6145 * 3.6145 * 3.6145;  // of 32 atoms, cubic Angstrom
constexpr std::size_t atoms = 32;

md::Input input_of(std::string const& ensemble) {
  md::Input input;
  input.ensemble = ensemble;
  input.temperature = 300.0;
  input.timestep = 2.0;
  input.friction = 10.0;
  input.compressibility = 7e-7;
  input.barostat_time = 50.0;
  input.box_every = 5;
  input.skin = 1.0;
  return input;
}

/// Copper atoms in a cube of this volume.
struct Copper {
  Copper(md::Input const& input, double volume)
      : edge(std::cbrt(volume)),
        domain(md::Communicator::alone(), dp::Box({edge, 0, 0, 0, edge, 0, 0, 0, edge})),
        forces(Space(), dp::test::load_model(DP_TEST_DATA "/copper/copper.dp"),
               dp::Options{.precision = dp::NetPrecision::mix32,
                           .evaluation = dp::Evaluation::compressed,
                           .tolerance = 1e-4},
               domain, input.skin, md::Parameters{}) {}

  double edge;
  md::Domain domain;
  Forces forces;
};

/// Its dynamics, from an fcc crystal on.
struct Dynamics : Copper {
  Dynamics(md::Input const& input, double volume)
      : Copper(input, volume),
        simulation(Space(), input, md::System<Space>(Space(), masses), volume, forces, domain) {
    std::vector<double> positions;
    for (int i = 0; i < 64; ++i)
      if ((i % 4 + i / 4 % 4 + i / 16) % 2 == 0)
        for (int const cell : {i % 4, i / 4 % 4, i / 16}) positions.push_back(0.25 * edge * cell);
    // half of it becomes potential energy
    simulation.start(positions, md::maxwell_velocities(masses, 2.0 * input.temperature, 1));
  }

  /// Calls `sample` after every tenth step, when the atoms have had 1 ps.
  template <class Sample>
  void sample(int steps, Sample const& sample) {
    for (int step = 1; step <= 500 + steps; ++step) {
      simulation.advance(false);
      if (step > 500 && step % 10 == 0) sample();
    }
  }

  std::vector<double> masses = std::vector<double>(atoms, 63.546);
  md::Simulation<Space, Forces> simulation;
};

/// The energy of the same atoms in other boxes.
struct Stretched : Copper {
  using Copper::Copper;

  /// eV, where the logarithm of the volume is larger by `change` and the atoms have followed.
  double energy(std::vector<double> positions, double change) {
    Space const space;
    forces.stretch(md::no_stretch);
    md::upload(space, positions, system.positions);
    forces.rebuild(space, system);
    double const factor = std::exp(change / 3.0);
    for (double& x : positions) x *= factor;
    md::upload(space, positions, system.positions);
    forces.stretch({factor, factor, factor});
    forces.compute(space, system, true);
    return md::download(space, system.results)[0];
  }

  md::System<Space> system{Space(), std::vector<double>(atoms, 63.546)};
};

/// A mean with its standard error.
Estimate estimate(std::vector<double> const& values) { return analysis::block_estimate(values, 20); }

/// The pressure at 300 K and constant volume, eV/Angstrom^3: N kT / V - <dU/dV>.
Estimate pressure_at(double volume) {
  md::Input const input = input_of("nvt-langevin");
  Dynamics run(input, volume);
  Stretched stretched(input, volume);
  double const change = 2e-3;
  std::vector<double> pressures;
  run.sample(3500, [&] {
    auto const x = md::download(Space(), run.simulation.system().positions);
    double const slope = (stretched.energy(x, change) - stretched.energy(x, -change)) / (2.0 * change);
    pressures.push_back((atoms * md::units::boltzmann * input.temperature - slope) / volume);
  });
  return estimate(pressures);
}

/// A cubic in the logarithm of the volume through four pressures.
class EquationOfState {
 public:
  EquationOfState() {
    for (double const part : {0.93, 0.97, 1.01, 1.05}) {
      m_x.push_back(std::log(part * volume_at_rest));
      m_pressures.push_back(pressure_at(part * volume_at_rest));
    }
  }

  /// eV/Angstrom^3
  double pressure(double volume) const {
    double sum = 0.0;
    for (std::size_t k = 0; k < m_x.size(); ++k) sum += weight(k, volume) * m_pressures[k].mean;
    return sum;
  }
  double error(double volume) const {
    double sum = 0.0;
    for (std::size_t k = 0; k < m_x.size(); ++k) sum += std::pow(weight(k, volume) * m_pressures[k].error, 2);
    return std::sqrt(sum);
  }
  double bulk_modulus(double volume) const {
    return (pressure(volume * (1.0 - 1e-4)) - pressure(volume * (1.0 + 1e-4))) / 2e-4;
  }

 private:
  double weight(std::size_t k, double volume) const {
    double product = 1.0;
    for (std::size_t j = 0; j < m_x.size(); ++j)
      if (j != k) product *= (std::log(volume) - m_x[j]) / (m_x[k] - m_x[j]);
    return product;
  }
  std::vector<double> m_x;
  std::vector<Estimate> m_pressures;
};

TEST(MdCopper, TheBarostatGivesTheDensityOfTheEquationOfState) {
  SKIP_WHERE_SLOW();
  EquationOfState const eos;
  for (double const bar : {0.0, 100000.0}) {
    md::Input input = input_of("npt-langevin");
    input.pressure = bar;
    Dynamics run(input, (bar == 0.0 ? 1.01 : 0.95) * volume_at_rest);
    std::vector<double> volumes, pressures;
    run.sample(7000, [&] {
      volumes.push_back(run.simulation.observe().volume);
      pressures.push_back(eos.pressure(volumes.back()));
    });
    // Integrated by parts, the weight exp(-(F(V) + P V) / kT) of a volume says that the mean of -dF/dV is P,
    // in a cell of any size; the bulk modulus makes volumes of pressures.
    Estimate const volume = estimate(volumes), pressure = estimate(pressures);
    double const bulk = eos.bulk_modulus(volume.mean);
    double const off = (bar / md::units::bar - pressure.mean) / bulk;
    double const error = std::hypot(pressure.error, eos.error(volume.mean)) / bulk;
    std::printf(
        "copper, 300 K, %.0f bar: %.3f +- %.3f Angstrom^3 per atom, %+.2f +- %.2f %% from the equation of "
        "state (bulk modulus %.0f GPa)\n",
        bar, volume.mean / atoms, volume.error / atoms, 100.0 * off, 100.0 * error,
        bulk * md::units::gigapascal);
    EXPECT_LT(error, 0.0015);
    EXPECT_LT(std::abs(off), 3.0 * error);
  }
}

}  // namespace
