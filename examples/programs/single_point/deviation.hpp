// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <optional>
#include <vector>

#include "common/deepmd_system.hpp"
#include "single_point/evaluate.hpp"

namespace single_point {

/// How far the results of several models for a frame lie from each other. A deviation is the root mean square
/// over the models of what they differ from their mean, or from a label.
struct Deviation {
  struct Range {
    double largest = 0.0, smallest = 0.0, average = 0.0;
  };
  Range virial;         ///< of its nine components for each atom, eV; the average is their root mean square
  Range force;          ///< over the atoms, eV/Angstrom
  double energy = 0.0;  ///< for each atom, eV
  std::vector<double> atoms;  ///< (N), that of each force

  /// What is compared and how.
  struct Settings {
    bool from_labels = false;               ///< with the labels, not with the mean
    std::optional<double> relative;         ///< force: divided by the force and this, eV/Angstrom
    std::optional<double> relative_virial;  ///< virial: divided by the virial and this, eV
  };

  /// `results`: one of each model. With `from_labels` there must be labels of all three.
  Deviation(std::vector<Result> const& results, examples::Labels const& labels, Settings const& settings) {
    std::size_t const n = results.front().atom_energy.size();
    double const per_atom = n > 0 ? 1.0 / static_cast<double>(n) : 0.0;
    auto const spread = [&](std::vector<double> Result::*values, std::vector<double> const& label,
                            std::size_t k) {
      return Spread(results, values, settings.from_labels ? &label[k] : nullptr, k);
    };
    energy = per_atom * spread(&Result::energy, labels.energy, 0).deviation;

    double square = 0.0;
    for (std::size_t i = 0; i < n; ++i) {
      double deviation = 0.0, length = 0.0;
      for (std::size_t c = 0; c < 3; ++c) {
        Spread const s = spread(&Result::force, labels.force, 3 * i + c);
        deviation += s.deviation * s.deviation;
        length += s.centre * s.centre;
      }
      atoms.push_back(std::sqrt(deviation));
      if (settings.relative) atoms.back() /= std::sqrt(length) + *settings.relative;
    }
    force = range(atoms);
    force.average = std::accumulate(atoms.begin(), atoms.end(), 0.0) * per_atom;

    std::vector<double> components;
    double length = 0.0;
    for (std::size_t k = 0; k < 9; ++k) {
      Spread const s = spread(&Result::virial, labels.virial, k);
      components.push_back(per_atom * s.deviation);
      length += per_atom * s.centre * per_atom * s.centre;
    }
    for (double& x : components) {
      if (settings.relative_virial) x /= std::sqrt(length) + *settings.relative_virial;
      square += x * x;
    }
    virial = range(components);
    virial.average = std::sqrt(square) / 3.0;
  }

 private:
  /// Number k of a result by all models.
  struct Spread {
    Spread(std::vector<Result> const& results, std::vector<double> Result::*values, double const* label,
           std::size_t k) {
      auto const models = static_cast<double>(results.size());
      for (Result const& result : results) centre += (result.*values)[k] / models;
      if (label) centre = *label;
      double square = 0.0;
      for (Result const& result : results) {
        double const difference = (result.*values)[k] - centre;
        square += difference * difference;
      }
      deviation = std::sqrt(square / models);
    }
    double centre = 0.0, deviation = 0.0;
  };

  static Range range(std::vector<double> const& values) {
    if (values.empty()) return {};
    auto const [least, most] = std::minmax_element(values.begin(), values.end());
    return {*most, *least, 0.0};
  }
};

}  // namespace single_point
