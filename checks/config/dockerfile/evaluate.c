/* SPDX-License-Identifier: Apache-2.0 */
/* Going through the instructions in order. */
#include "checks/config/dockerfile/evaluate.h"

#include "base/error.h"

static const char not_read[] = "the instruction could not be read";

/* Names a form. */
const char *ml_df_form_word(const struct ml_df_instr *instr)
{
	static const uint32_t forms = 1u << ML_DF_ADD | 1u << ML_DF_COPY | 1u << ML_DF_RUN |
				      1u << ML_DF_CMD | 1u << ML_DF_ENTRYPOINT | 1u << ML_DF_SHELL |
				      1u << ML_DF_VOLUME;

	if (instr->keyword < 0 || !(forms >> instr->keyword & 1))
		return "none";
	return instr->json ? "exec" : instr->nheredocs ? "heredoc" : "shell";
}

static const struct ml_df_map *vars_of(const struct ml_df_step *step)
{
	return step->stage ? &step->stage->vars : &step->eval->globals;
}

struct ml_df_expanded ml_df_step_whole(struct ml_df_step *step)
{
	return ml_df_expand(step->df, vars_of(step), &step->instr->text, step->instr->args,
		step->instr->text.s.len);
}

void ml_df_step_words(struct ml_df_step *step, bool expand)
{
	struct ml_df *df = step->df;
	const struct ml_df_instr *instr = step->instr;
	struct ml_df_spans spans = {0};

	for (size_t i = 0; instr->json && i < instr->nwords; i++)
		ml_df_list_add(df, &step->words,
			ml_df_string(df, expand ? ml_df_expand(df, vars_of(step), &instr->words[i],
							  0, instr->words[i].s.len)
							  .text.s
						: ml_df_shown(df, &instr->words[i], 0,
							  instr->words[i].s.len)));
	if (instr->json)
		return;
	spans = ml_df_words_split(df, &instr->text, instr->args, !expand);
	for (size_t i = 0; i < spans.n; i++)
		ml_df_list_add(df, &step->words,
			ml_df_string(df, expand ? ml_df_expand(df, vars_of(step), &instr->text,
							  spans.items[i].from, spans.items[i].to)
							  .text.s
						: ml_df_shown(df, &instr->text, spans.items[i].from,
							  spans.items[i].to)));
}

static void eval_from(struct ml_df_step *step)
{
	struct ml_df_spans spans =
		ml_df_words_split(step->df, &step->instr->text, step->instr->args, false);

	for (size_t i = 0; i < spans.n; i++)
		ml_df_list_add(step->df, &step->words,
			ml_df_string(step->df,
				ml_df_expand(step->df, &step->eval->globals, &step->instr->text,
					spans.items[i].from, spans.items[i].to)
					.text.s));
}

static void (*const evaluators[ML_DF_KEYWORDS])(struct ml_df_step *) = {
	[ML_DF_ADD] = ml_df_eval_copy,
	[ML_DF_ARG] = ml_df_eval_arg,
	[ML_DF_CMD] = ml_df_eval_process,
	[ML_DF_COPY] = ml_df_eval_copy,
	[ML_DF_ENTRYPOINT] = ml_df_eval_process,
	[ML_DF_ENV] = ml_df_eval_env,
	[ML_DF_EXPOSE] = ml_df_eval_expose,
	[ML_DF_FROM] = eval_from,
	[ML_DF_HEALTHCHECK] = ml_df_eval_healthcheck,
	[ML_DF_LABEL] = ml_df_eval_label,
	[ML_DF_MAINTAINER] = ml_df_eval_maintainer,
	[ML_DF_RUN] = ml_df_eval_run,
	[ML_DF_SHELL] = ml_df_eval_shell,
	[ML_DF_STOPSIGNAL] = ml_df_eval_stopsignal,
	[ML_DF_USER] = ml_df_eval_user,
	[ML_DF_VOLUME] = ml_df_eval_volume,
	[ML_DF_WORKDIR] = ml_df_eval_workdir,
};

