/* SPDX-License-Identifier: Apache-2.0 */
/* The schema of Dockerfiles: one constant table a record. */
#include "facts/dockerfile.h"

#include "facts/secret.h"
#include "facts/schema-priv.h"

VOCAB(ml_df_keyword_vocab, "instruction", "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK",
	"LABEL", "MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR");
VOCAB(ml_df_form_vocab, "instruction form", "none", "exec", "shell", "heredoc");
VOCAB(ml_df_manager_vocab, "package manager", "none", "apk", "apt", "bundler", "cargo", "composer", "conda", "dnf", "dpkg", "gem",
	"go", "microdnf", "npm", "pacman", "pip", "pipx", "pnpm", "rpm", "tdnf", "uv", "yarn", "yum", "zypper");
VOCAB(ml_df_action_vocab, "package manager action", "none", "refresh", "install", "upgrade", "remove", "clean", "other");
VOCAB(ml_df_mount_vocab, "mount type", "bind", "cache", "tmpfs", "secret", "ssh");
VOCAB(ml_df_context_vocab, "command context", "main", "subshell", "substitution", "condition", "branch", "loop", "function", "script");
VOCAB(ml_df_protocol_vocab, "transport protocol", "tcp", "udp", "sctp");
VOCAB(ml_df_sensitive_vocab, "kind of sensitive file", "none", "env-file", "ssh", "private-key", "cloud-credentials",
	"registry-credentials", "password-file", "kubeconfig", "terraform-state", "history", "vcs");
VOCAB(ml_df_where_vocab, "place of a secret", "env", "arg", "label", "run", "cmd", "entrypoint", "healthcheck", "copy", "heredoc",
	"other");
static VOCAB(user_kind_vocab, "user kind", "root", "nonroot", "base");
static VOCAB(base_kind_vocab, "base kind", "image", "stage", "scratch");
static VOCAB(from_kind_vocab, "origin of a copy", "context", "stage", "image");
static VOCAB(source_kind_vocab, "source kind", "path", "url", "git", "heredoc");
static VOCAB(package_kind_vocab, "package kind", "name", "file", "url", "vcs", "requirements", "directory", "group");
static VOCAB(scope_vocab, "variable scope", "global", "arg", "env");
static VOCAB(shell_kind_vocab, "shell kind", "posix", "powershell", "cmd", "other");
static VOCAB(network_vocab, "build network", "default", "none", "host");
static VOCAB(security_vocab, "build security", "sandbox", "insecure");
static VOCAB(sharing_vocab, "cache sharing", "shared", "private", "locked");
static VOCAB(operator_vocab, "shell operator", "", "&&", "||", ";", "|", "|&", "&");

WORD_TYPE(keyword, ml_df_keyword_vocab);
WORD_TYPE(form, ml_df_form_vocab);
WORD_TYPE(manager, ml_df_manager_vocab);
WORD_TYPE(action, ml_df_action_vocab);
WORD_TYPE(mount_kind, ml_df_mount_vocab);
WORD_TYPE(context, ml_df_context_vocab);
WORD_TYPE(protocol, ml_df_protocol_vocab);
WORD_TYPE(sensitive, ml_df_sensitive_vocab);
WORD_TYPE(where, ml_df_where_vocab);
WORD_TYPE(user_kind, user_kind_vocab);
WORD_TYPE(base_kind, base_kind_vocab);
WORD_TYPE(from_kind, from_kind_vocab);
WORD_TYPE(source_kind, source_kind_vocab);
WORD_TYPE(package_kind, package_kind_vocab);
WORD_TYPE(scope, scope_vocab);
WORD_TYPE(shell_kind, shell_kind_vocab);
WORD_TYPE(network, network_vocab);
WORD_TYPE(security, security_vocab);
WORD_TYPE(sharing, sharing_vocab);
WORD_TYPE(operator_, operator_vocab);

/* What a `cleans` list holds: a package manager's name, or for apt which of its two caches. */
static VOCAB(cleaned_vocab, "package cache", "apk", "apt-archives", "apt-lists", "conda", "dnf", "gem", "npm", "pacman", "pip", "pnpm",
	"yarn", "yum", "zypper");
WORD_TYPE(cleaned, cleaned_vocab);
LIST_TYPE(cleaned_list, cleaned);
LIST_TYPE(manager_list, manager);

static const struct ml_value default_interval = {.kind = ML_V_DURATION, .i = 30};
static const struct ml_value default_start_interval = {.kind = ML_V_DURATION, .i = 5};
static const struct ml_value default_retries = {.kind = ML_V_INT, .i = 3};
static const struct ml_value no_duration = {.kind = ML_V_DURATION};

static const struct ml_field redirect_fields[] = {
	[ML_DF_REDIR_OPERATOR] = {"operator", &ml_type_string, "`>`, `>>`, `<`, `<<`, `<<<`, `>&`, `<&`, `&>`, `<>`, `>|`"},
	[ML_DF_REDIR_FD] = {"fd", &ml_type_int, "the file descriptor written before it; -1 when none is", NONE},
	[ML_DF_REDIR_TARGET] = {"target", &ml_type_string, "the word behind it", EMPTY},
};
RECORD(ml_df_redirect, "redirect", redirect_fields, ML_DF_REDIR_SLOTS);
LIST_TYPE(redirect_list, ml_df_redirect);

