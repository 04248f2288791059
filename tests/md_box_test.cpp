// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Boxes that change: barostats, and deformation at a given rate.

#include "md/report.hpp"
#include "md_toys.hpp"

namespace {

using toys::message_of;
using toys::SoftSpheres;
using toys::Space;
using toys::Springs;

struct Sample {
  explicit Sample(std::vector<double> const& values) {
    auto const n = static_cast<double>(values.size());
    for (double const value : values) mean += value / n;
    for (double const value : values) variance += (value - mean) * (value - mean) / n;
  }
  double mean = 0.0, variance = 0.0;
};

dp::Box cube(double edge) { return dp::Box({edge, 0, 0, 0, edge, 0, 0, 0, edge}); }

template <class Forces>
md::Simulation<Space, Forces> simulation_of(md::Input const& input, std::vector<double> const& masses,
                                            dp::Box const& box, Forces& forces) {
  return md::Simulation<Space, Forces>(Space(), input, md::System<Space>(Space(), masses), box.volume(),
                                       forces, md::Domain(md::Communicator::alone(), box));
}

/// 64 soft spheres on a simple cubic lattice in a box of this edge.
struct Crystal {
  Crystal(md::Input const& input, double edge)
      : masses(64, 20.0),
        forces{cube(edge), 3.0, input.skin},
        simulation(simulation_of(input, masses, cube(edge), forces)) {
    std::vector<double> positions;
    for (int i = 0; i < 64; ++i)
      for (int const cell : {i % 4, i / 4 % 4, i / 16}) positions.push_back(0.25 * edge * cell);
    simulation.start(positions, md::maxwell_velocities(masses, input.temperature, 1));
  }

