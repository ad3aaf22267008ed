/* SPDX-License-Identifier: Apache-2.0 */
/* STARTTLS in protocols whose answers begin with a word: IMAP, POP3, ManageSieve, IRC; and Redis, which has none. */
#include "checks/tls/starttls-priv.h"

enum { GREETING, CAPABILITIES, LIST, CHANGE };

/* Whether the line is `word`, or begins with it and a blank; *rest is what follows. */
static bool begins(struct ml_str line, const char *word, struct ml_str *rest)
{
	size_t n = strlen(word);

	if (!ml_str_istarts(line, ml_str(word)) || (line.len > n && line.ptr[n] != ' '))
		return false;
	*rest = ml_str_sub(line, n + 1, line.len);
	return true;
}

static void greet(struct ml_starttls *s, struct ml_str line)
{
	if (s->lines == 1)
		ml_starttls_keep(&s->seen.greeting, line);
}

static void ready_or(struct ml_starttls *s, bool ready, struct ml_str line)
{
	ml_starttls_stop(s, ready ? ML_STARTTLS_READY : ML_STARTTLS_REFUSED, ready ? ML_STR_NONE : line);
}

/* ---- IMAP ---- */

/* RFC 9051, 6.2.3: without LOGINDISABLED the command LOGIN is taken. */
static void imap_capabilities(struct ml_starttls *s, struct ml_str words, struct ml_str line)
{
	s->offers = ml_starttls_has_word(words, "STARTTLS");
	if (!ml_starttls_has_word(words, "LOGINDISABLED") || ml_starttls_has_word(words, "AUTH=PLAIN") || ml_starttls_has_word(words, "AUTH=LOGIN"))
		ml_starttls_takes_login(s, line);
}

static void imap_greeting(struct ml_starttls *s, struct ml_str line, struct ml_buf *out)
{
	struct ml_str rest, words;

	greet(s, line);
	if (!begins(line, "* OK", &rest)) { /* who is logged in already can no longer change; RFC 9051, 7.1.4 */
		bool known = begins(line, "* PREAUTH", &rest);
		ml_starttls_stop(s, known ? ML_STARTTLS_REFUSED : begins(line, "* BYE", &rest) ? ML_STARTTLS_AWAY : ML_STARTTLS_BROKEN, line);
		return;
	}
	if (!ml_str_istarts(rest, ML_STR("[CAPABILITY "))) {
		ml_starttls_say(s, out, ML_STR("a CAPABILITY\r\n"), CAPABILITIES);
		return;
	}
	words = ml_str_sub(rest, 12, ml_str_chr(rest, ']'));
	imap_capabilities(s, words, line);
	ml_starttls_change(s, out, ML_STR("b STARTTLS\r\n"), CHANGE);
}

static void imap_answer(struct ml_starttls *s, struct ml_str line, struct ml_buf *out)
{
	struct ml_str rest;

	if (s->step == CAPABILITIES && begins(line, "a OK", &rest))
		ml_starttls_change(s, out, ML_STR("b STARTTLS\r\n"), CHANGE);
	else if (s->step == CHANGE && begins(line, "b OK", &rest))
		ml_starttls_stop(s, ML_STARTTLS_READY, ML_STR_NONE);
	else if (s->step == CHANGE && (begins(line, "b NO", &rest) || begins(line, "b BAD", &rest)))
		ml_starttls_stop(s, ML_STARTTLS_REFUSED, line);
	else if (s->step == CAPABILITIES && (begins(line, "a NO", &rest) || begins(line, "a BAD", &rest)))
		ml_starttls_stop(s, ML_STARTTLS_AWAY, line);
	else
		ml_starttls_stop(s, ML_STARTTLS_BROKEN, line);
}

