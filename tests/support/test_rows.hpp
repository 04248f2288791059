// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <dp/blocks/environment_matrix.hpp>
#include <dp/program/bases.hpp>
#include <dp/step/arena.hpp>
#include <functional>
#include <vector>

#include "stage.hpp"

/// What tests of blocks that sum over neighbours share.
namespace dp::test {

/// G of a row of a neighbour type, from its normalised s and its distance.
using Function = std::function<Numbers(std::size_t pair, double s, double r)>;

/// Rows of four atoms of type 1 of three types, as a neighbourhood leaves them.
class TestRows {
 public:
  static constexpr std::size_t atoms = 4, centre = 1;

  TestRows(Random& random, Chain const& chain, int per_slot) : m_chain(chain) {
    auto& rows = arena[environment.rows];
    rows.atoms = atoms;
    std::vector<std::int64_t> offsets = {0};
    std::vector<int> of_atom;
    for (std::size_t t = 0; t < 3; ++t) {
      for (std::size_t a = 0; a < atoms; ++a) {
        present.push_back(per_slot == 0 ? 0 : static_cast<int>(t + a) % (per_slot + 1));
        int const count = chain.excluded[3 * centre + t] ? 0 : present.back();
        offsets.push_back(offsets.back() + count);
        for (int n = 0; n < count; ++n) {
          of_atom.push_back(static_cast<int>(a));
          double const r = 2.4 + 1.5 * random(), phi = 3.0 * random(), z = 0.9 * random();
          double const rho = std::sqrt(1.0 - z * z);
          for (double x : {rho * std::cos(phi), rho * std::sin(phi), z}) displacements.push_back(r * x);
        }
      }
      rows.begin.push_back(offsets.back());
      m_begin.push_back(count());
    }
    m_present = device_copy<int, Space>(present);
    m_offsets = device_copy<std::int64_t, Space>(offsets);
    m_atom = device_copy<int, Space>(of_atom);
    rows.present = m_present;
    rows.offsets = m_offsets;
    rows.reserve(Space());
    Kokkos::deep_copy(rows.atom, m_atom);
  }

  std::size_t count() const { return displacements.size() / 3; }
  std::size_t pair(std::size_t row) const {
    std::size_t t = 0;
    while (row >= m_begin[t + 1]) ++t;
    return 3 * centre + t;
  }

  /// What blocks read: displacements, and rows of the environment matrix.
  void place(Numbers const& d) {
    auto& values = arena[environment.values];
    Numbers all;
    for (std::size_t row = 0; row < count(); ++row)
      for (double x : plain_row(m_chain, pair(row), &d[3 * row])) all.push_back(x);
    fill(arena[environment.rows].displacement, d);
    values.values = values.memory.columns(Space(), count(), 4);
    fill(values.values, all);
  }

  /// dE/dd from dE/d~r.
  Numbers through_rows(Numbers const& d, Numbers const& gradient) const {
    return slopes(d, [&](Numbers const& at) {
      double sum = 0.0;
      for (std::size_t row = 0; row < count(); ++row)
        for (std::size_t c = 0; c < 4; ++c)
          sum += gradient[4 * row + c] * plain_row(m_chain, pair(row), &at[3 * row])[c];
      return sum;
    });
  }

  /// The sums over neighbours of `width` functions.
  Numbers plain_sums(Numbers const& d, std::size_t width, Function const& function,
                     std::function<Numbers(std::size_t pair, bool present)> const& constant,
                     int first) const {
    auto const components = static_cast<std::size_t>(m_chain.components), numbers = components * width;
    Numbers sums(atoms * numbers, 0.0);
    std::size_t row = 0;
    auto const add = [&](std::size_t a, double times, Numbers const& of_pair) {
      for (std::size_t k = 0; k < of_pair.size(); ++k) sums[a * numbers + k] += times * of_pair[k];
    };
    std::vector<int> missing(atoms, m_chain.sel[0]);  // where sel is one number
    for (std::size_t t = 0; t < 3; ++t)
      for (std::size_t a = 0; a < atoms; ++a) {
        int const here = present[t * atoms + a];
        missing[a] -= here;
        if (!m_chain.shared_sel()) add(a, m_chain.sel[t] - here, constant(3 * centre + t, false));
        add(a, here, constant(3 * centre + t, true));
        for (int n = 0; n < here && !m_chain.excluded[3 * centre + t]; ++n, ++row) {
          auto const values = plain_row(m_chain, 3 * centre + t, &d[3 * row]);
          Numbers const g =
              function(3 * centre + t, values[0], std::hypot(d[3 * row], d[3 * row + 1], d[3 * row + 2]));
          for (std::size_t c = 0; c < components; ++c)
            for (std::size_t m = 0; m < width; ++m)
              sums[a * numbers + c * width + m] += g[m] * (components == 1 ? 1.0 : values[c]);
        }
      }
    for (std::size_t a = 0; a < atoms; ++a) {
      if (m_chain.shared_sel())
        add(a, missing[a], constant(3 * centre + static_cast<std::size_t>(first), false));
      if (!m_chain.left_out.empty()) add(a, 1.0, m_chain.left_out[centre]);
    }
    for (double& x : sums) x *= m_chain.scale;
    return sums;
  }

