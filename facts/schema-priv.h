/* SPDX-License-Identifier: Apache-2.0 */
/* The shorthand that schema tables are written in. For facts' schema files alone, and the last thing that they include. */
#ifndef ML_FACTS_SCHEMA_PRIV_H
#define ML_FACTS_SCHEMA_PRIV_H

#include "facts/defaults.h"

#define WORDS(...)          (const char *const[]){__VA_ARGS__, NULL}
#define VOCAB(id, what, ...) \
	const struct ml_vocab id = {.name = what, .words = WORDS(__VA_ARGS__)}
#define OPEN_VOCAB(id, what, ...) \
	const struct ml_vocab id = {.name = what, .words = WORDS(__VA_ARGS__), .open = true}
#define WORD_TYPE(id, of) static const struct ml_type id = {.kind = ML_T_STRING, .vocab = &(of)}
#define LIST_TYPE(id, of) static const struct ml_type id = {.kind = ML_T_LIST, .elem = &(of)}
#define MAP_TYPE(id, of)  static const struct ml_type id = {.kind = ML_T_MAP, .key = &ml_type_string, .elem = &(of)}
#define RECORD(id, called, table, count) \
	const struct ml_type id = {.kind = ML_T_RECORD, .name = called, .fields = table, .nfields = count}; \
	_Static_assert(sizeof(table) / sizeof(table[0]) == (count), "each slot has its row"); \
	_Static_assert((count) <= ML_RECORD_MAX, "a record's slots fit its bit set")
/* The default of a field that holds a record: one whose fields all have their own defaults. */
#define RECORD_DEFAULT(id, of) \
	static const struct ml_record id##_record = {.type = &(of)}; \
	static const struct ml_value id = {.kind = ML_V_RECORD, .record = &id##_record}
#define DURATION_DEFAULT(id, seconds) static const struct ml_value id = {.kind = ML_V_DURATION, .i = (seconds)}
#define INT_DEFAULT(id, number) static const struct ml_value id = {.kind = ML_V_INT, .i = (number)}

#define EMPTY .def = &ml_def_empty
#define FALSE .def = &ml_def_false
#define TRUE  .def = &ml_def_true
#define ZERO  .def = &ml_def_zero
#define NONE  .def = &ml_def_minus_one
#define NIL   .def = &ml_def_list
#define NOMAP .def = &ml_def_map
#define WORD(literal) .def = &ML_DEF_WORD(literal)
#define ID    .flags = ML_F_ID

#endif
