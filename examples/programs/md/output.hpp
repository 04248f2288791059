// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <sstream>

#include "common/extxyz_write.hpp"
#include "md/observer.hpp"
#include "md/parallel/global_order.hpp"
#include "md/report.hpp"
#include "md/restart.hpp"

namespace md {

/// The files of a run, which rank 0 writes. Each row or frame reaches the system as soon as it is there.
/// Errors are those of Communicator::attempt().
class Output {
 public:
  /// `structure`: the box; `elements`: of each type; `present`: those that there are. A continued run goes on
  /// behind what its restart file knows to be written; rows and frames of later steps, which it will write
  /// again, are cut off.
  Output(Input const& input, examples::Structure const& structure, std::vector<std::string> elements,
         std::int64_t atoms, Restart const* continued, Communicator& communicator = Communicator::alone(),
         std::vector<std::string> const& present = {})
      : m_communicator(&communicator),
        m_input(input),
        m_elements(std::move(elements)),
        m_atoms(atoms),
        m_begins(continued == nullptr) {
    m_frame.has_box = structure.has_box;
    m_frame.box = structure.box;
    communicator.attempt([&] {
      if (!communicator.root()) return;
      std::error_code error;
      std::filesystem::create_directories(input.directory, error);
      if (error) dp::fail(input.directory, ": cannot be made as output.directory: ", error.message());
      open_output(m_thermo, input, input.thermo, continued ? &continued->thermo : nullptr);
      open_output(m_trajectory, input, input.trajectory, continued ? &continued->trajectory : nullptr);
      open_output(m_msd, input, input.msd, continued ? &continued->msd : nullptr);
      open_output(m_cna, input, input.cna, continued ? &continued->cna : nullptr);
      if (m_thermo && m_thermo->bytes() == 0) m_thermo->append(csv_header(more_columns(input)));
      std::string header = "step,time_ps";
      for (std::string const& element : present) header += ",msd_" + element;
      if (m_msd && m_msd->bytes() == 0) m_msd->append(header + "\n");
      if (m_cna && m_cna->bytes() == 0) m_cna->append("step,time_ps,atoms,fcc,hcp,bcc,other\n");
    });
  }

  bool begins() const { return m_begins; }  ///< whether the run is not a continued one
  bool thermo_due(std::int64_t step) const { return step % m_input.thermo_every == 0; }
  bool frame_due(std::int64_t step) const {
    return !m_input.trajectory.empty() && step % m_input.trajectory_every == 0;
  }
  bool restart_due(std::int64_t step) const {
    return !m_input.restart.empty() && m_input.restart_every > 0 && step % m_input.restart_every == 0;
  }

  void write_thermo(Observables const& now) {
    m_communicator->attempt([&] {
      if (!m_communicator->root()) return;
      std::fputs(thermo_row(now).c_str(), stdout);
      std::fflush(stdout);
      if (m_thermo) m_thermo->append(csv_row(now, more_columns(m_input)));
    });
  }

  void write_observation(Observation const& now) {
    write_root([&] {
      auto const row = [&](std::string const& more) {
        char begin[64];
        std::snprintf(begin, sizeof begin, "%lld,%.10g", static_cast<long long>(now.step), now.time);
        return begin + more + "\n";
      };
      auto const number = [](double value) {
        char text[32];
        std::snprintf(text, sizeof text, ",%.10g", value);
        return std::string(text);
      };
      std::string displacements;
      for (double const value : now.displacements) displacements += number(value);
      if (m_msd) m_msd->append(row(displacements));
      using analysis::Crystal;
      std::string shares = "," + std::to_string(m_atoms);
      for (auto const kind : {Crystal::fcc, Crystal::hcp, Crystal::bcc, Crystal::other})
        shares += number(now.shares[static_cast<std::size_t>(kind)]);
      if (m_cna) m_cna->append(row(shares));
    });
  }
  /// Prints each element's diffusion coefficient: a sixth of the slope of its mean-square displacement, from
  /// half of the time since the origin on, by the table as it stands. Nothing where that has fewer than
  /// twenty rows.
  void print_diffusion(std::vector<std::string> const& present) const {
    if (!m_msd) return;
    std::vector<double> times;
    std::vector<std::vector<double>> squares(present.size());
    std::ifstream file(m_msd->path());
    for (std::string line; std::getline(file, line);) {
      std::replace(line.begin(), line.end(), ',', ' ');
      std::istringstream row(line);
      std::int64_t step = 0;
      double number = 0.0;
      if (!(row >> step >> number) || step < m_input.observe_from) continue;
      times.push_back(number);
      for (auto& column : squares) column.push_back(row >> number ? number : 0.0);
    }
    if (times.size() < 20) return;
    double const half = 0.5 * (times.front() + times.back());
    auto const skip = std::lower_bound(times.begin(), times.end(), half) - times.begin();
    times.erase(times.begin(), times.begin() + skip);
    for (std::size_t n = 0; n < present.size(); ++n) {
      squares[n].erase(squares[n].begin(), squares[n].begin() + skip);
      std::printf(
          "diffusion coefficient of %s: %.4g Angstrom^2/ps (1e-8 m^2/s), from %g to %g ps, one origin\n",
          present[n].c_str(), analysis::line_slope(times, squares[n]) / 6.0, times.front(), times.back());
    }
  }

