// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

// The kernels of dp-statics.

#include "device/library.hpp"
#include "statics/properties.hpp"

template class statics::Properties<dp_device::Space>;
