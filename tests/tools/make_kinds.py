#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""Make small random models with type embedding, hybrid ones and sums with tables of pair energies, with references,
for tests/data/kinds.

Usage: make_kinds.py OUTPUT_DIRECTORY [NAME ...]

As make_variants.py, which see.
"""

import io
import os
import sys
import tempfile
import zipfile
import zlib

import numpy as np
from deepmd.dpmodel.descriptor.dpa1 import DescrptDPA1
from deepmd.dpmodel.descriptor.hybrid import DescrptHybrid
from deepmd.dpmodel.descriptor.se_atten_v2 import DescrptSeAttenV2
from deepmd.dpmodel.descriptor.se_e2_a import DescrptSeA
from deepmd.dpmodel.descriptor.se_r import DescrptSeR
from deepmd.dpmodel.descriptor.se_t import DescrptSeT
from deepmd.dpmodel.descriptor.se_t_tebd import DescrptSeTTebd
from deepmd.dpmodel.fitting.ener_fitting import EnergyFittingNet
from deepmd.utils.pair_tab import PairTab
from make_variants import frames, write_tree

KINDS = {"dpa1": DescrptDPA1, "v2": DescrptSeAttenV2, "sea": DescrptSeA, "ser": DescrptSeR}
ANGLES = {"set": DescrptSeT, "set_tebd": DescrptSeTTebd}


def with_statistics(d, rng, zero_davg):
    """Random statistics, constant over the slots of a centre."""
    owner = getattr(d, "se_atten", getattr(d, "se_ttebd", d))
    shape = owner.davg.shape if hasattr(owner, "davg") else owner.mean.shape
    mean, deviation = np.zeros(shape), np.ones(shape)
    for t in range(shape[0]):
        mean[t, :, 0] = 0.0 if zero_davg else rng.uniform(0.03, 0.12)
        deviation[t, :, 0] = rng.uniform(0.1, 0.16)
        deviation[t, :, 1:] = rng.uniform(0.08, 0.12)
    owner["davg"], owner["dstd"] = mean, deviation
    return d


def with_layer_norms(attention, rng):
    """Layers of attention whose normalisations have gains and shifts."""
    for layer in attention.attention_layers:
        norm = layer.attn_layer_norm
        norm.w = rng.uniform(0.6, 1.4, norm.w.shape)
        norm.b = rng.uniform(-0.3, 0.3, norm.b.shape)


def names_of(types):
    """Names of the types, of which a number may be given."""
    return ["O", "H", "C", "N"][:types] if isinstance(types, int) else list(types)


def descriptor(kind, seed, types, zero_davg=False, **options):
    """A random descriptor of a kind; `members`: those of a hybrid one."""
    type_map = names_of(types)
    types = len(type_map)
    if kind == "hybrid":
        return DescrptHybrid(
            list=[descriptor(seed=seed + k, types=type_map, **m) for k, m in enumerate(options["members"])]
        )
    if kind in ANGLES:
        default = dict(rcut=4.0, rcut_smth=0.6, neuron=[3, 6], seed=seed, type_map=type_map)
        default |= dict(sel=20, ntypes=types, tebd_dim=2) if kind == "set_tebd" else dict(sel=[12] * types)
        return with_statistics(ANGLES[kind](**(default | options)), np.random.default_rng(seed), zero_davg)
    typed = kind in ("dpa1", "v2")
    default = dict(rcut=5.0, rcut_smth=0.75, neuron=[4, 8, 16], seed=seed, type_map=type_map)
    default |= dict(sel=40, ntypes=types, attn_layer=0, tebd_dim=4) if typed else dict(sel=[20] * types)
    default |= {} if kind == "ser" else dict(axis_neuron=4)
    default |= dict(type_one_side=True) if kind == "ser" else {}
    d = KINDS[kind](**(default | options))
    if typed:
        with_layer_norms(d.se_atten.dpa1_attention, np.random.default_rng(seed + 1))
    return with_statistics(d, np.random.default_rng(seed), zero_davg)


def model_tree(seed, types=2, d=None, fitting=None, change=None, keys=None):
    """A complete random model as the tree that a .dp file holds, with these `keys`."""
    rng = np.random.default_rng(seed)
    type_map = names_of(types)
    types = len(type_map)
    made = descriptor(seed=seed, types=type_map, **d)
    if change:
        change(made)
    options = dict(
        ntypes=types,
        dim_descrpt=made.get_dim_out(),
        neuron=[10, 10, 10],
        seed=seed + 1,
        type_map=type_map,
        mixed_types=made.mixed_types(),
    )
    f = EnergyFittingNet(**(options | (fitting or {})))
    f.bias_atom_e = rng.uniform(-9.0, -3.0, (types, 1))
    for name in ("fparam", "aparam"):
        if getattr(f, f"{name}_avg") is not None:
            n = len(getattr(f, f"{name}_avg"))
            setattr(f, f"{name}_avg", rng.normal(size=n))
            setattr(f, f"{name}_inv_std", rng.uniform(0.5, 2.0, n))
    if f.case_embd is not None:
        f.case_embd = rng.normal(size=len(f.case_embd))
    parts = {"descriptor": made.serialize(), "fitting": f.serialize()}
    return any_model("standard", type_map, rng) | parts | (keys or {})


def any_model(kind, type_map, rng):
    """What models of all kinds have."""
    shape = (1, len(type_map), 1)
    return {
        "@class": "Model",
        "type": kind,
        "@version": 2,
        "type_map": type_map,
        "atom_exclude_types": [],
        "pair_exclude_types": [],
        "rcond": None,
        "preset_out_bias": None,
        "@variables": {"out_bias": rng.normal(size=shape), "out_std": np.ones(shape)},
    }


def table_tree(seed, types=2, rcut=5.0, sel=60, last=5.0, **options):
    """A table of screened repulsions, which are zero at its end."""
    rng = np.random.default_rng(seed)
    type_map = names_of(types)
    r = np.arange(0.1, last + 0.05, 0.1)
    columns = [r]
    for _ in range(len(type_map) * (len(type_map) + 1) // 2):
        strength, length = rng.uniform(20.0, 60.0), rng.uniform(0.5, 0.9)
        columns.append(strength / r * np.exp(-r / length) * np.maximum(1.0 - r / last, 0.0) ** 3)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        np.savetxt(file.name, np.transpose(columns), fmt="%.17g")
        tab = PairTab(file.name, rcut).serialize()
    return any_model("pairtab", type_map, rng) | {"tab": tab, "rcut": rcut, "sel": sel} | options


def sum_tree(seed, types=2, kind="linear", members=(), **options):
    """Several models: `tab` among the arguments of one makes it a table, `keys` are added to its tree."""
    rng = np.random.default_rng(seed)
    trees = []
    for k, member in enumerate(members):
        keys = member.get("keys", {})
        arguments = {"types": types} | {a: v for a, v in member.items() if a not in ("tab", "keys")}
        trees.append((table_tree if member.get("tab") else model_tree)(seed + k, **arguments) | keys)
    return any_model(kind, names_of(types), rng) | {"models": trees} | options


def compress(d):
    d.enable_compression(0.5, table_stride_1=0.05, table_stride_2=0.5)


def without_nets(tree):
    """Tables alone, as TensorFlow's compressed graphs have them."""
    tree["descriptor"]["embeddings"]["networks"] = [None]
    tree["descriptor"]["embeddings_strip"] = None


