/* SPDX-License-Identifier: Apache-2.0 */
/* Preambles before TLS: lines and bytes handed to their protocol, ceilings, and what came too early. */
#include "checks/tls/starttls.h"

#include "checks/tls/starttls-priv.h"
#include "facts/tls-starttls.h"

static const struct ml_starttls_ops *const protocols[ML_STARTTLS_PROTOCOLS] = {
	[ML_STARTTLS_POSTGRES] = &ml_starttls_postgres, [ML_STARTTLS_MYSQL] = &ml_starttls_mysql, [ML_STARTTLS_SMTP] = &ml_starttls_smtp,
	[ML_STARTTLS_LMTP] = &ml_starttls_lmtp, [ML_STARTTLS_IMAP] = &ml_starttls_imap, [ML_STARTTLS_POP3] = &ml_starttls_pop3,
	[ML_STARTTLS_FTP] = &ml_starttls_ftp, [ML_STARTTLS_LDAP] = &ml_starttls_ldap, [ML_STARTTLS_XMPP] = &ml_starttls_xmpp,
	[ML_STARTTLS_XMPP_SERVER] = &ml_starttls_xmpp_server, [ML_STARTTLS_NNTP] = &ml_starttls_nntp, [ML_STARTTLS_SIEVE] = &ml_starttls_sieve,
	[ML_STARTTLS_IRC] = &ml_starttls_irc, [ML_STARTTLS_REDIS] = &ml_starttls_redis,
};

/* ---- for the protocols ---- */

void ml_starttls_keep(struct ml_starttls_text *text, struct ml_str bytes)
{
	bytes = ml_str_sub(bytes, 0, sizeof(text->bytes));
	if (bytes.len)
		memcpy(text->bytes, bytes.ptr, bytes.len);
	text->len = (uint16_t)bytes.len;
}

void ml_starttls_say(struct ml_starttls *s, struct ml_buf *out, struct ml_str words, uint8_t step)
{
	ml_buf_str(out, words);
	s->step = step;
}

void ml_starttls_stop(struct ml_starttls *s, enum ml_starttls_progress progress, struct ml_str words)
{
	s->seen.progress = progress;
	ml_starttls_keep(&s->seen.words, words);
}

void ml_starttls_change(struct ml_starttls *s, struct ml_buf *out, struct ml_str command, uint8_t step)
{
	if (s->seen.plain_login == ML_STARTTLS_UNSEEN)
		s->seen.plain_login = ML_STARTTLS_NO;
	if (s->offers)
		ml_starttls_say(s, out, command, step);
	else
		ml_starttls_stop(s, ML_STARTTLS_REFUSED, ML_STR_NONE);
}

void ml_starttls_takes_login(struct ml_starttls *s, struct ml_str line)
{
	if (s->seen.plain_login != ML_STARTTLS_YES)
		ml_starttls_keep(&s->seen.login, line);
	s->seen.plain_login = ML_STARTTLS_YES;
}

bool ml_starttls_word(struct ml_str *rest, struct ml_str *word)
{
	*word = ML_STR_NONE;
	while (word->len == 0)
		if (!ml_str_split(rest, ' ', word))
			return false;
	return true;
}

bool ml_starttls_has_word(struct ml_str words, const char *word)
{
	struct ml_str one;

	while (ml_starttls_word(&words, &one))
		if (ml_str_ieq(one, ml_str(word)))
			return true;
	return false;
}

bool ml_starttls_plain_mechanism(struct ml_str words)
{
	return ml_starttls_has_word(words, "PLAIN") || ml_starttls_has_word(words, "LOGIN");
}

/* ---- bytes in, bytes out ---- */

static void take_line(struct ml_starttls *s, const struct ml_starttls_ops *ops, struct ml_buf *out)
{
	struct ml_str line = {s->pending, s->npending - 1};

	if (ml_str_ends(line, ML_STR("\r")))
		line.len--;
	if (++s->lines > ML_STARTTLS_LINES) {
		ml_starttls_stop(s, ML_STARTTLS_LIMIT, ML_STR_NONE);
		return;
	}
	ops->line(s, line, out);
	s->npending = 0;
}

