/* SPDX-License-Identifier: Apache-2.0 */
/* The table of programs and of wrappers. */
#include "checks/config/dockerfile/program.h"

#define DNF_VALUES "-x --exclude -c --config --setopt --enablerepo --disablerepo --repo --repoid --installroot --releasever -d -e --comment " \
	"--advisory --downloaddir --destdir --forcearch --disableplugin --enableplugin -R --randomwait"
#define PIP_VALUES "-r --requirement -c --constraint -e --editable -t --target -i --index-url --extra-index-url --trusted-host -f " \
	"--find-links --prefix --root --src --platform --python-version --implementation --abi --only-binary --no-binary --progress-bar --proxy " \
	"--timeout --retries --cert --client-cert --cache-dir --log --global-option --install-option --config-settings -C --upgrade-strategy --root-user-action --python --report --use-feature --use-deprecated --exists-action --keyring-provider --group"
#define NPM_VALUES "--registry --prefix --cache --userconfig --globalconfig --loglevel --tag --omit --only --include -w --workspace -C --dir " \
	"--filter -F --store-dir --reporter --network-timeout --cwd --modules-folder --cache-folder --mutex --fetch-timeout --fetch-retries --scope --before --depth --otp --https-proxy --proxy --maxsockets"
#define CURL_VALUES "-o --output -H --header -d --data --data-raw --data-binary --data-urlencode -X --request -u --user -A --user-agent -e --referer -b " \
	"--cookie -c --cookie-jar -x --proxy -U --proxy-user -m --max-time --connect-timeout --retry --retry-delay --retry-max-time -w --write-out " \
	"-T --upload-file -F --form -K --config --cacert --capath --cert -E --key --pass -C --continue-at -r --range --limit-rate --resolve --url -D " \
	"--dump-header --output-dir --proto --proto-redir --tls-max --ciphers --create-file-mode -Q --quote --interface --max-redirs --noproxy --unix-socket -y -Y -z -t --json --connect-to"
#define WGET_VALUES "-O --output-document -o --output-file -a --append-output -P --directory-prefix -T --timeout -t --tries -U --user-agent --header -e " \
	"--execute --user --password -i --input-file -B --base -w --wait --post-data --post-file --limit-rate -A -R -D -I -X -l --level --ca-certificate --ca-directory --certificate --private-key --secure-protocol --waitretry --http-user --http-password --read-timeout --connect-timeout --dns-timeout --referer --save-cookies --load-cookies --progress -Q -m"
#define USER_VALUES "-u --uid -g --gid -G --groups -s --shell -d --home --home-dir -c --comment -p --password -k --skel -K --key -e --expiredate -f " \
	"--inactive -b --base-dir -R --root -P --prefix -Z --selinux-user -l --login -h --ingroup --gecos --firstuid --lastuid --conf"
#define SHELL_FLAGS (ML_DF_P_SHELL | ML_DF_P_INTERPRETER | ML_DF_P_FIRST)
#define SHELL_VALUES "-o +o -O +O --rcfile --init-file"

