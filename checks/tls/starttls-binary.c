/* SPDX-License-Identifier: Apache-2.0 */
/* STARTTLS in protocols of bytes: PostgreSQL, MySQL and MariaDB, LDAP. */
#include "checks/tls/starttls-priv.h"
#include "checks/tls/wire-priv.h"

static struct ml_str pending(const struct ml_starttls *s)
{
	return (struct ml_str){s->pending, s->npending};
}

/* ---- PostgreSQL ---- */

static void postgres_begin(struct ml_starttls *s, struct ml_buf *out)
{
	ml_starttls_say(s, out, ML_STR("\0\0\0\x08\x04\xd2\x16\x2f"), 0); /* SSLRequest: 80877103 */
}

/* Fields "Stext\0Mtext\0…\0" of an ErrorResponse: that of `type`. */
static struct ml_str postgres_field(struct ml_str fields, char type)
{
	struct ml_str field;

	while (ml_str_split(&fields, 0, &field))
		if (field.len && field.ptr[0] == type)
			return ml_str_sub(field, 1, field.len);
	return ML_STR_NONE;
}

/* Servers that cannot start a process say so in the old way: a text up to its NUL. Either way they did not come to look at our request. */
static void postgres_error(struct ml_starttls *s)
{
	struct ml_tls_reader r = {.rest = ml_str_sub(pending(s), 1, s->npending)};
	size_t len = ml_tls_read(&r, 4);

	if (s->npending < 5)
		return;
	if (len < 5 || len >= ML_STARTTLS_LINE) {
		if (s->pending[s->npending - 1] == 0 || s->pending[s->npending - 1] == '\n')
			ml_starttls_stop(s, ML_STARTTLS_AWAY, ml_str_sub(pending(s), 1, s->npending - 1));
		return;
	}
	if (s->npending == len + 1)
		ml_starttls_stop(s, ML_STARTTLS_AWAY, postgres_field(r.rest, 'M'));
}

static void postgres_byte(struct ml_starttls *s, struct ml_buf *out)
{
	switch (s->pending[0]) {
	case 'S':
		ml_starttls_stop(s, ML_STARTTLS_READY, ML_STR_NONE);
		break;
	case 'N':
		ml_starttls_stop(s, ML_STARTTLS_REFUSED, pending(s));
		break;
	case 'E':
		postgres_error(s);
		break;
	case 0x15: /* perhaps an alert: the next byte tells */
	case 0x16:
		if (s->npending == 2)
			ml_starttls_stop(s, ML_STARTTLS_BROKEN, pending(s));
		break;
	default: /* something else: its first line is what tells most */
		if (s->pending[s->npending - 1] == '\n' || s->npending == ML_STARTTLS_TEXT)
			ml_starttls_stop(s, ML_STARTTLS_BROKEN, pending(s));
	}
}

const struct ml_starttls_ops ml_starttls_postgres = {.begin = postgres_begin, .byte = postgres_byte};

/* ---- MySQL and MariaDB ---- */

enum { HEADER = 4, PROTOCOL_10 = 10, ERROR = 0xff, CLIENT_SSL = 1 << 11, PACKET_MIN = 5 };

/* Capabilities LONG_PASSWORD, PROTOCOL_41, SSL, SECURE_CONNECTION; packets of 16 MB; utf8mb4. */
static const char mysql_request[] = "\x20\0\0\1" "\x01\x8a\0\0" "\0\0\0\1" "\x2d" "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

static void mysql_error(struct ml_starttls *s, struct ml_tls_reader *r)
{
	ml_tls_read(r, 2);
	if (ml_str_starts(r->rest, ML_STR("#"))) /* and five of SQLSTATE */
		ml_tls_read_bytes(r, 6);
	ml_starttls_stop(s, ML_STARTTLS_AWAY, r->rest);
}

static void mysql_greeting(struct ml_starttls *s, struct ml_tls_reader *r, struct ml_buf *out)
{
	struct ml_str version = ml_str_sub(r->rest, 0, ml_str_chr(r->rest, 0));
	uint32_t low;

	ml_tls_read_bytes(r, version.len + 1 + 4 + 8 + 1); /* its NUL, the thread, half of the scramble, a filler */
	low = ml_tls_read(r, 2);
	if (r->short_) {
		ml_starttls_stop(s, ML_STARTTLS_BROKEN, pending(s));
		return;
	}
	ml_starttls_keep(&s->seen.greeting, version);
	if (!(((low & 0xff) << 8 | low >> 8) & CLIENT_SSL)) { /* little-endian on the wire */
		ml_starttls_stop(s, ML_STARTTLS_REFUSED, ML_STR_NONE);
		return;
	}
	ml_starttls_say(s, out, (struct ml_str){mysql_request, sizeof(mysql_request) - 1}, 0);
	ml_starttls_stop(s, ML_STARTTLS_READY, ML_STR_NONE);
}

