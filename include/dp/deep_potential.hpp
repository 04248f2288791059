// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>
#include <dp/core/error.hpp>
#include <dp/core/kernels.hpp>
#include <dp/core/precision.hpp>
#include <dp/input/configuration.hpp>
#include <dp/input/neighbor_list.hpp>
#include <dp/model/model.hpp>
#include <dp/model/validate.hpp>
#include <dp/stages/compression.hpp>
#include <dp/stages/step_recorder.hpp>
#include <dp/stages/team_steps.hpp>
#include <dp/stages/tile_workers.hpp>
#include <dp/stages/tiles.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>

namespace dp {

/// How the embedding is evaluated. exact: the nets themselves. compressed: in a low-rank basis
/// (docs/compression.md).
enum class Evaluation { exact, compressed };

/// What happens to an atom with more neighbours of a type within the cutoff than the model's `sel`.
/// keep_nearest: the nearest stay, as in DeePMD-kit; dropped() counts the others. keep_all: none is left out,
/// the divisor of the descriptor stays the sum of sel, and the energy is smooth. error: compute() throws.
enum class Overflow { keep_nearest, keep_all, error };

/// How a DeepPotential evaluates.
struct Options {
  Evaluation evaluation = Evaluation::exact;   ///< of the embedding
  Overflow overflow = Overflow::keep_nearest;  ///< more neighbours than sel
  std::int64_t tile = 0;    ///< atoms processed together, which bounds the memory; 0: chosen for `Space`
  double tolerance = 1e-6;  ///< compressed: root mean square force error against the exact nets, eV/Angstrom
  double nearest =
      0.0;  ///< compressed: the distance down to which the tables reach, Angstrom; 0: from the model
  bool reproducible = false;  ///< the same input gives the same bits, whatever the number of threads
  /// GPUs, compressed: compute() records the kernels of a step in a graph of the vendor's and replays it
  /// while its arguments are the same Views. For few atoms, whose kernels run shorter than it takes to launch
  /// them. The first two steps with new arguments use an instance of their own, with fences.
  bool graph = false;
};

/// Energy, forces and virial of a Deep Potential model on the execution space `Space`. Construct it once;
/// compute() in every step. Not to be used by two threads at once. `Kernels`: how they are cut into work, to
/// be left as it is but in tests.
template <class Space = Kokkos::DefaultExecutionSpace, class Precision = Double,
          class Kernels = DefaultKernels<Space>>
class DeepPotential {
 public:
  /// On the default instance of `Space`. Throws as below.
  explicit DeepPotential(Model const& model, Options options = {}) : DeepPotential(Space(), model, options) {}

  /// Throws dp::Error if the model is inconsistent.
  DeepPotential(Space const& space, Model const& model, Options options = {});

  /// Computes what `output` has views for. Work is queued on `space`; on the host's spaces the results are
  /// there on return. Throws dp::Error for wrong extents, non-finite positions, unknown types, entries of the
  /// list out of range, two atoms at one place, and for more neighbours than sel under Overflow::error;
  /// `output` is then undefined.
  void compute(Space const& space, Configuration<Space> const& configuration, NeighborList<Space> const& list,
               Output<Space> const& output);

  /// As compute(), but without looking for errors: it throws for wrong extents only. What else is wrong with
  /// the step, check() or the next compute() will say. On devices nothing is waited for in the compressed
  /// evaluation, unless the numbers of local atoms or of rows have changed, so that steps can be recorded in
  /// a graph (see Recording).
  void enqueue(Space const& space, Configuration<Space> const& configuration, NeighborList<Space> const& list,
               Output<Space> const& output);

  /// Waits for `space` and throws what compute() would have thrown for any step since the last check. On
  /// devices also where a step would have needed compute(): because types or centres of the list were not
  /// those of the step before, or because atoms came nearer than the tables of a compressed model reach. The
  /// outputs of such a step lack these atoms.
  void check(Space const& space);

  double cutoff() const { return m_model.descriptor.rcut; }  ///< Angstrom
  int ntypes() const { return m_model.ntypes(); }            ///< types of the model
  Model const& model() const { return m_model; }             ///< as given
  Options const& options() const { return m_options; }       ///< as given

  /// The compressed evaluation; null where the exact one is used, because it was asked for or because no
  /// basis reaches the tolerance (nets with kinks, such as relu's, have none).
  CompressedEvaluation<Space, Precision> const* compressed() const { return m_steps->compressed(); }

  /// One line for logs: evaluation, precision, and of a compressed one its numbers of functions and its
  /// error.
  std::string description() const;

