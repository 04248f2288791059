// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <CLI/CLI.hpp>
#include <Kokkos_Core.hpp>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "common/text.hpp"

namespace examples {

/// The course of a program: reads the command line (leaving --kokkos-... to Kokkos), starts Kokkos and calls
/// `body`, which returns the exit status. An error is one line on the error stream and status 1.
template <class Body>
int run_program(CLI::App& app, int argc, char** argv, Body const& body) {
  try {
    std::vector<std::string> arguments;  // CLI11 takes them in reverse
    for (int i = argc - 1; i > 0; --i)
      if (std::string const argument = argv[i]; !argument.starts_with("--kokkos-"))
        arguments.push_back(argument);
    app.parse(arguments);
    Kokkos::ScopeGuard const kokkos(argc, argv);
    return body();
  } catch (CLI::Success const& help) {
    return app.exit(help);
  } catch (std::exception const& error) {
    std::cout.flush();
    std::fflush(stdout);
    std::cerr << app.get_name() << ": " << one_line(error.what()) << "\n";
    return 1;
  }
}

}  // namespace examples
