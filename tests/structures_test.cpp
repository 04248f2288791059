// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include "common/extxyz.hpp"
#include "md/lammps_data.hpp"
#include "md_toys.hpp"
#include "structures/change.hpp"
#include "structures/polycrystal.hpp"
#include "structures/write.hpp"

namespace {

using namespace structures;
using toys::message_of;
using toys::Space;
using toys::TemporaryFolder;

/// The number of neighbours within `reach` of each atom.
std::vector<std::int64_t> coordination(Atoms const& atoms, double reach) {
  Space const space;
  auto const x = dp::to_space<double>(space, "x", atoms.positions);
  auto const types = dp::to_space<int>(space, "types", atoms.kinds);
  dp::PeriodicImages<Space> images;
  images.build(space, dp::Matrix<double const, Space>(x.data(), atoms.size(), 3), types, atoms.box, reach);
  dp::NeighborCells<Space> cells;
  cells.build(space, images.positions(), images.local(), reach);
  auto const starts = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), cells.list().starts);
  std::vector<std::int64_t> result;
  for (std::size_t i = 0; i < atoms.size(); ++i) result.push_back(starts(i + 1) - starts(i));
  return result;
}

/// Every atom has `first` neighbours at the distance r1, and `second` more up to r2.
void expect_shells(Atoms const& atoms, double r1, std::int64_t first, double r2, std::int64_t second) {
  EXPECT_EQ(coordination(atoms, r1 * (1 - 1e-6)), std::vector<std::int64_t>(atoms.size(), 0));
  EXPECT_EQ(coordination(atoms, r1 * (1 + 1e-6)), std::vector<std::int64_t>(atoms.size(), first));
  EXPECT_EQ(coordination(atoms, r2 * (1 - 1e-6)), std::vector<std::int64_t>(atoms.size(), first));
  EXPECT_EQ(coordination(atoms, r2 * (1 + 1e-6)), std::vector<std::int64_t>(atoms.size(), first + second));
}

Lattice copper() { return conventional("fcc", "Cu", 3.6, 0.0); }

TEST(Lattices, HaveTheirShellsOfNeighboursAndDensities) {
  struct Known {
    char const* name;
    double r1;
    std::int64_t first;
    double r2;
    std::int64_t second, atoms;
  };
  double const a = 3.0, ideal = std::sqrt(8.0 / 3.0);
  for (Known const& k :
       {Known{"sc", a, 6, a * std::sqrt(2.0), 12, 1}, Known{"bcc", a * std::sqrt(0.75), 8, a, 6, 2},
        Known{"fcc", a * std::sqrt(0.5), 12, a, 6, 4},
        Known{"diamond", a * std::sqrt(3.0) / 4, 4, a * std::sqrt(0.5), 12, 8},
        Known{"hcp", a, 12, a * std::sqrt(2.0), 6, 4}}) {
    SCOPED_TRACE(k.name);
    auto const lattice = conventional(k.name, "X", a, ideal);
    EXPECT_EQ(lattice.basis.size(), static_cast<std::size_t>(k.atoms));
    EXPECT_NEAR(nearest_distance(lattice), k.r1, 1e-12);
    Atoms atoms = to_atoms(lattice);
    replicate(atoms, {2, 3, 1});
    EXPECT_EQ(atoms.size(), static_cast<std::size_t>(6 * k.atoms));
    expect_shells(atoms, k.r1, k.first, k.r2, k.second);
  }
}

TEST(Lattices, AreTurnedIntoTheSmallestRectangularCell) {
  double const a = 3.6;
  Atoms atoms = oriented(copper(), {1, -1, 0, 2, 2, -4, 1, 1, 1});
  EXPECT_EQ(atoms.size(), 6u);
  EXPECT_NEAR(atoms.box.h[0], a / std::sqrt(2.0), 1e-12);
  EXPECT_NEAR(atoms.box.h[4], a * std::sqrt(1.5), 1e-12);
  EXPECT_NEAR(atoms.box.h[8], a * std::sqrt(3.0), 1e-12);
  expect_shells(atoms, a * std::sqrt(0.5), 12, a, 6);
  auto const iron = oriented(conventional("bcc", "Fe", 2.8, 0.0), {1, 1, 1, 1, -1, 0, 1, 1, -2});
  EXPECT_NEAR(iron.box.volume() / static_cast<double>(iron.size()), 2.8 * 2.8 * 2.8 / 2, 1e-9);
  expect_shells(iron, 2.8 * std::sqrt(0.75), 8, 2.8, 6);

  EXPECT_EQ(message_of([] {
              oriented(copper(), {1, 0, 0, 1, 1, 0, 0, 0, 1});
            }),
            "orientation: directions 1 and 2 are not perpendicular");
  EXPECT_EQ(message_of([] {
              oriented(copper(), {0, 1, 0, 1, 0, 0, 0, 0, 1});
            }),
            "orientation: the directions are left-handed; turn one of them round");
  EXPECT_EQ(message_of([] {
              oriented(copper(), {0, 0, 0, 1, 0, 0, 0, 0, 1});
            }),
            "orientation: direction 1 is 0 0 0");
}

