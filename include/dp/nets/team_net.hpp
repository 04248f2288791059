// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/half.hpp>
#include <dp/core/kernels.hpp>
#include <dp/core/views.hpp>
#include <dp/kernels/layer_pass.hpp>
#include <dp/math/activation.hpp>
#include <dp/model/net.hpp>
#include <type_traits>
#include <vector>

namespace dp {

namespace detail {

/// A layer as teams read it: where its numbers begin in the flat buffer of TeamNet. Rows of `weight` have
/// `pitch` numbers, as biases and time steps have; those beyond the outputs are zero.
struct TeamLayer {
  int weight, bias, timestep, inputs, outputs, pitch;
  Skip skip;
};

/// Numbers that are loaded and stored together.
template <class T, int N>
struct alignas(N * sizeof(T)) Several {
  T of[N];
};

/// Takes rows through a net of one input: a team takes some through all layers, whose values and tangents
/// stay in its shared memory, so that nothing but G and dG/ds goes to memory. A thread computes four outputs
/// of four rows at a time: eight numbers from shared memory and four weights for 32 multiplications.
template <class Space, class T, class Stored, Activation Kind, Slope S>
struct NetByTeams {
  static constexpr int tile = 4, rows = 128 / static_cast<int>(sizeof(T));

  Vector<TeamLayer const, Space> layers;
  Vector<T const, Space> numbers;
  int room[2];  // columns of the outputs of even and odd layers, but the last, in shared memory
  Strided1<double const, Space> s;
  Matrix<Stored, Space> value, tangent;
  ActivationFunction<Kind> activation;

  /// Shared memory of a team with `columns` columns in all.
  KOKKOS_INLINE_FUNCTION static constexpr std::size_t scratch(int columns) {
    return static_cast<std::size_t>((S == Slope::none ? 1 : 2) * columns * rows) * sizeof(T);
  }

  KOKKOS_FUNCTION void operator()(TeamMember<Space> const& team) const {
    auto const first = static_cast<std::int64_t>(team.league_rank()) * rows,
               left = static_cast<std::int64_t>(value.extent(0)) - first;
    int const here = left < rows ? static_cast<int>(left) : int(rows),
              count = static_cast<int>(layers.extent(0));
    int const columns = room[0] + room[1];
    // Columns of `rows` numbers: values, then tangents.
    auto* const memory = static_cast<T*>(team.team_scratch(0).get_shmem_aligned(scratch(columns), 64));
    T* const even = memory;
    T* const odd = memory + room[0] * rows;
    int const to_tangent = columns * rows;
    Kokkos::parallel_for(Kokkos::TeamThreadRange(team, int(rows)), [&](int r) {
      odd[r] = static_cast<T>(s(first + (r < here ? r : here - 1)));
      if constexpr (S != Slope::none) odd[to_tangent + r] = T(1);
    });
    team.team_barrier();
    for (int l = 0; l < count; ++l) {
      TeamLayer const& layer = layers(l);
      T const* const in = l % 2 == 0 ? odd : even;
      T* const out = l + 1 == count ? nullptr : l % 2 == 0 ? even : odd;
      int const groups = rows / tile, items = groups * (layer.pitch / tile);
      Kokkos::parallel_for(Kokkos::TeamThreadRange(team, items), [&](int item) {
        take(layer, in, out, to_tangent, item % groups * tile, item / groups * tile, first, here);
      });
      team.team_barrier();
    }
  }

 private:
  using Numbers = Several<T, tile>;

