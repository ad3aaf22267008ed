/* SPDX-License-Identifier: Apache-2.0 */
/* What a container may do: capabilities, security options, namespaces. */
#include "checks/config/compose/norm-priv.h"

struct caps {
	struct ml_cn_list list;
	bool added, all;
};

static void add_cap(struct ml_cn *cn, const struct ml_cn_at *item, void *ctx)
{
	struct caps *caps = ctx;
	struct ml_record_builder b;
	struct ml_value value, whole;
	struct ml_str text;
	const char *word;

	if (!ml_cn_scalar(cn, item, &text, &value)) {
		if (value.kind != ML_V_ABSENT)
			ml_cn_both(cn, &caps->list, ML_CO_CAPABILITIES, value);
		return;
	}
	word = ml_cvalue_capability(text);
	if (!word) {
		const char *near = ml_vocab_nearest(&ml_co_capability_vocab, text);
		value = ml_cn_bad(cn, item, near ? ml_strf(cn->arena, "a Linux capability: did you mean `%s`?", near).ptr : "a Linux capability such as `NET_ADMIN`");
		ml_cn_both(cn, &caps->list, ML_CO_CAPABILITIES, value);
		return;
	}
	caps->all = caps->all || strcmp(word, "ALL") == 0;
	ml_cn_push(cn, &caps->list, ml_cn_word(word, item->node->loc));
	ml_record_begin(&b, &ml_co_capability);
	ml_record_set(&b, ML_CO_CAP_SERVICE, ml_at(ml_string(cn->owner), cn->owner_loc));
	ml_record_set(&b, ML_CO_CAP_NAME, ml_cn_word(word, item->node->loc));
	ml_record_set(&b, ML_CO_CAP_ADDED, ml_bool(caps->added));
	whole = ml_cn_pack(cn, &b, item->node->loc);
	ml_cn_push(cn, &cn->flat[ML_CO_CAPABILITIES], whole);
}

void ml_cn_cap_add(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	struct caps caps = {.added = true};
	bool list = ml_cn_each(cn, at, add_cap, &caps);

	ml_record_set(b, ML_CO_SVC_CAP_ADD, list ? ml_cn_list_value(&caps.list, at->loc) : ml_cn_unknown(cn, at->loc, ML_STR("not a list")));
}

void ml_cn_cap_drop(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	struct caps caps = {.added = false};
	bool list = ml_cn_each(cn, at, add_cap, &caps);

	ml_record_set(b, ML_CO_SVC_CAP_DROP, list ? ml_cn_list_value(&caps.list, at->loc) : ml_cn_unknown(cn, at->loc, ML_STR("not a list")));
	if (caps.all)
		ml_record_set(b, ML_CO_SVC_DROPS_ALL, ml_at(ml_bool(true), at->loc));
	else if (!list)
		ml_record_set(b, ML_CO_SVC_DROPS_ALL, ml_cn_unknown(cn, at->loc, ML_STR("not a list")));
}

/* In order: of several that speak of the same the last counts. */
struct options {
	struct ml_cn_list list;
	struct ml_record_builder *b;
};

static void apply(struct ml_cn *cn, struct options *o, const struct ml_cn_at *item, struct ml_str name, struct ml_str value)
{
	bool off = ml_str_is(value, "unconfined"), b = true;
	uint32_t loc = item->node->loc;

	if (ml_str_is(name, "seccomp"))
		ml_record_set(o->b, ML_CO_SVC_SECCOMP, ml_cn_word(off ? "unconfined" : ml_str_is(value, "builtin") ? "default" : "profile", loc));
	else if (ml_str_is(name, "apparmor"))
		ml_record_set(o->b, ML_CO_SVC_APPARMOR, ml_cn_word(off ? "unconfined" : ml_str_is(value, "docker-default") ? "default" : "profile", loc));
	else if (ml_str_is(name, "label"))
		ml_record_set(o->b, ML_CO_SVC_SELINUX, ml_cn_word(ml_str_is(value, "disable") ? "disabled" : "options", loc));
	else if (ml_str_is(name, "systempaths") && off)
		ml_record_set(o->b, ML_CO_SVC_SYSTEMPATHS_UNCONFINED, ml_at(ml_bool(true), loc));
	else if (ml_str_is(name, "no-new-privileges")) {
		const char *want = ml_cvalue_bool(value, &b);
		ml_record_set(o->b, ML_CO_SVC_NO_NEW_PRIVILEGES, want ? ml_cn_bad(cn, item, "no-new-privileges:true") : ml_at(ml_bool(b), loc));
	}
}