TEST(Lattices, AreStackedOfLayers) {
  double const a = 3.6;
  auto const fcc = close_packed("Cu", a, "ABC"), hcp = close_packed("Cu", a, "AB");
  expect_shells(fcc, a * std::sqrt(0.5), 12, a, 6);
  expect_shells(hcp, a * std::sqrt(0.5), 12, a, 6);
  // The third shell tells them apart: hcp has two atoms straight above and below, at 2 sqrt(1/3) a.
  double const straight = 2 * a / std::sqrt(3.0) * (1 + 1e-6);
  EXPECT_EQ(coordination(fcc, straight), std::vector<std::int64_t>(6, 18));
  EXPECT_EQ(coordination(hcp, straight), std::vector<std::int64_t>(4, 20));
  EXPECT_EQ(message_of([] { close_packed("Cu", 3.6, "ABCA"); }), "sequence: layers 4 and 1 are both A");
  EXPECT_EQ(message_of([] { close_packed("Cu", 3.6, "ABD"); }),
            "sequence: expected letters A, B and C, found 'ABD'");
}

TEST(Changes, MakeSupercellsSlabsVacanciesAndDisplacements) {
  Atoms atoms = to_atoms(copper());
  atoms.kinds[3] = 1;
  atoms.elements.push_back("Ni");
  auto const whole = examples::replicate(to_structure(atoms), {3, 4, 5});
  replicate(atoms, {3, 4, 5});
  ASSERT_EQ(atoms.positions.size(), whole.positions.size());
  for (std::size_t k = 0; k < whole.positions.size(); ++k)
    EXPECT_NEAR(atoms.positions[k], whole.positions[k], 1e-12);
  EXPECT_EQ(to_structure(atoms).elements, whole.elements);
  EXPECT_EQ(atoms.box.h, whole.box.h);

  Atoms slab = atoms;
  add_vacuum(slab, 12.0);
  EXPECT_EQ(slab.positions, atoms.positions);
  EXPECT_NEAR(slab.box.h[8], 5 * 3.6 + 12, 1e-12);

  Atoms missing = atoms, other = atoms;
  make_vacancies(missing, 17, 3);
  make_vacancies(other, 17, 4);
  EXPECT_EQ(missing.size(), atoms.size() - 17);
  EXPECT_NE(missing.positions, other.positions);
  make_vacancies(other, 223, 4);
  EXPECT_EQ(other.size(), 0u);
  EXPECT_EQ(message_of([&] { make_vacancies(other, 1, 1); }),
            "vacancies: expected at most 0 (all atoms), found 1");

  Atoms moved = to_atoms(copper());
  replicate(moved, {10, 10, 10});
  auto const from = moved.positions;
  displace(moved, 0.1, 5);
  double sum = 0.0, squares = 0.0;
  for (std::size_t k = 0; k < from.size(); ++k) {
    sum += moved.positions[k] - from[k];
    squares += std::pow(moved.positions[k] - from[k], 2);
  }
  double const n = static_cast<double>(from.size());
  EXPECT_NEAR(sum / n, 0.0, 4 * 0.1 / std::sqrt(n));
  EXPECT_NEAR(squares / n, 0.01, 4 * 0.01 * std::sqrt(2 / n));
}

TEST(Nanocrystal, IsDenseWithoutClosePairsAndInsideItsBox) {
  Polycrystal const wanted{copper(), 5, {60, 50, 70}, 11, 2.1};
  Atoms const atoms = polycrystal(wanted);
  double const perfect = atoms.box.volume() / (3.6 * 3.6 * 3.6 / 4);
  EXPECT_LT(static_cast<double>(atoms.size()), perfect);
  // Grains of 3.5 nm: a tenth of the atoms has a neighbour from another grain that near.
  EXPECT_GT(static_cast<double>(atoms.size()), 0.9 * perfect);
  EXPECT_EQ(coordination(atoms, 2.1 * (1 - 1e-9)), std::vector<std::int64_t>(atoms.size(), 0));
  for (std::size_t k = 0; k < atoms.positions.size(); ++k) {
    EXPECT_GE(atoms.positions[k], 0.0);
    EXPECT_LE(atoms.positions[k], wanted.edges[k % 3]);
  }
  auto const neighbours = coordination(atoms, 3.0);
  auto const bulk = std::count(neighbours.begin(), neighbours.end(), 12);
  EXPECT_GT(static_cast<double>(bulk), 0.6 * static_cast<double>(atoms.size()));
}

