// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/core/error.hpp>

#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace dp::test {

/// A structure, with the results that a reference file has for it (empty where it has none).
struct Frame {
  bool periodic = true;
  std::array<double, 9> box = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  std::vector<double> positions;  // (atoms x 3)
  std::vector<int> types;
  std::vector<double> fparam, aparam;
  double energy = 0.0;
  std::vector<double> atom_energy, force, virial, atom_virial;

  std::size_t atoms() const { return types.size(); }
};

inline std::vector<double> flatten(nlohmann::json const& value) {
  std::vector<double> result;
  if (value.is_number()) result.push_back(value.get<double>());
  if (value.is_array())
    for (auto const& entry : value)
      for (double number : flatten(entry)) result.push_back(number);
  return result;
}

inline std::vector<Frame> read_frames(std::string const& path) {
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
    frame.energy = entry.at("energy").get<double>();
    frame.atom_energy = numbers("atom_energy");
    frame.force = numbers("force");
    frame.virial = numbers("virial");
    frame.atom_virial = numbers("atom_virial");
    frames.push_back(frame);
  }
  return frames;
}

}  // namespace dp::test
