#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""Make small random models of dipoles, polarisabilities, densities of states and properties, with references,
for tests/data/tensors.

Usage: make_tensors.py OUTPUT_DIRECTORY [NAME ...]

As make_variants.py, which see.
"""

import copy
import json
import os
import sys
import zlib

import numpy as np
import torch
from deepmd.dpmodel.fitting.dipole_fitting import DipoleFitting
from deepmd.dpmodel.fitting.dos_fitting import DOSFittingNet
from deepmd.dpmodel.fitting.polarizability_fitting import PolarFitting
from deepmd.dpmodel.fitting.property_fitting import PropertyFittingNet
from deepmd.dpmodel.model.base_model import BaseModel as NumpyModel
from deepmd.dpmodel.utils.serialization import load_dp_model, save_dp_model
from deepmd.pt.model.model import BaseModel as TorchModel
from make_kinds import descriptor
from make_variants import frames, inputs

FITTINGS = {"dipole": DipoleFitting, "polar": PolarFitting, "dos": DOSFittingNet, "property": PropertyFittingNet}


def model_tree(seed, kind, d, types=2, fitting=None, components=None, model=None):
    """A complete random model as the tree that a .dp file holds."""
    rng = np.random.default_rng(seed)
    type_map = ["O", "H", "C", "N"][:types]
    small = dict(neuron=[4, 8]) | (dict(axis_neuron=2) if d["kind"] != "ser" else {})
    small |= dict(tebd_dim=2) if d["kind"] in ("dpa1", "v2") else {}
    made = descriptor(seed=seed, types=types, **((small if d["kind"] != "hybrid" else {}) | d))
    options = dict(ntypes=types, dim_descrpt=made.get_dim_out(), neuron=[8, 8], seed=seed + 1)
    options |= dict(type_map=type_map, mixed_types=made.mixed_types())
    if kind in ("dipole", "polar"):
        options["embedding_width"] = made.get_dim_emb()
        components = {"dipole": 3, "polar": 9}[kind]
    else:
        options[{"dos": "numb_dos", "property": "task_dim"}[kind]] = components
    f = FITTINGS[kind](**(options | (fitting or {})))
    f.bias_atom_e = rng.normal(size=f.bias_atom_e.shape)
    if kind == "polar":
        f.scale = rng.uniform(0.5, 2.0, np.shape(f.scale))
        f.constant_matrix = rng.normal(size=np.shape(f.constant_matrix))
    if f.fparam_avg is not None:
        f.fparam_avg, f.fparam_inv_std = rng.normal(size=f.numb_fparam), rng.uniform(0.5, 2.0, f.numb_fparam)
    return {
        "@class": "Model",
        "type": "standard",
        "@version": 2,
        "type_map": type_map,
        "atom_exclude_types": [],
        "pair_exclude_types": [],
        "rcond": None,
        "preset_out_bias": None,
        "descriptor": made.serialize(),
        "fitting": f.serialize(),
        "@variables": {
            "out_bias": rng.normal(size=(1, types, components)),
            "out_std": rng.uniform(0.5, 2.0, (1, types, components)),
        },
    } | (model or {})


def models():
    """The models by name: arguments of model_tree, and `places` (arguments of frames)."""

    def dpa1(**options):
        return {"kind": "dpa1"} | options

    sea = {"kind": "sea"}
    hybrid = {
        "kind": "hybrid",
        "members": [
            {"kind": "sea", "neuron": [3], "axis_neuron": 2, "rcut": 4.0},
            {"kind": "dpa1", "neuron": [4], "axis_neuron": 2, "tebd_dim": 2, "attn": 3, "attn_layer": 1},
        ],
    }
    return {
        "dipole_hybrid": {"kind": "dipole", "d": hybrid}
        | {"fitting": {"numb_fparam": 1, "neuron": []}, "places": {"fparam": 1}}
        | {"model": {"atom_exclude_types": [1]}},
        "dipole_one_sided": {"kind": "dipole", "d": sea | {"type_one_side": True}, "fitting": {"neuron": [8, 16]}},
        "polar_diagonal": {"kind": "polar", "d": sea, "fitting": {"shift_diag": True}},
        "polar_full": {"kind": "polar", "d": dpa1(), "fitting": {"fit_diag": False}},
        "dos_radial": {"kind": "dos", "d": {"kind": "ser"}, "components": 5},
        "property_extensive": {"kind": "property", "d": {"kind": "ser"}, "components": 2}
        | {"fitting": {"intensive": False, "distinguish_types": False, "property_name": "volume"}},
        "property_intensive": {"kind": "property", "d": dpa1(), "components": 1}
        | {"types": 3, "fitting": {"intensive": True, "property_name": "gap"}}
        | {"model": {"atom_exclude_types": [2]}},
        # As TensorFlow's graphs.
        "dipole_graph": {"kind": "dipole", "d": sea, "fitting": {"exclude_types": [1], "neuron": [8]}}
        | {"backend": "TensorFlow", "model": {"atom_exclude_types": [1]}},
        "polar_graph": {"kind": "polar", "d": sea, "types": 1, "backend": "TensorFlow"}
        | {"fitting": {"fit_diag": False, "shift_diag": False, "neuron": [8]}},
    }


def evaluate(tree, frame):
    """By the numpy backend, whose polarisabilities are shifted by constant_matrix, too; derivatives by PyTorch."""
    coord, kind, box, extra = inputs(frame)
    result = NumpyModel.deserialize(copy.deepcopy(tree)).call_common(coord, kind, box=box, **extra)
    (name,) = (k[:-5] for k in result if k.endswith("_redu") and not k.endswith("derv_c_redu"))
    n = len(frame["type"])
    out = {"out": result[f"{name}_redu"].ravel(), "atom_out": result[name].reshape(n, -1)}
    if name != "dipole":
        return out
    result = TorchModel.deserialize(tree).forward_common(
        torch.tensor(coord).requires_grad_(),
        torch.tensor(kind),
        box=None if box is None else torch.tensor(box),
        **{k: torch.tensor(v) for k, v in extra.items()},
    )
    out["force"] = result["dipole_derv_r"].detach().numpy().reshape(n, 3, 3).transpose(1, 0, 2)
    out["virial"] = result["dipole_derv_c_redu"].detach().numpy().reshape(3, 9)
    return out


def graph_of(path, frozen, output):
    """Convert a model to TensorFlow's graph, no larger than `output` needs."""
    from deepmd.entrypoints.convert_backend import convert_backend
    from tensorflow.core.framework import graph_pb2

    convert_backend(INPUT=path, OUTPUT=frozen)
    graph, part = graph_pb2.GraphDef(), graph_pb2.GraphDef()
    with open(frozen, "rb") as file:
        graph.ParseFromString(file.read())
    inputs = {node.name: [name.split(":")[0].lstrip("^") for name in node.input] for node in graph.node}
    kept, rest = set(), [output] + [name for name in inputs if name.startswith("model_attr/")]
    while rest:
        name = rest.pop()
        if name not in kept:
            kept.add(name)
            rest += inputs[name]
    for node in graph.node:
        if node.name in kept:
            part.node.add().CopyFrom(node)
            for attribute in ("_output_shapes", "_class"):
                part.node[-1].attr.pop(attribute, None)
    return part.SerializeToString()


