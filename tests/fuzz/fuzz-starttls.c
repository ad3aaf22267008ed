/* SPDX-License-Identifier: Apache-2.0 */
/* What a server says before TLS. The first byte says in which protocol; read whole and byte by byte it must be the same, and it must end. */
#include <stdlib.h>

#include "checks/tls/starttls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be(bool that)
{
	if (!that)
		abort();
}

static void same_text(const struct ml_starttls_text *a, const struct ml_starttls_text *b)
{
	must_be(ml_str_eq(ml_starttls_get(a), ml_starttls_get(b)));
}

static void same(const struct ml_starttls_seen *a, const struct ml_starttls_seen *b)
{
	must_be(a->progress == b->progress && a->plain_login == b->plain_login && a->required == b->required);
	same_text(&a->greeting, &b->greeting);
	same_text(&a->words, &b->words);
	same_text(&a->login, &b->login);
	same_text(&a->injected, &b->injected);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum ml_starttls_protocol protocol;
	struct ml_str bytes;
	struct ml_starttls whole, single;
	ML_BUF_AUTO said = {0};
	ML_BUF_AUTO said_too = {0};

	if (size == 0)
		return 0;
	protocol = (enum ml_starttls_protocol)(data[0] % ML_STARTTLS_PROTOCOLS);
	bytes = (struct ml_str){(const char *)data + 1, size - 1};
	ml_buf_init(&said, 4096);
	ml_buf_init(&said_too, 4096);
	ml_starttls_begin(&whole, protocol, ML_STR("example.org"), &said);
	ml_starttls_begin(&single, protocol, ML_STR("example.org"), &said_too);
	ml_starttls_feed(&whole, bytes, &said);
	for (size_t i = 0; i < bytes.len; i++)
		ml_starttls_feed(&single, ml_str_sub(bytes, i, i + 1), &said_too);
	must_be(whole.bytes <= ML_STARTTLS_BYTES + 1 && whole.lines <= ML_STARTTLS_LINES + 1);
	must_be(ml_starttls_end(&whole) == ml_starttls_end(&single) && whole.seen.progress != ML_STARTTLS_MORE);
	must_be(said.error == 0 && ml_str_eq(ml_buf_get(&said), ml_buf_get(&said_too)));
	same(&whole.seen, &single.seen);
	return 0;
}
