// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Particle meshes against direct sums, and their own energies by finite differences.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstddef>
#include <dp/long_range/electrostatics.hpp>
#include <dp/long_range/fitted_mesh.hpp>
#include <dp/long_range/long_range_potential.hpp>
#include <dp/long_range/make_charge_sum.hpp>
#include <dp/long_range/particle_mesh.hpp>
#include <dp/long_range/structure_factors.hpp>
#include <dp/math/fft.hpp>
#include <initializer_list>
#include <memory>
#include <numbers>
#include <random>
#include <string>
#include <vector>

#include "support/expect_error.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;
using Numbers = std::vector<double>;

constexpr double pi = std::numbers::pi;
std::array<double, 9> const cubic = {9.4, 0, 0, 0, 9.4, 0, 0, 0, 9.4},
                            orthorhombic = {12.4, 0, 0, 0, 6.2, 0, 0, 0, 9.3},
                            triclinic = {9.3, 0.0, 0.0, 2.1, 9.0, 0.0, -1.4, 2.6, 8.9};

/// Charges in a box, and what a sum gives of them.
struct Sites {
  Box box;
  Numbers positions, charges, energy, force, virial, total;

  std::size_t count() const { return charges.size(); }
  double sum() const {
    double result = 0.0;
    for (double const e : energy) result += e;
    return result;
  }
};

/// Molecules as water has them in DPLR models: O 6, H 1, and -8 near O.
Sites water(std::array<double, 9> const& h, unsigned seed) {
  Sites sites{Box(h), {}, {}, {}, {}, {}, {}};
  std::mt19937 generator(seed);
  auto const random = [&](double size) {
    return size * (2.0 * (static_cast<double>(generator()) / 4294967296.0) - 1.0);
  };
  int count[3];
  for (std::size_t k = 0; k < 3; ++k)
    count[k] = static_cast<int>(std::hypot(h[3 * k], h[3 * k + 1], h[3 * k + 2]) / 3.05);
  auto const add = [&](std::array<double, 3> const& at, double charge) {
    sites.positions.insert(sites.positions.end(), at.begin(), at.end());
    sites.charges.push_back(charge);
  };
  for (int i = 0; i < count[0]; ++i)
    for (int j = 0; j < count[1]; ++j)
      for (int k = 0; k < count[2]; ++k) {
        double const f[3] = {(i + random(0.1)) / count[0], (j + random(0.1)) / count[1],
                             (k + random(0.1)) / count[2] + (i == 0 ? 1.0 : 0.0)};  // some are outside
        std::array<double, 3> oxygen{}, part{};
        for (std::size_t c = 0; c < 3; ++c) oxygen[c] = f[0] * h[c] + f[1] * h[3 + c] + f[2] * h[6 + c];
        add(oxygen, 6.0);
        for (double const size : {1.0, 1.0, 0.4}) {
          double norm = 0.0;
          for (double& x : part) {
            x = random(1.0);
            norm += x * x;
          }
          for (std::size_t c = 0; c < 3; ++c) part[c] = oxygen[c] + part[c] * size / std::sqrt(norm);
          add(part, size == 1.0 ? 1.0 : -8.0);
        }
      }
  return sites;
}

void sum(ChargeSum<Space>& way, WholeSystem const& whole, Sites& sites) {
  std::size_t const n = sites.count();
  auto const positions = to_space<double>(Space(), "positions", sites.positions),
             charges = to_space<double>(Space(), "charges", sites.charges);
  Kokkos::View<double*, Space> const energy("energy", n), total("total", 9);
  Kokkos::View<double**, Kokkos::LayoutRight, Space> const force("force", n, 3), virial("virial", n, 9);
  ChargeResults<Space> results{energy, force, virial};
  if (way.totals_virial()) results.total_virial = total;
  way.compute(Space(), whole, {Matrix<double const, Space>(positions.data(), n, 3), charges}, results);
  Space().fence();
  auto const copy = [](auto const& view) {
    auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), view);
    return Numbers(host.data(), host.data() + host.size());
  };
  sites.energy = copy(energy);
  sites.force = copy(force);
  sites.virial = copy(virial);
  sites.total = copy(total);
}
void sum(ChargeSum<Space>& way, Sites& sites) { sum(way, {sites.box}, sites); }

