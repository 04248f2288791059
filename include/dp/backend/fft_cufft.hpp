// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cufft.h>

#include <Kokkos_Core.hpp>
#include <array>
#include <climits>
#include <dp/backend/spectrum.hpp>
#include <dp/core/error.hpp>

namespace dp::backend {

/// Transforms of real meshes by cuFFT, on the stream of an instance.
class Cufft3d {
 public:
  static constexpr int lanes = 1;

  /// For meshes of `n` points with rows of `row` numbers, of which the first n[2] count.
  Cufft3d(Kokkos::Cuda const&, std::array<int, 3> const& n, int row)
      : m_spectrum{n[0], n[1], n[2] / 2 + 1, lanes},
        m_forward(CUFFT_D2Z, n, {n[0], n[1], row}, {n[0], n[1], n[2] / 2 + 1}),
        m_inverse(CUFFT_Z2D, n, {n[0], n[1], n[2] / 2 + 1}, {n[0], n[1], row}) {}

  Spectrum const& spectrum() const { return m_spectrum; }

  /// See KissFft3d.
  void forward(Kokkos::Cuda const& space, double const* mesh, double* spectrum) const {
    check(cufftSetStream(m_forward.handle, space.cuda_stream()), "cufftSetStream");
    check(cufftExecD2Z(m_forward.handle, const_cast<double*>(mesh),
                       reinterpret_cast<cufftDoubleComplex*>(spectrum)),
          "cufftExecD2Z");
  }

  /// See KissFft3d.
  void inverse(Kokkos::Cuda const& space, double* spectrum, double* mesh) const {
    check(cufftSetStream(m_inverse.handle, space.cuda_stream()), "cufftSetStream");
    check(cufftExecZ2D(m_inverse.handle, reinterpret_cast<cufftDoubleComplex*>(spectrum), mesh),
          "cufftExecZ2D");
  }

 private:
  using Extents = std::array<int, 3>;

  /// One direction, with the memory that it works in. Unlike FFTW, cuFFT takes no layout with a distance of 0
  /// between transforms, even of one alone.
  struct Plan {
    Plan(cufftType type, Extents n, Extents from, Extents to) {
      auto const result =
          cufftPlanMany(&handle, 3, n.data(), from.data(), 1, size(from), to.data(), 1, size(to), type, 1);
      if (result != CUFFT_SUCCESS)
        fail("cufftPlanMany for ", n[0], " x ", n[1], " x ", n[2], " points in rows of ", from[2], " and ",
             to[2], ": cuFFT result ", static_cast<int>(result));
    }
    ~Plan() { cufftDestroy(handle); }
    Plan(Plan const&) = delete;
    Plan& operator=(Plan const&) = delete;

    static int size(Extents const& n) {
      double const all = double(n[0]) * n[1] * n[2];
      if (!(all <= INT_MAX)) fail("cuFFT: expected a mesh of at most ", INT_MAX, " numbers, found ", all);
      return n[0] * n[1] * n[2];
    }

    cufftHandle handle = 0;
  };

  static void check(cufftResult result, char const* call) {
    if (result != CUFFT_SUCCESS) fail(call, ": cuFFT result ", static_cast<int>(result));
  }

  Spectrum m_spectrum;
  Plan m_forward, m_inverse;
};

}  // namespace dp::backend
