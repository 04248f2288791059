// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/core/buffer.hpp>
#include <dp/input/neighbor_cells.hpp>
#include <dp/input/periodic_images.hpp>

#include "common/structure.hpp"

namespace analysis {

template <class Space>
using Policy = Kokkos::RangePolicy<Space, Kokkos::IndexType<std::int64_t>>;

/// The elements of a trajectory, in alphabetical order; those of later frames must be in the first.
class Kinds {
 public:
  explicit Kinds(examples::Structure const& first) : m_names(first.elements) {
    std::sort(m_names.begin(), m_names.end());
    m_names.erase(std::unique(m_names.begin(), m_names.end()), m_names.end());
  }

  std::vector<int> of(examples::Structure const& frame) const {
    std::vector<int> kinds;
    kinds.reserve(frame.elements.size());
    for (std::string const& element : frame.elements) {
      auto const found = std::lower_bound(m_names.begin(), m_names.end(), element);
      if (found == m_names.end() || *found != element) {
        std::string known;
        for (std::string const& name : m_names) known += (known.empty() ? "" : ", ") + name;
        dp::fail(frame.source, ": atom ", kinds.size() + 1, " is '", element,
                 "', but the first frame used has only ", known);
      }
      kinds.push_back(static_cast<int>(found - m_names.begin()));
    }
    return kinds;
  }
  std::size_t size() const { return m_names.size(); }
  std::string const& name(std::size_t kind) const { return m_names[kind]; }
  std::vector<std::string> const& names() const { return m_names; }

 private:
  std::vector<std::string> m_names;
};

/// How many atoms of each kind there are.
inline std::vector<std::int64_t> count_kinds(std::vector<int> const& kinds, std::size_t number) {
  std::vector<std::int64_t> counts(number);
  for (int const kind : kinds) ++counts[static_cast<std::size_t>(kind)];
  return counts;
}

/// The atoms of a frame on `Space`, their periodic images and their neighbours.
template <class Space>
class Neighbours {
 public:
  /// All within `reach` (Angstrom). \throws dp::Error, naming the frame, where the library refuses it
  void build(Space const& space, examples::Structure const& frame, std::vector<int> const& kinds,
             double reach) {
    try {
      auto const x = dp::to_space<double>(space, "dp::analyse::positions", frame.positions);
      auto const types = dp::to_space<int>(space, "dp::analyse::kinds", kinds);
      m_images.build(space, dp::Matrix<double const, Space>(x.data(), kinds.size(), 3), types, frame.box,
                     reach);
      m_cells.build(space, m_images.positions(), m_images.local(), reach);
      space.fence("dp::analyse::build");  // what was uploaded ends here
    } catch (dp::Error const& error) {
      dp::fail(frame.source, ": ", error.what());
    }
  }

  dp::Matrix<double const, Space> positions() const { return m_images.positions(); }
  dp::Vector<int const, Space> kinds() const { return m_images.types(); }
  dp::NeighborList<Space> list() const { return m_cells.list(); }

 private:
  dp::PeriodicImages<Space> m_images;
  dp::NeighborCells<Space> m_cells;
};

}  // namespace analysis