double largest(Numbers const& a, Numbers const& b) {
  double result = a.size() == b.size() ? 0.0 : INFINITY;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    if (!(std::abs(a[i] - b[i]) <= result)) result = std::abs(a[i] - b[i]);  // NaN too
  return result;
}

double rms(Numbers const& a, Numbers const& b) {
  double result = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) result += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(result / static_cast<double>(a.size()));
}

Numbers summed_virial(Sites const& sites) {
  Numbers result(9, 0.0);
  for (std::size_t k = 0; k < sites.virial.size(); ++k) result[k % 9] += sites.virial[k];
  return result;
}

double const beta = detail::in_single(0.4);
MeshSetting const coarse{{8, 9, 10}, {SpreadingWindow::Kind::semicircle, 5, 10.0}};
MeshSetting const fine{{30, 32, 36}, {SpreadingWindow::Kind::semicircle, 14, 31.0}};

TEST(Fft, IsTheSumOverWaves) {
  if constexpr (is_host_space<Space>) {
    for (std::array<int, 3> const n :
         {std::array<int, 3>{5, 6, 9}, {4, 3, 8}, {2, 3, 2}, {8, 2, 9}, {9, 2, 2}}) {
      int const row = n[2] + 3;
      Fft3d<Space> const fft(Space(), n, row);
      auto const& at = fft.spectrum();
      Numbers mesh(static_cast<std::size_t>(n[0] * n[1] * row)), transform(at.size());
      for (std::size_t i = 0; i < mesh.size(); ++i) mesh[i] = std::sin(1.7 * static_cast<double>(i) + 0.1);
      Numbers const before = mesh;
      fft.forward(Space(), mesh.data(), transform.data());
      for (int a = 0; a < n[0]; ++a)
        for (int b = 0; b < n[1]; ++b)
          for (int c = 0; c < at.half; ++c) {
            std::complex<double> expected = 0.0;
            for (int x = 0; x < n[0]; ++x)
              for (int y = 0; y < n[1]; ++y)
                for (int z = 0; z < n[2]; ++z)
                  expected +=
                      before[static_cast<std::size_t>((x * n[1] + y) * row + z)] *
                      std::polar(1.0,
                                 -2.0 * pi * (1.0 * a * x / n[0] + 1.0 * b * y / n[1] + 1.0 * c * z / n[2]));
            double const* const found = transform.data() + at.row(a, b) + at.column(c);
            EXPECT_NEAR(found[0], expected.real(), 1e-12);
            EXPECT_NEAR(found[at.lanes], expected.imag(), 1e-12);
          }
      fft.inverse(Space(), transform.data(), mesh.data());
      for (int r = 0; r < n[0] * n[1]; ++r)
        for (int z = 0; z < n[2]; ++z) {
          auto const i = static_cast<std::size_t>(r * row + z);
          EXPECT_NEAR(mesh[i] / (n[0] * n[1] * n[2]), before[i], 1e-13);
        }
    }
  }
}

TEST(ParticleMesh, IsTheDirectSum) {
  for (auto const& h : {orthorhombic, triclinic})
    for (bool const analytic : {true, false}) {
      Sites expected = water(h, 1), found = expected;
      StructureFactors<Space> direct(beta, 0.6);
      MeshSetting setting = fine;
      setting.analytic = analytic;
      ParticleMesh<Space> mesh(Space(), beta, setting);
      sum(direct, expected);
      sum(mesh, found);
      EXPECT_LT(largest(found.energy, expected.energy), 1e-9);
      EXPECT_LT(largest(found.force, expected.force), 1e-8);
      EXPECT_LT(largest(found.virial, expected.virial), 1e-7);
      EXPECT_LT(largest(found.total, summed_virial(expected)), 1e-7);
    }
}

