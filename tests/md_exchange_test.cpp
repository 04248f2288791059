// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// What dp-md does on several ranks, as far as one rank shows it; tests/mpi has the rest.

#include <algorithm>

#include "md/output.hpp"
#include "md/parallel/ghosts.hpp"
#include "md/read_structure.hpp"
#include "md/velocities.hpp"
#include "md_toys.hpp"

namespace {

using toys::message_of;
using toys::Space;
using toys::TemporaryFolder;

/// Atoms anywhere about a box, also outside it.
std::vector<double> scattered(std::size_t atoms, dp::Box const& box) {
  std::vector<double> positions;
  for (std::size_t i = 0; i < atoms; ++i) {
    auto const f = md::normal3(11, 0, i);
    for (std::size_t k = 0; k < 3; ++k)
      positions.push_back(f[0] * box.h[k] + f[1] * box.h[3 + k] + f[2] * box.h[6 + k]);
  }
  return positions;
}

/// Positions (rounded) with types and one number each, in an order of their own.
std::vector<std::array<double, 5>> sorted_rows(std::vector<double> const& x, std::vector<int> const& types,
                                               std::vector<double> const& value) {
  std::vector<std::array<double, 5>> rows;
  for (std::size_t i = 0; i < types.size(); ++i) {
    std::array<double, 5> row = {};
    for (std::size_t k = 0; k < 3; ++k) row[k] = std::round(x[3 * i + k] * 1e6) * 1e-6;
    row[3] = types[i];
    row[4] = value.empty() ? 0.0 : value[i];
    rows.push_back(row);
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

class MdExchange : public testing::TestWithParam<dp::Box> {};

TEST_P(MdExchange, WithItselfMakesThePeriodicImages) {
  Space const space;
  dp::Box const box = GetParam();
  double const reach = 4.0;
  std::size_t const atoms = 40;
  md::System<Space> system(space, std::vector<double>(atoms, 1.0));
  std::vector<int> types(atoms);
  for (std::size_t i = 0; i < atoms; ++i) types[i] = static_cast<int>(i % 3);
  md::upload(space, types, system.types);
  md::upload(space, scattered(atoms, box), system.positions);

  dp::PeriodicImages<Space> images;
  images.build(space, system.positions, system.types, box, reach);
  md::Domain domain(md::Communicator::alone(), box);
  domain.fit(space, system.positions);
  md::Exchange<Space> exchange(md::Communicator::alone(), false);
  exchange.build(space, system.positions, system.types, domain, reach);
  ASSERT_EQ(exchange.local(), images.local());
  auto moved = md::download(space, system.positions);
  for (double& x : moved) x += 0.125;
  md::upload(space, moved, system.positions);
  images.update(space, system.positions);
  exchange.update(space, system.positions);

  // the exchange may reach a little farther in the corners: it must have all images, and they must be true
  // ones
  auto const all = [&](auto const& ghosts) {
    return sorted_rows(md::download(space, ghosts.positions()), md::download(space, ghosts.types()), {});
  };
  auto const expected = all(images), found = all(exchange);
  EXPECT_GE(found.size(), expected.size());
  EXPECT_LE(found.size(), expected.size() + expected.size() / 50);
  EXPECT_TRUE(std::includes(found.begin(), found.end(), expected.begin(), expected.end()));

  // each ghost gives its row to its owner
  auto const n = static_cast<std::size_t>(exchange.atoms());
  std::vector<double> ones(3 * n, 1.0);
  Kokkos::View<double**, Kokkos::LayoutRight, Space::memory_space> const rows("rows", n, 3);
  md::upload(space, ones, rows);
  exchange.fold(space, rows);
  auto const folded = md::download(space, rows);
  double sum = 0.0;
  for (std::size_t i = 0; i < atoms; ++i) sum += folded[3 * i];
  EXPECT_EQ(sum, static_cast<double>(n));
  for (std::size_t i = 0; i < atoms; ++i) EXPECT_EQ(folded[3 * i], folded[3 * i + 2]);
}

INSTANTIATE_TEST_SUITE_P(Boxes, MdExchange,
                         testing::Values(dp::Box({9, 0, 0, 0, 10, 0, 0, 0, 11}),
                                         dp::Box({9, 0, 0, 3, 8, 0, -4, 2, 10}),
                                         dp::Box({3, 0, 0, 1, 2, 0, 0, 1, 5}),
                                         dp::Box({4, 0, 0, 0, 4, 0, 0, 0, 4}),
                                         dp::Box({9, 0, 0, 1, 8, 0, 0, 0, 10}, {true, false, true}),
                                         dp::Box({9, 0, 0, 1, 8, 0, 0, 0, 10}, {false, false, false})));

TEST(MdExchangeReach, MustNotCoverManyBoxes) {
  Space const space;
  md::System<Space> system(space, {1.0});
  Kokkos::deep_copy(system.positions, 0.0);
  dp::Box const box({0.01, 0, 0, 0, 9, 0, 0, 0, 9});
  md::Domain const domain(md::Communicator::alone(), box);
  md::Exchange<Space> exchange(md::Communicator::alone(), false);
  EXPECT_NE(message_of([&] {
              exchange.build(space, system.positions, system.types, domain, 8.0);
            }).find("boxes along vector a; expected at most 400"),
            std::string::npos);
}

TEST(MdProcessGrid, HasTheLeastSurface) {
  using Grid = std::array<int, 3>;
  EXPECT_EQ(md::process_grid(1, {1, 1, 1}, {}), (Grid{1, 1, 1}));
  EXPECT_EQ(md::process_grid(8, {10, 10, 10}, {}), (Grid{2, 2, 2}));
  EXPECT_EQ(md::process_grid(8, {100, 10, 10}, {}), (Grid{8, 1, 1}));
  EXPECT_EQ(md::process_grid(12, {20, 30, 20}, {}), (Grid{2, 3, 2}));
  EXPECT_EQ(md::process_grid(7, {10, 10, 30}, {}), (Grid{1, 1, 7}));
  EXPECT_EQ(md::process_grid(8, {10, 10, 10}, {0, 8, 0}), (Grid{1, 8, 1}));
  EXPECT_EQ(md::process_grid(8, {10, 10, 10}, {0, 1, 0}), (Grid{2, 1, 4}));
  EXPECT_EQ(
      message_of([] {
        md::process_grid(6, {1, 1, 1}, {0, 4, 0});
      }),
      "parallel.grid: expected numbers whose product is the number of ranks, 6, found [0, 4, 0] (0: free)");
}

TEST(MdShares, AreWholeAndEven) {
  for (std::int64_t const atoms : {0, 1, 5, 17, 1000}) {
    std::int64_t next = 0;
    for (int rank = 0; rank < 7; ++rank) {
      md::Share const share(atoms, rank, 7);
      EXPECT_EQ(share.first, next);
      EXPECT_LE(std::abs(share.count - atoms / 7), 1);
      next += share.count;
    }
    EXPECT_EQ(next, atoms);
  }
}

TEST(MdShares, OfAReplicatedCellMakeTheWhole) {
  examples::Structure cell;
  cell.elements = {"O", "H", "H"};
  cell.positions = {0, 0, 0, 1, 0, 0, 0, 1, 0};
  cell.velocities = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  cell.masses = {16, 1, 2};
  cell.ids = {7, 8, 9};
  cell.has_box = true;
  cell.box = dp::Box({4, 0, 0, 1, 4, 0, 0, 0, 4});
  examples::Structure const whole = examples::replicate(cell, {2, 1, 3});
  ASSERT_EQ(whole.size(), 18);
  EXPECT_EQ(whole.positions[3 * 15 + 2], 8.0);
  examples::Structure parts;
  for (int rank = 0; rank < 4; ++rank) {
    md::Share const share(18, rank, 4);
    auto const sent = md::to_bytes(examples::replicate(cell, {2, 1, 3}, share.first, share.count));
    auto const part = md::from_bytes<examples::Structure>(sent);
    EXPECT_EQ(part.box.h, whole.box.h);
    parts.elements.insert(parts.elements.end(), part.elements.begin(), part.elements.end());
    parts.positions.insert(parts.positions.end(), part.positions.begin(), part.positions.end());
    parts.velocities.insert(parts.velocities.end(), part.velocities.begin(), part.velocities.end());
    parts.masses.insert(parts.masses.end(), part.masses.begin(), part.masses.end());
    EXPECT_TRUE(part.ids.empty());
  }
  EXPECT_EQ(parts.elements, whole.elements);
  EXPECT_EQ(parts.positions, whole.positions);
  EXPECT_EQ(parts.velocities, whole.velocities);
  EXPECT_EQ(parts.masses, whole.masses);
  EXPECT_EQ(whole.masses[17], 2.0);
  EXPECT_EQ(examples::replicate(cell, {1, 1, 1}, 1, 2).ids, (std::vector<std::int64_t>{8, 9}));
}

TEST(MdShares, OfARestartFileTravelExactly) {
  md::Restart restart;
  restart.state.step = 7;
  restart.state.rebuild_step = 5;
  restart.state.thermostat = {1.0 / 3.0};
  restart.state.positions = {0.1, 0.2, 0.3};
  restart.masses = {16.0};
  restart.nearest = "O-O:1.81";
  restart.near_looks = 1;
  restart.structure.elements = {"O"};
  restart.structure.masses = {17.0};
  restart.structure.ids = {1000000000000};
  restart.structure.contents.used = {"pos", "mass"};
  auto const found = md::from_bytes<md::Restart>(md::to_bytes(restart));
  EXPECT_EQ(found.state.step, 7);
  EXPECT_EQ(found.state.rebuild_step, 5);
  EXPECT_EQ(found.state.thermostat, restart.state.thermostat);
  EXPECT_EQ(found.state.positions, restart.state.positions);
  EXPECT_EQ(found.masses, restart.masses);
  EXPECT_EQ(found.nearest, restart.nearest);
  EXPECT_EQ(found.near_looks, restart.near_looks);
  EXPECT_EQ(found.structure.elements, restart.structure.elements);
  EXPECT_EQ(found.structure.masses, restart.structure.masses);
  EXPECT_EQ(found.structure.ids, restart.structure.ids);
  EXPECT_EQ(found.structure.contents.used, restart.structure.contents.used);
}

TEST(MdOutputFile, BlocksInPartsAreWholeOrNotThere) {
  TemporaryFolder const folder;
  {
    md::OutputFile file(folder.path("a"));
    file.append("one\n");
    file.write("half of ");
    file.write("two\n");
    file.complete();
    EXPECT_EQ(file.bytes(), 16);
    file.write("never completed");
    EXPECT_EQ(file.bytes(), 16);
  }
  { md::OutputFile const again(folder.path("a"), 16); }
  EXPECT_EQ(folder.read("a"), "one\nhalf of two\n");
}

TEST(MdReplacement, IsThereOnlyWhenCommitted) {
  TemporaryFolder const folder;
  folder.write("a", "old");
  {
    md::Replacement file(folder.path("a"));
    file.write("new");
  }
  EXPECT_EQ(folder.read("a"), "old");
  EXPECT_FALSE(std::filesystem::exists(folder.path("a.new")));
  {
    md::Replacement file(folder.path("a"));
    file.write("ne");
    file.write("w");
    file.commit();
  }
  EXPECT_EQ(folder.read("a"), "new");
}

}  // namespace
