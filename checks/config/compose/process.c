/* SPDX-License-Identifier: Apache-2.0 */
/* What is run: commands, entrypoints, healthchecks, hooks. */
#include "checks/config/compose/norm-priv.h"

/* A command on its way to a record. */
struct process {
	const char *id, *where;  /* `where`: kind of place of secrets in it */
	struct ml_cn_list words; /* secrets hidden; UNKNOWN where a word cannot be known */
	struct ml_str key;
	uint32_t loc;
	bool listed;
	bool script; /* the only word is a script for the shell */
};

static struct ml_str base_name(struct ml_str path)
{
	size_t slash = ml_str_rchr(path, '/');

	return slash == ML_NPOS ? path : ml_str_sub(path, slash + 1, path.len);
}

static struct ml_str word_at(const struct process *p, size_t i)
{
	return i < p->words.n && p->words.items[i].kind == ML_V_STRING ? ml_value_text(&p->words.items[i]) : ML_STR("");
}

static bool is_shell(struct ml_str program)
{
	static const char *const shells[] = {"sh", "bash", "ash", "dash", "zsh", "ksh"};

	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++)
		if (ml_str_is(program, shells[i]))
			return true;
	return false;
}

/* The word behind `sh -c` and its like; ML_NPOS: there is none. */
static size_t script_at(const struct process *p)
{
	if (p->script)
		return 0;
	for (size_t i = 1; is_shell(base_name(word_at(p, 0))) && i + 1 < p->words.n; i++) {
		struct ml_str word = word_at(p, i);
		if (word.len < 2 || word.ptr[0] != '-')
			return ML_NPOS;
		if (word.ptr[1] != '-' && word.ptr[word.len - 1] == 'c')
			return i + 1;
	}
	return ML_NPOS;
}

/* Words joined by blanks. */
static struct ml_str join(struct ml_cn *cn, const struct process *p)
{
	size_t len = 0, at = 0;
	char *out;

	for (size_t i = 0; i < p->words.n; i++)
		len += word_at(p, i).len + 1;
	out = ml_alloc(cn->arena, len + 1);
	if (!out) {
		cn->memory = true;
		return ML_STR("");
	}
	for (size_t i = 0; i < p->words.n; i++) {
		struct ml_str word = word_at(p, i);
		if (word.len)
			memcpy(out + at, word.ptr, word.len);
		at += word.len;
		out[at++] = ' ';
	}
	return (struct ml_str){out, at ? at - 1 : 0};
}

/* Those of `hits` from *h on that touch the `len` bytes at `at`, counted from there. */
static struct ml_secret_hits cut_hits(struct ml_cn *cn, const struct ml_secret_hits *hits, size_t *h, size_t at, size_t len)
{
	struct ml_secret_hit *mine;
	size_t n = 0, k;

	while (*h < hits->n && hits->items[*h].span.to <= at)
		++*h;
	for (k = *h; k < hits->n && hits->items[k].span.from < at + len; k++)
		continue;
	mine = k > *h && len ? ml_alloc_array(cn->arena, k - *h, sizeof(*mine)) : NULL;
	for (size_t i = *h; mine && i < k; i++) {
		struct ml_secret_hit hit = hits->items[i];
		hit.span.from = hit.span.from > at ? hit.span.from - (uint32_t)at : 0;
		hit.span.to = hit.span.to < at + len ? hit.span.to - (uint32_t)at : (uint32_t)len;
		mine[n++] = hit;
	}
	return (struct ml_secret_hits){mine, n};
}

/* Secrets of the whole line, in its words: `--password` and the next word only mean something together. */
static void hide_words(struct ml_cn *cn, struct process *p, const struct ml_cn_at *at)
{
	struct ml_secret_hits hits;
	size_t offset = 0, h = 0, w = 0;

	if (ml_secret_scan(cn->arena, join(cn, p), &hits)) {
		cn->memory = true;
		return;
	}
	for (uint32_t i = 0; i < at->node->n && w < p->words.n; i++) {
		const struct ml_cnode *node = at->node->items[i];
		struct ml_str word = word_at(p, w);
		struct ml_secret_hits mine;
		struct ml_cn_secret secret = {.where = p->where, .text = word, .loc = node->loc};
		if (node->kind == ML_C_NULL)
			continue;
		mine = cut_hits(cn, &hits, &h, offset, word.len);
		if (mine.n && ml_cn_is_scalar(node)) {
			secret.vars = node->vars;
			secret.nvars = node->nvars;
			secret.interpolated = node->interpolated;
			p->words.items[w] = ml_cn_text(cn, ml_cn_hide_hits(cn, &secret, &mine), node->loc);
		}
		offset += word.len + 1;
		w++;
	}
}

