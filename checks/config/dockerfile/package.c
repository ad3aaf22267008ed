/* SPDX-License-Identifier: Apache-2.0 */
/* Package specifications in each manager's syntax: name, version, and whether the version is fixed. */
#include "base/error.h"
#include "checks/config/dockerfile/program.h"
#include "checks/reader.h"

#define BIT(manager) ((uint32_t)1 << (manager))
#define DNFS (BIT(ML_DF_DNF) | BIT(ML_DF_MICRODNF) | BIT(ML_DF_TDNF) | BIT(ML_DF_YUM))
#define NPMS (BIT(ML_DF_NPM) | BIT(ML_DF_PNPM) | BIT(ML_DF_YARN))
#define RPMS (DNFS | BIT(ML_DF_ZYPPER) | BIT(ML_DF_RPM))

/* What stands between name and version; for each manager the longest come first. */
static const struct {
	uint32_t managers;
	const char *operators;
} separators[] = {
	{BIT(ML_DF_APT), "="},
	{BIT(ML_DF_APK), "~= ~ >= <= = > < @"},
	{DNFS, "="},
	{BIT(ML_DF_ZYPPER), ">= <= = > <"},
	{BIT(ML_DF_PACMAN), "="},
	{BIT(ML_DF_PIP) | BIT(ML_DF_PIPX) | BIT(ML_DF_UV), "=== == >= <= ~= != = > < @"},
	{NPMS | BIT(ML_DF_GO) | BIT(ML_DF_CARGO), "@"},
	{BIT(ML_DF_GEM), ":"},
	{BIT(ML_DF_CONDA), "== >= <= != = > <"},
	{BIT(ML_DF_COMPOSER), ": ="},
};

static const char *separators_of(enum ml_df_manager manager)
{
	for (size_t i = 0; i < sizeof(separators) / sizeof(separators[0]); i++)
		if (separators[i].managers >> manager & 1)
			return separators[i].operators;
	return "";
}

/* The operator at `at`, the longest first; "" when none begins there. */
static struct ml_str operator_at(const char *operators, struct ml_str s, size_t at)
{
	struct ml_str rest = ml_str(operators), part;

