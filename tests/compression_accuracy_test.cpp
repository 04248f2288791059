// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// What the compressed evaluation costs in accuracy on the trained models, for tolerances from 1e-3 to 1e-10:
// the table of docs/compression.md. The frames have no part in the choice of the basis.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <dp/program/bases.hpp>
#include <sstream>

#include "support/cases.hpp"
#include "support/evaluate.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

#ifdef __SANITIZE_ADDRESS__
std::vector<double> const tolerances = {1e-5};
constexpr std::size_t most_frames = 1;
#else
std::vector<double> const tolerances = {1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10};
constexpr std::size_t most_frames = 10;
#endif

struct Accuracy {
  double force_rms = 0.0, largest_force = 0.0, energy = 0.0, virial = 0.0;  // energy: per molecule or atom
};

class Trained {
 public:
  Trained(Case const& c, double atoms_each)
      : name(c.name), model(load_model(c.model)), m_atoms_each(atoms_each) {
    m_frames = read_frames(c.reference);
    if (m_frames.size() > most_frames) m_frames.resize(most_frames);
    CompiledPotential<Space, Double> exact(model);
    for (auto const& frame : m_frames) m_exact.push_back(evaluate(exact, frame));
  }

  template <class Precision>
  Accuracy of(CompiledPotential<Space, Precision>& potential) const {
    Accuracy found;
    double squares = 0.0;
    std::size_t components = 0;
    for (std::size_t k = 0; k < m_frames.size(); ++k) {
      auto const a = m_exact[k], b = evaluate(potential, m_frames[k]);
      for (std::size_t i = 0; i < a.force.size(); ++i) squares += std::pow(a.force[i] - b.force[i], 2);
      components += a.force.size();
      auto const units = static_cast<double>(m_frames[k].atoms()) / m_atoms_each;
      found.largest_force = std::max(found.largest_force, largest_difference(a.force, b.force));
      found.energy = std::max(found.energy, std::abs(a.energy - b.energy) / units);
      found.virial = std::max(found.virial, largest_difference(a.virial, b.virial) / units);
    }
    found.force_rms = std::sqrt(squares / static_cast<double>(components));
    return found;
  }

  std::string name;
  Model model;

 private:
  double m_atoms_each;
  std::vector<Frame> m_frames;
  std::vector<Results> m_exact;
};

/// K of the pairs and, per centre type, the features in the precision of all else and in float: "16 16 12 12
/// (40 + 472) (52 + 332)".
template <class Precision>
std::string functions(CompiledPotential<Space, Precision> const& potential) {
  std::ostringstream text;
  for (auto const& basis : potential.compressed()->chains[0].bases) text << basis.functions << ' ';
  for (auto const& centre : potential.compressed()->chains[0].centres)
    text << "(" << centre.dimension - centre.single << " + " << centre.single << ") ";
  return text.str();
}

template <class Precision>
Accuracy print_row(Trained const& trained, double tolerance) {
  auto const start = std::chrono::steady_clock::now();
  CompiledPotential<Space, Precision> potential(
      trained.model, {.evaluation = Evaluation::compressed, .tolerance = tolerance});
  double const seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!potential.compressed()) {
    ADD_FAILURE() << potential.description();
    return {};
  }
  auto const found = trained.of(potential);
  std::printf("| %s | %.0e | %s | %.2f | %.1e | %.1e | %.1e | %.1e |\n", Precision::name, tolerance,
              functions(potential).c_str(), seconds, found.energy, found.force_rms, found.largest_force,
              found.virial);
  std::fflush(stdout);
  EXPECT_EQ(potential.handed_over(), 0);
  return found;
}

void check(Trained const& trained, char const* unit) {
  std::printf(
      "%s\n| precision | tolerance, eV/A | K of the pairs, features | set-up, s | energy, eV/%s | force RMS, "
      "eV/A | "
      "largest | virial, eV/%s |\n|---|---|---|---|---|---|---|---|\n",
      trained.name.c_str(), unit, unit);
  for (double tolerance : tolerances) {
    auto const found = print_row<Double>(trained, tolerance);
    EXPECT_LT(found.force_rms, 2.0 * tolerance) << trained.name << ", tolerance " << tolerance;
    if (found.force_rms > tolerance) std::printf("(above the tolerance)\n");
  }
  for (double tolerance : {1e-3, 1e-4, 1e-5}) {
    if (tolerances.size() == 1 && tolerance != tolerances[0]) continue;
    auto const found = print_row<Mix32>(trained, tolerance);
    EXPECT_LT(found.force_rms, 2.0 * tolerance) << trained.name << " in Mix32, tolerance " << tolerance;
  }
}

TEST(CompressionAccuracy, Water) { check(Trained(water_case(), 3.0), "molecule"); }
TEST(CompressionAccuracy, Copper) { check(Trained(copper_case(), 1.0), "atom"); }

/// Without any choice of the user's.
TEST(CompressionAccuracy, DefaultTolerance) {
  for (auto const& trained : {Trained(water_case(), 3.0), Trained(copper_case(), 1.0)}) {
    CompiledPotential<Space, Double> potential(trained.model, {.evaluation = Evaluation::compressed});
    ASSERT_NE(potential.compressed(), nullptr);
    auto const found = trained.of(potential);
    std::printf("%s: %s\n  on the reference frames: force RMS %.1e eV/A\n", trained.name.c_str(),
                potential.description().c_str(), found.force_rms);
    EXPECT_LT(found.force_rms, 1e-6);
  }
}

}  // namespace
}  // namespace dp::test
