/* SPDX-License-Identifier: Apache-2.0 */
/* Records: bytes as they come to whole handshake messages and alerts. */
#include "base/error.h"
#include "checks/tls/wire-priv.h"

enum { HEADER = 5, MESSAGE_HEADER = 4, FRAGMENT_MAX = 1 << 14, ALERT_WARNING = 1, ALERT_FATAL = 2, CLOSE_NOTIFY = 0 };

enum ml_tls_progress ml_tls_stop(struct ml_tls_parser *p, enum ml_tls_progress progress)
{
	p->progress = progress;
	return progress;
}

enum ml_tls_progress ml_tls_violate(struct ml_tls_parser *p, ml_tls_violation what)
{
	if (ml_arena_failed(p->arena)) /* then what seems to be missing may have been there */
		return ml_tls_stop(p, ML_TLS_NOMEM);
	p->flight.violation = what;
	return ml_tls_stop(p, ML_TLS_VIOLATION);
}

struct ml_tls_parser *ml_tls_parser_new(struct ml_arena *arena, const struct ml_tls_hello *hello)
{
	struct ml_tls_parser *p = ml_alloc(arena, sizeof(*p));

	if (!p)
		return NULL;
	p->arena = arena;
	p->offer = hello;
	return p;
}

struct ml_tls_parser *ml_ssl2_parser_new(struct ml_arena *arena)
{
	return ml_tls_parser_new(arena, NULL);
}

const struct ml_tls_flight *ml_tls_parser_flight(const struct ml_tls_parser *parser)
{
	return &parser->flight;
}

/* One line of what is no TLS, or as much as is kept. */
static enum ml_tls_progress plain(struct ml_tls_parser *p, uint8_t byte)
{
	struct ml_str *text = &p->flight.plain;
	char *room = text->ptr ? (char *)(uintptr_t)text->ptr : ml_alloc(p->arena, ML_TLS_PLAIN_BYTES);

	if (!room)
		return ml_tls_stop(p, ML_TLS_NOMEM);
	room[text->len] = (char)byte;
	*text = (struct ml_str){room, text->len + 1};
	return byte == '\n' || text->len == ML_TLS_PLAIN_BYTES ? ml_tls_stop(p, ML_TLS_PLAIN) : ML_TLS_MORE;
}

enum ml_tls_progress ml_tls_turn_plain(struct ml_tls_parser *p, const void *bytes, size_t n)
{
	const uint8_t *from = bytes;
	enum ml_tls_progress progress = ML_TLS_MORE;

	p->mode = ML_TLS_TEXT_COMES;
	for (size_t i = 0; i < n && progress == ML_TLS_MORE; i++)
		progress = plain(p, from[i]);
	return progress;
}

static bool is_record_type(uint8_t type)
{
	return type >= ML_TLS_RECORD_CHANGE_CIPHER && type <= ML_TLS_RECORD_HEARTBEAT;
}

bool ml_tls_session_goes_on(const struct ml_tls_parser *p)
{
	const struct ml_tls_server_hello *hello = &p->flight.hello;

	return hello->seen && p->offer && p->offer->session_id.len &&
	       ml_str_eq(p->offer->session_id, hello->session_id);
}

static enum ml_tls_progress change_cipher(struct ml_tls_parser *p)
{
	/* That of middlebox compatibility, RFC 8446 D.4: */
	if (p->retried && !p->nmessage && p->body == 1)
		return ML_TLS_MORE;
	if (!ml_tls_session_goes_on(p) || p->nmessage)
		return ml_tls_violate(p, "ChangeCipherSpec before its time");
	p->flight.resumed = true;
	return ml_tls_stop(p, ML_TLS_DONE);
}

/* A whole header. */
static enum ml_tls_progress begin_record(struct ml_tls_parser *p)
{
	uint8_t type = p->header[0];
	bool first = p->flight.records == 0;

	p->body = (size_t)p->header[3] << 8 | p->header[4];
	if (!is_record_type(type) || p->header[1] != 3)
		return first ? ml_tls_turn_plain(p, p->header, HEADER) : ml_tls_violate(p, is_record_type(type) ? "a record of another protocol version" : "a record of unknown type");
	if (p->body > FRAGMENT_MAX)
		return ml_tls_violate(p, "a record longer than 16,384 bytes");
	if (++p->flight.records > ML_TLS_RECORDS)
		return ml_tls_stop(p, ML_TLS_LIMIT);
	if (p->body == 0)
		return ml_tls_violate(p, "a record without content");
	if (p->after)
		return ml_tls_after_header(p);
	if (type == ML_TLS_RECORD_CHANGE_CIPHER)
		return change_cipher(p);
	if (type == ML_TLS_RECORD_DATA || type == ML_TLS_RECORD_HEARTBEAT)
		return ml_tls_violate(p, type == ML_TLS_RECORD_DATA ? "application data before the handshake" : "a heartbeat before the handshake");
	return ML_TLS_MORE;
}

static enum ml_tls_progress end_alert(struct ml_tls_parser *p)
{
	struct ml_tls_alert alert = {(uint8_t)p->alert[0], (uint8_t)p->alert[1]};

