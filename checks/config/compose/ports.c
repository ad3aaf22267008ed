/* SPDX-License-Identifier: Apache-2.0 */
/* Published ports: short and long syntax to one shape. */
#include "base/num.h"
#include "checks/config/compose/norm-priv.h"

/* A port on its way to a record. */
struct port {
	struct ml_cport spec;
	struct ml_str text, name, app_protocol;
	const char *mode;
	uint32_t loc;
	struct ml_value unknown_host, unknown_ip; /* UNKNOWN: that part cannot be known */
};

static struct ml_str range(struct ml_cn *cn, uint32_t from, uint32_t to)
{
	return from == to ? ml_strf(cn->arena, "%u", from) : ml_strf(cn->arena, "%u-%u", from, to);
}

/* Docker's short form of it. */
static struct ml_str identity(struct ml_cn *cn, const struct port *port)
{
	struct ml_str target = range(cn, port->spec.from, port->spec.to), ip = port->spec.address;
	struct ml_str host = port->unknown_host.kind ? ML_STR("?") : port->spec.host_from ? range(cn, port->spec.host_from, port->spec.host_to) : ML_STR("");
	bool v6 = ml_str_chr(ip, ':') != ML_NPOS;

	return ml_strf(cn->arena, "%s%.*s%s%s%.*s%s%.*s/%.*s", v6 ? "[" : "", ML_STR_ARG(ip), v6 ? "]" : "", ip.len ? ":" : "", ML_STR_ARG(host),
		host.len || ip.len ? ":" : "", ML_STR_ARG(target), ML_STR_ARG(port->spec.protocol));
}

static bool privileged(uint32_t from, uint32_t to)
{
	return from <= 1023 && to >= 1;
}

static void set_host(struct ml_record_builder *b, const struct port *port)
{
	static const int slots[] = {ML_CO_PORT_PUBLISHED_FROM, ML_CO_PORT_PUBLISHED_TO, ML_CO_PORT_RANDOM, ML_CO_PORT_HOST_PRIVILEGED};
	const struct ml_cport *spec = &port->spec;
	bool wider = spec->host_to - spec->host_from > spec->to - spec->from;

	if (port->unknown_host.kind == ML_V_UNKNOWN) {
		for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++)
			ml_record_set(b, slots[i], port->unknown_host);
		return;
	}
	if (spec->host_from) {
		ml_record_set(b, ML_CO_PORT_PUBLISHED_FROM, ml_at(ml_int(spec->host_from), port->loc));
		ml_record_set(b, ML_CO_PORT_PUBLISHED_TO, ml_at(ml_int(spec->host_to), port->loc));
		if (privileged(spec->host_from, spec->host_to))
			ml_record_set(b, ML_CO_PORT_HOST_PRIVILEGED, ml_at(ml_bool(true), port->loc));
	}
	if (!spec->host_from || wider)
		ml_record_set(b, ML_CO_PORT_RANDOM, ml_at(ml_bool(true), port->loc));
}

static void set_address(struct ml_record_builder *b, const struct port *port)
{
	struct ml_str ip = port->spec.address;
	const char *class = ml_cvalue_is_any(ip) ? "all" : ml_cvalue_is_loopback(ip) ? "loopback" : "specific";

	if (port->unknown_ip.kind == ML_V_UNKNOWN) {
		ml_record_set(b, ML_CO_PORT_HOST_IP, port->unknown_ip);
		ml_record_set(b, ML_CO_PORT_ADDRESS, port->unknown_ip);
		return;
	}
	if (ip.len) {
		ml_record_set(b, ML_CO_PORT_HOST_IP, ml_at(ml_string(ip), port->loc));
		ml_record_set(b, ML_CO_PORT_ADDRESS, ml_cn_word(class, port->loc));
	}
}

static struct ml_value pack(struct ml_cn *cn, const struct port *port)
{
	struct ml_record_builder b;

	ml_record_begin(&b, &ml_co_port);
	ml_record_set(&b, ML_CO_PORT_SERVICE, ml_at(ml_string(cn->owner), cn->owner_loc));
	ml_record_set(&b, ML_CO_PORT_ID, ml_at(ml_string(identity(cn, port)), port->loc));
	if (port->text.len)
		ml_record_set(&b, ML_CO_PORT_TEXT, ml_at(ml_string(port->text), port->loc));
	ml_record_set(&b, ML_CO_PORT_TARGET_FROM, ml_at(ml_int(port->spec.from), port->loc));
	ml_record_set(&b, ML_CO_PORT_TARGET_TO, ml_at(ml_int(port->spec.to), port->loc));
	if (privileged(port->spec.from, port->spec.to))
		ml_record_set(&b, ML_CO_PORT_TARGET_PRIVILEGED, ml_at(ml_bool(true), port->loc));
	set_host(&b, port);
	set_address(&b, port);
	if (!ml_str_is(port->spec.protocol, "tcp"))
		ml_record_set(&b, ML_CO_PORT_PROTOCOL, ml_at(ml_string(port->spec.protocol), port->loc));
	if (port->mode)
		ml_record_set(&b, ML_CO_PORT_MODE, ml_cn_word(port->mode, port->loc));
	if (port->name.len)
		ml_record_set(&b, ML_CO_PORT_NAME, ml_at(ml_string(port->name), port->loc));
	if (port->app_protocol.len)
		ml_record_set(&b, ML_CO_PORT_APP_PROTOCOL, ml_at(ml_string(port->app_protocol), port->loc));
	return ml_cn_pack(cn, &b, port->loc);
}

