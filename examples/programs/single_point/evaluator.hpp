// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdio>
#include <dp/io/read_model.hpp>
#include <dp/long_range/require_long_range.hpp>
#include <memory>
#include <set>
#include <string>

#include "common/deepmd_system.hpp"
#include "common/remarks.hpp"
#include "single_point/evaluate.hpp"

namespace single_point {

/// Evaluates frames with the model of a file. Of a model of many types those of the frames so far are made:
/// it is read again when a frame brings another element.
class Evaluator {
 public:
  using Space = Kokkos::DefaultExecutionSpace;

  /// `program` is for what is told on the error stream. Tells on the output what was made.
  Evaluator(std::string program, std::string model, dp::ReadOptions read_options, dp::Options options)
      : m_program(std::move(program)),
        m_path(std::move(model)),
        m_read_options(std::move(read_options)),
        m_options(options),
        m_outline(dp::read_outline(m_path, m_read_options)) {
    if (of_few()) make();
  }

  /// `derivatives`: of what is no energy. \throws dp::Error, naming the frame
  Result operator()(examples::Structure const& frame, bool derivatives = false) {
    std::size_t const known = m_elements.size();
    m_elements.insert(frame.elements.begin(), frame.elements.end());
    if (!of_few() && (m_elements.size() > known || !m_potential)) {
      examples::types_of(frame, m_outline.types, m_path);  // refuses an element that it does not know
      make();
    }
    std::vector<int> const types = examples::types_of(frame, m_model.type_map, m_path);
    examples::warn_of_charge(m_program.c_str(), frame.source, examples::charge_of(m_model, types));
    Result const result = [&] {
      try {
        return quantity().is_energy() ? evaluate(m_space, *m_potential, frame, types)
                                      : outputs(frame, types, derivatives);
      } catch (dp::Error const& error) {
        dp::fail(frame.source, ": ", error.what());
      }
    }();
    say_mesh();
    if (auto const dropped = m_potential->dropped(); dropped > 0)
      std::fprintf(stderr, "%s: warning: %s: %lld neighbours beyond the model's sel were left out\n",
                   m_program.c_str(), frame.source.c_str(), static_cast<long long>(dropped));
    return result;
  }

  std::string const& path() const { return m_path; }
  std::vector<std::string> const& types() const { return m_outline.types; }  ///< all of the model
  dp::Model const& model() const { return m_outline.model; }                 ///< whole, or that of a type
  dp::Quantity const& quantity() const { return dp::quantity_of(m_outline.model); }

  /// What of the folders of labelled frames is for this model.
  examples::DeepmdSystem::Model of_systems() const {
    dp::Fitting const& fitting = dp::fitting_of(m_outline.model);
    return {m_outline.types, fitting.fparam > 0, fitting.aparam > 0, quantity()};
  }

 private:
  bool of_few() const { return m_outline.types.size() <= dp::few_types; }

  void make() {
    m_model = dp::model_for(m_outline, {m_elements.begin(), m_elements.end()}, [&](auto const& names) {
      m_read_options.elements = names;
      return dp::read_model(m_path, m_read_options);
    });
    dp::require_long_range(m_model, m_options.long_range_error);
    bool const first = m_potential == nullptr;
    m_potential = dp::make_potential(m_space, m_model, m_options);
    if (!first) return;
    std::printf("%s: %s\n", m_path.c_str(), m_potential->description().c_str());
    examples::print_remarks(m_program.c_str(), m_model);
  }

  /// The mesh that was chosen for the electrostatics, where it is another one than before.
  void say_mesh() {
    if (!m_model.long_range || m_options.long_range_error == 0.0) return;
    std::string const text = m_potential->parts().back()->description();
    if (text != m_mesh) std::printf("%s: %s\n", m_path.c_str(), text.c_str());
    m_mesh = text;
  }

  Result outputs(examples::Structure const& frame, std::vector<int> const& types, bool derivatives) {
    auto const counted = std::count_if(types.begin(), types.end(), [&](int type) {
      return m_model.atom_excluded[static_cast<std::size_t>(type)] == 0;
    });
    return evaluate_outputs(m_space, *m_potential, frame, types, static_cast<std::size_t>(counted),
                            derivatives);
  }

  std::string m_program, m_path, m_mesh;
  dp::ReadOptions m_read_options;
  dp::Options m_options;
  dp::Outline m_outline;
  Space m_space;
  dp::Model m_model;
  std::unique_ptr<dp::Potential<Space>> m_potential;
  std::set<std::string> m_elements;  ///< of the frames so far
};

}  // namespace single_point
