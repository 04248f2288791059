#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""Make the models of tests/lammps/models.

Usage: make_models.py       (needs DeePMD-kit 3.2 and h5py)

two_sided_1.dp and two_sided_2.dp are tests/data/variants/two_sided.dp with all weights of its nets changed at random, for
the model deviation; fparam1.dp is a random model with one frame parameter.
"""

import json
import pathlib
import shutil
import sys

import h5py
import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tools"))
from make_variants import model_tree, save_dp_model  # noqa: E402


def weights(tree):
    """The paths of the weights and biases of all layers below `tree`."""
    if isinstance(tree, list):
        for item in tree:
            yield from weights(item)
    elif isinstance(tree, dict):
        for key, item in tree.items():
            if key == "layers":
                for layer in item:
                    yield from (path for path in layer["@variables"].values() if path is not None)
            else:
                yield from weights(item)


def perturb(model, output, seed, size=0.02):
    shutil.copyfile(model, output)
    rng = np.random.default_rng(seed)
    with h5py.File(output, "r+") as file:
        for path in weights(json.loads(file.attrs["json"])["model"]):
            data = file[path]
            data[...] = data[...] * (1.0 + size * rng.standard_normal(data.shape))


def main():
    folder = HERE / "models"
    folder.mkdir(exist_ok=True)
    for seed in (1, 2):
        perturb(HERE.parent / "data/variants/two_sided.dp", folder / f"two_sided_{seed}.dp", seed)
    tree = model_tree(11, fitting={"numb_fparam": 1})
    root = {"model": tree, "backend": "PyTorch", "model_def_script": {"type_map": tree["type_map"]}}
    save_dp_model(str(folder / "fparam1.dp"), root)


if __name__ == "__main__":
    main()
