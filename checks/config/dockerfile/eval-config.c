/* SPDX-License-Identifier: Apache-2.0 */
/* USER, WORKDIR, EXPOSE, VOLUME, STOPSIGNAL, MAINTAINER, SHELL. */
#include "base/error.h"
#include "base/num.h"
#include "checks/config/dockerfile/evaluate.h"
#include "checks/reader.h"

static const struct ml_df_chain *chain_add(struct ml_df *df, const struct ml_df_chain *before,
	struct ml_value value, const struct ml_df_instr *instr)
{
	struct ml_df_chain *chain = ml_alloc(df->arena, sizeof(*chain));

	if (!chain)
		return before;
	*chain = (struct ml_df_chain){before, value, instr, before ? before->length + 1 : 1};
	return chain;
}

static struct ml_str labelled(struct ml_df_step *step, struct ml_str text)
{
	return ml_strf(step->df->arena, "%.*s: %.*s", ML_STR_ARG(ml_df_stage_id(step->stage)),
		ML_STR_ARG(text));
}

static const char user_unknown[] = "a variable that is only known when building decides it";

/* "root", "nonroot", or NULL when a variable decides it. *uid as the schema has it. */
static const char *user_kind(struct ml_str name, int64_t *uid)
{
	uint64_t number;

	*uid = -1;
	if (ml_str_chr(name, '$') != ML_NPOS)
		return NULL;
	if (ml_str_is(name, "root") || name.len == 0) /* USER :group */
		*uid = 0;
	else if (ml_parse_u64(ml_str_sub(name, ml_str_starts(name, ML_STR("+")), name.len), 10,
			 &number)) /* the engine's Atoi takes a sign */
		*uid = number > INT32_MAX ? INT32_MAX : (int64_t)number;
	return *uid == 0 ? "root" : "nonroot";
}

static void begin_user(struct ml_df_step *step, struct ml_record_builder *b, struct ml_str text)
{
	struct ml_df *df = step->df;
	size_t colon = ml_str_chr(text, ':');
	struct ml_str name = ml_str_sub(text, 0, colon),
		      group = colon == ML_NPOS ? ML_STR("") : ml_str_sub(text, colon + 1, text.len);
	int64_t uid;
	const char *kind = user_kind(name, &uid);

	ml_record_begin(b, &ml_df_user);
	ml_record_set(b, ML_DF_USER_ID, ml_df_string(df, labelled(step, text)));
	ml_record_set(b, ML_DF_USER_TEXT, ml_df_string(df, text));
	ml_record_set(b, ML_DF_USER_NAME, ml_df_string(df, name));
	ml_record_set(b, ML_DF_USER_GROUP, ml_df_string(df, group));
	ml_record_set(b, ML_DF_USER_UID, kind ? ml_int(uid) : ml_df_unknown(df, user_unknown));
	ml_record_set(b, ML_DF_USER_KIND,
		kind ? ml_df_word_value(kind) : ml_df_unknown(df, user_unknown));
	ml_record_set(b, ML_DF_USER_SET, ml_bool(true));
	ml_record_set(b, ML_DF_USER_COUNT, ml_int(step->stage->counts[ML_DF_USER]));
	ml_record_set(b, ML_DF_USER_STAGE, ml_int(step->stage - df->stages));
	ml_record_set(b, ML_DF_USER_LAST, ml_bool(step->stage->last_user == step->index));
	if (step->state)
		step->stage->user_kind = kind ? ml_str(kind) : ML_STR_NONE;
}

void ml_df_eval_user(struct ml_df_step *step)
{
	struct ml_df_expanded whole = ml_df_step_whole(step);
	struct ml_record_builder b;
	struct ml_value value;

	ml_df_list_add(step->df, &step->words, ml_df_string(step->df, whole.text.s));
	if (!step->stage || !step->state)
		return;
	begin_user(step, &b, whole.text.s);
	value = ml_df_pack(step->df, &b, step->loc);
	if (step->facts)
		ml_df_list_add(step->df, &step->eval->users, value);
	step->stage->user = value;
}

