#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""Writes an Allegro model of the NequIP framework as a .dp file, without PyTorch.

    dp_export_allegro.py MODEL OUT.dp

MODEL: a package (*.nequip.zip), a checkpoint (*.ckpt) of nequip 0.7 or later with nequip-allegro 0.5 or later, or an archive of
TorchScript (*.nequip.pth; *.pth deployed by nequip 0.5 or 0.6 with allegro 0.2). The archive is unpacked and its pickle walked without
running anything that is in it. Every constant of the packages goes into the numbers, so that a reader multiplies nothing.
Needs numpy and h5py, and yaml for deployed models.
"""
import io
import json
import math
import pickle
import sys
import zipfile

import numpy as np

# ------------------------------------------------------------------ the .dp file: attribute json, datasets variable_nnnn

def write_dp(path, tree):
    import h5py
    with h5py.File(path, "w") as f:
        n = [0]

        def leaves(x):
            if isinstance(x, dict):
                return {k: leaves(v) for k, v in x.items()}
            if isinstance(x, (list, tuple)):
                return [leaves(v) for v in x]
            if x is None:
                return None
            name = "/variable_%04d" % n[0]
            n[0] += 1
            f.create_dataset(name, data=np.ascontiguousarray(x))
            return name

        def walk(x):
            if isinstance(x, dict):
                return {k: (leaves(v) if k == "@variables" else walk(v)) for k, v in x.items()}
            if isinstance(x, list):
                return [walk(v) for v in x]
            return x
        f.attrs["json"] = json.dumps(walk(tree), separators=(",", ":"))

# ------------------------------------------------------------------ irreps and paths


def irreps(s):
    """'0e+1o+2e' -> [(0, 1), (1, -1), (2, 1)]"""
    return [(int(t[:-1]), 1 if t[-1] == "e" else -1) for t in s.split("+")] if s else []


def paths(irs1, irs2, irs_out):
    """Order of the paths everywhere: output irrep slowest, then first input, then second."""
    return [(a, b, c) for c, (l3, p3) in enumerate(irs_out) for a, (l1, p1) in enumerate(irs1)
            for b, (l2, p2) in enumerate(irs2) if p1 * p2 == p3 and abs(l1 - l2) <= l3 <= l1 + l2]


def track(sh, allowed, layers, narrowing):
    """Irreps of the tensor features before each layer and after the last one.
    narrowing (latent flavour): what one layer could not reach is not asked of the next one either."""
    steps = [sh]
    for k in range(layers):
        want = [(0, 1)] if k == layers - 1 else allowed
        have = [ir for ir in want if paths(steps[-1], sh, [ir])]
        steps.append(have)
        if narrowing:
            allowed = have
    for k in reversed(range(layers)):           # drop what leads nowhere
        steps[k] = [ir for ir in steps[k] if paths([ir], sh, steps[k + 1])]
    return steps


# ------------------------------------------------------------------ torch files without torch

DTYPES = {"FloatStorage": "<f4", "DoubleStorage": "<f8", "HalfStorage": "<f2", "LongStorage": "<i8", "IntStorage": "<i4",
          "ShortStorage": "<i2", "CharStorage": "<i1", "ByteStorage": "<u1", "BoolStorage": "|b1"}


class Stub:
    """Any class of the pickle: keeps its name, arguments and state; runs nothing."""
    def __new__(cls, *a, **k):
        o = object.__new__(cls)
        o.args = a
        return o

    def __init__(self, *a, **k):
        pass

    def __setstate__(self, s):
        if isinstance(s, dict):
            self.__dict__.update(s)
        else:
            self.state = s

    def __call__(self, *a, **k):
        return Stub(*a)

    def append(self, x): self.__dict__.setdefault("items_", []).append(x)
    def extend(self, x): self.__dict__.setdefault("items_", []).extend(x)
    def __setitem__(self, k, v): self.__dict__.setdefault("dict_", {})[k] = v


class Reader(pickle.Unpickler):
    """Restricted: tensors become numpy arrays, containers stay, every other class becomes a Stub of the same name."""
    def __init__(self, data, storage):
        super().__init__(io.BytesIO(data))
        self.storage, self.stubs = storage, {}

    def find_class(self, module, name):
        full = module + "." + name
        if full == "collections.OrderedDict":
            return dict
        if full in ("torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor"):
            return lambda st, off, size, stride, *a: np.lib.stride_tricks.as_strided(
                st[off:], size, [s * st.itemsize for s in stride]).copy() if len(st) else np.zeros(size)
        if full in ("torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state"):
            return lambda data, *a: data
        if full in ("builtins.set", "__builtin__.set"):
            return set
        if full in ("builtins.getattr", "__builtin__.getattr"):
            return lambda o, n, *d: Stub()
        if module == "torch" and name.endswith("Storage"):
            return name
        if module in ("torch", "torch.storage"):
            return type(name, (Stub,), {})
        if full not in self.stubs:
            self.stubs[full] = type(name, (Stub,), {"module_": module})
        return self.stubs[full]

    def persistent_load(self, pid):
        if pid[0] == "storage":
            return self.storage(pid)
        return Stub()


def archive(path):
    z = zipfile.ZipFile(path)
    names = z.namelist()
    top = names[0].split("/")[0]
    return z, names, top


def storage_of(z, top, folder, suffix):
    def get(pid):
        t = pid[1] if isinstance(pid[1], str) else getattr(pid[1], "__name__", str(pid[1]))
        raw = z.read("%s/%s/%s%s" % (top, folder, pid[2], suffix))
        return np.frombuffer(raw, DTYPES[t])
    return get


def from_package(path):
    z, names, top = archive(path)
    return Reader(z.read(top + "/model/eager_model.pkl"), storage_of(z, top, ".data", ".storage")).load(), z, top


def from_torchscript(path):
    z, names, top = archive(path)
    r = Reader(z.read(top + "/data.pkl"), storage_of(z, top, "data", ""))
    m = r.load()
    extra = {n.split("/extra/")[1]: z.read(n).decode() for n in names if "/extra/" in n}
    return m, extra, z, top


def from_checkpoint(path):
    z, names, top = archive(path)
    return Reader(z.read(top + "/data.pkl"), storage_of(z, top, "data", "")).load()

# ------------------------------------------------------------------ access to modules, live or stubs


def kids(m):
    d = m.__dict__
    if "_modules" in d and isinstance(d["_modules"], dict):
        return d["_modules"]
    return {k: v for k, v in d.items() if isinstance(v, Stub)}          # TorchScript: submodules are plain attributes


def name_of(m):
    return getattr(m, "original_name", None) or type(m).__name__


def walk(m, prefix=""):
    yield prefix, m
    for k, v in kids(m).items():
        if v is not None:
            yield from walk(v, prefix + "." + k if prefix else k)


def get(m, name):
    for part in name.split("."):
        d = m.__dict__
        for box in ("_parameters", "_buffers", "_modules"):
            if isinstance(d.get(box), dict) and part in d[box]:
                m = d[box][part]
                break
        else:
            m = d[part]
    return m


def has(m, name):
    try:
        get(m, name)
        return True
    except KeyError:
        return False


def arr(x):
    if x is None:
        return None
    return np.array(x, dtype=float)


def find(root, attribute):
    """the submodule that has this attribute"""
    for n, m in walk(root):
        if has(m, attribute):
            return m
    raise KeyError(attribute)



def expect_only(seq, known):
    """Refuses modules other than these: what they add to energies would be left out."""
    for name, module in kids(seq).items():
        unknown = module is not None and name not in known and not name_of(module).startswith(("restore_", "build_"))
        if unknown:
            raise ValueError("the module %s (%s) is not supported" % (name, name_of(module)))


def check_harmonics(m):
    if not m.__dict__.get("normalize", True) or m.__dict__.get("normalization", "component") != "component":
        raise ValueError("harmonics other than those of directions, with the normalization component, are not supported")


def allegro_of(root):
    try:
        return find(root, "allegro")
    except KeyError:
        raise ValueError("there is no module allegro: NequIP's own models are not supported") from None

# ------------------------------------------------------------------ flavour "product"


PRODUCT_MODULES = ("edge_norm", "radial_chemical_embed", "scalar_embed_mlp", "tensor_embed", "allegro", "edge_readout", "edge_eng_sum",
                   "per_type_energy_scale_shift", "cutoff", "pair_potential", "total_energy_sum")
LATENT_MODULES = ("one_hot", "radial_basis", "spharm", "allegro", "edge_eng", "edge_eng_sum", "per_species_rescale", "total_energy_sum")


def zbl_exponent(cfg, radial):
    """That of ZBL's cutoff: its own since nequip 0.17, before that the one of the functions of the distance."""
    if "polynomial_cutoff_p" in cfg["pair_potential"]:
        return float(cfg["pair_potential"]["polynomial_cutoff_p"])
    if radial != 6.:
        raise ValueError("the exponent of ZBL's cutoff depends on the version of nequip (before 0.17: %g, then 6), which a checkpoint does not say: "
                         "give the package (.nequip.zip)" % radial)
    return 6.


