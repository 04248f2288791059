// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <dp/option_words.hpp>
#include <dp/options.hpp>
#include <string>

namespace examples {

/// The options of a command line that say how a model is evaluated: one meaning in all programs.
class ModelOptions {
 public:
  /// Adds them to `app`, which must not outlive this object.
  explicit ModelOptions(CLI::App& app) {
    add<dp::NetPrecision>(app, "--precision", m_precision, "precision of the nets");
    add<dp::Evaluation>(app, "--evaluation", m_evaluation, "how the embedding is evaluated");
    app.add_option("--tolerance", m_options.tolerance,
                   "force error allowed to compressed evaluation, root mean square, eV/A")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    app.add_option(
           "--nearest", m_nearest,
           "down to which the tables of compressed evaluation reach, A: a number (0: from the model),\n"
           "distances of pairs of types as in O-O:2.0,H-H:1.1, or both")
        ->capture_default_str();
    add<dp::Overflow>(app, "--overflow", m_overflow, "more neighbours of a type than the model's sel");
    app.add_option(
           "--long-range-error", m_options.long_range_error,
           "of a model with electrostatics (DPLR): by a particle mesh with this force error, root mean\n"
           "square on charges, eV/A; 0: the direct sum of the model")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    app.add_option("--tile", m_options.tile, "atoms processed together; 0: chosen by the library")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    app.add_flag(
        "--graded,!--no-graded", m_options.graded,
        "processors, compressed, double: multiply what need not be in double in float (the default)");
    app.add_flag("--reproducible", m_options.reproducible, "the same bits for any number of threads");
    app.add_flag("--graph", m_options.graph, "GPUs, compressed: record steps and replay them");
  }
  ModelOptions(ModelOptions const&) = delete;

  /// What was asked for. \throws dp::Error for distances that are none
  dp::Options options() const {
    dp::Options result = m_options;
    result.precision = dp::from_word<dp::NetPrecision>(m_precision);
    result.evaluation = dp::from_word<dp::Evaluation>(m_evaluation);
    result.overflow = dp::from_word<dp::Overflow>(m_overflow);
    result.nearest = dp::nearest_from_words(m_nearest, "--nearest: expected ");
    return result;
  }

 private:
  template <class Enum>
  static void add(CLI::App& app, char const* name, std::string& word, char const* help) {
    word = dp::words<Enum>().front();
    app.add_option(name, word, help)->check(CLI::IsMember(dp::words<Enum>()))->capture_default_str();
  }

  dp::Options m_options;
  std::string m_precision, m_evaluation, m_overflow, m_nearest = "0";
};

}  // namespace examples
