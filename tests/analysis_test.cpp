// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include "analysis/common_neighbours.hpp"
#include "analysis/coordination.hpp"
#include "analysis/mean_square_displacement.hpp"
#include "analysis/radial_distribution.hpp"
#include "md_toys.hpp"
#include "structures/change.hpp"

namespace {

using namespace analysis;
using examples::Structure;
using structures::Atoms;
using toys::message_of;
using toys::Space;

/// Uniformly distributed atoms of two elements in a triclinic box; another gas for each `frame`.
Structure ideal_gas(std::size_t first, std::size_t second, std::uint64_t frame) {
  Structure gas;
  gas.source = "gas";
  gas.has_box = true;
  gas.box = dp::Box({20, 0, 0, 4, 18, 0, -3, 5, 22});
  for (std::size_t i = 0; i < first + second; ++i) {
    auto const u = structures::uniform4(1234, structures::Purpose::displacement, frame * 100000 + i);
    auto const x = structures::cartesian(gas.box, {u[0], u[1], u[2]});
    gas.positions.insert(gas.positions.end(), x.begin(), x.end());
    gas.elements.push_back(i < first ? "A" : "B");
  }
  return gas;
}

std::map<int, std::size_t> labels(Structure const& structure, double cutoff = 0.0) {
  Neighbours<Space> neighbours;
  std::map<int, std::size_t> counts;
  for (int const label : common_neighbours(Space(), neighbours, structure, cutoff)) ++counts[label];
  return counts;
}

Structure crystal(std::string const& name, double a, std::array<std::int64_t, 3> const& size,
                  double noise = 0.0) {
  Atoms atoms = to_atoms(structures::conventional(name, "Cu", a, std::sqrt(8.0 / 3.0)));
  replicate(atoms, size);
  displace(atoms, noise, 17);
  return to_structure(atoms);
}

TEST(RadialDistribution, IsOneInAnIdealGas) {
  std::size_t const n[] = {500, 900}, bins = 40;
  double const cutoff = 7.0, frames = 30;
  RadialDistribution<Space> rdf(Space(), Kinds(ideal_gas(n[0], n[1], 0)), cutoff, bins);
  for (std::uint64_t f = 0; f < 30; ++f) rdf.add(ideal_gas(n[0], n[1], f));
  double const volume = ideal_gas(1, 1, 0).volume();
  for (auto const& [a, b] : {std::pair<std::size_t, std::size_t>(0, 0), {0, 1}, {1, 0}, {1, 1}}) {
    SCOPED_TRACE(rdf.kinds().name(a) + rdf.kinds().name(b));
    double chi_square = 0.0, block_to_poisson = 0.0;
    for (std::size_t k = 0; k < bins; ++k) {
      double const r = cutoff * static_cast<double>(k) / bins,
                   end = cutoff * static_cast<double>(k + 1) / bins;
      double const shell = 4.0 / 3.0 * M_PI * (end * end * end - r * r * r);
      auto const centres = static_cast<double>(n[a]),
                 others = static_cast<double>(n[b]) - (a == b ? 1.0 : 0.0);
      // Each pair of equal kinds is counted twice.
      double const pairs = frames * centres * others * shell / volume / (a == b ? 2.0 : 1.0);
      auto const g = rdf.estimate(rdf.bins().g(a, b, k), 30);
      double const off = (g.mean - 1.0) * std::sqrt(pairs);
      EXPECT_LT(std::abs(off), k < 2 ? 8.0 : 5.0) << "bin " << k;  // few pairs in the first: not normal
      chi_square += off * off / bins;
      block_to_poisson += g.error * g.error * pairs / bins;
    }
    EXPECT_NEAR(chi_square, 1.0, 5.0 * std::sqrt(2.0 / bins));
    EXPECT_NEAR(block_to_poisson, 1.0, 0.25);
  }
}

TEST(RadialDistribution, HasTheShellsOfACrystal) {
  double const a = 4.0;
  auto const copper = crystal("fcc", a, {3, 3, 3});
  RadialDistribution<Space> rdf(Space(), Kinds(copper), 6.0, 600);
  rdf.add(copper);
  double const shells[] = {a * std::sqrt(0.5), a, a * std::sqrt(1.5), a * std::sqrt(2.0)};
  double const neighbours[] = {12, 6, 24, 12};
  double sum = 0.0, before = 0.0;
  for (std::size_t k = 0; k < 600; ++k) {
    double const r = rdf.bins().radius(k);
    for (int s = 0; s < 4; ++s)
      if (shells[s] > r - 0.005 - 1e-9 && shells[s] <= r + 0.005 - 1e-9) sum += neighbours[s];
    ASSERT_NEAR(rdf.estimate(rdf.bins().neighbours(0, 0, k), 5).mean, sum, 1e-9) << r;
    EXPECT_EQ(rdf.estimate(rdf.bins().g(0, 0, k), 5).mean > 0.0, sum > before) << r;
    before = sum;
  }
  EXPECT_EQ(sum, 54.0);
  Structure open = copper;
  open.box.periodic[1] = false;
  EXPECT_NE(message_of([&] { rdf.add(open); }).find("periodic along all three"), std::string::npos);
  Structure alloy = copper;
  alloy.source = "x.xyz (frame 2)";
  alloy.elements[7] = "Ni";
  EXPECT_EQ(message_of([&] { rdf.add(alloy); }),
            "x.xyz (frame 2): atom 8 is 'Ni', but the first frame used has only Cu");
}

TEST(Coordination, CountsNeighboursOfEachKind) {
  Atoms salt = to_atoms(structures::conventional("sc", "Na", 2.0, 0.0));
  replicate(salt, {6, 4, 4});
  Structure frame = to_structure(salt);
  for (std::size_t i = 0; i < frame.elements.size(); ++i) {
    double const cell =
        (frame.positions[3 * i] + frame.positions[3 * i + 1] + frame.positions[3 * i + 2]) / 2.0;
    if (std::lround(cell) % 2 == 1) frame.elements[i] = "Cl";
  }
  Coordination<Space> coordination(Space(), Kinds(frame), 3.0);
  coordination.add(frame);
  ASSERT_EQ(coordination.kinds().name(0), "Cl");
  EXPECT_EQ(coordination.shares(0, 1)[6], 1.0);
  EXPECT_EQ(coordination.shares(1, 0)[6], 1.0);
  EXPECT_EQ(coordination.shares(0, 0)[12], 1.0);
}

/// Atoms that fly freely, wrapped into a triclinic box: velocities in Angstrom a frame.
Structure flight(std::vector<double> const& velocities, double time, bool wrap) {
  Structure frame = ideal_gas(velocities.size() / 6, velocities.size() / 6, 0);
  for (std::size_t k = 0; k < velocities.size(); ++k) frame.positions[k] += velocities[k] * time;
  for (std::size_t i = 0; wrap && i < frame.elements.size(); ++i) {
    double* const x = &frame.positions[3 * i];
    auto const f = frame.box.fractional({x[0], x[1], x[2]});
    for (std::size_t v = 0; v < 3; ++v)
      for (std::size_t k = 0; k < 3; ++k) x[k] -= std::floor(f[v]) * frame.box.h[3 * v + k];
  }
  return frame;
}

TEST(MeanSquareDisplacement, OfAFreeFlightIsTheSquareOfItsWay) {
  std::vector<double> velocities;
  double square = 0.0;
  for (std::size_t i = 0; i < 100; ++i) {
    auto const normal = md::normal3(5, 0, i);
    velocities.insert(velocities.end(), {normal[0], normal[1], normal[2]});
    for (int k = 0; i < 50 && k < 3; ++k) square += normal[k] * normal[k] / 50;
  }
  for (bool const wrapped : {true, false}) {
    MeanSquareDisplacement<Space> msd(Space(), Kinds(flight(velocities, 0, wrapped)), 12, wrapped);
    for (int t = 0; t < 40; ++t) msd.add(flight(velocities, t, wrapped));
    ASSERT_EQ(msd.lags(), 12u);
    for (std::size_t lag = 0; lag <= 12; ++lag) {
      double const expected = square * static_cast<double>(lag * lag);
      EXPECT_NEAR(msd.after(lag, 0, 5).mean, expected, 1e-11 * (1 + expected));
      EXPECT_NEAR(msd.after(lag, 0, 5).error, 0.0, 1e-11 * (1 + expected));
    }
    Structure other = flight(velocities, 40, wrapped);
    other.elements.back() = "A";
    EXPECT_NE(message_of([&] { msd.add(other); }).find("found another order"), std::string::npos);
  }
}

TEST(MeanSquareDisplacement, GivesTheDiffusionCoefficientOfARandomWalk) {
  double const step = 0.7;  // Angstrom a frame along each direction: D = step^2 / 2
  Structure walk = ideal_gas(400, 0, 0);
  MeanSquareDisplacement<Space> msd(Space(), Kinds(walk), 10, true);
  for (std::uint64_t t = 0; t < 300; ++t) {
    msd.add(walk);
    for (std::size_t i = 0; i < 400; ++i) {
      auto const normal = md::normal3(9, t, i);
      for (std::size_t k = 0; k < 3; ++k) walk.positions[3 * i + k] += step * normal[k];
    }
  }
  auto const d = msd.diffusion(2, 0, 10);
  EXPECT_NEAR(d.mean, 0.5 * step * step, 4.5 * d.error);
  EXPECT_LT(d.error, 0.02 * d.mean);
  EXPECT_GT(d.error, 0.001 * d.mean);
}

TEST(CommonNeighbours, KnowPerfectCrystals) {
  struct Known {
    char const* name;
    double a, cutoff;
    Crystal label;
  };
  for (Known const& k :
       {Known{"fcc", 3.6, 3.6 * 0.854, Crystal::fcc}, Known{"hcp", 2.5, 2.5 * 1.207, Crystal::hcp},
        Known{"bcc", 2.87, 2.87 * 1.207, Crystal::bcc}, Known{"diamond", 5.4, 0.0, Crystal::other},
        Known{"sc", 2.5, 0.0, Crystal::other}}) {
    SCOPED_TRACE(k.name);
    auto const perfect = crystal(k.name, k.a, {2, 3, 4});
    std::map<int, std::size_t> const all = {{static_cast<int>(k.label), perfect.elements.size()}};
    EXPECT_EQ(labels(perfect), all);
    if (k.cutoff > 0.0) {
      EXPECT_EQ(labels(perfect, k.cutoff), all);
    }
    EXPECT_EQ(labels(crystal(k.name, k.a, {1, 1, 1})),
              (std::map<int, std::size_t>{{static_cast<int>(k.label), all.begin()->second / 24}}));
  }
}

TEST(CommonNeighbours, SeeStackingFaultsTwinsAndSurfaces) {
  auto const stacked = [](std::string const& sequence, double vacuum) {
    Atoms atoms = structures::close_packed("Cu", 3.6, sequence);
    replicate(atoms, {4, 3, 1});
    if (vacuum > 0.0) add_vacuum(atoms, vacuum);
    return to_structure(atoms);
  };
  std::size_t const layer = 24;
  using Counts = std::map<int, std::size_t>;
  for (double const cutoff : {0.0, 3.07}) {
    EXPECT_EQ(labels(stacked("ABCABCABCAC", 0), cutoff), (Counts{{1, 9 * layer}, {2, 2 * layer}}));
    EXPECT_EQ(labels(stacked("ABCABACB", 0), cutoff), (Counts{{1, 6 * layer}, {2, 2 * layer}}));
    EXPECT_EQ(labels(stacked("ABAC", 0), cutoff), (Counts{{1, 2 * layer}, {2, 2 * layer}}));
    EXPECT_EQ(labels(stacked("ABCABC", 10), cutoff), (Counts{{0, 2 * layer}, {1, 4 * layer}}));
  }
}

TEST(CommonNeighbours, BearNoise) {
  // Independent displacements as large as those of copper at 300 K (0.083 Angstrom along each direction), and
  // of iron (0.07), are harder than a crystal's, whose neighbours move together.
  auto const copper = labels(crystal("fcc", 3.62, {10, 10, 10}, 0.083));
  EXPECT_GT(copper.at(1), 3960u);
  EXPECT_EQ(copper.count(2) ? copper.at(2) : 0, 0u);
  EXPECT_EQ(copper.count(3) ? copper.at(3) : 0, 0u);
  auto const iron = labels(crystal("bcc", 2.87, {12, 12, 12}, 0.07));
  EXPECT_GT(iron.at(3), 3400u);
  // A gas is nothing.
  auto const gas = labels(ideal_gas(2000, 0, 3));
  EXPECT_GT(gas.at(0), 1990u);
}

TEST(CommonNeighbours, DoNotDependOnWhereTheBoxBegins) {
  auto const first = crystal("fcc", 3.6, {4, 4, 4}, 0.15);
  auto moved = first;
  for (std::size_t k = 0; k < moved.positions.size(); ++k) moved.positions[k] += 5.123;
  EXPECT_EQ(labels(first), labels(moved));
  Structure open = first;
  open.has_box = false;
  open.box = dp::Box();
  EXPECT_NE(message_of([&] { labels(open); }).find("expected a Lattice"), std::string::npos);
  EXPECT_GT(labels(open, 3.07).at(1), 10u);
}

TEST(Estimates, HaveTheErrorOfTheMean) {
  std::vector<double> white, slow;
  double state = 0.0;
  for (std::size_t i = 0; i < 40000; ++i) {
    double const normal = md::normal3(3, 0, i)[0];
    white.push_back(2.0 + normal);
    slow.push_back(state = 0.9 * state + normal);  // correlated over ten entries: error sqrt(1.9/0.1) larger
  }
  EXPECT_NEAR(block_estimate(white, 100).mean, 2.0, 4.0 / 200.0);
  EXPECT_NEAR(block_estimate(white, 100).error, 1.0 / 200.0, 0.25 / 200.0);
  EXPECT_NEAR(block_estimate(slow, 100).error, 10.0 / 200.0, 2.5 / 200.0);
  EXPECT_TRUE(std::isnan(block_estimate({1.0}, 5).error));
}

TEST(Estimates, OfASeriesThatGoesOnAreThoseOfItsBlocks) {
  RunningBlocks running;
  std::vector<double> first, second;
  for (std::size_t i = 1; i <= 1000; ++i) {
    first.push_back(md::normal3(3, 0, i)[0]);
    second.push_back(5.0 + md::normal3(3, 0, i)[1]);
    running.add({first.back(), second.back()});
    ASSERT_EQ(running.rows(), static_cast<std::int64_t>(i));
    ASSERT_NEAR(running.estimate(1).mean, block_estimate(second, 1).mean, 1e-12) << i;
    if (i == 100) {  // goes on from its own state
      RunningBlocks copy;
      copy.restore(running.state(), 2);
      running = copy;
    }
    // after 2^n rows there are eight equal runs, from sixteen on
    if ((i & (i - 1)) == 0 && i >= 16) {
      ASSERT_NEAR(running.estimate(0).error, block_estimate(first, 8).error, 1e-12) << i;
    }
  }
  RunningBlocks one;
  one.add({1.0});
  EXPECT_EQ(one.estimate(0).mean, 1.0);
  EXPECT_TRUE(std::isnan(one.estimate(0).error));
}

}  // namespace