  /// Atoms of tiles that were handed over to the exact nets because of near neighbours, summed over all
  /// steps.
  std::int64_t handed_over() const { return compressed() ? compressed()->handed_over() : 0; }

  /// Neighbours beyond sel that were left out in the last compute(), or since the check() before the last; 0
  /// under Overflow::keep_all.
  std::int64_t dropped() const { return m_dropped; }

  /// Working memory held on `Space`; grows only. Bounded by the tile, but for the results of all threads but
  /// one where each has tiles of its own.
  std::size_t bytes() const { return m_tiles.bytes() + m_steps->bytes(); }

 private:
  static constexpr bool by_teams = !std::is_same_v<Kernels, Loops>;
  using Steps =
      std::conditional_t<by_teams, TeamSteps<Space, Precision, Kernels>, TileWorkers<Space, Precision>>;

  void compress_within(Space const& space);
  void queue_step(Space const& space, Configuration<Space> const& configuration,
                  NeighborList<Space> const& list, Output<Space> const& output);
  std::int64_t tile_size(Space const& space, int workers) const;
  void run(Space const& space, Configuration<Space> const& configuration, NeighborList<Space> const& list,
           Output<Space> const& output);
  void check_extents(Configuration<Space> const& configuration, NeighborList<Space> const& list,
                     Output<Space> const& output) const;
  void clear(Space const& space, Output<Space> const& output) const;
  void fetch_status(Space const& space);
  void check_status() const;

