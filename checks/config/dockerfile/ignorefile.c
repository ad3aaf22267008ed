/* SPDX-License-Identifier: Apache-2.0 */
/* .dockerignore: reading, matching, and what it lets through. */
#include "checks/config/dockerfile/ignorefile.h"

#include "base/error.h"

enum { STEPS = 50 << 20, PATTERNS = 10000 };

/* Takes "./", "//", a leading and a trailing '/' and "x/.." out, as filepath.Clean does. ptr NULL: no memory. */
static struct ml_str clean(struct ml_arena *arena, struct ml_str pattern)
{
	char *out = ml_alloc(arena, pattern.len + 1);
	struct ml_str part;
	size_t n = 0;

	if (!out)
		return ML_STR_NONE;
	while (ml_str_split(&pattern, '/', &part)) {
		if (part.len == 0 || ml_str_is(part, "."))
			continue;
		if (ml_str_is(part, "..")) {
			while (n > 0 && out[n - 1] != '/')
				n--;
			n -= n > 0;
			continue;
		}
		if (n)
			out[n++] = '/';
		memcpy(out + n, part.ptr, part.len);
		n += part.len;
	}
	return (struct ml_str){out, n};
}

void ml_df_ignorefile_parse(struct ml_df *df, struct ml_df_ignorefile *ignore, struct ml_str text)
{
	struct ml_str line, rest = ml_str_starts(text, ML_STR("\xef\xbb\xbf")) ? ml_str_sub(text, 3, text.len) : text;

	while (ml_str_split(&rest, '\n', &line)) {
		struct ml_df_ignore_pattern pattern = {.again = false};
		if (line.len && line.ptr[0] == '#')
			continue;
		line = ml_str_trim(line);
		if (line.len == 0)
			continue;
		ml_df_list_add(df, &ignore->written, ml_df_string(df, line));
		pattern.again = line.ptr[0] == '!';
		pattern.pattern = clean(df->arena, ml_str_trim(ml_str_sub(line, pattern.again, line.len)));
		if (pattern.pattern.len == 0)
			continue;
		if (ignore->n >= PATTERNS || ml_alloc_grow(df->arena, &ignore->patterns, &ignore->cap, ignore->n + 1, sizeof(pattern))) {
			ignore->unknown = "the ignore file has too many patterns";
			return;
		}
		ignore->patterns[ignore->n++] = pattern;
	}
}

/* A class "[a-z]" at p[*at]; moves *at behind it. An unclosed one is a literal. */
static bool in_class(struct ml_str p, size_t *at, char c)
{
	size_t i = *at + 1;
	bool negated = i < p.len && p.ptr[i] == '^', found = false;

	for (i += negated; i < p.len && p.ptr[i] != ']'; i++) {
		char low = p.ptr[i], high = low;
		if (i + 2 < p.len && p.ptr[i + 1] == '-' && p.ptr[i + 2] != ']') {
			high = p.ptr[i + 2];
			i += 2;
		}
		found = found || (c >= low && c <= high);
	}
	if (i >= p.len) {
		bool same = c == '[';
		(*at)++;
		return same;
	}
	*at = i + 1;
	return found != negated && c != '/';
}

/* Whether one pattern element at p[*at] matches c; then *at is behind it. */
static bool element(struct ml_str p, size_t *at, char c)
{
	char e = p.ptr[*at];

	if (e == '[')
		return in_class(p, at, c);
	if (e == '\\' && *at + 1 < p.len)
		e = p.ptr[++*at];
	else if (e == '?' && c != '/')
		e = c;
	(*at)++;
	return e == c;
}

static bool at_double_star(struct ml_str p, size_t at)
{
	return at + 1 < p.len && p.ptr[at] == '*' && p.ptr[at + 1] == '*';
}

/* Where matching may be taken up again: a star, and how far it has eaten. */
struct retry {
	size_t p, s;
	bool set;
};

static bool back(struct retry *star, struct retry *deep, struct ml_str s, size_t *pi, size_t *si)
{
	if (star->set && star->s < s.len && s.ptr[star->s] != '/') {
		*pi = star->p;
		*si = ++star->s;
		return true;
	}
	star->set = false;
	if (!deep->set || deep->s >= s.len)
		return false;
	*pi = deep->p;
	*si = ++deep->s;
	return true;
}

