// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <dp/input/box.hpp>
#include <dp/input/periodic_images.hpp>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace {

using Space = Kokkos::DefaultHostExecutionSpace;
using Positions = Kokkos::View<double* [3], Kokkos::LayoutRight, Space::memory_space>;
using Types = Kokkos::View<int*, Space::memory_space>;

constexpr std::array<double, 9> skewed = {5.0, 0.0, 0.0, 4.1, 6.0, 0.0, -3.7, 2.9, 4.5};

std::string message(auto const& action) {
  try {
    action();
  } catch (dp::Error const& error) {
    return error.what();
  }
  return "nothing was thrown";
}

void expect_part(std::string const& text, std::string const& part) {
  EXPECT_NE(text.find(part), std::string::npos) << text << "\nlacks: " << part;
}

/// Atoms at fractional coordinates from `lower` to `upper`.
Positions random_positions(dp::Box const& box, int n, unsigned seed, double lower = 0, double upper = 1) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<double> uniform(lower, upper);
  Positions x("positions", static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i) {
    for (std::size_t v = 0; v < 3; ++v) {
      double const f = uniform(engine);
      for (std::size_t k = 0; k < 3; ++k) x(i, k) += f * box.h[3 * v + k];
    }
  }
  return x;
}

Types numbered_types(int n) {
  Types types("types", static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i) types(i) = i % 3;
  return types;
}

/// Number and sum of distances of the neighbours of atom i within reach, by trying every image.
std::pair<int, double> brute_force(Positions const& x, dp::Box const& box, int i, double reach) {
  int count = 0;
  double sum = 0;
  int most[3];
  // Atoms may be up to 3 boxes outside, so that two may be 6 boxes apart.
  for (std::size_t k = 0; k < 3; ++k) {
    most[k] = box.periodic[k] ? static_cast<int>(std::ceil(reach / box.widths()[k])) + 7 : 0;
  }
  for (int j = 0; j < static_cast<int>(x.extent(0)); ++j) {
    for (int a = -most[0]; a <= most[0]; ++a) {
      for (int b = -most[1]; b <= most[1]; ++b) {
        for (int c = -most[2]; c <= most[2]; ++c) {
          if (i == j && a == 0 && b == 0 && c == 0) continue;
          double square = 0;
          for (std::size_t k = 0; k < 3; ++k) {
            double const d = x(j, k) - x(i, k) + a * box.h[k] + b * box.h[3 + k] + c * box.h[6 + k];
            square += d * d;
          }
          if (square > reach * reach) continue;
          ++count;
          sum += std::sqrt(square);
        }
      }
    }
  }
  return {count, sum};
}

void expect_complete(dp::Box const& box, Positions const& x, double reach) {
  int const n = static_cast<int>(x.extent(0));
  dp::PeriodicImages<Space> images;
  images.build(Space(), x, numbered_types(n), box, reach);
  auto const all = images.positions();
  ASSERT_EQ(images.local(), n);
  for (int i = 0; i < n; ++i) {
    int count = 0;
    double sum = 0;
    for (std::int64_t j = 0; j < images.atoms(); ++j) {
      double const r = std::hypot(all(j, 0) - all(i, 0), all(j, 1) - all(i, 1), all(j, 2) - all(i, 2));
      if (j == i || r > reach) continue;
      ++count;
      sum += r;
    }
    auto const [expected, expected_sum] = brute_force(x, box, i, reach);
    EXPECT_EQ(count, expected) << "atom " << i;
    EXPECT_NEAR(sum, expected_sum, 1e-9) << "atom " << i;
  }
  for (std::int64_t j = 0; j < images.atoms(); ++j) EXPECT_EQ(images.types()(j), images.owner()(j) % 3);
}

TEST(Box, geometry) {
  dp::Box const box(skewed);
  EXPECT_NEAR(box.volume(), 5.0 * 6.0 * 4.5, 1e-12);
  EXPECT_NEAR(box.widths()[2], 4.5, 1e-12);
  auto const f = box.fractional({5.0 - 4.1, -6.0, 0.0});
  EXPECT_NEAR(f[0], 1, 1e-14);
  EXPECT_NEAR(f[1], -1, 1e-14);
  EXPECT_NEAR(f[2], 0, 1e-14);
  dp::Box const left({0, 1, 0, 2, 0, 0, 0, 0, 3});
  EXPECT_DOUBLE_EQ(left.volume(), 6);
  EXPECT_DOUBLE_EQ(left.widths()[1], 2);
  EXPECT_DOUBLE_EQ(left.fractional({1, 0, 0})[1], 0.5);
}

