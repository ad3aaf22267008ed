/* SPDX-License-Identifier: Apache-2.0 */
/* Conversions between scalars, with the range errors of the specification; types of values. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "policies/cel/impl-priv.h"

static struct ml_value range(void)
{
	return ml_cel_wrong("range error: the number does not fit");
}

static struct ml_value unreadable(struct ml_cel_ctx *ctx, const struct ml_value *text, const char *type)
{
	struct ml_str s = ml_str_sub(ml_value_text(text), 0, 60);

	return ml_cel_faultf(ctx, "Type conversion error: \"%.*s\" is not %s", ML_STR_ARG(s), type);
}

ML_CEL_IMPL(same)
{
	return args[0];
}

/* Go's strconv.ParseBool: these spellings and no others. */
ML_CEL_IMPL(bool_string)
{
	static const char *const words[] = {"1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False"};

	for (size_t i = 0; i < 12; i++)
		if (ml_str_is(ml_value_text(&args[0]), words[i]))
			return ml_bool(i < 6);
	return unreadable(ctx, &args[0], "a bool");
}

ML_CEL_IMPL(bytes_string)
{
	return ml_bytes(ml_value_text(&args[0]));
}

ML_CEL_IMPL(string_bytes)
{
	struct ml_str s = ml_value_text(&args[0]);

	if (!ml_cel_spend_bytes(ctx, s.len))
		return ml_cel_over(ctx);
	return ml_utf8_invalid(s) == ML_NPOS ? ml_string(s) : ml_cel_wrong("invalid UTF-8 in bytes, cannot convert to string");
}

ML_CEL_IMPL(double_int)
{
	return ml_double((double)args[0].i);
}

ML_CEL_IMPL(double_uint)
{
	return ml_double((double)args[0].u);
}

/* The words for what is not finite: as Go's strconv.ParseFloat, in any case. */
static bool parse_special(struct ml_str s, double *out)
{
	bool negative = s.len && s.ptr[0] == '-';

	if (ml_str_ieq(s, ML_STR("nan"))) {
		*out = NAN;
		return true;
	}
	if (s.len && (s.ptr[0] == '-' || s.ptr[0] == '+'))
		s = ml_str_sub(s, 1, s.len);
	*out = negative ? -INFINITY : INFINITY;
	return ml_str_ieq(s, ML_STR("inf")) || ml_str_ieq(s, ML_STR("infinity"));
}

ML_CEL_IMPL(double_string)
{
	struct ml_str s = ml_value_text(&args[0]);
	double d;

	return parse_special(s, &d) || ml_parse_double(s, &d) ? ml_double(d) : unreadable(ctx, &args[0], "a double");
}

ML_CEL_IMPL(int_uint)
{
	return args[0].u <= INT64_MAX ? ml_int((int64_t)args[0].u) : range();
}

/* Both ends are excluded: a double at the end stands for numbers beyond it too. */
ML_CEL_IMPL(int_double)
{
	double d = args[0].d;

	return d > -0x1p63 && d < 0x1p63 ? ml_int((int64_t)d) : range();
}

ML_CEL_IMPL(int_string)
{
	int64_t i;

	return ml_parse_i64(ml_value_text(&args[0]), 10, &i) ? ml_int(i) : unreadable(ctx, &args[0], "an int");
}

ML_CEL_IMPL(int_time)
{
	return ml_int(args[0].i);
}

ML_CEL_IMPL(uint_int)
{
	return args[0].i >= 0 ? ml_uint((uint64_t)args[0].i) : range();
}

ML_CEL_IMPL(uint_double)
{
	double d = args[0].d;

	return d >= 0 && d < 0x1p64 ? ml_uint((uint64_t)d) : range();
}

ML_CEL_IMPL(uint_string)
{
	uint64_t u;

	return ml_parse_u64(ml_value_text(&args[0]), 10, &u) ? ml_uint(u) : unreadable(ctx, &args[0], "a uint");
}

ML_CEL_IMPL(string_bool)
{
	return ml_string(args[0].b ? ML_STR("true") : ML_STR("false"));
}

ML_CEL_IMPL(string_int)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%" PRId64, args[0].i);

	return ml_cel_string_copy(ctx, (struct ml_str){text, (size_t)len});
}

ML_CEL_IMPL(string_uint)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%" PRIu64, args[0].u);

	return ml_cel_string_copy(ctx, (struct ml_str){text, (size_t)len});
}

/* The fewest digits that read back to `d`, as "d.ddde±dd". */
static void shortest(char text[40], double d)
{
	for (int digits = 0; digits < 17; digits++) {
		snprintf(text, 40, "%.*e", digits, d);
		if (strtod(text, NULL) == d)
			return;
	}
}

