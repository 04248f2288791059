// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <dp/core/buffer.hpp>
#include <dp/core/entries.hpp>
#include <dp/core/packed_matrix.hpp>
#include <dp/detail/basis_kernels.hpp>
#include <dp/detail/contractions.hpp>
#include <dp/detail/folded_features.hpp>
#include <dp/math/gemm.hpp>
#include <dp/model/model.hpp>
#include <dp/stages/centre_basis.hpp>
#include <dp/stages/environment_matrix.hpp>
#include <type_traits>
#include <vector>

namespace dp {

/// The descriptor in the low-rank basis: A_i = (1/nnei) sum_j phi(s_ij) (x) ~r_ij (K' x 4), and from it the
/// features that the folded fitting net reads (see Features). T, G and, unless the features are `full`, D are
/// never formed. Takes the place of Descriptor for tiles whose neighbours all lie within the tables.
template <class Space, class Precision>
class CompressedDescriptor {
 public:
  using T = typename Precision::Net;                    ///< what is computed in
  using Stored = typename Precision::Stored;            ///< what the features are stored in
  using Table = T;                                      ///< what tables are stored in
  static constexpr int lanes = Lanes<Space, T>::count;  ///< functions that a kernel handles side by side

  /// `bases`: per pair of types; `centres`: per centre type, made of them.
  CompressedDescriptor(Space const& space, Model const& model, std::vector<EmbeddingBasis> const& bases,
                       std::vector<CentreBasis> const& centres);

  /// Finds the tables' pieces for the rows of a tile of atoms of `type`. Returns the number of rows beyond
  /// the tables' safe range (a host scalar); unless it is 0 the tile is not for this class.
  std::int64_t locate(Space const& space, int type, EnvironmentMatrix<Space> const& environment);

  /// Writes the features into the first columns of `f` (atoms x at least the features); after locate().
  void forward(Space const& space, int type, EnvironmentMatrix<Space> const& environment,
               Matrix<Stored, Space> f);

  /// dE/d~r (rows x 4) from dE/dF; after forward() of the same tile.
  Columns<double, Space> adjoint(Space const& space, int type, EnvironmentMatrix<Space> const& environment,
                                 Matrix<T const, Space> df);

  /// Memory for the sums A (atoms x components * K'). With features() and features_adjoint() the part of
  /// forward() and adjoint() that knows no neighbours, for kernels that do the rest by themselves with
  /// basis().
  Matrix<T, Space> sums(Space const& space, int type, std::int64_t atoms);
  /// The features `f` from sums().
  void features(Space const& space, int type, Matrix<Stored, Space> f);
  /// dE/dA from dE/dF.
  template <class Kernels>
  Matrix<typename Precision::Net, Space> features_adjoint(Space const& space, int type,
                                                          Matrix<T const, Space> df);

  /// Tables and constants of a centre type.
  detail::Basis<Space, T, Table> basis(int type) const {
    auto const& centre = m_centres[static_cast<std::size_t>(type)];
    Matrix<T const, Space> const constants(centre.constants.data(), 2,
                                           static_cast<std::size_t>(m_components * centre.width));
    return {centre.device_tables, centre.coefficients, constants, m_scale, centre.width};
  }
  /// The largest number of functions of a pair with this centre type.
  int most_functions(int type) const {
    int most = 0;
    for (auto const& table : m_centres[static_cast<std::size_t>(type)].tables)
      most = std::max(most, table.functions);
    return most;
  }
  int components() const { return m_components; }  ///< 4, or 1 for radial descriptors
  /// Working memory for each atom of a tile of `type`.
  std::size_t bytes_per_atom(int type) const {
    auto const& centre = m_centres[static_cast<std::size_t>(type)];
    int const left = centre.features == Features::full ? m_width : m_axis;
    return static_cast<std::size_t>(2 * m_components * (centre.width + left)) * sizeof(T);
  }

  /// Working memory held on `Space`.
  std::size_t bytes() const {
    std::size_t sum = m_piece.bytes() + m_gradient.bytes();
    for (auto const* buffer : {&m_fraction, &m_a, &m_da, &m_y, &m_dy}) sum += buffer->bytes();
    return sum;
  }

