/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of every function of CEL: the standard definitions (github google/cel-spec, langdef.md) and the extension libraries as
 * documented in google/cel-go, ext/README.md. */
#include "policies/cel/functions-priv.h"

/* Type parameters and the types made of them: free in each call. */
static const struct ml_type param_t = {.kind = ML_T_PARAM, .name = "T"}, param_u = {.kind = ML_T_PARAM, .name = "U"};
static const struct ml_type list_t = {.kind = ML_T_LIST, .elem = &param_t}, list_u = {.kind = ML_T_LIST, .elem = &param_u};
static const struct ml_type list_list_t = {.kind = ML_T_LIST, .elem = &list_t};
static const struct ml_type map_tu = {.kind = ML_T_MAP, .key = &param_t, .elem = &param_u};
static const struct ml_type type_t = {.kind = ML_T_TYPE, .elem = &param_t};
static const struct ml_type optional_t = {.kind = ML_T_OPTIONAL, .elem = &param_t};
static const struct ml_type list_optional_t = {.kind = ML_T_LIST, .elem = &optional_t};
static const struct ml_type optional_string = {.kind = ML_T_OPTIONAL, .elem = &ml_type_string};
static const struct ml_type list_uint = {.kind = ML_T_LIST, .elem = &ml_type_uint}, list_double = {.kind = ML_T_LIST, .elem = &ml_type_double};

#define BOOL &ml_type_bool
#define INT &ml_type_int
#define UINT &ml_type_uint
#define DOUBLE &ml_type_double
#define STRING &ml_type_string
#define BYTES &ml_type_bytes
#define TIME &ml_type_timestamp
#define DURATION &ml_type_duration
#define IP &ml_type_ip
#define CIDR &ml_type_cidr
#define DYN &ml_type_dyn
#define T &param_t
#define LIST_T &list_t
#define LIST_U &list_u
#define LIST_LIST_T &list_list_t
#define MAP_TU &map_tu
#define TYPE_T &type_t
#define OPT_T &optional_t
#define LIST_OPT_T &list_optional_t
#define OPT_S &optional_string
#define LIST_S &ml_type_list_string
#define LIST_I &ml_type_list_int
#define LIST_D &ml_type_list_dyn
#define LIST_V &list_uint
#define LIST_F &list_double