def mlp(m, activation, forward=True):
    """ScalarMLPFunction -> matrices with the scale factors inside."""
    seq = get(m, "mlp")
    if has(seq, "weights"):                                             # no activation at all: a product of matrices
        ws = get(seq, "weights")
        box = ws.__dict__["_parameters"] if "_parameters" in ws.__dict__ else {k: v for k, v in ws.__dict__.items() if k.isdigit()}
        ws = [arr(box[k]) for k in sorted(box, key=int)]
        act = "none"
    else:
        ks = sorted((int(k), v) for k, v in kids(seq).items() if has(v, "weight"))
        ws, act = [arr(get(v, "weight")) for _, v in ks], activation
        if any(has(v, "bias") and get(v, "bias") is not None for _, v in ks):
            raise ValueError("bias in a scalar MLP is not supported")
    out = []
    if not has(seq, "weights") and all(has(v, "alpha") for _, v in ks):        # the scale is in the file
        return {"activation": "none" if act in (None, "None", "null") else act,
                "@variables": {"w": [w * float(arr(get(v, "alpha"))) for w, (_, v) in zip(ws, ks)]}}
    if has(seq, "alpha"):
        return {"activation": "none", "@variables": {"w": [w * (float(arr(get(seq, "alpha"))) if k == 0 else 1.) for k, w in enumerate(ws)]}}
    for k, w in enumerate(ws):
        gain = math.sqrt(2.) if activation is not None and (k > 0 if forward else k < len(ws) - 1) else 1.
        out.append(w * gain / math.sqrt(w.shape[0 if forward else 1]))
    return {"activation": "none" if act in (None, "None", "null") else act, "@variables": {"w": out}}


