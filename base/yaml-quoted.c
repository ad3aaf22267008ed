/* SPDX-License-Identifier: Apache-2.0 */
/* Quoted scalars of YAML, decoded from the source (YAML 1.2.2, 5.7 and 7.3): libfyaml 0.7.12 finds their ends, but loses characters where escapes touch
 * each other or the end of a line ('a''''b'). */
#include "base/num.h"
#include "base/utf8.h"
#include "base/yaml-priv.h"

struct quoted {
	struct ml_str raw;
	size_t at;
	char *out;
	size_t len;
	size_t kept; /* bytes of `out` that the end of a line may not trim: they were escaped, or belong to a line before */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Takes one end of line when it stands next. */
static bool take_break(struct quoted *q)
{
	if (q->at < q->raw.len && q->raw.ptr[q->at] == '\n') {
		q->at++;
		return true;
	}
	if (q->at >= q->raw.len || q->raw.ptr[q->at] != '\r')
		return false;
	q->at += q->at + 1 < q->raw.len && q->raw.ptr[q->at + 1] == '\n' ? 2 : 1;
	return true;
}

static void skip_blanks(struct quoted *q)
{
	while (q->at < q->raw.len && is_blank(q->raw.ptr[q->at]))
		q->at++;
}

static void put(struct quoted *q, char c)
{
	q->out[q->len++] = c;
}

/* The empty lines from here on, as line feeds; then the blanks that begin a line. */
static size_t empty_lines(struct quoted *q)
{
	size_t n = 0;

	skip_blanks(q);
	while (take_break(q)) {
		put(q, '\n');
		skip_blanks(q);
		n++;
	}
	return n;
}

/* At an end of line: blanks before it go, one alone is a blank, further ones are line feeds. */
static void fold(struct quoted *q)
{
	while (q->len > q->kept && is_blank(q->out[q->len - 1]))
		q->len--;
	take_break(q);
	if (empty_lines(q) == 0)
		put(q, ' ');
	q->kept = q->len;
}

static bool hex(struct quoted *q, size_t digits, uint32_t *cp)
{
	uint64_t value;

	if (q->raw.len - q->at < digits || !ml_parse_u64(ml_str_sub(q->raw, q->at, q->at + digits), 16, &value))
		return false;
	q->at += digits;
	*cp = (uint32_t)value;
	return true;
}

/* JSON's way of writing what is above U+FFFF: two halves. */
static bool second_half(struct quoted *q, uint32_t *cp)
{
	uint32_t low;

	if (*cp < 0xd800 || *cp > 0xdbff)
		return true;
	if (!ml_str_starts(ml_str_sub(q->raw, q->at, q->raw.len), ML_STR("\\u")))
		return false;
	q->at += 2;
	if (!hex(q, 4, &low) || low < 0xdc00 || low > 0xdfff)
		return false;
	*cp = 0x10000 + ((*cp - 0xd800) << 10) + (low - 0xdc00);
	return true;
}

/* What the character behind a backslash stands for. */
static bool named(char c, uint32_t *cp)
{
	static const struct {
		char c;
		uint32_t cp;
	} names[] = {
		{'0', 0}, {'a', 7}, {'b', 8}, {'t', 9}, {'\t', 9}, {'n', 10}, {'v', 11}, {'f', 12}, {'r', 13}, {'e', 27}, {' ', ' '},
		{'"', '"'}, {'/', '/'}, {'\\', '\\'}, {'N', 0x85}, {'_', 0xa0}, {'L', 0x2028}, {'P', 0x2029},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].c == c) {
			*cp = names[i].cp;
			return true;
		}
	return false;
}

/* Behind a backslash. */
static bool escape(struct quoted *q)
{
	uint32_t cp;
	bool ok;
	char c;

	if (take_break(q)) {
		empty_lines(q);
		q->kept = q->len;
		return true;
	}
	if (q->at >= q->raw.len)
		return false;
	c = q->raw.ptr[q->at++];
	if (c == 'x' || c == 'u' || c == 'U')
		ok = hex(q, c == 'x' ? 2 : c == 'u' ? 4 : 8, &cp) && second_half(q, &cp);
	else
		ok = named(c, &cp);
	if (!ok)
		return false;
	char utf8[4];
	size_t n = ml_utf8_put(cp, utf8);
	memcpy(q->out + q->len, utf8, n);
	q->len += n;
	q->kept = q->len;
	return n > 0;
}

bool ml_yaml_unquote(struct ml_str raw, bool twofold, char *out, size_t *len)
{
	struct quoted q = {.raw = raw, .out = out};
	bool ok = true;

	while (ok && q.at < raw.len) {
		char c = raw.ptr[q.at];
		if (c == '\n' || c == '\r') {
			fold(&q);
		} else if (twofold && c == '\\') {
			q.at++;
			ok = escape(&q);
		} else {
			q.at += !twofold && c == '\'' ? 2 : 1;
			put(&q, c);
		}
	}
	*len = q.len;
	return ok;
}
