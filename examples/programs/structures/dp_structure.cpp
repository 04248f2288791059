// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// dp-structure: crystals, slabs, defects and nanocrystals as files.

#include <cstdio>

#include "common/extxyz.hpp"
#include "common/program.hpp"
#include "md/lammps_data.hpp"
#include "structures/change.hpp"
#include "structures/polycrystal.hpp"
#include "structures/write.hpp"

namespace {

using namespace structures;

struct Arguments {
  std::string lattice = "fcc", element, sequence, file, output;
  std::vector<std::string> elements;
  double constant = 0.0, c_over_a = std::sqrt(8.0 / 3.0);
  // CLI11's options of arrays do not compile with nvcc.
  std::vector<int> orient = std::vector<int>(9);
  std::vector<std::int64_t> size = {1, 1, 1};
  std::int64_t vacancies = 0;
  double vacuum = 0.0, displace = 0.0;
  std::uint64_t seed = 1;
  int grains = 8;
  std::vector<double> box = {100.0};
  double nearest = 0.0;
};

/// What the file has of its atoms besides what a structure keeps, on the error stream.
void print_dropped(examples::Structure const& cell) {
  std::vector<std::string> dropped;
  for (std::string const& name : cell.contents.unused)
    if (!name.ends_with("=")) dropped.push_back(name);  // keys describe the whole that is not kept
  bool numbered = false;                                // otherwise than by their order
  for (std::size_t i = 0; i < cell.ids.size(); ++i)
    numbered = numbered || cell.ids[i] != static_cast<std::int64_t>(i + 1);
  if (numbered) dropped.push_back("the numbers of the atoms");
  if (!cell.aparam.empty()) dropped.push_back("aparam");
  if (!cell.fparam.empty()) dropped.push_back("fparam");
  std::string names;
  for (std::string const& name : dropped) names += (names.empty() ? "" : ", ") + name;
  for (std::string const& warning : cell.contents.warnings)
    std::fprintf(stderr, "dp-structure: warning: %s: %s\n", cell.source.c_str(), warning.c_str());
  if (!names.empty())
    std::fprintf(stderr, "dp-structure: warning: %s: not kept: %s\n", cell.source.c_str(), names.c_str());
}

Atoms read_cell(Arguments const& arguments) {
  auto const cell = examples::is_xyz(arguments.file)
                        ? examples::read_extxyz(arguments.file)
                        : md::LammpsDataReader(arguments.file, {arguments.elements}).read();
  print_dropped(cell);
  return from_structure(cell);
}

Atoms make_nanocrystal(Arguments const& arguments) {
  Polycrystal wanted;
  wanted.lattice = conventional(arguments.lattice, arguments.element, arguments.constant, arguments.c_over_a);
  wanted.grains = arguments.grains;
  for (std::size_t k = 0; k < 3; ++k) wanted.edges[k] = arguments.box[arguments.box.size() == 1 ? 0 : k];
  wanted.seed = arguments.seed;
  wanted.nearest = arguments.nearest > 0.0 ? arguments.nearest : 0.8 * nearest_distance(wanted.lattice);
  return polycrystal(wanted);
}

void add_element(CLI::App& app, Arguments& arguments) {
  app.add_option("--element", arguments.element, "chemical symbol")->required();
  app.add_option("--constant", arguments.constant, "lattice constant a, Angstrom")
      ->required()
      ->check(CLI::Range(0.1, 1e6));
}

void add_lattice(CLI::App& app, Arguments& arguments) {
  app.add_option("LATTICE", arguments.lattice, "crystal")->required()->check(CLI::IsMember(lattice_names()));
  add_element(app, arguments);
  app.add_option("--c-over-a", arguments.c_over_a, "of hcp")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
}

/// What can be done to any structure, in this order.
void add_changes(CLI::App& app, Arguments& arguments, bool size) {
  if (size)
    app.add_option("--size", arguments.size, "copies of the cell along its vectors")
        ->expected(3)
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1000000}))
        ->capture_default_str();
  app.add_option("--vacuum", arguments.vacuum, "width of a vacuum along the third vector, Angstrom: a slab")
      ->check(CLI::Range(0.0, 1e6));
  app.add_option("--vacancies", arguments.vacancies, "atoms to take away, chosen at random")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--displace", arguments.displace,
                 "standard deviation of random displacements along x, y and z, Angstrom")
      ->check(CLI::Range(0.0, 1e6));
  app.add_option("--seed", arguments.seed, "of all that is random")->capture_default_str();
  app.add_option("-o,--output", arguments.output,
                 "file: LAMMPS data where it ends with .data, else extended XYZ")
      ->required();
}

