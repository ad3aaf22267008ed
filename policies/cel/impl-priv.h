/* SPDX-License-Identifier: Apache-2.0 */
/* The code behind the rows of functions.c: each takes arguments whose kinds fit its rows. */
#ifndef ML_POLICIES_CEL_IMPL_PRIV_H
#define ML_POLICIES_CEL_IMPL_PRIV_H

#include "policies/cel/eval-priv.h"

#define ML_CEL_IMPL(name) struct ml_value ml_celf_##name(struct ml_cel_ctx *ctx, const struct ml_value *args, size_t n)

/* arith.c */
ML_CEL_IMPL(add_int);
ML_CEL_IMPL(sub_int);
ML_CEL_IMPL(mul_int);
ML_CEL_IMPL(add_uint);
ML_CEL_IMPL(sub_uint);
ML_CEL_IMPL(mul_uint);
ML_CEL_IMPL(add_double);
ML_CEL_IMPL(sub_double);
ML_CEL_IMPL(mul_double);
ML_CEL_IMPL(div_double);
ML_CEL_IMPL(div_int);
ML_CEL_IMPL(div_uint);
ML_CEL_IMPL(mod_int);
ML_CEL_IMPL(mod_uint);
ML_CEL_IMPL(neg_int);
ML_CEL_IMPL(neg_double);
ML_CEL_IMPL(greatest);
ML_CEL_IMPL(least);
ML_CEL_IMPL(ceil);
ML_CEL_IMPL(floor);
ML_CEL_IMPL(round);
ML_CEL_IMPL(trunc);
ML_CEL_IMPL(abs_int);
ML_CEL_IMPL(abs_uint);
ML_CEL_IMPL(abs_double);
ML_CEL_IMPL(sign_int);
ML_CEL_IMPL(sign_uint);
ML_CEL_IMPL(sign_double);
ML_CEL_IMPL(is_nan);
ML_CEL_IMPL(is_inf);
ML_CEL_IMPL(is_finite);
ML_CEL_IMPL(bit_and);
ML_CEL_IMPL(bit_or);
ML_CEL_IMPL(bit_xor);
ML_CEL_IMPL(bit_not);
ML_CEL_IMPL(shift_left);
ML_CEL_IMPL(shift_right);
ML_CEL_IMPL(sqrt);

/* compare.c */
ML_CEL_IMPL(lt);
ML_CEL_IMPL(le);
ML_CEL_IMPL(gt);
ML_CEL_IMPL(ge);
ML_CEL_IMPL(eq);
ML_CEL_IMPL(ne);
ML_CEL_IMPL(in_list);
ML_CEL_IMPL(in_map);
ML_CEL_IMPL(not);

/* convert.c */
ML_CEL_IMPL(same);
ML_CEL_IMPL(bool_string);
ML_CEL_IMPL(bytes_string);
ML_CEL_IMPL(string_bytes);
ML_CEL_IMPL(double_int);
ML_CEL_IMPL(double_uint);
ML_CEL_IMPL(double_string);
ML_CEL_IMPL(int_uint);
ML_CEL_IMPL(int_double);
ML_CEL_IMPL(int_string);
ML_CEL_IMPL(int_time);
ML_CEL_IMPL(uint_int);
ML_CEL_IMPL(uint_double);
ML_CEL_IMPL(uint_string);
ML_CEL_IMPL(string_bool);
ML_CEL_IMPL(string_int);
ML_CEL_IMPL(string_uint);
ML_CEL_IMPL(string_double);
ML_CEL_IMPL(string_time);
ML_CEL_IMPL(string_duration);
ML_CEL_IMPL(string_ip);
ML_CEL_IMPL(type);

