// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

// The only file that compiles the library's kernels.

#include "dp_potential.h"

#include <dp/core/error.hpp>
#include <dp/deep_potential.hpp>
#include <tuple>

namespace dp_lammps {

namespace {

/// Those that `precision` accepts: a new policy of the library is added here.
using Precisions = std::tuple<dp::Double, dp::Mix32, dp::Mix16>;

template <class Space, class Precision>
class PotentialOf final : public Potential<Space> {
 public:
  PotentialOf(Space const& space, dp::Model const& model, dp::Options const& options)
      : m_potential(space, model, options) {}

  void compute(Space const& space, dp::Configuration<Space> const& configuration,
               dp::NeighborList<Space> const& list, dp::Output<Space> const& output) override {
    m_potential.compute(space, configuration, list, output);
  }
  std::string description() const override { return m_potential.description(); }
  std::int64_t dropped() const override { return m_potential.dropped(); }
  std::int64_t handed_over() const override { return m_potential.handed_over(); }
  std::size_t bytes() const override { return m_potential.bytes(); }

 private:
  dp::DeepPotential<Space, Precision> m_potential;
};

}  // namespace

bool compress_by_default(dp::Model const& model) { return dp::width(model) >= 32; }

template <class Space>
std::unique_ptr<Potential<Space>> make_potential(Space const& space, dp::Model const& model,
                                                 Evaluation const& evaluation) {
  dp::Options options;
  options.evaluation = evaluation.compressed.value_or(compress_by_default(model)) ? dp::Evaluation::compressed
                                                                                  : dp::Evaluation::exact;
  options.overflow = evaluation.overflow == "error"      ? dp::Overflow::error
                     : evaluation.overflow == "keep_all" ? dp::Overflow::keep_all
                                                         : dp::Overflow::keep_nearest;
  options.tolerance = evaluation.tolerance;
  options.nearest = evaluation.nearest;
  options.tile = evaluation.tile;
  std::unique_ptr<Potential<Space>> result;
  std::apply(
      [&](auto const&... precision) {
        ((evaluation.precision == precision.name
              ? (void)(result =
                           std::make_unique<PotentialOf<Space, std::remove_cvref_t<decltype(precision)>>>(
                               space, model, options))
              : void()),
         ...);
      },
      Precisions());
  if (!result) dp::fail("precision: expected ", precision_names(), ", found ", evaluation.precision);
  return result;
}

std::string precision_names() {
  std::string names;
  std::apply(
      [&](auto const&... precision) {
        ((names += (names.empty() ? "" : "|"), names += precision.name), ...);
      },
      Precisions());
  return names;
}

using Host = Kokkos::DefaultHostExecutionSpace;
using Device = Kokkos::DefaultExecutionSpace;
template std::unique_ptr<Potential<Host>> make_potential(Host const&, dp::Model const&, Evaluation const&);
#if defined(KOKKOS_ENABLE_CUDA) || defined(KOKKOS_ENABLE_HIP) || defined(KOKKOS_ENABLE_SYCL)
template std::unique_ptr<Potential<Device>> make_potential(Device const&, dp::Model const&,
                                                           Evaluation const&);
#endif

}  // namespace dp_lammps
