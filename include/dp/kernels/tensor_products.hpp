// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/views.hpp>
#include <dp/math/harmonics.hpp>
#include <dp/program/equivariant.hpp>
#include <dp/step/rows.hpp>
#include <vector>

namespace dp::detail {

/// The edges of a tile's atoms, one atom after the other.
template <class Space>
struct EdgesOfAtoms {
  std::int64_t atoms;
  int ntypes;
  Vector<std::int64_t const, Space> offsets;  // (ntypes * atoms + 1)

  EdgesOfAtoms(Rows<Space> const& rows) : atoms(rows.atoms), ntypes(rows.ntypes()), offsets(rows.offsets) {}

  /// Calls `visit(row, type)` with all edges of an atom.
  template <class Visit>
  KOKKOS_FORCEINLINE_FUNCTION void for_each(std::int64_t a, Visit const& visit) const {
    for (int t = 0; t < ntypes; ++t)
      for (auto row = offsets(t * atoms + a); row < offsets(t * atoms + a + 1); ++row) visit(row, t);
  }
};

/// Where the numbers of tensors are: see TensorLayout.
template <class Space>
struct TensorPlaces {
  int channels;
  Constants<int, Space> first, stride, within;  // of each number

  TensorPlaces(Space const& space, TensorLayout const& layout, int channels_each) : channels(channels_each) {
    std::vector<int> begin, size, inner;
    int sum = 0;
    for (TensorLayout::Part const& part : layout.parts) {
      int const n = part.components * part.copies;
      for (int i = 0; i < n; ++i) {
        begin.push_back(sum);
        size.push_back(n);
        inner.push_back(i);
      }
      sum += n;
    }
    first = to_space<int>(space, "dp::TensorPlaces", begin);
    stride = to_space<int>(space, "dp::TensorPlaces", size);
    within = to_space<int>(space, "dp::TensorPlaces", inner);
  }

  int numbers() const { return static_cast<int>(first.extent(0)); }

  /// The channels of number `k` of an edge, of which there are `edges`.
  KOKKOS_FORCEINLINE_FUNCTION std::int64_t operator()(std::int64_t edges, std::int64_t row, int k) const {
    return channels * (edges * first(k) + row * stride(k) + within(k));
  }
};

/// A TensorProduct on `Space`. The links of a number of the output are those from first(k) to first(k + 1),
/// the terms of a link likewise.
template <class Space, class T>
struct ProductTables {
  int channels, links;
  TensorPlaces<Space> input, output;
  Constants<int, Space> from, first_link;
  Constants<int, Space> first_term, harmonic, path;
  Constants<T, Space> coupling, weight;

  ProductTables(Space const& space, TensorProduct const& product, int channels_each)
      : channels(channels_each),
        links(static_cast<int>(product.links.size())),
        input(space, product.input, channels_each),
        output(space, product.output, channels_each) {
    std::vector<int> sources, begin(static_cast<std::size_t>(product.output.numbers()) + 1, 0), terms(1, 0),
        harmonics, ways;
    std::vector<double> couplings;
    for (TensorProduct::Link const& link : product.links) {
      sources.push_back(link.from);
      ++begin[static_cast<std::size_t>(link.to) + 1];
    }
    for (std::size_t k = 1; k < begin.size(); ++k) begin[k] += begin[k - 1];
    for (TensorProduct::Term const& term : product.terms) {
      terms.resize(static_cast<std::size_t>(term.link) + 2, terms.back());
      ++terms.back();
      harmonics.push_back(term.harmonic);
      ways.push_back(term.path);
      couplings.push_back(term.coupling);
    }
    from = to_space<int>(space, "dp::ProductTables::from", sources);
    first_link = to_space<int>(space, "dp::ProductTables::links", begin);
    first_term = to_space<int>(space, "dp::ProductTables::terms", terms);
    harmonic = to_space<int>(space, "dp::ProductTables::harmonics", harmonics);
    path = to_space<int>(space, "dp::ProductTables::paths", ways);
    coupling = to_space<T>(space, "dp::ProductTables::couplings", couplings);
    weight = to_space<T>(space, "dp::ProductTables::weights", product.weights);
  }

  /// B (links x channels), the matrix of a centre, from A (harmonics x channels).
  KOKKOS_INLINE_FUNCTION void matrix(T const* KOKKOS_RESTRICT a, T* KOKKOS_RESTRICT b) const {
    for (int link = 0; link < links; ++link, b += channels) {
      for (int u = 0; u < channels; ++u) b[u] = T(0);
      for (int t = first_term(link); t < first_term(link + 1); ++t) {
        T const c = coupling(t);
        T const* KOKKOS_RESTRICT const w = &weight(path(t) * channels);
        T const* KOKKOS_RESTRICT const from_a = a + harmonic(t) * channels;
        for (int u = 0; u < channels; ++u) b[u] += c * w[u] * from_a[u];
      }
    }
  }