  /// Replaces the table of radial distribution functions.
  void write_rdf(std::string const& table) {
    write_root([&] { replace_file(in_directory(m_input.rdf), table); });
  }

  /// The atoms of all ranks at `positions` (N x 3 on each rank), with `velocities` (N x 3) and `energies` (N)
  /// where the input asks for them.
  void write_frame(Observables const& now, std::vector<std::int64_t> const& ids,
                   std::vector<int> const& types, std::vector<double> const& positions,
                   std::vector<double> const& velocities, std::vector<double> const& energies = {}) {
    if (!now.lattice.empty()) std::copy_n(now.lattice.begin(), 9, m_frame.box.h.begin());
    char extra[128];
    std::snprintf(extra, sizeof extra, "step=%lld time_ps=%.10g energy=%.10f",
                  static_cast<long long>(now.step), now.time, now.potential);
    bool const moving = m_input.trajectory_velocities, each = m_input.trajectory_energies;
    write_root([&] { m_trajectory->write(examples::extxyz_head(m_frame, m_atoms, moving, each, extra)); });
    std::vector<std::vector<double> const*> columns = {&positions};
    auto const rows_of_energies = vectors_with(energies);
    if (moving) columns.push_back(&velocities);
    if (each) columns.push_back(&rows_of_energies);
    write_atoms(ids, types, columns, [&](std::vector<double> const& rows, std::int64_t count) {
      m_frame.elements = names(rows, count, columns.size());
      m_frame.positions = column(rows, count, columns.size(), 0);
      if (moving) m_frame.velocities = column(rows, count, columns.size(), 1);
      if (each) m_frame.energies = firsts(column(rows, count, columns.size(), columns.size() - 1));
      if (m_input.wrap && m_frame.has_box) wrap(m_frame);
      m_trajectory->write(examples::extxyz_atoms(m_frame));
    });
    write_root([&] { m_trajectory->complete(); });
  }

  /// Replaces the restart file; does nothing where none is wanted. `observed`: state of the Observer; `more`
  /// adds what others have written.
  void write_restart(State const& state, std::vector<double> const& observed = {},
                     std::function<void(Restart&)> const& more = {}) {
    if (m_input.restart.empty()) return;
    Restart restart;
    restart.state.step = state.step;
    restart.state.rebuild_step = state.rebuild_step;
    restart.state.next_look = state.next_look;
    restart.state.thermostat = state.thermostat;
    restart.state.box_control = state.box_control;
    restart.state.grid = state.grid;
    restart.state.origin_step = state.origin_step;
    restart.observed = observed;
    restart.structure.box = m_frame.box;
    if (!state.lattice.empty()) std::copy_n(state.lattice.begin(), 9, restart.structure.box.h.begin());
    restart.structure.has_box = m_frame.has_box;
    std::optional<Replacement> file;
    write_root([&] {
      restart.thermo = written(m_thermo);
      restart.trajectory = written(m_trajectory);
      restart.msd = written(m_msd);
      restart.cna = written(m_cna);
      if (more) more(restart);
      file.emplace(restart_path());
      file->write(restart_head(restart, m_atoms));
    });
    auto const masses = vectors_with(state.masses);
    std::vector<std::vector<double> const*> columns = {&masses, &state.positions, &state.velocities,
                                                       &state.forces, &state.rebuild_positions};
    if (state.origin_step >= 0) columns.push_back(&state.origins);
    write_atoms(state.ids, state.types, columns, [&](std::vector<double> const& rows, std::int64_t count) {
      restart.structure.elements = names(rows, count, columns.size());
      restart.masses = firsts(column(rows, count, columns.size(), 0));
      std::size_t n = 1;
      for (auto* values : {&restart.state.positions, &restart.state.velocities, &restart.state.forces,
                           &restart.state.rebuild_positions, &restart.state.origins})
        if (n < columns.size()) *values = column(rows, count, columns.size(), n++);
      file->write(restart_atoms(restart));
    });
    write_root([&] {
      file->write(restart_end);
      file->commit();
    });
    m_saved = state.step;
  }