  /// Outputs c0 ... c0 + 3 of a layer for rows r0 ... r0 + 3 of the team; without `out` those of the net.
  KOKKOS_INLINE_FUNCTION void take(TeamLayer const& layer, T const* in, T* out, int to_tangent, int r0,
                                   int c0, std::int64_t first, int here) const {
    T z[tile][tile] = {}, dz[tile][tile] = {};  // (columns, rows)
    T const* const weight = numbers.data() + layer.weight + c0;
    for (int i = 0; i < layer.inputs; ++i) {
      auto const w = *reinterpret_cast<Numbers const*>(weight + i * layer.pitch);
      auto const x = *reinterpret_cast<Numbers const*>(in + i * rows + r0);
      for (int c = 0; c < tile; ++c)
        for (int r = 0; r < tile; ++r) z[c][r] += w.of[c] * x.of[r];
      if constexpr (S != Slope::none) {
        auto const dx = *reinterpret_cast<Numbers const*>(in + to_tangent + i * rows + r0);
        for (int c = 0; c < tile; ++c)
          for (int r = 0; r < tile; ++r) dz[c][r] += w.of[c] * dx.of[r];
      }
    }
    for (int c = 0; c < tile; ++c) {
      int const column = c0 + c < layer.outputs ? c0 + c : layer.outputs - 1;
      T const bias = numbers(layer.bias + c0 + c), timestep = numbers(layer.timestep + c0 + c);
      T const* const x = in + (column < layer.inputs ? column : column - layer.inputs) * rows + r0;
      for (int r = 0; r < tile; ++r) {
        T y, dy;
        activation(z[c][r] + bias, y, dy);
        z[c][r] = timestep * y;
        dz[c][r] *= timestep * dy;
        if (layer.skip == Skip::none) continue;
        z[c][r] += x[r];
        if constexpr (S != Slope::none) dz[c][r] += x[to_tangent + r];
      }
    }
    if (out) {
      for (int c = 0; c < tile && c0 + c < layer.outputs; ++c) {
        store(out + (c0 + c) * rows + r0, z[c]);
        if constexpr (S != Slope::none) store(out + to_tangent + (c0 + c) * rows + r0, dz[c]);
      }
    } else {
      for (int r = 0; r < tile && r0 + r < here; ++r) {
        write(value, first + r0 + r, c0, layer.outputs, z, r);
        if constexpr (S != Slope::none) write(tangent, first + r0 + r, c0, layer.outputs, dz, r);
      }
    }
  }

  KOKKOS_INLINE_FUNCTION static void store(T* to, T const (&of)[tile]) {
    Numbers several;
    for (int r = 0; r < tile; ++r) several.of[r] = of[r];
    *reinterpret_cast<Numbers*>(to) = several;
  }
  KOKKOS_INLINE_FUNCTION static void write(Matrix<Stored, Space> const& to, std::int64_t row, int c0,
                                           int outputs, T const (&of)[tile][tile], int r) {
    Several<Stored, tile> several;
    for (int c = 0; c < tile; ++c) several.of[c] = narrowed<Stored>(of[c][r]);
    if (outputs % tile == 0)
      *reinterpret_cast<Several<Stored, tile>*>(&to(row, c0)) = several;
    else
      for (int c = 0; c < tile && c0 + c < outputs; ++c) to(row, c0 + c) = several.of[c];
  }
};

}  // namespace detail

/// An embedding net whose layers' outputs fit a team's shared memory, on devices. See EmbeddingNet, which
/// chooses it. Runs on host spaces, too, with teams of one thread.
template <class Space, class T, class Stored>
class TeamNet {
 public:
  /// Whether the layers have one kind of activation and are narrow enough, but for the last.
  static bool fits(Net const& net) {
    auto const& first = net.layers.front();
    return AnyKernel::scratch(std::max(room(net, 0), 1) + std::max(room(net, 1), 1)) <= most_scratch &&
           std::all_of(net.layers.begin(), net.layers.end(), [&](Layer const& layer) {
             return layer.activation == first.activation && layer.threshold == first.threshold &&
                    layer.cubic == first.cubic;
           });
  }

