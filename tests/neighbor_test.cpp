// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <dp/input/neighbor_cells.hpp>
#include <dp/input/neighbor_list.hpp>
#include <dp/input/periodic_images.hpp>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace {

using Space = Kokkos::DefaultHostExecutionSpace;
using Positions = Kokkos::View<double* [3], Kokkos::LayoutRight, Space::memory_space>;
using Rows = std::vector<std::vector<int>>;

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

Positions random_positions(int n, double a, double b, double c, unsigned seed) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<double> uniform(-0.5, 0.5);
  Positions x("positions", static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i) {
    x(i, 0) = a * uniform(engine);
    x(i, 1) = b * uniform(engine);
    x(i, 2) = c * uniform(engine);
  }
  return x;
}

/// The entries of each row, sorted; fails where a row lists an atom twice.
Rows rows_of(dp::NeighborList<Space> const& list) {
  Rows rows;
  for (std::int64_t row = 0; row < list.rows; ++row) {
    std::vector<int> entries;
    for (std::int64_t k = 0; k < list.count(row); ++k) entries.push_back(list.neighbour(row, k));
    std::sort(entries.begin(), entries.end());
    EXPECT_EQ(std::adjacent_find(entries.begin(), entries.end()), entries.end()) << "row " << row;
    rows.push_back(entries);
  }
  return rows;
}

template <class X>
Rows brute_force(X const& x, std::int64_t local, double reach) {
  Rows rows(static_cast<std::size_t>(local));
  for (int i = 0; i < local; ++i) {
    for (int j = 0; j < static_cast<int>(x.extent(0)); ++j) {
      double const dx = x(j, 0) - x(i, 0), dy = x(j, 1) - x(i, 1), dz = x(j, 2) - x(i, 2);
      if (j != i && dx * dx + dy * dy + dz * dz <= reach * reach)
        rows[static_cast<std::size_t>(i)].push_back(j);
    }
  }
  return rows;
}

Rows search(Positions const& x, std::int64_t local, double reach) {
  dp::NeighborCells<Space> cells;
  cells.build(Space(), x, local, reach);
  return rows_of(cells.list());
}

void expect_exact(Positions const& x, std::int64_t local, double reach) {
  EXPECT_EQ(search(x, local, reach), brute_force(x, local, reach));
}

TEST(NeighborCells, equals_brute_force) {
  for (unsigned seed = 0; seed < 4; ++seed) {
    expect_exact(random_positions(900, 20, 20, 20, seed), 900, 8.0);
    expect_exact(random_positions(400, 60, 9, 2, seed), 250, 5.0);
    expect_exact(random_positions(300, 1, 1, 90, seed), 300, 3.3);
    expect_exact(random_positions(600, 8, 90, 40, seed), 600, 4.0);
  }
  expect_exact(random_positions(50, 3, 3, 3, 7), 50, 100.0);
}

TEST(NeighborCells, dilute_and_distant_atoms) {
  // Far more cells than are kept: distant ones share memory.
  for (unsigned seed = 0; seed < 4; ++seed) {
    expect_exact(random_positions(700, 300, 300, 300, seed), 700, 30.0);
    expect_exact(random_positions(700, 4e9, 2e9, 1e9, seed), 700, 8.0);
    expect_exact(random_positions(60, 500, 40, 500, seed), 60, 12.0);
    auto x = random_positions(500, 15, 15, 15, seed);
    for (int k = 0; k < 3; ++k) x(17, k) = 1e9;
    for (int k = 0; k < 3; ++k) x(18, k) = 1e9 + 3;
    x(19, 1) = -9e9;
    expect_exact(x, 500, 6.0);
  }
  dp::NeighborCells<Space> cells;
  cells.build(Space(), random_positions(100, 1e9, 1e9, 1e9, 3), 100, 1e-3);
  EXPECT_LT(cells.bytes(), 20000u);
}

TEST(NeighborCells, atoms_on_a_lattice) {
  // Distances equal to the reach and to whole cells.
  Positions x("positions", 1000);
  for (int i = 0; i < 1000; ++i) {
    x(i, 0) = 2.0 * (i % 10);
    x(i, 1) = 2.0 * (i / 10 % 10);
    x(i, 2) = 2.0 * (i / 100);
  }
  for (double const reach : {2.0, 4.0, 8.0, 3.999999}) expect_exact(x, 1000, reach);
}

TEST(NeighborCells, many_atoms_in_one_place) {
  Positions x("positions", 300);  // all at the origin
  auto const rows = search(x, 200, 1.0);
  ASSERT_EQ(rows.size(), 200u);
  for (auto const& row : rows) EXPECT_EQ(row.size(), 299u);
}

TEST(NeighborCells, order_is_that_of_cells_then_of_indices) {
  auto const x = random_positions(500, 12, 12, 12, 5);
  dp::NeighborCells<Space> cells, again;
  cells.build(Space(), x, 500, 50.0);  // one cell or a few
  auto const list = cells.list();
  again.build(Space(), random_positions(900, 50, 50, 50, 6), 900, 5.0);  // other contents in the buffers
  again.build(Space(), x, 500, 50.0);
  for (std::int64_t row = 0; row < 500; ++row) {
    for (std::int64_t k = 0; k < list.count(row); ++k) {
      ASSERT_EQ(list.neighbour(row, k), again.list().neighbour(row, k));
      if (k > 0) {
        ASSERT_LT(list.neighbour(row, k - 1), list.neighbour(row, k));
      }
    }
  }
}