static void add_option(struct ml_cn *cn, const struct ml_cn_at *item, void *ctx)
{
	struct options *o = ctx;
	struct ml_record_builder b;
	struct ml_value value;
	struct ml_str text, name, what;
	size_t cut;

	if (!ml_cn_scalar(cn, item, &text, &value)) {
		if (value.kind != ML_V_ABSENT)
			ml_cn_both(cn, &o->list, ML_CO_SECURITY_OPTS, value);
		return;
	}
	cut = ml_str_chr(text, '=');
	cut = cut == ML_NPOS ? ml_str_chr(text, ':') : cut;
	name = ml_str_trim(ml_str_sub(text, 0, cut));
	what = cut == ML_NPOS ? ML_STR("") : ml_str_trim(ml_str_sub(text, cut + 1, text.len));
	if (ml_str_is(name, "no-new-privileges") && what.len == 0)
		what = ML_STR("true");
	if (!ml_vocab_has(&ml_co_security_vocab, name) || ml_str_is(name, "other")) {
		const char *near = ml_vocab_nearest(&ml_co_security_vocab, name);
		ml_cn_say(cn, ML_DIAG_WARNING, item->node->loc, "security_opt: unknown option \"%.*s\"%s%s%s", ML_STR_ARG(ml_str_sub(name, 0, 60)),
			near ? ": did you mean `" : "", near ? near : "", near ? "`?" : "");
		name = ML_STR("other");
	}
	ml_record_begin(&b, &ml_co_security_opt);
	ml_record_set(&b, ML_CO_OPT_SERVICE, ml_at(ml_string(cn->owner), cn->owner_loc));
	ml_record_set(&b, ML_CO_OPT_TEXT, ml_at(ml_string(text), item->node->loc));
	ml_record_set(&b, ML_CO_OPT_NAME, ml_at(ml_string(name), item->node->loc));
	ml_record_set(&b, ML_CO_OPT_VALUE, ml_cn_text(cn, what, item->node->loc));
	ml_cn_both(cn, &o->list, ML_CO_SECURITY_OPTS, ml_cn_pack(cn, &b, item->node->loc));
	apply(cn, o, item, name, what);
}

void ml_cn_security_opt(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	struct options options = {.b = b};
	bool list = ml_cn_each(cn, at, add_option, &options);

	ml_record_set(b, ML_CO_SVC_SECURITY_OPT, list ? ml_cn_list_value(&options.list, at->loc) : ml_cn_unknown(cn, at->loc, ML_STR("not a list")));
	for (size_t i = 0; i < options.list.n; i++) {
		static const int touched[] = {ML_CO_SVC_SECCOMP, ML_CO_SVC_APPARMOR, ML_CO_SVC_SELINUX, ML_CO_SVC_SYSTEMPATHS_UNCONFINED, ML_CO_SVC_NO_NEW_PRIVILEGES};
		for (size_t k = 0; options.list.items[i].kind == ML_V_UNKNOWN && k < sizeof(touched) / sizeof(touched[0]); k++)
			if (b->slots[touched[k]].kind == ML_V_ABSENT)
				ml_record_set(b, touched[k], options.list.items[i]);
	}
}

/* The slot of a mode, that of whom it names, and the words. */
struct mode {
	int slot, of; /* of -1: it names nobody */
	const struct ml_vocab *vocab;
	const char *other; /* the word for any other text; NULL: an error */
};

