// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

// What PairDP prints, and its file of model deviations.

#include <algorithm>
#include <iomanip>
#include <numeric>
#include <utility>

#include "atom.h"
#include "comm.h"
#include "dp_session.h"
#include "error.h"
#include "pair_dp.h"
#include "update.h"
#include "utils.h"

using namespace LAMMPS_NS;

/* ---------------------------------------------------------------------- */

void PairDP::print_models() const {
  if (comm->me != 0) return;
  std::string text = "Deep Potential: " + std::to_string(models.size()) +
                     (models.size() == 1 ? " model\n" : " models, the first one drives the run\n");
  for (auto const& [model, types, whole] : models) {
    text += "  " + model.source + ": types";
    for (auto const& name : types) text += " " + name;
    dp::for_each_descriptor(model, [&](auto const& descriptor) {
      text += fmt::format(", cutoff {} A, sel", descriptor.rcut);
      for (int n : descriptor.sel_list()) text += " " + std::to_string(n);
    });
    dp::for_each_table(model, [&](dp::PairTable const& table, double) {
      text += fmt::format(", table of pair energies from {} to {} A", table.first, table.end());
    });
    text += "\n";
    for (auto const& remark : model.remarks) text += "  note: " + model.source + ": " + remark + "\n";
  }
  auto const numbers = [&](char const* what, std::vector<double> const& values) {
    if (values.empty()) return;
    text += std::string("  ") + what;
    for (double value : values) text += fmt::format(" {}", value);
    text += "\n";
  };
  numbers("fparam", set.fparam);
  numbers("aparam", set.aparam);
  if (!set.fparam_compute.empty()) text += "  fparam from compute " + set.fparam_compute + "\n";
  if (!set.fparam_fix.empty())
    text += "  fparam from fix " + set.fparam_fix +
            (set.fparam_index > 0 ? "[" + std::to_string(set.fparam_index) + "]" : "") + "\n";
  if (!set.aparam_compute.empty()) text += "  aparam from compute " + set.aparam_compute + "\n";
  if (models.size() > 1 && set.out_freq > 0)
    text += fmt::format("  model deviation every {} steps to {}\n", set.out_freq, set.out_file);
  utils::logmesg(lmp, text);
}

/* ---------------------------------------------------------------------- */

void PairDP::print_engine() {
  if (comm->me != 0) return;
  utils::logmesg(lmp, "Deep Potential on {}, {:.1f} MB per rank before the first step\n", space_name(),
                 1e-6 * engine->bytes());
  if (nets_only) utils::logmesg(lmp, "  the nets alone: fix dplr has the electrostatics (DPLR)\n");
  described.clear();
  print_descriptions();
}

/* ----------------------------------------------------------------------
   how each model is evaluated, unless that was said before: the first step may choose a mesh
------------------------------------------------------------------------- */

void PairDP::print_descriptions() {
  if (comm->me != 0) return;
  auto lines = engine->descriptions();
  for (std::size_t m = 0; m < lines.size(); ++m)
    if (m >= described.size() || lines[m] != described[m]) utils::logmesg(lmp, "  {}\n", lines[m]);
  described = std::move(lines);
}

std::string PairDP::space_name() const {
  using HostExec = Kokkos::DefaultHostExecutionSpace;
  return "the host (" + std::string(HostExec::name()) + ", " + std::to_string(HostExec().concurrency()) +
         " threads)";
}

/* ---------------------------------------------------------------------- */

bool PairDP::write_now() const {
  return models.size() > 1 && set.out_freq > 0 && update->ntimestep % set.out_freq == 0;
}

/* ----------------------------------------------------------------------
   as DeePMD-kit: a new file with a header, or the old one goes on after read_restart
------------------------------------------------------------------------- */

void PairDP::open_deviation_file() {
  deviation_file.close();
  deviation_file.clear();
  if (comm->me != 0 || models.size() < 2 || set.out_freq == 0) return;
  deviation_file.open(set.out_file, restarted ? std::ios::app : std::ios::out);
  if (!deviation_file) error->one(FLERR, "Pair style dp: cannot write " + set.out_file);
  deviation_file << std::scientific;
  if (restarted) return;
  deviation_file << '#' << std::setw(11) << "step";
  for (char const* name :
       {"max_devi_v", "min_devi_v", "avg_devi_v", "max_devi_f", "min_devi_f", "avg_devi_f"})
    deviation_file << std::setw(19) << name;
  if (set.atomic) deviation_file << std::setw(19) << "atm_devi_f(N)";
  deviation_file << std::endl;
}

/* ----------------------------------------------------------------------
   the numbers of DeePMD-kit's file: levels of relative deviations are divided by the unit of energy, for
   forces too, and relative deviations are multiplied by the units as the others are
------------------------------------------------------------------------- */