def linear(m, forward=True):
    w = mlp(m, None, forward)["@variables"]["w"]
    return w[0] if len(w) == 1 else np.linalg.multi_dot(w)


def fmt(irs):
    return "+".join("%d%s" % (l, "e" if p > 0 else "o") for l, p in irs)


def per_type(x, T):
    x = np.asarray(x, float).reshape(-1)
    return np.full(T, x[0]) if x.size == 1 else x


def export_product(root, cfg):
    """root: any module that holds the Allegro modules; cfg: the arguments of the model builder (config.yaml: training_module.model)."""
    if "l_max" not in cfg:
        raise ValueError("the model builder %s is not supported: expected AllegroModel; give the package (.nequip.zip)" % cfg.get("_target_", "without l_max"))
    if cfg.get("scatter_features", False):
        raise ValueError("scatter_features: true is not supported")
    types = list(cfg["type_names"])
    T, rmax = len(types), float(cfg["r_max"])
    l_max, L = int(cfg["l_max"]), int(cfg.get("num_layers", 2))
    S, U = int(cfg.get("num_scalar_features", 64)), int(cfg.get("num_tensor_features", 16))
    fwd = bool(cfg.get("forward_normalize", True))
    sh = [(l, (-1)**l) for l in range(l_max + 1)]
    allowed = [(l, p) for l in range(l_max + 1) for p in (1, -1)] if cfg.get("parity", True) else sh
    tr = track(sh, allowed, L, False)
    seq = allegro_of(root)
    expect_only(seq, PRODUCT_MODULES)
    emb = get(seq, "radial_chemical_embed")
    al = get(seq, "allegro")
    nav = cfg["avg_num_neighbors"]
    nav = np.array([nav[t] for t in types] if isinstance(nav, dict) else [nav] * T, float)
    recip = arr(get(seq, "edge_norm._rmax_recip")).reshape(-1)
    pair_rc = 1 / recip.reshape(T, T) if recip.size > 1 else np.full((T, T), 1 / recip[0])
    ss = get(seq, "per_type_energy_scale_shift")
    scales, shifts = arr(get(ss, "scales")), arr(get(ss, "shifts"))
    rc_cfg = cfg["radial_chemical_embed"]
    if has(emb, "spline"):
        sp = get(emb, "spline")
        n = int(rc_cfg.get("num_splines", 16))
        w = arr(get(sp, "class_embed.weight"))
        radial = {"kind": "spline", "span": int(rc_cfg.get("spline_span", 12)), "@variables": {"w": w.reshape(T * T, -1, n)}}
        exponent = 6.
    else:
        te = get(emb, "type_embed")
        c, nb = arr(get(te, "center_embed.weight")), arr(get(te, "neighbor_embed.weight"))
        factor = np.concatenate([np.repeat(c, T, 0), np.tile(nb, (T, 1))], 1)            # row: centre * T + neighbour
        freq = arr(get(emb, "bessel_encode.bessel_weights")).reshape(-1)
        radial = {"kind": "bessel", "activation": "none", "@variables": {
            "frequency": freq, "mean": np.zeros_like(freq), "inverse_deviation": np.ones_like(freq),
            "w": linear(get(te, "basis_linear"), fwd), "pair_factor": factor, "pair_term": None}}
        exponent = float(rc_cfg.get("polynomial_cutoff_p", 6))
    latents = [v for _, v in sorted((int(k), v) for k, v in kids(get(al, "latents")).items())]
    tps = [v for _, v in sorted((int(k), v) for k, v in kids(get(al, "tps")).items())]
    pw = []
    for k in range(L):
        w, n = arr(get(tps[k], "weights")), len(paths(tr[k], sh, tr[k + 1]))
        w = w.reshape(-1, n) if cfg.get("tp_path_channel_coupling", True) else np.tile(w.reshape(1, n), (U, 1))
        if w.shape != (U, n):
            raise ValueError("layer %d: expected weights of %d channels and %d paths, found %s" % (k, U, n, w.shape))
        pw.append(w)
    t = {"type": "allegro", "format": 1, "flavour": "product", "precision": cfg.get("model_dtype", "float64"), "type_map": types, "r_max": rmax,
         "l_max": l_max, "layers": L, "scalar_features": S, "tensor_features": U, "harmonics": fmt(sh), "allowed": fmt(allowed),
         "track": [fmt(x) for x in tr], "cutoff_exponent": exponent, "radial": radial,
         "embedding": mlp(get(seq, "scalar_embed_mlp.mlp_module"), cfg.get("scalar_embed_mlp_nonlinearity", "silu"), fwd),
         "latent": [mlp(m, cfg.get("allegro_mlp_nonlinearity", "silu"), fwd) for m in latents],
         "readout": mlp(get(seq, "edge_readout.mlp_module"), cfg.get("readout_mlp_nonlinearity", "silu"), fwd),
         "@variables": {"pair_cutoff": pair_rc, "environment_norm": 1 / np.sqrt(nav), "sum_norm": 1 / np.sqrt(2 * nav),
                        "scale": per_type(scales if scales.size else [1.], T), "shift": per_type(shifts if shifts.size else [0.], T),
                        "tensor_embedding": linear(get(seq, "tensor_embed.env_embed_linear"), fwd),
                        "first_projection": linear(get(al, "first_layer_env_embed_projection")),      # its scale never follows forward_normalize
                        "path_weight": pw}}
    if has(seq, "pair_potential"):
        pp = get(seq, "pair_potential")
        if not has(pp, "_qqr2exesquare"):
            raise ValueError("pair potential other than ZBL")
        t["zbl"] = {"half_coulomb": float(arr(get(pp, "_qqr2exesquare"))), "cutoff_exponent": zbl_exponent(cfg, exponent),
                    "@variables": {"atomic_number": arr(get(pp, "atomic_numbers")).reshape(-1)}}
    return t



