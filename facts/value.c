/* SPDX-License-Identifier: Apache-2.0 */
/* Values: maps with their order, equality, records. */
#include "facts/value.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/error.h"

_Static_assert(sizeof(struct ml_value) == 24, "a value is copied everywhere: keep it small");

static bool is_number(const struct ml_value *v)
{
	return v->kind == ML_V_INT || v->kind == ML_V_UINT || v->kind == ML_V_DOUBLE;
}

static int cmp_i64(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static int cmp_double(double a, double b)
{
	if (isnan(a) || isnan(b))
		return 2;
	return a < b ? -1 : a > b;
}

/* An exact comparison of an integer, given as sign and magnitude, with a double. */
static int cmp_integer_double(bool negative, uint64_t magnitude, double d)
{
	double whole = trunc(fabs(d));
	int order;

	if (isnan(d))
		return 2;
	if (whole >= 0x1p64)
		return d > 0 ? -1 : 1;
	if (negative != (d < 0))
		return negative ? -1 : 1;
	order = magnitude < (uint64_t)whole ? -1 : magnitude > (uint64_t)whole;
	if (order == 0 && fabs(d) > whole)
		order = -1;
	return negative ? -order : order;
}

static void split(const struct ml_value *v, bool *negative, uint64_t *magnitude)
{
	*negative = v->kind == ML_V_INT && v->i < 0;
	*magnitude = *negative ? 0 - (uint64_t)v->i : v->u;
}

int ml_number_cmp(const struct ml_value *a, const struct ml_value *b)
{
	bool a_negative, b_negative;
	uint64_t a_size, b_size;
	int order;

	if (a->kind == ML_V_DOUBLE && b->kind == ML_V_DOUBLE)
		return cmp_double(a->d, b->d);
	if (a->kind == ML_V_INT && b->kind == ML_V_INT)
		return cmp_i64(a->i, b->i);
	split(a, &a_negative, &a_size);
	split(b, &b_negative, &b_size);
	if (b->kind == ML_V_DOUBLE)
		return cmp_integer_double(a_negative, a_size, b->d);
	if (a->kind == ML_V_DOUBLE) {
		order = cmp_integer_double(b_negative, b_size, a->d);
		return order == 2 ? 2 : -order;
	}
	if (a_negative != b_negative)
		return a_negative ? -1 : 1;
	order = a_size < b_size ? -1 : a_size > b_size;
	return a_negative ? -order : order;
}

static int key_rank(const struct ml_value *v)
{
	if (v->kind == ML_V_BOOL)
		return 0;
	return is_number(v) ? 1 : v->kind == ML_V_STRING ? 2 : 3;
}

int ml_value_cmp_key(const struct ml_value *a, const struct ml_value *b)
{
	int ra = key_rank(a), rb = key_rank(b);

	if (ra != rb)
		return ra < rb ? -1 : 1;
	if (ra == 0)
		return (int)a->b - (int)b->b;
	if (ra == 1)
		return ml_number_cmp(a, b);
	return ml_str_cmp(ml_value_text(a), ml_value_text(b));
}

static bool valid_key(const struct ml_value *key)
{
	return key_rank(key) < 3 && !(key->kind == ML_V_DOUBLE && isnan(key->d));
}

/* Merge sort, so that equal keys keep their order and no input makes it slow. */
static void merge(struct ml_entry *entries, struct ml_entry *other, size_t left, size_t n)
{
	size_t i = 0, j = left, k = 0;

	while (i < left && j < n)
		other[k++] = ml_value_cmp_key(&entries[i].key, &entries[j].key) <= 0 ? entries[i++] : entries[j++];
	while (i < left)
		other[k++] = entries[i++];
	memcpy(entries, other, k * sizeof(*entries));
}

static void sort(struct ml_entry *entries, struct ml_entry *other, size_t n, int depth)
{
	assert(depth < 64);
	if (n < 2)
		return;
	sort(entries, other, n / 2, depth + 1);
	sort(entries + n / 2, other, n - n / 2, depth + 1);
	if (ml_value_cmp_key(&entries[n / 2 - 1].key, &entries[n / 2].key) > 0)
		merge(entries, other, n / 2, n);
}

static bool sorted(const struct ml_entry *entries, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (ml_value_cmp_key(&entries[i - 1].key, &entries[i].key) >= 0)
			return false;
	return true;
}

static int sort_entries(struct ml_entry *entries, size_t n)
{
	struct ml_entry few[16], *other = few;

	if (n > 16)
		other = malloc(n * sizeof(*other));
	if (!other)
		return ML_ENOMEM;
	sort(entries, other, n, 0);
	if (other != few)
		free(other);
	return 0;
}

int ml_map(struct ml_entry *entries, size_t n, struct ml_value *out, size_t *dup)
{
	for (size_t i = 0; i < n; i++)
		if (!valid_key(&entries[i].key))
			return ML_ETYPE;
	if (n > UINT32_MAX)
		return ML_ELIMIT;
	if (!sorted(entries, n) && sort_entries(entries, n))
		return ML_ENOMEM;
	*out = (struct ml_value){.kind = ML_V_MAP, .len = (uint32_t)n, .entries = entries};
	for (size_t i = 1; i < n; i++) {
		if (ml_value_cmp_key(&entries[i - 1].key, &entries[i].key) != 0)
			continue;
		if (dup)
			*dup = i;
		return ML_EDUP;
	}
	return 0;
}

const struct ml_value *ml_map_get(const struct ml_value *map, const struct ml_value *key)
{
	size_t low = 0, high = map->len;

	if (!valid_key(key))
		return NULL;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = ml_value_cmp_key(key, &map->entries[middle].key);
		if (order == 0)
			return &map->entries[middle].value;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct ml_value *ml_map_gets(const struct ml_value *map, struct ml_str key)
{
	struct ml_value k = ml_string(key);

	return ml_map_get(map, &k);
}

static bool eq_lists(const struct ml_value *a, const struct ml_value *b, int depth)
{
	if (a->len != b->len)
		return false;
	for (uint32_t i = 0; i < a->len; i++)
		if (!ml_value_eq(&a->items[i], &b->items[i], depth - 1))
			return false;
	return true;
}

static bool eq_maps(const struct ml_value *a, const struct ml_value *b, int depth)
{
	if (a->len != b->len)
		return false;
	for (uint32_t i = 0; i < a->len; i++)
		if (ml_value_cmp_key(&a->entries[i].key, &b->entries[i].key) != 0 ||
			!ml_value_eq(&a->entries[i].value, &b->entries[i].value, depth - 1))
			return false;
	return true;
}

static bool eq_records(const struct ml_record *a, const struct ml_record *b, int depth)
{
	if (a->type->fields != b->type->fields)
		return false;
	for (int i = 0; i < (int)a->type->nfields; i++) {
		const struct ml_value *x = ml_record_get(a, i), *y = ml_record_get(b, i);
		if (x->kind == ML_V_ABSENT && y->kind == ML_V_ABSENT)
			continue;
		if (!ml_value_eq(x, y, depth - 1))
			return false;
	}
	return true;
}

static bool eq_ips(const struct ml_value *a, const struct ml_value *b)
{
	return a->ip->len == b->ip->len && a->ip->prefix == b->ip->prefix &&
		memcmp(a->ip->bytes, b->ip->bytes, a->ip->len) == 0;
}

static bool eq_optionals(const struct ml_value *a, const struct ml_value *b, int depth)
{
	if (!a->inner || !b->inner)
		return a->inner == b->inner;
	return ml_value_eq(a->inner, b->inner, depth - 1);
}

bool ml_value_eq(const struct ml_value *a, const struct ml_value *b, int depth)
{
	if (depth <= 0)
		return false;
	if (is_number(a) && is_number(b))
		return ml_number_cmp(a, b) == 0;
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case ML_V_NULL:
		return true;
	case ML_V_BOOL:
		return a->b == b->b;
	case ML_V_STRING:
	case ML_V_BYTES:
		return ml_str_eq(ml_value_text(a), ml_value_text(b));
	case ML_V_TIMESTAMP:
	case ML_V_DURATION:
		return a->i == b->i && a->nanos == b->nanos;
	case ML_V_LIST:
		return eq_lists(a, b, depth);
	case ML_V_MAP:
		return eq_maps(a, b, depth);
	case ML_V_RECORD:
		return eq_records(a->record, b->record, depth);
	case ML_V_TYPE:
		return ml_type_eq(a->type, b->type);
	case ML_V_OPTIONAL:
		return eq_optionals(a, b, depth);
	case ML_V_IP:
	case ML_V_CIDR:
		return eq_ips(a, b);
	default:
		return false;
	}
}

void ml_record_begin(struct ml_record_builder *builder, const struct ml_type *type)
{
	assert(type->kind == ML_T_RECORD && type->nfields <= ML_RECORD_MAX);
	builder->type = type;
	for (size_t i = 0; i < type->nfields; i++)
		builder->slots[i] = ml_absent();
}

int ml_record_pack(struct ml_record_builder *builder, struct ml_arena *arena, uint32_t loc, struct ml_value *out)
{
	struct ml_record *record;
	size_t n = 0;

	for (size_t i = 0; i < builder->type->nfields; i++)
		n += builder->slots[i].kind != ML_V_ABSENT;
	record = ml_alloc(arena, sizeof(*record) + n * sizeof(struct ml_value));
	if (!record)
		return ML_ENOMEM;
	record->type = builder->type;
	n = 0;
	for (size_t i = 0; i < builder->type->nfields; i++) {
		if (builder->slots[i].kind == ML_V_ABSENT)
			continue;
		record->set[i / 64] |= (uint64_t)1 << i % 64;
		record->slots[n++] = builder->slots[i];
	}
	*out = (struct ml_value){.kind = ML_V_RECORD, .loc = loc, .record = record};
	return 0;
}

bool ml_record_has(const struct ml_record *record, int slot)
{
	return record->set[slot / 64] >> slot % 64 & 1;
}

const struct ml_value *ml_record_get(const struct ml_record *record, int slot)
{
	static const struct ml_value absent = {.kind = ML_V_ABSENT};
	const struct ml_value *def = record->type->fields[slot].def;
	uint64_t below = record->set[slot / 64] & (((uint64_t)1 << slot % 64) - 1);
	int at;

	if (!ml_record_has(record, slot))
		return def ? def : &absent;
	at = __builtin_popcountll(below) + (slot >= 64 ? __builtin_popcountll(record->set[0]) : 0);
	return &record->slots[at];
}

const struct ml_value *ml_record_gets(const struct ml_record *record, const char *name)
{
	int slot = ml_type_field(record->type, ml_str(name));

	assert(slot >= 0);
	return ml_record_get(record, slot);
}

size_t ml_record_sorted(const struct ml_record *record, uint8_t slots[ML_RECORD_MAX])
{
	size_t n = 0;

	for (size_t slot = 0; slot < record->type->nfields; slot++) {
		size_t at = n;
		if (!ml_record_has(record, (int)slot))
			continue;
		for (; at > 0 && strcmp(record->type->fields[slots[at - 1]].name, record->type->fields[slot].name) > 0; at--)
			slots[at] = slots[at - 1];
		slots[at] = (uint8_t)slot;
		n++;
	}
	return n;
}
