# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause

# Installs `build` into `prefix`; each of the `programs` must be there and start.
set(run COMMAND_ERROR_IS_FATAL ANY COMMAND_ECHO STDOUT OUTPUT_QUIET)
file(REMOVE_RECURSE ${prefix})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${build} --prefix ${prefix} ${run})
separate_arguments(programs)
foreach(program IN LISTS programs)
  execute_process(COMMAND ${prefix}/bin/${program} --help ${run})
endforeach()
