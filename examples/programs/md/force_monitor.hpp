// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <optional>
#include <string>

#include "common/extxyz_write.hpp"
#include "md/force_distribution.hpp"
#include "md/input.hpp"
#include "md/restart.hpp"

namespace md {

/// Looks for forces out of the ordinary, as [monitor] asks. All functions are to be called by all ranks.
template <class Space>
class ForceMonitor {
 public:
  /// `elements`: of the types. The files of a continued run go on behind what its restart file knows to be
  /// written, as those of Output do. Their errors are those of Communicator::attempt().
  ForceMonitor(Input const& input, std::vector<std::string> elements, Restart const* continued,
               Communicator& communicator)
      : m_input(input),
        m_elements(std::move(elements)),
        m_communicator(&communicator),
        m_forces(m_elements.size(), input.monitor_deviations, input.monitor_force, communicator) {
    if (input.monitor_every == 0 || !communicator.root()) return;
    communicator.attempt([&] {
      open_output(m_table, input, input.monitor_file, continued ? &continued->outliers : nullptr);
      open_output(m_frames, input, input.surroundings, continued ? &continued->surroundings : nullptr);
      if (m_table && m_table->bytes() == 0) m_table->append("step,atom,element,force_eV_A,limit_eV_A\n");
    });
  }

  bool due(std::int64_t step) const { return m_input.monitor_every > 0 && step % m_input.monitor_every == 0; }

  /// Looks at the forces of a step and writes what is found; whether the run is to end.
  template <class Forces>
  bool look(Space const& space, System<Space> const& system, Forces const& forces, std::int64_t step) {
    auto const own = m_forces.look(space, system);
    auto const all = m_communicator->sum(own.count);
    if (all == 0) return false;
    m_found += all;
    if (m_first < 0) m_first = step;
    to_root(m_table, own.count > 0 ? rows(space, system, own, step) : std::string());
    double const worst = m_communicator->maximum<1>({own.excess})[0];
    double const number = own.excess == worst ? m_communicator->size() - m_communicator->rank() : 0.0;
    bool const mine = m_communicator->maximum<1>({number})[0] == number;
    if (!m_input.surroundings.empty())
      to_root(m_frames, mine ? surroundings(space, system, forces, own.atom, step) : std::string());
    return m_input.monitor_stop;
  }

  /// Tells a restart file how far the files are written.
  void save(Restart& restart) const {
    restart.outliers = written(m_table);
    restart.surroundings = written(m_frames);
  }

  std::int64_t found() const { return m_found; }  ///< of all ranks
  std::int64_t first() const { return m_first; }  ///< step of the first; -1: none

 private:
  /// Appends the texts of all ranks to a file of rank 0.
  void to_root(std::optional<OutputFile>& file, std::string text) const {
    if (!m_communicator->root()) return m_communicator->send(0, text);
    for (int rank = 1; rank < m_communicator->size(); ++rank) text += m_communicator->receive(rank);
    m_communicator->attempt([&] {
      if (file && !text.empty()) file->append(text);
    });
  }

  std::string rows(Space const& space, System<Space> const& system, ForceOutliers const& outliers,
                   std::int64_t step) const {
    constexpr int most = 1000;  // rows of a step, should all forces be wrong
    auto const f = download(space, system.forces);
    auto const types = download(space, system.types);
    auto const ids = download(space, system.ids);
    std::string text;
    int written = 0;
    for (std::size_t i = 0; i < ids.size() && written < most; ++i) {
      auto const type = static_cast<std::size_t>(types[i]);
      double const force = std::hypot(f[3 * i], f[3 * i + 1], f[3 * i + 2]);
      if (!(excess_of(force, outliers.limits[type]) > 1.0)) continue;
      char row[200];
      std::snprintf(row, sizeof row, "%lld,%lld,%s,%.6g,%.6g\n", static_cast<long long>(step),
                    static_cast<long long>(ids[i] + 1), m_elements[type].c_str(), force,
                    outliers.limits[type]);
      text += row;
      ++written;
    }
    return text;
  }

  /// An atom and all within the model's cutoff of it, without a box.
  template <class Forces>
  std::string surroundings(Space const& space, System<Space> const& system, Forces const& forces, int row,
                           std::int64_t step) const {
    auto const x = download(space, forces.ghosts().positions());
    auto const types = download(space, forces.ghosts().types());
    double const cutoff = forces.potential().cutoff();
    examples::Structure frame;
    frame.box.periodic = {false, false, false};
    auto const centre = static_cast<std::size_t>(row);
    auto const add = [&](std::size_t i, std::array<double, 3> const& d) {
      frame.elements.push_back(m_elements[static_cast<std::size_t>(types[i])]);
      frame.positions.insert(frame.positions.end(), d.begin(), d.end());
    };
    add(centre, {});
    for (std::size_t i = 0; i < types.size(); ++i) {
      double const d[3] = {x[3 * i] - x[3 * centre], x[3 * i + 1] - x[3 * centre + 1],
                           x[3 * i + 2] - x[3 * centre + 2]};
      if (i != centre && std::hypot(d[0], d[1], d[2]) <= cutoff) add(i, {d[0], d[1], d[2]});
    }
    auto const ids = download(space, system.ids);
    return examples::to_extxyz(frame,
                               "step=" + std::to_string(step) + " atom=" + std::to_string(ids[centre] + 1));
  }

  Input m_input;
  std::vector<std::string> m_elements;
  Communicator* m_communicator;
  ForceDistribution<Space> m_forces;
  std::optional<OutputFile> m_table, m_frames;
  std::int64_t m_found = 0, m_first = -1;
};

}  // namespace md