static const struct ml_field package_fields[] = {
	[ML_DF_PKG_TEXT] = {"text", &ml_type_string, "as written", ID},
	[ML_DF_PKG_NAME] = {"name", &ml_type_string, "without version"},
	[ML_DF_PKG_VERSION] = {"version", &ml_type_string, "the version asked for; \"\" when none is", EMPTY},
	[ML_DF_PKG_OPERATOR] = {"operator", &ml_type_string, "what stands between name and version: `=`, `==`, `>=`, `~=`, `@`, `:`, `-`", EMPTY},
	[ML_DF_PKG_PINNED] = {"pinned", &ml_type_bool, "the version is fixed (not `latest`, not only a lower bound)", FALSE},
	[ML_DF_PKG_KIND] = {"kind", &package_kind, "a name of the manager's repositories, or a file, URL, repository …", WORD("name")},
};
RECORD(ml_df_package, "package_spec", package_fields, ML_DF_PKG_SLOTS);
LIST_TYPE(package_list, ml_df_package);

static const struct ml_field command_fields[] = {
	[ML_DF_CMD_ID] = {"id", &ml_type_string, "its first words", ID},
	[ML_DF_CMD_RUN] = {"run", &ml_type_int, "index of its RUN in `runs`; -1 for CMD, ENTRYPOINT and HEALTHCHECK", NONE},
	[ML_DF_CMD_STAGE] = {"stage", &ml_type_int, "index of its stage"},
	[ML_DF_CMD_NAME] = {"name", &ml_type_string, "the program's base name, behind wrappers such as sudo; \"\" when only known at run time", EMPTY},
	[ML_DF_CMD_PATH] = {"path", &ml_type_string, "the program as written", EMPTY},
	[ML_DF_CMD_WRAPPERS] = {"wrappers", &ml_type_list_string, "programs that run it: sudo, env, exec, time, nice, xargs …", NIL},
	[ML_DF_CMD_WORDS] = {"words", &ml_type_list_string, "the program and its arguments, unquoted, known variables filled in", NIL},
	[ML_DF_CMD_TEXT] = {"text", &ml_type_string, "as written, continuations joined, secrets hidden"},
	[ML_DF_CMD_DYNAMIC] = {"dynamic", &ml_type_bool, "some word is only known at run time", FALSE},
	[ML_DF_CMD_SUB] = {"sub", &ml_type_string, "the subcommand of programs that have some (apt-get, npm, git …): `install`", EMPTY},
	[ML_DF_CMD_OPERANDS] = {"operands", &ml_type_list_string, "arguments that are neither options, nor their values, nor the subcommand", NIL},
	[ML_DF_CMD_FLAGS] = {"flags", &ml_type_list_string, "names of options in order, clusters split: `-qy` gives `-q`, `-y`", NIL},
	[ML_DF_CMD_OPTIONS] = {"options", &ml_type_map_string, "option name to its last value; \"\" when it has none", NOMAP},
	[ML_DF_CMD_ASSIGNMENTS] = {"assignments", &ml_type_map_string, "variables set for or by the command: `A=b cmd`, `env A=b cmd`, `export A=b`", NOMAP},
	[ML_DF_CMD_REDIRECTS] = {"redirects", &redirect_list, "redirections in order", NIL},
	[ML_DF_CMD_OPERATOR] = {"operator", &operator_, "what joins it to the command before; a new line is `;`", EMPTY},
	[ML_DF_CMD_PIPED_FROM] = {"piped_from", &ml_type_string, "name of the command whose output it reads; \"\" when none", EMPTY},
	[ML_DF_CMD_PIPED_TO] = {"piped_to", &ml_type_string, "name of the command that reads its output (\"?\" when only known at run time); \"\" when none", EMPTY},
	[ML_DF_CMD_PIPELINE] = {"pipeline", &ml_type_list_string, "names of all commands before it in its pipeline", NIL},
	[ML_DF_CMD_PIPEFAIL] = {"pipefail", &ml_type_bool, "`-o pipefail` is in force here", FALSE},
	[ML_DF_CMD_CONTEXT] = {"context", &context, "where it stands: in the main list, a substitution, a condition …", WORD("main")},
	[ML_DF_CMD_SUBSTITUTIONS] = {"substitutions", &ml_type_list_string, "names of the commands in its `$(…)`, backquotes and `<(…)`", NIL},
	[ML_DF_CMD_URLS] = {"urls", &ml_type_list_string, "URLs among its words", NIL},
	[ML_DF_CMD_MANAGER] = {"manager", &manager, "the package manager that it is, else `none`", WORD("none")},
	[ML_DF_CMD_ACTION] = {"action", &action, "what it asks the package manager to do", WORD("none")},
	[ML_DF_CMD_PACKAGES] = {"packages", &package_list, "what it installs, upgrades or removes", NIL},
	[ML_DF_CMD_ASSUME_YES] = {"assume_yes", &ml_type_bool, "it asks no question (`-y`, `-qq`, `--non-interactive` …)", FALSE},
	[ML_DF_CMD_NO_RECOMMENDS] = {"no_recommends", &ml_type_bool, "recommended packages are left out", FALSE},
	[ML_DF_CMD_NO_CACHE] = {"no_cache", &ml_type_bool, "it keeps no cache (`--no-cache`, `--no-cache-dir`, PIP_NO_CACHE_DIR …)", FALSE},
	[ML_DF_CMD_REFRESHES] = {"refreshes", &ml_type_bool, "it refreshes the package index (`update`, `apk add -U`, `pacman -Sy` …)", FALSE},
	[ML_DF_CMD_CLEANS] = {"cleans", &cleaned_list, "package caches that it empties", NIL},
	[ML_DF_CMD_TLS_UNVERIFIED] = {"tls_unverified", &ml_type_bool, "it turns certificate checks off (`curl -k`, `wget --no-check-certificate` …)", FALSE},
	[ML_DF_CMD_UNSIGNED] = {"unsigned", &ml_type_bool, "it turns package signature checks off (`--allow-unauthenticated`, `--nogpgcheck` …)", FALSE},
	[ML_DF_CMD_MODE] = {"mode", &ml_type_string, "the mode that chmod, install or mkdir sets, as written", EMPTY},
	[ML_DF_CMD_WORLD_WRITABLE] = {"world_writable", &ml_type_bool, "that mode lets others write, without the sticky bit", FALSE},
	[ML_DF_CMD_SETID] = {"setid", &ml_type_bool, "that mode sets set-user-ID or set-group-ID", FALSE},
	[ML_DF_CMD_RUNS_DOWNLOAD] = {"runs_download", &ml_type_bool, "it runs what was downloaded unseen (`curl … | sh`, `sh <(curl …)`), or a downloaded file that nothing verified", FALSE},
	[ML_DF_CMD_ONBUILD] = {"onbuild", &ml_type_bool, "it stands in an ONBUILD instruction", FALSE},
	[ML_DF_CMD_USER] = {"user", &user_kind, "who runs it", WORD("base")},
	[ML_DF_CMD_SHIPPED] = {"shipped", &ml_type_bool, "its result is in the image that is built", FALSE},
};
RECORD(ml_df_command, "command", command_fields, ML_DF_CMD_SLOTS);
LIST_TYPE(command_list, ml_df_command);

