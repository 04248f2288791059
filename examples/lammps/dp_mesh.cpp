// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

#include "dp_mesh.h"

#include <dp/core/error.hpp>
#include <dp/long_range/fitted_mesh.hpp>
#include <dp/long_range/particle_mesh.hpp>
#include <dp/math/fft.hpp>

namespace dp_lammps {

using Host = Kokkos::DefaultHostExecutionSpace;

namespace {

// `make`(space) where there are transforms; it is not compiled elsewhere.
template <class Make>
std::unique_ptr<HostSum> with_transforms(Make const& make) {
  if constexpr (dp::has_fft<Host>)
    return make(Host());
  else
    dp::fail("dp was built without a library that transforms meshes on ", Host::name(),
             " (KISS FFT); pair_style dp sums over charges without one");
}

}  // namespace

std::unique_ptr<HostSum> make_mesh(double beta, std::array<int, 3> const& points, int order, bool analytic) {
  dp::MeshSetting setting;
  for (std::size_t k = 0; k < 3; ++k) setting.n[k] = dp::fft_length(points[k]);
  setting.window.kind = dp::SpreadingWindow::Kind::b_spline;
  setting.window.points = order;
  setting.analytic = analytic;
  return with_transforms(
      [&](auto space) { return std::make_unique<dp::ParticleMesh<decltype(space)>>(space, beta, setting); });
}

std::unique_ptr<HostSum> fit_mesh(double beta, double error) {
  return with_transforms(
      [&](auto space) { return std::make_unique<dp::FittedMesh<decltype(space)>>(beta, error); });
}

}  // namespace dp_lammps
