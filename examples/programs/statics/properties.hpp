// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/model/model.hpp>
#include <functional>

#include "statics/equation_of_state.hpp"
#include "statics/sample.hpp"
#include "structures/change.hpp"

namespace statics {

/// What is asked about a cubic crystal of one element.
struct Crystal {
  std::string lattice = "fcc", element;
  double constant = 0.0;  ///< where the search for the lattice constant begins, Angstrom
};

/// How it is found out.
struct Settings {
  double tolerance = 1e-4;     ///< of forces when atoms are relaxed, eV/Angstrom
  double strain = 1e-3;        ///< of elastic constants
  double volume_range = 0.05;  ///< of the equation of state, to each side
  int volumes = 21;
  std::int64_t vacancy_size = 5;   ///< edge of the supercell, lattice constants
  std::int64_t fault_layers = 17;  ///< between stacking faults; 2 more than a multiple of 3
};

struct Elastic {
  double c11 = 0.0, c12 = 0.0, c44 = 0.0;  ///< eV/Angstrom^3
};

struct Vacancy {
  double unrelaxed = 0.0, relaxed = 0.0;  ///< formation energy, eV
};

struct Fault {
  double unrelaxed = 0.0;  ///< atoms where they are in the crystal, eV/Angstrom^2
  double relaxed = 0.0;    ///< atoms and the distance of the faults, eV/Angstrom^2
};

/// Static properties of a crystal under a model.
template <class Space>
class Properties {
 public:
  using Potential = dp::Potential<Space>;

  Properties(Space const& space, Potential& potential, dp::Model const& model, Crystal crystal,
             Settings settings)
      : m_space(space), m_potential(&potential), m_crystal(std::move(crystal)), m_settings(settings) {
    examples::Structure probe;
    probe.source = "crystal";
    probe.elements = {m_crystal.element};
    m_type = examples::types_of(probe, model.type_map, "")[0];
    find_constant();
  }

  double lattice_constant() const { return m_crystal.constant; }  ///< Angstrom
  double energy_per_atom() const { return m_energy; }             ///< eV

  /// Around the volume at rest, in steps of equal size.
  std::vector<VolumePoint> equation_of_state() {
    std::vector<VolumePoint> points;
    for (int n = 0; n < m_settings.volumes; ++n) {
      double const x = m_settings.volume_range * (2.0 * n / (m_settings.volumes - 1) - 1.0);
      points.push_back(at(m_crystal.constant * std::cbrt(1.0 + x)));
    }
    return points;
  }

  /// From the stress of cells strained to both sides, atoms relaxed.
  Elastic elastic() {
    double const e = m_settings.strain;
    auto const pulled =
        stress_slope([e](double sign) { return std::array<double, 9>{sign * e, 0, 0, 0, 0, 0, 0, 0, 0}; });
    auto const sheared = stress_slope([e](double sign) {
      return std::array<double, 9>{0, 0.5 * sign * e, 0, 0.5 * sign * e, 0, 0, 0, 0, 0};
    });
    return {pulled[0], 0.5 * (pulled[4] + pulled[8]), 0.5 * (sheared[1] + sheared[3])};
  }

  Vacancy vacancy() {
    auto atoms = cell(m_crystal.constant);
    std::int64_t const n = m_settings.vacancy_size;
    replicate(atoms, {n, n, n});
    keep_if(atoms, [](std::size_t i) { return i != 0; });
    auto sample = sample_of(to_structure(atoms));
    double const others = static_cast<double>(atoms.size()) * m_energy;
    double const before = sample.evaluate().energy - others;
    return {before, sample.relax(m_settings.tolerance).energy - others};
  }