static const struct ml_df_program programs[] = {
	{"7z", "", 0, 0},
	{"addgroup", "-g --gid --firstgid --lastgid --conf", 0, 0},
	{"adduser", "-u --uid -g --gecos -G --ingroup -s --shell -h --home -k --gid --firstuid --lastuid --conf --comment -c -d -p", 0, 0},
	{"apk", "-X --repository -t --virtual -p --root --arch --keys-dir --repositories-file --cache-dir --cache-max-age --wait --progress-fd --timeout",
		ML_DF_P_SUB, ML_DF_APK},
	{"apt", "-o --option -t --target-release --default-release -c --config-file -a --host-architecture -P --build-profiles", ML_DF_P_SUB, ML_DF_APT},
	{"apt-cache", "-o -c", ML_DF_P_SUB, 0},
	{"apt-fast", "-o --option -t -c", ML_DF_P_SUB, ML_DF_APT},
	{"apt-get", "-o --option -t --target-release --default-release -c --config-file -a --host-architecture -P --build-profiles", ML_DF_P_SUB, ML_DF_APT},
	{"apt-key", "--keyring --keyserver --recv-keys --recv --keyserver-options", ML_DF_P_SUB, 0},
	{"apt-mark", "-f -c -o", ML_DF_P_SUB, 0},
	{"aptitude", "-o -t --target-release -w -F -q", ML_DF_P_SUB, ML_DF_APT},
	{"aria2c", "-o --out -d --dir -x -s -k -j --header -U --user-agent --checksum -i", ML_DF_P_DOWNLOADS, 0},
	{"ash", SHELL_VALUES, SHELL_FLAGS, 0},
	{"aws", "--region --profile --endpoint-url --output --query", ML_DF_P_SUB, 0},
	{"axel", "-o --output -n --num-connections", ML_DF_P_DOWNLOADS, 0},
	{"bash", SHELL_VALUES, SHELL_FLAGS, 0},
	{"bundle", "--path --jobs -j --gemfile --retry --without --with --binstubs", ML_DF_P_SUB, ML_DF_BUNDLER},
	{"bundler", "--path --jobs -j --gemfile --retry --without --with", ML_DF_P_SUB, ML_DF_BUNDLER},
	{"cargo", "--version --vers --git --branch --tag --rev --path --root --features -F --target --target-dir -j --jobs --bin --profile --registry --index --config -Z --color --manifest-path -p --package --example",
		ML_DF_P_SUB, ML_DF_CARGO},
	{"chgrp", "--reference", 0, 0},
	{"chmod", "--reference", 0, 0},
	{"chown", "--reference --from", 0, 0},
	{"chsh", "-s --shell", 0, 0},
	{"composer", "-d --working-dir --prefer-install --repository --stability -s", ML_DF_P_SUB, ML_DF_COMPOSER},
	{"conda", "-n --name -p --prefix -c --channel -f --file --solver", ML_DF_P_SUB, ML_DF_CONDA},
	{"cp", "-t --target-directory -S --suffix", 0, 0},
	{"curl", CURL_VALUES, ML_DF_P_DOWNLOADS, 0},
	{"dash", SHELL_VALUES, SHELL_FLAGS, 0},
	{"dnf", DNF_VALUES, ML_DF_P_SUB, ML_DF_DNF},
	{"dnf5", DNF_VALUES, ML_DF_P_SUB, ML_DF_DNF},
	{"docker", "-H --host --config -c --context -l --log-level", ML_DF_P_SUB, 0},
	{"dpkg", "--root --admindir --instdir", 0, ML_DF_DPKG},
	{"fetch", "-o", ML_DF_P_DOWNLOADS, 0},
	{"find", "", ML_DF_P_LONG, 0},
	{"gem", "-v --version -i --install-dir -n --bindir -s --source -P --trust-policy --platform -p --http-proxy -g --file", ML_DF_P_SUB, ML_DF_GEM},
	{"git", "-C -c -b --branch --depth -o --origin -u --upload-pack --revision --reference -j --jobs -m --message --git-dir --work-tree --separate-git-dir --filter --server-option --config --recurse-submodules-default --shallow-since --shallow-exclude",
		ML_DF_P_SUB, 0},
	{"go", "-o -ldflags -gcflags -asmflags -tags -mod -modfile -p -C -installsuffix -buildmode -compiler -overlay -pkgdir -toolexec -run -timeout -coverprofile",
		ML_DF_P_SUB | ML_DF_P_LONG, ML_DF_GO},
	{"gpasswd", "-a --add -d --delete -A -M", 0, 0},
	{"gpg", "--keyserver --recv-keys --keyring --homedir -o --output --import-options --export-options --keyserver-options --batch-file --passphrase --passphrase-fd --passphrase-file -u --local-user -r --recipient --no-default-keyring-file --pinentry-mode --status-fd", 0, 0},
	{"groupadd", "-g --gid -K --key -p --password -R --root -P --prefix -U --users", 0, 0},
	{"http", "-o --output -a --auth -A --verify --cert --timeout", ML_DF_P_DOWNLOADS, 0},
	{"install", "-m --mode -o --owner -g --group -t --target-directory -S --suffix", 0, 0},
	{"java", "-cp -classpath --class-path -jar --module-path -p -m", ML_DF_P_LONG, 0},
	{"keytool", "-alias -keystore -storepass -keypass -file -keyalg -keysize -dname -validity -storetype -ext", ML_DF_P_LONG, 0},
	{"ksh", SHELL_VALUES, SHELL_FLAGS, 0},
	{"ln", "-t --target-directory -S --suffix", 0, 0},
	{"lwp-download", "", ML_DF_P_DOWNLOADS, 0},
	{"make", "-C --directory -f --file --makefile -j --jobs -I -o -W", 0, 0},
	{"mamba", "-n --name -p --prefix -c --channel -f --file", ML_DF_P_SUB, ML_DF_CONDA},
	{"microdnf", DNF_VALUES, ML_DF_P_SUB, ML_DF_MICRODNF},
	{"micromamba", "-n --name -p --prefix -c --channel -f --file -r --root-prefix", ML_DF_P_SUB, ML_DF_CONDA},
	{"mkdir", "-m --mode", 0, 0},
	{"mv", "-t --target-directory -S --suffix", 0, 0},
	{"node", "-r --require -e --eval -p --print --import --loader --max-old-space-size", ML_DF_P_INTERPRETER | ML_DF_P_FIRST, 0},
	{"nodejs", "-r --require -e --eval -p --print", ML_DF_P_INTERPRETER | ML_DF_P_FIRST, 0},
	{"npm", NPM_VALUES, ML_DF_P_SUB, ML_DF_NPM},
	{"openssl", "-out -in -keyout -newkey -days -subj -passout -passin -config -extensions -CA -CAkey -inkey -key -name -connect -servername", ML_DF_P_SUB | ML_DF_P_LONG, 0},
	{"pacman", "-b --dbpath -r --root --config --cachedir --arch --ignore --overwrite --color", 0, ML_DF_PACMAN},
	{"passwd", "-x -n -w -i -a --maxdays -R --root", 0, 0},
	{"perl", "-e -E -I -M -m", ML_DF_P_INTERPRETER | ML_DF_P_FIRST, 0},
	{"php", "-r -d -c -f -S -t", ML_DF_P_INTERPRETER | ML_DF_P_FIRST, 0},
	{"pip", PIP_VALUES, ML_DF_P_SUB, ML_DF_PIP},
	{"pipx", "--python --spec --index-url -i --pip-args --suffix", ML_DF_P_SUB, ML_DF_PIPX},
	{"pnpm", NPM_VALUES, ML_DF_P_SUB, ML_DF_PNPM},
	{"podman", "-H --host --root --runroot", ML_DF_P_SUB, 0},
	{"python", "-m -c -W -X", ML_DF_P_INTERPRETER | ML_DF_P_FIRST, 0},
	{"rpm", "--root -r --dbpath --prefix --define -D", 0, ML_DF_RPM},
	{"ruby", "-e -r -I -C", ML_DF_P_INTERPRETER | ML_DF_P_FIRST, 0},
	{"sed", "-e --expression -f --file -l", 0, 0},
	{"service", "", 0, 0},
	{"sh", SHELL_VALUES, SHELL_FLAGS, 0},
	{"ssh", "-i -p -o -l -F -J -L -R -D -c -b -E -m", ML_DF_P_FIRST, 0},
	{"ssh-keygen", "-t -b -f -N -C -P -m -O -s -I -n -V -z -a -E -r -Z", 0, 0},
	{"ssh-keyscan", "-t -p -T -f", 0, 0},
	{"su", "-c --command -s --shell -g --group -G --supp-group -w", 0, 0},
	{"svn", "--username --password -r --revision", ML_DF_P_SUB, 0},
	{"systemctl", "", ML_DF_P_SUB, 0},
	{"tar", "-C --directory -f --file -X --exclude --strip-components --transform --owner --group --mode -I --use-compress-program", 0, 0},
	{"tdnf", DNF_VALUES, ML_DF_P_SUB, ML_DF_TDNF},
	{"terraform", "", ML_DF_P_SUB | ML_DF_P_LONG, 0},
	{"useradd", USER_VALUES, 0, 0},
	{"usermod", USER_VALUES, 0, 0},
	{"uv", "-r --requirement --requirements -c --constraint -e --editable -p --python -i --index-url --extra-index-url --index --default-index --allow-insecure-host --cache-dir --directory --project --target --prefix --with --from --extra --group",
		ML_DF_P_SUB, ML_DF_UV},
	{"wget", WGET_VALUES, ML_DF_P_DOWNLOADS, 0},
	{"wget2", WGET_VALUES, ML_DF_P_DOWNLOADS, 0},
	{"yarn", NPM_VALUES, ML_DF_P_SUB, ML_DF_YARN},
	{"yum", DNF_VALUES, ML_DF_P_SUB, ML_DF_YUM},
	{"zsh", SHELL_VALUES, SHELL_FLAGS, 0},
	{"zypper", "-R --root -C --cache-dir -D --reposd-dir -r --repo -f --from -t --type --installroot -c --config -p --plus-repo --plus-content --download",
		ML_DF_P_SUB, ML_DF_ZYPPER},
};

