/* SPDX-License-Identifier: Apache-2.0 */
/* What reports must not show of the files: spans of secrets where they are written, and wherever else the same bytes stand. */
#include "base/sort.h"
#include "checks/config/compose/load-priv.h"
#include "checks/config/compose/norm-priv.h"
#include "checks/secrets.h"

enum { REACH = 8192 };

static void add_span(struct ml_cn *cn, uint32_t file, size_t from, size_t to)
{
	if (from >= to || to > UINT32_MAX)
		return;
	if (ml_alloc_grow(cn->arena, &cn->spans, &cn->spans_cap, cn->nspans + 1, sizeof(*cn->spans)))
		cn->memory = true;
	else
		cn->spans[cn->nspans++] = (struct ml_cn_span){file, (uint32_t)from, (uint32_t)to};
}

static bool make_lines(struct ml_cn *cn, uint32_t file)
{
	struct ml_str bytes = cn->facts->sources[file].bytes;
	size_t n = 1, k = 1;
	uint32_t *lines;

	for (size_t i = 0; i < bytes.len; i++)
		n += bytes.ptr[i] == '\n' || (bytes.ptr[i] == '\r' && !(i + 1 < bytes.len && bytes.ptr[i + 1] == '\n'));
	lines = ml_alloc_array(cn->arena, n, sizeof(*lines));
	if (!lines) {
		cn->memory = true;
		return false;
	}
	for (size_t i = 0; i < bytes.len && k < n; i++)
		if (bytes.ptr[i] == '\n' || (bytes.ptr[i] == '\r' && !(i + 1 < bytes.len && bytes.ptr[i + 1] == '\n')))
			lines[k++] = (uint32_t)(i + 1);
	cn->lines[file] = lines;
	cn->nlines[file] = (uint32_t)n;
	return true;
}

/* The offset of a line and column; ML_NPOS: not there. */
static size_t offset_of(struct ml_cn *cn, uint32_t file, uint32_t line, uint32_t col)
{
	struct ml_str bytes = cn->facts->sources[file].bytes;
	size_t at;

	if (file >= cn->nsources || line == 0 || (!cn->lines[file] && !make_lines(cn, file)) || line > cn->nlines[file])
		return ML_NPOS;
	at = cn->lines[file][line - 1];
	for (uint32_t c = 1; c < col && at < bytes.len; c++) {
		at++;
		while (at < bytes.len && ((unsigned char)bytes.ptr[at] & 0xc0) == 0x80)
			at++;
	}
	return at;
}

/* A lone reference without a default: it shows nothing. */
static bool is_reference(struct ml_str raw)
{
	struct ml_str inner = raw;

	if (raw.len < 2 || raw.ptr[0] != '$')
		return false;
	if (raw.ptr[1] == '{') {
		if (raw.ptr[raw.len - 1] != '}')
			return false;
		inner = ml_str_sub(raw, 1, raw.len - 1);
	}
	for (size_t i = 1; i < inner.len; i++) {
		char c = inner.ptr[i];
		if (c == '?' || (c == ':' && i + 1 < inner.len && inner.ptr[i + 1] == '?'))
			return true;
		if (c != '_' && !(c >= '0' && c <= '9') && !((c | 32) >= 'a' && (c | 32) <= 'z'))
			return false;
	}
	return true;
}

/* The words of a secret one behind the other from `at`, as a block or folded scalar has them; where a word is missing everything up to REACH is hidden. */
static void mark_words(struct ml_cn *cn, uint32_t file, size_t at, struct ml_str secret)
{
	struct ml_str bytes = cn->facts->sources[file].bytes, word, rest = secret;
	size_t end = at + 4 * secret.len + REACH;

	end = end < bytes.len ? end : bytes.len;
	while (ml_str_split(&rest, '\n', &word)) {
		size_t found;
		word = ml_str_trim(word);
		if (word.len == 0)
			continue;
		found = ml_str_find(ml_str_sub(bytes, at, end), word);
		if (found == ML_NPOS) {
			add_span(cn, file, at, end);
			return;
		}
		add_span(cn, file, at + found, at + found + word.len);
		at += found + word.len;
	}
}

