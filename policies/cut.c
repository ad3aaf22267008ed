/* SPDX-License-Identifier: Apache-2.0 */
/* Cutting the tests out of a policy's text before YAML sees it. A scan does not run them, and they are half of a pack: more than half of the time that
 * its tree costs each worker, and three quarters of the memory. Lines stay where they are. */
#include "policies/load-priv.h"

static size_t indent_of(struct ml_str line)
{
	size_t n = 0;

	while (n < line.len && line.ptr[n] == ' ')
		n++;
	return n;
}

/* Blank, or a comment. */
static bool says_nothing(struct ml_str line, size_t indent)
{
	return ml_str_trim(line).len == 0 || line.ptr[indent] == '#';
}

static bool is_item(struct ml_str line, size_t indent)
{
	return line.ptr[indent] == '-' && (indent + 1 == line.len || line.ptr[indent + 1] == ' ' || line.ptr[indent + 1] == '\r');
}

/* `key:` at `indent` with nothing behind it on its line. */
static bool is_open_key(struct ml_str line, size_t indent, struct ml_str key)
{
	struct ml_str rest = ml_str_sub(line, indent, line.len);

	if (!ml_str_starts(rest, key))
		return false;
	rest = ml_str_sub(rest, key.len, rest.len);
	return ml_str_trim(rest).len == 0 || ml_str_starts(ml_str_trim(rest), ML_STR("# "));
}

struct cutter {
	enum { BEFORE_RULES, AT_RULES, IN_RULES, IN_TESTS, BEHIND_RULES } state;
	size_t item, key; /* columns of "- " and of a rule's keys */
};

/* Whether a line is cut. In a block mapping whose keys stand in one column, no scalar of whatever style goes on in that column (YAML 1.2, 6.1 and 8.1), so that
 * what reads `tests:` there is the key. */
static bool cut_line(struct cutter *c, struct ml_str line)
{
	size_t indent = indent_of(line);

	if (says_nothing(line, indent))
		return c->state == IN_TESTS;
	if (c->state == BEFORE_RULES || c->state == BEHIND_RULES) {
		if (c->state == BEFORE_RULES && is_open_key(line, 0, ML_STR("rules:")))
			c->state = AT_RULES;
		return false;
	}
	if (c->state == AT_RULES) {
		c->item = indent;
		c->key = indent + 1 + indent_of(ml_str_sub(line, indent + 1, line.len));
		c->state = is_item(line, indent) ? IN_RULES : BEHIND_RULES;
		return false;
	}
	if (c->state == IN_TESTS && (indent > c->key || (indent == c->key && is_item(line, indent))))
		return true;
	c->state = indent == c->key && is_open_key(line, indent, ML_STR("tests:")) ? IN_TESTS :
		indent < c->key && !(indent == c->item && is_item(line, indent)) ? BEHIND_RULES : IN_RULES;
	return c->state == IN_TESTS;
}

/* Writes what is kept to `out`, or only counts it when that is NULL. */
static size_t keep(struct ml_str bytes, char *out)
{
	struct cutter c = {.state = BEFORE_RULES};
	struct ml_str line, rest = bytes;
	size_t n = 0;

	while (ml_str_split(&rest, '\n', &line)) {
		size_t len = cut_line(&c, line) ? 0 : line.len;
		if (out && len)
			memcpy(out + n, line.ptr, len);
		n += len;
		if (out && rest.ptr)
			out[n] = '\n';
		n += rest.ptr != NULL;
	}
	return n;
}

struct ml_str ml_policy_cut_tests(struct ml_arena *arena, struct ml_str bytes)
{
	size_t n = keep(bytes, NULL);
	char *out = n < bytes.len ? ml_alloc(arena, n) : NULL;

	if (!out)
		return bytes;
	keep(bytes, out);
	return (struct ml_str){out, n};
}