  /// Of an intrinsic fault of the layers (111) of fcc.
  Fault stacking_fault() {
    std::int64_t const layers = m_settings.fault_layers;
    if (m_crystal.lattice != "fcc")
      dp::fail("stacking fault: expected the lattice fcc, found ", m_crystal.lattice);
    if (layers < 5 || layers % 3 != 2)
      dp::fail("stacking fault: expected 5, 8, 11 ... layers, found ", layers);
    std::string sequence;
    for (std::int64_t n = 0, place = 0; n < layers; ++n) {
      sequence += static_cast<char>('A' + place % 3);
      place += n == layers / 2 ? 2 : 1;
    }
    auto structure = to_structure(structures::close_packed(m_crystal.element, m_crystal.constant, sequence));
    double const area = structure.box.h[0] * structure.box.h[4];
    double const perfect = static_cast<double>(structure.size()) * m_energy;
    Fault fault;
    fault.unrelaxed = (sample_of(structure).evaluate().energy - perfect) / area;
    // Then the atoms, and the height of the cell by the secant method until it is free of stress.
    double strain = 0.0, next = 1e-4, last_stress = 0.0;
    for (int round = 0; round < 20; ++round) {
      auto const state = sample_of(structure).relax(m_settings.tolerance);
      structure.positions = state.positions;
      fault.relaxed = (state.energy - perfect) / area;
      double const stress = state.stress[8];
      if (std::abs(stress) * gigapascal < 1e-3) return fault;
      if (round > 0) next = -stress * (strain / (stress - last_stress));
      last_stress = stress;
      strain = next;
      structure.box.h[8] *= 1.0 + strain;
      for (std::size_t k = 2; k < structure.positions.size(); k += 3) structure.positions[k] *= 1.0 + strain;
    }
    dp::fail("stacking fault: the height of the cell does not come to rest");
  }

 private:
  structures::Atoms cell(double constant) const {
    return to_atoms(structures::conventional(m_crystal.lattice, m_crystal.element, constant, 0.0));
  }

  Sample<Space> sample_of(examples::Structure const& structure) const {
    return {m_space, *m_potential, structure, std::vector<int>(structure.elements.size(), m_type)};
  }

  VolumePoint at(double constant) const {
    auto const structure = to_structure(cell(constant));
    auto const state = sample_of(structure).evaluate();
    auto const n = static_cast<double>(structure.size());
    return {structure.volume() / n, state.energy / n,
            -(state.stress[0] + state.stress[4] + state.stress[8]) / 3.0};
  }

  /// Secant method for the constant without pressure.
  void find_constant() {
    double const begin = m_crystal.constant;
    double last = begin, a = begin * 1.002;
    double last_pressure = at(last).pressure;
    for (int round = 0; round < 50; ++round) {
      auto const point = at(a);
      if (std::abs(point.pressure) * gigapascal < 1e-7) {
        // At a minimum of the energy pressing the crystal raises the pressure.
        if (!(at(a * 0.999).pressure > 0.0 && at(a * 1.001).pressure < 0.0)) break;
        m_crystal.constant = a;
        m_energy = point.energy;
        return;
      }
      double const slope = (point.pressure - last_pressure) / (a - last);
      last = std::exchange(a, std::clamp(a - point.pressure / slope, 0.97 * a, 1.03 * a));
      last_pressure = point.pressure;
      if (!(a > 0.5 * begin && a < 2.0 * begin)) break;
    }
    dp::fail("lattice constant: no minimum of the energy of ", m_crystal.lattice, " ", m_crystal.element,
             " was found from ", begin, " Angstrom on");
  }

  /// The change of the stress per strain, from the two strains strain(+1) and strain(-1).
  template <class Strain>
  std::array<double, 9> stress_slope(Strain const& strain) const {
    std::array<double, 9> slope{};
    for (double const sign : {1.0, -1.0}) {
      auto structure = to_structure(cell(m_crystal.constant));
      auto const e = strain(sign);
      auto const deform = [&](double* x) {
        double const old[3] = {x[0], x[1], x[2]};
        for (std::size_t k = 0; k < 3; ++k) x[k] += old[0] * e[k] + old[1] * e[3 + k] + old[2] * e[6 + k];
      };
      for (std::size_t v = 0; v < 9; v += 3) deform(&structure.box.h[v]);
      for (std::size_t i = 0; i < structure.positions.size(); i += 3) deform(&structure.positions[i]);
      auto const state = sample_of(structure).relax(m_settings.tolerance);
      for (std::size_t k = 0; k < 9; ++k) slope[k] += sign * state.stress[k] / (2.0 * m_settings.strain);
    }
    return slope;
  }

  Space m_space;
  Potential* m_potential;
  Crystal m_crystal;
  Settings m_settings;
  int m_type = 0;
  double m_energy = 0.0;
};

}  // namespace statics
