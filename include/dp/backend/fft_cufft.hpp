// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cufft.h>

#include <Kokkos_Core.hpp>
#include <array>
#include <dp/backend/spectrum.hpp>
#include <dp/core/error.hpp>

namespace dp::backend {

/// Transforms of real meshes by cuFFT, on the stream of an instance.
class Cufft3d {
 public:
  static constexpr int lanes = 1;

  /// For meshes of `n` points with rows of `row` numbers, of which the first n[2] count.
  Cufft3d(Kokkos::Cuda const&, std::array<int, 3> const& n, int row)
      : m_spectrum{n[0], n[1], n[2] / 2 + 1, lanes} {
    int sizes[3] = {n[0], n[1], n[2]}, mesh[3] = {n[0], n[1], row}, half[3] = {n[0], n[1], n[2] / 2 + 1};
    check(cufftPlanMany(&m_forward, 3, sizes, mesh, 1, 0, half, 1, 0, CUFFT_D2Z, 1), "cufftPlanMany");
    check(cufftPlanMany(&m_inverse, 3, sizes, half, 1, 0, mesh, 1, 0, CUFFT_Z2D, 1), "cufftPlanMany");
  }
  ~Cufft3d() {
    if (m_forward != 0) cufftDestroy(m_forward);
    if (m_inverse != 0) cufftDestroy(m_inverse);
  }
  Cufft3d(Cufft3d const&) = delete;
  Cufft3d& operator=(Cufft3d const&) = delete;

  Spectrum const& spectrum() const { return m_spectrum; }

  /// See KissFft3d.
  void forward(Kokkos::Cuda const& space, double const* mesh, double* spectrum) const {
    check(cufftSetStream(m_forward, space.cuda_stream()), "cufftSetStream");
    check(cufftExecD2Z(m_forward, const_cast<double*>(mesh), reinterpret_cast<cufftDoubleComplex*>(spectrum)),
          "cufftExecD2Z");
  }

  /// See KissFft3d.
  void inverse(Kokkos::Cuda const& space, double* spectrum, double* mesh) const {
    check(cufftSetStream(m_inverse, space.cuda_stream()), "cufftSetStream");
    check(cufftExecZ2D(m_inverse, reinterpret_cast<cufftDoubleComplex*>(spectrum), mesh), "cufftExecZ2D");
  }

 private:
  static void check(cufftResult result, char const* call) {
    if (result != CUFFT_SUCCESS) fail(call, ": cuFFT result ", static_cast<int>(result));
  }

  Spectrum m_spectrum;
  cufftHandle m_forward = 0, m_inverse = 0;
};

}  // namespace dp::backend
