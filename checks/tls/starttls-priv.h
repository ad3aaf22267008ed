/* SPDX-License-Identifier: Apache-2.0 */
/* What the protocols of STARTTLS share: how they read and say, and how they end. */
#ifndef ML_CHECKS_TLS_STARTTLS_PRIV_H
#define ML_CHECKS_TLS_STARTTLS_PRIV_H

#include "checks/tls/starttls.h"

/* One protocol. `line` gets whole lines without their ends; protocols of bytes have `byte` instead, called when another has been added to pending. Each may end
 * the preamble. */
struct ml_starttls_ops {
	void (*begin)(struct ml_starttls *s, struct ml_buf *out); /* NULL: the server speaks first */
	void (*line)(struct ml_starttls *s, struct ml_str line, struct ml_buf *out);
	void (*byte)(struct ml_starttls *s, struct ml_buf *out);
};
extern const struct ml_starttls_ops ml_starttls_postgres, ml_starttls_mysql, ml_starttls_smtp, ml_starttls_lmtp, ml_starttls_imap, ml_starttls_pop3, ml_starttls_ftp,
	ml_starttls_ldap, ml_starttls_xmpp, ml_starttls_xmpp_server, ml_starttls_nntp, ml_starttls_sieve, ml_starttls_irc, ml_starttls_redis;

/* Says a line or message, and goes on to `step`. */
void ml_starttls_say(struct ml_starttls *s, struct ml_buf *out, struct ml_str words, uint8_t step);
/* Ends with the server's words, "" where it has none. */
void ml_starttls_stop(struct ml_starttls *s, enum ml_starttls_progress progress, struct ml_str words);
/* The end of capabilities: what was not among them is not there. Says `command` and goes on to `step`, or is refused. */
void ml_starttls_change(struct ml_starttls *s, struct ml_buf *out, struct ml_str command, uint8_t step);
/* A line shows that a password can be sent in the clear; the first is kept. */
void ml_starttls_takes_login(struct ml_starttls *s, struct ml_str line);
/* Keeps a text, cut. */
void ml_starttls_keep(struct ml_starttls_text *text, struct ml_str bytes);

/* Cuts the next word off, between blanks. False: there is none. */
bool ml_starttls_word(struct ml_str *rest, struct ml_str *word);
/* Whether a word is among them, whatever its case. */
bool ml_starttls_has_word(struct ml_str words, const char *word);
/* PLAIN or LOGIN among the mechanisms of SASL: passwords as they are. */
bool ml_starttls_plain_mechanism(struct ml_str words);

#endif
