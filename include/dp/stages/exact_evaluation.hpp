// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/input/configuration.hpp>
#include <dp/input/tile.hpp>
#include <dp/stages/descriptor.hpp>
#include <dp/stages/fitting_net.hpp>
#include <vector>

namespace dp {

/// Descriptor and fitting net of a tile, forward and back, with the nets themselves.
template <class Space, class Precision>
class ExactEvaluation {
 public:
  using T = typename Precision::Net;  ///< what the nets compute in

  /// Copies what it needs of `model` to `space`.
  ExactEvaluation(Space const& space, Model const& model)
      : m_descriptor(space, model),
        m_fitting(space, model, model.fitting.nets,
                  std::vector<int>(static_cast<std::size_t>(model.ntypes()), model.descriptor.dimension())) {}

  /// Writes the atomic energies (atoms) of `tile` and returns dE/d~r (rows x 4), empty unless `derivative`.
  template <class Kernels = DefaultKernels<Space>>
  Columns<double, Space> run(Space const& space, Tile<Space> const& tile,
                             Configuration<Space> const& configuration,
                             EnvironmentMatrix<Space> const& environment, Vector<double, Space> energy,
                             bool derivative) {
    auto const x = m_fitting.input(space, tile.type, configuration, tile.centres);
    m_descriptor.forward(space, tile.type, environment, x, derivative);
    m_fitting.forward(space, tile.type, x, energy, derivative);
    if (!derivative) return {};
    return m_descriptor.template adjoint<Kernels>(space, environment, m_fitting.adjoint(space, tile.type));
  }

  /// See Descriptor::hand_over().
  void hand_over(Space const& space, Model const& model, Handover<Space, T> handover) {
    m_descriptor.hand_over(space, model.descriptor, std::move(handover));
  }

  /// Memory held on `Space`.
  std::size_t bytes() const { return m_descriptor.bytes() + m_fitting.bytes(); }

 private:
  Descriptor<Space, Precision> m_descriptor;
  FittingNet<Space, Precision> m_fitting;
};

}  // namespace dp
