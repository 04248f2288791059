// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// The low-rank bases of the trained models' embedding nets, and features against the descriptor itself.

#include <gtest/gtest.h>

#include <cstdio>
#include <dp/compiled/extern.hpp>
#include <dp/model/nearest_distance.hpp>
#include <numbers>

#include "support/cases.hpp"
#include "support/evaluate.hpp"
#include "support/parts.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;

/// s and the size of the rows of a pair at the distance r: normalised s, its slope, (length of ~r)^2.
struct Row {
  double x, slope, size2;

  Row(TwoBody const& d, std::size_t pair, double r) {
    double w, dw;
    SwitchFunction(d.rcut_smth, d.rcut, d.float32_cutoffs)(r, w, dw);
    x = (w / r - d.mean[pair][0]) / d.stddev[pair][0];
    slope = (dw - w / r) / r / d.stddev[pair][0];
    double const angular = w / r / d.stddev[pair][1];
    size2 = x * x + angular * angular;
  }
};

double nearest_of(Model const& model, int i, int j) {
  auto const& names = model.type_map;
  return nearest_distance(names[static_cast<std::size_t>(i)], names[static_cast<std::size_t>(j)],
                          model.min_nbor_dist, cutoff(model));
}

EmbeddingSampler<Space> sampler_of(Model const& model) {
  return EmbeddingSampler<Space>(Space(), lower(model).chains[0], model.ntypes(),
                                 [&](int i, int j) { return nearest_of(model, i, j); });
}

/// Root mean square of the error of sum_j G ~r and, times 0.3 Angstrom, of its derivative, in a uniform fluid
/// of `sel` neighbours, at distances that are no samples of the basis.
double weighted_error(Model const& model, EmbeddingBasis const& basis, int centre, int neighbour) {
  Space const space;
  TwoBody const& d = two_body(model);
  auto const pair = static_cast<std::size_t>(centre * model.ntypes() + neighbour);
  int const points = 1009;
  double const nearest = nearest_of(model, centre, neighbour), dr = (d.rcut - nearest) / points;
  std::vector<double> x;
  for (int i = 0; i < points; ++i) x.push_back(Row(d, pair, nearest + (i + 0.5) * dr).x);
  EmbeddingNet<Space, Double> const net(space, d.nets[pair], "net");
  auto const width = static_cast<std::size_t>(d.width());
  Buffer<double, Space> scratch("scratch");
  Kokkos::View<double**, Kokkos::LayoutRight, typename Space::memory_space> const g("g", x.size(), width),
      dg("dg", x.size(), width);
  net.evaluate(space, scratch, device_copy<double, Space>(x), g, dg);
  space.fence();
  auto const exact = host_copy(g), exact_slope = host_copy(dg);
  double sum = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    double const r = nearest + (static_cast<double>(i) + 0.5) * dr;
    Row const row(d, pair, r);
    double const expected =
        d.sel[static_cast<std::size_t>(neighbour)] * 3.0 * r * r * dr / std::pow(d.rcut, 3);
    for (std::size_t m = 0; m < width; ++m) {
      double value = -exact[i * width + m], slope = -exact_slope[i * width + m];
      for (int k = 0; k < basis.functions; ++k) {
        auto const [phi, dphi] = basis.table.evaluate(x[i], k);
        double const c =
            basis.channels[m * static_cast<std::size_t>(basis.functions) + static_cast<std::size_t>(k)];
        value += c * phi;
        slope += c * dphi;
      }
      sum += expected * row.size2 * (value * value + std::pow(0.3 * row.slope * slope, 2));
    }
  }
  return std::sqrt(sum);
}

TEST(EmbeddingBasis, ReproducesTheNets) {
  Space const space;
  for (auto const& trained : {water_case(), copper_case()}) {
    auto const model = load_model(trained.model);
    auto const sampler = sampler_of(model);
    for (int i = 0; i < model.ntypes(); ++i)
      for (int j = 0; j < model.ntypes(); ++j) {
        int functions = 0;
        for (double tail : {1e-1, 1e-3, 1e-5, 1e-7}) {
          auto const basis = sampler.basis(space, i, j, tail, 4);
          double const error = weighted_error(model, basis, i, j);
          std::printf("%s, %s-%s: tail %.0e, %d functions, %d intervals, weighted error %.1e\n",
                      trained.name.c_str(), model.type_map[static_cast<std::size_t>(i)].c_str(),
                      model.type_map[static_cast<std::size_t>(j)].c_str(), tail, basis.functions,
                      basis.table.intervals, error);
          EXPECT_LT(error, 1.3 * tail);  // a tail, and 0.3 of it for the table
          EXPECT_GE(basis.functions, functions);
          EXPECT_EQ(basis.functions % 4, 0);
          functions = basis.functions;
        }
      }
  }
}

/// The picture of docs/compression.md: tests/tools/draw_singular_values.py reads these lines.
TEST(EmbeddingBasis, SingularValuesFallExponentially) {
  for (auto const& trained : {water_case(), copper_case()}) {
    auto const model = load_model(trained.model);
    auto const sampler = sampler_of(model);
    for (int i = 0; i < model.ntypes(); ++i)
      for (int j = 0; j < model.ntypes(); ++j) {
        auto const& values = sampler.singular_values(i, j);
        std::printf("singular values, %s %s-%s:", trained.name.c_str(),
                    model.type_map[static_cast<std::size_t>(i)].c_str(),
                    model.type_map[static_cast<std::size_t>(j)].c_str());
        for (double value : values) std::printf(" %.3e", value);
        std::printf("\n");
        EXPECT_TRUE(std::is_sorted(values.rbegin(), values.rend()));
        EXPECT_LT(values[40], 1e-8 * values[0]);
      }
  }
}

