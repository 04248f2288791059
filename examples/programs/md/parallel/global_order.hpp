// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <vector>

#include "md/parallel/communicator.hpp"

namespace md {

/// Calls use(rows, count) on rank 0 for atom after atom in the order of their ids 0 ... total - 1, in pieces,
/// so that no rank holds all: `rows` (count x columns). Each rank has `own` rows, of the atoms `ids`, which
/// rise. An error in `use` is one of attempt().
template <class Use>
void in_global_order(Communicator& communicator, std::vector<std::int64_t> const& ids,
                     std::vector<double> const& own, std::size_t columns, std::int64_t total,
                     Use const& use) {
  constexpr std::int64_t piece = 1 << 16;
  Messages const& messages = communicator.messages();
  std::size_t next = 0;
  for (std::int64_t begin = 0; begin < total; begin += piece) {
    std::int64_t const count = std::min(piece, total - begin);
    std::size_t const first = next;
    while (next < ids.size() && ids[next] < begin + count) ++next;
    std::vector<double> sent;  // place in the piece, and row
    for (std::size_t i = first; i < next; ++i) {
      sent.push_back(static_cast<double>(ids[i] - begin));
      for (std::size_t k = 0; k < columns; ++k) sent.push_back(own[i * columns + k]);
    }
    auto const counts = messages.gather(static_cast<double>(sent.size()));
    if (!communicator.root()) {
      if (!sent.empty()) messages.send(0, sent.data(), sent.size() * sizeof(double));
      continue;
    }
    std::vector<double> rows(static_cast<std::size_t>(count) * columns);
    for (std::size_t rank = 0; rank < counts.size(); ++rank) {
      if (rank > 0) {
        sent.resize(static_cast<std::size_t>(counts[rank]));
        if (!sent.empty())
          messages.receive(static_cast<int>(rank), sent.data(), sent.size() * sizeof(double));
      }
      for (std::size_t at = 0; at < sent.size(); at += columns + 1)
        std::copy_n(&sent[at + 1], columns, &rows[static_cast<std::size_t>(sent[at]) * columns]);
    }
    communicator.attempt([&] { use(rows, count); });
  }
}

}  // namespace md
