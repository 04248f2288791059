! SPDX-FileCopyrightText: 2026 The dp authors
! SPDX-License-Identifier: BSD-3-Clause
!
! Energy and forces of a water molecule in a periodic box: gfortran water.f90 -ldp_c && ./a.out water.dp

module dp_c
  use, intrinsic :: iso_c_binding
  implicit none

  interface
    integer(c_int) function dp_open(file, options, handle) bind(c)
      import :: c_int, c_char, c_ptr
      character(kind=c_char), intent(in) :: file(*)
      character(kind=c_char), intent(in), optional :: options(*)
      type(c_ptr), intent(out) :: handle
    end function

    integer(c_int) function dp_compute(handle, atoms, positions, types, cell, periodic, fparam, aparam, energy, &
        force, virial, atom_energy, atom_virial) bind(c)
      import :: c_int, c_double, c_ptr
      type(c_ptr), value :: handle
      integer(c_int), value :: atoms
      real(c_double), intent(in) :: positions(3, *)
      integer(c_int), intent(in) :: types(*)
      real(c_double), intent(in), optional :: cell(3, 3)
      integer(c_int), intent(in), optional :: periodic(3)
      real(c_double), intent(in), optional :: fparam(*), aparam(*)
      real(c_double), intent(out), optional :: energy, force(3, *), virial(3, 3), atom_energy(*), atom_virial(9, *)
    end function

    subroutine dp_close(handle) bind(c)
      import :: c_ptr
      type(c_ptr), value :: handle
    end subroutine

    type(c_ptr) function dp_error_text() bind(c)
      import :: c_ptr
    end function
  end interface

contains

  ! Ends the program with the library's message where a function has failed.
  subroutine check(status)
    integer(c_int), intent(in) :: status
    character(kind=c_char), pointer :: text(:)
    integer :: length
    if (status == 0) return
    call c_f_pointer(dp_error_text(), text, [4096])
    length = 0
    do while (text(length + 1) /= c_null_char)
      length = length + 1
    end do
    write (*, '(4096a)') text(1:length)
    stop 1
  end subroutine
end module

program water
  use dp_c
  implicit none
  real(c_double), parameter :: positions(3, 3) = reshape( &
    [0.0_c_double, 0.0_c_double, 0.0_c_double, 0.97_c_double, 0.0_c_double, 0.0_c_double, &
     -0.24_c_double, 0.94_c_double, 0.0_c_double], [3, 3])  ! Angstrom, one column an atom
  real(c_double), parameter :: cell(3, 3) = reshape( &
    [12.0_c_double, 0.0_c_double, 0.0_c_double, 0.0_c_double, 12.0_c_double, 0.0_c_double, &
     0.0_c_double, 0.0_c_double, 12.0_c_double], [3, 3])
  integer(c_int), parameter :: types(3) = [0, 1, 1]  ! of the model: O, H
  real(c_double) :: energy, force(3, 3)
  type(c_ptr) :: model
  character(len=1024) :: file
  integer :: i

  file = 'water.dp'
  if (command_argument_count() > 0) call get_command_argument(1, file)
  call check(dp_open(trim(file)//c_null_char, handle=model))
  call check(dp_compute(model, 3_c_int, positions, types, cell, energy=energy, force=force))
  write (*, '("energy ", f0.8, " eV")') energy
  do i = 1, 3
    write (*, '("force on atom ", i0, ":", 3f13.8)') i, force(:, i)
  end do
  call dp_close(model)
end program
