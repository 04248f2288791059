// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

// Restart files: the words of pair_style and pair_coeff, so that read_restart restores both.

#include <cstring>

#include "comm.h"
#include "error.h"
#include "pair_dp.h"

using namespace LAMMPS_NS;

static constexpr char signature[8] = {'d', 'p', '-', 'p', 'a', 'i', 'r', '1'};

/* ---------------------------------------------------------------------- */

static void write_words(FILE* fp, std::vector<std::string> const& words) {
  int const count = static_cast<int>(words.size());
  fwrite(&count, sizeof(int), 1, fp);
  for (auto const& word : words) {
    int const length = static_cast<int>(word.size());
    fwrite(&length, sizeof(int), 1, fp);
    fwrite(word.data(), 1, word.size(), fp);
  }
}

/* ----------------------------------------------------------------------
   fp is open on rank 0 only
------------------------------------------------------------------------- */

static std::vector<std::string> read_words(FILE* fp, MPI_Comm world, int me) {
  auto const number = [&] {
    int n = 0;
    if (me == 0 && fread(&n, sizeof(int), 1, fp) != 1) n = 0;
    MPI_Bcast(&n, 1, MPI_INT, 0, world);
    return n;
  };
  std::vector<std::string> words(number());
  for (auto& word : words) {
    word.resize(number());
    if (me == 0 && fread(word.data(), 1, word.size(), fp) != word.size()) word.assign(word.size(), ' ');
    MPI_Bcast(word.data(), static_cast<int>(word.size()), MPI_CHAR, 0, world);
  }
  return words;
}

/* ---------------------------------------------------------------------- */

void PairDP::write_restart_settings(FILE* fp) {
  fwrite(signature, 1, sizeof signature, fp);
  write_words(fp, words);
}

/* ----------------------------------------------------------------------
   DeePMD-kit's plugin writes nothing here: then the file goes on with what follows
------------------------------------------------------------------------- */

void PairDP::read_restart_settings(FILE* fp) {
  restarted = true;
  int ours = 0;
  if (comm->me == 0) {
    auto const start = ftell(fp);
    char found[sizeof signature] = {};
    ours = fread(found, 1, sizeof found, fp) == sizeof found && memcmp(found, signature, sizeof found) == 0;
    if (!ours) {
      clearerr(fp);
      fseek(fp, start, SEEK_SET);
    }
  }
  MPI_Bcast(&ours, 1, MPI_INT, 0, world);
  if (!ours) {
    if (comm->me == 0)
      error->warning(FLERR,
                     "The restart file has no settings of pair style dp: give pair_style and pair_coeff");
    return;
  }
  auto read = read_words(fp, world, comm->me);
  std::vector<char*> arguments;
  for (auto& word : read) arguments.push_back(word.data());
  load(static_cast<int>(arguments.size()), arguments.data(), false);
}

/* ---------------------------------------------------------------------- */

void PairDP::write_restart(FILE* fp) {
  write_restart_settings(fp);
  write_words(fp, elements);
}

/* ---------------------------------------------------------------------- */

void PairDP::read_restart(FILE* fp) {
  read_restart_settings(fp);
  if (words.empty()) return;
  auto const names = read_words(fp, world, comm->me);
  if (!models.empty()) map_elements(names);
}