  /// What a run that ends by an error leaves.
  std::string say_saved() const {
    if (m_saved < 0) return "no restart file was written";
    return restart_path() + " is of step " + std::to_string(m_saved);
  }

  std::string restart_path() const { return in_directory(m_input.restart); }

  /// Moves atoms into the box along its periodic vectors.
  static void wrap(examples::Structure& frame) {
    for (std::size_t i = 0; i < frame.positions.size(); i += 3) {
      double* const x = &frame.positions[i];
      auto const f = frame.box.fractional({x[0], x[1], x[2]});
      for (std::size_t v = 0; v < 3; ++v) {
        if (!frame.box.periodic[v]) continue;
        for (std::size_t k = 0; k < 3; ++k) x[k] -= std::floor(f[v]) * frame.box.h[3 * v + k];
      }
    }
  }

 private:
  using Rows = std::vector<double>;

  template <class Work>
  void write_root(Work const& work) {
    if (m_communicator->root()) m_communicator->attempt(work);
  }

  /// Calls write(rows, count) for piece after piece of all atoms, in their order: rows of their types and
  /// three numbers of each column.
  template <class Write>
  void write_atoms(std::vector<std::int64_t> const& ids, std::vector<int> const& types,
                   std::vector<Rows const*> const& columns, Write const& write) {
    std::size_t const width = 1 + 3 * columns.size();
    Rows rows(ids.size() * width);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      rows[i * width] = types[i];
      for (std::size_t c = 0; c < columns.size(); ++c)
        std::copy_n(&(*columns[c])[3 * i], 3, &rows[i * width + 1 + 3 * c]);
    }
    in_global_order(*m_communicator, ids, rows, width, m_atoms, write);
  }

  std::vector<std::string> names(Rows const& rows, std::int64_t count, std::size_t columns) const {
    std::vector<std::string> result;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
      result.push_back(m_elements[static_cast<std::size_t>(rows[i * (1 + 3 * columns)])]);
    return result;
  }

  static Rows column(Rows const& rows, std::int64_t count, std::size_t columns, std::size_t which) {
    Rows result;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      double const* const first = &rows[i * (1 + 3 * columns) + 1 + 3 * which];
      result.insert(result.end(), first, first + 3);
    }
    return result;
  }

  /// Numbers as vectors, so that there is one kind of row; and back.
  static Rows vectors_with(Rows const& numbers) {
    Rows vectors(3 * numbers.size());
    for (std::size_t i = 0; i < numbers.size(); ++i) vectors[3 * i] = numbers[i];
    return vectors;
  }
  static Rows firsts(Rows const& vectors) {
    Rows numbers(vectors.size() / 3);
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = vectors[3 * i];
    return numbers;
  }

  std::string in_directory(std::string const& file) const {
    return (std::filesystem::path(m_input.directory) / file).string();
  }

  Communicator* m_communicator;
  Input m_input;
  std::vector<std::string> m_elements;
  std::int64_t m_atoms;
  bool m_begins;
  std::int64_t m_saved = -1;    ///< step of the restart file that this run has written
  examples::Structure m_frame;  ///< the box, and the atoms of a piece
  std::optional<OutputFile> m_thermo, m_trajectory, m_msd, m_cna;
};

}  // namespace md