/// Splines need a finer mesh.
TEST(ParticleMesh, TakesOtherWindows) {
  Sites expected = water(triclinic, 2), found = expected;
  StructureFactors<Space> direct(beta, 0.6);
  ParticleMesh<Space> mesh(Space(), beta, {{32, 32, 32}, {SpreadingWindow::Kind::b_spline, 9}});
  sum(direct, expected);
  sum(mesh, found);
  EXPECT_LT(largest(found.force, expected.force), 1e-6);
}

/// dE/dh at h = 0 by the energies at four steps.
template <class Energy>
double slope(Energy const& energy) {
  double const step = 5e-4;
  return (8.0 * (energy(step) - energy(-step)) - (energy(2.0 * step) - energy(-2.0 * step))) / (12.0 * step);
}

/// Forces and virials are derivatives of the mesh's own energy, however coarse it is.
TEST(ParticleMesh, HasTheDerivativesOfItsEnergy) {
  for (auto const& window : {SpreadingWindow{SpreadingWindow::Kind::semicircle, 7, 15.0},
                             SpreadingWindow{SpreadingWindow::Kind::b_spline, 6}}) {
    Sites sites = water(triclinic, 3);
    ParticleMesh<Space> mesh(Space(), beta, {coarse.n, window});
    sum(mesh, sites);
    auto const energy = [&](Sites moved) {
      sum(mesh, moved);
      return moved.sum();
    };
    for (std::size_t const i : {0u, 7u, 47u, 100u}) {
      double const force = -slope([&](double h) {
        Sites moved = sites;
        moved.positions[i] += h;
        return energy(moved);
      });
      EXPECT_NEAR(force, sites.force[i], 1e-7);
    }
    Numbers const virial = summed_virial(sites);
    EXPECT_LT(largest(virial, sites.total), 1e-10);
    for (std::size_t a = 0; a < 3; ++a)
      for (std::size_t b = 0; b < 3; ++b) {
        double const found = -slope([&](double strain) {  // x_a += strain x_b
          Sites result = sites;
          for (std::size_t k = 0; k < 3; ++k) result.box.h[3 * k + a] += strain * sites.box.h[3 * k + b];
          for (std::size_t i = 0; i < sites.count(); ++i)
            result.positions[3 * i + a] += strain * sites.positions[3 * i + b];
          return energy(result);
        });
        EXPECT_NEAR(found, virial[3 * a + b], 1e-6);
      }
  }
}

/// Two ranks, one after the other: each adds what the other had in its turn.
TEST(ParticleMesh, IsSummedOverRanks) {
  Sites all = water(triclinic, 4);
  Sites parts[2] = {{all.box, {}, {}, {}, {}, {}, {}}, {all.box, {}, {}, {}, {}, {}, {}}};
  for (std::size_t i = 0; i < all.count(); ++i) {
    Sites& part = parts[i < 30 ? 0 : 1];
    part.charges.push_back(all.charges[i]);
    part.positions.insert(part.positions.end(), &all.positions[3 * i], &all.positions[3 * i] + 3);
  }
  ParticleMesh<Space> mesh(Space(), beta, coarse);
  sum(mesh, all);
  Numbers here[2];
  for (std::size_t const rank : {0u, 1u, 0u}) {
    auto const add = [&](double* values, std::size_t count) {
      here[rank].assign(values, values + count);
      Numbers& other = here[1 - rank];
      for (std::size_t k = 0; k < other.size(); ++k) values[k] += other[k];
    };
    sum(mesh, {all.box, add}, parts[rank]);
  }
  for (auto const& [whole, of_part] :
       {std::pair(&all.energy, &Sites::energy), {&all.force, &Sites::force}, {&all.virial, &Sites::virial}}) {
    Numbers joined = parts[0].*of_part;
    joined.insert(joined.end(), (parts[1].*of_part).begin(), (parts[1].*of_part).end());
    EXPECT_LT(largest(joined, *whole), 1e-11);
  }
  for (std::size_t k = 0; k < 9; ++k) EXPECT_NEAR(parts[0].total[k] + parts[1].total[k], all.total[k], 1e-10);
}