static struct ml_value flag_map(struct ml_df *df, const struct ml_df_instr *instr)
{
	struct ml_entry *entries = ml_alloc_array(df->arena, instr->nflags + 1, sizeof(*entries));

	if (!entries)
		return ml_df_unknown(df, "no memory");
	for (size_t i = 0; i < instr->nflags; i++) {
		const struct ml_df_flag *flag = &instr->flags[i];
		entries[i].key =
			ml_at(ml_df_string(df, flag->name), ml_df_loc(df, flag->from, flag->to));
		entries[i].value =
			ml_at(ml_df_string(df, ml_df_shown(df, &flag->value, 0, flag->value.s.len)),
				entries[i].key.loc);
	}
	return ml_df_map_value(df, entries, instr->nflags);
}

static uint32_t line_of(struct ml_df *df, uint32_t offset)
{
	uint32_t line, col;

	ml_df_place(&df->lines, offset, &line, &col);
	return line;
}

static void add_instruction(struct ml_df_step *step)
{
	struct ml_df *df = step->df;
	const struct ml_df_instr *instr = step->instr;
	struct ml_str text = ml_df_instr_text(df, instr), id;
	const char *keyword = ml_df_keyword_vocab.words[instr->keyword];
	struct ml_record_builder b;
	bool upper = ml_str_is(instr->word, keyword);

	id = ml_strf(df->arena, "%s%s %.*s", instr->onbuild ? "ONBUILD " : "", keyword,
		ML_STR_ARG(ml_df_first_words(df, text)));
	ml_record_begin(&b, &ml_df_instruction);
	ml_record_set(&b, ML_DF_INS_ID, ml_df_string(df, id));
	ml_record_set(&b, ML_DF_INS_INDEX, ml_int((int64_t)step->index));
	ml_record_set(&b, ML_DF_INS_KEYWORD, ml_df_word_value(keyword));
	ml_record_set(&b, ML_DF_INS_STAGE, ml_int(instr->stage));
	ml_record_set(&b, ML_DF_INS_LINE, ml_int(line_of(df, instr->from)));
	ml_record_set(&b, ML_DF_INS_END_LINE,
		ml_int(line_of(df, instr->to > instr->from ? instr->to - 1 : instr->to)));
	ml_record_set(&b, ML_DF_INS_FORM, ml_df_word_value(ml_df_form_word(instr)));
	if (instr->nflags)
		ml_record_set(&b, ML_DF_INS_FLAGS, flag_map(df, instr));
	ml_record_set(&b, ML_DF_INS_WORDS, ml_df_list_value(&step->words));
	ml_record_set(&b, ML_DF_INS_TEXT, ml_df_string(df, text));
	ml_record_set(&b, ML_DF_INS_ONBUILD, ml_bool(instr->onbuild));
	ml_record_set(&b, ML_DF_INS_BAD_JSON, ml_bool(instr->bad_json));
	ml_record_set(&b, ML_DF_INS_ORDINAL, ml_int((int64_t)step->eval->ordinals[step->index]));
	ml_record_set(&b, ML_DF_INS_OVERRIDDEN, ml_bool(step->eval->overridden[step->index]));
	ml_record_set(&b, ML_DF_INS_MERGEABLE, ml_int((int64_t)step->eval->mergeable[step->index]));
	ml_record_set(&b, ML_DF_INS_LOWERCASE, ml_bool(!upper));
	ml_record_set(&b, ML_DF_INS_LEGACY, ml_bool(step->legacy));
	ml_df_list_add(df, &step->eval->instructions, ml_df_pack(df, &b, step->loc));
}

uint32_t ml_df_loc_instr(struct ml_df *df, const struct ml_df_instr *instr)
{
	uint32_t from = instr->from, to = from;

	while (to < df->bytes.len && df->bytes.ptr[to] != '\n' && df->bytes.ptr[to] != '\r')
		to++;
	return ml_df_loc(df, from, to);
}

/* Triggers of the parent run at the start of a stage that builds on it (Dockerfile reference,
 * "ONBUILD"). */
