/* SPDX-License-Identifier: Apache-2.0 */
/* One evaluation under way: its memory, its cost, its variables; and what the functions' code shares. */
#ifndef ML_POLICIES_CEL_EVAL_PRIV_H
#define ML_POLICIES_CEL_EVAL_PRIV_H

#include "base/num.h"
#include "policies/cel/ast-priv.h"
#include "policies/cel/functions-priv.h"

#define ML_CEL_VALUE_DEPTH 400 /* nesting of values that are compared, formatted or flattened: facts 100, an expression 250 */

struct ml_cel_tracer; /* trace-priv.h */

struct ml_cel_ctx {
	struct ml_arena *arena;
	const struct ml_value *vars;
	struct ml_value *locals;
	const struct ml_cel_env *env;
	const struct ml_cel_node *call; /* the CALL whose code runs: it may have a cache */
	uint64_t cost, limit;
	uint64_t shared; /* spent beside `cost` on indexes, which other evaluations use too */
	struct ml_cel_cache *cache; /* NULL: none */
	struct ml_cel_tracer *tracer; /* NULL: none */
};

/* The value of a node. In eval.c; the parts of it that stand in files of their own follow. */
struct ml_value ml_cel_give(struct ml_cel_ctx *ctx, const struct ml_cel_node *node);
struct ml_value ml_cel_loop(struct ml_cel_ctx *ctx, const struct ml_cel_node *node);
struct ml_value ml_cel_select(struct ml_cel_ctx *ctx, const struct ml_cel_node *node);
struct ml_value ml_cel_index(struct ml_cel_ctx *ctx, const struct ml_cel_node *node);
struct ml_value ml_cel_make_list(struct ml_cel_ctx *ctx, const struct ml_cel_node *node);
struct ml_value ml_cel_make_map(struct ml_cel_ctx *ctx, const struct ml_cel_node *node);
struct ml_value ml_cel_junction(struct ml_cel_ctx *ctx, const struct ml_cel_node *node);

/* Error or unknown: the two last kinds. */
static inline bool ml_cel_bad(const struct ml_value *v)
{
	return v->kind >= ML_V_UNKNOWN;
}

/* Takes `steps` from what may be spent; false when it is used up, and then the caller gives ml_cel_over(). */
static inline bool ml_cel_spend(struct ml_cel_ctx *ctx, uint64_t steps)
{
	ctx->cost += steps;
	return ctx->cost <= ctx->limit;
}
static inline bool ml_cel_spend_bytes(struct ml_cel_ctx *ctx, size_t n)
{
	return ml_cel_spend(ctx, n / 64);
}

/* UNKNOWN: the cost limit, or memory, is used up. */
struct ml_value ml_cel_over(const struct ml_cel_ctx *ctx);
/* ERROR with a literal text; with a text made in the arena. */
struct ml_value ml_cel_wrong(const char *text);
struct ml_value ml_cel_faultf(struct ml_cel_ctx *ctx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct ml_value ml_cel_no_overload(void);
struct ml_value ml_cel_no_key(struct ml_cel_ctx *ctx, struct ml_str key);

/* `n` bytes or values, paid for; NULL: ml_cel_over(). */
char *ml_cel_bytes(struct ml_cel_ctx *ctx, size_t n);
struct ml_value *ml_cel_values(struct ml_cel_ctx *ctx, size_t n);
struct ml_value ml_cel_string_copy(struct ml_cel_ctx *ctx, struct ml_str s);
struct ml_value ml_cel_some(struct ml_cel_ctx *ctx, struct ml_value value); /* an optional with a value */
static inline struct ml_value ml_cel_none(void)
{
	return (struct ml_value){.kind = ML_V_OPTIONAL};
}

/* The first element that is UNKNOWN (or ERROR), or NULL. Pays for the walk. */
const struct ml_value *ml_cel_bad_in(struct ml_cel_ctx *ctx, const struct ml_value *list);

/* CEL's equality, three-valued: 1, 0, or -1 when it hangs on an unknown (or on the cost limit): then *why. */
int ml_cel_equal(struct ml_cel_ctx *ctx, const struct ml_value *a, const struct ml_value *b, struct ml_value *why);
/* Order of two of a kind, or of two numbers: -1, 0, 1; 2 when a NaN is involved, 3 when they have no order. */
int ml_cel_order(struct ml_cel_ctx *ctx, const struct ml_value *a, const struct ml_value *b);

int ml_cel_number_cmp(const struct ml_value *a, const struct ml_value *b);

/* Whether `v` may stand where `type` is asked for, looking at kinds only. */
bool ml_cel_stands(const struct ml_value *v, const struct ml_type *type);

/* The type of a value as `type(x)` gives it, and its name as the specification writes it. */
const struct ml_type *ml_cel_type_of(const struct ml_value *v);
const char *ml_cel_name_of(const struct ml_type *type);

/* Text of a value into a buffer, as string(x) has it: numbers, timestamps, durations, addresses. */
void ml_cel_put_double(struct ml_buf *out, double d, bool plain);
void ml_cel_put_time(struct ml_buf *out, const struct ml_value *time);
void ml_cel_put_duration(struct ml_buf *out, const struct ml_value *duration);
void ml_cel_put_ip(struct ml_buf *out, const struct ml_value *ip);

/* Seconds east of UTC of a time zone ("Europe/Vienna", "UTC", "+02:00") at `utc`. False: no such zone. */
bool ml_cel_zone(struct ml_str name, int64_t utc, int32_t *offset);
/* Days since 1970 of a date, month and day from 1; the year of a second since 1970. */
int64_t ml_cel_days_of(int64_t year, int month, int day);
int64_t ml_cel_year_of(int64_t seconds);

/* A regular expression in RE2's syntax, compiled into the arena. ML_ESYNTAX with *why in the arena, ML_ELIMIT, ML_ENOMEM. */
int ml_cel_regex(struct ml_arena *arena, struct ml_str pattern, void **out, struct ml_str *why);
/* The same, from the cache when the pattern is there or has room there; `cache` may be NULL. */
int ml_cel_cached_regex(struct ml_cel_cache *cache, struct ml_arena *arena, struct ml_str pattern, void **out, struct ml_str *why);
/* The cache's pcre2_match_data, when it has room for that many groups; else NULL. */
void *ml_cel_cached_match_data(struct ml_cel_cache *cache, uint32_t groups);
/* PCRE2's pcre2_general_context upon an arena. NULL: no memory. */
void *ml_cel_regex_memory(struct ml_arena *arena);
/* Its first half: the same pattern for PCRE2. */
int ml_cel_regex_translate(struct ml_arena *arena, struct ml_str pattern, struct ml_str *out, struct ml_str *why);

#endif
