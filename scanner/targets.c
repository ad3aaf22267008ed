/* SPDX-License-Identifier: Apache-2.0 */
/* Which targets a scan has. */
#include "scanner/targets.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/path.h"
#include "base/sort.h"
#include "scanner/discover.h"
#include "scanner/files.h"
#include "scanner/ignore.h"
#include "scanner/jobs.h"
#include "scanner/plan.h"

enum { PLAN_BYTES = 1 << 20, WORKER_ARENA = 1 << 28 };

static int no_memory(struct ml_error *err)
{
	return ml_fail(err, ML_ENOMEM, "out of memory");
}

static int add_target(struct ml_arena *arena, struct ml_targets *targets, struct ml_target target, struct ml_error *err)
{
	if (!target.root || !target.path)
		return no_memory(err);
	if (ml_alloc_grow(arena, &targets->items, &targets->cap, targets->n + 1, sizeof(*targets->items)))
		return no_memory(err);
	targets->items[targets->n++] = target;
	return 0;
}

static int add_word(struct ml_arena *arena, struct ml_words *words, struct ml_str word, struct ml_error *err)
{
	if (ml_alloc_grow(arena, &words->items, &words->cap, words->n + 1, sizeof(*words->items)))
		return no_memory(err);
	words->items[words->n++] = ml_str_dup(arena, word).ptr;
	return words->items[words->n - 1] ? 0 : no_memory(err);
}

/* The sealed part of discovery: reads each .gitignore and says which of the other paths it does not ignore, then which of the folders that nobody could look into. */
static int sift(struct ml_worker *worker, void *arg)
{
	const struct ml_walk *walk = arg;
	ML_ARENA_AUTO arena = ml_arena_new(WORKER_ARENA);
	struct ml_ignore ignore = {.arena = arena};
	struct ml_reader reader = ml_job_reader(worker);
	ML_BUF_AUTO kept;
	int r = arena ? 0 : ML_ENOMEM;

	for (size_t i = 0; i < walk->n && r == 0; i++) {
		struct ml_str text;
		if (walk->found[i].kind == ML_FOUND_IGNORE && ml_read(&reader, arena, walk->found[i].path, &text, NULL) == 0)
			r = ml_ignore_add(&ignore, ml_path_dir(walk->found[i].path), text);
	}
	ml_buf_init(&kept, (size_t)256 << 20);
	for (size_t i = 0; i < walk->n && r == 0; i++)
		ml_buf_putc(&kept, walk->found[i].kind != ML_FOUND_IGNORE && !ml_ignored(&ignore, walk->found[i].path));
	for (size_t i = 0; i < walk->nunseen && r == 0; i++)
		ml_buf_putc(&kept, !ml_ignored(&ignore, ml_strf(arena, "%.*s/", ML_STR_ARG(walk->unseen[i].path))));
	return r || kept.error ? 1 : ml_frame_write(worker, ML_FRAME_LIST, ml_buf_get(&kept)) != 0;
}

/* What came of one worker whose output is one frame. */
struct single {
	struct ml_arena *arena;
	struct ml_str output;
	int code, status;
	struct ml_error error;
};

static void keep(void *ctx, size_t i, struct ml_outcome *outcome)
{
	struct single *single = ctx;

	single->code = outcome->code;
	single->status = outcome->status;
	single->error = outcome->error;
	single->output = ml_str_dup(single->arena, ml_buf_get(&outcome->output));
}

