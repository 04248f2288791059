// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/error.hpp>
#include <dp/core/kernels.hpp>
#include <dp/core/views.hpp>
#include <dp/input/box.hpp>
#include <dp/long_range/charge_sum.hpp>
#include <dp/long_range/fourier_modes.hpp>
#include <dp/long_range/mesh_plans.hpp>
#include <dp/long_range/particle_mesh.hpp>
#include <dp/long_range/structure_factors.hpp>
#include <memory>
#include <numbers>
#include <sstream>
#include <string>
#include <vector>

namespace dp {
namespace detail {

template <class Space>
struct SumSquares {
  Vector<double const, Space> values;

  KOKKOS_FUNCTION void operator()(std::int64_t i, double& sum) const { sum += values(i) * values(i); }
};

}  // namespace detail

/// A ParticleMesh that is chosen for a force error with the charges of the first step: the cheapest setting
/// whose forces differ from the direct sum, or in large systems from a mesh that is far finer, by no more:
/// the same on any number of ranks. It is chosen again where a vector of the box, or the distance of two of
/// its faces, has grown by more than 3 % or shrunk by 15 %, and where the charges are others: their number or
/// the sum of their squares.
template <class Space>
class FittedMesh : public ChargeSum<Space> {
 public:
  /// `error`: root mean square of the force components on charges, eV/Angstrom. `beta`: 1/Angstrom, in single
  /// precision as StructureFactors has it.
  FittedMesh(double beta, double error) : m_beta(detail::in_single(beta)), m_error(error) {}

  /// See ChargeSum. \throws dp::Error where no setting has so small an error, or charges or the first forces
  /// on them are not finite
  void compute(Space const& space, WholeSystem const& whole, Charges<Space> const& charges,
               ChargeResults<Space> const& results) override {
    detail::require_periodic(whole.box, "long_range: expected");
    auto const moments = moments_of(space, whole, charges);
    if (!m_mesh || !fits(whole.box, moments)) choose(space, whole, charges, moments);
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
  /// Of the charges of all ranks.
  struct Moments {
    double number, squares;
  };

  static Moments moments_of(Space const& space, WholeSystem const& whole, Charges<Space> const& charges) {
    auto const n = static_cast<std::int64_t>(charges.values.extent(0));
    double squares = 0.0;
    Kokkos::parallel_reduce("dp::FittedMesh::squares", detail::LightRange<Space>(space, 0, n),
                            detail::SumSquares<Space>{charges.values}, squares);
    auto const sums = summed(whole, {static_cast<double>(n), squares});
    return {sums[0], sums[1]};
  }

  bool fits(Box const& box, Moments const& now) const {
    // Charges in another order, or on other ranks, have another rounding.
    if (now.number != m_moments.number ||
        !(std::abs(now.squares - m_moments.squares) <= 1e-9 * m_moments.squares))
      return false;
    auto const extents = extents_of(box);
    for (std::size_t k = 0; k < extents.size(); ++k)
      if (extents[k] > 1.03 * m_extents[k] || extents[k] < 0.85 * m_extents[k]) return false;
    return true;
  }

  /// Lengths of the vectors and distances of faces: those of a sheared box change by themselves.
  static std::array<double, 6> extents_of(Box const& box) {
    auto const lengths = detail::lengths_of(box), widths = box.widths();
    return {lengths[0], lengths[1], lengths[2], widths[0], widths[1], widths[2]};
  }

  /// All ranks take the same way, by sums over them.
  void choose(Space const& space, WholeSystem const& whole, Charges<Space> const& charges,
              Moments const& moments) {
    m_mesh.reset();
    auto const [number, squares] = moments;
    if (!std::isfinite(squares)) fail("long_range: expected finite charges, found one that is not");
    std::vector<detail::MeshPlan> plans = detail::mesh_plans(whole.box, m_beta, number);

    // The factor between errors of plans and those of forces, first as if charges had no order.
    double const volume = whole.box.volume();
    double factor = 2.0 * detail::GaussianCharges::coulomb * squares *
                    std::sqrt(m_beta / (std::max(number, 1.0) * volume));
    auto const wave = std::sqrt(std::log(std::max(1e4 / m_error, 10.0)));
    double const spacing = std::numbers::pi / (2.0 * m_beta * wave);
    double modes = 1.0;
    for (double const length : detail::lengths_of(whole.box)) modes *= length / spacing + 1.0;
    std::vector<double> expected;
    if (0.5 * number * modes < most_work && modes < most_direct_modes) {
      m_against = "the direct sum";
      StructureFactors<Space> direct(m_beta, spacing);
      expected = forces(space, direct, whole, charges);
    } else {
      m_against = "a far finer mesh";
      auto plan = std::find_if(plans.begin(), plans.end(), [&](auto const& candidate) {
        return factor * candidate.error < 0.003 * m_error;
      });
      if (plan == plans.end()) plan = best(plans);
      if (plan == plans.end() || factor * plan->error > 0.1 * m_error) refuse(INFINITY);
      ParticleMesh<Space> fine(space, m_beta, plan->setting);
      expected = forces(space, fine, whole, charges);
    }
    double sum = 0.0;
    for (double const f : expected) sum += f * f;
    if (!std::isfinite(summed(whole, {sum, 0.0})[0]))
      fail("long_range: forces on charges are not finite: a position is not");
    search(space, whole, charges, plans, factor, expected, number);
    m_moments = moments;
    m_extents = extents_of(whole.box);
  }

  /// Of the least expected error.
  template <class Plans>
  static auto best(Plans& plans) {
    return std::min_element(plans.begin(), plans.end(),
                            [](auto const& a, auto const& b) { return a.error < b.error; });
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
        plan = best(plans);
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
    fail(what, m_error, "; no mesh is expected to be ten times as exact, to measure others by");
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

  static constexpr double most_work = 5e8;          // charges times modes of a direct sum: about two seconds
  static constexpr double most_direct_modes = 2e7;  // of a direct sum: their factors take 0.2 GB
  static constexpr int most_trials = 12;

  double m_beta, m_error, m_measured = 0.0;
  std::unique_ptr<ParticleMesh<Space>> m_mesh;
  std::string m_against;
  Moments m_moments{};
  std::array<double, 6> m_extents{};
};

}  // namespace dp
