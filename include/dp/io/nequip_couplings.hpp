// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <dp/io/nequip_modules.hpp>
#include <dp/io/torch_module.hpp>
#include <dp/math/couplings.hpp>
#include <dp/model/irreps.hpp>
#include <string>
#include <vector>

/// Whether products in a file of nequip-allegro are those that the formulas have.
namespace dp::detail::nequip {

/// Where the components of one of several irreps begin.
inline std::size_t first_component(Irreps const& irreps, std::size_t place) {
  std::size_t begin = 0;
  for (std::size_t k = 0; k < place; ++k) begin += static_cast<std::size_t>(irreps[k].components());
  return begin;
}

/// Couplings of all paths, (paths x first x second x outputs) numbers; `diagonal`: those of equal components
/// of both factors alone, without the third index.
inline std::vector<double> couplings(Irreps const& first, Irreps const& second, Irreps const& outputs,
                                     bool diagonal) {
  auto const rows = static_cast<std::size_t>(components(first)),
             columns = static_cast<std::size_t>(components(second)),
             n = static_cast<std::size_t>(components(outputs));
  std::vector<IrrepPath> const all = paths(first, second, outputs);
  std::vector<double> out(all.size() * rows * (diagonal ? 1 : columns) * n, 0.0);
  for (std::size_t p = 0; p < all.size(); ++p) {
    Irrep const &one = first[all[p].first], &other = second[all[p].second], &to = outputs[all[p].output];
    std::size_t const a = first_component(first, all[p].first), b = first_component(second, all[p].second),
                      c = first_component(outputs, all[p].output);
    std::vector<double> const own = coupling(one.l, other.l, to.l);
    auto next = own.begin();
    for (std::size_t i = a; i < a + static_cast<std::size_t>(one.components()); ++i)
      for (std::size_t j = b; j < b + static_cast<std::size_t>(other.components()); ++j)
        for (std::size_t k = c; k < c + static_cast<std::size_t>(to.components()); ++k, ++next)
          if (!diagonal)
            out[((p * rows + i) * columns + j) * n + k] = std::sqrt(2.0 * to.l + 1.0) * *next;
          else if (i == j)
            out[(p * rows + i) * n + k] = std::sqrt(2.0 * to.l + 1.0) * *next;
  }
  return out;
}

/// Refuses a product whose irreps or couplings are others.
inline void check_product(TorchModule const& product, Irreps const& first, Irreps const& second,
                          Irreps const& outputs) {
  auto const check = [&](char const* name, Irreps const& expected) {
    Irreps const found = irreps(product, name);
    if (found != expected)
      product.complain("expected ", in_words(expected), " as ", in_quotes(name), ", found ", in_words(found));
  };
  check("irreps_in1", first);
  check("irreps_in2", second);
  check("irreps_out", outputs);
  bool const diagonal = product.flag("w3j_is_ij_diagonal");
  std::vector<double> const found = values(product, "w3j");
  std::size_t const size = paths(first, second, outputs).size() *
                           static_cast<std::size_t>(components(first) * components(outputs)) *
                           (diagonal ? 1 : static_cast<std::size_t>(components(second)));
  // Packages in single precision have them so; another convention differs by its sign or more.
  auto const same = [](double x, double y) { return std::abs(x - y) < 1e-5; };
  bool const as_expected = found.size() == size && [&] {
    std::vector<double> const expected = couplings(first, second, outputs, diagonal);
    return std::equal(found.begin(), found.end(), expected.begin(), same);
  }();
  if (!as_expected) product.complain("expected the couplings of e3nn in \"w3j\"");
}

}  // namespace dp::detail::nequip
