/* SPDX-License-Identifier: Apache-2.0 */
/* The table of options, and reading argv with it. */
#include "scanner/options.h"

#include <stdio.h>

#include "base/num.h"
#include "scanner/tls-protocols.h"

const char *const ml_severities[] = {"info", "low", "medium", "high", "critical", NULL};
const char *const ml_target_kinds[] = {"config.compose", "config.dockerfile", NULL};

static const char *const formats[] = {"terminal", "json", "sarif", "junit", NULL};

enum { SEVERITY_MEDIUM = 2, JOBS_MAX = 256, OUTPUTS_MAX = 32, VALUE_BYTES = 100, TIMEOUT_MAX = 3600, NAME_BYTES = 253, PATH_BYTES = 1000 };

struct option {
	char letter; /* or 0 */
	const char *name;
	const char *arg; /* NULL: a flag */
	const char *about;
	unsigned commands;
	int (*set)(struct ml_options *options, const char *value, struct ml_error *err);
};

static int add_word(struct ml_options *options, struct ml_words *words, const char *value, struct ml_error *err)
{
	if (words->n >= ML_OPTION_LIST_MAX)
		return ml_fail(err, ML_EINVAL, "more than %d values", ML_OPTION_LIST_MAX);
	if (ml_alloc_grow(options->arena, &words->items, &words->cap, words->n + 1, sizeof(*words->items)))
		return ml_fail(err, ML_ENOMEM, "out of memory");
	words->items[words->n++] = value;
	return 0;
}

