/* SPDX-License-Identifier: Apache-2.0 */
/* What reports call each target: no two alike, and none named twice. */
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "base/sort.h"
#include "scanner/targets.h"

enum { ROUNDS = 64 };

/* A root of some targets. */
struct root {
	const char *path;
	const char *prefix; /* of what lies in it */
	struct ml_str real; /* absolute, for names; "" when it cannot be resolved */
	bool outside;       /* not beneath the current directory: its name is ours to choose */
	unsigned parts;     /* of `real` that its name has; 0: none is needed */
	bool taken;         /* another file has that name, too */
};

struct naming {
	struct ml_arena *arena;
	struct ml_targets *targets;
	struct root *roots;
	size_t nroots;
	size_t *root_of; /* by target */
};

/* Whether a part of the path is "..". */
static bool leads_up(struct ml_str path)
{
	struct ml_str part;

	while (ml_str_split(&path, '/', &part))
		if (ml_str_is(part, ".."))
			return true;
	return false;
}

/* Relative to the current directory when it lies beneath it, with a '/' behind; else NULL. "" is the directory itself. */
static const char *prefix_within(struct ml_arena *arena, const char *root)
{
	struct ml_str path = ml_str(root), prefix = ML_STR(""), part;
	char cwd[PATH_MAX];

	if (leads_up(path))
		return NULL;
	if (path.ptr[0] == '/') {
		struct ml_str here = ml_str(getcwd(cwd, sizeof(cwd)));
		if (!here.ptr || !ml_str_starts(path, here) || (path.len > here.len && here.len > 1 && path.ptr[here.len] != '/'))
			return NULL;
		path = ml_str_sub(path, here.len, path.len);
	}
	while (ml_str_split(&path, '/', &part))
		if (part.len && !ml_str_is(part, "."))
			prefix = ml_strf(arena, "%.*s%.*s/", ML_STR_ARG(prefix), ML_STR_ARG(part));
	return prefix.ptr;
}

static int begin_root(struct naming *n, struct root *root, const char *path)
{
	char real[PATH_MAX];

	*root = (struct root){.path = path, .prefix = prefix_within(n->arena, path)};
	root->outside = !root->prefix;
	root->real = ml_str_dup(n->arena, ml_str(realpath(path, real)));
	if (root->outside)
		root->prefix = "";
	return ml_arena_failed(n->arena) ? ML_ENOMEM : 0;
}

static int by_root(const void *a, const void *b)
{
	const struct ml_target *const *x = a, *const *y = b;

	return strcmp((*x)->root, (*y)->root);
}

/* Each root once, whatever it is written like. */
static int find_roots(struct naming *n)
{
	struct ml_targets *targets = n->targets;
	const struct ml_target **sorted = ml_alloc_array(n->arena, targets->n, sizeof(*sorted));

	n->roots = ml_alloc_array(n->arena, targets->n, sizeof(*n->roots));
	n->root_of = ml_alloc_array(n->arena, targets->n, sizeof(*n->root_of));
	if (!sorted || !n->roots || !n->root_of)
		return ML_ENOMEM;
	for (size_t i = 0; i < targets->n; i++)
		sorted[i] = &targets->items[i];
	if (ml_sort(n->arena, sorted, targets->n, sizeof(*sorted), by_root))
		return ML_ENOMEM;
	for (size_t i = 0; i < targets->n; i++) {
		if ((i == 0 || by_root(&sorted[i - 1], &sorted[i])) && begin_root(n, &n->roots[n->nroots++], sorted[i]->root))
			return ML_ENOMEM;
		n->root_of[sorted[i] - targets->items] = n->nroots - 1;
	}
	return 0;
}

/* A file on its way to being looked at once. */
struct named {
	struct ml_str name;
	size_t depth, index; /* depth: of its root, in bytes */
};

/* By name, and of equal names the one that may read more first. */
static int by_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = ml_str_cmp(x->name, y->name);

	return order ? order : (x->depth > y->depth) - (x->depth < y->depth);
}

/* Targets by the names that `name` gives, sorted. */
static struct named *sorted_names(struct naming *n, struct ml_str (*name)(struct naming *n, size_t i))
{
	struct named *all = ml_alloc_array(n->arena, n->targets->n, sizeof(*all));

	for (size_t i = 0; all && i < n->targets->n; i++)
		all[i] = (struct named){name(n, i), n->roots[n->root_of[i]].real.len, i};
	if (!all || ml_arena_failed(n->arena) || ml_sort(n->arena, all, n->targets->n, sizeof(*all), by_name))
		return NULL;
	return all;
}

