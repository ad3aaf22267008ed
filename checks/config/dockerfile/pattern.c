/* SPDX-License-Identifier: Apache-2.0 */
/* ${x#p} ${x%p} ${x/p/r}: patterns of `*`, `?` and literal bytes, matched by a set of states in one pass. */
#include "checks/config/dockerfile/expand.h"

enum { ELEMENTS = 63, REPLACE_MAX = 1024 };

struct element {
	char byte;
	bool any, star;
};

struct pattern {
	struct element items[ELEMENTS];
	size_t n;
};

static bool compile(struct ml_str text, bool backwards, struct pattern *out)
{
	out->n = 0;
	for (size_t i = 0; i < text.len; i++) {
		struct element item = {.byte = text.ptr[i], .any = text.ptr[i] == '?', .star = text.ptr[i] == '*'};
		if (text.ptr[i] == '\\' && i + 1 < text.len)
			item = (struct element){.byte = text.ptr[++i]};
		if (out->n == ELEMENTS)
			return false;
		out->items[out->n++] = item;
	}
	for (size_t i = 0; backwards && i < out->n / 2; i++) {
		struct element swap = out->items[i];
		out->items[i] = out->items[out->n - 1 - i];
		out->items[out->n - 1 - i] = swap;
	}
	return true;
}

/* States that are reached without a byte: a star may match nothing. */
static uint64_t close_stars(const struct pattern *p, uint64_t states)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->items[i].star && (states >> i & 1))
			states |= (uint64_t)1 << (i + 1);
	return states;
}

static uint64_t step(const struct pattern *p, uint64_t states, char c)
{
	uint64_t next = 0;

	for (size_t i = 0; i < p->n; i++) {
		if (!(states >> i & 1))
			continue;
		if (p->items[i].star)
			next |= (uint64_t)1 << i;
		else if (p->items[i].any || p->items[i].byte == c)
			next |= (uint64_t)1 << (i + 1);
	}
	return close_stars(p, next);
}

/* The length of the shortest or longest match at the start (backwards: at the end) of s; ML_NPOS when none. */
static size_t match(const struct pattern *p, struct ml_str s, bool backwards, bool longest)
{
	uint64_t states = close_stars(p, 1), accept = (uint64_t)1 << p->n;
	size_t found = states & accept ? 0 : ML_NPOS;

	for (size_t i = 0; i < s.len && states && (longest || found == ML_NPOS); i++) {
		states = step(p, states, s.ptr[backwards ? s.len - 1 - i : i]);
		if (states & accept)
			found = i + 1;
	}
	return found;
}

static struct ml_str replace(struct ml_df *df, const struct pattern *p, struct ml_str s, struct ml_str with, bool all)
{
	ML_BUF_AUTO out;
	bool done = false;

	ml_buf_init(&out, ML_DF_VALUE);
	for (size_t i = 0; i < s.len;) {
		size_t n = done ? ML_NPOS : match(p, ml_str_sub(s, i, s.len), false, true);
		if (n == ML_NPOS || n == 0) {
			ml_buf_putc(&out, s.ptr[i++]);
			continue;
		}
		ml_buf_str(&out, with);
		i += n;
		done = !all;
	}
	return out.error ? ML_STR_NONE : ml_str_dup(df->arena, ml_buf_get(&out));
}

struct ml_str ml_df_pattern(struct ml_df *df, const struct ml_df_parameter *parameter, struct ml_str value, struct ml_str pattern,
	struct ml_str replacement)
{
	bool backwards = parameter->op == ML_DF_SUFFIX;
	struct pattern p;
	size_t n;

	if (!compile(pattern, backwards, &p))
		return ML_STR_NONE;
	if (parameter->op == ML_DF_REPLACE) {
		if (value.len > REPLACE_MAX || !ml_df_spend(df, value.len * value.len / 8, 0))
			return ML_STR_NONE;
		return replace(df, &p, value, replacement, parameter->twice);
	}
	n = match(&p, value, backwards, parameter->twice);
	if (n == ML_NPOS)
		n = 0;
	value = backwards ? ml_str_sub(value, 0, value.len - n) : ml_str_sub(value, n, value.len);
	return value.len ? value : ML_STR("");
}
