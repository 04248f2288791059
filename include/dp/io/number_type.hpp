// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace dp::detail {

/// How the numbers of an array are stored, little-endian.
struct NumberType {
  enum class Kind {
    floating,  ///< IEEE's, of 2, 4 or 8 bytes
    bfloat16,  ///< the upper half of a float of 4 bytes
    signed_integer,
    unsigned_integer,
  };

  Kind kind = Kind::floating;
  unsigned size = 0;  ///< bytes

  bool is_float32() const { return kind == Kind::floating && size == 4; }

  /// The number in `size` bytes.
  double decode(char const* stored) const {
    std::uint64_t bits = 0;
    for (unsigned i = 0; i < size; ++i)
      bits |= std::uint64_t{static_cast<unsigned char>(stored[i])} << (8 * i);
    switch (kind) {
      case Kind::floating:
        if (size == 8) return std::bit_cast<double>(bits);
        return size == 4 ? std::bit_cast<float>(static_cast<std::uint32_t>(bits)) : half(bits);
      case Kind::bfloat16:
        return std::bit_cast<float>(static_cast<std::uint32_t>(bits << 16));
      case Kind::signed_integer:
        return static_cast<double>(static_cast<std::int64_t>(bits << (64 - 8 * size)) >> (64 - 8 * size));
      case Kind::unsigned_integer:
        break;
    }
    return static_cast<double>(bits);
  }

 private:
  static double half(std::uint64_t bits) {
    double const sign = (bits & 0x8000u) != 0 ? -1.0 : 1.0;
    int const exponent = static_cast<int>((bits >> 10) & 0x1Fu);
    double const fraction = static_cast<double>(bits & 0x3FFu);
    if (exponent == 0x1F)
      return fraction == 0.0 ? sign * std::numeric_limits<double>::infinity()
                             : std::numeric_limits<double>::quiet_NaN();
    return sign * (exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(fraction + 1024.0, exponent - 25));
  }
};

}  // namespace dp::detail
