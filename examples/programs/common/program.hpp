// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <CLI/CLI.hpp>
#include <Kokkos_Core.hpp>
#include <cstdio>
#include <dp/backend/device_count.hpp>
#include <dp/core/error.hpp>
#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "common/text.hpp"

namespace examples {

/// Refuses a GPU that is not there, before Kokkos ends the program for it. `device`: empty for any.
inline void check_device(std::optional<int> device) {
  int const count = dp::backend::device_count();
  char const* const space = Kokkos::DefaultExecutionSpace::name();
  if (count < 0 && device)
    dp::fail("--device ", *device, ": this program was built for processors (Kokkos::", space,
             "); build it with a Kokkos that has CUDA or HIP");
  if (count == 0)
    dp::fail("this program was built for GPUs (Kokkos::", space,
             "), but there is none, or its driver does not work");
  if (device && (*device < 0 || *device >= count))
    dp::fail("--device ", *device, ": expected 0 to ", count - 1, ", the GPUs of this machine");
}

/// An error in one line on the error stream.
inline void print_error(CLI::App const& app, std::exception const& error) {
  std::cout.flush();
  std::fflush(stdout);
  std::cerr << app.get_name() << ": " << one_line(error.what()) << std::endl;
}

/// The course of a program: reads the command line (leaving --kokkos-... to Kokkos), starts Kokkos and calls
/// `body`, which returns the exit status. An error is shown by `print` (print_error()), and status 1.
template <class Body, class Print = void (*)(CLI::App const&, std::exception const&)>
int run_program(CLI::App& app, int argc, char** argv, Body const& body, Print const& print = print_error) {
  std::optional<int> device;
  app.add_option("--device", device, "the GPU to run on, counted from 0 (default: Kokkos chooses)")
      ->type_name("ID");
  try {
    std::vector<std::string> arguments;  // CLI11 takes them in reverse
    for (int i = argc - 1; i > 0; --i)
      if (std::string const argument = argv[i]; !argument.starts_with("--kokkos-"))
        arguments.push_back(argument);
    app.parse(arguments);
    check_device(device);
    std::string id = "--kokkos-device-id=" + std::to_string(device.value_or(0));
    std::vector<char*> for_kokkos(argv, argv + argc);
    if (device) for_kokkos.push_back(id.data());
    for_kokkos.push_back(nullptr);
    int count = static_cast<int>(for_kokkos.size()) - 1;
    Kokkos::ScopeGuard const kokkos(count, for_kokkos.data());
    return body();
  } catch (CLI::Success const& help) {
    return app.exit(help);
  } catch (std::exception const& error) {
    print(app, error);
    return 1;
  }
}

}  // namespace examples