static void run_triggers(struct ml_df_eval *eval, struct ml_df_stage *stage)
{
	const struct ml_df_chain *chain =
		stage->base_stage >= 0 ? eval->df->stages[stage->base_stage].onbuild : NULL;
	size_t n = chain ? chain->length : 0;
	const struct ml_df_instr **order;

	eval->df->inherited += n;
	if (n == 0)
		return;
	order = eval->df->inherited > ML_DF_INHERITED
			? NULL
			: ml_alloc_array(eval->df->arena, n, sizeof(*order));
	if (!order) {
		stage->tainted = UINT32_MAX;
		return;
	}
	for (size_t i = n; i > 0; i--, chain = chain->before)
		order[i - 1] = chain->instr;
	for (size_t i = 0; i < n; i++) {
		struct ml_df_instr instr = *order[i];
		struct ml_df_step step = {.eval = eval,
			.df = eval->df,
			.instr = &instr,
			.stage = stage,
			.index = ML_NPOS,
			.state = true};
		instr.stage = (int)(stage - eval->df->stages);
		step.loc = ml_df_loc_instr(eval->df, &instr);
		if (instr.keyword != ML_DF_RUN && instr.keyword != ML_DF_COPY &&
			instr.keyword != ML_DF_ADD)
			evaluators[instr.keyword](&step);
	}
}

static void add_trigger(struct ml_df_step *step)
{
	struct ml_df *df = step->df;
	struct ml_df_chain *chain = ml_alloc(df->arena, sizeof(*chain));
	const struct ml_df_chain *before = step->stage->onbuild;
	struct ml_str text = ml_strf(df->arena, "%s %.*s",
		ml_df_keyword_vocab.words[step->instr->keyword],
		ML_STR_ARG(ml_df_shown(df, &step->instr->text, 0, step->instr->text.s.len)));

	if (!chain)
		return;
	*chain = (struct ml_df_chain){before, ml_at(ml_df_string(df, text), step->loc), step->instr,
		before ? before->length + 1 : 1};
	step->stage->onbuild = chain;
}

/* What could not be read: an UNKNOWN element, and what it would have set is unknown. */
static void broken(struct ml_df_step *step)
{
	struct ml_value unknown = ml_at(ml_df_unknown(step->df, not_read), step->loc);
	int keyword = step->instr->keyword;

	ml_df_list_add(step->df, &step->eval->instructions, unknown);
	if (keyword == ML_DF_RUN) {
		ml_df_list_add(step->df, &step->eval->runs, unknown);
		ml_df_list_add(step->df, &step->eval->commands, unknown);
	} else if (keyword == ML_DF_COPY || keyword == ML_DF_ADD) {
		ml_df_list_add(step->df, &step->eval->copies, unknown);
	} else if (keyword == ML_DF_EXPOSE) {
		ml_df_list_add(step->df, &step->eval->ports, unknown);
	} else if (keyword == ML_DF_ENV || keyword == ML_DF_ARG) {
		ml_df_list_add(step->df, &step->eval->variables, unknown);
	}
	if (step->stage && keyword >= 0)
		step->stage->tainted |= (uint32_t)1 << keyword;
	if (step->stage && keyword == ML_DF_USER)
		step->stage->user_kind = ML_STR_NONE;
}

static bool before_from(int keyword)
{
	return keyword == ML_DF_FROM || keyword == ML_DF_ARG;
}

static bool is_scratch(const struct ml_value *base)
{
	return base->kind == ML_V_RECORD &&
	       ml_str_is(ml_value_text(ml_record_get(base->record, ML_DF_BASE_KIND)), "scratch");
}

