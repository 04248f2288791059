// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <dp/blocks/block.hpp>
#include <dp/core/entries.hpp>
#include <dp/core/kernels.hpp>
#include <dp/kernels/edge_columns.hpp>
#include <dp/step/edge_numbers.hpp>
#include <optional>

namespace dp {

/// The scalars of edges, renewed by what a net says, which falls to zero at the cutoff.
template <class Space, class T>
class RenewedScalars final : public Block<Space> {
 public:
  using Numbers = EdgeNumbers<Space, T>;  ///< what is read and written

  /// `envelope`: what falls to zero; `y`: of the net; `old`: the scalars before, of which `old_part` stays.
  RenewedScalars(Slot<Numbers> envelope, Slot<Numbers> y, std::optional<Slot<Numbers>> old, double old_part,
                 double new_part, Slots& slots)
      : m_old_part(static_cast<T>(old_part)),
        m_new_part(static_cast<T>(new_part)),
        m_envelope(envelope),
        m_y(y),
        m_old(old),
        m_renewed(slots.add<Numbers>()) {}

  Slot<Numbers> scalars() const { return m_renewed; }  ///< where the new ones are

  bool forward(Space const& space, Step<Space> const& step, Tile<Space> const&, Arena& arena) const override {
    auto const y = arena[m_y].value;
    auto const edges = static_cast<std::int64_t>(y.extent(0));
    int const width = static_cast<int>(y.extent(1));
    auto& renewed = arena[m_renewed];
    renewed.reserve(space, edges, width, step.derivative());
    detail::for_each_row(
        space, "dp::RenewedScalars::forward", edges, width,
        detail::RenewScalars<Space, T>{m_old_part, m_new_part, arena[m_envelope].value, y,
                                       m_old ? arena[*m_old].value : Matrix<T, Space>(), renewed.value});
    return true;
  }

  void adjoint(Space const& space, Step<Space> const&, Tile<Space> const&, Arena& arena) const override {
    auto const& y = arena[m_y];
    Kokkos::parallel_for(
        "dp::RenewedScalars::adjoint",
        detail::LightRange<Space>(space, 0, static_cast<std::int64_t>(y.value.extent(0))),
        detail::RenewScalarsAdjoint<Space, T>{m_old_part, m_new_part, arena[m_envelope].value, y.value,
                                              arena[m_renewed].adjoint, arena[m_envelope].adjoint, y.adjoint,
                                              m_old ? arena[*m_old].adjoint : Matrix<T, Space>()});
  }

 private:
  T m_old_part, m_new_part;
  Slot<Numbers> m_envelope, m_y;
  std::optional<Slot<Numbers>> m_old;
  Slot<Numbers> m_renewed;
};

}  // namespace dp