TEST(Box, refuses_what_has_no_volume) {
  expect_part(message([] { dp::Box({1, 0, 0, 2, 0, 0, 0, 0, 3}); }), "b = (2, 0, 0)");
  expect_part(message([] { dp::Box({0, 0, 0, 1, 2, 3, 2, 4, 6}, {false, true, true}); }), "span a volume");
  expect_part(message([] { dp::Box({2, 0, 0, 0, 2, 0, 0, 0, 0}); }), "vector c is zero");
  expect_part(message([] { dp::Box({1, 0, 0, 0, std::nan(""), 0, 0, 0, 3}); }), "nan");
}

TEST(Box, vectors_that_are_zero_stand_for_unit_vectors_perpendicular_to_the_others) {
  dp::Box const slab({2, 0, 0, 1, 4, 0, 0, 0, 0}, {true, true, false});
  EXPECT_EQ(slab.volume(), 0.0);
  EXPECT_EQ(slab.widths(), dp::Box({2, 0, 0, 1, 4, 0, 0, 0, 1}).widths());
  EXPECT_EQ(slab.fractional({1, 4, 5}), (std::array<double, 3>{0, 1, 5}));
  for (std::array<double, 9> const& h :
       {std::array<double, 9>{0, 0, 0, 0, 0, 0, 1, 2, 2}, std::array<double, 9>{0, 0, 0, 3, 0, 0, 0, 0, 0},
        std::array<double, 9>{}}) {
    dp::Box const box(h, {false, h[3] != 0.0, h[6] != 0.0});
    auto const full = box.spanned();
    double length = 1.0;
    for (std::size_t k = 0; k < 9; k += 3) length *= std::max(1.0, std::hypot(h[k], h[k + 1], h[k + 2]));
    EXPECT_NEAR(full.volume(), length, 1e-14);  // the others are unit vectors, all are perpendicular
    for (double const width : box.widths()) EXPECT_GT(width, 1.0 - 1e-14);
  }
}

TEST(PeriodicImages, slabs_and_wires_without_vacuum) {
  for (auto const& [h, pbc] :
       {std::pair{std::array<double, 9>{5, 0, 0, 2, 6, 0, 0, 0, 0}, std::array{true, true, false}},
        std::pair{std::array<double, 9>{0, 0, 0, 0, 5, 1, 0, 0, 0}, std::array{false, true, false}}}) {
    dp::Box const box(h, pbc);
    expect_complete(box, random_positions(box.spanned(), 8, 3), 6.5);
  }
}

TEST(PeriodicImages, every_neighbour_has_an_image) {
  std::array<double, 9> const cube = {6, 0, 0, 0, 7, 0, 0, 0, 8};
  std::array<double, 9> const left = {0, 6, 0, 7, 0, 0, 1, 2, 8};
  for (auto const& h : {cube, skewed, left}) {
    for (double const reach : {2.5, 9.0}) {
      dp::Box const box(h);
      expect_complete(box, random_positions(box, 8, 1), reach);
    }
  }
  expect_complete(dp::Box(cube), random_positions(dp::Box(cube), 1, 2), 6.5);
}

TEST(PeriodicImages, mixed_periodicity) {
  for (auto const& pbc : std::vector<std::array<bool, 3>>{
           {true, true, false}, {false, true, false}, {false, false, true}, {false, false, false}}) {
    dp::Box const box(skewed, pbc);
    expect_complete(box, random_positions(box, 6, 3, -2, 3), 6.0);
  }
}

TEST(PeriodicImages, atoms_outside_the_box) {
  dp::Box const box(skewed);
  expect_complete(box, random_positions(box, 6, 4, -3, 3), 5.0);
  // Faces: rounding must not lose an image.
  Positions x("positions", 3);
  x(1, 0) = -1e-17;
  x(1, 1) = 3;
  x(2, 0) = 5;
  expect_complete(dp::Box({5, 0, 0, 0, 5, 0, 0, 0, 5}), x, 2.0);
}

TEST(PeriodicImages, local_atoms_inside_stay_as_they_are) {
  dp::Box const box(skewed);
  auto const x = random_positions(box, 5, 5);
  dp::PeriodicImages<Space> images;
  images.build(Space(), x, numbered_types(5), box, 3.0);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(images.owner()(i), i);
    for (int k = 0; k < 3; ++k) EXPECT_EQ(images.positions()(i, k), x(i, k));
  }
}