/* A server that waits for TLS answers our words with an alert. */
static bool begins_record(const struct ml_starttls *s)
{
	return s->bytes == 2 && s->npending == 2 && (s->pending[0] == 0x15 || s->pending[0] == 0x16) && s->pending[1] == 3;
}

static void take_byte(struct ml_starttls *s, char byte, struct ml_buf *out)
{
	const struct ml_starttls_ops *ops = protocols[s->seen.protocol];

	if (++s->bytes > ML_STARTTLS_BYTES || s->npending == sizeof(s->pending)) {
		ml_starttls_stop(s, ML_STARTTLS_LIMIT, ML_STR_NONE);
		return;
	}
	s->pending[s->npending++] = byte;
	if (begins_record(s))
		ml_starttls_stop(s, ML_STARTTLS_AWAY, ML_STR("a TLS record: the port speaks TLS at once"));
	else if (ops->byte)
		ops->byte(s, out);
	else if (byte == '\n')
		take_line(s, ops, out);
}

static void take_early(struct ml_starttls *s, struct ml_str bytes)
{
	struct ml_starttls_text *text = &s->seen.injected;

	for (size_t i = 0; i < bytes.len && text->len < sizeof(text->bytes); i++)
		text->bytes[text->len++] = bytes.ptr[i];
}

enum ml_starttls_progress ml_starttls_begin(struct ml_starttls *s, enum ml_starttls_protocol protocol, struct ml_str name, struct ml_buf *out)
{
	const struct ml_starttls_ops *ops = protocols[protocol];

	*s = (struct ml_starttls){.seen = {.protocol = protocol}};
	ml_starttls_keep(&s->name, name);
	if (!ops)
		s->seen.progress = ML_STARTTLS_READY;
	else if (ops->begin)
		ops->begin(s, out);
	return s->seen.progress;
}

enum ml_starttls_progress ml_starttls_feed(struct ml_starttls *s, struct ml_str bytes, struct ml_buf *out)
{
	size_t at = 0;

	while (at < bytes.len && s->seen.progress == ML_STARTTLS_MORE)
		take_byte(s, bytes.ptr[at++], out);
	if (s->seen.progress == ML_STARTTLS_READY)
		take_early(s, ml_str_sub(bytes, at, bytes.len));
	return s->seen.progress;
}

static bool is_mysql_error(enum ml_starttls_protocol protocol, struct ml_str bytes)
{
	return protocol == ML_STARTTLS_MYSQL && bytes.len > 4 && bytes.ptr[1] == 0 && bytes.ptr[2] == 0 && (unsigned char)bytes.ptr[4] == 0xff;
}

void ml_starttls_behind(struct ml_starttls *s, enum ml_starttls_protocol protocol, struct ml_str bytes, struct ml_buf *out)
{
	unsigned char first = bytes.len ? (unsigned char)bytes.ptr[0] : 0;
	size_t alert = ml_str_find(bytes, ML_STR("\x15\x03")), message = ml_str_find(bytes, ML_STR("\x16\x03"));

	if (bytes.len && !is_mysql_error(protocol, bytes) && (first < 20 || (first > 24 && first < 128))) /* types of records, and lengths of SSL 2.0 */
		ml_starttls_feed(s, ml_str_sub(bytes, 0, alert < message ? alert : message), out);
}

enum ml_starttls_progress ml_starttls_end(struct ml_starttls *s)
{
	if (s->seen.progress == ML_STARTTLS_MORE)
		ml_starttls_stop(s, ML_STARTTLS_AWAY, (struct ml_str){s->pending, s->npending});
	return s->seen.progress;
}

const char *ml_starttls_name(enum ml_starttls_protocol protocol)
{
	return ml_tf_starttls_vocab.words[protocol];
}
