/* SPDX-FileCopyrightText: 2026 The dp authors
 * SPDX-License-Identifier: BSD-3-Clause
 *
 * Energy and forces of a water molecule in a periodic box: cc water.c -ldp_c && ./a.out water.dp */

#include <dp_c.h>
#include <stdio.h>

int main(int argc, char** argv) {
  double const positions[] = {0.0, 0.0, 0.0, 0.97, 0.0, 0.0, -0.24, 0.94, 0.0}; /* Angstrom */
  double const cell[] = {12, 0, 0, 0, 12, 0, 0, 0, 12};
  int const types[] = {0, 1, 1}; /* of the model: O, H */
  double energy, force[9];
  dp_handle* model;

  if (dp_open(argc > 1 ? argv[1] : "water.dp", NULL, &model) != dp_success ||
      dp_compute(model, 3, positions, types, cell, NULL, NULL, NULL, &energy, force, NULL, NULL, NULL) !=
          dp_success) {
    fprintf(stderr, "%s\n", dp_error_text());
    return 1;
  }
  printf("energy %.8f eV\n", energy);
  for (int i = 0; i < 3; ++i)
    printf("force on atom %d: %12.8f %12.8f %12.8f\n", i + 1, force[3 * i], force[3 * i + 1],
           force[3 * i + 2]);
  dp_close(model);
  return 0;
}
