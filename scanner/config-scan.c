/* SPDX-License-Identifier: Apache-2.0 */
/* Workers that collect facts from configuration files and judge them. */
#include "scanner/config-scan.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/sort.h"
#include "checks/config/compose/compose.h"
#include "checks/config/dockerfile/dockerfile.h"
#include "facts/compose.h"
#include "facts/dockerfile.h"
#include "scanner/builds.h"
#include "scanner/discover.h"
#include "scanner/judged.h"

enum { LIST_BYTES = 64 << 20 };

/* One directory beneath which workers read. */
struct root {
	const char *path;
	struct ml_job_root job; /* fd -1: it cannot be opened, and every request is refused */
};

struct config_job {
	const struct ml_options *options;
	const struct ml_packs *packs;
	const struct ml_target *target;
	struct ml_str uri;
	const struct ml_str *environment;
	size_t nenvironment;
};

/* ---- in the worker ---- */

/* Collectors see paths as the user would write them, "examples/api/Dockerfile"; the broker's root is "examples". */
struct prefixed {
	struct ml_reader inner;
	struct ml_str prefix;
};

static int read_prefixed(void *ctx, struct ml_arena *arena, struct ml_str path, struct ml_str *bytes, struct ml_error *err)
{
	const struct prefixed *prefixed = ctx;

	if (!ml_str_starts(path, prefixed->prefix))
		return ml_fail(err, ML_EACCES, "%.*s: it leads out of the scanned directory", ML_STR_ARG(path));
	return ml_read(&prefixed->inner, arena, ml_str_sub(path, prefixed->prefix.len, path.len), bytes, err);
}

static struct ml_str with_prefix(struct ml_arena *arena, const struct ml_target *target, const char *path)
{
	return ml_strf(arena, "%s%s", target->prefix, path);
}

static int collect_compose(const struct config_job *job, struct ml_facts *facts, const struct ml_reader *reader)
{
	const struct ml_target *target = job->target;
	size_t n = target->nfiles ? target->nfiles : 1, nprofiles = job->options->profiles.n;
	struct ml_str *files = ml_alloc_array(facts->arena, n, sizeof(*files));
	struct ml_str *profiles = ml_alloc_array(facts->arena, nprofiles, sizeof(*profiles));
	struct ml_compose_request request = {.files = files, .nfiles = n, .no_override = target->nfiles != 0, .profiles = profiles,
		.nprofiles = nprofiles, .environment = job->environment, .nenvironment = job->nenvironment};

	if (!files || !profiles)
		return ML_ENOMEM;
	request.partial = target->found && !ml_compose_is_default(ml_path_base(ml_str(target->path)));
	for (size_t i = 0; i < n; i++)
		files[i] = with_prefix(facts->arena, target, target->nfiles ? target->files[i] : target->path);
	for (size_t i = 0; i < nprofiles; i++)
		profiles[i] = ml_str(job->options->profiles.items[i]);
	return ml_compose_collect(facts, reader, &request);
}

static int collect_dockerfile(const struct config_job *job, struct ml_facts *facts, const struct ml_reader *reader)
{
	const struct ml_options *options = job->options;
	struct ml_str file = with_prefix(facts->arena, job->target, job->target->path);
	struct ml_str *args = ml_alloc_array(facts->arena, options->build_args.n, sizeof(*args));
	struct ml_dockerfile_request request = {.file = file, .context = ml_path_dir(file), .build_args = args,
		.nbuild_args = options->build_args.n, .target = ml_str(options->target_stage)};

	if (!file.ptr || !args)
		return ML_ENOMEM;
	for (size_t i = 0; i < options->build_args.n; i++)
		args[i] = ml_str(options->build_args.items[i]);
	return ml_dockerfile_collect(facts, reader, &request);
}

static const struct collector {
	const struct ml_kind *kind;
	int (*collect)(const struct config_job *job, struct ml_facts *facts, const struct ml_reader *reader);
} collectors[] = {
	{&ml_kind_compose, collect_compose},
	{&ml_kind_dockerfile, collect_dockerfile},
};

enum { COMPOSE, DOCKERFILE, COLLECTORS };

/* What the first instruction of a file without a telling name says. */
static const struct collector *sniff(const struct config_job *job, struct ml_arena *arena, const struct ml_reader *reader)
{
	struct ml_str bytes, line;
	bool from = false;

	if (ml_read(reader, arena, with_prefix(arena, job->target, job->target->path), &bytes, NULL))
		return NULL;
	while (!from && ml_str_split(&bytes, '\n', &line)) {
		line = ml_str_trim(line);
		from = ml_str_istarts(line, ML_STR("FROM ")) || ml_str_istarts(line, ML_STR("ARG "));
		if (ml_str_starts(line, ML_STR("services:")) || ml_str_starts(line, ML_STR("include:")))
			return &collectors[COMPOSE];
		if (line.len && line.ptr[0] != '#' && !from && ml_str_chr(line, ':') == ML_NPOS)
			return NULL;
	}
	return from ? &collectors[DOCKERFILE] : NULL;
}

