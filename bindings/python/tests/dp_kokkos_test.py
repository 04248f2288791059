# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""The package against the numbers of DeePMD-kit, and its calculator against derivatives of the energy."""

import copy
import importlib.util
import io
import json
import os
import pathlib
import pickle
import sys
import tempfile
import threading
import unittest
import warnings
from contextlib import redirect_stderr, redirect_stdout
from unittest import mock

import numpy as np

import dp_kokkos
from dp_kokkos import DeepPot, DPError, __main__, calc_model_devi

try:
    import ase.build
    import ase.io
    from ase.optimize import BFGS

    from dp_kokkos.ase import DP
except ImportError:
    ase = None

ROOT = pathlib.Path(__file__).parents[3]
VARIANTS = ROOT / "tests" / "data" / "variants"
WATER = ROOT / "examples" / "water"


def reference(name):
    """A model and the frames of its reference file."""
    frames = json.loads((VARIANTS / f"{name}.reference.json").read_text())["frames"]
    return VARIANTS / f"{name}.dp", frames


def arguments(frame):
    """Those of DeepPot.compute() for a frame of a reference file."""
    return {
        "positions": frame["coord"], "types": frame["type"], "cell": frame["box"] if frame["pbc"] else None,
        "fparam": frame.get("fparam"), "aparam": frame.get("aparam"),
    }


