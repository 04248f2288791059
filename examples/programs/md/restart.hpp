// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdlib>
#include <dp/option_words.hpp>
#include <filesystem>
#include <optional>

#include "common/structure.hpp"
#include "common/text.hpp"
#include "md/output_file.hpp"
#include "md/simulation.hpp"

namespace md {

/// How far an output file of the run was written.
struct Written {
  std::string path;
  std::int64_t bytes = 0;
};

inline Written written(std::optional<OutputFile> const& file) {
  return file ? Written{file->path(), file->bytes()} : Written{};
}

/// Opens a file of the name `name`, if it has one, in output.directory: a new one, or one that goes on behind
/// what was written of it.
inline void open_output(std::optional<OutputFile>& file, Input const& input, std::string const& name,
                        Written const* before) {
  if (name.empty()) return;
  std::string const path = (std::filesystem::path(input.directory) / name).string();
  file.emplace(path, before && before->path == path ? before->bytes : 0);
}

/// A run at rest: what a restart file holds. It needs no structure file; the input file still says how to go
/// on.
struct Restart {
  State state;
  examples::Structure structure;      ///< elements and box; positions are in `state`
  std::vector<double> masses;         ///< (N), g/mol
  std::vector<double> observed = {};  ///< state of Observer
  std::string nearest = "0";          ///< how far tables reach; see TableReach
  std::int64_t near_looks = 0;        ///< state of TableReach
  Written thermo, trajectory, msd, cna, outliers, surroundings;
};

inline constexpr char restart_begin[] = "dp-md restart 4";
/// Of files without the row `nearest`.
inline constexpr char older_restart_begin[] = "dp-md restart 3";

inline void append_reals(std::string& text, double const* values, std::size_t n) {
  char number[64];
  for (std::size_t k = 0; k < n; ++k) {
    std::snprintf(number, sizeof number, " %a", values[k]);  // hexadecimal numbers are exact
    text += number;
  }
}

/// All of a restart file before its atoms, so many of which follow.
inline std::string restart_head(Restart const& restart, std::int64_t atoms) {
  std::string text = restart_begin + std::string("\n");
  State const& state = restart.state;
  dp::Box const& box = restart.structure.box;
  text += "step " + std::to_string(state.step) + "\nrebuild " + std::to_string(state.rebuild_step) + " " +
          std::to_string(state.next_look) + "\nbox ";
  text += restart.structure.has_box ? "1" : "0";
  for (bool const periodic : box.periodic) text += periodic ? " 1" : " 0";
  append_reals(text, box.h.data(), 9);
  text += "\nthermostat";
  append_reals(text, state.thermostat.data(), state.thermostat.size());
  text += "\nbox_control";
  append_reals(text, state.box_control.data(), state.box_control.size());
  text += "\ngrid";
  for (std::int64_t const count : state.grid) text += " " + std::to_string(count);
  text += "\nnearest " + restart.nearest + " " + std::to_string(restart.near_looks);
  for (auto const& [name, file] : {std::pair{"thermo", &restart.thermo},
                                   {"trajectory", &restart.trajectory},
                                   {"msd", &restart.msd},
                                   {"cna", &restart.cna},
                                   {"outliers", &restart.outliers},
                                   {"surroundings", &restart.surroundings}})
    text += std::string("\n") + name + " " + std::to_string(file->bytes) + " " + file->path;
  text += "\nobserved";
  append_reals(text, restart.observed.data(), restart.observed.size());
  text += "\norigins " + std::to_string(state.origin_step);
  return text + "\natoms " + std::to_string(atoms) + "\n";
}

/// A line for each atom.
inline std::string restart_atoms(Restart const& restart) {
  std::string text;
  State const& state = restart.state;
  for (std::size_t i = 0; i < restart.masses.size(); ++i) {
    text += restart.structure.elements[i];
    append_reals(text, &restart.masses[i], 1);
    for (auto const* values :
         {&state.positions, &state.velocities, &state.forces, &state.rebuild_positions, &state.origins})
      if (!values->empty()) append_reals(text, values->data() + 3 * i, 3);
    text += '\n';
  }
  return text;
}

inline constexpr char restart_end[] = "end\n";

/// A whole restart file.
inline std::string to_text(Restart const& restart) {
  return restart_head(restart, static_cast<std::int64_t>(restart.masses.size())) + restart_atoms(restart) +
         restart_end;
}

/// Reads what to_text() wrote, in pieces if need be: read_head(), read_atoms() until all are read,
/// read_end().
class RestartReader {
 public:
  explicit RestartReader(std::string const& path) : m_lines(path) {}

  Restart read() {
    Restart restart = read_head();
    read_atoms(restart, m_atoms);
    read_end();
    return restart;
  }