/* Go's strconv 'g' (an exponent below 1e-4 and from 1e6) or, when `plain`, 'f': always with the fewest digits. */
void ml_cel_put_double(struct ml_buf *out, double d, bool plain)
{
	char text[40];
	int exponent, digits = 0;

	if (!isfinite(d)) {
		ml_buf_puts(out, isnan(d) ? "NaN" : d > 0 ? "Infinity" : "-Infinity");
		return;
	}
	shortest(text, d);
	exponent = atoi(strchr(text, 'e') + 1);
	for (const char *p = text; *p != 'e'; p++)
		digits += *p >= '0' && *p <= '9';
	if (plain || (exponent >= -4 && exponent < 6))
		ml_buf_printf(out, "%.*f", digits - 1 > exponent ? digits - 1 - exponent : 0, d);
	else
		ml_buf_puts(out, text);
}

static struct ml_value written(struct ml_cel_ctx *ctx, struct ml_buf *text)
{
	return text->error ? ml_cel_over(ctx) : ml_cel_string_copy(ctx, ml_buf_get(text));
}

ML_CEL_IMPL(string_double)
{
	ML_BUF_AUTO text;

	ml_buf_init(&text, 512);
	if (isinf(args[0].d))
		ml_buf_puts(&text, args[0].d > 0 ? "+Inf" : "-Inf");
	else
		ml_cel_put_double(&text, args[0].d, false);
	return written(ctx, &text);
}

ML_CEL_IMPL(string_time)
{
	ML_BUF_AUTO text;

	ml_buf_init(&text, 64);
	ml_cel_put_time(&text, &args[0]);
	return written(ctx, &text);
}

ML_CEL_IMPL(string_duration)
{
	ML_BUF_AUTO text;

	ml_buf_init(&text, 64);
	ml_cel_put_duration(&text, &args[0]);
	return written(ctx, &text);
}

ML_CEL_IMPL(string_ip)
{
	ML_BUF_AUTO text;

	ml_buf_init(&text, 64);
	ml_cel_put_ip(&text, &args[0]);
	return written(ctx, &text);
}

static const struct ml_type any_map = {.kind = ML_T_MAP, .key = &ml_type_dyn, .elem = &ml_type_dyn};
static const struct ml_type any_optional = {.kind = ML_T_OPTIONAL, .elem = &ml_type_dyn};

const struct ml_type *ml_cel_type_of(const struct ml_value *v)
{
	static const struct ml_type *const types[] = {
		[ML_V_NULL] = &ml_type_null, [ML_V_BOOL] = &ml_type_bool, [ML_V_INT] = &ml_type_int, [ML_V_UINT] = &ml_type_uint,
		[ML_V_DOUBLE] = &ml_type_double, [ML_V_STRING] = &ml_type_string, [ML_V_BYTES] = &ml_type_bytes,
		[ML_V_TIMESTAMP] = &ml_type_timestamp, [ML_V_DURATION] = &ml_type_duration, [ML_V_LIST] = &ml_type_list_dyn,
		[ML_V_MAP] = &any_map, [ML_V_TYPE] = &ml_type_type, [ML_V_OPTIONAL] = &any_optional, [ML_V_IP] = &ml_type_ip,
		[ML_V_CIDR] = &ml_type_cidr, [ML_V_ERROR] = NULL,
	};

	return v->kind == ML_V_RECORD ? v->record->type : types[v->kind] ? types[v->kind] : &ml_type_dyn;
}

const char *ml_cel_name_of(const struct ml_type *type)
{
	static const char *const names[] = {
		[ML_T_DYN] = "dyn", [ML_T_NULL] = "null_type", [ML_T_BOOL] = "bool", [ML_T_INT] = "int", [ML_T_UINT] = "uint",
		[ML_T_DOUBLE] = "double", [ML_T_STRING] = "string", [ML_T_BYTES] = "bytes", [ML_T_TIMESTAMP] = "google.protobuf.Timestamp",
		[ML_T_DURATION] = "google.protobuf.Duration", [ML_T_LIST] = "list", [ML_T_MAP] = "map", [ML_T_OPTIONAL] = "optional_type",
		[ML_T_TYPE] = "type", [ML_T_IP] = "net.IP", [ML_T_CIDR] = "net.CIDR", [ML_T_OPAQUE] = NULL,
	};

	return names[type->kind] ? names[type->kind] : type->name;
}

ML_CEL_IMPL(type)
{
	return (struct ml_value){.kind = ML_V_TYPE, .type = ml_cel_type_of(&args[0])};
}
