// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <set>

#include "common/extxyz_write.hpp"
#include "common/stage_timers.hpp"
#include "common/text_file.hpp"
#include "failure/laboratory.hpp"
#include "failure/table_settings.hpp"
#include "md/parallel/bytes.hpp"

namespace failure {

/// What all rows of the input's table have in common, and its sizes.
template <class Space>
Settings settings_of(Input const& input, Laboratory<Space> const& laboratory) {
  Settings result = input.settings;
  for (auto const& size : input.sizes) {
    auto const [a, b, c] = size;
    result[size_key + std::to_string(laboratory.atoms(size))] =
        std::to_string(a) + " " + std::to_string(b) + " " + std::to_string(c);
  }
  return result;
}

/// A run of a campaign.
struct Task {
  std::array<std::int64_t, 3> size;
  std::int64_t seed;
};

/// Those of the input that are not among `rows`, sizes as the input has them.
template <class Space>
std::vector<Task> tasks_left(Input const& input, Laboratory<Space> const& laboratory,
                             std::vector<Row> const& rows) {
  std::set<std::pair<std::int64_t, std::int64_t>> done;
  for (Row const& row : rows) done.emplace(row.atoms, row.seed);
  std::vector<Task> result;
  for (auto const& size : input.sizes)
    for (std::int64_t n = 0; n < input.replicas; ++n)
      if (!done.contains({laboratory.atoms(size), input.first_seed + n}))
        result.push_back({size, input.first_seed + n});
  return result;
}

/// In small systems the temperature leaves its bounds without any fault of the model.
inline void warn_of_small_sizes(Input const& input, std::int64_t least) {
  double const spread = std::sqrt(2.0 / (3.0 * static_cast<double>(least)));  // relative, of the temperature
  double const room = std::min(1.0 - input.criteria.temperature_low, input.criteria.temperature_high - 1.0);
  if (!input.uses(Criterion::temperature) || room > 5.0 * spread) return;
  std::fprintf(stderr,
               "dp-failure: warning: the temperature of %lld atoms varies by %.2g of itself by nature, so "
               "that bounds of %.2g will be left without failure; use more atoms or wider bounds\n",
               static_cast<long long>(least), spread, room);
}

/// Runs what is not yet in the table, each rank its share; returns the exit status.
template <class Space>
int run_campaign(Input const& input, md::Communicator& communicator) {
  Space const space;
  Laboratory<Space> laboratory(space, input, communicator);
  std::vector<Task> tasks;
  communicator.together([&] {
    if (communicator.root())
      tasks = tasks_left(input, laboratory, open_table(input.output, settings_of(input, laboratory)));
  });
  md::Bytes bytes;  // others may add to the table before all ranks have read it
  bytes.put(tasks);
  std::string data = bytes.data();
  communicator.broadcast(data);
  md::Bytes(std::move(data)).get(tasks);
  auto const count = tasks.size();
  if (communicator.root()) {
    std::int64_t least = laboratory.atoms(input.sizes.front());
    for (auto const& size : input.sizes) least = std::min(least, laboratory.atoms(size));
    std::printf("dp-failure: %s, %s, %g fs, up to %g ps; %lld runs, %lld of them to do\n",
                input.run.model_file.c_str(), input.run.ensemble.c_str(), input.run.timestep, input.limit,
                static_cast<long long>(input.sizes.size()) * static_cast<long long>(input.replicas),
                static_cast<long long>(count));
    laboratory.report();
    warn_of_small_sizes(input, least);
  }
  md::catch_signals();
  auto const ranks = static_cast<std::size_t>(communicator.size());
  std::size_t failures = 0;
  for (auto n = static_cast<std::size_t>(communicator.rank()); n < count; n += ranks) {
    double const begun = examples::seconds();
    auto const [row, what] = laboratory.run(tasks[n].size, tasks[n].seed, input.run.steps);
    if (!row) break;
    append_line(input.output, to_line(*row));
    if (!row->censored) ++failures;
    std::printf("run %zu of %zu: %lld atoms, seed %lld: %s at %.10g ps, step %lld (%.1f s)%s%s\n", n + 1,
                count, static_cast<long long>(row->atoms), static_cast<long long>(row->seed),
                row->censored ? "no failure" : row->criterion.c_str(), row->time,
                static_cast<long long>(row->step), examples::seconds() - begun, what.empty() ? "" : ": ",
                what.c_str());
    std::fflush(stdout);
  }
  auto const stopped = static_cast<int>(communicator.maximum<1>({static_cast<double>(md::stop_signal)})[0]);
  auto const failed = communicator.sum(static_cast<std::int64_t>(failures));
  if (communicator.root() && stopped == 0 && count > 0)
    std::printf("%s: %lld of %lld new runs failed\n", input.output.c_str(), static_cast<long long>(failed),
                static_cast<long long>(count));
  if (communicator.root() && stopped != 0)
    std::printf("stopped by a signal: the same command goes on with the runs that are not in %s\n",
                input.output.c_str());
  return stopped == 0 ? 0 : 128 + stopped;
}

/// Repeats the run of a row (from 1) of the table, and, where `frames` is a file, writes there what led to
/// its end. \throws dp::Error where it does not end as the row says
template <class Space>
int replay(Input const& input, std::int64_t number, std::string const& frames,
           md::Communicator& communicator) {
  if (communicator.size() > 1) dp::fail("--replay runs on one rank, found ", communicator.size());
  auto const rows = read_table(input.output);
  if (number < 1 || number > static_cast<std::int64_t>(rows.size()))
    dp::fail(input.output, ": --replay ", number, ": expected a row from 1 to ", rows.size());
  Row const& row = rows[static_cast<std::size_t>(number - 1)];
  Laboratory<Space> laboratory(Space(), input, communicator);
  joined_settings(input.output, settings_of(input, laboratory));
  auto const size = std::find_if(input.sizes.begin(), input.sizes.end(),
                                 [&](auto const& copies) { return laboratory.atoms(copies) == row.atoms; });
  if (size == input.sizes.end())
    dp::fail(input.output, ": row ", number, " has ", row.atoms, " atoms: expected a size of failure.sizes");
  std::optional<examples::TextFile> file;
  if (!frames.empty()) file.emplace(frames);
  constexpr std::int64_t looks = 20;
  auto const look = [&](auto const& simulation, examples::Structure frame) {
    if (!file || simulation.step() <= row.step - looks * input.every) return;
    frame.positions = md::download(simulation.space(), simulation.system().positions);
    frame.velocities = md::download(simulation.space(), simulation.system().velocities);
    *file << examples::to_extxyz(frame, "step=" + std::to_string(simulation.step()));
  };
  md::catch_signals();
  auto const [found, what] = laboratory.run(*size, row.seed, row.step, look);
  if (file) file->close();
  if (!found) return 128 + md::stop_signal;
  std::printf("row %lld: %s\n", static_cast<long long>(number), to_line(row).c_str());
  if (to_line(*found) != to_line(row))
    dp::fail(input.output, ": row ", number, ": expected ", to_line(row), ", found ", to_line(*found),
             ": another machine, number of threads or version?");
  std::printf("ends again so%s%s\n", what.empty() ? "" : ": ", what.c_str());
  return 0;
}

}  // namespace failure
