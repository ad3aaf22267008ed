/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of every function of CEL: the standard definitions (github google/cel-spec, langdef.md) and the extension libraries as
 * documented in google/cel-go, ext/README.md. */
#include "policies/cel/impl-priv.h"

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
	{"_==_", false, 2, {T, T}, BOOL, ml_celf_eq},
	{"_!=_", false, 2, {T, T}, BOOL, ml_celf_ne},
	{"@in", false, 2, {T, LIST_T}, BOOL, ml_celf_in_list},
	{"@in", false, 2, {T, MAP_TU}, BOOL, ml_celf_in_map},
	{"!_", false, 1, {BOOL}, BOOL, ml_celf_not},
	{"-_", false, 1, {INT}, INT, ml_celf_neg_int},
	{"-_", false, 1, {DOUBLE}, DOUBLE, ml_celf_neg_double},
	{"_+_", false, 2, {INT, INT}, INT, ml_celf_add_int},
	{"_+_", false, 2, {UINT, UINT}, UINT, ml_celf_add_uint},
	{"_+_", false, 2, {DOUBLE, DOUBLE}, DOUBLE, ml_celf_add_double},
	{"_+_", false, 2, {STRING, STRING}, STRING, ml_celf_concat},
	{"_+_", false, 2, {BYTES, BYTES}, BYTES, ml_celf_concat},
	{"_+_", false, 2, {LIST_T, LIST_T}, LIST_T, ml_celf_add_list},
	{"_+_", false, 2, {TIME, DURATION}, TIME, ml_celf_add_time_duration},
	{"_+_", false, 2, {DURATION, TIME}, TIME, ml_celf_add_duration_time},
	{"_+_", false, 2, {DURATION, DURATION}, DURATION, ml_celf_add_duration},
	{"_-_", false, 2, {INT, INT}, INT, ml_celf_sub_int},
	{"_-_", false, 2, {UINT, UINT}, UINT, ml_celf_sub_uint},
	{"_-_", false, 2, {DOUBLE, DOUBLE}, DOUBLE, ml_celf_sub_double},
	{"_-_", false, 2, {TIME, TIME}, DURATION, ml_celf_sub_time},
	{"_-_", false, 2, {TIME, DURATION}, TIME, ml_celf_sub_time_duration},
	{"_-_", false, 2, {DURATION, DURATION}, DURATION, ml_celf_sub_duration},
	{"_*_", false, 2, {INT, INT}, INT, ml_celf_mul_int},
	{"_*_", false, 2, {UINT, UINT}, UINT, ml_celf_mul_uint},
	{"_*_", false, 2, {DOUBLE, DOUBLE}, DOUBLE, ml_celf_mul_double},
	{"_/_", false, 2, {INT, INT}, INT, ml_celf_div_int},
	{"_/_", false, 2, {UINT, UINT}, UINT, ml_celf_div_uint},
	{"_/_", false, 2, {DOUBLE, DOUBLE}, DOUBLE, ml_celf_div_double},
	{"_%_", false, 2, {INT, INT}, INT, ml_celf_mod_int},
	{"_%_", false, 2, {UINT, UINT}, UINT, ml_celf_mod_uint},
	{"_<_", false, 2, {INT, INT}, BOOL, ml_celf_lt},
	{"_<_", false, 2, {UINT, UINT}, BOOL, ml_celf_lt},
	{"_<_", false, 2, {DOUBLE, DOUBLE}, BOOL, ml_celf_lt},
	{"_<_", false, 2, {STRING, STRING}, BOOL, ml_celf_lt},
	{"_<_", false, 2, {BYTES, BYTES}, BOOL, ml_celf_lt},
	{"_<_", false, 2, {BOOL, BOOL}, BOOL, ml_celf_lt},
	{"_<_", false, 2, {TIME, TIME}, BOOL, ml_celf_lt},
	{"_<_", false, 2, {DURATION, DURATION}, BOOL, ml_celf_lt},
	{"_<_", false, 2, {INT, UINT}, BOOL, ml_celf_lt},
	{"_<_", false, 2, {INT, DOUBLE}, BOOL, ml_celf_lt},
	{"_<_", false, 2, {UINT, INT}, BOOL, ml_celf_lt},
	{"_<_", false, 2, {UINT, DOUBLE}, BOOL, ml_celf_lt},
	{"_<_", false, 2, {DOUBLE, INT}, BOOL, ml_celf_lt},
	{"_<_", false, 2, {DOUBLE, UINT}, BOOL, ml_celf_lt},
	{"_<=_", false, 2, {INT, INT}, BOOL, ml_celf_le},
	{"_<=_", false, 2, {UINT, UINT}, BOOL, ml_celf_le},
	{"_<=_", false, 2, {DOUBLE, DOUBLE}, BOOL, ml_celf_le},
	{"_<=_", false, 2, {STRING, STRING}, BOOL, ml_celf_le},
	{"_<=_", false, 2, {BYTES, BYTES}, BOOL, ml_celf_le},
	{"_<=_", false, 2, {BOOL, BOOL}, BOOL, ml_celf_le},
	{"_<=_", false, 2, {TIME, TIME}, BOOL, ml_celf_le},
	{"_<=_", false, 2, {DURATION, DURATION}, BOOL, ml_celf_le},
	{"_<=_", false, 2, {INT, UINT}, BOOL, ml_celf_le},
	{"_<=_", false, 2, {INT, DOUBLE}, BOOL, ml_celf_le},
	{"_<=_", false, 2, {UINT, INT}, BOOL, ml_celf_le},
	{"_<=_", false, 2, {UINT, DOUBLE}, BOOL, ml_celf_le},
	{"_<=_", false, 2, {DOUBLE, INT}, BOOL, ml_celf_le},
	{"_<=_", false, 2, {DOUBLE, UINT}, BOOL, ml_celf_le},
	{"_>_", false, 2, {INT, INT}, BOOL, ml_celf_gt},
	{"_>_", false, 2, {UINT, UINT}, BOOL, ml_celf_gt},
	{"_>_", false, 2, {DOUBLE, DOUBLE}, BOOL, ml_celf_gt},
	{"_>_", false, 2, {STRING, STRING}, BOOL, ml_celf_gt},
	{"_>_", false, 2, {BYTES, BYTES}, BOOL, ml_celf_gt},
	{"_>_", false, 2, {BOOL, BOOL}, BOOL, ml_celf_gt},
	{"_>_", false, 2, {TIME, TIME}, BOOL, ml_celf_gt},
	{"_>_", false, 2, {DURATION, DURATION}, BOOL, ml_celf_gt},
	{"_>_", false, 2, {INT, UINT}, BOOL, ml_celf_gt},
	{"_>_", false, 2, {INT, DOUBLE}, BOOL, ml_celf_gt},
	{"_>_", false, 2, {UINT, INT}, BOOL, ml_celf_gt},
	{"_>_", false, 2, {UINT, DOUBLE}, BOOL, ml_celf_gt},
	{"_>_", false, 2, {DOUBLE, INT}, BOOL, ml_celf_gt},
	{"_>_", false, 2, {DOUBLE, UINT}, BOOL, ml_celf_gt},
	{"_>=_", false, 2, {INT, INT}, BOOL, ml_celf_ge},
	{"_>=_", false, 2, {UINT, UINT}, BOOL, ml_celf_ge},
	{"_>=_", false, 2, {DOUBLE, DOUBLE}, BOOL, ml_celf_ge},
	{"_>=_", false, 2, {STRING, STRING}, BOOL, ml_celf_ge},
	{"_>=_", false, 2, {BYTES, BYTES}, BOOL, ml_celf_ge},
	{"_>=_", false, 2, {BOOL, BOOL}, BOOL, ml_celf_ge},
	{"_>=_", false, 2, {TIME, TIME}, BOOL, ml_celf_ge},
	{"_>=_", false, 2, {DURATION, DURATION}, BOOL, ml_celf_ge},
	{"_>=_", false, 2, {INT, UINT}, BOOL, ml_celf_ge},
	{"_>=_", false, 2, {INT, DOUBLE}, BOOL, ml_celf_ge},
	{"_>=_", false, 2, {UINT, INT}, BOOL, ml_celf_ge},
	{"_>=_", false, 2, {UINT, DOUBLE}, BOOL, ml_celf_ge},
	{"_>=_", false, 2, {DOUBLE, INT}, BOOL, ml_celf_ge},
	{"_>=_", false, 2, {DOUBLE, UINT}, BOOL, ml_celf_ge},
};

