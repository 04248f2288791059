// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <Kokkos_Core.hpp>
#include <array>
#include <dp/long_range/charge_sum.hpp>
#include <memory>

namespace dp_lammps {

using HostSum = dp::ChargeSum<Kokkos::DefaultHostExecutionSpace>;

/// The sum over Gaussian charges by a mesh with B-splines of an order. `beta`: 1/Angstrom. `points`: along
/// the box vectors, as given or the next products of 2, 3 and 5. `analytic`: see dp::MeshSetting. \throws
/// dp::Error where this build has no transforms on the host
std::unique_ptr<HostSum> make_mesh(double beta, std::array<int, 3> const& points, int order, bool analytic);

/// A mesh that is chosen in the first step for a force error, eV/Angstrom: see dp::FittedMesh.
/// \throws dp::Error likewise
std::unique_ptr<HostSum> fit_mesh(double beta, double error);

}  // namespace dp_lammps