static const char *mode_word(const struct mode *mode, struct ml_str text)
{
	for (size_t i = 0; mode->vocab->words[i]; i++)
		if (ml_str_is(text, mode->vocab->words[i]))
			return mode->vocab->words[i];
	return NULL;
}

/* "service:NAME" and "container:NAME", a word, or any other text where there may be some. ptr of *of NULL: it names nobody. */
static const char *split_mode(const struct mode *mode, struct ml_str text, struct ml_str *of)
{
	size_t colon = ml_str_chr(text, ':');
	struct ml_str word = ml_str_sub(text, 0, colon);
	bool names = mode->of >= 0 && (ml_str_is(word, "service") || ml_str_is(word, "container"));

	*of = ML_STR_NONE;
	if (names && colon != ML_NPOS && colon + 1 < text.len) {
		*of = ml_str_sub(text, colon + 1, text.len);
		return mode_word(mode, word);
	}
	if (names || (mode->of >= 0 && colon != ML_NPOS))
		return NULL;
	if (mode_word(mode, text) && !(mode->other && ml_str_is(text, mode->other)))
		return mode_word(mode, text);
	*of = text;
	return mode->other;
}

static void read_mode(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b, const struct mode *mode)
{
	struct ml_value value;
	struct ml_str text, of = ML_STR_NONE;
	const char *word;

	if (!ml_cn_scalar(cn, at, &text, &value)) {
		ml_cn_set(b, mode->slot, value);
	} else if (text.len > 0) {
		word = split_mode(mode, text, &of);
		value = word ? ml_cn_word(word, at->node->loc) : ml_cn_bad(cn, at, ml_strf(cn->arena, "a %s", mode->vocab->name).ptr);
		ml_record_set(b, mode->slot, value);
	} else {
		return;
	}
	if (mode->of >= 0 && value.kind == ML_V_UNKNOWN)
		ml_record_set(b, mode->of, value);
	else if (mode->of >= 0 && of.ptr)
		ml_record_set(b, mode->of, ml_at(ml_string(of), at->node->loc));
}

void ml_cn_network_mode(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	static const struct mode mode = {ML_CO_SVC_NETWORK_MODE, ML_CO_SVC_NETWORK_OF, &ml_co_network_mode_vocab, "network"};

	read_mode(cn, at, b, &mode);
}

void ml_cn_pid(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	static const struct mode mode = {ML_CO_SVC_PID_MODE, ML_CO_SVC_PID_OF, &ml_co_pid_mode_vocab, NULL};

	read_mode(cn, at, b, &mode);
}

void ml_cn_ipc(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	static const struct mode mode = {ML_CO_SVC_IPC_MODE, ML_CO_SVC_IPC_OF, &ml_co_ipc_mode_vocab, NULL};

	read_mode(cn, at, b, &mode);
}

void ml_cn_uts(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	static const struct mode mode = {ML_CO_SVC_UTS_MODE, -1, &ml_co_uts_mode_vocab, NULL};

	read_mode(cn, at, b, &mode);
}

void ml_cn_userns(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	static const struct mode mode = {ML_CO_SVC_USERNS_MODE, -1, &ml_co_userns_mode_vocab, "other"};

	read_mode(cn, at, b, &mode);
}

void ml_cn_cgroup(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	static const struct mode mode = {ML_CO_SVC_CGROUP_MODE, -1, &ml_co_cgroup_mode_vocab, NULL};

	read_mode(cn, at, b, &mode);
}

/* Why capabilities in effect cannot be known; NULL: they can. */
static const struct ml_value *unknown_in(const struct ml_value *list)
{
	if (list->kind == ML_V_UNKNOWN)
		return list;
	for (uint32_t i = 0; list->kind == ML_V_LIST && i < list->len; i++)
		if (list->items[i].kind == ML_V_UNKNOWN)
			return &list->items[i];
	return NULL;
}

static bool names(const struct ml_value *list, const char *word)
{
	for (uint32_t i = 0; list->kind == ML_V_LIST && i < list->len; i++)
		if (ml_str_is(ml_value_text(&list->items[i]), word))
			return true;
	return false;
}