static const struct ml_cel_overload standard[] = {
	{"size", false, 1, {STRING}, INT, ml_celf_size_string},
	{"size", false, 1, {BYTES}, INT, ml_celf_size_bytes},
	{"size", false, 1, {LIST_T}, INT, ml_celf_size_list},
	{"size", false, 1, {MAP_TU}, INT, ml_celf_size_list},
	{"size", true, 1, {STRING}, INT, ml_celf_size_string},
	{"size", true, 1, {BYTES}, INT, ml_celf_size_bytes},
	{"size", true, 1, {LIST_T}, INT, ml_celf_size_list},
	{"size", true, 1, {MAP_TU}, INT, ml_celf_size_list},
	{"bool", false, 1, {BOOL}, BOOL, ml_celf_same},
	{"bool", false, 1, {STRING}, BOOL, ml_celf_bool_string},
	{"bytes", false, 1, {BYTES}, BYTES, ml_celf_same},
	{"bytes", false, 1, {STRING}, BYTES, ml_celf_bytes_string},
	{"double", false, 1, {DOUBLE}, DOUBLE, ml_celf_same},
	{"double", false, 1, {INT}, DOUBLE, ml_celf_double_int},
	{"double", false, 1, {UINT}, DOUBLE, ml_celf_double_uint},
	{"double", false, 1, {STRING}, DOUBLE, ml_celf_double_string},
	{"duration", false, 1, {DURATION}, DURATION, ml_celf_same},
	{"duration", false, 1, {STRING}, DURATION, ml_celf_duration_string},
	{"dyn", false, 1, {T}, DYN, ml_celf_same},
	{"int", false, 1, {INT}, INT, ml_celf_same},
	{"int", false, 1, {UINT}, INT, ml_celf_int_uint},
	{"int", false, 1, {DOUBLE}, INT, ml_celf_int_double},
	{"int", false, 1, {STRING}, INT, ml_celf_int_string},
	{"int", false, 1, {TIME}, INT, ml_celf_int_time},
	{"string", false, 1, {STRING}, STRING, ml_celf_same},
	{"string", false, 1, {BOOL}, STRING, ml_celf_string_bool},
	{"string", false, 1, {BYTES}, STRING, ml_celf_string_bytes},
	{"string", false, 1, {INT}, STRING, ml_celf_string_int},
	{"string", false, 1, {UINT}, STRING, ml_celf_string_uint},
	{"string", false, 1, {DOUBLE}, STRING, ml_celf_string_double},
	{"string", false, 1, {TIME}, STRING, ml_celf_string_time},
	{"string", false, 1, {DURATION}, STRING, ml_celf_string_duration},
	{"timestamp", false, 1, {TIME}, TIME, ml_celf_same},
	{"timestamp", false, 1, {INT}, TIME, ml_celf_time_int},
	{"timestamp", false, 1, {STRING}, TIME, ml_celf_time_string},
	{"type", false, 1, {T}, TYPE_T, ml_celf_type},
	{"uint", false, 1, {UINT}, UINT, ml_celf_same},
	{"uint", false, 1, {INT}, UINT, ml_celf_uint_int},
	{"uint", false, 1, {DOUBLE}, UINT, ml_celf_uint_double},
	{"uint", false, 1, {STRING}, UINT, ml_celf_uint_string},
	{"matches", false, 2, {STRING, STRING}, BOOL, ml_celf_matches},
	{"matches", true, 2, {STRING, STRING}, BOOL, ml_celf_matches},
	{"contains", true, 2, {STRING, STRING}, BOOL, ml_celf_contains},
	{"startsWith", true, 2, {STRING, STRING}, BOOL, ml_celf_starts_with},
	{"endsWith", true, 2, {STRING, STRING}, BOOL, ml_celf_ends_with},
};

