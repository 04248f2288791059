// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "common/extxyz.hpp"
#include "md/input.hpp"
#include "md/lammps_data.hpp"
#include "md/parallel/bytes.hpp"

namespace md {

/// The structure that the input names, not yet replicated. A file whose first line is one number is XYZ (its
/// first frame is taken), any other a LAMMPS data file.
inline examples::Structure read_cell(Input const& input) {
  std::string first;
  std::int64_t count = 0;
  examples::LineReader(input.structure_file).next(first);
  auto const words = examples::words(first);
  bool const xyz = words.size() == 1 && examples::parse(words[0], count);
  return xyz ? examples::read_extxyz(input.structure_file)
             : LammpsDataReader(input.structure_file, input.elements).read();
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

/// This rank's share of the structure that the input names: rank 0 reads its file, and each rank replicates
/// its own atoms, so that none holds all of them.
inline examples::Structure read_structure(Input const& input, Communicator& communicator, Share& share) {
  examples::Structure cell;
  communicator.together([&] {
    if (communicator.root()) cell = read_cell(input);
  });
  std::int64_t const copies = input.replicate[0] * input.replicate[1] * input.replicate[2];
  std::int64_t const total = communicator.sum(copies * cell.size());
  auto const share_of = [&](int rank) { return Share(total, rank, communicator.size()); };
  share = share_of(communicator.rank());
  if (communicator.size() > 1) {
    if (copies > 1) {
      std::string bytes = to_bytes(cell);
      communicator.broadcast(bytes);
      cell = from_bytes<examples::Structure>(std::move(bytes));
    } else {
      cell = scatter<examples::Structure>(communicator, [&](int rank) {
        return examples::replicate(cell, input.replicate, share_of(rank).first, share_of(rank).count);
      });
      return cell;
    }
  }
  examples::Structure result;
  communicator.together(
      [&] { result = examples::replicate(cell, input.replicate, share.first, share.count); });
  return result;
}

}  // namespace md
