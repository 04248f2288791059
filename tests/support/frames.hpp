// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
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
  std::vector<double> output,
      atom_output;  // of models that give no energies; force and virial of each component

  std::size_t atoms() const { return types.size(); }
};

/// Two atoms alone in space, a distance apart along (0.6, 0, 0.8), Angstrom.
inline Frame pair_in_space(int type, int other, double distance) {
  Frame frame;
  frame.periodic = false;
  frame.types = {type, other};
  frame.positions = {0.1, 0.2, 0.3, 0.1 + 0.6 * distance, 0.2, 0.3 + 0.8 * distance};
  return frame;
}

/// The frames of a reference file of DeePMD-kit's results.
std::vector<Frame> read_frames(std::string const& path);

}  // namespace dp::test