static const struct ml_field mount_fields[] = {
	[ML_DF_MOUNT_TYPE] = {"type", &mount_kind, "what is mounted", ID},
	[ML_DF_MOUNT_TARGET] = {"target", &ml_type_string, "where in the container", EMPTY, ID},
	[ML_DF_MOUNT_SOURCE] = {"source", &ml_type_string, "path in `from`", EMPTY},
	[ML_DF_MOUNT_FROM] = {"from", &ml_type_string, "stage or image; \"\" is the build context", EMPTY},
	[ML_DF_MOUNT_ID] = {"id", &ml_type_string, "of a secret, an SSH agent or a cache", EMPTY},
	[ML_DF_MOUNT_ENV] = {"env", &ml_type_string, "the variable that a secret is put in; \"\" when it is a file", EMPTY},
	[ML_DF_MOUNT_REQUIRED] = {"required", &ml_type_bool, "the build fails without the secret or agent", FALSE},
	[ML_DF_MOUNT_READONLY] = {"readonly", &ml_type_bool, "cannot be written", FALSE},
	[ML_DF_MOUNT_SHARING] = {"sharing", &sharing, "of a cache", WORD("shared")},
	[ML_DF_MOUNT_MODE] = {"mode", &ml_type_int, "file mode; -1 when not given", NONE},
	[ML_DF_MOUNT_UID] = {"uid", &ml_type_int, "owner; 0 when not given", ZERO},
	[ML_DF_MOUNT_GID] = {"gid", &ml_type_int, "group; 0 when not given", ZERO},
};
RECORD(ml_df_mount, "mount", mount_fields, ML_DF_MOUNT_SLOTS);
LIST_TYPE(mount_list, ml_df_mount);

static const struct ml_field run_fields[] = {
	[ML_DF_RUN_ID] = {"id", &ml_type_string, "its first words", ID},
	[ML_DF_RUN_INDEX] = {"index", &ml_type_int, "position in `runs`"},
	[ML_DF_RUN_STAGE] = {"stage", &ml_type_int, "index of its stage"},
	[ML_DF_RUN_FORM] = {"form", &form, "exec (JSON), shell, or heredoc"},
	[ML_DF_RUN_BAD_JSON] = {"bad_json", &ml_type_bool, "begins with `[` but is no JSON list of strings, so a shell runs it", FALSE},
	[ML_DF_RUN_TEXT] = {"text", &ml_type_string, "as written, continuations joined, secrets hidden"},
	[ML_DF_RUN_SHELL] = {"shell", &ml_type_string, "base name of the shell that runs it; \"\" in exec form", EMPTY},
	[ML_DF_RUN_SHELL_KIND] = {"shell_kind", &shell_kind, "only posix shells are split into commands", WORD("posix")},
	[ML_DF_RUN_PARSED] = {"parsed", &ml_type_bool, "it was split into commands (else `commands` is unknown)", TRUE},
	[ML_DF_RUN_COMMANDS] = {"commands", &command_list, "its simple commands in order, those in substitutions too", NIL},
	[ML_DF_RUN_NAMES] = {"names", &ml_type_list_string, "their names", NIL},
	[ML_DF_RUN_MOUNTS] = {"mounts", &mount_list, "`--mount`", NIL},
	[ML_DF_RUN_NETWORK] = {"network", &network, "`--network`", WORD("default")},
	[ML_DF_RUN_SECURITY] = {"security", &security, "`--security`", WORD("sandbox")},
	[ML_DF_RUN_HEREDOC] = {"heredoc", &ml_type_bool, "it has here-documents of the Dockerfile", FALSE},
	[ML_DF_RUN_ONBUILD] = {"onbuild", &ml_type_bool, "it stands in an ONBUILD instruction", FALSE},
	[ML_DF_RUN_USER] = {"user", &user_kind, "who runs it", WORD("base")},
	[ML_DF_RUN_WORKDIR] = {"workdir", &ml_type_string, "the working directory at this point", WORD("/")},
	[ML_DF_RUN_CLEANS] = {"cleans", &cleaned_list, "package caches emptied by its commands, and not filled again after that", NIL},
	[ML_DF_RUN_CACHED] = {"cached", &ml_type_list_string, "targets of its cache and tmpfs mounts: what lies there is in no layer", NIL},
	[ML_DF_RUN_REFRESHES] = {"refreshes", &manager_list, "managers whose index it refreshes", NIL},
	[ML_DF_RUN_INSTALLS] = {"installs", &manager_list, "managers that it installs with", NIL},
	[ML_DF_RUN_UNSAFE_PIPE] = {"unsafe_pipe", &ml_type_bool, "it has a pipe in whose left side a failure goes unseen (no pipefail)", FALSE},
	[ML_DF_RUN_MERGEABLE] = {"mergeable", &ml_type_int, "how many RUN stand in a row from here; 0 behind the first of a row", ZERO},
	[ML_DF_RUN_SHIPPED] = {"shipped", &ml_type_bool, "its layer is in the image that is built", FALSE},
};
RECORD(ml_df_run, "run", run_fields, ML_DF_RUN_SLOTS);
LIST_TYPE(run_list, ml_df_run);

