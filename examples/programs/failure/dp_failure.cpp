// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// dp-failure: how long runs under a model last until they fail, and how that depends on the number of atoms.
// laboratory.hpp has the course of a run, judge.hpp what fails it, exponents.hpp the statistics.

#include "failure/campaign.hpp"
#include "failure/fit_report.hpp"
#include "md/program.hpp"

namespace {

struct Arguments {
  std::string input, frames, table, curve;
  std::vector<std::string> settings;
  std::int64_t replay = 0;
  failure::Bootstrap bootstrap;
};

int run(Arguments const& arguments, md::Communicator& communicator) {
  using Space = Kokkos::DefaultExecutionSpace;
  failure::Input input;
  communicator.together([&] { input = failure::read_input(arguments.input, arguments.settings); });
  if (arguments.replay != 0)
    return failure::replay<Space>(input, arguments.replay, arguments.frames, communicator);
  return failure::run_campaign<Space>(input, communicator);
}

int fit(Arguments const& arguments) {
  auto const rows = failure::read_table(arguments.table);
  if (rows.empty()) dp::fail(arguments.table, ": expected rows, found none");
  auto const found = failure::fit_exponents(failure::lifetimes_of(rows), arguments.bootstrap);
  failure::print_sizes(rows);
  failure::print_exponents(found, arguments.bootstrap);
  if (!found.by_sizes && !found.by_spread)
    dp::fail(arguments.table, ": says nothing of the exponent: ", found.no_sizes, "; ", found.no_spread);
  if (!arguments.curve.empty()) failure::write_curve(arguments.curve, found);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  failure::Input defaults;
  CLI::App app(
      "Time to failure: runs of several sizes and seeds under a Deep Potential model, each until it fails "
      "or\n"
      "reaches a limit.");
  app.name("dp-failure");
  app.add_option("INPUT", arguments.input, "input file (TOML)");
  app.add_option("--set", arguments.settings,
                 "override a key of the input file, for instance --set run.temperature=600")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  auto* const replay =
      app.add_option("--replay", arguments.replay, "repeat the run of this row of the table, from 1")
          ->check(CLI::PositiveNumber)
          ->type_name("ROW");
  app.add_option("--frames", arguments.frames,
                 "with --replay: write the last 20 looks at the atoms (extended XYZ)")
      ->needs(replay)
      ->type_name("FILE");
  auto* const fit_command =
      app.add_subcommand("fit", "the exponent a of t ~ N^-a of a table, with intervals");
  fit_command->add_option("TABLE", arguments.table, "failures.csv")->required();
  fit_command->add_option("--draws", arguments.bootstrap.draws, "of the bootstrap")
      ->check(CLI::Range(100, 1000000))
      ->capture_default_str();
  fit_command->add_option("--seed", arguments.bootstrap.seed, "of the bootstrap")->capture_default_str();
  fit_command->add_option("--confidence", arguments.bootstrap.confidence, "of the intervals")
      ->check(CLI::Range(0.5, 0.999))
      ->capture_default_str();
  fit_command->add_option("--curve", arguments.curve,
                          "also write the median against the number of atoms (CSV)");
  app.require_subcommand(0, 1);
  app.footer(
      "Keys of the input file and their defaults:\n" + examples::describe(failure::keys(defaults)) +
      "Units and files are those of dp-md. The table has a row for each run; the same command goes on\n"
      "with the runs that are not in it.");
  return md::run_over_ranks(app, argc, argv, [&](md::Communicator& communicator) {
    if (fit_command->parsed()) return communicator.root() ? fit(arguments) : 0;
    communicator.together([&] {
      if (arguments.input.empty()) dp::fail("expected INPUT or fit; run with --help for more information");
    });
    return run(arguments, communicator);
  });
}
