// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <dp/core/error.hpp>
#include <dp/input/neighbor_cells.hpp>
#include <dp/input/periodic_images.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "md/simulation.hpp"

/// Begins a test of a model's dynamics.
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__)
#define SKIP_WHERE_SLOW() static_cast<void>(0)
#else
#define SKIP_WHERE_SLOW() GTEST_SKIP() << "too slow without optimisation"
#endif

/// Begins a test of minutes, which tests/run.sh --full asks for.
#define SKIP_UNLESS_FULL() \
  if (std::getenv("DP_FULL_TESTS") == nullptr) GTEST_SKIP() << "long: set DP_FULL_TESTS"

namespace toys {

using Space = Kokkos::DefaultExecutionSpace;

/// Every atom on a spring of its own about the origin.
struct Springs {
  double stiffness = 1.0;  // eV/Angstrom^2

  void rebuild(Space const&, md::System<Space> const&) {}
  void stretch(md::Stretch const&) {}
  double reach() const { return 0.0; }
  void compute(Space const& space, md::System<Space> const& system, bool) const {
    auto const x = system.positions, f = system.forces;
    double const k = stiffness;
    double energy = 0.0;
    Kokkos::parallel_reduce(
        Kokkos::RangePolicy<Space>(space, 0, x.extent(0)),
        KOKKOS_LAMBDA(std::size_t i, double& sum) {
          for (std::size_t c = 0; c < 3; ++c) {
            f(i, c) = -k * x(i, c);
            sum += 0.5 * k * x(i, c) * x(i, c);
          }
        },
        energy);
    Kokkos::deep_copy(space, system.energy, energy);
  }
};

/// Soft repulsion u(r) = (1 - r/cutoff)^4 eV in a periodic box, summed in the order of the neighbour list, so
/// that another list gives other rounding. Each atom sums its own force. Of the virial only its diagonal.
struct SoftSpheres {
  dp::Box box;
  double cutoff = 3.0;
  double skin = 2.0;  // as md::Input has it
  dp::PeriodicImages<Space> images = {};
  dp::NeighborCells<Space> cells = {};
  md::Stretch factors = md::no_stretch;  // of the box since the list was made

  void stretch(md::Stretch const& now) { factors = now; }
  double reach() const { return cutoff + skin; }

  void rebuild(Space const& space, md::System<Space> const& system) {
    box = box.stretched(std::exchange(factors, md::no_stretch));
    images.build(space, system.positions, system.types, box, cutoff + skin);
    cells.build(space, images.positions(), images.local(), cutoff + skin);
  }

  void compute(Space const& space, md::System<Space> const& system, bool) {
    images.update(space, system.positions, factors);
    auto const x = images.positions();
    auto const f = system.forces;
    auto const list = cells.list();
    double const end = cutoff;
    double energy = 0.0, along[3] = {};
    Kokkos::parallel_reduce(
        Kokkos::RangePolicy<Space>(space, 0, f.extent(0)),
        KOKKOS_LAMBDA(std::size_t i, double& sum, double& wx, double& wy, double& wz) {
          for (std::size_t c = 0; c < 3; ++c) f(i, c) = 0.0;
          auto const row = static_cast<std::int64_t>(i);
          for (std::int64_t k = 0; k < list.count(row); ++k) {
            int const j = list.neighbour(row, k);
            double d[3], square = 0.0;
            for (int c = 0; c < 3; ++c) {
              d[c] = x(row, c) - x(j, c);
              square += d[c] * d[c];
            }
            double const r = Kokkos::sqrt(square), gap = 1.0 - r / end;
            if (gap <= 0.0) continue;
            sum += 0.5 * gap * gap * gap * gap;
            double const factor = 4.0 * gap * gap * gap / (end * r);
            for (int c = 0; c < 3; ++c) f(row, c) += factor * d[c];
            wx += 0.5 * factor * d[0] * d[0];
            wy += 0.5 * factor * d[1] * d[1];
            wz += 0.5 * factor * d[2] * d[2];
          }
        },
        energy, along[0], along[1], along[2]);
    Kokkos::deep_copy(space, system.virial, 0.0);
    for (std::size_t c = 0; c < 3; ++c)
      Kokkos::deep_copy(space, Kokkos::subview(system.virial, 4 * c), along[c]);
    Kokkos::deep_copy(space, system.energy, energy);
  }
};

/// The message of the dp::Error that `action` throws.
template <class Action>
std::string message_of(Action const& action) {
  try {
    action();
  } catch (dp::Error const& error) {
    return error.what();
  }
  return "(no error)";
}

/// A folder for the files of one test, removed afterwards.
class TemporaryFolder {
 public:
  TemporaryFolder()
      : m_path(std::filesystem::temp_directory_path() /
               ("dp_test_" + std::to_string(::getpid()) + "_" +
                testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::create_directories(m_path);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(m_path); }
  TemporaryFolder(TemporaryFolder const&) = delete;
  TemporaryFolder& operator=(TemporaryFolder const&) = delete;

  std::string path(std::string const& name) const { return (m_path / name).string(); }

  std::string write(std::string const& name, std::string const& text) const {
    std::ofstream(path(name)) << text;
    return path(name);
  }

  std::string read(std::string const& name) const {
    std::ifstream file(path(name));
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::filesystem::path m_path;
};

}  // namespace toys