static const struct ml_field source_fields[] = {
	[ML_DF_SRC_TEXT] = {"text", &ml_type_string, "as written, known variables filled in", ID},
	[ML_DF_SRC_KIND] = {"kind", &source_kind, "a path, a URL, a Git repository or a here-document", WORD("path")},
	[ML_DF_SRC_ARCHIVE] = {"archive", &ml_type_bool, "its name is that of a tar archive, which ADD unpacks", FALSE},
	[ML_DF_SRC_WHOLE] = {"whole", &ml_type_bool, "it is the whole build context: `.`, `/`, `*`", FALSE},
	[ML_DF_SRC_SENSITIVE] = {"sensitive", &sensitive, "what its name says that should be in no image", WORD("none")},
	[ML_DF_SRC_IGNORED] = {"ignored", &ml_type_bool, "the ignore file leaves it out of the context", FALSE},
};
RECORD(ml_df_source, "copy_source", source_fields, ML_DF_SRC_SLOTS);
LIST_TYPE(source_list, ml_df_source);

static const struct ml_field base_fields[] = {
	[ML_DF_BASE_TEXT] = {"text", &ml_type_string, "as written", EMPTY},
	[ML_DF_BASE_IMAGE] = {"image", &ml_type_string, "known variables filled in", EMPTY},
	[ML_DF_BASE_KIND] = {"kind", &base_kind, "an image, an earlier stage, or scratch"},
	[ML_DF_BASE_STAGE] = {"stage", &ml_type_int, "index of the earlier stage; -1 when it is none", NONE},
	[ML_DF_BASE_REGISTRY] = {"registry", &ml_type_string, "host and port; `docker.io` when none is written; \"\" for stage and scratch", EMPTY},
	[ML_DF_BASE_REPOSITORY] = {"repository", &ml_type_string, "with `library/` on docker.io", EMPTY},
	[ML_DF_BASE_NAME] = {"name", &ml_type_string, "the last part of the repository", EMPTY},
	[ML_DF_BASE_TAG] = {"tag", &ml_type_string, "as written; \"\" when none is", EMPTY},
	[ML_DF_BASE_DIGEST] = {"digest", &ml_type_string, "`sha256:…`; \"\" when none is written", EMPTY},
	[ML_DF_BASE_TAGGED] = {"tagged", &ml_type_bool, "a tag or a digest is written (true for stage and scratch)", FALSE},
	[ML_DF_BASE_PINNED] = {"pinned", &ml_type_bool, "a digest is written (true for stage and scratch)", FALSE},
	[ML_DF_BASE_LATEST] = {"latest", &ml_type_bool, "the tag `latest` is written and no digest", FALSE},
	[ML_DF_BASE_VARIABLES] = {"variables", &ml_type_list_string, "names of build arguments that decide it", NIL},
};
RECORD(ml_df_base, "base_image", base_fields, ML_DF_BASE_SLOTS);

/* What stands where there is no image: scratch, and so nothing that could be unpinned. */
static const struct ml_record no_base_record = {
	.type = &ml_df_base,
	.set = {1 << ML_DF_BASE_KIND | 1 << ML_DF_BASE_TAGGED | 1 << ML_DF_BASE_PINNED},
	.slots = {{.kind = ML_V_STRING, .len = 7, .text = "scratch"}, {.kind = ML_V_BOOL, .b = true}, {.kind = ML_V_BOOL, .b = true}},
};
static const struct ml_value no_base = {.kind = ML_V_RECORD, .record = &no_base_record};