struct ml_str ml_df_path(struct ml_df *df, struct ml_str dir, struct ml_str path)
{
	struct ml_str joined;
	int r;

	if (ml_str_starts(path, ML_STR("/")))
		dir = ML_STR("");
	while (ml_str_starts(path, ML_STR("/")))
		path = ml_str_sub(path, 1, path.len);
	while (ml_str_starts(dir, ML_STR("/")))
		dir = ml_str_sub(dir, 1, dir.len);
	r = ml_path_join(df->arena, dir, path, &joined);
	if (r == ML_ENOMEM)
		ml_df_check(df, r);
	return r ? ML_STR("/") : ml_strf(df->arena, "/%.*s", ML_STR_ARG(joined));
}

static bool is_absolute(struct ml_str path)
{
	bool drive =
		path.len > 2 && path.ptr[1] == ':' && (path.ptr[2] == '\\' || path.ptr[2] == '/');

	return ml_str_starts(path, ML_STR("/")) || drive;
}

void ml_df_eval_workdir(struct ml_df_step *step)
{
	struct ml_df *df = step->df;
	struct ml_str text = ml_df_step_whole(step).text.s, path;
	struct ml_record_builder b;
	struct ml_value value;

	ml_df_list_add(df, &step->words, ml_df_string(df, text));
	if (!step->stage || !step->state)
		return;
	path = is_absolute(text) && text.ptr[0] != '/' ? text
	       : ml_str_starts(text, ML_STR("$"))      ? text
						  : ml_df_path(df, step->stage->workdir_path, text);
	if (path.len > ML_DF_PATH) {
		ml_df_diag(df, ML_DIAG_ERROR, step->instr->word_from, step->instr->word_from,
			"WORKDIR: the directory's path is longer than %d bytes", ML_DF_PATH);
		path = step->stage->workdir_path;
	}
	ml_record_begin(&b, &ml_df_workdir);
	ml_record_set(&b, ML_DF_WORKDIR_ID, ml_df_string(df, labelled(step, text)));
	ml_record_set(&b, ML_DF_WORKDIR_TEXT, ml_df_string(df, text));
	ml_record_set(&b, ML_DF_WORKDIR_PATH, ml_df_string(df, path));
	ml_record_set(&b, ML_DF_WORKDIR_ABSOLUTE, ml_bool(is_absolute(text)));
	ml_record_set(&b, ML_DF_WORKDIR_SET, ml_bool(true));
	ml_record_set(&b, ML_DF_WORKDIR_COUNT, ml_int(step->stage->counts[ML_DF_WORKDIR]));
	ml_record_set(&b, ML_DF_WORKDIR_STAGE, ml_int(step->stage - df->stages));
	value = ml_df_pack(df, &b, step->loc);
	if (step->facts)
		ml_df_list_add(df, &step->eval->workdirs, value);
	step->stage->workdir = value;
	step->stage->workdir_path = path;
	step->stage->workdir_set = true;
}

/* A port number; -1 when it is none. */
static int64_t port_number(struct ml_str s)
{
	uint64_t number;

	return ml_parse_u64(s, 10, &number) ? (number > INT32_MAX ? INT32_MAX : (int64_t)number)
					    : -1;
}

static void set_range(struct ml_df *df, struct ml_record_builder *b, struct ml_str ports)
{
	size_t dash = ml_str_chr(ports, '-');
	int64_t from = port_number(ml_str_sub(ports, 0, dash));
	int64_t to = dash == ML_NPOS ? from : port_number(ml_str_sub(ports, dash + 1, ports.len));

	if (ml_str_chr(ports, '$') != ML_NPOS) {
		ml_record_set(b, ML_DF_PORT_FROM, ml_df_unknown(df, user_unknown));
		ml_record_set(b, ML_DF_PORT_TO, ml_df_unknown(df, user_unknown));
		ml_record_set(b, ML_DF_PORT_VALID, ml_df_unknown(df, user_unknown));
		return;
	}
	ml_record_set(b, ML_DF_PORT_FROM, ml_int(from < 0 ? 0 : from));
	ml_record_set(b, ML_DF_PORT_TO, ml_int(to < 0 ? 0 : to));
	ml_record_set(b, ML_DF_PORT_VALID, ml_bool(from >= 1 && to <= 65535 && from <= to));
}

