// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <dp/io/read_options.hpp>
#include <dp/model/model.hpp>
#include <dp/options.hpp>
#include <optional>
#include <string>
#include <vector>

namespace dp_lammps {

/// What the pair_style command says, as numbers and words; defaults are DeePMD-kit's.
struct Settings {
  std::vector<std::string> models;
  dp::Options options;  ///< but for the evaluation
  /// In a low-rank basis, or by the nets as they are; empty: as options_for() has it.
  std::optional<dp::Evaluation> evaluation;
  bool own_tolerance = false;  ///< the command gives options.tolerance; otherwise the style's name decides

  int out_freq = 100;  ///< steps between lines of the deviation file; 0: none
  std::string out_file = "model_devi.out";
  bool atomic = false;       ///< deviations of each atom too
  double relative = -1.0;    ///< level of relative force deviations; negative: absolute
  double relative_v = -1.0;  ///< the same of the virial

  std::vector<double> fparam, aparam;
  std::string fparam_compute, fparam_fix, aparam_compute;  ///< IDs; empty: none
  int fparam_index = 0;  ///< 1-based entry of the fix' vector; 0: its scalar
};

/// How a model is evaluated. Unless the command says otherwise nets that are not wide are evaluated as they
/// are: those of small models need no basis.
dp::Options options_for(dp::Model const& model, Settings const& settings);

/// Whether pair_style has a keyword of this name.
bool is_keyword(std::string const& word);

/// The files before the first keyword.
std::vector<std::string> model_files(std::vector<std::string> const& words);

/// What the keywords say of reading these files, before parse_settings() can say the rest.
dp::ReadOptions read_options(std::vector<std::string> const& words);

/// Parses the arguments of pair_style; `fparam` and `aparam` are the numbers of parameters of the models.
/// \throws dp::Error that names the keyword, what was expected and what was found
Settings parse_settings(std::vector<std::string> const& words, std::size_t fparam, std::size_t aparam);

}  // namespace dp_lammps
