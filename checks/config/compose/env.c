/* SPDX-License-Identifier: Apache-2.0 */
/* Env files (`.env`, `env_file`) and the caller's environment as names, values and places. Syntax:
 * Compose specification, "env_file format". */
#include "base/cursor.h"
#include "base/sort.h"
#include "base/utf8.h"
#include "checks/config/compose/load-priv.h"

/* How a value was written: what is still to be done with it. */
enum style { RAW, LITERAL, DOUBLE };

struct parser {
	struct ml_cload *load;
	struct ml_cfile *file;
	struct ml_cursor at;
	struct ml_cenv *env;
	uint8_t *styles;
	size_t cap, styles_cap, spans_cap, nspans;
	struct ml_span *spans;
	size_t skipped; /* bytes of the byte order mark */
};

static bool blank(int c)
{
	return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

static bool white(int c)
{
	return blank(c) || c == '\n' || c == '\r';
}

static bool name_byte(int c)
{
	return c == '_' || c == '.' || c == '-' || c == '[' || c == ']' || (c >= '0' && c <= '9') ||
	       (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool in_line(int c)
{
	return c != '\n' && c != '\r';
}

static bool no_memory(struct parser *p)
{
	p->load->memory = true;
	return false;
}

static void to_quote(struct parser *p, int quote, bool escapes)
{
	while (!ml_cursor_done(&p->at) && ml_cursor_peek(&p->at, 0) != quote) {
		if (ml_cursor_next(&p->at) == '\\' && escapes)
			ml_cursor_next(&p->at);
	}
}

/* Up to the closing quote. A backslash protects a quote, unless no other quote follows: 'C:\'. */
static struct ml_str quoted(struct parser *p, int quote)
{
	struct ml_cursor start;

	ml_cursor_next(&p->at);
	start = p->at;
	to_quote(p, quote, true);
	if (ml_cursor_done(&p->at)) {
		p->at = start;
		to_quote(p, quote, false);
	}
	return ml_str_sub(p->at.text, start.at, p->at.at);
}

/* Up to the end of the line, without a comment that white space goes before, and without white
 * space at its end. */
static struct ml_str bare(struct parser *p)
{
	struct ml_str line = ml_cursor_while(&p->at, in_line);

	for (size_t i = 1; i < line.len; i++)
		if (line.ptr[i] == '#' && blank((unsigned char)line.ptr[i - 1]))
			line = ml_str_sub(line, 0, i);
	return ml_str_trim(line);
}

/* Without the backslashes that a quote allows. */
static struct ml_str unescape(struct parser *p, struct ml_str raw, enum style style)
{
	static const char from[] = "nrt\\\"'abfv", to[] = "\n\r\t\\\"'\a\b\f\v";
	char *out = ml_alloc(p->load->arena, 2 * raw.len + 1);
	size_t n = 0;

	if (!out) {
		no_memory(p);
		return ML_STR_NONE;
	}
	for (size_t i = 0; i < raw.len; i++) {
		char next = i + 1 < raw.len ? raw.ptr[i + 1] : '\0';
		const char *known = next && raw.ptr[i] == '\\' ? strchr(from, next) : NULL;
		if (style == LITERAL && next != '\'' && next != '\\')
			known = NULL;
		if (raw.ptr[i] == '\\' && next == '$' && style == DOUBLE) {
			out[n++] = '$'; /* "$$" is a literal one when variables are filled in */
			out[n++] = '$';
			i++;
		} else if (known) {
			out[n++] = to[known - from];
			i++;
		} else {
			out[n++] = raw.ptr[i];
		}
	}
	return (struct ml_str){out, n};
}

static bool add_span(struct parser *p, struct ml_str raw)
{
	size_t from = (size_t)(raw.ptr - p->at.text.ptr) + p->skipped;

	if (raw.len == 0)
		return true;
	if (ml_alloc_grow(
		    p->load->arena, &p->spans, &p->spans_cap, p->nspans + 1, sizeof(*p->spans)))
		return no_memory(p);
	p->spans[p->nspans++] = (struct ml_span){(uint32_t)from, (uint32_t)(from + raw.len)};
	return true;
}

static bool add_entry(struct parser *p, struct ml_cenv_entry entry, enum style style)
{
	if (ml_alloc_grow(
		    p->load->arena, &p->env->entries, &p->cap, p->env->n + 1, sizeof(entry)) ||
		ml_alloc_grow(p->load->arena, &p->styles, &p->styles_cap, p->env->n + 1,
			sizeof(*p->styles)))
		return no_memory(p);
	p->styles[p->env->n] = (uint8_t)style;
	p->env->entries[p->env->n++] = entry;
	return true;
}

static void bad_line(struct parser *p, uint32_t line, uint32_t col, const char *what)
{
	uint32_t loc = ml_facts_loc(
		p->load->facts, (struct ml_loc){.file = p->file->source, .line = line, .col = col});

	ml_cload_say(p->load, ML_DIAG_WARNING, loc, "environment file: %s", what);
	if (p->env->broken.len == 0)
		p->env->broken = ML_STR("a line of the environment file is not NAME=VALUE");
	ml_cursor_while(&p->at, in_line);
}

/* The value behind '='; else what is wrong: a quote that does not end, or something behind it that
 * is neither a comment nor the end of the line. */
static const char *value(struct parser *p, struct ml_cenv_entry *entry, enum style *style)
{
	int quote = ml_cursor_peek(&p->at, 0);
	struct ml_str raw;

	entry->has_value = true;
	if (quote != '\'' && quote != '"') {
		raw = bare(p);
		*style = RAW;
		entry->value = raw;
		add_span(p, raw);
		return NULL;
	}
	*style = quote == '"' ? DOUBLE : LITERAL;
	raw = quoted(p, quote);
	if (ml_cursor_next(&p->at) != quote)
		return "a quoted value does not end";
	entry->value = unescape(p, raw, *style);
	add_span(p, raw);
	ml_cursor_while(&p->at, blank);
	if (ml_cursor_done(&p->at) || !in_line(ml_cursor_peek(&p->at, 0)) ||
		ml_cursor_peek(&p->at, 0) == '#')
		return NULL;
	return "something stands behind a quoted value";
}

static void assignment(struct parser *p)
{
	struct ml_cenv_entry entry = {0};
	struct ml_loc loc = {.file = p->file->source, .key_line = p->at.line, .key_col = p->at.col};
	enum style style = LITERAL;
	const char *wrong = NULL;
	int next;

	entry.name = ml_cursor_while(&p->at, name_byte);
	ml_cursor_while(&p->at, blank);
	next = ml_cursor_peek(&p->at, 0);
	if (entry.name.len == 0 ||
		(next != '=' && next != ':' && next != '#' && next != -1 && in_line(next))) {
		bad_line(p, loc.key_line, loc.key_col, "not NAME=VALUE");
		return;
	}
	if (next == '=' || next == ':') {
		ml_cursor_next(&p->at);
		ml_cursor_while(&p->at, blank);
		loc.line = p->at.line;
		loc.col = p->at.col;
		wrong = value(p, &entry, &style);
	} else {
		loc.line = loc.key_line;
		loc.col = loc.key_col;
	}
	if (wrong) {
		bad_line(p, loc.key_line, loc.key_col, wrong);
		return;
	}
	loc.end_col = p->at.line == loc.line && style == RAW
			      ? loc.col + (uint32_t)ml_utf8_count(entry.value)
			      : 0;
	entry.loc = ml_facts_loc(p->load->facts, loc);
	ml_cursor_while(&p->at, in_line);
	add_entry(p, entry, style);
}

static void parse(struct parser *p)
{
	while (!p->load->memory) {
		ml_cursor_while(&p->at, white);
		if (ml_cursor_done(&p->at))
			return;
		if (ml_cursor_peek(&p->at, 0) == '#') {
			ml_cursor_while(&p->at, in_line);
			continue;
		}
		if (blank(ml_cursor_peek(&p->at, 6)) && ml_cursor_take(&p->at, ML_STR("export")))
			ml_cursor_while(&p->at, blank);
		assignment(p);
	}
}

/* `format: raw`: what stands behind the first '=' is the value, as it is (docker/cli's kvfile). */
static void parse_raw(struct parser *p)
{
	while (!p->load->memory) {
		struct ml_loc loc = {.file = p->file->source};
		struct ml_cenv_entry entry = {0};
		struct ml_str line;
		size_t equals;

		ml_cursor_while(&p->at, white);
		if (ml_cursor_done(&p->at))
			return;
		loc.line = loc.key_line = p->at.line;
		loc.key_col = p->at.col;
		line = ml_cursor_while(&p->at, in_line);
		equals = ml_str_chr(line, '=');
		entry.name = ml_str_sub(line, 0, equals);
		entry.has_value = equals != ML_NPOS;
		entry.value = entry.has_value ? ml_str_sub(line, equals + 1, line.len) : ML_STR("");
		if (line.ptr[0] == '#')
			continue;
		if (entry.name.len == 0 || ml_str_chr(entry.name, ' ') != ML_NPOS) {
			bad_line(p, loc.line, loc.key_col, "not NAME=VALUE");
			continue;
		}
		loc.col = loc.key_col +
			  (entry.has_value ? (uint32_t)ml_utf8_count(entry.name) + 1 : 0);
		entry.loc = ml_facts_loc(p->load->facts, loc);
		if (!add_span(p, entry.value))
			return;
		add_entry(p, entry, LITERAL);
	}
}

struct name_at {
	struct ml_str name;
	uint32_t at;
};

static int by_name(const void *left, const void *right)
{
	const struct name_at *a = left, *b = right;

	return ml_str_cmp(a->name, b->name);
}

static bool sort(struct ml_cload *load, struct ml_cenv *env)
{
	uint32_t *sorted = ml_alloc_array(load->arena, env->n, sizeof(*sorted));
	struct ml_arena_mark mark = ml_arena_mark(load->arena);
	struct name_at *names = ml_alloc_array(load->arena, env->n, sizeof(*names));

	for (size_t i = 0; names && i < env->n; i++)
		names[i] = (struct name_at){env->entries[i].name, (uint32_t)i};
	if (!sorted || !names || ml_sort(load->arena, names, env->n, sizeof(*names), by_name)) {
		load->memory = true;
		return false;
	}
	for (size_t i = 0; i < env->n; i++)
		sorted[i] = names[i].at;
	ml_arena_release(load->arena, mark);
	env->sorted = sorted;
	return true;
}

/* The last entry of that name among the first `before` ones. */
static const struct ml_cenv_entry *find_before(
	const struct ml_cenv *env, struct ml_str name, size_t before)
{
	size_t low = 0, high = env->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct ml_cenv_entry *entry = &env->entries[env->sorted[middle]];
		int order = ml_str_cmp(entry->name, name);
		if (order < 0 || (order == 0 && env->sorted[middle] < before))
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || !ml_str_eq(env->entries[env->sorted[low - 1]].name, name))
		return NULL;
	return &env->entries[env->sorted[low - 1]];
}

const struct ml_cenv_entry *ml_cenv_get(const struct ml_cenv *env, struct ml_str name)
{
	const struct ml_cenv_entry *entry;

	if (!env)
		return NULL;
	entry = ml_cenv_get(env->first, name);
	if (!entry)
		entry = find_before(env, name, env->n);
	return entry && entry->has_value ? entry : NULL;
}

static const struct ml_cenv_entry *find_in_file(const struct ml_cfill *fill, struct ml_str name)
{
	const struct ml_cenv_entry *entry = find_before(fill->env, name, fill->before);

	return entry && entry->has_value ? entry : ml_cenv_get(fill->env->first, name);
}

static void keep_holes(
	struct ml_cload *load, struct ml_cenv_entry *entry, const struct ml_cfill *fill)
{
	struct ml_cvar *holes = ml_alloc_array(load->arena, fill->nvars, sizeof(*holes));

	load->memory = load->memory || !holes;
	entry->holes = holes;
	for (uint32_t i = 0; holes && i < fill->nvars; i++)
		if (fill->vars[i].unset)
			holes[entry->nholes++] = fill->vars[i];
}

static void fill_in(struct parser *p)
{
	for (size_t i = 0; i < p->env->n && !p->load->memory; i++) {
		struct ml_cenv_entry *entry = &p->env->entries[i];
		struct ml_cfill fill = {.load = p->load,
			.find = find_in_file,
			.env = p->env,
			.before = i,
			.quiet = true,
			.lenient = true};
		if (p->styles[i] == LITERAL || ml_str_chr(entry->value, '$') == ML_NPOS)
			continue;
		if (ml_cfill(&fill, entry->value) == ML_CFILL_OK) {
			entry->value = fill.text;
			entry->interpolated = true;
			keep_holes(p->load, entry, &fill);
			continue;
		}
		ml_cload_say(p->load, ML_DIAG_WARNING, entry->loc,
			"environment file: the variables in the value of %.*s cannot be filled in",
			ML_STR_ARG(entry->name));
		p->env->broken = ML_STR("a value of the environment file cannot be filled in");
	}
}

const struct ml_cenv *ml_cenv_of_file(
	struct ml_cload *load, struct ml_cfile *file, const struct ml_cenv *first, bool raw)
{
	struct parser p = {.load = load, .file = file};
	struct ml_str bytes = file->bytes;
	struct ml_source *source;

	if (file->env[raw] && file->env_first[raw] == first)
		return file->env[raw];
	p.env = ml_alloc(load->arena, sizeof(*p.env));
	if (!p.env) {
		load->memory = true;
		return NULL;
	}
	p.env->first = first;
	if (ml_str_starts(bytes, ML_STR("\xef\xbb\xbf")))
		p.skipped = 3;
	bytes = ml_str_sub(bytes, p.skipped, bytes.len);
	if (ml_utf8_invalid(bytes) != ML_NPOS || ml_str_chr(bytes, '\0') != ML_NPOS) {
		p.at = ml_cursor(ML_STR(""), 1);
		bad_line(&p, 1, 1, "not text in UTF-8: nothing of it is read");
		return p.env;
	}
	p.at = ml_cursor(bytes, 1);
	if (raw)
		parse_raw(&p);
	else
		parse(&p);
	if (load->memory || !sort(load, p.env))
		return NULL;
	fill_in(&p);
	source = &load->facts->sources[file->source];
	source->secrets = p.spans;
	source->nsecrets = p.nspans;
	file->env[raw] = p.env;
	file->env_first[raw] = first;
	return p.env;
}

const struct ml_cenv *ml_cenv_of_request(struct ml_cload *load)
{
	const struct ml_compose_request *request = load->request;
	struct ml_cenv *env = ml_alloc(load->arena, sizeof(*env));

	if (env)
		env->entries =
			ml_alloc_array(load->arena, request->nenvironment, sizeof(*env->entries));
	if (!env || !env->entries) {
		load->memory = true;
		return NULL;
	}
	for (size_t i = 0; i < request->nenvironment; i++) {
		struct ml_str value = request->environment[i], name;
		ml_str_split(&value, '=', &name);
		if (value.ptr)
			env->entries[env->n++] = (struct ml_cenv_entry){
				.name = name, .value = value, .has_value = true};
	}
	return sort(load, env) ? env : NULL;
}

int ml_compose_env_file(struct ml_cproject *project, struct ml_str path, bool raw,
	const struct ml_cenv **out, struct ml_str *why)
{
	struct ml_cload *load = project->load;
	struct ml_cfile *file;
	struct ml_str name;
	int r = ml_path_join(load->arena, project->directory, path, &name);

	*why = r == ML_EACCES ? ML_STR("it leads out of the root") : ML_STR("no memory");
	if (r)
		return r;
	file = ml_cload_file(load, name);
	if (!file)
		return ML_ENOMEM;
	*why = file->why;
	if (file->error)
		return file->error;
	*out = ml_cenv_of_file(load, file, project->env, raw);
	return *out ? 0 : ML_ENOMEM;
}
