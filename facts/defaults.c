/* SPDX-License-Identifier: Apache-2.0 */
/* The usual defaults of schema fields. */
#include "facts/defaults.h"

const struct ml_value ml_def_false = {.kind = ML_V_BOOL, .b = false};
const struct ml_value ml_def_true = {.kind = ML_V_BOOL, .b = true};
const struct ml_value ml_def_zero = {.kind = ML_V_INT, .i = 0};
const struct ml_value ml_def_one = {.kind = ML_V_INT, .i = 1};
const struct ml_value ml_def_minus_one = {.kind = ML_V_INT, .i = -1};
const struct ml_value ml_def_empty = {.kind = ML_V_STRING, .text = ""};
const struct ml_value ml_def_list = {.kind = ML_V_LIST};
const struct ml_value ml_def_map = {.kind = ML_V_MAP};
