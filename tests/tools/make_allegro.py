#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""Small random Allegro models with references by allegro_plain.py, for tests/data/allegro.

    make_allegro.py FOLDER
"""
import json
import os
import sys

import numpy as np

from allegro_plain import Model, irreps, paths, read_dp, track, write_dp


def words(irs):
    return "+".join("%d%s" % (l, "e" if p > 0 else "o") for l, p in irs)


def net(rng, widths, activation):
    return {"activation": activation,
            "@variables": {"w": [rng.normal(size=(a, b)) * 1.5 / np.sqrt(a) for a, b in zip(widths, widths[1:])]}}


def tree(rng, flavour, l_max, layers, parity, kind="bessel", activation="silu", types=("H", "O"), zbl=False):
    T, S, U, D, nb, R = len(types), 2, 2, 2, 2, l_max + 1
    sh = [(l, 1 if parity == "so3" else (-1)**l) for l in range(R)]
    allowed = [(l, p) for l in range(R) for p in (1, -1)] if parity == "full" else sh
    steps = track(sh, allowed, layers, flavour == "latent")
    product = flavour == "product"
    if kind == "bessel":
        radial = {"kind": "bessel", "activation": "none" if product else activation, "@variables": {
            "frequency": np.arange(1, nb + 1) + 0.05 * rng.normal(size=nb), "mean": np.zeros(nb) if product else 0.1 * rng.normal(size=nb),
            "inverse_deviation": np.ones(nb) if product else rng.uniform(0.5, 1.5, nb), "w": rng.normal(size=(nb, D)),
            "pair_factor": rng.normal(size=(T * T, D)) if product else None, "pair_term": None if product else rng.normal(size=(T * T, D))}}
    else:
        radial = {"kind": "spline", "span": 3, "@variables": {"w": rng.normal(size=(T * T, D, 4))}}
    rc = 4.0 * np.ones((T, T))
    if product:
        rc = rng.uniform(3.2, 4.0, (T, T))
        rc[-1, -1] = 4.0
    n = [len(paths(steps[k], sh, steps[k + 1])) for k in range(layers)]
    t = {"type": "allegro", "format": 1, "flavour": flavour, "precision": "float64", "type_map": list(types), "r_max": 4.0, "l_max": l_max,
         "layers": layers, "scalar_features": S, "tensor_features": U, "harmonics": words(sh), "allowed": words(allowed),
         "track": [words(x) for x in steps], "cutoff_exponent": 5.0, "radial": radial, "embedding": net(rng, (D, 3, S), activation),
         "@variables": {"pair_cutoff": rc, "environment_norm": rng.uniform(0.3, 0.5, T), "sum_norm": rng.uniform(0.3, 0.5, T),
                        "scale": rng.uniform(0.5, 2.0, T), "shift": rng.normal(size=T)}}
    if not product:
        t["@variables"]["environment_norm"][:] = 0.4
    if product:
        t["latent"] = [net(rng, ((k + 1) * S + U, 3, S + (U * R if k + 1 < layers else 0)), activation) for k in range(layers)]
        t["readout"] = net(rng, ((layers + 1) * S, 3, 1), activation)
        t["@variables"].update(tensor_embedding=rng.normal(size=(S, U * R)), first_projection=rng.normal(size=(S, S + U * R)),
                               path_weight=[rng.normal(size=(U, m)) for m in n])
    else:
        zeros = [sum(1 for q in paths(steps[k], sh, steps[k + 1]) if steps[k + 1][q[2]] == (0, 1)) for k in range(layers)]
        t["environment"] = [net(rng, (S, (2 if k == 0 else 1) * U * R), "none") for k in range(layers)]
        t["latent"] = [net(rng, (S + U * zeros[k], S), activation) for k in range(layers)]
        t["readout"] = net(rng, (S, 3, 1), "none")
        t["@variables"].update(resnet_old=rng.uniform(0.8, 0.95, layers), resnet_new=rng.uniform(0.3, 0.5, layers), pair_scale=rng.uniform(0.5, 1.5, (T, T)),
                               mix=[rng.normal(size=U * U * n[k]) / np.sqrt(2 * U) for k in range(layers - 1)])
    if zbl:
        t["zbl"] = {"half_coulomb": 7.1998225, "cutoff_exponent": 6.0, "@variables": {"atomic_number": np.array([1.0, 8.0][:T])}}
    return t


def frames(model, rng, atoms):
    """A periodic cell smaller than the cutoff, and a cluster."""
    out = []
    for cell in (np.array([[3.7, 0.0, 0.0], [0.6, 3.5, 0.0], [-0.4, 0.5, 3.9]]), None):
        size = np.diag(cell) if cell is not None else np.full(3, 3.0)
        while True:
            x = np.round(rng.uniform(size=(atoms, 3)) * size, 3)
            d = np.linalg.norm(x[:, None] - x[None], axis=-1) + 9.0 * np.eye(atoms)
            if d.min() > 1.0:
                break
        types = np.arange(atoms) % len(model.types)
        r = model(x, types, cell)
        r = {key: np.round(value, 14) for key, value in r.items()}
        f = {"pbc": cell is not None, "coord": x.tolist(), "type": types.tolist(), "energy": float(r["energy"]),
             "atom_energy": r["atom_energy"].tolist(), "force": r["force"].tolist(), "virial": r["virial"].tolist()}
        if cell is not None:
            f["box"] = cell.tolist()
        out.append(f)
    return out


def main(folder):
    cases = {"product_full": dict(flavour="product", l_max=2, layers=2, parity="full", zbl=True, activation="mish"),
             "latent_full": dict(flavour="latent", l_max=1, layers=2, parity="full"),
             "product_spline": dict(flavour="product", l_max=3, layers=2, parity="of_harmonics", kind="spline", activation="gelu"),
             "latent_so3": dict(flavour="latent", l_max=3, layers=3, parity="so3")}
    for seed, (name, options) in enumerate(cases.items()):
        rng = np.random.default_rng(seed)
        path = os.path.join(folder, name)
        write_dp(path + ".dp", tree(rng, **options))
        reference = {"name": name, "reference": "allegro_plain.py", "frames": frames(Model(read_dp(path + ".dp")), rng, 3)}
        with open(path + ".reference.json", "w") as out:
            json.dump(reference, out)


if __name__ == "__main__":
    main(sys.argv[1])
