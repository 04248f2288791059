// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

namespace failure {

/// Why a run ends, in the order in which they are looked for: causes before consequences.
enum class Criterion { nan, lost, distance, force, temperature, energy, model };

/// As the table has it.
inline char const* word(Criterion criterion) {
  switch (criterion) {
    case Criterion::nan:
      return "nan";
    case Criterion::lost:
      return "lost";
    case Criterion::distance:
      return "distance";
    case Criterion::force:
      return "force";
    case Criterion::temperature:
      return "temperature";
    case Criterion::energy:
      return "energy";
    case Criterion::model:
      break;
  }
  return "model";
}

/// Those that may be left out.
inline std::vector<std::string> optional_criteria() {
  return {word(Criterion::temperature), word(Criterion::energy), word(Criterion::force),
          word(Criterion::distance)};
}

}  // namespace failure
