// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <dp/input/box.hpp>
#include <dp/long_range/fourier_modes.hpp>
#include <dp/long_range/particle_mesh.hpp>
#include <dp/math/fft.hpp>
#include <dp/math/gauss_legendre.hpp>
#include <dp/math/spreading_window.hpp>
#include <numbers>
#include <vector>

namespace dp::detail {

/// What a window does to forces from one direction of a mesh: its aliases give false ones, and modes beyond
/// those of the mesh give none. Modes count as their Gaussians weigh them.
class WindowError {
 public:
  explicit WindowError(SpreadingWindow const& window) : m_aliased(inner().node.size(), 0.0) {
    constexpr int reach = 2;
    std::vector<double> waves;
    for (double const s : inner().node)
      for (int j = -reach; j <= reach; ++j) waves.push_back(s + j);
    auto const transform = window.transform(waves);
    for (std::size_t i = 0; i < m_aliased.size(); ++i) {
      double const* const u = transform.data() + i * (2 * reach + 1);
      for (int j = -reach; j <= reach; ++j) {
        double const wave = inner().node[i] + j, ratio = u[j + reach] / u[reach];
        if (j != 0) m_aliased[i] += wave * wave * ratio * ratio;
      }
    }
  }

  /// The square of the force error, up to a factor that depends on the charges, for a mesh of `spacing` in
  /// units of 1 / beta.
  double square(double spacing) const {
    double const decay = 2.0 * std::numbers::pi * std::numbers::pi / (spacing * spacing);
    double sum = 0.0;
    for (std::size_t i = 0; i < m_aliased.size(); ++i)
      sum += inner().weight[i] * std::exp(-decay * inner().node[i] * inner().node[i]) * m_aliased[i];
    sum += outer()([&](double s) { return std::exp(-decay * s * s) * s * s; });
    return sum / (spacing * spacing * spacing);
  }

 private:
  static GaussLegendre const& inner() {
    static GaussLegendre const nodes(24, 0.0, 0.5);
    return nodes;
  }
  static GaussLegendre const& outer() {
    static GaussLegendre const nodes(24, 0.5, 1.0);
    return nodes;
  }

  std::vector<double> m_aliased;
};

/// A setting with what is expected of it.
struct MeshPlan {
  MeshSetting setting;
  double error;  ///< of forces, up to a factor that depends on the charges
  double cost;   ///< ns a step, about, on one core
};

/// Settings for a box and so many charges, the cheapest first.
inline std::vector<MeshPlan> mesh_plans(Box const& box, double beta, double charges) {
  struct Candidate {
    SpreadingWindow window;
    WindowError error;
  };
  static std::vector<std::vector<Candidate>> const all = [] {  // a list for each number of points
    std::vector<std::vector<Candidate>> result;
    for (int points = 4; points <= 16; ++points) {
      auto& list = result.emplace_back();
      SpreadingWindow window{SpreadingWindow::Kind::b_spline, points};
      list.push_back({window, WindowError(window)});
      window.kind = SpreadingWindow::Kind::semicircle;
      for (double shape = 1.2; shape < 2.85; shape += 0.1) {
        window.shape = shape * points;
        list.push_back({window, WindowError(window)});
      }
    }
    return result;
  }();
  std::array<double, 3> const length = lengths_of(box);

  std::vector<MeshPlan> plans;
  std::array<int, 3> last{};
  for (double spacing = 2.0; spacing > 0.08; spacing /= 1.03) {  // in units of 1 / beta
    MeshPlan plan{};
    double points = 1.0;
    for (std::size_t k = 0; k < 3; ++k) {
      plan.setting.n[k] = fft_length(static_cast<int>(std::ceil(length[k] * beta / spacing)));
      points *= plan.setting.n[k];
    }
    if (plan.setting.n == last || points > most_modes) continue;
    last = plan.setting.n;
    for (auto const& list : all) {
      plan.error = INFINITY;
      for (Candidate const& candidate : list) {
        double square = 0.0;
        for (std::size_t k = 0; k < 3; ++k)
          square += candidate.error.square(length[k] * beta / plan.setting.n[k]) / 3.0;
        if (std::sqrt(square) >= plan.error) continue;
        plan.error = std::sqrt(square);
        plan.setting.window = candidate.window;
      }
      double const p = plan.setting.window.points, width = std::ceil(p / 4.0) * 4.0;
      plan.cost = charges * (90.0 + 0.45 * p * p * width + 6.0 * p * width / 4.0) + points * 13.0;
      plans.push_back(plan);
    }
  }
  std::sort(plans.begin(), plans.end(), [](auto const& a, auto const& b) { return a.cost < b.cost; });
  return plans;
}

}  // namespace dp::detail