  Slots slots;
  EnvironmentSlots<Space> const environment = {slots.add<Rows<Space>>(), slots.add<EnvironmentRows<Space>>()};
  Arena arena;
  Numbers displacements;
  std::vector<int> present;

 private:
  Chain m_chain;
  std::vector<std::size_t> m_begin = {0};
  Kokkos::View<int*, typename Space::memory_space> m_present, m_atom;
  Kokkos::View<std::int64_t*, typename Space::memory_space> m_offsets;
};

/// Compares a block that sums over rows. `make_block` makes it from slots.
template <class F, class MakeBlock>
void compare_sums(Chain const& chain, TestRows& rows, std::size_t width, MakeBlock const& make_block,
                  Function const& function,
                  std::function<Numbers(std::size_t pair, bool present)> const& constant) {
  Space const space;
  auto const block = make_block(rows.environment, rows.slots);
  Stage stage(Numbers(12, 0.0), {1, 1, 1, 1}, 4, Neighbors(4));
  auto step = stage.step();
  step.first_type = 2;
  auto const tile = stage.tile(1);
  Random random(21);
  std::size_t const numbers = static_cast<std::size_t>(chain.components) * width;
  Numbers const seed = random(TestRows::atoms * numbers);
  Numbers last;
  compare<F>(
      rows.displacements, seed,
      [&](Numbers const& d) {
        last = d;
        rows.place(d);
        EXPECT_TRUE(block.forward(space, step, tile, rows.arena));
        return numbers_of(rows.arena[block.sums()].value);
      },
      [&](Numbers const& d) { return rows.plain_sums(d, width, function, constant, step.first_type); },
      [&] {
        fill(rows.arena[block.sums()].reserve_adjoint(space), seed);
        block.adjoint(space, step, tile, rows.arena);
        return rows.through_rows(last, numbers_of(rows.arena[rows.environment.rows].gradient));
      });
}

/// Sines of x up to `upper`, of which the last `window` is for both, and what neighbours without rows add.
inline ChainBasis sine_basis(Random& random, Chain const& chain, double upper, double window) {
  ChainBasis basis;
  basis.centres.resize(3);
  for (std::size_t pair = 0; pair < 9; ++pair) {
    EmbeddingBasis b;
    b.functions = pair % 3 == 2 ? 16 : 8;
    if (pair == 5) b.functions = 0;
    auto const k = static_cast<std::size_t>(b.functions);
    Numbers values, slopes_of;
    for (double x : PiecewiseQuintic::nodes(-0.6, upper, 16))
      for (std::size_t l = 0; l < k; ++l) {
        double const q = 0.3 + 0.1 * static_cast<double>(l);
        values.push_back(std::sin(q * x + static_cast<double>(l)));
        slopes_of.push_back(q * std::cos(q * x + static_cast<double>(l)));
      }
    b.table = PiecewiseQuintic(-0.6, upper, 16, b.functions, values, slopes_of);
    b.handover = upper - window;
    b.channels = random(static_cast<std::size_t>(chain.width) * k);
    b.absent = random(static_cast<std::size_t>(chain.components) * k);
    b.present = random(static_cast<std::size_t>(chain.components) * k);
    basis.centres[pair / 3].width += b.functions;
    basis.bases.push_back(b);
  }
  return basis;
}

/// The functions of a pair in their columns of all of the centre's, `rows` of them from (rows x K).
inline Numbers in_columns(ChainBasis const& basis, std::size_t pair, Numbers const& of_pair) {
  auto const width = static_cast<std::size_t>(basis.centres[pair / 3].width),
             k = static_cast<std::size_t>(basis.bases[pair].functions);
  std::size_t column = 0;
  for (std::size_t p = pair / 3 * 3; p < pair; ++p)
    column += static_cast<std::size_t>(basis.bases[p].functions);
  Numbers all(k == 0 ? width : of_pair.size() / k * width, 0.0);
  for (std::size_t i = 0; i < of_pair.size(); ++i) all[i / k * width + column + i % k] = of_pair[i];
  return all;
}

inline Numbers functions_at(ChainBasis const& basis, std::size_t pair, double x) {
  Numbers phi;
  for (int k = 0; k < basis.bases[pair].functions; ++k)
    phi.push_back(basis.bases[pair].table.evaluate(x, k)[0]);
  return phi;
}

}  // namespace dp::test