/* text.c */
ML_CEL_IMPL(size_string);
ML_CEL_IMPL(size_bytes);
ML_CEL_IMPL(concat);
ML_CEL_IMPL(contains);
ML_CEL_IMPL(starts_with);
ML_CEL_IMPL(ends_with);
ML_CEL_IMPL(char_at);
ML_CEL_IMPL(index_of);
ML_CEL_IMPL(last_index_of);
ML_CEL_IMPL(join);
ML_CEL_IMPL(lower_ascii);
ML_CEL_IMPL(upper_ascii);
ML_CEL_IMPL(substring);
ML_CEL_IMPL(trim);
ML_CEL_IMPL(reverse_string);

/* text-parts.c */
ML_CEL_IMPL(replace);
ML_CEL_IMPL(split);
ML_CEL_IMPL(quote);

/* format.c */
ML_CEL_IMPL(format);

/* lists.c */
ML_CEL_IMPL(size_list);
ML_CEL_IMPL(add_list);
ML_CEL_IMPL(slice);
ML_CEL_IMPL(flatten);
ML_CEL_IMPL(sort);
ML_CEL_IMPL(sort_by);
ML_CEL_IMPL(distinct);
ML_CEL_IMPL(reverse_list);
ML_CEL_IMPL(range);
ML_CEL_IMPL(sets_contains);
ML_CEL_IMPL(sets_intersects);
ML_CEL_IMPL(sets_equivalent);

/* optional.c */
ML_CEL_IMPL(optional_of);
ML_CEL_IMPL(optional_none);
ML_CEL_IMPL(optional_nonzero);
ML_CEL_IMPL(has_value);
ML_CEL_IMPL(value);
ML_CEL_IMPL(optional_or);
ML_CEL_IMPL(or_value);
ML_CEL_IMPL(unwrap);
ML_CEL_IMPL(first);
ML_CEL_IMPL(last);

/* time.c */
ML_CEL_IMPL(time_string);
ML_CEL_IMPL(time_int);
ML_CEL_IMPL(duration_string);
ML_CEL_IMPL(add_time_duration);
ML_CEL_IMPL(add_duration_time);
ML_CEL_IMPL(sub_time_duration);
ML_CEL_IMPL(sub_time);
ML_CEL_IMPL(add_duration);
ML_CEL_IMPL(sub_duration);
ML_CEL_IMPL(get_year);
ML_CEL_IMPL(get_month);
ML_CEL_IMPL(get_day_of_year);
ML_CEL_IMPL(get_date);
ML_CEL_IMPL(get_day_of_month);
ML_CEL_IMPL(get_day_of_week);
ML_CEL_IMPL(get_hours);
ML_CEL_IMPL(get_minutes);
ML_CEL_IMPL(get_seconds);
ML_CEL_IMPL(get_millis);
ML_CEL_IMPL(duration_hours);
ML_CEL_IMPL(duration_minutes);
ML_CEL_IMPL(duration_seconds);
ML_CEL_IMPL(duration_millis);

/* network.c */
ML_CEL_IMPL(ip_string);
ML_CEL_IMPL(cidr_string);
ML_CEL_IMPL(is_ip);
ML_CEL_IMPL(is_cidr);
ML_CEL_IMPL(ip_canonical);
ML_CEL_IMPL(ip_family);
ML_CEL_IMPL(ip_unspecified);
ML_CEL_IMPL(ip_loopback);
ML_CEL_IMPL(ip_local_unicast);
ML_CEL_IMPL(ip_local_multicast);
ML_CEL_IMPL(ip_global_unicast);
ML_CEL_IMPL(contains_ip);
ML_CEL_IMPL(contains_cidr);
ML_CEL_IMPL(cidr_ip);
ML_CEL_IMPL(cidr_masked);
ML_CEL_IMPL(cidr_prefix);

/* encoders.c */
ML_CEL_IMPL(base64_encode);
ML_CEL_IMPL(base64_decode);

/* regex.c */
ML_CEL_IMPL(matches);
ML_CEL_IMPL(regex_extract);
ML_CEL_IMPL(regex_extract_all);
ML_CEL_IMPL(regex_replace);

#endif
