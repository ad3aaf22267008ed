/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets in a project: hidden before they are facts, and recorded with the place where they stand. */
#include "base/error.h"
#include "base/sort.h"
#include "base/utf8.h"
#include "checks/config/compose/norm-priv.h"
#include "checks/secrets.h"

/* Where a secret is written: in the scalar itself, or where a variable of it is assigned. */
struct origin {
	uint32_t loc;
	struct ml_str variable;
	bool in_env_file, nowhere; /* nowhere: it came from the caller's environment */
};

static bool overlaps(struct ml_str a, struct ml_str b)
{
	return a.len > 0 && b.len > 0 && (ml_str_find(a, b) != ML_NPOS || ml_str_find(b, a) != ML_NPOS);
}

/* A secret that came by ${NAME} stands where NAME is assigned. One that came by a default stands in the scalar. */
static struct origin find_origin(struct ml_cn *cn, const struct ml_cn_secret *secret, struct ml_str found)
{
	struct origin origin = {.loc = secret->loc, .in_env_file = secret->env_file};

	for (uint32_t i = 0; i < secret->nvars; i++) {
		const struct ml_cvar *var = &secret->vars[i];
		const struct ml_cenv_entry *entry = var->defaulted || !cn->project->env ? NULL : ml_cenv_get(cn->project->env, var->name);
		if (var->defaulted && !origin.variable.ptr)
			origin.variable = var->name;
		if (!entry || !overlaps(entry->value, found))
			continue;
		origin.variable = var->name;
		origin.in_env_file = true;
		origin.loc = entry->loc ? entry->loc : secret->loc;
		origin.nowhere = entry->loc == 0;
		break;
	}
	return origin;
}

static struct ml_str identity(struct ml_cn *cn, const struct ml_cn_secret *secret)
{
	struct ml_str key = ml_str_sub(secret->key, 0, 200);

	if (cn->owner.len == 0)
		return ml_strf(cn->arena, "%s%s%.*s", secret->where, key.len ? " " : "", ML_STR_ARG(key));
	return ml_strf(cn->arena, "%.*s %s%s%.*s", ML_STR_ARG(cn->owner), secret->where, key.len ? " " : "", ML_STR_ARG(key));
}

static struct ml_str file_of(const struct ml_cn *cn, uint32_t loc)
{
	const struct ml_loc *at = ml_facts_at(cn->facts, loc);

	return at && at->file < cn->facts->nsources ? cn->facts->sources[at->file].name : cn->facts->uri;
}

static void record(struct ml_cn *cn, const struct ml_cn_secret *secret, const struct ml_secret_hit *hit)
{
	struct ml_str found = ml_str_sub(secret->text, hit->span.from, hit->span.to), id = identity(cn, secret);
	struct origin origin = find_origin(cn, secret, found);
	struct ml_record_builder b;
	char print[9];

	if (origin.nowhere)
		return;
	ml_secret_fingerprint(id, found, print);
	ml_record_begin(&b, &ml_co_secret);
	ml_record_set(&b, ML_CO_SEC_ID, ml_string(id));
	if (cn->in_service)
		ml_record_set(&b, ML_CO_SEC_SERVICE, ml_at(ml_string(cn->owner), cn->owner_loc));
	ml_record_set(&b, ML_CO_SEC_WHERE, ml_string(ml_str(secret->where)));
	ml_record_set(&b, ML_CO_SEC_KEY, ml_cn_text(cn, secret->key, 0));
	ml_record_set(&b, ML_CO_SEC_KIND, ml_string(ml_str(ml_secret_kind_words[hit->kind])));
	ml_record_set(&b, ML_CO_SEC_REASON, ml_string(ml_str(hit->reason)));
	if (hit->weak)
		ml_record_set(&b, ML_CO_SEC_WEAK, ml_bool(true));
	ml_record_set(&b, ML_CO_SEC_LENGTH, ml_int((int64_t)found.len));
	ml_record_set(&b, ML_CO_SEC_FINGERPRINT, ml_string(ml_str_dup(cn->arena, ml_str(print))));
	ml_record_set(&b, ML_CO_SEC_FILE, ml_string(file_of(cn, origin.loc)));
	if (origin.variable.len)
		ml_record_set(&b, ML_CO_SEC_VARIABLE, ml_string(origin.variable));
	if (origin.in_env_file)
		ml_record_set(&b, ML_CO_SEC_IN_ENV_FILE, ml_bool(true));
	ml_cn_push(cn, &cn->flat[ML_CO_SECRETS_FOUND], ml_cn_pack(cn, &b, origin.loc));
}

