// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#define OMPI_SKIP_MPICXX 1
#define MPICH_SKIP_MPICXX 1
#include <mpi.h>
#if __has_include(<mpi-ext.h>)
#include <mpi-ext.h>  // Open MPI's, which tells whether it takes memory of a GPU
#endif

#include <algorithm>
#include <cstdlib>
#include <dp/core/error.hpp>
#include <limits>
#include <string_view>
#include <vector>

namespace md {

/// Starts MPI and ends it.
class MessagePassing {
 public:
  MessagePassing(int& argc, char**& argv) {
    // A process that no launcher started is one rank: Open MPI need not start a daemon for it, nor load the
    // libraries of fast networks, which take 0.2 s to calibrate their clocks. (ob1 reaches other ranks too,
    // should there be some.)
    setenv("OMPI_MCA_ess_singleton_isolated", "1", 0);
    bool const launched = std::getenv("OMPI_COMM_WORLD_RANK") || std::getenv("PMIX_RANK") ||
                          std::getenv("PMI_RANK") || std::getenv("SLURM_PROCID");
    if (!launched) setenv("OMPI_MCA_pml", "ob1", 0);
    int provided = 0;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
  }
  ~MessagePassing() { MPI_Finalize(); }
  MessagePassing(MessagePassing const&) = delete;
  MessagePassing& operator=(MessagePassing const&) = delete;
};

/// The calls of MPI that dp-md makes. MPI itself ends the program where one of them fails.
class Messages {
 public:
  static Messages world() { return Messages(MPI_COMM_WORLD); }
  static Messages alone() { return Messages(MPI_COMM_SELF); }

  int rank() const { return m_rank; }
  int size() const { return m_size; }

  void sum(double* values, int count) const {
    MPI_Allreduce(MPI_IN_PLACE, values, count, MPI_DOUBLE, MPI_SUM, m_comm);
  }
  void maximum(double* values, int count) const {
    MPI_Allreduce(MPI_IN_PLACE, values, count, MPI_DOUBLE, MPI_MAX, m_comm);
  }

  /// Begins a sum over all ranks; `values` must stay where they are until finish_sum().
  void start_sum(double* values, int count) {
    MPI_Iallreduce(MPI_IN_PLACE, values, count, MPI_DOUBLE, MPI_SUM, m_comm, &m_sum);
  }
  void finish_sum() { MPI_Wait(&m_sum, MPI_STATUS_IGNORE); }

  void broadcast(void* data, std::size_t bytes, int root) const {
    for_blocks(data, bytes, [&](void* block, int size) { MPI_Bcast(block, size, MPI_BYTE, root, m_comm); });
  }
  void send(int to, void const* data, std::size_t bytes) const {
    for_blocks(const_cast<void*>(data), bytes,
               [&](void* block, int size) { MPI_Send(block, size, MPI_BYTE, to, 0, m_comm); });
  }
  void receive(int from, void* data, std::size_t bytes) const {
    for_blocks(data, bytes, [&](void* block, int size) {
      MPI_Recv(block, size, MPI_BYTE, from, 0, m_comm, MPI_STATUS_IGNORE);
    });
  }

  /// One number of each rank, on rank 0.
  std::vector<double> gather(double value) const {
    std::vector<double> all(m_rank == 0 ? static_cast<std::size_t>(m_size) : 0);
    MPI_Gather(&value, 1, MPI_DOUBLE, all.data(), 1, MPI_DOUBLE, 0, m_comm);
    return all;
  }

  /// All at once; waits for them.
  template <std::size_t N>
  void exchange(Parcel const (&parcels)[N]) const {
    MPI_Request requests[2 * N];
    int open = 0;
    for (Parcel const& p : parcels)
      if (p.from >= 0 && p.in_count > 0)
        MPI_Irecv(p.in, checked(p.in_count), MPI_DOUBLE, p.from, p.tag, m_comm, &requests[open++]);
    for (Parcel const& p : parcels)
      if (p.to >= 0 && p.out_count > 0)
        MPI_Isend(p.out, checked(p.out_count), MPI_DOUBLE, p.to, p.tag, m_comm, &requests[open++]);
    MPI_Waitall(open, requests, MPI_STATUSES_IGNORE);
  }

  /// Whether MPI takes memory of a GPU, as far as it tells.
  static bool gpu_aware() {
#if defined(MPIX_CUDA_AWARE_SUPPORT)
    if (MPIX_Query_cuda_support() == 1) return true;
#endif
#if defined(OMPI_HAVE_MPI_EXT_ROCM) && OMPI_HAVE_MPI_EXT_ROCM
    if (MPIX_Query_rocm_support() == 1) return true;
#endif
    char const* const mpich = std::getenv("MPICH_GPU_SUPPORT_ENABLED");
    return mpich && std::string_view(mpich) == "1";
  }

  /// Ends the program on all ranks.
  [[noreturn]] void abort() const {
    MPI_Abort(m_comm, 1);
    std::abort();
  }

 private:
  explicit Messages(MPI_Comm comm) : m_comm(comm) {
    MPI_Comm_rank(comm, &m_rank);
    MPI_Comm_size(comm, &m_size);
  }

  static int checked(std::int64_t count) {
    if (count > std::numeric_limits<int>::max())
      dp::fail("a message of ", count, " numbers is more than MPI takes: use more ranks");
    return static_cast<int>(count);
  }

  template <class Call>
  static void for_blocks(void* data, std::size_t bytes, Call const& call) {
    constexpr std::size_t most = std::size_t{1} << 30;
    for (std::size_t at = 0; at < bytes; at += most)
      call(static_cast<char*>(data) + at, static_cast<int>(std::min(most, bytes - at)));
  }

  MPI_Comm m_comm;
  MPI_Request m_sum = MPI_REQUEST_NULL;
  int m_rank = 0, m_size = 1;
};

}  // namespace md
