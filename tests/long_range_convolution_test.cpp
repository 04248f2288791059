// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Long-range convolutions against sums over modes that NumPy made, and against finite differences.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <dp/core/buffer.hpp>
#include <dp/long_range/long_range_convolution.hpp>
#include <dp/long_range/structure_factors.hpp>
#include <dp/math/digamma.hpp>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <numbers>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "support/expect_error.hpp"

namespace dp::test {
namespace {

using Space = Kokkos::DefaultExecutionSpace;
using Numbers = std::vector<double>;
using Kind = RadialMultiplier::Kind;

/// Sites, and what a convolution gives of them.
struct Sites {
  Box box;
  Numbers positions, sources, cotangents;

  std::size_t count() const { return positions.size() / 3; }
};

struct Derivatives {
  Numbers positions, sources, strain, parameters;

  Numbers summed_strain() const {
    Numbers result(9, 0.0);
    for (std::size_t k = 0; k < strain.size(); ++k) result[k % 9] += strain[k];
    return result;
  }
};

template <class View>
Numbers copy(View const& view) {
  auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), view);
  return Numbers(host.data(), host.data() + host.size());
}

/// A convolution of sites, with their numbers on the device.
struct Evaluation {
  using Table = Kokkos::View<double**, Kokkos::LayoutRight, Space>;

  LongRangeConvolution<Space> convolution;
  WholeSystem whole;
  std::size_t n;
  Constants<double, Space> positions, sources, cotangents;

  Evaluation(Convolution const& setting, Sites const& sites, double error = 0.0)
      : convolution(Space(), setting, error),
        whole{sites.box},
        n(sites.count()),
        positions(to_space<double>(Space(), "positions", sites.positions)),
        sources(to_space<double>(Space(), "sources", sites.sources)),
        cotangents(to_space<double>(Space(), "cotangents", sites.cotangents)) {}

  Matrix<double const, Space> table(Constants<double, Space> const& numbers) const {
    if (n == 0) return {};
    return Matrix<double const, Space>(numbers.data(), n, numbers.extent(0) / n);
  }
  Numbers forward() {
    Table const values("values", n, convolution.channels());
    convolution.forward(Space(), whole, {table(positions), table(sources)}, values);
    return copy(values);
  }
  Derivatives adjoint() {
    Table const by_position("positions", n, 3), by_source("sources", n, convolution.channels()),
        strain("strain", n, 9);
    Kokkos::View<double*, Space> const parameters("parameters", convolution.parameters());
    convolution.adjoint(Space(), whole, {table(positions), table(sources)}, table(cotangents),
                        {by_position, by_source, strain, parameters});
    return {copy(by_position), copy(by_source), copy(strain), copy(parameters)};
  }
};

/// L = sum g u.
double loss(Convolution const& setting, Sites const& sites) {
  Numbers const u = Evaluation(setting, sites).forward();
  double sum = 0.0;
  for (std::size_t i = 0; i < u.size(); ++i) sum += sites.cotangents[i] * u[i];
  return sum;
}

/// The largest difference, as part of the largest number.
double difference(Numbers const& found, Numbers const& expected) {
  if (found.size() != expected.size()) return INFINITY;
  double most = 0.0, size = 0.0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    double const d = std::abs(found[i] - expected[i]);
    if (!(d <= most)) most = d;  // NaN too
    size = std::max(size, std::abs(expected[i]));
  }
  return most / size;
}

Numbers flat(nlohmann::json const& json) {
  if (json.is_number()) return {json.get<double>()};
  Numbers result;
  for (auto const& item : json) {
    Numbers const part = flat(item);
    result.insert(result.end(), part.begin(), part.end());
  }
  return result;
}

Box box_of(Numbers const& h) {
  std::array<double, 9> lattice{};
  std::copy(h.begin(), h.end(), lattice.begin());
  return Box(lattice);
}

/// What NumPy found for a convolution.
struct Reference {
  Convolution setting;
  Sites sites;
  Numbers values;
  Derivatives derivatives;