 private:
  using Range = Kokkos::RangePolicy<Space, Kokkos::IndexType<std::int64_t>>;
  template <class U>
  using Constants = Kokkos::View<U*, typename Space::memory_space>;

  struct Centre {
    int width, dimension;
    Features features;
    std::vector<detail::BasisTable> tables;  // per neighbour type
    Constants<detail::BasisTable> device_tables;
    Constants<detail::BasisStrip> strips;
    Constants<Table> coefficients;
    Constants<T> constants;              // (2, components * K')
    Constants<T> left, left_transposed;  // packed: C_axis^T (K' x axis) or C^T (K' x M), and the transpose
    Constants<T> axis_channels;          // (axis, K')
    PackedMatrix<Space, T> to_left, from_left;
  };

  Centre make_centre(Space const& space, Model const& model, int type, EmbeddingBasis const* bases,
                     CentreBasis const& centre) const;
  template <int Components>
  void contract(Space const& space, Centre const& centre, EnvironmentMatrix<Space> const& environment,
                Matrix<T, Space> a);
  /// Atoms' (components x width) rows of a buffer as a matrix with one row per component.
  static Matrix<T, Space> per_component(Matrix<T, Space> const& rows, int components) {
    return Matrix<T, Space>(rows.data(), rows.extent(0) * static_cast<std::size_t>(components),
                            rows.extent(1) / static_cast<std::size_t>(components));
  }

  bool m_angular;
  int m_ntypes, m_axis, m_width, m_components;
  T m_scale;
  Constants<int> m_sel;
  std::vector<Centre> m_centres;