static const struct ml_cel_overload operators[] = {
	{"_==_", false, 2, {T, T}, BOOL, NULL},
	{"_!=_", false, 2, {T, T}, BOOL, NULL},
	{"@in", false, 2, {T, LIST_T}, BOOL, NULL},
	{"@in", false, 2, {T, MAP_TU}, BOOL, NULL},
	{"!_", false, 1, {BOOL}, BOOL, NULL},
	{"-_", false, 1, {INT}, INT, NULL},
	{"-_", false, 1, {DOUBLE}, DOUBLE, NULL},
	{"_+_", false, 2, {INT, INT}, INT, NULL},
	{"_+_", false, 2, {UINT, UINT}, UINT, NULL},
	{"_+_", false, 2, {DOUBLE, DOUBLE}, DOUBLE, NULL},
	{"_+_", false, 2, {STRING, STRING}, STRING, NULL},
	{"_+_", false, 2, {BYTES, BYTES}, BYTES, NULL},
	{"_+_", false, 2, {LIST_T, LIST_T}, LIST_T, NULL},
	{"_+_", false, 2, {TIME, DURATION}, TIME, NULL},
	{"_+_", false, 2, {DURATION, TIME}, TIME, NULL},
	{"_+_", false, 2, {DURATION, DURATION}, DURATION, NULL},
	{"_-_", false, 2, {INT, INT}, INT, NULL},
	{"_-_", false, 2, {UINT, UINT}, UINT, NULL},
	{"_-_", false, 2, {DOUBLE, DOUBLE}, DOUBLE, NULL},
	{"_-_", false, 2, {TIME, TIME}, DURATION, NULL},
	{"_-_", false, 2, {TIME, DURATION}, TIME, NULL},
	{"_-_", false, 2, {DURATION, DURATION}, DURATION, NULL},
	{"_*_", false, 2, {INT, INT}, INT, NULL},
	{"_*_", false, 2, {UINT, UINT}, UINT, NULL},
	{"_*_", false, 2, {DOUBLE, DOUBLE}, DOUBLE, NULL},
	{"_/_", false, 2, {INT, INT}, INT, NULL},
	{"_/_", false, 2, {UINT, UINT}, UINT, NULL},
	{"_/_", false, 2, {DOUBLE, DOUBLE}, DOUBLE, NULL},
	{"_%_", false, 2, {INT, INT}, INT, NULL},
	{"_%_", false, 2, {UINT, UINT}, UINT, NULL},
	{"_<_", false, 2, {INT, INT}, BOOL, NULL},
	{"_<_", false, 2, {UINT, UINT}, BOOL, NULL},
	{"_<_", false, 2, {DOUBLE, DOUBLE}, BOOL, NULL},
	{"_<_", false, 2, {STRING, STRING}, BOOL, NULL},
	{"_<_", false, 2, {BYTES, BYTES}, BOOL, NULL},
	{"_<_", false, 2, {BOOL, BOOL}, BOOL, NULL},
	{"_<_", false, 2, {TIME, TIME}, BOOL, NULL},
	{"_<_", false, 2, {DURATION, DURATION}, BOOL, NULL},
	{"_<_", false, 2, {INT, UINT}, BOOL, NULL},
	{"_<_", false, 2, {INT, DOUBLE}, BOOL, NULL},
	{"_<_", false, 2, {UINT, INT}, BOOL, NULL},
	{"_<_", false, 2, {UINT, DOUBLE}, BOOL, NULL},
	{"_<_", false, 2, {DOUBLE, INT}, BOOL, NULL},
	{"_<_", false, 2, {DOUBLE, UINT}, BOOL, NULL},
	{"_<=_", false, 2, {INT, INT}, BOOL, NULL},
	{"_<=_", false, 2, {UINT, UINT}, BOOL, NULL},
	{"_<=_", false, 2, {DOUBLE, DOUBLE}, BOOL, NULL},
	{"_<=_", false, 2, {STRING, STRING}, BOOL, NULL},
	{"_<=_", false, 2, {BYTES, BYTES}, BOOL, NULL},
	{"_<=_", false, 2, {BOOL, BOOL}, BOOL, NULL},
	{"_<=_", false, 2, {TIME, TIME}, BOOL, NULL},
	{"_<=_", false, 2, {DURATION, DURATION}, BOOL, NULL},
	{"_<=_", false, 2, {INT, UINT}, BOOL, NULL},
	{"_<=_", false, 2, {INT, DOUBLE}, BOOL, NULL},
	{"_<=_", false, 2, {UINT, INT}, BOOL, NULL},
	{"_<=_", false, 2, {UINT, DOUBLE}, BOOL, NULL},
	{"_<=_", false, 2, {DOUBLE, INT}, BOOL, NULL},
	{"_<=_", false, 2, {DOUBLE, UINT}, BOOL, NULL},
	{"_>_", false, 2, {INT, INT}, BOOL, NULL},
	{"_>_", false, 2, {UINT, UINT}, BOOL, NULL},
	{"_>_", false, 2, {DOUBLE, DOUBLE}, BOOL, NULL},
	{"_>_", false, 2, {STRING, STRING}, BOOL, NULL},
	{"_>_", false, 2, {BYTES, BYTES}, BOOL, NULL},
	{"_>_", false, 2, {BOOL, BOOL}, BOOL, NULL},
	{"_>_", false, 2, {TIME, TIME}, BOOL, NULL},
	{"_>_", false, 2, {DURATION, DURATION}, BOOL, NULL},
	{"_>_", false, 2, {INT, UINT}, BOOL, NULL},
	{"_>_", false, 2, {INT, DOUBLE}, BOOL, NULL},
	{"_>_", false, 2, {UINT, INT}, BOOL, NULL},
	{"_>_", false, 2, {UINT, DOUBLE}, BOOL, NULL},
	{"_>_", false, 2, {DOUBLE, INT}, BOOL, NULL},
	{"_>_", false, 2, {DOUBLE, UINT}, BOOL, NULL},
	{"_>=_", false, 2, {INT, INT}, BOOL, NULL},
	{"_>=_", false, 2, {UINT, UINT}, BOOL, NULL},
	{"_>=_", false, 2, {DOUBLE, DOUBLE}, BOOL, NULL},
	{"_>=_", false, 2, {STRING, STRING}, BOOL, NULL},
	{"_>=_", false, 2, {BYTES, BYTES}, BOOL, NULL},
	{"_>=_", false, 2, {BOOL, BOOL}, BOOL, NULL},
	{"_>=_", false, 2, {TIME, TIME}, BOOL, NULL},
	{"_>=_", false, 2, {DURATION, DURATION}, BOOL, NULL},
	{"_>=_", false, 2, {INT, UINT}, BOOL, NULL},
	{"_>=_", false, 2, {INT, DOUBLE}, BOOL, NULL},
	{"_>=_", false, 2, {UINT, INT}, BOOL, NULL},
	{"_>=_", false, 2, {UINT, DOUBLE}, BOOL, NULL},
	{"_>=_", false, 2, {DOUBLE, INT}, BOOL, NULL},
	{"_>=_", false, 2, {DOUBLE, UINT}, BOOL, NULL},
};

