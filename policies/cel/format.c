/* SPDX-License-Identifier: Apache-2.0 */
/* format(): printf-like clauses over a list of arguments, with a bound on precision. */
#include <inttypes.h>
#include <math.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/sort.h"
#include "base/utf8.h"
#include "policies/cel/impl-priv.h"

enum { PRECISION_MAX = 1000, TEXT_MAX = 16 << 20 };

/* A format under way: what was written, what is written next, the first thing that went wrong. */
struct format {
	struct ml_cel_ctx *ctx;
	struct ml_buf *out;
	struct ml_value wrong; /* ABSENT: nothing */
};

static void fail(struct format *f, struct ml_value why)
{
	if (f->wrong.kind == ML_V_ABSENT)
		f->wrong = why;
}

static void wrong_type(struct format *f, const char *clause, const struct ml_value *v)
{
	fail(f, ml_cel_faultf(f->ctx, "error during formatting: %s, was given %s", clause, ml_cel_name_of(ml_cel_type_of(v))));
}

static void put_string(struct format *f, const struct ml_value *v, int depth);

static void put_list(struct format *f, const struct ml_value *list, int depth)
{
	ml_buf_putc(f->out, '[');
	for (uint32_t i = 0; i < list->len && f->wrong.kind == ML_V_ABSENT; i++) {
		ml_buf_puts(f->out, i ? ", " : "");
		put_string(f, &list->items[i], depth - 1);
	}
	ml_buf_putc(f->out, ']');
}

struct pair {
	struct ml_str key;
	const struct ml_value *value;
};

static int by_key(const void *a, const void *b)
{
	return ml_str_cmp(((const struct pair *)a)->key, ((const struct pair *)b)->key);
}

/* The text of one value by itself. */
static struct ml_str text_of(struct format *f, const struct ml_value *v, int depth)
{
	ML_BUF_AUTO text;
	struct format inner = {f->ctx, &text, ml_absent()};
	struct ml_str copy;

	ml_buf_init(&text, f->out->limit);
	put_string(&inner, v, depth);
	copy = ml_str_dup(f->ctx->arena, ml_buf_get(&text));
	if (inner.wrong.kind != ML_V_ABSENT || text.error || !copy.ptr)
		fail(f, inner.wrong.kind != ML_V_ABSENT ? inner.wrong : ml_cel_over(f->ctx));
	return copy;
}

/* In the order of the keys' texts, whatever their kinds. */
static void put_map(struct format *f, const struct ml_value *map, int depth)
{
	struct pair *pairs = ml_alloc_array(f->ctx->arena, map->len, sizeof(*pairs));

	if (!pairs) {
		fail(f, ml_cel_over(f->ctx));
		return;
	}
	for (uint32_t i = 0; i < map->len && f->wrong.kind == ML_V_ABSENT; i++)
		pairs[i] = (struct pair){text_of(f, &map->entries[i].key, depth - 1), &map->entries[i].value};
	if (ml_sort(f->ctx->arena, pairs, map->len, sizeof(*pairs), by_key))
		fail(f, ml_cel_over(f->ctx));
	ml_buf_putc(f->out, '{');
	for (uint32_t i = 0; i < map->len && f->wrong.kind == ML_V_ABSENT; i++) {
		ml_buf_puts(f->out, i ? ", " : "");
		ml_buf_str(f->out, pairs[i].key);
		ml_buf_puts(f->out, ": ");
		put_string(f, pairs[i].value, depth - 1);
	}
	ml_buf_putc(f->out, '}');
}

static void put_bytes(struct format *f, struct ml_str s)
{
	for (size_t at = 0; at < s.len;) {
		uint32_t cp;
		size_t n = ml_utf8_next(s, at, &cp);
		ml_buf_str(f->out, n ? ml_str_sub(s, at, at + n) : ML_STR("\xef\xbf\xbd"));
		at += n ? n : 1;
	}
}