TEST(PeriodicImages, update_moves_images_with_their_owners) {
  dp::Box const box(skewed);
  auto const x = random_positions(box, 7, 6, -1, 2);
  dp::PeriodicImages<Space> images;
  images.build(Space(), x, numbered_types(7), box, 5.0);
  std::vector<double> before(images.positions().data(), images.positions().data() + 3 * images.atoms());
  std::size_t const bytes = images.bytes();
  for (int i = 0; i < 7; ++i) x(i, i % 3) += 0.25 + i;
  images.update(Space(), x);
  EXPECT_EQ(images.bytes(), bytes);
  for (std::int64_t j = 0; j < images.atoms(); ++j) {
    int const i = images.owner()(j);
    for (int k = 0; k < 3; ++k) {
      double const moved = images.positions()(j, k) - before[static_cast<std::size_t>(3 * j + k)];
      EXPECT_NEAR(moved, k == i % 3 ? 0.25 + i : 0.0, 1e-12);
    }
  }
  expect_part(message([&] { images.update(Space(), random_positions(box, 6, 6)); }), "found 6 x 3");
}

template <class Layout>
void expect_fold(dp::PeriodicImages<Space> const& images, std::size_t columns) {
  auto const atoms = static_cast<std::size_t>(images.atoms());
  Kokkos::View<double**, Layout, Space::memory_space> rows("rows", atoms, columns);
  std::map<std::pair<int, std::size_t>, double> expected;
  std::vector<double> total(columns, 0.0);
  for (std::size_t j = 0; j < atoms; ++j) {
    for (std::size_t k = 0; k < columns; ++k) {
      rows(j, k) = std::sin(static_cast<double>(j * columns + k));
      expected[{images.owner()(j), k}] += rows(j, k);
      total[k] += rows(j, k);
    }
  }
  images.fold(Space(), rows);
  for (std::size_t k = 0; k < columns; ++k) {
    double sum = 0;
    for (int i = 0; i < images.local(); ++i) {
      EXPECT_NEAR(rows(i, k), (expected[{i, k}]), 1e-12);
      sum += rows(i, k);
    }
    EXPECT_NEAR(sum, total[k], 1e-10);
  }
}

TEST(PeriodicImages, fold_returns_what_ghosts_hold) {
  dp::Box const box(skewed);
  dp::PeriodicImages<Space> images;
  images.build(Space(), random_positions(box, 7, 7), numbered_types(7), box, 5.0);
  expect_fold<Kokkos::LayoutRight>(images, 3);
  expect_fold<Kokkos::LayoutLeft>(images, 9);
  Positions const wrong("wrong", 7);
  expect_part(message([&] { images.fold(Space(), wrong); }), "found 7");
}

TEST(PeriodicImages, no_atoms) {
  dp::PeriodicImages<Space> images;
  EXPECT_EQ(images.atoms(), 0);
  images.build(Space(), Positions("none", 0), Types("none", 0), dp::Box(skewed), 6.0);
  EXPECT_EQ(images.local(), 0);
  EXPECT_EQ(images.atoms(), 0);
  images.update(Space(), Positions("none", 0));
  images.fold(Space(), Positions("none", 0));
}

TEST(PeriodicImages, refuses_bad_input) {
  dp::Box const box(skewed);
  dp::PeriodicImages<Space> images;
  auto const x = random_positions(box, 4, 8);
  auto const types = numbered_types(4);
  auto const build = [&](dp::Box const& b, double reach) {
    return message([&] { images.build(Space(), x, types, b, reach); });
  };
  expect_part(build(box, 0.0), "found 0");
  expect_part(build(box, std::numeric_limits<double>::infinity()), "found inf");
  expect_part(build(box, std::nan("")), "found nan");
  expect_part(build(dp::Box({1e-3, 0, 0, 0, 9, 0, 0, 0, 9}), 8.0), "boxes along vector a");
  dp::Box flat(skewed);
  flat.h[8] = 0;
  flat.h[7] = 0;
  expect_part(build(flat, 8.0), "span a volume");
  expect_part(message([&] { images.build(Space(), x, numbered_types(3), box, 6.0); }), "found 3");
  x(2, 1) = std::nan("");
  x(3, 0) = 1e300;
  expect_part(build(box, 6.0), "atom 3");
  expect_part(build(box, 6.0), "nan");
}

}  // namespace
