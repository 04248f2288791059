// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <dp/io/graph.hpp>
#include <dp/io/graph_attributes.hpp>
#include <dp/io/number_type.hpp>
#include <optional>
#include <protozero/pbf_reader.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dp::detail::graph {

/// TensorFlow's numbers of the data types that are understood.
namespace data_type {
enum Number {
  float32 = 1,
  float64 = 2,
  int32 = 3,
  text = 7,
  int64 = 9,
  boolean = 10,
  bfloat16 = 14,
  half = 19
};
}

/// A constant: numbers, whatever their stored type, or a text.
struct Tensor {
  int type = 0;
  std::vector<std::size_t> shape;
  std::vector<double> values;
  std::string text;

  bool is_real() const {
    return type == data_type::float32 || type == data_type::float64 || type == data_type::bfloat16 ||
           type == data_type::half;
  }
};

/// Reads the value of a Const node: all numbers at once as they lie in memory, or one by one, where the last
/// one stands for all that follow.
class TensorReader {
 public:
  TensorReader(Graph const& graph, Vertex const& vertex) : m_graph(graph), m_vertex(vertex) {
    Attributes(graph, vertex).read("value", 8, Wire::length_delimited, [&](protozero::pbf_reader& value) {
      parse(value.get_message());
    });
  }

  Tensor take() {
    if (m_tensor.type == data_type::text) return std::move(m_tensor);
    if (m_count > most) m_graph.complain(m_vertex, "expected a constant of at most ", most, " numbers");
    if (m_content.empty())
      repeat();
    else
      decode();
    return std::move(m_tensor);
  }

 private:
  static constexpr std::size_t most = std::size_t{1} << 28, most_repeated = 10'000'000;

  void parse(protozero::pbf_reader reader) {
    std::vector<double>& values = m_tensor.values;
    while (reader.next()) {
      if (at_field(reader, 1, Wire::varint)) {
        m_tensor.type = small_integer(reader.get_int64());
      } else if (at_bytes(reader, 2)) {
        parse_shape(reader.get_message());
      } else if (at_bytes(reader, 4)) {
        m_content = view_of(reader.get_view());
      } else if (at_bytes(reader, 5)) {
        for (float const value : reader.get_packed_float()) values.push_back(value);
      } else if (at_field(reader, 5, Wire::fixed32)) {
        values.push_back(reader.get_float());
      } else if (at_bytes(reader, 6)) {
        for (double const value : reader.get_packed_double()) values.push_back(value);
      } else if (at_field(reader, 6, Wire::fixed64)) {
        values.push_back(reader.get_double());
      } else if (at_bytes(reader, 8)) {
        std::string const text = reader.get_string();
        if (m_tensor.text.empty()) m_tensor.text = text;
      } else if (reader.tag() == 7 || reader.tag() == 10 || reader.tag() == 11 || reader.tag() == 13) {
        // integers of up to 32 bits, of 64, true and false, and floats of 16 bits in the form of integers
        each_integer(reader, [&](std::int64_t number) { values.push_back(static_cast<double>(number)); });
      } else {
        reader.skip();
      }
    }
  }

  void parse_shape(protozero::pbf_reader shape) {
    while (shape.next()) {
      if (!at_bytes(shape, 2)) {
        shape.skip();
        continue;
      }
      std::int64_t size = 0;
      protozero::pbf_reader dimension = shape.get_message();
      while (dimension.next())
        if (at_field(dimension, 1, Wire::varint))
          size = dimension.get_int64();
        else
          dimension.skip();
      std::size_t const extent = size < 0 ? most + 1 : static_cast<std::size_t>(size);
      m_tensor.shape.push_back(extent);
      m_count = extent != 0 && m_count > most / extent ? most + 1 : m_count * extent;
    }
  }