  std::vector<double> masses;
  SoftSpheres forces;
  md::Simulation<Space, SoftSpheres> simulation;
};

/// Under a barostat the volumes V of an ideal gas have the weight V^N exp(-P V / kT), also where the
/// temperature changes slowly, at `heating` K/ps.
void expect_volumes_of_an_ideal_gas(std::string const& coupling, double heating) {
  std::size_t const atoms = 200;
  md::Input input;
  input.ensemble = "npt-langevin";
  input.coupling = coupling;
  input.temperature = 300.0;
  input.heating = heating;
  input.friction = 20.0;
  input.timestep = 2.0;
  input.pressure = 100.0;
  input.compressibility = 1.0 / input.pressure;
  input.barostat_time = 200.0;
  input.box_every = 1;
  auto const unit = [&](double time) {
    return md::units::boltzmann * (input.temperature + heating * time) / (input.pressure / md::units::bar);
  };
  double const mean = static_cast<double>(atoms) + 1.0;  // in these units, and so is the variance
  Springs gas{0.0};
  std::vector<double> const masses(atoms, 40.0);
  auto simulation = simulation_of(input, masses, cube(std::cbrt(mean * unit(0.0))), gas);
  simulation.start(std::vector<double>(3 * atoms, 1.0), md::maxwell_velocities(masses, 300.0, 1));
  std::vector<double> volumes;
  for (int step = 0; step < 60000; ++step) {
    simulation.advance(false);
    if (step < 2000 || step % 10 != 0) continue;
    md::Observables const now = simulation.observe();
    volumes.push_back(now.volume / unit(now.time));
  }
  Sample const found(volumes);
  // 600 independent volumes: standard errors of 0.3 % and 6 %
  EXPECT_NEAR(found.mean / mean, 1.0, 0.012);
  EXPECT_NEAR(found.variance / mean, 1.0, 0.2);
}

class Barostat : public testing::TestWithParam<std::string> {};

TEST_P(Barostat, GivesAnIdealGasItsDistributionOfVolumes) { expect_volumes_of_an_ideal_gas(GetParam(), 0.0); }

TEST(MdBox, TheBarostatFollowsATemperatureThatChanges) { expect_volumes_of_an_ideal_gas("isotropic", 5.0); }

TEST_P(Barostat, BringsACrystalToItsPressureAndTemperature) {
  md::Input input;
  input.ensemble = "npt-nose-hoover";
  input.coupling = GetParam();
  input.temperature = 300.0;
  input.timestep = 2.0;
  input.pressure = 30000.0;
  input.compressibility = 1.5e-5;
  input.barostat_time = 200.0;
  Crystal crystal(input, 8.8);
  std::vector<double> pressures, temperatures;
  for (int step = 0; step < 12000; ++step) {
    crystal.simulation.advance(true);
    if (step < 2000) continue;
    pressures.push_back(crystal.simulation.observe().pressure);
    temperatures.push_back(crystal.simulation.observe().temperature);
  }
  EXPECT_NEAR(Sample(pressures).mean, 30000.0, 400.0);
  EXPECT_NEAR(Sample(temperatures).mean, 300.0, 9.0);
  md::Observables const now = crystal.simulation.observe();
  EXPECT_LT(now.volume, 0.9 * 8.8 * 8.8 * 8.8);
  EXPECT_NEAR(now.density, 64 * 20.0 * 1.66053906892 / now.volume, 1e-9);
  EXPECT_NEAR(now.lattice[0] * now.lattice[4] * now.lattice[8], now.volume, 1e-9);
  EXPECT_EQ(GetParam() == "isotropic", std::abs(now.lattice[0] / now.lattice[4] - 1.0) < 1e-12);
}

INSTANTIATE_TEST_SUITE_P(Couplings, Barostat, testing::Values("isotropic", "per-axis"), [](auto const& info) {
  return info.param == "isotropic" ? "isotropic" : "per_axis";
});

TEST(MdBox, ListsThatFollowTheBoxMissNoNeighbour) {
  std::vector<md::State> ends;
  std::vector<std::int64_t> rebuilds;
  for (std::int64_t const every : {1, 1000000}) {
    md::Input input;
    input.ensemble = "npt-langevin";
    input.coupling = "per-axis";
    input.temperature = 300.0;
    input.pressure = 60000.0;  // shrinks by a tenth, many times the skin over the cutoff
    input.barostat_time = 100.0;
    input.box_every = 3;
    input.skin = 0.3;
    input.rebuild_every = every;
    Crystal crystal(input, 8.8);
    for (int step = 0; step < 250; ++step) crystal.simulation.advance(false);
    EXPECT_EQ(crystal.simulation.late_rebuilds(), 0);
    EXPECT_LT(crystal.simulation.observe().volume, 0.8 * 8.8 * 8.8 * 8.8);
    ends.push_back(crystal.simulation.save());
    rebuilds.push_back(crystal.simulation.rebuilds());
  }
  EXPECT_EQ(rebuilds[0], 251);
  EXPECT_GT(rebuilds[1], 5);
  EXPECT_LT(rebuilds[1], 100);
  for (std::size_t i = 0; i < ends[0].positions.size(); ++i)
    EXPECT_NEAR(ends[0].positions[i], ends[1].positions[i], 1e-9);
}

TEST(MdBox, ABarostatThatTearsTheBoxIsOneClearError) {
  md::Input input;
  input.ensemble = "npt-langevin";
  input.pressure = 1e7;
  input.barostat_time = 10.0;
  EXPECT_NE(message_of([&] { Crystal(input, 8.0); }).find("the barostat would change the box by -"),
            std::string::npos);
}

/// Energy of the crystal at rest whose spacings along x, y and z are these, each atom's neighbours two cells
/// away at most.
double lattice_energy(double a, double b, double c) {
  double sum = 0.0;
  for (int i = -2; i <= 2; ++i)
    for (int j = -2; j <= 2; ++j)
      for (int k = -2; k <= 2; ++k) {
        double const gap = 1.0 - std::hypot(i * a, j * b, k * c) / 3.0;
        if (gap > 0.0 && gap < 1.0) sum += 32.0 * std::pow(gap, 4);
      }
  return sum;
}

TEST(MdDeform, StrainIsRateTimesTimeAndStressTheSlopeOfTheEnergy) {
  md::Input input;
  input.temperature = 0.0;
  input.deform_axis = "y";
  input.strain_rate = -0.4;
  input.skin = 0.1;
  input.rebuild_every = 1000000;
  Crystal crystal(input, 8.0);
  double stress_before = 0.0;
  for (int step = 1; step <= 500; ++step) {
    crystal.simulation.advance(true);
    if (step % 100 != 0) continue;
    md::Observables const now = crystal.simulation.observe();
    EXPECT_NEAR(now.strain, input.strain_rate * now.time, 1e-13);
    EXPECT_NEAR(now.lattice[4], 8.0 * (1.0 + now.strain), 1e-12);
    EXPECT_EQ(now.lattice[0], 8.0);
    EXPECT_EQ(now.lattice[8], 8.0);
    double const b = 2.0 * (1.0 + now.strain), h = 1e-5;
    double const slope = (lattice_energy(2, b + h, 2) - lattice_energy(2, b - h, 2)) / (2.0 * h);
    EXPECT_NEAR(now.stress, b * slope / now.volume * 160.2176634, 1e-6);
    EXPECT_LT(now.stress, stress_before - 0.1);
    stress_before = now.stress;
  }
  EXPECT_GT(crystal.simulation.rebuilds(), 3);  // though no atom moves but with the box
  EXPECT_LT(crystal.simulation.rebuilds(), 10);
  EXPECT_EQ(crystal.simulation.late_rebuilds(), 0);
}

TEST(MdDeform, TheEnergyGrowsByTheWorkOfTheStress) {
  md::Input input;
  input.temperature = 600.0;
  input.deform_axis = "x";
  input.strain_rate = -0.1;
  Crystal crystal(input, 8.0);
  double work = 0.0, strain = 0.0;
  double const begin = crystal.simulation.observe().total;
  md::Observables last = crystal.simulation.observe();
  for (int step = 1; step <= 2000; ++step) {
    crystal.simulation.advance(true);
    md::Observables const now = crystal.simulation.observe();
    // force on the face times its way
    auto const force = [](md::Observables const& o) {
      return o.stress / 160.2176634 * o.volume / (1.0 + o.strain);
    };
    work += 0.5 * (force(last) + force(now)) * (now.strain - strain);
    strain = now.strain;
    last = now;
  }
  EXPECT_NEAR(strain, -0.1, 1e-12);
  EXPECT_GT(work, 0.5);
  EXPECT_NEAR(last.total - begin, work, 0.01 * work);
}

TEST(MdDeform, UnderABarostatTheOtherAxesKeepTheirPressure) {
  md::Input input;
  input.ensemble = "npt-langevin";
  input.coupling = "per-axis";
  input.temperature = 30.0;
  input.friction = 10.0;
  input.timestep = 2.0;
  input.pressure = 30000.0;
  input.compressibility = 1.5e-5;
  input.barostat_time = 100.0;
  input.deform_axis = "z";
  input.strain_rate = 0.004;
  Crystal crystal(input, 7.6);
  double x = 0.0, y = 0.0, z = 0.0;
  for (int step = 1; step <= 10000; ++step) {
    crystal.simulation.advance(true);
    if (step <= 6000) continue;
    md::Observables const now = crystal.simulation.observe();
    auto const pressure = [&](std::size_t k) {
      return (now.virial[4 * k] + 2.0 / 3.0 * now.kinetic) / now.volume * md::units::bar / 4000.0;
    };
    x += pressure(0);
    y += pressure(1);
    z += pressure(2);
  }
  md::Observables const now = crystal.simulation.observe();
  EXPECT_NEAR(now.strain, 0.08, 1e-12);
  EXPECT_NEAR(now.lattice[8], 7.6 * 1.08, 1e-10);
  EXPECT_NEAR(x, 30000.0, 600.0);
  EXPECT_NEAR(y, 30000.0, 600.0);
  EXPECT_LT(z, 28000.0);
}

TEST(MdBox, TableHasVolumeDensityStrainAndStress) {
  md::Input input;
  EXPECT_EQ(md::csv_header(md::more_columns(input)), md::csv_header());
  input.ensemble = "npt-langevin";
  EXPECT_NE(md::csv_header(md::more_columns(input)).find(",volume_A3,density_g_cm3\n"), std::string::npos);
  input.deform_axis = "x";
  EXPECT_NE(md::csv_header(md::more_columns(input)).find(",density_g_cm3,strain,stress_GPa\n"),
            std::string::npos);
}

}  // namespace
