/* SPDX-License-Identifier: Apache-2.0 */
/* Variables in values: $NAME, ${NAME}, ${NAME:-word} and its kin, as the Compose specification has
 * them ("Interpolation"), nested. */
#include "checks/config/compose/load-priv.h"

enum { NESTING = 20, SCALAR_BYTES = 1 << 20, ALL_BYTES = 64 << 20, VARIABLES = 1000 };

struct run {
	struct ml_cfill *fill;
	struct ml_buf out;
	struct ml_cvar *vars;
	size_t nvars, vars_cap;
	enum ml_cfill_error error;
};

static bool name_start(int c)
{
	return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool name_byte(int c)
{
	return name_start(c) || (c >= '0' && c <= '9');
}

/* Length of the name at `at`, 0 when none stands there. */
static size_t name_at(struct ml_str text, size_t at)
{
	size_t end = at;

	if (at >= text.len || !name_start((unsigned char)text.ptr[at]))
		return 0;
	while (end < text.len && name_byte((unsigned char)text.ptr[end]))
		end++;
	return end - at;
}

static bool fail(struct run *run, enum ml_cfill_error error)
{
	if (run->error == ML_CFILL_OK)
		run->error = error;
	return false;
}

static void put(struct run *run, struct ml_str s)
{
	ml_buf_str(&run->out, s);
	if (run->out.error)
		fail(run, run->out.error == ML_ELIMIT ? ML_CFILL_LIMIT : ML_CFILL_MEMORY);
}

const char *ml_cvar_shell_path(struct ml_str name)
{
	return ml_str_is(name, "PWD") ? "." : ml_str_is(name, "HOME") ? "~" : NULL;
}

/* What only the deployment has is no fault of the file: what reads it is unknown, and no more. */
static void warn_unset(struct ml_cfill *fill, const struct ml_cvar *var)
{
	struct ml_cload *load = fill->load;
	struct ml_str name = var->name;

	if (var->op == '?') {
		ml_cload_say(load, ML_DIAG_WARNING, fill->loc,
			"the variable %.*s is required and not set", ML_STR_ARG(name));
		return;
	}
	for (size_t i = 0; i < load->nwarned; i++)
		if (ml_str_eq(load->warned[i], name))
			return;
	if (load->nwarned < sizeof(load->warned) / sizeof(load->warned[0]))
		load->warned[load->nwarned++] = name;
	ml_cload_say(load, ML_DIAG_WARNING, fill->loc,
		"variable %.*s is not set: an empty string stands for it", ML_STR_ARG(name));
}

static bool note(struct run *run, struct ml_cvar var)
{
	struct ml_arena *arena = run->fill->load->arena;

	if (run->nvars >= VARIABLES)
		return true;
	var.name = ml_str_dup(arena, var.name);
	var.tail = (uint32_t)run->out.len; /* until the length of the whole is known */
	if (!var.name.ptr ||
		ml_alloc_grow(arena, &run->vars, &run->vars_cap, run->nvars + 1, sizeof(var)))
		return fail(run, ML_CFILL_MEMORY);
	run->vars[run->nvars++] = var;
	if (var.unset && !run->fill->quiet && !ml_cvar_shell_path(var.name))
		warn_unset(run->fill, &var);
	return true;
}

/* A reference: ${name op word}, `colon` when an empty value counts as none. */
struct reference {
	struct ml_str name, word;
	uint8_t op;
	bool colon;
};

static void substitute(struct run *run, struct ml_str text, int depth);

static void put_value(struct run *run, struct ml_str value)
{
	struct ml_cload *load = run->fill->load;

	load->expanded += value.len;
	if (load->expanded > ALL_BYTES)
		fail(run, ML_CFILL_LIMIT);
	else
		put(run, value);
}

/* The word of the latest variable stands for it. */
static void give_word(struct run *run, struct ml_str word, int depth)
{
	size_t from = run->out.len, var = run->nvars - 1;
	bool noted = run->nvars < VARIABLES;

	substitute(run, word, depth + 1);
	if (noted && run->error == ML_CFILL_OK)
		run->vars[var].given = ml_str_dup(run->fill->load->arena,
			ml_str_sub(ml_buf_get(&run->out), from, run->out.len));
}

/* An assignment whose own value has variables that are not set: they are holes in this text, too.
 */
static void note_holes(struct run *run, const struct ml_cenv_entry *entry)
{
	for (uint32_t i = 0; i < entry->nholes && run->nvars < VARIABLES; i++)
		if (note(run, entry->holes[i]))
			run->vars[run->nvars - 1].tail =
				(uint32_t)run->out.len - entry->holes[i].tail;
}

static void refer(struct run *run, const struct reference *ref, int depth)
{
	const struct ml_cenv_entry *entry = run->fill->find(run->fill, ref->name);
	bool set = entry && (entry->value.len > 0 || !ref->colon);
	struct ml_cvar var = {.name = ref->name, .op = ref->op, .loc = entry ? entry->loc : 0};

	var.defaulted = ref->op == '-' && !set;
	var.unset = (ref->op == 0 || ref->op == '?') && !set;
	if (!note(run, var))
		return;
	if (var.defaulted || (ref->op == '+' && set)) {
		give_word(run, ref->word, depth);
	} else if (set && ref->op != '+') {
		put_value(run, entry->value);
		note_holes(run, entry);
	}
}

/* The offset of the '}' that closes what stands before `at`, or ML_NPOS. */
static size_t closing(struct ml_str text, size_t at)
{
	int open = 1;

	for (; at < text.len; at++) {
		if (text.ptr[at] == '$' && at + 1 < text.len && text.ptr[at + 1] == '{')
			open++;
		else if (text.ptr[at] == '}' && --open == 0)
			return at;
	}
	return ML_NPOS;
}

/* "${" stands at `at`. The offset behind the '}', or ML_NPOS. */
static size_t braced(struct ml_str text, size_t at, struct reference *ref)
{
	size_t len = name_at(text, at + 2), end, from = at + 2 + len;

	if (len == 0)
		return ML_NPOS;
	ref->name = ml_str_sub(text, at + 2, from);
	end = closing(text, from);
	if (end == ML_NPOS || end == from)
		return end == ML_NPOS ? end : end + 1;
	ref->colon = text.ptr[from] == ':';
	from += ref->colon;
	ref->op = (uint8_t)text.ptr[from];
	if (ref->op != '-' && ref->op != '?' && ref->op != '+')
		return ML_NPOS;
	ref->word = ml_str_sub(text, from + 1, end);
	return end + 1;
}

/* A '$' stands at `at`; returns the offset behind what it starts. */
static size_t dollar(struct run *run, struct ml_str text, size_t at, int depth)
{
	struct reference ref = {0};
	size_t end;

	if (at + 1 < text.len && text.ptr[at + 1] == '$') {
		put(run, ML_STR("$"));
		return at + 2;
	}
	if (at + 1 < text.len && text.ptr[at + 1] == '{') {
		end = braced(text, at, &ref);
	} else {
		end = at + 1 + name_at(text, at + 1);
		ref.name = ml_str_sub(text, at + 1, end);
		end = ref.name.len ? end : ML_NPOS;
	}
	if (end != ML_NPOS) {
		refer(run, &ref, depth);
		return end;
	}
	if (run->fill->lenient)
		put(run, ML_STR("$"));
	else
		fail(run, ML_CFILL_SYNTAX);
	return at + 1;
}

static void substitute(struct run *run, struct ml_str text, int depth)
{
	size_t at = 0;

	if (depth > NESTING) {
		fail(run, ML_CFILL_DEEP);
		return;
	}
	while (at < text.len && run->error == ML_CFILL_OK) {
		struct ml_str rest = ml_str_sub(text, at, text.len);
		size_t next = ml_str_chr(rest, '$');
		put(run, ml_str_sub(rest, 0, next));
		at = next == ML_NPOS ? text.len : dollar(run, text, at + next, depth);
	}
}

enum ml_cfill_error ml_cfill(struct ml_cfill *fill, struct ml_str text)
{
	struct run run = {.fill = fill};

	ml_buf_init(&run.out, text.len + SCALAR_BYTES);
	substitute(&run, text, 0);
	if (run.error == ML_CFILL_OK) {
		fill->text = ml_str_dup(fill->load->arena, ml_buf_get(&run.out));
		for (size_t i = 0; i < run.nvars; i++)
			run.vars[i].tail = (uint32_t)(run.out.len - run.vars[i].tail);
		fill->vars = run.vars;
		fill->nvars = (uint32_t)run.nvars;
		if (!fill->text.ptr)
			run.error = ML_CFILL_MEMORY;
	}
	ml_buf_free(&run.out);
	fill->load->memory = fill->load->memory || run.error == ML_CFILL_MEMORY;
	return run.error;
}
