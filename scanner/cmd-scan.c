/* SPDX-License-Identifier: Apache-2.0 */
/* merlon scan: targets found, siblings started, their documents reported. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"
#include "scanner/command.h"
#include "scanner/files.h"
#include "scanner/reporter.h"
#include "scanner/sibling.h"
#include "scanner/targets.h"

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

/* What merlon-config needs to know of our options. */
static void write_argv(struct argv *argv, const struct ml_options *options, const struct ml_targets *targets, char jobs[16])
{
	static const char *const modes[] = {"default", "strict", "degrade"};

	add(argv, "merlon-config");
	add(argv, "--batch");
	add_words(argv, "--policy", options->policies.n ? &options->policies : &targets->policies);
	add_words(argv, "--profile", &options->profiles);
	add_words(argv, "--build-arg", &options->build_args);
	add_value(argv, "--facts", options->facts_dir);
	add_value(argv, "--target", options->target_stage);
	add_value(argv, "--sandbox", modes[options->sandbox]);
	snprintf(jobs, 16, "%u", options->jobs);
	add_value(argv, "--jobs", options->jobs ? jobs : NULL);
	if (options->use_environment)
		add(argv, "--env");
	if (options->quiet)
		add(argv, "--quiet");
	argv->items[argv->n] = NULL;
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

static int run_sibling(const struct ml_options *options, const struct ml_targets *targets, struct ml_sibling *sibling, struct ml_error *err)
{
	static struct argv argv;
	char jobs[16];
	int r;

	write_argv(&argv, options, targets, jobs);
	sibling->argv = argv.items;
	sibling->input = list_of(targets, err);
	if (sibling->input < 0)
		return sibling->input;
	r = ml_siblings_run(sibling, 1, err);
	close(sibling->input);
	if (r)
		return r;
	if (sibling->output.error)
		return ml_fail(err, ML_ELIMIT, "the findings: %s", ml_strcode(sibling->output.error));
	/* Exit code 2 was explained by the sibling itself. */
	if (sibling->status > 2)
		ml_fail(err, ML_EIO, "merlon-config ended with status %d", sibling->status);
	return sibling->status ? ML_EINVAL : 0;
}

static int nothing_found(const struct ml_targets *targets, struct ml_error *err)
{
	if (targets->ignored || targets->vendored)
		return ml_fail(err, ML_EINVAL, "nothing to scan: %zu files are ignored by git and %zu vendored folders were left alone (--no-ignore looks there)",
			targets->ignored, targets->vendored);
	return ml_fail(err, ML_EINVAL, "nothing to scan: no Compose file and no Dockerfile was found");
}

static int find_severity(const struct ml_options *options, const struct ml_targets *targets)
{
	if (!options->fail_on && targets->fail_on)
		for (int i = 0; ml_severities[i]; i++)
			if (strcmp(ml_severities[i], targets->fail_on) == 0)
				return i;
	return options->severity;
}

static int scan(const struct ml_options *options, const struct ml_targets *targets)
{
	struct ml_documents documents = {.arena = ml_arena_new(DOCUMENT_BYTES)};
	struct ml_reporter reporter = {.options = options, .documents = &documents, .default_format = "terminal",
		.fail_on = find_severity(options, targets)};
	struct ml_sibling sibling = {0};
	struct ml_error err = {0};
	int code = ML_EXIT_USAGE;

	ml_buf_init(&sibling.output, DOCUMENT_BYTES);
	if (!documents.arena)
		ml_fail(&err, ML_ENOMEM, "out of memory");
	else if (run_sibling(options, targets, &sibling, &err) == 0 && ml_documents_unpack(&documents, ml_buf_get(&sibling.output)))
		ml_fail(&err, ML_EPROTO, "merlon-config broke the protocol");
	else if (sibling.status == 0 && !err.code) {
		ml_reporter_targets(&reporter, targets);
		code = ml_reporter_run(&reporter);
	}
	if (err.code)
		fail(&err);
	ml_buf_free(&sibling.output);
	ml_arena_free(documents.arena);
	return code;
}

int ml_cmd_scan(const struct ml_options *options)
{
	struct ml_targets targets;
	struct ml_error err = {0};

	if (ml_targets_find(options, &targets, &err))
		return fail(&err);
	if (targets.n == 0 && targets.unreadable.n == 0 && !targets.incomplete) {
		nothing_found(&targets, &err);
		return fail(&err);
	}
	return scan(options, &targets);
}
