// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <array>
#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "md/parallel/messages.hpp"

namespace md {

/// An error that every rank knows of: all of them throw it, and one message is enough.
class AgreedError : public dp::Error {
 public:
  using dp::Error::Error;
};

/// The ranks of a run, and how an error on one of them stops all: what may fail on one rank alone is
/// attempt()ed, the ranks go on with their messages as if nothing had happened, and the next agree() or
/// maximum() throws on all.
class Communicator {
 public:
  explicit Communicator(Messages const& messages) : m_messages(messages) {}

  /// One rank for programs that have no other.
  static Communicator& alone() {
    static Communicator communicator(Messages::alone());
    return communicator;
  }

  int rank() const { return m_messages.rank(); }
  int size() const { return m_messages.size(); }
  bool root() const { return rank() == 0; }
  Messages& messages() { return m_messages; }

  /// Work without messages. Its error is kept for the next agreement; until then nothing more is attempted.
  /// One rank needs no agreement: there errors pass.
  template <class Work>
  void attempt(Work const& work) {
    if (size() == 1) return work();
    if (m_failure) return;
    try {
      work();
    } catch (std::exception const& error) {
      m_failure = error.what();
    }
  }

  bool failing() const { return m_failure.has_value(); }

  /// Says where a failure happened, if there is one that does not know yet.
  void locate(std::string const& where) {
    if (m_failure && !std::exchange(m_located, true)) m_failure = where + *m_failure;
  }

  /// \throws AgreedError on all ranks, if an attempt() failed on any
  void agree() { maximum<0>({}); }

  /// attempt() and agree()
  template <class Work>
  void together(Work const& work) {
    attempt(work);
    agree();
  }

  /// The largest of each number; an agreement, too.
  template <std::size_t N>
  std::array<double, N> maximum(std::array<double, N> const& values) {
    if (size() == 1) return values;
    double all[N + 1];
    std::copy(values.begin(), values.end(), all);
    all[N] = m_failure ? size() - rank() : 0;  // the largest belongs to the first rank
    m_messages.maximum(all, static_cast<int>(N + 1));
    if (all[N] > 0) fail_on_all(size() - static_cast<int>(all[N]));
    std::array<double, N> result;
    std::copy(all, all + N, result.begin());
    return result;
  }

  double sum(double value) const {
    m_messages.sum(&value, 1);
    return value;
  }
  /// A number in the memory of `space`; waits for it, but on one rank.
  template <class Space, class Scalar>
  void sum(Space const& space, Scalar const& value) const {
    if (size() == 1) return;
    double part = 0.0;
    Kokkos::deep_copy(space, part, value);
    space.fence("md::Communicator::sum");
    Kokkos::deep_copy(space, value, sum(part));
  }
  std::int64_t sum(std::int64_t value) const {
    return static_cast<std::int64_t>(sum(static_cast<double>(value)));
  }

  /// A text that `root` has.
  void broadcast(std::string& text, int root = 0) const {
    auto size = static_cast<std::uint64_t>(text.size());
    m_messages.broadcast(&size, sizeof size, root);
    text.resize(static_cast<std::size_t>(size));
    m_messages.broadcast(text.data(), text.size(), root);
  }

  /// A text from one rank to another.
  void send(int to, std::string const& text) const {
    auto const size = static_cast<std::uint64_t>(text.size());
    m_messages.send(to, &size, sizeof size);
    m_messages.send(to, text.data(), text.size());
  }
  std::string receive(int from) const {
    std::uint64_t size = 0;
    m_messages.receive(from, &size, sizeof size);
    std::string text(static_cast<std::size_t>(size), '\0');
    m_messages.receive(from, text.data(), text.size());
    return text;
  }

 private:
  [[noreturn]] void fail_on_all(int first) {
    std::string text = m_failure.value_or("");
    m_failure.reset();
    m_located = false;
    broadcast(text, first);
    if (first > 0) text += " (rank " + std::to_string(first) + ")";
    throw AgreedError(text);
  }

  Messages m_messages;
  std::optional<std::string> m_failure;
  bool m_located = false;
};

}  // namespace md
