// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/core/quantity.hpp>
#include <dp/input/configuration.hpp>
#include <dp/input/neighbor_list.hpp>
#include <dp/options.hpp>
#include <memory>
#include <string>
#include <vector>

namespace dp {

struct Model;
struct Compression;

/// Energy, forces and virial of a model on the execution space `Space` (or what else it gives): what hosts
/// hold, whatever kind of model it is and however it is evaluated. Make it once, see make_potential();
/// compute() in every step. Not to be used by two threads at once.
template <class Space>
class Potential {
 public:
  virtual ~Potential() = default;

  /// Computes what `output` has views for. Work is queued on `space`; on the host's spaces the results are
  /// there on return. Throws dp::Error for wrong extents, non-finite positions, unknown types, entries of the
  /// list out of range, two atoms at one place, for more neighbours than sel under Overflow::error, and where
  /// energies are asked of a model that gives something else, or the other way about; `output` is then
  /// undefined.
  virtual void compute(Space const& space, Configuration<Space> const& configuration,
                       NeighborList<Space> const& list, Output<Space> const& output) = 0;

  /// As compute(), but without looking for errors: it throws for wrong extents only. What else is wrong with
  /// the step, check() or the next compute() will say. On devices nothing is waited for in the compressed
  /// evaluation, unless the numbers of local atoms or of rows have changed, so that steps can be recorded in
  /// a graph (see Recording).
  virtual void enqueue(Space const& space, Configuration<Space> const& configuration,
                       NeighborList<Space> const& list, Output<Space> const& output) = 0;

  /// Waits for `space` and throws what compute() would have thrown for any step since the last check. On
  /// devices also where a step would have needed compute(): because types or centres of the list were not
  /// those of the step before, or because atoms came nearer than the tables of a compressed model reach. The
  /// outputs of such a step lack these atoms.
  virtual void check(Space const& space) = 0;

  virtual double cutoff() const = 0;             ///< Angstrom
  virtual int ntypes() const = 0;                ///< types of the model
  virtual Quantity const& quantity() const = 0;  ///< what the model gives: energies, dipoles, ...
  virtual Model const& model() const = 0;        ///< as given
  virtual Options const& options() const = 0;    ///< as given

  /// What this is a sum of, each a Potential of its own that may be asked alone: of a model with long-range
  /// electrostatics the short-range part and the electrostatics; else itself.
  virtual std::vector<Potential*> parts() { return {this}; }

  /// The bases of a compressed evaluation; null where the exact one is used, because it was asked for or
  /// because no basis reaches the tolerance (nets with kinks, such as relu's, have none). Of a sum of several
  /// models with nets those of the first that has any.
  virtual Compression const* compressed() const = 0;

  /// One line for logs: evaluation, precision, and of a compressed one its numbers of functions and its
  /// error.
  virtual std::string description() const = 0;

  /// Atoms of tiles that were handed over to the exact nets because of near neighbours, summed over all
  /// steps.
  virtual std::int64_t handed_over() const = 0;

  /// Neighbours beyond sel that were left out in the last compute(), or since the check() before the last; 0
  /// under Overflow::keep_all.
  virtual std::int64_t dropped() const = 0;

  /// Working memory held on `Space`; grows only. Bounded by the tile, but for the results of all threads but
  /// one where each has tiles of its own.
  virtual std::size_t bytes() const = 0;
};

/// The Potential of a model. Defined in dp/make_potential.hpp, which takes a compiler a minute or more;
/// programs that link dp::dp_compiled need this declaration alone, for the default execution spaces of
/// Kokkos. Throws dp::Error if the model is inconsistent.
template <class Space>
std::unique_ptr<Potential<Space>> make_potential(Space const& space, Model const& model,
                                                 Options const& options = {});

}  // namespace dp
