// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// The programs: all that dp-md and dp-eval compile for a precision; their own kernels do not depend on it.

#include "device/library.hpp"
#include "md/run.hpp"
#include "single_point/evaluate.hpp"

template int md::run<dp::Double>(md::Input const&, std::string const&, md::Communicator&);
template single_point::Result single_point::evaluate(dp_device::Space const&,
                                                     dp::DeepPotential<dp_device::Space, dp::Double>&,
                                                     examples::Structure const&, std::vector<int> const&);
