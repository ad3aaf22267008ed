/* SPDX-License-Identifier: Apache-2.0 */
/* What a command does to security: modes of files, certificate checks turned off. */
#include "base/num.h"
#include "checks/config/dockerfile/program.h"

/* One clause of a symbolic mode: who, operator, permissions. */
static void symbolic(struct ml_str clause, struct ml_df_mode *mode, bool *sticky)
{
	bool others = false, anybody = false, gives = false;

	for (size_t i = 0; i < clause.len; i++) {
		char c = clause.ptr[i];
		if (c == '+' || c == '=' || c == '-') {
			gives = c != '-';
			anybody = true;
		} else if (!anybody) {
			others = others || c == 'o' || c == 'a';
		} else if (gives) {
			mode->world_writable = mode->world_writable || (c == 'w' && others);
			mode->setid = mode->setid || c == 's';
			*sticky = *sticky || c == 't';
		}
	}
}

struct ml_df_mode ml_df_mode_read(struct ml_str text)
{
	struct ml_df_mode mode = {.value = -1};
	struct ml_str clause, rest = text;
	bool sticky = false;
	uint64_t octal;

	if (text.len && text.len <= 6 && ml_parse_u64(text, 8, &octal) && octal <= 07777) {
		mode.value = (int)octal;
		mode.setid = octal & 06000;
		mode.world_writable = (octal & 2) && !(octal & 01000);
		return mode;
	}
	while (ml_str_split(&rest, ',', &clause))
		symbolic(clause, &mode, &sticky);
	mode.world_writable = mode.world_writable && !sticky;
	return mode;
}

struct ml_str ml_df_mode_of(const struct ml_df_command *command, const struct ml_df_args *args)
{
	struct ml_str mode;

	if (ml_str_is(command->name, "chmod"))
		return args->noperands && !ml_df_has_option(args, "--reference") ? command->words[args->operands[0]].s : ML_STR_NONE;
	if (!ml_str_is(command->name, "install") && !ml_str_is(command->name, "mkdir"))
		return ML_STR_NONE;
	mode = ml_df_option_value(args, "-m");
	return mode.ptr ? mode : ml_df_option_value(args, "--mode");
}

/* Options that turn certificate checks off, by program; with which value ("": any). */
static const struct {
	const char *programs, *options, *values;
} unverified_options[] = {
	{"curl", "-k --insecure --proxy-insecure --doh-insecure", ""},
	{"wget wget2 fetch", "--no-check-certificate --no-verify-peer", ""},
	{"git", "-c", "http.sslVerify=false http.sslVerify=0 http.sslverify=false http.sslverify=0"},
	{"npm pnpm yarn", "--strict-ssl", "false 0"},
	{"npm pnpm yarn", "--no-strict-ssl", ""},
	{"apt apt-get aptitude", "-o", "Acquire::https::Verify-Peer=false Acquire::https::Verify-Host=false Acquire::https::Verify-Peer=0"},
	{"yum dnf dnf5 microdnf tdnf yum-config-manager", "--setopt", "sslverify=0 sslverify=false sslverify=False"},
	{"aria2c", "--check-certificate", "false"},
	{"http https", "--verify", "no false"},
	{"aws", "--no-verify-ssl", ""},
	{"svn", "--trust-server-cert", ""},
	{"kubectl helm", "--insecure-skip-tls-verify", ""},
	{"oras skopeo podman buildah", "--tls-verify", "false"},
	{"oras crane", "--insecure", ""},
	{"go", "-insecure", ""},
	{"ansible-galaxy", "-c --ignore-certs", ""},
	{"apk", "--no-check-certificate", ""},
	{"lftp", "--no-verify", ""},
};

/* Settings that are stored: `npm config set strict-ssl false`, in any of these orders. */
static const struct {
	const char *programs, *name, *values;
} unverified_settings[] = {
	{"git", "http.sslVerify", "false 0"}, {"git", "http.sslverify", "false 0"}, {"npm", "strict-ssl", "false"},
	{"pnpm", "strict-ssl", "false"}, {"yarn", "strict-ssl", "false"}, {"yarn", "enableStrictSsl", "false"}, {"composer", "disable-tls", "true"},
	{"conda", "ssl_verify", "false False no"}, {"mamba", "ssl_verify", "false False no"}, {"bundle", "ssl_verify_mode", "0"},
	{"npm", "strict-ssl=false", ""}, {"pip", "global.trusted-host", ""}, {"pip3", "global.trusted-host", ""},
};

static const struct {
	const char *name, *values; /* "!": any but those that mean no */
} unverified_variables[] = {
	{"GIT_SSL_NO_VERIFY", "!"}, {"NODE_TLS_REJECT_UNAUTHORIZED", "0"}, {"PYTHONHTTPSVERIFY", "0"}, {"NPM_CONFIG_STRICT_SSL", "false"},
	{"npm_config_strict_ssl", "false"}, {"YARN_ENABLE_STRICT_SSL", "false 0"}, {"AWS_NO_VERIFY_SSL", "!"}, {"GOINSECURE", "!"},
	{"CURL_INSECURE", "!"},
};

static bool by_option(struct ml_str program, const struct ml_df_args *args)
{
	for (size_t i = 0; i < sizeof(unverified_options) / sizeof(unverified_options[0]); i++) {
		if (!ml_df_in_words(unverified_options[i].programs, program))
			continue;
		for (size_t k = 0; k < args->noptions; k++)
			if (ml_df_in_words(unverified_options[i].options, args->options[k].name) &&
				(!unverified_options[i].values[0] || ml_df_in_words(unverified_options[i].values, args->options[k].value)))
				return true;
	}
	return false;
}

static bool by_setting(const struct ml_df_command *command)
{
	for (size_t i = 0; i < sizeof(unverified_settings) / sizeof(unverified_settings[0]); i++) {
		if (!ml_df_in_words(unverified_settings[i].programs, command->name))
			continue;
		for (size_t k = command->first + 1; k < command->nwords; k++) {
			bool named = ml_str_is(command->words[k].s, unverified_settings[i].name);
			bool valued = k + 1 < command->nwords && ml_df_in_words(unverified_settings[i].values, command->words[k + 1].s);
			if (named && (valued || !unverified_settings[i].values[0]))
				return true;
		}
	}
	return false;
}

static bool by_variable(const struct ml_df_command *command)
{
	for (size_t i = 0; i < command->nassigns; i++)
		for (size_t k = 0; k < sizeof(unverified_variables) / sizeof(unverified_variables[0]); k++) {
			struct ml_str value = command->assigns[i].value;
			if (!ml_str_is(command->assigns[i].name, unverified_variables[k].name))
				continue;
			if (unverified_variables[k].values[0] == '!' ? value.len && !ml_df_in_words("0 false no off", value)
								     : ml_df_in_words(unverified_variables[k].values, value))
				return true;
		}
	return false;
}

bool ml_df_tls_unverified(const struct ml_df_command *command, const struct ml_df_args *args)
{
	return by_option(command->name, args) || by_setting(command) || by_variable(command);
}
