/* SPDX-License-Identifier: Apache-2.0 */
/* Signed certificate timestamps (RFC 6962 3.3): how many, from where, of which logs. Without the
 * logs' keys their signatures cannot be verified. */
#include <openssl/objects.h>

#include "base/sha256.h"
#include "checks/tls/cert-priv.h"
#include "checks/tls/wire-priv.h"

enum { LOG_BYTES = 32, LEAST_BYTES = 1 + LOG_BYTES + 8 + 2 + 4, SCTS_MAX = 100 };

static bool known_log(const struct ml_tls_list *logs, struct ml_str hex)
{
	for (size_t i = 0; i < logs->n; i++)
		if (ml_str_eq(ml_value_text(&logs->items[i]), hex))
			return true;
	return false;
}

static void add_log(struct ml_tls_collector *c, struct ml_tls_list *logs, struct ml_str id)
{
	char hex[2 * LOG_BYTES + 1];

	ml_hex((const uint8_t *)id.ptr, LOG_BYTES, hex);
	if (!known_log(logs, ml_str(hex)))
		ml_tls_list_add(c, logs, ml_string(ml_tls_printable(c, ml_str(hex))));
}

/* How many are in a SignedCertificateTimestampList; -1: it is none. */
static int64_t read_list(struct ml_tls_collector *c, struct ml_str octets, struct ml_tls_list *logs)
{
	struct ml_tls_reader outer = {.rest = octets}, list;
	int64_t n = 0;

	list = (struct ml_tls_reader){.rest = ml_tls_read_vector(&outer, 2)};
	if (!ml_tls_read_all(&outer))
		return -1;
	while (list.rest.len && n < SCTS_MAX) {
		struct ml_str sct = ml_tls_read_vector(&list, 2);
		if (list.short_ || sct.len < LEAST_BYTES)
			return -1;
		add_log(c, logs, ml_str_sub(sct, 1, 1 + LOG_BYTES));
		n++;
	}
	return list.rest.len ? -1 : n;
}

struct ml_str ml_tls_sct_octets(
	struct ml_tls_collector *c, const X509_EXTENSION *extension, bool *malformed)
{
	struct ml_str outer = ml_tls_octets(
			      X509_EXTENSION_get_data((X509_EXTENSION *)(uintptr_t)extension)),
		      inner;
	const unsigned char *at = (const unsigned char *)outer.ptr;
	ASN1_OCTET_STRING *octets = d2i_ASN1_OCTET_STRING(NULL, &at, (long)outer.len);

	*malformed = !octets;
	if (!octets)
		return ML_STR_NONE;
	inner = ml_str_dup(c->scratch, ml_tls_octets(octets));
	c->memory = c->memory || !inner.ptr;
	ASN1_OCTET_STRING_free(octets);
	return inner;
}

static struct ml_str in_certificate(struct ml_tls_collector *c, const X509 *leaf, bool *malformed)
{
	int at = X509_get_ext_by_NID(leaf, NID_ct_precert_scts, -1);

	*malformed = false;
	return at < 0 ? ML_STR_NONE : ml_tls_sct_octets(c, X509_get_ext(leaf, at), malformed);
}

static bool set_count(struct ml_tls_collector *c, struct ml_record_builder *b, int slot,
	struct ml_str octets, bool malformed, struct ml_tls_list *logs, int64_t *sum)
{
	int64_t n = malformed ? -1 : octets.len ? read_list(c, octets, logs) : 0;

	ml_record_set(b, slot, n < 0 ? ml_tls_lost(c, "the timestamps cannot be read") : ml_int(n));
	*sum += n < 0 ? 0 : n;
	return n >= 0;
}

struct ml_value ml_tls_scts_fact(struct ml_tls_collector *c, const struct ml_tls_chain *chain)
{
	struct ml_tls_list logs = {0};
	struct ml_record_builder b;
	bool malformed, good;
	struct ml_str octets = in_certificate(c, chain->certificates[0].x509, &malformed);
	int64_t sum = 0;

	ml_record_begin(&b, &ml_tf_scts_type);
	good = set_count(c, &b, ML_TF_SCT_BY_CERTIFICATE, octets, malformed, &logs, &sum);
	good = set_count(c, &b, ML_TF_SCT_BY_EXTENSION, chain->scts, false, &logs, &sum) && good;
	octets = ml_tls_staple_scts(c, chain, &malformed);
	good = set_count(c, &b, ML_TF_SCT_BY_OCSP, octets, malformed, &logs, &sum) && good;
	if (!chain->scts.ptr)
		ml_record_set(
			&b, ML_TF_SCT_BY_EXTENSION, ml_tls_lost(c, "they were not asked for"));
	if (!chain->staple.ptr)
		ml_record_set(&b, ML_TF_SCT_BY_OCSP, ml_tls_lost(c, "no staple was asked for"));
	good = good && ((chain->scts.ptr && chain->staple.ptr) || sum > 0);
	ml_record_set(&b, ML_TF_SCT_COUNT,
		good ? ml_int(sum)
		     : ml_tls_lost(c, "the timestamps cannot be read, or were not asked for"));
	ml_tls_list_set(&b, ML_TF_SCT_LOGS, &logs);
	return ml_tls_pack(c, &b);
}
