// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// dp-analyse: what a trajectory says, frame by frame. Tables are CSV.

#include <cmath>
#include <cstdio>

#include "analysis/common_neighbours.hpp"
#include "analysis/coordination.hpp"
#include "analysis/mean_square_displacement.hpp"
#include "analysis/radial_distribution.hpp"
#include "common/extxyz.hpp"
#include "common/program.hpp"
#include "common/text_file.hpp"

namespace {

using namespace analysis;
using examples::Structure;
using examples::TextFile;
using Space = Kokkos::DefaultExecutionSpace;

struct Arguments {
  std::string trajectory, output, labels;
  std::int64_t skip = 0, every = 1;
  std::size_t blocks = 5, bins = 200, lags = 100;
  double rdf_cutoff = 6.0, cna_cutoff = 0.0, cutoff = 0.0, interval = 0.0, fit_from = -1.0;
  bool unwrapped = false;
};

/// Calls `use` for every frame that is asked for; returns their number.
template <class Use>
std::int64_t for_each_frame(Arguments const& arguments, Use const& use) {
  examples::ExtxyzReader reader(arguments.trajectory);
  std::int64_t number = 0, used = 0;
  for (Structure frame; reader.next(frame); ++number) {
    for (std::string const& note : frame.contents.notes)
      if (number == 0) std::printf("%s: %s\n", frame.source.c_str(), note.c_str());
    if (number < arguments.skip || (number - arguments.skip) % arguments.every != 0) continue;
    use(frame, reader.number("time_ps").value_or(std::numeric_limits<double>::quiet_NaN()));
    ++used;
  }
  if (number == 0) dp::fail(arguments.trajectory, ": expected frames of extended XYZ, found an empty file");
  reader.print_warning("dp-analyse");
  if (used == 0)
    dp::fail(arguments.trajectory, ": expected more than the ", arguments.skip, " frames to skip, found ",
             number);
  return used;
}

/// "O-H", a column of a table.
std::string pair_name(Kinds const& kinds, std::size_t a, std::size_t b) {
  return kinds.name(a) + "-" + kinds.name(b);
}

void write_row(TextFile& file, std::vector<double> const& row) {
  for (std::size_t k = 0; k < row.size(); ++k) (file << (k == 0 ? "" : ",")) << row[k];
  file << "\n";
}

int run_rdf(Arguments const& arguments) {
  std::optional<RadialDistribution<Space>> rdf;
  auto const frames = for_each_frame(arguments, [&](Structure const& frame, double) {
    if (!rdf) rdf.emplace(Space(), Kinds(frame), arguments.rdf_cutoff, arguments.bins);
    rdf->add(frame);
  });
  TextFile file(arguments.output);
  file << rdf->bins().table([&](std::size_t entry) { return rdf->estimate(entry, arguments.blocks); });
  file.close();
  std::printf("%s: radial distribution of %lld frames\n", arguments.output.c_str(),
              static_cast<long long>(frames));
  return 0;
}

int run_msd(Arguments const& arguments) {
  std::optional<MeanSquareDisplacement<Space>> msd;
  std::vector<double> times;
  for_each_frame(arguments, [&](Structure const& frame, double time) {
    if (!arguments.unwrapped && !frame.has_box)
      dp::fail(frame.source, ": has no Lattice; give --unwrapped where positions go on beyond the box");
    if (!msd) msd.emplace(Space(), Kinds(frame), arguments.lags, !arguments.unwrapped);
    msd->add(frame);
    times.push_back(time);
  });
  if (times.size() < 2)
    dp::fail(arguments.trajectory, ": expected at least two frames, found ", times.size());
  double step = arguments.interval;
  if (step == 0.0) {
    step = times[1] - times[0];
    if (!(step > 0.0))
      dp::fail(arguments.trajectory,
               ": expected rising time_ps=... in the comment lines, found none; give --interval");
    for (std::size_t k = 1; k < times.size(); ++k)
      if (!(std::abs(times[k] - times[k - 1] - step) < 1e-4 * step))
        dp::fail(arguments.trajectory, ": expected frames every ", step, " ps, found ",
                 times[k] - times[k - 1], " ps before frame ", k + 1, " of those used");
  }
  auto const& kinds = msd->kinds();
  TextFile file(arguments.output);
  file << "time_ps";
  for (std::size_t a = 0; a < kinds.size(); ++a)
    file << ",msd_" << kinds.name(a) << ",error_" << kinds.name(a);
  file << "\n";
  for (std::size_t lag = 0; lag <= msd->lags(); ++lag) {
    std::vector<double> row = {static_cast<double>(lag) * step};
    for (std::size_t a = 0; a < kinds.size(); ++a) {
      auto const value = msd->after(lag, a, arguments.blocks);
      row.insert(row.end(), {value.mean, value.error});
    }
    write_row(file, row);
  }
  file.close();
  std::printf("%s: mean-square displacement of %zu frames, %g ps apart\n", arguments.output.c_str(),
              times.size(), step);
  double const longest = static_cast<double>(msd->lags()) * step;
  double const from = arguments.fit_from < 0.0 ? 0.5 * longest : arguments.fit_from;
  if (from >= longest)
    dp::fail("--fit-from: expected less than the longest time, ", longest, " ps, found ", from);
  for (std::size_t a = 0; a < kinds.size(); ++a) {
    auto const d =
        msd->diffusion(static_cast<std::size_t>(std::ceil(from / step - 1e-9)), a, arguments.blocks);
    std::printf("  diffusion coefficient of %s: %.6g +- %.2g Angstrom^2/ps (1e-8 m^2/s), from %g to %g ps\n",
                kinds.name(a).c_str(), d.mean / step, d.error / step, from, longest);
  }
  return 0;
}

void write_labels(TextFile& file, Structure const& frame, double time, std::vector<int> const& labels) {
  file << labels.size() << "\n";
  if (frame.has_box) {
    file << "Lattice=\"";
    for (std::size_t k = 0; k < 9; ++k) (file << (k == 0 ? "" : " ")) << frame.box.h[k];
    file << "\" ";
  }
  bool const ids = !frame.ids.empty();
  file << "Properties=species:S:1:pos:R:3:structure_type:I:1" << (ids ? ":id:I:1" : "") << " pbc=\"";
  for (std::size_t k = 0; k < 3; ++k) (file << (k == 0 ? "" : " ")) << (frame.box.periodic[k] ? "T" : "F");
  file << "\"";
  if (!std::isnan(time)) file << " time_ps=" << time;  // else the trajectory does not say
  file << "\n";
  for (std::size_t i = 0; i < labels.size(); ++i) {
    file << frame.elements[i];
    for (std::size_t k = 0; k < 3; ++k) (file << " ").put_coordinate(frame.positions[3 * i + k]);
    file << " " << static_cast<std::size_t>(labels[i]);
    if (ids) file << " " << std::to_string(frame.ids[i]);
    file << "\n";
  }
}

int run_cna(Arguments const& arguments) {
  Neighbours<Space> neighbours;
  TextFile file(arguments.output);
  std::optional<TextFile> labelled;
  if (!arguments.labels.empty()) labelled.emplace(arguments.labels);
  file << "frame,time_ps,atoms,fcc,hcp,bcc,other\n";
  std::printf("%8s %12s %10s %8s %8s %8s %8s\n", "frame", "time (ps)", "atoms", "fcc", "hcp", "bcc", "other");
  std::int64_t number = 0;
  for_each_frame(arguments, [&](Structure const& frame, double time) {
    auto const labels = common_neighbours(Space(), neighbours, frame, arguments.cna_cutoff);
    double share[4] = {};
    for (int const label : labels) share[label] += 1.0 / static_cast<double>(labels.size());
    std::int64_t const index = arguments.skip + arguments.every * number++;
    write_row(file, {static_cast<double>(index), time, static_cast<double>(labels.size()), share[1], share[2],
                     share[3], share[0]});
    std::printf("%8lld %12.4f %10zu %8.4f %8.4f %8.4f %8.4f\n", static_cast<long long>(index), time,
                labels.size(), share[1], share[2], share[3], share[0]);
    if (labelled) write_labels(*labelled, frame, time, labels);
  });
  file.close();
  if (labelled) labelled->close();
  return 0;
}

int run_coordination(Arguments const& arguments) {
  std::optional<Coordination<Space>> coordination;
  for_each_frame(arguments, [&](Structure const& frame, double) {
    if (!coordination) coordination.emplace(Space(), Kinds(frame), arguments.cutoff);
    coordination->add(frame);
  });
  auto const& kinds = coordination->kinds();
  std::vector<std::vector<double>> columns;
  TextFile file(arguments.output);
  file << "neighbours";
  for (std::size_t a = 0; a < kinds.size(); ++a)
    for (std::size_t b = 0; b < kinds.size(); ++b) {
      file << "," << pair_name(kinds, a, b);
      columns.push_back(coordination->shares(a, b));
      double mean = 0.0;
      for (std::size_t n = 0; n < columns.back().size(); ++n)
        mean += static_cast<double>(n) * columns.back()[n];
      std::printf("%s has %.4f neighbours %s within %g Angstrom\n", kinds.name(a).c_str(), mean,
                  kinds.name(b).c_str(), arguments.cutoff);
    }
  file << "\n";
  std::size_t rows = 0;  // up to the last that is not empty everywhere
  for (auto const& column : columns)
    for (std::size_t n = 0; n < column.size(); ++n)
      if (column[n] > 0.0) rows = std::max(rows, n + 1);
  for (std::size_t n = 0; n < rows; ++n) {
    std::vector<double> row = {static_cast<double>(n)};
    for (auto const& column : columns) row.push_back(column[n]);
    write_row(file, row);
  }
  file.close();
  return 0;
}

CLI::App* add_analysis(CLI::App& app, Arguments& arguments, std::string const& name,
                       std::string const& what) {
  auto* const sub = app.add_subcommand(name, what);
  sub->add_option("TRAJECTORY", arguments.trajectory, "extended XYZ, one or more frames")->required();
  sub->add_option("-o,--output", arguments.output, "table, CSV")->required();
  sub->add_option("--skip", arguments.skip, "frames to leave out at the beginning")
      ->check(CLI::NonNegativeNumber);
  sub->add_option("--every", arguments.every, "then one frame of so many")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  return sub;
}

void add_blocks(CLI::App& sub, Arguments& arguments) {
  sub.add_option("--blocks", arguments.blocks, "runs of frames whose means give the standard error")
      ->check(CLI::Range(2, 10000))
      ->capture_default_str();
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app(
      "Analyses trajectories (extended XYZ, as dp-md writes them), frame by frame.\nUnits: Angstrom, ps.");
  app.name("dp-analyse");
  app.require_subcommand(1);
  app.fallthrough();

  auto* const rdf = add_analysis(app, arguments, "rdf", "partial radial distribution functions");
  rdf->add_option("--cutoff", arguments.rdf_cutoff, "largest distance")
      ->check(CLI::Range(1e-3, 1e4))
      ->capture_default_str();
  rdf->add_option("--bins", arguments.bins, "number of bins")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  add_blocks(*rdf, arguments);
  rdf->footer(
      "Columns of each pair: g(r), its standard error, and the number of neighbours up to the end of the "
      "bin.");

  auto* const msd = add_analysis(app, arguments, "msd", "mean-square displacement and diffusion coefficient");
  msd->add_option("--lags", arguments.lags,
                  "longest time between two frames, in frames; so many are kept in memory")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  msd->add_option("--interval", arguments.interval,
                  "ps between the frames used (default: from time_ps in the file)")
      ->check(CLI::PositiveNumber);
  msd->add_option("--fit-from", arguments.fit_from,
                  "begin of the line that gives the diffusion coefficient, ps\n"
                  "(default: half of the longest time)")
      ->check(CLI::NonNegativeNumber);
  msd->add_flag("--unwrapped", arguments.unwrapped,
                "positions go on beyond the box: take them as they are\n"
                "(else the way between two frames is the shortest, which must be right)");
  add_blocks(*msd, arguments);

  auto* const cna = add_analysis(app, arguments, "cna", "common neighbour analysis: fcc, hcp, bcc or other");
  cna->add_option("--cutoff", arguments.cna_cutoff,
                  "of neighbours; default: each atom's own, from its nearest neighbours")
      ->check(CLI::PositiveNumber);
  cna->add_option("--labels", arguments.labels,
                  "also write the frames with column structure_type to this file:\n"
                  "0 other, 1 fcc, 2 hcp, 3 bcc (extended XYZ, as OVITO numbers them)");

  auto* const coordination =
      add_analysis(app, arguments, "coordination", "numbers of neighbours and their distribution");
  coordination->add_option("--cutoff", arguments.cutoff, "of neighbours")
      ->required()
      ->check(CLI::Range(1e-3, 1e4));

  return examples::run_program(app, argc, argv, [&] {
    if (rdf->parsed()) return run_rdf(arguments);
    if (msd->parsed()) return run_msd(arguments);
    return cna->parsed() ? run_cna(arguments) : run_coordination(arguments);
  });
}
