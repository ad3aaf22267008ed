/* SPDX-License-Identifier: Apache-2.0 */
/* Asks a real server on this machine: its versions and suites by elimination, and its groups in TLS 1.3. One line each on standard output, sorted by the order of preference of
 * the server for what was offered. For tests only: it blocks, and the machine that is asked is ours.
 *   tls-probe PORT            all versions
 *   tls-probe PORT record     the first flight to a hello of TLS 1.2, in hexadecimal */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "checks/tls/suites.h"
#include "checks/tls/wire.h"

enum { SUITES = 512, GROUPS = 64 };

struct ask {
	struct ml_arena *arena;
	uint16_t port, suites[SUITES], groups[GROUPS];
	struct ml_tls_hello hello;
	const struct ml_tls_flight *flight;
	struct ml_buf answer;
};

static int dial(uint16_t port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct timeval wait = {.tv_sec = 5};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) || connect(fd, (struct sockaddr *)&address, sizeof(address)))) {
		close(fd);
		return -1;
	}
	return fd;
}

static enum ml_tls_progress listen_to(struct ask *ask, int fd, struct ml_tls_parser *parser)
{
	enum ml_tls_progress progress = ML_TLS_MORE;
	char bytes[4096];
	ssize_t n;

	ml_buf_clear(&ask->answer);
	while (progress == ML_TLS_MORE && (n = read(fd, bytes, sizeof(bytes))) > 0) {
		ml_buf_add(&ask->answer, bytes, (size_t)n);
		progress = ml_tls_parser_feed(parser, (struct ml_str){bytes, (size_t)n});
	}
	ask->flight = ml_tls_parser_flight(parser);
	return progress == ML_TLS_MORE ? ml_tls_parser_end(parser) : progress;
}

static enum ml_tls_progress converse(struct ask *ask)
{
	struct ml_tls_parser *parser = ml_tls_parser_new(ask->arena, &ask->hello);
	enum ml_tls_progress progress = ML_TLS_NOMEM;
	int fd = dial(ask->port);
	ML_BUF_AUTO out;

	ml_buf_init(&out, 65536);
	if (fd < 0 || !parser || ml_tls_hello_build(&ask->hello, &out)) {
		fprintf(stderr, "tls-probe: cannot ask port %u\n", ask->port);
		exit(2);
	}
	if (write(fd, out.ptr, out.len) == (ssize_t)out.len)
		progress = listen_to(ask, fd, parser);
	close(fd);
	return progress;
}

/* Everything that a server may want before it answers. */
static void offer(struct ask *ask, uint16_t version)
{
	static const uint16_t schemes[] = {
		0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0301, 0x0303,
		0x0203, 0x0201, 0x0202, 0x0402, 0x0502, 0x0602,
	};
	static const uint16_t only_13[] = {ML_TLS_1_3};
	const struct ml_tls_suite *all;
	const struct ml_tls_group *groups;
	size_t n, ngroups;

	all = ml_tls_suites(&n);
	groups = ml_tls_groups(&ngroups);
	ask->hello = (struct ml_tls_hello){
		.version = version > ML_TLS_1_2 ? ML_TLS_1_2 : version, .random = ML_STR("0123456789abcdef0123456789abcdef"), .bare = version == ML_SSL_3_0,
		.server_name = ML_STR("localhost"), .schemes = {schemes, sizeof(schemes) / sizeof(schemes[0])}, .point_formats = true, .renegotiation_info = true,
		.suites = {ask->suites, 0}, .groups = {ask->groups, 0},
	};
	for (size_t i = 0; i < n; i++)
		if ((all[i].version == ML_TLS_1_3) == (version == ML_TLS_1_3) && all[i].version <= version && all[i].code)
			ask->suites[ask->hello.suites.n++] = (uint16_t)all[i].code;
	for (size_t i = 0; i < ngroups && i < GROUPS; i++)
		ask->groups[ask->hello.groups.n++] = groups[i].code;
	if (version == ML_TLS_1_3) {
		ask->hello.versions = (struct ml_tls_codes){only_13, 1};
		ask->hello.empty_key_share = true;
		ask->hello.session_id = ML_STR("0123456789abcdef0123456789abcdef");
	}
}

static void leave_out(uint16_t *items, size_t *n, uint16_t code)
{
	size_t kept = 0;

	for (size_t i = 0; i < *n; i++)
		if (items[i] != code)
			items[kept++] = items[i];
	*n = kept;
}

static const char *version_name(uint16_t version)
{
	static const char *const names[] = {"SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"};

	return names[version - ML_SSL_3_0];
}

static bool answered(struct ask *ask, uint16_t version)
{
	enum ml_tls_progress progress = converse(ask);

	if (progress == ML_TLS_VIOLATION)
		fprintf(stderr, "tls-probe: %s: %s\n", version_name(version), ask->flight->violation);
	return progress == ML_TLS_DONE && ask->flight->hello.version == version;
}

static void print_details(const struct ask *ask, uint16_t version)
{
	const struct ml_tls_flight *flight = ask->flight;

	printf("%s certificates %zu exchange %d curve %u dh %zu\n", version_name(version), flight->ncertificates, flight->exchange, flight->curve,
		8 * flight->dh_prime.len);
}

static void all_suites(struct ask *ask, uint16_t version)
{
	for (offer(ask, version); ask->hello.suites.n && answered(ask, version);) {
		uint16_t code = ask->flight->hello.suite;
		const struct ml_tls_suite *suite = ml_tls_suite(code);
		printf("%s suite 0x%04X %s\n", version_name(version), code, suite && suite->name ? suite->name : "?");
		if (version < ML_TLS_1_3)
			print_details(ask, version);
		leave_out(ask->suites, &ask->hello.suites.n, code);
	}
}

static void all_groups(struct ask *ask)
{
	for (offer(ask, ML_TLS_1_3); ask->hello.groups.n && answered(ask, ML_TLS_1_3) && ask->flight->hello.retry;) {
		uint16_t code = ask->flight->hello.group;
		const struct ml_tls_group *group = ml_tls_group(code);
		printf("%s group 0x%04X %s\n", version_name(ML_TLS_1_3), code, group ? group->name : "?");
		leave_out(ask->groups, &ask->hello.groups.n, code);
	}
}

int main(int argc, char **argv)
{
	struct ask *ask = calloc(1, sizeof(*ask));

	if (!ask || argc < 2 || !(ask->arena = ml_arena_new((size_t)1 << 28)))
		return 2;
	ask->port = (uint16_t)atoi(argv[1]);
	ml_buf_init(&ask->answer, 1 << 20);
	if (argc > 2) {
		offer(ask, ML_TLS_1_2);
		converse(ask);
		for (size_t i = 0; i < ask->answer.len; i++)
			printf("%02x", (unsigned char)ask->answer.ptr[i]);
		puts("");
	} else {
		for (uint16_t version = ML_SSL_3_0; version <= ML_TLS_1_3; version++)
			all_suites(ask, version);
		all_groups(ask);
	}
	ml_buf_free(&ask->answer);
	ml_arena_free(ask->arena);
	free(ask);
	return 0;
}
