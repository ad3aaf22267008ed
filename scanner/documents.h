/* SPDX-License-Identifier: Apache-2.0 */
/* What the workers gave, a document a target, on its way to the reporter: bytes that nobody has parsed yet. */
#ifndef ML_SCANNER_DOCUMENTS_H
#define ML_SCANNER_DOCUMENTS_H

#include "base/buf.h"
#include "base/error.h"

/* One target's. Strings live in the arena of the documents. */
struct ml_document {
	struct ml_str uri, kind; /* of the target; kind "" when it was never found out */
	struct ml_str findings;  /* a findings document; ptr NULL when there is none, then `lost` says why */
	struct ml_str lost;
	struct ml_str sandbox;   /* the attestation as JSON; "" when the document brings its own */
};

struct ml_documents {
	struct ml_arena *arena;
	struct ml_document *items;
	size_t n, cap;
};

/* Keeps one (its strings are copied). ML_ENOMEM. */
int ml_documents_add(struct ml_documents *documents, struct ml_document document);

/* Between merlon-config and merlon: all documents as one string of bytes, and back. A length that leads out of `bytes` is ML_EPROTO. */
void ml_documents_pack(const struct ml_documents *documents, struct ml_buf *out);
/* Packs them to a descriptor. 0; ML_ELIMIT, ML_ENOMEM, ML_EIO. */
int ml_documents_hand_on(const struct ml_documents *documents, int fd, struct ml_error *err);
int ml_documents_unpack(struct ml_documents *documents, struct ml_str bytes);

#endif
