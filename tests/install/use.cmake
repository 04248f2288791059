# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause

# Configures, builds and runs user/ with dp taken from `from`; for "package" dp is installed below `folder` first.
set(run COMMAND_ERROR_IS_FATAL ANY COMMAND_ECHO STDOUT)
file(REMOVE_RECURSE ${folder})
if(from STREQUAL "package")
  execute_process(COMMAND ${CMAKE_COMMAND} --install ${build} --prefix ${folder}/prefix ${run} OUTPUT_QUIET)
endif()
execute_process(COMMAND ${CMAKE_COMMAND} -G ${generator} -S ${CMAKE_CURRENT_LIST_DIR}/user -B ${folder}/build
  -D DP_FROM=${from} -D DP_SOURCE=${source} -D CMAKE_PREFIX_PATH=${folder}/prefix -D CMAKE_CXX_COMPILER=${compiler}
  -D CMAKE_BUILD_TYPE=Debug ${run})
execute_process(COMMAND ${CMAKE_COMMAND} --build ${folder}/build ${run})
execute_process(COMMAND ${folder}/build/user ${source}/examples/water/water.dp ${run})