static const struct ml_field copy_fields[] = {
	[ML_DF_COPY_ID] = {"id", &ml_type_string, "keyword, sources and destination", ID},
	[ML_DF_COPY_KEYWORD] = {"keyword", &keyword, "COPY or ADD"},
	[ML_DF_COPY_STAGE] = {"stage", &ml_type_int, "index of its stage"},
	[ML_DF_COPY_SOURCES] = {"sources", &source_list, "what is copied", NIL},
	[ML_DF_COPY_DESTINATION] = {"destination", &ml_type_string, "as written, known variables filled in", EMPTY},
	[ML_DF_COPY_PATH] = {"path", &ml_type_string, "the destination as an absolute path", EMPTY},
	[ML_DF_COPY_FROM] = {"from", &ml_type_string, "`--from` as written; \"\" when not given", EMPTY},
	[ML_DF_COPY_FROM_KIND] = {"from_kind", &from_kind, "the build context, an earlier stage, or an image", WORD("context")},
	[ML_DF_COPY_FROM_STAGE] = {"from_stage", &ml_type_int, "index of that stage; -1 when it is none", NONE},
	[ML_DF_COPY_FROM_SELF] = {"from_self", &ml_type_bool, "`--from` names the stage that it stands in", FALSE},
	[ML_DF_COPY_FROM_BASE] = {"from_base", &ml_df_base, "`--from` as an image; scratch when it is none", .def = &no_base},
	[ML_DF_COPY_CHOWN] = {"chown", &ml_type_string, "`--chown`", EMPTY},
	[ML_DF_COPY_CHMOD] = {"chmod", &ml_type_string, "`--chmod` as written", EMPTY},
	[ML_DF_COPY_MODE] = {"mode", &ml_type_int, "`--chmod` as a number; -1 when not given or symbolic", NONE},
	[ML_DF_COPY_WORLD_WRITABLE] = {"world_writable", &ml_type_bool, "`--chmod` lets others write, without the sticky bit", FALSE},
	[ML_DF_COPY_SETID] = {"setid", &ml_type_bool, "`--chmod` sets set-user-ID or set-group-ID", FALSE},
	[ML_DF_COPY_LINK] = {"link", &ml_type_bool, "`--link`", FALSE},
	[ML_DF_COPY_PARENTS] = {"parents", &ml_type_bool, "`--parents`", FALSE},
	[ML_DF_COPY_EXCLUDE] = {"exclude", &ml_type_list_string, "`--exclude`", NIL},
	[ML_DF_COPY_CHECKSUM] = {"checksum", &ml_type_string, "`--checksum` of a URL; \"\" when not given", EMPTY},
	[ML_DF_COPY_KEEP_GIT_DIR] = {"keep_git_dir", &ml_type_bool, "`--keep-git-dir`", FALSE},
	[ML_DF_COPY_UNPACK] = {"unpack", &ml_type_string, "`--unpack` as written; \"\" when not given", EMPTY},
	[ML_DF_COPY_FORM] = {"form", &form, "exec (JSON), shell, or heredoc"},
	[ML_DF_COPY_ONBUILD] = {"onbuild", &ml_type_bool, "it stands in an ONBUILD instruction", FALSE},
	[ML_DF_COPY_MERGEABLE] = {"mergeable", &ml_type_int, "how many in a row from here have its keyword, flags and destination; 0 behind the first of a row", ZERO},
	[ML_DF_COPY_SHIPPED] = {"shipped", &ml_type_bool, "its layer is in the image that is built", FALSE},
};
RECORD(ml_df_copy, "copy", copy_fields, ML_DF_COPY_SLOTS);
LIST_TYPE(copy_list, ml_df_copy);

static const struct ml_field user_fields[] = {
	[ML_DF_USER_ID] = {"id", &ml_type_string, "stage and user", EMPTY, ID},
	[ML_DF_USER_TEXT] = {"text", &ml_type_string, "as written, known variables filled in", EMPTY},
	[ML_DF_USER_NAME] = {"name", &ml_type_string, "name or number before the colon", EMPTY},
	[ML_DF_USER_GROUP] = {"group", &ml_type_string, "name or number behind the colon", EMPTY},
	[ML_DF_USER_UID] = {"uid", &ml_type_int, "the number (0 for root); -1 when it is another name", NONE},
	[ML_DF_USER_KIND] = {"kind", &user_kind, "`base`: nothing is written, the base image decides", WORD("base")},
	[ML_DF_USER_SET] = {"set", &ml_type_bool, "a USER of this stage or of one that it builds on says it", FALSE},
	[ML_DF_USER_INHERITED] = {"inherited", &ml_type_bool, "it comes from the stage that this one builds on", FALSE},
	[ML_DF_USER_COUNT] = {"count", &ml_type_int, "USER instructions in this stage", ZERO},
	[ML_DF_USER_STAGE] = {"stage", &ml_type_int, "index of the stage", ZERO},
	[ML_DF_USER_LAST] = {"last", &ml_type_bool, "no later USER in the same stage", FALSE},
};
RECORD(ml_df_user, "user", user_fields, ML_DF_USER_SLOTS);
LIST_TYPE(user_list, ml_df_user);
RECORD_DEFAULT(default_user, ml_df_user);

static const struct ml_field workdir_fields[] = {
	[ML_DF_WORKDIR_ID] = {"id", &ml_type_string, "stage and directory", EMPTY, ID},
	[ML_DF_WORKDIR_TEXT] = {"text", &ml_type_string, "as written, known variables filled in", EMPTY},
	[ML_DF_WORKDIR_PATH] = {"path", &ml_type_string, "the resulting directory; `/` when nothing is written", WORD("/")},
	[ML_DF_WORKDIR_ABSOLUTE] = {"absolute", &ml_type_bool, "what is written is an absolute path", TRUE},
	[ML_DF_WORKDIR_SET] = {"set", &ml_type_bool, "a WORKDIR of this stage or of one that it builds on says it", FALSE},
	[ML_DF_WORKDIR_COUNT] = {"count", &ml_type_int, "WORKDIR instructions in this stage", ZERO},
	[ML_DF_WORKDIR_STAGE] = {"stage", &ml_type_int, "index of the stage", ZERO},
};
RECORD(ml_df_workdir, "workdir", workdir_fields, ML_DF_WORKDIR_SLOTS);
LIST_TYPE(workdir_list, ml_df_workdir);
RECORD_DEFAULT(default_workdir, ml_df_workdir);

static const struct ml_field port_fields[] = {
	[ML_DF_PORT_ID] = {"id", &ml_type_string, "`22/tcp`", ID},
	[ML_DF_PORT_TEXT] = {"text", &ml_type_string, "as written, known variables filled in"},
	[ML_DF_PORT_FROM] = {"from", &ml_type_int, "first port"},
	[ML_DF_PORT_TO] = {"to", &ml_type_int, "last port; the first again when it is no range"},
	[ML_DF_PORT_PROTOCOL] = {"protocol", &protocol, "transport", WORD("tcp")},
	[ML_DF_PORT_VALID] = {"valid", &ml_type_bool, "both ports are 1 to 65535 and in order", TRUE},
	[ML_DF_PORT_STAGE] = {"stage", &ml_type_int, "index of the stage", ZERO},
};
RECORD(ml_df_port, "port", port_fields, ML_DF_PORT_SLOTS);
LIST_TYPE(port_list, ml_df_port);

