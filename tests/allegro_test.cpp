// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Allegro models: against the packages of the NequIP framework and against the formulas in plain numpy
// (tests/tools/allegro_plain.py), invariances, derivatives, and what is refused.

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <dp/core/error.hpp>
#include <dp/io/read_model.hpp>
#include <dp/model/restricted_to.hpp>
#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "support/cases.hpp"
#include "support/evaluate.hpp"
#include "support/small_model.hpp"
#include "support/transform.hpp"
#include "support/zip.hpp"

namespace dp::test {
namespace {

using namespace std::string_literals;
using Space = Kokkos::DefaultExecutionSpace;

Case allegro_case(std::string const& name) {
  std::string const stem = DP_TEST_DATA "/allegro/" + name;
  return {name, stem + ".dp", stem + ".reference.json"};
}

/// Both generations, all kinds of parities, degrees 1 to 3, Bessel functions and splines.
std::vector<Case> small_models() {
  std::vector<Case> cases;
  for (char const* const name : {"product_full", "product_spline", "latent_full", "latent_so3"})
    cases.push_back(allegro_case(name));
  return cases;
}

/// A file of each kind that the NequIP framework writes, with what its packages say.
std::vector<Case> archives() {
  std::string const folder = DP_TEST_DATA "/allegro/";
  return {{"package", folder + "options.nequip.zip", folder + "options.reference.json"},
          {"script", folder + "options.nequip.pth", folder + "options.reference.json"},
          {"deployed", folder + "legato.pth", folder + "legato.reference.json"}};
}

/// All positions with the other sign; a lattice stays what it is.
Frame inverted(Frame frame) {
  for (double& x : frame.positions) x = -x;
  return frame;
}

std::vector<double> sum_of_rows(std::vector<double> const& tensors) {
  std::vector<double> sum(9, 0.0);
  for (std::size_t i = 0; i < tensors.size(); ++i) sum[i % 9] += tensors[i];
  return sum;
}

class AllegroModels : public testing::TestWithParam<Case> {
 protected:
  Model const model = load_model(GetParam().model);
  std::vector<Frame> const frames = read_frames(GetParam().reference);
};

class AllegroParity : public AllegroModels {};

TEST_P(AllegroParity, Double) {
  CompiledPotential<Space> potential(model);
  for (Frame const& frame : frames) {
    Results const results = evaluate(potential, frame);
    EXPECT_NEAR(results.energy, frame.energy, 1e-10);
    EXPECT_LT(largest_difference(results.atom_energy, frame.atom_energy), 1e-10);
    EXPECT_LT(largest_difference(results.force, frame.force), 1e-9);
    EXPECT_LT(largest_difference(results.virial, frame.virial), 1e-9);
    EXPECT_LT(largest_difference(sum_of_rows(results.atom_virial), results.virial), 1e-12);
    EXPECT_LT(largest_difference(atom_energies(potential, frame), frame.atom_energy), 1e-10);
  }
}

TEST_P(AllegroModels, InSinglePrecision) {
  CompiledPotential<Space, Mix32> potential(model);
  for (Frame const& frame : frames) {
    Results const results = evaluate(potential, frame);
    EXPECT_LT(largest_difference(results.atom_energy, frame.atom_energy), 2e-5);
    EXPECT_LT(largest_difference(results.force, frame.force), 2e-4);
    EXPECT_GT(largest_difference(results.force, frame.force), 1e-12);
  }
}

TEST_P(AllegroModels, ForcesAreDerivatives) {
  CompiledPotential<Space> potential(model);
  for (Frame const& frame : frames) {
    auto const force = evaluate(potential, frame).force;
    for (std::size_t i = 0; i < force.size(); ++i) {
      auto const energy = [&](double by) {
        Frame moved = frame;
        moved.positions[i] += by;
        return evaluate(potential, moved).energy;
      };
      double const step = 1e-4;
      double const slope =
          (8.0 * (energy(step) - energy(-step)) - energy(2.0 * step) + energy(-2.0 * step)) / (12.0 * step);
      EXPECT_NEAR(-slope, force[i], 1e-7);
    }
  }
}

TEST_P(AllegroModels, TurnWithTheAtoms) {
  CompiledPotential<Space> potential(model);
  bool const with_parity = std::get<dp::Allegro>(model.atomic).harmonics[1].odd;
  for (Frame const& frame : frames) {
    Results const results = evaluate(potential, frame);
    Results turned = results, reflected = results;
    turned.force = rows_times(rotation(), results.force);
    turned.virial = rotated_tensors(rotation(), results.virial);
    turned.atom_virial = rotated_tensors(rotation(), results.atom_virial);
    for (double& f : reflected.force) f = -f;
    EXPECT_LT(largest_difference(evaluate(potential, mapped(frame, rotation())), turned), 1e-11);
    double const difference = largest_difference(evaluate(potential, inverted(frame)), reflected);
    if (with_parity) {
      EXPECT_LT(difference, 1e-11);
    } else if (frame.periodic) {  // three atoms alone are their own mirror image
      EXPECT_GT(difference, 1e-6);
    }
  }
}

TEST_P(AllegroModels, DoNotSeeTheSkinOfAList) {
  CompiledPotential<Space> potential(model);
  for (Frame const& frame : frames)
    EXPECT_LT(largest_difference(evaluate(potential, frame, 1.3), evaluate(potential, frame)), 1e-12);
}

TEST_P(AllegroModels, RestrictedToTheTypesOfASystem) {
  CompiledPotential<Space> all(model), one(restricted_to(model, {"O"}));
  for (Frame frame : frames) {
    std::fill(frame.types.begin(), frame.types.end(), 1);
    Results const expected = evaluate(all, frame);
    std::fill(frame.types.begin(), frame.types.end(), 0);
    EXPECT_LT(largest_difference(evaluate(one, frame), expected), 1e-12);
  }
}

INSTANTIATE_TEST_SUITE_P(Allegro, AllegroModels, testing::ValuesIn(small_models()),
                         [](auto const& info) { return info.param.name; });
INSTANTIATE_TEST_SUITE_P(Formulas, AllegroParity, testing::ValuesIn(small_models()),
                         [](auto const& info) { return info.param.name; });
INSTANTIATE_TEST_SUITE_P(Packages, AllegroParity, testing::ValuesIn(archives()),
                         [](auto const& info) { return info.param.name; });

TEST(Allegro, InconsistentModelsAreRefusedWithThePlace) {
  using Change = std::function<void(dp::Allegro&)>;
  std::vector<std::pair<Change, std::string>> const changes = {
      {[](dp::Allegro& a) { a.path_weights[1].pop_back(); }, "@variables/path_weight/1"},
      {[](dp::Allegro& a) { a.r_max = -1.0; }, "r_max"},
      {[](dp::Allegro& a) { a.pair_cutoff[2] = 9.0; }, "@variables/pair_cutoff"},
      {[](dp::Allegro& a) { a.harmonics.pop_back(); }, "allowed"},
      {[](dp::Allegro& a) { a.readout.layers.front().inputs = 5; }, "readout/layers/0"},
      {[](dp::Allegro& a) { a.radial.term.assign(8, 1.0); }, "radial/@variables/pair_term"},
      {[](dp::Allegro& a) {
         a.allowed.push_back({0, false});
       },
       "allowed"},
      {[](dp::Allegro& a) { a.latent[1].layers.front().bias.assign(8, 1.0); }, "latent/1/layers/0"},
      {[](dp::Allegro& a) {
         a.harmonics = {{0, false}, {1, true}, {2, false}, {3, true}, {4, false}};
       },
       "harmonics"},
      {[](dp::Allegro& a) { a.repulsion->atomic_number[0] = 0.0; }, "zbl/@variables/atomic_number"}};
  for (auto const& [change, place] : changes) {
    Model model = load_model(allegro_case("product_full").model);
    change(std::get<dp::Allegro>(model.atomic));
    try {
      model.check();
      FAIL() << "expected a complaint about " << place;
    } catch (Error const& error) {
      EXPECT_NE(std::string(error.what()).find("model/" + place), std::string::npos) << error.what();
    }
  }
}

/// An archive of the tests with something else in all its members.
using Members = std::vector<std::pair<std::string, std::string>>;
Members members_of(std::string const& file) {
  return unzipped(detail::file_bytes(DP_TEST_DATA "/allegro/" + file));
}
void replace(Members& members, std::string const& from, std::string const& to) {
  bool found = false;
  for (auto& [name, bytes] : members)
    for (auto at = bytes.find(from); at != bytes.npos; at = bytes.find(from, at + to.size()), found = true)
      bytes.replace(at, from.size(), to);
  EXPECT_TRUE(found) << from;
}

/// A name as pickles have it.
std::string key(std::string const& name) { return "X" + little(name.size(), 4) + name; }

/// A number as storages have it.
std::string bytes_of(double number) { return little(std::bit_cast<std::uint64_t>(number), 8); }

TEST(Allegro, OptionsThatAreNotEvaluatedAreNamed) {
  struct Change {
    std::string file, from, to, words;
  };
  std::string const config = "legato.pth: extra/config: ";
  for (Change const& change : std::vector<Change>{
           {"legato.pth", "latent_mlp_nonlinearity: silu", "latent_mlp_nonlinearity: tanh",
            config + "latent_mlp_nonlinearity: the activation \"tanh\" is not supported"},
           {"legato.pth", "avg_num_neighbors: 20.0\n", "",
            config + "the key \"avg_num_neighbors\" is missing"},
           {"legato.pth", "r_max: 4.5", "r_max: 4.6", "per_layer_cutoffs other than r_max"},
           {"legato.pth", "r_max: 4.5", "r_max: 4.5\nedge_sh_normalize: false",
            "edge_sh_normalize: harmonics that grow"},
           {"legato.pth", "r_max: 4.5", "r_max: 4.5\nedge_sh_normalization: norm", "edge_sh_normalization: "},
           {"legato.pth", "r_max: 4.5", "r_max: 4.5\nmlp_nonlinearity: tanh",
            config + "mlp_nonlinearity: expected a key for each net"},
           {"legato.pth", key("embed_initial_edge") + "q\x85\x88", key("embed_initial_edge") + "q\x85\x89",
            "model.func.allegro: embed_initial_edge: false is not supported"},
           {"legato.pth", "embed_initial_edge", "embed_initial_node", "this is a model of allegro 0.3"},
           {"legato.pth", "linear\nIdentity", "linear\nNonsense", "linear_after_env_embed: true"},
           {"legato.pth", "polynomialq\x84", "cosinecosiq\x84", "expected the cutoff \"polynomial\""},
           {"legato.pth", "normalizeq[\x88", "normalizeq[\x89", "model.func.spharm.sh: harmonics that grow"},
           {"legato.pth", "componentq]", "integrateq]", "expected the normalization \"component\""},
           {"legato.pth", key("_weight_1") + "q\x96", key("_bn_0") + "q\x96", "mlp_batchnorm: true"},
           {"legato.pth", key("scale_by") + "q\x01", key("shift_by") + "q\x01", "global_rescale_shift"},
           {"legato.pth", key("total_energy_sum"), key("pair_potential"),
            "model.func: the module \"pair_potential\", \"AtomwiseReduce\", is not supported"},
           {"options.nequip.pth", key("total_energy_sum"), key("charges"),
            "model.func: the module \"charges\", \"AtomwiseReduce\", is not supported"},
           {"options.nequip.zip", key("total_energy_sum"), key("charges"),
            "model.func: the module \"charges\", \"AtomwiseReduce\", is not supported"},
           {"options.nequip.zip", key("tensor_basis_in_field"),
            key("scatter_features") + "\x88" + key("tensor_basis_in_field"), "scatter_features: true"},
           {"options.nequip.zip", key("normalize") + "r,\x03\0\0\x88"s, key("normalize") + "r,\x03\0\0\x89"s,
            "model.func.tensor_embed.sh: harmonics that grow"},
           {"options.nequip.zip", key("allegro"), key("convolution"), "NequIP's own models"},
           {"options.nequip.zip", bytes_of(7.1998225), bytes_of(166.031855),
            "zbl/half_coulomb: expected 7.1998225 eV Angstrom, found 166.031855"},
           {"options.nequip.zip", bytes_of(std::sqrt(1.0 / 3.0)), bytes_of(0.6),
            "model.func.allegro.tps.0: expected the couplings of e3nn"},
           {"options.nequip.zip", "ZBL", "LJX",
            "model.func.pair_potential: the pair potential \"LJX\" is not supported: expected ZBL"},
           {"options.nequip.zip", "SiLU", "ReLU", "the activation \"ReLU\" is not supported"}}) {
    Members members = members_of(change.file);
    replace(members, change.from, change.to);
    std::string const message = error_of([&] { read_model(change.file, zip(members)); });
    EXPECT_NE(message.find(change.words), std::string::npos) << change.words << " is not in: " << message;
  }
  std::string const compiled = zip({{"m/data/aotinductor/model/code.so", "ELF"}});
  EXPECT_NE(error_of([&] { read_model("m.nequip.pt2", compiled); }).find("give the package (.nequip.zip)"),
            std::string::npos);
}

dp::Allegro allegro_of(Members const& members) {
  return std::get<dp::Allegro>(read_model("legato.pth", zip(members)).atomic);
}

TEST(Allegro, CutoffsOfLayersMayBeRoundedToSinglePrecision) {
  Members members = members_of("legato.pth");
  replace(members, "r_max: 4.5", "r_max: 5.2");
  replace(members, bytes_of(4.5), bytes_of(static_cast<double>(5.2F)));
  EXPECT_EQ(allegro_of(members).r_max, 5.2);
}

TEST(Allegro, NetsHaveSiluWhereTheConfigurationDoesNotSay) {
  Members members = members_of("legato.pth");
  dp::Allegro const linear = allegro_of(members);
  replace(members, "edge_eng_mlp_nonlinearity: null\n", "");
  replace(members, "env_embed_mlp_nonlinearity: null\n", "");
  replace(members, "\nlatent_mlp_nonlinearity: silu\n", "\n");
  replace(members, "two_body_latent_mlp_nonlinearity: silu\n", "");
  dp::Allegro const otherwise = allegro_of(members);
  EXPECT_EQ(linear.readout.layers[0].activation, Activation::linear);
  EXPECT_EQ(otherwise.readout.layers[0].activation, Activation::silu);
  EXPECT_EQ(otherwise.readout.layers[0].weight, linear.readout.layers[0].weight);
  EXPECT_NEAR(otherwise.readout.layers[1].weight[0], 1.6791767923989418 * linear.readout.layers[1].weight[0],
              1e-14);
  EXPECT_EQ(otherwise.embedding.layers[0].weight, linear.embedding.layers[0].weight);
  EXPECT_EQ(otherwise.weights[0].layers[0].weight, linear.weights[0].layers[0].weight);
}

/// As nequip 0.6 deploys it: one more module around all.
TEST(Allegro, DeployedByNequip06) {
  Members plain = members_of("legato.pth"), members = plain;
  for (auto& [name, bytes] : members)
    if (name.ends_with("data.pkl"))
      bytes =
          "\x80\x02"
          "c__torch__.nequip.nn._graph_model\nGraphModel\n)\x81}(" +
          key("model") + bytes.substr(2, bytes.size() - 3) + "ub.";
  CompiledPotential<Space> expected(read_model("legato.pth", zip(plain))),
      found(read_model("legato.pth", zip(members)));
  Frame const frame = read_frames(archives()[2].reference).front();
  EXPECT_EQ(largest_difference(evaluate(found, frame), evaluate(expected, frame)), 0.0);
}

TEST(Allegro, HalfPrecisionIsRefused) {
  Model const model = load_model(allegro_case("latent_full").model);
  EXPECT_THROW((CompiledPotential<Space, Mix16>(model)), Error);
}

}  // namespace
}  // namespace dp::test
