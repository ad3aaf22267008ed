/* SPDX-License-Identifier: Apache-2.0 */
/* ARG, ENV and LABEL: names and values, and what is known of them from there on. */
#include "base/error.h"
#include "checks/config/dockerfile/evaluate.h"

/* A name and a value of ENV or LABEL, as spans of the arguments. */
struct pair {
	struct ml_df_span name, value;
	bool whole_rest; /* legacy: the value is the rest of the line */
};

static struct ml_str id_of(struct ml_df_step *step, struct ml_str name)
{
	struct ml_str stage = step->stage ? step->stage->id : ML_STR("global");

	return ml_strf(step->df->arena, "%.*s: %.*s", ML_STR_ARG(stage), ML_STR_ARG(name));
}

/* The kind of secret that a value's place holds, as hide.c found it; ML_SECRET_NONE when none. */
static enum ml_secret_kind secret_in(struct ml_df *df, const struct ml_df_text *text, size_t from, size_t to)
{
	uint32_t start, end, low = 0, high = (uint32_t)df->nsecrets;

	if (from >= to || !df->nsecrets)
		return ML_SECRET_NONE;
	start = ml_df_origin(text, from, NULL);
	end = ml_df_origin(text, to - 1, NULL);
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (df->secrets[middle].to <= start)
			low = middle + 1;
		else
			high = middle;
	}
	return low < df->nsecrets && df->secrets[low].from <= end ? df->secrets[low].kind : ML_SECRET_NONE;
}

/* ENV A=x and then ENV PASSWORD=$A: the value came by a name that says nothing. */
static void hide_expanded(struct ml_df *df, struct ml_str name, struct ml_str *value)
{
	struct ml_secret_hits hits = {0};

	if (ml_secret_key(name) == ML_SECRET_NONE || ml_str_has(*value, "***"))
		return;
	ml_df_check(df, ml_secret_classify(df->arena, name, *value, &hits));
	for (size_t i = 0; i < hits.n; i++)
		if (!hits.items[i].weak)
			ml_mask_add(&df->mask, ml_str_sub(*value, hits.items[i].span.from, hits.items[i].span.to));
	*value = ml_secret_redact(df->arena, *value, &hits);
}

struct variable {
	const char *scope;
	struct ml_str name, value;
	bool set, legacy, unknown;
	enum ml_secret_kind secret;
	struct ml_df_span value_at;
};

static void add_variable(struct ml_df_step *step, const struct variable *v, uint32_t loc)
{
	struct ml_df *df = step->df;
	struct ml_record_builder b;
	uint32_t value_loc = v->value_at.to > v->value_at.from ? ml_df_loc_text(df, &step->instr->text, v->value_at.from, v->value_at.to) : 0;

	if (!step->facts)
		return;
	ml_record_begin(&b, &ml_df_variable);
	ml_record_set(&b, ML_DF_VAR_ID, ml_df_string(df, id_of(step, v->name)));
	ml_record_set(&b, ML_DF_VAR_SCOPE, ml_df_word_value(v->scope));
	ml_record_set(&b, ML_DF_VAR_STAGE, ml_int(step->instr->stage));
	ml_record_set(&b, ML_DF_VAR_NAME, ml_df_string(df, v->name));
	ml_record_set(&b, ML_DF_VAR_VALUE,
		ml_at(v->unknown ? ml_df_unknown(df, "the value grows too big") : ml_df_string(df, v->value), value_loc));
	ml_record_set(&b, ML_DF_VAR_SET, ml_bool(v->set));
	ml_record_set(&b, ML_DF_VAR_SECRET_NAME, ml_bool(ml_secret_key(v->name) != ML_SECRET_NONE));
	ml_record_set(&b, ML_DF_VAR_SECRET, ml_at(ml_df_word_value(ml_secret_kind_words[v->secret]), value_loc));
	ml_record_set(&b, ML_DF_VAR_LEGACY, ml_bool(v->legacy));
	ml_record_set(&b, ML_DF_VAR_PREDEFINED, ml_bool(strcmp(v->scope, "env") != 0 && ml_df_is_predefined(v->name)));
	ml_record_set(&b, ML_DF_VAR_SHIPPED, ml_bool(step->stage && step->stage->shipped));
	ml_df_list_add(df, &step->eval->variables, ml_df_pack(df, &b, loc));
}

static void take_arg(struct ml_df_step *step, struct ml_df_span word)
{
	struct ml_df *df = step->df;
	const struct ml_df_instr *instr = step->instr;
	struct ml_df_map *vars = step->stage ? &step->stage->vars : &step->eval->globals;
	struct variable v = {.scope = step->stage ? "arg" : "global"};
	struct ml_df_var *var = ml_df_arg_read(df, vars, step->stage ? &step->eval->globals : NULL, &instr->text, word.from, word.to, &v.name, &v.set);
	const struct ml_df_var *before;
	size_t equals = ml_str_chr(ml_str_sub(instr->text.s, word.from, word.to), '=');

	if (!var)
		return;
	v.value = var->value;
	v.value_at = (struct ml_df_span){word.from + (equals == ML_NPOS ? word.to - word.from : equals + 1), word.to};
	v.secret = v.set ? secret_in(df, &instr->text, v.value_at.from, word.to) : ML_SECRET_NONE;
	v.unknown = v.value.len > ML_DF_VALUE;
	add_variable(step, &v, ml_df_loc_text(df, &instr->text, word.from, word.to));
	if (!step->state)
		return;
	before = ml_df_map_get(vars, v.name);
	if (!before || !before->env)
		ml_df_check(df, ml_df_map_set(df->arena, vars, v.name, var));
	if (step->stage)
		ml_df_check(df, ml_df_map_set(df->arena, &step->stage->args, v.name, var));
}