  Model m_model;
  Options m_options;
  detail::Status<Space> m_status;
  Tiles<Space> m_tiles;
  std::optional<Steps> m_steps;  // from the constructor on
  StepRecorder<Space> m_recorder;
  std::int64_t m_dropped = 0, m_atoms = 0;
  bool m_unchecked = false;  // steps were queued since the last look at the status
  double m_force_error = 0.0;
};

template <class Space, class Precision, class Kernels>
DeepPotential<Space, Precision, Kernels>::DeepPotential(Space const& space, Model const& model,
                                                        Options options)
    : m_model((validate(model), model)),
      m_options(options),
      m_status(space),
      m_tiles(space, model, by_teams && options.overflow == Overflow::keep_all) {
  if (options.evaluation == Evaluation::compressed) compress_within(space);
  if (!m_steps)
    m_steps.emplace(space, model, ExactEvaluation<Space, Precision>(space, model), options.reproducible,
                    options.overflow == Overflow::keep_all);
}

template <class Space, class Precision, class Kernels>
void DeepPotential<Space, Precision, Kernels>::compute(Space const& space,
                                                       Configuration<Space> const& configuration,
                                                       NeighborList<Space> const& list,
                                                       Output<Space> const& output) {
  if (m_unchecked) check(space);
  if (by_teams && m_options.graph && compressed()) {
    check_extents(configuration, list, output);
    if (!m_tiles.may_hold(configuration, list)) m_recorder.forget();
    auto const queue = [&](Space const& instance) { queue_step(instance, configuration, list, output); };
    m_recorder.run(space, configuration, list, output, queue, [&] { return bytes(); });
  } else {
    enqueue(space, configuration, list, output);
  }
  fetch_status(space);
  if (m_status.is_stale()) {  // nothing was added to the outputs
    m_recorder.forget();
    m_tiles.build(space, configuration, list, m_status.values());
    run(space, configuration, list, output);
    fetch_status(space);
  }
  check_status();
  if constexpr (by_teams)
    if (m_steps->hand_over(space, configuration, list, m_status, output)) {
      m_recorder.forget();
      auto const dropped = m_dropped;  // of all atoms
      fetch_status(space);
      m_dropped = dropped;
      check_status();
    }
}

template <class Space, class Precision, class Kernels>
void DeepPotential<Space, Precision, Kernels>::enqueue(Space const& space,
                                                       Configuration<Space> const& configuration,
                                                       NeighborList<Space> const& list,
                                                       Output<Space> const& output) {
  check_extents(configuration, list, output);
  m_recorder.forget();
  queue_step(space, configuration, list, output);
  m_unchecked = true;
}

/// All of a step that is queued.
template <class Space, class Precision, class Kernels>
void DeepPotential<Space, Precision, Kernels>::queue_step(Space const& space,
                                                          Configuration<Space> const& configuration,
                                                          NeighborList<Space> const& list,
                                                          Output<Space> const& output) {
  if (!output.accumulate) clear(space, output);
  m_atoms = static_cast<std::int64_t>(configuration.positions.extent(0));
  if (by_teams && m_tiles.may_hold(configuration, list))
    m_tiles.verify(space, configuration, list, m_status.values());
  else
    m_tiles.build(space, configuration, list, m_status.values());
  run(space, configuration, list, output);
}

template <class Space, class Precision, class Kernels>
void DeepPotential<Space, Precision, Kernels>::check(Space const& space) {
  fetch_status(space);
  check_status();
  if (m_status.is_stale())
    fail("dp::DeepPotential::check: types or centres of the list changed in a step that was enqueued",
         m_options.overflow == Overflow::keep_all ? ", or its rows became longer" : "",
         "; a step after such a change needs compute()");
  if constexpr (by_teams)
    if (auto const atoms = m_steps->left_out(m_status))
      fail(
          "dp::DeepPotential::check: atoms came nearer to each other than the tables of the compressed model "
          "reach in a step that was enqueued (",
          atoms, " atoms in their blocks); such a step needs compute()");
}

/// All stages, after the grouping.
template <class Space, class Precision, class Kernels>
void DeepPotential<Space, Precision, Kernels>::run(Space const& space,
                                                   Configuration<Space> const& configuration,
                                                   NeighborList<Space> const& list,
                                                   Output<Space> const& output) {
  if constexpr (by_teams) {
    m_steps->run(space, m_tiles, m_options.tile, configuration, list, m_status, output);
  } else {
    int const workers = m_steps->count(space, m_tiles);
    m_steps->run(space, workers, m_tiles, tile_size(space, workers), configuration, list, m_status.values(),
                 output);
  }
}

/// For loops. `workers`: how many take a tile at the same time.
template <class Space, class Precision, class Kernels>
std::int64_t DeepPotential<Space, Precision, Kernels>::tile_size(Space const& space, int workers) const {
  if (m_options.tile > 0) return m_options.tile;
  // In reproducible steps the atoms that are handed over together must not depend on the threads.
  std::int64_t const threads = workers > 1 || m_options.reproducible ? 1 : space.concurrency();
  std::int64_t const most = 64;  // for long products
  if (compressed()) return most * threads;
  // G and dG/ds should stay in a core's share of the last cache. About half of a list lies in the skin.
  std::int64_t const cache = 3 << 20;
  auto const atom = m_tiles.longest() * m_model.descriptor.width() *
                    static_cast<std::int64_t>(sizeof(typename Precision::Net));
  return std::clamp<std::int64_t>(cache / std::max<std::int64_t>(atom, 1) / 8 * 8, 8, most) * threads;
}

template <class Space, class Precision, class Kernels>
void DeepPotential<Space, Precision, Kernels>::compress_within(Space const& space) {
  // Below this the rounding of nets in float, or with numbers in half, is larger than the truncation.
  double const rounding = is_mixed<Precision>                              ? 1e-4
                          : std::is_same_v<typename Precision::Net, float> ? 3e-6
                                                                           : 0.0;
  int const multiple = basis_multiple<typename Precision::Net>;
  double const tolerance = m_options.tolerance;
  if (!(tolerance > 0.0)) fail("dp::Options::tolerance: expected a positive number, found ", tolerance);
  auto compression = compress(space, m_model, std::max(tolerance, rounding), m_options.nearest, multiple);
  m_force_error = compression.force_error;
  if (compression.reached)
    m_steps.emplace(space, m_model, CompressedEvaluation<Space, Precision>(space, m_model, compression.bases),
                    m_options.reproducible, m_options.overflow == Overflow::keep_all);
}

template <class Space, class Precision, class Kernels>
std::string DeepPotential<Space, Precision, Kernels>::description() const {
  std::ostringstream text;
  text << (compressed() ? "compressed, " : "exact, ") << Precision::name;
  if (m_options.evaluation == Evaluation::exact) return text.str();
  if (!compressed()) {
    text << ": no basis reaches the tolerance of " << m_options.tolerance
         << " eV/A, be it for its rank or for kinks in the nets (best on the test fluid: " << m_force_error
         << ")";
    return text.str();
  }
  text << (is_mixed<Precision> ? ": force error without rounding " : ": force error ") << m_force_error
       << " eV/A, functions";
  for (int i = 0; i < m_model.ntypes(); ++i) {
    auto const& centre = compressed()->centre_bases()[static_cast<std::size_t>(i)];
    text << (i ? "; " : " ") << m_model.type_map[static_cast<std::size_t>(i)] << ":";
    for (int j = 0; j < m_model.ntypes(); ++j)
      text << ' ' << compressed()->bases()[static_cast<std::size_t>(i * m_model.ntypes() + j)].functions;
    text << " (" << name(centre.features) << " features, " << centre.dimension << ")";
  }
  return text.str();
}

template <class Space, class Precision, class Kernels>
void DeepPotential<Space, Precision, Kernels>::check_extents(Configuration<Space> const& configuration,
                                                             NeighborList<Space> const& list,
                                                             Output<Space> const& output) const {
  auto const need = [](bool good, auto const&... what) {
    if (!good) fail("dp::DeepPotential::compute: ", what...);
  };
  auto const atoms = configuration.positions.extent(0);
  auto const local = static_cast<std::size_t>(configuration.local);
  auto const& fitting = m_model.fitting;
  auto const fparam = static_cast<std::size_t>(fitting.fparam),
             aparam = static_cast<std::size_t>(fitting.aparam);
  need(configuration.positions.extent(1) == 3 || atoms == 0, "positions: expected (atoms x 3), found (",
       atoms, " x ", configuration.positions.extent(1), ")");
  need(configuration.types.extent(0) >= atoms, "types: expected ", atoms, " entries, found ",
       configuration.types.extent(0));
  need(configuration.local >= 0 && local <= atoms, "local: expected 0 to ", atoms, " atoms, found ",
       configuration.local);
  need(list.rows >= 0 && list.rows <= configuration.local, "neighbour list: expected at most ",
       configuration.local, " rows (local atoms), found ", list.rows);
  auto const rows = static_cast<std::size_t>(list.rows);
  need(!list.centres.data() || list.centres.extent(0) >= rows, "neighbour list: centres: expected ", rows,
       " entries, found ", list.centres.extent(0));
  need(rows == 0 || list.starts.data() || list.counts.data(),
       "neighbour list: expected starts or counts, found neither");
  auto const starts = list.counts.data() ? rows : rows + 1;
  need(rows == 0 || !list.starts.data() || list.starts.extent(0) >= starts,
       "neighbour list: starts: expected ", starts, " entries, found ", list.starts.extent(0));
  // With centres given, counts are indexed by atom.
  auto const counts = list.centres.data() ? local : rows;
  need(!list.counts.data() || list.counts.extent(0) >= counts, "neighbour list: counts: expected ", counts,
       " entries, found ", list.counts.extent(0));
  auto const given = configuration.fparam.extent(0);
  need(given == fparam || (given == 0 && fitting.default_fparam.size() == fparam),
       "fparam: the model expects ", fparam, " frame parameters, found ", given);
  need(aparam == 0 || fitting.aparam_is_mask || local == 0 ||
           (configuration.aparam.extent(0) >= local && configuration.aparam.extent(1) == aparam),
       "aparam: the model expects (", local, " x ", aparam, ") atomic parameters, found (",
       configuration.aparam.extent(0), " x ", configuration.aparam.extent(1), ")");
  need(!output.atom_energy.data() || output.atom_energy.extent(0) >= local, "output.atom_energy: expected ",
       local, " entries, found ", output.atom_energy.extent(0));
  need(!output.force.data() || (output.force.extent(0) >= atoms && output.force.extent(1) == 3),
       "output.force: expected (", atoms, " x 3), found (", output.force.extent(0), " x ",
       output.force.extent(1), ")");
  need(!output.virial.data() || output.virial.extent(0) == 9, "output.virial: expected 9 entries, found ",
       output.virial.extent(0));
  need(!output.atom_virial.data() ||
           (output.atom_virial.extent(0) >= atoms && output.atom_virial.extent(1) == 9),
       "output.atom_virial: expected (", atoms, " x 9), found (", output.atom_virial.extent(0), " x ",
       output.atom_virial.extent(1), ")");
}

template <class Space, class Precision, class Kernels>
void DeepPotential<Space, Precision, Kernels>::clear(Space const& space, Output<Space> const& output) const {
  auto const zero = [&](auto const& view) {
    if (view.data()) Kokkos::deep_copy(space, view, 0.0);
  };
  zero(output.energy);
  zero(output.atom_energy);
  zero(output.force);
  zero(output.virial);
  zero(output.atom_virial);
}

template <class Space, class Precision, class Kernels>
void DeepPotential<Space, Precision, Kernels>::fetch_status(Space const& space) {
  m_status.fetch(space);
  m_unchecked = false;
  m_dropped = m_status.dropped_neighbours();
}

template <class Space, class Precision, class Kernels>
void DeepPotential<Space, Precision, Kernels>::check_status() const {
  m_status.check(m_model.ntypes(), m_atoms);
  if (m_dropped > 0 && m_options.overflow == Overflow::error) {
    std::ostringstream sel;
    for (int n : m_model.descriptor.sel) sel << ' ' << n;
    fail(m_dropped, " neighbours within the cutoff are more than the model's sel allows (sel:", sel.str(),
         "); Overflow::keep_nearest would leave out the farthest, Overflow::keep_all none");
  }
}

}  // namespace dp
