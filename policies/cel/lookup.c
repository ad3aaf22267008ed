/* SPDX-License-Identifier: Apache-2.0 */
/* Finding functions by name: an index over the tables of functions.c. */
#include <assert.h>

#include "policies/cel/functions-priv.h"

enum { ROWS_MAX = 640, SLOTS = 1024 };

/* Constant once it is made, at the first lookup: it depends on nothing but the tables. */
static struct {
	struct {
		const struct ml_cel_overload *one; /* NULL: empty */
		uint16_t first, n;
	} slots[SLOTS];
	const struct ml_cel_overload *rows[ROWS_MAX]; /* those of one function side by side */
	const char *names[2][ROWS_MAX];               /* by receiver, each once */
	size_t nnames[2];
	bool made;
} functions;

static size_t find_slot(struct ml_str name, bool receiver)
{
	size_t slot = (size_t)(ml_str_hash(name) + receiver) % SLOTS;
	const struct ml_cel_overload *one;

	while ((one = functions.slots[slot].one) && (one->receiver != receiver || !ml_str_is(name, one->name)))
		slot = (slot + 1) % SLOTS;
	return slot;
}

static void count_row(const struct ml_cel_overload *row)
{
	size_t slot = find_slot(ml_str(row->name), row->receiver);

	if (!functions.slots[slot].one)
		functions.names[row->receiver][functions.nnames[row->receiver]++] = row->name;
	functions.slots[slot].one = row;
	functions.slots[slot].n++;
}

static void place_row(const struct ml_cel_overload *row)
{
	size_t slot = find_slot(ml_str(row->name), row->receiver);

	functions.rows[functions.slots[slot].first + functions.slots[slot].n++] = row;
}

static size_t each_row(void (*visit)(const struct ml_cel_overload *row))
{
	size_t n = 0;

	for (size_t t = 0; ml_cel_tables[t]; t++)
		for (size_t i = 0; i < ml_cel_table_sizes[t]; i++, n++)
			visit(&ml_cel_tables[t][i]);
	return n;
}

static void make_index(void)
{
	size_t first = 0, n;

	if (functions.made)
		return;
	n = each_row(count_row);
	assert(n <= ROWS_MAX && functions.nnames[0] + functions.nnames[1] < SLOTS / 2);
	for (size_t slot = 0; slot < SLOTS; slot++) {
		functions.slots[slot].first = (uint16_t)first;
		first += functions.slots[slot].n;
		functions.slots[slot].n = 0;
	}
	each_row(place_row);
	functions.made = true;
	(void)n;
}

const struct ml_cel_overload *const *ml_cel_function(struct ml_str name, bool receiver, size_t *n)
{
	size_t slot;

	make_index();
	slot = find_slot(name, receiver);
	*n = functions.slots[slot].n;
	return *n ? &functions.rows[functions.slots[slot].first] : NULL;
}

const char *ml_cel_function_nearest(struct ml_str name, bool receiver)
{
	make_index();
	return ml_str_nearest(name, functions.names[receiver], functions.nnames[receiver]);
}