TEST(ParticleMesh, TakesSmallBoxesAndNoCharges) {
  Sites one{Box({3.0, 0, 0, 0.4, 2.5, 0, 0, 0, 2.8}),
            {0.1, -7.0, 1.2, 1.4, 0.3, 90.0},
            {1.0, -1.0},
            {},
            {},
            {},
            {}};
  Sites expected = one, none{one.box, {}, {}, {}, {}, {}, {}};
  StructureFactors<Space> direct(beta, 0.3);
  ParticleMesh<Space> mesh(Space(), beta, {{5, 4, 6}, fine.window});
  sum(direct, expected);
  sum(mesh, one);
  EXPECT_LT(largest(one.force, expected.force), 1e-7);
  EXPECT_LT(largest(one.energy, expected.energy), 1e-7);
  sum(mesh, none);
  EXPECT_EQ(none.total, Numbers(9, 0.0));
}

/// Boxes that are thinner than a window, or than a spacing of the mesh.
TEST(ParticleMesh, TakesThinBoxes) {
  Sites expected{Box({12.0, 0, 0, 0, 2.5, 0, 0, 0, 12.0}), {}, {}, {}, {}, {}, {}};
  for (int i = 0; i < 12; ++i) {
    for (double const wave : {0.9, 0.3, 1.7}) expected.positions.push_back(15.0 * std::sin(wave * (i + 1)));
    expected.charges.push_back(i % 2 == 0 ? 1.0 : -1.0);
  }
  Sites found = expected;
  StructureFactors<Space> direct(beta, 0.3);
  sum(direct, expected);
  ParticleMesh<Space> thin(Space(), beta, {{24, 5, 24}, fine.window});
  sum(thin, found);
  EXPECT_LT(largest(found.force, expected.force), 1e-7);
  FittedMesh<Space> fitted(0.4, 0.1);
  sum(fitted, found);
  EXPECT_LT(rms(found.force, expected.force), 0.1) << fitted.description();
}

TEST(ParticleMesh, SaysWhatIsWrong) {
  expect_error(
      [] {
        ParticleMesh<Space>(Space(), beta, {{8, 1, 8}, fine.window});
      },
      {"expected products of 2, 3 and 5, and not 1, as numbers of points, found 1"});
  expect_error([] { ParticleMesh<Space>(Space(), beta, {{8, 8, 7}, fine.window}); }, {"found 7"});
  Sites open = water(cubic, 9);
  ParticleMesh<Space> mesh(Space(), beta, coarse);
  sum(mesh, open);  // the same vectors
  open.box.periodic[2] = false;
  StructureFactors<Space> direct(beta, 0.6);
  FittedMesh<Space> fitted(0.4, 1e-3);
  for (ChargeSum<Space>* way : std::initializer_list<ChargeSum<Space>*>{&mesh, &direct, &fitted})
    expect_error([&] { sum(*way, open); }, {"expected a box that is periodic along all three vectors",
                                            "found an open boundary along vector c"});
}

/// The error that was asked for, with the charges that it was chosen for and with others.
TEST(FittedMesh, HasTheErrorAskedFor) {
  for (auto const& h : {cubic, orthorhombic, triclinic})
    for (double const asked : {1e-3, 5e-5, 1e-6, 1e-8}) {
      FittedMesh<Space> mesh(0.4, asked);
      for (unsigned const seed : {5u, 6u}) {
        Sites expected = water(h, seed), found = expected;
        StructureFactors<Space> direct(0.4, 0.6);
        sum(direct, expected);
        sum(mesh, found);
        double const error = rms(found.force, expected.force);
        EXPECT_LT(error, 2.0 * asked) << mesh.description();
        EXPECT_GT(error, 0.01 * asked) << mesh.description();
        if (seed == 5u) {
          EXPECT_NEAR(error, mesh.measured(), 0.1 * asked);
        }
      }
    }
}

