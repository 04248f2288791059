// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "common/stage_timers.hpp"
#include "md/simulation.hpp"

namespace md {

/// Rows of the thermo table: for the screen, and as comma-separated values with all digits of the energies.
inline std::string thermo_header() {
  return "    step   time (ps)      T (K)         E_pot (eV)    E_kin (eV)         E_tot (eV)       P "
         "(bar)\n";
}

inline std::string thermo_row(Observables const& now) {
  char row[256];
  std::snprintf(row, sizeof row, "%8lld %11.4f %10.2f %18.6f %13.6f %18.6f %13.1f\n",
                static_cast<long long>(now.step), now.time, now.temperature, now.potential, now.kinetic,
                now.total, now.pressure);
  return row;
}

/// A column of the comma-separated table that only some runs have.
struct Column {
  char const* name;
  double Observables::*value;
};

inline std::vector<Column> more_columns(Input const& input) {
  if (input.ensemble == "minimise") return {{"F_max_eV_A", &Observables::largest_force}};
  bool const deforms = input.deform_axis != "none";
  std::vector<Column> columns;
  if (deforms || input.ensemble.starts_with("npt"))
    columns = {{"volume_A3", &Observables::volume}, {"density_g_cm3", &Observables::density}};
  if (deforms) {
    columns.push_back({"strain", &Observables::strain});
    columns.push_back({"stress_GPa", &Observables::stress});
  }
  return columns;
}

inline std::string csv_header(std::vector<Column> const& more = {}) {
  std::string header = "step,time_ps,T_K,E_pot_eV,E_kin_eV,E_tot_eV,P_bar,E_conserved_eV";
  for (Column const& column : more) header += std::string(",") + column.name;
  return header + "\n";
}

inline std::string csv_row(Observables const& now, std::vector<Column> const& more = {}) {
  char row[512];
  std::snprintf(row, sizeof row, "%lld,%.10g,%.6f,%.10f,%.10f,%.10f,%.4f,%.10f",
                static_cast<long long>(now.step), now.time, now.temperature, now.potential, now.kinetic,
                now.total, now.pressure, now.conserved);
  std::string text = row;
  for (Column const& column : more) {
    std::snprintf(row, sizeof row, ",%.10g", now.*column.value);
    text += row;
  }
  return text + "\n";
}

/// A line on the error stream with speed and time left: rewritten in place on a terminal, else every tenth of
/// the run.
class Progress {
 public:
  Progress(std::int64_t first, std::int64_t last, double timestep_fs, bool shown)
      : m_first(first), m_last(last), m_timestep(timestep_fs), m_visible(shown) {}

  void update(std::int64_t step) {
    if (!m_visible) return;
    double const now = examples::seconds();
    std::int64_t const tenth = 10 * (step - m_first) / std::max<std::int64_t>(m_last - m_first, 1);
    bool const due = m_terminal ? now - m_shown > 0.2 : tenth > m_tenth && now - m_shown > 10.0;
    if (!due || step == m_first) return;
    m_tenth = tenth;
    m_shown = now;
    double const rate = static_cast<double>(step - m_first) / (now - m_begin);
    auto const left = static_cast<long long>(static_cast<double>(m_last - step) / rate);
    std::fprintf(stderr, "%sstep %lld of %lld, %.3g ns/day, %lld:%02lld:%02lld left%s",
                 m_terminal ? "\r" : "", static_cast<long long>(step), static_cast<long long>(m_last),
                 rate * m_timestep * 86400e-6, left / 3600, left / 60 % 60, left % 60,
                 m_terminal ? "\033[K" : "\n");
    m_line = m_terminal;
  }

  /// Makes room for other output on a terminal.
  void clear() {
    if (std::exchange(m_line, false)) std::fprintf(stderr, "\r\033[K");
  }

 private:
  std::int64_t m_first, m_last;
  double m_timestep;
  bool m_visible;
  double m_begin = examples::seconds(), m_shown = m_begin;
  std::int64_t m_tenth = 0;
  bool m_terminal = ::isatty(STDERR_FILENO) == 1;
  bool m_line = false;
};

/// Speed, time by phase and memory, at the end of a run.
struct Summary {
  std::int64_t atoms = 0, steps = 0, rebuilds = 0, late_rebuilds = 0;
  double timestep = 0.0;            ///< fs
  double set_up = 0.0, loop = 0.0;  ///< s
  bool stages = false;              ///< whether the timers of the stages ran
  std::size_t model_bytes = 0;      ///< of the library's memory
  std::int64_t handed_over =
      0;  ///< atoms times steps that were nearer than the compressed model's tables reach
  std::int64_t local = 0, ghosts = 0, bytes_sent = 0;  ///< of this rank
};

/// A number of each rank: their mean and the largest.
struct OverRanks {
  double mean, most;

