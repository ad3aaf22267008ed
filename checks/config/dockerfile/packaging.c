/* SPDX-License-Identifier: Apache-2.0 */
/* Package managers: what a command asks one to do, and which of its habits it turns on or off. */
#include "checks/config/dockerfile/program.h"

/* Managers of one family, as bits. */
#define BIT(manager) ((uint32_t)1 << (manager))
#define DNFS (BIT(ML_DF_DNF) | BIT(ML_DF_MICRODNF) | BIT(ML_DF_TDNF) | BIT(ML_DF_YUM))
#define NPMS (BIT(ML_DF_NPM) | BIT(ML_DF_PNPM) | BIT(ML_DF_YARN))

static const struct {
	uint32_t managers;
	const char *subs;
	enum ml_df_action action;
	bool refreshes;
} actions[] = {
	{BIT(ML_DF_APT), "update", ML_DF_REFRESH, true},
	{BIT(ML_DF_APT), "install reinstall build-dep satisfy", ML_DF_INSTALL, false},
	{BIT(ML_DF_APT), "upgrade dist-upgrade full-upgrade safe-upgrade dselect-upgrade", ML_DF_UPGRADE, false},
	{BIT(ML_DF_APT), "remove purge autoremove autopurge", ML_DF_REMOVE, false},
	{BIT(ML_DF_APT), "clean autoclean distclean", ML_DF_CLEAN, false},
	{BIT(ML_DF_APK), "update", ML_DF_REFRESH, true},
	{BIT(ML_DF_APK), "add", ML_DF_INSTALL, false},
	{BIT(ML_DF_APK), "upgrade", ML_DF_UPGRADE, false},
	{BIT(ML_DF_APK), "del", ML_DF_REMOVE, false},
	{BIT(ML_DF_APK), "cache", ML_DF_CLEAN, false},
	{DNFS, "install localinstall groupinstall reinstall builddep build-dep in rei install-n install-na install-nevra localin", ML_DF_INSTALL, false},
	{DNFS, "update upgrade upgrade-minimal update-minimal dist-sync distro-sync distribution-synchronization system-upgrade groupupdate localupdate up",
		ML_DF_UPGRADE, true},
	{DNFS, "makecache check-update", ML_DF_REFRESH, true},
	{DNFS, "remove erase autoremove groupremove rm remove-n remove-na remove-nevra grouperase", ML_DF_REMOVE, false},
	{DNFS, "clean", ML_DF_CLEAN, false},
	{BIT(ML_DF_ZYPPER), "refresh ref", ML_DF_REFRESH, true},
	{BIT(ML_DF_ZYPPER), "install in source-install si install-new-recommends inr", ML_DF_INSTALL, false},
	{BIT(ML_DF_ZYPPER), "update up patch dup dist-upgrade", ML_DF_UPGRADE, true},
	{BIT(ML_DF_ZYPPER), "remove rm", ML_DF_REMOVE, false},
	{BIT(ML_DF_ZYPPER), "clean cc", ML_DF_CLEAN, false},
	{BIT(ML_DF_PIP), "install", ML_DF_INSTALL, false},
	{BIT(ML_DF_PIP), "uninstall", ML_DF_REMOVE, false},
	{BIT(ML_DF_PIP), "cache", ML_DF_CLEAN, false},
	{BIT(ML_DF_PIPX), "install inject run", ML_DF_INSTALL, false},
	{BIT(ML_DF_PIPX), "upgrade upgrade-all reinstall", ML_DF_UPGRADE, false},
	{BIT(ML_DF_PIPX), "uninstall uninject", ML_DF_REMOVE, false},
	{BIT(ML_DF_UV), "install add sync", ML_DF_INSTALL, false},
	{BIT(ML_DF_UV), "upgrade", ML_DF_UPGRADE, false},
	{BIT(ML_DF_UV), "uninstall remove", ML_DF_REMOVE, false},
	{BIT(ML_DF_UV), "cache clean", ML_DF_CLEAN, false},
	{BIT(ML_DF_NPM), "install i add in ins inst insta instal isnt isnta isntal isntall ci clean-install install-clean ic install-test it install-ci-test cit",
		ML_DF_INSTALL, false},
	{BIT(ML_DF_PNPM) | BIT(ML_DF_YARN), "install i add ci dlx", ML_DF_INSTALL, false},
	{NPMS, "update up upgrade udpate", ML_DF_UPGRADE, false},
	{NPMS, "uninstall un unlink remove rm r", ML_DF_REMOVE, false},
	{NPMS, "cache store prune", ML_DF_CLEAN, false},
	{BIT(ML_DF_GEM), "install i", ML_DF_INSTALL, false},
	{BIT(ML_DF_GEM), "update", ML_DF_UPGRADE, false},
	{BIT(ML_DF_GEM), "uninstall", ML_DF_REMOVE, false},
	{BIT(ML_DF_GEM), "cleanup", ML_DF_CLEAN, false},
	{BIT(ML_DF_BUNDLER), "install add", ML_DF_INSTALL, false},
	{BIT(ML_DF_BUNDLER), "update", ML_DF_UPGRADE, false},
	{BIT(ML_DF_COMPOSER), "install i require r create-project", ML_DF_INSTALL, false},
	{BIT(ML_DF_COMPOSER), "update u upgrade", ML_DF_UPGRADE, false},
	{BIT(ML_DF_COMPOSER), "remove", ML_DF_REMOVE, false},
	{BIT(ML_DF_COMPOSER), "clear-cache clearcache cc", ML_DF_CLEAN, false},
	{BIT(ML_DF_GO), "install get", ML_DF_INSTALL, false},
	{BIT(ML_DF_GO), "clean", ML_DF_CLEAN, false},
	{BIT(ML_DF_CARGO), "install binstall add", ML_DF_INSTALL, false},
	{BIT(ML_DF_CARGO), "update", ML_DF_UPGRADE, false},
	{BIT(ML_DF_CARGO), "uninstall remove", ML_DF_REMOVE, false},
	{BIT(ML_DF_CONDA), "install create", ML_DF_INSTALL, false},
	{BIT(ML_DF_CONDA), "update upgrade", ML_DF_UPGRADE, false},
	{BIT(ML_DF_CONDA), "remove uninstall", ML_DF_REMOVE, false},
	{BIT(ML_DF_CONDA), "clean", ML_DF_CLEAN, false},
};

