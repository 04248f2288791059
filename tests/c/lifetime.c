/* SPDX-FileCopyrightText: 2026 The dp authors
 * SPDX-License-Identifier: BSD-3-Clause
 *
 * A program that leaves Kokkos to the C libraries, and handles open when it ends.
 *   lifetime MODEL */

#define _POSIX_C_SOURCE 200112L /* setenv() */

#include <deepmd/c_api.h>
#include <dp_c.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double const positions[] = {0.0, 0.0, 0.0, 0.97, 0.0, 0.0, -0.24, 0.94, 0.0};
static double const cell[] = {12, 0, 0, 0, 12, 0, 0, 0, 12};
static int const types[] = {0, 1, 1};
static dp_handle* model;

static double energy(void) {
  double result = NAN;
  if (dp_compute(model, 3, positions, types, cell, NULL, NULL, NULL, &result, NULL, NULL, NULL, NULL) !=
      dp_success)
    printf("%s\n", dp_error_text());
  return result;
}

/* Called after Kokkos has ended: what is still open can be asked and closed, and says that it cannot compute.
 */
static void late(void) {
  double result = 0.0;
  int const status =
      dp_compute(model, 3, positions, types, cell, NULL, NULL, NULL, &result, NULL, NULL, NULL, NULL);
  if (status != dp_failed || strstr(dp_error_text(), "Kokkos has been finalised") == NULL ||
      dp_cutoff(model) != 6.0) {
    printf("late: status %d, %s, cutoff %g\n", status, dp_error_text(), dp_cutoff(model));
    fflush(stdout);
    _Exit(1);
  }
  dp_close(model);
}

/* Kokkos would end the program at such a number. */
static int refused(char const* file, char const* variable, char const* value) {
  int status;
  setenv(variable, value, 1);
  status = dp_open(file, NULL, &model);
  unsetenv(variable);
  if (status == dp_failed && strstr(dp_error_text(), variable) != NULL) return 1;
  printf("%s=%s: status %d, %s\n", variable, value, status, dp_error_text());
  return 0;
}

int main(int argc, char** argv) {
  DP_DeepPot* face;
  char const* error;
  double of_face = 0.0;
  char const* const wrong[] = {"abc", "0", "-3", "4x"};
  int k;

  if (argc != 2) return 2;
  for (k = 0; k < 4; ++k)
    if (!refused(argv[1], "KOKKOS_NUM_THREADS", wrong[k])) return 1;
  if (!refused(argv[1], "KOKKOS_DEVICE_ID", "first") || !refused(argv[1], "KOKKOS_DEVICE_ID", "-3")) return 1;
  atexit(late);
  if (dp_open(argv[1], "evaluation=exact", &model) != dp_success) {
    printf("%s\n", dp_error_text());
    return 1;
  }
  face = DP_NewDeepPot(argv[1]);
  DP_DeepPotCompute(face, 3, positions, types, cell, &of_face, NULL, NULL, NULL, NULL);
  error = DP_DeepPotCheckOK(face);
  if (strlen(error) > 0 || fabs(of_face - energy()) > 1e-6) {
    printf("%s: %g and %g\n", error, of_face, energy());
    return 1;
  }
  DP_DeleteChar(error);
  /* As Fortran programs call it that do not pass the pointer by its value. */
  DP_DeleteDeepPot((DP_DeepPot*)&face);
  face = DP_NewDeepPot(argv[1]);
  return 0;
}
