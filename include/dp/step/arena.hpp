// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace dp {

/// Where an Arena holds a `State`, one for each place of a program that keeps something: the names by which
/// blocks find what others have written.
template <class State>
struct Slot {
  std::size_t index = 0;  ///< among those of a program
};

/// Deals out the slots of a program while it is put together. Slots of different programs must not meet in
/// one arena.
class Slots {
 public:
  /// The next one.
  template <class State>
  Slot<State> add() {
    return {m_count++};
  }

 private:
  std::size_t m_count = 0;
};

/// What the blocks of a program work in: one State for each slot, made when it is first asked for. Blocks
/// hold constants only, so that workers, with an arena each, can share them. Every State has bytes(), the
/// memory that it holds on the execution space.
class Arena {
 public:
  /// The State of `slot`.
  template <class State>
  State& operator[](Slot<State> slot) {
    if (slot.index >= m_states.size()) m_states.resize(slot.index + 1);
    auto& holder = m_states[slot.index];
    if (!holder) holder = std::make_unique<Holder<State>>();
    return static_cast<Holder<State>&>(*holder).state;
  }

  /// Memory held on the execution space.
  std::size_t bytes() const {
    std::size_t sum = 0;
    for (auto const& holder : m_states)
      if (holder) sum += holder->bytes();
    return sum;
  }

 private:
  struct AnyHolder {
    virtual ~AnyHolder() = default;
    virtual std::size_t bytes() const = 0;
  };
  template <class State>
  struct Holder final : AnyHolder {
    State state;
    std::size_t bytes() const override { return state.bytes(); }
  };

  std::vector<std::unique_ptr<AnyHolder>> m_states;
};

}  // namespace dp