static void step_through(struct ml_df_eval *eval, size_t index)
{
	struct ml_df *df = eval->df;
	const struct ml_df_instr *instr = &df->instrs[index];
	struct ml_df_step step = {.eval = eval,
		.df = df,
		.instr = instr,
		.index = index,
		.state = !instr->onbuild,
		.facts = true};

	step.stage = instr->stage >= 0 ? &df->stages[instr->stage] : NULL;
	step.loc = ml_df_loc_instr(df, instr);
	if (instr->keyword == ML_DF_FROM && !instr->onbuild) {
		ml_df_stage_enter(df, step.stage);
		ml_df_stage_begin(eval, step.stage);
		run_triggers(eval, step.stage);
	}
	df->nothing_else = step.stage && !instr->onbuild && is_scratch(&step.stage->root_base);
	if (instr->broken) {
		broken(&step);
		return;
	}
	if (!step.stage && !before_from(instr->keyword))
		ml_df_diag(df, ML_DIAG_ERROR, instr->word_from,
			instr->word_from + (uint32_t)instr->word.len, "%s before the first FROM",
			ml_df_keyword_vocab.words[instr->keyword]);
	evaluators[instr->keyword](&step);
	if (instr->onbuild && step.stage)
		add_trigger(&step);
	add_instruction(&step);
}

static bool same_flags(const struct ml_df_instr *a, const struct ml_df_instr *b)
{
	if (a->nflags != b->nflags)
		return false;
	for (size_t i = 0; i < a->nflags; i++)
		if (!ml_str_eq(a->flags[i].name, b->flags[i].name) ||
			!ml_str_eq(a->flags[i].value.s, b->flags[i].value.s))
			return false;
	return true;
}

/* The last word, raw: where COPY and ADD put things. */
static struct ml_str destination(const struct ml_df_instr *instr)
{
	struct ml_str s = instr->text.s;
	size_t from = s.len;

	if (instr->json)
		return instr->nwords ? instr->words[instr->nwords - 1].s : ML_STR("");
	while (from > instr->args && !ml_df_blank(s.ptr[from - 1]))
		from--;
	return ml_str_sub(s, from, s.len);
}

/* Whether b, right behind a, could be one instruction with it. */
static bool mergeable(const struct ml_df_instr *a, const struct ml_df_instr *b)
{
	if (a->broken || b->broken || a->keyword != b->keyword || a->stage != b->stage ||
		a->onbuild != b->onbuild)
		return false;
	if (a->keyword != ML_DF_COPY && a->keyword != ML_DF_ADD)
		return true;
	return same_flags(a, b) && ml_str_eq(destination(a), destination(b));
}

static void look_back(struct ml_df_eval *eval)
{
	struct ml_df *df = eval->df;
	size_t counts[ML_DF_KEYWORDS] = {0}, row = 1;
	int stage = -1;

	for (size_t i = 0; i < df->ninstrs; i++) {
		const struct ml_df_instr *instr = &df->instrs[i];
		if (instr->stage != stage)
			memset(counts, 0, sizeof(counts));
		stage = instr->stage;
		if (instr->keyword >= 0 && !instr->broken)
			eval->ordinals[i] = counts[instr->keyword]++;
	}
	for (size_t i = df->ninstrs; i > 0; i--) {
		bool joins = i > 1 && mergeable(&df->instrs[i - 2], &df->instrs[i - 1]);
		eval->mergeable[i - 1] = joins ? 0 : row;
		row = joins ? row + 1 : 1;
	}
}

static void look_ahead(struct ml_df_eval *eval)
{
	static const uint32_t last_counts =
		1u << ML_DF_CMD | 1u << ML_DF_ENTRYPOINT | 1u << ML_DF_HEALTHCHECK;
	struct ml_df *df = eval->df;
	uint32_t seen = 0;
	int stage = -1;

	for (size_t i = df->ninstrs; i > 0; i--) {
		const struct ml_df_instr *instr = &df->instrs[i - 1];
		uint32_t bit =
			instr->keyword >= 0 ? (uint32_t)1 << instr->keyword & last_counts : 0;
		if (instr->stage != stage)
			seen = 0;
		stage = instr->stage;
		if (instr->onbuild || instr->broken)
			continue;
		eval->overridden[i - 1] = seen & bit;
		seen |= bit;
	}
}

