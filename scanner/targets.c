/* SPDX-License-Identifier: Apache-2.0 */
/* Which targets a scan has. */
#include "scanner/targets.h"

#include <fcntl.h>
#include <limits.h>
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

/* Whether a part of the path is "..". */
static bool leads_up(struct ml_str path)
{
	struct ml_str part;

	while (ml_str_split(&path, '/', &part))
		if (ml_str_is(part, ".."))
			return true;
	return false;
}

/* The root as it stands in reports: relative to the current directory when it lies beneath it, with a '/' behind; else "". */
static const char *prefix_of(struct ml_arena *arena, const char *root)
{
	struct ml_str path = ml_str(root), part;
	struct ml_str prefix = ML_STR("");
	char cwd[PATH_MAX];

	if (leads_up(path))
		return "";
	if (path.ptr[0] == '/') {
		struct ml_str here = ml_str(getcwd(cwd, sizeof(cwd)));
		if (!here.ptr || !ml_str_starts(path, here) || (path.len > here.len && path.ptr[here.len] != '/'))
			return "";
		path = ml_str_sub(path, here.len, path.len);
	}
	while (ml_str_split(&path, '/', &part))
		if (part.len && !ml_str_is(part, "."))
			prefix = ml_strf(arena, "%.*s%.*s/", ML_STR_ARG(prefix), ML_STR_ARG(part));
	return prefix.ptr;
}

