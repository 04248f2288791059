// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Profiling_ScopedRegion.hpp>
#include <algorithm>
#include <cmath>
#include <dp/input/position_bounds.hpp>
#include <vector>

#include "md/parallel/domain.hpp"
#include "md/parallel/exchange_kernels.hpp"
#include "md/parallel/mail.hpp"

namespace md {

/// Ghost atoms of a domain: all atoms of other domains, and periodic images of any, within reach of it. They
/// come in rounds of two messages, forwards and backwards along one box vector after the other; what came
/// from earlier rounds is sent on, so that edges and corners need no messages of their own. Where the reach
/// covers more than one domain there are more rounds. The same functions as dp::PeriodicImages.
template <class Space>
class Exchange {
 public:
  Exchange(Communicator& communicator, bool direct) : m_mail(communicator, direct) {}

  /// Finds the ghosts of the atoms at `positions`, which belong to `domain`. \throws dp::Error where the
  /// reach covers too many boxes; a position that is no number makes no ghost
  void build(Space const& space, Vectors<Space> const& positions,
             Kokkos::View<int*, Memory<Space>> const& types, Domain const& domain, double reach) {
    Kokkos::Profiling::ScopedRegion const region("dp::exchange");
    dp::detail::check_reach("md::Exchange", reach);
    DomainGrid const& grid = domain.grid();
    m_local = m_atoms = static_cast<std::int64_t>(positions.extent(0));
    m_rounds.clear();
    m_list.clear();
    grow(space, m_atoms);
    m_translation = m_translation_memory.get(space, positions.extent(0), 3);
    place_inside<Space>(space, grid, positions, types, m_translation, m_positions, m_types);
    auto const widths = domain.box().widths();
    for (int k = 0; k < 3; ++k) {
      auto const axis = static_cast<std::size_t>(k);
      double const margin = reach / widths[axis] + 1e-6;  // more than the rounding of fractional coordinates
      double const rounds = std::ceil(margin / grid.thickness[k]);
      if (grid.periodic[k] && rounds > most_rounds * grid.count[k])
        dp::fail("the reach (cutoff and skin, ", reach, " Angstrom) covers ", margin, " boxes along vector ",
                 "abc"[k], "; expected at most ", most_rounds);
      int const last = grid.periodic[k] ? static_cast<int>(rounds)
                                        : static_cast<int>(std::min<double>(rounds, grid.count[k] - 1));
      std::int64_t const before = m_atoms;
      for (int round = 0; round < last; ++round) add_round(space, grid, domain, k, margin, round, before);
    }
  }

  /// New positions of the local atoms and of the same ghosts, in the box of build() stretched so.
  void update(Space const& space, Vectors<Space> const& local_positions,
              Kokkos::Array<double, 3> const& stretch = {1.0, 1.0, 1.0}) {
    Kokkos::Profiling::ScopedRegion const region("dp::exchange");
    Rows const all = rows(m_positions);
    translate<Space>(space, local_positions, m_translation, stretch, all);
    for (Round const& round : m_rounds) {
      Parcel parcels[2];
      for (int d = 0; d < 2; ++d) {
        Way const& way = round[d];
        auto shift = way.shift;
        for (std::size_t j = 0; j < 3; ++j) shift[j] *= stretch[j];
        double* const arrived = m_positions.data() + 3 * way.first;
        parcels[d] = parcel(way, m_out[d].get(space, size(3 * way.sent)).data(), arrived, 3, d);
        double* const to = way.itself ? arrived : const_cast<double*>(parcels[d].out);
        pack<Space>(space, list(way), all, shift, Rows(to, size(way.sent), 3));
      }
      m_mail.exchange(space, parcels);
    }
  }

  /// Adds the rows of ghosts in `forces` (atoms x 3) to the rows of the atoms that they are images of, always
  /// in the same order.
  void fold(Space const& space, dp::Matrix<double, Space> const& forces) {
    Kokkos::Profiling::ScopedRegion const region("dp::exchange");
    for (auto round = m_rounds.rbegin(); round != m_rounds.rend(); ++round) {
      Parcel parcels[2];
      double* arrived[2];
      for (int d = 0; d < 2; ++d) {
        Way const& way = (*round)[d];
        double* const ghosts = forces.data() + 3 * way.first;
        arrived[d] = way.itself ? ghosts : m_out[d].get(space, size(3 * way.sent)).data();
        Parcel const forth = parcel(way, arrived[d], ghosts, 3, d);
        parcels[d] = {forth.from, ghosts, forth.in_count, forth.to, arrived[d], forth.out_count, d};
      }
      m_mail.exchange(space, parcels);
      for (int d = 0; d < 2; ++d)
        add_rows<Space>(space, list((*round)[d]), Rows(arrived[d], size((*round)[d].sent), 3), forces);
    }
  }

  std::int64_t local() const { return m_local; }
  std::int64_t atoms() const { return m_atoms; }
  dp::Matrix<double const, Space> positions() const {
    return dp::Matrix<double const, Space>(m_positions.data(), size(m_atoms), 3);
  }
  dp::Vector<int const, Space> types() const {
    return dp::Vector<int const, Space>(m_types.data(), size(m_atoms));
  }