  /// Adds to the derivatives by A those by B.
  KOKKOS_INLINE_FUNCTION void matrix_adjoint(T const* KOKKOS_RESTRICT gb, T* KOKKOS_RESTRICT ga) const {
    for (int link = 0; link < links; ++link, gb += channels)
      for (int t = first_term(link); t < first_term(link + 1); ++t) {
        T const c = coupling(t);
        T const* KOKKOS_RESTRICT const w = &weight(path(t) * channels);
        T* KOKKOS_RESTRICT const to_a = ga + harmonic(t) * channels;
        for (int u = 0; u < channels; ++u) to_a[u] += c * w[u] * gb[u];
      }
  }
};

/// The product of the tensors of a tile's edges with what is around their centres. The sum over edges, A, and
/// the matrix B that it makes of each channel are those of the centre, so each edge only has V B. A work item
/// takes every `items`-th atom.
template <class Space, class T>
struct TensorProductPass {
  EdgesOfAtoms<Space> edges;
  std::int64_t items;
  Harmonics harmonics;
  ProductTables<Space, T> tables;
  T norm;                           // what A is multiplied by
  Matrix<T const, Space> harmonic;  // (edges x numbers)
  Matrix<T const, Space> weight;    // (edges x numbers), of harmonics from column `first_weight` on
  int first_weight;
  T const* tensor;          // V
  Matrix<T, Space> sum;     // (atoms x (harmonics * channels)), A
  Matrix<T, Space> memory;  // (items x size())
  T* product;               // V B

  static std::size_t size(ProductTables<Space, T> const& tables) {
    return static_cast<std::size_t>(tables.links * tables.channels);
  }

  KOKKOS_FUNCTION void operator()(std::int64_t item) const {
    for (auto a = item; a < edges.atoms; a += items) atom(a, &memory(item, 0));
  }

 private:
  KOKKOS_FUNCTION void atom(std::int64_t a, T* const matrix) const {
    int const channels = tables.channels;
    T* KOKKOS_RESTRICT const all = &sum(a, 0);
    for (int k = 0; k < harmonics.count() * channels; ++k) all[k] = T(0);
    edges.for_each(a, [&](std::int64_t row, int) {
      T const* KOKKOS_RESTRICT w = &weight(row, first_weight);
      for (int l = 0; l < harmonics.degrees; ++l, w += channels)
        for (int k = l * l; k < (l + 1) * (l + 1); ++k) {
          T const y = norm * harmonic(row, k);
          T* KOKKOS_RESTRICT const to = all + k * channels;
          for (int u = 0; u < channels; ++u) to[u] += y * w[u];
        }
    });
    tables.matrix(all, matrix);
    auto const count = static_cast<std::int64_t>(harmonic.extent(0));
    edges.for_each(a, [&](std::int64_t row, int) {
      T const* KOKKOS_RESTRICT b = matrix;
      for (int k = 0; k < static_cast<int>(tables.output.first.extent(0)); ++k) {
        T* KOKKOS_RESTRICT const out = product + tables.output(count, row, k);
        for (int u = 0; u < channels; ++u) out[u] = T(0);
        for (int link = tables.first_link(k); link < tables.first_link(k + 1); ++link, b += channels) {
          T const* KOKKOS_RESTRICT const v = tensor + tables.input(count, row, tables.from(link));
          for (int u = 0; u < channels; ++u) out[u] += v[u] * b[u];
        }
      }
    });
  }
};

/// The way back: adds to the derivatives by V, by the weights and by the harmonics.
template <class Space, class T>
struct TensorProductAdjoint {
  EdgesOfAtoms<Space> edges;
  std::int64_t items;
  Harmonics harmonics;
  ProductTables<Space, T> tables;
  T norm;
  Matrix<T const, Space> harmonic, weight;
  int first_weight;
  T const* tensor;
  Matrix<T const, Space> sum;
  Matrix<T, Space> memory;  // (items x size())
  T const* dproduct;        // dE/d(V B)
  Matrix<T, Space> dharmonic, dweight;
  T* dtensor;

  static std::size_t size(ProductTables<Space, T> const& tables) {
    return static_cast<std::size_t>((2 * tables.links + Harmonics::most) * tables.channels);
  }

