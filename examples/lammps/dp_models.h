// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <mpi.h>

#include <dp/core/error.hpp>
#include <dp/io/read_options.hpp>
#include <dp/model/outline.hpp>
#include <exception>
#include <string>
#include <vector>

namespace dp_lammps {

/// The message of the lowest rank that has one, on all ranks; empty if none has.
std::string first_message(MPI_Comm world, std::string const& message);

/// Runs `body` on all ranks and returns the message of the first one whose `body` threw, so that all stop
/// together. `body` must not communicate.
template <class Body>
std::string error_of(MPI_Comm world, Body const& body) {
  std::string message;
  try {
    body();
  } catch (std::exception const& error) {
    message = error.what();
  }
  return first_message(world, message);
}

/// Reads model files, or their outlines: rank 0 reads, all parse.
/// \throws dp::Error, on all ranks alike
std::vector<dp::Outline> read_models(MPI_Comm world, std::vector<std::string> const& files,
                                     dp::ReadOptions const& options);

/// The model for a system of these elements, of which read_models() has given the outline with `options`.
/// \throws dp::Error, on all ranks alike
dp::Model model_for(MPI_Comm world, dp::Outline const& outline, std::vector<std::string> const& elements,
                    dp::ReadOptions options);

/// Gives models from files without names of types, which were read as "1", "2" ..., the names of a command in
/// the order in which they first appear (NULL is none). Without names they keep their numbers. \throws
/// dp::Error if there are more or fewer names than types
void name_types(std::vector<dp::Outline>& models, std::vector<std::string> const& names);

}  // namespace dp_lammps