static int add_target(struct ml_arena *arena, struct ml_targets *targets, struct ml_target target, struct ml_error *err)
{
	bool same_root = targets->n && target.root && strcmp(targets->items[targets->n - 1].root, target.root) == 0;

	if (!target.root || !target.path)
		return no_memory(err);
	target.prefix = same_root ? targets->items[targets->n - 1].prefix : prefix_of(arena, target.root);
	if (!target.prefix)
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

/* The sealed part of discovery: reads each .gitignore and says which of the other paths it does not ignore. */
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

/* docker-compose.override.yml beside a docker-compose.yml is part of that target, not one of its own. */
static bool is_override(const struct ml_walk *walk, struct ml_str path)
{
	static const char *const bases[] = {"compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"};
	struct ml_str dir = ml_path_dir(path), name = ml_path_base(path);

	if (!ml_str_ends(name, ML_STR("compose.override.yml")) && !ml_str_ends(name, ML_STR("compose.override.yaml")))
		return false;
	for (size_t i = 0; i < walk->n; i++)
		for (size_t b = 0; b < 4; b++)
			if (ml_str_eq(ml_path_dir(walk->found[i].path), dir) && ml_str_is(ml_path_base(walk->found[i].path), bases[b]))
				return true;
	return false;
}

static int keep_found(const struct ml_options *options, const char *root, const struct ml_walk *walk, struct ml_str kept,
	struct ml_targets *out, struct ml_error *err)
{
	if (kept.len != walk->n)
		return ml_fail(err, ML_ESANDBOX, "%s: the discovery worker's answer has the wrong length", root);
	for (size_t i = 0; i < walk->n; i++) {
		int r;
		if (walk->found[i].kind == ML_FOUND_IGNORE || is_override(walk, walk->found[i].path))
			continue;
		if (!kept.ptr[i]) {
			out->ignored++;
			continue;
		}
		r = add_target(options->arena, out, (struct ml_target){.root = root, .path = walk->found[i].path.ptr, .found = true}, err);
		if (r)
			return r;
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

static int search(const struct ml_options *options, const char *root, struct ml_targets *out, struct ml_error *err)
{
	struct ml_walk walk = {.arena = options->arena, .no_ignore = options->no_ignore};
	struct ml_worker_spec spec = ml_job_spec(options, "discovery", sift, &walk);
	struct single single = {0};
	struct ml_str kept;
	int r = ml_walk(&walk, root, err);

	for (size_t i = 0; i < walk.nunreadable && r == 0; i++)
		r = add_word(options->arena, &out->unreadable, ml_strf(options->arena, "%s/%.*s", root, ML_STR_ARG(walk.unreadable[i])), err);
	if (r)
		return r;
	out->vendored += walk.nvendored;
	out->incomplete = out->incomplete || walk.incomplete;
	if (options->no_ignore || !has_ignore_files(&walk)) {
		char *all = ml_alloc(options->arena, walk.n + 1);
		if (!all)
			return no_memory(err);
		memset(all, 1, walk.n);
		kept = (struct ml_str){all, walk.n};
	} else {
		r = run_single(options, &spec, root, &single, err);
		if (r)
			return r;
		kept = first_frame(&single, ML_FRAME_LIST);
	}
	return keep_found(options, root, &walk, kept, out, err);
}

/* A file: its directory is its root, unless --root says otherwise. */
static int add_file(const struct ml_options *options, const char *path, const char *root, const char *kind, struct ml_targets *out, struct ml_error *err)
{
	struct ml_str p = ml_str(path), dir = ml_path_dir(p);
	struct ml_target target = {.kind = kind};

	if (root) {
		struct ml_str r = ml_str(root);
		target.root = root;
		if (ml_str_starts(p, r) && p.len > r.len && p.ptr[r.len] == '/')
			p = ml_str_sub(p, r.len + 1, p.len);
		target.path = p.ptr;
	} else {
		target.root = dir.len ? ml_str_dup(options->arena, dir).ptr : path[0] == '/' ? "/" : ".";
		target.path = ml_path_base(p).ptr;
	}
	return add_target(options->arena, out, target, err);
}

static int add_operand(const struct ml_options *options, const char *path, const char *root, const char *kind, struct ml_targets *out, struct ml_error *err)
{
	struct stat st;
	struct ml_str where = ml_str(path);
	enum ml_candidate_kind by_name;

	if (root && path[0] != '/')
		where = ml_strf(options->arena, "%s/%s", root, path);
	if (lstat(where.ptr, &st) && lstat(path, &st))
		return ml_fail_at(err, ML_ENOENT, path, 0, 0, "no such file or directory");
	/* A directory with the name of a Compose file is a mistake that must be seen, not searched. */
	if (S_ISDIR(st.st_mode) && !(ml_candidate_name(ml_path_base(ml_str(path)), &by_name) && by_name == ML_FOUND_COMPOSE))
		return search(options, where.ptr, out, err);
	return add_file(options, path, root, kind, out, err);
}

/* `path` as it is called beneath `root`: without it in front. */
static const char *relative_to(struct ml_str root, const char *path)
{
	struct ml_str p = ml_str(path);
	bool beneath = root.len && ml_str_starts(p, root) && p.len > root.len && p.ptr[root.len] == '/';

	return beneath ? path + root.len + 1 : path;
}

/* Compose files that are one target. Their root is --root or the directory of the first. */
static int add_compose_files(const struct ml_options *options, const struct ml_words *files, const char *root, struct ml_targets *out, struct ml_error *err)
{
	struct ml_str dir = root ? ml_str(root) : ml_str_dup(options->arena, ml_path_dir(ml_str(files->items[0])));
	const char **names = ml_alloc_array(options->arena, files->n, sizeof(*names));
	struct ml_target target = {.root = dir.len ? dir.ptr : ".", .kind = "config.compose", .files = names, .nfiles = files->n};

	if (!names)
		return no_memory(err);
	for (size_t i = 0; i < files->n; i++)
		names[i] = relative_to(dir, files->items[i]);
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

/* Two directories that both lie outside of the current one would have the same names in reports: there each is called by its last part. */
static int name_outside(struct ml_arena *arena, struct ml_targets *targets, struct ml_error *err)
{
	const char *first = NULL;
	bool several = false;

	for (size_t i = 0; i < targets->n; i++) {
		if (targets->items[i].prefix[0])
			continue;
		several = several || (first && strcmp(first, targets->items[i].root) != 0);
		first = first ? first : targets->items[i].root;
	}
	for (size_t i = 0; several && i < targets->n; i++) {
		struct ml_target *target = &targets->items[i];
		struct ml_str name = ml_str(target->root);
		while (name.len && name.ptr[name.len - 1] == '/')
			name.len--;
		name = ml_path_base(name);
		if (target->prefix[0] || name.len == 0 || ml_str_is(name, ".") || ml_str_is(name, ".."))
			continue;
		target->prefix = ml_strf(arena, "%.*s/", ML_STR_ARG(name)).ptr;
		if (!target->prefix)
			return no_memory(err);
	}
	return 0;
}

/* A file on its way to being looked at once. */
struct named {
	struct ml_str name; /* as reports call it, or with its root where that lies outside */
	size_t root, index;
};

/* By name, and of equal names the one that may read more first. */
static int by_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int r = ml_str_cmp(x->name, y->name);

	return r ? r : (x->root > y->root) - (x->root < y->root);
}

/* `merlon scan . docker-compose.yml` names one file twice: it is judged once. */
static int drop_twins(struct ml_arena *arena, struct ml_targets *targets, struct ml_error *err)
{
	struct named *all = ml_alloc_array(arena, targets->n, sizeof(*all));
	size_t n = 0, kept = 0;

	for (size_t i = 0; all && i < targets->n; i++) {
		const struct ml_target *t = &targets->items[i];
		bool outside = !t->prefix[0] && strcmp(t->root, ".") != 0;
		if (t->nfiles == 0)
			all[n++] = (struct named){ml_strf(arena, "%s%s%s", outside ? t->root : t->prefix, outside ? "/" : "", t->path), strlen(t->root), i};
	}
	if (!all || ml_sort(arena, all, n, sizeof(*all), by_name))
		return no_memory(err);
	for (size_t i = 1; i < n; i++)
		if (ml_str_eq(all[i].name, all[i - 1].name))
			targets->items[all[i].index].path = NULL;
	for (size_t i = 0; i < targets->n; i++)
		if (targets->items[i].path)
			targets->items[kept++] = targets->items[i];
	targets->n = kept;
	return 0;
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
	if (r == 0)
		r = drop_twins(options->arena, out, err);
	return r ? r : name_outside(options->arena, out, err);
}
