// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only
#pragma once

// Member functions of Engine; included by dp_engine.h.

namespace dp_lammps {

template <class Space>
template <class X, class F, class E, class V, class C, class Reverse>
void Engine<Space>::compute(Task const& task, X const& x, F const& f, dp::Strided1<int const, Space> types,
                            dp::Strided1<int const, Space> masks, dp::NeighborList<Space> const& list,
                            E const& eatom, V const& vatom, C const& cvatom, Reverse const& reverse) {
  Kokkos::Profiling::ScopedRegion region("dp_lammps::compute");
  double const force_factor = task.factor / task.length;
  constexpr bool same_precision = std::is_same_v<typename F::non_const_value_type, double>;
  bool const direct = same_precision && force_factor == 1.0 && task.newton && !task.deviation;
  bool const atom_virial = vatom.data() || cvatom.data();
  auto const all = static_cast<std::size_t>(task.all), local = static_cast<std::size_t>(task.local);
  int const models = task.deviation ? static_cast<int>(m_potentials.size()) : 1;
  int const virial_column = direct ? 0 : 3 * models;

  m_rows = m_rows_memory.get(m_space, all, static_cast<std::size_t>(virial_column + (atom_virial ? 9 : 0)));
  auto const results = m_results.get(m_space, static_cast<std::size_t>(10 * models));
  auto const atom_energy = m_atom_energy.get(m_space, eatom.data() ? local : 0);
  Kokkos::deep_copy(m_space, m_rows, 0.0);
  Kokkos::deep_copy(m_space, results, 0.0);
  Kokkos::deep_copy(m_space, atom_energy, 0.0);

  dp::Configuration<Space> atoms = configuration(task);
  atoms.positions = positions(task, x);
  auto const columns = [&](int first, int count) {
    return Kokkos::subview(m_rows, Kokkos::ALL, std::make_pair(first, first + count));
  };
  for (int m = 0; m < models; ++m) {
    dp::Output<Space> output;
    output.accumulate = true;
    double* const result = results.data() + 10 * m;
    if (task.energy && m == 0) output.energy = decltype(output.energy)(result);
    if (task.deviation || task.virial) output.virial = dp::Vector<double, Space>(result + 1, 9);
    if (!direct) output.force = columns(3 * m, 3);
    if constexpr (same_precision)
      if (direct) output.force = Kokkos::subview(f, std::make_pair(std::size_t{0}, all), Kokkos::ALL);
    if (m == 0 && eatom.data()) output.atom_energy = atom_energy;
    if (m == 0 && atom_virial) output.atom_virial = columns(virial_column, 9);
    atoms.types = types_of(static_cast<std::size_t>(m), types, masks, task.absent);
    atoms.first_type = first_type(static_cast<std::size_t>(m), task);
    m_potentials[static_cast<std::size_t>(m)]->compute(m_space, atoms, list, output);
  }

  if (!task.newton) exchange(reverse);
  auto const owned = task.newton ? task.all : task.local;  // what LAMMPS does not return to its owner is done
  if (!direct)
    Kokkos::parallel_for("dp_lammps::forces", Range(m_space, 0, owned),
                         AddForces<Space, F>{m_rows, force_factor, f});
  if (eatom.data())
    Kokkos::parallel_for("dp_lammps::energies", Range(m_space, 0, task.local),
                         AddEnergies<Space, E>{atom_energy, task.factor, eatom});
  if (atom_virial)
    Kokkos::parallel_for("dp_lammps::virials", Range(m_space, 0, owned),
                         AddVirials<Space, V, C>{m_rows, virial_column, task.factor, vatom, cvatom});
  if (task.deviation) {
    if (task.newton) exchange(reverse);
    Kokkos::parallel_reduce("dp_lammps::deviation", Range(m_space, 0, task.local),
                            ForceDeviation<Space>{m_rows, models, task.level, m_by_atom.get(m_space, local)},
                            m_extremes);
  }
  if (task.energy || task.virial || task.deviation) {
    m_results_host.resize(results.extent(0));
    Kokkos::deep_copy(
        m_space, Kokkos::View<double*, Kokkos::HostSpace>(m_results_host.data(), results.extent(0)), results);
  }
  m_space.fence("dp_lammps::Engine::compute");
}

template <class Space>
template <class X>
double Engine<Space>::energy(Task const& task, X const& x, dp::Strided1<int const, Space> types,
                             dp::Strided1<int const, Space> masks, dp::NeighborList<Space> const& list) {
  auto const result = m_results.get(m_space, 1);
  Kokkos::deep_copy(m_space, result, 0.0);
  dp::Configuration<Space> atoms = configuration(task);
  atoms.positions = positions(task, x);
  atoms.types = types_of(0, types, masks, task.absent);
  atoms.first_type = first_type(0, task);
  dp::Output<Space> output;
  output.accumulate = true;
  output.energy = decltype(output.energy)(result.data());
  m_potentials.front()->compute(m_space, atoms, list, output);
  double energy = 0.0;
  Kokkos::deep_copy(m_space, Kokkos::View<double*, Kokkos::HostSpace>(&energy, 1), result);
  m_space.fence("dp_lammps::Engine::energy");
  return energy;
}

/// Positions as the library wants them: LAMMPS' own where they are in Angstrom and double.
template <class Space>
template <class X>
dp::Strided2<double const, Space> Engine<Space>::positions(Task const& task, X const& x) {
  auto const all = static_cast<std::size_t>(task.all);
  if constexpr (std::is_same_v<typename X::non_const_value_type, double>)
    if (task.length == 1.0) return Kokkos::subview(x, std::make_pair(std::size_t{0}, all), Kokkos::ALL);
  auto const converted = m_positions.get(m_space, all, 3);
  Kokkos::parallel_for("dp_lammps::positions", Range(m_space, 0, task.all),
                       ConvertPositions<Space, X>{x, 1.0 / task.length, converted});
  return converted;
}

/// Number of atoms and parameters.
template <class Space>
dp::Configuration<Space> Engine<Space>::configuration(Task const& task) {
  dp::Configuration<Space> result;
  result.local = task.local;
  result.whole = &task.whole;
  auto const upload = [&](std::vector<double> const& values, Doubles& buffer) {
    auto const target = buffer.get(m_space, values.size());
    Kokkos::deep_copy(m_space, target,
                      Kokkos::View<double const*, Kokkos::HostSpace>(values.data(), values.size()));
    return target;
  };
  if (task.fparam && !task.fparam->empty()) result.fparam = upload(*task.fparam, m_fparam);
  if (task.aparam && !task.aparam->empty()) {
    auto const values = upload(*task.aparam, m_aparam);
    auto const local = static_cast<std::size_t>(task.local), size = values.extent(0);
    // One row for all atoms is a stride of zero.
    auto const columns = task.aparam_columns;
    std::size_t const stride = size == columns ? 0 : columns;
    result.aparam =
        dp::Strided2<double const, Space>(values.data(), Kokkos::LayoutStride(local, stride, columns, 1));
  }
  return result;
}

template <class Space>
dp::Vector<int const, Space> Engine<Space>::types_of(std::size_t model, dp::Strided1<int const, Space> types,
                                                     dp::Strided1<int const, Space> masks, Absent absent) {
  auto const mapped = m_types[m_same_map[model]].get(m_space, types.extent(0));
  if (m_same_map[model] == model)
    Kokkos::parallel_for("dp_lammps::types", Range(m_space, 0, static_cast<std::int64_t>(types.extent(0))),
                         MapTypes<Space>{types, masks, absent, m_maps[model], mapped});
  return mapped;
}

/// Returns the rows of ghosts to their owners.
template <class Space>
template <class Reverse>
void Engine<Space>::exchange(Reverse const& reverse) {
  m_space.fence("dp_lammps::Engine::exchange");
  m_rows_on_host = false;
  reverse(static_cast<int>(m_rows.extent(1)));
  if (!m_rows_on_host) return;
  Kokkos::deep_copy(m_space, m_rows,
                    dp::Matrix<double const, Kokkos::DefaultHostExecutionSpace>(
                        m_rows_host.data(), m_rows.extent(0), m_rows.extent(1)));
  m_space.fence("dp_lammps::Engine::exchange");
}

/// The rows where the host can reach them: on a device a copy, made when LAMMPS communicates on the host.
template <class Space>
double* Engine<Space>::host_rows() {
  if constexpr (dp::is_host_space<Space>) {
    return m_rows.data();
  } else {
    if (!std::exchange(m_rows_on_host, true)) {
      m_rows_host.resize(m_rows.size());
      Kokkos::deep_copy(m_space,
                        dp::Matrix<double, Kokkos::DefaultHostExecutionSpace>(
                            m_rows_host.data(), m_rows.extent(0), m_rows.extent(1)),
                        m_rows);
      m_space.fence("dp_lammps::Engine::host_rows");
    }
    return m_rows_host.data();
  }
}

}  // namespace dp_lammps
