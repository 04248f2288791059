// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <dp/core/error.hpp>
#include <dp/core/quantity.hpp>
#include <dp/input/configuration.hpp>
#include <dp/input/neighbor_list.hpp>
#include <dp/program/network.hpp>

namespace dp::detail {

/// Throws dp::Error for arguments of a step that do not have the extents which the numbers of atoms and the
/// parameters of the fitting nets ask for, or that ask for what the model does not give.
template <class Space>
void check_extents(FittingSettings const& fitting, Quantity const& quantity,
                   Configuration<Space> const& configuration, NeighborList<Space> const& list,
                   Output<Space> const& output) {
  auto const need = [](bool good, auto const&... what) {
    if (!good) fail("dp::Potential::compute: ", what...);
  };
  auto const atoms = configuration.positions.extent(0);
  auto const local = static_cast<std::size_t>(configuration.local);
  auto const fparam = static_cast<std::size_t>(fitting.fparam),
             aparam = static_cast<std::size_t>(fitting.aparam);
  need(configuration.positions.extent(1) == 3 || atoms == 0, "positions: expected (atoms x 3), found (",
       atoms, " x ", configuration.positions.extent(1), ")");
  need(configuration.types.extent(0) >= atoms, "types: expected ", atoms, " entries, found ",
       configuration.types.extent(0));
  need(configuration.local >= 0 && local <= atoms, "local: expected 0 to ", atoms, " atoms, found ",
       configuration.local);
  need(list.rows >= 0 && list.rows <= configuration.local, "neighbour list: expected at most ",
       configuration.local, " rows (local atoms), found ", list.rows);
  auto const rows = static_cast<std::size_t>(list.rows);
  need(!list.centres.data() || list.centres.extent(0) >= rows, "neighbour list: centres: expected ", rows,
       " entries, found ", list.centres.extent(0));
  need(rows == 0 || list.starts.data() || list.counts.data(),
       "neighbour list: expected starts or counts, found neither");
  auto const starts = list.counts.data() ? rows : rows + 1;
  need(rows == 0 || !list.starts.data() || list.starts.extent(0) >= starts,
       "neighbour list: starts: expected ", starts, " entries, found ", list.starts.extent(0));
  // With centres given, counts are indexed by atom.
  auto const counts = list.centres.data() ? local : rows;
  need(!list.counts.data() || list.counts.extent(0) >= counts, "neighbour list: counts: expected ", counts,
       " entries, found ", list.counts.extent(0));
  auto const given = configuration.fparam.extent(0);
  need(given == fparam || (given == 0 && fitting.default_fparam.size() == fparam),
       "fparam: the model expects ", fparam, " frame parameters, found ", given);
  need(aparam == 0 || fitting.aparam_is_mask || local == 0 ||
           (configuration.aparam.extent(0) >= local && configuration.aparam.extent(1) == aparam),
       "aparam: the model expects (", local, " x ", aparam, ") atomic parameters, found (",
       configuration.aparam.extent(0), " x ", configuration.aparam.extent(1), ")");
  need(!output.atom_energy.data() || output.atom_energy.extent(0) >= local, "output.atom_energy: expected ",
       local, " entries, found ", output.atom_energy.extent(0));
  need(!output.force.data() || (output.force.extent(0) >= atoms && output.force.extent(1) == 3),
       "output.force: expected (", atoms, " x 3), found (", output.force.extent(0), " x ",
       output.force.extent(1), ")");
  need(!output.virial.data() || output.virial.extent(0) == 9, "output.virial: expected 9 entries, found ",
       output.virial.extent(0));
  need(!output.atom_virial.data() ||
           (output.atom_virial.extent(0) >= atoms && output.atom_virial.extent(1) == 9),
       "output.atom_virial: expected (", atoms, " x 9), found (", output.atom_virial.extent(0), " x ",
       output.atom_virial.extent(1), ")");
  auto const gives = [&] { return "the model gives " + quantity.in_words(); };
  if (quantity.is_energy()) {
    need(!output.output.data() && !output.atom_output.data() && !output.cotangent.data(), gives(),
         ": ask for energy and atom_energy, not for output and atom_output, and give no cotangent");
    return;
  }
  auto const components = static_cast<std::size_t>(quantity.components);
  need(!output.energy.data() && !output.atom_energy.data(), gives(),
       ", not energies: ask for output and atom_output");
  need(!output.output.data() || output.output.extent(0) == components, "output.output: expected ", components,
       " entries, found ", output.output.extent(0));
  auto const of_atoms = [&](auto const& view, char const* name) {
    need(!view.data() || (view.extent(0) >= local && view.extent(1) == components), name, ": expected (",
         local, " x ", components, "), found (", view.extent(0), " x ", view.extent(1), ")");
  };
  of_atoms(output.atom_output, "output.atom_output");
  of_atoms(output.cotangent, "output.cotangent");
  bool const derivative = output.force.data() || output.virial.data() || output.atom_virial.data();
  need(!derivative || output.cotangent.data() || local == 0, gives(),
       ", not energies: forces and virials need output.cotangent, of which quantity they are derivatives");
}

}  // namespace dp::detail
