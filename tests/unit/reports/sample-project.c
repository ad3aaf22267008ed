/* SPDX-License-Identifier: Apache-2.0 */
/* A project's findings as judging gives them, by hand. */
#include "tests/unit/reports/sample.h"

#define S(literal) {"" literal, sizeof(literal) - 1}
#define COMPOSE    S("docker-compose.yml")
#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))

static struct ml_str cis_54[] = {S("5.4")}, cis_531[] = {S("5.31")}, cis_526[] = {S("5.26")}, nist_ac6[] = {S("AC-6"), S("CM-7")},
		     cwe_250[] = {S("CWE-250")}, pci[] = {S("2.2.6")};
static struct ml_policy_ref refs_privileged[] = {
	{S("cis-docker-1.6"), cis_54, 1}, {S("nist-800-53r5"), nist_ac6, 2}, {S("pci-dss-4"), pci, 1}, {S("cwe"), cwe_250, 1}};
static struct ml_policy_ref refs_socket[] = {{S("cis-docker-1.6"), cis_531, 1}, {S("cwe"), cwe_250, 1}};
static struct ml_policy_ref refs_health[] = {{S("cis-docker-1.6"), cis_526, 1}};

static struct ml_rule_text compose_rules[] = {
	{S("COMPOSE-HEALTHCHECK"), S("compose-hardening"), S("Every long-running service has a health check"),
		S("Without one a hung process looks like a healthy one."), S("Add `healthcheck:` with a `test`."), ML_SEV_LOW,
		refs_health, COUNT(refs_health)},
	{S("COMPOSE-PRIVILEGED"), S("compose-hardening"), S("No service runs privileged"),
		S("A privileged container has every capability and all devices; escaping it is trivial."),
		S("Remove `privileged: true`; grant the one capability that is needed with `cap_add`."), ML_SEV_CRITICAL,
		refs_privileged, COUNT(refs_privileged)},
	{S("COMPOSE-SECRET-ENV"), S("compose-hardening"), S("No secret stands in `environment`"),
		S("Environment variables are seen by `docker inspect`, by every child process and by crash reports."),
		S("Put the value into a file under `secrets:` and read `/run/secrets/<name>`."), ML_SEV_HIGH, NULL, 0},
	{S("COMPOSE-SOCKET"), S("compose-hardening"), S("The Docker socket is not mounted"),
		S("Whoever talks to the socket is root on the host."), S("Use a socket proxy that allows what is needed."),
		ML_SEV_CRITICAL, refs_socket, COUNT(refs_socket)},
	{S("COMPOSE-USER"), S("compose-hardening"), S("No service runs as root"), S("Root in a container is root for the kernel."),
		S("Set `user:`."), ML_SEV_MEDIUM, NULL, 0},
};

static const struct ml_place base_place = {COMPOSE, 3, 3, 19, S("  privileged: true"), NULL};
static const struct ml_place env_place = {S(".env"), 2, 13, 16, S("DB_PASSWORD=***"), NULL};
static struct ml_because because_privileged[] = {
	{S("services.api.privileged"), S("true"), {COMPOSE, 14, 17, 21, S("    privileged: true"), NULL}},
	{S("services.api.kind"), S("\"container\""), {COMPOSE, 11, 3, 6, S("  api:"), NULL}},
};
static struct ml_because because_merged[] = {
	{S("services.worker.privileged"), S("true"), {COMPOSE, 31, 5, 7, S("    <<: *defaults"), &base_place}}};
static struct ml_because because_secret[] = {
	{S("services.api.environment[\"DB_PASSWORD\"].secret"), S("{\"kind\": \"password\", \"length\": 12}"),
		{COMPOSE, 20, 20, 34, S("      DB_PASSWORD: ${DB_PASSWORD}"), &env_place}}};
static struct ml_because because_user[] = {{S("services.api.user"), S(""), {COMPOSE, 11, 3, 6, S("  api:"), NULL}}};

