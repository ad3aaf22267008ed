/* SPDX-License-Identifier: Apache-2.0 */
/* The walk over a tree's names. */
#include "scanner/discover.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Folders that hold other people's code. */
static const char *const vendored_names[] = {
	"node_modules", "bower_components", "vendor", "third_party", ".git", ".hg", ".svn", ".venv", "venv", "site-packages",
	".tox", ".terraform", "__pycache__",
};

static bool has_yaml_end(struct ml_str name, struct ml_str *stem)
{
	bool yaml = ml_str_ends(name, ML_STR(".yaml")), yml = ml_str_ends(name, ML_STR(".yml"));

	*stem = ml_str_sub(name, 0, name.len - (yaml ? 5 : yml ? 4 : 0));
	return yaml || yml;
}

/* "compose" as a word of its own in the stem: compose, docker-compose.prod, app_compose, compose-dev. */
static bool is_compose_stem(struct ml_str stem)
{
	size_t at = ml_str_find(stem, ML_STR("compose"));
	const char *borders = "-._";

	if (ml_str_is(stem, "stack") || ml_str_starts(stem, ML_STR("docker-stack")))
		return true; /* what `docker stack deploy` is given in Docker's own manuals */
	if (at == ML_NPOS)
		return false;
	return (at == 0 || strchr(borders, stem.ptr[at - 1])) && (at + 7 == stem.len || strchr(borders, stem.ptr[at + 7]));
}

static bool is_dockerfile(struct ml_str name)
{
	static const char *const names[] = {"Dockerfile", "Containerfile", "dockerfile", "containerfile"};

	if (ml_str_ends(name, ML_STR(".dockerignore")) || ml_str_ends(name, ML_STR("~")) ||
		ml_str_ends(name, ML_STR(".json"))) /* Dockerfile.json is our own evidence */
		return false;
	for (int i = 0; i < 4; i++) {
		struct ml_str word = ml_str(names[i]);
		if (ml_str_eq(name, word))
			return true;
		if (name.len > word.len && ml_str_starts(name, word) && strchr(".-_", name.ptr[word.len]))
			return true;
		if (name.len > word.len && ml_str_ends(name, word) && strchr(".-_", name.ptr[name.len - word.len - 1]))
			return true;
	}
	return false;
}

bool ml_candidate_name(struct ml_str name, enum ml_candidate_kind *kind)
{
	struct ml_str stem;

	*kind = ML_FOUND_DOCKERFILE;
	if (ml_str_is(name, ".gitignore"))
		*kind = ML_FOUND_IGNORE;
	else if (has_yaml_end(name, &stem) && is_compose_stem(stem))
		*kind = ML_FOUND_COMPOSE;
	else
		return is_dockerfile(name);
	return true;
}

static bool is_vendored(struct ml_str name)
{
	for (size_t i = 0; i < sizeof(vendored_names) / sizeof(vendored_names[0]); i++)
		if (ml_str_is(name, vendored_names[i]))
			return true;
	return false;
}

static int add_vendored(struct ml_walk *walk, struct ml_str path)
{
	if (ml_alloc_grow(walk->arena, &walk->vendored, &walk->vendored_cap, walk->nvendored + 1, sizeof(*walk->vendored)))
		return ML_ENOMEM;
	walk->vendored[walk->nvendored++] = path;
	return 0;
}

static int add_unseen(struct ml_walk *walk, struct ml_str path, const char *why)
{
	if (ml_alloc_grow(walk->arena, &walk->unseen, &walk->unseen_cap, walk->nunseen + 1, sizeof(*walk->unseen)))
		return ML_ENOMEM;
	walk->unseen[walk->nunseen++] = (struct ml_unseen){path, why};
	return 0;
}

static int add_candidate(struct ml_walk *walk, enum ml_candidate_kind kind, struct ml_str path)
{
	if (ml_alloc_grow(walk->arena, &walk->found, &walk->cap, walk->n + 1, sizeof(*walk->found)))
		return ML_ENOMEM;
	walk->found[walk->n++] = (struct ml_candidate){kind, path};
	return 0;
}

static bool is_dir(int at, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return fstatat(at, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

static int walk_dir(struct ml_walk *walk, int fd, struct ml_str path, int depth);

static const char *why_not(void)
{
	return errno == EACCES || errno == EPERM ? "this folder cannot be read: permission denied" : "this folder cannot be read";
}

static int enter(struct ml_walk *walk, int at, const char *name, struct ml_str path, int depth)
{
	int fd;

	if (depth >= ML_WALK_DEPTH)
		return add_unseen(walk, path, "this folder lies too deep to be searched");
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return add_unseen(walk, path, why_not());
	return walk_dir(walk, fd, path, depth + 1);
}

static int visit(struct ml_walk *walk, int at, const struct dirent *entry, struct ml_str dir, int depth)
{
	struct ml_str name = ml_str(entry->d_name);
	struct ml_str path = ml_strf(walk->arena, "%.*s%s%s", ML_STR_ARG(dir), dir.len ? "/" : "", entry->d_name);
	bool directory = is_dir(at, entry);
	enum ml_candidate_kind kind;

	if (!path.ptr)
		return ML_ENOMEM;
	if (directory && is_vendored(name) && !walk->no_ignore)
		return add_vendored(walk, path);
	if (ml_candidate_name(name, &kind)) {
		int r = add_candidate(walk, kind, path);
		if (r)
			return r;
	}
	return directory ? enter(walk, at, entry->d_name, path, depth) : 0;
}

static int not_dots(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/* Bytewise, whatever the locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Takes over fd. */
static int walk_dir(struct ml_walk *walk, int fd, struct ml_str path, int depth)
{
	struct dirent **entries = NULL;
	int n = scandirat(fd, ".", &entries, not_dots, by_name), r = 0;

	if (n < 0)
		r = add_unseen(walk, path, why_not());
	for (int i = 0; i < n; i++) {
		if (r == 0 && walk->entries++ < ML_WALK_ENTRIES)
			r = visit(walk, fd, entries[i], path, depth);
		free(entries[i]);
	}
	free(entries);
	close(fd);
	return r;
}

int ml_walk(struct ml_walk *walk, const char *root, struct ml_error *err)
{
	int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r;

	if (fd < 0)
		return ml_fail_at(err, errno == ENOENT ? ML_ENOENT : ML_EACCES, root, 0, 0, "%s", strerror(errno));
	r = walk_dir(walk, fd, ML_STR(""), 0);
	if (r == 0 && walk->entries > ML_WALK_ENTRIES)
		r = add_unseen(walk, ML_STR(""), "this tree has too many files to be searched wholly");
	return r ? ml_fail(err, r, "out of memory") : 0;
}
