// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <charconv>
#include <fstream>

#include "md/masses.hpp"
#include "structures/atoms.hpp"

namespace structures {

/// A text file that is written block by block, so that the text of ten million atoms is never in memory.
class TextFile {
 public:
  explicit TextFile(std::string path) : m_path(std::move(path)), m_stream(m_path, std::ios::binary) {
    if (!m_stream) dp::fail(m_path, ": cannot be written (does the folder exist?)");
  }

  TextFile& operator<<(std::string_view text) {
    m_block += text;
    if (m_block.size() > (1u << 20)) flush();
    return *this;
  }
  TextFile& operator<<(std::size_t number) { return *this << std::to_string(number); }
  TextFile& operator<<(double number) { return put(number, 15, std::chars_format::general); }

  /// With ten digits after the point.
  TextFile& put_coordinate(double x) { return put(x, 10, std::chars_format::fixed); }

  void close() {
    flush();
    m_stream.close();
    if (!m_stream) dp::fail(m_path, ": cannot be written (is the disk full?)");
  }

 private:
  TextFile& put(double number, int digits, std::chars_format format) {
    char text[400];  // the longest fixed number has 309 digits before its point
    auto const end = std::to_chars(text, text + sizeof text, number, format, digits).ptr;
    return *this << std::string_view(text, static_cast<std::size_t>(end - text));
  }

  void flush() {
    m_stream.write(m_block.data(), static_cast<std::streamsize>(m_block.size()));
    m_block.clear();
  }

  std::string m_path;
  std::ofstream m_stream;
  std::string m_block;
};

/// Extended XYZ; the grains, where there are any, as column `grain`.
inline void write_extxyz(std::string const& path, Atoms const& atoms) {
  TextFile file(path);
  file << atoms.size() << "\nLattice=\"";
  for (std::size_t k = 0; k < 9; ++k) (file << (k == 0 ? "" : " ")) << atoms.box.h[k];
  file << "\" Properties=species:S:1:pos:R:3" << (atoms.grains.empty() ? "" : ":grain:I:1") << " pbc=\"";
  for (std::size_t k = 0; k < 3; ++k) (file << (k == 0 ? "" : " ")) << (atoms.box.periodic[k] ? "T" : "F");
  file << "\"\n";
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    file << atoms.elements[static_cast<std::size_t>(atoms.kinds[i])];
    for (std::size_t k = 0; k < 3; ++k) (file << " ").put_coordinate(atoms.positions[3 * i + k]);
    if (!atoms.grains.empty()) (file << " ") << static_cast<std::size_t>(atoms.grains[i]);
    file << "\n";
  }
  file.close();
}

/// A LAMMPS data file, style atomic, with standard masses and the elements as comments beside them. \throws
/// dp::Error for a box whose first vector is not along x or whose second is not in the xy plane
inline void write_lammps(std::string const& path, Atoms const& atoms) {
  auto const& h = atoms.box.h;
  if (h[1] != 0.0 || h[2] != 0.0 || h[5] != 0.0 || !(h[0] > 0.0 && h[4] > 0.0 && h[8] > 0.0))
    dp::fail(path,
             ": LAMMPS data want a box with vectors (x 0 0), (x y 0), (x y z), each diagonal entry above 0; ",
             "write extended XYZ instead");
  std::vector<double> masses;
  for (std::string const& element : atoms.elements) {
    masses.push_back(md::standard_mass(element));
    if (!(masses.back() > 0.0))
      dp::fail(path, ": the mass of element '", element, "' is not known; write extended XYZ instead");
  }
  TextFile file(path);
  file << "made by dp-structure\n\n"
       << atoms.size() << " atoms\n"
       << atoms.elements.size() << " atom types\n\n";
  char const* const names[] = {" xlo xhi\n", " ylo yhi\n", " zlo zhi\n"};
  for (std::size_t k = 0; k < 3; ++k) file << "0 " << h[4 * k] << names[k];
  if (h[3] != 0.0 || h[6] != 0.0 || h[7] != 0.0) file << h[3] << " " << h[6] << " " << h[7] << " xy xz yz\n";
  file << "\nMasses\n\n";
  for (std::size_t k = 0; k < masses.size(); ++k)
    file << k + 1 << " " << masses[k] << " # " << atoms.elements[k] << "\n";
  file << "\nAtoms # atomic\n\n";
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    file << i + 1 << " " << static_cast<std::size_t>(atoms.kinds[i] + 1);
    for (std::size_t k = 0; k < 3; ++k) (file << " ").put_coordinate(atoms.positions[3 * i + k]);
    file << "\n";
  }
  file.close();
}

}  // namespace structures
