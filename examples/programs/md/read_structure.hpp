// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "common/extxyz.hpp"
#include "md/input.hpp"
#include "md/lammps_data.hpp"
#include "md/parallel/bytes.hpp"

namespace md {

/// The structure that the input names, not yet replicated. A file whose first line is one number is XYZ (its
/// first frame is taken), any other a LAMMPS data file. `type_map`: elements that the model knows; empty: any
inline examples::Structure read_cell(Input const& input, std::vector<std::string> const& type_map = {}) {
  std::string const& file = input.structure_file;
  bool const xyz = examples::is_xyz(file);
  LammpsDataOptions const options = {input.elements, input.units, input.atom_style, input.velocity_units,
                                     type_map};
  examples::Structure cell =
      xyz ? examples::read_extxyz(file, input.velocity_units) : LammpsDataReader(file, options).read();
  if (xyz)
    for (auto const& [key, given] : {std::pair{"structure.elements", !input.elements.empty()},
                                     {"structure.units", input.units != "auto"},
                                     {"structure.atom_style", !input.atom_style.empty()}})
      if (given)
        cell.contents.warnings.push_back(std::string(key) +
                                         " is not used: it is of LAMMPS data files, and this is XYZ");
  if (input.periodic) {
    if (!cell.has_box) dp::fail(cell.source, ": structure.periodic needs a box, found none");
    cell.box.periodic = *input.periodic;
    try {
      cell.box.check();
    } catch (dp::Error const& error) {
      dp::fail(cell.source, ": structure.periodic: ", error.what());
    }
  }
  return cell;
}

/// The structure that the input names, replicated.
inline examples::Structure read_structure(Input const& input) {
  return examples::replicate(read_cell(input), input.replicate);
}

/// The atoms that a rank begins with, before each goes to its domain: a share of all, as even as can be.
struct Share {
  std::int64_t first = 0, count = 0, total = 0;

  Share() = default;
  Share(std::int64_t atoms, int rank, int ranks)
      : first(atoms * rank / ranks), count(atoms * (rank + 1) / ranks - first), total(atoms) {}
};

/// This rank's share of `cell`, which rank 0 has: each rank replicates its own atoms, so that none holds all
/// of them.
inline examples::Structure share_structure(examples::Structure cell,
                                           std::array<std::int64_t, 3> const& replicate,
                                           Communicator& communicator, Share& share) {
  std::int64_t const copies = replicate[0] * replicate[1] * replicate[2];
  std::int64_t const total = communicator.sum(copies * cell.size());
  auto const share_of = [&](int rank) { return Share(total, rank, communicator.size()); };
  share = share_of(communicator.rank());
  if (communicator.size() > 1 && copies == 1)
    return scatter<examples::Structure>(communicator, [&](int rank) {
      return examples::replicate(cell, replicate, share_of(rank).first, share_of(rank).count);
    });
  if (communicator.size() > 1) {
    std::string bytes = to_bytes(cell);
    communicator.broadcast(bytes);
    cell = from_bytes<examples::Structure>(std::move(bytes));
  }
  examples::Structure result;
  communicator.together([&] { result = examples::replicate(cell, replicate, share.first, share.count); });
  return result;
}

}  // namespace md