static const struct ml_field process_fields[] = {
	[ML_DF_PROC_SET] = {"set", &ml_type_bool, "it is written, here or in a stage that this one builds on", FALSE},
	[ML_DF_PROC_FORM] = {"form", &form, "exec (JSON) or shell", WORD("none")},
	[ML_DF_PROC_TEXT] = {"text", &ml_type_string, "as written, secrets hidden", EMPTY},
	[ML_DF_PROC_WORDS] = {"words", &ml_type_list_string, "exec form: the words", NIL},
	[ML_DF_PROC_COMMANDS] = {"commands", &command_list, "its simple commands", NIL},
	[ML_DF_PROC_BAD_JSON] = {"bad_json", &ml_type_bool, "begins with `[` but is no JSON list of strings, so a shell runs it", FALSE},
	[ML_DF_PROC_INHERITED] = {"inherited", &ml_type_bool, "it comes from the stage that this one builds on", FALSE},
	[ML_DF_PROC_COUNT] = {"count", &ml_type_int, "how often this stage writes it; the last counts", ZERO},
};
RECORD(ml_df_process, "process", process_fields, ML_DF_PROC_SLOTS);
RECORD_DEFAULT(default_process, ml_df_process);

static const struct ml_field healthcheck_fields[] = {
	[ML_DF_HEALTH_SET] = {"set", &ml_type_bool, "a HEALTHCHECK is written, `NONE` too", FALSE},
	[ML_DF_HEALTH_DISABLED] = {"disabled", &ml_type_bool, "`HEALTHCHECK NONE`", FALSE},
	[ML_DF_HEALTH_FORM] = {"form", &form, "exec (JSON) or shell", WORD("none")},
	[ML_DF_HEALTH_TEXT] = {"text", &ml_type_string, "the command as written, secrets hidden", EMPTY},
	[ML_DF_HEALTH_WORDS] = {"words", &ml_type_list_string, "exec form: the words", NIL},
	[ML_DF_HEALTH_COMMANDS] = {"commands", &command_list, "its simple commands", NIL},
	[ML_DF_HEALTH_INTERVAL] = {"interval", &ml_type_duration, "`--interval`", .def = &default_interval},
	[ML_DF_HEALTH_TIMEOUT] = {"timeout", &ml_type_duration, "`--timeout`", .def = &default_interval},
	[ML_DF_HEALTH_START_PERIOD] = {"start_period", &ml_type_duration, "`--start-period`", .def = &no_duration},
	[ML_DF_HEALTH_START_INTERVAL] = {"start_interval", &ml_type_duration, "`--start-interval`", .def = &default_start_interval},
	[ML_DF_HEALTH_RETRIES] = {"retries", &ml_type_int, "`--retries`", .def = &default_retries},
	[ML_DF_HEALTH_INHERITED] = {"inherited", &ml_type_bool, "it comes from the stage that this one builds on", FALSE},
	[ML_DF_HEALTH_COUNT] = {"count", &ml_type_int, "HEALTHCHECK instructions in this stage; the last counts", ZERO},
};
RECORD(ml_df_healthcheck, "healthcheck", healthcheck_fields, ML_DF_HEALTH_SLOTS);
RECORD_DEFAULT(default_healthcheck, ml_df_healthcheck);

static const struct ml_field shell_fields[] = {
	[ML_DF_SHELL_WORDS] = {"words", &ml_type_list_string, "`[\"/bin/sh\", \"-c\"]` when nothing is written"},
	[ML_DF_SHELL_NAME] = {"name", &ml_type_string, "base name: sh, bash, powershell …"},
	[ML_DF_SHELL_KIND] = {"kind", &shell_kind, "which grammar it has", WORD("posix")},
	[ML_DF_SHELL_PIPEFAIL] = {"pipefail", &ml_type_bool, "it is started with `-o pipefail`", FALSE},
	[ML_DF_SHELL_SET] = {"set", &ml_type_bool, "a SHELL instruction says it", FALSE},
};
RECORD(ml_df_shell, "shell", shell_fields, ML_DF_SHELL_SLOTS);

static const struct ml_type keyword_counts = {.kind = ML_T_MAP, .key = &keyword, .elem = &ml_type_int};