/* The part of a one-line scalar between what stands before and after the secret in its text. */
static void mark_between(struct ml_cn *cn, const struct ml_cn_secret *secret, struct ml_span span, uint32_t file, size_t from, size_t to)
{
	struct ml_str raw = ml_str_sub(cn->facts->sources[file].bytes, from, to), inner;
	struct ml_str before = ml_str_sub(secret->text, 0, span.from), after = ml_str_sub(secret->text, span.to, secret->text.len);
	size_t quote = raw.len >= 2 && (raw.ptr[0] == '"' || raw.ptr[0] == '\'') && raw.ptr[raw.len - 1] == raw.ptr[0];

	inner = ml_str_sub(raw, quote, raw.len - quote);
	if (ml_str_ends(inner, secret->text)) /* "KEY=" of a list goes before it */
		before = ml_str_sub(inner, 0, inner.len - secret->text.len + span.from);
	if (!ml_str_starts(inner, before) || !ml_str_ends(inner, after) || before.len + after.len >= inner.len) {
		if (!is_reference(inner))
			add_span(cn, file, from, to);
		return;
	}
	inner = ml_str_sub(inner, before.len, inner.len - after.len);
	from += quote + before.len;
	if (!is_reference(inner))
		add_span(cn, file, from, from + inner.len);
}

static void mark_hit(struct ml_cn *cn, const struct ml_cn_secret *secret, struct ml_span span)
{
	const struct ml_loc *at = ml_facts_at(cn->facts, secret->loc);
	struct ml_str found = ml_str_sub(secret->text, span.from, span.to);
	size_t from = at && at->file < cn->nsources ? offset_of(cn, at->file, at->line, at->col) : ML_NPOS;
	size_t to = from == ML_NPOS || at->end_col == 0 ? ML_NPOS : offset_of(cn, at->file, at->line, at->end_col);

	if (from == ML_NPOS || !cn->facts->sources[at->file].bytes.ptr)
		return;
	if (to == ML_NPOS || to <= from)
		mark_words(cn, at->file, from, found);
	else
		mark_between(cn, secret, span, at->file, from, to);
}

void ml_cn_mark(struct ml_cn *cn, const struct ml_cn_secret *secret, const struct ml_secret_hits *hits)
{
	for (size_t i = 0; i < hits->n; i++) {
		struct ml_secret_hit hit = hits->items[i];
		if (!secret->env_file)
			mark_hit(cn, secret, hit.span);
		if (!hit.weak)
			ml_mask_add(&cn->mask, ml_str_sub(secret->text, hit.span.from, hit.span.to));
	}
}

static void mark_everywhere(struct ml_cn *cn, uint32_t file)
{
	struct ml_str bytes = cn->facts->sources[file].bytes;
	size_t from = 0, to = 0;

	for (; ml_mask_next(&cn->mask, bytes, &from, &to); from = to)
		add_span(cn, file, from, to);
}

static void mask_hits(struct ml_cn *cn, struct ml_str text, const struct ml_secret_hits *hits)
{
	for (size_t i = 0; i < hits->n; i++)
		if (!hits->items[i].weak)
			ml_mask_add(&cn->mask, ml_str_sub(text, hits->items[i].span.from, hits->items[i].span.to));
}

static void mark_text(struct ml_cn *cn, uint32_t file, size_t from, size_t to)
{
	struct ml_str text = ml_str_sub(cn->facts->sources[file].bytes, from, to);
	struct ml_secret_hits hits;

	if (ml_secret_scan(cn->arena, text, &hits)) {
		cn->memory = true;
		return;
	}
	for (size_t i = 0; i < hits.n; i++)
		add_span(cn, file, from + hits.items[i].span.from, from + hits.items[i].span.to);
	mask_hits(cn, text, &hits);
}

/* Defaults stand in the file whether they are taken or not. */
static void mark_defaults(struct ml_cn *cn, uint32_t file)
{
	struct ml_str bytes = cn->facts->sources[file].bytes;

	for (size_t at = 0, end; at < bytes.len; at = end) {
		size_t open = ml_str_find(ml_str_sub(bytes, at, bytes.len), ML_STR("${"));
		if (open == ML_NPOS)
			return;
		at += open;
		end = ml_str_chr(ml_str_sub(bytes, at + 2, at + REACH), '}');
		end = end == ML_NPOS ? at + 2 : at + 2 + end + 1;
		mark_text(cn, file, at, end);
	}
}

/* What stands behind a '#': nobody reads it but people. */
static void mark_comments(struct ml_cn *cn, uint32_t file)
{
	struct ml_str bytes = cn->facts->sources[file].bytes;

	for (size_t at = 0; at < bytes.len;) {
		const char *hash = memchr(bytes.ptr + at, '#', bytes.len - at), *end;
		if (!hash)
			return;
		at = (size_t)(hash - bytes.ptr);
		end = memchr(hash, '\n', bytes.len - at);
		mark_text(cn, file, at, end ? (size_t)(end - bytes.ptr) : bytes.len);
		at = end ? (size_t)(end - bytes.ptr) : bytes.len;
	}
}

