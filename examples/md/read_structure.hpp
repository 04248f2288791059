// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "common/extxyz.hpp"
#include "md/input.hpp"
#include "md/lammps_data.hpp"

namespace md {

/// The structure that the input names, replicated. A file whose first line is one number is XYZ (its first
/// frame is taken), any other a LAMMPS data file.
inline examples::Structure read_structure(Input const& input) {
  std::string first;
  std::int64_t count = 0;
  examples::LineReader(input.structure_file).next(first);
  auto const words = examples::words(first);
  bool const xyz = words.size() == 1 && examples::parse(words[0], count);
  examples::Structure const cell = xyz ? examples::read_extxyz(input.structure_file)
                                       : LammpsDataReader(input.structure_file, input.elements).read();
  return examples::replicate(cell, input.replicate);
}

}  // namespace md
