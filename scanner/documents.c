/* SPDX-License-Identifier: Apache-2.0 */
/* Documents in a list, packed and unpacked. */
#include "scanner/documents.h"

#include "scanner/files.h"

#define PACK_BYTES ((size_t)1 << 30)

enum { FIELDS = 5 };

static void fields_of(struct ml_document *document, struct ml_str *fields[FIELDS])
{
	fields[0] = &document->uri;
	fields[1] = &document->kind;
	fields[2] = &document->findings;
	fields[3] = &document->lost;
	fields[4] = &document->sandbox;
}

static int append(struct ml_documents *documents, struct ml_document document)
{
	if (ml_alloc_grow(documents->arena, &documents->items, &documents->cap, documents->n + 1, sizeof(*documents->items)))
		return ML_ENOMEM;
	documents->items[documents->n++] = document;
	return 0;
}

int ml_documents_add(struct ml_documents *documents, struct ml_document document)
{
	struct ml_str *fields[FIELDS];

	fields_of(&document, fields);
	for (int i = 0; i < FIELDS; i++) {
		if (!fields[i]->ptr)
			continue;
		*fields[i] = ml_str_dup(documents->arena, *fields[i]);
		if (!fields[i]->ptr)
			return ML_ENOMEM;
	}
	return append(documents, document);
}

/* A length of UINT64_MAX stands for what is not there. */
static void pack_field(struct ml_buf *out, struct ml_str field)
{
	uint64_t len = field.ptr ? field.len : UINT64_MAX;

	ml_buf_add(out, &len, sizeof(len));
	if (field.ptr)
		ml_buf_str(out, field);
}

void ml_documents_pack(const struct ml_documents *documents, struct ml_buf *out)
{
	for (size_t i = 0; i < documents->n; i++) {
		struct ml_document document = documents->items[i];
		struct ml_str *fields[FIELDS];
		fields_of(&document, fields);
		for (int f = 0; f < FIELDS; f++)
			pack_field(out, *fields[f]);
	}
}

static int unpack_field(struct ml_str *rest, struct ml_str *field)
{
	uint64_t len;

	if (rest->len < sizeof(len))
		return ML_EPROTO;
	memcpy(&len, rest->ptr, sizeof(len));
	*rest = ml_str_sub(*rest, sizeof(len), rest->len);
	if (len == UINT64_MAX)
		return 0;
	if (len > rest->len)
		return ML_EPROTO;
	*field = ml_str_sub(*rest, 0, (size_t)len);
	*rest = ml_str_sub(*rest, (size_t)len, rest->len);
	return 0;
}

int ml_documents_hand_on(const struct ml_documents *documents, int fd, struct ml_error *err)
{
	ML_BUF_AUTO out;

	ml_buf_init(&out, PACK_BYTES);
	ml_documents_pack(documents, &out);
	if (out.error)
		return ml_fail(err, out.error, "the findings: %s", ml_strcode(out.error));
	return ml_fd_write(fd, ml_buf_get(&out), err);
}

int ml_documents_unpack(struct ml_documents *documents, struct ml_str bytes)
{
	while (bytes.len) {
		struct ml_document document = {0};
		struct ml_str *fields[FIELDS];
		int r = 0;
		fields_of(&document, fields);
		for (int f = 0; f < FIELDS && r == 0; f++)
			r = unpack_field(&bytes, fields[f]);
		if (r == 0)
			r = append(documents, document);
		if (r)
			return r;
	}
	return 0;
}
