// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <charconv>
#include <string>
#include <string_view>

#include "md/system.hpp"

namespace md {

/// Calls `work`. Where it refuses an atom, which it counts among those of this rank, the message gets the
/// number that the atom has in the run, from 1 too.
template <class Space, class Work>
void with_atom_numbers(Space const& space, System<Space> const& system, Work const& work) {
  try {
    work();
  } catch (dp::Error const& error) {
    std::string message = error.what();
    constexpr std::string_view word = "atom ";
    std::size_t const found = message.find(word), digits = found + word.size();
    std::int64_t own = 0;
    if (found == message.npos) throw;
    auto const end = std::from_chars(message.data() + digits, message.data() + message.size(), own).ptr;
    if (own < 1 || own > system.size()) throw;  // no atom, or the image of one of another rank
    auto const ids = download(space, system.ids);
    message.replace(digits, static_cast<std::size_t>(end - message.data()) - digits,
                    std::to_string(ids[static_cast<std::size_t>(own - 1)] + 1));
    throw dp::Error(message);
  }
}

}  // namespace md
