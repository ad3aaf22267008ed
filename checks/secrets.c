/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets: gathering hits, putting them in order, hiding and fingerprinting them. */
#include "checks/secrets-priv.h"

#include "base/error.h"
#include "base/sha256.h"
#include "base/sort.h"

void ml_secret_add(struct ml_secret_list *list, struct ml_secret_hit hit)
{
	if (list->error || hit.span.from >= hit.span.to)
		return;
	list->error = ml_alloc_grow(list->arena, &list->items, &list->cap, list->n + 1, sizeof(*list->items));
	if (!list->error)
		list->items[list->n++] = hit;
}

static int by_place(const void *a, const void *b)
{
	const struct ml_secret_hit *x = a, *y = b;

	if (x->span.from != y->span.from)
		return x->span.from < y->span.from ? -1 : 1;
	if (x->span.to != y->span.to)
		return x->span.to > y->span.to ? -1 : 1;
	return (int)y->kind - (int)x->kind;
}

/* In order, and where two overlap one that covers both. What was recognised by shape knows better what it is. */
static int put_in_order(struct ml_secret_list *list)
{
	size_t n = 0;
	int r = ml_sort(list->arena, list->items, list->n, sizeof(*list->items), by_place);

	if (r)
		return r;
	for (size_t i = 0; i < list->n; i++) {
		struct ml_secret_hit *last = n ? &list->items[n - 1] : NULL, hit = list->items[i];
		if (!last || hit.span.from >= last->span.to) {
			list->items[n++] = hit;
			continue;
		}
		if (hit.span.to > last->span.to)
			last->span.to = hit.span.to;
		if (hit.kind >= ML_SECRET_PRIVATE_KEY && last->kind < ML_SECRET_PRIVATE_KEY) {
			last->kind = hit.kind;
			last->reason = hit.reason;
		}
		last->weak = last->weak && hit.weak;
	}
	list->n = n;
	return 0;
}

static int give(struct ml_secret_list *list, struct ml_secret_hits *hits)
{
	int r = list->error ? list->error : put_in_order(list);

	if (r)
		return r;
	*hits = (struct ml_secret_hits){list->items, list->n};
	return 0;
}

int ml_secret_classify(struct ml_arena *arena, struct ml_str key, struct ml_str value, struct ml_secret_hits *hits)
{
	struct ml_secret_list list = {.arena = arena};
	enum ml_secret_kind kind = ML_SECRET_NONE;
	const char *reason = NULL;
	enum ml_secret_trust trust = ml_secret_judge_key(key, &kind, &reason);
	struct ml_span span;
	bool weak;

	*hits = (struct ml_secret_hits){0};
	if (value.len > UINT32_MAX)
		return ML_ELIMIT;
	ml_secret_find_shapes(&list, value);
	ml_secret_find_pairs(&list, value); /* "Server=db;Password=…", "-Dkey=…", JSON */
	if (trust != ML_SECRET_NO && ml_secret_judge_value(value, trust, kind, &span, &weak))
		ml_secret_add(&list, (struct ml_secret_hit){span, kind, reason, weak});
	return give(&list, hits);
}

int ml_secret_scan(struct ml_arena *arena, struct ml_str text, struct ml_secret_hits *hits)
{
	struct ml_secret_list list = {.arena = arena};

	*hits = (struct ml_secret_hits){0};
	if (text.len > UINT32_MAX)
		return ML_ELIMIT;
	ml_secret_find_shapes(&list, text);
	ml_secret_find_pairs(&list, text);
	return give(&list, hits);
}

/* name:tag@sha256:… and name:tag@$DIGEST have an '@', too: behind a password stands a registry and its path. */
static bool is_registry(struct ml_str s)
{
	return ml_str_chr(s, '/') != ML_NPOS && s.ptr[0] != '$';
}

int ml_secret_in_image(struct ml_arena *arena, struct ml_str text, struct ml_secret_hits *hits)
{
	struct ml_secret_list list = {.arena = arena};
	size_t end = ml_str_rchr(text, '@'), colon = end == ML_NPOS ? end : ml_str_chr(ml_str_sub(text, 0, end), ':');
	struct ml_span span;
	bool weak;

	*hits = (struct ml_secret_hits){0};
	if (colon == ML_NPOS || text.len > UINT32_MAX || !is_registry(ml_str_sub(text, end + 1, text.len)) ||
		ml_str_starts(ml_str_sub(text, colon, text.len), ML_STR("://")))
		return ml_secret_scan(arena, text, hits);
	if (ml_secret_judge_value(ml_str_sub(text, colon + 1, end), ML_SECRET_YES, ML_SECRET_PASSWORD, &span, &weak)) {
		span = (struct ml_span){(uint32_t)colon + 1 + span.from, (uint32_t)colon + 1 + span.to};
		ml_secret_add(&list, (struct ml_secret_hit){span, ML_SECRET_URL, "password in an image's name", weak});
	}
	return give(&list, hits);
}

struct ml_str ml_secret_redact(struct ml_arena *arena, struct ml_str text, const struct ml_secret_hits *hits)
{
	size_t at = 0, len = 0;
	char *out;

	if (hits->n == 0)
		return text;
	out = ml_alloc(arena, text.len + 3 * hits->n + 1);
	if (!out)
		return ML_STR_NONE;
	for (size_t i = 0; i < hits->n; i++) {
		struct ml_span span = hits->items[i].span;
		memcpy(out + len, text.ptr + at, span.from - at);
		len += span.from - at;
		memcpy(out + len, "***", 3);
		len += 3;
		at = span.to;
	}
	memcpy(out + len, text.ptr + at, text.len - at);
	return (struct ml_str){out, len + text.len - at};
}

void ml_secret_fingerprint(struct ml_str salt, struct ml_str secret, char out[9])
{
	struct ml_sha256 sha;
	uint8_t digest[32];

	ml_sha256_begin(&sha);
	ml_sha256_field(&sha, salt);
	ml_sha256_field(&sha, secret);
	ml_sha256_end(&sha, digest);
	ml_hex(digest, 4, out);
}
