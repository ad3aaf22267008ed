/* SPDX-License-Identifier: Apache-2.0 */
/* Names, addresses and connections of TLS endpoints. */
#include "scanner/tls-endpoints.h"

#include <errno.h>
#include <idn2.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <unistd.h>

#include "base/num.h"
#include "base/utf8.h"
#include "checks/tls/tls.h"
#include "scanner/tls-protocols.h"
#include "scanner/tls-trust.h"

enum { HOST_BYTES = 253, HOST_LETTERS = 1000, DEFAULT_PORT = 443 };

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

static bool is_ascii(struct ml_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] >= 0x80)
			return false;
	return true;
}

/* Letters of all scripts as they stand in the DNS. */
static int host_of_letters(struct ml_arena *arena, struct ml_str host, struct ml_str *out, struct ml_error *err)
{
	struct ml_str z = ml_str_dup(arena, host);
	uint8_t *ascii = NULL;
	int r = z.ptr ? idn2_lookup_u8((const uint8_t *)z.ptr, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) : IDN2_MALLOC;

	if (r == IDN2_MALLOC)
		return ml_fail(err, ML_ENOMEM, "out of memory");
	if (r != IDN2_OK)
		return ml_fail(err, ML_EINVAL, "%.*s: no internationalized domain name: %s", ML_STR_ARG(ml_str_sub(host, 0, HOST_BYTES)), idn2_strerror(r));
	*out = ml_str_lower(arena, ml_str((const char *)ascii));
	idn2_free(ascii);
	return out->ptr ? 0 : ml_fail(err, ML_ENOMEM, "out of memory");
}

int ml_host_read(struct ml_arena *arena, struct ml_str text, struct ml_str *out, struct ml_error *err)
{
	if (text.len > HOST_LETTERS)
		return ml_fail(err, ML_EINVAL, "%.*s…: a host has at most %d bytes", ML_STR_ARG(ml_utf8_cut(text, 40)), HOST_BYTES);
	if (!is_ascii(text)) {
		int r = host_of_letters(arena, text, out, err);
		if (r)
			return r;
	} else {
		*out = ml_str_lower(arena, text);
	}
	if (!out->ptr)
		return ml_fail(err, ML_ENOMEM, "out of memory");
	return good_host(*out, false) && out->len ? 0 : ml_fail(err, ML_EINVAL, "%.*s: got no host name", ML_STR_ARG(ml_utf8_cut(text, HOST_BYTES)));
}

static bool all_digits_and_dots(struct ml_str host)
{
	for (size_t i = 0; i < host.len; i++)
		if (host.ptr[i] != '.' && (host.ptr[i] < '0' || host.ptr[i] > '9'))
			return false;
	return true;
}

/* Takes the scheme off *rest: what is spoken before TLS, and on which port when none is named. */
static int read_scheme(struct ml_str *rest, const char *starttls, enum ml_starttls_protocol *protocol, uint64_t *port, struct ml_error *err)
{
	struct ml_str name = ml_str(starttls);
	uint16_t usual = DEFAULT_PORT;
	int r;

	if (ml_endpoint_uri(*rest)) {
		size_t end = ml_str_find(*rest, ML_STR("://"));
		name = end > 3 ? ml_str_sub(*rest, 4, end) : name;
		*rest = ml_str_sub(*rest, end + 3, rest->len);
	}
	*protocol = ML_STARTTLS_NONE;
	r = name.ptr ? ml_protocol_read(name, protocol, &usual, err) : 0;
	*port = usual;
	return r;
}

static int name_endpoint(struct ml_arena *arena, struct ml_endpoint *e, bool brackets)
{
	bool before = e->starttls != ML_STARTTLS_NONE;

	e->text = ml_strf(arena, brackets ? "[%.*s]:%u" : "%.*s:%u", ML_STR_ARG(e->host), (unsigned)e->port);
	e->uri = ml_strf(arena, "tls%s%s://%.*s", before ? "+" : "", before ? ml_starttls_name(e->starttls) : "", ML_STR_ARG(e->text));
	return e->host.ptr && e->text.ptr && e->uri.ptr ? 0 : ML_ENOMEM;
}

