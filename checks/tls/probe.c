/* SPDX-License-Identifier: Apache-2.0 */
/* One question to a server. */
#include "checks/tls/probe-priv.h"

#include <errno.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/error.h"

enum { PATIENCE_MS = 4000, RANDOM_BYTES = 32, HELLO_BYTES = 1 << 16, PIECE = 16384 };

void ml_tls_leave_out(uint16_t *items, size_t *n, uint16_t code)
{
	size_t kept = 0;

	for (size_t i = 0; i < *n; i++)
		if (items[i] != code)
			items[kept++] = items[i];
	*n = kept;
}

static struct ml_str random_bytes(struct ml_arena *arena)
{
	char *bytes = ml_alloc(arena, RANDOM_BYTES);

	if (bytes && getrandom(bytes, RANDOM_BYTES, 0) != RANDOM_BYTES)
		memset(bytes, 0x5a, RANDOM_BYTES); /* a server needs no good ones from us: nothing is ever encrypted */
	return (struct ml_str){bytes, bytes ? RANDOM_BYTES : 0};
}

static void offer_suites(struct ml_tls_probe *probe, uint16_t version)
{
	size_t n;
	const struct ml_tls_suite *all = ml_tls_suites(&n);

	probe->hello.suites = (struct ml_tls_codes){probe->suites, 0};
	for (size_t i = 0; i < n && probe->hello.suites.n < ML_TLS_SUITES_MAX; i++)
		if ((all[i].version == ML_TLS_1_3) == (version == ML_TLS_1_3) && all[i].version <= version && all[i].kx != ML_KX_NONE)
			probe->suites[probe->hello.suites.n++] = (uint16_t)all[i].code;
}

static void offer_groups(struct ml_tls_probe *probe)
{
	size_t n;
	const struct ml_tls_group *all = ml_tls_groups(&n);

	probe->hello.groups = (struct ml_tls_codes){probe->groups, 0};
	for (size_t i = 0; i < n && i < ML_TLS_GROUPS_MAX; i++)
		probe->groups[probe->hello.groups.n++] = all[i].code;
}

void ml_tls_offer(struct ml_tls_probe *probe, uint16_t version)
{
	/* Of ECDSA, EdDSA, RSA-PSS, RSA PKCS #1, DSA: with each hash. */
	static const uint16_t schemes[] = {
		0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b, 0x0401, 0x0501, 0x0601, 0x0303, 0x0301,
		0x0203, 0x0201, 0x0101, 0x0402, 0x0502, 0x0602, 0x0302, 0x0202,
	};
	static const uint16_t only_13[] = {ML_TLS_1_3};

	probe->hello = (struct ml_tls_hello){
		.version = version > ML_TLS_1_2 ? ML_TLS_1_2 : (enum ml_tls_version)version, .bare = version == ML_SSL_3_0, .server_name = probe->request->name,
		.schemes = {schemes, sizeof(schemes) / sizeof(schemes[0])}, .point_formats = true, .renegotiation_info = true,
	};
	offer_suites(probe, version);
	offer_groups(probe);
	if (version != ML_TLS_1_3)
		return;
	probe->hello.versions = (struct ml_tls_codes){only_13, 1};
	probe->hello.empty_key_share = true;
	probe->hello.session_id = ML_STR("merlon asks what you offer, hello"); /* 8446 D.4: middleboxes want one */
	probe->hello.session_id.len = 32;
}