/* moby oci/caps TweakCapabilities: with ALL added everything but what is dropped; with ALL dropped only what is added. */
static bool has_cap(const struct ml_value *add, const struct ml_value *drop, const struct ml_value *docker, const char *word)
{
	if (names(add, "ALL"))
		return !names(drop, word);
	if (names(drop, "ALL"))
		return names(add, word);
	return names(add, word) || (names(docker, word) && !names(drop, word));
}

static void set_capabilities(struct ml_cn *cn, struct ml_record_builder *b)
{
	const struct ml_value *add = &b->slots[ML_CO_SVC_CAP_ADD], *drop = &b->slots[ML_CO_SVC_CAP_DROP];
	const struct ml_value *docker = ml_co_service.fields[ML_CO_SVC_CAPABILITIES].def, *unknown = unknown_in(add);
	struct ml_cn_list list = {0};
	uint32_t loc = add->loc ? add->loc : drop->loc;

	unknown = unknown ? unknown : unknown_in(drop);
	if (unknown) {
		ml_record_set(b, ML_CO_SVC_CAPABILITIES, *unknown);
		return;
	}
	if (names(add, "ALL") && (drop->kind != ML_V_LIST || drop->len == 0)) {
		ml_cn_push(cn, &list, ml_cn_word("ALL", loc));
	} else {
		for (size_t i = 1; ml_co_capability_vocab.words[i]; i++)
			if (has_cap(add, drop, docker, ml_co_capability_vocab.words[i]))
				ml_cn_push(cn, &list, ml_cn_word(ml_co_capability_vocab.words[i], loc));
	}
	ml_record_set(b, ML_CO_SVC_CAPABILITIES, ml_cn_list_value(&list, loc));
}

/* A privileged container has everything, whatever else is written. */
static void set_privileged(struct ml_cn *cn, struct ml_record_builder *b, uint32_t loc)
{
	struct ml_cn_list all = {0};

	ml_cn_push(cn, &all, ml_cn_word("ALL", loc));
	ml_record_set(b, ML_CO_SVC_CAPABILITIES, ml_cn_list_value(&all, loc));
	if (b->slots[ML_CO_SVC_SECCOMP].kind == ML_V_ABSENT)
		ml_record_set(b, ML_CO_SVC_SECCOMP, ml_cn_word("unconfined", loc));
	if (b->slots[ML_CO_SVC_APPARMOR].kind == ML_V_ABSENT)
		ml_record_set(b, ML_CO_SVC_APPARMOR, ml_cn_word("unconfined", loc));
}

/* Nobody knows whether it is: then neither what it would take away. */
static void set_maybe_privileged(struct ml_record_builder *b, struct ml_value unknown)
{
	ml_record_set(b, ML_CO_SVC_CAPABILITIES, unknown);
	if (b->slots[ML_CO_SVC_SECCOMP].kind == ML_V_ABSENT)
		ml_record_set(b, ML_CO_SVC_SECCOMP, unknown);
	if (b->slots[ML_CO_SVC_APPARMOR].kind == ML_V_ABSENT)
		ml_record_set(b, ML_CO_SVC_APPARMOR, unknown);
}

void ml_cn_finish_security(struct ml_cn *cn, struct ml_record_builder *b, struct ml_str gap)
{
	const struct ml_value *privileged = &b->slots[ML_CO_SVC_PRIVILEGED];

	if (b->slots[ML_CO_SVC_CAP_ADD].kind != ML_V_ABSENT || b->slots[ML_CO_SVC_CAP_DROP].kind != ML_V_ABSENT)
		set_capabilities(cn, b);
	if (privileged->kind == ML_V_BOOL && privileged->b)
		set_privileged(cn, b, privileged->loc);
	else if (privileged->kind == ML_V_UNKNOWN)
		set_maybe_privileged(b, *privileged);
	else if (gap.ptr)
		ml_record_set(b, ML_CO_SVC_CAPABILITIES, ml_unknown(gap));
}
