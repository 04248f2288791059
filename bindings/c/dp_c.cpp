// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: BSD-3-Clause

#include <dp_c.h>

#include <Kokkos_Core.hpp>
#include <algorithm>
#include <array>
#include <dp/core/error.hpp>
#include <dp/io/read_model.hpp>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <vector>

#include "runtime.hpp"
#include "session.hpp"

/// Models and what a caller may ask about them, which outlives Kokkos.
struct dp_handle final : dp_c::Guest {
  dp_handle() { dp_c::enter(this); }
  dp_handle(dp_handle const&) = delete;
  ~dp_handle() { dp_c::depart(this); }

  void leave() override {
    std::lock_guard const lock(mutex);
    session.reset();
  }

  std::mutex mutex;  // of the session
  std::unique_ptr<dp_c::Session> session;
  int models = 0;
  double cutoff = 0.0;
  std::vector<std::string> type_map, descriptions;
  int fparam = 0, aparam = 0;
  bool default_fparam = false;
};

namespace {

std::string& error_text() {
  thread_local std::string text;
  return text;
}

/// Calls `body` and makes a status of what it throws; `otherwise` is that of a dp::Error.
template <class Body>
int guarded(dp_status otherwise, Body const& body) {
  auto const failed = [](dp_status status, char const* what) {
    try {
      error_text() = what;
    } catch (...) {  // no memory for the text
    }
    return status;
  };
  try {
    return body();
  } catch (dp::Error const& error) {
    return failed(otherwise, error.what());
  } catch (std::bad_alloc const&) {
    return failed(dp_out_of_memory, "out of memory");
  } catch (std::exception const& error) {
    return failed(dp_failed, error.what());
  } catch (...) {
    return failed(dp_failed, "an exception of an unknown kind");
  }
}

int bad_argument(std::string const& text) {
  error_text() = text;
  return dp_bad_argument;
}

std::vector<dp::Model> read(int models, char const* const* files, char const* const* contents,
                            std::size_t const* sizes, dp_c::Settings const& settings) {
  dp::ReadOptions const options{.short_range = settings.short_range, .number_types = true};
  std::vector<dp::Model> result;
  for (int m = 0; m < models; ++m)
    result.push_back(contents != nullptr && contents[m] != nullptr
                         ? dp::read_model(files[m], std::string(contents[m], sizes[m]), options)
                         : dp::read_model(files[m], options));
  return result;
}

void describe(dp_handle& handle, std::vector<dp::Model> const& models) {
  handle.models = static_cast<int>(models.size());
  for (dp::Model const& model : models) handle.cutoff = std::max(handle.cutoff, dp::cutoff(model));
  dp::Model const& first = models.front();
  handle.type_map = first.type_map;
  dp::FittingSettings const& fitting = dp::fitting_of(first);
  handle.fparam = fitting.fparam;
  handle.aparam = fitting.aparam;
  handle.default_fparam = !fitting.default_fparam.empty();
  handle.descriptions = handle.session->descriptions();
}

/// What a computation must have been given, or the text of an error.
std::string missing(dp_handle const* handle, dp_c::Atoms const& atoms) {
  if (handle == nullptr) return "handle: expected one that dp_open() made, found a null pointer";
  if (atoms.count < 0) return "atoms: expected 0 or more, found " + std::to_string(atoms.count);
  if (atoms.local < 0 || atoms.local > atoms.count)
    return "local: expected 0 ... " + std::to_string(atoms.count) + " (all atoms), found " +
           std::to_string(atoms.local);
  if (atoms.count > 0 && atoms.positions == nullptr) return "positions: found a null pointer";
  if (atoms.count > 0 && atoms.types == nullptr) return "types: found a null pointer";
  return "";
}

template <class Body>
int with_session(dp_handle* handle, dp_c::Atoms const& atoms, Body const& body) {
  return guarded(dp_bad_input, [&]() -> int {
    if (std::string const text = missing(handle, atoms); !text.empty()) return bad_argument(text);
    std::lock_guard const lock(handle->mutex);
    if (!handle->session) {
      error_text() = "Kokkos has been finalised, and the model's memory with it";
      return dp_failed;
    }
    body(*handle->session);
    return dp_success;
  });
}

}  // namespace