static const struct ml_cel_overload time[] = {
	{"getFullYear", true, 1, {TIME}, INT, ml_celf_get_year},
	{"getFullYear", true, 2, {TIME, STRING}, INT, ml_celf_get_year},
	{"getMonth", true, 1, {TIME}, INT, ml_celf_get_month},
	{"getMonth", true, 2, {TIME, STRING}, INT, ml_celf_get_month},
	{"getDayOfYear", true, 1, {TIME}, INT, ml_celf_get_day_of_year},
	{"getDayOfYear", true, 2, {TIME, STRING}, INT, ml_celf_get_day_of_year},
	{"getDate", true, 1, {TIME}, INT, ml_celf_get_date},
	{"getDate", true, 2, {TIME, STRING}, INT, ml_celf_get_date},
	{"getDayOfMonth", true, 1, {TIME}, INT, ml_celf_get_day_of_month},
	{"getDayOfMonth", true, 2, {TIME, STRING}, INT, ml_celf_get_day_of_month},
	{"getDayOfWeek", true, 1, {TIME}, INT, ml_celf_get_day_of_week},
	{"getDayOfWeek", true, 2, {TIME, STRING}, INT, ml_celf_get_day_of_week},
	{"getHours", true, 1, {TIME}, INT, ml_celf_get_hours},
	{"getHours", true, 2, {TIME, STRING}, INT, ml_celf_get_hours},
	{"getHours", true, 1, {DURATION}, INT, ml_celf_duration_hours},
	{"getMinutes", true, 1, {TIME}, INT, ml_celf_get_minutes},
	{"getMinutes", true, 2, {TIME, STRING}, INT, ml_celf_get_minutes},
	{"getMinutes", true, 1, {DURATION}, INT, ml_celf_duration_minutes},
	{"getSeconds", true, 1, {TIME}, INT, ml_celf_get_seconds},
	{"getSeconds", true, 2, {TIME, STRING}, INT, ml_celf_get_seconds},
	{"getSeconds", true, 1, {DURATION}, INT, ml_celf_duration_seconds},
	{"getMilliseconds", true, 1, {TIME}, INT, ml_celf_get_millis},
	{"getMilliseconds", true, 2, {TIME, STRING}, INT, ml_celf_get_millis},
	{"getMilliseconds", true, 1, {DURATION}, INT, ml_celf_duration_millis},
};

