/* SPDX-License-Identifier: Apache-2.0 */
/* Docker's short port syntax, and addresses. */
#include "base/num.h"
#include "checks/config/compose/values-priv.h"

static const char want_port[] = "[[ADDRESS:][HOST]:]CONTAINER[/PROTOCOL], ports from 1 to 65535";

static bool parse_port(struct ml_str text, bool zero, uint32_t *out)
{
	uint64_t port;

	if (text.len > 5 || !ml_parse_u64(text, 10, &port) || port > 65535 || (port == 0 && !zero))
		return false;
	*out = (uint32_t)port;
	return true;
}

const char *ml_cvalue_port_range(struct ml_str text, bool zero, uint32_t *from, uint32_t *to)
{
	size_t dash = ml_str_chr(text, '-');
	struct ml_str first = ml_str_sub(text, 0, dash);

	if (!parse_port(first, zero, from))
		return "a port from 1 to 65535, or a range of them";
	*to = *from;
	if (dash != ML_NPOS && (!parse_port(ml_str_sub(text, dash + 1, text.len), zero, to) || *to < *from))
		return "a port from 1 to 65535, or a range of them";
	return NULL;
}

static bool is_ipv4(struct ml_str text)
{
	struct ml_str part;
	int parts = 0;

	while (ml_str_split(&text, '.', &part)) {
		uint64_t n;
		if (part.len == 0 || part.len > 3 || part.ptr[0] == '+' || !ml_parse_u64(part, 10, &n) || n > 255)
			return false;
		parts++;
	}
	return parts == 4;
}

static bool is_hex(struct ml_str part)
{
	for (size_t i = 0; i < part.len; i++)
		if (!strchr("0123456789abcdefABCDEF", part.ptr[i]) || !part.ptr[i])
			return false;
	return part.len >= 1 && part.len <= 4;
}

/* RFC 4291 2.2: groups of hexadecimal digits, one "::", an IPv4 address at the end. */
static bool is_ipv6(struct ml_str text)
{
	size_t zone = ml_str_chr(text, '%'), gap = ml_str_find(text, ML_STR("::")), groups = 0;
	struct ml_str part, rest = ml_str_sub(text, 0, zone);

	if (ml_str_chr(rest, ':') == ML_NPOS || rest.len > 45)
		return false;
	if (gap != ML_NPOS && ml_str_find(ml_str_sub(rest, gap + 1, rest.len), ML_STR("::")) != ML_NPOS)
		return false;
	if (gap == 0)
		rest = ml_str_sub(rest, 1, rest.len);
	if (ml_str_ends(rest, ML_STR("::")))
		rest.len--;
	while (ml_str_split(&rest, ':', &part)) {
		bool last = rest.ptr == NULL;
		if (part.len == 0) {
			if (gap == ML_NPOS)
				return false;
		} else if (last && is_ipv4(part)) {
			groups += 2;
		} else if (is_hex(part)) {
			groups++;
		} else {
			return false;
		}
	}
	return gap == ML_NPOS ? groups == 8 : groups < 8;
}

bool ml_cvalue_is_ip(struct ml_str text)
{
	return is_ipv4(text) || is_ipv6(text);
}

static bool only_zeros(struct ml_str ip)
{
	for (size_t i = 0; i < ip.len; i++)
		if (ip.ptr[i] != '0' && ip.ptr[i] != ':' && ip.ptr[i] != '.')
			return false;
	return true;
}

bool ml_cvalue_is_any(struct ml_str ip)
{
	return only_zeros(ip);
}

bool ml_cvalue_is_loopback(struct ml_str ip)
{
	if (is_ipv4(ip))
		return ml_str_starts(ip, ML_STR("127."));
	if (ml_str_istarts(ip, ML_STR("::ffff:")))
		return ml_str_starts(ml_str_sub(ip, 7, ip.len), ML_STR("127."));
	if (ml_str_is(ip, "localhost"))
		return true;
	return is_ipv6(ip) && ip.ptr[ip.len - 1] == '1' && only_zeros(ml_str_sub(ip, 0, ip.len - 1));
}

/* "ip:host:container" from behind: an IPv6 address may have colons of its own. */
static void split_parts(struct ml_str text, struct ml_str *ip, struct ml_str *host, struct ml_str *container)
{
	size_t colon = ml_str_rchr(text, ':');
	struct ml_str rest;

	*ip = *host = ML_STR("");
	*container = text;
	if (colon == ML_NPOS)
		return;
	*container = ml_str_sub(text, colon + 1, text.len);
	rest = ml_str_sub(text, 0, colon);
	*host = rest;
	colon = ml_str_rchr(rest, ':');
	if (colon == ML_NPOS || ml_str_ends(rest, ML_STR("]")))
		return;
	*host = ml_str_sub(rest, colon + 1, rest.len);
	*ip = ml_str_sub(rest, 0, colon);
}

static bool take_protocol(struct ml_str *container, struct ml_str *protocol)
{
	size_t slash = ml_str_chr(*container, '/');

	*protocol = ML_STR("tcp");
	if (slash == ML_NPOS)
		return true;
	struct ml_str word = ml_str_sub(*container, slash + 1, container->len);
	*container = ml_str_sub(*container, 0, slash);
	if (ml_str_ieq(word, ML_STR("udp")))
		*protocol = ML_STR("udp");
	else if (ml_str_ieq(word, ML_STR("sctp")))
		*protocol = ML_STR("sctp");
	else
		return word.len == 0 || ml_str_ieq(word, ML_STR("tcp"));
	return true;
}

const char *ml_cvalue_port(struct ml_str text, struct ml_cport *out)
{
	struct ml_str host, container;

	*out = (struct ml_cport){0};
	split_parts(text, &out->address, &host, &container);
	if (out->address.len >= 2 && out->address.ptr[0] == '[' && out->address.ptr[out->address.len - 1] == ']')
		out->address = ml_str_sub(out->address, 1, out->address.len - 1);
	if (out->address.len && !ml_cvalue_is_ip(out->address))
		return want_port;
	if (!take_protocol(&container, &out->protocol) || ml_cvalue_port_range(container, false, &out->from, &out->to))
		return want_port;
	if (host.len == 0)
		return NULL;
	if (ml_cvalue_port_range(host, true, &out->host_from, &out->host_to))
		return want_port;
	out->uneven = out->to > out->from && out->host_to - out->host_from != out->to - out->from;
	return NULL;
}
