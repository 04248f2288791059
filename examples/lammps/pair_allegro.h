// SPDX-FileCopyrightText: 2026 The dp authors
// SPDX-License-Identifier: GPL-2.0-only

#ifdef PAIR_CLASS
// clang-format off
#ifndef DP_NO_ALLEGRO_NAMES
PairStyle(allegro,PairAllegro<PairDP>);
PairStyle(nequip_allegro,PairAllegro<PairDP>);
#ifdef LMP_KOKKOS
PairStyle(allegro/kk,PairAllegro<PairDPKokkos<LMPDeviceType>>);
PairStyle(allegro/kk/device,PairAllegro<PairDPKokkos<LMPDeviceType>>);
PairStyle(allegro/kk/host,PairAllegro<PairDPKokkos<LMPHostType>>);
PairStyle(nequip_allegro/kk,PairAllegro<PairDPKokkos<LMPDeviceType>>);
PairStyle(nequip_allegro/kk/device,PairAllegro<PairDPKokkos<LMPDeviceType>>);
PairStyle(nequip_allegro/kk/host,PairAllegro<PairDPKokkos<LMPHostType>>);
#endif
#endif
// clang-format on
#else

#ifndef LMP_PAIR_ALLEGRO_H
#define LMP_PAIR_ALLEGRO_H

#include "error.h"
#include "pair_dp.h"
#ifdef LMP_KOKKOS
#include "pair_dp_kokkos.h"
#endif

namespace LAMMPS_NS {

// pair style dp with the commands of the NequIP framework's style: the file belongs to pair_coeff
//   pair_style allegro [keywords of pair style dp]
//   pair_coeff * * FILE name-of-the-model's-type ...

template <class Style>
class PairAllegro : public Style {
 public:
  using Style::Style;

  void settings(int narg, char** arg) override {
    if (narg > 0 && !dp_lammps::is_keyword(arg[0]))
      this->error->all(FLERR,
                       "Pair style allegro: expected a keyword, found {}; the model file is the first name "
                       "behind pair_coeff * *",
                       arg[0]);
    this->models.clear();
    this->words.assign(arg, arg + narg);
  }

  void coeff(int narg, char** arg) override {
    if (narg < 4)
      this->error->all(FLERR,
                       "Pair style allegro: expected pair_coeff * * FILE with a name for each atom type");
    std::vector<char*> arguments = {arg[2]};
    auto keywords = this->words;
    keywords.erase(keywords.begin(), keywords.begin() + this->models.size());
    for (auto& word : keywords) arguments.push_back(word.data());
    Style::settings(static_cast<int>(arguments.size()), arguments.data());
    std::vector<char*> names(arg, arg + 2);
    names.insert(names.end(), arg + 3, arg + narg);
    Style::coeff(static_cast<int>(names.size()), names.data());
  }
};

}  // namespace LAMMPS_NS

#endif
#endif
