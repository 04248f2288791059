// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include "md_toys.hpp"
#include "statics/properties.hpp"
#include "statics/table.hpp"
#include "support/cases.hpp"
#include "support/compiled_potential.hpp"
#include "support/sanitized.hpp"

namespace {

using namespace statics;
using dp::test::sanitized;
using toys::message_of;
using toys::Space;
using toys::TemporaryFolder;

using Points = examples::Fire<Space>::Points;

/// A chain of unlike springs from the origin on: stiffnesses 1, 2, 3, 4, 5, 1, 2 ... Returns the largest
/// force.
double pull_chain(Points const& x, Points const& f) {
  Kokkos::parallel_for(
      Kokkos::RangePolicy<Space>(0, x.extent(0)), KOKKOS_LAMBDA(std::size_t i) {
        for (std::size_t k = 0; k < 3; ++k) {
          double const before = i > 0 ? x(i - 1, k) : 0.0, stiff = 1.0 + static_cast<double>(i % 5);
          double const after = i + 1 < x.extent(0) ? x(i + 1, k) : x(i, k);
          f(i, k) =
              -stiff * (x(i, k) - before) + (1.0 + static_cast<double>((i + 1) % 5)) * (after - x(i, k));
        }
      });
  return examples::Fire<Space>::largest(Space(), f);
}

TEST(Fire, FindsTheMinimumOfAStiffAndSoftChain) {
  std::size_t const n = 20;
  Points const x("x", n), f("f", n);
  auto const start = Kokkos::create_mirror_view(x);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t k = 0; k < 3; ++k) start(i, k) = std::sin(1.0 + 7.0 * static_cast<double>(3 * i + k));
  Kokkos::deep_copy(x, start);
  examples::Fire<Space> fire(n);
  int steps = 0;
  for (; pull_chain(x, f) > 1e-8 && steps < 5000; ++steps) fire.step(Space(), x, f);
  EXPECT_LT(steps, 3000);
  Kokkos::deep_copy(start, x);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(start(i, k), 0.0, 1e-5);
}

TEST(EquationOfState, IsFoundInEnergiesThatFollowIt) {
  BirchMurnaghan const truth{11.7, -3.5, 0.9, 5.2};
  std::vector<VolumePoint> points;
  for (double v = 10.5; v < 12.7; v += 0.2) points.push_back({v, truth.energy_at(v), 0.0});
  auto const found = fit_birch_murnaghan(points);
  EXPECT_NEAR(found.volume, truth.volume, 1e-8);
  EXPECT_NEAR(found.energy, truth.energy, 1e-10);
  EXPECT_NEAR(found.bulk, truth.bulk, 1e-7);
  EXPECT_NEAR(found.bulk_slope, truth.bulk_slope, 1e-5);
  EXPECT_LT(found.largest_miss, 1e-10);
  // The energy has the curvature that the bulk modulus says.
  double const h = 1e-3, v = truth.volume;
  EXPECT_NEAR(v * (truth.energy_at(v + h) + truth.energy_at(v - h) - 2 * truth.energy_at(v)) / (h * h),
              truth.bulk, 1e-5);
  points.resize(3);
  EXPECT_EQ(message_of([&] { fit_birch_murnaghan(points); }),
            "equation of state: expected at least four volumes, found 3");
}

TEST(Tables, SayFileAndLineOfWhatIsWrong) {
  TemporaryFolder const folder;
  auto const path = folder.write("t.csv", "# note\nproperty,value,unit\na,1.5,GPa\nb,-2,eV,0.1\n");
  auto const rows = read_rows(path);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(find(rows, "b")->value, -2.0);
  EXPECT_EQ(find(rows, "b")->tolerance, 0.1);
  EXPECT_EQ(find(rows, "c"), nullptr);
  write_rows(folder.path("u.csv"), rows);
  EXPECT_EQ(folder.read("u.csv"), "property,value,unit\na,1.5,GPa\nb,-2,eV\n");
  EXPECT_NE(to_table(rows, {{"a", 3.0, "GPa"}}).find("-50.00 %"), std::string::npos);
  EXPECT_NE(
      message_of([&] { read_rows(folder.write("w.csv", "property,value,unit\na,x,GPa\n")); }).find("w.csv:2"),
      std::string::npos);
}