  std::size_t bytes() const {
    return m_positions.span() * sizeof(double) + m_types.span() * sizeof(int) + m_out[0].bytes() +
           m_out[1].bytes() + m_translation_memory.bytes();
  }
  /// Bytes sent to other ranks so far.
  std::int64_t bytes_sent() const { return m_mail.sent() * static_cast<std::int64_t>(sizeof(double)); }

 private:
  using Rows = dp::Matrix<double, Space>;
  static constexpr int most_rounds = 400;

  /// One of the two messages of a round.
  struct Way {
    int to = -1, from = -1;               ///< ranks; -1: none
    bool itself = false;                  ///< from this rank to this rank: no message
    std::int64_t entry = 0;               ///< of the list of atoms to send
    std::int64_t sent = 0;                ///< atoms
    std::int64_t first = 0;               ///< ghost that comes
    std::int64_t received = 0;            ///< ghosts
    Kokkos::Array<double, 3> shift = {};  ///< from here to where the receiver sees them, Angstrom
  };
  using Round = std::array<Way, 2>;

  static std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }
  static Rows rows(Kokkos::View<double**, Kokkos::LayoutRight, Memory<Space>> const& view) {
    return Rows(view.data(), view.extent(0), 3);
  }
  auto list(Way const& way) const { return m_list.part(way.entry, way.sent); }

  static Parcel parcel(Way const& way, double* out, double* in, int columns, int tag) {
    if (way.itself) return {};
    return {way.to, out, way.sent * columns, way.from, in, way.received * columns, tag};
  }

  /// Room for so many atoms; those that are there stay.
  void grow(Space const& space, std::int64_t atoms) {
    if (size(atoms) <= m_positions.extent(0)) return;
    if (atoms > std::numeric_limits<int>::max() / 4)
      dp::fail("expected at most ", std::numeric_limits<int>::max() / 4,
               " atoms and ghosts on a rank, found ", atoms);
    space.fence("md::Exchange::grow");
    Kokkos::resize(m_positions, size(atoms + atoms / 8), 3);
    Kokkos::resize(m_types, size(atoms + atoms / 8));
  }

  /// Selects and sends: in the first round along k what was there `before`, then what came against the
  /// direction in the round before.
  void add_round(Space const& space, DomainGrid const& grid, Domain const& domain, int k, double margin,
                 int number, std::int64_t before) {
    Round round;
    for (int d = 0; d < 2; ++d) {
      Way& way = round[size(d)];
      int const direction = d == 0 ? 1 : -1, border = d == 0 ? grid.count[k] - 1 : 0;
      way.to = domain.neighbour(k, direction);
      way.from = domain.neighbour(k, -direction);
      way.itself = way.to >= 0 && way.to == domain.communicator().rank();
      if (grid.at[k] == border)
        for (int j = 0; j < 3; ++j) way.shift[size(j)] = -direction * grid.h[3 * k + j];
      Way const* const last = number > 0 ? &m_rounds.back()[size(d)] : nullptr;
      std::int64_t const begin = last ? last->first : 0, end = last ? last->first + last->received : before;
      way.entry = m_list.size();
      if (way.to < 0) continue;
      dp::Vector<double const, Space> const all(m_positions.data(), size(3 * m_atoms));
      way.sent = m_list.append(space, begin, end, NearBorder<Space>{grid, all, k, d == 0, margin});
    }
    auto counts = m_mail.exchange_counts({round[0].to, round[1].to}, {round[0].from, round[1].from},
                                         {round[0].sent, round[1].sent});
    for (int d = 0; d < 2; ++d) {
      Way& way = round[size(d)];
      way.received = way.itself ? way.sent : counts[size(d)];
      way.first = m_atoms;
      m_atoms += way.received;
    }
    grow(space, m_atoms);
    Parcel parcels[2];
    for (int d = 0; d < 2; ++d) {
      Way const& way = round[size(d)];
      Rows const out(m_out[d].get(space, size(4 * way.sent)).data(), size(way.sent), 4);
      double* const in = way.itself ? out.data() : m_in[d].get(space, size(4 * way.received)).data();
      parcels[d] = parcel(way, out.data(), in, 4, d);
      parcels[d].in = in;
      pack_ghosts<Space>(space, list(way), rows(m_positions), m_types, way.shift, out);
    }
    m_mail.exchange(space, parcels);
    for (int d = 0; d < 2; ++d) {
      Way const& way = round[size(d)];
      unpack_ghosts<Space>(space, Rows(parcels[d].in, size(way.received), 4), way.first, rows(m_positions),
                           m_types);
    }
    m_rounds.push_back(round);
  }

  Mail<Space> m_mail;
  std::vector<Round> m_rounds;
  IndexList<Space> m_list;
  Kokkos::View<double**, Kokkos::LayoutRight, Memory<Space>> m_positions{"md::Exchange::positions", 0, 3};
  Kokkos::View<int*, Memory<Space>> m_types{"md::Exchange::types", 0};
  dp::Buffer<double, Space> m_translation_memory{"md::Exchange::translation"};
  dp::Buffer<double, Space> m_out[2] = {dp::Buffer<double, Space>("md::Exchange::out"),
                                        dp::Buffer<double, Space>("md::Exchange::out")};
  dp::Buffer<double, Space> m_in[2] = {dp::Buffer<double, Space>("md::Exchange::in"),
                                       dp::Buffer<double, Space>("md::Exchange::in")};
  Rows m_translation;
  std::int64_t m_local = 0, m_atoms = 0;
};

}  // namespace md
