# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""Deep Potential models, evaluated by dp: `DeepPot("graph.pb").eval(coords, cells, types)`; for ASE: dp_kokkos.ase."""

from ._library import library
from .model import DeepPot, DPError, calc_model_devi

__version__ = library.dp_version().decode()
execution_space = library.dp_execution_space().decode()
"""The execution space of Kokkos that evaluates."""

__all__ = ["DPError", "DeepPot", "calc_model_devi", "execution_space"]