static const struct ml_cel_overload standard[] = {
	{"size", false, 1, {STRING}, INT, NULL},
	{"size", false, 1, {BYTES}, INT, NULL},
	{"size", false, 1, {LIST_T}, INT, NULL},
	{"size", false, 1, {MAP_TU}, INT, NULL},
	{"size", true, 1, {STRING}, INT, NULL},
	{"size", true, 1, {BYTES}, INT, NULL},
	{"size", true, 1, {LIST_T}, INT, NULL},
	{"size", true, 1, {MAP_TU}, INT, NULL},
	{"bool", false, 1, {BOOL}, BOOL, NULL},
	{"bool", false, 1, {STRING}, BOOL, NULL},
	{"bytes", false, 1, {BYTES}, BYTES, NULL},
	{"bytes", false, 1, {STRING}, BYTES, NULL},
	{"double", false, 1, {DOUBLE}, DOUBLE, NULL},
	{"double", false, 1, {INT}, DOUBLE, NULL},
	{"double", false, 1, {UINT}, DOUBLE, NULL},
	{"double", false, 1, {STRING}, DOUBLE, NULL},
	{"duration", false, 1, {DURATION}, DURATION, NULL},
	{"duration", false, 1, {STRING}, DURATION, NULL},
	{"dyn", false, 1, {T}, DYN, NULL},
	{"int", false, 1, {INT}, INT, NULL},
	{"int", false, 1, {UINT}, INT, NULL},
	{"int", false, 1, {DOUBLE}, INT, NULL},
	{"int", false, 1, {STRING}, INT, NULL},
	{"int", false, 1, {TIME}, INT, NULL},
	{"string", false, 1, {STRING}, STRING, NULL},
	{"string", false, 1, {BOOL}, STRING, NULL},
	{"string", false, 1, {BYTES}, STRING, NULL},
	{"string", false, 1, {INT}, STRING, NULL},
	{"string", false, 1, {UINT}, STRING, NULL},
	{"string", false, 1, {DOUBLE}, STRING, NULL},
	{"string", false, 1, {TIME}, STRING, NULL},
	{"string", false, 1, {DURATION}, STRING, NULL},
	{"timestamp", false, 1, {TIME}, TIME, NULL},
	{"timestamp", false, 1, {INT}, TIME, NULL},
	{"timestamp", false, 1, {STRING}, TIME, NULL},
	{"type", false, 1, {T}, TYPE_T, NULL},
	{"uint", false, 1, {UINT}, UINT, NULL},
	{"uint", false, 1, {INT}, UINT, NULL},
	{"uint", false, 1, {DOUBLE}, UINT, NULL},
	{"uint", false, 1, {STRING}, UINT, NULL},
	{"matches", false, 2, {STRING, STRING}, BOOL, NULL},
	{"matches", true, 2, {STRING, STRING}, BOOL, NULL},
	{"contains", true, 2, {STRING, STRING}, BOOL, NULL},
	{"startsWith", true, 2, {STRING, STRING}, BOOL, NULL},
	{"endsWith", true, 2, {STRING, STRING}, BOOL, NULL},
};

