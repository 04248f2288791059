// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/input/configuration.hpp>
#include <dp/input/neighbor_list.hpp>
#include <memory>
#include <optional>
#include <string>

namespace dp {
struct Model;
}

namespace dp_lammps {

/// How models are evaluated, as the keywords of the pair style say.
struct Evaluation {
  std::string precision = "double";  ///< one of precision_names()
  /// In a low-rank basis, or by the nets as they are; empty: as compress_by_default() has it.
  std::optional<bool> compressed;
  double tolerance = 1e-6;                ///< of the compression, eV/Angstrom
  double nearest = 0.0;                   ///< down to which its tables reach, Angstrom; 0: from the model
  std::int64_t tile = 0;                  ///< atoms processed together; 0: chosen for the space
  std::string overflow = "keep_nearest";  ///< more neighbours than the model's sel: or "keep_all", "error"
};

/// Whether the embedding nets are wide. Narrow ones are those of small models, which need no basis.
bool compress_by_default(dp::Model const& model);

/// A dp::DeepPotential whose precision was chosen at run time.
template <class Space>
class Potential {
 public:
  virtual ~Potential() = default;
  /// As dp::DeepPotential::compute().
  virtual void compute(Space const& space, dp::Configuration<Space> const& configuration,
                       dp::NeighborList<Space> const& list, dp::Output<Space> const& output) = 0;
  virtual std::string description() const = 0;   ///< a line for logs
  virtual std::int64_t dropped() const = 0;      ///< neighbours beyond sel in the last step
  virtual std::int64_t handed_over() const = 0;  ///< atoms times steps evaluated by the exact nets
  virtual std::size_t bytes() const = 0;         ///< of working memory
};

/// \throws dp::Error for a bad model or precision
template <class Space>
std::unique_ptr<Potential<Space>> make_potential(Space const& space, dp::Model const& model,
                                                 Evaluation const& evaluation);

/// The precisions that make_potential() knows, separated by '|'.
std::string precision_names();

}  // namespace dp_lammps
