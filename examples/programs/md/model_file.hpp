// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/io/read_model.hpp>
#include <dp/long_range/require_long_range.hpp>
#include <dp/option_words.hpp>
#include <string>
#include <vector>

#include "common/structure.hpp"
#include "md/box_control.hpp"
#include "md/input.hpp"
#include "md/parallel/communicator.hpp"

namespace md {

/// How the model of the input is evaluated.
inline dp::Options options_of(Input const& input) {
  dp::Options options;
  options.precision = dp::from_word<dp::NetPrecision>(input.precision);
  options.evaluation = dp::from_word<dp::Evaluation>(input.evaluation);
  options.tolerance = input.tolerance;
  if (input.nearest) options.nearest = *input.nearest;
  options.long_range_error = input.long_range_error;
  options.graph = input.graph;
  options.overflow = dp::from_word<dp::Overflow>(input.overflow);
  options.graded = input.graded;
  options.reproducible = input.reproducible;
  options.tile = input.tile;
  return options;
}

/// The model's file of the input: rank 0 reads, all ranks parse.
class ModelFile {
 public:
  ModelFile(Input const& input, Communicator& communicator)
      : m_path(input.model_file),
        m_options{.short_range = input.short_range || !input.long_range,
                  .dipole = input.dipole_file,
                  .types = input.model_types},
        m_long_range_error(input.long_range_error),
        m_communicator(&communicator) {}

  /// What it says of itself. \throws AgreedError or dp::Error where it gives no energies, or has no
  /// electrostatics for the error that the input asks for
  dp::Outline outline() {
    dp::Outline result;
    share([&] { return dp::outline_bytes(m_path); },
          [&](auto const& bytes) {
            result = dp::read_outline(m_path, bytes, m_options);
            dp::require_energies(result.model);
            dp::require_long_range(result.model, m_long_range_error);
          });
    return result;
  }

  /// The model for these elements.
  dp::Model model(dp::Outline const& outline, std::vector<std::string> const& elements) {
    return dp::model_for(outline, elements, [&](auto const& names) {
      dp::Model result;
      m_options.elements = names;
      share([&] { return dp::model_bytes(m_path, names); },
            [&](auto const& bytes) { result = dp::read_model(m_path, bytes, m_options); });
      return result;
    });
  }

 private:
  template <class Read, class Parse>
  void share(Read const& read, Parse const& parse) {
    std::string bytes;
    m_communicator->together([&] {
      if (m_communicator->root()) bytes = read();
    });
    m_communicator->broadcast(bytes);
    m_communicator->together([&] { parse(bytes); });
  }

  std::string m_path;
  dp::ReadOptions m_options;
  double m_long_range_error;
  Communicator* m_communicator;
};

/// \throws dp::Error where ensemble or model need another box than the structure has
inline void require_box(Input const& input, examples::Structure const& structure, dp::Model const& model) {
  auto const& periodic = structure.box.periodic;
  if (structure.has_box && periodic[0] && periodic[1] && periodic[2]) return;
  if (BoxControl(input).active())
    dp::fail(structure.source,
             ": a box that changes (npt, [deform]) must be periodic along all three vectors, and this one "
             "is not");
  if (model.long_range)
    dp::fail(structure.source, ": the model ", input.model_file,
             " has long-range electrostatics (DPLR), which need a box that is periodic along all three "
             "vectors, and this one is not");
}

}  // namespace md