static void add_word(struct ml_cn *cn, const struct ml_cn_at *item, void *ctx)
{
	struct process *p = ctx;
	struct ml_value value;
	struct ml_str text;

	if (ml_cn_scalar(cn, item, &text, &value))
		ml_cn_push(cn, &p->words, ml_cn_text(cn, text, item->node->loc));
	else if (value.kind != ML_V_ABSENT)
		ml_cn_push(cn, &p->words, value);
}

/* A string is split as a shell would, once its secrets are hidden. ptr of the answer NULL: done; else why it cannot be known. */
static struct ml_str split(struct ml_cn *cn, struct process *p, const struct ml_cn_at *at, bool script)
{
	struct ml_str why = ml_cn_why(cn, at->node), text, *words;
	struct ml_value bad;
	size_t n;

	if (why.ptr)
		return why;
	text = ml_cn_hide_node(cn, at->node, at->node->text.ptr ? at->node->text : ML_STR(""), p->where, ML_STR(""), NULL);
	p->script = script;
	if (script) {
		if (text.len)
			ml_cn_push(cn, &p->words, ml_cn_text(cn, text, at->node->loc));
		return ML_STR_NONE;
	}
	if (ml_cvalue_words(cn->arena, text, &words, &n)) {
		bad = ml_cn_bad(cn, at, "a command line whose quotes are closed");
		return ml_value_text(&bad);
	}
	for (size_t i = 0; i < n; i++)
		ml_cn_push(cn, &p->words, ml_cn_text(cn, words[i], at->node->loc));
	return ML_STR_NONE;
}

static void set_unknown(struct ml_record_builder *b, struct ml_str why, uint32_t loc)
{
	static const int slots[] = {ML_CO_PROC_TEXT, ML_CO_PROC_PROGRAM, ML_CO_PROC_WORDS, ML_CO_PROC_SHELL, ML_CO_PROC_SCRIPT, ML_CO_PROC_CLEARED};

	for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++)
		ml_record_set(b, slots[i], ml_at(ml_unknown(why), loc));
}

static void set_words(struct ml_cn *cn, struct process *p, struct ml_record_builder *b)
{
	size_t script = script_at(p);
	const struct ml_value *first = p->words.n ? &p->words.items[0] : NULL;

	for (size_t i = 0; i < p->words.n; i++)
		if (p->words.items[i].kind == ML_V_UNKNOWN)
			set_unknown(b, ml_value_text(&p->words.items[i]), p->loc);
	ml_record_set(b, ML_CO_PROC_WORDS, ml_cn_list_value(&p->words, p->loc));
	if (!first) {
		ml_record_set(b, ML_CO_PROC_CLEARED, ml_at(ml_bool(true), p->loc));
		return;
	}
	if (b->slots[ML_CO_PROC_TEXT].kind != ML_V_UNKNOWN)
		ml_record_set(b, ML_CO_PROC_TEXT, ml_cn_text(cn, join(cn, p), p->loc));
	ml_record_set(b, ML_CO_PROC_CLEARED, ml_at(ml_bool(false), p->loc));
	if (first->kind == ML_V_STRING)
		ml_record_set(b, ML_CO_PROC_PROGRAM, ml_cn_text(cn, p->script ? ML_STR("sh") : base_name(word_at(p, 0)), first->loc));
	if (script == ML_NPOS)
		return;
	ml_record_set(b, ML_CO_PROC_SHELL, ml_at(ml_bool(true), p->loc));
	ml_record_set(b, ML_CO_PROC_SCRIPT, p->words.items[script]);
}

