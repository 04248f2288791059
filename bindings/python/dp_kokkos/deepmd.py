# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""DeePMD-kit's own classes and `dp test` with dp in the place of its backends, where DP_KOKKOS=yes is in the environment.

DeePMD-kit finds this module by the entry point `deepmd.backend`.
"""

import os
import warnings

import numpy as np
from deepmd.backend.backend import Backend
from deepmd.infer.deep_eval import DeepEvalBackend

from .model import DeepPot


class Evaluation(DeepEvalBackend):
    """What DeePMD-kit asks of a backend that evaluates."""

    def __init__(self, model_file, output_def, *args, auto_batch_size=True, neighbor_list=None, **kwargs):
        if neighbor_list is not None:
            raise NotImplementedError("dp_kokkos: neighbor_list is not supported; neighbours are found by dp itself")
        self.output_def = output_def
        self.dp = DeepPot(model_file)

    def eval(self, coords, cells, atom_types, atomic=False, fparam=None, aparam=None, **kwargs):
        """Results by the names that DeePMD-kit has for them."""
        types = np.asarray(atom_types)
        n = types.shape[-1]
        names = ["energy_redu", "energy_derv_r", "energy_derv_c_redu", "energy", "energy_derv_c"]
        shapes = [(1,), (n, 1, 3), (1, 9), (n, 1), (n, 1, 9)]
        said = self.dp.eval(coords, cells, types, atomic, fparam, aparam, mixed_type=types.ndim > 1)
        results = {name: value.reshape(-1, *shape) for name, value, shape in zip(names, said, shapes)}
        if atomic:
            results["mask"] = np.broadcast_to(types >= 0, (len(said[0]), n)).astype(np.int32)
        return results

    def get_rcut(self):
        return self.dp.get_rcut()

    def get_ntypes(self):
        return self.dp.get_ntypes()

    def get_type_map(self):
        return self.dp.get_type_map()

    def get_dim_fparam(self):
        return self.dp.get_dim_fparam()

    def get_dim_aparam(self):
        return self.dp.get_dim_aparam()

    def has_default_fparam(self):
        return self.dp.has_default_fparam()

    def get_sel_type(self):
        return []

    def get_ntypes_spin(self):
        return 0

    def get_model(self):
        return self.dp

    @property
    def model_type(self):
        from deepmd.infer.deep_pot import DeepPot as EnergyModel

        return EnergyModel


@Backend.register("dp_kokkos")
class KokkosBackend(Backend):
    """Takes every file that DeePMD-kit would give to another backend, if it is told to."""

    name = "dp_kokkos"
    features = Backend.Feature.DEEP_EVAL
    suffixes = [".pb", ".pbtxt", ".pth", ".dp", ".yaml", ".yml", ".pt2", ".pte"]

    @classmethod
    def match_filename(cls, filename):
        word = os.environ.get("DP_KOKKOS", "no").lower()
        if word not in ("yes", "true", "on", "1", "no", "false", "off", "0", ""):
            raise ValueError(f"DP_KOKKOS: expected yes or no, found {word}")
        if word in ("no", "false", "off", "0", ""):
            return 0
        matched = super().match_filename(filename)
        if not matched:
            warnings.warn(f"dp_kokkos: {filename}: expected {' '.join(cls.suffixes)}; DeePMD-kit's own backend computes")
        return 1000 * matched

    def is_available(self):
        return True

    @property
    def deep_eval(self):
        return Evaluation

    def _missing(self):
        raise NotImplementedError("dp_kokkos evaluates models, and neither trains nor converts them")

    entry_point_hook = neighbor_stat = serialize_hook = deserialize_hook = property(_missing)
