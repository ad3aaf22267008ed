/* SPDX-License-Identifier: Apache-2.0 */
/* What a YAML scalar means, in YAML 1.1 as PyYAML reads it and in the core schema of YAML 1.2. */
#include <math.h>

#include "base/num.h"
#include "base/yaml.h"

/* A plain word and its meaning. */
struct word {
	const char *text;
	enum ml_yaml_type type;
	double number; /* BOOL: 0 or 1 */
};

static const struct word words_1_1[] = {
	{"", ML_YAML_NULL, 0}, {"~", ML_YAML_NULL, 0}, {"null", ML_YAML_NULL, 0}, {"Null", ML_YAML_NULL, 0},
	{"NULL", ML_YAML_NULL, 0}, {"yes", ML_YAML_BOOL, 1}, {"Yes", ML_YAML_BOOL, 1}, {"YES", ML_YAML_BOOL, 1},
	{"no", ML_YAML_BOOL, 0}, {"No", ML_YAML_BOOL, 0}, {"NO", ML_YAML_BOOL, 0}, {"true", ML_YAML_BOOL, 1},
	{"True", ML_YAML_BOOL, 1}, {"TRUE", ML_YAML_BOOL, 1}, {"false", ML_YAML_BOOL, 0},
	{"False", ML_YAML_BOOL, 0}, {"FALSE", ML_YAML_BOOL, 0}, {"on", ML_YAML_BOOL, 1}, {"On", ML_YAML_BOOL, 1},
	{"ON", ML_YAML_BOOL, 1}, {"off", ML_YAML_BOOL, 0}, {"Off", ML_YAML_BOOL, 0}, {"OFF", ML_YAML_BOOL, 0},
	{"<<", ML_YAML_MERGE, 0},
};
static const struct word words_core[] = {
	{"", ML_YAML_NULL, 0}, {"~", ML_YAML_NULL, 0}, {"null", ML_YAML_NULL, 0}, {"Null", ML_YAML_NULL, 0},
	{"NULL", ML_YAML_NULL, 0}, {"true", ML_YAML_BOOL, 1}, {"True", ML_YAML_BOOL, 1}, {"TRUE", ML_YAML_BOOL, 1},
	{"false", ML_YAML_BOOL, 0}, {"False", ML_YAML_BOOL, 0}, {"FALSE", ML_YAML_BOOL, 0},
	{"<<", ML_YAML_MERGE, 0},
};
static const char *const infinities[] = {".inf", ".Inf", ".INF"};
static const char *const nans[] = {".nan", ".NaN", ".NAN"};

static struct ml_yaml_scalar of_type(enum ml_yaml_type type)
{
	return (struct ml_yaml_scalar){.type = type};
}

static struct ml_yaml_scalar of_double(double d)
{
	return (struct ml_yaml_scalar){.type = ML_YAML_FLOAT, .d = d};
}

static struct ml_yaml_scalar of_int(int64_t i)
{
	return (struct ml_yaml_scalar){.type = ML_YAML_INT, .i = i};
}

static bool find_word(struct ml_str s, const struct word *words, size_t n, struct ml_yaml_scalar *out)
{
	for (size_t i = 0; i < n; i++) {
		if (!ml_str_is(s, words[i].text))
			continue;
		*out = of_type(words[i].type);
		if (words[i].type == ML_YAML_BOOL)
			out->b = words[i].number != 0;
		return true;
	}
	return false;
}

static bool special_double(struct ml_str s, struct ml_yaml_scalar *out)
{
	bool negative = ml_str_starts(s, ML_STR("-"));
	struct ml_str magnitude = s.len && (s.ptr[0] == '-' || s.ptr[0] == '+') ? ml_str_sub(s, 1, s.len) : s;

	for (int i = 0; i < 3; i++) {
		if (ml_str_is(magnitude, infinities[i])) {
			*out = of_double(negative ? -INFINITY : INFINITY);
			return true;
		}
		if (ml_str_is(s, nans[i])) {
			*out = of_double(NAN);
			return true;
		}
	}
	return false;
}

