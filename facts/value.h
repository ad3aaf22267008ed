/* SPDX-License-Identifier: Apache-2.0 */
/* Values: what the facts and the expressions over them hold, each with the place it was written. */
#ifndef ML_FACTS_VALUE_H
#define ML_FACTS_VALUE_H

#include "facts/type.h"

enum ml_value_kind {
	ML_V_ABSENT, /* an optional field without a value; never the result of an expression */
	ML_V_NULL,
	ML_V_BOOL,
	ML_V_INT,
	ML_V_UINT,
	ML_V_DOUBLE,
	ML_V_STRING, /* valid UTF-8, no NUL promised behind it */
	ML_V_BYTES,
	ML_V_TIMESTAMP, /* UTC, year 1 to 9999 */
	ML_V_DURATION,
	ML_V_LIST,
	ML_V_MAP, /* entries sorted by ml_value_cmp_key, no key twice */
	ML_V_RECORD,
	ML_V_TYPE,
	ML_V_OPTIONAL, /* inner NULL: none */
	ML_V_IP,
	ML_V_CIDR,
	ML_V_UNKNOWN, /* could not be read; text: the reason */
	ML_V_ERROR,   /* of an evaluation; text: what went wrong */
};

/* An address in network order: 4 or 16 bytes; `prefix` for ML_V_CIDR, else full length. */
struct ml_ip {
	uint8_t bytes[16];
	uint8_t len, prefix;
};

/* 24 bytes, copied by value; what it points to belongs to an arena or is constant. */
struct ml_value {
	uint8_t kind;
	uint8_t flags; /* of the evaluator's own; 0 in facts */
	uint16_t pad;
	uint32_t loc;   /* index into the facts' location table; 0: none, take the parent's */
	uint32_t len;   /* STRING, BYTES, UNKNOWN, ERROR: bytes; LIST, MAP: elements */
	int32_t nanos;  /* TIMESTAMP: 0..999999999; DURATION: the same sign as the seconds */
	union {
		bool b;
		int64_t i; /* INT; TIMESTAMP: seconds since 1970; DURATION: whole seconds, towards zero */
		uint64_t u;
		double d;
		const char *text;
		const struct ml_value *items;
		const struct ml_entry *entries;
		const struct ml_record *record;
		const struct ml_type *type;
		const struct ml_value *inner;
		const struct ml_ip *ip;
	};
};

struct ml_entry {
	struct ml_value key, value;
};

/* Only the slots that were set are stored: `set` has their bits, `slots` their values in slot order. */
struct ml_record {
	const struct ml_type *type;
	uint64_t set[ML_RECORD_MAX / 64];
	struct ml_value slots[];
};

/* Constructors. Text is kept, not copied. */
static inline struct ml_value ml_absent(void) { return (struct ml_value){.kind = ML_V_ABSENT}; }
static inline struct ml_value ml_null(void) { return (struct ml_value){.kind = ML_V_NULL}; }
static inline struct ml_value ml_bool(bool b) { return (struct ml_value){.kind = ML_V_BOOL, .b = b}; }
static inline struct ml_value ml_int(int64_t i) { return (struct ml_value){.kind = ML_V_INT, .i = i}; }
static inline struct ml_value ml_uint(uint64_t u) { return (struct ml_value){.kind = ML_V_UINT, .u = u}; }
static inline struct ml_value ml_double(double d) { return (struct ml_value){.kind = ML_V_DOUBLE, .d = d}; }
static inline struct ml_value ml_text(enum ml_value_kind kind, struct ml_str s)
{
	return (struct ml_value){.kind = (uint8_t)kind, .len = (uint32_t)s.len, .text = s.ptr};
}
static inline struct ml_value ml_string(struct ml_str s) { return ml_text(ML_V_STRING, s); }
static inline struct ml_value ml_bytes(struct ml_str s) { return ml_text(ML_V_BYTES, s); }
static inline struct ml_value ml_unknown(struct ml_str reason) { return ml_text(ML_V_UNKNOWN, reason); }
static inline struct ml_value ml_verror(struct ml_str why) { return ml_text(ML_V_ERROR, why); }
static inline struct ml_value ml_list(const struct ml_value *items, size_t n)
{
	return (struct ml_value){.kind = ML_V_LIST, .len = (uint32_t)n, .items = items};
}
static inline struct ml_value ml_timestamp(int64_t seconds, int32_t nanos)
{
	return (struct ml_value){.kind = ML_V_TIMESTAMP, .i = seconds, .nanos = nanos};
}
static inline struct ml_value ml_duration(int64_t seconds, int32_t nanos)
{
	return (struct ml_value){.kind = ML_V_DURATION, .i = seconds, .nanos = nanos};
}
static inline struct ml_value ml_at(struct ml_value value, uint32_t loc)
{
	value.loc = loc;
	return value;
}

