// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/core/buffer.hpp>

#include "md/parallel/communicator.hpp"

namespace md {

/// Indices of atoms, selected by kernels; grows, and keeps what is in it.
template <class Space>
class IndexList {
 public:
  /// Appends those of begin ... end - 1 that `wanted(i)` says, in order; returns how many, for which it
  /// waits.
  template <class Wanted>
  std::int64_t append(Space const& space, std::int64_t begin, std::int64_t end, Wanted const& wanted) {
    if (auto const room = static_cast<std::size_t>(m_size + end - begin); room > m_index.extent(0)) {
      space.fence("md::IndexList::grow");
      Kokkos::resize(m_index, room + room / 8);
    }
    std::int64_t const added = select(space, begin, end, wanted, m_index, m_size);
    m_size += added;
    return added;
  }

  void clear() { m_size = 0; }
  std::int64_t size() const { return m_size; }
  /// Entries `first` ... `first + count - 1`.
  dp::Vector<int const, Space> part(std::int64_t first, std::int64_t count) const {
    return dp::Vector<int const, Space>(m_index.data() + first, static_cast<std::size_t>(count));
  }

  template <class Wanted>
  static std::int64_t select(Space const& space, std::int64_t begin, std::int64_t end, Wanted const& wanted,
                             Kokkos::View<int*, typename Space::memory_space> const& index, std::int64_t at) {
    using Policy = Kokkos::RangePolicy<Space, Kokkos::IndexType<std::int64_t>>;
    std::int64_t count = 0;
    Kokkos::parallel_scan(
        "md::IndexList::select", Policy(space, begin, end),
        KOKKOS_LAMBDA(std::int64_t i, std::int64_t & before, bool final) {
          if (!wanted(i)) return;
          if (final) index(at + before) = static_cast<int>(i);
          ++before;
        },
        count);
    return count;
  }

 private:
  Kokkos::View<int*, typename Space::memory_space> m_index{"md::IndexList", 0};
  std::int64_t m_size = 0;
};

/// Sends memory of `Space` as parcels: as it is where MPI takes it, else through the host.
template <class Space>
class Mail {
 public:
  /// `direct`: MPI takes the memory of `Space`.
  Mail(Communicator& communicator, bool direct) : m_communicator(&communicator), m_direct(direct) {}

  /// Two parcels at once; waits for what was queued on `space` and for them.
  void exchange(Space const& space, Parcel const (&parcels)[2]) {
    space.fence("md::Mail::exchange");
    for (Parcel const& p : parcels)
      if (p.to >= 0) m_sent += p.out_count;
    if (m_direct) return m_communicator->messages().exchange(parcels);
    Parcel staged[2] = {parcels[0], parcels[1]};
    for (int k = 0; k < 2; ++k) {
      auto const out = m_out[k].get(Host(), count(parcels[k].out_count));
      staged[k].out = out.data();
      staged[k].in = m_in[k].get(Host(), count(parcels[k].in_count)).data();
      Kokkos::deep_copy(space, out, dp::Vector<double const, Space>(parcels[k].out, out.extent(0)));
    }
    space.fence("md::Mail::exchange");
    m_communicator->messages().exchange(staged);
    for (int k = 0; k < 2; ++k) {
      dp::Vector<double const, Host> const in(staged[k].in, count(parcels[k].in_count));
      Kokkos::deep_copy(space, dp::Vector<double, Space>(parcels[k].in, in.extent(0)), in);
    }
    space.fence("md::Mail::exchange");
  }

  /// How many rows the two ranks will send that get so many from here.
  std::array<std::int64_t, 2> exchange_counts(std::array<int, 2> const& to, std::array<int, 2> const& from,
                                              std::array<std::int64_t, 2> const& counts) const {
    double const out[2] = {static_cast<double>(counts[0]), static_cast<double>(counts[1])};
    double in[2] = {};
    m_communicator->messages().exchange(
        {Parcel{to[0], &out[0], 1, from[0], &in[0], 1, 0}, Parcel{to[1], &out[1], 1, from[1], &in[1], 1, 1}});
    return {static_cast<std::int64_t>(in[0]), static_cast<std::int64_t>(in[1])};
  }

  Communicator& communicator() const { return *m_communicator; }
  /// Numbers sent so far.
  std::int64_t sent() const { return m_sent; }

 private:
  using Host = Kokkos::DefaultHostExecutionSpace;
  static std::size_t count(std::int64_t n) { return static_cast<std::size_t>(n); }

  Communicator* m_communicator;
  bool m_direct;
  dp::Buffer<double, Host> m_out[2] = {dp::Buffer<double, Host>("md::Mail::out"),
                                       dp::Buffer<double, Host>("md::Mail::out")};
  dp::Buffer<double, Host> m_in[2] = {dp::Buffer<double, Host>("md::Mail::in"),
                                      dp::Buffer<double, Host>("md::Mail::in")};
  std::int64_t m_sent = 0;
};

}  // namespace md
