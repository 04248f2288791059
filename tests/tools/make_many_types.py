#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""Make a random model of real size that knows all 118 elements, or its twin, which knows few of them.

Usage: make_many_types.py KIND OUTPUT.dp [ELEMENT ...]

KIND: concat, concat_one_sided, strip (DPA-1 without attention), se_e2_a (one-sided, a fitting net for each type:
480 MB). With ELEMENTs (in the order of their numbers) the model knows these alone and has the same numbers for
them, so that energies are the same. Needs Python 3.8 and nothing else.
"""

import array
import functools
import json
import random
import struct
import sys

ELEMENTS = """H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr
Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt
Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts
Og""".split()
DPA1 = ("concat", "concat_one_sided", "strip")
KINDS = (*DPA1, "se_e2_a")
EMBEDDING, AXIS, FITTING, VECTOR = [25, 50, 100], 16, [240, 240, 240], 8
SEL = 120  # of DPA-1, for all types
SEL_OF_EACH = 80  # of se_e2_a

# --- numbers that depend on their seed alone: a part of one sequence --------------------------------------------------


@functools.lru_cache(maxsize=None)
def sequence(size):
    rng = random.Random(1)
    return array.array("d", [rng.gauss(0.0, size) for _ in range(1 << 16)])


def normal(seed, count, size=1.0):
    numbers = sequence(size)
    start = random.Random(seed).randrange(len(numbers))
    return (numbers * (2 + count // len(numbers)))[start : start + count]


# --- HDF5, as little of it as is needed -------------------------------------------------------------------------------

UNDEFINED = (1 << 64) - 1
DOUBLE = struct.pack("<4BI2H4BI", 0x11, 0x20, 0x3F, 0, 8, 0, 64, 52, 11, 0, 52, 1023)


def padded(data, by=b"\0"):
    return data + by * (-len(data) % 8)


def object_header(*messages):
    """Of pairs (type, body)."""
    bodies = [(kind, padded(body)) for kind, body in messages]
    out = b"".join(struct.pack("<2HI", kind, len(body), 0) + body for kind, body in bodies)
    return struct.pack("<2H3I", 1, len(messages), 1, len(out), 0) + out


class DpFile:
    """A `.dp` file whose arrays are written as they are made."""

    def __init__(self, path):
        self.file = open(path, "wb")
        self.file.write(bytes(96))
        self.links = []

    def array(self, shape, numbers):
        """Writes doubles; gives the name under which the tree has them."""
        layout = struct.pack("<2B2Q", 3, 1, self.file.tell(), 8 * len(numbers))
        numbers.tofile(self.file)
        space = struct.pack(f"<2B6x{len(shape)}Q", 1, len(shape), *shape)
        name = f"variable_{len(self.links):04d}"
        link = struct.pack("<3B", 1, 0, len(name)) + name.encode() + struct.pack("<Q", self.file.tell())
        self.links.append((6, link))
        self.file.write(object_header((1, space), (3, DOUBLE), (5, b"\2\2\2\1" + bytes(4)), (8, layout)))
        return "/" + name

    def finish(self, tree):
        text = padded(json.dumps(tree).encode().ljust(4096), b" ")
        heap = struct.pack("<4sI3Q", b"GCOL", 1, 32 + len(text), 1, len(text)) + text
        attribute = struct.pack("<4H8s", 1, 5, 20, 8, b"json")
        attribute += struct.pack("<4BI4BI2H4x", 0x19, 1, 1, 0, 16, 0x10, 0, 0, 0, 1, 0, 8)
        address = self.file.tell()
        self.file.write(heap)
        root = self.file.tell()
        attribute += struct.pack("<QIQI", 1, len(text), address, 1)
        no_heap = struct.pack("<2x2Q", UNDEFINED, UNDEFINED)
        self.file.write(object_header((2, no_heap), (10, bytes(2)), (12, attribute), *self.links))
        end = self.file.tell()
        self.file.seek(0)
        self.file.write(struct.pack("<8s5x2Bx2HI", b"\x89HDF\r\n\x1a\n", 8, 8, 4, 16, 0))
        self.file.write(struct.pack("<4Q", 0, UNDEFINED, end, UNDEFINED) + struct.pack("<2Q24x", 0, root))
        self.file.close()


# --- the tree of a model ----------------------------------------------------------------------------------------------


class Maker:
    """Makes the parts of a model of these elements; arrays go to `file`, a DpFile."""

    def __init__(self, kind, elements, file):
        self.kind, self.elements, self.file = kind, elements, file

    def layer(self, weights, shape, seed, activation="tanh", bias=True, timestep=False, resnet=True):
        variables = {"w": self.file.array(shape, weights), "b": None, "idt": None}
        if bias:
            variables["b"] = self.file.array(shape[1:], normal(seed + "b", shape[1], 0.5))
        if timestep:
            variables["idt"] = self.file.array(shape[1:], normal(seed + "t", shape[1], 0.1))
        return {
            "@class": "Layer",
            "@version": 2,
            "@variables": variables,
            "activation_function": activation,
            "bias": bias,
            "precision": "float64",
            "resnet": resnet,
            "use_timestep": timestep,
        }

    def net(self, seed, widths, size=1.0, **options):
        """`size`: of the first layer's weights, relative to what keeps sums moderate."""
        layers = []
        for i, shape in enumerate(zip(widths, widths[1:])):
            weights = normal(f"{seed}{i}w", shape[0] * shape[1], (size if i == 0 else 1.0) * sum(shape) ** -0.5)
            more = options if i > 0 else {}
            layers.append(self.layer(weights, list(shape), f"{seed}{i}", **more))
        return {"@class": "Network", "@version": 1, "layers": layers}

    def collection(self, nets):
        return {
            "@class": "NetworkCollection",
            "@version": 1,
            "ndim": 0 if len(nets) == 1 else 1,
            "network_type": "network",
            "networks": nets,
            "ntypes": len(self.elements),
        }

    def statistics(self, slots, mean):
        """Average and deviation, one row for all neighbours of a centre."""
        davg, dstd = array.array("d"), array.array("d")
        for element in self.elements:
            average, radial, angular = (0.1 + 0.02 * abs(x) for x in normal("row" + element, 3))
            davg.extend([mean * average, 0.0, 0.0, 0.0] * slots)
            dstd.extend([radial, angular, angular, angular] * slots)
        shape = [len(self.elements), slots, 4]
        return {"davg": self.file.array(shape, davg), "dstd": self.file.array(shape, dstd)}

    def type_embedding(self):
        vectors = array.array("d")
        for element in self.elements:
            vectors.extend(normal("vector" + element, VECTOR))
        shape = [len(self.elements), VECTOR]
        layer = self.layer(vectors, shape, "", activation="Linear", bias=False, resnet=False)
        return {
            "@class": "TypeEmbedNet",
            "@version": 2,
            "embedding": {"@class": "EmbeddingNetwork", "@version": 2, "layers": [layer]},
            "neuron": [VECTOR],
            "ntypes": len(self.elements),
            "type_map": self.elements,
        }

    def dpa1(self):
        one_sided, strip = self.kind == "concat_one_sided", self.kind == "strip"
        types = VECTOR if one_sided else 2 * VECTOR
        parts = {
            "type": "dpa1",
            "@version": 2,
            "@variables": self.statistics(SEL, 0.3),
            "attn_layer": 0,
            "concat_output_tebd": True,
            "embeddings": self.collection([self.net("radial", [1 if strip else 1 + types, *EMBEDDING])]),
            "ntypes": len(self.elements),
            "sel": [SEL],
            "smooth_type_embedding": True,
            "tebd_dim": VECTOR,
            "tebd_input_mode": "strip" if strip else "concat",
            "type_embedding": self.type_embedding(),
            "type_one_side": one_sided,
        }
        if strip:
            parts["embeddings_strip"] = self.collection([self.net("types", [types, *EMBEDDING])])
        return parts, EMBEDDING[-1] * AXIS + VECTOR

    def se_e2_a(self):
        nets = [self.net("radial" + element, [1, *EMBEDDING]) for element in self.elements]
        parts = {
            "type": "se_e2_a",
            "@version": 2,
            "@variables": self.statistics(SEL_OF_EACH * len(self.elements), 0.0),
            "embeddings": self.collection(nets),
            "sel": [SEL_OF_EACH] * len(self.elements),
            "type_one_side": True,
        }
        return parts, EMBEDDING[-1] * AXIS

    def descriptor(self):
        parts, width = self.se_e2_a() if self.kind == "se_e2_a" else self.dpa1()
        common = {
            "@class": "Descriptor",
            "activation_function": "tanh",
            "axis_neuron": AXIS,
            "env_protection": 0.0,
            "exclude_types": [],
            "neuron": EMBEDDING,
            "precision": "float64",
            "rcut": 6.0,
            "rcut_smth": 0.5,
            "type_map": self.elements,
        }
        return common | parts, width

    def fitting(self, inputs):
        mixed = self.kind != "se_e2_a"
        # A descriptor is divided by the square of the sum of sel, whatever the types.
        size = 1.0 if mixed else (SEL_OF_EACH * len(self.elements) / SEL) ** 2
        nets = []
        for element in ["all"] if mixed else self.elements:
            net = self.net("fitting" + element, [inputs, *FITTING], 4.0 * size, timestep=True)
            last = normal(element + "last", FITTING[-1], FITTING[-1] ** -0.5)
            net["layers"].append(self.layer(last, [FITTING[-1], 1], element, activation="none", resnet=False))
            nets.append(net)
        bias = array.array("d", [normal("energy" + element, 1)[0] - 5.0 for element in self.elements])
        return {
            "@class": "Fitting",
            "@version": 4,
            "@variables": {"bias_atom_e": self.file.array([len(bias), 1], bias)},
            "dim_descrpt": inputs,
            "dim_out": 1,
            "mixed_types": mixed,
            "nets": self.collection(nets),
            "neuron": FITTING,
            "ntypes": len(self.elements),
            "precision": "float64",
            "type": "ener",
            "type_map": self.elements,
            "var_name": "energy",
        }

    def tree(self):
        descriptor, width = self.descriptor()
        model = {
            "@class": "Model",
            "@version": 2,
            "type": "standard",
            "type_map": self.elements,
            "descriptor": descriptor,
            "fitting": self.fitting(width),
            "atom_exclude_types": [],
            "pair_exclude_types": [],
        }
        return {"backend": "dpmodel", "model": model, "min_nbor_dist": 0.8}


def make(kind, output, elements=ELEMENTS):
    file = DpFile(output)
    file.finish(Maker(kind, list(elements), file).tree())


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in KINDS or not set(sys.argv[3:]) <= set(ELEMENTS):
        sys.exit(__doc__)
    make(sys.argv[1], sys.argv[2], sys.argv[3:] or ELEMENTS)