def plain(x):
    """Irreps and typed containers of the two pickles as plain tuples and lists."""
    if isinstance(x, Stub):
        a = x.args
        typed = len(a) == 2 and isinstance(a[1], str)                     # TorchScript: value and type name
        return plain(a[0]) if len(a) == 1 or typed else tuple(plain(v) for v in a)
    if isinstance(x, (tuple, list)):
        return tuple(plain(v) for v in x)
    return x


ACTIVATION = {"SiLU": "silu", "Mish": "mish", "GELU": "gelu", "Tanh": "tanh", "ShiftedSoftplus": "ssp", "Identity": None}


def settings_of(root):
    """The builder's arguments that the export needs, from the module tree alone (package or TorchScript): no YAML."""
    seq = allegro_of(root)
    check_harmonics(get(seq, "tensor_embed.sh"))
    al, emb, ro = get(seq, "allegro"), get(seq, "radial_chemical_embed"), get(seq, "edge_readout.mlp_module")
    types = list(plain(get(find(root, "type_names"), "type_names")))
    tp0 = get(al, "tps.0")
    sh = [ir for _, ir in plain(get(tp0, "irreps_in2"))]
    allowed = [ir for _, ir in plain(get(al, "tensor_track_allowed_irreps"))]

    def act(m):
        if has(m, "mlp.weights"):
            return None
        names = [type(v).__name__ for v in kids(get(m, "mlp")).values() if not has(v, "weight")]
        if any(n not in ACTIVATION for n in names):
            raise ValueError("activation " + ", ".join(names))
        return ACTIVATION[names[0]] if names else None
    if has(al, "avg_num_neighbors_norm"):
        n = arr(get(al, "avg_num_neighbors_norm.norm_const")).reshape(-1) ** -2.
    else:
        n = np.array([float(get(tp0, "scatter_factor")) ** -2.])
    cfg = {"type_names": types, "r_max": get(get(seq, "edge_norm"), "r_max"), "l_max": len(sh) - 1, "parity": len(allowed) > len(sh), "num_layers": get(al, "num_layers"),
           "num_scalar_features": get(al, "num_scalar_features"), "num_tensor_features": get(al, "num_tensor_features"),
           "tp_path_channel_coupling": bool(get(tp0, "path_channel_coupling")), "avg_num_neighbors": float(n[0]) if n.size == 1 else dict(zip(types, n)),
           "scalar_embed_mlp_nonlinearity": act(get(seq, "scalar_embed_mlp.mlp_module")), "allegro_mlp_nonlinearity": act(get(al, "latents.0")),
           "readout_mlp_nonlinearity": act(ro), "scatter_features": get(al, "scatter_features") if has(al, "scatter_features") else False}
    w = get(al, "first_layer_env_embed_projection.mlp.0.weight")
    cfg["model_dtype"] = "float32" if "float32" in str(getattr(w, "dtype", "")) else "float64"
    if has(emb, "spline"):
        cfg["radial_chemical_embed"] = {"num_splines": int(get(emb, "spline.num_splines")), "spline_span": int(get(emb, "spline.spline_span"))}
        p = 6.
    else:
        p = float(get(emb, "bessel_encode.cutoff.p"))
        cfg["radial_chemical_embed"] = {"polynomial_cutoff_p": p}
    if has(seq, "pair_potential"):
        cfg["pair_potential"] = {"polynomial_cutoff_p": float(get(seq, "pair_potential.cutoff.p")) if has(seq, "pair_potential.cutoff") else p}
    return cfg