/* "${PORT}:80" with PORT not set: what is in the container is known, where it is published is not. */
static bool only_host_unset(struct ml_str text, struct ml_cport *spec)
{
	size_t colon = ml_str_rchr(text, ':');

	return colon != ML_NPOS && ml_cvalue_port(ml_str_sub(text, colon + 1, text.len), spec) == NULL;
}

static struct ml_value short_port(struct ml_cn *cn, const struct ml_cn_at *item)
{
	struct ml_str why = ml_cn_why(cn, item->node), text = item->node->text;
	struct port port = {.loc = item->node->loc, .text = text};
	const char *want;

	if (why.ptr) {
		if (!ml_cn_is_scalar(item->node) || !only_host_unset(text, &port.spec))
			return ml_at(ml_unknown(why), port.loc);
		port.unknown_host = port.unknown_ip = ml_at(ml_unknown(why), port.loc);
		return pack(cn, &port);
	}
	if (item->node->kind == ML_C_INT && !item->node->quoted && ml_str_chr(text, ':') != ML_NPOS)
		ml_cn_say(cn, ML_DIAG_WARNING, port.loc, "ports: %.*s without quotes is a number to base 60 in YAML 1.1: write it in quotes", ML_STR_ARG(text));
	want = ml_cvalue_port(text, &port.spec);
	if (!want && port.spec.uneven)
		ml_cn_say(cn, ML_DIAG_WARNING, port.loc, "ports: %.*s: the ranges differ in length, which Docker refuses", ML_STR_ARG(text));
	return want ? ml_cn_bad(cn, item, want) : pack(cn, &port);
}

/* A field of the long form as text; "" when it is not written. */
static struct ml_str field(struct ml_cn *cn, const struct ml_cnode *map, const char *key, struct ml_value *unknown)
{
	const struct ml_cnode *node = ml_cnode_get(map, key);
	struct ml_str text = ML_STR("");
	struct ml_value value = ml_absent();

	if (node && !ml_cn_scalar(cn, &(struct ml_cn_at){node, ml_str(key), node->loc}, &text, &value) && value.kind == ML_V_UNKNOWN)
		*unknown = value;
	return text;
}

static const struct ml_cn_key long_keys[] = {
	{"app_protocol", 0, NULL, NULL, NULL}, {"host_ip", 0, NULL, NULL, NULL}, {"mode", 0, NULL, NULL, NULL}, {"name", 0, NULL, NULL, NULL},
	{"protocol", 0, NULL, NULL, NULL}, {"published", 0, NULL, NULL, NULL}, {"target", 0, NULL, NULL, NULL},
};

static struct ml_value bad_field(struct ml_cn *cn, const struct ml_cn_at *item, const char *key, const char *want)
{
	const struct ml_cnode *node = ml_cnode_get(item->node, key);

	return ml_cn_bad(cn, &(struct ml_cn_at){node ? node : item->node, ml_str(key), item->loc}, want);
}

static struct ml_value long_port(struct ml_cn *cn, const struct ml_cn_at *item)
{
	static const struct ml_cn_keys keys = ML_CN_KEYS(long_keys);
	struct port port = {.loc = item->node->loc};
	struct ml_value other = ml_absent();
	struct ml_str target, published, protocol, mode;
	const char *want;

	ml_cn_map(cn, item, &keys, NULL, NULL);
	target = field(cn, item->node, "target", &other);
	protocol = field(cn, item->node, "protocol", &other);
	mode = field(cn, item->node, "mode", &other);
	published = field(cn, item->node, "published", &port.unknown_host);
	port.spec.address = field(cn, item->node, "host_ip", &port.unknown_ip);
	port.name = field(cn, item->node, "name", &other);
	port.app_protocol = field(cn, item->node, "app_protocol", &other);
	if (other.kind == ML_V_UNKNOWN)
		return other;
	want = ml_cvalue_port_range(target, false, &port.spec.from, &port.spec.to);
	if (want)
		return bad_field(cn, item, "target", want);
	if (published.len && (want = ml_cvalue_port_range(published, true, &port.spec.host_from, &port.spec.host_to)) != NULL)
		port.unknown_host = bad_field(cn, item, "published", want);
	if (port.spec.address.len && !ml_cvalue_is_ip(port.spec.address))
		port.unknown_ip = bad_field(cn, item, "host_ip", "an IP address");
	port.spec.protocol = protocol.len ? protocol : ML_STR("tcp");
	if (!ml_vocab_has(&ml_co_protocol_vocab, port.spec.protocol))
		return bad_field(cn, item, "protocol", "tcp, udp or sctp");
	if (mode.len && !ml_vocab_has(&ml_co_publish_mode_vocab, mode))
		return bad_field(cn, item, "mode", "host or ingress");
	port.mode = ml_str_is(mode, "host") ? "host" : NULL;
	return pack(cn, &port);
}

static void add_port(struct ml_cn *cn, const struct ml_cn_at *item, void *ctx)
{
	struct ml_value port;

	if (item->node->kind == ML_C_MAP)
		port = long_port(cn, item);
	else if (item->node->kind == ML_C_SEQ)
		port = ml_cn_bad(cn, item, "a port");
	else
		port = short_port(cn, item);
	ml_cn_both(cn, ctx, ML_CO_PORTS, port);
}

void ml_cn_ports(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	struct ml_cn_list list = {0};
	bool ok = ml_cn_each(cn, at, add_port, &list);

	ml_record_set(b, ML_CO_SVC_PORTS, ok ? ml_cn_list_value(&list, at->loc) : ml_cn_unknown(cn, at->loc, ML_STR("not a list")));
	if (!ok)
		ml_cn_push(cn, &cn->flat[ML_CO_PORTS], b->slots[ML_CO_SVC_PORTS]);
}