class Models(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.model = DeepPot(reference("activation_gelu")[0])

    def close(self, a, b, tolerance=1e-9):
        np.testing.assert_allclose(np.ravel(a), np.ravel(b), rtol=0, atol=tolerance)

    def test_equal_references(self):
        for name in ("activation_gelu", "fparam_aparam", "fparam2_aparam3", "default_fparam"):
            file, frames = reference(name)
            model = DeepPot(file)
            for frame in frames:
                result = model.compute(**arguments(frame), atomic=True)
                for mine, its in [("energy", "energy"), ("force", "force"), ("atom_energy", "atom_energy")]:
                    self.close(result[mine], frame[its])
                self.close(result["virial"], frame["virial"], 1e-8)
                self.close(result["atom_virial"], frame["atom_virial"], 1e-8)
                self.assertEqual(model.compute(**arguments(frame))["energy"], result["energy"])

    def test_allegro_models(self):
        folder = VARIANTS.parent / "allegro"
        frames = json.loads((folder / "options.reference.json").read_text())["frames"]
        for name in ("options.nequip.zip", "options.nequip.pth"):
            model = DeepPot(folder / name)
            self.assertEqual((model.get_type_map(), model.get_rcut()), (["H", "O"], 4.5))
            for frame in frames:
                result = model.compute(**arguments({"box": None, **frame}), atomic=True)
                for key in ("energy", "force", "virial", "atom_energy"):
                    self.close(result[key], frame[key], 1e-10)

    def test_describe_themselves(self):
        model = DeepPot(WATER / "water.dp", evaluation="exact", reproducible=True)
        self.assertEqual((model.get_type_map(), model.get_ntypes(), model.get_rcut()), (["O", "H"], 2, 6.0))
        self.assertEqual((model.get_dim_fparam(), model.get_dim_aparam(), model.has_default_fparam()), (0, 0, False))
        self.assertIn("exact", model.description)
        self.assertTrue(DeepPot(reference("default_fparam")[0]).has_default_fparam())

    def test_take_frames(self):
        file, frames = reference("fparam_aparam")
        frames = [frame for frame in frames if frame["pbc"] and frame["type"] == frames[0]["type"]][:2]
        model, n = DeepPot(file), len(frames[0]["type"])
        coords, cells = [f["coord"] for f in frames], [f["box"] for f in frames]
        fparam, aparam = [f["fparam"] for f in frames], [f["aparam"] for f in frames]
        results = model.eval(coords, cells, frames[0]["type"], atomic=True, fparam=fparam, aparam=aparam)
        shapes = [(1,), (n, 3), (9,), (n, 1), (n, 9)]
        self.assertEqual([r.shape for r in results], [(len(frames), *shape) for shape in shapes])
        types = [f["type"] for f in frames]
        mixed = model.eval(np.float32(coords), cells, types, fparam=fparam, aparam=aparam, mixed_type=True)
        self.close(mixed[0], results[0], 1e-3)
        for k, frame in enumerate(frames):
            self.close(results[0][k], frame["energy"])
            self.close(results[1][k], frame["force"])
        flat = model.eval(np.reshape(coords, (len(frames), -1)), np.reshape(cells, (-1, 9)), types[0], False, fparam, aparam)
        self.assertTrue((flat[1] == results[1]).all())
        of_all = model.eval(coords, cells, types[0], fparam=fparam, aparam=aparam[0][0])
        tiled = model.eval(coords, cells, types[0], fparam=fparam, aparam=[[aparam[0][0]] * n] * len(frames))
        self.assertTrue((of_all[0] == tiled[0]).all())
        one = model.eval(coords[:1], cells[:1], types[0], fparam=fparam[0], aparam=aparam[0])
        self.assertEqual(len(one), 3)
        self.assertTrue((one[1] == results[1][:1]).all())
        self.assertEqual(DeepPot(WATER / "water.dp").eval(np.zeros((1, 0, 3)), None, [])[0], 0.0)

    def test_refuse_with_one_sentence(self):
        for part, action in [
            ("no/such/model", lambda: DeepPot("no/such/model")),
            ("evaluations", lambda: DeepPot(WATER / "water.dp", evaluations="exact")),
            ("positions: expected 2 x 3", lambda: self.model.compute(np.zeros(5), [0, 1])),
            ("positions: expected 2 x 3 .* shape .3, 2.", lambda: self.model.compute(np.zeros((3, 2)), [0, 1])),
            ("positions: expected 2 x 3 numbers: ", lambda: self.model.compute([[0, 0, 0], [1, 1]], [0, 1])),
            ("positions: expected 1 x 3 numbers: ", lambda: self.model.compute("text", [0])),
            ("types: expected integers of 32 bits: ", lambda: self.model.compute(np.zeros(6), [[0], [0, 1]])),
            ("cell: expected 3 x 3", lambda: self.model.compute(np.zeros(3), [0], cell=[1, 2, 3])),
            ("type of atom 1", lambda: self.model.compute(np.zeros(3), [7])),
            ("atom 2", lambda: self.model.compute([[0, 0, 0], [np.nan, 0, 0]], [0, 1])),
            ("types: expected integers of 32 bits, found 0.9", lambda: self.model.compute(np.zeros(6), [0, 0.9])),
            ("types: .*found 4294967296", lambda: self.model.compute(np.zeros(3), [2**32])),
            ("types: .*found nan", lambda: self.model.compute(np.zeros(3), [np.nan])),
            ("types: .*found O", lambda: self.model.compute(np.zeros(3), ["O"])),
            ("atom_types: .*found 0.5", lambda: self.model.eval(np.zeros((1, 3)), None, [[0.5]], mixed_type=True)),
            ("pbc: .*found 0.5", lambda: self.model.compute(np.zeros(3), [0], np.eye(3), [1, 0.5, 0])),
            ("periodic: expected a cell", lambda: self.model.compute(np.zeros(3), [0], pbc=[True, False, False])),
            ("tile: expected a whole number", lambda: DeepPot(WATER / "water.dp", tile=2.5)),
        ]:
            with self.subTest(part), self.assertRaisesRegex(DPError, part):
                action()

    def test_take_integers_in_other_types(self):
        file, frames = reference("activation_gelu")
        expected = self.model.compute(**arguments(frames[0]))["energy"]
        for dtype in (np.int32, np.int64, np.uint8, np.float64):
            types = np.array(frames[0]["type"], dtype)
            self.assertEqual(self.model.compute(**{**arguments(frames[0]), "types": types})["energy"], expected)

    def test_are_copied_and_pickled(self):
        file, frames = reference("activation_gelu")
        model = DeepPot(os.path.relpath(file), evaluation="exact", reproducible=True)
        expected = model.compute(**arguments(frames[0]))["energy"]
        copies = [copy.copy(model), copy.deepcopy([model])[0], pickle.loads(pickle.dumps(model))]
        self.assertEqual([c is model for c in copies], [True, True, False])
        description = model.description
        del model
        for one in copies:
            self.assertEqual((one.compute(**arguments(frames[0]))["energy"], one.description), (expected, description))

    def test_warn_of_neighbours_left_out(self):
        file, frames = reference("no_padding_overflow")
        model, counts = DeepPot(file), []
        for frame in frames:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                model.compute(**arguments(frame))
            counts.append(model.dropped())
            self.assertEqual(len(caught), int(counts[-1] > 0))
        self.assertGreater(max(counts), 0)
        frame = arguments(frames[int(np.argmax(counts))])
        with self.assertWarnsRegex(RuntimeWarning, "beyond the model's sel are left out") as caught:
            model.eval([frame["positions"]] * 2, frame["cell"] and [frame["cell"]] * 2, frame["types"])
        self.assertEqual((model.dropped(), caught.filename), (2 * max(counts), __file__))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            DeepPot(file, overflow="keep_all").compute(**frame)

    def test_work_in_threads(self):
        file, frames = reference("activation_gelu")
        expected = self.model.compute(**arguments(frames[0]))["force"]
        same = []

        def work(model):
            for _ in range(20):
                same.append((model.compute(**arguments(frames[0]))["force"] == expected).all())

        threads = [threading.Thread(target=work, args=(m,)) for m in (self.model, self.model, DeepPot(file))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual((len(same), all(same)), (60, True))

    def test_deviate(self):
        files = [reference(name)[0] for name in ("activation_gelu", "activation_relu")]
        frame = reference("activation_gelu")[1][0]
        models, n = [DeepPot(file) for file in files], len(frame["type"])
        coords, cell = np.array([frame["coord"]]), np.array([frame["box"]])
        forces = [m.eval(coords, cell, frame["type"])[1][0] for m in models]
        energies = [m.eval(coords, cell, frame["type"])[0][0, 0] for m in models]
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "model_devi.out"
            row = calc_model_devi(coords, cell, frame["type"], models, fname=file, frequency=10, atomic=True)[0]
            self.close(np.loadtxt(file), row, 1e-5)
            calc_model_devi(coords, cell, frame["type"], models, fname=file, frequency=10, atomic=True)
            self.close(np.loadtxt(file), [row, row], 1e-5)
            self.assertIn("devi_e      atm_devi_f(N)\n", file.read_text())
        half = np.linalg.norm(0.5 * (forces[0] - forces[1]), axis=1)  # of two models
        self.close(row[8:], half)
        self.close(row[4:8], [half.max(), half.min(), half.mean(), 0.5 * abs(energies[0] - energies[1]) / n])
        relative = calc_model_devi(coords, cell, frame["type"], models, relative=0.5)[0]
        mean = np.linalg.norm(0.5 * (forces[0] + forces[1]), axis=1)
        self.close(relative[4], (half / (mean + 0.5)).max())
        real = {"energy": [[0.3]], "force": np.ones((1, n, 3)), "virial": np.zeros((1, 9))}
        row = calc_model_devi(coords, cell, frame["type"], models, None, 1, False, None, None, real, False, 0.25)[0]
        error = np.sqrt(np.mean([np.square(f - 1.0) for f in forces], axis=0))
        self.close(row[6], (np.linalg.norm(error, axis=1) / (np.sqrt(3.0) + 0.25)).mean())
        self.close(row[7], np.sqrt(np.mean(np.square(np.array(energies) / n - 0.3))))
        with self.assertRaisesRegex(DPError, "real_data: expected energy, force and virial, found energy"):
            calc_model_devi(coords, cell, frame["type"], models, real_data={"energy": [[0.3]]})

    def test_print(self):
        words = ["dp_kokkos", str(WATER / "water.dp"), "evaluation=exact"]
        if ase:
            words.insert(2, str(WATER / "start.xyz"))
        with mock.patch.object(sys, "argv", words), redirect_stdout(io.StringIO()) as out:
            __main__.main()
        self.assertIn(f"dp {dp_kokkos.__version__} on {dp_kokkos.execution_space}\ntypes O H, cutoff 6 A", out.getvalue())
        if ase:
            self.assertIn("frame 1: 192 atoms, -29942.97", out.getvalue())
        for words, part in ((["start.xyz", "exact"], "expected name=value, found exact"), ([__file__], "cannot read it")):
            if ase or "exact" in words:
                with mock.patch.object(sys, "argv", ["dp_kokkos", str(WATER / "water.dp"), *words]):
                    with redirect_stderr(io.StringIO()) as err, redirect_stdout(io.StringIO()):
                        self.assertRaises(SystemExit, __main__.main)
                self.assertIn(part, err.getvalue())


@unittest.skipUnless(ase, "no ASE")
class Calculator(unittest.TestCase):
    def setUp(self):
        self.atoms = ase.io.read(WATER / "start.xyz")
        self.atoms.calc = DP(WATER / "water.dp", evaluation="exact")

    def test_derivatives(self):
        atoms, h = self.atoms, 1e-4
        force, stress = atoms.get_forces()[7, 1], atoms.get_stress(voigt=False)
        energies = []
        for step in (h, -h):
            moved = atoms.copy()
            moved.calc = atoms.calc
            moved.positions[7, 1] += step
            energies.append(moved.get_potential_energy())
        self.assertAlmostEqual(force, -(energies[0] - energies[1]) / (2 * h), delta=1e-5)
        for i, j in ((0, 0), (1, 2)):
            energies = []
            for step in (h, -h):
                strained = atoms.copy()
                strained.calc = atoms.calc
                strain = np.eye(3)
                strain[i, j] += step
                strained.set_cell(atoms.cell.array @ strain.T, scale_atoms=True)
                energies.append(strained.get_potential_energy())
            self.assertAlmostEqual(stress[i, j], (energies[0] - energies[1]) / (2 * h) / atoms.get_volume(), delta=1e-6)

    def test_parts_and_cells(self):
        atoms = self.atoms
        energy = atoms.get_potential_energy()
        self.assertAlmostEqual(atoms.get_potential_energies().sum(), energy, delta=1e-8)
        virials = atoms.calc.get_property("virials", atoms)
        np.testing.assert_allclose(virials.sum(axis=0), atoms.calc.results["virial"], atol=1e-8)
        energies = {energy}
        for pbc in ([True, True, False], False):
            atoms.pbc = pbc
            energies.add(atoms.get_potential_energy())
        self.assertEqual(len(energies), 3)

    def test_parameters_of_atoms(self):
        file, frames = reference("fparam_aparam")
        frame = next(f for f in frames if f["pbc"])
        model = DeepPot(file)
        symbols = [model.type_map[t] for t in frame["type"]]
        atoms = ase.Atoms(symbols, np.reshape(frame["coord"], (-1, 3)), cell=np.reshape(frame["box"], (3, 3)), pbc=True)
        atoms.info = {"fparam": frame["fparam"]}
        atoms.calc = DP(model, "label", aparam=frame["aparam"])
        self.assertAlmostEqual(atoms.get_potential_energy(), frame["energy"], delta=1e-8)
        self.assertEqual(atoms.calc.label, "label")
        with self.assertRaisesRegex(DPError, "label: expected text, found {'O': 0}"):
            DP(model, {"O": 0})
        atoms.info["fparam"] = np.array(frame["fparam"]) + 0.5
        other = model.compute(**{**arguments(frame), "fparam": atoms.info["fparam"]})["energy"]
        self.assertNotAlmostEqual(other, frame["energy"], delta=1e-3)
        self.assertAlmostEqual(atoms.get_potential_energy(), other, delta=1e-8)

    def test_relaxes_a_molecule_and_names_unknown_elements(self):
        molecule = ase.build.molecule("H2O")
        molecule.calc = DP(self.atoms.calc.dp, type_dict={"H": 1, "O": 0})
        before = molecule.get_potential_energy()
        self.assertTrue(BFGS(molecule, logfile=None).run(fmax=0.02, steps=100))
        self.assertLess(molecule.get_potential_energy(), before)
        molecule[0].symbol = "Xe"
        with self.assertRaisesRegex(DPError, "but not Xe"):
            molecule.get_potential_energy()


@unittest.skipUnless(importlib.util.find_spec("deepmd"), "no DeePMD-kit")
class DeePMDKit(unittest.TestCase):
    def test_its_classes_compute_with_dp(self):
        import dp_kokkos.deepmd
        from deepmd.infer.deep_pot import DeepPot as Its

        for name in ("activation_gelu", "fparam_aparam"):
            file, frames = reference(name)
            frame = next(f for f in frames if f["pbc"])
            parameters = {key: [frame[key]] for key in ("fparam", "aparam") if key in frame}
            given = [np.reshape(frame["coord"], (1, -1)), np.reshape(frame["box"], (1, 9)), frame["type"]]
            with mock.patch.dict(os.environ, DP_KOKKOS="yes"):
                model = Its(str(file))
            self.assertIsInstance(model.deep_eval, dp_kokkos.deepmd.Evaluation)
            n = len(frame["type"])
            results = model.eval(*given, atomic=True, **parameters)
            for result, key, shape in zip(
                results, ("energy", "force", "virial", "atom_energy", "atom_virial"), ((1,), (n, 3), (9,), (n, 1), (n, 9))
            ):
                np.testing.assert_allclose(result, np.reshape(frame[key], (1, *shape)), rtol=0, atol=1e-8)
            self.assertEqual(len(model.eval(*given, **parameters)), 3)

    def test_it_is_switched_on_by_words(self):
        from dp_kokkos.deepmd import KokkosBackend

        for word, taken in (("1", True), ("YES", True), ("true", True), ("no", False), ("0", False), ("", False)):
            with mock.patch.dict(os.environ, DP_KOKKOS=word):
                self.assertEqual(KokkosBackend.match_filename("a.pb") > 0, taken)
        with mock.patch.dict(os.environ, DP_KOKKOS="please"), self.assertRaisesRegex(ValueError, "found please"):
            KokkosBackend.match_filename("a.pb")
        with mock.patch.dict(os.environ, DP_KOKKOS="yes"), self.assertWarnsRegex(UserWarning, "DeePMD-kit's own backend"):
            self.assertEqual(KokkosBackend.match_filename("a.hlo"), 0)


if __name__ == "__main__":
    unittest.main()