static const struct collector *choose(const struct config_job *job, struct ml_arena *arena, const struct ml_reader *reader)
{
	enum ml_candidate_kind found;

	if (job->target->kind) {
		for (int i = 0; i < COLLECTORS; i++)
			if (strcmp(job->target->kind, collectors[i].kind->name) == 0)
				return &collectors[i];
		return NULL;
	}
	if (ml_candidate_name(ml_path_base(ml_str(job->target->path)), &found) && found != ML_FOUND_IGNORE)
		return &collectors[found == ML_FOUND_COMPOSE ? COMPOSE : DOCKERFILE];
	return sniff(job, arena, reader);
}

/* What a Compose file builds from, for the broker to look at next. */
static int name_builds(struct ml_worker *worker, const struct config_job *job, struct ml_facts *facts)
{
	ML_BUF_AUTO list;

	ml_buf_init(&list, LIST_BYTES);
	if (job->target->found)
		ml_builds_list(facts, ml_path_dir(ml_str(job->target->path)), &list);
	if (list.error)
		return list.error;
	return list.len ? ml_frame_write(worker, ML_FRAME_LIST, ml_buf_get(&list)) : 0;
}

static int scan(struct ml_worker *worker, void *arg)
{
	const struct config_job *job = arg;
	struct ml_arena *arena = ml_judging_arena();
	struct prefixed prefixed = {ml_job_reader(worker), ml_str(job->target->prefix)};
	struct ml_reader reader = {read_prefixed, &prefixed};
	const struct collector *collector = arena ? choose(job, arena, &reader) : NULL;
	struct ml_facts *facts;

	if (!arena)
		return ML_JUDGING_FAILED;
	if (!collector)
		return ML_JUDGING_KIND;
	facts = ml_facts_new(arena, collector->kind, job->uri);
	if (!facts || collector->collect(job, facts, &reader) || name_builds(worker, job, facts))
		return ML_JUDGING_FAILED;
	return ml_judging_gated(worker, facts, job->packs, job->options->facts_dir != NULL, job->options->severity);
}

/* ---- in the broker ---- */

static struct root *find_root(struct root *roots, size_t *n, const char *path)
{
	struct root *root;

	for (size_t i = *n; i > 0; i--)
		if (strcmp(roots[i - 1].path, path) == 0)
			return &roots[i - 1];
	root = &roots[(*n)++];
	*root = (struct root){.path = path, .job.fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC)};
	return root;
}

/* A descriptor a root, and no more of them than operands. */
static void allow_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* The caller's environment, when it may be used. */
static int take_environment(const struct ml_options *options, struct config_job *job)
{
	struct ml_str *list;
	size_t n = 0;

	if (!options->use_environment)
		return 0;
	while (environ[n])
		n++;
	list = ml_alloc_array(options->arena, n, sizeof(*list));
	for (size_t i = 0; i < n && list; i++)
		list[i] = ml_str(environ[i]);
	job->environment = list;
	job->nenvironment = n;
	return list ? 0 : ML_ENOMEM;
}

/* Everything that the broker keeps for its workers, one element a target. */
struct plan {
	struct ml_worker_spec *specs;
	struct config_job *jobs;
	struct root *roots;
	struct ml_str *uris;
	const char **kinds;
	size_t nroots;
};

static int allocate(struct plan *plan, struct ml_arena *arena, size_t n)
{
	plan->specs = ml_alloc_array(arena, n, sizeof(*plan->specs));
	plan->jobs = ml_alloc_array(arena, n, sizeof(*plan->jobs));
	plan->roots = ml_alloc_array(arena, n, sizeof(*plan->roots));
	plan->uris = ml_alloc_array(arena, n, sizeof(*plan->uris));
	plan->kinds = ml_alloc_array(arena, n, sizeof(*plan->kinds));
	return ml_arena_failed(arena) ? ML_ENOMEM : 0;
}

static int prepare(struct plan *plan, const struct ml_options *options, const struct ml_targets *targets, const struct ml_packs *packs)
{
	struct config_job common = {.options = options, .packs = packs};
	int r = allocate(plan, options->arena, targets->n);

	if (r == 0)
		r = take_environment(options, &common);
	for (size_t i = 0; i < targets->n && r == 0; i++) {
		const struct ml_target *target = &targets->items[i];
		struct root *root = find_root(plan->roots, &plan->nroots, target->root);
		plan->jobs[i] = common;
		plan->jobs[i].target = target;
		plan->jobs[i].uri = plan->uris[i] = with_prefix(options->arena, target, target->path);
		plan->kinds[i] = target->kind;
		plan->specs[i] = ml_job_spec(options, "config", scan, &plan->jobs[i]);
		plan->specs[i].warm_up = ml_judging_warm_up;
		plan->specs[i].requests = ml_open_requests;
		plan->specs[i].nrequests = ml_open_nrequests;
		plan->specs[i].broker_ctx = &root->job;
		r = plan->uris[i].ptr ? 0 : ML_ENOMEM;
	}
	return r;
}