/* The index of a word in a NULL-terminated list, or an error that lists them. */
static int choose(const char *const *words, struct ml_str value, struct ml_error *err)
{
	size_t n = 0;
	const char *near;
	ML_BUF_AUTO list;

	ml_buf_init(&list, 256);
	for (; words[n]; n++)
		if (ml_str_is(value, words[n]))
			return (int)n;
	for (size_t i = 0; i < n; i++)
		ml_buf_printf(&list, "%s%s", i == 0 ? "" : i + 1 == n ? " or " : ", ", words[i]);
	near = ml_str_nearest(value, words, n);
	return ml_fail(err, ML_EINVAL, "got \"%.*s\", want %.*s%s%s%s", ML_STR_ARG(ml_str_sub(value, 0, VALUE_BYTES)),
		ML_STR_ARG(ml_buf_get(&list)), near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static int set_policy(struct ml_options *o, const char *value, struct ml_error *err)
{
	return add_word(o, &o->policies, value, err);
}

static int set_file(struct ml_options *o, const char *value, struct ml_error *err)
{
	return add_word(o, &o->compose_files, value, err);
}

static int set_profile(struct ml_options *o, const char *value, struct ml_error *err)
{
	return add_word(o, &o->profiles, value, err);
}

static int set_build_arg(struct ml_options *o, const char *value, struct ml_error *err)
{
	return add_word(o, &o->build_args, value, err);
}

static int set_waivers(struct ml_options *o, const char *value, struct ml_error *err)
{
	return add_word(o, &o->waivers, value, err);
}

/* Each output has a place of its own. */
static int check_twins(const struct ml_options *o, struct ml_output output, struct ml_error *err)
{
	for (size_t i = 0; i < o->noutputs; i++) {
		const char *path = o->outputs[i].path;
		if (!path && !output.path)
			return ml_fail(err, ML_EINVAL, "two reports for standard output; name a file: -o %.*s=FILE",
				ML_STR_ARG(output.format));
		if (path && output.path && strcmp(path, output.path) == 0)
			return ml_fail(err, ML_EINVAL, "two reports for %s", path);
	}
	return o->noutputs < OUTPUTS_MAX ? 0 : ml_fail(err, ML_EINVAL, "more than %d outputs", OUTPUTS_MAX);
}

static int set_output(struct ml_options *o, const char *value, struct ml_error *err)
{
	struct ml_str format = ml_str(value);
	size_t equals = ml_str_chr(format, '=');
	struct ml_output output = {ml_str_sub(format, 0, equals), NULL};

	if (equals != ML_NPOS)
		output.path = value + equals + 1;
	if (output.format.len == 0 || (output.path && !output.path[0]))
		return ml_fail(err, ML_EINVAL, "got \"%s\", want FORMAT or FORMAT=FILE", value);
	if (choose(formats, output.format, err) < 0 || check_twins(o, output, err))
		return ML_EINVAL;
	if (ml_alloc_grow(o->arena, &o->outputs, &o->outputs_cap, o->noutputs + 1, sizeof(*o->outputs)))
		return ml_fail(err, ML_ENOMEM, "out of memory");
	o->outputs[o->noutputs++] = output;
	return 0;
}

static int set_output_file(struct ml_options *o, const char *value, struct ml_error *err)
{
	if (!value[0])
		return ml_fail(err, ML_EINVAL, "got \"\", want a file");
	o->output_file = value;
	return 0;
}

static int set_pin_certificate(struct ml_options *o, const char *value, struct ml_error *err)
{
	o->pin_certificate = true;
	return 0;
}

static int set_fail_on(struct ml_options *o, const char *value, struct ml_error *err)
{
	int severity = choose(ml_severities, ml_str(value), err);

	if (severity < 0)
		return severity;
	o->severity = severity;
	o->fail_on = value;
	return 0;
}

static int set_jobs(struct ml_options *o, const char *value, struct ml_error *err)
{
	uint64_t n;

	if (!ml_parse_u64(ml_str(value), 10, &n) || n < 1 || n > JOBS_MAX)
		return ml_fail(err, ML_EINVAL, "got \"%s\", want 1 to %d", value, JOBS_MAX);
	o->jobs = (unsigned)n;
	return 0;
}

static int read_seconds(const char *value, unsigned *out, struct ml_error *err)
{
	uint64_t n;

	if (!ml_parse_u64(ml_str(value), 10, &n) || n < 1 || n > TIMEOUT_MAX)
		return ml_fail(err, ML_EINVAL, "got \"%s\", want 1 to %d", value, TIMEOUT_MAX);
	*out = (unsigned)n;
	return 0;
}

static int set_timeout(struct ml_options *o, const char *value, struct ml_error *err)
{
	return read_seconds(value, &o->timeout, err);
}

static int set_deadline(struct ml_options *o, const char *value, struct ml_error *err)
{
	return read_seconds(value, &o->deadline, err);
}

static int set_server_name(struct ml_options *o, const char *value, struct ml_error *err)
{
	if (strlen(value) == 0 || strlen(value) > NAME_BYTES)
		return ml_fail(err, ML_EINVAL, "got \"%.300s\", want a DNS name", value);
	o->server_name = value;
	return 0;
}

static int set_ca(struct ml_options *o, const char *value, struct ml_error *err)
{
	o->ca = value;
	return 0;
}

static int set_http_port(struct ml_options *o, const char *value, struct ml_error *err)
{
	uint64_t n;

	if (!ml_parse_u64(ml_str(value), 10, &n) || n < 1 || n > UINT16_MAX)
		return ml_fail(err, ML_EINVAL, "got \"%s\", want 1 to 65535", value);
	o->http_port = (unsigned)n;
	return 0;
}

/* Nothing that would end the request's line, or need encoding. */
static int set_http_path(struct ml_options *o, const char *value, struct ml_error *err)
{
	size_t n = strlen(value);

	for (size_t i = 0; i < n; i++)
		if (value[i] <= ' ' || value[i] > '~' || value[i] == '#')
			n = 0;
	if (n == 0 || n > PATH_BYTES || value[0] != '/')
		return ml_fail(err, ML_EINVAL, "got \"%.300s\", want a path that begins with / and is encoded as in a URL", value);
	o->http_path = value;
	return 0;
}

static int set_starttls(struct ml_options *o, const char *value, struct ml_error *err)
{
	enum ml_starttls_protocol protocol;
	uint16_t port;
	int r = ml_protocol_read(ml_str(value), &protocol, &port, err);

	o->starttls = r ? NULL : value;
	return r;
}

static int set_sandbox(struct ml_options *o, const char *value, struct ml_error *err)
{
	static const char *const modes[] = {"default", "strict", "degrade", NULL};
	int mode = choose(modes, ml_str(value), err);

	if (mode < 0)
		return mode;
	o->sandbox = (enum ml_sandbox_mode)mode;
	return 0;
}

static int set_color(struct ml_options *o, const char *value, struct ml_error *err)
{
	static const char *const words[] = {"never", "auto", "always", NULL};
	int word = choose(words, ml_str(value), err);

	if (word < 0)
		return word;
	o->color = word - 1;
	return 0;
}

static int set_plan(struct ml_options *o, const char *value, struct ml_error *err)
{
	o->plan = value;
	return 0;
}

static int set_baseline(struct ml_options *o, const char *value, struct ml_error *err)
{
	o->baseline = value;
	return 0;
}

static int set_facts(struct ml_options *o, const char *value, struct ml_error *err)
{
	o->facts_dir = value;
	return 0;
}

static int set_kind(struct ml_options *o, const char *value, struct ml_error *err)
{
	int kind = choose(ml_target_kinds, ml_str(value), err);

	if (kind < 0)
		return kind;
	o->kind = ml_target_kinds[kind];
	return 0;
}

/* Any kind of facts: whether there is one of that name, the command knows. */
static int set_listed_kind(struct ml_options *o, const char *value, struct ml_error *err)
{
	o->kind = value;
	return 0;
}

static int set_stage(struct ml_options *o, const char *value, struct ml_error *err)
{
	o->target_stage = value;
	return 0;
}

static int set_root(struct ml_options *o, const char *value, struct ml_error *err)
{
	o->root = value;
	return 0;
}

static int set_env(struct ml_options *o, const char *value, struct ml_error *err)
{
	o->use_environment = true;
	return 0;
}

static int set_batch(struct ml_options *o, const char *value, struct ml_error *err)
{
	o->batch = true;
	return 0;
}

static int set_no_ignore(struct ml_options *o, const char *value, struct ml_error *err)
{
	o->no_ignore = true;
	return 0;
}

static int set_verbose(struct ml_options *o, const char *value, struct ml_error *err)
{
	o->verbose = true;
	return 0;
}

static int set_quiet(struct ml_options *o, const char *value, struct ml_error *err)
{
	o->quiet = true;
	return 0;
}

static int set_help(struct ml_options *o, const char *value, struct ml_error *err)
{
	o->help = true;
	return 0;
}

static int set_version(struct ml_options *o, const char *value, struct ml_error *err)
{
	o->version = true;
	return 0;
}

#define JUDGES (ML_CMD_SCAN | ML_CMD_EVAL | ML_CMD_CONFIG | ML_CMD_TLS)
#define PRINTS (JUDGES | ML_CMD_REPORT)
#define SCANS  (ML_CMD_SCAN | ML_CMD_CONFIG)

static const struct option options_table[] = {
	{'p', "policy", "PACK|FILE", "judge by this policy or profile (repeatable; default: the packs for the kind that are not on request)", JUDGES | ML_CMD_EXPLAIN, set_policy},
	{'o', "output", "FORMAT[=FILE]", "terminal, json, sarif or junit (repeatable; default: terminal)", PRINTS, set_output},
	{'o', "output", "FILE", "where the policy goes (default: standard output)", ML_CMD_FROM_FACTS, set_output_file},
	{0, "pin-certificate", NULL, "pin what changes with each renewal too: serial number and fingerprint", ML_CMD_FROM_FACTS, set_pin_certificate},
	{0, "fail-on", "SEVERITY", "info, low, medium, high or critical: what makes the exit code 1 (default: medium)", PRINTS, set_fail_on},
	{0, "waivers", "FILE", "accepted findings, with owner, reason and expiry date (repeatable)", PRINTS, set_waivers},
	{0, "baseline", "FILE", "findings of an earlier run: only what is new fails", PRINTS, set_baseline},
	{0, "facts", "DIR", "write the facts of each target there, as evidence", SCANS | ML_CMD_TLS, set_facts},
	{0, "plan", "FILE", "read targets and policies from a merlon.yaml", ML_CMD_SCAN, set_plan},
	{'k', "kind", "KIND", "take the targets as this kind: config.compose or config.dockerfile", SCANS, set_kind},
	{'k', "kind", "KIND", "only rules for this kind of facts", ML_CMD_LIST, set_listed_kind},
	{'f', "file", "FILE", "a Compose file; several are merged in order into one target", SCANS, set_file},
	{0, "root", "DIR", "nothing above this directory is read (default: the target, or its directory)", SCANS, set_root},
	{0, "profile", "NAME", "Compose: judge only services of this profile and those without one (repeatable)", SCANS, set_profile},
	{0, "env", NULL, "Compose: take variables from the environment too, not only from .env", SCANS, set_env},
	{0, "build-arg", "NAME=VALUE", "Dockerfile: value of an ARG (repeatable)", SCANS, set_build_arg},
	{0, "target", "STAGE", "Dockerfile: judge the image of this stage", SCANS, set_stage},
	{0, "no-ignore", NULL, "look into git-ignored and vendored folders too", SCANS, set_no_ignore},
	{0, "servername", "NAME", "TLS: the name that is asked for (default: the endpoint's host, when it is no address)", ML_CMD_SCAN | ML_CMD_TLS, set_server_name},
	{0, "ca", "FILE", "TLS: trust the certificates in this PEM file, and not the system's", ML_CMD_SCAN | ML_CMD_TLS, set_ca},
	{0, "http-port", "PORT", "TLS: ask this port of the same host for HTTP without TLS, too, and whether it sends to https", ML_CMD_SCAN | ML_CMD_TLS, set_http_port},
	{0, "http-path", "PATH", "TLS: what is asked for by HTTP (default: /)", ML_CMD_SCAN | ML_CMD_TLS, set_http_path},
	{0, "starttls", "PROTOCOL", "TLS: what is spoken before, as in tls+smtp://HOST: postgres, mysql, smtp, imap, ldap …", ML_CMD_SCAN | ML_CMD_TLS, set_starttls},
	{0, "timeout", "SECONDS", "TLS: for one endpoint in all; what is not known then is unknown (default: 60)", ML_CMD_SCAN | ML_CMD_TLS, set_timeout},
	{0, "deadline", "SECONDS", "TLS: for all endpoints together; what is not known then is unknown", ML_CMD_SCAN | ML_CMD_TLS, set_deadline},
	{0, "batch", NULL, "targets on standard input (merlon-tls: operands), documents to standard output: how merlon starts it", ML_CMD_CONFIG | ML_CMD_TLS, set_batch},
	{'j', "jobs", "N", "targets at the same time (default: processors)", JUDGES, set_jobs},
	{0, "sandbox", "MODE", "default, strict (every layer or nothing) or degrade (accept what the kernel lacks)", ML_CMD_ALL, set_sandbox},
	{0, "color", "WHEN", "never, auto or always", PRINTS | ML_CMD_EXPLAIN | ML_CMD_SHOW, set_color},
	{'v', "verbose", NULL, "say more, in the terminal report too", ML_CMD_ALL, set_verbose},
	{'q', "quiet", NULL, "errors only on standard error", ML_CMD_ALL, set_quiet},
	{'h', "help", NULL, "this text", ML_CMD_ALL, set_help},
	{'V', "version", NULL, "name and version", ML_CMD_ALL, set_version},
};

enum { NOPTIONS = sizeof(options_table) / sizeof(options_table[0]) };

static const struct option *find(struct ml_str name, char letter, unsigned command)
{
	for (size_t i = 0; i < NOPTIONS; i++) {
		const struct option *option = &options_table[i];
		if (!(option->commands & command))
			continue;
		if (letter ? option->letter == letter : ml_str_is(name, option->name))
			return option;
	}
	return NULL;
}

static int unknown_option(const char *word, unsigned command, struct ml_error *err)
{
	const char *names[NOPTIONS], *near;
	struct ml_str name = ml_str(word);
	size_t n = 0;

	for (size_t i = 0; i < NOPTIONS; i++)
		if (options_table[i].commands & command)
			names[n++] = options_table[i].name;
	while (ml_str_starts(name, ML_STR("-")))
		name = ml_str_sub(name, 1, name.len);
	near = ml_str_nearest(ml_str_sub(name, 0, ml_str_chr(name, '=')), names, n);
	return ml_fail(err, ML_EINVAL, "no option \"%s\" here%s%s%s", word, near ? ", did you mean \"--" : "; see --help",
		near ? near : "", near ? "\"?" : "");
}

/* Sets one option; `value` is what stood behind '=' or the letter, or NULL; *at is moved on when the next word is taken. */
static int apply(const struct option *option, const char *value, int argc, char **argv, int *at, struct ml_options *out, struct ml_error *err)
{
	struct ml_error why = {0};
	int r;

	if (!option->arg && value)
		return ml_fail(err, ML_EINVAL, "--%s: takes no value", option->name);
	if (option->arg && !value) {
		if (*at + 1 >= argc)
			return ml_fail(err, ML_EINVAL, "--%s: %s is missing", option->name, option->arg);
		value = argv[++*at];
	}
	r = option->set(out, value, &why);
	return r ? ml_fail(err, r, "--%s: %s", option->name, why.message) : 0;
}

static int parse_long(int argc, char **argv, int *at, unsigned command, struct ml_options *out, struct ml_error *err)
{
	struct ml_str name = ml_str(argv[*at] + 2);
	size_t equals = ml_str_chr(name, '=');
	const struct option *option = find(ml_str_sub(name, 0, equals), 0, command);

	if (!option)
		return unknown_option(argv[*at], command, err);
	return apply(option, equals == ML_NPOS ? NULL : name.ptr + equals + 1, argc, argv, at, out, err);
}

static int parse_letters(int argc, char **argv, int *at, unsigned command, struct ml_options *out, struct ml_error *err)
{
	const char *word = argv[*at];

	for (const char *letter = word + 1; *letter; letter++) {
		const struct option *option = find(ML_STR_NONE, *letter, command);
		int r;
		if (!option)
			return unknown_option(word, command, err);
		if (option->arg)
			return apply(option, letter[1] ? letter + 1 : NULL, argc, argv, at, out, err);
		r = apply(option, NULL, argc, argv, at, out, err);
		if (r)
			return r;
	}
	return 0;
}

int ml_options_parse(int argc, char **argv, int from, unsigned command, struct ml_arena *arena, struct ml_options *out, struct ml_error *err)
{
	bool operands_only = false;
	int r = 0;

	*out = (struct ml_options){.arena = arena, .severity = SEVERITY_MEDIUM};
	for (int at = from; at < argc && r == 0; at++) {
		const char *word = argv[at];
		if (operands_only || word[0] != '-' || !word[1])
			r = add_word(out, &out->operands, word, err);
		else if (strcmp(word, "--") == 0)
			operands_only = true;
		else if (word[1] == '-')
			r = parse_long(argc, argv, &at, command, out, err);
		else
			r = parse_letters(argc, argv, &at, command, out, err);
	}
	return r;
}

void ml_options_help(struct ml_buf *out, unsigned command)
{
	for (size_t i = 0; i < NOPTIONS; i++) {
		const struct option *option = &options_table[i];
		char left[64];
		if (!(option->commands & command))
			continue;
		snprintf(left, sizeof(left), "%s--%s%s%s", option->letter ? "" : "    ", option->name, option->arg ? " " : "",
			option->arg ? option->arg : "");
		if (option->letter)
			ml_buf_printf(out, "  -%c, %-26s", option->letter, left);
		else
			ml_buf_printf(out, "  %-30s", left);
		ml_buf_printf(out, "%s%s\n", strlen(left) > (option->letter ? 25 : 29) ? "\n                                " : " ", option->about);
	}
}