/* The text of STRING, BYTES, UNKNOWN, ERROR; else "". */
static inline struct ml_str ml_value_text(const struct ml_value *value)
{
	bool has = value->kind == ML_V_STRING || value->kind == ML_V_BYTES ||
		value->kind == ML_V_UNKNOWN || value->kind == ML_V_ERROR;
	return has ? (struct ml_str){value->text, value->len} : ML_STR_NONE;
}

/* A map of `n` entries, which are sorted in place and kept. ML_EDUP when a key stands twice (*dup its index after sorting;
 * the entry that stood later comes later), ML_ETYPE when a key is not bool, int, uint, double or string. */
int ml_map(struct ml_entry *entries, size_t n, struct ml_value *out, size_t *dup);

/* The value under a key, or NULL. Numbers of different kinds are equal when they are mathematically equal. */
const struct ml_value *ml_map_get(const struct ml_value *map, const struct ml_value *key);
const struct ml_value *ml_map_gets(const struct ml_value *map, struct ml_str key);

/* The total order of map keys: bool, then numbers by value, then strings bytewise. */
int ml_value_cmp_key(const struct ml_value *a, const struct ml_value *b);

/* Mathematical comparison across int, uint and double: -1, 0, 1; 2 when a NaN is involved. */
int ml_number_cmp(const struct ml_value *a, const struct ml_value *b);

/* Deep equality as CEL has it: numbers by value, NaN unequal to all, maps by entries, records by type and all
 * fields (defaults count). Unknown and error are equal to nothing. `depth` bounds recursion (64 is plenty). */
bool ml_value_eq(const struct ml_value *a, const struct ml_value *b, int depth);

/* Building a record: set what the target says, then pack. Values are copied. */
struct ml_record_builder {
	const struct ml_type *type;
	struct ml_value slots[ML_RECORD_MAX]; /* ML_V_ABSENT: not set */
};
void ml_record_begin(struct ml_record_builder *builder, const struct ml_type *type);
static inline void ml_record_set(struct ml_record_builder *builder, int slot, struct ml_value value)
{
	builder->slots[slot] = value;
}
/* A RECORD value at `loc`. ML_ENOMEM. */
int ml_record_pack(struct ml_record_builder *builder, struct ml_arena *arena, uint32_t loc, struct ml_value *out);

/* The field's value: what was set, else the schema's default, else a value of kind ML_V_ABSENT. Never NULL.
 * ml_record_has tells whether the target itself set it. */
const struct ml_value *ml_record_get(const struct ml_record *record, int slot);
bool ml_record_has(const struct ml_record *record, int slot);
/* The slots that the target set, sorted by their fields' names; returns how many. */
size_t ml_record_sorted(const struct ml_record *record, uint8_t slots[ML_RECORD_MAX]);
const struct ml_value *ml_record_gets(const struct ml_record *record, const char *name);

/* Whether `value` is of `type` all through; the first that is not: *path ("services.api.ports[0]", in the arena) and what it is. A value
 * of kind UNKNOWN is of every type. */
bool ml_value_is(const struct ml_value *value, const struct ml_type *type, struct ml_arena *arena, struct ml_str *path);

/* One line for people: strings quoted and escaped, lists and maps cut after `max` bytes with "…". */
struct ml_str ml_value_show(struct ml_arena *arena, const struct ml_value *value, size_t max);

/* Name of the kind: "int", "string", "map" … */
const char *ml_value_kind_name(enum ml_value_kind kind);

#endif