enum effect { YES, NO_RECOMMENDS, NO_CACHE, UNSIGNED, REFRESHES };

/* Options, and with which value (NULL: any), that change a habit. */
static const struct {
	uint32_t managers;
	const char *options, *values;
	enum effect effect;
} habits[] = {
	{BIT(ML_DF_APT), "-y --yes --assume-yes --force-yes -qq", NULL, YES},
	{DNFS, "-y --assumeyes", NULL, YES},
	{BIT(ML_DF_ZYPPER), "-n --non-interactive -y --no-confirm", NULL, YES},
	{BIT(ML_DF_PACMAN), "--noconfirm", NULL, YES},
	{BIT(ML_DF_CONDA) | BIT(ML_DF_PIP), "-y --yes", NULL, YES},
	{BIT(ML_DF_COMPOSER), "-n --no-interaction", NULL, YES},
	{BIT(ML_DF_APT), "--no-install-recommends -R --without-recommends", NULL, NO_RECOMMENDS},
	{BIT(ML_DF_ZYPPER), "--no-recommends", NULL, NO_RECOMMENDS},
	{BIT(ML_DF_APK) | BIT(ML_DF_UV) | BIT(ML_DF_NPM) | BIT(ML_DF_YARN) | BIT(ML_DF_COMPOSER), "--no-cache", NULL, NO_CACHE},
	{BIT(ML_DF_PIP), "--no-cache-dir --no-cache", NULL, NO_CACHE},
	{BIT(ML_DF_APT), "--allow-unauthenticated --force-yes --allow-insecure-repositories --allow-untrusted --no-gpg", NULL, UNSIGNED},
	{BIT(ML_DF_APK), "--allow-untrusted", NULL, UNSIGNED},
	{DNFS, "--nogpgcheck --no-gpgchecks --no-gpgcheck", NULL, UNSIGNED},
	{BIT(ML_DF_ZYPPER), "--no-gpg-checks --no-gpgcheck --allow-unsigned-rpm --no-gpgcheck-repo -G", NULL, UNSIGNED},
	{BIT(ML_DF_RPM), "--nosignature --nodigest --nogpg", NULL, UNSIGNED},
	{BIT(ML_DF_DPKG), "--no-debsig --force-bad-verify", NULL, UNSIGNED},
	{BIT(ML_DF_GEM), "-P --trust-policy", "NoSecurity", UNSIGNED},
	{BIT(ML_DF_APK), "-U --update-cache --update --no-cache", NULL, REFRESHES},
	{DNFS, "--refresh", NULL, REFRESHES},
};