  explicit Reference(std::string const& name) {
    std::ifstream file(std::string(DP_TEST_DATA) + "/convolution/" + name + ".json");
    auto const json = nlohmann::json::parse(file);
    std::map<std::string, Kind> const kinds = {{"yukawa", Kind::yukawa},
                                               {"exponential", Kind::exponential},
                                               {"gauss_coulomb", Kind::gauss_coulomb},
                                               {"sum_of_gaussians", Kind::sum_of_gaussians}};
    setting.modes.counts = json.at("modes").get<std::array<int, 3>>();
    setting.remove_self = json.at("remove_self");
    for (auto const& multiplier : json.at("multipliers"))
      setting.multipliers.push_back({kinds.at(multiplier.at("kind")), multiplier.at("parameters")});
    sites = {box_of(flat(json.at("box"))), flat(json.at("x")), flat(json.at("s")), flat(json.at("g"))};
    values = flat(json.at("u"));
    derivatives = {flat(json.at("dL_dx")), flat(json.at("dL_ds")), flat(json.at("dL_dstrain")),
                   flat(json.at("dL_dparameters"))};
  }

  /// The largest of the differences of all results.
  double difference_of(double error) const {
    Evaluation evaluation(setting, sites, error);
    Derivatives const found = evaluation.adjoint();
    return std::max({difference(evaluation.forward(), values),
                     difference(found.positions, derivatives.positions),
                     difference(found.sources, derivatives.sources),
                     difference(found.summed_strain(), derivatives.strain),
                     difference(found.parameters, derivatives.parameters)});
  }
};

class References : public testing::TestWithParam<char const*> {};

TEST_P(References, AreSumsOverModes) { EXPECT_LT(Reference(GetParam()).difference_of(0.0), 1e-12); }

TEST_P(References, AreFoundByMeshes) {
  Reference const reference(GetParam());
  for (double const error : {1e-3, 1e-7, 1e-11}) {
    double const found = reference.difference_of(error);
    EXPECT_LT(found, 2.0 * error);
    EXPECT_GT(found, 1e-3 * error);
  }
}
INSTANTIATE_TEST_SUITE_P(LongRangeConvolution, References, testing::Values("cube54", "ortho100", "tri80"));

Sites random_sites(std::size_t n, std::size_t channels) {
  std::mt19937 generator(7);
  auto const random = [&] { return 2.0 * (static_cast<double>(generator()) / 4294967296.0) - 1.0; };
  Sites sites{Box({5.0, 0.3, 0.0, -1.0, 4.5, 0.7, 0.4, 1.1, 5.5}), {}, {}, {}};
  for (std::size_t i = 0; i < 3 * n; ++i) sites.positions.push_back(6.0 * random());
  for (std::size_t i = 0; i < channels * n; ++i) {
    sites.sources.push_back(random());
    sites.cotangents.push_back(random());
  }
  return sites;
}

/// One channel of each kind.
Convolution all_kinds() {
  Convolution setting;
  setting.multipliers = {{Kind::exponential, {0.7, 0.9}},
                         {Kind::yukawa, {1.1, 0.8}},
                         {Kind::gauss_coulomb, {1.3, 0.6}},
                         {Kind::sum_of_gaussians, {2.0, 0.3, -0.5, 0.9}},
                         {Kind::inverse_power, {0.9, 1.6, 0.5}},
                         {Kind::inverse_power, {0.4, 6.0, 0.7}},
                         {Kind::spline, {0.8, 1.0, 0.7, -0.4, 0.2, 0.1, -0.3}}};
  setting.modes.counts = {7, 5, 9};
  setting.remove_self = true;
  return setting;
}

/// dL/dh at h = 0 by its values at four steps.
template <class Loss>
double slope(Loss const& at) {
  double const step = 2e-4;
  return (8.0 * (at(step) - at(-step)) - (at(2.0 * step) - at(-2.0 * step))) / (12.0 * step);
}

