// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/backend/spectrum.hpp>
#include <dp/core/views.hpp>
#include <type_traits>
#if defined(DP_HAVE_FFTW)
#include <dp/backend/fft_fftw.hpp>
#elif defined(DP_HAVE_KISSFFT)
#include <dp/backend/fft_kiss.hpp>
#endif
#if defined(DP_HAVE_CUFFT)
#include <dp/backend/fft_cufft.hpp>
#endif

namespace dp {

using backend::Spectrum;

namespace detail {

struct NoFft {};

template <class Space, class = void>
struct FftOf {
  using Type = NoFft;
};
#if defined(DP_HAVE_FFTW)
template <class Space>
struct FftOf<Space, std::enable_if_t<is_host_space<Space>>> {
  using Type = backend::Fftw3d<Space>;
};
#elif defined(DP_HAVE_KISSFFT)
template <class Space>
struct FftOf<Space, std::enable_if_t<is_host_space<Space>>> {
  using Type = backend::KissFft3d<Space>;
};
#endif
#if defined(DP_HAVE_CUFFT)
template <>
struct FftOf<Kokkos::Cuda> {
  using Type = backend::Cufft3d;
};
#endif

}  // namespace detail

/// Transforms of real meshes on `Space` by the library that this build has for it. A class with
///   Fft3d(space, n, row)               meshes of n[0] x n[1] x n[2] numbers in rows of `row`, row >= n[2]
///   spectrum()                         where their transforms stand (Spectrum), `lanes` numbers together
///   forward(space, mesh, spectrum)     sums of values times e^(-2 pi i n.g/N)
///   inverse(space, spectrum, mesh)     sums times e^(2 pi i n.g/N); overwrites the spectrum
/// Lengths are those of fft_length().
template <class Space>
using Fft3d = typename detail::FftOf<Space>::Type;

/// Whether this build has transforms for `Space`.
template <class Space>
inline constexpr bool has_fft = !std::is_same_v<Fft3d<Space>, detail::NoFft>;

/// The least length of at least `n` and 2 that is a product of 2, 3 and 5, for which all libraries are fast.
inline int fft_length(int n) {
  for (int length = n < 2 ? 2 : n;; ++length) {
    int rest = length;
    for (int const p : {2, 3, 5})
      while (rest % p == 0) rest /= p;
    if (rest == 1) return length;
  }
}

}  // namespace dp
