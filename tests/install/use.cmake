# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause

# Configures, builds and runs user/ with dp taken from `from`; a package is in `prefix`.
set(run COMMAND_ERROR_IS_FATAL ANY COMMAND_ECHO STDOUT)
file(REMOVE_RECURSE ${folder})
execute_process(COMMAND ${CMAKE_COMMAND} -G ${generator} -S ${CMAKE_CURRENT_LIST_DIR}/user -B ${folder}/build
  -D DP_FROM=${from} -D DP_SOURCE=${source} -D CMAKE_PREFIX_PATH=${prefix} -D CMAKE_CXX_COMPILER=${compiler}
  -D CMAKE_BUILD_TYPE=Debug ${run})
execute_process(COMMAND ${CMAKE_COMMAND} --build ${folder}/build ${run})
execute_process(COMMAND ${folder}/build/user ${source}/examples/water/water.dp ${run})
if(from STREQUAL "package")
  execute_process(COMMAND ${folder}/build/compiled ${source}/examples/water/water.dp ${run})
  if(EXISTS ${folder}/build/water_c)
    execute_process(COMMAND ${folder}/build/water_c ${source}/examples/water/water.dp ${run})
  endif()
endif()