static struct ml_result compose_results[] = {
	{.rule = S("COMPOSE-PRIVILEGED"), .severity = ML_SEV_CRITICAL, .verdict = ML_FAIL, .element = S("api"),
		.message = S("service api runs privileged"), .place = {COMPOSE, 14, 17, 21, S("    privileged: true"), NULL},
		.because = because_privileged, .nbecause = 2, .fingerprint = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"},
	{.rule = S("COMPOSE-PRIVILEGED"), .severity = ML_SEV_CRITICAL, .verdict = ML_FAIL, .element = S("worker"),
		.message = S("service worker runs privileged"), .place = {COMPOSE, 31, 5, 7, S("    <<: *defaults"), &base_place},
		.because = because_merged, .nbecause = 1, .fingerprint = "1f1e2d3c4b5a69788796a5b4c3d2e1f0"},
	{.rule = S("COMPOSE-SOCKET"), .severity = ML_SEV_CRITICAL, .verdict = ML_WAIVED, .element = S("proxy"),
		.message = S("service proxy mounts the Docker socket"),
		.place = {COMPOSE, 45, 9, 53, S("      - /var/run/docker.sock:/var/run/docker.sock:ro"), NULL},
		.fingerprint = "2f1e2d3c4b5a69788796a5b4c3d2e1f0",
		.waiver = S("ops@example.org: read-only socket proxy, reviewed (until 2027-01-31)")},
	{.rule = S("COMPOSE-SECRET-ENV"), .severity = ML_SEV_HIGH, .verdict = ML_FAIL, .element = S("api"),
		.message = S("the value of DB_PASSWORD is a password"),
		.place = {COMPOSE, 20, 20, 34, S("      DB_PASSWORD: ${DB_PASSWORD}"), &env_place}, .because = because_secret,
		.nbecause = 1, .because_dropped = 3, .fingerprint = "3f1e2d3c4b5a69788796a5b4c3d2e1f0"},
	{.rule = S("COMPOSE-SECRET-ENV"), .severity = ML_SEV_HIGH, .verdict = ML_UNKNOWN, .element = S("worker"),
		.message = S("cannot read worker.env: permission denied"),
		.place = {COMPOSE, 33, 15, 25, S("    env_file: worker.env"), NULL}, .fingerprint = "4f1e2d3c4b5a69788796a5b4c3d2e1f0"},
	{.rule = S("COMPOSE-USER"), .severity = ML_SEV_MEDIUM, .verdict = ML_FAIL, .element = S("api"),
		.message = S("service api does not say who it runs as"), .place = {COMPOSE, 11, 3, 6, S("  api:"), NULL},
		.because = because_user, .nbecause = 1, .fingerprint = "5f1e2d3c4b5a69788796a5b4c3d2e1f0"},
	{.rule = S("COMPOSE-USER"), .severity = ML_SEV_MEDIUM, .verdict = ML_FAIL, .element = S("db"),
		.message = S("service db does not say who it runs as"), .place = {COMPOSE, 50, 3, 5, S("  db:"), NULL},
		.fingerprint = "6f1e2d3c4b5a69788796a5b4c3d2e1f0", .known = true},
	{.rule = S("COMPOSE-HEALTHCHECK"), .severity = ML_SEV_LOW, .verdict = ML_FAIL, .element = S("api"),
		.message = S("service api has no health check"), .place = {COMPOSE, 11, 3, 6, S("  api:"), NULL},
		.fingerprint = "7f1e2d3c4b5a69788796a5b4c3d2e1f0"},
	{.rule = S("COMPOSE-HEALTHCHECK"), .severity = ML_SEV_LOW, .verdict = ML_FAIL, .element = S("worker"),
		.message = S("service worker has no health check"), .place = {COMPOSE, 30, 3, 9, S("  worker:"), NULL},
		.fingerprint = "8f1e2d3c4b5a69788796a5b4c3d2e1f0"},
	{.rule = S("COMPOSE-HEALTHCHECK"), .severity = ML_SEV_LOW, .verdict = ML_NOTAPPLICABLE, .element = S("migrate"),
		.fingerprint = "9f1e2d3c4b5a69788796a5b4c3d2e1f0"},
	{.rule = S("COMPOSE-HEALTHCHECK"), .severity = ML_SEV_LOW, .verdict = ML_PASS, .element = S("db"),
		.fingerprint = "af1e2d3c4b5a69788796a5b4c3d2e1f0"},
};

static struct ml_diag compose_diags[] = {
	{ML_DIAG_WARNING, COMPOSE, 16, 5, 16, S("unknown key: got \"enviroments\", want a key of a service"),
		S("did you mean `environment`?"), S("    enviroments: {}")},
};

static struct ml_policy_text compose_policies[] = {{S("compose-hardening"), S("Docker Compose services"),
	"9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab"}};

static struct ml_run project[] = {
	{.uri = S("api/Dockerfile"), .kind = S("config.dockerfile"),
		.sha256 = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
		.sandbox = S("{\"filter\":\"00\",\"landlock_abi\":7,\"layers\":{\"landlock\":true,\"namespaces\":true,\"seccomp\":true},\"sealed\":true}"),
		.summary = {[ML_PASS] = 46, [ML_NOTAPPLICABLE] = 7}},
	{.uri = COMPOSE, .kind = S("config.compose"), .sha256 = "fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9",
		.policies = compose_policies, .npolicies = 1, .rules = compose_rules, .nrules = COUNT(compose_rules),
		.sandbox = S("{\"filter\":\"00\",\"landlock_abi\":7,\"layers\":{\"landlock\":true,\"namespaces\":\"Operation not permitted\","
			     "\"seccomp\":true},\"sealed\":true}"),
		.summary = {[ML_PASS] = 41, [ML_FAIL] = 7, [ML_UNKNOWN] = 1, [ML_NOTAPPLICABLE] = 3, [ML_WAIVED] = 1},
		.results = compose_results, .nresults = COUNT(compose_results), .diags = compose_diags, .ndiags = 1},
};

struct ml_findings sample_project(void)
{
	return (struct ml_findings){project, COUNT(project)};
}