void PairDP::write_deviations(std::vector<double> const& results, dp_lammps::Extremes const& local) {
  std::vector<double> virials;
  for (std::size_t m = 0; m < models.size(); ++m)
    for (int k = 0; k < 9; ++k)
      virials.push_back(results[10 * m + 1 + k] / static_cast<double>(atom->natoms));
  bool const root = comm->me == 0;
  MPI_Reduce(root ? MPI_IN_PLACE : virials.data(), virials.data(), static_cast<int>(virials.size()),
             MPI_DOUBLE, MPI_SUM, 0, world);
  dp_lammps::Extremes f;
  MPI_Reduce(&local.max, &f.max, 1, MPI_DOUBLE, MPI_MAX, 0, world);
  MPI_Reduce(&local.min, &f.min, 1, MPI_DOUBLE, MPI_MIN, 0, world);
  MPI_Reduce(&local.sum, &f.sum, 1, MPI_DOUBLE, MPI_SUM, 0, world);
  if (!root) return;

  auto const v = dp_lammps::virial_deviation(virials, set.relative_v / energy_unit);
  double const unit = energy_unit / length_unit, mean = f.sum / static_cast<double>(atom->natoms);
  deviation_file << std::setw(12) << update->ntimestep;
  for (double value : {energy_unit * v.max, energy_unit * v.min, energy_unit * v.sum, unit * f.max,
                       unit * f.min, unit * mean})
    deviation_file << ' ' << std::setw(18) << value;
}

/* ----------------------------------------------------------------------
   one column per atom, ordered by ID
------------------------------------------------------------------------- */

void PairDP::write_atom_deviations(std::vector<double> const& deviations) {
  sync_host_data();
  int const me = comm->me, nprocs = comm->nprocs;
  int n = atom->nlocal;
  std::vector<int> counts(nprocs), offsets(nprocs + 1, 0);
  MPI_Gather(&n, 1, MPI_INT, counts.data(), 1, MPI_INT, 0, world);
  std::partial_sum(counts.begin(), counts.end(), offsets.begin() + 1);
  int const total = me == 0 ? offsets[nprocs] : 0;
  std::vector<tagint> tags(total);
  std::vector<double> all(total);
  MPI_Gatherv(atom->tag, n, MPI_LMP_TAGINT, tags.data(), counts.data(), offsets.data(), MPI_LMP_TAGINT, 0,
              world);
  MPI_Gatherv(deviations.data(), n, MPI_DOUBLE, all.data(), counts.data(), offsets.data(), MPI_DOUBLE, 0,
              world);
  if (me != 0) return;

  std::vector<int> order(total);
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](int a, int b) { return tags[a] < tags[b]; });
  double const unit = energy_unit / length_unit;
  for (int i : order) deviation_file << ' ' << std::setw(18) << unit * all[i];
}

/* ----------------------------------------------------------------------
   one warning about neighbours beyond sel: in the first step of a run, where all ranks are, or at its end
------------------------------------------------------------------------- */

void PairDP::report_dropped(bool at_start) {
  bigint counts[2] = {engine->dropped(), engine->handed_over()}, sums[2];
  MPI_Allreduce(counts, sums, 2, MPI_LMP_BIGINT, MPI_SUM, world);
  if (comm->me != 0) return;
  if (sums[0] > 0 && !std::exchange(warned, true))
    error->warning(FLERR,
                   "Pair style dp: step {}: {} neighbours beyond the model's sel were left out, the farthest "
                   "ones (reported once; overflow keep_all keeps them, overflow error stops instead)",
                   update->ntimestep, sums[0]);
  if (!at_start && sums[1] > 0)
    utils::logmesg(lmp,
                   "Deep Potential: the exact nets were used {} times for an atom, in tiles with neighbours "
                   "nearer than the tables reach\n",
                   sums[1]);
}

/* ---------------------------------------------------------------------- */

void PairDP::report_times() {
  std::string text;
  if (steps[1] > 0)
    text = fmt::format("Deep Potential: a step with model deviation took {:.4g} ms{}\n",
                       1e3 * step_seconds[1] / static_cast<double>(steps[1]),
                       steps[0] > 0 ? fmt::format(", without {:.4g} ms",
                                                  1e3 * step_seconds[0] / static_cast<double>(steps[0]))
                                    : "");
  if (std::exchange(timing, false)) {
    text += "Deep Potential: seconds by stage, mean of the ranks (longest):";
    for (auto const& [stage, seconds] : dp_lammps::stop_stage_times()) {
      double sum, longest;
      MPI_Allreduce(&seconds, &sum, 1, MPI_DOUBLE, MPI_SUM, world);
      MPI_Allreduce(&seconds, &longest, 1, MPI_DOUBLE, MPI_MAX, world);
      if (longest > 0.0) text += fmt::format(" {} {:.4g} ({:.4g})", stage, sum / comm->nprocs, longest);
    }
    text += "\n";
  }
  if (comm->me == 0 && !text.empty()) utils::logmesg(lmp, text);
}

/* ---------------------------------------------------------------------- */

void PairDP::finish() {
  if (!engine) return;
  report_dropped(false);
  report_times();
}