/* Settings given to apt (-o) and dnf (--setopt), compared without case. */
static const struct {
	const char *option, *name, *values;
	enum effect effect;
} settings[] = {
	{"-o", "apt::get::assume-yes", "true 1 yes", YES},
	{"-o", "apt::install-recommends", "false 0 no", NO_RECOMMENDS},
	{"-o", "apt::get::allowunauthenticated", "true 1 yes", UNSIGNED},
	{"-o", "acquire::allowinsecurerepositories", "true 1 yes", UNSIGNED},
	{"-o", "acquire::check-valid-until", "-", UNSIGNED},
	{"--setopt", "assumeyes", "true 1 yes", YES},
	{"--setopt", "install_weak_deps", "false 0 no", NO_RECOMMENDS},
	{"--setopt", "gpgcheck", "false 0 no", UNSIGNED},
	{"--setopt", "repo_gpgcheck", "-", UNSIGNED},
};

static void set_effect(struct ml_df_packaging *out, enum effect effect)
{
	bool *const slots[] = {[YES] = &out->assume_yes, [NO_RECOMMENDS] = &out->no_recommends, [NO_CACHE] = &out->no_cache,
		[UNSIGNED] = &out->unsigned_, [REFRESHES] = &out->refreshes};

	*slots[effect] = true;
}

static void take_habit(struct ml_df_packaging *out, enum ml_df_manager manager, const struct ml_df_option *option)
{
	for (size_t i = 0; i < sizeof(habits) / sizeof(habits[0]); i++)
		if ((habits[i].managers >> manager & 1) && ml_df_in_words(habits[i].options, option->name) &&
			(!habits[i].values || ml_df_in_words(habits[i].values, option->value)))
			set_effect(out, habits[i].effect);
}

static bool in_words_ignoring_case(const char *list, struct ml_str word)
{
	struct ml_str rest = ml_str(list), part;

	while (ml_str_split(&rest, ' ', &part))
		if (ml_str_ieq(part, word))
			return true;
	return false;
}

/* dnf's settings may be for one repository: `baseos.gpgcheck=0`. */
static bool names_setting(struct ml_str name, const char *setting)
{
	size_t dot = ml_str_rchr(name, '.');

	return ml_str_ieq(name, ml_str(setting)) || (dot != ML_NPOS && ml_str_ieq(ml_str_sub(name, dot + 1, name.len), ml_str(setting)));
}

static void take_setting(struct ml_df_packaging *out, const struct ml_df_option *option)
{
	bool dnf = ml_str_is(option->name, "--setopt"), apt = ml_str_is(option->name, "-o") || ml_str_is(option->name, "--option");
	size_t equals = ml_str_chr(option->value, '=');

	if ((!dnf && !apt) || equals == ML_NPOS)
		return;
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (ml_str_is(ml_str(settings[i].option), dnf ? "--setopt" : "-o") &&
			names_setting(ml_str_sub(option->value, 0, equals), settings[i].name) &&
			in_words_ignoring_case(settings[i].values, ml_str_sub(option->value, equals + 1, option->value.len)))
			set_effect(out, settings[i].effect);
}

/* apt: `-q` twice, or `-q=2`, means yes (apt-get(8)). */
static bool quiet_twice(const struct ml_df_args *args)
{
	size_t quiet = 0;

	for (size_t i = 0; i < args->noptions; i++) {
		const struct ml_df_option *option = &args->options[i];
		bool q = ml_str_is(option->name, "-q") || ml_str_is(option->name, "--quiet");
		quiet += q ? (option->value.len && option->value.ptr[0] >= '2' && option->value.ptr[0] <= '9' ? 2 : 1) : 0;
	}
	return quiet >= 2;
}

/* pacman's operation is an option: -S, -U, -R, with letters. */
static void pacman(struct ml_df_packaging *out, const struct ml_df_args *args)
{
	bool sync = ml_df_has_option(args, "-S") || ml_df_has_option(args, "--sync");
	bool file = ml_df_has_option(args, "-U") || ml_df_has_option(args, "--upgrade");

	out->action = ML_DF_OTHER;
	if (ml_df_has_option(args, "-R") || ml_df_has_option(args, "--remove"))
		out->action = ML_DF_REMOVE;
	if (file)
		out->action = ML_DF_INSTALL;
	if (!sync)
		return;
	out->refreshes = ml_df_has_option(args, "-y") || ml_df_has_option(args, "--refresh");
	if (ml_df_has_option(args, "-c") || ml_df_has_option(args, "--clean"))
		out->action = ML_DF_CLEAN;
	else if (args->noperands)
		out->action = ML_DF_INSTALL;
	else if (ml_df_has_option(args, "-u") || ml_df_has_option(args, "--sysupgrade"))
		out->action = ML_DF_UPGRADE;
	else if (out->refreshes)
		out->action = ML_DF_REFRESH;
}