static const struct ml_field stage_fields[] = {
	[ML_DF_STAGE_ID] = {"id", &ml_type_string, "its name, or `stage 2`", ID},
	[ML_DF_STAGE_INDEX] = {"index", &ml_type_int, "0 for the first"},
	[ML_DF_STAGE_NAME] = {"name", &ml_type_string, "behind AS, in lower case; \"\" when it has none", EMPTY},
	[ML_DF_STAGE_DUPLICATE] = {"duplicate", &ml_type_bool, "an earlier stage has the same name", FALSE},
	[ML_DF_STAGE_BASE] = {"base", &ml_df_base, "what FROM names"},
	[ML_DF_STAGE_ROOT_BASE] = {"root_base", &ml_df_base, "the image or scratch at the end of the chain of stages"},
	[ML_DF_STAGE_PLATFORM] = {"platform", &ml_type_string, "`--platform`; \"\" when not given", EMPTY},
	[ML_DF_STAGE_FINAL] = {"final", &ml_type_bool, "the last stage of the file", FALSE},
	[ML_DF_STAGE_TARGET] = {"target", &ml_type_bool, "the stage that is built: the one asked for, else the last", FALSE},
	[ML_DF_STAGE_NEEDED] = {"needed", &ml_type_bool, "the target needs it, by FROM, COPY --from or a mount", FALSE},
	[ML_DF_STAGE_SHIPPED] = {"shipped", &ml_type_bool, "the target, or a stage that it builds on by FROM: its layers are in the image", FALSE},
	[ML_DF_STAGE_USER] = {"user", &ml_df_user, "the user at its end", .def = &default_user},
	[ML_DF_STAGE_WORKDIR] = {"workdir", &ml_df_workdir, "the working directory at its end", .def = &default_workdir},
	[ML_DF_STAGE_PORTS] = {"ports", &port_list, "exposed, inherited ones too", NIL},
	[ML_DF_STAGE_HEALTHCHECK] = {"healthcheck", &ml_df_healthcheck, "the last HEALTHCHECK", .def = &default_healthcheck},
	[ML_DF_STAGE_ENTRYPOINT] = {"entrypoint", &ml_df_process, "the last ENTRYPOINT", .def = &default_process},
	[ML_DF_STAGE_CMD] = {"cmd", &ml_df_process, "the last CMD", .def = &default_process},
	[ML_DF_STAGE_SHELL] = {"shell", &ml_df_shell, "the shell at its end"},
	[ML_DF_STAGE_ENV] = {"env", &ml_type_map_string, "environment at its end, secrets hidden", NOMAP},
	[ML_DF_STAGE_ARGS] = {"args", &ml_type_map_string, "build arguments declared in it, with their defaults; \"\" when without", NOMAP},
	[ML_DF_STAGE_LABELS] = {"labels", &ml_type_map_string, "labels at its end, secrets hidden", NOMAP},
	[ML_DF_STAGE_VOLUMES] = {"volumes", &ml_type_list_string, "VOLUME, inherited ones too", NIL},
	[ML_DF_STAGE_STOPSIGNAL] = {"stopsignal", &ml_type_string, "STOPSIGNAL", WORD("SIGTERM")},
	[ML_DF_STAGE_ONBUILD] = {"onbuild", &ml_type_list_string, "ONBUILD triggers, secrets hidden", NIL},
	[ML_DF_STAGE_MAINTAINER] = {"maintainer", &ml_type_string, "MAINTAINER; \"\" when none", EMPTY},
	[ML_DF_STAGE_KEYWORDS] = {"keywords", &keyword_counts, "how often this stage has each instruction; all instructions are keys"},
	[ML_DF_STAGE_INSTALLS] = {"installs", &manager_list, "package managers that it installs with", NIL},
	[ML_DF_STAGE_DEPENDS] = {"depends", &ml_type_list_int, "indexes of stages that it needs directly", NIL},
};
RECORD(ml_df_stage, "stage", stage_fields, ML_DF_STAGE_SLOTS);
LIST_TYPE(stage_list, ml_df_stage);

static const struct ml_field instruction_fields[] = {
	[ML_DF_INS_ID] = {"id", &ml_type_string, "its first words", ID},
	[ML_DF_INS_INDEX] = {"index", &ml_type_int, "position in `instructions`"},
	[ML_DF_INS_KEYWORD] = {"keyword", &keyword, "in upper case; inside ONBUILD the trigger's own"},
	[ML_DF_INS_STAGE] = {"stage", &ml_type_int, "index of its stage; -1 before the first FROM", NONE},
	[ML_DF_INS_LINE] = {"line", &ml_type_int, "first line"},
	[ML_DF_INS_END_LINE] = {"end_line", &ml_type_int, "last line, here-documents too"},
	[ML_DF_INS_FORM] = {"form", &form, "exec (JSON), shell, heredoc; none where there are no forms", WORD("none")},
	[ML_DF_INS_FLAGS] = {"flags", &ml_type_map_string, "`--name=value` by name without dashes; the last value", NOMAP},
	[ML_DF_INS_WORDS] = {"words", &ml_type_list_string, "arguments, known variables filled in, secrets hidden", NIL},
	[ML_DF_INS_TEXT] = {"text", &ml_type_string, "arguments as written, continuations joined, secrets hidden", EMPTY},
	[ML_DF_INS_ONBUILD] = {"onbuild", &ml_type_bool, "it stands in an ONBUILD instruction", FALSE},
	[ML_DF_INS_BAD_JSON] = {"bad_json", &ml_type_bool, "begins with `[` but is no JSON list of strings, so it is in shell form", FALSE},
	[ML_DF_INS_ORDINAL] = {"ordinal", &ml_type_int, "0 for the first of its keyword in its stage", ZERO},
	[ML_DF_INS_OVERRIDDEN] = {"overridden", &ml_type_bool, "a later CMD, ENTRYPOINT or HEALTHCHECK of the same stage replaces it", FALSE},
	[ML_DF_INS_MERGEABLE] = {"mergeable", &ml_type_int, "how many of its keyword stand in a row from here; 0 behind the first of a row", ZERO},
	[ML_DF_INS_LOWERCASE] = {"lowercase", &ml_type_bool, "the keyword is not written in upper case", FALSE},
	[ML_DF_INS_LEGACY] = {"legacy", &ml_type_bool, "`ENV name value` or `LABEL name value`, without `=`", FALSE},
};
RECORD(ml_df_instruction, "instruction", instruction_fields, ML_DF_INS_SLOTS);
LIST_TYPE(instruction_list, ml_df_instruction);