def write_archive(folder, name):
    """Puts NAME.pth in the place of NAME.dp, without its code, which no reader needs."""
    import torch
    from deepmd.dpmodel.utils.serialization import load_dp_model
    from deepmd.pt.model.model import BaseModel

    path = os.path.join(folder, name)
    tree = load_dp_model(f"{path}.dp")["model"]
    kind = {"linear": "linear_ener", "standard": "ener"}.get(tree["type"], tree["type"])
    model = BaseModel.get_class_by_type(kind).deserialize(tree)
    model.model_def_script = "{}"
    whole = io.BytesIO()
    torch.jit.save(torch.jit.script(model), whole)
    with zipfile.ZipFile(whole) as archive, zipfile.ZipFile(f"{path}.pth", "w") as short:
        for member in archive.infolist():
            if "/code/" not in member.filename:
                short.writestr(member, archive.read(member))
    os.remove(f"{path}.dp")


def models():
    """The models by name: arguments of model_tree, `places` (arguments of frames) and `finish` (of write_tree)."""

    def dpa1(**options):
        return {"d": {"kind": "dpa1"} | options}

    def v2(**options):
        return {"d": {"kind": "v2"} | options}

    def attention(layers, **options):
        small = dict(neuron=[4, 8], axis_neuron=2, tebd_dim=2, attn=6, attn_layer=layers)
        return dpa1(**(small | options)) | {"places": {"atoms": 10, "edge": 6.2}}

    def angles(**options):
        return {"d": {"kind": "set"} | options, "places": {"atoms": 10, "edge": 6.2}}

    def typed_angles(**options):
        return {"d": {"kind": "set_tebd"} | options, "places": {"atoms": 10, "edge": 6.2}}

    def zbl(nets, table, **options):
        switch = {"sw_rmin": 1.0, "sw_rmax": 2.0, "smin_alpha": 0.2, "weights": "mean"}
        return {"kind": "zbl", "members": [nets, table], "places": {"atoms": 12, "edge": 6.5}} | switch | options

    table = {"tab": True}
    small = dict(neuron=[4, 8], axis_neuron=2, tebd_dim=2, zero_davg=True)
    strip = {"tebd_input_mode": "strip"}
    excluded = {"exclude_types": [[0, 1]]}
    return {
        "attention_concat_davg": attention(2, smooth_type_embedding=False, **excluded),
        "attention_strip_smooth": attention(
            2, type_one_side=True, attn_dotr=False, scaling_factor=0.3, **strip, **excluded
        )
        | {"types": 3},
        "attention_plain_overflow": attention(
            3, normalize=False, temperature=1.7, sel=9, concat_output_tebd=False, ln_eps=1e-3, zero_davg=True
        ),
        "attention_v2": v2(
            neuron=[4, 8], axis_neuron=2, tebd_dim=2, attn=6, attn_layer=1, temperature=30.0
        )
        | {"places": {"atoms": 10, "edge": 6.2}},
        "attention_hybrid": {
            "d": {
                "kind": "hybrid",
                "members": [
                    {"kind": "sea", "neuron": [4], "axis_neuron": 2, "rcut": 4.0},
                    {"kind": "dpa1", "neuron": [4, 8], "axis_neuron": 2, "tebd_dim": 2}
                    | {"attn": 6, "attn_layer": 1, "smooth_type_embedding": False},
                ],
            },
            "places": {"atoms": 10, "edge": 6.2},
        },
        "angles_three_types": angles(neuron=[6], exclude_types=[[0, 1]], env_protection=0.1)
        | {"types": 3, "fitting": {"neuron": [6]}},
        # Inputs of the first layer: 1 + 2 tebd_dim; outputs equal to them.
        "angles_typed": typed_angles(neuron=[5, 10], use_tebd_bias=True, sel=9, resnet_dt=True),
        "angles_typed_smooth": typed_angles(**strip, **excluded) | {"types": 3},
        "angles_typed_strip": typed_angles(smooth=False, concat_output_tebd=False, **strip),
        "angles_hybrid": {
            "d": {
                "kind": "hybrid",
                "members": [
                    {"kind": "sea", "neuron": [4], "axis_neuron": 2, "rcut": 5.0, "type_one_side": True},
                    {"kind": "set", "neuron": [4], "rcut": 3.5},
                    {"kind": "set_tebd", "neuron": [4], "rcut": 4.5, "tebd_input_mode": "strip"},
                ],
            },
            "fitting": {"numb_fparam": 2, "default_fparam": [0.4, -0.7], "dim_case_embd": 2, "neuron": [8]},
            "places": {"atoms": 10, "edge": 6.2},
        },
        # Frozen afterwards by dp convert-backend.
        "angles_graph": {
            "backend": "TensorFlow",
            "d": {
                "kind": "hybrid",
                "members": [
                    {"kind": "sea", "neuron": [4], "axis_neuron": 2, "rcut": 5.0, "type_one_side": True},
                    {"kind": "set", "neuron": [4, 8], "sel": [4, 9]},
                ],
            },
            "places": {"atoms": 10, "edge": 6.2},
        },
        # Members that see neighbours beyond their cutoffs.
        "hybrid_short_members": {
            "backend": "PyTorch",
            "d": {
                "kind": "hybrid",
                "members": [
                    {"kind": "sea", "neuron": [4], "axis_neuron": 2},
                    {"kind": "sea", "neuron": [4], "axis_neuron": 2, "rcut": 3.5, "exclude_types": [[0, 1]]},
                    {"kind": "dpa1", "neuron": [4, 8], "axis_neuron": 2, "tebd_dim": 2, "rcut": 3.4},
                    {"kind": "dpa1", "neuron": [4, 8], "axis_neuron": 2, "tebd_dim": 2, "rcut": 3.8, "sel": 12}
                    | {"tebd_input_mode": "strip", "smooth_type_embedding": False, "exclude_types": [[0, 0]]},
                ],
            },
        },
        "hybrid_short_attention": {
            "d": {
                "kind": "hybrid",
                "members": [
                    {"kind": "sea", "neuron": [4], "axis_neuron": 2},
                    {"kind": "dpa1", "neuron": [4, 8], "axis_neuron": 2, "tebd_dim": 2, "rcut": 3.4}
                    | {"attn": 6, "attn_layer": 1, "smooth_type_embedding": False, "zero_davg": True},
                    {"kind": "dpa1", "neuron": [4, 8], "axis_neuron": 2, "tebd_dim": 2, "rcut": 3.8, "sel": 12}
                    | {"attn": 6, "attn_layer": 2, "smooth_type_embedding": True},
                ],
            },
            "places": {"atoms": 10, "edge": 6.2},
        },
        "concat_one_sided": dpa1(type_one_side=True, concat_output_tebd=False),
        # Inputs of the first layer: 1 + 2 tebd_dim; outputs equal to them, and twice as many.
        "concat_skip_equal": dpa1(tebd_dim=2, neuron=[5, 10, 20]),
        "concat_skip_doubled": dpa1(tebd_dim=2, neuron=[10, 20]),
        "concat_exclude_davg": dpa1(**excluded),
        "concat_env_protection": dpa1(env_protection=0.1, zero_davg=True),
        "concat_overflow": dpa1(sel=9),
        # Pairs that the model excludes take places of the nearest all the same.
        "concat_overflow_excluded": dpa1(sel=9, **small) | {"keys": {"pair_exclude_types": [[0, 1]]}},
        "sum_overflow_excluded": {"members": [dpa1(sel=14, **small), table | {"sel": 8}], "weights": "sum"}
        | {"pair_exclude_types": [[0, 1]], "places": {"atoms": 10, "edge": 6.2}},
        "concat_tebd_bias": dpa1(use_tebd_bias=True, resnet_dt=True, zero_davg=True),
        # Types seen by their electrons.
        "concat_electrons": dpa1(use_econf_tebd=True, **small) | {"types": ["Cu", "O", "Gd"]},
        "angles_electrons": typed_angles(use_econf_tebd=True, use_tebd_bias=True, **strip)
        | {"types": ["H", "Pd"], "archive": True},
        # Frozen afterwards by dp convert-backend.
        "electrons_graph": dpa1(use_econf_tebd=True, smooth_type_embedding=False, **small)
        | {"types": ["Cu", "O", "Gd"], "backend": "TensorFlow"},
        "concat_vacuum": dpa1() | {"fitting": {"atom_ener": [None, -0.5], "dim_case_embd": 3}},
        "strip_not_smooth_davg": dpa1(smooth_type_embedding=False, **strip) | {"types": 3},
        "strip_one_sided": dpa1(type_one_side=True, **strip),
        "strip_parameters": dpa1(**strip)
        | {"fitting": {"numb_fparam": 2, "numb_aparam": 1}, "places": {"fparam": 2, "aparam": 1}},
        "strip_tables": dpa1(**strip) | {"change": compress, "finish": without_nets},
        "strip_tables_one_sided": dpa1(type_one_side=True, smooth_type_embedding=False, **strip)
        | {"change": compress, "finish": without_nets},
        "v2_exclude_one_sided": v2(type_one_side=True, **excluded),
        "float32_v2": v2(precision="float32") | {"fitting": {"precision": "float32"}},
        "hybrid_of_all": {
            "types": 3,
            "d": {
                "kind": "hybrid",
                "members": [
                    {"kind": "dpa1", "rcut": 4.0, "sel": 25, "zero_davg": True},
                    {"kind": "sea", "type_one_side": False, "exclude_types": [[1, 1]]},
                    {"kind": "v2", "rcut": 4.0, "neuron": [5, 10], "axis_neuron": 3},
                    {"kind": "ser", "rcut": 4.5},
                ],
            },
        },
        "pairs": {"members": [table], "weights": "sum", "pair_exclude_types": [[0, 1]]}
        | {"places": {"atoms": 10, "edge": 6.2}},
        # The nets have the larger sel, and see farther.
        "zbl_few": zbl(
            dpa1(concat_output_tebd=False, **small),
            table | {"rcut": 3.1, "sel": 9, "last": 2.9, "keys": {"pair_exclude_types": [[0, 0]]}},
            atom_exclude_types=[1],
        ),
        # Members that know more types, and in another order.
        "sum_of_all": {
            "members": [
                dpa1(rcut=4.0, sel=25, **small)
                | {"types": ["C", "H", "O"], "keys": {"pair_exclude_types": [[1, 2]]}},
                table | {"types": ["H", "O"], "keys": {"atom_exclude_types": [0]}},
                dpa1(attn=6, attn_layer=1, **small)
                | {"types": ["H", "C", "O"], "fitting": {"numb_fparam": 1}},
            ],
            "weights": [0.7, 1.5, -0.4],
            "places": {"atoms": 12, "edge": 6.5, "fparam": 1},
            "archive": True,
        },
        "sum_mean": {"members": [dpa1(**small, **strip), v2(rcut=4.0, **small)]}
        | {"weights": "mean", "places": {"atoms": 12, "edge": 6.5}, "archive": True},
    }


def main():
    folder, wanted = sys.argv[1], sys.argv[2:]
    os.makedirs(folder, exist_ok=True)
    for name, entry in models().items():
        if wanted and name not in wanted:
            continue
        seed = zlib.crc32(name.encode()) % 100000
        places = frames(seed, len(names_of(entry.get("types", 2))), **entry.pop("places", {}))
        told = {k: entry.pop(k) for k in ("backend", "finish") if k in entry}
        archive = entry.pop("archive", False)
        make = sum_tree if "members" in entry else model_tree
        write_tree(folder, {"name": name}, make(seed, **entry), places, **told)
        if archive:
            write_archive(folder, name)


if __name__ == "__main__":
    main()
