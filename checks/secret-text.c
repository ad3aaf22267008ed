/* SPDX-License-Identifier: Apache-2.0 */
/* Free text: names with their values, and the arguments in which known programs take secrets. */
#include "checks/secrets-priv.h"

#include "checks/reader.h"

enum { MAX_NAME = 64, MAX_PAIRS = 16, MAX_DEFAULT = 4096 };

/* How a program's option carries a secret. */
enum carrier { SEPARATE = 1, ATTACHED = 2, AFTER_COLON = 4 };

static const struct {
	const char *program, *option;
	unsigned carrier;
} arguments[] = {
	{"curl", "-u", SEPARATE | ATTACHED | AFTER_COLON},
	{"curl", "--user", SEPARATE | AFTER_COLON},
	{"curl", "-U", SEPARATE | ATTACHED | AFTER_COLON},
	{"curl", "--proxy-user", SEPARATE | AFTER_COLON}, {"curl", "--pass", SEPARATE},
	{"mysql", "-p", ATTACHED}, {"mysqladmin", "-p", ATTACHED}, {"mysqldump", "-p", ATTACHED},
	{"mariadb", "-p", ATTACHED}, {"mariadb-admin", "-p", ATTACHED},
	{"mariadb-dump", "-p", ATTACHED}, {"sshpass", "-p", SEPARATE | ATTACHED},
	{"redis-cli", "-a", SEPARATE}, {"redis-cli", "--pass", SEPARATE},
	{"redis-server", "--requirepass", SEPARATE}, {"mongo", "-p", SEPARATE},
	{"mongosh", "-p", SEPARATE}, {"mongodump", "-p", SEPARATE},
	{"login", "-p", SEPARATE}, /* docker login, podman login, az login */
	{"skopeo", "--creds", SEPARATE | AFTER_COLON},
	{"skopeo", "--src-creds", SEPARATE | AFTER_COLON},
	{"skopeo", "--dest-creds", SEPARATE | AFTER_COLON}, {"ldapsearch", "-w", SEPARATE},
	{"ldapadd", "-w", SEPARATE}, {"ldapmodify", "-w", SEPARATE}, {"zip", "-P", SEPARATE},
	{"unzip", "-P", SEPARATE}, {"openssl", "-k", SEPARATE}, {"kinit", "--password", SEPARATE},
	{"useradd", "-p", SEPARATE}, {"usermod", "-p", SEPARATE},
	{"htpasswd", "-b", 0}, /* see htpasswd_word */
};

struct scan {
	struct ml_secret_list *list;
	struct ml_str text;
	struct ml_str program; /* the latest word that is a program of `arguments` */
	struct ml_str before,
		earlier; /* the word before the current one, and the one before that */
	struct ml_span
		argument; /* the latest word of this command that is no option, in quotes or not */
	bool prints;      /* this command is echo or printf */
	struct ml_span piped; /* that word of the echo whose output this one reads */
	int operands; /* of an htpasswd that takes its password as one: how many stood; -1: none of
			 it */
	bool to_output; /* … and prints, so that no file is named */
	struct ml_span
		colon; /* what stands behind the ':' of the latest word with one, on this line */
	bool pairs;    /* behind "chpasswd <<": lines of user:password follow */
	bool login;    /* "login" stood on this line or one before it: a netrc */
	bool line_start;
};

static bool is_break(int c)
{
	return c == '\n' || c == ';' || c == '|' || c == '&';
}

static bool in_token(int c)
{
	return c > ' ' && !is_break(c) && c != '"' && c != '\'' && c != '`' && c != '(' &&
	       c != ')' && c != '<' && c != '>';
}

static size_t token_end(struct ml_str text, size_t at)
{
	while (in_token(ml_secret_at(text, at)))
		at++;
	return at;
}

/* The value that begins at `at`: in quotes, else to the end of the token. Empty for "$(…)" and
 * backquotes. */
static struct ml_span value_at(struct ml_str text, size_t at)
{
	int quote = ml_secret_at(text, at);
	size_t end;

	if (quote == '`' || (quote == '$' && ml_secret_at(text, at + 1) == '('))
		return (struct ml_span){(uint32_t)at, (uint32_t)at};
	if (quote != '"' && quote != '\'')
		return (struct ml_span){(uint32_t)at, (uint32_t)token_end(text, at)};
	for (end = at + 1; end < text.len && text.ptr[end] != quote && text.ptr[end] != '\n'; end++)
		end += text.ptr[end] == '\\' && end + 1 < text.len;
	return (struct ml_span){(uint32_t)at + 1, (uint32_t)(end < text.len ? end : text.len)};
}