static const struct ml_cel_overload strings[] = {
	{"charAt", true, 2, {STRING, INT}, STRING, ml_celf_char_at},
	{"indexOf", true, 2, {STRING, STRING}, INT, ml_celf_index_of},
	{"indexOf", true, 3, {STRING, STRING, INT}, INT, ml_celf_index_of},
	{"lastIndexOf", true, 2, {STRING, STRING}, INT, ml_celf_last_index_of},
	{"lastIndexOf", true, 3, {STRING, STRING, INT}, INT, ml_celf_last_index_of},
	{"join", true, 1, {LIST_S}, STRING, ml_celf_join},
	{"join", true, 2, {LIST_S, STRING}, STRING, ml_celf_join},
	{"lowerAscii", true, 1, {STRING}, STRING, ml_celf_lower_ascii},
	{"upperAscii", true, 1, {STRING}, STRING, ml_celf_upper_ascii},
	{"replace", true, 3, {STRING, STRING, STRING}, STRING, ml_celf_replace},
	{"replace", true, 4, {STRING, STRING, STRING, INT}, STRING, ml_celf_replace},
	{"split", true, 2, {STRING, STRING}, LIST_S, ml_celf_split},
	{"split", true, 3, {STRING, STRING, INT}, LIST_S, ml_celf_split},
	{"substring", true, 2, {STRING, INT}, STRING, ml_celf_substring},
	{"substring", true, 3, {STRING, INT, INT}, STRING, ml_celf_substring},
	{"trim", true, 1, {STRING}, STRING, ml_celf_trim},
	{"reverse", true, 1, {STRING}, STRING, ml_celf_reverse_string},
	{"format", true, 2, {STRING, LIST_D}, STRING, ml_celf_format},
	{"strings.quote", false, 1, {STRING}, STRING, ml_celf_quote},
};

