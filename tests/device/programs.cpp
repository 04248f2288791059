// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// The programs: all that dp-md, dp-failure and dp-eval compile.

#include "device/library.hpp"
#include "failure/campaign.hpp"
#include "md/run.hpp"
#include "single_point/evaluate.hpp"

int run_md(md::Input const& input, std::string const& restart, md::Communicator& communicator) {
  return md::run(input, restart, communicator);
}
int run_failure(failure::Input const& input, md::Communicator& communicator) {
  return failure::run_campaign<dp_device::Space>(input, communicator);
}
template single_point::Result single_point::evaluate(dp_device::Space const&,
                                                     dp::Potential<dp_device::Space>&,
                                                     examples::Structure const&, std::vector<int> const&);
template single_point::Result single_point::evaluate_outputs(dp_device::Space const&,
                                                             dp::Potential<dp_device::Space>&,
                                                             examples::Structure const&,
                                                             std::vector<int> const&, std::size_t, bool);