# ------------------------------------------------------------------ flavour "latent" (allegro 0.2)

def old_mlp(m, nonlinearity, cst):
    d = find(m, "_weight_0")
    if has(d, "_bn_0"):
        raise ValueError("mlp_batchnorm: true is not supported")
    ws, k = [], 0
    while has(d, "_weight_%d" % k):
        w = arr(get(d, "_weight_%d" % k))
        ws.append(w * ((cst if nonlinearity and k else 1.) / math.sqrt(w.shape[0])))
        k += 1
    return {"activation": nonlinearity or "none", "@variables": {"w": ws}}


# What activations are multiplied by so that their second moment is 1, as e3nn 0.5.1 samples it.
CONSTANT = {"silu": 1.6791767923989418}


def constant_of(constants, activation):
    if activation is None:
        return 1.
    if activation not in constants:
        raise ValueError("the second-moment constant of the activation %s is not known" % activation)
    return constants[activation]


def export_latent(root, cfg, constants=CONSTANT):
    types = list(cfg["type_names"])
    T, rmax, l_max, L = len(types), float(cfg["r_max"]), int(cfg["l_max"]), int(cfg["num_layers"])
    U = int(cfg.get("env_embed_multiplicity", 32))
    parity = cfg["parity"]
    sh = [(l, 1 if parity == "so3" else (-1)**l) for l in range(l_max + 1)]
    allowed = [(l, p) for l in range(l_max + 1) for p in (1, -1)] if parity == "o3_full" else sh
    tr = track(sh, allowed, L, True)
    if not cfg.get("embed_initial_edge", True) or cfg.get("linear_after_env_embed", False):
        raise ValueError("embed_initial_edge: false and linear_after_env_embed: true are not supported")
    seq = allegro_of(root)
    al = get(seq, "allegro")
    if not has(al, "embed_initial_edge") or not has(al, "_latent_resnet_update_params"):
        raise ValueError("this is a model of allegro 0.3, which is not supported")
    expect_only(seq, LATENT_MODULES)
    if has(seq, "spharm.sh"):
        check_harmonics(get(seq, "spharm.sh"))
    if not cfg.get("edge_sh_normalize", True) or cfg.get("edge_sh_normalization", "component") != "component":
        raise ValueError("edge_sh_normalize: false and an edge_sh_normalization other than component are not supported")
    if cfg.get("cutoff_type", "polynomial") != "polynomial":
        raise ValueError("cutoff_type: %s is not supported: expected polynomial" % cfg["cutoff_type"])
    if "mlp_nonlinearity" in cfg:
        raise ValueError("mlp_nonlinearity: expected a key for each net, such as latent_mlp_nonlinearity")
    basis = get(seq, "radial_basis.basis")
    if has(basis, "_inv_std"):
        mean, inv, bes = arr(get(basis, "_mean")), arr(get(basis, "_inv_std")), get(basis, "basis")
    else:
        mean, inv, bes = np.zeros(1), np.ones(1), basis
    freq = arr(get(bes, "bessel_weights")).reshape(-1) / math.pi
    nb = freq.size
    unit = 2 * math.pi / rmax**2                                          # old basis = unit * sin(pi w x)/(pi x)
    act = {k: cfg.get(k + "_mlp_nonlinearity", "silu") for k in ("two_body_latent", "latent", "env_embed", "edge_eng")}
    latents = [v for _, v in sorted((int(k), v) for k, v in kids(get(al, "latents")).items())]
    envs = [v for _, v in sorted((int(k), v) for k, v in kids(get(al, "env_embed_mlps")).items())]
    mixes = [v for _, v in sorted((int(k), v) for k, v in kids(get(al, "linears")).items())]
    two = old_mlp(latents[0], act["two_body_latent"], constant_of(constants, act["two_body_latent"]))
    w0 = two["@variables"]["w"].pop(0)                                    # rows: one-hot centre, one-hot neighbour, radial basis
    term = np.repeat(w0[:T], T, 0) + np.tile(w0[T:2 * T], (T, 1))
    more = len(two["@variables"]["w"]) > 0
    c = 1 / (1 + np.exp(-arr(get(al, "_latent_resnet_update_params"))))
    old = 1 / np.sqrt(1 + c * c)
    new = c * old
    if not cfg.get("latent_resnet", True):
        old, new = np.zeros_like(c), np.ones_like(c)
    norm = arr(get(al, "env_sum_normalizations"))
    if norm.ndim != 1 or np.ptp(norm) > 0:
        raise ValueError("per-layer or per-type env_sum_normalizations")
    cut = arr(get(al, "per_layer_cutoffs")).reshape(-1)
    if np.any((cut != rmax) & (cut != float(np.float32(rmax)))):          # float32 models have it rounded
        raise ValueError("per_layer_cutoffs")
    scale, shift, gscale = np.ones(T), np.zeros(T), 1.
    for _, m in walk(root):
        if has(m, "scales") and arr(get(m, "scales")).size: scale = per_type(arr(get(m, "scales")), T)
        if has(m, "shifts") and arr(get(m, "shifts")).size: shift = per_type(arr(get(m, "shifts")), T)
        if has(m, "scale_by") and arr(get(m, "scale_by")).size:
            gscale *= float(arr(get(m, "scale_by")))
        if has(m, "shift_by") and np.any(arr(get(m, "shift_by")) != 0):
            raise ValueError("global_rescale_shift is not supported: its energy does not grow with the number of atoms")
    S = (two["@variables"]["w"][-1] if more else w0).shape[1]
    norm_sum = 1 / math.sqrt(float(cfg["avg_num_neighbors"])) if cfg.get("normalize_edge_energy_sum", True) else 1.
    pv = arr(get(find(root, "per_edge_scales"), "per_edge_scales"))
    t = {"type": "allegro", "format": 1, "flavour": "latent", "precision": cfg.get("default_dtype", "float32"), "type_map": types, "r_max": rmax,
         "l_max": l_max, "layers": L, "scalar_features": S, "tensor_features": U, "harmonics": fmt(sh), "allowed": fmt(allowed), "track": [fmt(x) for x in tr],
         "cutoff_exponent": float(cfg.get("PolynomialCutoff_p", 6)),
         "radial": {"kind": "bessel", "activation": (act["two_body_latent"] or "none") if more else "none", "@variables": {
             "frequency": freq, "mean": np.broadcast_to(mean / unit, (nb,)), "inverse_deviation": np.broadcast_to(inv * unit, (nb,)),
             "w": w0[2 * T:], "pair_factor": None, "pair_term": term}},
         "embedding": two,
         "environment": [old_mlp(m, act["env_embed"], constant_of(constants, act["env_embed"])) for m in envs],
         "latent": [old_mlp(m, act["latent"], constant_of(constants, act["latent"])) for m in latents[1:] + [get(al, "final_latent")]],
         "readout": old_mlp(get(seq, "edge_eng"), act["edge_eng"], constant_of(constants, act["edge_eng"])),
         "@variables": {"pair_cutoff": np.full((T, T), rmax), "environment_norm": np.full(T, norm[0]), "sum_norm": np.full(T, norm_sum),
                        "scale": gscale * scale, "shift": gscale * shift, "pair_scale": pv if pv.size else None,
                        "resnet_old": old, "resnet_new": new, "mix": []}}
    for k in range(L - 1):
        w = arr(get(find(mixes[k], "w"), "w")).reshape(-1)
        pos = 0
        for o in range(len(tr[k + 1])):                                   # 1/sqrt(U * paths into this irrep), folded in
            n = sum(1 for q in paths(tr[k], sh, tr[k + 1]) if q[2] == o)
            w[pos:pos + U * U * n] /= math.sqrt(U * n)
            pos += U * U * n
        if pos != w.size:
            raise ValueError("layer %d: expected %d weights that mix channels, found %d" % (k, pos, w.size))
        t["@variables"]["mix"].append(w)
    return t