static const struct ml_cel_overload time[] = {
	{"getFullYear", true, 1, {TIME}, INT, NULL},
	{"getFullYear", true, 2, {TIME, STRING}, INT, NULL},
	{"getMonth", true, 1, {TIME}, INT, NULL},
	{"getMonth", true, 2, {TIME, STRING}, INT, NULL},
	{"getDayOfYear", true, 1, {TIME}, INT, NULL},
	{"getDayOfYear", true, 2, {TIME, STRING}, INT, NULL},
	{"getDate", true, 1, {TIME}, INT, NULL},
	{"getDate", true, 2, {TIME, STRING}, INT, NULL},
	{"getDayOfMonth", true, 1, {TIME}, INT, NULL},
	{"getDayOfMonth", true, 2, {TIME, STRING}, INT, NULL},
	{"getDayOfWeek", true, 1, {TIME}, INT, NULL},
	{"getDayOfWeek", true, 2, {TIME, STRING}, INT, NULL},
	{"getHours", true, 1, {TIME}, INT, NULL},
	{"getHours", true, 2, {TIME, STRING}, INT, NULL},
	{"getHours", true, 1, {DURATION}, INT, NULL},
	{"getMinutes", true, 1, {TIME}, INT, NULL},
	{"getMinutes", true, 2, {TIME, STRING}, INT, NULL},
	{"getMinutes", true, 1, {DURATION}, INT, NULL},
	{"getSeconds", true, 1, {TIME}, INT, NULL},
	{"getSeconds", true, 2, {TIME, STRING}, INT, NULL},
	{"getSeconds", true, 1, {DURATION}, INT, NULL},
	{"getMilliseconds", true, 1, {TIME}, INT, NULL},
	{"getMilliseconds", true, 2, {TIME, STRING}, INT, NULL},
	{"getMilliseconds", true, 1, {DURATION}, INT, NULL},
};

static const struct ml_cel_overload strings[] = {
	{"charAt", true, 2, {STRING, INT}, STRING, NULL},
	{"indexOf", true, 2, {STRING, STRING}, INT, NULL},
	{"indexOf", true, 3, {STRING, STRING, INT}, INT, NULL},
	{"lastIndexOf", true, 2, {STRING, STRING}, INT, NULL},
	{"lastIndexOf", true, 3, {STRING, STRING, INT}, INT, NULL},
	{"join", true, 1, {LIST_S}, STRING, NULL},
	{"join", true, 2, {LIST_S, STRING}, STRING, NULL},
	{"lowerAscii", true, 1, {STRING}, STRING, NULL},
	{"upperAscii", true, 1, {STRING}, STRING, NULL},
	{"replace", true, 3, {STRING, STRING, STRING}, STRING, NULL},
	{"replace", true, 4, {STRING, STRING, STRING, INT}, STRING, NULL},
	{"split", true, 2, {STRING, STRING}, LIST_S, NULL},
	{"split", true, 3, {STRING, STRING, INT}, LIST_S, NULL},
	{"substring", true, 2, {STRING, INT}, STRING, NULL},
	{"substring", true, 3, {STRING, INT, INT}, STRING, NULL},
	{"trim", true, 1, {STRING}, STRING, NULL},
	{"reverse", true, 1, {STRING}, STRING, NULL},
	{"format", true, 2, {STRING, LIST_D}, STRING, NULL},
	{"strings.quote", false, 1, {STRING}, STRING, NULL},
};