static void put_scalar(struct format *f, const struct ml_value *v)
{
	switch (v->kind) {
	case ML_V_NULL:
		ml_buf_puts(f->out, "null");
		return;
	case ML_V_BOOL:
		ml_buf_puts(f->out, v->b ? "true" : "false");
		return;
	case ML_V_INT:
		ml_buf_printf(f->out, "%" PRId64, v->i);
		return;
	case ML_V_UINT:
		ml_buf_printf(f->out, "%" PRIu64, v->u);
		return;
	case ML_V_DOUBLE:
		ml_cel_put_double(f->out, v->d, true);
		return;
	case ML_V_STRING:
		ml_buf_str(f->out, ml_value_text(v));
		return;
	case ML_V_BYTES:
		put_bytes(f, ml_value_text(v));
		return;
	case ML_V_TIMESTAMP:
		ml_cel_put_time(f->out, v);
		return;
	case ML_V_DURATION:
		ml_cel_put_duration(f->out, v);
		return;
	case ML_V_TYPE:
		ml_buf_puts(f->out, ml_cel_name_of(v->type));
		return;
	case ML_V_IP:
	case ML_V_CIDR:
		ml_cel_put_ip(f->out, v);
		return;
	default:
		wrong_type(f, "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps", v);
	}
}

static void put_string(struct format *f, const struct ml_value *v, int depth)
{
	if (ml_cel_bad(v))
		fail(f, *v);
	else if (!ml_cel_spend(f->ctx, 1) || depth <= 0)
		fail(f, depth <= 0 ? ml_unknown(ML_STR("values nested too deeply to format")) : ml_cel_over(f->ctx));
	else if (v->kind == ML_V_LIST)
		put_list(f, v, depth);
	else if (v->kind == ML_V_MAP)
		put_map(f, v, depth);
	else
		put_scalar(f, v);
}

static void clause_s(struct format *f, const struct ml_value *v, int precision)
{
	put_string(f, v, ML_CEL_VALUE_DEPTH);
}

static bool is_integer(const struct ml_value *v)
{
	return v->kind == ML_V_INT || v->kind == ML_V_UINT;
}

static void clause_d(struct format *f, const struct ml_value *v, int precision)
{
	if (is_integer(v) || (v->kind == ML_V_DOUBLE && !isfinite(v->d)))
		put_scalar(f, v);
	else
		wrong_type(f, "decimal clause can only be used on integers", v);
}

static void put_number(struct format *f, const struct ml_value *v, const char *wrong, bool exponent, int precision)
{
	double d = v->kind == ML_V_INT ? (double)v->i : v->kind == ML_V_UINT ? (double)v->u : v->d;

	if (!is_integer(v) && v->kind != ML_V_DOUBLE)
		wrong_type(f, wrong, v);
	else if (!isfinite(d))
		put_scalar(f, v);
	else if (exponent)
		ml_buf_printf(f->out, "%.*e", precision, d);
	else
		ml_buf_printf(f->out, "%.*f", precision, d);
}

static void clause_f(struct format *f, const struct ml_value *v, int precision)
{
	put_number(f, v, "fixed-point clause can only be used on doubles", false, precision);
}

static void clause_e(struct format *f, const struct ml_value *v, int precision)
{
	put_number(f, v, "scientific clause can only be used on doubles", true, precision);
}

/* Sign and magnitude in a base of 2 or 8 or 16. */
static void put_base(struct format *f, const struct ml_value *v, unsigned shift, const char *digits)
{
	bool negative = v->kind == ML_V_INT && v->i < 0;
	uint64_t size = negative ? 0 - (uint64_t)v->i : v->u;
	char text[64];
	size_t at = sizeof(text);

	do {
		text[--at] = digits[size & ((1u << shift) - 1)];
		size >>= shift;
	} while (size);
	if (negative)
		ml_buf_putc(f->out, '-');
	ml_buf_add(f->out, text + at, sizeof(text) - at);
}

static void put_hex(struct format *f, const struct ml_value *v, const char *digits)
{
	if (is_integer(v)) {
		put_base(f, v, 4, digits);
		return;
	}
	if (v->kind != ML_V_STRING && v->kind != ML_V_BYTES) {
		wrong_type(f, "only integers, byte buffers, and strings can be formatted as hex", v);
		return;
	}
	for (uint32_t i = 0; i < v->len; i++) {
		ml_buf_putc(f->out, digits[(unsigned char)v->text[i] >> 4]);
		ml_buf_putc(f->out, digits[v->text[i] & 15]);
	}
}

