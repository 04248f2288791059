# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""Deep Potential models, evaluated by dp: `DeepPot("graph.pb").eval(coords, cells, types)`; for ASE: dp_kokkos.ase."""

from ._library import library
from .model import DeepPot, DPError, calc_model_devi

__all__ = ["DPError", "DeepPot", "calc_model_devi", "execution_space"]


def __getattr__(name):
    """`__version__` of the library, and `execution_space`, that of Kokkos which evaluates."""
    if name == "__version__":
        return library.dp_version().decode()
    if name == "execution_space":
        return library.dp_execution_space().decode()
    raise AttributeError(f"module {__name__} has no attribute {name}")
