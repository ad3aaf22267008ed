/* SPDX-License-Identifier: Apache-2.0 */
/* merlon facts: the schemas. */
#include "base/log.h"
#include "facts/kinds.h"
#include "scanner/command.h"
#include "scanner/files.h"
#include "scanner/schema.h"

enum { TEXT_BYTES = 1 << 24 };

static int no_such_kind(const char *name)
{
	const char *names[64], *near;
	size_t n = 0;

	for (; ml_kinds[n] && n < 64; n++)
		names[n] = ml_kinds[n]->name;
	near = ml_str_nearest(ml_str(name), names, n);
	ml_log(ML_LOG_ERROR, "no kind \"%s\"%s%s%s; `merlon facts` lists them", name, near ? ", did you mean \"" : "", near ? near : "",
		near ? "\"?" : "");
	return ML_EXIT_USAGE;
}

int ml_cmd_facts(const struct ml_options *options)
{
	struct ml_error err = {0};
	ML_BUF_AUTO out;

	ml_buf_init(&out, TEXT_BYTES);
	if (options->operands.n == 0)
		ml_schema_list(&out);
	for (size_t i = 0; i < options->operands.n; i++) {
		const struct ml_kind *kind = ml_kind_find(ml_str(options->operands.items[i]));
		if (!kind)
			return no_such_kind(options->operands.items[i]);
		ml_schema_print(&out, options->arena, kind);
	}
	if (ml_file_write(NULL, ml_buf_get(&out), &err) == 0)
		return ML_EXIT_PASS;
	ml_log_error(&err);
	return ML_EXIT_USAGE;
}
