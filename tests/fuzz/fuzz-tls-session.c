/* SPDX-License-Identifier: Apache-2.0 */
/* What a server says in a session. An even first byte: messages as libssl decrypts them, each with
 * its record type and a length of two bytes before it, read by our own code, at once and again,
 * with the same result. An odd one: bytes on the wire, in pieces, to a whole talk. */
#include <stdlib.h>

#include "checks/tls/session-priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ARENA_BYTES ((size_t)16 << 20)

static void must_be(bool that)
{
	if (!that)
		abort();
}

static void read_messages(struct ml_tls_session *session, struct ml_str bytes)
{
	while (bytes.len >= 3 && !session->spent) {
		size_t n = (size_t)(unsigned char)bytes.ptr[1] << 8 | (unsigned char)bytes.ptr[2];
		ml_tls_session_read(
			session, (unsigned char)bytes.ptr[0], ml_str_sub(bytes, 3, 3 + n));
		bytes = ml_str_sub(bytes, 3 + n, bytes.len);
	}
}

/* So that reading every byte is not optimised away. */
static volatile unsigned touched;

static void look_at(const struct ml_tls_seen *seen)
{
	must_be(seen->ncertificates <= ML_TLS_SESSION_CERTIFICATES);
	for (size_t i = 0; i < seen->ncertificates; i++)
		for (size_t k = 0; k < seen->certificates[i].len; k++)
			touched += (unsigned char)seen->certificates[i].ptr[k];
	for (size_t k = 0; k < seen->staple.len; k++)
		touched += (unsigned char)seen->staple.ptr[k];
	for (size_t k = 0; k < seen->scts.len; k++)
		touched += (unsigned char)seen->scts.ptr[k];
}

static void messages(struct ml_str bytes, uint16_t version)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	struct ml_tls_session_wish wish = {.version = version};
	struct ml_tls_session one, two;

	ml_tls_session_init(&one, NULL, arena, &wish);
	ml_tls_session_init(&two, NULL, arena, &wish);
	read_messages(&one, bytes);
	read_messages(&two, bytes);
	look_at(&one.seen);
	must_be(one.seen.ncertificates == two.seen.ncertificates &&
		one.seen.ntickets == two.seen.ntickets && one.seen.scheme == two.seen.scheme);
	must_be(ml_str_eq(one.seen.staple, two.seen.staple) &&
		ml_str_eq(one.seen.scts, two.seen.scts) && one.messages == two.messages);
}

static void wire(struct ml_str bytes, uint16_t version)
{
	static struct ml_tls_library *library;
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	struct ml_tls_session_wish wish = {
		.version = version, .request = ML_STR("GET"), .goodbye = true};
	struct ml_tls_session session;
	struct ml_talk *talk;
	ML_BUF_AUTO out;
	bool more;

	library = library ? library : ml_tls_library_new();
	must_be(library != NULL);
	ml_buf_init(&out, 1 << 20);
	talk = ml_tls_session_init(&session, library, arena, &wish);
	more = talk->ops->start(talk, &out);
	for (size_t n; more && bytes.len; bytes = ml_str_sub(bytes, n, bytes.len)) {
		n = 1 + (unsigned char)bytes.ptr[0] % 64;
		more = talk->ops->feed(talk, ml_str_sub(bytes, 0, n), &out);
	}
	talk->ops->ended(talk, more ? ML_TALK_CLOSED : ML_TALK_DONE);
	look_at(&session.seen);
	must_be(!session.ssl && !session.text.ptr);
	ml_tls_session_free(&session);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ml_str bytes = {(const char *)data + 1, size ? size - 1 : 0};
	uint16_t version = size && data[0] & 2 ? ML_TLS_1_3 : ML_TLS_1_2;

	if (size == 0)
		return 0;
	if (data[0] & 1)
		wire(bytes, version);
	else
		messages(bytes, version);
	return 0;
}
