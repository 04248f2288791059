// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

#ifdef PAIR_CLASS
// clang-format off
PairStyle(dp/kk,PairDPKokkos<LMPDeviceType>);
PairStyle(dp/kk/device,PairDPKokkos<LMPDeviceType>);
PairStyle(dp/kk/host,PairDPKokkos<LMPHostType>);
#ifndef DP_NO_DEEPMD_NAMES
PairStyle(deepmd/kk,PairDPKokkos<LMPDeviceType>);
PairStyle(deepmd/kk/device,PairDPKokkos<LMPDeviceType>);
PairStyle(deepmd/kk/host,PairDPKokkos<LMPHostType>);
#endif
// clang-format on
#else

#ifndef LMP_PAIR_DP_KOKKOS_H
#define LMP_PAIR_DP_KOKKOS_H

#include "kokkos_base.h"
#include "kokkos_type.h"
#include "pair_dp.h"

namespace LAMMPS_NS {

template <class DeviceType>
class PairDPKokkos : public PairDP, public KokkosBase {
 public:
  typedef DeviceType device_type;
  typedef ArrayTypes<DeviceType> AT;

  PairDPKokkos(class LAMMPS*);
  ~PairDPKokkos() override;
  void compute(int, int) override;
  void init_style() override;
  double energy_with(std::vector<double> const&) override;

  int pack_reverse_comm_kokkos(int, int, DAT::tdual_double_1d&) override;
  void unpack_reverse_comm_kokkos(int, DAT::tdual_int_1d, DAT::tdual_double_1d&) override;

 protected:
  std::unique_ptr<dp_lammps::EngineBase> make_engine() const override;
  std::string space_name() const override;
  void before_compute(class Compute*) override;
  void after_compute(class Compute*) override;
  void sync_host_data() override;

 private:
  DAT::ttransform_kkacc_1d k_eatom;
  DAT::ttransform_kkacc_1d_6 k_vatom;
  DAT::ttransform_kkacc_1d_9 k_cvatom;

  dp_lammps::Engine<DeviceType>& device_engine();
  unsigned int needed_data() const;
  template <class Body>
  auto with_arrays(Body const&);
};

}  // namespace LAMMPS_NS

#endif
#endif
