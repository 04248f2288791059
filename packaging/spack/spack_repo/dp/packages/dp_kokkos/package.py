# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause

import pathlib

from spack_repo.builtin.build_systems.cmake import CMakePackage
from spack_repo.builtin.build_systems.cuda import CudaPackage
from spack_repo.builtin.build_systems.rocm import ROCmPackage

from spack.package import *


class DpKokkos(CMakePackage, CudaPackage, ROCmPackage):
    """Deep Potential models on Kokkos: library, C library and programs. The source is the clone of the repository that
    this recipe lies in."""

    git = pathlib.Path(__file__).resolve().parents[6].as_uri()

    license("BSD-3-Clause")

    version("main", branch="main")

    variant("openmp", default=True, description="Threads on processors")
    variant("mpi", default=True, when="+programs", description="dp-md on several ranks")
    variant("programs", default=True, description="dp-eval, dp-md and the other programs")
    variant("capi", default=True, description="libdp_c and libdeepmd_c")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("cmake@3.25:", type="build")
    depends_on("ninja", type="build")
    depends_on("kokkos@5: +shared+serial")
    depends_on("kokkos+openmp", when="+openmp")
    depends_on("nlohmann-json")
    depends_on("yaml-cpp")
    depends_on("zlib-api")
    depends_on("protozero")
    depends_on("kissfft", when="~cuda")  # nvcc cannot take it
    depends_on("cli11", when="+programs")
    depends_on("tomlplusplus", when="+programs")
    depends_on("mpi", when="+mpi")

    for arch in CudaPackage.cuda_arch_values:
        depends_on(f"kokkos+cuda+wrapper cuda_arch={arch}", when=f"+cuda cuda_arch={arch}")
    for target in ROCmPackage.amdgpu_targets:
        depends_on(f"kokkos+rocm amdgpu_target={target}", when=f"+rocm amdgpu_target={target}")
    conflicts("+cuda", when="cuda_arch=none")
    conflicts("+rocm", when="amdgpu_target=none")
    conflicts("+cuda", when="+rocm")

    generator("ninja")

    def cmake_args(self):
        # Spack's compiler wrappers optimise for the target of the spec.
        arguments = [
            self.define("DP_BUILD_TESTS", False),
            self.define("DP_BUILD_BENCHMARKS", False),
            self.define("DP_NATIVE", False),
            self.define("DP_COMPILED", True),
            self.define("DP_IO", "ON"),
            self.define("DP_KISSFFT", "AUTO" if self.spec.satisfies("+cuda") else "ON"),
            self.define("DP_KOKKOS_KERNELS", "OFF"),
            self.define("DP_WITH_MPI", "ON" if self.spec.satisfies("+mpi") else "OFF"),
            self.define("DP_BUILD_BINDINGS", "ON" if self.spec.satisfies("+capi") else "OFF"),
            self.define_from_variant("DP_BUILD_EXAMPLES", "programs"),
        ]
        if self.spec.satisfies("+cuda"):
            arguments.append(self.define("CMAKE_CXX_COMPILER", self["kokkos"].kokkos_cxx))
        if self.spec.satisfies("+rocm"):
            arguments.append(self.define("CMAKE_CXX_COMPILER", self.spec["hip"].hipcc))
        return arguments
