// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

#include "common/structure.hpp"
#include "md/parallel/communicator.hpp"
#include "md/restart.hpp"

namespace md {

/// Values as bytes, one after the other, for messages between ranks of one program: read in the order of
/// writing.
class Bytes {
 public:
  Bytes() = default;
  explicit Bytes(std::string data) : m_data(std::move(data)) {}
  std::string const& data() const { return m_data; }

  template <class T>
  void put(std::vector<T> const& values) {
    put(values.size());
    for (T const& value : values) put(value);
  }
  void put(std::vector<double> const& values) {
    put(values.size());
    m_data.append(reinterpret_cast<char const*>(values.data()), values.size() * sizeof(double));
  }
  void put(std::string const& text) {
    put(text.size());
    m_data += text;
  }
  template <class T>
  requires std::is_trivially_copyable_v<T>
  void put(T const& value) { m_data.append(reinterpret_cast<char const*>(&value), sizeof value); }

  template <class T>
  void get(std::vector<T>& values) {
    values.resize(get<std::size_t>());
    for (T& value : values) get(value);
  }
  void get(std::string& text) {
    auto const size = get<std::size_t>();
    text = m_data.substr(m_at, size);
    m_at += size;
  }
  template <class T>
  requires std::is_trivially_copyable_v<T>
  void get(T& value) {
    std::memcpy(&value, m_data.data() + m_at, sizeof value);
    m_at += sizeof value;
  }

 private:
  template <class T>
  T get() {
    T value;
    get(value);
    return value;
  }

  std::string m_data;
  std::size_t m_at = 0;
};

/// Calls what(value) for all that ranks must know of a structure, or of a restart file's share of atoms.
template <class S, class What>
void for_all_parts(S& s,
                   What const& what) requires std::is_same_v<std::remove_const_t<S>, examples::Structure> {
  what(s.source), what(s.elements), what(s.positions), what(s.velocities), what(s.masses), what(s.ids);
  what(s.fparam), what(s.aparam);
  what(s.contents.used), what(s.contents.unused), what(s.contents.velocity_units);
  what(s.contents.format), what(s.contents.notes), what(s.contents.warnings);
  what(s.has_box), what(s.box.h), what(s.box.periodic);
}
template <class R, class What>
void for_all_parts(R& r, What const& what) requires std::is_same_v<std::remove_const_t<R>, Restart> {
  auto& s = r.state;
  what(s.step), what(s.rebuild_step), what(s.next_look), what(s.thermostat), what(s.box_control),
      what(s.grid), what(s.origin_step), what(r.observed), what(r.nearest), what(r.near_looks);
  what(s.positions), what(s.velocities), what(s.forces), what(s.rebuild_positions), what(s.origins),
      what(r.masses);
  for_all_parts(r.structure, what);
}

template <class T>
std::string to_bytes(T const& whole) {
  Bytes bytes;
  for_all_parts(whole, [&](auto const& part) { bytes.put(part); });
  return bytes.data();
}

template <class T>
T from_bytes(std::string data) {
  T whole;
  Bytes bytes(std::move(data));
  for_all_parts(whole, [&](auto& part) { bytes.get(part); });
  return whole;
}

/// What part_of(rank), called on rank 0 in the order of ranks, has for this rank. An error in it is one of
/// attempt().
template <class T, class PartOf>
T scatter(Communicator& communicator, PartOf const& part_of) {
  T own;
  if (communicator.root()) {
    for (int rank = 0; rank < communicator.size(); ++rank) {
      T part;
      communicator.attempt([&] { part = part_of(rank); });
      if (rank == 0)
        own = std::move(part);
      else
        communicator.send(rank, to_bytes(part));
    }
  } else {
    own = from_bytes<T>(communicator.receive(0));
  }
  communicator.agree();
  return own;
}

}  // namespace md
