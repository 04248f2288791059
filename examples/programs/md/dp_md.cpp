// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// dp-md: molecular dynamics with a Deep Potential model. run.hpp has the course of a run, input.hpp all keys.

#include "md/program.hpp"
#include "md/read_input.hpp"
#include "md/run.hpp"

int main(int argc, char** argv) {
  std::string input_file, restart_file;
  std::vector<std::string> settings;
  md::Input defaults;
  defaults.timing = dp::is_host_space<Kokkos::DefaultExecutionSpace>;  // a GPU waits for each phase
  CLI::App app("Molecular dynamics with a Deep Potential model.");
  app.name("dp-md");
  app.add_option("INPUT", input_file, "input file (TOML)")->required();
  app.add_option("--set", settings, "override a key of the input file, for instance --set run.steps=100")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  app.add_option("--restart", restart_file, "continue bit by bit from a restart file, up to step run.steps")
      ->type_name("FILE");
  app.footer(
      "Keys of the input file and their defaults:\n" + md::describe_keys(defaults) +
      "Units: eV, Angstrom, g/mol, K, bar; velocities in files Angstrom/ps. Files named in [model] and\n"
      "[structure] are looked for beside the input file. Ctrl-C stops after the present step and keeps all\n"
      "that was written; --restart then goes on.");
  examples::StageTimers::ask_for_no_fences();
  return md::run_over_ranks(app, argc, argv, [&](md::Communicator& communicator) {
    md::Input input;
    communicator.together([&] { input = md::read_input(input_file, settings, defaults); });
    return md::run(input, restart_file, communicator);
  });
}