static const struct ml_cel_overload math[] = {
	{"math.greatest", false, 1, {INT}, INT, ml_celf_greatest},
	{"math.greatest", false, 1, {UINT}, UINT, ml_celf_greatest},
	{"math.greatest", false, 1, {DOUBLE}, DOUBLE, ml_celf_greatest},
	{"math.greatest", false, 1, {LIST_I}, INT, ml_celf_greatest},
	{"math.greatest", false, 1, {LIST_V}, UINT, ml_celf_greatest},
	{"math.greatest", false, 1, {LIST_F}, DOUBLE, ml_celf_greatest},
	{"math.greatest", false, 2, {INT, INT}, INT, ml_celf_greatest},
	{"math.greatest", false, 2, {UINT, UINT}, UINT, ml_celf_greatest},
	{"math.greatest", false, 2, {DOUBLE, DOUBLE}, DOUBLE, ml_celf_greatest},
	{"math.greatest", false, 2, {INT, UINT}, DYN, ml_celf_greatest},
	{"math.greatest", false, 2, {INT, DOUBLE}, DYN, ml_celf_greatest},
	{"math.greatest", false, 2, {UINT, INT}, DYN, ml_celf_greatest},
	{"math.greatest", false, 2, {UINT, DOUBLE}, DYN, ml_celf_greatest},
	{"math.greatest", false, 2, {DOUBLE, INT}, DYN, ml_celf_greatest},
	{"math.greatest", false, 2, {DOUBLE, UINT}, DYN, ml_celf_greatest},
	{"math.greatest", false, 3, {DYN, DYN, DYN}, DYN, ml_celf_greatest},
	{"math.greatest", false, 4, {DYN, DYN, DYN, DYN}, DYN, ml_celf_greatest},
	{"math.greatest", false, 5, {DYN, DYN, DYN, DYN, DYN}, DYN, ml_celf_greatest},
	{"math.least", false, 1, {INT}, INT, ml_celf_least},
	{"math.least", false, 1, {UINT}, UINT, ml_celf_least},
	{"math.least", false, 1, {DOUBLE}, DOUBLE, ml_celf_least},
	{"math.least", false, 1, {LIST_I}, INT, ml_celf_least},
	{"math.least", false, 1, {LIST_V}, UINT, ml_celf_least},
	{"math.least", false, 1, {LIST_F}, DOUBLE, ml_celf_least},
	{"math.least", false, 2, {INT, INT}, INT, ml_celf_least},
	{"math.least", false, 2, {UINT, UINT}, UINT, ml_celf_least},
	{"math.least", false, 2, {DOUBLE, DOUBLE}, DOUBLE, ml_celf_least},
	{"math.least", false, 2, {INT, UINT}, DYN, ml_celf_least},
	{"math.least", false, 2, {INT, DOUBLE}, DYN, ml_celf_least},
	{"math.least", false, 2, {UINT, INT}, DYN, ml_celf_least},
	{"math.least", false, 2, {UINT, DOUBLE}, DYN, ml_celf_least},
	{"math.least", false, 2, {DOUBLE, INT}, DYN, ml_celf_least},
	{"math.least", false, 2, {DOUBLE, UINT}, DYN, ml_celf_least},
	{"math.least", false, 3, {DYN, DYN, DYN}, DYN, ml_celf_least},
	{"math.least", false, 4, {DYN, DYN, DYN, DYN}, DYN, ml_celf_least},
	{"math.least", false, 5, {DYN, DYN, DYN, DYN, DYN}, DYN, ml_celf_least},
	{"math.ceil", false, 1, {DOUBLE}, DOUBLE, ml_celf_ceil},
	{"math.floor", false, 1, {DOUBLE}, DOUBLE, ml_celf_floor},
	{"math.round", false, 1, {DOUBLE}, DOUBLE, ml_celf_round},
	{"math.trunc", false, 1, {DOUBLE}, DOUBLE, ml_celf_trunc},
	{"math.abs", false, 1, {INT}, INT, ml_celf_abs_int},
	{"math.abs", false, 1, {UINT}, UINT, ml_celf_abs_uint},
	{"math.abs", false, 1, {DOUBLE}, DOUBLE, ml_celf_abs_double},
	{"math.sign", false, 1, {INT}, INT, ml_celf_sign_int},
	{"math.sign", false, 1, {UINT}, UINT, ml_celf_sign_uint},
	{"math.sign", false, 1, {DOUBLE}, DOUBLE, ml_celf_sign_double},
	{"math.isNaN", false, 1, {DOUBLE}, BOOL, ml_celf_is_nan},
	{"math.isInf", false, 1, {DOUBLE}, BOOL, ml_celf_is_inf},
	{"math.isFinite", false, 1, {DOUBLE}, BOOL, ml_celf_is_finite},
	{"math.bitAnd", false, 2, {INT, INT}, INT, ml_celf_bit_and},
	{"math.bitAnd", false, 2, {UINT, UINT}, UINT, ml_celf_bit_and},
	{"math.bitOr", false, 2, {INT, INT}, INT, ml_celf_bit_or},
	{"math.bitOr", false, 2, {UINT, UINT}, UINT, ml_celf_bit_or},
	{"math.bitXor", false, 2, {INT, INT}, INT, ml_celf_bit_xor},
	{"math.bitXor", false, 2, {UINT, UINT}, UINT, ml_celf_bit_xor},
	{"math.bitNot", false, 1, {INT}, INT, ml_celf_bit_not},
	{"math.bitNot", false, 1, {UINT}, UINT, ml_celf_bit_not},
	{"math.bitShiftLeft", false, 2, {INT, INT}, INT, ml_celf_shift_left},
	{"math.bitShiftLeft", false, 2, {UINT, INT}, UINT, ml_celf_shift_left},
	{"math.bitShiftRight", false, 2, {INT, INT}, INT, ml_celf_shift_right},
	{"math.bitShiftRight", false, 2, {UINT, INT}, UINT, ml_celf_shift_right},
	{"math.sqrt", false, 1, {INT}, DOUBLE, ml_celf_sqrt},
	{"math.sqrt", false, 1, {UINT}, DOUBLE, ml_celf_sqrt},
	{"math.sqrt", false, 1, {DOUBLE}, DOUBLE, ml_celf_sqrt},
};

