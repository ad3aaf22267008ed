/* SPDX-License-Identifier: Apache-2.0 */
/* merlon scan: targets found, siblings started, their documents reported. */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"
#include "scanner/command.h"
#include "scanner/files.h"
#include "scanner/reporter.h"
#include "scanner/sibling.h"
#include "scanner/targets.h"
#include "scanner/tls-protocols.h"

#define DOCUMENT_BYTES ((size_t)1 << 30)

enum { ARGV_MAX = 4 * ML_OPTION_LIST_MAX };

static int fail(const struct ml_error *err)
{
	if (err->message[0])
		ml_log_error(err);
	return ML_EXIT_USAGE;
}

/* The command line of a sibling while it is written. */
struct argv {
	const char *items[ARGV_MAX];
	size_t n;
};

static void add(struct argv *argv, const char *word)
{
	if (argv->n < ARGV_MAX - 1)
		argv->items[argv->n++] = word;
}

static void add_value(struct argv *argv, const char *name, const char *value)
{
	if (!value)
		return;
	add(argv, name);
	add(argv, value);
}

static void add_words(struct argv *argv, const char *name, const struct ml_words *words)
{
	for (size_t i = 0; i < words->n; i++)
		add_value(argv, name, words->items[i]);
}

static int find_severity(const struct ml_options *options, const struct ml_targets *targets)
{
	if (!options->fail_on && targets->fail_on)
		for (int i = 0; ml_severities[i]; i++)
			if (strcmp(ml_severities[i], targets->fail_on) == 0)
				return i;
	return options->severity;
}

/* What every sibling needs to know of our options. */
static void add_common(struct argv *argv, const struct ml_options *options, const struct ml_targets *targets)
{
	static const char *const modes[] = {"default", "strict", "degrade"};
	const char *jobs = options->jobs ? ml_strf(options->arena, "%u", options->jobs).ptr : NULL;

	add(argv, "--batch");
	add_words(argv, "--policy", options->policies.n ? &options->policies : &targets->policies);
	add_value(argv, "--facts", options->facts_dir);
	add_value(argv, "--sandbox", modes[options->sandbox]);
	add_value(argv, "--fail-on", ml_severities[find_severity(options, targets)]);
	add_value(argv, "--jobs", jobs);
	if (options->quiet)
		add(argv, "--quiet");
}

static void write_config(struct argv *argv, const struct ml_options *options, const struct ml_targets *targets)
{
	add(argv, "merlon-config");
	add_common(argv, options, targets);
	add_words(argv, "--profile", &options->profiles);
	add_words(argv, "--build-arg", &options->build_args);
	add_value(argv, "--target", options->target_stage);
	if (options->use_environment)
		add(argv, "--env");
}

static void write_tls(struct argv *argv, const struct ml_options *options, const struct ml_targets *targets, const struct ml_words *endpoints)
{
	add(argv, "merlon-tls");
	add_common(argv, options, targets);
	add_value(argv, "--servername", options->server_name);
	add_value(argv, "--ca", options->ca);
	add_value(argv, "--http-port", options->http_port ? ml_strf(options->arena, "%u", options->http_port).ptr : NULL);
	add_value(argv, "--http-path", options->http_path);
	add_value(argv, "--starttls", options->starttls);
	add_value(argv, "--timeout", options->timeout ? ml_strf(options->arena, "%u", options->timeout).ptr : NULL);
	add_value(argv, "--deadline", options->deadline ? ml_strf(options->arena, "%u", options->deadline).ptr : NULL);
	add(argv, "--");
	for (size_t i = 0; i < endpoints->n; i++)
		add(argv, endpoints->items[i]);
}

