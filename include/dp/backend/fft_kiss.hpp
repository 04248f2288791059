// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <array>
#include <cmath>
#include <complex>
#include <cstddef>
#include <dp/backend/spectrum.hpp>
#include <dp/core/kernels.hpp>
#include <dp/core/lanes.hpp>
#include <dp/core/views.hpp>
#include <kissfft.hh>
#include <vector>

namespace dp::backend {

/// The same entry of as many lines as a register holds, with what KISS FFT asks of a number: it transforms
/// them side by side. std::complex of it has the plain formulas, without tests for infinities.
struct LinePack {
  using Side = Lanes<Kokkos::HostSpace, double>;
  typename Side::Type lanes;

  LinePack(double x = 0.0) : lanes(typename Side::Type{} + x) {}
  LinePack(typename Side::Type const& x) : lanes(x) {}
  operator double() const { return lanes[0]; }
  LinePack& operator+=(LinePack const& o) { return lanes += o.lanes, *this; }
  LinePack& operator-=(LinePack const& o) { return lanes -= o.lanes, *this; }
  LinePack& operator*=(LinePack const& o) { return lanes *= o.lanes, *this; }
  friend LinePack operator+(LinePack const& a, LinePack const& b) { return a.lanes + b.lanes; }
  friend LinePack operator-(LinePack const& a, LinePack const& b) { return a.lanes - b.lanes; }
  friend LinePack operator*(LinePack const& a, LinePack const& b) { return a.lanes * b.lanes; }
  friend LinePack operator-(LinePack const& a) { return -a.lanes; }
  // What follows is for its constants, which are the same in all lanes.
  friend LinePack operator*(std::size_t a, LinePack const& b) { return static_cast<double>(a) * b.lanes; }
  friend bool operator>=(LinePack const& a, int b) { return a.lanes[0] >= b; }
  friend LinePack exp(LinePack const& a) { return std::exp(a.lanes[0]); }
  friend LinePack cos(LinePack const& a) { return std::cos(a.lanes[0]); }
  friend LinePack sin(LinePack const& a) { return std::sin(a.lanes[0]); }
};

/// Transforms of real meshes by KISS FFT, on hosts: line by line along the three directions. Work items are
/// planes. Lengths are products of 2, 3 and 5, and not 1, for which KISS FFT writes to memory of all threads.
template <class Space>
class KissFft3d {
 public:
  static constexpr int lanes = LinePack::Side::count;

  /// For meshes of `n` points with rows of `row` numbers, of which the first n[2] count.
  KissFft3d(Space const&, std::array<int, 3> const& n, int row)
      : m_n(n),
        m_row(row),
        m_spectrum{n[0], n[1], n[2] / 2 + 1, lanes},
        m_forward{Line(size(n[0]), false), Line(size(n[1]), false), Line(size(n[2]), false)},
        m_inverse{Line(size(n[0]), true), Line(size(n[1]), true), Line(size(n[2]), true)} {}

  Spectrum const& spectrum() const { return m_spectrum; }

  /// Sums of values times e^(-2 pi i n.g/N).
  void forward(Space const& space, double const* mesh, double* spectrum) const {
    over(space, m_n[0], [this, mesh, spectrum](int i0) {
      rows_forward(mesh, spectrum, i0);
      columns(m_forward[1], m_n[1], spectrum + m_spectrum.row(i0, 0), m_spectrum.row_size());
    });
    across(space, m_forward[0], spectrum);
  }

  /// Sums of the spectrum, and of what it leaves out, times e^(2 pi i n.g/N). Overwrites it.
  void inverse(Space const& space, double* spectrum, double* mesh) const {
    across(space, m_inverse[0], spectrum);
    over(space, m_n[0], [this, mesh, spectrum](int i0) {
      columns(m_inverse[1], m_n[1], spectrum + m_spectrum.row(i0, 0), m_spectrum.row_size());
      rows_inverse(spectrum, mesh, i0);
    });
  }

 private:
  using Line = kissfft<LinePack>;
  using Entry = std::complex<LinePack>;
  using Side = LinePack::Side;

  static std::size_t size(int n) { return static_cast<std::size_t>(n); }

  /// Two lines of a thread's own memory, which only grows.
  static std::array<Entry*, 2> lines(std::size_t n) {
    thread_local std::vector<Entry> memory;
    if (memory.size() < 2 * n) memory.resize(2 * n);
    return {memory.data(), memory.data() + n};
  }

  template <class Body>
  static void over(Space const& space, int planes, Body const& body) {
    Kokkos::parallel_for("dp::KissFft3d", dp::detail::LightRange<Space>(space, 0, planes),
                         [body](std::int64_t plane) { body(static_cast<int>(plane)); });
  }