static bool matches(struct ml_df_ignorefile *ignore, struct ml_str p, struct ml_str s)
{
	struct retry star = {0}, deep = {0};
	size_t pi = 0, si = 0;

	while (ignore->steps++ < STEPS) {
		size_t next = pi;
		if (at_double_star(p, pi)) {
			pi += 2;
			pi += pi < p.len && p.ptr[pi] == '/';
			deep = (struct retry){pi, si, true};
			star.set = false;
		} else if (pi < p.len && p.ptr[pi] == '*') {
			star = (struct retry){++pi, si, true};
		} else if (pi == p.len && si == s.len) {
			return true;
		} else if (pi < p.len && si < s.len && element(p, &next, s.ptr[si])) {
			pi = next;
			si++;
		} else if (!back(&star, &deep, s, &pi, &si)) {
			return false;
		}
	}
	return false;
}

/* The path or one of the directories that it lies in. */
static bool matches_above(struct ml_df_ignorefile *ignore, struct ml_str pattern, struct ml_str path)
{
	while (path.len) {
		size_t slash;
		if (matches(ignore, pattern, path))
			return true;
		slash = ml_str_rchr(path, '/');
		path = ml_str_sub(path, 0, slash == ML_NPOS ? 0 : slash);
	}
	return false;
}

bool ml_df_is_ignored(struct ml_df_ignorefile *ignore, struct ml_str path)
{
	bool ignored = false;

	for (size_t i = 0; i < ignore->n; i++)
		if (ignored == ignore->patterns[i].again && matches_above(ignore, ignore->patterns[i].pattern, path))
			ignored = !ignored;
	return ignored && ignore->steps < STEPS;
}

/* Reads a candidate; true when that settles the matter. */
static bool try_file(struct ml_df *df, struct ml_df_ignorefile *ignore, struct ml_str dir, struct ml_str name)
{
	struct ml_error err = {0};
	struct ml_str path, bytes;
	int r = ml_path_join(df->arena, dir, name, &path), file;

	if (!r)
		r = ml_read(df->reader, df->arena, path, &bytes, &err);
	if (r == ML_ENOENT)
		return false;
	ignore->present = true;
	ignore->name = path;
	if (r) {
		ml_diag_add(&df->facts->diags, ML_DIAG_ERROR, path, 0, 0, "ignore file: %s", err.message[0] ? err.message : ml_strcode(r));
		ignore->unknown = "the ignore file could not be read";
		return true;
	}
	file = ml_facts_source(df->facts, path, bytes);
	ml_df_check(df, file < 0 ? file : 0);
	ignore->file = file < 0 ? 0 : (uint32_t)file;
	ml_df_ignorefile_parse(df, ignore, bytes);
	return true;
}

void ml_df_ignorefile_read(struct ml_df *df, struct ml_df_ignorefile *ignore)
{
	struct ml_str beside = ml_strf(df->arena, "%.*s.dockerignore", ML_STR_ARG(df->request->file));

	if (!try_file(df, ignore, ML_STR(""), beside))
		try_file(df, ignore, df->request->context, ML_STR(".dockerignore"));
}

/* For each kind of sensitive file one that everybody has. Order of the vocabulary, without "none". */
static const char *const samples[] = {".env", ".ssh/id_rsa", "server.key", ".aws/credentials", ".npmrc", ".htpasswd", ".kube/config", "terraform.tfstate",
	".bash_history", ".git/config"};

struct ml_value ml_df_ignorefile_facts(struct ml_df *df, struct ml_df_ignorefile *ignore)
{
	struct ml_record_builder b;
	struct ml_df_list exposes = {0};
	struct ml_loc loc = {.file = ignore->file, .line = 1, .col = 1};
	bool placed = ignore->present && !ignore->unknown;

	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
		if (!ml_df_is_ignored(ignore, ml_str(samples[i])))
			ml_df_list_add(df, &exposes, ml_string(ml_str(ml_df_sensitive_vocab.words[i + 1])));
	ml_record_begin(&b, &ml_df_ignore);
	ml_record_set(&b, ML_DF_IGNORE_PRESENT, ml_bool(ignore->present));
	ml_record_set(&b, ML_DF_IGNORE_NAME, ml_df_string(df, ignore->name));
	ml_record_set(&b, ML_DF_IGNORE_PATTERNS, ignore->unknown ? ml_df_unknown(df, ignore->unknown) : ml_df_list_value(&ignore->written));
	ml_record_set(&b, ML_DF_IGNORE_EXPOSES, ignore->unknown ? ml_df_unknown(df, ignore->unknown) : ml_df_list_value(&exposes));
	return ml_df_pack(df, &b, placed ? ml_facts_loc(df->facts, loc) : 0);
}