static void close_roots(const struct plan *plan)
{
	for (size_t i = 0; i < plan->nroots; i++)
		if (plan->roots[i].job.fd >= 0)
			close(plan->roots[i].job.fd);
}

/* A file that may be a target of its own: which root and path. */
struct place {
	const char *root, *path;
	size_t by; /* index + 1 of the target that names it; 0: it is one already */
};

static int by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = strcmp(x->root, y->root);

	return order ? order : strcmp(x->path, y->path);
}

static int add_place(struct ml_arena *arena, struct place **places, size_t *n, size_t *cap, struct place place)
{
	if (ml_alloc_grow(arena, places, cap, *n + 1, sizeof(**places)))
		return ML_ENOMEM;
	(*places)[(*n)++] = place;
	return 0;
}

/* Whether there is something of that name: what cannot be opened will be unknown. The words are a worker's, and nothing else is done with
 * them than opening. */
static bool exists(const struct plan *plan, const struct place *place)
{
	for (size_t i = 0; i < plan->nroots; i++) {
		int fd;
		if (strcmp(plan->roots[i].path, place->root) != 0 || plan->roots[i].job.fd < 0)
			continue;
		fd = ml_open_beneath(plan->roots[i].job.fd, place->path, ML_TARGET_BYTES);
		if (fd >= 0)
			close(fd);
		return fd != ML_ENOENT;
	}
	return false;
}

static int add_named(struct ml_arena *arena, const struct ml_targets *targets, const struct place *place, struct ml_targets *named)
{
	struct ml_target target = {.root = place->root, .path = place->path, .prefix = targets->items[place->by - 1].prefix,
		.kind = ml_kind_dockerfile.name};

	if (ml_alloc_grow(arena, &named->items, &named->cap, named->n + 1, sizeof(target)))
		return ML_ENOMEM;
	named->items[named->n++] = target;
	return 0;
}

/* Files that the workers named and that are there, each once, and not those that were targets before. */
static int take_lists(const struct plan *plan, struct ml_arena *arena, const struct ml_targets *targets, const struct ml_str *lists,
	struct ml_targets *named)
{
	struct place *places = NULL;
	size_t n = 0, cap = 0;
	int r = 0;

	for (size_t i = 0; i < targets->n && r == 0; i++) {
		struct ml_str rest = lists[i], path;
		r = add_place(arena, &places, &n, &cap, (struct place){targets->items[i].root, targets->items[i].path, 0});
		while (r == 0 && rest.len && ml_str_split(&rest, 0, &path) && rest.ptr)
			r = add_place(arena, &places, &n, &cap, (struct place){targets->items[i].root, path.ptr, i + 1});
	}
	if (r == 0)
		r = ml_sort(arena, places, n, sizeof(*places), by_place);
	for (size_t i = 0, first = 0; i < n && r == 0; i++) {
		bool again = i > 0 && by_place(&places[i - 1], &places[i]) == 0;
		first = again ? first : i;
		if (places[i].by == 0)
			places[first].by = 0;
		if (i + 1 < n && by_place(&places[i], &places[i + 1]) == 0)
			continue;
		if (places[first].by && exists(plan, &places[first]))
			r = add_named(arena, targets, &places[first], named);
	}
	return r;
}

static int run(const struct ml_options *options, const struct ml_targets *targets, const struct ml_packs *packs,
	struct ml_documents *documents, struct ml_targets *named, struct ml_error *err)
{
	struct plan plan = {0};
	struct ml_judged judged = {.options = options, .documents = documents, .total = targets->n,
		.progress = !options->quiet && isatty(STDERR_FILENO)};
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	int r;

	judged.lists = named ? ml_alloc_array(options->arena, targets->n, sizeof(*judged.lists)) : NULL;
	if (prepare(&plan, options, targets, packs) || (named && !judged.lists))
		return ml_fail(err, ML_ENOMEM, "out of memory");
	judged.uris = plan.uris;
	judged.kinds = plan.kinds;
	r = ml_workers_run(plan.specs, targets->n, options->jobs ? options->jobs : processors > 0 ? (unsigned)processors : 1,
		ml_judged_done, &judged, err);
	ml_judged_end(&judged);
	if (r == 0 && !judged.refused && named && take_lists(&plan, options->arena, targets, judged.lists, named))
		r = ml_fail(err, ML_ENOMEM, "out of memory");
	close_roots(&plan);
	return r ? r : judged.refused ? ML_EINVAL : 0;
}

int ml_config_scan(const struct ml_options *options, const struct ml_targets *targets, const struct ml_packs *packs,
	struct ml_documents *documents, struct ml_error *err)
{
	struct ml_targets named = {0};
	int r;

	allow_descriptors();
	r = run(options, targets, packs, documents, &named, err);
	return r || named.n == 0 ? r : run(options, &named, packs, documents, NULL, err);
}
