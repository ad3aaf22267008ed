/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses and networks: the network extension (as in Kubernetes' CEL and cel-go), RFC 4291, RFC 5952. */
#include "base/buf.h"
#include "policies/cel/impl-priv.h"

/* Dotted decimal: four numbers up to 255 without leading zeros. */
static bool parse_v4(struct ml_str s, uint8_t out[4])
{
	struct ml_str part;
	uint64_t number;
	int n = 0;

	while (ml_str_split(&s, '.', &part)) {
		if (n == 4 || part.len > 3 || (part.len > 1 && part.ptr[0] == '0') || !ml_parse_u64(part, 10, &number) || number > 255)
			return false;
		out[n++] = (uint8_t)number;
	}
	return n == 4;
}

/* Groups of an IPv6 address between colons; *bytes written, or -1. A dotted tail counts as two groups. */
static int parse_groups(struct ml_str s, bool tail, uint8_t *out, int room)
{
	struct ml_str part;
	uint64_t group;
	int n = 0;

	if (s.len == 0)
		return 0;
	while (ml_str_split(&s, ':', &part)) {
		if (s.ptr == NULL && tail && ml_str_chr(part, '.') != ML_NPOS) {
			if (room - n < 4 || !parse_v4(part, out + n))
				return -1;
			return n + 4;
		}
		if (room - n < 2 || part.len > 4 || !ml_parse_u64(part, 16, &group))
			return -1;
		out[n++] = (uint8_t)(group >> 8);
		out[n++] = (uint8_t)group;
	}
	return n;
}

static bool parse_v6(struct ml_str s, uint8_t out[16])
{
	size_t gap = ml_str_find(s, ML_STR("::"));
	uint8_t tail[16];
	int head, rest;

	memset(out, 0, 16);
	if (gap == ML_NPOS)
		return parse_groups(s, true, out, 16) == 16;
	head = parse_groups(ml_str_sub(s, 0, gap), false, out, 14);
	rest = parse_groups(ml_str_sub(s, gap + 2, s.len), true, tail, 14);
	if (head < 0 || rest < 0 || head + rest > 14)
		return false;
	memcpy(out + 16 - rest, tail, (size_t)rest);
	return true;
}

static bool is_mapped(const uint8_t bytes[16])
{
	static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};

	return memcmp(bytes, prefix, 12) == 0;
}

/* NULL, or what is wrong. An IPv4-mapped address in hexadecimal is the IPv4 address; written with dots it is refused. */
static const char *parse_ip(struct ml_str s, struct ml_ip *ip)
{
	*ip = (struct ml_ip){.len = 4, .prefix = 32};
	if (ml_str_chr(s, '%') != ML_NPOS)
		return "IP Address with zone value is not allowed";
	if (parse_v4(s, ip->bytes))
		return NULL;
	*ip = (struct ml_ip){.len = 16, .prefix = 128};
	if (s.len > 45 || !parse_v6(s, ip->bytes))
		return "parse error during conversion from string";
	if (!is_mapped(ip->bytes))
		return NULL;
	if (ml_str_chr(s, '.') != ML_NPOS)
		return "IPv4-mapped IPv6 address is not allowed";
	memmove(ip->bytes, ip->bytes + 12, 4);
	memset(ip->bytes + 4, 0, 12);
	ip->len = 4;
	ip->prefix = 32;
	return NULL;
}

static const char *parse_cidr(struct ml_str s, struct ml_ip *ip)
{
	size_t slash = ml_str_rchr(s, '/');
	struct ml_str length = slash == ML_NPOS ? ML_STR_NONE : ml_str_sub(s, slash + 1, s.len);
	bool v6 = ml_str_chr(s, ':') != ML_NPOS;
	uint64_t prefix;
	const char *wrong;

	if (length.len > 3 || (length.len > 1 && length.ptr[0] == '0') || !ml_parse_u64(length, 10, &prefix))
		return "network address parse error during conversion from string";
	wrong = parse_ip(ml_str_sub(s, 0, slash), ip);
	if (wrong)
		return wrong;
	if (v6 && ip->len == 4)
		return "IPv4-mapped IPv6 address is not allowed";
	if (prefix > ip->len * 8u)
		return "network address parse error during conversion from string";
	ip->prefix = (uint8_t)prefix;
	return NULL;
}

