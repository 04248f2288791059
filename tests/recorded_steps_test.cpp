// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Options::graph: steps that are replayed from a recording give what steps that run give, whatever changes
// between them. Where nothing can be recorded, the option must not change anything.

#include <gtest/gtest.h>

#include <limits>

#include "support/cases.hpp"
#include "support/evaluate.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

/// Two evaluators of the same atoms, with and without recordings.
class Recorded : public ::testing::Test {
 protected:
  Recorded()
      : m_replaying(m_space, load_model(m_case.model), options(true)),
        m_running(m_space, load_model(m_case.model), options(false)),
        m_frame(read_frames(m_case.reference).front()),
        m_scene(m_frame, m_running.cutoff() + 1.0),
        m_positions("positions", m_scene.images.atoms(), 3),
        m_types("types", static_cast<std::size_t>(m_scene.images.atoms())),
        m_a(m_scene),
        m_b(m_scene) {
    Kokkos::deep_copy(m_positions, m_scene.images.positions());
    Kokkos::deep_copy(m_types, m_scene.images.types());
  }

  /// A step of both; the sums are in fixed point, so nothing may differ.
  void compare(bool energies = true) {
    auto const list = m_scene.cells.list();
    Configuration<Space> const configuration = {m_positions, m_types, m_scene.images.local()};
    auto const output = [&](Memory<Space> const& memory) {
      return energies ? memory.all() : Output<Space>{.force = memory.force};
    };
    m_replaying.compute(m_space, configuration, list, output(m_a));
    m_running.compute(m_space, configuration, list, output(m_b));
    m_space.fence();
    auto const a = m_a.results(), b = m_b.results();
    EXPECT_EQ(a.force, b.force);
    if (!energies) return;
    EXPECT_EQ(a.energy, b.energy);
    EXPECT_EQ(a.atom_energy, b.atom_energy);
    EXPECT_EQ(a.virial, b.virial);
    EXPECT_EQ(a.atom_virial, b.atom_virial);
  }
  void move(std::size_t atom, double x) { Kokkos::deep_copy(Kokkos::subview(m_positions, atom, 0), x); }

  static Options options(bool graph) {
    return {.evaluation = Evaluation::compressed, .reproducible = true, .graph = graph};
  }

  Space const m_space;
  Case const m_case = water_case();
  CompiledPotential<Space, Double> m_replaying, m_running;
  Frame const m_frame;
  Scene<Space> const m_scene;
  Kokkos::View<double**, Kokkos::LayoutRight, Space::memory_space> m_positions;
  Kokkos::View<int*, Space::memory_space> m_types;
  Memory<Space> m_a, m_b;
};

TEST_F(Recorded, AtomsMove) {
  double const x = m_frame.positions[0];
  for (int step = 0; step < 5; ++step) {
    move(0, x + 0.02 * step);
    compare();
  }
}

TEST_F(Recorded, OutputsAlternate) {
  double const x = m_frame.positions[0];
  for (int step = 0; step < 8; ++step) {
    move(0, x + 0.02 * step);
    compare(step % 2 == 0);
  }
}

TEST_F(Recorded, TypesChange) {
  for (int step = 0; step < 3; ++step) compare();
  Kokkos::deep_copy(Kokkos::subview(m_types, 0), m_frame.types[0] == 0 ? 1 : 0);
  for (int step = 0; step < 3; ++step) compare();
}

TEST_F(Recorded, AtomsComeNear) {
  for (int step = 0; step < 3; ++step) compare();
  auto const before = m_replaying.handed_over();
  auto const all = host_copy(m_scene.images.positions());
  auto const neighbour = static_cast<std::size_t>(m_scene.neighbors()[0][0]);
  auto const place = [&](std::size_t at, double off) {
    for (std::size_t c = 0; c < 3; ++c)
      Kokkos::deep_copy(Kokkos::subview(m_positions, 0, c), all[3 * at + c] + (c == 0 ? off : 0.0));
  };
  place(neighbour, 0.2);
  for (int step = 0; step < 3; ++step) compare();
  EXPECT_GT(m_replaying.handed_over(), before);
  place(0, 0.0);
  for (int step = 0; step < 3; ++step) compare();
}

TEST_F(Recorded, ErrorsAreFound) {
  for (int step = 0; step < 3; ++step) compare();
  double const x = m_frame.positions[0];
  move(0, std::numeric_limits<double>::quiet_NaN());
  EXPECT_THROW(compare(), Error);
  move(0, x);
  for (int step = 0; step < 3; ++step) compare();
}

}  // namespace
}  // namespace dp::test
