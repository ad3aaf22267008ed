/* SPDX-License-Identifier: Apache-2.0 */
/* The schema of what a server says before TLS. */
#include "facts/tls-starttls.h"

#include "facts/schema-priv.h"

VOCAB(ml_tf_starttls_vocab, "protocol before TLS", "none", "postgres", "mysql", "smtp", "lmtp", "imap", "pop3", "ftp", "ldap", "xmpp", "xmpp-server", "nntp",
	"sieve", "irc", "redis");
WORD_TYPE(protocol, ml_tf_starttls_vocab);

static const struct ml_field fields[] = {
	[ML_TF_STLS_PROTOCOL] = {"protocol", &protocol, "what was spoken before TLS; `none` where TLS was spoken at once", WORD("none")},
	[ML_TF_STLS_OFFERED] = {"offered", &ml_type_bool, "the server changes to TLS when asked; absent where the protocol has no such change", .flags = ML_F_OPTIONAL},
	[ML_TF_STLS_REFUSAL] = {"refusal", &ml_type_string, "its words when it does not", EMPTY},
	[ML_TF_STLS_GREETING] = {"greeting", &ml_type_string, "its first line in the clear; of MySQL and MariaDB the version", EMPTY},
	[ML_TF_STLS_SOFTWARE] = {"software", &ml_type_string, "the program and its version, where the greeting names them", .flags = ML_F_OPTIONAL},
	[ML_TF_STLS_PLAIN_LOGIN] = {"plain_login", &ml_type_bool, "passwords are taken before TLS; absent where the protocol does not show it", .flags = ML_F_OPTIONAL},
	[ML_TF_STLS_LOGIN] = {"login", &ml_type_string, "the line that shows it", EMPTY},
	[ML_TF_STLS_REQUIRED] = {"required", &ml_type_bool, "the server says that it goes on with TLS only (XMPP)", .flags = ML_F_OPTIONAL},
	[ML_TF_STLS_INJECTED] = {"injected", &ml_type_string, "what came in the clear behind its go-ahead, where TLS begins", EMPTY},
};
RECORD(ml_tf_starttls_type, "tls_starttls", fields, ML_TF_STLS_SLOTS);