static struct ml_value address(struct ml_cel_ctx *ctx, enum ml_value_kind kind, const struct ml_ip *ip)
{
	struct ml_ip *copy = (struct ml_ip *)ml_cel_bytes(ctx, sizeof(*copy));

	if (!copy)
		return ml_cel_over(ctx);
	*copy = *ip;
	return (struct ml_value){.kind = (uint8_t)kind, .ip = copy};
}

ML_CEL_IMPL(ip_string)
{
	struct ml_str s = ml_value_text(&args[0]);
	struct ml_ip ip;
	const char *wrong = parse_ip(s, &ip);

	if (wrong)
		return ml_cel_faultf(ctx, "IP Address '%.*s': %s", ML_STR_ARG(ml_str_sub(s, 0, 60)), wrong);
	return address(ctx, ML_V_IP, &ip);
}

ML_CEL_IMPL(cidr_string)
{
	struct ml_str s = ml_value_text(&args[0]);
	struct ml_ip ip;
	const char *wrong = parse_cidr(s, &ip);

	if (wrong)
		return ml_cel_faultf(ctx, "CIDR '%.*s': %s", ML_STR_ARG(ml_str_sub(s, 0, 60)), wrong);
	return address(ctx, ML_V_CIDR, &ip);
}

ML_CEL_IMPL(is_ip)
{
	struct ml_ip ip;

	return ml_bool(parse_ip(ml_value_text(&args[0]), &ip) == NULL);
}

ML_CEL_IMPL(is_cidr)
{
	struct ml_ip ip;

	return ml_bool(parse_cidr(ml_value_text(&args[0]), &ip) == NULL);
}

/* The longest run of at least two zero groups, the first of equals: where RFC 5952 puts "::". */
static int longest_gap(const uint8_t *bytes, int *length)
{
	int best = -1;

	*length = 1;
	for (int i = 0; i < 8; i++) {
		int run = 0;
		while (i + run < 8 && bytes[2 * (i + run)] == 0 && bytes[2 * (i + run) + 1] == 0)
			run++;
		if (run > *length) {
			best = i;
			*length = run;
		}
	}
	return best;
}

static void put_v6(struct ml_buf *out, const uint8_t *bytes)
{
	int length, gap = longest_gap(bytes, &length);

	for (int i = 0; i < 8; i++) {
		if (i == gap) {
			ml_buf_puts(out, "::");
			i += length - 1;
			continue;
		}
		ml_buf_printf(out, "%s%x", i && i != gap + length ? ":" : "", (unsigned)(bytes[2 * i] << 8 | bytes[2 * i + 1]));
	}
}

void ml_cel_put_ip(struct ml_buf *out, const struct ml_value *value)
{
	const struct ml_ip *ip = value->ip;

	if (ip->len == 4)
		ml_buf_printf(out, "%d.%d.%d.%d", ip->bytes[0], ip->bytes[1], ip->bytes[2], ip->bytes[3]);
	else
		put_v6(out, ip->bytes);
	if (value->kind == ML_V_CIDR)
		ml_buf_printf(out, "/%d", ip->prefix);
}

ML_CEL_IMPL(ip_canonical)
{
	struct ml_str s = ml_value_text(&args[0]);
	ML_BUF_AUTO text;
	struct ml_ip ip;
	struct ml_value value = {.kind = ML_V_IP, .ip = &ip};
	const char *wrong = parse_ip(s, &ip);

	ml_buf_init(&text, 64);
	if (wrong)
		return ml_cel_faultf(ctx, "IP Address '%.*s': %s", ML_STR_ARG(ml_str_sub(s, 0, 60)), wrong);
	ml_cel_put_ip(&text, &value);
	return text.error ? ml_cel_over(ctx) : ml_bool(ml_str_eq(ml_buf_get(&text), s));
}