TEST(LongRangeConvolution, HasTheDerivativesOfItsValues) {
  for (bool const remove_self : {true, false}) {
    Convolution setting = all_kinds();
    setting.remove_self = remove_self;
    Sites const sites = random_sites(6, setting.multipliers.size());
    Derivatives const found = Evaluation(setting, sites).adjoint();
    auto const by = [&](Numbers Sites::*numbers, std::size_t i) {
      return slope([&](double h) {
        Sites moved = sites;
        (moved.*numbers)[i] += h;
        return loss(setting, moved);
      });
    };
    for (std::size_t const i : {0u, 4u, 17u}) EXPECT_NEAR(by(&Sites::positions, i), found.positions[i], 1e-7);
    for (std::size_t i = 0; i < setting.multipliers.size(); ++i)
      EXPECT_NEAR(by(&Sites::sources, i), found.sources[i], 1e-8);
    Numbers const strain = found.summed_strain();
    for (std::size_t a = 0; a < 3; ++a)
      for (std::size_t b = 0; b < 3; ++b)
        EXPECT_NEAR(slope([&](double h) {
                      Sites moved = sites;
                      for (std::size_t k = 0; k < 3; ++k)
                        moved.box.h[3 * k + b] += h * sites.box.h[3 * k + a];
                      for (std::size_t i = 0; i < sites.count(); ++i)
                        moved.positions[3 * i + b] += h * sites.positions[3 * i + a];
                      return loss(setting, moved);
                    }),
                    strain[3 * a + b], 1e-7);
    std::size_t at = 0;
    for (std::size_t c = 0; c < setting.multipliers.size(); ++c)
      for (std::size_t p = 0; p < setting.multipliers[c].parameters.size(); ++p)
        EXPECT_NEAR(slope([&](double h) {
                      Convolution changed = setting;
                      changed.multipliers[c].parameters[p] += h;
                      return loss(changed, sites);
                    }),
                    found.parameters[at++], 1e-7)
            << "channel " << c << ", parameter " << p;
  }
}

/// Where Coulomb's law is asked for in two ways, and modes in three.
TEST(LongRangeConvolution, TakesTheSameInOtherWords) {
  Sites const sites = random_sites(8, 1);
  Convolution setting;
  setting.multipliers = {{Kind::gauss_coulomb, {1.3, 1.0}}};
  setting.modes.counts = {25, 25, 25};
  Numbers const expected = Evaluation(setting, sites).forward();
  setting.multipliers = {{Kind::inverse_power, {1.3, 1.0, 1.0}}};
  EXPECT_LT(difference(Evaluation(setting, sites).forward(), expected), 1e-13);
  setting.modes.counts = {};
  setting.modes.spacing = 0.25;
  EXPECT_LT(difference(Evaluation(setting, sites).forward(), expected), 1e-12);
  setting.modes.spacing = 0.0;
  setting.modes.cutoff = 9.0;
  EXPECT_LT(difference(Evaluation(setting, sites).forward(), expected), 1e-12);
}

/// The electrostatics of a DPLR model are a convolution of one channel: E = 1/2 sum q u.
TEST(LongRangeConvolution, IsTheSumOverCharges) {
  Sites sites = random_sites(12, 1);
  for (std::size_t i = 0; i < sites.count(); ++i) sites.cotangents[i] = 0.5 * sites.sources[i];
  double const beta = 0.5, spacing = 0.75;  // the same in single precision
  Convolution setting;
  setting.multipliers = {{Kind::gauss_coulomb, {detail::GaussianCharges::coulomb, std::sqrt(0.5) / beta}}};
  setting.modes.spacing = spacing;
  Evaluation evaluation(setting, sites);
  Numbers energy = evaluation.forward();
  for (std::size_t i = 0; i < energy.size(); ++i) energy[i] *= sites.cotangents[i];
  Derivatives derivatives = evaluation.adjoint();
  for (double& x : derivatives.positions) x = -x;
  for (double& x : derivatives.strain) x = -x;

  std::size_t const n = sites.count();
  Kokkos::View<double*, Space> const expected_energy("energy", n);
  Evaluation::Table const force("force", n, 3), virial("virial", n, 9);
  StructureFactors<Space>(beta, spacing)
      .compute(Space(), evaluation.whole, {evaluation.table(evaluation.positions), evaluation.sources},
               {expected_energy, force, virial});
  EXPECT_LT(difference(energy, copy(expected_energy)), 1e-13);
  EXPECT_LT(difference(derivatives.positions, copy(force)), 1e-13);
  EXPECT_LT(difference(derivatives.strain, copy(virial)), 1e-13);
}