/* A file without a name that holds the list. */
static int list_of(const struct ml_targets *targets, struct ml_error *err)
{
	int fd = memfd_create("targets", MFD_CLOEXEC);
	ML_BUF_AUTO out;

	ml_buf_init(&out, DOCUMENT_BYTES);
	ml_targets_pack(targets, &out);
	if (fd >= 0 && out.error == 0 && ml_fd_write(fd, ml_buf_get(&out), NULL) == 0 && lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return ml_fail(err, ML_EIO, "the list of targets cannot be handed on");
}

/* The siblings that there is work for. */
struct siblings {
	struct ml_sibling items[2];
	struct argv argv[2];
	size_t n;
};

static int add_config(struct siblings *s, const struct ml_options *options, const struct ml_targets *targets, struct ml_error *err)
{
	struct ml_sibling *sibling = &s->items[s->n];

	ml_buf_init(&sibling->output, DOCUMENT_BYTES);
	write_config(&s->argv[s->n], options, targets);
	sibling->argv = s->argv[s->n].items;
	sibling->input = list_of(targets, err);
	s->n += sibling->input >= 0;
	return sibling->input < 0 ? sibling->input : 0;
}

static void add_tls(struct siblings *s, const struct ml_options *options, const struct ml_targets *targets, const struct ml_words *endpoints)
{
	ml_buf_init(&s->items[s->n].output, DOCUMENT_BYTES);
	write_tls(&s->argv[s->n], options, targets, endpoints);
	s->items[s->n].argv = s->argv[s->n].items;
	s->items[s->n++].input = -1;
}

/* What one wrote, added to the documents, which point into it. Exit code 2 was explained by the sibling itself. */
static int take_documents(const struct ml_sibling *sibling, struct ml_documents *documents, struct ml_error *err)
{
	if (sibling->output.error)
		return ml_fail(err, ML_ELIMIT, "the findings: %s", ml_strcode(sibling->output.error));
	if (sibling->status > 2)
		ml_fail(err, ML_EIO, "%s ended with status %d", sibling->argv[0], sibling->status);
	if (sibling->status)
		return ML_EINVAL;
	return ml_documents_unpack(documents, ml_buf_get(&sibling->output)) ? ml_fail(err, ML_EPROTO, "%s broke the protocol", sibling->argv[0]) : 0;
}

static int run_siblings(struct siblings *s, struct ml_documents *documents, struct ml_error *err)
{
	int r = 0;

	if (s->n)
		r = ml_siblings_run(s->items, s->n, err);
	for (size_t i = 0; i < s->n; i++) {
		if (s->items[i].input >= 0)
			close(s->items[i].input);
		if (r == 0)
			r = take_documents(&s->items[i], documents, err);
	}
	return r;
}

static void free_outputs(struct siblings *s)
{
	for (size_t i = 0; i < s->n; i++)
		ml_buf_free(&s->items[i].output);
}

static int nothing_found(const struct ml_targets *targets, struct ml_error *err)
{
	if (targets->ignored || targets->vendored)
		return ml_fail(err, ML_EINVAL, "nothing to scan: %zu files are ignored by git and %zu vendored folders were left alone (--no-ignore looks there)",
			targets->ignored, targets->vendored);
	return ml_fail(err, ML_EINVAL, "nothing to scan: no Compose file and no Dockerfile was found");
}

static int scan(const struct ml_options *options, const struct ml_targets *targets, const struct ml_words *endpoints)
{
	struct ml_documents documents = {.arena = ml_arena_new(DOCUMENT_BYTES)};
	struct ml_reporter reporter = {.options = options, .documents = &documents, .default_format = "terminal",
		.fail_on = find_severity(options, targets)};
	static struct siblings siblings;
	struct ml_error err = {0};
	int code = ML_EXIT_USAGE, r = documents.arena ? 0 : ml_fail(&err, ML_ENOMEM, "out of memory");

	if (r == 0 && (targets->n || endpoints->n == 0))
		r = add_config(&siblings, options, targets, &err);
	if (r == 0 && endpoints->n)
		add_tls(&siblings, options, targets, endpoints);
	if (r == 0)
		r = run_siblings(&siblings, &documents, &err);
	if (r == 0) {
		ml_reporter_targets(&reporter, targets);
		code = ml_reporter_run(&reporter);
	} else {
		fail(&err);
	}
	free_outputs(&siblings);
	ml_arena_free(documents.arena);
	return code;
}

/* Takes endpoints out of the operands. */
static int split_operands(struct ml_options *options, struct ml_words *endpoints, struct ml_error *err)
{
	size_t kept = 0;

	for (size_t i = 0; i < options->operands.n; i++) {
		const char *word = options->operands.items[i];
		if (!ml_endpoint_uri(ml_str(word))) {
			options->operands.items[kept++] = word;
			continue;
		}
		if (ml_alloc_grow(options->arena, &endpoints->items, &endpoints->cap, endpoints->n + 1, sizeof(*endpoints->items)))
			return ml_fail(err, ML_ENOMEM, "out of memory");
		endpoints->items[endpoints->n++] = word;
	}
	options->operands.n = kept;
	return 0;
}

int ml_cmd_scan(const struct ml_options *options)
{
	struct ml_options files = *options;
	struct ml_words endpoints = {0};
	struct ml_targets targets = {0};
	struct ml_error err = {0};
	bool only_endpoints;

	if (split_operands(&files, &endpoints, &err))
		return fail(&err);
	only_endpoints = endpoints.n && files.operands.n == 0 && files.compose_files.n == 0 && !files.plan;
	if (!only_endpoints && ml_targets_find(&files, &targets, &err))
		return fail(&err);
	if (!only_endpoints && targets.n == 0 && targets.nunseen == 0) {
		nothing_found(&targets, &err);
		return fail(&err);
	}
	return scan(&files, &targets, &endpoints);
}
