// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <fftw3.h>

#include <Kokkos_Core.hpp>
#include <array>
#include <cstddef>
#include <dp/backend/spectrum.hpp>
#include <dp/core/error.hpp>

namespace dp::backend {

/// Transforms of real meshes by FFTW, on hosts, with one thread. Plans are not measured: timings would choose
/// others from run to run and from rank to rank, which round otherwise. FFTW is under the GPL.
template <class Space>
class Fftw3d {
 public:
  static constexpr int lanes = 1;

  /// For meshes of `n` points with rows of `row` numbers, of which the first n[2] count.
  Fftw3d(Space const&, std::array<int, 3> const& n, int row) : m_spectrum{n[0], n[1], n[2] / 2 + 1, lanes} {
    int const sizes[3] = {n[0], n[1], n[2]}, mesh[3] = {n[0], n[1], row},
              half[3] = {n[0], n[1], n[2] / 2 + 1};
    double* const values = fftw_alloc_real(static_cast<std::size_t>(n[0]) * static_cast<std::size_t>(n[1]) *
                                           static_cast<std::size_t>(row));
    fftw_complex* const waves = fftw_alloc_complex(m_spectrum.size() / 2);
    m_forward = fftw_plan_many_dft_r2c(3, sizes, 1, values, mesh, 1, 0, waves, half, 1, 0,
                                       FFTW_ESTIMATE | FFTW_UNALIGNED | FFTW_PRESERVE_INPUT);
    m_inverse = fftw_plan_many_dft_c2r(3, sizes, 1, waves, half, 1, 0, values, mesh, 1, 0,
                                       FFTW_ESTIMATE | FFTW_UNALIGNED);
    fftw_free(values);
    fftw_free(waves);
    if (!m_forward || !m_inverse) fail("FFTW: no plan for ", n[0], " x ", n[1], " x ", n[2]);
  }
  ~Fftw3d() {
    if (m_forward) fftw_destroy_plan(m_forward);
    if (m_inverse) fftw_destroy_plan(m_inverse);
  }
  Fftw3d(Fftw3d const&) = delete;
  Fftw3d& operator=(Fftw3d const&) = delete;

  Spectrum const& spectrum() const { return m_spectrum; }

  /// See KissFft3d.
  void forward(Space const& space, double const* mesh, double* spectrum) const {
    space.fence("dp::Fftw3d");
    fftw_execute_dft_r2c(m_forward, const_cast<double*>(mesh), reinterpret_cast<fftw_complex*>(spectrum));
  }

  /// See KissFft3d.
  void inverse(Space const& space, double* spectrum, double* mesh) const {
    space.fence("dp::Fftw3d");
    fftw_execute_dft_c2r(m_inverse, reinterpret_cast<fftw_complex*>(spectrum), mesh);
  }

 private:
  Spectrum m_spectrum;
  fftw_plan m_forward = nullptr, m_inverse = nullptr;
};

}  // namespace dp::backend