/* Facts are valid UTF-8; an env file need not be. */
static struct ml_str valid(struct ml_cn *cn, struct ml_str text)
{
	ML_BUF_AUTO out;

	ml_buf_init(&out, 3 * text.len + 3);
	if (ml_utf8_invalid(text) == ML_NPOS)
		return text;
	for (size_t at = 0; at < text.len;) {
		uint32_t cp;
		size_t n = ml_utf8_next(text, at, &cp);
		ml_buf_str(&out, n ? ml_str_sub(text, at, at + n) : ML_STR("\xef\xbf\xbd"));
		at += n ? n : 1;
	}
	return ml_str_dup(cn->arena, ml_buf_get(&out));
}

/* Hits of a part of a text that begins at `by`, as hits of the text. */
static bool move_hits(struct ml_cn *cn, struct ml_secret_hits *hits, size_t by)
{
	struct ml_secret_hit *moved = ml_alloc_array(cn->arena, hits->n, sizeof(*moved));

	for (size_t i = 0; moved && i < hits->n; i++) {
		moved[i] = hits->items[i];
		moved[i].span.from += (uint32_t)by;
		moved[i].span.to += (uint32_t)by;
	}
	hits->items = moved;
	return moved != NULL;
}

/* ${PASSWORD:-default} under whatever name it stands. */
static int find_given(struct ml_cn *cn, const struct ml_cn_secret *secret, struct ml_secret_hits *hits)
{
	for (uint32_t i = 0; i < secret->nvars && hits->n == 0; i++) {
		struct ml_str given = secret->vars[i].given;
		bool can_be = given.len && (secret->vars[i].op != '+' || ml_secret_can_be_alternative(given));
		size_t at = can_be && ml_secret_key(secret->vars[i].name) ? ml_str_find(secret->text, given) : ML_NPOS;
		int r = at == ML_NPOS ? 0 : ml_secret_classify(cn->arena, secret->vars[i].name, given, hits);

		if (r || (hits->n && !move_hits(cn, hits, at)))
			return r ? r : ML_ENOMEM;
	}
	return 0;
}

static int find(struct ml_cn *cn, const struct ml_cn_secret *secret, struct ml_secret_hits *hits)
{
	int r = ml_secret_classify(cn->arena, secret->key, secret->text, hits);

	if (r == 0 && hits->n == 0 && secret->free_text)
		r = ml_secret_scan(cn->arena, secret->text, hits);
	if (r == 0 && hits->n == 0)
		r = find_given(cn, secret, hits);
	return r;
}

struct ml_str ml_cn_hide_hits(struct ml_cn *cn, const struct ml_cn_secret *secret, const struct ml_secret_hits *hits)
{
	struct ml_str text;

	for (size_t i = 0; i < hits->n; i++)
		record(cn, secret, &hits->items[i]);
	ml_cn_mark(cn, secret, hits);
	text = ml_secret_redact(cn->arena, secret->text, hits);
	cn->memory = cn->memory || (!text.ptr && text.len);
	return valid(cn, text.ptr ? text : ML_STR(""));
}

struct ml_str ml_cn_hide(struct ml_cn *cn, const struct ml_cn_secret *secret, enum ml_secret_kind *kind)
{
	struct ml_secret_hits hits;

