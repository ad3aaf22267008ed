/* SPDX-License-Identifier: Apache-2.0 */
/* STARTTLS in protocols whose replies begin with three digits: SMTP, LMTP, FTP, NNTP. */
#include "checks/tls/starttls-priv.h"

struct reply {
	unsigned code;
	bool last;           /* of its lines */
	struct ml_str text;  /* behind the code */
	struct ml_str line;
};

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool read_reply(struct ml_str line, struct reply *out)
{
	if (line.len < 3 || line.ptr[0] < '1' || line.ptr[0] > '5' || !digit(line.ptr[1]) || !digit(line.ptr[2]))
		return false;
	if (line.len > 3 && line.ptr[3] != ' ' && line.ptr[3] != '-')
		return false;
	*out = (struct reply){
		.code = (unsigned)(line.ptr[0] - '0') * 100 + (unsigned)(line.ptr[1] - '0') * 10 + (unsigned)(line.ptr[2] - '0'),
		.last = line.len == 3 || line.ptr[3] == ' ', .text = ml_str_sub(line, 4, line.len), .line = line,
	};
	return true;
}

/* The lines of a reply have one code (RFC 5321, 4.2.1). */
static bool next_reply(struct ml_starttls *s, struct ml_str line, struct reply *out)
{
	if (!read_reply(line, out) || (s->code && out->code != s->code)) {
		ml_starttls_stop(s, ML_STARTTLS_BROKEN, line);
		return false;
	}
	s->code = out->last ? 0 : (uint16_t)out->code;
	if (s->lines == 1)
		ml_starttls_keep(&s->seen.greeting, line);
	return true;
}

enum { GREETING, CAPABILITIES, LIST, CHANGE };

/* ---- SMTP and LMTP ---- */

static void mail_capability(struct ml_starttls *s, const struct reply *reply)
{
	struct ml_str words = reply->text, keyword;

	if (!ml_starttls_word(&words, &keyword))
		return;
	s->offers = s->offers || ml_str_ieq(keyword, ML_STR("STARTTLS"));
	/* "AUTH=" is how it was written before RFC 2554. */
	if (ml_str_ieq(keyword, ML_STR("AUTH")) ? ml_starttls_plain_mechanism(words) :
		ml_str_istarts(keyword, ML_STR("AUTH=")) && (ml_starttls_plain_mechanism(words) || ml_starttls_plain_mechanism(ml_str_sub(keyword, 5, keyword.len))))
		ml_starttls_takes_login(s, reply->line);
}

static void mail_capabilities(struct ml_starttls *s, const struct reply *reply, struct ml_buf *out)
{
	if (reply->code == 250)
		mail_capability(s, reply);
	if (!reply->last)
		return;
	if (reply->code == 250)
		ml_starttls_change(s, out, ML_STR("STARTTLS\r\n"), CHANGE);
	else /* 500 to 504: it does not know the command, and so no STARTTLS */
		ml_starttls_stop(s, reply->code >= 500 && reply->code <= 504 ? ML_STARTTLS_REFUSED : ML_STARTTLS_AWAY, reply->line);
}

static void mail_line(struct ml_starttls *s, struct ml_str line, struct ml_buf *out, struct ml_str hello)
{
	struct reply reply;

	if (!next_reply(s, line, &reply))
		return;
	if (s->step == CAPABILITIES) {
		mail_capabilities(s, &reply, out);
		return;
	}
	if (!reply.last)
		return;
	if (s->step == GREETING && reply.code == 220)
		ml_starttls_say(s, out, hello, CAPABILITIES);
	else if (reply.code == 220)
		ml_starttls_stop(s, ML_STARTTLS_READY, ML_STR_NONE);
	else
		ml_starttls_stop(s, s->step == GREETING || reply.code == 421 ? ML_STARTTLS_AWAY : ML_STARTTLS_REFUSED, line);
}