TEST(Nanocrystal, FillsTheVoronoiCells) {
  Polycrystal const wanted{copper(), 7, {40, 55, 45}, 2, 0.0};
  Atoms const atoms = polycrystal(wanted);
  auto const centres = grain_centres(wanted);
  double const perfect = atoms.box.volume() / (3.6 * 3.6 * 3.6 / 4);
  // Nothing is taken away: the number of points in all cells is right up to the cells' surfaces.
  EXPECT_NEAR(static_cast<double>(atoms.size()), perfect, 0.01 * perfect);
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    std::vector<double> squares;
    for (Vector3 const& centre : centres) {
      double square = 0.0;
      for (std::size_t k = 0; k < 3; ++k) {
        double const d = atoms.positions[3 * i + k] - centre[k];
        square += std::pow(d - wanted.edges[k] * std::round(d / wanted.edges[k]), 2);
      }
      squares.push_back(square);
    }
    double const least = *std::min_element(squares.begin(), squares.end());
    ASSERT_LE(squares[static_cast<std::size_t>(atoms.grains[i])], least + 1e-9) << "atom " << i;
  }
}

TEST(Nanocrystal, IsTheSameForTheSameSeed) {
  Polycrystal wanted{copper(), 4, {40, 40, 40}, 7, 2.0};
  Atoms const first = polycrystal(wanted), again = polycrystal(wanted);
  EXPECT_EQ(first.positions, again.positions);
  EXPECT_EQ(first.grains, again.grains);
  wanted.seed = 8;
  EXPECT_NE(first.positions, polycrystal(wanted).positions);
  wanted.nearest = 2.6;
  EXPECT_EQ(message_of([&] { polycrystal(wanted); }).substr(0, 36), "nearest: expected less than the 2.54");
}

TEST(Nanocrystal, TurnsGrainsUniformly) {
  // Of uniform rotations: entries have mean 0 and square 1/3, the trace has mean 0 and square 1, and the
  // first column is uniform on the sphere, so that the share with z > 0.6 is 0.2.
  std::uint64_t const n = 40000;
  std::array<double, 9> sums{}, squares{};
  double trace = 0.0, trace2 = 0.0, share = 0.0;
  for (std::uint64_t i = 0; i < n; ++i) {
    auto const r = random_rotation(99, i);
    double const t = r[0] + r[4] + r[8];
    trace += t / n;
    trace2 += t * t / n;
    share += (r[6] > 0.6 ? 1.0 : 0.0) / n;
    for (std::size_t k = 0; k < 9; ++k) {
      sums[k] += r[k] / n;
      squares[k] += r[k] * r[k] / n;
    }
    if (i > 100) continue;
    for (std::size_t a = 0; a < 3; ++a)
      for (std::size_t b = 0; b < 3; ++b)
        EXPECT_NEAR(dot({r[3 * a], r[3 * a + 1], r[3 * a + 2]}, {r[3 * b], r[3 * b + 1], r[3 * b + 2]}),
                    a == b ? 1.0 : 0.0, 1e-12);
    EXPECT_NEAR(r[0] * (r[4] * r[8] - r[5] * r[7]) + r[1] * (r[5] * r[6] - r[3] * r[8]) +
                    r[2] * (r[3] * r[7] - r[4] * r[6]),
                1.0, 1e-12);
  }
  double const error = 4.5 / std::sqrt(static_cast<double>(n));
  for (std::size_t k = 0; k < 9; ++k) {
    EXPECT_NEAR(sums[k], 0.0, error * std::sqrt(1.0 / 3.0));
    EXPECT_NEAR(squares[k], 1.0 / 3.0, error * std::sqrt(1.0 / 5.0 - 1.0 / 9.0));
  }
  EXPECT_NEAR(trace, 0.0, error);
  EXPECT_NEAR(trace2, 1.0, error * std::sqrt(2.0));  // the fourth moment is 3
  EXPECT_NEAR(share, 0.2, error * 0.4);
}

TEST(StructureFiles, AreReadAsTheyWereWritten) {
  TemporaryFolder const folder;
  Atoms const atoms = polycrystal({copper(), 3, {20, 25, 30}, 1, 2.0});
  write_extxyz(folder.path("n.xyz"), atoms);
  write_lammps(folder.path("n.data"), atoms);
  auto const xyz = examples::read_extxyz(folder.path("n.xyz"));
  auto const data = md::LammpsDataReader(folder.path("n.data"), {}).read();
  for (auto const* read : {&xyz, &data}) {
    EXPECT_EQ(read->elements, to_structure(atoms).elements);
    EXPECT_EQ(read->box.h, atoms.box.h);
    ASSERT_EQ(read->positions.size(), atoms.positions.size());
    for (std::size_t k = 0; k < atoms.positions.size(); ++k)
      ASSERT_NEAR(read->positions[k], atoms.positions[k], 1e-10);
  }
  EXPECT_EQ(folder.read("n.xyz").substr(0, 4), std::to_string(atoms.size()));
  Atoms turned = atoms;
  turned.box.h[1] = 1.0;
  EXPECT_NE(message_of([&] { write_lammps(folder.path("t.data"), turned); }).find("LAMMPS data want a box"),
            std::string::npos);
  EXPECT_NE(message_of([&] { write_extxyz(folder.path("no/folder.xyz"), atoms); }).find("cannot be written"),
            std::string::npos);
}

}  // namespace