# ------------------------------------------------------------------ command line


def main(path, out):
    if path.endswith(".nequip.zip"):
        model, z, top = from_package(path)
        tree = export_product(model, settings_of(model))
    elif path.endswith(".ckpt"):
        ck = from_checkpoint(path)
        cfg = ck["hyper_parameters"]["model"] if "model" in ck["hyper_parameters"] else ck["hyper_parameters"]["info_dict"]["training_module"]["model"]
        tree = export_product(state_modules(ck), cfg)
    elif path.endswith(".pth"):
        model, extra, z, top = from_torchscript(path)
        if "config" in extra:                                             # nequip 0.5/0.6
            import yaml
            tree = export_latent(model, yaml.load(extra["config"], Loader=lenient(yaml)))
        else:
            tree = export_product(model, settings_of(model))
    else:
        raise ValueError("%s: neither .nequip.zip, .ckpt nor .pth (compiled .nequip.pt2 files hold code, not weights)" % path)
    write_dp(out, tree)


def lenient(yaml):
    class L(yaml.SafeLoader):
        pass
    L.add_multi_constructor("tag:yaml.org,2002:python/", lambda l, s, n: l.construct_sequence(n, True) if isinstance(n, yaml.SequenceNode)
                            else l.construct_mapping(n, True) if isinstance(n, yaml.MappingNode) else l.construct_scalar(n))
    return L


