// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <dp/model/net_values.hpp>
#include <dp/program/network.hpp>
#include <utility>
#include <vector>

#include "frames.hpp"
#include "plain_attention.hpp"

/// The energies of a Network by plain loops, slow and obvious: what its fields mean, and the oracle for the
/// blocks that evaluate it.
namespace dp::test {

/// A neighbour: from the centre to it, and its type.
struct PlainNeighbour {
  std::array<double, 3> d;
  double r;
  int type;
};

/// Neighbours of an atom within `cutoff`, periodic images included, the nearest first.
inline std::vector<PlainNeighbour> plain_neighbours(Frame const& frame, std::size_t i, double cutoff) {
  std::array<double, 9> const& b = frame.box;
  auto const cross = [&](std::size_t u, std::size_t v) {
    return std::array<double, 3>{b[3 * u + 1] * b[3 * v + 2] - b[3 * u + 2] * b[3 * v + 1],
                                 b[3 * u + 2] * b[3 * v] - b[3 * u] * b[3 * v + 2],
                                 b[3 * u] * b[3 * v + 1] - b[3 * u + 1] * b[3 * v]};
  };
  std::array<int, 3> images = {};
  for (std::size_t k = 0; frame.periodic && k < 3; ++k) {
    auto const normal = cross((k + 1) % 3, (k + 2) % 3);
    double const volume =
        std::abs(b[3 * k] * normal[0] + b[3 * k + 1] * normal[1] + b[3 * k + 2] * normal[2]);
    // Atoms may lie outside the box, by less than one of its lengths.
    images[k] = 2 + static_cast<int>(cutoff * std::hypot(normal[0], normal[1], normal[2]) / volume);
  }
  std::vector<PlainNeighbour> out;
  for (std::size_t j = 0; j < frame.atoms(); ++j)
    for (int x = -images[0]; x <= images[0]; ++x)
      for (int y = -images[1]; y <= images[1]; ++y)
        for (int z = -images[2]; z <= images[2]; ++z) {
          if (j == i && x == 0 && y == 0 && z == 0) continue;
          PlainNeighbour n = {{}, 0.0, frame.types[j]};
          for (std::size_t c = 0; c < 3; ++c)
            n.d[c] = frame.positions[3 * j + c] - frame.positions[3 * i + c] + x * b[c] + y * b[3 + c] +
                     z * b[6 + c];
          n.r = std::hypot(n.d[0], n.d[1], n.d[2]);
          if (n.r < cutoff) out.push_back(n);
        }
  std::stable_sort(out.begin(), out.end(), [](auto const& a, auto const& c) { return a.r < c.r; });
  return out;
}

/// G of a pair function at `s`; `v`: the value of its smoothing.
inline std::vector<double> plain_embedding(PairFunction const& f, double s, double v) {
  std::vector<double> g = f.net ? values_of(*f.net, {s}) : f.table->values(s);
  for (std::size_t m = 0; m < f.modulation.size(); ++m) g[m] *= 1.0 + f.modulation[m] * v;
  return g;
}

/// The switch function at r.
inline double plain_switch(Chain const& chain, double r) {
  auto const rounded = [&](double x) {
    return chain.float32_cutoffs ? static_cast<double>(static_cast<float>(x)) : x;
  };
  double const from = rounded(chain.rcut_smth), to = rounded(chain.rcut);
  double const u = std::clamp((r - from) / rounded(to - from), 0.0, 1.0);
  return 1.0 - u * u * u * (10.0 - 15.0 * u + 6.0 * u * u);
}

/// v of a pair function at r.
inline double plain_smoothing(Chain const& chain, Smoothing kind, double r) {
  double const w = plain_switch(chain, r);
  double const u = w * chain.rcut_smth / (r + chain.protection);
  return kind == Smoothing::none              ? 1.0
         : kind == Smoothing::switch_function ? w
                                              : 1.0 - std::pow(1.0 - std::min(u, 1.0), 3);
}

/// A neighbour as functions of angles see it: its row, its type and v of its distance.
struct PlainDirection {
  std::array<double, 4> row;
  std::size_t type;
  double v;
};

/// The sum over pairs of neighbours of e f(e).
inline std::vector<double> plain_angles(Chain const& chain, std::vector<PlainDirection> const& neighbours) {
  std::vector<double> sum(static_cast<std::size_t>(chain.width), 0.0);
  for (AngleFunction const& f : *chain.angles)
    for (PlainDirection const& j : neighbours)
      for (PlainDirection const& k : neighbours) {
        if (j.type != f.first || k.type != f.second) continue;
        double const e = j.row[1] * k.row[1] + j.row[2] * k.row[2] + j.row[3] * k.row[3];
        std::vector<double> const values = plain_embedding(f.function, e, j.v * k.v);
        for (std::size_t m = 0; m < sum.size(); ++m) sum[m] += f.scale * e * values[m];
      }
  return sum;
}

/// The descriptor D of one atom: a chain's sum over neighbours, and its product with itself.
inline std::vector<double> plain_descriptor(Network const& network, Chain const& chain, Frame const& frame,
                                            std::size_t i) {
  auto const types = static_cast<std::size_t>(network.ntypes()),
             width = static_cast<std::size_t>(chain.width);
  auto const components = static_cast<std::size_t>(chain.components);
  auto const centre = static_cast<std::size_t>(frame.types[i]);
  std::vector<double> sum(components * width, 0.0);  // T^T
  auto const add = [&](double times, std::vector<double> const& g, std::array<double, 4> const& row) {
    for (std::size_t c = 0; c < components; ++c)
      for (std::size_t m = 0; m < width; ++m) sum[c * width + m] += times * row[c] * g[m];
  };
  std::vector<PlainSlot> slots;            // of a chain with attention
  std::vector<PlainDirection> directions;  // of one with functions of angles
  auto const add_pads = [&](int count, Pad const& pad) {
    double const v = pad.function.smoothing == Smoothing::none ? 1.0 : 0.0;
    bool const empty = pad.function.empty();
    if (!empty && !chain.attention) add(count, plain_embedding(pad.function, pad.s, v), pad.row);
    if (chain.attention && chain.attention->padded)
      slots.insert(slots.end(), static_cast<std::size_t>(count),
                   {empty ? std::vector<double>(width) : plain_embedding(pad.function, pad.s, v), pad.row});
  };
  bool const by_type = chain.absent_type == AbsentType::own;
  std::vector<int> left = chain.sel;
  int empty = 0;  // places of all types together that pairs which are never neighbours have taken
  for (PlainNeighbour const& n : plain_neighbours(frame, i, std::max(chain.rcut, chain.reach))) {
    std::size_t const type = static_cast<std::size_t>(n.type), pair = centre * types + type;
    bool const hidden = network.pair_excluded[pair];
    if (hidden && by_type) continue;
    if (int& places = left[by_type ? type : 0]; places-- == 0) {
      places = 0;
      continue;
    }
    if (hidden) {
      ++empty;
      continue;
    }
    if (chain.excluded[pair]) {
      add_pads(1, chain.present[pair]);
      continue;
    }
    PairFunction const& f = chain.functions[pair];
    double const w = plain_switch(chain, n.r), q = 1.0 / (n.r + chain.protection);
    std::array<double, 4> row = {w * q, w * q * q * n.d[0], w * q * q * n.d[1], w * q * q * n.d[2]};
    for (std::size_t c = 0; c < 4; ++c) row[c] = (row[c] - chain.mean[pair][c]) / chain.stddev[pair][c];
    if (chain.angles) {
      Smoothing const kind =
          chain.angles->empty() ? Smoothing::none : chain.angles->front().function.smoothing;
      directions.push_back({row, type, plain_smoothing(chain, kind, n.r)});
    }
    if (f.empty()) continue;
    std::vector<double> const g = plain_embedding(f, row[0], plain_smoothing(chain, f.smoothing, n.r));
    if (chain.attention)
      slots.push_back({g, row, plain_smoothing(chain, chain.attention->weights, n.r), true});
    else
      add(1.0, g, components == 1 ? std::array<double, 4>{1.0} : row);
  }
  for (std::size_t t = 0; t < left.size(); ++t)
    add_pads(left[t] + empty,
             chain.absent[centre * types + (by_type ? t : static_cast<std::size_t>(frame.types[0]))]);
  if (chain.angles) return plain_angles(chain, directions);
  if (chain.attention) plain_attention(*chain.attention, slots);
  for (PlainSlot const& slot : slots) add(1.0, slot.x, slot.row);
  if (!chain.left_out.empty())
    for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += chain.left_out[centre][k];
  for (double& value : sum) value *= chain.scale;
  if (chain.axis_neuron == 0) return sum;
  std::vector<double> d;
  for (std::size_t m = 0; m < width; ++m)
    for (std::size_t a = 0; a < static_cast<std::size_t>(chain.axis_neuron); ++a) {
      d.push_back(0.0);
      for (std::size_t c = 0; c < components; ++c) d.back() += sum[c * width + m] * sum[c * width + a];
    }
  return d;
}

/// The energies of all atoms.
inline std::vector<double> plain_atom_energies(Network const& network, Frame const& frame) {
  FittingNets const& f = network.fitting;
  std::vector<double> energies;
  for (std::size_t i = 0; i < frame.atoms(); ++i) {
    auto const type = static_cast<std::size_t>(frame.types[i]);
    std::vector<double> inputs(static_cast<std::size_t>(f.nets[type]->inputs()), 0.0);
    auto column = static_cast<std::size_t>(f.dimension);
    std::vector<double> const& fparam = frame.fparam.empty() ? f.default_fparam : frame.fparam;
    for (std::size_t k = 0; k < f.fparam_mean.size(); ++k)
      inputs[column++] = (fparam[k] - f.fparam_mean[k]) * f.fparam_inverse_std[k];
    std::size_t const aparams = f.aparam_is_mask ? 0 : f.aparam_mean.size();
    for (std::size_t k = 0; k < aparams; ++k)
      inputs[column++] = (frame.aparam[i * aparams + k] - f.aparam_mean[k]) * f.aparam_inverse_std[k];
    auto const fill = [&](bool descriptor) {
      for (std::size_t k = 0; k < f.constant_columns.size(); ++k)
        if ((f.constant_columns[k] < f.dimension) == descriptor)
          inputs[static_cast<std::size_t>(f.constant_columns[k])] = f.constants[type][k];
    };
    fill(false);
    double const vacuum = f.vacuum_removed[type] ? values_of(*f.nets[type], inputs)[0] : 0.0;
    fill(true);
    for (Chain const& chain : network.chains) {
      std::vector<double> const d = plain_descriptor(network, chain, frame, i);
      std::copy(d.begin(), d.end(), inputs.begin() + chain.column);
    }
    double const energy = values_of(*f.nets[type], inputs)[0] - vacuum + f.bias[type];
    energies.push_back(network.atom_excluded[type] ? 0.0 : energy);
  }
  return energies;
}

}  // namespace dp::test