/* Digits of `base` after an optional sign and `prefix`, '_' dropped when `underscores`; beyond 64 bits a double. */
static bool integer(struct ml_str s, const char *prefix, int base, bool underscores, struct ml_yaml_scalar *out)
{
	bool negative = s.len && s.ptr[0] == '-';
	double d = 0;
	uint64_t digits = 0, u = 0;
	bool fits = true;

	if (s.len && (s.ptr[0] == '-' || s.ptr[0] == '+'))
		s = ml_str_sub(s, 1, s.len);
	if (!ml_str_starts(s, ml_str(prefix)))
		return false;
	for (size_t i = strlen(prefix); i < s.len; i++) {
		uint64_t digit;
		if (underscores && s.ptr[i] == '_')
			continue;
		if (!ml_parse_u64(ml_str_sub(s, i, i + 1), base, &digit))
			return false;
		digits++;
		d = d * base + (double)digit;
		fits = fits && ml_mul_u64(u, (uint64_t)base, &u) && ml_add_u64(u, digit, &u);
	}
	if (digits == 0)
		return false;
	if ((!fits || u > (uint64_t)INT64_MAX) && base == 10)
		ml_parse_double(s, &d); /* the nearest one; with '_' inside it stays the sum above */
	if (!fits || u > (uint64_t)INT64_MAX)
		*out = of_double(negative ? -d : d);
	else
		*out = of_int(negative ? -(int64_t)u : (int64_t)u);
	return true;
}

/* 190:20:30 of YAML 1.1: the first part starts with 1-9 (an integer), later ones are 0 to 59. */
static bool base_60(struct ml_str s, struct ml_yaml_scalar *out)
{
	bool negative = s.len && s.ptr[0] == '-';
	struct ml_str part, rest = s.len && (s.ptr[0] == '-' || s.ptr[0] == '+') ? ml_str_sub(s, 1, s.len) : s;
	int64_t total = 0;
	int parts = 0;

	if (rest.len == 0 || rest.ptr[0] < '1' || rest.ptr[0] > '9' || ml_str_chr(rest, ':') == ML_NPOS)
		return false;
	while (ml_str_split(&rest, ':', &part)) {
		uint64_t n;
		if (!ml_parse_u64(part, 10, &n) || (parts > 0 && (n > 59 || part.len > 2)))
			return false;
		if (n > (uint64_t)INT64_MAX || !ml_mul_i64(total, 60, &total) || !ml_add_i64(total, (int64_t)n, &total))
			return false;
		parts++;
	}
	*out = of_int(negative ? -total : total);
	return true;
}

/* PyYAML takes a float only with a '.', and an exponent only with a sign. */
static bool float_1_1(struct ml_str s, struct ml_yaml_scalar *out)
{
	char copy[64];
	size_t n = 0, exponent;
	double d;

	if (s.len >= sizeof(copy) || ml_str_chr(s, '.') == ML_NPOS)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] != '_')
			copy[n++] = s.ptr[i];
	for (exponent = 0; exponent < n && copy[exponent] != 'e' && copy[exponent] != 'E'; exponent++)
		;
	if (exponent + 1 < n && copy[exponent + 1] != '+' && copy[exponent + 1] != '-')
		return false;
	if (s.ptr[0] == '_' || !ml_parse_double((struct ml_str){copy, n}, &d))
		return false;
	*out = of_double(d);
	return true;
}

static bool all_digits(struct ml_str s)
{
	uint64_t n;

	return ml_parse_u64(s, 10, &n);
}

