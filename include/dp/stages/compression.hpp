// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <dp/input/box.hpp>
#include <dp/input/neighbor_cells.hpp>
#include <dp/input/periodic_images.hpp>
#include <dp/model/model.hpp>
#include <dp/model/nearest_distance.hpp>
#include <dp/stages/compressed_evaluation.hpp>
#include <dp/stages/embedding_basis.hpp>
#include <dp/stages/environment_matrix.hpp>
#include <dp/stages/exact_evaluation.hpp>
#include <dp/stages/force_virial.hpp>
#include <dp/stages/tiles.hpp>
#include <vector>

namespace dp {

/// Bases for all pairs of types that reach a tolerance.
struct Compression {
  std::vector<EmbeddingBasis> bases;  ///< per pair
  double force_error = 0.0;  ///< root mean square against the exact nets on the test fluid, eV/Angstrom
  bool reached = false;      ///< whether it is within the tolerance
};

/// A small periodic fluid on which a compression is tested against the exact nets: a cubic lattice with large
/// random displacements, all types in turn, about as many neighbours as the model was made for. Its forces
/// are reproducible, so that the same compression comes out wherever it is made.
template <class Space>
class TestFluid {
 public:
  /// For the cutoff, the types and the number of neighbours of `model`.
  TestFluid(Space const& space, Model const& model)
      : m_tiles(space, model), m_status(space), m_environment(space, model) {
    auto const& d = model.descriptor;
    int const side = std::max(4, static_cast<int>(std::ceil(std::cbrt(8.0 * model.ntypes()))));
    double const rc3 = d.rcut * d.rcut * d.rcut, neighbours = std::max(4.0, 0.6 * d.nnei());
    double nearest = 0.0;
    for (int i = 0; i < model.ntypes(); ++i)
      for (int j = 0; j < model.ntypes(); ++j) nearest = std::max(nearest, nearest_distance(model, i, j));
    double const spacing = std::max(std::cbrt(4.19 * rc3 / neighbours), 1.35 * nearest);
    double const shift = 0.5 * (spacing - 1.1 * nearest);
    std::uint64_t random = 1;
    auto const uniform = [&random] {  // splitmix64: the same fluid everywhere
      std::uint64_t z = (random += 0x9e3779b97f4a7c15u);
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
      return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-52 - 1.0;  // -1 ... 1
    };
    std::vector<double> positions;
    std::vector<int> types;
    for (int n = 0; n < side * side * side; ++n) {
      for (int index : {n / (side * side), n / side % side, n % side})
        positions.push_back(spacing * index + shift * uniform());
      types.push_back(n % model.ntypes());
    }
    auto const x = to_space<double>(space, "dp::TestFluid::positions", positions);
    auto const t = to_space<int>(space, "dp::TestFluid::types", types);
    double const edge = side * spacing;
    m_images.build(space, Matrix<double const, Space>(x.data(), types.size(), 3), t,
                   Box({edge, 0, 0, 0, edge, 0, 0, 0, edge}), d.rcut);
    m_cells.build(space, m_images.positions(), m_images.local(), d.rcut);
    m_fparam = to_space<double>(space, "dp::TestFluid::fparam", model.fitting.fparam_mean);
    m_aparams = model.fitting.aparam_mean.size();
  }

  /// Forces (3 * atoms) on all atoms, images folded back, by one of the evaluations.
  template <class Evaluation>
  std::vector<double> forces(Space const& space, Evaluation& evaluation) {
    auto const atoms = static_cast<std::size_t>(m_images.atoms()),
               local = static_cast<std::size_t>(m_images.local());
    Kokkos::View<double**, Kokkos::LayoutRight, typename Space::memory_space> force("dp::TestFluid::force",
                                                                                    atoms, 3);
    Kokkos::View<double**, Kokkos::LayoutRight, typename Space::memory_space> aparam("dp::TestFluid::aparam",
                                                                                     local, m_aparams);
    Configuration<Space> const configuration{m_images.positions(), m_images.types(), m_images.local(),
                                             m_fparam, aparam};
    Output<Space> output;
    output.force = force;
    Buffer<double, Space> energy("dp::TestFluid::energy");
    m_fixed.begin(space, output, m_status.values());
    m_tiles.build(space, configuration, m_cells.list(), m_status.values());
    for (auto const& tile : m_tiles.list(m_images.local())) {
      m_environment.build(space, tile, configuration, m_cells.list(), m_status.values());
      auto const e = energy.get(space, tile.list_rows.extent(0));
      auto const gradient = evaluation.run(space, tile, configuration, m_environment, e, true);
      m_environment.adjoint(space, gradient);
      m_forces.add(space, m_environment, tile.centres, e, gradient, output, &m_fixed);
    }
    m_fixed.end(space, output);
    m_images.fold(space, force);
    space.fence("dp::TestFluid::forces");
    auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), force);
    return std::vector<double>(host.data(), host.data() + 3 * local);
  }

 private:
  PeriodicImages<Space> m_images;
  NeighborCells<Space> m_cells;
  Tiles<Space> m_tiles;
  detail::Status<Space> m_status;
  EnvironmentMatrix<Space> m_environment;
  ForceVirial<Space> m_forces;
  FixedSums<Space> m_fixed;
  Kokkos::View<double*, typename Space::memory_space> m_fparam;
  std::size_t m_aparams = 0;  // zeros are as good as any
};

/// The smallest bases with a root mean square force error of at most `tolerance` (eV/Angstrom) on the test
/// fluid, tried in double. `nearest`: the smallest distance of the tables, Angstrom; 0: nearest_distance() of
/// each pair. `multiple`: K is rounded up to a multiple of it.
template <class Space>
Compression compress(Space const& space, Model const& model, double tolerance, double nearest, int multiple) {
  EmbeddingSampler<Space> const sampler(
      space, model, [&](int i, int j) { return nearest > 0.0 ? nearest : nearest_distance(model, i, j); });
  TestFluid<Space> fluid(space, model);
  ExactEvaluation<Space, Double> exact(space, model);
  auto const reference = fluid.forces(space, exact);
  Compression best;
  double tail = 1000.0 * tolerance;
  for (int attempt = 0; attempt < 10 && !best.reached; ++attempt) {
    std::vector<EmbeddingBasis> bases;
    for (int i = 0; i < model.ntypes(); ++i)
      for (int j = 0; j < model.ntypes(); ++j) bases.push_back(sampler.basis(space, i, j, tail, multiple));
    bool const converged = std::all_of(bases.begin(), bases.end(), [](auto const& basis) {
      return basis.converged || basis.functions == 0;
    });
    CompressedEvaluation<Space, Double> candidate(space, model, bases);
    auto const forces = fluid.forces(space, candidate);
    double sum = 0.0;
    for (std::size_t k = 0; k < forces.size(); ++k)
      sum += (forces[k] - reference[k]) * (forces[k] - reference[k]);
    double const error = std::sqrt(sum / static_cast<double>(forces.size()));
    if (best.bases.empty() || error < best.force_error)
      best = {std::move(bases), error, converged && error <= tolerance};
    if (!converged) break;  // nor will a smaller tail
    tail *= std::clamp(tolerance / error, 0.05, 0.5);
  }
  return best;
}

}  // namespace dp
