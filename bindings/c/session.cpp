// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include "session.hpp"

#include <algorithm>
#include <dp/core/error.hpp>
#include <dp/input/whole_system.hpp>
#include <dp/long_range/require_long_range.hpp>

namespace dp_c {

namespace {

/// Nets that are narrower are evaluated faster than a basis of them.
constexpr int wide = 32;

dp::Options options_for(dp::Model const& model, Settings const& settings) {
  dp::Options options = settings.options;
  options.evaluation = settings.evaluation.value_or(dp::width(model) >= wide ? dp::Evaluation::compressed
                                                                             : dp::Evaluation::exact);
  return options;
}

/// Type of the first atom that is there: see dp::Configuration::first_type.
int first_type(Atoms const& atoms) {
  int const* const end = atoms.types + atoms.count;
  int const* const first = std::find_if(atoms.types, end, [](int type) { return type >= 0; });
  return first == end ? -1 : *first;
}

template <class T>
using HostVector = Kokkos::View<T*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;

}  // namespace

Session::Session(std::vector<dp::Model> const& models, Settings const& settings)
    : m_space(Kokkos::Experimental::partition_space(Space(), std::vector<int>{1}).front()) {
  for (dp::Model const& model : models) {
    dp::require_energies(model);
    dp::require_long_range(model, settings.options.long_range_error);
    m_potentials.push_back(dp::make_potential(m_space, model, options_for(model, settings)));
    m_cutoff = std::max(m_cutoff, m_potentials.back()->cutoff());
  }
}

std::vector<std::string> Session::descriptions() const {
  std::vector<std::string> result;
  for (auto const& potential : m_potentials) {
    result.push_back(potential->description());
    for (std::string const& remark : potential->model().remarks) result.back() += '\n' + remark;
  }
  return result;
}

std::int64_t Session::dropped() const {
  std::int64_t sum = 0;
  for (auto const& potential : m_potentials) sum += potential->dropped();
  return sum;
}

template <class T>
dp::Vector<T const, Session::Space> Session::read(T const* host, std::size_t n, Buffer<T>& memory) {
  if constexpr (dp::is_host_space<Space>) {
    return dp::Vector<T const, Space>(host, n);
  } else {
    auto const copy = memory.get(m_space, n);
    Kokkos::deep_copy(m_space, copy, HostVector<T const>(host, n));
    return copy;
  }
}

void Session::compute(Atoms const& atoms, dp::Box const& box, Results const& results) {
  auto const n = static_cast<std::size_t>(atoms.count);
  auto const positions = read(atoms.positions, 3 * n, m_positions);
  m_images.build(m_space, dp::Matrix<double const, Space>(positions.data(), n, 3),
                 read(atoms.types, n, m_types), box, m_cutoff);
  m_cells.build(m_space, m_images.positions(), m_images.local(), m_cutoff);
  dp::WholeSystem const whole{box};
  dp::Configuration<Space> configuration = {m_images.positions(), m_images.types(), m_images.local()};
  configuration.whole = &whole;
  evaluate(atoms, configuration, m_cells.list(), true, results);
}

void Session::take_list(HostList const& list, std::int64_t atoms, std::int64_t local) {
  m_list_atoms = -1;
  m_list_centres.clear();
  m_list_entries.clear();
  m_list_starts.assign(1, 0);
  int const mask = list.mask == 0 ? -1 : list.mask;  // of a struct that was filled with zeros
  std::vector<int> row_of(static_cast<std::size_t>(local), -1);
  for (int row = 0; row < list.rows; ++row) {
    int const count = list.counts[row];
    if (count < 0 || (count > 0 && list.entries[row] == nullptr))
      dp::fail("neighbour list: row ", row + 1, " of ", list.rows, ": expected 0 or more entries, found ",
               count < 0 ? std::to_string(count) : "a null pointer to " + std::to_string(count));
    int const centre = list.centres != nullptr ? list.centres[row] : row;
    if (centre >= 0 && centre < local) {  // others are refused where the list is used
      int& owner = row_of[static_cast<std::size_t>(centre)];
      if (owner >= 0)
        dp::fail("neighbour list: row ", row + 1, " of ", list.rows,
                 ": expected each centre once, found atom ", centre + 1, " of row ", owner + 1, " again");
      owner = row;
    }
    m_list_centres.push_back(centre);
    for (int k = 0; k < count; ++k) m_list_entries.push_back(list.entries[row][k] & mask);
    m_list_starts.push_back(static_cast<std::int64_t>(m_list_entries.size()));
  }
  m_list.rows = static_cast<std::int64_t>(m_list_centres.size());
  m_list.centres = read(m_list_centres.data(), m_list_centres.size(), m_centres);
  m_list.starts = read(m_list_starts.data(), m_list_starts.size(), m_starts);
  m_list.entries = read(m_list_entries.data(), m_list_entries.size(), m_entries).data();
  m_list_atoms = atoms;
  m_list_local = local;
}

void Session::compute(Atoms const& atoms, Results const& results) {
  if (m_list_atoms != atoms.count || m_list_local != atoms.local)
    dp::fail("neighbour list: expected a new one for ", atoms.count, " atoms (", atoms.local,
             " local), found ",
             m_list_atoms < 0 ? std::string("none before")
                              : "that of " + std::to_string(m_list_atoms) + " atoms (" +
                                    std::to_string(m_list_local) + " local)");
  auto const n = static_cast<std::size_t>(atoms.count);
  auto const positions = read(atoms.positions, 3 * n, m_positions);
  evaluate(
      atoms,
      {dp::Matrix<double const, Space>(positions.data(), n, 3), read(atoms.types, n, m_types), atoms.local},
      m_list, false, results);
}

void Session::compute(std::size_t model, dp::Configuration<Space> const& configuration,
                      dp::NeighborList<Space> const& list, dp::Output<Space> const& output) {
  try {
    m_potentials[model]->compute(m_space, configuration, list, output);
  } catch (dp::Error const& error) {
    if (m_potentials.size() == 1) throw;
    dp::fail("model ", model + 1, " of ", m_potentials.size(), ": ", error.what());
  }
}

void Session::evaluate(Atoms const& atoms, dp::Configuration<Space> configuration,
                       dp::NeighborList<Space> const& list, bool images, Results const& results) {
  auto const n = static_cast<std::size_t>(atoms.count), local = static_cast<std::size_t>(atoms.local);
  auto const all = configuration.positions.extent(0);  // images included
  dp::FittingSettings const& fitting = dp::fitting_of(m_potentials.front()->model());
  if (atoms.fparam != nullptr && fitting.fparam > 0)
    configuration.fparam = read(atoms.fparam, static_cast<std::size_t>(fitting.fparam), m_fparam);
  if (atoms.aparam != nullptr && fitting.aparam > 0) {
    auto const columns = static_cast<std::size_t>(fitting.aparam);
    configuration.aparam =
        dp::Matrix<double const, Space>(read(atoms.aparam, local * columns, m_aparam).data(), local, columns);
  }
  configuration.first_type = m_first_type >= 0 ? m_first_type : first_type(atoms);

  // Where `Space` writes what the host wants: in place where it can, but images need rows that the host has
  // not.
  auto const place = [&](double* host, std::size_t size, Buffer<double>& memory, bool in_place = true) {
    if (host == nullptr) return dp::Vector<double, Space>();
    if (dp::is_host_space<Space> && in_place) return dp::Vector<double, Space>(host, size);
    return memory.get(m_space, size);
  };
  auto const deliver = [&](dp::Vector<double, Space> const& from, double* host, std::size_t size) {
    if (from.data() == host) return;
    Kokkos::deep_copy(m_space, HostVector<double>(host, size), dp::Vector<double, Space>(from.data(), size));
  };
  auto const of_model = [](double* host, std::size_t size) { return host == nullptr ? host : host + size; };
  for (std::size_t m = 0; m < m_potentials.size(); ++m) {
    double* const host_energy = of_model(results.energy, m);
    double* const host_force = of_model(results.force, 3 * n * m);
    double* const host_virial = of_model(results.virial, 9 * m);
    double* const host_atom_energy = of_model(results.atom_energy, n * m);
    double* const host_atom_virial = of_model(results.atom_virial, 9 * n * m);
    auto const energy = place(host_energy, 1, m_energy);
    auto const force = place(host_force, 3 * all, m_force, !images);
    auto const virial = place(host_virial, 9, m_virial);
    auto const atom_energy = place(host_atom_energy, local, m_atom_energy);
    auto const atom_virial = place(host_atom_virial, 9 * all, m_atom_virial, !images);

    dp::Output<Space> output;
    if (host_energy != nullptr) output.energy = dp::Single<double, Space>(energy.data());
    if (host_force != nullptr) output.force = dp::Matrix<double, Space>(force.data(), all, 3);
    if (host_virial != nullptr) output.virial = virial;
    if (host_atom_energy != nullptr) output.atom_energy = atom_energy;
    if (host_atom_virial != nullptr)
      output.atom_virial = dp::Matrix<double, Space>(atom_virial.data(), all, 9);
    compute(m, configuration, list, output);
    if (images && host_force != nullptr) m_images.fold(m_space, output.force);
    if (images && host_atom_virial != nullptr) m_images.fold(m_space, output.atom_virial);

    deliver(energy, host_energy, 1);
    deliver(force, host_force, 3 * n);
    deliver(virial, host_virial, 9);
    deliver(atom_energy, host_atom_energy, local);
    deliver(atom_virial, host_atom_virial, 9 * n);
    m_space.fence("dp_c::Session::evaluate");
    if (host_atom_energy != nullptr) std::fill(host_atom_energy + local, host_atom_energy + n, 0.0);
  }
}

}  // namespace dp_c
