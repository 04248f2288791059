// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

#include "dp_models.h"

#include <algorithm>
#include <cstdint>
#include <dp/io/read_model.hpp>

namespace dp_lammps {

namespace {

void broadcast(MPI_Comm world, int root, std::string& text) {
  std::uint64_t size = text.size();
  MPI_Bcast(&size, 1, MPI_UINT64_T, root, world);
  text.resize(size);
  constexpr std::uint64_t chunk = 1u << 30;  // MPI counts are ints
  for (std::uint64_t done = 0; done < size; done += chunk)
    MPI_Bcast(text.data() + done, static_cast<int>(std::min(chunk, size - done)), MPI_CHAR, root, world);
}

// What `read` gives on rank 0, for `parse` on all.
template <class Read, class Parse>
void share(MPI_Comm world, Read const& read, Parse const& parse) {
  int rank = 0;
  MPI_Comm_rank(world, &rank);
  std::string bytes;
  auto message = error_of(world, [&] {
    if (rank == 0) bytes = read();
  });
  if (!message.empty()) throw dp::Error(message);
  broadcast(world, 0, bytes);
  message = error_of(world, [&] { parse(bytes); });
  if (!message.empty()) throw dp::Error(message);
}

}  // namespace

std::string first_message(MPI_Comm world, std::string const& message) {
  int rank = 0, size = 0;
  MPI_Comm_rank(world, &rank);
  MPI_Comm_size(world, &size);
  int first = message.empty() ? size : rank;
  MPI_Allreduce(MPI_IN_PLACE, &first, 1, MPI_INT, MPI_MIN, world);
  if (first == size) return {};
  std::string result = message;
  broadcast(world, first, result);
  return result;
}

std::vector<dp::Outline> read_models(MPI_Comm world, std::vector<std::string> const& files,
                                     dp::ReadOptions const& options) {
  std::vector<dp::Outline> models;
  for (auto const& file : files)
    share(
        world, [&] { return dp::outline_bytes(file); },
        [&](std::string const& bytes) { models.push_back(dp::read_outline(file, bytes, options)); });
  return models;
}

dp::Model model_for(MPI_Comm world, dp::Outline const& outline, std::vector<std::string> const& elements,
                    dp::ReadOptions options) {
  return dp::model_for(outline, elements, [&](std::vector<std::string> const& names) {
    std::string const& file = outline.model.source;
    options.elements = names;
    dp::Model model;
    share(
        world, [&] { return dp::model_bytes(file, names); },
        [&](std::string const& bytes) { model = dp::read_model(file, bytes, options); });
    return model;
  });
}

void name_types(std::vector<dp::Outline>& models, std::vector<std::string> const& names) {
  std::vector<std::string> distinct;
  for (auto const& name : names)
    if (name != "NULL" && std::find(distinct.begin(), distinct.end(), name) == distinct.end())
      distinct.push_back(name);
  for (auto& [model, types, whole] : models) {
    if (names.empty() || types.front() != "1") continue;
    if (distinct.size() != types.size())
      dp::fail(model.source, " does not name its ", types.size(),
               " types; give as many different names, in their order, or none");
    types = model.type_map = distinct;
  }
}

}  // namespace dp_lammps
