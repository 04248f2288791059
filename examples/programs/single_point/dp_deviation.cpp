// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// dp-deviation: how far several models differ on the frames of a trajectory.

#include <cstdio>
#include <filesystem>
#include <memory>

#include "common/deepmd_system.hpp"
#include "common/extxyz.hpp"
#include "common/model_options.hpp"
#include "common/program.hpp"
#include "common/text_file.hpp"
#include "single_point/deviation.hpp"
#include "single_point/evaluator.hpp"

namespace {

using examples::Labels;
using examples::Structure;
using single_point::Deviation;
using single_point::Evaluator;

struct Arguments {
  std::vector<std::string> files;  // models, and the trajectory
  std::string output = "model_devi.out";
  std::int64_t frequency = 1;
  bool atomic = false, short_range = false;
  std::vector<std::string> types;
  Deviation::Settings settings;
};

/// The table: titles and rows in columns of fixed width, as DeePMD-kit and its plugin of LAMMPS write them.
class Table {
 public:
  explicit Table(Arguments const& arguments) : m_arguments(arguments), m_file(arguments.output) {}

  void begin(std::string const& source) {
    m_row = 0;
    m_file << "# " << source << "\n# ";
    add("%-10s", "step");
    for (char const* title :
         {"max_devi_v", "min_devi_v", "avg_devi_v", "max_devi_f", "min_devi_f", "avg_devi_f", "devi_e"})
      add("%-19s", title);
    if (m_arguments.atomic) add("%-19s", "atm_devi_f(N)");
    m_file << "\n";
  }

  void add(Deviation const& deviation) {
    m_largest = std::max(m_largest, deviation.force.largest);
    add("%12lld", static_cast<long long>(m_row++ * m_arguments.frequency));
    for (auto const& range : {deviation.virial, deviation.force})
      for (double const x : {range.largest, range.smallest, range.average}) add("%19.6e", x);
    add("%19.6e", deviation.energy);
    if (m_arguments.atomic)
      for (double const x : deviation.atoms) add("%19.6e", x);
    m_file << "\n";
    ++m_frames;
  }

  void close() {
    m_file.close();
    std::printf("%s: %lld frame%s, largest deviation of a force %.6g%s\n", m_arguments.output.c_str(),
                static_cast<long long>(m_frames), m_frames == 1 ? "" : "s", m_largest,
                m_arguments.settings.relative ? "" : " eV/Angstrom");
  }

  std::int64_t frames() const { return m_frames; }

 private:
  template <class Value>
  void add(char const* format, Value value) {
    char text[64];
    int const length = std::snprintf(text, sizeof text, format, value);
    m_file << std::string_view(text, static_cast<std::size_t>(length));
  }

  Arguments const& m_arguments;
  examples::TextFile m_file;
  std::int64_t m_row = 0, m_frames = 0;
  double m_largest = 0.0;
};

/// Labels of all that is compared. \throws dp::Error where one is not there
void need_labels(Structure const& frame, Labels const& labels) {
  if (labels.energy.empty() || labels.force.empty() || labels.virial.empty())
    dp::fail(frame.source, ": --real-error: expected energy.npy, force.npy and virial.npy");
}

void run(Arguments const& arguments, dp::Options const& options) {
  std::vector<std::unique_ptr<Evaluator>> models;
  for (std::size_t k = 0; k + 1 < arguments.files.size(); ++k) {
    models.push_back(std::make_unique<Evaluator>(
        "dp-deviation", arguments.files[k],
        dp::ReadOptions{.short_range = arguments.short_range, .types = arguments.types}, options));
    dp::require_energies(models.back()->model());
  }
  Table table(arguments);
  auto const add = [&](Structure const& frame, Labels const& labels) {
    if (arguments.settings.from_labels) need_labels(frame, labels);
    std::vector<single_point::Result> results;
    for (auto const& model : models) results.push_back((*model)(frame));
    table.add(Deviation(results, labels, arguments.settings));
  };

  std::string const& trajectory = arguments.files.back();
  Structure frame;
  Labels labels;
  if (std::filesystem::is_directory(trajectory)) {
    auto of_models = models.front()->of_systems();
    for (auto const& model : models) {
      of_models.fparam |= model->of_systems().fparam;
      of_models.aparam |= model->of_systems().aparam;
    }
    for (std::string const& folder : examples::deepmd_systems(trajectory)) {
      examples::DeepmdSystem system(folder, of_models);
      for (auto const& model : models)
        if (!system.named() && model->types() != models.front()->types())
          dp::fail(folder, ": expected type_map.raw, since ", models.front()->path(), " and ", model->path(),
                   " have different types");
      table.begin(folder);
      while (system.next(frame, labels)) add(frame, labels);
    }
  } else {
    if (arguments.settings.from_labels)
      dp::fail(trajectory, ": --real-error: expected a folder of labelled frames, found a file");
    examples::ExtxyzReader reader(trajectory);
    table.begin(trajectory);
    while (reader.next(frame)) add(frame, labels);
    reader.print_warning("dp-deviation");
  }
  if (table.frames() == 0) dp::fail(trajectory, ": expected frames, found none");
  table.close();
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app(
      "How far several Deep Potential models differ on the frames of a trajectory.\n"
      "Units: eV, Angstrom. A deviation is a root mean square over the models.");
  app.name("dp-deviation");
  app.add_option(
         "FILES", arguments.files,
         "MODEL MODEL [MODEL ...] TRAJECTORY: model files (.pb, .pth, .dp, .yaml, ...), then extended XYZ\n"
         "or a folder of frames (dpdata's deepmd/npy), or of such folders")
      ->required()
      ->expected(2, -1);
  app.add_option("-o,--output", arguments.output, "the table")->capture_default_str();
  app.add_option("-f,--frequency", arguments.frequency, "steps between two frames")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_flag("--atomic", arguments.atomic, "also the deviation of the force of each atom");
  app.add_flag("--real-error,--real_error", arguments.settings.from_labels,
               "of a folder with labels: deviations from these, not from the mean; one model will do");
  app.add_option("--relative", arguments.settings.relative,
                 "divide the deviation of a force by the length of the force and this, eV/A")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--relative-v,--relative_v", arguments.settings.relative_virial,
                 "divide the deviation of the virial by the virial and this, eV per atom")
      ->check(CLI::NonNegativeNumber);
  examples::ModelOptions const options(app);
  app.add_flag("--short-range", arguments.short_range,
               "of models with electrostatics (DPLR) the part that their nets give, without them");
  app.add_option("--types", arguments.types, "names of the types, for files without them: Cu,O")
      ->delimiter(',');
  app.footer(
      "The table has the columns of DeePMD-kit's model_devi.out: step; largest, smallest and average "
      "deviation\n"
      "of the virial per atom and of the forces; deviation of the energy per atom.");
  return examples::run_program(app, argc, argv, [&] {
    if (arguments.files.size() < (arguments.settings.from_labels ? 2u : 3u))
      dp::fail("expected ", arguments.settings.from_labels ? "a model" : "two or more models",
               " and a trajectory, found only ", arguments.files.size(), " files");
    run(arguments, options.options());
    return 0;
  });
}