static void add_word(struct ml_df_step *step, struct ml_df_span word)
{
	struct ml_df_expanded value = ml_df_expand(step->df, step->stage ? &step->stage->vars : &step->eval->globals, &step->instr->text, word.from, word.to);

	ml_df_list_add(step->df, &step->words, ml_df_string(step->df, value.text.s));
}

void ml_df_eval_arg(struct ml_df_step *step)
{
	struct ml_df_spans words = ml_df_words_split(step->df, &step->instr->text, step->instr->args, true);

	for (size_t i = 0; i < words.n; i++) {
		add_word(step, words.items[i]);
		take_arg(step, words.items[i]);
	}
}

/* The pairs of ENV and LABEL; *legacy when it is `name value`. */
static size_t read_pairs(struct ml_df_step *step, struct pair **out, bool *legacy)
{
	struct ml_df *df = step->df;
	const struct ml_df_instr *instr = step->instr;
	struct ml_df_spans words = ml_df_words_split(df, &instr->text, instr->args, true);
	struct pair *pairs = ml_alloc_array(df->arena, words.n + 1, sizeof(*pairs));
	size_t n = 0;

	*legacy = false;
	*out = pairs;
	if (words.n == 0 || !pairs)
		return 0;
	if (ml_str_chr(ml_str_sub(instr->text.s, words.items[0].from, words.items[0].to), '=') == ML_NPOS) {
		*legacy = true;
		if (words.n < 2) {
			ml_df_diag(df, ML_DIAG_ERROR, instr->word_from, instr->word_from, "%s: want a name and a value",
				ml_df_keyword_vocab.words[instr->keyword]);
			return 0;
		}
		pairs[0] = (struct pair){words.items[0], {words.items[1].from, instr->text.s.len}, true};
		return 1;
	}
	for (size_t i = 0; i < words.n; i++) {
		struct ml_df_span word = words.items[i];
		size_t equals = ml_str_chr(ml_str_sub(instr->text.s, word.from, word.to), '=');
		if (equals == ML_NPOS) {
			ml_df_diag(df, ML_DIAG_ERROR, ml_df_origin(&instr->text, word.from, NULL), ml_df_origin(&instr->text, word.from, NULL),
				"%s: a word has no \"=\"", ml_df_keyword_vocab.words[instr->keyword]);
			continue;
		}
		pairs[n++] = (struct pair){{word.from, word.from + equals}, {word.from + equals + 1, word.to}, false};
	}
	return n;
}

/* Name and value with the variables as they are before this instruction. */
static struct ml_df_var *read_value(struct ml_df_step *step, const struct ml_df_map *vars, const struct pair *pair, struct ml_str *name, bool *too_big)
{
	struct ml_df *df = step->df;
	struct ml_df_expanded key = ml_df_expand(df, vars, &step->instr->text, pair->name.from, pair->name.to);
	struct ml_df_expanded value = ml_df_expand(df, vars, &step->instr->text, pair->value.from, pair->value.to);
	struct ml_df_var *var = ml_alloc(df->arena, sizeof(*var));

	*name = key.text.s;
	*too_big = value.text.s.len > ML_DF_VALUE;
	if (!var)
		return NULL;
	*var = (struct ml_df_var){.value = value.text.s, .known = !value.dynamic && !*too_big, .env = true};
	var->runtime = !var->known;
	var->loc = ml_df_loc_text(df, &step->instr->text, pair->name.from, pair->value.to);
	if (*too_big)
		ml_df_diag(df, ML_DIAG_WARNING, ml_df_origin(&step->instr->text, pair->name.from, NULL),
			ml_df_origin(&step->instr->text, pair->name.from, NULL), "the variable's value is longer than %d bytes and so unknown", ML_DF_VALUE);
	return var;
}

static void take_pair(struct ml_df_step *step, const struct ml_df_map *vars, const struct pair *pair, bool env)
{
	struct ml_df *df = step->df;
	struct variable v = {.scope = "env", .set = true, .legacy = pair->whole_rest, .value_at = pair->value};
	struct ml_df_var *var = read_value(step, vars, pair, &v.name, &v.unknown);
	struct ml_str shown;

	if (!var || v.name.len == 0)
		return;
	hide_expanded(df, v.name, &var->value);
	v.value = var->value;
	v.secret = secret_in(df, &step->instr->text, pair->value.from, pair->value.to);
	shown = v.unknown ? v.name : ml_strf(df->arena, "%.*s=%.*s", ML_STR_ARG(v.name), ML_STR_ARG(v.value));
	ml_df_list_add(df, &step->words, ml_df_string(df, shown));
	if (env)
		add_variable(step, &v, var->loc);
	if (!step->state || !step->stage)
		return;
	if (env) {
		ml_df_check(df, ml_df_map_set(df->arena, &step->stage->vars, v.name, var));
		ml_df_check(df, ml_df_map_set(df->arena, &step->stage->env, v.name, var));
	} else {
		ml_df_check(df, ml_df_map_set(df->arena, &step->stage->labels, v.name, var));
	}
}

static void take_pairs(struct ml_df_step *step, bool env)
{
	struct ml_df_map *now = step->stage ? &step->stage->vars : &step->eval->globals;
	struct ml_df_map before = ml_df_map_share(now, &step->df->owners);
	struct pair *pairs;
	size_t n = read_pairs(step, &pairs, &step->legacy);

	for (size_t i = 0; i < n; i++)
		take_pair(step, &before, &pairs[i], env);
}

void ml_df_eval_env(struct ml_df_step *step)
{
	take_pairs(step, true);
}

void ml_df_eval_label(struct ml_df_step *step)
{
	take_pairs(step, false);
}