int ml_endpoint_read(struct ml_arena *arena, struct ml_str text, const char *starttls, struct ml_endpoint *out, struct ml_error *err)
{
	struct ml_str rest = text, host, port, shown = ml_str_sub(text, 0, HOST_BYTES);
	enum ml_starttls_protocol protocol;
	struct ml_error why = {0};
	uint64_t number;
	bool brackets;
	int r;

	if (read_scheme(&rest, starttls, &protocol, &number, &why))
		return ml_fail(err, ML_EINVAL, "%.*s: %s", ML_STR_ARG(shown), why.message);
	if (ml_str_ends(rest, ML_STR("/")))
		rest.len--;
	if (!split(rest, &host, &port, &brackets) || (is_ascii(host) ? !good_host(host, brackets) : brackets))
		return ml_fail(err, ML_EINVAL, "%.*s: got no endpoint, want tls://HOST:PORT", ML_STR_ARG(shown));
	if (port.len == 0 && !ml_endpoint_uri(text) && protocol == ML_STARTTLS_NONE)
		return ml_fail(err, ML_EINVAL, "%.*s: a port is missing, want HOST:PORT", ML_STR_ARG(shown));
	if (port.len && (!ml_parse_u64(port, 10, &number) || number < 1 || number > UINT16_MAX))
		return ml_fail(err, ML_EINVAL, "%.*s: got port \"%.*s\", want 1 to 65535", ML_STR_ARG(shown), ML_STR_ARG(ml_str_sub(port, 0, 20)));
	r = brackets ? 0 : ml_host_read(arena, host, &host, err);
	if (r)
		return r;
	*out = (struct ml_endpoint){.host = ml_str_lower(arena, host), .port = (uint16_t)number, .starttls = protocol,
		.is_address = brackets || all_digits_and_dots(host), .roots = -1};
	return name_endpoint(arena, out, brackets) ? ml_fail(err, ML_ENOMEM, "out of memory") : 0;
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

/* The same address with the other port. */
static void set_port(struct sockaddr_storage *address, uint16_t port)
{
	if (address->ss_family == AF_INET6)
		((struct sockaddr_in6 *)address)->sin6_port = htons(port);
	else
		((struct sockaddr_in *)address)->sin_port = htons(port);
}

/* Only begins: the worker waits, and sees what became of it. */
static int begin_connection(const struct sockaddr_storage *address, socklen_t length)
{
	int fd = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;

	if (fd < 0)
		return ML_EIO;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(fd, (const struct sockaddr *)address, length) == 0 || errno == EINPROGRESS)
		return fd;
	close(fd);
	return ML_EACCES;
}

/* The argument: which of the addresses, and whether to the port without TLS; a byte each. */
static int connect_endpoint(void *ctx, struct ml_str argument)
{
	const struct ml_endpoint *endpoint = ctx;
	size_t i = argument.len == 2 ? (unsigned char)argument.ptr[0] : ML_TLS_ADDRESSES;
	struct sockaddr_storage address;

	if (i >= endpoint->naddresses)
		return ML_ENOENT;
	address = endpoint->addresses[i];
	if (argument.ptr[1] && !endpoint->plain_port)
		return ML_ENOENT;
	if (argument.ptr[1])
		set_port(&address, endpoint->plain_port);
	return begin_connection(&address, endpoint->lengths[i]);
}

static int open_root(void *ctx, struct ml_str argument)
{
	return ml_trust_open(((const struct ml_endpoint *)ctx)->roots, argument);
}

const struct ml_request ml_connect_requests[] = {
	{ML_REQUEST_CONNECT, "connect to the endpoint", ML_TLS_HANDSHAKES + 2 * ML_TLS_ADDRESSES, 2, connect_endpoint},
	{ML_REQUEST_ROOT, "a trusted root", ML_TRUST_ASKS, 9, open_root},
};
const size_t ml_connect_nrequests = sizeof(ml_connect_requests) / sizeof(ml_connect_requests[0]);