	if (kind)
		*kind = ML_SECRET_NONE;
	if (secret->text.len == 0)
		return ML_STR("");
	if (find(cn, secret, &hits)) {
		cn->memory = true;
		return ML_STR("");
	}
	if (hits.n && kind)
		*kind = hits.items[0].kind;
	return ml_cn_hide_hits(cn, secret, &hits);
}

/* "PASSWORD: x" and "PASSWORD x" among NAME=VALUE: a name to Compose, a mistake of who wrote it. */
struct ml_str ml_cn_hide_name(struct ml_cn *cn, const struct ml_cnode *node, struct ml_str text)
{
	struct ml_cn_secret secret = {.where = "other", .text = text, .loc = node->loc};
	size_t end = 0;
	struct ml_secret_hits hits;

	while (end < text.len && text.ptr[end] != ':' && text.ptr[end] != ' ')
		end++;
	secret.key = ml_str_sub(text, 0, end);
	if (end == text.len || ml_secret_key(secret.key) == ML_SECRET_NONE)
		return text;
	if (ml_secret_classify(cn->arena, secret.key, ml_str_sub(text, end + 1, text.len), &hits) ||
		!move_hits(cn, &hits, end + 1)) {
		cn->memory = true;
		return ML_STR("");
	}
	return ml_cn_hide_hits(cn, &secret, &hits);
}

struct ml_str ml_cn_hide_node(struct ml_cn *cn, const struct ml_cnode *node, struct ml_str text, const char *where, struct ml_str key, enum ml_secret_kind *kind)
{
	struct ml_cn_secret secret = {.where = where, .key = key, .text = text, .loc = node->loc};

	if (ml_cn_is_scalar(node)) {
		secret.vars = node->vars;
		secret.nvars = node->nvars;
		secret.interpolated = node->interpolated;
	}
	secret.free_text = strcmp(where, "environment") != 0 && strcmp(where, "build-arg") != 0 && strcmp(where, "other") != 0;
	return ml_cn_hide(cn, &secret, kind);
}

struct spot {
	uint32_t file, line, col, index;

};

static int by_spot(const void *a, const void *b)
{
	const struct spot *x = a, *y = b;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->col != y->col)
		return x->col < y->col ? -1 : 1;
	return 0;
}

/* Whether two findings are one: the same service's at one place are two secrets of one text, another service's are the same secret again. */
static bool again(const struct ml_value *first, const struct ml_value *other)
{
	const struct ml_value *a = ml_record_get(first->record, ML_CO_SEC_SERVICE), *b = ml_record_get(other->record, ML_CO_SEC_SERVICE);

	return !ml_str_eq(ml_value_text(a), ml_value_text(b));
}

void ml_cn_unite_secrets(struct ml_cn *cn)
{
	struct ml_cn_list *list = &cn->flat[ML_CO_SECRETS_FOUND];
	struct spot *spots = ml_alloc_array(cn->arena, list->n, sizeof(*spots));
	bool *gone = ml_alloc_array(cn->arena, list->n, sizeof(*gone));
	size_t n = 0, kept = 0, first = 0;

	for (size_t i = 0; spots && gone && i < list->n; i++) {
		const struct ml_loc *at = ml_facts_at(cn->facts, list->items[i].loc);
		if (at && list->items[i].kind == ML_V_RECORD)
			spots[n++] = (struct spot){at->file, at->line, at->col, (uint32_t)i};
	}
	if (!spots || !gone || ml_sort(cn->arena, spots, n, sizeof(*spots), by_spot)) {
		cn->memory = true;
		return;
	}
	for (size_t i = 1; i < n; i++) {
		if (by_spot(&spots[first], &spots[i]) != 0)
			first = i;
		else
			gone[spots[i].index] = again(&list->items[spots[first].index], &list->items[spots[i].index]);
	}
	for (size_t i = 0; i < list->n; i++)
		if (!gone[i])
			list->items[kept++] = list->items[i];
	list->n = kept;
}
