# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause

# Compiles and runs user/compiled.cpp with what dp.pc in `prefix` says.
set(run COMMAND_ERROR_IS_FATAL ANY COMMAND_ECHO STDOUT)
file(REMOVE_RECURSE ${folder})
file(MAKE_DIRECTORY ${folder})
file(GLOB_RECURSE file ${prefix}/*/dp.pc)
cmake_path(GET file PARENT_PATH pkgconfig)
execute_process(COMMAND ${CMAKE_COMMAND} -E env PKG_CONFIG_PATH=${pkgconfig} ${pkg_config} --cflags --libs dp ${run}
  OUTPUT_VARIABLE words OUTPUT_STRIP_TRAILING_WHITESPACE)
separate_arguments(words UNIX_COMMAND "${words}")
execute_process(COMMAND ${compiler} ${CMAKE_CURRENT_LIST_DIR}/user/compiled.cpp ${words} -o ${folder}/compiled ${run})
execute_process(COMMAND ${folder}/compiled ${source}/examples/water/water.dp ${run})
