/* SPDX-License-Identifier: Apache-2.0 */
/* Which package caches a command empties: by its manager's own means, or by removing the directory. */
#include "checks/config/dockerfile/program.h"

/* Directories of caches. A pattern is a path; what lies below it, and what it lies in, counts too. */
static const struct {
	const char *path, *cache;
} directories[] = {
	{"/var/lib/apt/lists", "apt-lists"},
	{"/var/cache/apt", "apt-archives"},
	{"/var/cache/apk", "apk"},
	{"/etc/apk/cache", "apk"},
	{"/var/cache/yum", "yum"},
	{"/var/cache/dnf", "dnf"},
	{"/var/cache/libdnf5", "dnf"},
	{"/var/cache/tdnf", "dnf"},
	{"/var/cache/zypp", "zypper"},
	{"/var/cache/pacman", "pacman"},
	{"/root/.cache/pip", "pip"},
	{"~/.cache/pip", "pip"},
	{"$HOME/.cache/pip", "pip"},
	{"${HOME}/.cache/pip", "pip"},
	{"/root/.npm", "npm"},
	{"~/.npm", "npm"},
	{"$HOME/.npm", "npm"},
	{"/root/.cache/yarn", "yarn"},
	{"~/.cache/yarn", "yarn"},
	{"/usr/local/share/.cache", "yarn"},
	{"/root/.yarn", "yarn"},
	{"~/.yarn", "yarn"},
	{"/root/.local/share/pnpm/store", "pnpm"},
	{"~/.local/share/pnpm/store", "pnpm"},
	{"/root/.cache/pnpm", "pnpm"},
	{"/usr/local/bundle/cache", "gem"},
	{"/root/.gem", "gem"},
	{"~/.gem", "gem"},
	{"/opt/conda/pkgs", "conda"},
};

/* What a manager's own cleaning empties. */
static const struct {
	enum ml_df_manager manager;
	const char *cache;
} managers[] = {
	{ML_DF_APK, "apk"}, {ML_DF_APT, "apt-archives"}, {ML_DF_CONDA, "conda"}, {ML_DF_DNF, "dnf"}, {ML_DF_GEM, "gem"}, {ML_DF_MICRODNF, "dnf"},
	{ML_DF_NPM, "npm"}, {ML_DF_PACMAN, "pacman"}, {ML_DF_PIP, "pip"}, {ML_DF_PNPM, "pnpm"}, {ML_DF_TDNF, "dnf"}, {ML_DF_UV, "pip"},
	{ML_DF_YARN, "yarn"}, {ML_DF_YUM, "yum"}, {ML_DF_ZYPPER, "zypper"},
};

struct cleans {
	const char **out;
	size_t n, max;
};

static void add(struct cleans *c, const char *cache)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->out[i], cache) == 0)
			return;
	if (c->n < c->max)
		c->out[c->n++] = cache;
}

/* `path` without what says "all that is in it". */
static struct ml_str directory_of(struct ml_str path)
{
	static const char *const ends[] = {"/", "/*", "/**", "/.", "/*.*", "/*.bin", "/{*,.*}", "*"};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (ml_str_ends(path, ml_str(ends[i])) && path.len > strlen(ends[i]))
			return ml_str_sub(path, 0, path.len - strlen(ends[i]));
	return path;
}

/* Whether removing `removed` removes the directory, or something directly in it. */
static bool covers(struct ml_str removed, struct ml_str directory)
{
	struct ml_str rest;

	if (ml_str_starts(directory, removed))
		return directory.len == removed.len || (directory.ptr[removed.len] == '/' && removed.len > 4);
	if (!ml_str_starts(removed, directory) || removed.ptr[directory.len] != '/')
		return false;
	rest = ml_str_sub(removed, directory.len + 1, removed.len);
	return ml_str_chr(rest, '*') != ML_NPOS || ml_df_in_words("archives archives/* partial APKINDEX", rest) || ml_str_starts(rest, ML_STR("archives"));
}

static void remove_path(struct cleans *c, struct ml_str path)
{
	struct ml_str removed = directory_of(path);

	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
		if (covers(removed, ml_str(directories[i].path)))
			add(c, directories[i].cache);
}

/* `/var/{cache,lib}/apt` style words are not expanded: each part that a comma or brace ends is looked at as it is. */
static void remove_word(struct cleans *c, struct ml_str word)
{
	size_t open = ml_str_chr(word, '{'), close = ml_str_chr(word, '}');
	struct ml_str list, part;
	char path[256];

	if (open == ML_NPOS || close == ML_NPOS || close < open || word.len > sizeof(path) || (open > 0 && word.ptr[open - 1] == '$')) {
		remove_path(c, word);
		return;
	}
	list = ml_str_sub(word, open + 1, close);
	while (ml_str_split(&list, ',', &part)) {
		size_t n = open + part.len + (word.len - close - 1);
		memcpy(path, word.ptr, open);
		memcpy(path + open, part.ptr ? part.ptr : "", part.len);
		memcpy(path + open + part.len, word.ptr + close + 1, word.len - close - 1);
		remove_path(c, (struct ml_str){path, n});
	}
}

size_t ml_df_fills_read(const struct ml_df_program *program, const struct ml_df_packaging *packaging, const char **out, size_t max)
{
	static const struct {
		enum ml_df_manager manager;
		const char *cache;
	} more[] = {{ML_DF_APT, "apt-lists"}, {ML_DF_DNF, "yum"}, {ML_DF_YUM, "dnf"}};
	struct cleans c = {.out = out, .max = max};

	if (packaging->action != ML_DF_INSTALL && packaging->action != ML_DF_UPGRADE && packaging->action != ML_DF_REFRESH)
		return 0;
	for (size_t i = 0; i < sizeof(managers) / sizeof(managers[0]); i++)
		if (managers[i].manager == program->manager)
			add(&c, managers[i].cache);
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		if (more[i].manager == program->manager)
			add(&c, more[i].cache);
	return c.n;
}

size_t ml_df_cleans_read(const struct ml_df_command *command, const struct ml_df_program *program, const struct ml_df_args *args,
	const struct ml_df_packaging *packaging, const char **out, size_t max)
{
	struct cleans c = {.out = out, .max = max};
	bool removes = ml_df_in_words("rm unlink shred", command->name);

	for (size_t i = 0; i < sizeof(managers) / sizeof(managers[0]) && packaging->action == ML_DF_CLEAN; i++)
		if (managers[i].manager == program->manager)
			add(&c, managers[i].cache);
	if (ml_str_is(command->name, "find"))
		removes = ml_df_has_option(args, "-delete") || ml_df_has_option(args, "-exec");
	for (size_t i = 0; i < args->noperands && removes; i++)
		remove_word(&c, command->words[args->operands[i]].s);
	return c.n;
}