	p->nalert = 0;
	if (alert.level != ALERT_WARNING && alert.level != ALERT_FATAL)
		return ml_tls_violate(p, "an alert of unknown level");
	p->flight.alert = alert;
	p->flight.alert_seen = true;
	if (alert.level == ALERT_FATAL || alert.description == CLOSE_NOTIFY)
		return ml_tls_stop(p, ML_TLS_ALERTED);
	return ++p->warnings > ML_TLS_WARNINGS ? ml_tls_stop(p, ML_TLS_LIMIT) : ML_TLS_MORE;
}

static enum ml_tls_progress take_alerts(struct ml_tls_parser *p, struct ml_str bytes)
{
	enum ml_tls_progress progress = ML_TLS_MORE;

	for (size_t i = 0; i < bytes.len && progress == ML_TLS_MORE; i++) {
		p->alert[p->nalert++] = bytes.ptr[i];
		if (p->nalert == sizeof(p->alert))
			progress = end_alert(p);
	}
	return progress;
}

static size_t message_length(const char *header)
{
	const unsigned char *h = (const unsigned char *)header;

	return MESSAGE_HEADER + ((size_t)h[1] << 16 | (size_t)h[2] << 8 | h[3]);
}

/* The whole messages at the front of what was gathered. */
static enum ml_tls_progress take_messages(struct ml_tls_parser *p)
{
	enum ml_tls_progress progress = ML_TLS_MORE;
	size_t at = 0, len;

	while (progress == ML_TLS_MORE && p->nmessage - at >= MESSAGE_HEADER) {
		len = message_length(p->message + at);
		if (len > ML_TLS_FLIGHT_BYTES)
			return ml_tls_stop(p, ML_TLS_LIMIT);
		if (p->nmessage - at < len)
			break;
		progress = ml_tls_message(p, (uint8_t)p->message[at], (struct ml_str){p->message + at + MESSAGE_HEADER, len - MESSAGE_HEADER});
		at += len;
	}
	if (at && at < p->nmessage)
		memmove(p->message, p->message + at, p->nmessage - at);
	p->nmessage -= at;
	return progress;
}

static enum ml_tls_progress take_handshake(struct ml_tls_parser *p, struct ml_str bytes)
{
	if (ml_alloc_grow(p->arena, &p->message, &p->message_cap, p->nmessage + bytes.len, 1))
		return ml_tls_stop(p, ML_TLS_NOMEM);
	memcpy(p->message + p->nmessage, bytes.ptr, bytes.len);
	p->nmessage += bytes.len;
	return take_messages(p);
}

/* As much of the current record as `bytes` has; *taken how much. */
static enum ml_tls_progress take_body(struct ml_tls_parser *p, struct ml_str bytes, size_t *taken)
{
	struct ml_str part = ml_str_sub(bytes, 0, p->body);

	*taken = part.len;
	p->body -= part.len;
	p->nheader = p->body ? p->nheader : 0;
	if (p->after)
		ml_tls_after_body(p, part);
	if (p->header[0] == ML_TLS_RECORD_ALERT && !p->sealed)
		return take_alerts(p, part);
	if (p->header[0] == ML_TLS_RECORD_HANDSHAKE && !p->after)
		return take_handshake(p, part);
	return ML_TLS_MORE;
}

static enum ml_tls_progress take_header(struct ml_tls_parser *p, uint8_t byte)
{
	p->header[p->nheader++] = byte;
	if (p->flight.records == 0 && !is_record_type(p->header[0]))
		return ml_tls_turn_plain(p, p->header, p->nheader);
	return p->nheader == HEADER ? begin_record(p) : ML_TLS_MORE;
}

static enum ml_tls_progress take(struct ml_tls_parser *p, struct ml_str bytes, size_t *taken)
{
	uint8_t byte = (uint8_t)bytes.ptr[0];

	*taken = 1;
	if (p->mode == ML_TLS_UNDECIDED) /* a server that knows no SSL 2.0 answers it with an alert of its own protocol */
		p->mode = p->offer || byte == ML_TLS_RECORD_ALERT ? ML_TLS_RECORDS_COME : ML_TLS_SSL2_COMES;
	if (p->mode == ML_TLS_TEXT_COMES)
		return plain(p, byte);
	if (p->mode == ML_TLS_SSL2_COMES)
		return ml_ssl2_byte(p, byte);
	return p->nheader < HEADER ? take_header(p, byte) : take_body(p, bytes, taken);
}

enum ml_tls_progress ml_tls_parser_feed(struct ml_tls_parser *parser, struct ml_str bytes)
{
	size_t taken;

	while (bytes.len && parser->progress == ML_TLS_MORE) {
		take(parser, bytes, &taken);
		parser->flight.bytes += taken;
		bytes = ml_str_sub(bytes, taken, bytes.len);
		if (parser->progress == ML_TLS_MORE && parser->flight.bytes > ML_TLS_FLIGHT_BYTES)
			ml_tls_stop(parser, ML_TLS_LIMIT);
	}
	ml_tls_keep_early(parser, bytes);
	return parser->progress;
}

enum ml_tls_progress ml_tls_parser_end(struct ml_tls_parser *parser)
{
	if (parser->progress != ML_TLS_MORE)
		return parser->progress;
	return ml_tls_stop(parser, parser->mode == ML_TLS_TEXT_COMES ? ML_TLS_PLAIN : ML_TLS_CLOSED);
}