  Matrix<T, Space> m_a_now, m_y_now;
  Buffer<int, Space> m_piece{"dp::CompressedDescriptor::piece"};
  Buffer<T, Space> m_fraction{"dp::CompressedDescriptor::fraction"}, m_a{"dp::CompressedDescriptor::a"},
      m_da{"dp::CompressedDescriptor::da"}, m_y{"dp::CompressedDescriptor::y"},
      m_dy{"dp::CompressedDescriptor::dy"};
  Buffer<double, Space> m_gradient{"dp::CompressedDescriptor::gradient"};
};

template <class Space, class Precision>
CompressedDescriptor<Space, Precision>::CompressedDescriptor(Space const& space, Model const& model,
                                                             std::vector<EmbeddingBasis> const& bases,
                                                             std::vector<CentreBasis> const& centres)
    : m_angular(model.descriptor.kind == DescriptorKind::angular),
      m_ntypes(model.ntypes()),
      m_axis(m_angular ? model.descriptor.axis_neuron : 1),
      m_width(model.descriptor.width()),
      m_components(m_angular ? 4 : 1),
      m_scale(static_cast<T>(1.0 / model.descriptor.nnei() / (m_angular ? 1.0 : 5.0))),
      m_sel(to_space<int>(space, "dp::CompressedDescriptor::sel", model.descriptor.sel)) {
  for (int i = 0; i < m_ntypes; ++i)
    m_centres.push_back(make_centre(space, model, i, &bases[static_cast<std::size_t>(i * m_ntypes)],
                                    centres[static_cast<std::size_t>(i)]));
}

template <class Space, class Precision>
auto CompressedDescriptor<Space, Precision>::make_centre(Space const& space, Model const& model, int type,
                                                         EmbeddingBasis const* bases,
                                                         CentreBasis const& centre) const -> Centre {
  Centre result;
  result.width = centre.width;
  result.dimension = centre.dimension;
  result.features = centre.features;
  auto const k_count = static_cast<std::size_t>(centre.width),
             components = static_cast<std::size_t>(m_components);
  // On devices two powers of 8 functions, as a vector of threads reads them in double, are a cache line.
  int const whole = is_host_space<Space> ? 1 : 64 / static_cast<int>(sizeof(Table));
  std::vector<double> coefficients, constants(2 * components * k_count);
  std::vector<detail::BasisStrip> strips;
  int column = 0;
  for (int t = 0; t < m_ntypes; ++t) {
    EmbeddingBasis const& basis = bases[t];
    PiecewiseQuintic const& table = basis.table;
    int const stride = (basis.functions + whole - 1) / whole * whole;
    result.tables.push_back({static_cast<int>(coefficients.size()), basis.functions, stride, column,
                             table.intervals, table.lower, basis.functions > 0 ? 1.0 / table.step() : 0.0,
                             basis.handover});
    for (int i = 0; i < table.intervals; ++i) {
      auto const* const piece =
          &table.data[static_cast<std::size_t>(i) * 6 * static_cast<std::size_t>(table.functions)];
      auto const begin = coefficients.size();
      coefficients.resize(begin + 6 * static_cast<std::size_t>(stride));
      for (int d = 0; d < 6; ++d)
        for (int k = 0; k < basis.functions; ++k)
          coefficients[begin + static_cast<std::size_t>(detail::coefficient_at<Space>(d, k, stride))] =
              piece[d * basis.functions + k];
    }
    auto const pair = static_cast<std::size_t>(type * m_ntypes + t);
    for (int k = 0; k < basis.functions; k += lanes) strips.push_back({t, k, stride, column + k});
    for (std::size_t c = 0; c < components; ++c) {
      double const row = m_angular ? -model.descriptor.mean[pair][c] / model.descriptor.stddev[pair][c] : 1.0;
      for (std::size_t k = 0; k < static_cast<std::size_t>(basis.functions); ++k) {
        constants[c * k_count + static_cast<std::size_t>(column) + k] = row * basis.absent[k];
        if (!m_angular) constants[k_count + static_cast<std::size_t>(column) + k] = basis.excluded[k];
      }
    }
    column += basis.functions;
  }
  result.device_tables =
      to_space<detail::BasisTable>(space, "dp::CompressedDescriptor::tables", result.tables);
  result.coefficients = to_space<Table>(space, "dp::CompressedDescriptor::coefficients", coefficients);
  result.constants = to_space<T>(space, "dp::CompressedDescriptor::constants", constants);
  result.strips = to_space<detail::BasisStrip>(space, "dp::CompressedDescriptor::strips", strips);

  int const left = centre.features == Features::full ? m_width : m_axis;
  auto const channel = [&](int m, int k) {
    return centre.channels[static_cast<std::size_t>(m) * k_count + static_cast<std::size_t>(k)];
  };
  using Packed = PackedMatrix<Space, T>;
  std::vector<double> forward, backward, axis;
  Packed::pack(forward, centre.width, left, [&](int k, int m) { return channel(m, k); });
  Packed::pack(backward, left, centre.width, channel);
  for (int b = 0; b < m_axis; ++b)
    for (int k = 0; k < centre.width; ++k) axis.push_back(channel(b, k));
  result.left = to_space<T>(space, "dp::CompressedDescriptor::left", forward);
  result.left_transposed = to_space<T>(space, "dp::CompressedDescriptor::left_transposed", backward);
  result.axis_channels = to_space<T>(space, "dp::CompressedDescriptor::axis_channels", axis);
  result.to_left = Packed{result.left.data(), centre.width, left};
  result.from_left = Packed{result.left_transposed.data(), left, centre.width};
  return result;
}

template <class Space, class Precision>
std::int64_t CompressedDescriptor<Space, Precision>::locate(Space const& space, int type,
                                                            EnvironmentMatrix<Space> const& environment) {
  Kokkos::Profiling::ScopedRegion region("dp::embedding");
  auto const& centre = m_centres[static_cast<std::size_t>(type)];
  auto const n = static_cast<std::size_t>(environment.rows());
  auto const piece = m_piece.get(space, n);
  auto const fraction = m_fraction.get(space, n);
  std::int64_t beyond = 0;
  for (int t = 0; t < m_ntypes; ++t) {
    if (environment.begin(t) == environment.begin(t + 1)) continue;
    std::int64_t count = 0;
    auto const& table = centre.tables[static_cast<std::size_t>(t)];
    if (table.functions == 0) continue;
    Kokkos::parallel_reduce(
        "dp::CompressedDescriptor::locate", Range(space, environment.begin(t), environment.begin(t + 1)),
        detail::LocateRows<Space, T>{table, environment.values(), piece, fraction}, count);
    beyond += count;
  }
  return beyond;
}

template <class Space, class Precision>
template <int Components>
void CompressedDescriptor<Space, Precision>::contract(Space const& space, Centre const& centre,
                                                      EnvironmentMatrix<Space> const& environment,
                                                      Matrix<T, Space> a) {
  Kokkos::Profiling::ScopedRegion region("dp::embedding");
  auto const rows = static_cast<std::size_t>(environment.rows());
  Matrix<T const, Space> const constants(centre.constants.data(), 2,
                                         static_cast<std::size_t>(Components * centre.width));
  detail::TileRows<Space> const tile{environment.atoms(), m_ntypes, environment.offsets(),
                                     environment.present(), m_sel};
  detail::for_each_entry(space, "dp::CompressedDescriptor::contract", environment.atoms(),
                         static_cast<int>(centre.strips.extent(0)),
                         detail::ContractBasis<Space, T, Components>{
                             tile, centre.strips, centre.coefficients, m_piece.get(space, rows),
                             m_fraction.get(space, rows), environment.values(), constants, m_scale, a});
}

template <class Space, class Precision>
void CompressedDescriptor<Space, Precision>::forward(Space const& space, int type,
                                                     EnvironmentMatrix<Space> const& environment,
                                                     Matrix<Stored, Space> f) {
  auto const& centre = m_centres[static_cast<std::size_t>(type)];
  auto const a = sums(space, type, environment.atoms());
  if (m_angular)
    contract<4>(space, centre, environment, a);
  else
    contract<1>(space, centre, environment, a);
  features(space, type, f);
}

template <class Space, class Precision>
Matrix<typename Precision::Net, Space> CompressedDescriptor<Space, Precision>::sums(Space const& space,
                                                                                    int type,
                                                                                    std::int64_t atoms) {
  auto const width = m_components * m_centres[static_cast<std::size_t>(type)].width;
  return m_a_now = m_a.get(space, static_cast<std::size_t>(atoms), static_cast<std::size_t>(width));
}

template <class Space, class Precision>
void CompressedDescriptor<Space, Precision>::features(Space const& space, int type, Matrix<Stored, Space> f) {
  Kokkos::Profiling::ScopedRegion region("dp::descriptor");
  auto const& centre = m_centres[static_cast<std::size_t>(type)];
  bool const full = centre.features == Features::full;
  auto const atoms = m_a_now.extent(0);
  auto const n = static_cast<std::int64_t>(atoms);
  if (full || centre.features == Features::axis) {
    if (!m_angular && !full) {
      detail::copy_features<Space>(space, m_a_now, f);
      return;
    }
    auto const left = static_cast<std::size_t>(full ? m_width : m_axis);
    m_y_now = m_y.get(space, atoms, static_cast<std::size_t>(m_components) * left);
    gemm(space, per_component(m_a_now, m_components), centre.to_left, per_component(m_y_now, m_components));
  }
  if (!m_angular) {
    detail::copy_features<Space>(space, m_y_now, f);
  } else if (full) {
    detail::SymmetricProduct<Space, T, Stored> const product{m_y_now, m_axis, f};
    detail::for_each_entry(space, "dp::Descriptor::product", n, product.strips, product);
  } else if (centre.features == Features::axis) {
    detail::for_each_entry(space, "dp::CompressedDescriptor::features", n, centre.width / lanes,
                           detail::AxisFeatures<Space, T, Stored>{m_a_now, m_y_now, f});
  } else {
    detail::for_each_entry(space, "dp::CompressedDescriptor::features", n, centre.width / lanes,
                           detail::SymmetricFeatures<Space, T, Stored>{m_a_now, f});
  }
}

template <class Space, class Precision>
template <class Kernels>
Matrix<typename Precision::Net, Space> CompressedDescriptor<Space, Precision>::features_adjoint(
    Space const& space, int type, Matrix<T const, Space> df) {
  Kokkos::Profiling::ScopedRegion region("dp::descriptor");
  auto const& centre = m_centres[static_cast<std::size_t>(type)];
  auto const atoms = m_a_now.extent(0);
  auto const n = static_cast<std::int64_t>(atoms);
  auto const da = m_da.get(space, atoms, static_cast<std::size_t>(m_components * centre.width));
  bool const full = centre.features == Features::full;
  auto const left = static_cast<std::size_t>(full ? m_width : m_axis);
  auto const dy = m_dy.get(space, atoms, static_cast<std::size_t>(m_components) * left);
  if (!m_angular && !full) {
    Kokkos::deep_copy(space, da, Kokkos::subview(df, Kokkos::ALL, std::make_pair(0, centre.width)));
  } else if (full) {
    if (m_angular) {
      detail::for_each_entry(space, "dp::Descriptor::product_adjoint", n, m_width,
                             detail::SymmetricProductAdjoint<Space, T>{m_y_now, df, m_axis, dy});
      detail::AxisProductAdjoint<Space, T> const axis{m_y_now, df, m_axis, dy};
      detail::for_each_entry(space, "dp::Descriptor::axis_adjoint", n, axis.strips, axis);
    } else {
      Kokkos::deep_copy(space, dy, Kokkos::subview(df, Kokkos::ALL, std::make_pair(0, m_width)));
    }
    gemm(space, per_component(dy, m_components), centre.from_left, per_component(da, m_components));
  } else if (centre.features == Features::axis) {
    Matrix<T const, Space> const channels(centre.axis_channels.data(), static_cast<std::size_t>(m_axis),
                                          static_cast<std::size_t>(centre.width));
    detail::AxisFeaturesAdjointY<Space, T> const adjoint_y{m_a_now, df, dy};
    char const* const label = "dp::CompressedDescriptor::features_adjoint_y";
    if constexpr (std::is_same_v<Kernels, Loops>) {
      detail::for_each_entry(space, label, n, m_axis, adjoint_y);
    } else {
      using ByTeams = detail::AxisFeaturesAdjointYByTeams<Space, T>;
      Kokkos::parallel_for(label, detail::team_policy<Kernels, ByTeams::vector>(space, n),
                           ByTeams{adjoint_y});
    }
    detail::for_each_entry(space, "dp::CompressedDescriptor::features_adjoint_a", n, centre.width / lanes,
                           detail::AxisFeaturesAdjointA<Space, T>{m_y_now, dy, df, channels, da});
  } else {
    detail::for_each_entry(space, "dp::CompressedDescriptor::features_adjoint", n, centre.width / lanes,
                           detail::SymmetricFeaturesAdjoint<Space, T>{m_a_now, df, da});
  }
  return da;
}

template <class Space, class Precision>
Columns<double, Space> CompressedDescriptor<Space, Precision>::adjoint(
    Space const& space, int type, EnvironmentMatrix<Space> const& environment, Matrix<T const, Space> df) {
  auto const da = features_adjoint<Loops>(space, type, df);
  auto const& centre = m_centres[static_cast<std::size_t>(type)];
  auto const rows = static_cast<std::size_t>(environment.rows());
  Kokkos::Profiling::ScopedRegion region("dp::embedding");
  auto const gradient = m_gradient.columns(space, rows, 4);
  auto const differentiate = [&]<int Components>(std::integral_constant<int, Components>) {
    for (int t = 0; t < m_ntypes; ++t) {
      auto const& table = centre.tables[static_cast<std::size_t>(t)];
      Range const range(space, environment.begin(t), environment.begin(t + 1));
      if (table.functions > 0)
        Kokkos::parallel_for(
            "dp::CompressedDescriptor::row_gradient", range,
            detail::BasisRowGradient<Space, T, Components>{
                table, centre.coefficients, m_piece.get(space, rows), m_fraction.get(space, rows),
                environment.values(), environment.atom(), da, m_scale, gradient});
      else
        Kokkos::deep_copy(
            space,
            Kokkos::subview(gradient, std::make_pair(environment.begin(t), environment.begin(t + 1)),
                            Kokkos::ALL),
            0.0);
    }
  };
  if (m_angular)
    differentiate(std::integral_constant<int, 4>());
  else
    differentiate(std::integral_constant<int, 1>());
  return gradient;
}

}  // namespace dp
