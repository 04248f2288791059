# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""libdp_c (dp_c.h) for Python: ctypes releases the interpreter's lock while a function runs."""

import ctypes
import os
import pathlib

import numpy as np


class DPError(RuntimeError):
    """What the library refuses; the message names what, where, and what was expected."""


def _find():
    """The library that DP_LIBRARY names, that of this package, or that of the system."""
    named = os.environ.get("DP_LIBRARY")
    if named:
        return named
    here = pathlib.Path(__file__).parent
    return str(next(iter(sorted(here.glob("libdp_c.so*"))), "libdp_c.so"))


_handle, _text, _int = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
_array = ctypes.c_void_p  # of numbers, or None
_FUNCTIONS = {
    "dp_error_text": (_text, []),
    "dp_version": (_text, []),
    "dp_execution_space": (_text, []),
    "dp_open": (_int, [_text, _text, ctypes.POINTER(_handle)]),
    "dp_close": (None, [_handle]),
    "dp_cutoff": (ctypes.c_double, [_handle]),
    "dp_types": (_int, [_handle]),
    "dp_type_name": (_text, [_handle, _int]),
    "dp_fparam": (_int, [_handle]),
    "dp_aparam": (_int, [_handle]),
    "dp_has_default_fparam": (_int, [_handle]),
    "dp_description": (_text, [_handle, _int]),
    "dp_dropped": (ctypes.c_int64, [_handle]),
    "dp_compute": (_int, [_handle, _int] + 11 * [_array]),
}


class _Library:
    """The functions of libdp_c, which is loaded at the first use: programs that only might need it import this too."""

    def __getattr__(self, name):
        loaded = ctypes.CDLL(_find())
        for function, (result, arguments) in _FUNCTIONS.items():
            found = getattr(loaded, function)
            found.restype, found.argtypes = result, arguments
            setattr(self, function, found)
        return object.__getattribute__(self, name)


library = _Library()


def check(status):
    """Raises DPError for a status that is not success."""
    if status != 0:
        raise DPError(library.dp_error_text().decode())


def _fits(found, expected):
    """Whether arrays of these shapes have the same numbers in the same order, axes made one or of length 1 apart."""
    if 0 in expected:
        return 0 in found
    expected = [n for n in expected if n != 1]
    for n in found:
        size = 1
        while size < n and expected:
            size *= expected.pop(0)
        if size != n:
            return False
    return not expected


def numbers(values, name, shape, dtype=np.float64):
    """An array that the library can read: contiguous, of this shape; not copied where it is already."""
    try:
        array = np.ascontiguousarray(values, dtype=dtype)
    except (TypeError, ValueError) as error:
        raise DPError(f"{name}: expected {' x '.join(map(str, shape))} numbers: {error}") from None
    if not _fits(array.shape, shape):
        raise DPError(f"{name}: expected {' x '.join(map(str, shape))} numbers, found an array of shape {array.shape}")
    return array.reshape(shape)


def integers(values, name):
    """An array of 32-bit integers that the library can read; other numbers are refused, and none is rounded."""
    try:
        given = np.asarray(values)
    except ValueError as error:
        raise DPError(f"{name}: expected integers of 32 bits: {error}") from None
    with np.errstate(invalid="ignore"):
        array = np.ascontiguousarray(given, dtype=np.int32) if given.dtype.kind in "biuf" else None
    wrong = given.ravel() if array is None else given.ravel()[array.ravel() != given.ravel()]
    if len(wrong) > 0:
        raise DPError(f"{name}: expected integers of 32 bits, found {wrong[0]}")
    return array


def pointer(array):
    """Where an array begins; None for None."""
    return None if array is None else array.ctypes.data