static const struct ml_cel_overload encoders[] = {
	{"base64.encode", false, 1, {BYTES}, STRING, ml_celf_base64_encode},
	{"base64.decode", false, 1, {STRING}, BYTES, ml_celf_base64_decode},
};

static const struct ml_cel_overload network[] = {
	{"ip", false, 1, {STRING}, IP, ml_celf_ip_string},
	{"ip", true, 1, {CIDR}, IP, ml_celf_cidr_ip},
	{"cidr", false, 1, {STRING}, CIDR, ml_celf_cidr_string},
	{"isIP", false, 1, {STRING}, BOOL, ml_celf_is_ip},
	{"isCIDR", false, 1, {STRING}, BOOL, ml_celf_is_cidr},
	{"ip.isCanonical", false, 1, {STRING}, BOOL, ml_celf_ip_canonical},
	{"string", false, 1, {IP}, STRING, ml_celf_string_ip},
	{"string", false, 1, {CIDR}, STRING, ml_celf_string_ip},
	{"family", true, 1, {IP}, INT, ml_celf_ip_family},
	{"isUnspecified", true, 1, {IP}, BOOL, ml_celf_ip_unspecified},
	{"isLoopback", true, 1, {IP}, BOOL, ml_celf_ip_loopback},
	{"isGlobalUnicast", true, 1, {IP}, BOOL, ml_celf_ip_global_unicast},
	{"isLinkLocalMulticast", true, 1, {IP}, BOOL, ml_celf_ip_local_multicast},
	{"isLinkLocalUnicast", true, 1, {IP}, BOOL, ml_celf_ip_local_unicast},
	{"containsIP", true, 2, {CIDR, IP}, BOOL, ml_celf_contains_ip},
	{"containsIP", true, 2, {CIDR, STRING}, BOOL, ml_celf_contains_ip},
	{"containsCIDR", true, 2, {CIDR, CIDR}, BOOL, ml_celf_contains_cidr},
	{"containsCIDR", true, 2, {CIDR, STRING}, BOOL, ml_celf_contains_cidr},
	{"masked", true, 1, {CIDR}, CIDR, ml_celf_cidr_masked},
	{"prefixLength", true, 1, {CIDR}, INT, ml_celf_cidr_prefix},
};

