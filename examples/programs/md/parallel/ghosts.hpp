// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/input/periodic_images.hpp>

#include "md/parallel/exchange.hpp"

namespace md {

/// The local atoms of a rank and the ghosts around them: periodic images on one rank, an exchange on several.
template <class Space>
class Ghosts {
 public:
  explicit Ghosts(Domain const& domain, bool direct = false)
      : m_domain(domain),
        m_several(domain.communicator().size() > 1),
        m_exchange(domain.communicator(), direct) {}

  /// In the box as it is now.
  void build(Space const& space, System<Space> const& system, double reach) {
    m_domain.stretch(std::exchange(m_stretch, no_stretch));
    if (!m_several) return m_images.build(space, system.positions, system.types, m_domain.box(), reach);
    m_domain.fit(space, system.positions);
    m_exchange.build(space, system.positions, system.types, m_domain, reach);
  }
  void update(Space const& space, Vectors<Space> const& positions) {
    m_several ? m_exchange.update(space, positions, m_stretch) : m_images.update(space, positions, m_stretch);
  }
  /// The box is that of the last build() stretched so.
  void stretch(Stretch const& factors) { m_stretch = factors; }
  void fold(Space const& space, dp::Matrix<double, Space> const& forces) {
    m_several ? m_exchange.fold(space, forces) : m_images.fold(space, forces);
  }

  std::int64_t local() const { return m_several ? m_exchange.local() : m_images.local(); }
  std::int64_t atoms() const { return m_several ? m_exchange.atoms() : m_images.atoms(); }
  dp::Matrix<double const, Space> positions() const {
    return m_several ? m_exchange.positions() : m_images.positions();
  }
  dp::Vector<int const, Space> types() const { return m_several ? m_exchange.types() : m_images.types(); }
  Communicator& communicator() const { return m_domain.communicator(); }
  /// That of all ranks, as it is now.
  dp::Box box() const { return m_domain.box().stretched(m_stretch); }

  std::size_t bytes() const { return m_images.bytes() + m_exchange.bytes(); }
  /// Bytes sent to other ranks so far.
  std::int64_t bytes_sent() const { return m_exchange.bytes_sent(); }

 private:
  Domain m_domain;
  Stretch m_stretch = no_stretch;
  bool m_several;
  dp::PeriodicImages<Space> m_images;
  Exchange<Space> m_exchange;
};

}  // namespace md
