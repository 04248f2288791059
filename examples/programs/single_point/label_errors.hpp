// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/deepmd_system.hpp"
#include "single_point/evaluate.hpp"

namespace single_point {

/// Deviations of numbers from their labels.
class ErrorSum {
 public:
  void add(double deviation) {
    m_absolute += std::abs(deviation);
    m_square += deviation * deviation;
    m_largest = std::max(m_largest, std::abs(deviation));
    ++m_count;
  }
  void add(ErrorSum const& other) {
    m_absolute += other.m_absolute;
    m_square += other.m_square;
    m_largest = std::max(m_largest, other.m_largest);
    m_count += other.m_count;
  }

  std::int64_t count() const { return m_count; }
  double mean_absolute() const { return m_absolute / static_cast<double>(m_count); }
  double root_mean_square() const { return std::sqrt(m_square / static_cast<double>(m_count)); }
  double largest() const { return m_largest; }

 private:
  double m_absolute = 0.0, m_square = 0.0, m_largest = 0.0;
  std::int64_t m_count = 0;
};

/// Errors of all that frames have labels of, every number with the same weight.
class LabelErrors {
 public:
  /// `quantity`: what the model gives.
  explicit LabelErrors(dp::Quantity quantity) : m_quantity(std::move(quantity)) {}

  void add(examples::Structure const& frame, examples::Labels const& labels, Result const& result) {
    ++m_frames;
    m_atoms += frame.size();
    if (!m_quantity.is_energy()) return compare(Row::output, labels.output, result.output);
    double const per_atom = 1.0 / static_cast<double>(std::max<std::int64_t>(frame.size(), 1));
    compare(Row::energy, labels.energy, result.energy);
    compare(Row::energy_per_atom, labels.energy, result.energy, per_atom);
    compare(Row::force, labels.force, result.force);
    for (std::size_t k = 0; k < labels.force.size(); ++k)
      m_force_on[frame.elements[k / 3]].add(result.force[k] - labels.force[k]);
    if (frame.has_box) {
      compare(Row::virial, labels.virial, result.virial);
      compare(Row::virial_per_atom, labels.virial, result.virial, per_atom);
      compare(Row::stress, labels.virial, result.virial, 1.0 / frame.volume());
    }
    compare(Row::atom_energy, labels.atom_energy, result.atom_energy);
  }

  void add(LabelErrors const& other) {
    m_frames += other.m_frames;
    m_atoms += other.m_atoms;
    for (std::size_t k = 0; k < rows; ++k) m_sums[k].add(other.m_sums[k]);
    for (auto const& [element, sum] : other.m_force_on) m_force_on[element].add(sum);
  }

  std::int64_t frames() const { return m_frames; }

  /// A table under a line with what it is of.
  void print(std::string const& title) const {
    std::printf("%s: %lld frame%s, %lld atoms\n", title.c_str(), static_cast<long long>(m_frames),
                m_frames == 1 ? "" : "s", static_cast<long long>(m_atoms));
    std::printf("  %-18s %14s %14s %14s %12s  %s\n", "", "MAE", "RMSE", "largest", "numbers", "unit");
    char const* const names[rows][2] = {
        {"energy", "eV"},          {"energy per atom", "eV"},
        {"force", "eV/A"},         {"virial", "eV"},
        {"virial per atom", "eV"}, {"stress", "eV/A^3"},
        {"energy of atoms", "eV"}, {m_quantity.name.c_str(), "as the labels"}};
    for (std::size_t k = 0; k < rows; ++k) {
      print(names[k][0], m_sums[k], names[k][1]);
      if (k == static_cast<std::size_t>(Row::force))
        for (auto const& [element, sum] : m_force_on) print("force on " + element, sum, "eV/A");
    }
    if (std::all_of(m_sums, m_sums + rows, [](ErrorSum const& sum) { return sum.count() == 0; }))
      std::printf("  no labels: expected %s.npy%s\n", m_quantity.name.c_str(),
                  m_quantity.is_energy() ? ", force.npy or virial.npy" : "");
    std::printf("\n");
  }

 private:
  enum class Row { energy, energy_per_atom, force, virial, virial_per_atom, stress, atom_energy, output };
  static constexpr std::size_t rows = 8;

  void compare(Row row, std::vector<double> const& labels, std::vector<double> const& results,
               double scale = 1.0) {
    for (std::size_t k = 0; k < labels.size(); ++k)
      m_sums[static_cast<std::size_t>(row)].add(scale * (results[k] - labels[k]));
  }

  static void print(std::string const& name, ErrorSum const& sum, char const* unit) {
    if (sum.count() == 0) return;
    std::printf("  %-18s %14.6e %14.6e %14.6e %12lld  %s\n", name.c_str(), sum.mean_absolute(),
                sum.root_mean_square(), sum.largest(), static_cast<long long>(sum.count()), unit);
  }

  dp::Quantity m_quantity;
  ErrorSum m_sums[rows];
  std::map<std::string, ErrorSum> m_force_on;  ///< by element
  std::int64_t m_frames = 0, m_atoms = 0;
};

}  // namespace single_point
