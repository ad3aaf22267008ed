/* SPDX-License-Identifier: Apache-2.0 */
/* The schema of a kind as text. */
#include "scanner/schema.h"

enum { RECORDS = 128, SHOWN = 60 };

/* The records in the order in which they are met, breadth first. */
struct records {
	const struct ml_type *items[RECORDS];
	size_t n;
};

static void add(struct records *records, const struct ml_type *type)
{
	while (type && type->kind != ML_T_RECORD)
		type = type->elem;
	for (size_t i = 0; type && i < records->n; i++)
		if (records->items[i] == type)
			return;
	if (type && records->n < RECORDS)
		records->items[records->n++] = type;
}

static const struct ml_vocab *vocab_of(const struct ml_type *type)
{
	for (; type; type = type->elem)
		if (type->vocab)
			return type->vocab;
	return NULL;
}

static void print_vocab(struct ml_buf *out, const struct ml_vocab *vocab)
{
	size_t column = 80;

	for (size_t i = 0; vocab->words[i]; i++) {
		size_t width = strlen(vocab->words[i]) + 3;
		if (column + width > 78) {
			ml_buf_puts(out, i ? "\n        " : "        ");
			column = 8;
		}
		ml_buf_printf(out, "'%s' ", vocab->words[i]);
		column += width;
	}
	ml_buf_puts(out, vocab->open ? "…\n" : "\n");
}

static void print_field(struct ml_buf *out, struct ml_arena *arena, const struct ml_field *field)
{
	struct ml_str type = ml_type_str(arena, field->type);
	const struct ml_vocab *vocab = vocab_of(field->type);

	ml_buf_printf(out, "  %-22s %-20.*s", field->name, ML_STR_ARG(type));
	if (field->flags & ML_F_OPTIONAL)
		ml_buf_puts(out, " may be absent");
	else if (field->def && field->def->kind != ML_V_RECORD)
		ml_buf_printf(out, " default %.*s", ML_STR_ARG(ml_value_show(arena, field->def, SHOWN)));
	ml_buf_printf(out, "\n      %s%s\n", field->about, field->flags & ML_F_ID ? " (identity)" : "");
	if (vocab)
		print_vocab(out, vocab);
}

void ml_schema_list(struct ml_buf *out)
{
	for (size_t i = 0; ml_kinds[i]; i++)
		ml_buf_printf(out, "%-20s %s\n", ml_kinds[i]->name, ml_kinds[i]->about);
}

void ml_schema_print(struct ml_buf *out, struct ml_arena *arena, const struct ml_kind *kind)
{
	struct records records = {0};

	ml_buf_printf(out, "%s: %s\n", kind->name, kind->about);
	add(&records, kind->root);
	for (size_t i = 0; i < records.n; i++) {
		const struct ml_type *record = records.items[i];
		ml_buf_printf(out, "\n%s%s\n", record->name, i ? "" : " (its fields are the names that a rule sees)");
		for (size_t f = 0; f < record->nfields; f++) {
			struct ml_arena_mark mark = ml_arena_mark(arena);
			print_field(out, arena, &record->fields[f]);
			add(&records, record->fields[f].type);
			ml_arena_release(arena, mark);
		}
	}
}
