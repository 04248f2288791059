// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// What a program needs that reads a model; examples/library_use evaluates one too.
#include <cstdio>
#include <dp/io/read_model.hpp>

int main(int argc, char* argv[]) {
  dp::Model const model = dp::read_model(argc > 1 ? argv[1] : "water.dp");
  std::printf("%s: %d types\n", model.source.c_str(), model.ntypes());
  return model.ntypes() == 2 ? 0 : 1;
}
