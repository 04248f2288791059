# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause

from spack_repo.builtin.build_systems.cmake import CMakePackage

from spack.package import *


class Protozero(CMakePackage):
    """Minimalist reader and writer of protocol buffers in C++ (headers only)."""

    homepage = "https://github.com/mapbox/protozero"
    url = "https://github.com/mapbox/protozero/archive/refs/tags/v1.8.2.tar.gz"

    license("BSD-2-Clause")

    version("1.8.2", sha256="68d1df951b4d8397355c8fc9ffed40d9c06282a877fe847403feac6edcee3ef1")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("cmake@3.10:", type="build")

    def cmake_args(self):
        return [self.define("BUILD_TESTING", False), self.define("WERROR", False)]