  NumberType number_type() const {
    using Kind = NumberType::Kind;
    switch (m_tensor.type) {
      case data_type::float32:
        return {Kind::floating, 4};
      case data_type::float64:
        return {Kind::floating, 8};
      case data_type::half:
        return {Kind::floating, 2};
      case data_type::bfloat16:
        return {Kind::bfloat16, 2};
      case data_type::int32:
        return {Kind::signed_integer, 4};
      case data_type::int64:
        return {Kind::signed_integer, 8};
      case data_type::boolean:
        return {Kind::unsigned_integer, 1};
      default:
        m_graph.complain(m_vertex, "constants of TensorFlow's data type ", m_tensor.type, " are not read");
    }
  }

  void decode() {
    NumberType const type = number_type();
    if (m_content.size() != m_count * type.size)
      m_graph.complain(m_vertex, "expected ", m_count, " numbers of ", type.size, " bytes, found ",
                       m_content.size(), " bytes");
    m_tensor.values.resize(m_count);
    if (m_tensor.type == data_type::float64 && std::endian::native == std::endian::little)
      std::memcpy(m_tensor.values.data(), m_content.data(), m_content.size());
    else
      for (std::size_t i = 0; i < m_count; ++i)
        m_tensor.values[i] = type.decode(m_content.data() + i * type.size);
  }

  void repeat() {
    std::vector<double>& values = m_tensor.values;
    NumberType const type = number_type();
    if (m_tensor.type == data_type::half || m_tensor.type == data_type::bfloat16)
      for (double& value : values) {
        auto const bits = static_cast<std::uint32_t>(static_cast<std::int64_t>(value) & 0xFFFF);
        char const bytes[] = {static_cast<char>(bits & 0xFF), static_cast<char>(bits >> 8)};
        value = type.decode(bytes);
      }
    if (values.size() > m_count)
      m_graph.complain(m_vertex, "expected ", m_count, " numbers, found ", values.size());
    if (values.size() < m_count && m_count > most_repeated)
      m_graph.complain(m_vertex, "expected a constant of at most ", most_repeated, " equal numbers, found ",
                       m_count);
    values.resize(m_count, values.empty() ? 0.0 : values.back());
  }

  Graph const& m_graph;
  Vertex const& m_vertex;
  Tensor m_tensor;
  std::size_t m_count = 1;
  std::string_view m_content;
};

inline Tensor tensor_of(Graph const& graph, Vertex const& vertex) {
  return TensorReader(graph, vertex).take();
}

/// What passes its first input on as it is, but for shape and precision.
inline bool passes_on(Vertex const& vertex) {
  return vertex.op == "Identity" || vertex.op == "Cast" || vertex.op == "Reshape" ||
         vertex.op == "StopGradient" || vertex.op == "Snapshot";
}

/// The node that an input comes from, behind nodes that only pass it on.
inline Vertex const& origin(Graph const& graph, Vertex const& user, std::size_t input) {
  Vertex const* at = &graph.source(user, input);
  for (std::size_t steps = 0; passes_on(*at); ++steps) {
    if (steps > graph.vertices().size()) graph.complain(*at, "depends on itself");
    at = &graph.source(*at, 0);
  }
  return *at;
}

/// The constant behind an input, rounded to floats where a Cast on the way does so; none if it is not
/// constant.
inline std::optional<Tensor> constant_input(Graph const& graph, Vertex const& user, std::size_t input) {
  Vertex const& constant = origin(graph, user, input);
  if (constant.op != "Const") return std::nullopt;
  Tensor tensor = tensor_of(graph, constant);
  for (Vertex const* at = &graph.source(user, input); at != &constant; at = &graph.source(*at, 0))
    if (at->op == "Cast" && Attributes(graph, *at).type("DstT") == data_type::float32)
      for (double& value : tensor.values) value = static_cast<float>(value);
  return tensor;
}

/// Whether an input is a constant of these numbers.
inline bool is_constant(Graph const& graph, Vertex const& user, std::size_t input,
                        std::vector<double> const& numbers) {
  std::optional<Tensor> const constant = constant_input(graph, user, input);
  return constant && constant->values == numbers;
}

}  // namespace dp::detail::graph
