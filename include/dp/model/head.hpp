// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/core/quantity.hpp>
#include <dp/model/check.hpp>
#include <string>
#include <vector>

namespace dp {

/// What a model gives, and how it is made of the outputs y of its fitting nets: energies, densities of states
/// and properties are these outputs themselves. Dipoles and polarisabilities join y with the vectors v_m of
/// the descriptor's channels (rows 1 to 3 of T), which turn with the atoms: sum_m y_m v_m, and
/// sum_m y_m v_m (x) v_m or sum_mn (y_mn + y_nm) / 2 v_m (x) v_n.
struct Head {
  Quantity quantity;     ///< what
  bool diagonal = true;  ///< of a polarisability: the first of its two forms
  std::vector<double>
      scale;  ///< multiplies y, per type (polarisability), or per type and component; empty: 1
  std::vector<double> shift;  ///< of a polarisability: per type, added to its diagonal; empty: 0

  /// Whether the vectors of channels take part.
  bool turns() const {
    return quantity.kind == Quantity::Kind::dipole || quantity.kind == Quantity::Kind::polarizability;
  }
  /// Outputs of the fitting nets; `channels`: of the descriptor, that have vectors.
  int outputs(int channels) const {
    if (!turns()) return quantity.components;
    return quantity.kind == Quantity::Kind::dipole || diagonal ? channels : channels * channels;
  }

  /// Throws dp::Error, with the place, unless it can be evaluated with a descriptor of so many channels that
  /// have vectors.
  void check(Check const& at, int channels) const {
    using Kind = Quantity::Kind;
    constexpr int most = 1'000'000, most_channels = 1000;
    Kind const kind = quantity.kind;
    int const expected = kind == Kind::energy           ? 1
                         : kind == Kind::dipole         ? 3
                         : kind == Kind::polarizability ? 9
                                                        : 0;
    at.in("dim_out").require(expected == 0 ? quantity.components >= 1 && quantity.components <= most
                                           : quantity.components == expected,
                             "expected ", expected == 0 ? "at least 1" : std::to_string(expected),
                             " components, found ", quantity.components);
    at.in("intensive")
        .require(!quantity.intensive || kind == Kind::property, "expected false but for a property");
    if (turns())
      at.require(channels >= 1 && channels <= most_channels, "a ", quantity.name,
                 " needs a descriptor with angles (se_e2_a, se_atten) of at most ", most_channels,
                 " channels, found ", channels, " channels");
    std::size_t const n = at.types(),
                      m = kind == Kind::polarizability ? 1 : static_cast<std::size_t>(quantity.components);
    if (!scale.empty()) at.in("scale").numbers(scale, n * m);
    if (!shift.empty()) at.in("@variables/constant_matrix").numbers(shift, n);
  }
};

}  // namespace dp
