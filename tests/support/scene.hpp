// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/compiled/input.hpp>
#include <dp/core/buffer.hpp>
#include <dp/input/box.hpp>
#include <dp/input/configuration.hpp>
#include <dp/input/whole_system.hpp>
#include <dp/model/model.hpp>
#include <string>
#include <vector>

#include "compiled_potential.hpp"
#include "frames.hpp"

namespace dp::test {

struct Results {
  double energy = 0.0;
  std::vector<double> atom_energy, force, virial, atom_virial;
};

template <class T, class Space>
auto device_copy(std::vector<T> const& values) {
  return to_space<T>(Space(), "dp::test", values);
}

/// The entries of a contiguous View, row by row.
template <class View>
auto host_copy(View const& view) {
  auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), view);
  return std::vector<typename View::non_const_value_type>(host.data(), host.data() + host.size());
}

/// A full neighbour list on the host, to be edited.
using Neighbors = std::vector<std::vector<int>>;

/// A host list on `Space`.
template <class Space>
class ListMemory {
 public:
  explicit ListMemory(Neighbors const& neighbors) {
    std::vector<std::int64_t> offsets = {0};
    std::vector<int> indices;
    for (auto const& row : neighbors) {
      indices.insert(indices.end(), row.begin(), row.end());
      offsets.push_back(static_cast<std::int64_t>(indices.size()));
    }
    m_offsets = device_copy<std::int64_t, Space>(offsets);
    m_indices = device_copy<int, Space>(indices);
  }
  NeighborList<Space> list() const { return NeighborList<Space>::csr(m_offsets, m_indices); }

 private:
  Kokkos::View<std::int64_t*, typename Space::memory_space> m_offsets;
  Kokkos::View<int*, typename Space::memory_space> m_indices;
};

/// A frame on `Space`: its atoms with their periodic images, and a neighbour list of the length `reach`.
template <class Space>
class Scene {
 public:
  Scene(Frame const& frame, double reach) : m_whole{frame.periodic ? Box(frame.box) : Box()} {
    Space const space;
    auto const n = frame.atoms();
    auto const flat = device_copy<double, Space>(frame.positions);
    auto const types = device_copy<int, Space>(frame.types);
    m_fparam = device_copy<double, Space>(frame.fparam);
    m_aparam = device_copy<double, Space>(frame.aparam);
    m_aparam_rows = Matrix<double const, Space>(m_aparam.data(), n, n == 0 ? 0 : frame.aparam.size() / n);
    images.build(space, Matrix<double const, Space>(flat.data(), n, 3), types, m_whole.box, reach);
    cells.build(space, images.positions(), images.local(), reach);
  }

  Configuration<Space> configuration() const {
    Configuration<Space> result = {images.positions(), images.types(), images.local(), m_fparam,
                                   m_aparam_rows};
    result.whole = &m_whole;
    return result;
  }

  Neighbors neighbors() const {
    auto const list = cells.list();
    auto const offsets = host_copy(list.starts);
    auto const n = static_cast<std::size_t>(offsets.back());
    auto const indices = host_copy(Vector<int const, Space>(list.entries, n));
    Neighbors result;
    for (std::size_t k = 0; k + 1 < offsets.size(); ++k)
      result.emplace_back(indices.begin() + offsets[k], indices.begin() + offsets[k + 1]);
    return result;
  }

  PeriodicImages<Space> images;
  NeighborCells<Space> cells;

 private:
  WholeSystem m_whole;
  Kokkos::View<double*, typename Space::memory_space> m_fparam, m_aparam;
  Matrix<double const, Space> m_aparam_rows;
};

/// Memory for everything that compute() can say of `atoms` atoms, `local` of them local.
template <class Space>
class Memory {
 public:
  Memory(std::int64_t local, std::int64_t atoms)
      : atom_energy("atom_energy", local), force("force", atoms), atom_virial("atom_virial", atoms) {}
  explicit Memory(Scene<Space> const& scene) : Memory(scene.images.local(), scene.images.atoms()) {}

  Output<Space> all() const {
    return {.energy = energy,
            .atom_energy = atom_energy,
            .force = force,
            .virial = virial,
            .atom_virial = atom_virial};
  }

  Results results() const {
    Results results;
    Kokkos::deep_copy(results.energy, energy);
    results.atom_energy = host_copy(atom_energy);
    results.force = host_copy(force);
    results.virial = host_copy(virial);
    results.atom_virial = host_copy(atom_virial);
    return results;
  }

  Kokkos::View<double, typename Space::memory_space> energy{"energy"};
  Kokkos::View<double*, typename Space::memory_space> atom_energy, virial{"virial", 9};
  Kokkos::View<double* [3], Kokkos::LayoutRight, typename Space::memory_space> force;
  Kokkos::View<double* [9], Kokkos::LayoutRight, typename Space::memory_space> atom_virial;
};

}  // namespace dp::test