/// The copper model, compressed: quick and, to the tolerances asked for here, the same.
class Copper : public testing::Test {
 protected:
  void SetUp() override {
    if (sanitized) GTEST_SKIP() << "the arithmetic is that of the other tests";
    dp::Options options;
    options.evaluation = dp::Evaluation::compressed;
    m_model = dp::test::load_model(dp::test::copper_case().model);
    m_potential.emplace(Space(), m_model, options);
    m_properties.emplace(Space(), *m_potential, m_model, Crystal{"fcc", "Cu", 3.6}, Settings());
  }

  static std::vector<Row> table(std::string const& file) {
    return read_rows(std::string(DP_TEST_DATA) + "/../../examples/copper/" + file);
  }

  static void expect(std::string const& property, double value) {
    auto const rows = table("expected.csv");
    Row const* const row = find(rows, property);
    ASSERT_NE(row, nullptr) << property;
    EXPECT_NEAR(value, row->value, row->tolerance * std::abs(row->value)) << property;
  }

  static double literature(std::string const& property) {
    auto const rows = table("mishin.csv");
    return find(rows, property)->value;
  }

  dp::Model m_model;
  std::optional<dp::test::CompiledPotential<Space, dp::Double>> m_potential;
  std::optional<Properties<Space>> m_properties;
};

TEST_F(Copper, HasTheLatticeOfItsTrainingData) {
  expect("lattice_constant", m_properties->lattice_constant());
  expect("energy_per_atom", m_properties->energy_per_atom());
  EXPECT_NEAR(m_properties->lattice_constant(), literature("lattice_constant"), 0.002 * 3.615);
  EXPECT_NEAR(m_properties->energy_per_atom(), literature("energy_per_atom"), 0.005);
}

TEST_F(Copper, HasItsEquationOfStateAndElasticConstants) {
  auto const points = m_properties->equation_of_state();
  for (std::size_t n = 1; n + 1 < points.size(); ++n) {
    double const slope =
        (points[n + 1].energy - points[n - 1].energy) / (points[n + 1].volume - points[n - 1].volume);
    EXPECT_NEAR(points[n].pressure, -slope,
                1e-4);  // 0.016 GPa; the third derivative enters the difference
  }
  auto const fit = fit_birch_murnaghan(points);
  expect("bulk_modulus", fit.bulk * gigapascal);
  expect("bulk_modulus_slope", fit.bulk_slope);
  auto const c = m_properties->elastic();
  expect("C11", c.c11 * gigapascal);
  expect("C12", c.c12 * gigapascal);
  expect("C44", c.c44 * gigapascal);
  EXPECT_NEAR(fit.bulk, (c.c11 + 2.0 * c.c12) / 3.0, 0.01 * fit.bulk);
  EXPECT_NEAR(c.c11 * gigapascal, literature("C11"), 0.1 * 169.9);
  EXPECT_NEAR(c.c12 * gigapascal, literature("C12"), 0.1 * 122.6);
  EXPECT_NEAR(c.c44 * gigapascal, literature("C44"), 0.1 * 76.2);
}

TEST_F(Copper, HasItsVacancyAndStackingFault) {
  auto const fault = m_properties->stacking_fault();
  double const millijoule = 16021.76634;
  expect("stacking_fault_energy_unrelaxed", fault.unrelaxed * millijoule);
  expect("stacking_fault_energy", fault.relaxed * millijoule);
  EXPECT_LT(fault.relaxed, fault.unrelaxed);
  auto const vacancy = m_properties->vacancy();
  expect("vacancy_energy_unrelaxed", vacancy.unrelaxed);
  expect("vacancy_energy", vacancy.relaxed);
  EXPECT_LT(vacancy.relaxed, vacancy.unrelaxed);
  EXPECT_NEAR(vacancy.relaxed, literature("vacancy_energy"), 0.15 * 1.27);
}

TEST_F(Copper, RefusesWhatItIsNot) {
  auto const make = [&](Crystal const& crystal, Settings const& settings) {
    Properties<Space>(Space(), *m_potential, m_model, crystal, settings).stacking_fault();
  };
  Settings six;
  six.fault_layers = 6;
  EXPECT_EQ(message_of([&] {
              make({"fcc", "Cu", 3.6}, six);
            }),
            "stacking fault: expected 5, 8, 11 ... layers, found 6");
  EXPECT_EQ(message_of([&] {
              make({"bcc", "Cu", 2.87}, {});
            }),
            "stacking fault: expected the lattice fcc, found bcc");
  EXPECT_EQ(message_of([&] {
              make({"fcc", "Cu", 9.0}, {});
            }),
            "lattice constant: no minimum of the energy of fcc Cu was found from 9 Angstrom on");
}

}  // namespace