static const struct ml_cel_overload optional[] = {
	{"optional.of", false, 1, {T}, OPT_T, ml_celf_optional_of},
	{"optional.ofNonZeroValue", false, 1, {T}, OPT_T, ml_celf_optional_nonzero},
	{"optional.none", false, 0, {}, OPT_T, ml_celf_optional_none},
	{"optional.unwrap", false, 1, {LIST_OPT_T}, LIST_T, ml_celf_unwrap},
	{"hasValue", true, 1, {OPT_T}, BOOL, ml_celf_has_value},
	{"value", true, 1, {OPT_T}, T, ml_celf_value},
	{"or", true, 2, {OPT_T, OPT_T}, OPT_T, ml_celf_optional_or},
	{"orValue", true, 2, {OPT_T, T}, T, ml_celf_or_value},
	{"unwrapOpt", true, 1, {LIST_OPT_T}, LIST_T, ml_celf_unwrap},
	{"first", true, 1, {LIST_T}, OPT_T, ml_celf_first},
	{"last", true, 1, {LIST_T}, OPT_T, ml_celf_last},
};

static const struct ml_cel_overload lists[] = {
	{"slice", true, 3, {LIST_T, INT, INT}, LIST_T, ml_celf_slice},
	{"flatten", true, 1, {LIST_LIST_T}, LIST_T, ml_celf_flatten},
	{"flatten", true, 2, {LIST_D, INT}, LIST_D, ml_celf_flatten},
	{"sort", true, 1, {LIST_T}, LIST_T, ml_celf_sort},
	{"@sortByAssociatedKeys", true, 2, {LIST_T, LIST_U}, LIST_T, ml_celf_sort_by},
	{"distinct", true, 1, {LIST_T}, LIST_T, ml_celf_distinct},
	{"reverse", true, 1, {LIST_T}, LIST_T, ml_celf_reverse_list},
	{"lists.range", false, 1, {INT}, LIST_I, ml_celf_range},
	{"sets.contains", false, 2, {LIST_T, LIST_T}, BOOL, ml_celf_sets_contains},
	{"sets.equivalent", false, 2, {LIST_T, LIST_T}, BOOL, ml_celf_sets_equivalent},
	{"sets.intersects", false, 2, {LIST_T, LIST_T}, BOOL, ml_celf_sets_intersects},
};

static const struct ml_cel_overload regex[] = {
	{"regex.replace", false, 3, {STRING, STRING, STRING}, STRING, ml_celf_regex_replace},
	{"regex.replace", false, 4, {STRING, STRING, STRING, INT}, STRING, ml_celf_regex_replace},
	{"regex.extract", false, 2, {STRING, STRING}, OPT_S, ml_celf_regex_extract},
	{"regex.extractAll", false, 2, {STRING, STRING}, LIST_S, ml_celf_regex_extract_all},
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
