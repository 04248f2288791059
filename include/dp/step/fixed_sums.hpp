// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/entries.hpp>
#include <dp/core/kernels.hpp>
#include <dp/input/configuration.hpp>
#include <dp/step/sinks.hpp>

namespace dp {

/// The sums of a reproducible step: collected in fixed point (step/totals.hpp), whose bits do not
/// depend on the order of summation, and added to the outputs at its end. Several threads may add at the same
/// time.
template <class Space>
class FixedSums {
 public:
  /// Before anything is added. `report`: where numbers that cannot be summed are reported.
  void begin(Space const& space, Output<Space> const& output, typename Report<Space>::Values report) {
    m_sink = {cleared(space, m_force_memory, output.force),
              cleared(space, m_virial_memory, output.atom_virial), bool(output.virial.data()), report};
    m_totals = m_total_memory.get(space, 2 * detail::Totals::count);
    Kokkos::deep_copy(space, m_totals, std::int64_t(0));
  }

  detail::FixedSink<Space> const& sink() const { return m_sink; }         ///< for forces and virials of atoms
  Vector<std::int64_t, Space> const& totals() const { return m_totals; }  ///< for CollectTotals

  /// Adds the sums to `output`.
  void end(Space const& space, Output<Space> const& output) const {
    add(space, m_sink.force, output.force);
    add(space, m_sink.atom_virial, output.atom_virial);
    Kokkos::parallel_for("dp::FixedSums::totals", detail::LightRange<Space>(space, 0, 1),
                         detail::AddFixedTotals<Space>{m_totals, output});
  }

  /// Memory held on `Space`.
  std::size_t bytes() const {
    return m_force_memory.bytes() + m_virial_memory.bytes() + m_total_memory.bytes();
  }

 private:
  using Sums = Matrix<std::int64_t, Space>;

  static Sums cleared(Space const& space, Buffer<std::int64_t, Space>& memory, Strided2<double, Space> of) {
    if (!of.data()) return {};
    auto const result = memory.get(space, of.extent(0), 2 * of.extent(1));
    Kokkos::deep_copy(space, result, std::int64_t(0));
    return result;
  }

  static void add(Space const& space, Sums const& from, Strided2<double, Space> to) {
    if (!to.data()) return;
    detail::for_each_entry(space, "dp::FixedSums::add", static_cast<std::int64_t>(to.extent(0)),
                           static_cast<int>(to.extent(1)), detail::AddFixed<Space>{from, to});
  }

  detail::FixedSink<Space> m_sink = {};
  Vector<std::int64_t, Space> m_totals;
  Buffer<std::int64_t, Space> m_force_memory{"dp::FixedSums::force"},
      m_virial_memory{"dp::FixedSums::virial"}, m_total_memory{"dp::FixedSums::totals"};
};

}  // namespace dp
