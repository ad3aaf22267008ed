dnl SPDX-License-Identifier: Apache-2.0
dnl Probing of compiler and linker flags: a flag that works is kept, a required one that does not is an error.

dnl ML_ADD_CFLAGS(flags, [required]): each flag of the blank-separated list goes into ML_CFLAGS if the compiler takes it.
AC_DEFUN([ML_ADD_CFLAGS], [
for ml_flag in $1; do
	AC_MSG_CHECKING([whether $CC accepts $ml_flag])
	ml_save=$CFLAGS
	CFLAGS="$CFLAGS -Werror $ml_flag"
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])],
		[AC_MSG_RESULT([yes])
		ML_CFLAGS="$ML_CFLAGS $ml_flag"],
		[AC_MSG_RESULT([no])
		m4_if([$2], [required], [AC_MSG_ERROR([the compiler must accept $ml_flag])])])
	CFLAGS=$ml_save
done])

dnl ML_ADD_LDFLAGS(flags): likewise for the linker, into ML_LDFLAGS.
AC_DEFUN([ML_ADD_LDFLAGS], [
for ml_flag in $1; do
	AC_MSG_CHECKING([whether the linker accepts $ml_flag])
	ml_save=$LDFLAGS
	LDFLAGS="$LDFLAGS $ml_flag"
	AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
		[AC_MSG_RESULT([yes])
		ML_LDFLAGS="$ML_LDFLAGS $ml_flag"],
		[AC_MSG_RESULT([no])])
	LDFLAGS=$ml_save
done])