/* One Compose file without complaints is in the tree from end to end, and only its comments were not looked at. Of several some values have been replaced, and of
 * keys that we do not know the values were not read: then the whole text is. */
static bool is_read_whole(const struct ml_cn *cn)
{
	size_t others = 0;

	for (size_t i = 1; i < cn->nsources; i++)
		others += !ml_str_ends(cn->facts->sources[i].name, ML_STR(".env"));
	return others == 0 && cn->facts->diags.n == 0 && cn->project->ngaps == 0;
}

static int by_place(const void *a, const void *b)
{
	const struct ml_cn_span *x = a, *y = b;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	return x->from < y->from ? -1 : x->from > y->from;
}

/* Spans [*i, …) of one file, in order and apart, to its source. */
static void give(struct ml_cn *cn, size_t *i)
{
	uint32_t file = cn->spans[*i].file;
	size_t end = *i, n = 0;
	struct ml_span *spans;

	while (end < cn->nspans && cn->spans[end].file == file)
		end++;
	spans = ml_alloc_array(cn->arena, end - *i, sizeof(*spans));
	if (!spans) {
		cn->memory = true;
		*i = cn->nspans;
		return;
	}
	for (; *i < end; ++*i) {
		struct ml_cn_span span = cn->spans[*i];
		if (n > 0 && span.from <= spans[n - 1].to)
			spans[n - 1].to = span.to > spans[n - 1].to ? span.to : spans[n - 1].to;
		else
			spans[n++] = (struct ml_span){span.from, span.to};
	}
	cn->facts->sources[file].secrets = spans;
	cn->facts->sources[file].nsecrets = n;
}

void ml_cn_redact_sources(struct ml_cn *cn)
{
	for (uint32_t file = 0; file < cn->facts->nsources; file++)
		mark_everywhere(cn, file);
	if (ml_sort(cn->arena, cn->spans, cn->nspans, sizeof(*cn->spans), by_place)) {
		cn->memory = true;
		return;
	}
	for (size_t i = 0; i < cn->nspans;)
		give(cn, &i);
}

/* What an env file, or the caller's environment, has under the name of a secret, whatever reads it. */
static void mask_env(struct ml_cn *cn, const struct ml_cenv *env)
{
	for (size_t i = 0; env && i < env->n; i++) {
		const struct ml_cenv_entry *entry = &env->entries[i];
		struct ml_secret_hits hits = {0};
		if (entry->value.len && ml_secret_classify(cn->arena, entry->name, entry->value, &hits))
			cn->memory = true;
		mask_hits(cn, entry->value, &hits);
	}
}

static void mask_envs(struct ml_cn *cn)
{
	const struct ml_cload *load = cn->project->load;

	for (const struct ml_cenv *env = cn->project->env; env; env = env->first)
		mask_env(cn, env);
	for (size_t i = 0; i < load->nfiles; i++)
		for (int raw = 0; raw < 2; raw++)
			mask_env(cn, load->files[i]->env[raw]);
}

/* What the facts do not tell of a file. */
static void mark_source(struct ml_cn *cn, uint32_t file, bool read_whole)
{
	const struct ml_source *source = &cn->facts->sources[file];

	for (size_t i = 0; i < source->nsecrets; i++)
		add_span(cn, file, source->secrets[i].from, source->secrets[i].to);
	mark_defaults(cn, file);
	if (read_whole || file >= cn->nsources)
		mark_comments(cn, file);
	else
		mark_text(cn, file, 0, source->bytes.len);
}

void ml_cn_mask_facts(struct ml_cn *cn)
{
	static const char *const names[] = {"image", "registry", "repository", "name", "tag", "network", "user", "runtime", NULL};
	bool read_whole = is_read_whole(cn);

	mask_envs(cn);
	for (uint32_t file = 0; file < cn->facts->nsources; file++)
		mark_source(cn, file, read_whole);
	ml_mask_ready(&cn->mask);
	ml_mask_spare(&cn->mask, cn->facts, names);
	ml_mask_facts(&cn->mask, cn->facts);
	cn->memory = cn->memory || cn->mask.memory;
}

void ml_cn_redact_diags(struct ml_cn *cn)
{
	for (size_t i = 0; i < cn->facts->diags.n; i++) {
		struct ml_diag *diag = &cn->facts->diags.items[i];
		diag->source = ML_STR("");
		for (uint32_t file = 0; diag->line && file < cn->facts->nsources; file++)
			if (ml_str_eq(cn->facts->sources[file].name, diag->file)) {
				struct ml_str line = ml_facts_line(cn->facts, cn->arena, file, diag->line);
				diag->source = line.ptr ? line : ML_STR("");
				break;
			}
	}
}
