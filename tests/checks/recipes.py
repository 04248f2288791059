#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""Recipes in packaging/ and bindings/python: they are Python, their version is that of CMakeLists.txt, and options of dp that
they set are there. Needs Python 3.8 alone."""

import pathlib
import re
import sys
import types

ROOT = pathlib.Path(__file__).resolve().parents[2]
failures = []


def check(condition, message):
    if not condition:
        failures.append(message)
        print("FAILED:", message)


def run_spack(path):
    """Runs a recipe of Spack against stand-ins; returns its class and what it said, as (directive, arguments)."""
    said = []

    class Package:
        cuda_arch_values = ("80", "90")
        amdgpu_targets = ("gfx90a",)

        @staticmethod
        def define(name, value):
            return name, value

        define_from_variant = define

    def module(name, **contents):
        sys.modules[name] = types.ModuleType(name)
        vars(sys.modules[name]).update(contents)

    def directive(name):
        return lambda *words, **named: said.append((name, words, named))

    names = ("license", "version", "variant", "depends_on", "conflicts", "generator")
    module("spack")
    module("spack.package", **{name: directive(name) for name in names})
    for system in ("Cmake", "Cuda", "Rocm"):
        names = {"Cmake": "CMakePackage", "Cuda": "CudaPackage", "Rocm": "ROCmPackage"}
        module(f"spack_repo.builtin.build_systems.{system.lower()}", **{names[system]: type(system, (Package,), {})})
    scope = {"__file__": str(path), "__name__": "recipe"}
    exec(compile(path.read_text(), str(path), "exec"), scope)
    name = "".join(word.capitalize() for word in path.parent.name.split("_"))
    check(name in scope, f"{path}: expected a class {name}")
    return scope.get(name), said


def main():
    cmake = (ROOT / "CMakeLists.txt").read_text()
    version = re.search(r"project\(dp VERSION ([0-9.]+)", cmake)[1]
    options = set(re.findall(r"(?:option|set)\((DP_\w+)", cmake))
    options |= set(re.findall(r"set\((DP_\w+) \w+ CACHE", "".join(p.read_text() for p in ROOT.glob("examples/**/CMakeLists.txt"))))

    conda = (ROOT / "packaging/conda/recipe/recipe.yaml").read_text()
    found = re.search(r'^  version: "(.*)"$', conda, re.M)
    check(found and found[1] == version, f"packaging/conda/recipe/recipe.yaml: expected version {version}")

    asked = "find_package(dp " + version.rsplit(".", 1)[0] + " "  # another minor version is another interface
    check(asked in (ROOT / "README.md").read_text(), f"README.md: expected {asked}...)")

    packages = ROOT / "packaging/spack/spack_repo/dp/packages"
    recipes = sorted(packages.glob("*/package.py"))
    check(len(recipes) >= 2, f"{packages}: expected recipes of dp and of what it needs, found {recipes}")
    for path in recipes:
        recipe, said = run_spack(path)
        variants = {words[0] for name, words, _ in said if name == "variant"} | {"cuda", "rocm"}
        for name, words, named in said:
            used = re.findall(r"[+~](\w+)", str(named.get("when", "")))
            check(set(used) <= variants, f"{path}: {name}{words}: unknown variants in {named}")
        if path.parent.name == "dp_kokkos":
            check(recipe.git == ROOT.as_uri(), f"{path}: expected {ROOT.as_uri()} as its source, found {recipe.git}")

    users = [*recipes, ROOT / "packaging/conda/recipe/build.sh", ROOT / "bindings/python/pyproject.toml", ROOT / "CMakePresets.json"]
    for path in users:
        for name in sorted(set(re.findall(r"\bDP_[A-Z_]+\b", path.read_text()))):
            check(name in options, f"{path}: CMakeLists.txt has no option {name}")
    print(f"recipes: {len(failures)} failures")
    sys.exit(len(failures) > 0)


if __name__ == "__main__":
    main()