static void add_value(struct scan *s, struct ml_str name, struct ml_span at)
{
	struct ml_str value = ml_str_sub(s->text, at.from, at.to);
	enum ml_secret_kind kind = ML_SECRET_NONE;
	const char *reason = NULL;
	enum ml_secret_trust trust = ml_secret_judge_key(name, &kind, &reason);
	struct ml_span span;
	bool weak;

	if (trust == ML_SECRET_NO || !ml_secret_judge_value(value, trust, kind, &span, &weak))
		return;
	if (ml_str_starts(value, ML_STR("id=")) || ml_str_starts(value, ML_STR("type=")) ||
		ml_str_starts(value, ML_STR("src=")))
		return; /* docker build --secret id=… */
	if (ml_str_is(name, "secrets") && value.ptr[0] == '[')
		return; /* Compose's list of their names, in a file that could not be read */
	span = (struct ml_span){at.from + span.from, at.from + span.to};
	ml_secret_add(s->list, (struct ml_secret_hit){span, kind, reason, weak});
}

/* The value that an argument of a program carries, whatever the option is called. */
static void add_argument(struct scan *s, struct ml_span at, bool after_colon)
{
	struct ml_str value = ml_str_sub(s->text, at.from, at.to);
	size_t colon = after_colon ? ml_str_chr(value, ':') : 0;
	struct ml_span span;
	bool weak;

	if (colon == ML_NPOS)
		return;
	at.from += (uint32_t)(after_colon ? colon + 1 : 0);
	value = ml_str_sub(s->text, at.from, at.to);
	if (!ml_secret_judge_value(value, ML_SECRET_YES, ML_SECRET_PASSWORD, &span, &weak))
		return;
	span = (struct ml_span){at.from + span.from, at.from + span.to};
	ml_secret_add(s->list, (struct ml_secret_hit){span, ML_SECRET_PASSWORD,
				       "a password among a program's arguments", weak});
}

/* ${PASSWORD:-default} and ${PASSWORD:+other}, which begins at `at`: what stands behind the
 * operator. */
static void add_default(struct scan *s, size_t at)
{
	size_t from = at + 2, name = from, end;
	bool other;

	while (ml_secret_alnum(ml_secret_at(s->text, from)) || ml_secret_at(s->text, from) == '_')
		from++;
	end = from;
	from += ml_secret_at(s->text, from) == ':';
	if (ml_secret_at(s->text, from) != '-' && ml_secret_at(s->text, from) != '+' &&
		ml_secret_at(s->text, from) != '=')
		return;
	other = s->text.ptr[from++] == '+';
	if (end - name > MAX_NAME)
		return;
	for (name = at + 2, at = from; at < s->text.len && at < from + MAX_DEFAULT; at++)
		if (s->text.ptr[at] == '}' || s->text.ptr[at] == '\n')
			break;
	if (!other || ml_secret_can_be_alternative(ml_str_sub(s->text, from, at)))
		add_value(s, ml_str_sub(s->text, name, end),
			(struct ml_span){(uint32_t)from, (uint32_t)at});
}

static struct ml_str name_before(struct ml_str token, size_t end)
{
	size_t from = end;

	while (from > 0 && end - from < MAX_NAME &&
		ml_secret_name_byte((unsigned char)token.ptr[from - 1]))
		from--;
	while (from < end && token.ptr[from] == '-')
		from++;
	return ml_str_sub(token, from, end);
}

/* Each `name=value` of the token (of a long one the first few) that begins at `at`; a quoted value
 * follows it. */
static void pairs_in(struct scan *s, struct ml_str token, size_t at)
{
	size_t pairs = 0;

	for (size_t i = 1; i < token.len && pairs < MAX_PAIRS; i++) {
		struct ml_str name = token.ptr[i] == '=' ? name_before(token, i) : ML_STR_NONE;
		pairs += token.ptr[i] == '=';
		if (name.len >= 2)
			add_value(s, name, value_at(s->text, at + i + 1));
	}
}

static size_t skip_blanks(struct ml_str text, size_t at)
{
	while (ml_secret_at(text, at) == ' ' || ml_secret_at(text, at) == '\t')
		at++;
	return at;
}

/* "Authorization: Bearer …" (RFC 9110 11.6.2). */
static void add_authorization(struct scan *s, size_t at)
{
	struct ml_span span = value_at(s->text, at);
	struct ml_str word = ml_str_sub(s->text, span.from, span.to);

	if (ml_secret_scheme(ml_str_sub(s->text, span.from, span.to + 1))) {
		span = value_at(s->text, skip_blanks(s->text, span.to));
		word = ml_str_sub(s->text, span.from, span.to);
	}
	if (word.len >= 8 && !ml_secret_is_reference(word))
		ml_secret_add(s->list,
			(struct ml_secret_hit){span, ML_SECRET_CREDENTIAL,
				"an Authorization header", ml_secret_is_placeholder(word)});
}

