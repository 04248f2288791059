// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/blocks/block.hpp>
#include <dp/core/buffer.hpp>
#include <dp/core/expect.hpp>
#include <dp/core/kernels.hpp>
#include <dp/kernels/edge_functions.hpp>
#include <dp/program/equivariant.hpp>
#include <dp/step/edge_numbers.hpp>
#include <dp/step/rows.hpp>
#include <type_traits>
#include <variant>
#include <vector>

namespace dp {

/// What nets see of the places of edges: harmonics of the directions, functions of the distances, and the
/// polynomial that falls to zero at the cutoff of each pair, from displacements in double.
template <class Space, class T>
class EdgeGeometry final : public Block<Space> {
 public:
  using Numbers = EdgeNumbers<Space, T>;  ///< what it writes

  /// Copies what it needs to `space`. `rows`: of the neighbourhood.
  EdgeGeometry(Space const& space, EquivariantTerm const& term, Slot<Rows<Space>> rows, Slots& slots)
      : m_ntypes(term.neighbours.ntypes),
        m_harmonics{term.degrees},
        m_cutoff{term.cutoff_exponent},
        m_pair_cutoff(term.neighbours.pair_reach),
        m_rows(rows),
        m_harmonic(slots.add<Numbers>()),
        m_function(slots.add<Numbers>()),
        m_envelope(slots.add<Numbers>()),
        m_state(slots.add<State>()) {
    if (auto const* const bessel = std::get_if<BesselFunctions>(&term.functions)) {
      m_constants = {to_space<double>(space, "dp::EdgeGeometry::frequencies", bessel->frequency),
                     to_space<double>(space, "dp::EdgeGeometry::means", bessel->mean),
                     to_space<double>(space, "dp::EdgeGeometry::factors", bessel->inverse_deviation)};
      m_functions = detail::BesselKernel<Space>{m_constants[0], m_constants[1], m_constants[2]};
      m_count = bessel->count();
    } else {
      auto const& spline = std::get<SplineFunctions>(term.functions);
      m_functions = detail::SplineKernel{spline.functions, spline.span};
      m_count = spline.count();
    }
  }

  Slot<Numbers> harmonic() const { return m_harmonic; }  ///< where the harmonics are
  Slot<Numbers> function() const { return m_function; }  ///< where the functions are
  Slot<Numbers> envelope() const { return m_envelope; }  ///< where the polynomial is

  bool forward(Space const& space, Step<Space> const& step, Tile<Space> const& tile,
               Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::edges");
    auto const& rows = arena[m_rows];
    auto& state = arena[m_state];
    auto const n = static_cast<std::size_t>(rows.count());
    auto const& harmonic = reserved(space, step, rows, arena[m_harmonic], m_harmonics.count());
    auto const& function = reserved(space, step, rows, arena[m_function], m_count);
    auto const& envelope = reserved(space, step, rows, arena[m_envelope], 1);
    state.function_slope = state.function_memory.get(space, n, static_cast<std::size_t>(m_count));
    state.envelope_slope = state.envelope_memory.get(space, n);
    for (int t = 0; t < m_ntypes; ++t) {
      auto const range = rows.range(t);
      double const cutoff = m_pair_cutoff[static_cast<std::size_t>(tile.type * m_ntypes + t)];
      std::visit(
          [&](auto const& functions) {
            Kokkos::parallel_for(
                "dp::EdgeGeometry::forward", detail::LightRange<Space>(space, range.first, range.second),
                detail::EdgeGeometryKernel<Space, T, std::decay_t<decltype(functions)>>{
                    rows.displacement, 1.0 / cutoff, m_cutoff, functions, m_harmonics, harmonic.value,
                    function.value, envelope.value, state.function_slope, state.envelope_slope});
          },
          m_functions);
    }
    return true;
  }

  void adjoint(Space const& space, Step<Space> const&, Tile<Space> const&, Arena& arena) const override {
    Kokkos::Profiling::ScopedRegion region("dp::edges");
    auto& rows = arena[m_rows];
    auto const& state = arena[m_state];
    auto const gradient = rows.reserve_gradient(space);
    Kokkos::parallel_for(
        "dp::EdgeGeometry::adjoint", detail::LightRange<Space>(space, 0, rows.count()),
        detail::EdgeGeometryAdjoint<Space, T>{rows.displacement, m_harmonics, arena[m_harmonic].adjoint,
                                              arena[m_function].adjoint, arena[m_envelope].adjoint,
                                              state.function_slope, state.envelope_slope, gradient});
  }

 private:
  struct State {
    Matrix<T, Space> function_slope;
    Vector<double, Space> envelope_slope;
    Buffer<T, Space> function_memory{"dp::EdgeGeometry::slopes"};
    Buffer<double, Space> envelope_memory{"dp::EdgeGeometry::slopes"};

    std::size_t bytes() const { return function_memory.bytes() + envelope_memory.bytes(); }
  };

  static Numbers const& reserved(Space const& space, Step<Space> const& step, Rows<Space> const& rows,
                                 Numbers& numbers, int count) {
    numbers.reserve(space, rows.count(), count, step.derivative());
    return numbers;
  }

  int m_ntypes, m_count = 0;
  Harmonics m_harmonics;
  detail::PolynomialCutoff m_cutoff;
  std::vector<double> m_pair_cutoff;
  std::vector<Constants<double, Space>> m_constants;
  std::variant<detail::BesselKernel<Space>, detail::SplineKernel> m_functions;
  Slot<Rows<Space>> m_rows;
  Slot<Numbers> m_harmonic, m_function, m_envelope;
  Slot<State> m_state;
};

}  // namespace dp
