// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>
#include <dp/core/error.hpp>
#include <dp/core/precision.hpp>
#include <dp/input/configuration.hpp>
#include <dp/input/neighbor_list.hpp>
#include <dp/model/model.hpp>
#include <dp/model/validate.hpp>
#include <dp/stages/compression.hpp>
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
/// keep_nearest: the nearest stay, as in DeePMD-kit; dropped() counts the others. error: compute() throws.
enum class Overflow { keep_nearest, error };

/// How a DeepPotential evaluates.
struct Options {
  Evaluation evaluation = Evaluation::exact;   ///< of the embedding
  Overflow overflow = Overflow::keep_nearest;  ///< more neighbours than sel
  std::int64_t tile = 0;    ///< atoms processed together, which bounds the memory; 0: chosen for `Space`
  double tolerance = 1e-6;  ///< compressed: root mean square force error against the exact nets, eV/Angstrom
  double nearest =
      0.0;  ///< compressed: the distance down to which the tables reach, Angstrom; 0: from the model
};

/// Energy, forces and virial of a Deep Potential model on the execution space `Space`. Construct it once;
/// compute() in every step. Not to be used by two threads at once.
template <class Space = Kokkos::DefaultExecutionSpace, class Precision = Double>
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

  double cutoff() const { return m_model.descriptor.rcut; }  ///< Angstrom
  int ntypes() const { return m_model.ntypes(); }            ///< types of the model
  Model const& model() const { return m_model; }             ///< as given
  Options const& options() const { return m_options; }       ///< as given

  /// The compressed evaluation; null where the exact one is used, because it was asked for or because no
  /// basis reaches the tolerance (nets with kinks, such as relu's, have none).
  CompressedEvaluation<Space, Precision> const* compressed() const { return m_workers->compressed(); }

  /// One line for logs: evaluation, precision, and of a compressed one its numbers of functions and its
  /// error.
  std::string description() const;

  /// Atoms of tiles that were handed over to the exact nets because of near neighbours, summed over all
  /// steps.
  std::int64_t handed_over() const { return compressed() ? compressed()->handed_over() : 0; }

  /// Neighbours beyond sel that the last compute() left out.
  std::int64_t dropped() const { return m_dropped; }

  /// Working memory held on `Space`; grows only. Bounded by the tile, but for the results of all threads but
  /// one where each has tiles of its own.
  std::size_t bytes() const { return m_tiles.bytes() + m_workers->bytes(); }

 private:
  using Worker = TileWorker<Space, Precision>;

  void compress_within(Space const& space);
  /// `workers`: how many take a tile at the same time.
  std::int64_t tile_size(Space const& space, int workers) const {
    if (m_options.tile > 0) return m_options.tile;
    if constexpr (!is_host_space<Space>) return 8192;
    std::int64_t const most = 64, threads = workers > 1 ? 1 : space.concurrency();  // 64: for long products
    if (compressed()) return most * threads;
    // G and dG/ds should stay in a core's share of the last cache. About half of a list lies in the skin.
    std::int64_t const cache = 3 << 20;
    auto const atom = m_tiles.longest() * m_model.descriptor.width() *
                      static_cast<std::int64_t>(sizeof(typename Precision::Net));
    return std::clamp<std::int64_t>(cache / std::max<std::int64_t>(atom, 1) / 8 * 8, 8, most) * threads;
  }

  void check_extents(Configuration<Space> const& configuration, NeighborList<Space> const& list,
                     Output<Space> const& output) const;
  void clear(Space const& space, Output<Space> const& output) const;
  void check_status(Space const& space, Configuration<Space> const& configuration);

  Model m_model;
  Options m_options;
  detail::Status<Space> m_status;
  Tiles<Space> m_tiles;
  std::optional<TileWorkers<Space, Precision>> m_workers;  // from the constructor on
  std::int64_t m_dropped = 0;
  double m_force_error = 0.0;
};

template <class Space, class Precision>
DeepPotential<Space, Precision>::DeepPotential(Space const& space, Model const& model, Options options)
    : m_model((validate(model), model)), m_options(options), m_status(space), m_tiles(model) {
  if (options.evaluation == Evaluation::compressed) compress_within(space);
  if (!m_workers) m_workers.emplace(Worker(space, model, ExactEvaluation<Space, Precision>(space, model)));
}

template <class Space, class Precision>
void DeepPotential<Space, Precision>::compute(Space const& space, Configuration<Space> const& configuration,
                                              NeighborList<Space> const& list, Output<Space> const& output) {
  check_extents(configuration, list, output);
  if (!output.accumulate) clear(space, output);
  m_status.reset(space);
  m_tiles.build(space, configuration, list, m_status.values());
  int const workers = m_workers->count(space, m_tiles);
  m_workers->run(space, workers, m_tiles, tile_size(space, workers), configuration, list, m_status.values(),
                 output);
  check_status(space, configuration);
}

template <class Space, class Precision>
void DeepPotential<Space, Precision>::compress_within(Space const& space) {
  // Below this the rounding of nets in float, or with numbers in half, is larger than the truncation.
  double const rounding = is_mixed<Precision>                              ? 1e-4
                          : std::is_same_v<typename Precision::Net, float> ? 3e-6
                                                                           : 0.0;
  int const multiple = Lanes<Space, typename Precision::Net>::count;
  double const tolerance = m_options.tolerance;
  if (!(tolerance > 0.0)) fail("dp::Options::tolerance: expected a positive number, found ", tolerance);
  auto compression = compress(space, m_model, std::max(tolerance, rounding), m_options.nearest, multiple);
  m_force_error = compression.force_error;
  if (compression.reached)
    m_workers.emplace(
        Worker(space, m_model,
               CompressedEvaluation<Space, Precision>(space, m_model, std::move(compression.bases))));
}

template <class Space, class Precision>
std::string DeepPotential<Space, Precision>::description() const {
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

template <class Space, class Precision>
void DeepPotential<Space, Precision>::check_extents(Configuration<Space> const& configuration,
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

template <class Space, class Precision>
void DeepPotential<Space, Precision>::clear(Space const& space, Output<Space> const& output) const {
  auto const zero = [&](auto const& view) {
    if (view.data()) Kokkos::deep_copy(space, view, 0.0);
  };
  zero(output.energy);
  zero(output.atom_energy);
  zero(output.force);
  zero(output.virial);
  zero(output.atom_virial);
}

template <class Space, class Precision>
void DeepPotential<Space, Precision>::check_status(Space const& space,
                                                   Configuration<Space> const& configuration) {
  m_dropped =
      m_status.check(space, m_model.ntypes(), static_cast<std::int64_t>(configuration.positions.extent(0)));
  if (m_dropped > 0 && m_options.overflow == Overflow::error) {
    std::ostringstream sel;
    for (int n : m_model.descriptor.sel) sel << ' ' << n;
    fail(m_dropped, " neighbours within the cutoff are more than the model's sel allows (sel:", sel.str(),
         "); Overflow::keep_nearest would leave out the farthest");
  }
}

}  // namespace dp
