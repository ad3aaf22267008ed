/* SPDX-License-Identifier: Apache-2.0 */
/* What reports must not show of the files: spans of secrets where they are written, and wherever else the same bytes stand. */
#include "base/sort.h"
#include "checks/config/compose/norm-priv.h"
#include "checks/secrets.h"

/* Secrets of at least PREFIX bytes are looked for in all files, by the hash of their first PREFIX bytes. */
enum { PREFIX = 8, PIECE = 256, CHAIN = 16, TABLE_MIN = 64, REACH = 8192 };

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

/* Line by line, in pieces: comparing stays bounded, and a block scalar is found with its indentation. */
static void hide_everywhere(struct ml_cn *cn, struct ml_str secret)
{
	struct ml_str line, piece;

	while (ml_str_split(&secret, '\n', &line)) {
		for (; line.len >= PREFIX; line = ml_str_sub(line, piece.len, line.len)) {
			piece = ml_str_sub(line, 0, PIECE);
			if (ml_alloc_grow(cn->arena, &cn->hidden, &cn->hidden_cap, cn->nhidden + 1, sizeof(*cn->hidden))) {
				cn->memory = true;
				return;
			}
			cn->hidden[cn->nhidden++] = piece;
		}
	}
}

void ml_cn_mark(struct ml_cn *cn, const struct ml_cn_secret *secret, const struct ml_secret_hits *hits)
{
	for (size_t i = 0; i < hits->n; i++) {
		struct ml_secret_hit hit = hits->items[i];
		if (!secret->env_file)
			mark_hit(cn, secret, hit.span);
		if (!hit.weak)
			hide_everywhere(cn, ml_str_sub(secret->text, hit.span.from, hit.span.to));
	}
}

/* Secrets by the hash of their beginning, in chains. */
struct prefixes {
	uint32_t *heads, *next; /* index + 1 */
	size_t mask;
};

static size_t hash_of(const char *bytes, size_t mask)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	word *= UINT64_C(0x9e3779b97f4a7c15);
	return (size_t)(word >> 20) & mask;
}

static bool chained(const struct ml_cn *cn, const struct prefixes *p, size_t head, struct ml_str secret, size_t *length)
{
	*length = 0;
	for (uint32_t i = p->heads[head]; i; i = p->next[i - 1], ++*length)
		if (ml_str_eq(cn->hidden[i - 1], secret))
			return true;
	return false;
}

static bool make_prefixes(struct ml_cn *cn, struct prefixes *p)
{
	size_t size = TABLE_MIN, length;

	while (size < 2 * cn->nhidden)
		size *= 2;
	p->mask = size - 1;
	p->heads = ml_alloc_array(cn->arena, size, sizeof(*p->heads));
	p->next = ml_alloc_array(cn->arena, cn->nhidden, sizeof(*p->next));
	if (!p->heads || !p->next)
		return false;
	for (size_t i = 0; i < cn->nhidden; i++) {
		size_t head = hash_of(cn->hidden[i].ptr, p->mask);
		if (chained(cn, p, head, cn->hidden[i], &length) || length >= CHAIN)
			continue;
		p->next[i] = p->heads[head];
		p->heads[head] = (uint32_t)i + 1;
	}
	return true;
}

static void mark_everywhere(struct ml_cn *cn, const struct prefixes *p, uint32_t file)
{
	struct ml_str bytes = cn->facts->sources[file].bytes;

	for (size_t at = 0; at + PREFIX <= bytes.len;) {
		size_t longest = 0;
		for (uint32_t i = p->heads[hash_of(bytes.ptr + at, p->mask)]; i; i = p->next[i - 1])
			if (cn->hidden[i - 1].len > longest && ml_str_starts(ml_str_sub(bytes, at, bytes.len), cn->hidden[i - 1]))
				longest = cn->hidden[i - 1].len;
		if (longest)
			add_span(cn, file, at, at + longest);
		at += longest ? longest : 1;
	}
}

static void mark_text(struct ml_cn *cn, uint32_t file, size_t from, size_t to)
{
	struct ml_secret_hits hits;

	if (ml_secret_scan(cn->arena, ml_str_sub(cn->facts->sources[file].bytes, from, to), &hits)) {
		cn->memory = true;
		return;
	}
	for (size_t i = 0; i < hits.n; i++)
		add_span(cn, file, from + hits.items[i].span.from, from + hits.items[i].span.to);
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
	bool read_whole = is_read_whole(cn);
	struct prefixes p;

	if (!make_prefixes(cn, &p)) {
		cn->memory = true;
		return;
	}
	for (uint32_t file = 0; file < cn->facts->nsources; file++) {
		const struct ml_source *source = &cn->facts->sources[file];
		for (size_t i = 0; i < source->nsecrets; i++)
			add_span(cn, file, source->secrets[i].from, source->secrets[i].to);
		mark_everywhere(cn, &p, file);
		if (read_whole || file >= cn->nsources)
			mark_comments(cn, file);
		else
			mark_text(cn, file, 0, source->bytes.len);
	}
	if (ml_sort(cn->arena, cn->spans, cn->nspans, sizeof(*cn->spans), by_place)) {
		cn->memory = true;
		return;
	}
	for (size_t i = 0; i < cn->nspans;)
		give(cn, &i);
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
