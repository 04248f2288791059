// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/error.hpp>
#include <dp/long_range/charge_sum.hpp>
#include <dp/long_range/mesh_plans.hpp>
#include <dp/long_range/particle_mesh.hpp>
#include <dp/long_range/structure_factors.hpp>
#include <memory>
#include <numbers>
#include <sstream>
#include <string>
#include <vector>

namespace dp {

/// A ParticleMesh that is chosen for a force error with the charges of the first step: the cheapest setting
/// whose forces differ from the direct sum, or in large systems from a mesh that is far finer, by no more:
/// the same on any number of ranks. It is chosen again where the box has grown by more than 3 % along one of
/// its vectors or shrunk by 15 %, and, on one rank, where the number of charges is another.
template <class Space>
class FittedMesh : public ChargeSum<Space> {
 public:
  /// `error`: root mean square of the force components on charges, eV/Angstrom. `beta`: 1/Angstrom, in single
  /// precision as StructureFactors has it.
  FittedMesh(double beta, double error) : m_beta(detail::in_single(beta)), m_error(error) {}

  /// See ChargeSum. \throws dp::Error where no setting has so small an error
  void compute(Space const& space, WholeSystem const& whole, Charges<Space> const& charges,
               ChargeResults<Space> const& results) override {
    if (!m_mesh || !fits(whole, charges)) choose(space, whole, charges);
    m_mesh->compute(space, whole, charges, results);
  }

  /// See ChargeSum.
  bool totals_virial() const override { return true; }
  /// See ChargeSum.
  std::string description() const override {
    std::ostringstream text;
    if (!m_mesh) {
      text << "a mesh (chosen in the first step for a force error of " << m_error << " eV/Angstrom)";
    } else {
      text.precision(2);
      text << m_mesh->description() << " (force error " << m_measured << " eV/Angstrom against " << m_against
           << ", asked for " << m_error << ")";
    }
    return text.str();
  }
  /// See ChargeSum.
  std::size_t bytes() const override { return m_mesh ? m_mesh->bytes() : 0; }

  /// The measured error, eV/Angstrom; 0 before the first step.
  double measured() const { return m_measured; }

 private:
  bool fits(WholeSystem const& whole, Charges<Space> const& charges) const {
    if (!whole.sum_over_ranks && charges.values.extent(0) != m_charges) return false;
    auto const now = lengths(whole.box);
    for (std::size_t k = 0; k < 3; ++k)
      if (now[k] > 1.03 * m_lengths[k] || now[k] < 0.85 * m_lengths[k]) return false;
    return true;
  }

  static std::array<double, 3> lengths(Box const& box) {
    std::array<double, 3> result{};
    for (std::size_t k = 0; k < 3; ++k)
      result[k] = std::hypot(box.h[3 * k], box.h[3 * k + 1], box.h[3 * k + 2]);
    return result;
  }

  /// All ranks take the same way, by sums over them.
  void choose(Space const& space, WholeSystem const& whole, Charges<Space> const& charges) {
    m_mesh.reset();
    auto const n = charges.values.extent(0);
    std::vector<double> const values = on_host(space, charges.values.data(), n);
    double squares = 0.0;
    for (double const q : values) squares += q * q;
    auto const [number, square] = summed(whole, {static_cast<double>(n), squares});
    std::vector<detail::MeshPlan> plans = detail::mesh_plans(whole.box, m_beta, number);

    // The factor between errors of plans and those of forces, first as if charges had no order.
    double const volume = whole.box.volume();
    double factor = 2.0 * detail::GaussianCharges::coulomb * square *
                    std::sqrt(m_beta / (std::max(number, 1.0) * volume));
    auto const wave = std::sqrt(std::log(std::max(1e4 / m_error, 10.0)));
    double const spacing = std::numbers::pi / (2.0 * m_beta * wave);
    std::vector<double> expected;
    if (0.5 * number * volume / (spacing * spacing * spacing) < most_work) {
      m_against = "the direct sum";
      StructureFactors<Space> direct(m_beta, spacing);
      expected = forces(space, direct, whole, charges);
    } else {
      m_against = "a far finer mesh";
      auto const plan = std::find_if(plans.begin(), plans.end(), [&](auto const& candidate) {
        return factor * candidate.error < 0.003 * m_error;
      });
      if (plan == plans.end()) refuse(INFINITY);
      ParticleMesh<Space> fine(space, m_beta, plan->setting);
      expected = forces(space, fine, whole, charges);
    }
    search(space, whole, charges, plans, factor, expected, number);
    m_charges = n;
    m_lengths = lengths(whole.box);
  }