/* YYYY-MM-DD, and longer forms that start like it with a time behind: as PyYAML's resolver sees them. */
static bool timestamp(struct ml_str s)
{
	size_t dash = ml_str_chr(s, '-'), colon = ml_str_chr(s, ':');

	if (dash != 4 || !all_digits(ml_str_sub(s, 0, 4)) || s.len < 8)
		return false;
	if (s.len == 10)
		return s.ptr[7] == '-' && all_digits(ml_str_sub(s, 5, 7)) && all_digits(ml_str_sub(s, 8, 10));
	return colon != ML_NPOS && colon > 8 && (ml_str_chr(s, 'T') != ML_NPOS || ml_str_chr(s, 't') != ML_NPOS || ml_str_chr(s, ' ') != ML_NPOS);
}

/* Whether a plain scalar can be anything but a string: most of them cannot, by their first character. */
static bool may_have_meaning(struct ml_str s)
{
	return s.len == 0 || strchr("0123456789+-.~<_nNtTfFyYoO", s.ptr[0]);
}

static struct ml_yaml_scalar resolve_1_1(struct ml_str s)
{
	struct ml_yaml_scalar out;

	if (find_word(s, words_1_1, sizeof(words_1_1) / sizeof(words_1_1[0]), &out) || special_double(s, &out))
		return out;
	if (integer(s, "0b", 2, true, &out) || integer(s, "0x", 16, true, &out))
		return out;
	if (s.len > 1 && integer(s, "0", 8, true, &out))
		return out;
	if (s.ptr[0] != '_' && (s.ptr[0] != '0' || s.len == 1) && integer(s, "", 10, true, &out))
		return out;
	if (base_60(s, &out) || float_1_1(s, &out))
		return out;
	return of_type(timestamp(s) ? ML_YAML_TIMESTAMP : ML_YAML_STR);
}

static struct ml_yaml_scalar resolve_core(struct ml_str s)
{
	struct ml_yaml_scalar out;
	double d;

	if (find_word(s, words_core, sizeof(words_core) / sizeof(words_core[0]), &out) || special_double(s, &out))
		return out;
	if (s.ptr[0] == '0' && (integer(s, "0o", 8, false, &out) || integer(s, "0x", 16, false, &out)))
		return out;
	if (integer(s, "", 10, false, &out))
		return out;
	return ml_parse_double(s, &d) ? of_double(d) : of_type(ML_YAML_STR);
}

static bool tagged(const struct ml_yaml_node *node, const char *name)
{
	struct ml_str tag = ml_str(node->tag);

	return ml_str_starts(tag, ML_STR("tag:yaml.org,2002:")) && ml_str_is(ml_str_sub(tag, 18, tag.len), name);
}

struct ml_yaml_scalar ml_yaml_resolve(const struct ml_yaml_node *scalar, enum ml_yaml_schema schema)
{
	if (scalar->tag && (ml_str_is(ml_str(scalar->tag), "!") || tagged(scalar, "str")))
		return of_type(ML_YAML_STR);
	if (scalar->style != ML_YAML_PLAIN || !may_have_meaning(ml_yaml_text(scalar)))
		return of_type(ML_YAML_STR);
	return schema == ML_YAML_1_1 ? resolve_1_1(ml_yaml_text(scalar)) : resolve_core(ml_yaml_text(scalar));
}

const char *ml_yaml_what(const struct ml_yaml_node *node)
{
	static const char *const names[] = {
		[ML_YAML_NULL] = "null", [ML_YAML_BOOL] = "a boolean", [ML_YAML_INT] = "an integer",
		[ML_YAML_FLOAT] = "a number", [ML_YAML_STR] = "a string", [ML_YAML_TIMESTAMP] = "a timestamp",
		[ML_YAML_MERGE] = "a merge key",
	};

	node = ml_yaml_deref(node);
	if (!node)
		return "nothing";
	if (node->kind == ML_YAML_MAP)
		return "a mapping";
	if (node->kind == ML_YAML_SEQ)
		return "a sequence";
	return names[ml_yaml_resolve(node, ML_YAML_CORE).type];
}