def state_modules(ck):
    """The state dict of a checkpoint as a tree of stubs, with the averaged (EMA) weights where the file has them."""
    sd = ck["state_dict"]
    keys = [k for k in sd if k.startswith("model.")]
    ema = [sd["ema.ema_weight_%d" % n] for n in range(sum(k.startswith("ema.ema_weight_") for k in sd))]
    vals = {k: sd[k] for k in keys}
    if ema:
        names = parameter_names(keys, [np.shape(sd[k]) for k in keys], [np.shape(e) for e in ema])
        for n, e in zip(names, ema):
            vals[n] = e
    return from_state_dict(vals)


def from_state_dict(sd):
    root = Stub()
    for k, v in sd.items():
        m, parts = root, k.split(".")
        for p in parts[:-1]:
            m = m.__dict__.setdefault(p, Stub())
        m.__dict__[parts[-1]] = v
    return root


BUFFERS = ("_rmax_recip", "w3j", "scales", "shifts", "_empty", "lower", "upper", "atomic_numbers", "_qqr2exesquare", "_rtoi", "bessel_weights")


def parameter_names(keys, shapes, ema_shapes):
    """state-dict keys that are parameters, in order: all but the known buffers; trainable ones among those are recognised by count and shape."""
    def attempt(extra):
        return [k for k in keys if k.split(".")[-1] not in BUFFERS or k.split(".")[-1] in extra]
    import itertools
    opt = ("bessel_weights", "scales", "shifts")
    sh = dict(zip(keys, shapes))
    for r in range(4):
        for extra in itertools.combinations(opt, r):
            names = attempt(extra)
            if [sh[n] for n in names] == list(ema_shapes):
                return names
    raise ValueError("averaged weights do not match the parameters")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        main(sys.argv[1], sys.argv[2])
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        sys.exit("%s: %s" % (sys.argv[1], error))