/// Other charges, and boxes whose vectors are as long, need another mesh.
TEST(FittedMesh, IsChosenAnew) {
  double const asked = 1e-5;
  auto const error_of = [&](FittedMesh<Space>& mesh, Sites expected) {
    Sites found = expected;
    StructureFactors<Space> direct(0.4, 0.6);
    sum(direct, expected);
    sum(mesh, found);
    return rms(found.force, expected.force);
  };
  Sites const sites = water(cubic, 10);
  FittedMesh<Space> mesh(0.4, asked);
  double const first = error_of(mesh, sites);
  EXPECT_NEAR(first, mesh.measured(), 0.1 * asked);
  Sites charged = sites;
  for (double& charge : charged.charges) charge *= 3.0;
  EXPECT_LT(error_of(mesh, charged), asked) << mesh.description();
  double const a = 9.4, c = 0.8 * a, s = 0.6 * a;
  Sites sheared = water({a, 0, 0, c, s, 0, 0, 0, a}, 10);
  double const error = error_of(mesh, sheared);
  EXPECT_LT(error, asked) << mesh.description();
  EXPECT_NEAR(error, mesh.measured(), 0.1 * asked);
  EXPECT_NEAR(error_of(mesh, sites), first, 1e-3 * asked);  // and back
}

TEST(FittedMesh, SaysWhatIsNotFinite) {
  Sites const sites = water(orthorhombic, 7);
  for (double const wrong : {double(NAN), double(INFINITY)}) {
    FittedMesh<Space> mesh(0.4, 1e-5);
    Sites moved = sites, charged = sites;
    moved.positions[4] = wrong;
    charged.charges[3] = wrong;
    expect_error([&] { sum(mesh, moved); }, {"long_range: forces on charges are not finite"});
    expect_error([&] { sum(mesh, charged); }, {"long_range: expected finite charges"});
  }
}

TEST(FittedMesh, SaysWhereThereIsNone) {
  FittedMesh<Space> mesh(0.4, 1e-17);
  Sites sites = water(orthorhombic, 7);
  try {
    sum(mesh, sites);
    ADD_FAILURE() << "expected an error";
  } catch (Error const& error) {
    EXPECT_NE(std::string(error.what()).find("long_range: expected a force error"), std::string::npos)
        << error.what();
  }
}

/// Dipoles that do not change with the atoms.
class FixedDipoles : public Potential<Space> {
 public:
  explicit FixedDipoles(Numbers const& dipoles) : m_dipoles(to_space<double>(Space(), "dipoles", dipoles)) {}

  void compute(Space const& space, Configuration<Space> const& configuration, NeighborList<Space> const&,
               Output<Space> const& output) override {
    Matrix<double const, Space> const all(m_dipoles.data(), static_cast<std::size_t>(configuration.local), 3);
    if (output.atom_output.data()) Kokkos::deep_copy(space, output.atom_output, all);
  }
  void enqueue(Space const& space, Configuration<Space> const& configuration, NeighborList<Space> const& list,
               Output<Space> const& output) override {
    compute(space, configuration, list, output);
  }
  void check(Space const&) override {}
  double cutoff() const override { return 1.0; }
  int ntypes() const override { return 2; }
  Quantity const& quantity() const override { return quantity_of(m_model); }
  Model const& model() const override { return m_model; }
  Options const& options() const override { return m_options; }
  Compression const* compressed() const override { return nullptr; }
  std::string description() const override { return "fixed"; }
  std::int64_t handed_over() const override { return 0; }
  std::int64_t dropped() const override { return 0; }
  std::size_t bytes() const override { return 0; }

 private:
  Constants<double, Space> m_dipoles;
  Model m_model;
  Options m_options;
};