ML_CEL_IMPL(ip_family)
{
	return ml_int(args[0].ip->len == 4 ? 4 : 6);
}

static bool all_zero(const struct ml_ip *ip, int until)
{
	for (int i = 0; i < until; i++)
		if (ip->bytes[i])
			return false;
	return true;
}

static bool unspecified(const struct ml_ip *ip)
{
	return all_zero(ip, ip->len);
}

static bool loopback(const struct ml_ip *ip)
{
	return ip->len == 4 ? ip->bytes[0] == 127 : all_zero(ip, 15) && ip->bytes[15] == 1;
}

static bool multicast(const struct ml_ip *ip)
{
	return ip->len == 4 ? ip->bytes[0] >> 4 == 14 : ip->bytes[0] == 0xff;
}

static bool local_unicast(const struct ml_ip *ip)
{
	return ip->len == 4 ? ip->bytes[0] == 169 && ip->bytes[1] == 254 : ip->bytes[0] == 0xfe && (ip->bytes[1] & 0xc0) == 0x80;
}

static bool broadcast(const struct ml_ip *ip)
{
	return ip->len == 4 && memcmp(ip->bytes, "\xff\xff\xff\xff", 4) == 0;
}

ML_CEL_IMPL(ip_unspecified)
{
	return ml_bool(unspecified(args[0].ip));
}

ML_CEL_IMPL(ip_loopback)
{
	return ml_bool(loopback(args[0].ip));
}

ML_CEL_IMPL(ip_local_unicast)
{
	return ml_bool(local_unicast(args[0].ip));
}

/* 224.0.0.0/24, and ff?2:: whatever the flags. */
ML_CEL_IMPL(ip_local_multicast)
{
	const struct ml_ip *ip = args[0].ip;

	return ml_bool(ip->len == 4 ? memcmp(ip->bytes, "\xe0\0\0", 3) == 0 : ip->bytes[0] == 0xff && (ip->bytes[1] & 15) == 2);
}

/* As Go's netip: private addresses too. */
ML_CEL_IMPL(ip_global_unicast)
{
	const struct ml_ip *ip = args[0].ip;

	return ml_bool(!unspecified(ip) && !loopback(ip) && !multicast(ip) && !local_unicast(ip) && !broadcast(ip));
}

static bool same_network(const struct ml_ip *net, const struct ml_ip *ip)
{
	int bytes = net->prefix / 8, bits = net->prefix % 8;

	if (net->len != ip->len || memcmp(net->bytes, ip->bytes, (size_t)bytes) != 0)
		return false;
	return bits == 0 || (net->bytes[bytes] ^ ip->bytes[bytes]) >> (8 - bits) == 0;
}

ML_CEL_IMPL(contains_ip)
{
	struct ml_value other = args[1].kind == ML_V_STRING ? ml_celf_ip_string(ctx, &args[1], 1) : args[1];

	return ml_cel_bad(&other) ? other : ml_bool(same_network(args[0].ip, other.ip));
}

ML_CEL_IMPL(contains_cidr)
{
	struct ml_value other = args[1].kind == ML_V_STRING ? ml_celf_cidr_string(ctx, &args[1], 1) : args[1];

	if (ml_cel_bad(&other))
		return other;
	return ml_bool(other.ip->prefix >= args[0].ip->prefix && same_network(args[0].ip, other.ip));
}

ML_CEL_IMPL(cidr_ip)
{
	struct ml_ip ip = *args[0].ip;

	ip.prefix = (uint8_t)(ip.len * 8);
	return address(ctx, ML_V_IP, &ip);
}

ML_CEL_IMPL(cidr_masked)
{
	struct ml_ip ip = *args[0].ip;

	for (int i = 0; i < ip.len; i++) {
		int keep = ip.prefix - 8 * i;
		ip.bytes[i] = keep >= 8 ? ip.bytes[i] : keep <= 0 ? 0 : (uint8_t)(ip.bytes[i] & 0xff00 >> keep);
	}
	return address(ctx, ML_V_CIDR, &ip);
}

ML_CEL_IMPL(cidr_prefix)
{
	return ml_int(args[0].ip->prefix);
}
