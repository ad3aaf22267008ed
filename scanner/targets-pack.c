/* SPDX-License-Identifier: Apache-2.0 */
/* The list of targets as pairs of words, "key\0value\0", for a sibling's standard input. */
#include "scanner/targets.h"

static void put(struct ml_buf *out, const char *key, const char *value)
{
	if (!value)
		return;
	ml_buf_add(out, key, strlen(key) + 1);
	ml_buf_add(out, value, strlen(value) + 1);
}

/* "target" ends one. */
void ml_targets_pack(const struct ml_targets *targets, struct ml_buf *out)
{
	for (size_t i = 0; i < targets->n; i++) {
		const struct ml_target *target = &targets->items[i];
		put(out, "root", target->root);
		put(out, "prefix", target->prefix);
		put(out, "kind", target->kind);
		put(out, "found", target->found ? "yes" : NULL);
		for (size_t f = 0; f < target->nfiles; f++)
			put(out, "file", target->files[f]);
		put(out, "target", target->path);
	}
}

static int add_file(struct ml_arena *arena, struct ml_words *files, const char *file)
{
	if (ml_alloc_grow(arena, &files->items, &files->cap, files->n + 1, sizeof(*files->items)))
		return ML_ENOMEM;
	files->items[files->n++] = file;
	return 0;
}

static int add_target(struct ml_arena *arena, struct ml_targets *targets, struct ml_target target, struct ml_words *files)
{
	if (!target.root || !target.prefix)
		return ML_EPROTO;
	target.files = files->items;
	target.nfiles = files->n;
	*files = (struct ml_words){0};
	if (ml_alloc_grow(arena, &targets->items, &targets->cap, targets->n + 1, sizeof(*targets->items)))
		return ML_ENOMEM;
	targets->items[targets->n++] = target;
	return 0;
}

static int take(struct ml_arena *arena, struct ml_targets *targets, struct ml_target *target, struct ml_words *files, struct ml_str key,
	const char *value)
{
	int r = 0;

	if (ml_str_is(key, "root"))
		target->root = value;
	else if (ml_str_is(key, "prefix"))
		target->prefix = value;
	else if (ml_str_is(key, "kind"))
		target->kind = value;
	else if (ml_str_is(key, "found"))
		target->found = true;
	else if (ml_str_is(key, "file"))
		return add_file(arena, files, value);
	else if (!ml_str_is(key, "target"))
		return ML_EPROTO;
	else {
		target->path = value;
		r = add_target(arena, targets, *target, files);
		*target = (struct ml_target){0};
	}
	return r;
}

int ml_targets_unpack(struct ml_arena *arena, struct ml_str bytes, struct ml_targets *targets, struct ml_error *err)
{
	struct ml_target target = {0};
	struct ml_words files = {0};
	int r = bytes.len && bytes.ptr[bytes.len - 1] ? ML_EPROTO : 0;

	*targets = (struct ml_targets){0};
	while (r == 0 && bytes.len) {
		struct ml_str key, value;
		if (ml_str_split(&bytes, 0, &key) && ml_str_split(&bytes, 0, &value) && value.ptr)
			r = take(arena, targets, &target, &files, key, value.ptr);
		else
			r = ML_EPROTO;
	}
	return r ? ml_fail(err, r, "the list of targets on standard input is broken") : 0;
}