static const struct ml_field variable_fields[] = {
	[ML_DF_VAR_ID] = {"id", &ml_type_string, "stage and name", ID},
	[ML_DF_VAR_SCOPE] = {"scope", &scope, "global: ARG before the first FROM; arg; env"},
	[ML_DF_VAR_STAGE] = {"stage", &ml_type_int, "index of its stage; -1 for global", NONE},
	[ML_DF_VAR_NAME] = {"name", &ml_type_string, "of the variable"},
	[ML_DF_VAR_VALUE] = {"value", &ml_type_string, "known variables filled in, secrets hidden", EMPTY},
	[ML_DF_VAR_SET] = {"set", &ml_type_bool, "a value is written", FALSE},
	[ML_DF_VAR_SECRET_NAME] = {"secret_name", &ml_type_bool, "by its name it is meant to hold a secret, whatever the value", FALSE},
	[ML_DF_VAR_SECRET] = {"secret", &ml_secret_kind_type, "the kind of secret that the value holds", WORD("none")},
	[ML_DF_VAR_LEGACY] = {"legacy", &ml_type_bool, "`ENV name value`, without `=`", FALSE},
	[ML_DF_VAR_PREDEFINED] = {"predefined", &ml_type_bool, "an ARG that BuildKit knows by itself: HTTP_PROXY, TARGETARCH …", FALSE},
	[ML_DF_VAR_SHIPPED] = {"shipped", &ml_type_bool, "it is in the history or the environment of the image that is built", FALSE},
};
RECORD(ml_df_variable, "variable", variable_fields, ML_DF_VAR_SLOTS);
LIST_TYPE(variable_list, ml_df_variable);

static const struct ml_field secret_fields[] = {
	[ML_DF_SECRET_ID] = {"id", &ml_type_string, "place and key", ID},
	[ML_DF_SECRET_WHERE] = {"where", &where, "what it stands in"},
	[ML_DF_SECRET_KEY] = {"key", &ml_type_string, "the name it stands under; \"\" in free text", EMPTY},
	[ML_DF_SECRET_KIND] = {"kind", &ml_secret_kind_type, "what it is"},
	[ML_DF_SECRET_REASON] = {"reason", &ml_type_string, "why it is taken for one"},
	[ML_DF_SECRET_WEAK] = {"weak", &ml_type_bool, "a placeholder such as `changeme`", FALSE},
	[ML_DF_SECRET_LENGTH] = {"length", &ml_type_int, "its bytes"},
	[ML_DF_SECRET_FINGERPRINT] = {"fingerprint", &ml_type_string, "salted, 32 bits"},
	[ML_DF_SECRET_STAGE] = {"stage", &ml_type_int, "index of the stage; -1 before the first", NONE},
	[ML_DF_SECRET_SHIPPED] = {"shipped", &ml_type_bool, "it is in the history, environment or files of the image that is built", FALSE},
};
RECORD(ml_df_secret, "secret", secret_fields, ML_DF_SECRET_SLOTS);
LIST_TYPE(secret_list, ml_df_secret);

static const struct ml_field directives_fields[] = {
	[ML_DF_DIR_SYNTAX] = {"syntax", &ml_type_string, "`# syntax=`: the frontend image; \"\" when not given", EMPTY},
	[ML_DF_DIR_ESCAPE] = {"escape", &ml_type_string, "`# escape=`: backslash or backquote", WORD("\\")},
	[ML_DF_DIR_CHECK] = {"check", &ml_type_string, "`# check=`; \"\" when not given", EMPTY},
};
RECORD(ml_df_directives, "directives", directives_fields, ML_DF_DIR_SLOTS);
RECORD_DEFAULT(default_directives, ml_df_directives);

LIST_TYPE(sensitive_list, sensitive);
static const struct ml_field ignore_fields[] = {
	[ML_DF_IGNORE_PRESENT] = {"present", &ml_type_bool, "there is an ignore file", FALSE},
	[ML_DF_IGNORE_NAME] = {"name", &ml_type_string, "its path; \"\" when there is none", EMPTY},
	[ML_DF_IGNORE_PATTERNS] = {"patterns", &ml_type_list_string, "as written, comments left out", NIL},
	[ML_DF_IGNORE_EXPOSES] = {"exposes", &sensitive_list, "kinds of sensitive files that would come into the context: all when there is no ignore file"},
};
RECORD(ml_df_ignore, "dockerignore", ignore_fields, ML_DF_IGNORE_SLOTS);

static const struct ml_field root_fields[] = {
	[ML_DF_STAGES] = {"stages", &stage_list, "build stages in order", NIL},
	[ML_DF_INSTRUCTIONS] = {"instructions", &instruction_list, "all instructions in order", NIL},
	[ML_DF_RUNS] = {"runs", &run_list, "RUN instructions in order", NIL},
	[ML_DF_COMMANDS] = {"commands", &command_list, "simple commands of all RUN instructions in order", NIL},
	[ML_DF_COPIES] = {"copies", &copy_list, "COPY and ADD instructions in order", NIL},
	[ML_DF_USERS] = {"users", &user_list, "USER instructions in order", NIL},
	[ML_DF_WORKDIRS] = {"workdirs", &workdir_list, "WORKDIR instructions in order", NIL},
	[ML_DF_PORTS] = {"ports", &port_list, "ports of all EXPOSE instructions in order", NIL},
	[ML_DF_VARIABLES] = {"variables", &variable_list, "variables that ARG and ENV set, in order", NIL},
	[ML_DF_SECRETS] = {"secrets", &secret_list, "secrets found anywhere", NIL},
	[ML_DF_DIRECTIVES] = {"directives", &ml_df_directives, "parser directives", .def = &default_directives},
	[ML_DF_DOCKERIGNORE] = {"dockerignore", &ml_df_ignore, "the ignore file beside it; unknown when the context was not looked at"},
	[ML_DF_TARGET] = {"target", &ml_type_string, "id of the stage that is built; \"\" when there is none", EMPTY},
};
RECORD(ml_df_root, "dockerfile", root_fields, ML_DF_ROOT_SLOTS);

const struct ml_kind ml_kind_dockerfile = {
	.name = "config.dockerfile",
	.about = "a Dockerfile or Containerfile: stages, instructions, commands, copies, effective settings",
	.root = &ml_df_root,
};
