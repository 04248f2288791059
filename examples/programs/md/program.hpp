// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>

#include "common/program.hpp"
#include "md/parallel/communicator.hpp"

namespace md {

/// The course of a program that runs on the ranks of MPI, where it is there: as examples::run_program, with
/// `body` called with all ranks. What all of them know is said once; an error of one rank alone ends the
/// others where they are.
template <class Body>
int run_over_ranks(CLI::App& app, int argc, char** argv, Body const& body) {
  MessagePassing const mpi(argc, argv);
  std::optional<Communicator> communicator;
  auto const print = [&](CLI::App const& program, std::exception const& error) {
    bool const several = communicator && communicator->size() > 1;
    bool const common = dynamic_cast<AgreedError const*>(&error) || dynamic_cast<CLI::Error const*>(&error);
    if (!several || !common || communicator->root()) examples::print_error(program, error);
    if (several && !common) communicator->messages().abort();
  };
  try {
    communicator.emplace(Messages::world());
  } catch (dp::Error const& error) {
    print(app, error);
    return 1;
  }
  return examples::run_program(
      app, argc, argv, [&] { return body(*communicator); }, print);
}

}  // namespace md