TEST(NeighborCells, periodic_pairs_are_symmetric) {
  dp::Box const skewed({5.0, 0.0, 0.0, 4.1, 6.0, 0.0, -3.7, 2.9, 4.5});
  dp::Box const wide({23, 0, 0, 3, 19, 0, -8, 9, 21}, {true, false, true});
  for (auto const& box : {skewed, wide}) {
    auto const x = random_positions(40, 20, 20, 20, 11);
    Kokkos::View<int*, Space::memory_space> const types("types", 40);
    dp::PeriodicImages<Space> images;
    images.build(Space(), x, types, box, 7.0);
    dp::NeighborCells<Space> cells;
    cells.build(Space(), images.positions(), images.local(), 7.0);
    auto const rows = rows_of(cells.list());
    EXPECT_EQ(rows, brute_force(images.positions(), images.local(), 7.0));
    std::multiset<std::pair<int, int>> pairs;
    for (int i = 0; i < 40; ++i) {
      for (int const j : rows[static_cast<std::size_t>(i)]) pairs.insert({i, images.owner()(j)});
    }
    EXPECT_GT(pairs.size(), 40u);
    for (auto const& [i, j] : pairs) EXPECT_EQ(pairs.count({i, j}), pairs.count({j, i}));
  }
}

TEST(NeighborCells, takes_any_layout) {
  auto const x = random_positions(300, 14, 14, 14, 21);
  Kokkos::View<double**, Kokkos::LayoutLeft, Space::memory_space> left("left", 300, 3);
  Kokkos::View<double* [5], Kokkos::LayoutRight, Space::memory_space> wide("wide", 300);
  for (int i = 0; i < 300; ++i) {
    for (int k = 0; k < 3; ++k) left(i, k) = wide(i, k + 1) = x(i, k);
  }
  dp::NeighborCells<Space> cells;
  cells.build(Space(), left, 300, 5.0);
  EXPECT_EQ(rows_of(cells.list()), search(x, 300, 5.0));
  cells.build(Space(), Kokkos::subview(wide, Kokkos::ALL, Kokkos::make_pair(1, 4)), 300, 5.0);
  EXPECT_EQ(rows_of(cells.list()), search(x, 300, 5.0));
}

TEST(NeighborCells, few_atoms) {
  dp::NeighborCells<Space> cells;
  EXPECT_EQ(cells.list().rows, 0);
  cells.build(Space(), Positions("none", 0), 0, 6.0);
  EXPECT_EQ(cells.list().rows, 0);
  cells.build(Space(), {}, 0, 6.0);
  EXPECT_EQ(cells.list().rows, 0);
  cells.build(Space(), random_positions(30, 5, 5, 5, 1), 0, 6.0);  // only ghosts
  EXPECT_EQ(cells.list().rows, 0);
  cells.build(Space(), random_positions(1, 5, 5, 5, 1), 1, 6.0);
  ASSERT_EQ(cells.list().rows, 1);
  EXPECT_EQ(cells.list().count(0), 0);
  cells.build(Space(), random_positions(2, 1, 1, 1, 1), 1, 6.0);
  ASSERT_EQ(cells.list().count(0), 1);
  EXPECT_EQ(cells.list().neighbour(0, 0), 1);
}

TEST(NeighborCells, refuses_bad_input) {
  dp::NeighborCells<Space> cells;
  auto const x = random_positions(10, 5, 5, 5, 1);
  auto const build = [&](std::int64_t local, double reach) {
    return message([&] { cells.build(Space(), x, local, reach); });
  };
  expect_part(build(10, -1.0), "reach must be positive and finite");
  expect_part(build(10, std::nan("")), "found nan");
  expect_part(build(11, 6.0), "found 11");
  expect_part(build(-1, 6.0), "found -1");
  Kokkos::View<double* [2], Space::memory_space> const narrow("narrow", 4);
  expect_part(message([&] { cells.build(Space(), narrow, 4, 6.0); }), "found 2");
  for (double const bad : {std::nan(""), HUGE_VAL, -HUGE_VAL, 1e300}) {
    x(7, 2) = bad;
    expect_part(build(5, 6.0), "atom 8");
    expect_part(build(5, 6.0), "finite");
  }
}

/// The rows of `rows` as a rank-2 View with flag bits in the upper two bits.
template <class Layout>
Rows through_rows2d(Rows const& rows) {
  std::size_t longest = 0;
  for (auto const& row : rows) longest = std::max(longest, row.size());
  auto const n = rows.size();
  Kokkos::View<int*, Space::memory_space> centres("centres", n), counts("counts", n);
  Kokkos::View<int**, Layout, Space::memory_space> entries("entries", n, longest);
  for (std::size_t i = 0; i < n; ++i) {
    centres(i) = static_cast<int>(n - 1 - i);  // rows in another order than atoms
    counts(i) = static_cast<int>(rows[i].size());
    for (std::size_t k = 0; k < rows[i].size(); ++k)
      entries(i, k) = rows[i][k] ^ (static_cast<int>(k % 3) << 29);
  }
  auto const list = dp::NeighborList<Space>::rows2d(centres, counts, entries, 0x1FFFFFFF);
  Rows result(n);
  auto const found = rows_of(list);
  for (std::size_t i = 0; i < n; ++i)
    result[static_cast<std::size_t>(list.centre(static_cast<int>(i)))] = found[i];
  return result;
}

TEST(NeighborList, both_forms_give_the_same_neighbours) {
  auto const x = random_positions(300, 14, 14, 14, 31);
  auto const rows = search(x, 200, 5.0);
  EXPECT_EQ(through_rows2d<Kokkos::LayoutRight>(rows), rows);
  EXPECT_EQ(through_rows2d<Kokkos::LayoutLeft>(rows), rows);
}

TEST(NeighborList, csr_needs_an_offset) {
  expect_part(message([] { dp::NeighborList<Space>::csr({}, {}); }), "at least 1 entry");
}

}  // namespace
