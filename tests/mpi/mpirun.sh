#!/bin/bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause

# mpirun for tests: as root too, with more ranks than cores, without pinning. Usage: mpirun.sh MPIRUN RANKS COMMAND...
mpirun=$1 ranks=$2
shift 2
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1  # Open MPI's
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none OMPI_MCA_mpi_yield_when_idle=1
export PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe       # from version 5 on
export OMPI_MCA_btl_vader_single_copy_mechanism=none              # which containers forbid
exec "$mpirun" -n "$ranks" "$@"
