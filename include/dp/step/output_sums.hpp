// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/entries.hpp>
#include <dp/input/configuration.hpp>

namespace dp {

namespace detail {

/// Sums of a component over the atoms of a block, or (`rows` being such sums) over all.
template <class Space>
struct SumRows {
  static constexpr int block = 1024;

  Matrix<double const, Space> rows;
  std::int64_t of_block;
  Matrix<double, Space> sums;

  KOKKOS_FUNCTION void operator()(std::int64_t b, int c) const {
    auto const end = Kokkos::min(static_cast<std::int64_t>(rows.extent(0)), (b + 1) * of_block);
    double sum = 0.0;
    for (auto row = b * of_block; row < end; ++row) sum += rows(row, c);
    sums(b, c) = sum;
  }
};

/// Adds the rows of atoms, and the sums, to what the caller has.
template <class Space>
struct AddOutputs {
  Matrix<double const, Space> rows, sums;
  double factor;  // of the sums
  Output<Space> output;

  KOKKOS_FUNCTION void operator()(std::int64_t i, int c) const {
    if (output.atom_output.data() && i < static_cast<std::int64_t>(rows.extent(0)))
      output.atom_output(i, c) += rows(i, c);
    if (output.output.data() && i == 0) output.output(c) += factor * sums(0, c);
  }
};

}  // namespace detail

/// What the atoms of a step have, in memory of its own, and the sum over them in a fixed order: its bits
/// depend neither on threads nor on tiles.
template <class Space>
class OutputSums {
 public:
  /// The caller's outputs with rows for atoms, set to zero, in the place of his.
  Output<Space> begin(Space const& space, Output<Space> output, std::int64_t local, int components) {
    bool const wanted = output.output.data() || output.atom_output.data();
    m_rows = m_row_memory.get(space, wanted ? static_cast<std::size_t>(local) : 0,
                              static_cast<std::size_t>(components));
    if (!wanted) return output;
    if (m_rows.size() > 0) Kokkos::deep_copy(space, m_rows, 0.0);
    output.atom_output = m_rows;
    return output;
  }

  /// Adds all to the caller's outputs; of `counted` atoms (positive) the mean instead of the sum.
  void end(Space const& space, Output<Space> const& output, std::int64_t counted) {
    if (!output.output.data() && !output.atom_output.data()) return;
    using Sum = detail::SumRows<Space>;
    int const components = static_cast<int>(m_rows.extent(1));
    auto const atoms = static_cast<std::int64_t>(m_rows.extent(0)),
               blocks = (atoms + Sum::block - 1) / Sum::block;
    auto const parts = m_part_memory.get(space, static_cast<std::size_t>(blocks), m_rows.extent(1));
    auto const sums = m_sum_memory.get(space, 1, m_rows.extent(1));
    detail::for_each_entry(space, "dp::OutputSums::blocks", blocks, components,
                           Sum{m_rows, Sum::block, parts});
    detail::for_each_entry(space, "dp::OutputSums::all", 1, components, Sum{parts, blocks, sums});
    double const factor = counted > 0 ? 1.0 / static_cast<double>(counted) : 1.0;
    detail::for_each_entry(space, "dp::OutputSums::add", atoms > 0 ? atoms : 1, components,
                           detail::AddOutputs<Space>{m_rows, sums, factor, output});
  }

  /// Memory held on `Space`.
  std::size_t bytes() const { return m_row_memory.bytes() + m_part_memory.bytes() + m_sum_memory.bytes(); }

 private:
  Matrix<double, Space> m_rows;
  Buffer<double, Space> m_row_memory{"dp::OutputSums::rows"}, m_part_memory{"dp::OutputSums::parts"},
      m_sum_memory{"dp::OutputSums::sums"};
};

}  // namespace dp