static const struct ml_cel_overload math[] = {
	{"math.greatest", false, 1, {INT}, INT, NULL},
	{"math.greatest", false, 1, {UINT}, UINT, NULL},
	{"math.greatest", false, 1, {DOUBLE}, DOUBLE, NULL},
	{"math.greatest", false, 1, {LIST_I}, INT, NULL},
	{"math.greatest", false, 1, {LIST_V}, UINT, NULL},
	{"math.greatest", false, 1, {LIST_F}, DOUBLE, NULL},
	{"math.greatest", false, 2, {INT, INT}, INT, NULL},
	{"math.greatest", false, 2, {UINT, UINT}, UINT, NULL},
	{"math.greatest", false, 2, {DOUBLE, DOUBLE}, DOUBLE, NULL},
	{"math.greatest", false, 2, {INT, UINT}, DYN, NULL},
	{"math.greatest", false, 2, {INT, DOUBLE}, DYN, NULL},
	{"math.greatest", false, 2, {UINT, INT}, DYN, NULL},
	{"math.greatest", false, 2, {UINT, DOUBLE}, DYN, NULL},
	{"math.greatest", false, 2, {DOUBLE, INT}, DYN, NULL},
	{"math.greatest", false, 2, {DOUBLE, UINT}, DYN, NULL},
	{"math.greatest", false, 3, {DYN, DYN, DYN}, DYN, NULL},
	{"math.greatest", false, 4, {DYN, DYN, DYN, DYN}, DYN, NULL},
	{"math.greatest", false, 5, {DYN, DYN, DYN, DYN, DYN}, DYN, NULL},
	{"math.least", false, 1, {INT}, INT, NULL},
	{"math.least", false, 1, {UINT}, UINT, NULL},
	{"math.least", false, 1, {DOUBLE}, DOUBLE, NULL},
	{"math.least", false, 1, {LIST_I}, INT, NULL},
	{"math.least", false, 1, {LIST_V}, UINT, NULL},
	{"math.least", false, 1, {LIST_F}, DOUBLE, NULL},
	{"math.least", false, 2, {INT, INT}, INT, NULL},
	{"math.least", false, 2, {UINT, UINT}, UINT, NULL},
	{"math.least", false, 2, {DOUBLE, DOUBLE}, DOUBLE, NULL},
	{"math.least", false, 2, {INT, UINT}, DYN, NULL},
	{"math.least", false, 2, {INT, DOUBLE}, DYN, NULL},
	{"math.least", false, 2, {UINT, INT}, DYN, NULL},
	{"math.least", false, 2, {UINT, DOUBLE}, DYN, NULL},
	{"math.least", false, 2, {DOUBLE, INT}, DYN, NULL},
	{"math.least", false, 2, {DOUBLE, UINT}, DYN, NULL},
	{"math.least", false, 3, {DYN, DYN, DYN}, DYN, NULL},
	{"math.least", false, 4, {DYN, DYN, DYN, DYN}, DYN, NULL},
	{"math.least", false, 5, {DYN, DYN, DYN, DYN, DYN}, DYN, NULL},
	{"math.ceil", false, 1, {DOUBLE}, DOUBLE, NULL},
	{"math.floor", false, 1, {DOUBLE}, DOUBLE, NULL},
	{"math.round", false, 1, {DOUBLE}, DOUBLE, NULL},
	{"math.trunc", false, 1, {DOUBLE}, DOUBLE, NULL},
	{"math.abs", false, 1, {INT}, INT, NULL},
	{"math.abs", false, 1, {UINT}, UINT, NULL},
	{"math.abs", false, 1, {DOUBLE}, DOUBLE, NULL},
	{"math.sign", false, 1, {INT}, INT, NULL},
	{"math.sign", false, 1, {UINT}, UINT, NULL},
	{"math.sign", false, 1, {DOUBLE}, DOUBLE, NULL},
	{"math.isNaN", false, 1, {DOUBLE}, BOOL, NULL},
	{"math.isInf", false, 1, {DOUBLE}, BOOL, NULL},
	{"math.isFinite", false, 1, {DOUBLE}, BOOL, NULL},
	{"math.bitAnd", false, 2, {INT, INT}, INT, NULL},
	{"math.bitAnd", false, 2, {UINT, UINT}, UINT, NULL},
	{"math.bitOr", false, 2, {INT, INT}, INT, NULL},
	{"math.bitOr", false, 2, {UINT, UINT}, UINT, NULL},
	{"math.bitXor", false, 2, {INT, INT}, INT, NULL},
	{"math.bitXor", false, 2, {UINT, UINT}, UINT, NULL},
	{"math.bitNot", false, 1, {INT}, INT, NULL},
	{"math.bitNot", false, 1, {UINT}, UINT, NULL},
	{"math.bitShiftLeft", false, 2, {INT, INT}, INT, NULL},
	{"math.bitShiftLeft", false, 2, {UINT, INT}, UINT, NULL},
	{"math.bitShiftRight", false, 2, {INT, INT}, INT, NULL},
	{"math.bitShiftRight", false, 2, {UINT, INT}, UINT, NULL},
	{"math.sqrt", false, 1, {INT}, DOUBLE, NULL},
	{"math.sqrt", false, 1, {UINT}, DOUBLE, NULL},
	{"math.sqrt", false, 1, {DOUBLE}, DOUBLE, NULL},
};

static const struct ml_cel_overload encoders[] = {
	{"base64.encode", false, 1, {BYTES}, STRING, NULL},
	{"base64.decode", false, 1, {STRING}, BYTES, NULL},
};

