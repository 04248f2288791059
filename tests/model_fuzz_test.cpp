// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Corrupted model files: each must give a model that passes its check, or a dp::Error; never anything else,
// and not after long thought. The mutations are always the same.

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <dp/io/read_model.hpp>
#include <dp/lower/lower_terms.hpp>
#include <string>
#include <vector>

#include "support/mutator.hpp"
#include "support/zip.hpp"

namespace dp {
namespace {

constexpr unsigned longest = 60;  // seconds for one file before the watchdog ends the program

void fuzz(std::string const& name, std::string const& original, std::vector<std::string> const& marks,
          int mutations, std::uint64_t seed) {
  Mutator mutate(original, marks, seed);
  int loaded = 0;
  int refused = 0;
  double slowest = 0.0;
  for (int i = 0; i < mutations; ++i) {
    std::string const bytes = mutate();
    alarm(longest);  // an endless loop ends the program
    auto const start = std::chrono::steady_clock::now();
    try {
      Model const model = read_model(name, bytes);
      model.check();
      lower_terms(model);
      ++loaded;
    } catch (Error const& error) {
      ASSERT_EQ(std::string(error.what()).rfind(name, 0), 0u) << "mutation " << i << ": " << error.what();
      ++refused;
    }
    slowest =
        std::max(slowest, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  alarm(0);
  std::printf("%s: %d mutations: %d loaded, %d refused, slowest %.3f s\n", name.c_str(), mutations, loaded,
              refused, slowest);
  EXPECT_GT(refused, mutations / 10);
  EXPECT_LT(slowest, 10.0);
}

void fuzz(std::string const& name, std::vector<std::string> const& marks, int mutations, std::uint64_t seed) {
  std::string const folder = name.find(".pb") == name.npos ? "/variants/" : "/graphs/";
  fuzz(name, detail::file_bytes(DP_TEST_DATA + folder + name), marks, mutations, seed);
}

TEST(ModelFuzz, Hdf5) {
  std::vector<std::string> const marks = {"TREE", "SNOD", "HEAP", "GCOL", "@variables", "sel"};
  fuzz("two_sided.dp", marks, 2000, 1);
  fuzz("one_sided_gelu.dp", marks, 1000, 2);
  fuzz("width_one_two.old_gzip.dp", marks, 1000, 4);
}

TEST(ModelFuzz, OtherKinds) {
  std::vector<std::string> const marks = {"@variables", "sel",  "attn_layer", "tebd", "embeddings", "ntypes",
                                          "compress",   "list", "models",     "tab",  "weights"};
  for (char const* const name : {"concat_vacuum.dp", "strip_tables.dp", "hybrid_of_all.dp",
                                 "angles_hybrid.dp", "pairs.dp", "zbl_few.dp"})
    fuzz("../kinds/" + std::string(name), marks, 700, 12);
}

TEST(ModelFuzz, NewerHdf5) {
  std::vector<std::string> const marks = {"OHDR", "OCHK", "FRHP", "FHIB", "FHDB", "BTHD", "BTLF",
                                          "BTIN", "FAHD", "FADB", "EAHD", "EAIB", "EADB", "GCOL"};
  for (char const* const name :
       {"width_one_two.latest.dp", "width_one_two.latest_gzip.dp", "width_one_two.growing.dp"})
    fuzz(name, marks, 1000, 5);
}

std::vector<std::string> const graph_marks = {"Const",       "dtype",  "ProdEnvMatA", "tensor",
                                              "filter_type", "MatMul", "o_energy"};

TEST(ModelFuzz, Graph) {
  fuzz("fparam_aparam.pb", graph_marks, 1000, 7);
  fuzz("tables_two_sided.pb", graph_marks, 1000, 8);
  fuzz("../kinds/hybrid_of_three.pb", graph_marks, 500, 10);
  fuzz("../kinds/zbl_graph.pb", {"SoftMinSwitch", "PairTab", "t_tab_info", "alpha", "mul_", "sub"}, 500, 13);
  fuzz("../kinds/dpa1_smooth_excluded.pb", graph_marks, 500, 11);
  fuzz("../kinds/angles_graph.pb", graph_marks, 500, 13);
}

TEST(ModelFuzz, GraphText) { fuzz("small.pbtxt", graph_marks, 2000, 9); }

// A file whose end is missing never passes for a model.
TEST(ModelFuzz, TruncatedGraphs) {
  for (std::string const name : {"fparam_aparam.pb", "small.pbtxt"}) {
    std::string const bytes = detail::file_bytes(std::string(DP_TEST_DATA) + "/graphs/" + name);
    for (std::size_t size = 4096; size < bytes.size(); size += 4096) try {
        read_model(name, bytes.substr(0, size));
        ADD_FAILURE() << name << ": " << size << " bytes were read as a model";
      } catch (Error const& error) {
        EXPECT_EQ(std::string(error.what()).rfind(name, 0), 0u) << error.what();
      }
  }
}

TEST(ModelFuzz, Yaml) { fuzz("two_sided.yaml", {"@variables", "sel"}, 300, 3); }

TEST(ModelFuzz, TorchScript) {
  std::vector<std::string> const marks = {"PK\x01\x02", "PK\x05\x06", "PK\x06\x06", "data.pkl",
                                          "__torch__",  "matrix",     "sel",        "_rebuild_tensor_v2"};
  for (char const* const name : {"radial_one_sided.pth", "one_sided_exclude_pytorch.pth", "exclude_types.pth",
                                 "../kinds/sum_mean.pth"})
    fuzz(name, marks, 1500, 6);
}

TEST(ModelFuzz, Allegro) {
  for (char const* const name : {"product_full.dp", "latent_so3.dp"})
    fuzz("../allegro/" + std::string(name), {"@variables", "track", "mix", "path_weight", "0e+1o"}, 2000, 14);
  std::vector<std::string> const marks = {"PK\x01\x02", "data.pkl", "eager_model", "_modules",
                                          "irreps",     "alpha",    "weights",     "_rebuild_tensor_v2",
                                          "type_names", "rmax",     "_mlp",        "scales"};
  for (std::string const name : {"options.nequip.zip", "options.nequip.pth", "legato.pth"}) {
    // Stored, so that what is changed is not only what was deflated.
    std::string const bytes = detail::file_bytes(DP_TEST_DATA "/allegro/" + name);
    fuzz(name, test::zip(test::unzipped(bytes)), marks, 2000, 15);
  }
}

}  // namespace
}  // namespace dp