/* The record, which goes to the root's list too. `skip`: words in front that only say how it is run. */
static struct ml_value pack(struct ml_cn *cn, struct process *p, const struct ml_cn_at *at, bool script, uint32_t skip)
{
	struct ml_record_builder b;
	struct ml_cnode rest = *at->node;
	struct ml_cn_at list = {&rest, at->key, at->loc};
	struct ml_str why = ML_STR_NONE;
	struct ml_value value;

	ml_record_begin(&b, &ml_co_process);
	ml_record_set(&b, ML_CO_PROC_SERVICE, ml_at(ml_string(cn->owner), cn->owner_loc));
	ml_record_set(&b, ML_CO_PROC_ID, ml_string(ml_str(p->id)));
	ml_record_set(&b, ML_CO_PROC_SET, ml_at(ml_bool(true), at->loc));
	p->loc = at->loc;
	p->script = script;
	p->listed = at->node->kind == ML_C_SEQ;
	if (p->listed) {
		rest.items += skip;
		rest.n -= skip;
		ml_cn_each(cn, &list, add_word, p);
		hide_words(cn, p, &list);
	} else if (at->node->kind == ML_C_MAP) {
		why = (value = ml_cn_bad(cn, at, "a string or a list"), ml_value_text(&value));
	} else {
		why = split(cn, p, at, script);
	}
	ml_record_set(&b, ML_CO_PROC_FORM, ml_cn_word(p->listed ? "list" : "string", at->loc));
	if (why.ptr)
		set_unknown(&b, why, at->loc);
	else
		set_words(cn, p, &b);
	value = ml_cn_pack(cn, &b, at->node->kind == ML_C_SEQ ? at->loc : at->node->loc);
	ml_cn_push(cn, &cn->flat[ML_CO_COMMANDS], value);
	return value;
}

void ml_cn_command(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	struct process p = {.id = "command", .where = "command"};

	ml_record_set(b, ML_CO_SVC_COMMAND, pack(cn, &p, at, false, 0));
}

void ml_cn_entrypoint(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	struct process p = {.id = "entrypoint", .where = "entrypoint"};

	ml_record_set(b, ML_CO_SVC_ENTRYPOINT, pack(cn, &p, at, false, 0));
}

static void disable(struct ml_cn *cn, struct ml_record_builder *b, uint32_t loc)
{
	(void)cn;
	ml_record_set(b, ML_CO_HEALTH_DISABLED, ml_at(ml_bool(true), loc));
}

/* `NONE`, `CMD` and words, `CMD-SHELL` and a script; a string is a script. */
static void read_test(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	struct process p = {.id = "healthcheck", .where = "healthcheck"};
	struct ml_str first = at->node->text;
	bool list = at->node->kind == ML_C_SEQ;

	if (list && at->node->n == 0)
		return;
	if (list)
		first = ml_cn_is_scalar(at->node->items[0]) ? at->node->items[0]->text : ML_STR("");
	if (ml_str_is(first, "NONE"))
		disable(cn, b, at->node->loc);
	else if (!list)
		ml_record_set(b, ML_CO_HEALTH_TEST, pack(cn, &p, at, true, 0));
	else if (ml_str_is(first, "CMD") || ml_str_is(first, "CMD-SHELL"))
		ml_record_set(b, ML_CO_HEALTH_TEST, pack(cn, &p, at, ml_str_is(first, "CMD-SHELL"), 1));
	else
		ml_record_set(b, ML_CO_HEALTH_TEST, ml_cn_bad(cn, at, "a list that begins with CMD, CMD-SHELL or NONE"));
}

static void read_disable(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	struct ml_value value = ml_cn_bool(cn, at, NULL);

	if (value.kind == ML_V_UNKNOWN || (value.kind == ML_V_BOOL && value.b))
		ml_record_set(b, ML_CO_HEALTH_DISABLED, value);
}

