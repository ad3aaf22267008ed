/* SPDX-License-Identifier: Apache-2.0 */
/* render-report FORMAT[,OPTION…] FILE: reads a findings file and writes a report to standard output. Options: color, verbose, width=N, fail-on=SEVERITY. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/num.h"
#include "tests/render.h"

int main(int argc, char **argv)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)4 << 30);
	struct ml_findings findings;
	ML_BUF_AUTO out;
	int code;

	ml_buf_init(&out, (size_t)2 << 30);
	if (argc != 3) {
		fputs("usage: render-report FORMAT[,color][,verbose][,width=N][,fail-on=SEVERITY] FILE\n", stderr);
		return 2;
	}
	code = render_load(arena, argv[2], &findings);
	if (code == 0)
		code = render_report(&findings, ml_str(argv[1]), &out);
	if (code) {
		fprintf(stderr, "render-report: %s\n", ml_strcode(code));
		return 2;
	}
	return fwrite(out.ptr, 1, out.len, stdout) == out.len ? 0 : 2;
}
