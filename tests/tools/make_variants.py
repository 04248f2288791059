#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""Make small random models, one option of the file format each, with references, for tests/data/variants.

Usage: make_variants.py OUTPUT_DIRECTORY [NAME ...]

Needs DeePMD-kit 3.2 with its PyTorch and TensorFlow backends: pip install 'deepmd-kit[cpu,torch]'. What
PyTorch evaluated is checked against the numpy implementation, energies alone. Each NAME.dp comes with
NAME.reference.json: {name, rcut, sel, reference, frames: [{pbc, box, coord, type, fparam?, aparam?, energy,
force, virial, atom_energy, atom_virial}]}, eV and Angstrom, with the atomic virial booked on the neighbour
and stored as (gradient direction, bond direction), row major.
"""

import copy
import json
import os
import sys
import tempfile
import zlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from deepmd.dpmodel.descriptor.se_e2_a import DescrptSeA
from deepmd.dpmodel.descriptor.se_r import DescrptSeR
from deepmd.dpmodel.fitting.ener_fitting import EnergyFittingNet
from deepmd.dpmodel.model.ener_model import EnergyModel
from deepmd.dpmodel.utils.network import EmbeddingNet
from deepmd.dpmodel.utils.serialization import load_dp_model, save_dp_model

OUTPUTS = ("energy", "force", "virial", "atom_energy", "atom_virial")


def model_tree(seed, types=2, radial=False, descriptor=None, fitting=None, model=None, zero_davg=False):
    """A complete random model as the tree that a .dp file holds."""
    rng = np.random.default_rng(seed)
    type_map = ["O", "H", "C", "N"][:types]
    options = dict(
        rcut=5.0,
        rcut_smth=0.75,
        sel=[20] * types,
        neuron=[4, 8, 16],
        type_one_side=radial,
        seed=seed,
        type_map=type_map,
    )
    options |= {} if radial else {"axis_neuron": 4}
    options |= descriptor or {}
    d = (DescrptSeR if radial else DescrptSeA)(**options)
    shape = d.davg.shape
    d.davg = np.zeros(shape, d.davg.dtype)
    d.dstd = np.ones(shape, d.dstd.dtype)
    for t in range(types):
        d.davg[t, :, 0] = 0.0 if zero_davg else rng.uniform(0.03, 0.12)
        d.dstd[t, :, 0] = rng.uniform(0.1, 0.16)
        d.dstd[t, :, 1:] = rng.uniform(0.08, 0.12)
    options = dict(
        ntypes=types, dim_descrpt=d.get_dim_out(), neuron=[10, 10, 10], seed=seed + 1, type_map=type_map
    )
    options |= fitting or {}
    f = EnergyFittingNet(**options)
    f.bias_atom_e = rng.uniform(-9.0, -3.0, (types, 1))
    for name in ("fparam", "aparam"):
        if getattr(f, f"{name}_avg") is not None:
            n = len(getattr(f, f"{name}_avg"))
            setattr(f, f"{name}_avg", rng.normal(size=n))
            setattr(f, f"{name}_inv_std", rng.uniform(0.5, 2.0, n))
    if f.case_embd is not None:
        f.case_embd = rng.normal(size=len(f.case_embd))
    tree = {
        "@class": "Model",
        "type": "standard",
        "@version": 2,
        "type_map": type_map,
        "atom_exclude_types": [],
        "pair_exclude_types": [],
        "rcond": None,
        "preset_out_bias": None,
        "descriptor": d.serialize(),
        "fitting": f.serialize(),
        "@variables": {"out_bias": np.zeros((1, types, 1)), "out_std": np.ones((1, types, 1))},
    }
    return tree | (model or {})


def frames(seed, types, atoms=16, edge=7.2, spacing=1.3, fparam=0, aparam=0):
    """A periodic triclinic structure and the same atoms without periodicity but displaced."""
    rng = np.random.default_rng(seed)
    box = np.diag(rng.uniform(0.97, 1.05, 3) * edge) + np.tril(rng.uniform(-0.12, 0.12, (3, 3)) * edge, -1)
    shifts = np.array(list(np.ndindex(3, 3, 3))) - 1
    x = np.zeros((0, 3))
    while len(x) < atoms:
        trial = rng.uniform(size=3)
        images = (x[:, None, :] + shifts - trial).reshape(-1, 3) @ box
        if len(x) == 0 or np.linalg.norm(images, axis=1).min() > spacing:
            x = np.vstack([x, trial])
    x = x @ box
    kind = np.resize(np.arange(types), atoms)
    rng.shuffle(kind)
    result = []
    for pbc in (True, False):
        frame = {"pbc": pbc, "box": box, "coord": x, "type": kind}
        frame |= {"fparam": rng.normal(size=fparam)} if fparam else {}
        frame |= {"aparam": rng.normal(size=(atoms, aparam))} if aparam else {}
        result.append(frame)
        x = x + rng.uniform(-0.15, 0.15, x.shape)
    return result


def sparse_frames():
    """A single atom, pairs inside, across and beyond the cutoff, and a trimer, none of them periodic."""
    sets = (
        [[0, 0, 0]],
        [[0, 0, 0], [0.9, 0, 0]],
        [[0, 0, 0], [0, 4.999, 0]],
        [[0, 0, 0], [0, 0, 5.2]],
        [[1, 1, 1], [2.1, 1, 1], [1, 2, 1.3]],
    )
    return [
        {"pbc": False, "box": 50.0 * np.eye(3), "coord": np.array(x, float), "type": np.arange(len(x)) % 2}
        for x in sets
    ]


def inputs(frame):
    box = frame["box"].reshape(1, 9) if frame["pbc"] else None
    extra = {k: frame[k][None] for k in ("fparam", "aparam") if k in frame}
    return frame["coord"][None], frame["type"][None], box, extra


def evaluate_numpy(tree, frame):
    coord, kind, box, extra = inputs(frame)
    return EnergyModel.deserialize(copy.deepcopy(tree))(coord, kind, box=box, **extra)["atom_energy"].ravel()


def evaluate_torch(tree, frame):
    import torch
    from deepmd.pt.model.model import BaseModel

    coord, kind, box, extra = inputs(frame)
    name = {"linear": "linear_ener", "standard": "ener"}.get(tree["type"], tree["type"])
    model = BaseModel.get_class_by_type(name).deserialize(copy.deepcopy(tree))
    out = model(
        torch.tensor(coord).requires_grad_(),
        torch.tensor(kind),
        do_atomic_virial=True,
        box=None if box is None else torch.tensor(box),
        **{k: torch.tensor(v) for k, v in extra.items()},
    )
    return {k: out[k].detach().numpy().astype(float)[0] for k in OUTPUTS}


def evaluate_tensorflow(path, frame):
    from deepmd.entrypoints.convert_backend import convert_backend
    from deepmd.infer import DeepPot

    with tempfile.TemporaryDirectory() as folder:
        frozen = os.path.join(folder, "model.pb")
        convert_backend(INPUT=path, OUTPUT=frozen)
        coord, kind, box, extra = inputs(frame)
        return {
            k: v[0] for k, v in zip(OUTPUTS, DeepPot(frozen).eval(coord, box, kind[0], atomic=True, **extra))
        }


def every_layer(tree):
    networks = tree["descriptor"]["embeddings"]["networks"] + tree["fitting"]["nets"]["networks"]
    return [layer for network in networks for layer in network["layers"]]


def without_embedding_bias(tree):
    for network in tree["descriptor"]["embeddings"]["networks"]:
        network["bias"] = False
        for layer in network["layers"]:
            layer["bias"] = False
            layer["@variables"]["b"] = None


def without_some_skips(tree):
    """Clear `resnet` where the widths would allow a skip: the flag decides, not the widths alone."""
    for network in tree["descriptor"]["embeddings"]["networks"]:
        network["layers"][1]["resnet"] = False
    tree["fitting"]["nets"]["networks"][0]["layers"][2]["resnet"] = False


def as_first_versions(tree):
    """The keys and versions of the oldest files, with biases as rows."""
    tree["descriptor"]["@version"] = 1
    tree["fitting"]["@version"] = 1
    for key in ("type_map", "env_protection"):
        tree["descriptor"].pop(key)
    tree["descriptor"]["env_mat"] = {k: tree["descriptor"]["env_mat"][k] for k in ("rcut", "rcut_smth")}
    for key in ("type_map", "dim_case_embd", "default_fparam"):
        tree["fitting"].pop(key)
    tree["fitting"]["@variables"].pop("case_embd")
    for network in tree["descriptor"]["embeddings"]["networks"]:
        network["@version"] = 1
        network.pop("bias")
    for layer in every_layer(tree):
        layer["@version"] = 1
        layer.pop("trainable")
        for name in ("b", "idt"):
            if layer["@variables"][name] is not None:
                layer["@variables"][name] = layer["@variables"][name].reshape(1, -1)


def with_alias_names(tree):
    """Spellings that mean the same: precisions, activations, the descriptor's other name."""
    tree["descriptor"]["type"] = "se_a"
    tree["fitting"]["precision"] = "default"
    tree["descriptor"]["precision"] = "double"
    for layer in every_layer(tree):
        layer["activation_function"] = {"tanh": "Tanh", "none": "Linear"}[layer["activation_function"]]