static const struct ml_cel_overload network[] = {
	{"ip", false, 1, {STRING}, IP, NULL},
	{"ip", true, 1, {CIDR}, IP, NULL},
	{"cidr", false, 1, {STRING}, CIDR, NULL},
	{"isIP", false, 1, {STRING}, BOOL, NULL},
	{"isCIDR", false, 1, {STRING}, BOOL, NULL},
	{"ip.isCanonical", false, 1, {STRING}, BOOL, NULL},
	{"string", false, 1, {IP}, STRING, NULL},
	{"string", false, 1, {CIDR}, STRING, NULL},
	{"family", true, 1, {IP}, INT, NULL},
	{"isUnspecified", true, 1, {IP}, BOOL, NULL},
	{"isLoopback", true, 1, {IP}, BOOL, NULL},
	{"isGlobalUnicast", true, 1, {IP}, BOOL, NULL},
	{"isLinkLocalMulticast", true, 1, {IP}, BOOL, NULL},
	{"isLinkLocalUnicast", true, 1, {IP}, BOOL, NULL},
	{"containsIP", true, 2, {CIDR, IP}, BOOL, NULL},
	{"containsIP", true, 2, {CIDR, STRING}, BOOL, NULL},
	{"containsCIDR", true, 2, {CIDR, CIDR}, BOOL, NULL},
	{"containsCIDR", true, 2, {CIDR, STRING}, BOOL, NULL},
	{"masked", true, 1, {CIDR}, CIDR, NULL},
	{"prefixLength", true, 1, {CIDR}, INT, NULL},
};

static const struct ml_cel_overload optional[] = {
	{"optional.of", false, 1, {T}, OPT_T, NULL},
	{"optional.ofNonZeroValue", false, 1, {T}, OPT_T, NULL},
	{"optional.none", false, 0, {}, OPT_T, NULL},
	{"optional.unwrap", false, 1, {LIST_OPT_T}, LIST_T, NULL},
	{"hasValue", true, 1, {OPT_T}, BOOL, NULL},
	{"value", true, 1, {OPT_T}, T, NULL},
	{"or", true, 2, {OPT_T, OPT_T}, OPT_T, NULL},
	{"orValue", true, 2, {OPT_T, T}, T, NULL},
	{"unwrapOpt", true, 1, {LIST_OPT_T}, LIST_T, NULL},
	{"first", true, 1, {LIST_T}, OPT_T, NULL},
	{"last", true, 1, {LIST_T}, OPT_T, NULL},
};

static const struct ml_cel_overload lists[] = {
	{"slice", true, 3, {LIST_T, INT, INT}, LIST_T, NULL},
	{"flatten", true, 1, {LIST_LIST_T}, LIST_T, NULL},
	{"flatten", true, 2, {LIST_D, INT}, LIST_D, NULL},
	{"sort", true, 1, {LIST_T}, LIST_T, NULL},
	{"@sortByAssociatedKeys", true, 2, {LIST_T, LIST_U}, LIST_T, NULL},
	{"distinct", true, 1, {LIST_T}, LIST_T, NULL},
	{"reverse", true, 1, {LIST_T}, LIST_T, NULL},
	{"lists.range", false, 1, {INT}, LIST_I, NULL},
	{"sets.contains", false, 2, {LIST_T, LIST_T}, BOOL, NULL},
	{"sets.equivalent", false, 2, {LIST_T, LIST_T}, BOOL, NULL},
	{"sets.intersects", false, 2, {LIST_T, LIST_T}, BOOL, NULL},
};

static const struct ml_cel_overload regex[] = {
	{"regex.replace", false, 3, {STRING, STRING, STRING}, STRING, NULL},
	{"regex.replace", false, 4, {STRING, STRING, STRING, INT}, STRING, NULL},
	{"regex.extract", false, 2, {STRING, STRING}, OPT_S, NULL},
	{"regex.extractAll", false, 2, {STRING, STRING}, LIST_S, NULL},
};

const struct ml_cel_overload *const ml_cel_tables[] = {operators, standard, time, strings, math, encoders, network, optional, lists, regex, NULL};

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))
const size_t ml_cel_table_sizes[] = {
	ROWS(operators),
	ROWS(standard),
	ROWS(time),
	ROWS(strings),
	ROWS(math),
	ROWS(encoders),
	ROWS(network),
	ROWS(optional),
	ROWS(lists),
	ROWS(regex),
};
