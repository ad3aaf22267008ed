/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in certificates, as values. */
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/objects.h>

#include "base/utf8.h"
#include "checks/tls/cert-priv.h"

enum { OID_BYTES = 256, ESCAPED = 6, DAY_SECONDS = 86400 };

/* Of RFC 2253, most significant last, but with letters of all scripts as they are. */
static const unsigned long name_flags = XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;

void ml_tls_list_set(struct ml_record_builder *builder, int slot, const struct ml_tls_list *list)
{
	if (list->n)
		ml_record_set(builder, slot, ml_list(list->items, list->n));
}

struct ml_value ml_tls_lost(struct ml_tls_collector *collector, const char *reason)
{
	collector->facts->incomplete = true;
	return ml_unknown(ml_str(reason));
}

void ml_tls_flaw(struct ml_tls_collector *collector, struct ml_tls_list *flaws, const char *word)
{
	for (size_t i = 0; i < flaws->n; i++)
		if (ml_str_is(ml_value_text(&flaws->items[i]), word))
			return;
	ml_tls_list_add(collector, flaws, ml_string(ml_str(word)));
}

struct ml_str ml_tls_printable(struct ml_tls_collector *collector, struct ml_str bytes)
{
	struct ml_str text;
	ML_BUF_AUTO out;

	ml_buf_init(&out, ESCAPED * ML_TLS_TEXT_BYTES + ESCAPED);
	ml_buf_escaped(&out, ml_str_sub(bytes, 0, ML_TLS_TEXT_BYTES));
	text = ml_str_dup(collector->facts->arena,
		bytes.len > ML_TLS_TEXT_BYTES ? ml_utf8_cut(ml_buf_get(&out), ML_TLS_TEXT_BYTES)
					      : ml_buf_get(&out));
	collector->memory = collector->memory || out.error || !text.ptr;
	return text;
}

struct ml_str ml_tls_name_text(struct ml_tls_collector *collector, const X509_NAME *name, bool *bad)
{
	BIO *out = BIO_new(BIO_s_mem());
	struct ml_str text = ML_STR("");
	char *bytes;
	long n;

	collector->memory = collector->memory || !out;
	if (!out)
		return text;
	if (X509_NAME_print_ex(out, name, 0, name_flags) < 0) {
		*bad = true;
		(void)BIO_reset(out);
		X509_NAME_print_ex(
			out, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_UTF8_CONVERT);
	}
	n = BIO_get_mem_data(out, &bytes);
	if (n > 0)
		text = ml_tls_printable(collector, (struct ml_str){bytes, (size_t)n});
	BIO_free(out);
	return text;
}

struct ml_str ml_tls_common_name(struct ml_tls_collector *collector, const X509_NAME *name)
{
	struct ml_str text = ML_STR("");
	unsigned char *utf8;
	int at = -1, last = -1, n;

	while ((at = X509_NAME_get_index_by_NID(name, NID_commonName, at)) >= 0)
		last = at;
	if (last < 0)
		return text;
	n = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last)));
	if (n < 0)
		return text;
	text = ml_str_dup(collector->facts->arena, (struct ml_str){(char *)utf8, (size_t)n});
	collector->memory = collector->memory || !text.ptr;
	OPENSSL_free(utf8);
	return text;
}

struct ml_str ml_tls_oid_text(
	struct ml_tls_collector *collector, const ASN1_OBJECT *oid, bool use_names)
{
	int nid = OBJ_obj2nid(oid);
	char digits[OID_BYTES];

	if (use_names && nid != NID_undef)
		return ml_str(OBJ_nid2ln(nid));
	if (OBJ_obj2txt(digits, sizeof(digits), oid, 1) <= 0)
		return ML_STR("?");
	return ml_tls_printable(collector, ml_str(digits));
}

bool ml_tls_seconds(const ASN1_TIME *time, int64_t *seconds)
{
	ASN1_TIME *epoch = ASN1_TIME_new();
	int days, rest;
	bool good = epoch && time && ASN1_TIME_set_string(epoch, "19700101000000Z") &&
		    ASN1_TIME_check(time) && ASN1_TIME_diff(&days, &rest, epoch, time);

	if (good)
		*seconds = (int64_t)days * DAY_SECONDS + rest;
	ASN1_TIME_free(epoch);
	return good;
}

struct ml_value ml_tls_time_fact(struct ml_tls_collector *collector, const ASN1_TIME *time)
{
	int64_t seconds;

	return ml_tls_seconds(time, &seconds)
		       ? ml_timestamp(seconds, 0)
		       : ml_tls_lost(collector, "what stands there is no time");
}

void *ml_tls_extension_get(const X509 *x509, int nid, bool *malformed)
{
	int critical;
	void *value = X509_get_ext_d2i(x509, nid, &critical, NULL);

	*malformed = !value && critical != -1;
	return value;
}