extern "C" {

char const* dp_error_text(void) { return error_text().c_str(); }

char const* dp_version(void) { return DP_VERSION; }

char const* dp_execution_space(void) { return Kokkos::DefaultExecutionSpace::name(); }

int dp_initialize(int threads, int device) {
  return guarded(dp_failed, [&] {
    dp_c::start_kokkos(threads, device);
    return dp_success;
  });
}

int dp_open(char const* file, char const* options, dp_handle** handle) {
  return dp_open_models(1, &file, nullptr, nullptr, options, handle);
}

int dp_open_models(int models, char const* const* files, char const* const* contents, size_t const* sizes,
                   char const* options, dp_handle** handle) {
  return guarded(dp_bad_model, [&]() -> int {
    if (handle == nullptr) return bad_argument("handle: found a null pointer");
    *handle = nullptr;
    if (models < 1) return bad_argument("models: expected 1 or more, found " + std::to_string(models));
    if (files == nullptr || (contents != nullptr && sizes == nullptr))
      return bad_argument(files == nullptr ? "files: found a null pointer" : "sizes: found a null pointer");
    for (int m = 0; m < models; ++m)
      if (files[m] == nullptr)
        return bad_argument("files: found a null pointer for model " + std::to_string(m + 1));
    dp_c::Settings settings;
    int const parsed = guarded(dp_bad_argument, [&] {
      settings = dp_c::parse_settings(options == nullptr ? "" : options);
      return dp_success;
    });
    if (parsed != dp_success) return parsed;
    std::vector<dp::Model> const read_models = read(models, files, contents, sizes, settings);
    int const started = dp_initialize(0, -1);
    if (started != dp_success) return started;
    auto result = std::make_unique<dp_handle>();
    {
      std::lock_guard const lock(result->mutex);
      result->session = std::make_unique<dp_c::Session>(read_models, settings);
      describe(*result, read_models);
    }
    *handle = result.release();
    return dp_success;
  });
}

void dp_close(dp_handle* handle) { delete handle; }

// No handle has no models, types and parameters.
int dp_models(dp_handle const* handle) { return handle != nullptr ? handle->models : 0; }
double dp_cutoff(dp_handle const* handle) { return handle != nullptr ? handle->cutoff : 0.0; }
int dp_types(dp_handle const* handle) {
  return handle != nullptr ? static_cast<int>(handle->type_map.size()) : 0;
}
int dp_fparam(dp_handle const* handle) { return handle != nullptr ? handle->fparam : 0; }
int dp_aparam(dp_handle const* handle) { return handle != nullptr ? handle->aparam : 0; }
int dp_has_default_fparam(dp_handle const* handle) {
  return handle != nullptr && handle->default_fparam ? 1 : 0;
}

char const* dp_type_name(dp_handle const* handle, int type) {
  if (type < 0 || type >= dp_types(handle)) return nullptr;
  return handle->type_map[static_cast<std::size_t>(type)].c_str();
}

char const* dp_description(dp_handle const* handle, int model) {
  if (model < 0 || model >= dp_models(handle)) return nullptr;
  return handle->descriptions[static_cast<std::size_t>(model)].c_str();
}

int64_t dp_dropped(dp_handle* handle) {
  if (handle == nullptr) return 0;
  std::lock_guard const lock(handle->mutex);
  return handle->session ? handle->session->dropped() : 0;
}

int dp_set_first_type(dp_handle* handle, int type) {
  return guarded(dp_failed, [&]() -> int {
    if (handle != nullptr && (type < -1 || type >= dp_types(handle)))
      return bad_argument("type: expected -1 (that of the first atom) ... " +
                          std::to_string(dp_types(handle) - 1) + ", found " + std::to_string(type));
    return with_session(handle, {}, [&](dp_c::Session& session) { session.set_first_type(type); });
  });
}

int dp_compute(dp_handle* handle, int atoms, double const* positions, int const* types, double const* cell,
               int const* periodic, double const* fparam, double const* aparam, double* energy, double* force,
               double* virial, double* atom_energy, double* atom_virial) {
  dp_c::Atoms const given{atoms, atoms, positions, types, fparam, aparam};
  return with_session(handle, given, [&](dp_c::Session& session) {
    if (cell == nullptr && periodic != nullptr &&
        std::any_of(periodic, periodic + 3, [](int p) { return p != 0; }))
      dp::fail("periodic: expected a cell to be periodic along, or zeros for open space; found no cell");
    dp::Box box;
    if (cell != nullptr) {
      std::copy(cell, cell + 9, box.h.begin());
      for (std::size_t k = 0; k < 3; ++k) box.periodic[k] = periodic == nullptr || periodic[k] != 0;
    }
    session.compute(given, box, {energy, force, virial, atom_energy, atom_virial});
  });
}

int dp_compute_list(dp_handle* handle, int atoms, int local, double const* positions, int const* types,
                    dp_list const* list, int new_list, double const* fparam, double const* aparam,
                    double* energy, double* force, double* virial, double* atom_energy, double* atom_virial) {
  dp_c::Atoms const given{atoms, local, positions, types, fparam, aparam};
  return with_session(handle, given, [&](dp_c::Session& session) {
    if (new_list != 0) {
      if (list == nullptr) dp::fail("neighbour list: found a null pointer");
      if (list->rows < 0 || (list->rows > 0 && (list->counts == nullptr || list->neighbours == nullptr)))
        dp::fail("neighbour list: expected 0 or more rows with counts and neighbours, found ", list->rows,
                 " rows and ", list->counts == nullptr ? "no counts" : "no neighbours");
      session.take_list({list->rows, list->centres, list->counts, list->neighbours, list->mask}, atoms,
                        local);
    }
    session.compute(given, {energy, force, virial, atom_energy, atom_virial});
  });
}

}  // extern "C"
