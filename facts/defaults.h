/* SPDX-License-Identifier: Apache-2.0 */
/* The usual defaults of schema fields: what a fact is when the target says nothing. */
#ifndef ML_FACTS_DEFAULTS_H
#define ML_FACTS_DEFAULTS_H

#include "facts/value.h"

extern const struct ml_value ml_def_false, ml_def_true;
extern const struct ml_value ml_def_zero, ml_def_one, ml_def_minus_one;
extern const struct ml_value ml_def_empty; /* "" */
extern const struct ml_value ml_def_list;  /* [] */
extern const struct ml_value ml_def_map;   /* {} */

/* A constant string value of a schema: `.def = &ML_DEF_WORD("tcp")` at file scope. */
#define ML_DEF_WORD(literal) \
	((const struct ml_value){.kind = ML_V_STRING, .len = sizeof(literal) - 1, .text = "" literal})

#endif
