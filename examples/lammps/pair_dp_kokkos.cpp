// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

#include "pair_dp_kokkos.h"

#include "atom_kokkos.h"
#include "atom_masks.h"
#include "compute.h"
#include "kokkos.h"
#include "memory_kokkos.h"
#include "neigh_list_kokkos.h"
#include "neigh_request.h"
#include "neighbor.h"
#include "pair_dp_run.h"

using namespace LAMMPS_NS;

/* ---------------------------------------------------------------------- */

template <class DeviceType>
PairDPKokkos<DeviceType>::PairDPKokkos(LAMMPS* lmp) : PairDP(lmp) {
  kokkosable = 1;
  reverse_comm_device = 1;
  atomKK = (AtomKokkos*)atom;
  execution_space = ExecutionSpaceFromDevice<DeviceType>::space;
  datamask_read = X_MASK | F_MASK | TYPE_MASK | TAG_MASK | ENERGY_MASK | VIRIAL_MASK;
  datamask_modify = F_MASK | ENERGY_MASK | VIRIAL_MASK;
}

/* ---------------------------------------------------------------------- */

template <class DeviceType>
PairDPKokkos<DeviceType>::~PairDPKokkos() {
  if (copymode) return;
  memoryKK->destroy_kokkos(k_eatom, eatom);
  memoryKK->destroy_kokkos(k_vatom, vatom);
  memoryKK->destroy_kokkos(k_cvatom, cvatom);
}

/* ---------------------------------------------------------------------- */

template <class DeviceType>
std::unique_ptr<dp_lammps::EngineBase> PairDPKokkos<DeviceType>::make_engine() const {
  return std::make_unique<dp_lammps::Engine<DeviceType>>(evaluated(), set);
}

template <class DeviceType>
std::string PairDPKokkos<DeviceType>::space_name() const {
  return std::string("Kokkos ") + DeviceType::name() + " (concurrency " +
         std::to_string(DeviceType().concurrency()) + ")";
}

template <class DeviceType>
dp_lammps::Engine<DeviceType>& PairDPKokkos<DeviceType>::device_engine() {
  return static_cast<dp_lammps::Engine<DeviceType>&>(*engine);
}

/* ---------------------------------------------------------------------- */

template <class DeviceType>
void PairDPKokkos<DeviceType>::init_style() {
  PairDP::init_style();
  auto request = neighbor->find_request(this);
  request->set_kokkos_host(std::is_same_v<DeviceType, LMPHostType> &&
                           !std::is_same_v<DeviceType, LMPDeviceType>);
  request->set_kokkos_device(std::is_same_v<DeviceType, LMPDeviceType>);
  request->enable_full();
}

/* ----------------------------------------------------------------------
   body(engine, positions, types, groups, neighbours)
------------------------------------------------------------------------- */

template <class DeviceType>
template <class Body>
auto PairDPKokkos<DeviceType>::with_arrays(Body const& body) {
  auto* k_list = static_cast<NeighListKokkos<DeviceType>*>(list);
  const std::size_t nall = atom->nlocal + atom->nghost, inum = list->inum;
  auto const ilist = Kokkos::subview(k_list->d_ilist, std::make_pair(std::size_t{0}, inum));
  auto const of_all = [&](auto const& k_array) {
    return dp::Strided1<int const, DeviceType>(
        Kokkos::subview(k_array.template view<DeviceType>(), std::make_pair(std::size_t{0}, nall)));
  };
  auto const x = atomKK->k_x.template view<DeviceType>();
  auto const types = of_all(atomKK->k_type), masks = of_all(atomKK->k_mask);
  auto const neighbours =
      dp::NeighborList<DeviceType>::rows2d(ilist, k_list->d_numneigh, k_list->d_neighbors, NEIGHMASK);
  return body(device_engine(), x, types, masks, neighbours);
}

template <class DeviceType>
unsigned int PairDPKokkos<DeviceType>::needed_data() const {
  return datamask_read | (absent().bits ? MASK_MASK : EMPTY_MASK);
}

/* ---------------------------------------------------------------------- */