/* dpkg and rpm: the action is an option too. */
static void low_level(struct ml_df_packaging *out, const struct ml_df_args *args, enum ml_df_manager manager)
{
	static const struct {
		enum ml_df_manager manager;
		const char *options;
		enum ml_df_action action;
	} table[] = {
		{ML_DF_DPKG, "-r -P --remove --purge", ML_DF_REMOVE},
		{ML_DF_DPKG, "-i --install --unpack", ML_DF_INSTALL},
		{ML_DF_RPM, "-q --query -V --verify -K --checksig --import --initdb --rebuilddb", ML_DF_OTHER},
		{ML_DF_RPM, "-e --erase", ML_DF_REMOVE},
		{ML_DF_RPM, "-i -U -F --install --upgrade --freshen --reinstall", ML_DF_INSTALL},
	};

	out->action = ML_DF_OTHER;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		for (size_t k = 0; k < args->noptions; k++)
			if (table[i].manager == manager && ml_df_in_words(table[i].options, args->options[k].name)) {
				out->action = table[i].action;
				return;
			}
}

/* `dnf group install`, `dnf module enable`, `yarn` alone. */
static void nested_sub(struct ml_df_packaging *out, const struct ml_df_command *c, const struct ml_df_args *args, enum ml_df_manager manager)
{
	struct ml_str first = args->noperands ? c->words[args->operands[0]].s : ML_STR_NONE;

	if ((BIT(manager) & DNFS) && ml_df_in_words("group groups module swap", args->sub)) {
		out->skip = 1;
		out->action = ml_df_in_words("install", first) ? ML_DF_INSTALL : ml_df_in_words("remove", first) ? ML_DF_REMOVE : ML_DF_OTHER;
	}
	if (manager == ML_DF_CONDA && ml_str_is(args->sub, "env"))
		out->action = ml_str_is(first, "create") ? ML_DF_INSTALL : ml_str_is(first, "update") ? ML_DF_UPGRADE : ML_DF_OTHER;
	if (manager == ML_DF_YARN && args->sub.len == 0)
		out->action = ML_DF_INSTALL;
	if (out->action == ML_DF_CLEAN && ml_df_in_words("cache store", args->sub) && !ml_df_in_words("clean purge prune rm remove verify", first))
		out->action = ML_DF_OTHER;
}

static void take_sub(struct ml_df_packaging *out, const struct ml_df_args *args, enum ml_df_manager manager)
{
	out->action = ML_DF_OTHER;
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (!(actions[i].managers >> manager & 1) || !ml_df_in_words(actions[i].subs, args->sub))
			continue;
		out->action = actions[i].action;
		out->refreshes = actions[i].refreshes;
		return;
	}
}

/* A variable set for the command, or in the environment. */
static bool is_set(const struct ml_df_command *c, const struct ml_df_map *env, const char *name)
{
	const struct ml_df_var *var = ml_df_map_get(env, ml_str(name));

	for (size_t i = 0; i < c->nassigns; i++)
		if (ml_str_is(c->assigns[i].name, name))
			return c->assigns[i].value.len > 0;
	return var && var->known && var->value.len > 0;
}

static bool never_asks(enum ml_df_manager manager)
{
	return BIT(manager) & (NPMS | BIT(ML_DF_APK) | BIT(ML_DF_GEM) | BIT(ML_DF_BUNDLER) | BIT(ML_DF_CARGO) | BIT(ML_DF_GO) | BIT(ML_DF_UV) |
		BIT(ML_DF_PIPX) | BIT(ML_DF_RPM));
}

struct ml_df_packaging ml_df_packaging_read(const struct ml_df_command *command, const struct ml_df_program *program,
	const struct ml_df_args *args, const struct ml_df_map *env)
{
	enum ml_df_manager manager = program->manager;
	struct ml_df_packaging out = {0};

	if (manager == ML_DF_NO_MANAGER)
		return out;
	if (manager == ML_DF_PACMAN)
		pacman(&out, args);
	else if (manager == ML_DF_DPKG || manager == ML_DF_RPM)
		low_level(&out, args, manager);
	else
		take_sub(&out, args, manager);
	nested_sub(&out, command, args, manager);
	for (size_t i = 0; i < args->noptions; i++) {
		take_habit(&out, manager, &args->options[i]);
		take_setting(&out, &args->options[i]);
	}
	out.assume_yes = out.assume_yes || never_asks(manager) || (manager == ML_DF_PIP && out.action == ML_DF_INSTALL) ||
		(manager == ML_DF_APT && quiet_twice(args));
	out.no_cache = out.no_cache || (manager == ML_DF_PIP && is_set(command, env, "PIP_NO_CACHE_DIR")) ||
		(manager == ML_DF_UV && is_set(command, env, "UV_NO_CACHE"));
	return out;
}