def evaluate_graph(frozen, kind, frame):
    from deepmd.infer.deep_dipole import DeepDipole
    from deepmd.infer.deep_polar import DeepPolar

    coord, types, box, _ = inputs(frame)
    model = {"dipole": DeepDipole, "polar": DeepPolar}[kind](frozen)
    out, force, virial, atom_out, _ = model.eval_full(coord, box, types[0], atomic=True)
    n = len(frame["type"])
    result = {"out": out.ravel(), "atom_out": atom_out.reshape(n, -1)}
    if kind == "dipole":
        result |= {"force": force.reshape(-1, n, 3), "virial": virial.reshape(-1, 9)}
    return result


def main():
    folder, wanted = sys.argv[1], sys.argv[2:]
    os.makedirs(folder, exist_ok=True)
    for name, entry in models().items():
        if wanted and name not in wanted:
            continue
        seed = zlib.crc32(name.encode()) % 100000
        places = {"atoms": 9, "edge": 6.2} | entry.pop("places", {})
        path = os.path.join(folder, f"{name}.dp")
        backend = entry.pop("backend", "numpy and PyTorch")
        tree = model_tree(seed, **entry)
        save_dp_model(path, {"model": tree, "model_def_script": {"type_map": tree["type_map"]}})
        lines = []
        frozen = os.path.join(folder, f"{name}.pb")
        graph = graph_of(path, frozen, f"o_{entry['kind']}") if backend == "TensorFlow" else None
        for frame in frames(seed, len(tree["type_map"]), **places)[: 2 if entry["kind"] == "dipole" else 1]:
            frame |= (
                evaluate_graph(frozen, entry["kind"], frame)
                if graph
                else evaluate(load_dp_model(path)["model"], frame)
            )
            lines.append(json.dumps({k: np.asarray(v).tolist() for k, v in frame.items()}))
        with open(os.path.join(folder, f"{name}.reference.json"), "w") as out:
            head = {"name": name, "reference": backend}
            out.write(json.dumps(head)[:-1] + ', "frames": [\n' + ",\n".join(lines) + "\n]}\n")
        if graph:
            os.remove(path)
            with open(frozen, "wb") as file:
                file.write(graph)
        print(name, json.loads(lines[0])["out"], flush=True)


if __name__ == "__main__":
    main()