/* Where it is, by its real root. What is merged of several files is no file of its own. */
static struct ml_str real_name(struct naming *n, size_t i)
{
	const struct ml_target *target = &n->targets->items[i];
	struct ml_str real = n->roots[n->root_of[i]].real;

	if (target->nfiles || real.len == 0)
		return ml_strf(n->arena, "%zu", i);
	return ml_strf(n->arena, "%.*s%s%s", ML_STR_ARG(real), real.len > 1 ? "/" : "", target->path);
}

static struct ml_str shown_name(struct naming *n, size_t i)
{
	return ml_strf(n->arena, "%s%s", n->roots[n->root_of[i]].prefix, n->targets->items[i].path);
}

/* `merlon scan . docker-compose.yml` names one file twice: it is judged once. */
static int drop_twins(struct naming *n)
{
	struct named *all = sorted_names(n, real_name);
	struct ml_targets *targets = n->targets;
	size_t kept = 0;

	if (!all)
		return ML_ENOMEM;
	for (size_t i = 1; i < targets->n; i++)
		if (ml_str_eq(all[i].name, all[i - 1].name))
			targets->items[all[i].index].path = NULL;
	for (size_t i = 0; i < targets->n; i++) {
		if (!targets->items[i].path)
			continue;
		n->root_of[kept] = n->root_of[i];
		targets->items[kept++] = targets->items[i];
	}
	targets->n = kept;
	return 0;
}

/* The last parts of its real path; a number in front when it has no more of them. */
static int lengthen(struct naming *n, struct root *root)
{
	size_t from = root->real.len;
	unsigned parts = 0;

	for (root->parts++; from > 0 && parts < root->parts; parts++)
		from = ml_str_rchr(ml_str_sub(root->real, 0, from), '/');
	if (root->real.len > 1 && parts == root->parts)
		root->prefix = ml_strf(n->arena, "%.*s/", ML_STR_ARG(ml_str_sub(root->real, from + 1, root->real.len))).ptr;
	else
		root->prefix = ml_strf(n->arena, "~%zu/", (size_t)(root - n->roots)).ptr;
	return root->prefix ? 0 : ML_ENOMEM;
}

/* The outside roots of files that share a name with another get one part more. */
static int tell_apart(struct naming *n, bool *again)
{
	struct named *all = sorted_names(n, shown_name);

	*again = false;
	if (!all)
		return ML_ENOMEM;
	for (size_t i = 1; i < n->targets->n; i++)
		if (ml_str_eq(all[i - 1].name, all[i].name))
			n->roots[n->root_of[all[i - 1].index]].taken = n->roots[n->root_of[all[i].index]].taken = true;
	for (size_t i = 0; i < n->nroots; i++) {
		struct root *root = &n->roots[i];
		if (root->taken && root->outside && lengthen(n, root))
			return ML_ENOMEM;
		*again = *again || (root->taken && root->outside);
		root->taken = false;
	}
	return 0;
}

/* Where several directories are scanned, one that lies outside is called by its last part at least. */
static int name_outside(struct naming *n)
{
	bool again = true;
	int r = 0;

	for (size_t i = 0; i < n->nroots && n->nroots > 1 && r == 0; i++)
		if (n->roots[i].outside)
			r = lengthen(n, &n->roots[i]);
	for (int i = 0; i < ROUNDS && again && r == 0; i++)
		r = tell_apart(n, &again);
	return r;
}

static int set_unseen_apart(struct ml_arena *arena, struct ml_targets *targets)
{
	size_t kept = 0;

	targets->unseen = ml_alloc_array(arena, targets->n, sizeof(*targets->unseen));
	if (!targets->unseen)
		return ML_ENOMEM;
	for (size_t i = 0; i < targets->n; i++) {
		struct ml_target target = targets->items[i];
		if (target.unseen)
			targets->unseen[targets->nunseen++] = target;
		else
			targets->items[kept++] = target;
	}
	targets->n = kept;
	return 0;
}

int ml_targets_name(struct ml_arena *arena, struct ml_targets *targets)
{
	struct naming n = {.arena = arena, .targets = targets};
	int r = find_roots(&n);

	r = r ? r : drop_twins(&n);
	r = r ? r : name_outside(&n);
	for (size_t i = 0; i < targets->n && r == 0; i++)
		targets->items[i].prefix = n.roots[n.root_of[i]].prefix;
	return r ? r : set_unseen_apart(arena, targets);
}