/* All bytes, or false. A closed connection is no signal here. */
static bool send_all(int fd, struct ml_str bytes)
{
	while (bytes.len) {
		struct iovec piece = {.iov_base = (void *)(uintptr_t)bytes.ptr, .iov_len = bytes.len};
		struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
		ssize_t n = sendmsg(fd, &message, MSG_NOSIGNAL);
		if (n <= 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes = ml_str_sub(bytes, (size_t)n, bytes.len);
	}
	return true;
}

/* Feeds until the flight ends. *silent: nothing more came in time. */
static enum ml_tls_progress listen_to(struct ml_tls_probe *probe, int fd, struct ml_tls_parser *parser, bool *silent)
{
	enum ml_tls_progress progress = ML_TLS_MORE;
	int64_t since = ml_clock_ms();
	char bytes[PIECE];

	while (progress == ML_TLS_MORE) {
		ssize_t n = read(fd, bytes, sizeof(bytes));
		bool waits = n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
		since = n > 0 ? ml_clock_ms() : since;
		*silent = ml_clock_ms() > probe->deadline || (waits && ml_clock_ms() - since > PATIENCE_MS);
		if (*silent || (n <= 0 && !waits))
			break;
		if (waits)
			continue;
		progress = ml_tls_parser_feed(parser, (struct ml_str){bytes, (size_t)n});
	}
	return progress == ML_TLS_MORE && !*silent ? ml_tls_parser_end(parser) : progress;
}

static int dial(struct ml_tls_probe *probe)
{
	int fd;

	if (!probe->given_up && ml_clock_ms() > probe->deadline)
		probe->given_up = "it took too long";
	if (!probe->given_up && probe->handshakes >= ML_TLS_HANDSHAKES)
		probe->given_up = "more handshakes than are allowed";
	if (probe->given_up)
		return ML_ELIMIT;
	fd = probe->dialer->dial(probe->dialer->ctx);
	if (fd < 0) {
		probe->given_up = fd == ML_ELIMIT ? "more connections than are allowed" : "no connection could be made";
		return fd;
	}
	probe->handshakes++;
	probe->reached = true;
	return fd;
}

static void note_violation(struct ml_tls_probe *probe, const char *asked)
{
	for (size_t i = 0; i < probe->nviolations; i++)
		if (probe->violations[i].text == probe->flight->violation)
			return;
	if (probe->nviolations < ML_TLS_CHAINS)
		probe->violations[probe->nviolations++] = (struct ml_tls_violations){asked, probe->flight->violation};
}

static enum ml_tls_answer judge(struct ml_tls_probe *probe, enum ml_tls_progress progress, bool silent, const char *asked)
{
	probe->tls = probe->tls || probe->flight->records > 0;
	switch (progress) {
	case ML_TLS_DONE:
		return ML_TLS_AGREED;
	case ML_TLS_ALERTED:
		return ML_TLS_REFUSED;
	case ML_TLS_CLOSED:
		return probe->flight->bytes == 0 ? ML_TLS_REFUSED : ML_TLS_NO_ANSWER;
	case ML_TLS_VIOLATION:
		note_violation(probe, asked);
		return ML_TLS_BROKEN;
	case ML_TLS_PLAIN:
		if (probe->text.len == 0)
			probe->text = ml_str_dup(probe->facts->arena, probe->flight->plain);
		return ML_TLS_BROKEN;
	case ML_TLS_NOMEM:
		probe->memory = true;
		return ML_TLS_NO_ANSWER;
	default:
		if (silent)
			probe->given_up = "the server does not answer in time";
		return ML_TLS_NO_ANSWER;
	}
}

static enum ml_tls_answer converse(struct ml_tls_probe *probe, struct ml_str out, struct ml_tls_parser *parser, const char *asked)
{
	enum ml_tls_progress progress = ML_TLS_CLOSED;
	bool silent = false;
	int fd = parser ? dial(probe) : ML_ENOMEM;

	probe->memory = probe->memory || !parser;
	if (fd < 0)
		return ML_TLS_NO_ANSWER;
	probe->flight = ml_tls_parser_flight(parser);
	if (send_all(fd, out))
		progress = listen_to(probe, fd, parser, &silent);
	close(fd);
	return judge(probe, progress, silent, asked);
}

enum ml_tls_answer ml_tls_ask(struct ml_tls_probe *probe, const char *asked)
{
	enum ml_tls_answer answer = ML_TLS_NO_ANSWER;
	ML_BUF_AUTO out;

	ml_buf_init(&out, HELLO_BYTES);
	probe->hello.random = random_bytes(probe->scratch);
	if (ml_tls_hello_build(&probe->hello, &out))
		probe->memory = true;
	else
		answer = converse(probe, ml_buf_get(&out), ml_tls_parser_new(probe->scratch, &probe->hello), asked);
	return answer;
}

enum ml_tls_answer ml_tls_ask_ssl2(struct ml_tls_probe *probe)
{
	enum ml_tls_answer answer = ML_TLS_NO_ANSWER;
	uint32_t kinds[64];
	size_t n, offered = 0;
	const struct ml_tls_suite *all = ml_ssl2_kinds(&n);
	ML_BUF_AUTO out;

	ml_buf_init(&out, HELLO_BYTES);
	for (size_t i = 0; i < n && offered < sizeof(kinds) / sizeof(kinds[0]); i++)
		kinds[offered++] = all[i].code;
	if (ml_ssl2_hello_build(kinds, offered, random_bytes(probe->scratch), &out))
		probe->memory = true;
	else
		answer = converse(probe, ml_buf_get(&out), ml_ssl2_parser_new(probe->scratch), "SSLv2");
	return answer;
}