  Restart read_head() {
    Restart restart;
    State& state = restart.state;
    if (!m_lines.next(m_line) || (m_line != restart_begin && m_line != older_restart_begin))
      m_lines.fail("expected a restart file of this version of dp-md ('", restart_begin, "'), found '",
                   m_line.substr(0, 40), "'");
    bool const older = m_line == older_restart_begin;
    state.step = m_lines.integer(row("step", 2)[1], "step");
    auto const rebuild = row("rebuild", 3);
    state.rebuild_step = m_lines.integer(rebuild[1], "rebuild");
    state.next_look = m_lines.integer(rebuild[2], "rebuild");
    auto const box = row("box", 14);
    restart.structure.has_box = box[1] == "1";
    for (std::size_t k = 0; k < 3; ++k) restart.structure.box.periodic[k] = box[2 + k] == "1";
    for (std::size_t k = 0; k < 9; ++k) restart.structure.box.h[k] = real(box[5 + k]);
    state.thermostat = reals("thermostat");
    state.box_control = reals("box_control");
    if (std::size_t const found = state.box_control.size(); found != 0 && found != box_control_numbers)
      m_lines.fail("expected no number of box_control or ", box_control_numbers, ", found ", found);
    auto const grid = row("grid", 4);
    for (std::size_t k = 0; k < 3; ++k) state.grid[k] = m_lines.integer(grid[1 + k], "grid");
    if (!older) read_nearest(restart);
    auto const& h = restart.structure.box.h;
    state.lattice.assign(h.begin(), h.end());
    restart.thermo = written("thermo");
    restart.trajectory = written("trajectory");
    restart.msd = written("msd");
    restart.cna = written("cna");
    restart.outliers = written("outliers");
    restart.surroundings = written("surroundings");
    restart.observed = reals("observed");
    state.origin_step = m_lines.integer(row("origins", 2)[1], "origins");
    m_atoms = m_lines.integer(row("atoms", 2)[1], "atoms");
    restart.structure.source = m_lines.path();
    return restart;
  }

  /// The next `count` atoms.
  void read_atoms(Restart& restart, std::int64_t count) {
    State& state = restart.state;
    for (std::int64_t i = 0; i < count; ++i) {
      auto const atom = row("", state.origin_step < 0 ? 14 : 17);
      restart.structure.elements.emplace_back(atom[0]);
      restart.masses.push_back(real(atom[1]));
      std::size_t at = 2;
      for (auto* values :
           {&state.positions, &state.velocities, &state.forces, &state.rebuild_positions, &state.origins})
        for (int k = 0; k < 3 && at < atom.size(); ++k) values->push_back(real(atom[at++]));
    }
  }

  void read_end() { row("end", 1); }
  std::int64_t atoms() const { return m_atoms; }

 private:
  /// The words of the next line, which must begin with `name` and be so many (0: any number).
  std::vector<std::string_view> row(std::string_view name, std::size_t count) {
    if (!m_lines.next(m_line)) m_lines.fail("the restart file ends too early");
    auto result = examples::words(m_line);
    if (result.empty() || (!name.empty() && result[0] != name) || (count > 0 && result.size() != count))
      m_lines.fail("expected ", name.empty() ? "an atom" : name, " with ", count, " columns, found '",
                   m_line.substr(0, 40), "'");
    return result;
  }

  void read_nearest(Restart& restart) {
    auto const nearest = row("nearest", 3);
    restart.nearest = std::string(nearest[1]);
    restart.near_looks = m_lines.integer(nearest[2], "nearest");
    try {
      dp::nearest_from_words(restart.nearest);
    } catch (dp::Error const& error) {
      m_lines.fail("nearest: ", error.what());
    }
  }

  double real(std::string_view word) const {
    std::string const text(word);
    char* end = nullptr;
    double const value = std::strtod(text.c_str(), &end);
    if (end != text.c_str() + text.size()) m_lines.fail("expected a number, found '", text, "'");
    return value;
  }

  /// A row of any number of numbers.
  std::vector<double> reals(std::string_view name) {
    std::vector<double> result;
    for (auto const words = row(name, 0); std::string_view const word : words)
      if (word != name) result.push_back(real(word));
    return result;
  }

  Written written(std::string_view name) {
    auto const words = row(name, 0);
    if (words.size() < 2) m_lines.fail("expected bytes and path of ", name, ", found '", m_line, "'");
    Written file;
    file.bytes = m_lines.integer(words[1], "bytes");
    if (words.size() > 2)
      file.path = m_line.substr(static_cast<std::size_t>(words[2].data() - m_line.data()));
    return file;
  }

  examples::LineReader m_lines;
  std::string m_line;
  std::int64_t m_atoms = 0;
};

}  // namespace md
