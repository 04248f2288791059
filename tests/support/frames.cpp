// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include "frames.hpp"

#include <dp/core/error.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

namespace dp::test {

namespace {

std::vector<double> flatten(nlohmann::json const& value) {
  std::vector<double> result;
  if (value.is_number()) result.push_back(value.get<double>());
  if (value.is_array())
    for (auto const& entry : value)
      for (double number : flatten(entry)) result.push_back(number);
  return result;
}

}  // namespace

std::vector<Frame> read_frames(std::string const& path) {
  std::ifstream in(path);
  if (!in) fail(path, ": cannot be read");
  std::vector<Frame> frames;
  auto const file = nlohmann::json::parse(in);
  for (auto const& entry : file.at("frames")) {
    auto const numbers = [&](char const* key) {
      return entry.contains(key) ? flatten(entry[key]) : std::vector<double>();
    };
    Frame frame;
    frame.periodic = entry.value("pbc", true);
    auto const box = numbers("box");
    if (box.size() == 9) std::copy(box.begin(), box.end(), frame.box.begin());
    frame.positions = numbers("coord");
    frame.types = entry.at("type").get<std::vector<int>>();
    frame.fparam = numbers("fparam");
    frame.aparam = numbers("aparam");
    frame.energy = entry.value("energy", 0.0);
    frame.atom_energy = numbers("atom_energy");
    frame.force = numbers("force");
    frame.virial = numbers("virial");
    frame.atom_virial = numbers("atom_virial");
    frame.output = numbers("out");
    frame.atom_output = numbers("atom_out");
    frames.push_back(frame);
  }
  return frames;
}

}  // namespace dp::test