  /// Measures plans: each says how wrong the factor was.
  void search(Space const& space, WholeSystem const& whole, Charges<Space> const& charges,
              std::vector<detail::MeshPlan> plans, double factor, std::vector<double> const& expected,
              double number) {
    double least = INFINITY, cost = INFINITY;  // cost: of the mesh that is kept
    bool tried_best = false;
    for (int trial = 0; trial < most_trials; ++trial) {
      auto plan = std::find_if(plans.begin(), plans.end(), [&](auto const& candidate) {
        return factor * candidate.error <= 0.9 * m_error;
      });
      if (plan == plans.end() || plan->cost >= cost) {
        if (m_mesh || tried_best || plans.empty()) break;
        tried_best = true;
        plan = std::min_element(plans.begin(), plans.end(),
                                [](auto const& a, auto const& b) { return a.error < b.error; });
      }
      auto mesh = std::make_unique<ParticleMesh<Space>>(space, m_beta, plan->setting);
      std::vector<double> const found = forces(space, *mesh, whole, charges);
      double sum = 0.0;
      for (std::size_t i = 0; i < found.size(); ++i)
        sum += (found[i] - expected[i]) * (found[i] - expected[i]);
      double const error = std::sqrt(summed(whole, {sum, 0.0})[0] / std::max(3.0 * number, 1.0));
      least = std::min(least, error);
      factor = error / plan->error;
      if (error <= m_error && plan->cost < cost) {
        m_mesh = std::move(mesh);
        m_measured = error;
        cost = plan->cost;
      }
      plans.erase(plan);
    }
    if (!m_mesh) refuse(least);
  }

  [[noreturn]] void refuse(double least) const {
    char const* const what = "long_range: expected a force error (eV/Angstrom) that a mesh can have, found ";
    if (std::isfinite(least)) fail(what, m_error, "; the least that was measured is ", least);
    fail(what, m_error);
  }

  /// On the host, (charges x 3).
  std::vector<double> forces(Space const& space, ChargeSum<Space>& sum, WholeSystem const& whole,
                             Charges<Space> const& charges) const {
    auto const n = charges.values.extent(0);
    Buffer<double, Space> memory("dp::FittedMesh::forces");
    ChargeResults<Space> results;
    results.force = memory.get(space, n, 3);
    sum.compute(space, whole, charges, results);
    return on_host(space, results.force.data(), 3 * n);
  }

  static std::vector<double> on_host(Space const& space, double const* data, std::size_t n) {
    std::vector<double> result(n);
    if (n == 0) return result;
    Kokkos::deep_copy(
        space,
        Kokkos::View<double*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>(result.data(), n),
        Vector<double const, Space>(data, n));
    space.fence("dp::FittedMesh: numbers on the host");
    return result;
  }

  static std::array<double, 2> summed(WholeSystem const& whole, std::array<double, 2> numbers) {
    if (whole.sum_over_ranks) whole.sum_over_ranks(numbers.data(), numbers.size());
    return numbers;
  }

  static constexpr double most_work = 5e8;  // charges times modes of a direct sum: about two seconds
  static constexpr int most_trials = 12;

  double m_beta, m_error, m_measured = 0.0;
  std::unique_ptr<ParticleMesh<Space>> m_mesh;
  std::string m_against;
  std::size_t m_charges = 0;
  std::array<double, 3> m_lengths{};
};

}  // namespace dp
