/* SPDX-License-Identifier: Apache-2.0 */
/* Names, addresses and connections of TLS endpoints. */
#include "scanner/tls-endpoints.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/num.h"
#include "checks/tls/tls.h"

enum { CONNECT_MS = 4000, SLICE_MS = 200, WRITE_SECONDS = 4, HOST_BYTES = 253, DEFAULT_PORT = 443 };

static bool host_byte(char c, bool address)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
		(address && (c == ':' || c == '%'));
}

/* "host", "host:port", "[::1]", "[::1]:port". */
static bool split(struct ml_str text, struct ml_str *host, struct ml_str *port, bool *brackets)
{
	size_t end;

	*brackets = ml_str_starts(text, ML_STR("["));
	end = ml_str_chr(text, *brackets ? ']' : ':');
	if (*brackets && end == ML_NPOS)
		return false;
	*host = ml_str_sub(text, *brackets, end == ML_NPOS ? text.len : end);
	*port = ml_str_sub(text, end == ML_NPOS ? text.len : end + *brackets, text.len);
	if (port->len && port->ptr[0] != ':')
		return false;
	*port = ml_str_sub(*port, 1, port->len);
	return host->len > 0;
}

static bool good_host(struct ml_str host, bool brackets)
{
	for (size_t i = 0; i < host.len; i++)
		if (!host_byte(host.ptr[i], brackets))
			return false;
	return host.len <= HOST_BYTES;
}

static bool all_digits_and_dots(struct ml_str host)
{
	for (size_t i = 0; i < host.len; i++)
		if (host.ptr[i] != '.' && (host.ptr[i] < '0' || host.ptr[i] > '9'))
			return false;
	return true;
}

int ml_endpoint_read(struct ml_arena *arena, struct ml_str text, struct ml_endpoint *out, struct ml_error *err)
{
	struct ml_str rest = ml_str_starts(text, ML_STR("tls://")) ? ml_str_sub(text, 6, text.len) : text, host, port;
	uint64_t number = DEFAULT_PORT;
	bool brackets;

	if (ml_str_ends(rest, ML_STR("/")))
		rest.len--;
	if (!split(rest, &host, &port, &brackets) || !good_host(host, brackets))
		return ml_fail(err, ML_EINVAL, "%.*s: got no endpoint, want tls://HOST:PORT", ML_STR_ARG(ml_str_sub(text, 0, HOST_BYTES)));
	if (port.len == 0 && !ml_str_starts(text, ML_STR("tls://")))
		return ml_fail(err, ML_EINVAL, "%.*s: a port is missing, want HOST:PORT", ML_STR_ARG(ml_str_sub(text, 0, HOST_BYTES)));
	if (port.len && (!ml_parse_u64(port, 10, &number) || number < 1 || number > UINT16_MAX))
		return ml_fail(err, ML_EINVAL, "%.*s: got port \"%.*s\", want 1 to 65535", ML_STR_ARG(ml_str_sub(text, 0, HOST_BYTES)), ML_STR_ARG(ml_str_sub(port, 0, 20)));
	*out = (struct ml_endpoint){.host = ml_str_lower(arena, host), .port = (uint16_t)number, .is_address = brackets || all_digits_and_dots(host)};
	out->text = ml_strf(arena, brackets ? "[%.*s]:%u" : "%.*s:%u", ML_STR_ARG(out->host), (unsigned)number);
	out->uri = ml_strf(arena, "tls://%.*s", ML_STR_ARG(out->text));
	return out->host.ptr && out->text.ptr && out->uri.ptr ? 0 : ml_fail(err, ML_ENOMEM, "out of memory");
}

void ml_endpoint_resolve(struct ml_endpoint *endpoint)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV}, *list = NULL;
	char port[8];

	snprintf(port, sizeof(port), "%u", endpoint->port);
	if (getaddrinfo(endpoint->host.ptr, port, &hints, &list))
		return;
	for (struct addrinfo *a = list; a && endpoint->naddresses < ML_TLS_ADDRESSES; a = a->ai_next) {
		if (a->ai_addrlen > sizeof(endpoint->addresses[0]))
			continue;
		memcpy(&endpoint->addresses[endpoint->naddresses], a->ai_addr, a->ai_addrlen);
		endpoint->lengths[endpoint->naddresses++] = a->ai_addrlen;
	}
	freeaddrinfo(list);
}

/* Waits for a connection that has begun. */
static bool wait_connected(int fd, int ms)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLOUT};
	socklen_t len = sizeof(int);
	int error = 0;

	if (poll(&poll_fd, 1, ms) != 1)
		return false;
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 && error == 0;
}

/* Blocking again, but never for long: whoever reads looks at the clock between two slices. */
static bool settle(int fd)
{
	struct timeval slice = {.tv_usec = SLICE_MS * 1000}, limit = {.tv_sec = WRITE_SECONDS};
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == 0 && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &slice, sizeof(slice)) == 0 &&
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) == 0;
}

/* What is left of the endpoint's time, or of a connection's. */
static int patience(struct ml_endpoint *endpoint)
{
	int64_t left;

	if (endpoint->deadline == 0)
		endpoint->deadline = ml_clock_ms() + (int64_t)endpoint->seconds * 1000;
	left = endpoint->deadline - ml_clock_ms();
	return left < 0 ? 0 : left < CONNECT_MS ? (int)left : CONNECT_MS;
}

static int dial(struct ml_endpoint *endpoint, size_t i)
{
	const struct sockaddr *address = (const struct sockaddr *)&endpoint->addresses[i];
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return ML_EIO;
	if ((connect(fd, address, endpoint->lengths[i]) && (errno != EINPROGRESS || !wait_connected(fd, patience(endpoint)))) || !settle(fd)) {
		close(fd);
		return ML_EACCES;
	}
	return fd;
}

static int connect_endpoint(void *ctx, struct ml_str argument)
{
	struct ml_endpoint *endpoint = ctx;
	int fd = ML_ENOENT;

	if (patience(endpoint) == 0)
		return ML_ELIMIT;
	if (endpoint->connected)
		return dial(endpoint, endpoint->chosen);
	for (size_t i = 0; i < endpoint->naddresses; i++) {
		fd = dial(endpoint, i);
		if (fd < 0)
			continue;
		endpoint->chosen = i;
		endpoint->connected = true;
		break;
	}
	return fd;
}

const struct ml_request ml_connect_requests[] = {
	{ML_REQUEST_CONNECT, "connect to the endpoint", ML_TLS_HANDSHAKES + 1, 0, connect_endpoint},
};
const size_t ml_connect_nrequests = 1;
