/* SPDX-FileCopyrightText: 2026 The dp authors
 * SPDX-License-Identifier: BSD-3-Clause */
#pragma once

/**
 * @file
 * Deep Potential models for C, Fortran and whatever else can call C: energy, forces and virial of atoms in
 * the memory of the host. Lengths are in Angstrom, energies in eV. No function throws or ends the program:
 * those that return an int return dp_success or another code of dp_status, and dp_error_text() then says
 * more. Those that ask a handle about itself return 0 or NULL where it is NULL.
 *
 * A handle may be used by several threads; they take turns. Different handles work at the same time.
 */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What functions return. */
enum dp_status {
  dp_success = 0,      /**< done */
  dp_bad_argument = 1, /**< a null pointer, a negative number, an unknown option */
  dp_bad_model = 2,    /**< a file that is not there, is no model or a model of an unknown kind */
  dp_bad_input = 3,    /**< what the evaluation refuses: positions, types, cell, neighbours, parameters */
  dp_out_of_memory = 4,
  dp_failed = 5 /**< anything else; also after Kokkos has been finalised */
};

/** One model, or several that are evaluated for the same atoms. */
typedef struct dp_handle dp_handle;

/** What went wrong in the last function that this thread called and that failed: one sentence that names what
 * and where. Valid until the thread's next call; empty before the first failure. */
char const* dp_error_text(void);

/** The version of the library, such as "0.2.0". */
char const* dp_version(void);

/** Kokkos' execution space that evaluates, such as "Serial", "OpenMP" or "Cuda". */
char const* dp_execution_space(void);

/**
 * Starts Kokkos with so many threads (0: as Kokkos chooses, see KOKKOS_NUM_THREADS) on this device (-1: as
 * Kokkos chooses, see KOKKOS_DEVICE_ID). Only for those who want to choose: without it, dp_open() starts
 * Kokkos as its environment variables say, and a host that has started Kokkos keeps what it has. Does nothing
 * where Kokkos runs. What the library has started it ends at the exit of the program.
 */
int dp_initialize(int threads, int device);

/**
 * Reads a model. `options` are words such as "evaluation=exact precision=mix32", or NULL; they precede the
 * environment variables DP_EVALUATION, DP_PRECISION and so on (docs/c_library.md lists them). On failure
 * *handle is NULL.
 */
int dp_open(char const* file, char const* options, dp_handle** handle);

/**
 * Reads several models for the same atoms, to compare what they say. `contents`: NULL, or for each
 * model the bytes of its file (as MPI programs hand them on) or NULL, which reads the file; `sizes`: their
 * numbers. A model of given bytes has its file for a name in messages.
 */
int dp_open_models(int models, char const* const* files, char const* const* contents, size_t const* sizes,
                   char const* options, dp_handle** handle);

/** Frees everything. NULL is allowed. */
void dp_close(dp_handle* handle);

int dp_models(dp_handle const* handle);    /**< number of models */
double dp_cutoff(dp_handle const* handle); /**< Angstrom; the longest of all models */
int dp_types(dp_handle const* handle);     /**< number of types (of the first model, as all that follows) */
/** Name of a type, 0 ... dp_types() - 1; NULL for other numbers. Lives as long as the handle. */
char const* dp_type_name(dp_handle const* handle, int type);
int dp_fparam(dp_handle const* handle); /**< number of frame parameters */
int dp_aparam(dp_handle const* handle); /**< number of parameters of an atom */
int dp_has_default_fparam(
    dp_handle const* handle); /**< 1: frame parameters may be left out; 0: they may not */
/** How model 0 ... dp_models() - 1 is evaluated, in one line, with what its reader remarked in further lines;
 * NULL for other numbers. Lives as long as the handle. */
char const* dp_description(dp_handle const* handle, int model);
/** Neighbours beyond the model's `sel` that the last computation left out, summed over models. */
int64_t dp_dropped(dp_handle* handle);

/**
 * Some DPA-1 models with shifted statistics (dp_description() says which) take absent neighbours for atoms of
 * the type of the first atom: that of the first atom given that is there, unless it is said here, as programs
 * must whose ranks, or whose orders of atoms, begin with different types. -1: that of the first atom again.
 */
int dp_set_first_type(dp_handle* handle, int type);

/**
 * Energy, forces and virial of atoms in a cell.
 *
 * Outputs that are NULL are not computed. With several models each output holds those of the first model,
 * then those of the second, and so on. A model that is given no forces, virial or virials of atoms to compute
 * is evaluated about three times faster.
 *
 * @param handle      of dp_open()
 * @param atoms       number of atoms
 * @param positions   (atoms x 3), Angstrom; inside the cell or not
 * @param types       (atoms), 0 ... dp_types() - 1; negative: an atom that is not there
 * @param cell        (3 x 3), its vectors as rows, Angstrom; NULL: open space
 * @param periodic    (3), whether periodic along each vector of the cell; NULL: along all of them; without a
 * cell NULL or zeros
 * @param fparam      (dp_fparam()), or NULL where there are none or the model has a default
 * @param aparam      (atoms x dp_aparam()), or NULL where there are none
 * @param energy      (1), eV
 * @param force       (atoms x 3), eV/Angstrom
 * @param virial      (3 x 3), eV: minus the derivative of the energy by strain, as LAMMPS has it
 * @param atom_energy (atoms), eV
 * @param atom_virial (atoms x 9), eV; sums to `virial`
 */
int dp_compute(dp_handle* handle, int atoms, double const* positions, int const* types, double const* cell,
               int const* periodic, double const* fparam, double const* aparam, double* energy, double* force,
               double* virial, double* atom_energy, double* atom_virial);

/** Neighbours as a molecular-dynamics program has them: a full list, each pair in both rows. */
typedef struct dp_list {
  int rows;           /**< number of rows */
  int const* centres; /**< (rows), the local atom that a row belongs to, each once; NULL: row k is that of
                         atom k */
  int const* counts;  /**< (rows), entries of each row */
  int const* const* neighbours; /**< (rows), the entries: indices of atoms, ghosts included */
  int mask;                     /**< bits of an entry that hold the index; -1 or 0: all */
} dp_list;

/**
 * As dp_compute(), for the atoms of a program that has ghost atoms and neighbour lists: only the first
 * `local` of the atoms have energies, and the others are periodic images or belong to other ranks. Forces and
 * virials of ghosts are those that the local atoms exert on them, to be added to the ghosts' owners by the
 * caller.
 *
 * @param handle      of dp_open()
 * @param atoms       number of atoms, ghosts included
 * @param local       number of those that are no ghosts; they come first
 * @param positions   (atoms x 3), Angstrom
 * @param types       (atoms), as in dp_compute()
 * @param list        copied if `new_list` is not 0; else the one given before is used, for the same atoms in
 * the same order, and `list` may be NULL
 * @param new_list    whether to take `list`
 * @param fparam      as in dp_compute()
 * @param aparam      (local x dp_aparam())
 * @param energy      (1), eV, of the local atoms
 * @param force       (atoms x 3), eV/Angstrom
 * @param virial      (3 x 3), eV
 * @param atom_energy (atoms), eV; zero for ghosts
 * @param atom_virial (atoms x 9), eV
 */
int dp_compute_list(dp_handle* handle, int atoms, int local, double const* positions, int const* types,
                    dp_list const* list, int new_list, double const* fparam, double const* aparam,
                    double* energy, double* force, double* virial, double* atom_energy, double* atom_virial);

#ifdef __cplusplus
}
#endif