static void clause_x(struct format *f, const struct ml_value *v, int precision)
{
	put_hex(f, v, "0123456789abcdef");
}

static void clause_big_x(struct format *f, const struct ml_value *v, int precision)
{
	put_hex(f, v, "0123456789ABCDEF");
}

static void clause_o(struct format *f, const struct ml_value *v, int precision)
{
	if (is_integer(v))
		put_base(f, v, 3, "01234567");
	else
		wrong_type(f, "octal clause can only be used on integers", v);
}

static void clause_b(struct format *f, const struct ml_value *v, int precision)
{
	if (is_integer(v))
		put_base(f, v, 1, "01");
	else if (v->kind == ML_V_BOOL)
		ml_buf_putc(f->out, v->b ? '1' : '0');
	else
		wrong_type(f, "only integers and bools can be formatted as binary", v);
}

/* ".3" behind the percent sign; 6 without it, -1 when it is not right. */
static int read_precision(struct ml_str s, size_t *at)
{
	int precision = 0;
	size_t from;

	if (*at >= s.len || s.ptr[*at] != '.')
		return 6;
	from = ++*at;
	for (; *at < s.len && s.ptr[*at] >= '0' && s.ptr[*at] <= '9'; ++*at)
		precision = precision > PRECISION_MAX ? precision : precision * 10 + (s.ptr[*at] - '0');
	return *at == from || precision > PRECISION_MAX ? -1 : precision;
}

/* One clause, behind its percent sign. */
static void clause(struct format *f, struct ml_str s, size_t *at, const struct ml_value *list, uint32_t *next)
{
	static const struct {
		char letter;
		void (*put)(struct format *f, const struct ml_value *v, int precision);
	} clauses[] = {
		{'s', clause_s}, {'d', clause_d}, {'f', clause_f}, {'e', clause_e}, {'x', clause_x}, {'X', clause_big_x}, {'o', clause_o}, {'b', clause_b},
	};
	int precision = read_precision(s, at);
	char letter = *at < s.len ? s.ptr[*at] : 0;
	size_t i = 0, n = sizeof(clauses) / sizeof(clauses[0]);

	++*at;
	while (i < n && clauses[i].letter != letter)
		i++;
	if (precision < 0)
		fail(f, ml_cel_faultf(f->ctx, "could not parse formatting clause: want a precision of at most %d", PRECISION_MAX));
	else if (i == n)
		fail(f, ml_cel_wrong("could not parse formatting clause: unrecognized formatting clause"));
	else if (*next >= list->len)
		fail(f, ml_cel_faultf(f->ctx, "index %u out of range", *next));
	else if (ml_cel_bad(&list->items[*next]))
		fail(f, list->items[*next]);
	else
		clauses[i].put(f, &list->items[*next], precision);
	++*next;
}

ML_CEL_IMPL(format)
{
	struct ml_str s = ml_value_text(&args[0]);
	ML_BUF_AUTO text;
	struct format f = {ctx, &text, ml_absent()};
	uint32_t next = 0;

	ml_buf_init(&text, TEXT_MAX);
	for (size_t at = 0; at < s.len && f.wrong.kind == ML_V_ABSENT;) {
		size_t percent = ml_str_chr(ml_str_sub(s, at, s.len), '%');
		size_t end = percent == ML_NPOS ? s.len : at + percent;
		ml_buf_str(&text, ml_str_sub(s, at, end));
		at = end + 1;
		if (at < s.len && s.ptr[at] == '%') {
			ml_buf_putc(&text, '%');
			at++;
		} else if (end < s.len)
			clause(&f, s, &at, &args[1], &next);
	}
	if (f.wrong.kind != ML_V_ABSENT)
		return f.wrong;
	if (text.error)
		return ml_unknown(text.error == ML_ELIMIT ? ML_STR("cost limit: format() gave more than 16 MiB") : ML_STR("out of memory"));
	return ml_cel_string_copy(ctx, ml_buf_get(&text));
}
