#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""Make water models of random weights and usual sizes for compare_deepmd.py --model, with DeePMD-kit's Python.

Their atoms collide before long: let time steps be short (--timestep 0.01).

Usage: water_models.py OUTPUT_DIRECTORY [NAME ...]

hybrid: se_e2_a to 6 Angstrom and se_e3 to 4; hybrid_long: both to 6; attention: DPA-1 of two layers.
"""

import os
import sys
from pathlib import Path

from deepmd.dpmodel.utils.serialization import save_dp_model

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests/tools"))
from make_kinds import model_tree

FITTING = {"neuron": [240, 240, 240], "resnet_dt": True}
PAIRS = {"rcut": 6.0, "rcut_smth": 0.5, "sel": [46, 92], "neuron": [25, 50, 100], "axis_neuron": 16} | {
    "type_one_side": True,
}
ANGLES = {"rcut": 4.0, "rcut_smth": 0.5, "sel": [20, 40], "neuron": [2, 4, 8]}
ATTENTION = {"rcut": 6.0, "rcut_smth": 0.5, "sel": 120, "neuron": [25, 50, 100], "axis_neuron": 16} | {
    "tebd_dim": 8,
    "attn": 128,
    "attn_layer": 2,
    "smooth_type_embedding": False,  # which alone is the same in TensorFlow
    "zero_davg": True,
}


def hybrid(**angles):
    members = ({"kind": "sea"} | PAIRS, {"kind": "set"} | ANGLES | angles)
    script = [{"type": {"sea": "se_e2_a", "set": "se_e3"}[m["kind"]]} | m for m in members]
    return {"kind": "hybrid", "members": members}, {"type": "hybrid", "list": script}


MODELS = {
    "hybrid": hybrid(),
    "hybrid_long": hybrid(rcut=6.0, sel=[46, 92]),
    "attention": ({"kind": "dpa1"} | ATTENTION, {"type": "se_atten"} | ATTENTION),
}


def without_ours(script):
    """What DeePMD-kit has no key for."""
    members = [without_ours(member) for member in script.get("list", [])]
    kept = {key: value for key, value in script.items() if key not in ("kind", "zero_davg", "list")}
    return kept | ({"list": members} if members else {})


def main():
    folder, wanted = sys.argv[1], sys.argv[2:] or MODELS
    os.makedirs(folder, exist_ok=True)
    for name in wanted:
        descriptor, script = MODELS[name]
        model = model_tree(1, d=descriptor, fitting=FITTING)
        model["@variables"]["out_bias"][:] = 0.0  # which `dp compress` forgets
        save_dp_model(
            os.path.join(folder, f"{name}.dp"),
            {
                "model": model,
                "backend": "dpmodel",
                # Of use to `dp compress`, as the nearest distance is.
                "model_def_script": {
                    "type_map": ["O", "H"],
                    "descriptor": without_ours(script),
                    "fitting_net": FITTING,
                },
                "@variables": {"min_nbor_dist": 0.8},
            },
        )


if __name__ == "__main__":
    main()
