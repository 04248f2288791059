// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <dp/model/model.hpp>

namespace dp {

/// Throws dp::Error unless the model can be evaluated: see Model::check().
inline void validate(Model const& model) { model.check(); }

}  // namespace dp