def biases(tree):
    tree["@variables"]["out_bias"] = np.array([[[0.75], [-1.5]]])


def two_sided_nets(tree):
    """Only TensorFlow evaluates a two-sided se_e2_r; the other implementations refuse it."""
    descriptor = tree["descriptor"]
    descriptor["type_one_side"] = False
    nets = [EmbeddingNet(1, descriptor["neuron"], seed=900 + k) for k in range(4)]
    for center, neighbour in descriptor["exclude_types"]:
        nets[center + 2 * neighbour].clear()
        nets[neighbour + 2 * center].clear()
    descriptor["embeddings"] |= {"ndim": 2, "networks": [net.serialize() for net in nets]}


def activation(name):
    return {"descriptor": {"activation_function": name}, "fitting": {"activation_function": name}}


def variants():
    """The models by name: arguments of model_tree, and `change` (made to the tree), `places` (arguments of
    frames, or the frames) and `backend` (the origin that the file states; TensorFlow also gives the reference
    then, otherwise PyTorch does).
    """
    table = {
        f"activation_{n.replace(':', '_').replace('.', 'p')}": activation(n)
        for n in (
            "relu",
            "softplus",
            "sigmoid",
            "silu",
            "silut",
            "silut:3.0",
            "silut:10",
            "custom_silu:1.5",
            "linear",
            "gelu",
            "gelu_tf",
        )
    }
    exclude = {"type_one_side": True, "exclude_types": [[0, 1]]}
    return table | {
        "activations_differ": {
            "descriptor": {"activation_function": "silu"},
            "fitting": {"activation_function": "softplus"},
        },
        "alias_names": {"change": with_alias_names},
        "atom_ener": {"fitting": {"atom_ener": [None, -0.5]}},
        "atom_ener_short": {"types": 3, "fitting": {"atom_ener": [None, -0.5]}},
        "atom_exclude": {"model": {"atom_exclude_types": [0]}},
        "bias_free": {"change": without_embedding_bias},
        "biases": {"change": biases},
        "case_embedding": {"fitting": {"dim_case_embd": 3}},
        "cutoff_from_zero": {"descriptor": {"rcut_smth": 0.0}},
        "default_fparam": {"fitting": {"numb_fparam": 2, "default_fparam": [0.3, -0.7]}},
        "embedding_one_layer": {"descriptor": {"neuron": [6]}},
        "env_protection": {"descriptor": {"env_protection": 0.1}},
        "fitting_doubling": {
            "descriptor": {"neuron": [4, 8], "axis_neuron": 2},
            "fitting": {"neuron": [32, 32, 64], "resnet_dt": True},
        },
        "fitting_equal_input": {
            "descriptor": {"neuron": [4, 8], "axis_neuron": 2},
            "fitting": {"neuron": [16, 16, 8], "resnet_dt": False},
        },
        "fitting_mixed_types": {"types": 3, "fitting": {"mixed_types": True}},
        "fparam2_aparam3": {
            "fitting": {"numb_fparam": 2, "numb_aparam": 3},
            "places": {"fparam": 2, "aparam": 3},
        },
        "no_skip_flags": {"change": without_some_skips},
        "old_versions": {"fitting": {"resnet_dt": True}, "change": as_first_versions},
        # With a non-zero davg the two origins treat the empty places of an excluded type differently.
        "one_sided_exclude_pytorch": {"descriptor": exclude, "backend": "PyTorch"},
        "one_sided_exclude_tensorflow": {"descriptor": exclude, "backend": "TensorFlow"},
        "one_sided_exclude_davg_zero": {
            "zero_davg": True,
            "descriptor": exclude | {"exclude_types": [[0, 1], [1, 1]]},
        },
        "one_type": {"types": 1, "descriptor": {"sel": [60]}},
        "pair_exclude": {"model": {"pair_exclude_types": [[0, 1]]}},
        "float32_nets": {
            "descriptor": {"precision": "float32"},
            "fitting": {"precision": "float32"},
        },
        "float32_descriptor": {"descriptor": {"precision": "float32"}},
        "radial_env_protection": {"radial": True, "descriptor": {"env_protection": 0.1}},
        "radial_exclude_pytorch": {"radial": True, "descriptor": exclude, "backend": "PyTorch"},
        "radial_exclude_tensorflow": {"radial": True, "descriptor": exclude, "backend": "TensorFlow"},
        "radial_resnet_dt": {"radial": True, "descriptor": {"resnet_dt": True, "neuron": [8, 8, 16]}},
        "radial_two_sided": {"radial": True, "change": two_sided_nets, "backend": "TensorFlow"},
        "radial_two_sided_exclude": {
            "radial": True,
            "descriptor": {"exclude_types": [[0, 1]]},
            "change": two_sided_nets,
            "backend": "TensorFlow",
        },
        "sel_zero": {"types": 3, "descriptor": {"sel": [20, 0, 20]}},
        "small_box": {"descriptor": {"sel": [70, 70]}, "places": {"atoms": 3, "edge": 3.4, "spacing": 1.4}},
        "sparse": {"places": sparse_frames()},
        "two_sided_exclude_three_types": {"types": 3, "descriptor": {"exclude_types": [[0, 0], [1, 2]]}},
        "use_aparam_as_mask": {
            "fitting": {"numb_aparam": 1, "use_aparam_as_mask": True},
            "places": {"aparam": 1},
        },
    }