static int run_single(const struct ml_options *options, struct ml_worker_spec *spec, const char *root, struct single *single, struct ml_error *err)
{
	struct ml_job_root job = {.fd = root ? open(root, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1};
	int r;

	spec->requests = ml_open_requests;
	spec->nrequests = ml_open_nrequests;
	spec->broker_ctx = &job;
	single->arena = options->arena;
	r = ml_workers_run(spec, 1, 1, keep, single, err);
	if (job.fd >= 0)
		close(job.fd);
	if (r == 0 && single->code) {
		*err = single->error;
		r = single->code;
	}
	return r;
}

static struct ml_str first_frame(struct single *single, enum ml_frame want)
{
	struct ml_str rest = single->output, bytes;
	enum ml_frame type;
	bool broken = false;

	while (ml_frame_next(&rest, &type, &bytes, &broken))
		if (type == want)
			return bytes;
	return ML_STR_NONE;
}

static int by_text(const void *a, const void *b)
{
	return ml_str_cmp(*(const struct ml_str *)a, *(const struct ml_str *)b);
}

/* Folders with a file that docker compose takes by itself, sorted. */
struct folders {
	struct ml_str *items;
	size_t n;
};

static int find_projects(struct ml_arena *arena, const struct ml_walk *walk, struct folders *out)
{
	static const char *const bases[] = {"compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"};

	*out = (struct folders){.items = ml_alloc_array(arena, walk->n, sizeof(*out->items))};
	for (size_t i = 0; out->items && i < walk->n; i++)
		for (size_t b = 0; b < sizeof(bases) / sizeof(bases[0]); b++)
			if (ml_str_is(ml_path_base(walk->found[i].path), bases[b])) {
				out->items[out->n++] = ml_path_dir(walk->found[i].path);
				break;
			}
	return out->items ? ml_sort(arena, out->items, out->n, sizeof(*out->items), by_text) : ML_ENOMEM;
}

/* docker-compose.override.yml beside a docker-compose.yml is part of that target, not one of its own. */
static bool is_override(const struct folders *projects, struct ml_str path)
{
	struct ml_str dir = ml_path_dir(path), name = ml_path_base(path);

	if (!ml_str_ends(name, ML_STR("compose.override.yml")) && !ml_str_ends(name, ML_STR("compose.override.yaml")))
		return false;
	return bsearch(&dir, projects->items, projects->n, sizeof(dir), by_text) != NULL;
}

/* A directory that is searched: as it is opened, and where it lies. */
struct searched {
	const char *path;
	const char *root, *beneath; /* "" when it is the root itself */
};

static int add_found(const struct ml_options *options, const struct searched *dir, struct ml_str path, struct ml_target target, struct ml_targets *out,
	struct ml_error *err)
{
	target.root = dir->root;
	target.path = ml_strf(options->arena, "%s%s%.*s", dir->beneath, dir->beneath[0] && path.len ? "/" : "", ML_STR_ARG(path)).ptr;
	return add_target(options->arena, out, target, err);
}

static int keep_found(const struct ml_options *options, const struct searched *dir, const struct ml_walk *walk, struct ml_str kept,
	struct ml_targets *out, struct ml_error *err)
{
	struct folders projects;

	if (find_projects(options->arena, walk, &projects))
		return no_memory(err);
	if (kept.len != walk->n + walk->nunseen)
		return ml_fail(err, ML_ESANDBOX, "%s: the discovery worker's answer has the wrong length", dir->path);
	for (size_t i = 0; i < walk->n; i++) {
		int r;
		if (walk->found[i].kind == ML_FOUND_IGNORE || is_override(&projects, walk->found[i].path))
			continue;
		if (!kept.ptr[i]) {
			out->ignored++;
			continue;
		}
		r = add_found(options, dir, walk->found[i].path, (struct ml_target){.found = true}, out, err);
		if (r)
			return r;
	}
	for (size_t i = 0; i < walk->nunseen; i++) {
		struct ml_target folder = {.unseen = walk->unseen[i].why};
		int r = kept.ptr[walk->n + i] ? add_found(options, dir, walk->unseen[i].path, folder, out, err) : 0;
		if (r)
			return r;
		out->ignored += !kept.ptr[walk->n + i];
	}
	return 0;
}

static bool has_ignore_files(const struct ml_walk *walk)
{
	for (size_t i = 0; i < walk->n; i++)
		if (walk->found[i].kind == ML_FOUND_IGNORE)
			return true;
	return false;
}

static int search(const struct ml_options *options, const struct searched *dir, struct ml_targets *out, struct ml_error *err)
{
	struct ml_walk walk = {.arena = options->arena, .no_ignore = options->no_ignore};
	struct ml_worker_spec spec = ml_job_spec(options, "discovery", sift, &walk);
	struct single single = {0};
	struct ml_str kept;
	int r = ml_walk(&walk, dir->path, err);

	if (r)
		return r;
	out->vendored += walk.nvendored;
	if (options->no_ignore || !has_ignore_files(&walk)) {
		size_t n = walk.n + walk.nunseen;
		char *all = ml_alloc(options->arena, n + 1);
		if (!all)
			return no_memory(err);
		memset(all, 1, n);
		kept = (struct ml_str){all, n};
	} else {
		r = run_single(options, &spec, dir->path, &single, err);
		if (r)
			return r;
		kept = first_frame(&single, ML_FRAME_LIST);
	}
	return keep_found(options, dir, &walk, kept, out, err);
}

/* `path`, which is there, as it is called beneath `root`, "" when it is the root itself; NULL when it does not lie there. Of a file only the directory is
 * resolved: a link is called by its own name. */
static const char *relative_to(struct ml_arena *arena, const char *root, const char *path, bool directory)
{
	struct ml_str dir = directory ? ml_str(path) : ml_path_dir(ml_str(path)), base = ml_path_base(ml_str(path)), top, real;
	char real_root[PATH_MAX], real_dir[PATH_MAX];

	dir = dir.len ? ml_str_dup(arena, dir) : path[0] == '/' ? ML_STR("/") : ML_STR(".");
	if (!dir.ptr || !realpath(root, real_root) || !realpath(dir.ptr, real_dir))
		return NULL;
	top = ml_str(real_root[1] ? real_root : "");
	real = ml_str(real_dir[1] ? real_dir : "");
	if (!ml_str_starts(real, top) || (real.len > top.len && real.ptr[top.len] != '/'))
		return NULL;
	real = ml_str_sub(real, top.len < real.len ? top.len + 1 : top.len, real.len);
	return directory ? ml_str_dup(arena, real).ptr : ml_strf(arena, "%.*s%s%.*s", ML_STR_ARG(real), real.len ? "/" : "", ML_STR_ARG(base)).ptr;
}

/* An operand as it was found: its path for us, its root, and its path beneath that. */
struct operand {
	const char *path, *root, *beneath;
	bool directory;
};

/* An operand is relative to the current directory; with --root, one that is not there may be relative to the root. */
static int find_operand(const struct ml_options *options, const char *path, const char *root, struct operand *out, struct ml_error *err)
{
	const char *in_root = root && path[0] != '/' ? ml_strf(options->arena, "%s/%s", root, path).ptr : NULL;
	struct stat st;
	enum ml_candidate_kind by_name;

	*out = (struct operand){.path = path, .root = root};
	if (lstat(path, &st)) {
		out->path = in_root;
		if (!in_root || lstat(in_root, &st))
			return ml_fail_at(err, ML_ENOENT, path, 0, 0, "no such file or directory");
	}
	/* A directory with the name of a Compose file is a mistake that must be seen, not searched. */
	out->directory = S_ISDIR(st.st_mode) && !(ml_candidate_name(ml_path_base(ml_str(path)), &by_name) && by_name == ML_FOUND_COMPOSE);
	out->beneath = root ? relative_to(options->arena, root, out->path, out->directory) : "";
	if (out->beneath)
		return 0;
	return ml_fail_at(err, ML_EACCES, path, 0, 0, "it does not lie beneath %s, and nothing else is read (see --root)", root);
}

/* A file: its directory is its root, unless --root says otherwise. */
static int add_file(const struct ml_options *options, const struct operand *operand, const char *kind, struct ml_targets *out, struct ml_error *err)
{
	struct ml_str dir = ml_path_dir(ml_str(operand->path));
	struct ml_target target = {.kind = kind, .root = operand->root, .path = operand->beneath};

	if (!target.root) {
		target.root = dir.len ? ml_str_dup(options->arena, dir).ptr : operand->path[0] == '/' ? "/" : ".";
		target.path = ml_path_base(ml_str(operand->path)).ptr;
	}
	return add_target(options->arena, out, target, err);
}

static int add_operand(const struct ml_options *options, const char *path, const char *root, const char *kind, struct ml_targets *out, struct ml_error *err)
{
	struct operand operand;
	int r = find_operand(options, path, root, &operand, err);

	if (r || !operand.directory)
		return r ? r : add_file(options, &operand, kind, out, err);
	return search(options, &(struct searched){operand.path, root ? root : operand.path, operand.beneath}, out, err);
}

/* Compose files that are one target. Their root is --root or the directory of the first. */
static int add_compose_files(const struct ml_options *options, const struct ml_words *files, const char *root, struct ml_targets *out, struct ml_error *err)
{
	struct ml_str dir = root ? ml_str(root) : ml_str_dup(options->arena, ml_path_dir(ml_str(files->items[0])));
	const char **names = ml_alloc_array(options->arena, files->n, sizeof(*names));
	struct ml_target target = {.root = dir.len ? dir.ptr : ".", .kind = "config.compose", .files = names, .nfiles = files->n};

	if (!names)
		return no_memory(err);
	for (size_t i = 0; i < files->n; i++) {
		struct operand operand;
		int r = find_operand(options, files->items[i], target.root, &operand, err);
		if (r)
			return r;
		names[i] = operand.beneath;
	}
	target.path = names[0];
	return add_target(options->arena, out, target, err);
}

/* The sealed part of a plan: what it says as strings "key\0value\0", or its diagnostics. */
static void put_pair(struct ml_buf *out, const char *key, struct ml_str value)
{
	ml_buf_puts(out, key);
	ml_buf_putc(out, 0);
	ml_buf_str(out, value);
	ml_buf_putc(out, 0);
}

static void put_plan(struct ml_buf *out, const struct ml_plan *plan)
{
	for (size_t i = 0; i < plan->ntargets; i++) {
		const struct ml_plan_target *target = &plan->targets[i];
		put_pair(out, "kind", target->kind);
		put_pair(out, "root", target->root);
		for (size_t f = 0; f < target->nfiles; f++)
			put_pair(out, "file", target->files[f]);
		put_pair(out, "target", target->path);
	}
	for (size_t i = 0; i < plan->npolicies; i++)
		put_pair(out, "policy", plan->policies[i]);
	for (size_t i = 0; i < plan->nwaivers; i++)
		put_pair(out, "waivers", plan->waivers[i]);
	put_pair(out, "fail-on", plan->fail_on);
	put_pair(out, "baseline", plan->baseline);
}

struct plan_job {
	struct ml_str name, bytes;
};

static int read_plan(struct ml_worker *worker, void *arg)
{
	const struct plan_job *job = arg;
	ML_ARENA_AUTO arena = ml_arena_new(WORKER_ARENA);
	struct ml_diags diags = {.arena = arena};
	struct ml_plan plan;
	ML_BUF_AUTO out;
	int r = arena ? ml_plan_read(arena, job->name, job->bytes, &diags, &plan) : ML_ENOMEM;

	ml_buf_init(&out, (size_t)16 << 20);
	for (size_t i = 0; i < diags.n; i++)
		ml_diag_print(&out, &diags.items[i]);
	if (diags.n)
		ml_frame_write(worker, ML_FRAME_DIAGS, ml_buf_get(&out));
	if (r)
		return 1;
	ml_buf_clear(&out);
	put_plan(&out, &plan);
	return out.error || ml_frame_write(worker, ML_FRAME_LIST, ml_buf_get(&out)) ? 1 : 0;
}

/* Paths of a plan are relative to it. */
static const char *beside_plan(const struct ml_options *options, const char *plan, struct ml_str path)
{
	struct ml_str dir = ml_path_dir(ml_str(plan));

	if (dir.len == 0 || (path.len && path.ptr[0] == '/'))
		return ml_str_dup(options->arena, path).ptr;
	return ml_strf(options->arena, "%.*s/%.*s", ML_STR_ARG(dir), ML_STR_ARG(path)).ptr;
}

/* A pack is named by its id, a file by its path. */
static const char *policy_of_plan(const struct ml_options *options, const char *plan, struct ml_str name)
{
	bool path = ml_str_chr(name, '/') != ML_NPOS || ml_str_ends(name, ML_STR(".yaml")) || ml_str_ends(name, ML_STR(".yml"));

	return path ? beside_plan(options, plan, name) : ml_str_dup(options->arena, name).ptr;
}

/* A target of a plan while its pairs are read. */
struct pending {
	const char *kind, *root;
	struct ml_words files;
};

static int take_target(const struct ml_options *options, const char *plan, struct pending *pending, struct ml_str path, struct ml_targets *out, struct ml_error *err)
{
	int r;

	if (path.len)
		r = add_operand(options, beside_plan(options, plan, path), pending->root, pending->kind, out, err);
	else
		r = add_compose_files(options, &pending->files, pending->root, out, err);
	*pending = (struct pending){0};
	return r;
}

static int take_pair(const struct ml_options *options, const char *plan, struct pending *pending, struct ml_str key, struct ml_str value,
	struct ml_targets *out, struct ml_error *err)
{
	if (ml_str_is(key, "target"))
		return take_target(options, plan, pending, value, out, err);
	if (value.len == 0)
		return 0;
	if (ml_str_is(key, "kind"))
		pending->kind = ml_str_dup(options->arena, value).ptr;
	else if (ml_str_is(key, "root"))
		pending->root = beside_plan(options, plan, value);
	else if (ml_str_is(key, "file"))
		return add_word(options->arena, &pending->files, ml_str(beside_plan(options, plan, value)), err);
	else if (ml_str_is(key, "policy"))
		return add_word(options->arena, &out->policies, ml_str(policy_of_plan(options, plan, value)), err);
	else if (ml_str_is(key, "waivers"))
		return add_word(options->arena, &out->waivers, ml_str(beside_plan(options, plan, value)), err);
	else if (ml_str_is(key, "fail-on"))
		out->fail_on = ml_str_dup(options->arena, value).ptr;
	else if (ml_str_is(key, "baseline"))
		out->baseline = beside_plan(options, plan, value);
	return 0;
}

static int take_plan(const struct ml_options *options, const char *plan, struct ml_str pairs, struct ml_targets *out, struct ml_error *err)
{
	struct pending pending = {0};
	struct ml_str key, value;
	int r = 0;

	while (r == 0 && pairs.len && ml_str_split(&pairs, 0, &key) && ml_str_split(&pairs, 0, &value))
		r = take_pair(options, plan, &pending, key, value, out, err);
	return r;
}

static int follow_plan(const struct ml_options *options, const char *plan, struct ml_targets *out, struct ml_error *err)
{
	struct plan_job job = {.name = ml_str(plan)};
	struct ml_worker_spec spec = ml_job_spec(options, "plan", read_plan, &job);
	struct single single = {0};
	struct ml_str diags;
	int r = ml_file_read(options->arena, plan, PLAN_BYTES, &job.bytes, err);

	if (r == 0)
		r = run_single(options, &spec, NULL, &single, err);
	if (r)
		return r;
	diags = first_frame(&single, ML_FRAME_DIAGS);
	if (diags.len)
		ml_fd_write(STDERR_FILENO, diags, NULL);
	if (single.status)
		return ml_fail(err, ML_EINVAL, "%s is not a valid plan", plan);
	return take_plan(options, plan, first_frame(&single, ML_FRAME_LIST), out, err);
}

int ml_targets_find(const struct ml_options *options, struct ml_targets *out, struct ml_error *err)
{
	int r = 0;

	*out = (struct ml_targets){0};
	if (options->plan)
		r = follow_plan(options, options->plan, out, err);
	else if (options->operands.n == 0 && options->compose_files.n == 0)
		r = access("merlon.yaml", F_OK) == 0 ? follow_plan(options, "merlon.yaml", out, err)
						     : add_operand(options, ".", options->root, options->kind, out, err);
	if (r == 0 && options->compose_files.n)
		r = add_compose_files(options, &options->compose_files, options->root, out, err);
	for (size_t i = 0; i < options->operands.n && r == 0; i++)
		r = add_operand(options, options->operands.items[i], options->root, options->kind, out, err);
	return r ? r : ml_targets_name(options->arena, out) ? no_memory(err) : 0;
}