static bool begin(struct ml_df_eval *eval)
{
	struct ml_df *df = eval->df;

	eval->ordinals = ml_alloc_array(df->arena, df->ninstrs + 1, sizeof(*eval->ordinals));
	eval->overridden = ml_alloc_array(df->arena, df->ninstrs + 1, sizeof(*eval->overridden));
	eval->mergeable = ml_alloc_array(df->arena, df->ninstrs + 1, sizeof(*eval->mergeable));
	if (!eval->ordinals || !eval->overridden || !eval->mergeable) {
		ml_df_check(df, ML_ENOMEM);
		return false;
	}
	look_back(eval);
	look_ahead(eval);
	eval->globals = ml_df_global_args(df);
	ml_df_ignorefile_read(df, &eval->ignore);
	return true;
}

static struct ml_value directives(struct ml_df *df)
{
	struct ml_record_builder b;
	char escape[1] = {df->escape};
	const struct {
		int slot;
		const struct ml_df_text *text;
	} table[] = {{ML_DF_DIR_SYNTAX, &df->syntax}, {ML_DF_DIR_CHECK, &df->check}};

	ml_record_begin(&b, &ml_df_directives);
	for (size_t i = 0; i < 2; i++)
		if (table[i].text->s.len)
			ml_record_set(&b, table[i].slot,
				ml_at(ml_df_string(df, table[i].text->s),
					ml_df_loc_text(
						df, table[i].text, 0, table[i].text->s.len)));
	ml_record_set(&b, ML_DF_DIR_ESCAPE,
		ml_at(ml_string(ml_str_dup(df->arena, (struct ml_str){escape, 1})),
			df->escape_text.s.len ? ml_df_loc_text(df, &df->escape_text, 0, 1) : 0));
	return ml_df_pack(df, &b, 0);
}

/* A list, or with an UNKNOWN element at its end when the file goes on behind what was read. */
static struct ml_value whole_list(struct ml_df *df, struct ml_df_list *list)
{
	if (df->cut)
		ml_df_list_add(df, list, ml_df_unknown(df, "the rest of the file was not read"));
	return ml_df_list_value(list);
}

struct ml_value ml_df_evaluate(struct ml_df *df)
{
	struct ml_df_eval eval = {.df = df};
	struct ml_df_list stages = {0};
	struct ml_record_builder b;

	if (!begin(&eval))
		return ml_df_unknown(df, "no memory");
	for (size_t i = 0; i < df->ninstrs && !df->error && !ml_arena_failed(df->arena); i++)
		step_through(&eval, i);
	if (df->cut && df->nstages)
		df->stages[df->nstages - 1].tainted = UINT32_MAX;
	for (size_t i = 0; i < df->nstages && !df->error && !ml_arena_failed(df->arena); i++)
		ml_df_list_add(df, &stages, ml_df_stage_facts(&eval, &df->stages[i]));
	ml_record_begin(&b, &ml_df_root);
	ml_record_set(&b, ML_DF_STAGES, ml_df_list_value(&stages));
	ml_record_set(&b, ML_DF_INSTRUCTIONS, whole_list(df, &eval.instructions));
	ml_record_set(&b, ML_DF_RUNS, whole_list(df, &eval.runs));
	ml_record_set(&b, ML_DF_COMMANDS, whole_list(df, &eval.commands));
	ml_record_set(&b, ML_DF_COPIES, whole_list(df, &eval.copies));
	ml_record_set(&b, ML_DF_USERS, whole_list(df, &eval.users));
	ml_record_set(&b, ML_DF_WORKDIRS, whole_list(df, &eval.workdirs));
	ml_record_set(&b, ML_DF_PORTS, whole_list(df, &eval.ports));
	ml_record_set(&b, ML_DF_VARIABLES, whole_list(df, &eval.variables));
	ml_record_set(&b, ML_DF_SECRETS, ml_df_secret_facts(df));
	ml_record_set(&b, ML_DF_DIRECTIVES, directives(df));
	ml_record_set(&b, ML_DF_DOCKERIGNORE, ml_df_ignorefile_facts(df, &eval.ignore));
	ml_record_set(&b, ML_DF_TARGET,
		df->target >= 0 ? ml_df_string(df, df->stages[df->target].id)
				: ml_string(ML_STR("")));
	return ml_df_pack(df, &b, 0);
}