static bool is_plain_word(struct ml_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ml_secret_lower(s.ptr[i]))
			return false;
	return true;
}

/* `name: value`; in the middle of a line prose is more likely than a pair, so a plain word is none
 * there. */
static void add_colon(struct scan *s, struct ml_str name, size_t at, bool line_start)
{
	struct ml_span span;

	at = skip_blanks(s->text, at);
	if (ml_str_ieq(name, ML_STR("authorization")) ||
		ml_str_ieq(name, ML_STR("proxy-authorization"))) {
		add_authorization(s, at);
		return;
	}
	span = value_at(s->text, at);
	if (line_start || !is_plain_word(ml_str_sub(s->text, span.from, span.to)))
		add_value(s, name, span);
}

static void program_argument(struct scan *s, struct ml_str token, size_t at, size_t end)
{
	for (size_t i = 0; i < sizeof(arguments) / sizeof(arguments[0]); i++) {
		struct ml_str option = ml_str(arguments[i].option);
		bool colon = arguments[i].carrier & AFTER_COLON;
		if (!ml_str_is(s->program, arguments[i].program) || !ml_str_starts(token, option))
			continue;
		if (token.len > option.len && (arguments[i].carrier & ATTACHED))
			add_argument(s,
				(struct ml_span){(uint32_t)(at + option.len), (uint32_t)end},
				colon);
		else if (token.len == option.len && (arguments[i].carrier & SEPARATE))
			add_argument(s, value_at(s->text, skip_blanks(s->text, end)), colon);
		else if (token.len == option.len && (arguments[i].carrier & ATTACHED) &&
			 end < s->text.len && (s->text.ptr[end] == '"' || s->text.ptr[end] == '\''))
			add_argument(s, value_at(s->text, end), colon);
	}
}

static bool is_program(struct ml_str word)
{
	for (size_t i = 0; i < sizeof(arguments) / sizeof(arguments[0]); i++)
		if (ml_str_is(word, arguments[i].program))
			return true;
	return false;
}

/* echo password | passwd --stdin, and who else reads one so: docker login, sudo. */
static bool reads_password(const struct scan *s, struct ml_str token)
{
	struct ml_str name = ml_path_base(token);

	if (ml_str_is(token, "--password-stdin") || ml_str_is(token, "-S"))
		return ml_str_is(token, "--password-stdin") || ml_str_is(s->before, "sudo");
	if (s->before.len && !ml_str_is(s->before, "sudo"))
		return false; /* /etc/passwd among the arguments */
	return ml_str_is(name, "passwd") || ml_str_is(name, "smbpasswd");
}

/* htpasswd -b[options] [FILE] USER PASSWORD (httpd's manual). */
static void htpasswd_word(struct scan *s, struct ml_str token, struct ml_span at)
{
	if (ml_str_is(ml_path_base(token), "htpasswd")) {
		s->operands = -1;
		s->to_output = false;
	} else if (token.ptr[0] == '-' && ml_str_is(s->program, "htpasswd")) {
		s->operands = ml_str_chr(token, 'b') != ML_NPOS ? 0 : s->operands;
		s->to_output = s->to_output || ml_str_chr(token, 'n') != ML_NPOS;
	} else if (ml_str_is(s->program, "htpasswd") && s->operands >= 0 &&
		   !ml_str_is(s->before, "-C") && !ml_str_is(s->before, "-r") &&
		   !(s->before.len && s->before.ptr[0] == '-' &&
			   s->before.ptr[s->before.len - 1] == 'C')) {
		if (++s->operands == (s->to_output ? 2 : 3))
			add_argument(s, at, false);
	}
}

/* What a whole argument is, its quotes left out. */
static void see_argument(struct scan *s, struct ml_str token, size_t at, bool quoted)
{
	struct ml_span span = value_at(s->text, quoted ? at - 1 : at);

	if (at < s->argument.to) /* a further word of one in quotes */
		return;
	htpasswd_word(s, token, span);
	if (reads_password(s, token) && s->piped.to > s->piped.from)
		add_argument(s, s->piped, false);
	if (!s->prints && (ml_str_is(ml_path_base(token), "echo") ||
				  ml_str_is(ml_path_base(token), "printf")))
		s->prints = true;
	else if (token.ptr[0] != '-')
		s->argument = span;
}