static void imap_line(struct ml_starttls *s, struct ml_str line, struct ml_buf *out)
{
	struct ml_str rest;

	if (s->step == GREETING)
		imap_greeting(s, line, out);
	else if (begins(line, "* BYE", &rest))
		ml_starttls_stop(s, ML_STARTTLS_AWAY, line);
	else if (s->step == CAPABILITIES && begins(line, "* CAPABILITY", &rest))
		imap_capabilities(s, rest, line);
	else if (!ml_str_starts(line, ML_STR("* ")))
		imap_answer(s, line, out);
}

const struct ml_starttls_ops ml_starttls_imap = {.line = imap_line};

/* ---- POP3 ---- */

static void pop_capability(struct ml_starttls *s, struct ml_str line, struct ml_buf *out)
{
	struct ml_str words;

	if (ml_str_is(line, "."))
		ml_starttls_change(s, out, ML_STR("STLS\r\n"), CHANGE);
	else if (begins(line, "STLS", &words))
		s->offers = true;
	else if (begins(line, "USER", &words) || (begins(line, "SASL", &words) && ml_starttls_plain_mechanism(words)))
		ml_starttls_takes_login(s, line);
}

/* Servers without CAPA may have STLS. */
static void pop_line(struct ml_starttls *s, struct ml_str line, struct ml_buf *out)
{
	struct ml_str rest;
	bool good = begins(line, "+OK", &rest), bad = begins(line, "-ERR", &rest);

	greet(s, line);
	if (s->step == LIST)
		pop_capability(s, line, out);
	else if (!good && !bad)
		ml_starttls_stop(s, ML_STARTTLS_BROKEN, line);
	else if (s->step == CHANGE)
		ready_or(s, good, line);
	else if (s->step == GREETING && bad)
		ml_starttls_stop(s, ML_STARTTLS_AWAY, line);
	else if (s->step == GREETING)
		ml_starttls_say(s, out, ML_STR("CAPA\r\n"), CAPABILITIES);
	else if (good)
		s->step = LIST;
	else
		ml_starttls_say(s, out, ML_STR("STLS\r\n"), CHANGE);
}

const struct ml_starttls_ops ml_starttls_pop3 = {.line = pop_line};

/* ---- ManageSieve ---- */

/* A quoted string without its quotes; "" when it is none. */
static struct ml_str unquoted(struct ml_str text)
{
	struct ml_str inner = ml_str_starts(text, ML_STR("\"")) ? ml_str_sub(text, 1, text.len) : ML_STR("");

	return ml_str_sub(inner, 0, ml_str_chr(inner, '"'));
}

/* "NAME" "words": it greets with its capabilities, and OK behind them (RFC 5804, 1.7). */
static void sieve_capability(struct ml_starttls *s, struct ml_str line)
{
	struct ml_str name = unquoted(line), rest = ml_str_trim(ml_str_sub(line, name.len + 2, line.len));

	if (ml_str_ieq(name, ML_STR("IMPLEMENTATION")))
		ml_starttls_keep(&s->seen.greeting, unquoted(rest));
	s->offers = s->offers || ml_str_ieq(name, ML_STR("STARTTLS"));
	if (ml_str_ieq(name, ML_STR("SASL")) && ml_starttls_plain_mechanism(unquoted(rest)))
		ml_starttls_takes_login(s, line);
}

static void sieve_line(struct ml_starttls *s, struct ml_str line, struct ml_buf *out)
{
	struct ml_str rest;
	bool good = begins(line, "OK", &rest);

	if (s->step == GREETING && ml_str_starts(line, ML_STR("\"")))
		sieve_capability(s, line);
	else if (s->step == GREETING && good && s->lines > 1)
		ml_starttls_change(s, out, ML_STR("STARTTLS\r\n"), CHANGE);
	else if (s->step == CHANGE && (good || begins(line, "NO", &rest)))
		ready_or(s, good, line);
	else
		ml_starttls_stop(s, begins(line, "BYE", &rest) || begins(line, "NO", &rest) ? ML_STARTTLS_AWAY : ML_STARTTLS_BROKEN, line);
}

const struct ml_starttls_ops ml_starttls_sieve = {.line = sieve_line};

/* ---- IRC ---- */

