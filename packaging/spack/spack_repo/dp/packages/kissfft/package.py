# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause

from spack_repo.builtin.build_systems.cmake import CMakePackage

from spack.package import *


class Kissfft(CMakePackage):
    """Fast Fourier transforms of mixed radix."""

    homepage = "https://github.com/mborgerding/kissfft"
    git = "https://github.com/mborgerding/kissfft.git"

    license("BSD-3-Clause")

    version("131.1.0", tag="131.1.0", commit="8f47a67f595a6641c566087bf5277034be64f24d")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("cmake@3.6:", type="build")

    def cmake_args(self):
        return [self.define("KISSFFT_TEST", False), self.define("KISSFFT_TOOLS", False)]