static const struct ml_cn_key health_keys[] = {
	{"disable", ML_CO_HEALTH_DISABLED, NULL, NULL, read_disable},
	{"interval", ML_CO_HEALTH_INTERVAL, ml_cn_duration, NULL, NULL},
	{"retries", ML_CO_HEALTH_RETRIES, ml_cn_int, NULL, NULL},
	{"start_interval", ML_CO_HEALTH_START_INTERVAL, ml_cn_duration, NULL, NULL},
	{"start_period", ML_CO_HEALTH_START_PERIOD, ml_cn_duration, NULL, NULL},
	{"test", ML_CO_HEALTH_TEST, NULL, NULL, read_test},
	{"timeout", ML_CO_HEALTH_TIMEOUT, ml_cn_duration, NULL, NULL},
};

void ml_cn_healthcheck(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	static const struct ml_cn_keys keys = ML_CN_KEYS(health_keys);
	struct ml_record_builder health;

	ml_record_begin(&health, &ml_co_healthcheck);
	ml_record_set(&health, ML_CO_HEALTH_SET, ml_at(ml_bool(true), at->loc));
	if (ml_cn_map(cn, at, &keys, &health, NULL))
		ml_record_set(b, ML_CO_SVC_HEALTHCHECK, ml_cn_pack(cn, &health, at->loc));
	else
		ml_record_set(b, ML_CO_SVC_HEALTHCHECK, ml_cn_unknown(cn, at->loc, ML_STR("not a mapping")));
}

static void post_start_command(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	struct process p = {.id = "post_start", .where = "command"};

	ml_record_set(b, ML_CO_HOOK_COMMAND, pack(cn, &p, at, false, 0));
}

static void pre_stop_command(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	struct process p = {.id = "pre_stop", .where = "command"};

	ml_record_set(b, ML_CO_HOOK_COMMAND, pack(cn, &p, at, false, 0));
}

#define HOOK_KEYS(command_reader) { \
	{"command", ML_CO_HOOK_COMMAND, NULL, NULL, command_reader}, \
	{"environment", 0, NULL, NULL, NULL}, \
	{"privileged", ML_CO_HOOK_PRIVILEGED, ml_cn_bool, NULL, NULL}, \
	{"user", ML_CO_HOOK_USER, ml_cn_string, NULL, NULL}, \
	{"working_dir", 0, NULL, NULL, NULL}, \
}
static const struct ml_cn_key start_keys[] = HOOK_KEYS(post_start_command);
static const struct ml_cn_key stop_keys[] = HOOK_KEYS(pre_stop_command);

struct hooks {
	struct ml_cn_list list;
	const char *event;
};

static void add_hook(struct ml_cn *cn, const struct ml_cn_at *item, void *ctx)
{
	static const struct ml_cn_keys start = ML_CN_KEYS(start_keys), stop = ML_CN_KEYS(stop_keys);
	struct hooks *hooks = ctx;
	struct ml_record_builder b;

	ml_record_begin(&b, &ml_co_hook);
	ml_record_set(&b, ML_CO_HOOK_EVENT, ml_cn_word(hooks->event, item->loc));
	if (item->node->kind == ML_C_UNKNOWN)
		ml_cn_push(cn, &hooks->list, ml_cn_unknown(cn, item->loc, item->node->text));
	else if (ml_cn_map(cn, item, strcmp(hooks->event, "pre_stop") == 0 ? &stop : &start, &b, NULL))
		ml_cn_push(cn, &hooks->list, ml_cn_pack(cn, &b, item->loc));
	else
		ml_cn_push(cn, &hooks->list, ml_cn_unknown(cn, item->loc, ML_STR("not a mapping")));
}

static void read_hooks(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b, const char *event)
{
	struct hooks hooks = {.event = event};
	struct ml_value *before = &b->slots[ML_CO_SVC_HOOKS];

	for (uint32_t i = 0; before->kind == ML_V_LIST && i < before->len; i++)
		ml_cn_push(cn, &hooks.list, before->items[i]);
	if (ml_cn_each(cn, at, add_hook, &hooks))
		ml_record_set(b, ML_CO_SVC_HOOKS, ml_cn_list_value(&hooks.list, at->loc));
	else
		ml_record_set(b, ML_CO_SVC_HOOKS, ml_cn_unknown(cn, at->loc, ML_STR("not a list")));
}

void ml_cn_post_start(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	read_hooks(cn, at, b, "post_start");
}

void ml_cn_pre_stop(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	read_hooks(cn, at, b, "pre_stop");
}