  void across(Space const& space, Line const& line, double* spectrum) const {
    over(space, m_n[1], [this, &line, spectrum](int i1) {
      columns(line, m_n[0], spectrum + m_spectrum.row(0, i1), m_spectrum.row(1, 0));
    });
  }

  /// Lines of `length` entries that are `stride` numbers apart, for all of the last index.
  void columns(Line const& line, int length, double* begin, std::int64_t stride) const {
    std::size_t const n = size(length);
    auto const [in, out] = lines(n);
    for (int group = 0; group < m_spectrum.groups(); ++group) {
      double* at = begin + group * 2 * lanes;
      for (std::size_t k = 0; k < n; ++k, at += stride)
        in[k] = Entry(LinePack(Side::load(at)), LinePack(Side::load(at + lanes)));
      line.transform(in, out);
      at = begin + group * 2 * lanes;
      for (std::size_t k = 0; k < n; ++k, at += stride) {
        Side::store(at, out[k].real().lanes);
        Side::store(at + lanes, out[k].imag().lanes);
      }
    }
  }

  /// Two packs of real lines are the real and imaginary parts of one: their transforms are its even and odd
  /// parts.
  void rows_forward(double const* mesh, double* spectrum, int i0) const {
    std::size_t const n = size(m_n[2]);
    auto const [in, out] = lines(n);
    for (int i1 = 0; i1 < m_n[1]; i1 += 2 * lanes) {
      for (int l = 0; l < 2 * lanes; ++l) {
        double const* const row = mesh + (std::int64_t(i0) * m_n[1] + i1 + l) * m_row;
        for (std::size_t k = 0; k < n; ++k) part(in[k], l) = i1 + l < m_n[1] ? row[k] : 0.0;
      }
      m_forward[2].transform(in, out);
      for (int k = 0; k < m_spectrum.groups() * lanes; ++k) {
        if (k >= m_spectrum.half) {
          put(spectrum, i0, i1, k, {}, {});
          continue;
        }
        Entry const c = out[size(k)], d = std::conj(out[k == 0 ? 0 : n - size(k)]);
        Entry const even = (c + d) * LinePack(0.5), odd = (c - d) * LinePack(0.5);
        put(spectrum, i0, i1, k, even, Entry(odd.imag(), -odd.real()));
      }
    }
  }

  void rows_inverse(double const* spectrum, double* mesh, int i0) const {
    std::size_t const n = size(m_n[2]);
    auto const [in, out] = lines(n);
    for (int i1 = 0; i1 < m_n[1]; i1 += 2 * lanes) {
      for (int k = 0; k < m_spectrum.half; ++k) {
        bool const whole = k == 0 || 2 * k == m_n[2];  // these are real
        Entry a = get(spectrum, i0, i1, k), b = get(spectrum, i0, i1 + lanes, k);
        if (whole) a.imag(0.0), b.imag(0.0);
        in[size(k)] = Entry(a.real() - b.imag(), a.imag() + b.real());
        if (!whole) in[n - size(k)] = Entry(a.real() + b.imag(), b.real() - a.imag());
      }
      m_inverse[2].transform(in, out);
      for (int l = 0; l < 2 * lanes && i1 + l < m_n[1]; ++l) {
        double* const row = mesh + (std::int64_t(i0) * m_n[1] + i1 + l) * m_row;
        for (std::size_t k = 0; k < n; ++k) row[k] = part(out[k], l);
      }
    }
  }

  /// Lane `l` of the real parts, then of the imaginary ones.
  static double& part(Entry& entry, int l) { return reinterpret_cast<double*>(&entry)[l]; }

  void put(double* spectrum, int i0, int i1, int k, Entry const& first, Entry const& second) const {
    for (int l = 0; l < 2 * lanes && i1 + l < m_n[1]; ++l) {
      double* const at = spectrum + m_spectrum.row(i0, i1 + l) + m_spectrum.column(k);
      Entry const& entry = l < lanes ? first : second;
      at[0] = entry.real().lanes[l % lanes];
      at[lanes] = entry.imag().lanes[l % lanes];
    }
  }

  Entry get(double const* spectrum, int i0, int i1, int k) const {
    LinePack re, im;
    for (int l = 0; l < lanes && i1 + l < m_n[1]; ++l) {
      double const* const at = spectrum + m_spectrum.row(i0, i1 + l) + m_spectrum.column(k);
      re.lanes[l] = at[0];
      im.lanes[l] = at[lanes];
    }
    return {re, im};
  }

  std::array<int, 3> m_n;
  int m_row;
  Spectrum m_spectrum;
  std::array<Line, 3> m_forward, m_inverse;
};

}  // namespace dp::backend
