/* SPDX-License-Identifier: Apache-2.0 */
/* gitignore(5) patterns. */
#include "scanner/ignore.h"

#include "base/error.h"

enum { STEPS = 100000 };

struct matcher {
	struct ml_str pattern, text;
	int steps;
};

/* One [set] at p against c; *p is moved behind it. A set that is not closed matches nothing, as git has it. */
static bool match_set(struct ml_str pattern, size_t *p, unsigned char c)
{
	size_t i = *p + 1;
	bool negated = i < pattern.len && (pattern.ptr[i] == '!' || pattern.ptr[i] == '^');
	bool found = false;

	i += negated;
	for (size_t first = i; i < pattern.len && (pattern.ptr[i] != ']' || i == first); i++) {
		unsigned char low, high;
		if (pattern.ptr[i] == '\\' && i + 1 < pattern.len)
			i++;
		low = high = (unsigned char)pattern.ptr[i];
		if (i + 2 < pattern.len && pattern.ptr[i + 1] == '-' && pattern.ptr[i + 2] != ']') {
			i += 2;
			if (pattern.ptr[i] == '\\' && i + 1 < pattern.len)
				i++;
			high = (unsigned char)pattern.ptr[i];
		}
		found = found || (c >= low && c <= high);
	}
	if (i >= pattern.len)
		return false;
	*p = i + 1;
	return c != '/' && found != negated;
}

/* Matches one character of the pattern, not a star; both positions are moved. */
static bool match_one(struct matcher *m, size_t *p, size_t *t)
{
	unsigned char c;

	if (*t >= m->text.len || *p >= m->pattern.len)
		return false;
	c = (unsigned char)m->text.ptr[*t];
	switch (m->pattern.ptr[*p]) {
	case '?':
		++*p;
		++*t;
		return c != '/';
	case '[':
		++*t;
		return match_set(m->pattern, p, c);
	case '\\':
		if (*p + 1 < m->pattern.len)
			++*p;
		break;
	default:
		break;
	}
	++*t;
	return m->pattern.ptr[(*p)++] == (char)c;
}

/* "**" as a whole part of the pattern, at p. */
static bool is_any_parts(struct ml_str pattern, size_t p)
{
	return p + 1 < pattern.len && pattern.ptr[p] == '*' && pattern.ptr[p + 1] == '*' && (p == 0 || pattern.ptr[p - 1] == '/') &&
		(p + 2 == pattern.len || pattern.ptr[p + 2] == '/');
}

/* Where to come back to when the rest does not match: behind a star, and how far it has eaten. */
struct retreat {
	size_t p, t;
	bool set;
};

/* A single star is tried at the next character, unless that is a '/'. */
static bool retry_star(struct matcher *m, struct retreat *star, size_t *p, size_t *t)
{
	if (!star->set || star->t >= m->text.len || m->text.ptr[star->t] == '/')
		return false;
	*t = ++star->t;
	*p = star->p;
	return true;
}

/* "**" is tried behind the next '/'. */
static bool retry_parts(struct matcher *m, struct retreat *parts, size_t *p, size_t *t)
{
	if (!parts->set)
		return false;
	while (parts->t < m->text.len && m->text.ptr[parts->t] != '/')
		parts->t++;
	if (parts->t >= m->text.len)
		return false;
	*t = ++parts->t;
	*p = parts->p;
	return true;
}

bool ml_glob(struct ml_str pattern, struct ml_str text)
{
	struct matcher m = {pattern, text, STEPS};
	struct retreat star = {0}, parts = {0};
	size_t p = 0, t = 0;

	while (m.steps-- > 0) {
		if (p == pattern.len && t == text.len)
			return true;
		if (is_any_parts(pattern, p)) {
			if (p + 2 == pattern.len)
				return t < text.len;
			p += 3;
			parts = (struct retreat){p, t, true};
			star.set = false;
			continue;
		}
		if (p < pattern.len && pattern.ptr[p] == '*') {
			while (p < pattern.len && pattern.ptr[p] == '*')
				p++;
			star = (struct retreat){p, t, true};
			continue;
		}
		if (match_one(&m, &p, &t))
			continue;
		if (retry_star(&m, &star, &p, &t))
			continue;
		star.set = false;
		if (!retry_parts(&m, &parts, &p, &t))
			return false;
	}
	return false;
}

/* Trailing blanks go, unless the last is escaped. */
static struct ml_str strip(struct ml_str line)
{
	if (line.len && line.ptr[line.len - 1] == '\r')
		line.len--;
	while (line.len && line.ptr[line.len - 1] == ' ' && !(line.len > 1 && line.ptr[line.len - 2] == '\\'))
		line.len--;
	return line;
}

static bool read_rule(struct ml_str line, struct ml_ignore_rule *rule)
{
	line = strip(line);
	if (line.len == 0 || line.ptr[0] == '#')
		return false;
	if (line.ptr[0] == '!') {
		rule->negated = true;
		line = ml_str_sub(line, 1, line.len);
	}
	if (ml_str_ends(line, ML_STR("/"))) {
		rule->only_dirs = true;
		line.len--;
	}
	rule->anchored = ml_str_chr(line, '/') != ML_NPOS;
	if (ml_str_starts(line, ML_STR("/")))
		line = ml_str_sub(line, 1, line.len);
	rule->pattern = line;
	return line.len > 0;
}

int ml_ignore_add(struct ml_ignore *ignore, struct ml_str dir, struct ml_str text)
{
	struct ml_str line, rest = text;

	while (ml_str_split(&rest, '\n', &line)) {
		struct ml_ignore_rule rule = {.dir = dir};
		if (!read_rule(line, &rule))
			continue;
		if (ignore->n >= ML_IGNORE_RULES)
			return ML_ELIMIT;
		if (ml_alloc_grow(ignore->arena, &ignore->rules, &ignore->cap, ignore->n + 1, sizeof(*ignore->rules)))
			return ML_ENOMEM;
		ignore->rules[ignore->n++] = rule;
	}
	return 0;
}

/* The part of `path` below the rule's directory; NULL ptr when it is not below. */
static struct ml_str below(struct ml_str dir, struct ml_str path)
{
	if (dir.len == 0)
		return path;
	if (!ml_str_starts(path, dir) || path.len <= dir.len || path.ptr[dir.len] != '/')
		return ML_STR_NONE;
	return ml_str_sub(path, dir.len + 1, path.len);
}

static bool matches(const struct ml_ignore_rule *rule, struct ml_str path, bool is_dir)
{
	struct ml_str name = below(rule->dir, path);
	size_t slash;

	if (!name.ptr || (rule->only_dirs && !is_dir))
		return false;
	if (rule->anchored)
		return ml_glob(rule->pattern, name);
	slash = ml_str_rchr(name, '/');
	return ml_glob(rule->pattern, slash == ML_NPOS ? name : ml_str_sub(name, slash + 1, name.len));
}

static bool ignored_itself(const struct ml_ignore *ignore, struct ml_str path, bool is_dir)
{
	for (size_t i = ignore->n; i-- > 0;)
		if (matches(&ignore->rules[i], path, is_dir))
			return !ignore->rules[i].negated;
	return false;
}

bool ml_ignored(const struct ml_ignore *ignore, struct ml_str path)
{
	for (size_t i = 1; i < path.len; i++)
		if (path.ptr[i] == '/' && ignored_itself(ignore, ml_str_sub(path, 0, i), true))
			return true;
	return ignored_itself(ignore, path, false);
}
