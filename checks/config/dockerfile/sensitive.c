/* SPDX-License-Identifier: Apache-2.0 */
/* Files that should be in no image, by their names. */
#include "checks/config/dockerfile/evaluate.h"
#include "checks/reader.h"

enum kind { NONE, ENV_FILE, SSH, PRIVATE_KEY, CLOUD, REGISTRY, PASSWORD_FILE, KUBECONFIG, TERRAFORM, HISTORY, VCS };

/* How the pattern is compared. */
enum how {
	NAME,      /* the last part of the path */
	END,       /* its end */
	START,     /* its start */
	DIRECTORY, /* any part of the path: the directory, or something in it */
	TAIL,      /* the end of the path, on a part's border */
};

static const struct {
	enum kind kind;
	enum how how;
	const char *pattern;
} table[] = {
	{VCS, DIRECTORY, ".git"}, {VCS, DIRECTORY, ".svn"}, {VCS, DIRECTORY, ".hg"}, {VCS, DIRECTORY, ".bzr"},
	{HISTORY, END, "_history"}, {HISTORY, NAME, ".history"},
	{NONE, END, ".env.example"}, {NONE, END, ".env.sample"}, {NONE, END, ".env.template"}, {NONE, END, ".env.dist"}, {NONE, END, ".env.defaults"},
	{NONE, END, ".pub"}, {NONE, NAME, "example.env"}, {NONE, NAME, "sample.env"},
	{ENV_FILE, NAME, ".env"}, {ENV_FILE, START, ".env."}, {ENV_FILE, END, ".env"}, {ENV_FILE, NAME, ".envrc"},
	{SSH, NAME, "id_rsa"}, {SSH, NAME, "id_dsa"}, {SSH, NAME, "id_ecdsa"}, {SSH, NAME, "id_ed25519"}, {SSH, DIRECTORY, ".ssh"},
	{SSH, START, "ssh_host_"}, {SSH, END, "_rsa"}, {SSH, END, "_ed25519"}, {SSH, END, ".ppk"},
	{KUBECONFIG, DIRECTORY, ".kube"}, {KUBECONFIG, NAME, "kubeconfig"}, {KUBECONFIG, END, ".kubeconfig"}, {KUBECONFIG, END, "kubeconfig.yaml"},
	{CLOUD, DIRECTORY, ".aws"}, {CLOUD, DIRECTORY, ".azure"}, {CLOUD, DIRECTORY, ".gcloud"}, {CLOUD, TAIL, ".config/gcloud"},
	{CLOUD, NAME, "application_default_credentials.json"}, {CLOUD, NAME, "credentials.json"}, {CLOUD, START, "service-account"},
	{CLOUD, START, "service_account"}, {CLOUD, START, "serviceaccount"}, {CLOUD, NAME, ".boto"}, {CLOUD, NAME, ".s3cfg"}, {CLOUD, NAME, ".oci"},
	{REGISTRY, NAME, ".npmrc"}, {REGISTRY, NAME, ".pypirc"}, {REGISTRY, NAME, ".dockercfg"}, {REGISTRY, DIRECTORY, ".docker"},
	{REGISTRY, TAIL, ".gem/credentials"}, {REGISTRY, TAIL, ".cargo/credentials"}, {REGISTRY, TAIL, ".cargo/credentials.toml"},
	{REGISTRY, TAIL, ".composer/auth.json"}, {REGISTRY, TAIL, ".m2/settings.xml"}, {REGISTRY, NAME, ".git-credentials"},
	{PASSWORD_FILE, NAME, ".netrc"}, {PASSWORD_FILE, NAME, "_netrc"}, {PASSWORD_FILE, NAME, ".htpasswd"}, {PASSWORD_FILE, NAME, ".pgpass"},
	{PASSWORD_FILE, NAME, ".my.cnf"}, {PASSWORD_FILE, NAME, ".mylogin.cnf"}, {PASSWORD_FILE, END, ".kdbx"}, {PASSWORD_FILE, END, ".kdb"},
	{PASSWORD_FILE, NAME, "passwords.txt"}, {PASSWORD_FILE, NAME, "password.txt"}, {PASSWORD_FILE, NAME, "secrets.yml"},
	{PASSWORD_FILE, NAME, "secrets.yaml"}, {PASSWORD_FILE, NAME, "secrets.json"}, {PASSWORD_FILE, NAME, "secrets.toml"},
	{PASSWORD_FILE, NAME, "secret.txt"}, {PASSWORD_FILE, NAME, "secrets.txt"}, {PASSWORD_FILE, NAME, ".vault_pass"}, {PASSWORD_FILE, NAME, ".vault-token"},
	{TERRAFORM, END, ".tfstate"}, {TERRAFORM, END, ".tfstate.backup"}, {TERRAFORM, DIRECTORY, ".terraform"}, {TERRAFORM, NAME, "terraform.tfvars"},
	{PRIVATE_KEY, END, ".p12"}, {PRIVATE_KEY, END, ".pfx"}, {PRIVATE_KEY, END, ".jks"}, {PRIVATE_KEY, END, ".keystore"},
	{PRIVATE_KEY, START, "privkey"}, {PRIVATE_KEY, END, ".key"}, {PRIVATE_KEY, END, "key.pem"}, {PRIVATE_KEY, END, "private.pem"},
	{PRIVATE_KEY, END, ".pem"}, {PRIVATE_KEY, END, ".pk8"},
};

/* Keys and certificates that are meant to be public. */
static bool is_public(struct ml_str name)
{
	static const char *const words[] = {"pub", "gpg", "cert", "chain", "bundle", "signing", "archive", "apt", "repo", "release"};
	bool authority = ml_str_starts(name, ML_STR("ca.")) || ml_str_starts(name, ML_STR("ca-")) || ml_str_has(name, "root-ca") || ml_str_has(name, "rootca");

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (ml_str_has(name, words[i]))
			return true;
	return authority && !ml_str_has(name, "key");
}

static bool has_part(struct ml_str path, struct ml_str want)
{
	struct ml_str part;

	while (ml_str_split(&path, '/', &part))
		if (ml_str_eq(part, want))
			return true;
	return false;
}

static bool ends_on_border(struct ml_str path, struct ml_str tail)
{
	return ml_str_ends(path, tail) && (path.len == tail.len || path.ptr[path.len - tail.len - 1] == '/');
}

static bool fits(enum how how, struct ml_str path, struct ml_str name, struct ml_str pattern)
{
	switch (how) {
	case NAME: return ml_str_eq(name, pattern);
	case END: return ml_str_ends(name, pattern);
	case START: return ml_str_starts(name, pattern);
	case DIRECTORY: return has_part(path, pattern);
	case TAIL: return ends_on_border(path, pattern);
	}
	return false;
}

int ml_df_sensitive(struct ml_str path)
{
	struct ml_str name;

	while (path.len > 1 && path.ptr[path.len - 1] == '/')
		path.len--;
	name = ml_path_base(path);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (!fits(table[i].how, path, name, ml_str(table[i].pattern)))
			continue;
		return table[i].kind == PRIVATE_KEY && is_public(name) ? NONE : (int)table[i].kind;
	}
	return NONE;
}