/* We are nobody's mail server: an address literal is what such a client says (RFC 5321, 4.1.1.1). */
static void smtp_line(struct ml_starttls *s, struct ml_str line, struct ml_buf *out)
{
	mail_line(s, line, out, ML_STR("EHLO [127.0.0.1]\r\n"));
}

static void lmtp_line(struct ml_starttls *s, struct ml_str line, struct ml_buf *out)
{
	mail_line(s, line, out, ML_STR("LHLO [127.0.0.1]\r\n"));
}

const struct ml_starttls_ops ml_starttls_smtp = {.line = smtp_line};
const struct ml_starttls_ops ml_starttls_lmtp = {.line = lmtp_line};

/* ---- FTP ---- */

/* Between the first and the last line of a reply there may be any text (RFC 959, 4.2). */
static bool ftp_reply(struct ml_starttls *s, struct ml_str line, struct reply *out)
{
	bool whole = read_reply(line, out);

	if (s->code && !(whole && out->last && out->code == s->code))
		return false;
	return next_reply(s, line, out) && out->last;
}

static void ftp_line(struct ml_starttls *s, struct ml_str line, struct ml_buf *out)
{
	struct reply reply;

	if (!ftp_reply(s, line, &reply))
		return;
	if (s->step == GREETING && reply.code == 220)
		ml_starttls_say(s, out, ML_STR("AUTH TLS\r\n"), CHANGE);
	else if (s->step == GREETING && reply.code == 120) /* ready in some minutes */
		return;
	else if (s->step == CHANGE && reply.code == 234)
		ml_starttls_stop(s, ML_STARTTLS_READY, ML_STR_NONE);
	else
		ml_starttls_stop(s, s->step == GREETING || reply.code == 421 ? ML_STARTTLS_AWAY : ML_STARTTLS_REFUSED, line);
}

const struct ml_starttls_ops ml_starttls_ftp = {.line = ftp_line};

/* ---- NNTP ---- */

static void news_capability(struct ml_starttls *s, struct ml_str line, struct ml_buf *out)
{
	struct ml_str words = line, keyword;

	if (ml_str_is(line, ".")) {
		ml_starttls_change(s, out, ML_STR("STARTTLS\r\n"), CHANGE);
		return;
	}
	if (!ml_starttls_word(&words, &keyword))
		return;
	s->offers = s->offers || ml_str_ieq(keyword, ML_STR("STARTTLS"));
	if (ml_str_ieq(keyword, ML_STR("AUTHINFO")) ? ml_starttls_has_word(words, "USER") :
		ml_str_ieq(keyword, ML_STR("SASL")) && ml_starttls_plain_mechanism(words))
		ml_starttls_takes_login(s, line);
}

/* Servers of before RFC 3977 have no list of capabilities, but may have STARTTLS. */
static void news_answer(struct ml_starttls *s, const struct reply *reply, struct ml_buf *out)
{
	bool greeted = reply->code == 200 || reply->code == 201;

	if (s->step == GREETING && greeted)
		ml_starttls_say(s, out, ML_STR("CAPABILITIES\r\n"), CAPABILITIES);
	else if (s->step == CAPABILITIES && reply->code == 101)
		s->step = LIST;
	else if (s->step == CAPABILITIES && reply->code >= 500)
		ml_starttls_say(s, out, ML_STR("STARTTLS\r\n"), CHANGE);
	else if (s->step == CHANGE && reply->code == 382)
		ml_starttls_stop(s, ML_STARTTLS_READY, ML_STR_NONE);
	else
		ml_starttls_stop(s, s->step == CHANGE && reply->code != 400 ? ML_STARTTLS_REFUSED : ML_STARTTLS_AWAY, reply->line);
}

static void news_line(struct ml_starttls *s, struct ml_str line, struct ml_buf *out)
{
	struct reply reply;

	if (s->step == LIST)
		news_capability(s, line, out);
	else if (next_reply(s, line, &reply) && reply.last)
		news_answer(s, &reply, out);
}

const struct ml_starttls_ops ml_starttls_nntp = {.line = news_line};
