/* SPDX-License-Identifier: Apache-2.0 */
/* Diagnostics as JSON. */
#include "facts/diag-json.h"

static const char *const levels[] = {[ML_DIAG_ERROR] = "error", [ML_DIAG_WARNING] = "warning", [ML_DIAG_NOTE] = "note", NULL};

static void write_str(struct ml_json *json, const char *key, struct ml_str s)
{
	if (s.len == 0)
		return;
	ml_json_key(json, key);
	ml_json_str(json, s);
}

static void write_u32(struct ml_json *json, const char *key, uint32_t n)
{
	if (n == 0)
		return;
	ml_json_key(json, key);
	ml_json_uint(json, n);
}

void ml_diag_write(struct ml_json *json, const struct ml_diag *diag)
{
	ml_json_object(json);
	write_u32(json, "column", diag->col);
	write_u32(json, "endColumn", diag->end_col);
	write_str(json, "file", diag->file);
	write_str(json, "hint", diag->hint);
	write_str(json, "level", ml_str(levels[diag->level]));
	write_u32(json, "line", diag->line);
	write_str(json, "message", diag->message);
	write_str(json, "source", diag->source);
	ml_json_end_object(json);
}

static bool read_level(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	int word = ml_jread_word(r, path, json, levels);

	if (word < 0)
		return false;
	*(enum ml_diag_level *)at = (enum ml_diag_level)word;
	return true;
}

static const struct ml_jfield diag_fields[] = {
	{"column", false, offsetof(struct ml_diag, col), ml_jread_u32},
	{"endColumn", false, offsetof(struct ml_diag, end_col), ml_jread_u32},
	{"file", false, offsetof(struct ml_diag, file), ml_jread_str},
	{"hint", false, offsetof(struct ml_diag, hint), ml_jread_str},
	{"level", true, offsetof(struct ml_diag, level), read_level},
	{"line", false, offsetof(struct ml_diag, line), ml_jread_u32},
	{"message", false, offsetof(struct ml_diag, message), ml_jread_str},
	{"source", false, offsetof(struct ml_diag, source), ml_jread_str},
};

bool ml_jread_diag(struct ml_jread *r, const struct ml_jpath *path, json_t *json, void *at)
{
	return ml_jread_object(r, path, json, diag_fields, sizeof(diag_fields) / sizeof(diag_fields[0]), at);
}