/// In a large box r^(-2) of Gaussians is that of points but for terms of their width; images make less than
/// a hundredth of the difference.
TEST(LongRangeConvolution, ActsByPowersOfDistance) {
  double const side = 20.0, sigma = 0.5;
  Convolution setting;
  setting.multipliers = {{Kind::inverse_power, {1.0, 2.0, sigma}}};
  setting.modes.cutoff = 12.0;
  auto const at = [&](double r) {
    Sites const sites{Box({side, 0, 0, 0, side, 0, 0, 0, side}), {0, 0, 0, r, 0, 0}, {1.0, 0.0}, {}};
    return Evaluation(setting, sites).forward()[1];
  };
  auto const smeared = [&](double r) { return 1.0 / (r * r) + sigma * sigma / (r * r * r * r); };
  double const expected = smeared(3.0) - smeared(4.0);
  EXPECT_NEAR(at(3.0) - at(4.0), expected, 0.01 * expected);
}

/// Two ranks, one after the other: each adds what the other had in its turn, call by call.
void add_up_ranks(double error, std::size_t first) {  // of nine sites, this many on rank 0
  Convolution const setting = all_kinds();
  std::size_t const channels = setting.multipliers.size();
  Sites const all = random_sites(9, channels);
  Evaluation whole(setting, all, error);
  Derivatives const derivatives = whole.adjoint();
  auto const part = [&](std::size_t begin, std::size_t end) {
    auto const rows = [&](Numbers const& of, std::size_t width) {
      return Numbers(of.data() + begin * width, of.data() + end * width);
    };
    return Evaluation(
        setting,
        {all.box, rows(all.positions, 3), rows(all.sources, channels), rows(all.cotangents, channels)},
        error);
  };
  Evaluation parts[2] = {part(0, first), part(first, 9)};
  std::vector<Numbers> here[2];
  Derivatives found[2];
  for (std::size_t const rank : {0u, 1u, 0u}) {
    std::size_t call = 0;
    parts[rank].whole.sum_over_ranks = [&](double* numbers, std::size_t count) {
      here[rank].resize(std::max(here[rank].size(), call + 1));
      here[rank][call].assign(numbers, numbers + count);
      if (call < here[1 - rank].size())
        for (std::size_t k = 0; k < count; ++k) numbers[k] += here[1 - rank][call][k];
      ++call;
    };
    found[rank] = parts[rank].adjoint();
  }
  auto const joined = [&](Numbers Derivatives::*of) {
    Numbers result = found[0].*of;
    result.insert(result.end(), (found[1].*of).begin(), (found[1].*of).end());
    return result;
  };
  EXPECT_LT(difference(joined(&Derivatives::positions), derivatives.positions), 1e-12);
  EXPECT_LT(difference(joined(&Derivatives::sources), derivatives.sources), 1e-12);
  EXPECT_LT(difference(joined(&Derivatives::strain), derivatives.strain), 1e-12);
  EXPECT_LT(difference(found[0].parameters, derivatives.parameters), 1e-12);
}

TEST(LongRangeConvolution, AddsUpRanks) {
  add_up_ranks(0.0, 4);
  add_up_ranks(0.0, 0);
}
TEST(LongRangeConvolution, AddsUpMeshesOfRanks) {
  add_up_ranks(1e-6, 4);
  add_up_ranks(1e-6, 0);
}