  /// Copies `net`, of one input, which fits.
  TeamNet(Space const& space, Net const& net)
      : m_activation(net.layers.front().activation),
        m_parameter(m_activation == Activation::gelu ? net.layers.front().cubic
                                                     : net.layers.front().threshold),
        m_room{std::max(room(net, 0), 1), std::max(room(net, 1), 1)} {
    std::vector<double> numbers;
    std::vector<detail::TeamLayer> layers;
    for (Layer const& layer : net.layers) {
      int const pitch = (layer.outputs + tile - 1) / tile * tile;
      auto const begin = [&] { return static_cast<int>(numbers.size()); };
      auto const append = [&](auto const& entry, double beyond) {
        int const at = begin();
        for (int j = 0; j < pitch; ++j)
          numbers.push_back(j < layer.outputs ? entry(static_cast<std::size_t>(j)) : beyond);
        return at;
      };
      detail::TeamLayer shape{begin(), 0, 0, layer.inputs, layer.outputs, pitch, layer.skip};
      for (int i = 0; i < layer.inputs; ++i)
        append([&](std::size_t j) { return layer.weight[static_cast<std::size_t>(i * layer.outputs) + j]; },
               0.0);
      shape.bias = append([&](std::size_t j) { return layer.bias.empty() ? 0.0 : layer.bias[j]; }, 0.0);
      shape.timestep =
          append([&](std::size_t j) { return layer.timestep.empty() ? 1.0 : layer.timestep[j]; }, 0.0);
      layers.push_back(shape);
    }
    m_numbers = to_space<T>(space, "dp::TeamNet::numbers", numbers);
    m_layers = to_space<detail::TeamLayer>(space, "dp::TeamNet::layers", layers);
  }

  /// As EmbeddingNet::evaluate().
  void evaluate(Space const& space, Strided1<double const, Space> s, Matrix<Stored, Space> value,
                Matrix<Stored, Space> derivative) const {
    if (derivative.data())
      run<detail::Slope::tangent>(space, s, value, derivative);
    else
      run<detail::Slope::none>(space, s, value, derivative);
  }

 private:
  using AnyKernel = detail::NetByTeams<Space, T, Stored, Activation::tanh, detail::Slope::tangent>;
  static constexpr int tile = AnyKernel::tile, threads = is_host_space<Space> ? 1 : DeviceTeams::threads;
  static constexpr std::size_t most_scratch = 40 << 10;  // of a team; Kokkos allows for 48 KiB

  /// Columns of the outputs of layers `parity`, `parity` + 2 ..., but of the last.
  static int room(Net const& net, std::size_t parity) {
    int widest = 0;
    for (std::size_t l = parity; l + 1 < net.layers.size(); l += 2)
      widest = std::max(widest, net.layers[l].outputs);
    return widest;
  }

  template <detail::Slope S>
  void run(Space const& space, Strided1<double const, Space> s, Matrix<Stored, Space> value,
           Matrix<Stored, Space> derivative) const {
    auto const rows = static_cast<std::int64_t>(s.extent(0));
    if (rows == 0) return;
    with_activation(m_activation, m_parameter, [&]<Activation Kind>(ActivationFunction<Kind> f) {
      using Kernel = detail::NetByTeams<Space, T, Stored, Kind, S>;
      detail::LightTeams<Space> policy(space, static_cast<int>((rows + Kernel::rows - 1) / Kernel::rows),
                                       threads, 1);
      auto const scratch = Kernel::scratch(m_room[0] + m_room[1]) + 64;
      Kokkos::parallel_for("dp::TeamNet::evaluate",
                           policy.set_scratch_size(0, Kokkos::PerTeam(static_cast<int>(scratch))),
                           Kernel{m_layers, m_numbers, {m_room[0], m_room[1]}, s, value, derivative, f});
    });
  }

  Activation m_activation;
  double m_parameter;
  int m_room[2];
  Constants<detail::TeamLayer, Space> m_layers;
  Constants<T, Space> m_numbers;
};

}  // namespace dp