static const struct ml_df_wrapper wrappers[] = {
	{"builtin", "", 0, false, false},
	{"catchsegv", "", 0, false, false},
	{"chronic", "", 0, false, false},
	{"chroot", "--userspec --groups", 1, false, false},
	{"command", "", 0, false, false},
	{"doas", "-u -C", 0, true, true},
	{"dumb-init", "-r", 0, false, false},
	{"eatmydata", "", 0, false, false},
	{"env", "-u --unset -C --chdir -S --split-string", 0, true, false},
	{"exec", "-a", 0, false, false},
	{"fakeroot", "-l -s -i -b --lib --faked", 0, false, false},
	{"gosu", "", 1, false, false},
	{"ionice", "-c --class -n --classdata -p -P -u", 0, false, false},
	{"linux32", "", 0, false, false},
	{"linux64", "", 0, false, false},
	{"nice", "-n --adjustment", 0, false, false},
	{"nohup", "", 0, false, false},
	{"retry", "-t -d -n", 0, false, false},
	{"runuser", "-u --user -g --group -G --supp-group -s --shell", 0, false, false},
	{"setarch", "", 1, false, false},
	{"setpriv", "--reuid --regid --groups --inh-caps --bounding-set", 0, false, false},
	{"setsid", "", 0, false, false},
	{"stdbuf", "-i -o -e --input --output --error", 0, false, false},
	{"su-exec", "", 1, false, false},
	{"sudo", "-u --user -g --group -h --host -p --prompt -C --close-from -r --role -t --type -T --command-timeout -U --other-user -D --chdir -R --chroot", 0,
		true, true},
	{"time", "-f --format -o --output", 0, false, false},
	{"timeout", "-s --signal -k --kill-after", 1, false, false},
	{"tini", "-p -e -v", 0, false, false},
	{"unbuffer", "", 0, false, false},
	{"xargs", "-n --max-args -I -i -P --max-procs -L --max-lines -d --delimiter -a --arg-file -s --max-chars -E", 0, false, false},
};