/* A packet: length in three bytes, number, and what it holds. */
static void mysql_byte(struct ml_starttls *s, struct ml_buf *out)
{
	const unsigned char *p = (const unsigned char *)s->pending;
	size_t len = s->npending < HEADER ? 0 : p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16;
	struct ml_tls_reader r = {.rest = ml_str_sub(pending(s), HEADER + 1, s->npending)};

	if (s->npending == PACKET_MIN && (len < 2 || len > ML_STARTTLS_LINE - HEADER || p[3] > 1 || (p[4] != PROTOCOL_10 && p[4] != ERROR)))
		s->step = 1; /* none of its packets: up to the end of the line */
	if (s->step == 1 && (p[s->npending - 1] == '\n' || s->npending == ML_STARTTLS_TEXT))
		ml_starttls_stop(s, ML_STARTTLS_BROKEN, pending(s));
	if (s->step == 1 || s->npending < PACKET_MIN || s->npending < HEADER + len)
		return;
	if (p[4] == ERROR)
		mysql_error(s, &r);
	else
		mysql_greeting(s, &r, out);
}

const struct ml_starttls_ops ml_starttls_mysql = {.byte = mysql_byte};

/* ---- LDAP ---- */

enum { SEQUENCE = 0x30, INTEGER = 0x02, ENUMERATED = 0x0a, OCTETS = 0x04, EXTENDED_RESPONSE = 0x78, PROTOCOL_ERROR = 2, BUSY = 51, UNAVAILABLE = 52 };

static void ldap_begin(struct ml_starttls *s, struct ml_buf *out)
{
	ml_starttls_say(s, out, ML_STR("\x30\x1d\x02\x01\x01\x77\x18\x80\x16" "1.3.6.1.4.1.1466.20037"), 0);
}

/* The length of BER's definite form; SIZE_MAX when its bytes are not all there (short_), or it is none that fits. */
static size_t ber_length(struct ml_tls_reader *r)
{
	uint32_t first = ml_tls_read(r, 1), n = first & 0x7f;
	size_t len;

	if (first < 0x80)
		return r->short_ ? SIZE_MAX : first;
	if (n < 1 || n > 4)
		return SIZE_MAX;
	len = ml_tls_read(r, n);
	return r->short_ ? SIZE_MAX : len;
}

/* The content of an element of type `tag`, which must stand next. */
static struct ml_str ber_take(struct ml_tls_reader *r, unsigned tag)
{
	bool there = ml_tls_read(r, 1) == tag;
	size_t len = ber_length(r);

	if (!there || len == SIZE_MAX)
		r->short_ = true;
	return ml_tls_read_bytes(r, len);
}

static unsigned ber_small(struct ml_str content)
{
	return content.len == 1 ? (unsigned char)content.ptr[0] : 255;
}

/* Without words the number says what it is. */
static void ldap_refused(struct ml_starttls *s, unsigned result, struct ml_str words)
{
	char number[] = "result 000";

	number[7] = (char)('0' + result / 100 % 10);
	number[8] = (char)('0' + result / 10 % 10);
	number[9] = (char)('0' + result % 10);
	ml_starttls_stop(s, result == BUSY || result == UNAVAILABLE ? ML_STARTTLS_AWAY : ML_STARTTLS_REFUSED, words.len ? words : ml_str(number));
}

/* LDAPMessage { messageID, [APPLICATION 24] { resultCode, matchedDN, diagnosticMessage, … } }. A messageID of 0 is a notice that the server hangs up. */
static void ldap_message(struct ml_starttls *s, struct ml_str content)
{
	struct ml_tls_reader r = {.rest = content}, response;
	unsigned id = ber_small(ber_take(&r, INTEGER)), result;
	struct ml_str words;

	response = (struct ml_tls_reader){.rest = ber_take(&r, EXTENDED_RESPONSE)};
	result = ber_small(ber_take(&response, ENUMERATED));
	ber_take(&response, OCTETS);
	words = ber_take(&response, OCTETS);
	if (r.short_ || response.short_ || id > 1)
		ml_starttls_stop(s, ML_STARTTLS_BROKEN, pending(s));
	else if (id == 0)
		ml_starttls_stop(s, ML_STARTTLS_AWAY, words);
	else if (result == 0)
		ml_starttls_stop(s, ML_STARTTLS_READY, ML_STR_NONE);
	else
		ldap_refused(s, result, words);
}

static void ldap_byte(struct ml_starttls *s, struct ml_buf *out)
{
	struct ml_tls_reader r = {.rest = ml_str_sub(pending(s), 1, s->npending)};
	size_t len = ber_length(&r);

	if (s->pending[0] == SEQUENCE) {
		if (len != SIZE_MAX && r.rest.len == len)
			ldap_message(s, r.rest);
		else if (len == SIZE_MAX && !r.short_)
			ml_starttls_stop(s, ML_STARTTLS_BROKEN, pending(s));
	} else if (s->pending[s->npending - 1] == '\n' || s->npending == ML_STARTTLS_TEXT) {
		ml_starttls_stop(s, ML_STARTTLS_BROKEN, pending(s));
	}
}

const struct ml_starttls_ops ml_starttls_ldap = {.begin = ldap_begin, .byte = ldap_byte};
