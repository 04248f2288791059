# SPDX-FileCopyrightText: 2026 The dp authors
# SPDX-License-Identifier: BSD-3-Clause
"""Inputs that the pair style, or a compute, must refuse, and what its message must say.

Each: what changes in the input of run_tests.add_error ({small} and so on are model files), parts of the message.
"""

from cases import ROOT

TENSORS = ROOT / "tests/data/tensors"
ERRORS = {
    "no_model": ({"models": ""}, ["expected a model file, found nothing"]),
    "keyword_first": (
        {"models": "", "keywords": "out_freq 5"},
        ["expected a model file, found the keyword out_freq"],
    ),
    "model_missing": ({"models": "no_such_file.dp"}, ["no_such_file.dp"]),
    "model_broken": ({"models": "broken.dp", "files": {"broken.dp": "not a model\n"}}, ["broken.dp"]),
    "model_format": ({"models": "frozen.pb", "files": {"frozen.pb": "x"}}, ["frozen.pb", "expected a model of DeePMD-kit"]),
    "units_lj": ({"units": "lj"}, ["units lj"]),
    "unknown_keyword": (
        {"keywords": "out_freq 5 colour red"},
        ["expected a keyword, found colour", "out_freq", "precision"],
    ),
    "number_missing": ({"keywords": "out_freq"}, ["out_freq: expected", "found the end of the command"]),
    "out_freq_negative": ({"keywords": "out_freq -1"}, ["out_freq: expected", "found -1"]),
    "out_freq_fraction": ({"keywords": "out_freq 1.5"}, ["out_freq: expected", "found 1.5"]),
    "out_file_missing": ({"keywords": "out_file"}, ["out_file: expected a file name"]),
    "out_file_place": (
        {"models": "{small} {small_1}", "keywords": "out_file no_such_folder/d.out"},
        ["cannot write no_such_folder/d.out"],
    ),
    "relative_negative": ({"keywords": "relative -0.1"}, ["relative: expected", "found -0.1"]),
    "relative_v_word": ({"keywords": "relative_v much"}, ["relative_v: expected", "found much"]),
    "precision": ({"keywords": "precision quadruple"}, ["precision: expected double", "found quadruple"]),
    "evaluation": (
        {"keywords": "evaluation rough"},
        ["evaluation: expected exact or compressed, found rough"],
    ),
    "tolerance": ({"keywords": "tolerance 0"}, ["tolerance: expected", "found 0"]),
    "nearest": ({"keywords": "nearest O-O:near"}, ["nearest: expected a distance", "near is no distance"]),
    "nearest_types": ({"keywords": "nearest O-Cu:2.0"}, ["O-Cu: expected types of the model (O, H), found Cu"]),
    "overflow_word": (
        {"keywords": "overflow ignore"},
        ["overflow: expected keep_nearest, keep_all or error, found ignore"],
    ),
    "overflow": (
        {
            "setup": "",
            "keywords": "overflow error",
            "define": "change_box all x scale 0.5 y scale 0.5 z scale 0.5 remap",
        },
        ["sel", "step 0"],
    ),
    "fparam_not_in_model": ({"keywords": "fparam 1.0"}, ["fparam: the model has no frame parameters"]),
    "aparam_not_in_model": ({"keywords": "aparam 1.0"}, ["aparam: the model has no atomic parameters"]),
    "fparam_count": (
        {"models": "{fparam2_aparam1}", "keywords": "fparam 1.0"},
        ["fparam: expected 2 numbers"],
    ),
    "fparam_word": (
        {"models": "{fparam1}", "keywords": "fparam hot"},
        ["fparam: expected 1 number,", "found hot"],
    ),
    "fparam_left_out": (
        {"models": "{fparam2_aparam1}", "keywords": "aparam 1.0"},
        ["the model needs 2 frame parameters; give fparam, fparam_from_compute or fparam_from_fix"],
    ),
    "aparam_left_out": (
        {"models": "{fparam2_aparam1}", "keywords": "fparam 1.0 2.0"},
        ["the model needs 1 atomic parameters; give aparam or aparam_from_compute"],
    ),
    "fparam_twice": (
        {"models": "{fparam1}", "keywords": "fparam 1.0 fparam_from_compute t"},
        ["fparam and fparam_from_compute exclude each other"],
    ),
    "aparam_twice": (
        {"models": "{fparam2_aparam1}", "keywords": "fparam 1 2 aparam 1.0 aparam_from_compute t"},
        ["aparam and aparam_from_compute exclude each other"],
    ),
    "fparam_compute_missing": (
        {"models": "{fparam1}", "keywords": "fparam_from_compute nothing"},
        ["fparam_from_compute: there is no compute nothing"],
    ),
    "fparam_compute_kind": (
        {"models": "{fparam1}", "keywords": "fparam_from_compute c", "define": "compute c all com"},
        ["fparam_from_compute: compute c has no scalar"],
    ),
    "fparam_compute_short": (
        {
            "models": "{fparam2_aparam1}",
            "keywords": "fparam_from_compute c aparam 1",
            "define": "compute c all reduce sum vx",
        },
        ["fparam_from_compute: compute c has no vector of 2 numbers"],
    ),
    "fparam_fix_missing": (
        {"models": "{fparam1}", "keywords": "fparam_from_fix nothing"},
        ["fparam_from_fix: there is no fix nothing"],
    ),
    "fparam_fix_kind": (
        {
            "models": "{fparam1}",
            "keywords": "fparam_from_fix f",
            "define": "compute c all com\nfix f all ave/time 1 1 1 c_c[1] c_c[2]",
        },
        ["fparam_from_fix: fix f has no scalar"],
    ),
    "fparam_fix_index": (
        {
            "models": "{fparam1}",
            "keywords": "fparam_from_fix f 3",
            "define": "compute c all com\nfix f all ave/time 1 1 1 c_c[1] c_c[2]",
        },
        ["the vector of fix f has 2 entries, wanted are 3 to 3"],
    ),
    "aparam_compute_missing": (
        {"models": "{fparam2_aparam1}", "keywords": "fparam 1 2 aparam_from_compute nothing"},
        ["aparam_from_compute: there is no compute nothing"],
    ),
    "aparam_compute_kind": (
        {
            "models": "{fparam2_aparam3}",
            "keywords": "fparam 1 2 aparam_from_compute c",
            "define": "compute c all ke/atom",
        },
        ["aparam_from_compute: compute c has no array of atoms with 3 columns"],
    ),
    "parameters_differ": (
        {"models": "{small} {fparam1}"},
        ["all models need the same numbers of parameters"],
    ),
    "ttm": ({"keywords": "ttm f"}, ["ttm: not supported"]),
    "charge_spin": ({"keywords": "charge_spin 1 1"}, ["charge_spin: not supported"]),
    "coeff_range": ({"coeff": "1 2 O H"}, ["must start with * *"]),
    "coeff_unknown_name": ({"coeff": "* * O Xx"}, ["Xx is not a type of the model", "two_sided.dp has O H"]),
    "coeff_second_model": (
        {"models": "{small} {copper}"},
        ["O is not a type of the model", "copper.dp has Cu"],
    ),
    "atoms_at_one_place": (
        {
            "define": "create_atoms 1 single 1.5 1.5 1.5 units box\ncreate_atoms 2 single 1.5 1.5 1.5 units box"
        },
        ["step 0"],
    ),
    "exclude_types": ({"define": "neigh_modify exclude type 1 2"}, ["neigh_modify exclude type 1 2", "NULL"]),
    "exclude_one_type": ({"define": "neigh_modify exclude type 2 2"}, ["neigh_modify exclude type 2 2"]),
    "exclude_groups": (
        {"define": "group low id <= 60\ngroup high id > 50\nneigh_modify exclude group low high"},
        ["neigh_modify exclude group low high", "exclude group ID all"],
    ),
    "exclude_one_group": (
        {"define": "group low id <= 60\nneigh_modify exclude group low low"},
        ["neigh_modify exclude group low low"],
    ),
    "exclude_molecules": (
        {"style": "molecular", "define": "neigh_modify exclude molecule/intra all"},
        ["neigh_modify exclude molecule/intra all"],
    ),
    "scale_of_one_pair": (
        {"define": "variable half equal 0.5", "more": "fix a all adapt 1 pair dp scale 1 2 v_half"},
        ["scale differs between pairs of types"],
    ),
    "hybrid_takes_pairs": (
        {"hybrid": "hybrid", "coeff": "* * dp O H", "more": "pair_coeff 1 2 lj/cut 0.003 2.6"},
        ["pair_coeff gives pairs of types 1 and 2 to another style", "hybrid/overlay"],
    ),
    "tensor_model_in_pair_style": (
        {"models": str(TENSORS / "dipole_one_sided.dp")},
        ["expected a model of energies; this one gives dipole, 3 numbers for each atom"],
    ),
    "tensor_of_energies": (
        {"more": "compute d all dp/tensor/atom {small}"},
        ["Compute dp/tensor/atom: ", "two_sided.dp gives energies, which pair_style dp is for"],
    ),
    "tensor_without_model": (
        {"more": "compute d all dp/tensor/atom"},
        ["Compute dp/tensor/atom: expected compute ID group dp/tensor/atom MODEL [names]"],
    ),
    "tensor_model_missing": (
        {"more": "compute d all deeptensor/atom no_such_file.pb"},
        ["Compute deeptensor/atom: no_such_file.pb"],
    ),
    "tensor_all_null": (
        {"more": f"compute d all dp/tensor/atom {TENSORS / 'dipole_one_sided.dp'} NULL NULL"},
        ["all names are NULL: ", "dipole_one_sided.dp would see no atoms"],
    ),
    "tensor_excluded": (
        {
            "more": "pair_style zero 5.5\npair_coeff * *\n"
            f"compute d all dp/tensor/atom {TENSORS / 'dipole_one_sided.dp'}\nneigh_modify exclude type 1 2"
        },
        ["Compute dp/tensor/atom: neigh_modify leaves neighbours out that the model needs"],
    ),
    "tensor_names": (
        {"more": f"compute d all deeptensor/atom {TENSORS / 'dipole_one_sided.dp'} O"},
        ["Compute deeptensor/atom: expected names of 2 types, found 1"],
    ),
    "tensor_unknown_name": (
        {"more": f"compute d all dp/tensor/atom {TENSORS / 'dipole_one_sided.dp'} O Cu"},
        ["dipole_one_sided.dp has no type Cu, but O H"],
    ),
    "tensor_without_ghosts": (
        {
            "more": "pair_style zero 3.0\npair_coeff * *\n"
            f"compute d all dp/tensor/atom {TENSORS / 'dipole_one_sided.dp'}"
        },
        ["the cutoff of", "but ghost atoms reach 5", "comm_modify cutoff"],
    ),
    "dedn_without_pair": (
        {"more": "pair_style zero 5.0\npair_coeff * *\ncompute d all dp/fparam/dedn v_p"},
        ["Compute dp/fparam/dedn: there is no pair_style dp"],
    ),
    "dedn_without_parameter": (
        {"more": "variable p equal 1\ncompute d all dp/fparam/dedn v_p"},
        ["two_sided.dp has 0 frame parameters, needed is one"],
    ),
    "dedn_two_parameters": (
        {
            "models": "{fparam2_aparam1}",
            "keywords": "fparam 1 2 aparam 1",
            "more": "variable p equal 1\ncompute d all deepmd/fparam/dedn v_p",
        },
        ["Compute deepmd/fparam/dedn", "fparam_aparam.dp has 2 frame parameters, needed is one"],
    ),
    "dedn_several_models": (
        {"models": "{fparam1} {fparam1}", "keywords": "fparam 1", "more": "compute d all dp/fparam/dedn v_p"},
        ["pair_style dp has 2 models, needed is one"],
    ),
    "dedn_two_in_a_hybrid": (
        {
            "more": "pair_style hybrid/overlay dp {fparam1} fparam 1 dp {small}\npair_coeff * * dp 1 O H\n"
            "pair_coeff * * dp 2 O H\ncompute d all dp/fparam/dedn v_p"
        },
        ["there are several pair styles dp, needed is one"],
    ),
    "dedn_scaled": (
        {
            "more": "pair_style hybrid/scaled 0.5 dp {fparam1} fparam 1 1.0 zero 4.0\npair_coeff * * dp O H\n"
            "pair_coeff * * zero\ncompute d all dp/fparam/dedn v_p"
        },
        ["hybrid/scaled is not supported"],
    ),
    "dedn_no_source": (
        {"more": "compute d all dp/fparam/dedn"},
        ["expected compute ID group dp/fparam/dedn source [delta]"],
    ),
    "dedn_source_word": (
        {"more": "compute d all dp/fparam/dedn 0.3"},
        ["expected v_name, c_ID or f_ID, with [index] for an entry, found 0.3"],
    ),
    "dedn_source_index": (
        {"more": "compute d all dp/fparam/dedn f_mean[x]"},
        ["expected v_name, c_ID or f_ID, with [index] for an entry, found f_mean[x]"],
    ),
    "dedn_variable_missing": (
        {"models": "{fparam1}", "keywords": "fparam 1", "more": "compute d all dp/fparam/dedn v_p"},
        ["there is no variable p"],
    ),
    "dedn_compute_missing": (
        {"models": "{fparam1}", "keywords": "fparam 1", "more": "compute d all dp/fparam/dedn c_p[1]"},
        ["there is no compute p"],
    ),
    "dedn_fix_missing": (
        {"models": "{fparam1}", "keywords": "fparam 1", "more": "compute d all dp/fparam/dedn f_p[2]"},
        ["there is no fix p"],
    ),
    "dedn_compute_kind": (
        {
            "models": "{fparam1}",
            "keywords": "fparam 1",
            "more": "compute c all com\ncompute d all dp/fparam/dedn c_c\nthermo_style custom step c_d",
        },
        ["Compute 'c' in variable formula does not compute the requested property"],
    ),
    "dedn_delta_zero": (
        {"more": "compute d all dp/fparam/dedn v_p 0"},
        ["delta: expected a positive number, found 0"],
    ),
    "dedn_delta_lost": (
        {
            "models": "{fparam1}",
            "keywords": "fparam 1",
            "more": "variable p equal 1e20\ncompute d all dp/fparam/dedn v_p\nthermo_style custom step c_d",
        },
        ["v_p is 1e+20, from which delta 1e-06 does not differ"],
    ),
    "dedn_before_a_step": (
        {
            "models": "{fparam1}",
            "keywords": "fparam 1",
            "more": "variable p equal 0.3\ncompute d all dp/fparam/dedn v_p\nfix nve all nve\nrun 0\n"
            "pair_style dp {fparam1} fparam 2\npair_coeff * * O H\nprint $(c_d)\nunfix nve",
        },
        ["energies are known after the first step only"],
    ),
}
