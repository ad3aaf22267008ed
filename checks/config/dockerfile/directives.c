/* SPDX-License-Identifier: Apache-2.0 */
/* Parser directives: `# escape=`, `# syntax=`, `# check=` at the very top (Dockerfile reference, "Parser directives"). */
#include "checks/config/dockerfile/dockerfile-priv.h"

/* One `# name = value` line. */
struct directive {
	struct ml_str name, value;
	size_t value_at; /* offset of the value in the line */
};

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static size_t skip_blanks(struct ml_str s, size_t at)
{
	while (at < s.len && ml_df_blank(s.ptr[at]))
		at++;
	return at;
}

static bool split(struct ml_str line, struct directive *out)
{
	size_t at = skip_blanks(line, 0), name;

	if (at == line.len || line.ptr[at] != '#')
		return false;
	name = at = skip_blanks(line, at + 1);
	if (at == line.len || !is_letter(line.ptr[at]))
		return false;
	while (at < line.len && (is_letter(line.ptr[at]) || (line.ptr[at] >= '0' && line.ptr[at] <= '9')))
		at++;
	out->name = ml_str_sub(line, name, at);
	at = skip_blanks(line, at);
	if (at == line.len || line.ptr[at] != '=')
		return false;
	out->value_at = skip_blanks(line, at + 1);
	out->value = ml_str_trim(ml_str_sub(line, out->value_at, line.len));
	return out->value.len > 0;
}

static void set_escape(struct ml_df *df, const struct ml_df_text *value)
{
	uint32_t from = ml_df_origin(value, 0, NULL);

	if (value->s.len == 1 && (value->s.ptr[0] == '\\' || value->s.ptr[0] == '`'))
		df->escape = value->s.ptr[0];
	else
		ml_df_diag(df, ML_DIAG_ERROR, from, from + (uint32_t)value->s.len, "escape directive: want \\ or `");
}

/* False when the line is no directive: then there are no more. Behind a "#!" line BuildKit still looks for a frontend, and for nothing else (its DetectSyntax). */
static bool take(struct ml_df *df, struct ml_str line, uint32_t offset, bool only_syntax)
{
	struct directive directive;
	struct ml_df_text *slot;
	struct ml_df_build build = {.arena = df->arena};

	if (!split(line, &directive))
		return false;
	slot = ml_str_ieq(directive.name, ML_STR("syntax")) ? &df->syntax
		: ml_str_ieq(directive.name, ML_STR("check")) ? &df->check
		: ml_str_ieq(directive.name, ML_STR("escape")) ? &df->escape_text : NULL;
	if (!slot)
		return false;
	if (only_syntax && slot != &df->syntax)
		return true;
	if (slot->s.len) {
		ml_df_diag(df, ML_DIAG_ERROR, offset, offset + (uint32_t)line.len, "directive %.*s stands twice", ML_STR_ARG(directive.name));
		return true;
	}
	ml_df_put(&build, directive.value.ptr, directive.value.len, offset + (uint32_t)directive.value_at, false);
	*slot = ml_df_built(&build);
	if (slot == &df->escape_text)
		set_escape(df, slot);
	return true;
}

void ml_df_directives_read(struct ml_df *df)
{
	struct ml_str rest = df->bytes, line;
	bool shebang;

	if (ml_str_starts(rest, ML_STR("\xef\xbb\xbf")))
		rest = ml_str_sub(rest, 3, rest.len);
	shebang = ml_str_starts(rest, ML_STR("#!"));
	if (shebang)
		ml_str_split(&rest, '\n', &line);
	while (ml_str_split(&rest, '\n', &line))
		if (!take(df, line, (uint32_t)(line.ptr - df->bytes.ptr), shebang))
			break;
}
