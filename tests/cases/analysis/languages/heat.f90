module heat
contains
  subroutine step(grid, n, limit)
    integer, intent(in) :: n
    real, intent(inout) :: grid(n)
    real, intent(in) :: limit
    integer :: i
    do i = 2, n - 1
      if (grid(i) > limit .and. grid(i - 1) < limit) then
        grid(i) = limit
      else if (grid(i) < 0.0) then
        grid(i) = 0.0
      end if
    end do
  end subroutine step

  real function mean(grid, n)
    integer, intent(in) :: n
    real, intent(in) :: grid(n)
    mean = sum(grid) / n
  end function mean
end module heat