def write(folder, name, seed, change=None, places=None, backend="dpmodel", **options):
    tree = model_tree(seed, **options)
    if change:
        change(tree)
    if not isinstance(places, list):
        places = frames(seed, options.get("types", 2), **(places or {}))
    head = {"name": name, "rcut": tree["descriptor"]["rcut"], "sel": tree["descriptor"]["sel"]}
    write_tree(folder, head, tree, places, backend)


def write_tree(folder, head, tree, places, backend="dpmodel", finish=None):
    """The files of one model; `finish` changes what is written after its references have been evaluated."""
    name = head["name"]
    path = os.path.join(folder, f"{name}.dp")
    save_dp_model(
        path, {"model": tree, "backend": backend, "model_def_script": {"type_map": tree["type_map"]}}
    )
    tree = load_dp_model(path)["model"]
    tensorflow = backend == "TensorFlow"
    difference = 0.0
    for frame in places:
        result = evaluate_tensorflow(path, frame) if tensorflow else evaluate_torch(tree, frame)
        if not tensorflow and tree["type"] == "standard":  # numpy's sums lack the biases of their members
            difference = max(
                difference, abs(evaluate_numpy(tree, frame) - result["atom_energy"].ravel()).max()
            )
        n = len(frame["type"])
        shapes = ((), (n, 3), (3, 3), (n,), (n, 9))
        frame |= {k: np.reshape(result[k], s) for k, s in zip(OUTPUTS, shapes)}
    head |= {"reference": "TensorFlow" if tensorflow else "PyTorch"}
    if finish:
        finish(tree)
        save_dp_model(path, {"model": tree, "backend": backend})
    lines = [json.dumps({k: np.asarray(v).tolist() for k, v in frame.items()}) for frame in places]
    with open(os.path.join(folder, f"{name}.reference.json"), "w") as out:
        out.write(json.dumps(head)[:-1] + ', "frames": [\n' + ",\n".join(lines) + "\n]}\n")
    largest = max(abs(frame["force"]).max() for frame in places)
    print(f"{name:32s} numpy differs by {difference:.1e} eV, largest force {largest:.3f} eV/A", flush=True)


def main():
    folder, wanted = sys.argv[1], sys.argv[2:]
    os.makedirs(folder, exist_ok=True)
    for name, entry in variants().items():
        if not wanted or name in wanted:
            write(folder, name, zlib.crc32(name.encode()) % 100000, **entry)


if __name__ == "__main__":
    main()
