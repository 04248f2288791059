// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include <algorithm>
#include <cstdio>
#include <dp/io/file_bytes.hpp>
#include <dp/io/graph_text.hpp>
#include <fstream>
#include <limits>

#include "deepmd_objects.hpp"

using dp_deepmd::new_text;

namespace {

constexpr char const* prefix = "libdeepmd_c of dp: ";

/// Calls `body`; returns the text of what it throws, or an empty one.
template <class Body>
std::string error_of(Body const& body) {
  try {
    body();
    return "";
  } catch (std::exception const& error) {
    return error.what();
  }
}

}  // namespace

extern "C" {

DP_Nlist* DP_NewNlist(int inum, int* ilist, int* numneigh, int** firstneigh) {
  return new DP_Nlist{{inum, ilist, numneigh, firstneigh, -1}};
}

// What ranks exchange is for models with message passing, of which there are none.
DP_Nlist* DP_NewNlist_comm(int inum, int* ilist, int* numneigh, int** firstneigh, int, int*, int*, int*,
                           int**, int*, int*, void*, int) {
  return DP_NewNlist(inum, ilist, numneigh, firstneigh);
}
void DP_NlistSetMask(DP_Nlist* nlist, int mask) { nlist->list.mask = mask; }
void DP_NlistSetMapping(DP_Nlist*, int*) {}
void DP_DeleteNlist(DP_Nlist* nlist) { delete nlist; }
char const* DP_NlistCheckOK(DP_Nlist*) { return new_text(""); }

// Has no object to hold an error.
void DP_ConvertPbtxtToPb(char const* pbtxt, char const* pb) {
  std::string const error = error_of([&] {
    std::string const bytes = dp::detail::graph::binary_of_text(dp::detail::file_bytes(pbtxt), pbtxt);
    std::ofstream out(pb, std::ios::binary);
    if (!out.write(bytes.data(), static_cast<std::streamsize>(bytes.size())).flush())
      dp::fail(pb, ": cannot be written");
  });
  if (!error.empty()) std::fprintf(stderr, "%sDP_ConvertPbtxtToPb: %s\n", prefix, error.c_str());
}

void DP_PrintSummary(char const* line_prefix) {
  std::printf("%slibdeepmd_c of dp %s, execution space of Kokkos: %s\n", line_prefix, dp_version(),
              dp_execution_space());
  std::fflush(stdout);
}

char const* DP_ReadFileToChar2(char const* file, int* size) {
  std::string bytes;
  std::string error = error_of([&] { bytes = dp::detail::file_bytes(file); });
  if (error.empty() && bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    error = std::string(file) + ": expected at most 2147483647 bytes, found " + std::to_string(bytes.size());
  *size = error.empty() ? static_cast<int>(bytes.size()) : -static_cast<int>(error.size());
  return new_text(error.empty() ? bytes : error);
}

// Without a size: of use for texts alone, and empty for a file that cannot be read.
char const* DP_ReadFileToChar(char const* file) {
  std::string bytes;
  std::string const error = error_of([&] { bytes = dp::detail::file_bytes(file); });
  if (!error.empty()) std::fprintf(stderr, "%sDP_ReadFileToChar: %s\n", prefix, error.c_str());
  return new_text(bytes);
}

void DP_SelectByType(int const natoms, int const* atype, int const nghost, int const nsel_type,
                     int const* sel_type, int* fwd_map, int* nreal, int* bkw_map, int* nghost_real) {
  int selected = 0, ghosts = 0;
  for (int i = 0; i < natoms; ++i) {
    bool const wanted = std::find(sel_type, sel_type + nsel_type, atype[i]) != sel_type + nsel_type;
    if (fwd_map != nullptr) fwd_map[i] = wanted ? selected : -1;
    if (!wanted) continue;
    if (bkw_map != nullptr) bkw_map[selected] = i;
    if (i >= natoms - nghost) ++ghosts;
    ++selected;
  }
  if (nreal != nullptr) *nreal = selected;
  if (nghost_real != nullptr) *nghost_real = ghosts;
}

void DP_SelectMapInt(int const* in, int const* fwd_map, int const stride, int const nall1, int const nall2,
                     int* out) {
  if (out == nullptr) return;
  std::fill_n(out, static_cast<std::ptrdiff_t>(stride) * nall2, 0);
  for (std::ptrdiff_t i = 0; i < nall1; ++i)
    if (fwd_map[i] >= 0) std::copy_n(in + i * stride, stride, out + std::ptrdiff_t{fwd_map[i]} * stride);
}

}  // extern "C"