	while (ml_str_split(&rest, ' ', &part))
		if (part.len && ml_str_starts(ml_str_sub(s, at, s.len), part))
			return ml_str_sub(s, at, at + part.len);
	return ML_STR("");
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool has_digit(struct ml_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (is_digit(s.ptr[i]))
			return true;
	return false;
}

static bool is_version_start(char c)
{
	return is_digit(c) || c == '$';
}

/* name-version or name-version-release (rpm): "nginx-1.20.1-10.el8" and "nginx-$VERSION", but not "java-11-openjdk". */
static void split_nvr(struct ml_df_package *p)
{
	size_t last = ml_str_rchr(p->name, '-'), before;

	if (last == ML_NPOS || last == 0 || last + 1 == p->name.len ||
		(!has_digit(ml_str_sub(p->name, last, p->name.len)) && p->name.ptr[last + 1] != '$'))
		return;
	before = ml_str_rchr(ml_str_sub(p->name, 0, last), '-');
	if (before != ML_NPOS && before > 0 && is_version_start(p->name.ptr[before + 1]))
		last = before;
	else if (!is_version_start(p->name.ptr[last + 1]))
		return;
	p->op = ML_STR("-");
	p->version = ml_str_sub(p->name, last + 1, p->name.len);
	p->name = ml_str_sub(p->name, 0, last);
}

static void split_version(struct ml_df_package *p, enum ml_df_manager manager)
{
	const char *operators = separators_of(manager);

	for (size_t i = 1; i < p->text.len; i++) {
		struct ml_str op = operator_at(operators, p->text, i);
		if (op.len == 0)
			continue;
		p->name = ml_str_trim(ml_str_sub(p->text, 0, i));
		p->op = op;
		p->version = ml_str_trim(ml_str_sub(p->text, i + op.len, p->text.len));
		break;
	}
	if (RPMS >> manager & 1 && p->version.len == 0)
		split_nvr(p);
}

/* A version that stands for one: no range, no wildcard, no tag that moves. A variable is taken for one. */
static bool is_fixed(struct ml_str version)
{
	static const char *const moving[] = {"latest", "next", "beta", "alpha", "canary", "master", "main", "HEAD", "upgrade", "patch", "nightly", "dev"};

	for (size_t i = 0; i < sizeof(moving) / sizeof(moving[0]); i++)
		if (ml_str_ieq(version, ml_str(moving[i])))
			return false;
	for (size_t i = 0; i < version.len; i++)
		if (strchr("*^~<>|, ", version.ptr[i]))
			return false;
	return version.len > 0 && !ml_str_ends(version, ML_STR(".x"));
}

static bool is_fixing(struct ml_str op)
{
	return ml_df_in_words("= == === @ : -", op);
}

/* Ends of names that are files. */
static bool is_file_name(struct ml_str s)
{
	static const char *const ends[] = {".deb", ".apk", ".rpm", ".whl", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst", ".zip", ".gem", ".pkg.tar"};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (ml_str_ends(s, ml_str(ends[i])))
			return true;
	return false;
}

static bool is_path(struct ml_str s)
{
	return ml_str_is(s, ".") || ml_str_is(s, "..") || ml_str_starts(s, ML_STR("/")) || ml_str_starts(s, ML_STR("./")) ||
		ml_str_starts(s, ML_STR("../")) || ml_str_starts(s, ML_STR("~/")) || ml_str_starts(s, ML_STR(".["));
}

static const char *kind_of(enum ml_df_manager manager, struct ml_str s)
{
	bool npm = NPMS >> manager & 1;
	size_t scheme = ml_str_find(s, ML_STR("://"));

	if (ml_str_starts(s, ML_STR("git+")) || ml_str_starts(s, ML_STR("git:")) || ml_str_starts(s, ML_STR("git@")) || ml_str_starts(s, ML_STR("hg+")) ||
		ml_str_starts(s, ML_STR("svn+")) || (npm && (ml_str_starts(s, ML_STR("github:")) || ml_str_starts(s, ML_STR("gitlab:")))))
		return "vcs";
	if (scheme != ML_NPOS)
		return ml_str_ends(s, ML_STR(".git")) ? "vcs" : "url";
	if (s.ptr[0] == '@' && (DNFS >> manager & 1))
		return "group";
	if (ml_str_starts(s, ML_STR("file:")) || ml_str_starts(s, ML_STR("link:")))
		return "file";
	if (is_file_name(s))
		return "file";
	if (is_path(s))
		return manager == ML_DF_PIP || manager == ML_DF_UV || npm || manager == ML_DF_GO ? "directory" : "file";
	if (npm && s.ptr[0] != '@' && ml_str_chr(s, '/') != ML_NPOS)
		return "vcs";
	return manager == ML_DF_DPKG || manager == ML_DF_RPM ? "file" : "name";
}

/* Extras (pip), channels (conda), architectures and releases (apt) are no part of the name. */
static void trim_name(struct ml_df_package *p, enum ml_df_manager manager)
{
	size_t cut = ML_NPOS;

	if (manager == ML_DF_PIP || manager == ML_DF_PIPX || manager == ML_DF_UV)
		cut = ml_str_chr(p->name, '[');
	else if (manager == ML_DF_APT)
		cut = ml_str_chr(p->name, ':') != ML_NPOS ? ml_str_chr(p->name, ':') : ml_str_chr(p->name, '/');
	p->name = ml_str_sub(p->name, 0, cut);
	cut = manager == ML_DF_CONDA ? ml_str_find(p->name, ML_STR("::")) : ML_NPOS;
	if (cut != ML_NPOS)
		p->name = ml_str_sub(p->name, cut + 2, p->name.len);
}

struct ml_df_package ml_df_package_parse(enum ml_df_manager manager, struct ml_str text)
{
	struct ml_df_package p = {.text = text, .name = text, .version = ML_STR(""), .op = ML_STR(""), .kind = "name"};

	if (text.len == 0)
		return p;
	p.kind = kind_of(manager, text);
	if (strcmp(p.kind, "name") != 0)
		return p;
	split_version(&p, manager);
	trim_name(&p, manager);
	p.pinned = is_fixing(p.op) && is_fixed(p.version);
	return p;
}

struct gathering {
	struct ml_df *df;
	const struct ml_df_command *command;
	struct ml_df_package *items;
	size_t n, cap;
};

static void add(struct gathering *g, struct ml_df_package p)
{
	if (!ml_alloc_grow(g->df->arena, &g->items, &g->cap, g->n + 1, sizeof(*g->items)))
		g->items[g->n++] = p;
}

/* Whether nothing of the name is known: it begins with a variable or a substitution. */
static bool is_open(const struct ml_df_word *word)
{
	return word->dynamic && word->s.len && (word->s.ptr[0] == '$' || word->s.ptr[0] == '`');
}

/* Options that name what is installed. */
static const struct {
	uint32_t managers;
	const char *options, *kind;
} named_by_option[] = {
	{BIT(ML_DF_PIP) | BIT(ML_DF_UV), "-r --requirement --requirements", "requirements"},
	{BIT(ML_DF_PIP) | BIT(ML_DF_UV), "-e --editable", "directory"},
	{BIT(ML_DF_CONDA), "-f --file", "requirements"},
	{BIT(ML_DF_CARGO), "--git", "vcs"},
	{BIT(ML_DF_CARGO), "--path", "directory"},
};

static void add_options(struct gathering *g, enum ml_df_manager manager, const struct ml_df_args *args)
{
	for (size_t i = 0; i < args->noptions; i++)
		for (size_t k = 0; k < sizeof(named_by_option) / sizeof(named_by_option[0]); k++) {
			const struct ml_df_option *option = &args->options[i];
			if (!(named_by_option[k].managers >> manager & 1) || !option->value.len || !ml_df_in_words(named_by_option[k].options, option->name))
				continue;
			add(g, (struct ml_df_package){.text = option->value, .name = option->value, .version = ML_STR(""), .op = ML_STR(""),
				.kind = ml_str_starts(option->value, ML_STR("git+")) ? "vcs" : named_by_option[k].kind, .word = option->word});
		}
}

/* gem and cargo take one version for the package by an option. */
static void take_version_option(struct gathering *g, enum ml_df_manager manager, const struct ml_df_args *args)
{
	struct ml_str version = ML_STR_NONE;

	if (manager == ML_DF_GEM || manager == ML_DF_CARGO)
		version = ml_df_option_value(args, "--version");
	if (manager == ML_DF_GEM && !version.ptr)
		version = ml_df_option_value(args, "-v");
	if (manager == ML_DF_CARGO && !version.ptr)
		version = ml_df_option_value(args, "--vers");
	if (!version.len || g->n != 1 || g->items[0].version.len)
		return;
	g->items[0].version = version;
	g->items[0].op = ML_STR("=");
	g->items[0].pinned = is_fixed(version);
}

/* Groups, modules, and zypper's patterns and patches have no versions to ask for. */
static const char *kind_by_type(const char *kind, enum ml_df_manager manager, const struct ml_df_args *args)
{
	struct ml_str type = ml_df_option_value(args, "--type");

	if ((DNFS >> manager & 1) && ml_df_in_words("group groups groupinstall groupupdate module", args->sub))
		return "group";
	if (!type.ptr)
		type = ml_df_option_value(args, "-t");
	return manager == ML_DF_ZYPPER && type.len && !ml_df_in_words("package", type) ? "group" : kind;
}

struct ml_df_packages ml_df_packages_read(struct ml_df *df, const struct ml_df_command *command, const struct ml_df_program *program,
	const struct ml_df_args *args, const struct ml_df_packaging *packaging)
{
	struct gathering g = {.df = df, .command = command};
	bool takes = packaging->action == ML_DF_INSTALL || packaging->action == ML_DF_UPGRADE || packaging->action == ML_DF_REMOVE;

	if (!takes || (program->manager == ML_DF_COMPOSER && ml_df_in_words("install i create-project", args->sub)))
		return (struct ml_df_packages){0};
	for (size_t i = packaging->skip; i < args->noperands; i++) {
		const struct ml_df_word *word = &command->words[args->operands[i]];
		struct ml_df_package p = ml_df_package_parse(program->manager, word->s);
		p.kind = kind_by_type(p.kind, program->manager, args);
		p.dynamic = is_open(word);
		p.word = args->operands[i];
		add(&g, p);
	}
	take_version_option(&g, program->manager, args);
	add_options(&g, program->manager, args);
	return (struct ml_df_packages){g.items, g.n};
}