/* chpasswd <<EOF, chpasswd <<< "user:password" */
static void fed_pair(struct scan *s, struct ml_str token, size_t at, size_t end)
{
	struct ml_str line = ml_str_sub(s->text, end, end + MAX_NAME);
	size_t colon = ml_str_chr(token, ':');

	line = ml_str_sub(line, 0, ml_str_chr(line, '\n'));
	if (ml_str_is(ml_path_base(token), "chpasswd"))
		s->pairs = ml_str_has(line, "<<");
	else if (s->pairs && colon != ML_NPOS && !ml_str_has(token, "://"))
		add_argument(s, (struct ml_span){(uint32_t)at, (uint32_t)end}, true);
	else if (s->line_start)
		s->pairs = false;
}

/* echo "user:password" | chpasswd; openssl -passin pass:… */
static void special_words(struct scan *s, struct ml_str token, size_t at, size_t end)
{
	if (ml_str_is(ml_path_base(token), "chpasswd") && s->colon.to > s->colon.from)
		add_argument(s, s->colon, false);
	if (ml_str_starts(token, ML_STR("pass:")))
		add_argument(s, (struct ml_span){(uint32_t)at, (uint32_t)end}, true);
	size_t colon = ml_str_chr(token, ':');
	if (colon != ML_NPOS)
		s->colon = (struct ml_span){(uint32_t)(at + colon + 1), (uint32_t)end};
}

/* ALTER USER … PASSWORD '…' (PostgreSQL), IDENTIFIED BY '…' (MySQL, MariaDB, Oracle), "login …
 * password …" of a netrc. */
static bool is_statement(const struct scan *s, bool quoted)
{
	if (s->login && ml_str_is(s->before, "password"))
		return true;
	return quoted && (ml_str_ieq(s->before, ML_STR("password")) ||
				 (ml_str_ieq(s->before, ML_STR("by")) &&
					 ml_str_ieq(s->earlier, ML_STR("identified"))));
}

static void see_token(struct scan *s, size_t at, size_t end)
{
	struct ml_str token = ml_str_sub(s->text, at, end);
	bool quoted_before = at >= 1 && (s->text.ptr[at - 1] == '"' || s->text.ptr[at - 1] == '\'');

	if (token.ptr[0] == ':' && quoted_before && s->before.len) {
		if (token.len == 1)
			add_colon(s, s->before, end, true);
	} else if (token.len > 2 && token.ptr[token.len - 1] == ':') {
		add_colon(s, name_before(token, token.len - 1), end, s->line_start);
	} else if (ml_str_chr(token, '=') != ML_NPOS) {
		pairs_in(s, token, at);
	} else if (ml_str_starts(token, ML_STR("--")) || ml_str_is(s->before, "set")) {
		size_t value =
			skip_blanks(s->text, end + (ml_str_is(s->before, "set") && quoted_before));
		if (value > end && ml_secret_at(s->text, value) != '-')
			add_value(s, name_before(token, token.len), value_at(s->text, value));
	}
	if (token.ptr[0] != ':' && is_statement(s, quoted_before))
		add_argument(s, value_at(s->text, at), false);
	s->login = s->login || ml_str_is(token, "login");
	program_argument(s, token, at, end);
	special_words(s, token, at, end);
	fed_pair(s, token, at, end);
	see_argument(s, token, at, quoted_before);
	if (is_program(ml_path_base(token)))
		s->program = ml_path_base(token);
	s->earlier = s->before;
	s->before = token;
}

static void defaults_in(struct scan *s, size_t at, size_t end)
{
	for (size_t i = at; i + 1 < end; i++)
		if (s->text.ptr[i] == '$' && s->text.ptr[i + 1] == '{')
			add_default(s, i);
}

void ml_secret_find_pairs(struct ml_secret_list *list, struct ml_str text)
{
	struct scan s = {.list = list, .text = text, .line_start = true, .operands = -1};

	for (size_t i = 0; i < text.len;) {
		size_t end = token_end(text, i);
		int c = (unsigned char)text.ptr[i];
		if (end > i) {
			defaults_in(&s, i, end);
			see_token(&s, i, end);
			s.line_start = s.line_start &&
				       (ml_str_is(s.before, "{") || ml_str_is(s.before, "-"));
			i = end;
			continue;
		}
		if (is_break(c)) {
			s.program = s.before = s.earlier = ML_STR_NONE;
			s.piped = c == '|' && s.prints ? s.argument : (struct ml_span){0, 0};
			s.prints = false;
			s.argument = (struct ml_span){0, 0};
			s.operands = -1;
		}
		if (c == '\n') {
			s.colon = (struct ml_span){0, 0};
			s.line_start = true;
		}
		i++;
	}
}
