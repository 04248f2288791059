// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// Archives of PyTorch: what the reader makes of good ones that are put together here, and says of bad ones.
// Files as PyTorch writes them are in parity_test.cpp.

#include <gtest/gtest.h>

#include <cstdint>
#include <dp/io/read_model.hpp>
#include <string>
#include <utility>
#include <vector>

#include "support/parts.hpp"
#include "support/small_model.hpp"
#include "support/zip.hpp"

namespace dp::test {
namespace {

using namespace std::string_literals;

std::string variant(std::string const& name) {
  return detail::file_bytes(std::string(DP_TEST_DATA) + "/variants/" + name);
}

// Values as a pickle has them.
using Attributes = std::vector<std::pair<std::string, std::string>>;

std::string text(std::string const& value) { return "X" + little(value.size(), 4) + value; }

std::string object(std::string const& type, Attributes const& attributes) {
  std::string out = "c__torch__.deepmd." + type + "\n" + type + "\n)\x81}(";
  for (auto const& [key, value] : attributes) out += text(key) + value;
  return out + "ub";
}

std::string script(std::string const& pickled) {
  return zip({{"m/data.pkl", "\x80\x02" + pickled + "."},
              {"m/constants.pkl", "\x80\x02)."},
              {"m/byteorder", "little"}});
}

std::string message_of(std::string const& bytes) {
  return error_of([&] { read_model("test.pth", bytes); });
}

void expect_message(std::string const& bytes, std::string const& words) {
  std::string const message = message_of(bytes);
  EXPECT_NE(message.find(words), std::string::npos) << words << " is not in: " << message;
  EXPECT_EQ(message.rfind("test.pth: ", 0), 0u) << message;
}

std::string with_descriptor(std::string const& type) {
  return script(object(
      "EnergyModel",
      {{"atomic_model", object("DPEnergyAtomicModel", {{"type_map", "](" + text("O") + "e"},
                                                       {"descriptor", object(type, {})},
                                                       {"fitting_net", object("NewFittingNet", {})}})}}));
}

std::string replaced(std::string bytes, std::string const& from, std::string const& to) {
  std::size_t at = bytes.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  for (; at != std::string::npos; at = bytes.find(from, at)) bytes.replace(at, from.size(), to);
  return bytes;
}

TEST(TorchScript, KindsThatAreNotEvaluatedAreNamed) {
  for (auto const& [type, name] : {std::pair("DescrptDPA2", "\"dpa2\""), std::pair("DescrptDPA3", "\"dpa3\""),
                                   std::pair("DescrptNew", "\"DescrptNew\"")})
    expect_message(
        with_descriptor(type),
        "model/descriptor/type: expected a supported descriptor, \"se_e2_a\" (\"se_a\"), \"se_e2_r\" "
        "(\"se_r\"), \"dpa1\" (\"se_atten\"), \"se_atten_v2\", \"se_e3\" (\"se_t\"), \"se_e3_tebd\" or "
        "\"hybrid\", found "s +
            name);
  expect_message(
      script(object("EnergyModel", {{"atomic_model", object("DPNewAtomicModel", {})}})),
      "model/type: expected a supported type of model, \"standard\" (one descriptor, one fitting), "
      "\"pairtab\", \"linear\" or \"zbl\", found \"DPNewAtomicModel\"");
  expect_message(script(object("SpinEnergyModel", {{"backbone_model", object("EnergyModel", {})}})),
                 "found \"spin_ener\"");
  expect_message(script(object("OtherPackage", {})), "found \"OtherPackage\"");
  expect_message(
      replaced(variant("radial_one_sided.pth"), "EnergyFittingNet", "EnergyFittingNew"),
      "model/fitting/type: expected a supported fitting, \"ener\" (energies), \"dipole\", \"polar\", "
      "\"dos\" or \"property\", found \"EnergyFittingNew\"");
  expect_message(replaced(variant("radial_one_sided.pth"), "EnergyFittingNet", "DipoleFittingNet"),
                 "model/fitting/type: a dipole needs a descriptor with angles (se_e2_a, se_atten)");
}

TEST(TorchScript, ADataModifierIsNamed) {
  auto members = unzipped(variant("radial_one_sided.pth"));
  std::string const folder = members.front().first.substr(0, members.front().first.find('/'));
  members.emplace_back(folder + "/extra/data_modifier.pth", "");
  EXPECT_EQ(read_model("test.pth", zip(members)).ntypes(), 2);
  members.back().second = "something";
  expect_message(zip(members), "modifier");
}

TEST(TorchScript, DamageIsNamed) {
  expect_message(zip({{"readme.txt", "hello"}}), "a zip archive without a model of PyTorch");
  expect_message(zip({{"model/data.pkl", "\x80\x02}."}, {"model/data/0", "12345678"}}), "dp --pt freeze");
  expect_message(script("i"), "pickle: the operation 105 (at 2) is not read here");
  expect_message(script("K"), "truncated or corrupted pickle");
  expect_message(script("h\x05"), "there is no value 5");
  expect_message(script("t"), "needs a mark");
  expect_message(script("R"), "needs more values");
  expect_message(script("}"), "the module: expected a module of TorchScript");
  expect_message(with_descriptor("DescrptSeA"), "atomic_model.descriptor: there is no module \"sea\"");
  expect_message(with_descriptor("DescrptDPA1"), "atomic_model.descriptor: there is no module \"se_atten\"");
  expect_message(with_descriptor("DescrptHybrid"),
                 "atomic_model.descriptor: there is no module \"descrpt_list\"");
  expect_message(
      script(object("EnergyModel",
                    {{"atomic_model", object("DPAtomicModel", {{"type_map", "]q\x01h\x01\x61"}})}})),
      "atomic_model.type_map: more than");
  std::string const whole = variant("radial_one_sided.pth");
  expect_message(replaced(whole, "little", "biggie"), "the byte order \"biggie\"");
  expect_message(replaced(whole, "DoubleStorage", "ComplxStorage"), "found the storage \"ComplxStorage\"");
  expect_message(replaced(whole, "matrix", "matrox"), "layers.0: the attribute \"matrix\" is missing");
  std::string const deflated = variant("exclude_types.pth");
  expect_message(deflated.substr(0, 200) + std::string(100, '\xFF') + deflated.substr(300), "test.pth: ");
}

TEST(TorchScript, TablesAreKeptBesideNets) {
  Model const model = read_model("test.pth", variant("one_sided_gelu_compressed.pth"));
  ASSERT_FALSE(two_body(model).tables.empty());
  EXPECT_FALSE(two_body(model).tables[0].empty());
  EXPECT_EQ(two_body(model).tables[0].width, two_body(model).nets[0].outputs());
  EXPECT_EQ(model.remarks.at(0), "holds nets and tables of them; the nets are evaluated");
  EXPECT_EQ(model.min_nbor_dist, 0.9);
}

TEST(TorchScript, ExclusionsArePyTorchs) {
  Model const model = read_model("test.pth", variant("one_sided_exclude_pytorch.pth"));
  Model const same = read_model("test.dp", variant("one_sided_exclude_pytorch.dp"));
  EXPECT_EQ(two_body(model).excluded, two_body(same).excluded);
  EXPECT_TRUE(two_body(model).excluded_padding);
}

TEST(ExportedProgram, TheTreeIsBesideTheCode) {
  Json tree = small_model();
  Model const expected = read_tree(tree);
  auto const archive = [&] {
    return zip({{"m/data/aotinductor/model/code.so",
                 "\x7f"
                 "ELF"},
                {"model/extra/model.json", tree.dump()},
                {"model/extra/model_def_script.json", R"({"modifier": {"type": "dipole_charge"}})"}});
  };
  expect_message(archive(), "model_def_script/modifier");
  tree["model_def_script"] = {{"type_map", {"O", "H"}}};
  Model const model = read_model("test.pt2", archive());
  EXPECT_EQ(model.type_map, expected.type_map);
  EXPECT_EQ(two_body(model).nets[3].layers[1].weight, two_body(expected).nets[3].layers[1].weight);
  tree["backend"] = "TensorFlow";
  tree.erase("@variables");
  tree["min_nbor_dist"] = 0.75;
  EXPECT_EQ(read_model("test.pt2", archive()).min_nbor_dist, 0.75);
  EXPECT_TRUE(two_body(read_model("test.pt2", archive())).excluded_padding);
  tree["model"]["descriptor"]["type"] = "dpa2";
  expect_message(archive(), "found \"dpa2\"");
  expect_message(zip({{"m/archive/extra/model.json", "{"}}), "m/archive/extra/model.json: expected JSON");
}

}  // namespace
}  // namespace dp::test