template <std::size_t N, class T>
std::array<T, N> array(std::vector<T> const& values) {
  std::array<T, N> result;
  std::copy_n(values.begin(), N, result.begin());
  return result;
}

void finish(Arguments const& arguments, Atoms& atoms) {
  double const count = static_cast<double>(atoms.size()) * static_cast<double>(arguments.size[0]) *
                       static_cast<double>(arguments.size[1]) * static_cast<double>(arguments.size[2]);
  if (count > std::numeric_limits<int>::max())
    dp::fail("size: expected at most ", std::numeric_limits<int>::max(), " atoms, found ", count);
  replicate(atoms, array<3>(arguments.size));
  if (arguments.vacuum > 0.0) add_vacuum(atoms, arguments.vacuum);
  make_vacancies(atoms, arguments.vacancies, arguments.seed);
  if (arguments.displace > 0.0) displace(atoms, arguments.displace, arguments.seed);
  if (arguments.output.ends_with(".data"))
    write_lammps(arguments.output, atoms);
  else
    write_extxyz(arguments.output, atoms);
  std::printf("%s: %zu atoms, %.6g cubic Angstrom\n", arguments.output.c_str(), atoms.size(),
              atoms.box.volume());
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app(
      "Makes structures: crystals, slabs, defects, stacking faults and nanocrystals.\n"
      "Lengths in Angstrom. The same arguments make the same file.");
  app.name("dp-structure");
  app.require_subcommand(1);
  app.fallthrough();

  auto* const lattice = app.add_subcommand("lattice", "a crystal");
  add_lattice(*lattice, arguments);
  auto* const orient = lattice
                           ->add_option("--orient", arguments.orient,
                                        "directions of the edges x, y, z, nine whole numbers,\n"
                                        "for instance 1 -1 0  1 1 -2  1 1 1 (cubic lattices only)")
                           ->expected(9);
  add_changes(*lattice, arguments, true);

  auto* const layers =
      app.add_subcommand("layers", "close-packed layers in any order, as stacking faults have it");
  add_element(*layers, arguments);
  layers
      ->add_option("--sequence", arguments.sequence,
                   "letters A, B, C along z, repeated periodically: ABC is fcc, AB hcp,\n"
                   "ABCABCABCAC fcc with an intrinsic fault, ABCABACB with two twin boundaries;\n"
                   "the constant is that of fcc")
      ->required();
  add_changes(*layers, arguments, true);

  auto* const supercell = app.add_subcommand("supercell", "copies of a cell in a file");
  supercell->add_option("FILE", arguments.file, "extended XYZ (its first frame) or LAMMPS data")->required();
  supercell->add_option("--elements", arguments.elements, "element of each type of a LAMMPS data file");
  add_changes(*supercell, arguments, true);

  auto* const nanocrystal =
      app.add_subcommand("nanocrystal", "randomly oriented grains that fill a periodic box (Voronoi cells)");
  add_lattice(*nanocrystal, arguments);
  nanocrystal->add_option("--grains", arguments.grains, "number of grains")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  nanocrystal->add_option("--box", arguments.box, "edge, or three edges, of the box, Angstrom")
      ->check(CLI::Range(1.0, 1e5))
      ->expected(1, 3)
      ->capture_default_str();
  nanocrystal
      ->add_option(
          "--nearest", arguments.nearest,
          "atoms of two grains nearer than this lose one, Angstrom\n(default: 0.8 of the lattice's distance)")
      ->check(CLI::PositiveNumber);
  add_changes(*nanocrystal, arguments, false);

  return examples::run_program(app, argc, argv, [&] {
    if (arguments.box.size() == 2) dp::fail("--box: expected one number or three, found 2");
    Atoms atoms;
    if (lattice->parsed()) {
      auto const cell =
          conventional(arguments.lattice, arguments.element, arguments.constant, arguments.c_over_a);
      atoms = orient->count() > 0 ? oriented(cell, array<9>(arguments.orient)) : to_atoms(cell);
    } else if (layers->parsed()) {
      atoms = close_packed(arguments.element, arguments.constant, arguments.sequence);
    } else {
      atoms = supercell->parsed() ? read_cell(arguments) : make_nanocrystal(arguments);
    }
    finish(arguments, atoms);
    return 0;
  });
}