  OverRanks(Communicator& communicator, double value)
      : mean(communicator.sum(value) / communicator.size()), most(communicator.maximum<1>({value})[0]) {}
};

/// Prints it on rank 0; all ranks call it.
inline void print(Summary const& s, Communicator& communicator) {
  auto const say = [&](char const* format, auto... values) {
    if (!communicator.root()) return;
    if constexpr (sizeof...(values) == 0)
      std::fputs(format, stdout);
    else
      std::printf(format, values...);
  };
  bool const several = communicator.size() > 1;
  auto const steps = static_cast<double>(s.steps);
  double const per = s.steps > 0 && s.atoms > 0 ? 1e6 / steps / static_cast<double>(s.atoms) : 0.0;
  say("\n%lld steps of %lld atoms in %.3f s: %.4g ns/day, %.4g microseconds/step/atom\n",
      static_cast<long long>(s.steps), static_cast<long long>(s.atoms), s.loop,
      s.loop > 0.0 ? steps * s.timestep * 86400e-6 / s.loop : 0.0, s.loop * per);
  say("%-12s %12s %8s %20s%s\n", "phase", "seconds", "%", "us/step/atom",
      several ? "   slowest rank (s)" : "");
  say("%-12s %12.3f\n", "set-up", s.set_up);
  double other = s.loop, work = 0.0;
  auto const row = [&](std::string_view name, double time) {
    OverRanks const seconds(communicator, time);
    if (seconds.most == 0.0) return;  // a stage of other models
    say("%-12.*s %12.3f %8.1f %20.3f", static_cast<int>(name.size()), name.data(), seconds.mean,
        s.loop > 0.0 ? 100.0 * seconds.mean / s.loop : 0.0, seconds.mean * per);
    several ? say(" %18.3f\n", seconds.most) : say("\n");
  };
  for (std::size_t k = 0; s.stages && k < examples::StageTimers::stages.size(); ++k) {
    double const time = examples::StageTimers::instance().total(k);
    bool const exchange = examples::StageTimers::stages[k] == "exchange";
    if (!exchange) work += time;
    other -= time;
    if (several || !exchange) row(examples::StageTimers::stages[k], time);
  }
  row(s.stages ? "other" : "all", other);
  struct rusage usage = {};
  ::getrusage(RUSAGE_SELF, &usage);
  OverRanks const memory(communicator, static_cast<double>(usage.ru_maxrss) * 1024e-6);
  say("neighbour list made %lld times; %lld ghost atoms\n"
      "peak memory %.1f MB%s; the model's and its workspace %.1f MB\n",
      static_cast<long long>(s.rebuilds), static_cast<long long>(communicator.sum(s.ghosts)), memory.most,
      several ? " on a rank" : "", static_cast<double>(s.model_bytes) * 1e-6);
  if (several) {
    OverRanks const local(communicator, static_cast<double>(s.local));
    OverRanks const ghosts(communicator, static_cast<double>(s.ghosts));
    OverRanks const sent(communicator, s.steps > 0 ? static_cast<double>(s.bytes_sent) / steps * 1e-6 : 0.0);
    OverRanks const busy(communicator, work);
    say("each of %d ranks: %.0f atoms (at most %.0f), %.0f ghosts (%.0f), %.3g MB sent a step (%.3g)\n",
        communicator.size(), local.mean, local.most, ghosts.mean, ghosts.most, sent.mean, sent.most);
    if (busy.mean > 0.0)
      say("load imbalance: the slowest rank computes %.1f %% longer than the mean\n",
          100.0 * (busy.most / busy.mean - 1.0));
  }
  if (s.late_rebuilds > 0)
    say("the list came late %lld times, since an atom more than doubled its speed: use a shorter time step\n",
        static_cast<long long>(s.late_rebuilds));
  auto const handed_over = communicator.sum(s.handed_over);
  if (handed_over > 0)
    say("exact nets used for %.3g %% of the atoms, in tiles with neighbours nearer than the tables reach\n",
        100e-6 * static_cast<double>(handed_over) * per);
}

}  // namespace md