TEST(LongRangeConvolution, SaysWhatIsWrong) {
  auto const refused = [](Convolution const& setting, std::string const& words) {
    expect_error([&] { LongRangeConvolution<Space>(Space(), setting, 0.0, "water.dp"); },
                 {"water.dp: model", words});
  };
  Convolution setting;
  refused(setting, "expected at least one multiplier");
  setting.modes.counts = {5, 5, 5};
  auto const multiplier = [&](Kind kind, Numbers const& parameters, std::string const& words) {
    setting.multipliers = {{kind, parameters}};
    refused(setting, "multipliers/0" + words);
  };
  multiplier(Kind::yukawa, {1.0}, "/parameters: expected 2 entries, found 1");
  multiplier(Kind::yukawa, {1.0, 0.0}, ": expected a mu that is not 0");
  multiplier(Kind::sum_of_gaussians, {1.0, 1.0, 1.0}, ": expected pairs of a weight and a width");
  multiplier(Kind::sum_of_gaussians, {1.0, 0.5, 1.0, -0.1}, ": expected widths that are not negative");
  for (double const power : {400.0, 1e6, 1e-320})
    multiplier(Kind::inverse_power, {1.0, power, 1.0}, ": expected a power whose transform is neither too");
  multiplier(Kind::inverse_power, {1.0, 3.0, 1.0}, ": expected a power p > 0 that is not 3, 5, 7, ...");
  multiplier(Kind::inverse_power, {1.0, -1.0, 1.0}, ": expected a power p > 0");
  multiplier(Kind::spline, {0.0, 1.0}, ": expected a positive spacing");
  multiplier(Kind::gauss_coulomb, {1.0, NAN}, "/parameters: expected finite numbers");
  setting.multipliers = {{Kind::yukawa, {1.0, 1.0}}};
  setting.modes.cutoff = 2.0;
  refused(setting, "modes: expected one of counts, spacing and cutoff");
  setting.modes = {{4, 5, 5}};
  refused(setting, "modes: expected odd counts, found 4");
  setting.modes = {{0, 9, 9}};
  refused(setting, "modes: expected odd counts, found 0");
  setting.modes = {{0, 9, 9}, 2.0};
  refused(setting, "modes: expected one of counts, spacing and cutoff");
  setting.modes = {{}, INFINITY};
  refused(setting, "modes: expected a positive spacing or cutoff, found inf");
  setting.modes = {{5, 5, 5}};
  Sites sites = random_sites(2, 1);
  sites.box.periodic[1] = false;
  expect_error([&] { Evaluation(setting, sites).forward(); }, {"found an open boundary along vector b"});
  sites.box.periodic[1] = true;
  sites.sources.resize(4);
  expect_error([&] { Evaluation(setting, sites).forward(); }, {"sources: expected (2 x 1), found (2 x 2)"});
  sites.sources.resize(2);
  for (double const error : {0.0, 1e-3}) {
    Evaluation evaluation(setting, sites, error);
    Evaluation::Table const two("two", 2, 1);
    auto const at = evaluation.table(evaluation.positions);
    expect_error(
        [&] {
          evaluation.convolution.forward(Space(), evaluation.whole, {at, {}}, two);
        },
        {"sources: expected (2 x 1), found (0 x 0)"});
    expect_error(
        [&] {
          evaluation.convolution.forward(Space(), evaluation.whole, {at, two}, {});
        },
        {"values: expected (2 x 1), found (0 x 0)"});
    expect_error(
        [&] {
          evaluation.convolution.forward(Space(), evaluation.whole, {{}, two}, two);
        },
        {"sources: expected (0 x 1), found (2 x 1)"});
    expect_error(
        [&] {
          evaluation.convolution.adjoint(Space(), evaluation.whole, {at, two}, {}, {});
        },
        {"cotangents: expected (2 x 1), found (0 x 0)"});
  }
  for (double const error : {-1e-5, 1e-15, double(NAN)})
    expect_error([&] { Evaluation(setting, sites, error); },
                 {"expected an error from 1e-11 to 0.1 for a mesh"});
  setting.modes = {{}, 0.0, 1e5};
  expect_error([&] { Evaluation(setting, sites).forward(); },
               {"expected a box with at most 1000000000 modes"});
  setting.modes = {{801, 801, 801}};
  expect_error([&] { Evaluation(setting, sites, 1e-3).forward(); },
               {"expected a box with a mesh of at most 1000000000 points"});
}

TEST(Digamma, HasKnownValues) {
  double const euler = 0.57721566490153286;
  EXPECT_NEAR(digamma(1.0), -euler, 1e-14);
  EXPECT_NEAR(digamma(0.5), -euler - 2.0 * std::numbers::ln2, 1e-14);
  EXPECT_NEAR(digamma(-1.5), digamma(0.5) + 1.0 / 1.5 + 1.0 / 0.5, 1e-14);
}

}  // namespace
}  // namespace dp::test
