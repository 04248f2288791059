#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
#
# Builds dp for GPUs on a machine that needs none, and packs what measure.sh runs on a machine with one: programs, tests,
# the few shared libraries they need, results of processors. The pack and the source are all that machine gets.
#   benchmarks/gpu/prepare.sh KOKKOS_PREFIX     an installed Kokkos with a GPU's backend
#   benchmarks/gpu/prepare.sh --cpu             a rehearsal with the Kokkos of the machine
# In the root of the source, after a build by the preset `release` (which gives the results to compare with). Writes
# build/gpu/pack/pack.tar.xz. Honours JOBS and TESTS, a regular expression for the tests that go along.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [[ $# != 1 || ($1 != --cpu && ! -d $1) ]]; then
  sed -n '5,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
fi
release=build/release/bin
if [[ ! -x $release/dp-md || ! -x $release/dp-eval ]]; then
  echo "prepare.sh: $release: expected dp-md and dp-eval, found none: cmake --preset release && cmake --build --preset release" >&2
  exit 2
fi
build=build/gpu work=build/gpu/work
tests=${TESTS:-compression|fused|long_range_convolution|math|mix16|mix32|neighbor|parity|particle_mesh|recorded_steps|reproducible|step}
backend=()
if [[ $1 != --cpu ]]; then
  prefix=$(readlink -f "$1")
  name=$(sed -n 's/^#define KOKKOS_ENABLE_\(CUDA\|HIP\)$/\1/p' "$prefix"/include/{,kokkos/}KokkosCore_config.h 2>/dev/null || true)
  if [[ -z $name ]]; then
    echo "prepare.sh: $prefix: expected a Kokkos with CUDA or HIP, found none (--cpu rehearses with any)" >&2
    exit 2
  fi
  backend=(-DKokkos_ROOT="$prefix" -DDP_REQUIRE_BACKEND="$name" -DDP_KOKKOS_KERNELS=OFF)
  [[ ! -x $prefix/bin/nvcc_wrapper ]] || backend+=(-DCMAKE_CXX_COMPILER="$prefix/bin/nvcc_wrapper")
fi
# The other machine's processor may be another, and it may have no MPI.
cmake -S . -B $build -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON -DDP_NATIVE=OFF \
  -DDP_WITH_MPI=OFF -DDP_BUILD_BENCHMARKS=ON -DDP_TESTS="$tests" "${backend[@]}"
mapfile -t tests < <(cd tests && printf '%s\n' *_test.cpp | sed 's/\.cpp$//' | grep -E "^($tests)_test$")
cmake --build $build -j "${JOBS:-$(nproc)}" --target dp-md dp-eval dp-bench "${tests[@]}"

rm -rf $work
mkdir -p $work/{bin,lib,own,in} $build/pack
cp $build/bin/dp-{md,eval,bench} "${tests[@]/#/$build/tests/}" $work/bin
strip $work/bin/*
# The vendor's libraries are the other machine's, since its driver has to know them; the C library's are for one that is
# older.
vendors='lib(cuda|cudart|cublas|cublasLt|cufft|amdhip64|rocblas|hipfft)\.'
for program in $work/bin/*; do ldd "$program"; done >$work/needed
awk '{print $1}' $work/needed | sort -u | grep -E "$vendors" >$work/in/libraries || true
awk '/=> \//{print $3}' $work/needed | sort -u | grep -v -E "$vendors" | while read -r library; do
  case $(basename "$library") in
    libc.so.* | libm.so.* | libdl.so.* | libpthread.so.* | librt.so.* | libstdc++.so.* | libgcc_s.so.*) cp -L "$library" $work/own ;;
    *) cp -L "$library" $work/lib ;;
  esac
done
rm $work/needed
g++ -shared -fPIC -O2 -I "${CUDA_HOME:-/usr/local/cuda}/include" benchmarks/gpu/nvtx_regions.cpp \
  -o $work/lib/nvtx_regions.so || echo "prepare.sh: no NVTX here: ncu will look at setting up too"
cp -L /lib64/ld-linux-x86-64.so.2 $work/own
{ git rev-parse --short HEAD && git diff --quiet HEAD || echo "with changes"; } | paste -sd' ' >$work/in/commit

# Results of processors, in double and exact.
source benchmarks/gpu/systems.sh
make_systems "$PWD" $work/in
for system in water copper; do
  $release/dp-eval "$(model_of $system)" "$(structure_of $system)" --evaluation exact --json $work/in/$system.json >/dev/null
  $release/dp-md $work/in/$system.toml --set run.steps=10 --set model.evaluation=exact --set output.thermo_every=1 \
    --set output.directory=$work/in/md_$system >/dev/null
done
rm -f $work/in/*.toml
# The same kernels are in all programs: a dictionary that reaches back to them keeps one.
tar -C $work -c . | xz --lzma2=preset=6,dict=512MiB >$build/pack/pack.tar.xz
rm -rf $work
ls -l $build/pack