static bool is_version(struct ml_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] != '.' && s.ptr[i] != '-' && (s.ptr[i] < '0' || s.ptr[i] > '9'))
			return false;
	return true;
}

const struct ml_df_program *ml_df_program_find(struct ml_str name)
{
	static const struct ml_df_program unknown = {"", "", 0, ML_DF_NO_MANAGER};
	static const char *const versioned[] = {"pip", "python", "php", "ruby", "perl", "node", "gem", "bash", "aria", "go"};
	struct ml_str plain = name;

	for (size_t i = 0; i < sizeof(versioned) / sizeof(versioned[0]); i++)
		if (ml_str_starts(name, ml_str(versioned[i])) && is_version(ml_str_sub(name, strlen(versioned[i]), name.len)))
			plain = ml_str(versioned[i]);
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		if (ml_str_is(plain, programs[i].name))
			return &programs[i];
	return &unknown;
}

const struct ml_df_wrapper *ml_df_wrapper_find(struct ml_str name)
{
	for (size_t i = 0; i < sizeof(wrappers) / sizeof(wrappers[0]); i++)
		if (ml_str_is(name, wrappers[i].name))
			return &wrappers[i];
	return NULL;
}

bool ml_df_in_words(const char *list, struct ml_str word)
{
	struct ml_str rest = ml_str(list), part;

	while (word.len && ml_str_split(&rest, ' ', &part))
		if (ml_str_eq(part, word))
			return true;
	return false;
}

bool ml_df_takes_value(const char *values, struct ml_str option)
{
	return ml_df_in_words(values, option);
}
