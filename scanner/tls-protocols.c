/* SPDX-License-Identifier: Apache-2.0 */
/* Names and ports of the protocols that change to TLS. */
#include "scanner/tls-protocols.h"

enum { NAME_BYTES = 40 };

/* IANA's registry of ports; 6667 is IRC's by custom, 6379 Redis' own. */
static const struct {
	const char *name;
	enum ml_starttls_protocol protocol;
	uint16_t port;
} rows[] = {
	{"postgres", ML_STARTTLS_POSTGRES, 5432}, {"postgresql", ML_STARTTLS_POSTGRES, 5432}, {"mysql", ML_STARTTLS_MYSQL, 3306},
	{"mariadb", ML_STARTTLS_MYSQL, 3306}, {"smtp", ML_STARTTLS_SMTP, 25}, {"submission", ML_STARTTLS_SMTP, 587}, {"lmtp", ML_STARTTLS_LMTP, 24},
	{"imap", ML_STARTTLS_IMAP, 143}, {"pop3", ML_STARTTLS_POP3, 110}, {"ftp", ML_STARTTLS_FTP, 21}, {"ldap", ML_STARTTLS_LDAP, 389},
	{"xmpp", ML_STARTTLS_XMPP, 5222}, {"xmpp-server", ML_STARTTLS_XMPP_SERVER, 5269}, {"nntp", ML_STARTTLS_NNTP, 119},
	{"sieve", ML_STARTTLS_SIEVE, 4190}, {"irc", ML_STARTTLS_IRC, 6667}, {"redis", ML_STARTTLS_REDIS, 6379},
};

enum { NROWS = sizeof(rows) / sizeof(rows[0]) };

int ml_protocol_read(struct ml_str name, enum ml_starttls_protocol *out, uint16_t *port, struct ml_error *err)
{
	const char *names[NROWS], *near;
	ML_BUF_AUTO list;

	ml_buf_init(&list, 1024);
	for (size_t i = 0; i < NROWS; i++) {
		if (ml_str_is(name, rows[i].name)) {
			*out = rows[i].protocol;
			*port = rows[i].port;
			return 0;
		}
		names[i] = rows[i].name;
		ml_buf_printf(&list, "%s%s", i == 0 ? "" : i + 1 == NROWS ? " or " : ", ", rows[i].name);
	}
	near = ml_str_nearest(name, names, NROWS);
	return ml_fail(err, ML_EINVAL, "got protocol \"%.*s\", want %.*s%s%s%s", ML_STR_ARG(ml_str_sub(name, 0, NAME_BYTES)), ML_STR_ARG(ml_buf_get(&list)),
		near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

bool ml_endpoint_uri(struct ml_str word)
{
	return ml_str_starts(word, ML_STR("tls://")) || (ml_str_starts(word, ML_STR("tls+")) && ml_str_has(word, "://"));
}