static void add_port(struct ml_df_step *step, struct ml_str text, uint32_t loc)
{
	struct ml_df *df = step->df;
	size_t slash = ml_str_chr(text, '/');
	struct ml_str ports = ml_str_sub(text, 0, slash);
	struct ml_str protocol =
		slash == ML_NPOS ? ML_STR("tcp")
				 : ml_str_lower(df->arena, ml_str_sub(text, slash + 1, text.len));
	struct ml_record_builder b;
	struct ml_value value;

	ml_record_begin(&b, &ml_df_port);
	ml_record_set(&b, ML_DF_PORT_ID,
		ml_df_string(df,
			ml_strf(df->arena, "%.*s/%.*s", ML_STR_ARG(ports), ML_STR_ARG(protocol))));
	ml_record_set(&b, ML_DF_PORT_TEXT, ml_df_string(df, text));
	ml_record_set(&b, ML_DF_PORT_PROTOCOL, ml_df_string(df, protocol));
	ml_record_set(&b, ML_DF_PORT_STAGE, ml_int(step->stage - df->stages));
	set_range(df, &b, ports);
	value = ml_df_pack(df, &b, loc);
	if (step->facts)
		ml_df_list_add(df, &step->eval->ports, value);
	if (step->state)
		step->stage->ports = chain_add(df, step->stage->ports, value, NULL);
}

void ml_df_eval_expose(struct ml_df_step *step)
{
	const struct ml_df_instr *instr = step->instr;
	struct ml_df_spans words = ml_df_words_split(step->df, &instr->text, instr->args, false);

	ml_df_step_words(step, true);
	for (size_t i = 0; i < words.n && step->stage; i++) {
		struct ml_df_expanded port = ml_df_expand(step->df, &step->stage->vars,
			&instr->text, words.items[i].from, words.items[i].to);
		struct ml_str part, rest = port.text.s; /* a variable may hold several */
		while (ml_str_split(&rest, ' ', &part))
			if (part.len)
				add_port(step, part,
					ml_df_loc_text(step->df, &instr->text, words.items[i].from,
						words.items[i].to));
	}
}

void ml_df_eval_volume(struct ml_df_step *step)
{
	ml_df_step_words(step, true);
	for (size_t i = 0; i < step->words.n && step->stage && step->state; i++)
		step->stage->volumes =
			chain_add(step->df, step->stage->volumes, step->words.items[i], NULL);
}

/* signal(7) without SIG, as moby/sys/signal has them; RTMIN+n and RTMAX-n besides. */
static const char *const signals[] = {"ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP",
	"ILL", "INT", "IO", "IOT", "KILL", "PIPE", "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT",
	"STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1", "USR2", "VTALRM",
	"WINCH", "XCPU", "XFSZ", "RTMIN", "RTMAX"};

static bool is_signal(struct ml_str text)
{
	int64_t number;

	if (ml_parse_i64(text, 10, &number))
		return number != 0;
	if (ml_str_istarts(text, ML_STR("SIG")))
		text = ml_str_sub(text, 3, text.len);
	if (ml_str_istarts(text, ML_STR("RTMIN+")) || ml_str_istarts(text, ML_STR("RTMAX-")))
		return ml_parse_i64(ml_str_sub(text, 6, text.len), 10, &number) && number >= 1 &&
		       number <= 15 - (text.ptr[4] == 'X' || text.ptr[4] == 'x');
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (ml_str_ieq(text, ml_str(signals[i])))
			return true;
	return false;
}