TEST(EmbeddingBasis, NearestDistances) {
  auto const water = load_model(water_case().model), copper = load_model(copper_case().model);
  for (auto const* model : {&water, &copper})
    for (int i = 0; i < model->ntypes(); ++i)
      for (int j = 0; j < model->ntypes(); ++j) {
        double const nearest = nearest_of(*model, i, j);
        std::printf("tables of %s-%s from %.3f A\n", model->type_map[static_cast<std::size_t>(i)].c_str(),
                    model->type_map[static_cast<std::size_t>(j)].c_str(), nearest);
        EXPECT_EQ(nearest, nearest_of(*model, j, i));
        EXPECT_GE(nearest, 0.85 * *model->min_nbor_dist);
      }
  EXPECT_NEAR(nearest_of(copper, 0, 0), 0.65 * 2.64, 1e-12);
  auto unknown = water;
  unknown.min_nbor_dist.reset();
  unknown.type_map = {"H", "X"};
  EXPECT_NEAR(nearest_of(unknown, 0, 0), 0.65 * 0.62, 1e-12);
  EXPECT_EQ(nearest_of(unknown, 0, 1), 0.8);
  EXPECT_EQ(nearest_of(unknown, 1, 1), 0.8);
}

/// The same basis with functions that are zero.
EmbeddingBasis padded(EmbeddingBasis const& basis, int functions) {
  auto const old = static_cast<std::size_t>(basis.functions), now = static_cast<std::size_t>(functions);
  auto const widened = [&](std::vector<double> const& rows) {
    std::vector<double> result(rows.size() / old * now);
    for (std::size_t i = 0; i < rows.size(); ++i) result[i / old * now + i % old] = rows[i];
    return result;
  };
  auto result = basis;
  result.functions = result.table.functions = functions;
  for (auto* rows : {&result.table.data, &result.channels, &result.absent, &result.present, &result.size})
    *rows = widened(*rows);
  return result;
}

/// What a program says of a frame. No atom is handed over.
Results run(Network const& network, Program<Space> program, Frame const& frame) {
  Space const space;
  double const cutoff = network.chains[0].rcut;
  Scene<Space> const scene(frame, cutoff);
  Memory<Space> const memory(scene);
  Evaluator<Space> evaluator(space, network, std::move(program), {.tile = 50});
  evaluator.compute(space, scene.configuration(), scene.cells.list(), memory.all());
  EXPECT_EQ(evaluator.handed_over(), 0);
  scene.images.fold(space, memory.force);
  scene.images.fold(space, memory.atom_virial);
  space.fence();
  auto results = memory.results();
  results.force.resize(3 * frame.atoms());
  results.atom_virial.resize(9 * frame.atoms());
  return results;
}

template <class Precision>
class FoldedFeatures : public ::testing::Test {};
using Precisions = ::testing::Types<Double, Mix32>;
TYPED_TEST_SUITE(FoldedFeatures, Precisions);

TYPED_TEST(FoldedFeatures, AllFormsGiveTheSame) {
  constexpr double tolerance = std::is_same_v<TypeParam, Double> ? 1e-11 : 2e-4;
  Space const space;
  for (auto const& trained : {water_case(), copper_case()}) {
    auto model = load_model(trained.model);
    std::fill(standard(model).out_bias.begin(), standard(model).out_bias.end(), 0.0);
    std::fill(fitting_part(model).bias_atom_e.begin(), fitting_part(model).bias_atom_e.end(), 0.0);
    auto const network = lower(model);
    auto const sampler = sampler_of(model);
    auto const frame = read_frames(trained.reference)[trained.name == "copper" ? 4 : 0];
    int const n = model.ntypes();
    Results first;
    std::vector<Features> seen;
    for (int functions : {8, 48 / n, 256 / n}) {  // few, more, and more than D is worth
      std::vector<ChainBasis> chains(1);
      for (int i = 0; i < n; ++i)
        for (int j = 0; j < n; ++j) {
          auto basis = sampler.basis(space, i, j, 1e30, 8);  // 8 functions
          ASSERT_EQ(basis.functions, 8);
          chains[0].bases.push_back(padded(basis, functions));
        }
      auto const folded = Fold(network, chains, 8).with(0.0);
      auto const results = run(network,
                               compressed_program<Space, TypeParam>(
                                   space, network, {std::make_shared<FoldedNets const>(folded)}, false),
                               frame);
      auto const& centre = folded.chains[0].centres[0];
      auto const features = centre.features;
      seen.push_back(features);
      if (first.force.empty()) first = results;
      std::printf("%s, %s, K' = %d, %d features: largest difference %.1e\n", TypeParam::name,
                  trained.name.c_str(), centre.width, centre.dimension, largest_difference(results, first));
      EXPECT_LT(largest_difference(results, first), tolerance);
    }
    EXPECT_EQ(seen, (std::vector{Features::staircase, Features::staircase, Features::full}));
  }
}

}  // namespace
}  // namespace dp::test
