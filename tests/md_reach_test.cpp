// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Tables of dp-md that reach as far as the structure asks for, and farther once pairs come nearer too often.

#include "md/masses.hpp"
#include "md/read_structure.hpp"
#include "md/table_reach.hpp"
#include "md_toys.hpp"
#include "support/cases.hpp"

namespace {

using toys::Space;
using Forces = md::ModelForces<Space>;

std::string const folder = DP_TEST_DATA "/../../examples/water/";

md::Input water_input() {
  md::Input input;
  input.structure_file = folder + "start.xyz";
  input.masses = {{"O", 15.9994}, {"H", 1.00794}};
  return input;
}

TEST(MdReach, FollowsTheStructure) {
  auto const cell = md::read_cell(water_input());
  auto const least = md::least_distances(cell);
  ASSERT_EQ(least.size(), 3u);
  double const expected[] = {1.389, 0.918, 2.514};  // found by plain loops over the file
  for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(least[k].distance, expected[k], 1e-3);
  auto const model = dp::test::load_model(folder + "water.dp");
  EXPECT_EQ(dp::to_words(md::table_reach(least, model.type_map, model)),
            "H-H:1,O-O:1.81");  // O-H from the model
  EXPECT_EQ(dp::to_words(md::table_reach(least, {"O", "D"}, model)), "O-O:1.81");
  // the box is periodic: images count
  examples::Structure one = cell;
  one.elements = {"Cu"};
  one.positions = {0.0, 0.0, 0.0};
  one.box = dp::Box({2.5, 0, 0, 0, 10, 0, 0, 0, 10});
  auto const image = md::least_distances(one);
  ASSERT_EQ(image.size(), 1u);
  EXPECT_NEAR(image[0].distance, 2.5, 1e-12);
  one.elements = {"Cu-1"};  // no word
  EXPECT_TRUE(md::least_distances(one).empty());
  one.elements = {"Cu", "Cu"};
  one.positions = {0.0, 0.0, 0.0, 0.0, 0.0, 0.0};  // the run refuses it, with better words
  EXPECT_TRUE(md::least_distances(one).empty());
}

TEST(MdReach, GoesBackWherePairsAreNearerTooOften) {
  auto const input = water_input();
  auto const structure = md::read_structure(input);
  auto const model = dp::test::load_model(folder + "water.dp");
  auto const types = examples::types_of(structure, model.type_map, "water.dp");
  md::Domain const domain(md::Communicator::alone(), structure.box);
  md::System<Space> system(Space(), md::masses_of(structure, input.masses), types, 0);
  md::upload(Space(), structure.positions, system.positions);
  for (auto const& [words, often] : {std::pair{"H-H:1,O-O:1.81", false}, {"H-H:1.6", true}}) {
    dp::Options options;
    options.evaluation = dp::Evaluation::compressed;
    options.nearest = dp::nearest_from_words(words);
    Forces forces(Space(), model, options, domain, input.skin, md::Parameters{});
    forces.rebuild(Space(), system);
    md::TableReach<Space> reach(Space(), model, options, true, 0, forces);
    EXPECT_EQ(reach.words(), words);
    EXPECT_NE(reach.report().find(words), std::string::npos);
    std::string said;
    std::vector<std::vector<double>> found;
    for (std::int64_t const step : {99, 100, 101, 199, 200, 201}) {
      reach.before(step);
      forces.compute(Space(), system, true);
      said += reach.after(step, structure.size());
      found.push_back(md::download(Space(), system.forces));
      EXPECT_EQ(reach.looks(), often && step >= 100 && step < 200 ? 1 : 0);
    }
    EXPECT_EQ(forces.handed_over(), often ? 5 * 128 : 0);  // all hydrogen atoms, until step 200
    EXPECT_EQ(reach.words(), often ? "0" : words);
    EXPECT_EQ(said.find("step 200: 128 atoms") != std::string::npos, often) << said;
    for (std::size_t i = 0; i < found[0].size(); ++i) EXPECT_NEAR(found[0][i], found[5][i], 1e-5);
    // as a run that goes on behind step 100
    Forces others(Space(), model, options, domain, input.skin, md::Parameters{});
    others.rebuild(Space(), system);
    md::TableReach<Space> continued(Space(), model, options, true, often ? 1 : 0, others);
    continued.before(200);
    others.compute(Space(), system, true);
    EXPECT_EQ(continued.after(200, structure.size()), said);
    EXPECT_EQ(continued.words(), often ? "0" : words);
  }
}

}  // namespace
