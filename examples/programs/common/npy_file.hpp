// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <dp/io/number_type.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "common/text.hpp"

namespace examples {

/// An array of numbers in a file of NumPy (.npy): floating ones and integers, little-endian, in the order of
/// C or of Fortran.
class NpyFile {
 public:
  /// Reads the whole file. \throws dp::Error, naming file and key, for what is no such array
  explicit NpyFile(std::string path) : m_path(std::move(path)) {
    if (std::filesystem::is_directory(m_path)) dp::fail(m_path, ": expected a file, found a folder");
    std::ifstream in(m_path, std::ios::binary);
    if (!in) dp::fail(m_path, ": cannot be opened (does the file exist?)");
    m_bytes.resize(std::filesystem::file_size(m_path));
    in.read(m_bytes.data(), static_cast<std::streamsize>(m_bytes.size()));
    if (!in) dp::fail(m_path, ": reading failed");
    read_header();
  }

  std::string const& path() const { return m_path; }
  std::vector<std::size_t> const& shape() const { return m_shape; }
  std::size_t size() const { return m_size; }  ///< numbers of the whole array

  /// Number `i` as C counts them, the last index fastest. \throws dp::Error unless it is finite
  double operator[](std::size_t i) const {
    std::size_t const stored = m_fortran ? in_fortran(i) : i;
    double const value = m_type.decode(m_bytes.data() + m_begin + stored * m_type.size);
    if (!std::isfinite(value)) dp::fail(m_path, ": expected finite numbers, found ", value, " at number ", i);
    return value;
  }

 private:
  /// Where the numbers begin, after magic number, version, length and text of the header.
  void read_header() {
    std::string_view const bytes = m_bytes;
    constexpr std::string_view magic = "\x93NUMPY";
    if (!bytes.starts_with(magic) || bytes.size() < 12)
      dp::fail(m_path, ": expected an array of NumPy (.npy), found another file");
    int const version = m_bytes[6];
    if (version < 1 || version > 3) dp::fail(m_path, ": expected version 1, 2 or 3 of .npy, found ", version);
    std::size_t const begin = version == 1 ? 10 : 12;
    auto const byte = [&](std::size_t i) { return std::size_t{static_cast<unsigned char>(bytes[i])}; };
    std::size_t length = byte(8) | byte(9) << 8;
    if (version > 1) length |= byte(10) << 16 | byte(11) << 24;
    if (length > bytes.size() - begin) dp::fail(m_path, ": the file ends within its header");
    m_begin = begin + length;
    std::string_view const header = bytes.substr(begin, length);
    read_type(value(header, "descr"));
    std::string_view const order = value(header, "fortran_order");
    m_fortran = order.starts_with("True");
    if (!m_fortran && !order.starts_with("False"))
      dp::fail(m_path, ": fortran_order: expected True or False, found ", order.substr(0, 20));
    read_shape(value(header, "shape"));
  }

  /// What follows a key of the header, which is a dictionary in the words of Python.
  std::string_view value(std::string_view header, std::string_view key) const {
    std::size_t const at = header.find("'" + std::string(key) + "':");
    if (at == header.npos) dp::fail(m_path, ": the header has no '", key, "'");
    header.remove_prefix(at + key.size() + 3);
    header.remove_prefix(std::min(header.find_first_not_of(' '), header.size()));
    return header;
  }

  void read_type(std::string_view text) {
    std::string_view const word = text.substr(0, text.find_first_of(",}", 1));
    auto const refuse = [&](std::string_view found) {
      dp::fail(m_path, ": descr: expected real numbers ('<f8', '<f4', '<i8', ...), ", found, " ", word);
    };
    if (word.size() != 5 || word[0] != '\'' || word[4] != '\'') refuse("found");
    if (word[1] == '>') refuse("little-endian, found");
    using Kind = dp::detail::NumberType::Kind;
    m_type.size = static_cast<unsigned>(word[3] - '0');
    switch (word[2]) {
      case 'f':
        m_type.kind = Kind::floating;
        break;
      case 'i':
        m_type.kind = Kind::signed_integer;
        break;
      case 'u':
        m_type.kind = Kind::unsigned_integer;
        break;
      default:
        refuse("found");
    }
    bool const known = m_type.size == 1 || m_type.size == 2 || m_type.size == 4 || m_type.size == 8;
    if (!known || (word[2] == 'f' && m_type.size == 1)) refuse("found");
  }

  void read_shape(std::string_view text) {
    std::size_t const end = text.find(')');
    if (!text.starts_with('(') || end == text.npos) dp::fail(m_path, ": shape: expected (n, ...)");
    std::string inside(text.substr(1, end - 1));
    std::replace(inside.begin(), inside.end(), ',', ' ');
    std::size_t const room = (m_bytes.size() - m_begin) / m_type.size;  // what the file has numbers for
    for (std::string_view const word : words(inside)) {
      std::size_t extent = 0;
      if (!parse(word, extent)) dp::fail(m_path, ": shape: expected whole numbers, found ", word);
      if (m_size > 0 && extent > room / m_size)
        dp::fail(m_path, ": shape (", text.substr(1, end - 1), "): the file has only ", room, " numbers");
      m_shape.push_back(extent);
      m_size *= extent;
    }
    if (m_size * m_type.size != m_bytes.size() - m_begin)
      dp::fail(m_path, ": shape (", text.substr(1, end - 1), "): expected ", m_size * m_type.size,
               " bytes of numbers, found ", m_bytes.size() - m_begin);
  }

  std::size_t in_fortran(std::size_t i) const {
    std::size_t stored = 0, stride = m_size;
    for (std::size_t k = m_shape.size(); k-- > 0;) {
      stride /= m_shape[k];
      stored += i % m_shape[k] * stride;
      i /= m_shape[k];
    }
    return stored;
  }

  std::string m_path, m_bytes;
  dp::detail::NumberType m_type;
  std::vector<std::size_t> m_shape;
  std::size_t m_begin = 0, m_size = 1;
  bool m_fortran = false;
};

}  // namespace examples