static void irc_begin(struct ml_starttls *s, struct ml_buf *out)
{
	ml_starttls_say(s, out, ML_STR("CAP LS 302\r\n"), CAPABILITIES);
}

/* ":server CAP * LS * :words", with a second '*' where further lines come. */
static void irc_capabilities(struct ml_starttls *s, struct ml_str rest, struct ml_str line, struct ml_buf *out)
{
	size_t colon = ml_str_chr(rest, ':');
	struct ml_str words = ml_str_sub(rest, colon == ML_NPOS ? rest.len : colon + 1, rest.len), word;
	bool more = ml_starttls_has_word(ml_str_sub(rest, 0, colon), "*");

	s->offers = s->offers || ml_starttls_has_word(words, "tls");
	while (ml_starttls_word(&words, &word))
		if (ml_str_istarts(word, ML_STR("sasl=")) && ml_str_has(word, "PLAIN"))
			ml_starttls_takes_login(s, line);
	if (!more)
		ml_starttls_change(s, out, ML_STR("STARTTLS\r\n"), CHANGE);
}

/* Three digits, or one of the words that may come before anybody is known. */
static bool irc_command(struct ml_str command)
{
	static const char *const words[] = {"CAP", "NOTICE", "PING"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (ml_str_is(command, words[i]))
			return true;
	return ml_str_glob(ML_STR("???"), command) && command.ptr[0] >= '0' && command.ptr[0] <= '9';
}

static void irc_answer(struct ml_starttls *s, struct ml_str command, struct ml_str rest, struct ml_str line, struct ml_buf *out)
{
	struct ml_str who, verb;

	if (ml_str_is(command, "ERROR"))
		ml_starttls_stop(s, ML_STARTTLS_AWAY, line);
	else if (s->step == CAPABILITIES && ml_str_is(command, "CAP") && ml_starttls_word(&rest, &who) && ml_starttls_word(&rest, &verb))
		irc_capabilities(s, rest, line, out);
	else if (s->step == CAPABILITIES && (ml_str_is(command, "421") || ml_str_is(command, "451"))) /* it knows no CAP */
		ml_starttls_say(s, out, ML_STR("STARTTLS\r\n"), CHANGE);
	else if (s->step == CHANGE && ml_str_is(command, "670"))
		ml_starttls_stop(s, ML_STARTTLS_READY, ML_STR_NONE);
	else if (s->step == CHANGE && (ml_str_is(command, "691") || ml_str_is(command, "421") || ml_str_is(command, "451")))
		ml_starttls_stop(s, ML_STARTTLS_REFUSED, line);
	else if (!irc_command(command))
		ml_starttls_stop(s, ML_STARTTLS_BROKEN, line);
}

static void irc_line(struct ml_starttls *s, struct ml_str line, struct ml_buf *out)
{
	struct ml_str rest = line, command;

	greet(s, line);
	if (!ml_starttls_word(&rest, &command) || (command.ptr[0] == ':' && !ml_starttls_word(&rest, &command)))
		ml_starttls_stop(s, ML_STARTTLS_BROKEN, line);
	else
		irc_answer(s, command, rest, line, out);
}

const struct ml_starttls_ops ml_starttls_irc = {.begin = irc_begin, .line = irc_line};

/* ---- Redis ---- */

static void redis_begin(struct ml_starttls *s, struct ml_buf *out)
{
	ml_starttls_say(s, out, ML_STR("PING\r\n"), CAPABILITIES);
}

/* RESP: a state, or an error such as NOAUTH. Either way it speaks in the clear. */
static void redis_line(struct ml_starttls *s, struct ml_str line, struct ml_buf *out)
{
	bool resp = ml_str_is(line, "+PONG") || (ml_str_starts(line, ML_STR("-")) && line.len > 1);

	ml_starttls_stop(s, resp ? ML_STARTTLS_REFUSED : ML_STARTTLS_BROKEN, line);
}

const struct ml_starttls_ops ml_starttls_redis = {.begin = redis_begin, .line = redis_line};