template <class DeviceType>
double PairDPKokkos<DeviceType>::energy_with(std::vector<double> const& fparam) {
  check_stepped();
  atomKK->sync(execution_space, needed_data());
  return with_arrays([&](auto&... arrays) { return this->energy(arrays..., fparam); });
}

/* ---------------------------------------------------------------------- */

template <class DeviceType>
void PairDPKokkos<DeviceType>::compute(int eflag, int vflag) {
  int const old_eatom = maxeatom, old_vatom = maxvatom, old_cvatom = maxcvatom;
  ev_init(eflag, vflag, 0);

  // per-atom arrays grow only; those in use are zeroed

  auto const renew = [&](bool used, bool larger, auto& k_array, auto*& array, int n, char const* name) {
    if (!used) return;
    if (larger || !array) {
      memoryKK->destroy_kokkos(k_array, array);
      memoryKK->create_kokkos(k_array, array, n, name);
    }
    Kokkos::deep_copy(k_array.template view<DeviceType>(), 0.0);
  };
  renew(eflag_atom, maxeatom > old_eatom, k_eatom, eatom, maxeatom, "pair:eatom");
  renew(vflag_atom, maxvatom > old_vatom, k_vatom, vatom, maxvatom, "pair:vatom");
  renew(cvflag_atom, maxcvatom > old_cvatom, k_cvatom, cvatom, maxcvatom, "pair:cvatom");

  atomKK->sync(execution_space, needed_data());
  if (eflag || vflag)
    atomKK->modified(execution_space, datamask_modify);
  else
    atomKK->modified(execution_space, F_MASK);

  auto const used = [](bool wanted, auto& k_array) {
    auto view = k_array.template view<DeviceType>();
    return wanted ? view : decltype(view)();
  };
  with_arrays([&](auto& engine, auto const& x, auto const& types, auto const& masks, auto const& neighbours) {
    this->run(engine, x, atomKK->k_f.template view<DeviceType>(), types, masks, neighbours,
              used(eflag_atom, k_eatom), used(vflag_atom, k_vatom), used(cvflag_atom, k_cvatom));
  });

  auto const publish = [](bool written, auto& k_array) {
    if (!written) return;
    k_array.template modify<DeviceType>();
    k_array.sync_host();
  };
  publish(eflag_atom, k_eatom);
  publish(vflag_atom, k_vatom);
  publish(cvflag_atom, k_cvatom);
}

/* ---------------------------------------------------------------------- */

template <class DeviceType>
int PairDPKokkos<DeviceType>::pack_reverse_comm_kokkos(int n, int first, DAT::tdual_double_1d& buf) {
  return device_engine().pack_on_device(n, first, buf.template view<DeviceType>().data());
}

template <class DeviceType>
void PairDPKokkos<DeviceType>::unpack_reverse_comm_kokkos(int n, DAT::tdual_int_1d list,
                                                          DAT::tdual_double_1d& buf) {
  device_engine().unpack_on_device(n, list.template view<DeviceType>(),
                                   buf.template view<DeviceType>().data());
}

/* ----------------------------------------------------------------------
   a compute finds the atoms where it works, and what it changes comes back
------------------------------------------------------------------------- */

template <class DeviceType>
void PairDPKokkos<DeviceType>::before_compute(Compute* compute) {
  atomKK->sync(compute->execution_space, compute->datamask_read);
}

template <class DeviceType>
void PairDPKokkos<DeviceType>::after_compute(Compute* compute) {
  atomKK->modified(compute->execution_space, compute->datamask_modify);
  atomKK->sync(execution_space, compute->datamask_modify);
}

template <class DeviceType>
void PairDPKokkos<DeviceType>::sync_host_data() {
  atomKK->sync(Host, TYPE_MASK | MASK_MASK | TAG_MASK | SPECIAL_MASK);
}

namespace LAMMPS_NS {
template class PairDPKokkos<LMPDeviceType>;
#ifdef LMP_KOKKOS_GPU
template class PairDPKokkos<LMPHostType>;
#endif
}  // namespace LAMMPS_NS