  KOKKOS_FUNCTION void operator()(std::int64_t item) const {
    for (auto a = item; a < edges.atoms; a += items) atom(a, &memory(item, 0));
  }

 private:
  KOKKOS_FUNCTION void atom(std::int64_t a, T* const matrix) const {
    int const channels = tables.channels;
    T* KOKKOS_RESTRICT const dmatrix = matrix + tables.links * channels;
    T* KOKKOS_RESTRICT const dsum = dmatrix + tables.links * channels;
    tables.matrix(&sum(a, 0), matrix);
    for (int k = 0; k < tables.links * channels; ++k) dmatrix[k] = T(0);
    for (int k = 0; k < harmonics.count() * channels; ++k) dsum[k] = T(0);
    auto const count = static_cast<std::int64_t>(harmonic.extent(0));
    edges.for_each(a, [&](std::int64_t row, int) {
      for (int k = 0; k < static_cast<int>(tables.output.first.extent(0)); ++k) {
        T const* KOKKOS_RESTRICT const g = dproduct + tables.output(count, row, k);
        for (int link = tables.first_link(k); link < tables.first_link(k + 1); ++link) {
          auto const place = tables.input(count, row, tables.from(link));
          T const* KOKKOS_RESTRICT const v = tensor + place;
          T const* KOKKOS_RESTRICT const b = matrix + link * channels;
          T* KOKKOS_RESTRICT const dv = dtensor + place;
          T* KOKKOS_RESTRICT const db = dmatrix + link * channels;
          for (int u = 0; u < channels; ++u) {
            dv[u] += g[u] * b[u];
            db[u] += g[u] * v[u];
          }
        }
      }
    });
    tables.matrix_adjoint(dmatrix, dsum);
    for (int k = 0; k < harmonics.count() * channels; ++k) dsum[k] *= norm;
    edges.for_each(a, [&](std::int64_t row, int) {
      for (int l = 0; l < harmonics.degrees; ++l) {
        T const* KOKKOS_RESTRICT const w = &weight(row, first_weight + l * channels);
        T* KOKKOS_RESTRICT const dw = &dweight(row, first_weight + l * channels);
        for (int k = l * l; k < (l + 1) * (l + 1); ++k) {
          T const* KOKKOS_RESTRICT const ds = dsum + k * channels;
          T const y = harmonic(row, k);
          T dy = T(0);
          for (int u = 0; u < channels; ++u) {
            dw[u] += y * ds[u];
            dy += w[u] * ds[u];
          }
          dharmonic(row, k) += dy;
        }
      }
    });
  }
};

/// The first tensors of an edge: its harmonics times weights.
template <class Space, class T>
struct EmbedTensors {
  Harmonics harmonics;
  TensorPlaces<Space> places;
  Matrix<T const, Space> harmonic, weight;
  int first_weight;
  T* tensor;

  KOKKOS_FUNCTION void operator()(std::int64_t row) const {
    T const* KOKKOS_RESTRICT w = &weight(row, first_weight);
    auto const count = static_cast<std::int64_t>(harmonic.extent(0));
    for (int l = 0; l < harmonics.degrees; ++l, w += places.channels)
      for (int k = l * l; k < (l + 1) * (l + 1); ++k) {
        T* KOKKOS_RESTRICT const v = tensor + places(count, row, k);
        for (int u = 0; u < places.channels; ++u) v[u] = harmonic(row, k) * w[u];
      }
  }
};

/// Its way back.
template <class Space, class T>
struct EmbedTensorsAdjoint {
  Harmonics harmonics;
  TensorPlaces<Space> places;
  Matrix<T const, Space> harmonic, weight;
  int first_weight;
  T const* dtensor;
  Matrix<T, Space> dharmonic, dweight;

  KOKKOS_FUNCTION void operator()(std::int64_t row) const {
    auto const count = static_cast<std::int64_t>(harmonic.extent(0));
    for (int l = 0; l < harmonics.degrees; ++l) {
      T const* KOKKOS_RESTRICT const w = &weight(row, first_weight + l * places.channels);
      T* KOKKOS_RESTRICT const dw = &dweight(row, first_weight + l * places.channels);
      for (int k = l * l; k < (l + 1) * (l + 1); ++k) {
        T const* KOKKOS_RESTRICT const dv = dtensor + places(count, row, k);
        T const y = harmonic(row, k);
        T dy = T(0);
        for (int u = 0; u < places.channels; ++u) {
          dw[u] += y * dv[u];
          dy += w[u] * dv[u];
        }
        dharmonic(row, k) += dy;
      }
    }
  }
};

}  // namespace dp::detail
