// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>

#include "evaluate.hpp"
#include "parts.hpp"
#include "transform.hpp"

/// Forces and virials against finite differences of the energy.
namespace dp::test {

/// dE/dh at h = 0 of frame(h): sixth order central difference with the step `h`. Differences are taken atom
/// by atom, so that atoms that do not notice add no rounding.
template <class Potential, class Path>
double slope(Potential& potential, Path const& frame, double h) {
  double const weights[] = {45.0, -9.0, 1.0};
  double sum = 0.0;
  for (int k = 1; k <= 3; ++k) {
    auto const up = atom_energies(potential, frame(k * h)), down = atom_energies(potential, frame(-k * h));
    for (std::size_t i = 0; i < up.size(); ++i) sum += weights[k - 1] * (up[i] - down[i]);
  }
  return sum / (60.0 * h);
}

/// The energy is smooth but where a pair passes rcut or rcut_smth (jump of the third derivative), where
/// neighbours beyond sel change their order (jump of the energy), and in nets with relu where a neuron's
/// input changes its sign (jump of the first derivative). A step so short that nothing of this lies within it
/// is right, so steps are tried from long, where rounding is least, to short.
template <class Potential, class Path>
double slope_deviation(Potential& potential, Path const& frame, double expected) {
  double best = INFINITY;
  for (double h : {2e-3, 5e-4, 1e-4, 2e-5}) {
    best = std::min(best, std::abs(slope(potential, frame, h) - expected));
    if (best < 1e-9) break;
  }
  return best;
}

struct Deviations {
  double force = 0.0, virial = 0.0;
};

/// `components`: random components of forces that are tried; `strains`: random components of strain.
template <class Potential>
Deviations against_differences(Potential& potential, Frame const& frame, std::size_t components,
                               std::size_t strains) {
  auto const results = evaluate(potential, frame);
  Deviations found;
  auto const chosen = shuffled(frame.positions.size());
  for (std::size_t k = 0; k < std::min(components, chosen.size()); ++k) {
    auto const moved = [&](double h) {
      auto copy = frame;
      copy.positions[chosen[k]] += h;
      return copy;
    };
    found.force = std::max(found.force, slope_deviation(potential, moved, -results.force[chosen[k]]));
  }
  auto const chosen_strains = shuffled(9);
  for (std::size_t k = 0; k < strains; ++k) {
    auto const strained = [&](double h) {
      Matrix3 m = {1, 0, 0, 0, 1, 0, 0, 0, 1};
      m[chosen_strains[k]] += 0.2 * h;  // the atoms move as far as with h above
      return mapped(frame, m);
    };
    found.virial = std::max(
        found.virial, slope_deviation(potential, strained, -0.2 * results.virial[chosen_strains[k]]) / 0.2);
  }
  return found;
}

/// Constants of the energy would only add rounding.
inline Model without_biases(Model model) {
  std::fill(standard(model).out_bias.begin(), standard(model).out_bias.end(), 0.0);
  std::fill(fitting_part(model).bias_atom_e.begin(), fitting_part(model).bias_atom_e.end(), 0.0);
  return model;
}

}  // namespace dp::test
