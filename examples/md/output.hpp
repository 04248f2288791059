// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <filesystem>
#include <optional>

#include "common/extxyz.hpp"
#include "md/report.hpp"
#include "md/restart.hpp"

namespace md {

/// The files of a run. Each row or frame reaches the system as soon as it is there.
class Output {
 public:
  /// `structure`: elements and box. A continued run goes on behind what its restart file knows to be written;
  /// rows and frames of later steps, which it will write again, are cut off.
  Output(Input const& input, examples::Structure structure, std::vector<double> masses,
         Restart const* continued)
      : m_input(input), m_frame(std::move(structure)), m_masses(std::move(masses)) {
    std::error_code error;
    std::filesystem::create_directories(input.directory, error);
    if (error) dp::fail(input.directory, ": cannot be made as output.directory: ", error.message());
    open(m_thermo, input.thermo, continued ? &continued->thermo : nullptr);
    open(m_trajectory, input.trajectory, continued ? &continued->trajectory : nullptr);
    if (m_thermo && m_thermo->bytes() == 0) m_thermo->append(csv_header());
  }

  bool thermo_due(std::int64_t step) const { return step % m_input.thermo_every == 0; }
  bool frame_due(std::int64_t step) const { return m_trajectory && step % m_input.trajectory_every == 0; }
  bool restart_due(std::int64_t step) const {
    return !m_input.restart.empty() && m_input.restart_every > 0 && step % m_input.restart_every == 0;
  }

  void write_thermo(Observables const& now) {
    std::fputs(thermo_row(now).c_str(), stdout);
    std::fflush(stdout);
    if (m_thermo) m_thermo->append(csv_row(now));
  }

  void write_frame(Observables const& now, std::vector<double> const& positions,
                   std::vector<double> const& velocities) {
    m_frame.positions = positions;
    m_frame.velocities = velocities;
    if (m_input.wrap && m_frame.has_box) wrap(m_frame);
    char extra[128];
    std::snprintf(extra, sizeof extra, "step=%lld time_ps=%.10g energy=%.10f",
                  static_cast<long long>(now.step), now.time, now.potential);
    m_trajectory->append(examples::to_extxyz(m_frame, extra));
  }

  /// Replaces the restart file; does nothing where none is wanted.
  void write_restart(State state) const {
    if (m_input.restart.empty()) return;
    Restart restart;
    restart.state = std::move(state);
    restart.structure.elements = m_frame.elements;
    restart.structure.box = m_frame.box;
    restart.structure.has_box = m_frame.has_box;
    restart.masses = m_masses;
    if (m_thermo) restart.thermo = {m_thermo->path(), m_thermo->bytes()};
    if (m_trajectory) restart.trajectory = {m_trajectory->path(), m_trajectory->bytes()};
    replace_file(restart_path(), to_text(restart));
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
  std::string in_directory(std::string const& file) const {
    return (std::filesystem::path(m_input.directory) / file).string();
  }

  void open(std::optional<OutputFile>& file, std::string const& name, Written const* written) const {
    if (name.empty()) return;
    std::string const path = in_directory(name);
    file.emplace(path, written && written->path == path ? written->bytes : 0);
  }

  Input m_input;
  examples::Structure m_frame;
  std::vector<double> m_masses;
  std::optional<OutputFile> m_thermo, m_trajectory;
};

}  // namespace md
