#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""Allegro models in plain numpy: energy, forces and virial of the model in a .dp file, with the adjoint by hand.

    model = Model.read("model.dp")
    out = model(positions (N,3), types (N,), cell (3,3) or None, pbc)      -> energy, atom_energy, force, virial

Written from the formulas, with one einsum where the library folds, and equal to the packages of the NequIP framework (nequip
0.19.1 with nequip-allegro 0.8.3, and nequip 0.5.5 with allegro 0.2.0) to 1e-12. Two flavours of the network: "product", the
present one, and "latent", that of allegro 0.2. Needs numpy and h5py.
"""
import functools
import json
import sys
from math import factorial, sqrt

import numpy as np

# ------------------------------------------------------------------ harmonics and couplings
# Order of the 2l+1 components: m = -l..l where the polar axis is y and the azimuth runs from z to x, so that l = 1 is (x, y, z).
# Normalisation: sum_m Y_lm^2 = 2l+1 on the unit sphere.


def harmonics(lmax, v, gradient=False):
    """Y[..., (lmax+1)^2] of the unit vectors v/|v|; with gradient also dY[..., (lmax+1)^2, 3] = dY/dv (v not normalised)."""
    v = np.asarray(v, float)
    r = np.sqrt((v * v).sum(-1))
    n = v / r[..., None]
    x, y, z = n[..., 0], n[..., 1], n[..., 2]
    one, o = np.ones_like(x), np.zeros_like(x)
    Y, G = [one], [(o, o, o)]           # G: derivative of the polynomial by x, y, z as if they were independent
    if lmax >= 1:
        c = sqrt(3.)
        Y += [c * x, c * y, c * z]
        G += [(c * one, o, o), (o, c * one, o), (o, o, c * one)]
    if lmax >= 2:
        a, b, h = sqrt(15.), sqrt(5.), sqrt(15.) / 2
        Y += [a * x * z, a * x * y, b * (y * y - .5 * (x * x + z * z)), a * y * z, h * (z * z - x * x)]
        G += [(a * z, o, a * x), (a * y, a * x, o), (-b * x, 2 * b * y, -b * z), (o, a * z, a * y), (-2 * h * x, o, 2 * h * z)]
    if lmax >= 3:
        p, q, s, t = sqrt(70.) / 4, sqrt(105.), sqrt(42.) / 4, sqrt(7.) / 2
        Y += [p * x * (3 * z * z - x * x), q * x * y * z, s * x * (4 * y * y - x * x - z * z),
              t * y * (2 * y * y - 3 * x * x - 3 * z * z), s * z * (4 * y * y - x * x - z * z),
              q / 2 * y * (z * z - x * x), p * z * (z * z - 3 * x * x)]
        G += [(p * (3 * z * z - 3 * x * x), o, 6 * p * x * z), (q * y * z, q * x * z, q * x * y),
              (s * (4 * y * y - 3 * x * x - z * z), 8 * s * x * y, -2 * s * x * z),
              (-6 * t * x * y, t * (6 * y * y - 3 * x * x - 3 * z * z), -6 * t * y * z),
              (-2 * s * x * z, 8 * s * y * z, s * (4 * y * y - x * x - 3 * z * z)),
              (-q * x * y, q / 2 * (z * z - x * x), q * y * z),
              (-6 * p * x * z, o, p * (3 * z * z - 3 * x * x))]
    if lmax >= 4:
        raise NotImplementedError("lmax > 3")
    Y = np.stack(Y, -1)
    if not gradient:
        return Y
    G = np.stack([np.stack(g, -1) for g in G], -2)
    G = (G - (G * n[..., None, :]).sum(-1, keepdims=True) * n[..., None, :]) / r[..., None, None]
    return Y, G


def _cg(j1, m1, j2, m2, j3, m3):
    if m3 != m1 + m2 or not abs(j1 - j2) <= j3 <= j1 + j2:
        return 0.
    f = factorial
    pre = sqrt((2 * j3 + 1) * f(j3 + j1 - j2) * f(j3 - j1 + j2) * f(j1 + j2 - j3) / f(j1 + j2 + j3 + 1)
               * f(j3 + m3) * f(j3 - m3) * f(j1 - m1) * f(j1 + m1) * f(j2 - m2) * f(j2 + m2))
    tot = 0.
    for k in range(0, j1 + j2 + j3 + 1):
        d = (k, j1 + j2 - j3 - k, j1 - m1 - k, j2 + m2 - k, j3 - j2 + m1 + k, j3 - j1 - m2 + k)
        if min(d) >= 0:
            den = 1
            for e in d:
                den *= f(e)
            tot += (-1) ** k / den
    return pre * tot


def _real_basis(l):
    """Q[m_real, m_complex], times (-i)^l so that the couplings become real."""
    q = np.zeros((2 * l + 1, 2 * l + 1), complex)
    for m in range(-l, 0):
        q[l + m, l - m] = 1 / sqrt(2.)
        q[l + m, l + m] = -1j / sqrt(2.)
    q[l, l] = 1
    for m in range(1, l + 1):
        q[l + m, l + m] = (-1) ** m / sqrt(2.)
        q[l + m, l - m] = 1j * (-1) ** m / sqrt(2.)
    return (-1j) ** l * q


@functools.lru_cache(None)
def coupling(l1, l2, l3):
    """C[2l1+1, 2l2+1, 2l3+1], real, sum of squares 1 (before the factor sqrt(2 l3 + 1))."""
    c = np.zeros((2 * l1 + 1, 2 * l2 + 1, 2 * l3 + 1))
    for m1 in range(-l1, l1 + 1):
        for m2 in range(-l2, l2 + 1):
            if abs(m1 + m2) <= l3:
                c[l1 + m1, l2 + m2, l3 + m1 + m2] = _cg(l1, m1, l2, m2, l3, m1 + m2)
    c = np.einsum("ij,kl,mn,ikn->jlm", _real_basis(l1), _real_basis(l2), np.conj(_real_basis(l3).T), c)
    assert abs(c.imag).max() < 1e-12
    c = c.real
    return c / np.sqrt((c * c).sum())


# ------------------------------------------------------------------ file: the .dp dialect (root attribute json + /variable_nnnn)


def read_dp(path):
    import h5py
    with h5py.File(path, "r") as f:
        tree = json.loads(f.attrs["json"])

        def leaves(x):
            if isinstance(x, dict):
                return {k: leaves(v) for k, v in x.items()}
            if isinstance(x, list):
                return [leaves(v) for v in x]
            return None if x is None else np.array(f[x])

        def walk(x):
            if isinstance(x, dict):
                return {k: (leaves(v) if k == "@variables" else walk(v)) for k, v in x.items()}
            if isinstance(x, list):
                return [walk(v) for v in x]
            return x
        return walk(tree)


def write_dp(path, tree):
    import h5py
    with h5py.File(path, "w", libver="latest", meta_block_size=64) as f:
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
            x = np.ascontiguousarray(x)
            compact = h5py.h5p.create(h5py.h5p.DATASET_CREATE)      # small files: numbers in the headers
            if x.nbytes < 60000:
                compact.set_layout(h5py.h5d.COMPACT)
            compact.set_obj_track_times(False)
            data = h5py.h5d.create(f.id, name.encode(), h5py.h5t.py_create(x.dtype), h5py.h5s.create_simple(x.shape), dcpl=compact)
            data.write(h5py.h5s.ALL, h5py.h5s.ALL, x)
            return name

        def walk(x):
            if isinstance(x, dict):
                return {k: (leaves(v) if k == "@variables" else walk(v)) for k, v in x.items()}
            if isinstance(x, list):
                return [walk(v) for v in x]
            return x
        f.attrs["json"] = json.dumps(walk(tree), separators=(",", ":"))

# ------------------------------------------------------------------ small pieces, each with its derivative


def silu(x):
    s = 1 / (1 + np.exp(-x))
    return x * s, s * (1 + x * (1 - s))


def tanh(x):
    t = np.tanh(x)
    return t, 1 - t * t


def mish(x):
    sp = np.logaddexp(0, x)
    t = np.tanh(sp)
    s = 1 / (1 + np.exp(-x))
    return x * t, t + x * (1 - t * t) * s


def gelu(x):
    from math import erf, sqrt, pi
    phi = 0.5 * (1 + np.vectorize(erf)(x / sqrt(2.)))
    return x * phi, phi + x * np.exp(-x * x / 2) / sqrt(2 * pi)


def ssp(x):
    return np.logaddexp(0, x) - np.log(2.), 1 / (1 + np.exp(-x))


ACT = {"silu": silu, "mish": mish, "gelu": gelu, "ssp": ssp, "tanh": tanh, "none": lambda x: (x, np.ones_like(x))}


class Net:
    """y = act(...act(x W1 + b1)...) Wn; all scale factors are already inside W."""

    def __init__(self, tree):
        self.w = [np.asarray(w, float) for w in tree["@variables"]["w"]]
        self.act = ACT[tree["activation"]]

    def forward(self, x):
        tape = []
        for k, w in enumerate(self.w):
            tape.append([x, None])
            x = x @ w
            if k + 1 < len(self.w):
                x, d = self.act(x)
                tape[-1][1] = d
        return x, tape

    def backward(self, tape, g):
        for k in reversed(range(len(self.w))):
            if tape[k][1] is not None:
                g = g * tape[k][1]
            g = g @ self.w[k].T
        return g


def cutoff(x, p):
    """1 - (p+1)(p+2)/2 x^p + p(p+2) x^(p+1) - p(p+1)/2 x^(p+2), zero from x = 1 on."""
    a, b, c = (p + 1) * (p + 2) / 2, p * (p + 2), p * (p + 1) / 2
    u = 1 - a * x**p + b * x**(p + 1) - c * x**(p + 2)
    d = -a * p * x**(p - 1) + b * (p + 1) * x**p - c * (p + 2) * x**(p + 1)
    return np.where(x < 1, u, 0.), np.where(x < 1, d, 0.)


def irreps(s):
    """'0e+1o+2e' -> [(0, 1), (1, -1), (2, 1)]"""
    return [(int(t[:-1]), 1 if t[-1] == "e" else -1) for t in s.split("+")] if s else []


def offsets(irs):
    o = [0]
    for l, _ in irs:
        o.append(o[-1] + 2 * l + 1)
    return o


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


class Product:
    """T[z,u,K] = sum_{p in paths} weight[u,p] sqrt(2 l_out + 1) C[i,j,k] V[z,u,i] A[z,u,j];
    separate=True keeps each path in an output of its own and has no weights."""

    def __init__(self, irs1, irs2, irs_out, weights=None, separate=False):
        self.p = paths(irs1, irs2, irs_out)
        self.out = [irs_out[c] for _, _, c in self.p] if separate else irs_out
        o1, o2, o3 = offsets(irs1), offsets(irs2), offsets(self.out)
        u = 1 if weights is None else weights.shape[0]
        self.t = np.zeros((u, o1[-1], o2[-1], o3[-1]))
        for n, (a, b, c) in enumerate(self.p):
            l1, l2, l3 = irs1[a][0], irs2[b][0], irs_out[c][0]
            w3 = np.sqrt(2 * l3 + 1.) * coupling(l1, l2, l3)
            k = n if separate else c
            w = np.ones(1) if weights is None else weights[:, n]
            self.t[:, o1[a]:o1[a + 1], o2[b]:o2[b + 1], o3[k]:o3[k + 1]] += w[:, None, None, None] * w3

    def forward(self, v, a):
        return np.einsum("zui,zuj,uijk->zuk", v, a, np.broadcast_to(self.t, (v.shape[1],) + self.t.shape[1:]), optimize=True)

    def backward(self, v, a, g):
        t = np.broadcast_to(self.t, (v.shape[1],) + self.t.shape[1:])
        return (np.einsum("zuk,zuj,uijk->zui", g, a, t, optimize=True),
                np.einsum("zuk,zui,uijk->zuj", g, v, t, optimize=True))

# ------------------------------------------------------------------ neighbours (brute force, any cell)


def neighbours(pos, cell, pbc, rc):
    """Edges i, j, shift (images of j) with |r_j + shift cell - r_i| < rc; both directions, no self without shift."""
    n = len(pos)
    if cell is None or not np.any(pbc):
        shifts = np.zeros((1, 3), int)
        cell = np.zeros((3, 3)) if cell is None else cell
    else:
        h = 1 / np.linalg.norm(np.linalg.inv(cell), axis=0)
        span = np.linalg.norm(pos[:, None] - pos[None], axis=-1).max() if n > 1 else 0
        m = [int(np.ceil((rc + span) / h[k])) if pbc[k] else 0 for k in range(3)]
        shifts = np.array([(a, b, c) for a in range(-m[0], m[0] + 1) for b in range(-m[1], m[1] + 1) for c in range(-m[2], m[2] + 1)])
    ii, jj, ss = [], [], []
    for s in shifts:
        d = pos[None] + s @ cell - pos[:, None]
        r2 = (d * d).sum(-1)
        i, j = np.nonzero(r2 < rc * rc)
        keep = ~((i == j) & (not np.any(s)))
        ii.append(i[keep]); jj.append(j[keep]); ss.append(np.repeat(s[None], keep.sum(), 0))
    return np.concatenate(ii), np.concatenate(jj), np.concatenate(ss)

# ------------------------------------------------------------------ the model


class Model:
    def __init__(self, tree):
        self.tree = t = tree
        assert t["type"] == "allegro" and t["format"] == 1
        self.flavour, self.L, self.U, self.S = t["flavour"], t["layers"], t["tensor_features"], t["scalar_features"]
        self.l_max, self.types, self.rc = t["l_max"], t["type_map"], float(t["r_max"])
        v = t["@variables"]
        self.pair_rc = np.asarray(v["pair_cutoff"])              # (T,T), row: centre
        self.norm = np.asarray(v["environment_norm"])            # (T,) of the centre
        self.sum_norm = np.asarray(v["sum_norm"])                # (T,) of the centre
        self.scale, self.shift = np.asarray(v["scale"]), np.asarray(v["shift"])
        self.edge_scale = None if v.get("pair_scale") is None else np.asarray(v["pair_scale"])
        self.p = float(t["cutoff_exponent"])
        self.radial = t["radial"]
        rv = self.radial["@variables"]
        if self.radial["kind"] == "bessel":
            self.freq, self.mean, self.inv = (np.asarray(rv[k], float) for k in ("frequency", "mean", "inverse_deviation"))
            self.basis_w = np.asarray(rv["w"])                   # (nb, D)
            self.mult = None if rv.get("pair_factor") is None else np.asarray(rv["pair_factor"])   # (T*T, D)
            self.add = None if rv.get("pair_term") is None else np.asarray(rv["pair_term"])
            self.radial_act = ACT[self.radial["activation"]]
        else:
            self.spline = np.asarray(rv["w"])                    # (T*T, D, n)
            self.span = int(self.radial["span"])
        self.embed = Net(t["embedding"])
        self.readout = Net(t["readout"])
        self.nets = [Net(n) for n in t["latent"]]
        self.sh = irreps(t["harmonics"])                         # "0e+1o+2e", or "0e+1e+2e" (parity "so3" of allegro 0.2)
        self.row = np.concatenate([[l] * (2 * l + 1) for l in range(self.l_max + 1)]).astype(int)   # lm -> l
        tr = [irreps(s) for s in t["track"]]
        assert tr == track(self.sh, irreps(t["allowed"]), self.L, self.flavour == "latent"), "track"
        if self.flavour == "product":
            self.tensor_w, self.first_w = np.asarray(v["tensor_embedding"]), np.asarray(v["first_projection"])
            self.tp = [Product(tr[k], self.sh, tr[k + 1], np.broadcast_to(np.asarray(v["path_weight"][k]), (self.U, np.asarray(v["path_weight"][k]).shape[1])))
                       for k in range(self.L)]
        else:
            self.env = [Net(n) for n in t["environment"]]
            self.tp = [Product(tr[k], self.sh, tr[k + 1], separate=True) for k in range(self.L)]
            self.mix = [np.asarray(w) for w in v["mix"]]         # dense (U*K_in... see mix_forward)
            self.old, self.new = np.asarray(v["resnet_old"]), np.asarray(v["resnet_new"])
            self.track = tr
        self.zbl = t.get("zbl")

    @classmethod
    def read(cls, path):
        return cls(read_dp(path))

    # -- radial features of the edges: values e0 (E,D) and derivative by r
    def radial_forward(self, r, rc, pair):
        x = r / rc
        if self.radial["kind"] == "bessel":
            w = self.freq[None]
            a = np.pi * w * x[:, None]
            b = np.sin(a) / (np.pi * x[:, None])
            db = (w * np.cos(a) - b) / x[:, None]
            u, du = cutoff(x, self.p)
            f = (b - self.mean) * self.inv
            df = (db * self.inv * u[:, None] + f * du[:, None]) / rc[:, None]
            f = f * u[:, None]
            e, de = f @ self.basis_w, df @ self.basis_w
            if self.mult is not None:
                e, de = e * self.mult[pair], de * self.mult[pair]
            if self.add is not None:
                e = e + self.add[pair]
            e, d = self.radial_act(e)
            return e, de * d
        n = self.spline.shape[-1]
        lo = (np.arange(n) - self.span) / n
        width = (self.span + 1) / n
        s = np.clip(x[:, None], lo, lo + width) - lo
        inside = (x[:, None] > lo) & (x[:, None] < lo + width)
        c = 2 * np.pi / width
        b = 0.25 * (1 - np.cos(c * s))**2
        db = np.where(inside, 0.5 * (1 - np.cos(c * s)) * c * np.sin(c * s), 0.) / rc[:, None]
        return np.einsum("zdn,zn->zd", self.spline[pair], b), np.einsum("zdn,zn->zd", self.spline[pair], db)

    def weigh(self, w, Y):
        """(E, U, l) weights times Y -> (E, U, lm)"""
        return w[:, :, self.row] * Y[:, None, :]

    def weigh_back(self, w, Y, g):
        gw = np.zeros(w.shape)
        np.add.at(gw, (slice(None), slice(None), self.row), g * Y[:, None, :])
        return gw, (g * w[:, :, self.row]).sum(1)

    def __call__(self, pos, types, cell=None, pbc=(True, True, True)):
        pos, types = np.asarray(pos, float), np.asarray(types, int)
        cell = None if cell is None else np.asarray(cell, float)
        i, j, s = neighbours(pos, cell, pbc if cell is not None else (False,) * 3, self.rc)
        d = pos[j] - pos[i] + (s @ cell if cell is not None else 0.)
        e_i, g = self.edges(d, i, types[i], types[j], types)
        f = np.zeros_like(pos)
        np.add.at(f, i, g)
        np.add.at(f, j, -g)
        virial = -np.einsum("za,zb->ab", d, g)      # sum over edges of r (x) f on the neighbour
        return {"energy": e_i.sum(), "atom_energy": e_i, "force": f, "virial": virial, "edges": len(i)}

    def edges(self, d, i, ti, tj, types):
        """Energies of the atoms and dE/d(edge vector)."""
        N, T = len(types), len(self.types)
        r = np.sqrt((d * d).sum(1))
        rc = self.pair_rc[ti, tj]
        Y, dY = harmonics(self.l_max, d, True)
        R, U = self.l_max + 1, self.U
        norm = self.norm[types][:, None, None]
        pair = ti * T + tj
        e0, de0 = self.radial_forward(r, rc, pair)
        g_r = np.zeros_like(r)          # dE/dr collected here, dE/dY in g_Y
        g_Y = np.zeros_like(Y)

        def scatter(x):
            out = np.zeros((N,) + x.shape[1:])
            np.add.at(out, i, x)
            return out * norm

        if self.flavour == "product":
            e, tape_e = self.embed.forward(e0)
            w0 = (e @ self.tensor_w).reshape(-1, U, R)
            V = [self.weigh(w0, Y)]
            proj = e @ self.first_w
            x = [proj[:, :self.S]]
            w = [proj[:, self.S:].reshape(-1, U, R)]
            A, tapes = [], []
            for k in range(self.L):
                A.append(scatter(self.weigh(w[k], Y)))
                V.append(self.tp[k].forward(V[k], A[k][i]))
                y, tape = self.nets[k].forward(np.concatenate(x + [V[k + 1][:, :, 0]], 1))
                tapes.append(tape)
                x.append(y[:, :self.S])
                w.append(y[:, self.S:].reshape(-1, U, R) if k < self.L - 1 else None)
            out, tape_out = self.readout.forward(np.concatenate(x, 1))
            # adjoint
            g_out = self.edge_factor(ti, tj)
            gx = list(np.split(self.readout.backward(tape_out, g_out[:, None]), self.L + 1, 1))
            gw = [None] * (self.L + 1)
            gV = np.zeros_like(V[self.L])
            for k in reversed(range(self.L)):
                gy = gx[k + 1] if k == self.L - 1 else np.concatenate([gx[k + 1], gw[k + 1].reshape(len(r), -1)], 1)
                gin = self.nets[k].backward(tapes[k], gy)
                for m in range(k + 1):
                    gx[m] = gx[m] + gin[:, m * self.S:(m + 1) * self.S]
                gV[:, :, 0] += gin[:, (k + 1) * self.S:]
                gV, gA = self.tp[k].backward(V[k], A[k][i], gV)
                gAi = scatter(gA)                                   # sum over the edges of the centre, times norm
                gw[k], t = self.weigh_back(w[k], Y, gAi[i])
                g_Y += t
            gw0, t = self.weigh_back(w0, Y, gV)
            g_Y += t
            ge = np.concatenate([gx[0], gw[0].reshape(len(r), -1)], 1) @ self.first_w.T + gw0.reshape(len(r), -1) @ self.tensor_w.T
            g_r += (self.embed.backward(tape_e, ge) * de0).sum(1)
        else:
            u, du = cutoff(r / rc, self.p)
            du = du / rc
            y, tape_e = self.embed.forward(e0)
            lat = [u[:, None] * y]
            raw, tapes = [y], [tape_e]
            env, V, A, P, etape = [], [], [], [], []
            for k in range(self.L):
                w, tape = self.env[k].forward(lat[k])
                etape.append(tape)
                if k == 0:
                    w0, w = w[:, :U * R].reshape(-1, U, R), w[:, U * R:]
                    V.append(self.weigh(w0, Y))
                env.append(w.reshape(-1, U, R))
                A.append(scatter(self.weigh(env[k], Y)))
                P.append(self.tp[k].forward(V[k], A[k][i]))
                ns = sum(1 for o in self.tp[k].out if o == (0, 1))
                y, tape = self.nets[k].forward(np.concatenate([lat[k], P[k][:, :, :ns].reshape(len(r), -1)], 1))
                raw.append(y); tapes.append(tape)
                lat.append(self.old[k] * lat[k] + self.new[k] * u[:, None] * y)
                if k < self.L - 1:
                    V.append(self.mix_forward(k, P[k]))
            out, tape_out = self.readout.forward(lat[self.L])
            g_out = self.edge_factor(ti, tj)
            gl = self.readout.backward(tape_out, g_out[:, None])
            gV = None
            for k in reversed(range(self.L)):
                g_r += self.new[k] * du * (gl * raw[k + 1]).sum(1)
                gin = self.nets[k].backward(tapes[k + 1], self.new[k] * u[:, None] * gl)
                gl = self.old[k] * gl + gin[:, :self.S]
                gP = np.zeros_like(P[k]) if gV is None else self.mix_backward(k, gV)
                ns = (gin.shape[1] - self.S) // U
                gP[:, :, :ns] += gin[:, self.S:].reshape(-1, U, ns)
                gV, gA = self.tp[k].backward(V[k], A[k][i], gP)
                gAi = scatter(gA)
                gw, t = self.weigh_back(env[k], Y, gAi[i])
                g_Y += t
                gw = gw.reshape(len(r), -1)
                if k == 0:
                    gw0, t = self.weigh_back(w0, Y, gV)
                    g_Y += t
                    gw = np.concatenate([gw0.reshape(len(r), -1), gw], 1)
                gl = gl + self.env[k].backward(etape[k], gw)
            g_r += du * (gl * raw[0]).sum(1)
            g_r += (self.embed.backward(tape_e, u[:, None] * gl) * de0).sum(1)

        e_edge = out[:, 0] * g_out
        e_i = np.zeros(N)
        np.add.at(e_i, i, e_edge)
        e_i = e_i + self.shift[types]
        if self.zbl:
            z = np.asarray(self.zbl["@variables"]["atomic_number"], float)
            e, de = self.pair_zbl(r, rc, z[ti], z[tj])
            np.add.at(e_i, i, e)
            g_r += de
        g = g_r[:, None] * d / r[:, None] + np.einsum("zm,zma->za", g_Y, dY)
        return e_i, g

    def edge_factor(self, ti, tj):
        f = self.sum_norm[ti] * self.scale[ti]
        return f if self.edge_scale is None else f * self.edge_scale[ti, tj]

    def mix_forward(self, k, P):
        """latent flavour: mixes channels and paths of the same output irrep; mix[k] is flat, blocks (out channel, channel, path)."""
        out, pos, c = [], 0, 0
        for o, (l, p) in enumerate(self.track[k + 1]):
            n = sum(1 for q in self.tp[k].p if q[2] == o)
            m = 2 * l + 1
            w = self.mix[k][pos:pos + self.U * self.U * n].reshape(self.U, self.U, n)
            pos += w.size
            x = P[:, :, c:c + n * m].reshape(len(P), self.U, n, m)
            c += n * m
            out.append(np.einsum("vun,zuni->zvi", w, x, optimize=True))
        return np.concatenate(out, 2)

    def mix_backward(self, k, g):
        out, pos, c = [], 0, 0
        for o, (l, p) in enumerate(self.track[k + 1]):
            n = sum(1 for q in self.tp[k].p if q[2] == o)
            m = 2 * l + 1
            w = self.mix[k][pos:pos + self.U * self.U * n].reshape(self.U, self.U, n)
            pos += w.size
            out.append(np.einsum("vun,zvi->zuni", w, g[:, :, c:c + m], optimize=True).reshape(len(g), self.U, n * m))
            c += m
        return np.concatenate(out, 2)

    def pair_zbl(self, r, rc, zi, zj):
        """half of the Ziegler-Biersack-Littmark energy of the pair, times the polynomial cutoff of r/rc"""
        c = np.array([0.02817, 0.28022, 0.50986, 0.18175]); q = np.array([0.20162, 0.40290, 0.94229, 3.19980])
        a = (zi**0.23 + zj**0.23) / 0.46850
        ex = np.exp(-q * (a * r)[:, None])
        psi, dpsi = ex @ c, -(ex * q) @ c * a
        k = self.zbl["half_coulomb"] * zi * zj
        e, de = k / r * psi, k / r * dpsi - k / r**2 * psi
        u, du = cutoff(r / rc, float(self.zbl["cutoff_exponent"]))
        return e * u, de * u + e * du / rc


if __name__ == "__main__":
    m = Model.read(sys.argv[1])
    ref = json.load(open(sys.argv[2]))
    worst = {}
    for f in ref["frames"]:
        o = m(f["positions"], f["types"], f["cell"], f["pbc"])
        for k in ("energy", "atom_energy", "force", "virial"):
            worst[k] = max(worst.get(k, 0), np.abs(np.asarray(o[k]) - np.asarray(f[k])).max())
    print(sys.argv[1], {k: "%.1e" % v for k, v in worst.items()})
