// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/deepmd_system.hpp"
#include "common/text_file.hpp"
#include "single_point/evaluate.hpp"

namespace single_point {

/// Labels and results side by side, in the files and columns of `dp test -d PREFIX`: energies (PREFIX.e.out),
/// forces (f), virials (v), stresses (s), and energies and virials for each atom (e_peratom, v_peratom).
/// There are those of which there are labels.
class DetailFiles {
 public:
  explicit DetailFiles(std::string prefix) : m_prefix(std::move(prefix)) {}

  /// A system begins: a line of titles goes before its first numbers.
  void begin(std::string const& system) {
    m_system = system;
    for (auto& [kind, file] : m_files) file.titled = false;
  }

  void add(examples::Structure const& frame, examples::Labels const& labels, Result const& result) {
    static std::vector<std::string> const energy = {"e"}, force = {"fx", "fy", "fz"};
    static std::vector<std::string> const virial = tensor('v'), stress = tensor('s');
    double const per_atom = 1.0 / static_cast<double>(std::max<std::int64_t>(frame.size(), 1));
    write("e", energy, labels.energy, result.energy);
    write("e_peratom", energy, labels.energy, result.energy, per_atom);
    write("f", force, labels.force, result.force);
    if (!frame.has_box) return;
    write("v", virial, labels.virial, result.virial);
    write("v_peratom", virial, labels.virial, result.virial, per_atom);
    write("s", stress, labels.virial, result.virial, -1.0 / frame.volume(), " (eV/Å³)");
  }

  void close() {
    for (auto& [kind, file] : m_files) file.text.close();
  }

 private:
  struct File {
    explicit File(std::string const& path) : text(path) {}
    examples::TextFile text;
    bool titled = false;  ///< in the present system
  };

  static std::vector<std::string> tensor(char letter) {
    std::vector<std::string> result;
    for (char const row : {'x', 'y', 'z'})
      for (char const column : {'x', 'y', 'z'}) result.push_back({letter, row, column});
    return result;
  }

  /// A row for each so many numbers as there are `columns`; `of` stands behind the name of the system.
  void write(std::string const& kind, std::vector<std::string> const& columns,
             std::vector<double> const& labels, std::vector<double> const& results, double scale = 1.0,
             std::string_view of = "") {
    if (labels.empty()) return;
    File& file = m_files.try_emplace(kind, m_prefix + "." + kind + ".out").first->second;
    if (!std::exchange(file.titled, true)) {
      file.text << "# " << m_system << of << ":";
      for (char const* which : {" data_", " pred_"})
        for (std::string const& column : columns) file.text << which << column;
      file.text << "\n";
    }
    for (std::size_t k = 0; k < labels.size(); k += columns.size()) {
      for (auto const* values : {&labels, &results})
        for (std::size_t c = 0; c < columns.size(); ++c)
          (file.text << (values == &labels && c == 0 ? "" : " "))
              .put_scientific(scale * (*values)[k + c], 18);
      file.text << "\n";
    }
  }

  std::string m_prefix, m_system;
  std::map<std::string, File> m_files;
};

}  // namespace single_point