/// Energy, forces and virial of atoms with centroids, by either way to sum; the virial of the step is that of
/// its atoms, whether or not these are asked for.
TEST(Electrostatics, TakesEitherSum) {
  Sites const sites = water(triclinic, 8);
  std::size_t const n = sites.count() / 4 * 3;
  Numbers positions, dipoles;
  std::vector<int> types;
  for (std::size_t i = 0; i < sites.count(); ++i) {
    if (i % 4 == 3) continue;
    types.push_back(i % 4 == 0 ? 0 : 1);
    for (std::size_t c = 0; c < 3; ++c) {
      positions.push_back(sites.positions[3 * i + c]);
      dipoles.push_back(i % 4 == 0 ? sites.positions[3 * (i + 3) + c] - sites.positions[3 * i + c] : 0.0);
    }
  }
  Model model;
  model.long_range = LongRange{nullptr, {6.0, 1.0}, {-8.0, 0.0}, 0.4, 0.6};
  WholeSystem const whole{sites.box};
  auto const at = to_space<double>(Space(), "positions", positions);
  auto const of_type = to_space<int>(Space(), "types", types);
  Configuration<Space> configuration{Matrix<double const, Space>(at.data(), n, 3), of_type,
                                     static_cast<std::int64_t>(n)};
  configuration.whole = &whole;
  Numbers results[2];
  for (double const error : {0.0, 1e-8}) {
    Options options;
    options.long_range_error = error;
    Electrostatics<Space> electrostatics(Space(), model, std::make_unique<FixedDipoles>(dipoles),
                                         make_charge_sum<Space>(*model.long_range, options));
    Kokkos::View<double, Space> const energy("energy");
    Kokkos::View<double*, Space> const virial("virial", 9), total("total", 9);
    Kokkos::View<double**, Kokkos::LayoutRight, Space> const force("force", n, 3), each("each", n, 9);
    Output<Space> output;
    output.energy = energy;
    output.force = force;
    output.virial = total;
    electrostatics.compute(Space(), configuration, {}, output);
    output.virial = virial;
    output.atom_virial = each;
    electrostatics.compute(Space(), configuration, {}, output);
    Space().fence();
    auto const copy = [](auto const& view) {
      auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), view);
      return Numbers(host.data(), host.data() + host.size());
    };
    EXPECT_LT(largest(copy(total), copy(virial)), 1e-9);
    Numbers const all = copy(each);
    Numbers of_atoms(9, 0.0);
    for (std::size_t k = 0; k < all.size(); ++k) of_atoms[k % 9] += all[k];
    EXPECT_LT(largest(of_atoms, copy(virial)), 1e-9);
    Numbers& result = results[error == 0.0 ? 0 : 1];
    for (Numbers const& part : {copy(energy), copy(force), copy(virial)})
      result.insert(result.end(), part.begin(), part.end());
  }
  EXPECT_LT(largest(results[0], results[1]), 1e-6);
}

/// Where one rank has no dipoles, it says why, whatever the sum without it says.
TEST(Electrostatics, SaysWhatWentWrongFirst) {
  class WithoutDipoles : public FixedDipoles {
   public:
    WithoutDipoles() : FixedDipoles({}) {}
    void compute(Space const&, Configuration<Space> const&, NeighborList<Space> const&,
                 Output<Space> const&) override {
      fail("no dipoles");
    }
  };
  class NoSum : public ChargeSum<Space> {
   public:
    void compute(Space const&, WholeSystem const&, Charges<Space> const&,
                 ChargeResults<Space> const&) override {
      fail("no sum");
    }
    std::string description() const override { return "none"; }
    std::size_t bytes() const override { return 0; }
  };
  Model model;
  model.long_range = LongRange{nullptr, {6.0, 1.0}, {-8.0, 0.0}, 0.4, 0.6};
  WholeSystem const whole{Box(cubic), [](double*, std::size_t) {}};
  Configuration<Space> configuration;
  configuration.whole = &whole;
  auto const electrostatics = [&] {
    return std::make_unique<Electrostatics<Space>>(Space(), model, std::make_unique<WithoutDipoles>(),
                                                   std::make_unique<NoSum>());
  };
  expect_error([&] { electrostatics()->compute(Space(), configuration, {}, {}); }, {"no dipoles"});
  LongRangePotential<Space> sum(model, std::make_unique<WithoutDipoles>(), electrostatics());
  expect_error([&] { sum.compute(Space(), configuration, {}, {}); }, {"no dipoles"});
}

TEST(MakeChargeSum, SaysWhatIsWrong) {
  for (double const error : {-1e-5, double(NAN), double(INFINITY)}) {
    Options options;
    options.long_range_error = error;
    try {
      make_charge_sum<Space>(LongRange{nullptr, {}, {}, 0.4, 1.0}, options);
      ADD_FAILURE() << "expected an error";
    } catch (Error const& found) {
      EXPECT_NE(std::string(found.what()).find("long_range_error: expected a positive force error"),
                std::string::npos)
          << found.what();
    }
  }
}

}  // namespace
}  // namespace dp::test