void ml_df_eval_stopsignal(struct ml_df_step *step)
{
	struct ml_df_expanded whole = ml_df_step_whole(step);
	struct ml_value value = ml_at(ml_df_string(step->df, whole.text.s), step->loc);

	if (!whole.dynamic && !is_signal(whole.text.s))
		ml_df_diag(step->df, ML_DIAG_ERROR, step->instr->word_from, step->instr->word_from,
			"STOPSIGNAL: want a signal such as SIGTERM, or its number");
	ml_df_list_add(step->df, &step->words, value);
	if (step->stage && step->state)
		step->stage->stopsignal = value;
}

void ml_df_eval_maintainer(struct ml_df_step *step)
{
	const struct ml_df_text *text = &step->instr->text;
	struct ml_value value = ml_at(
		ml_df_string(step->df, ml_df_shown(step->df, text, step->instr->args, text->s.len)),
		step->loc);

	ml_df_list_add(step->df, &step->words, value);
	if (step->stage && step->state)
		step->stage->maintainer = value;
}

static const struct {
	const char *name, *kind;
} shells[] = {
	{"sh", "posix"},
	{"bash", "posix"},
	{"dash", "posix"},
	{"ash", "posix"},
	{"zsh", "posix"},
	{"ksh", "posix"},
	{"mksh", "posix"},
	{"busybox", "posix"},
	{"powershell", "powershell"},
	{"pwsh", "powershell"},
	{"cmd", "cmd"},
};

static const char *shell_kind(struct ml_str name)
{
	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++)
		if (ml_str_is(name, shells[i].name))
			return shells[i].kind;
	return "other";
}

static struct ml_str shell_name(struct ml_df *df, struct ml_str path)
{
	size_t back = ml_str_rchr(path, '\\');
	struct ml_str name = ml_str_lower(df->arena,
		ml_path_base(back == ML_NPOS ? path : ml_str_sub(path, back + 1, path.len)));

	return ml_str_ends(name, ML_STR(".exe")) ? ml_str_sub(name, 0, name.len - 4) : name;
}

static bool has_pipefail(const struct ml_df_instr *instr)
{
	for (size_t i = 1; i + 1 < instr->nwords; i++) {
		struct ml_str word = instr->words[i].s;
		if (word.len > 1 && word.ptr[0] == '-' && word.ptr[word.len - 1] == 'o' &&
			ml_str_is(instr->words[i + 1].s, "pipefail"))
			return true;
	}
	return false;
}

void ml_df_eval_shell(struct ml_df_step *step)
{
	struct ml_df *df = step->df;
	const struct ml_df_instr *instr = step->instr;
	struct ml_df_stage *stage = step->stage;
	struct ml_record_builder b;

	ml_df_step_words(step, false);
	if (!instr->json || instr->nwords == 0)
		ml_df_diag(df, ML_DIAG_ERROR, instr->word_from, instr->word_from,
			"SHELL: want a JSON list of strings");
	if (!stage || !step->state || !instr->json || instr->nwords == 0)
		return;
	stage->shell_name = shell_name(df, instr->words[0].s);
	stage->shell_kind = ml_str(shell_kind(stage->shell_name));
	stage->shell_pipefail = has_pipefail(instr);
	stage->shell_set = true;
	ml_df_stage_shell_set(stage);
	ml_record_begin(&b, &ml_df_shell);
	ml_record_set(&b, ML_DF_SHELL_WORDS, ml_df_list_value(&step->words));
	ml_record_set(&b, ML_DF_SHELL_NAME, ml_df_string(df, stage->shell_name));
	ml_record_set(&b, ML_DF_SHELL_KIND, ml_string(stage->shell_kind));
	ml_record_set(&b, ML_DF_SHELL_PIPEFAIL, ml_bool(stage->shell_pipefail));
	ml_record_set(&b, ML_DF_SHELL_SET, ml_bool(true));
	stage->shell = ml_df_pack(df, &b, step->loc);
}
