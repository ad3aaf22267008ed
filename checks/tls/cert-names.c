/* SPDX-License-Identifier: Apache-2.0 */
/* Names of a certificate, and whether the endpoint's is among them (RFC 9525). */
#include <arpa/inet.h>
#include <stdio.h>

#include "checks/tls/cert-priv.h"

enum { IPV4_BYTES = 4, IPV6_BYTES = 16, ADDRESS_TEXT = 64 };

/* A name that the DNS can have, or one with a wildcard; also what people wrongly put there, as long
 * as it is printable ASCII. */
static bool is_plain(struct ml_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] <= ' ' || s.ptr[i] > '~')
			return false;
	return s.len > 0;
}

static struct ml_value text_fact(
	struct ml_tls_collector *collector, const ASN1_STRING *s, struct ml_tls_list *flaws)
{
	if (!is_plain(ml_tls_octets(s)))
		ml_tls_flaw(collector, flaws, "name-malformed");
	return ml_string(ml_tls_printable(collector, ml_tls_octets(s)));
}

static void add_address(struct ml_tls_collector *collector, struct ml_tls_list *list,
	struct ml_str octets, struct ml_tls_list *flaws)
{
	char text[INET6_ADDRSTRLEN];

	if (octets.len != IPV4_BYTES && octets.len != IPV6_BYTES) {
		ml_tls_flaw(collector, flaws, "name-malformed");
		return;
	}
	inet_ntop(octets.len == IPV4_BYTES ? AF_INET : AF_INET6, octets.ptr, text, sizeof(text));
	ml_tls_list_add(collector, list, ml_string(ml_tls_printable(collector, ml_str(text))));
}

void ml_tls_names_facts(struct ml_tls_collector *collector, struct ml_record_builder *builder,
	const X509 *x509, struct ml_tls_list *flaws)
{
	static const int slots[] = {
		ML_TF_CE_DNS_NAMES, ML_TF_CE_IP_ADDRESSES, ML_TF_CE_EMAIL_ADDRESSES, ML_TF_CE_URIS};
	struct ml_tls_list lists[4] = {{0}};
	bool malformed;
	GENERAL_NAMES *names = ml_tls_extension_get(x509, NID_subject_alt_name, &malformed);

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		if (name->type == GEN_DNS)
			ml_tls_list_add(
				collector, &lists[0], text_fact(collector, name->d.dNSName, flaws));
		else if (name->type == GEN_IPADD)
			add_address(collector, &lists[1], ml_tls_octets(name->d.iPAddress), flaws);
		else if (name->type == GEN_EMAIL)
			ml_tls_list_add(collector, &lists[2],
				text_fact(collector, name->d.rfc822Name, flaws));
		else if (name->type == GEN_URI)
			ml_tls_list_add(collector, &lists[3],
				text_fact(collector, name->d.uniformResourceIdentifier, flaws));
	}
	GENERAL_NAMES_free(names);
	if (malformed)
		ml_tls_flaw(collector, flaws, "extension-malformed");
	for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++) {
		ml_tls_list_set(builder, slots[i], &lists[i]);
		if (malformed)
			ml_record_set(builder, slots[i],
				ml_tls_lost(collector, "the alternative names cannot be read"));
	}
}

bool ml_tls_dns_matches(struct ml_str pattern, struct ml_str host)
{
	size_t dot = ml_str_chr(host, '.');
	struct ml_str rest = ml_str_sub(pattern, 1, pattern.len);

	if (host.len == 0)
		return false;
	if (!ml_str_starts(pattern, ML_STR("*.")))
		return ml_str_ieq(pattern, host);
	if (dot == 0 || dot == ML_NPOS || ml_str_chr(ml_str_sub(rest, 1, rest.len), '.') == ML_NPOS)
		return false;
	return ml_str_ieq(rest, ml_str_sub(host, dot, host.len));
}

/* Whom the endpoint should be: a DNS name, or an address in network order. */
struct whom {
	struct ml_str host;
	unsigned char address[IPV6_BYTES];
	size_t naddress;
};

/* "127.0.0.1:443", "[::1]:443", "[fe80::1%eth0]:443". */
static void read_address(struct ml_str endpoint, struct whom *whom)
{
	bool brackets = ml_str_starts(endpoint, ML_STR("["));
	struct ml_str text = ml_str_sub(endpoint, brackets,
		brackets ? ml_str_chr(endpoint, ']') : ml_str_rchr(endpoint, ':'));
	struct in_addr v4;
	char z[ADDRESS_TEXT];

	text = ml_str_sub(text, 0, ml_str_chr(text, '%'));
	snprintf(z, sizeof(z), "%.*s", ML_STR_ARG(text));
	if (inet_pton(AF_INET6, z, whom->address) == 1) {
		whom->naddress = IPV6_BYTES;
	} else if (inet_aton(z, &v4)) {
		memcpy(whom->address, &v4, sizeof(v4));
		whom->naddress = IPV4_BYTES;
	}
}

static struct whom find_whom(const struct ml_tls_request *request)
{
	struct whom whom = {.host = request->name};

	if (ml_str_ends(whom.host, ML_STR(".")))
		whom.host.len--;
	if (whom.host.len == 0)
		read_address(request->endpoint, &whom);
	return whom;
}

/* What a name says as octets when it is for `whom`; ptr NULL otherwise. */
static struct ml_str if_matches(const GENERAL_NAME *name, const struct whom *whom)
{
	struct ml_str octets;

	if (name->type == GEN_DNS && whom->host.len) {
		octets = ml_tls_octets(name->d.dNSName);
		return ml_tls_dns_matches(octets, whom->host) ? octets : ML_STR_NONE;
	}
	if (name->type != GEN_IPADD || whom->naddress == 0)
		return ML_STR_NONE;
	octets = ml_tls_octets(name->d.iPAddress);
	return ml_str_eq(octets, (struct ml_str){(const char *)whom->address, whom->naddress})
		       ? octets
		       : ML_STR_NONE;
}

static struct ml_value matched_text(
	struct ml_tls_collector *collector, struct ml_str octets, bool dns)
{
	char text[INET6_ADDRSTRLEN];

	if (dns)
		return ml_string(ml_tls_printable(collector, octets));
	inet_ntop(octets.len == IPV4_BYTES ? AF_INET : AF_INET6, octets.ptr, text, sizeof(text));
	return ml_string(ml_tls_printable(collector, ml_str(text)));
}

static void wildcards(struct ml_tls_collector *collector, struct ml_record_builder *builder,
	const GENERAL_NAMES *names)
{
	struct ml_tls_list list = {0};

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		if (name->type == GEN_DNS &&
			ml_str_chr(ml_tls_octets(name->d.dNSName), '*') != ML_NPOS)
			ml_tls_list_add(collector, &list,
				ml_string(ml_tls_printable(
					collector, ml_tls_octets(name->d.dNSName))));
	}
	ml_tls_list_set(builder, ML_TF_CH_WILDCARDS, &list);
}

static void match(struct ml_tls_collector *collector, struct ml_record_builder *builder,
	const GENERAL_NAMES *names)
{
	struct whom whom = find_whom(collector->request);
	struct ml_str found = ML_STR_NONE;

	for (int i = 0; i < sk_GENERAL_NAME_num(names) && !found.ptr; i++)
		found = if_matches(sk_GENERAL_NAME_value(names, i), &whom);
	ml_record_set(builder, ML_TF_CH_NAME_MATCHES, ml_bool(found.ptr != NULL));
	if (found.ptr)
		ml_record_set(builder, ML_TF_CH_MATCHED_NAME,
			matched_text(collector, found, whom.host.len > 0));
}

void ml_tls_match_facts(
	struct ml_tls_collector *collector, struct ml_record_builder *builder, const X509 *leaf)
{
	struct whom whom = find_whom(collector->request);
	struct ml_str common_name = ml_tls_common_name(collector, X509_get_subject_name(leaf));
	bool malformed;
	GENERAL_NAMES *names = ml_tls_extension_get(leaf, NID_subject_alt_name, &malformed);

	if (ml_tls_dns_matches(common_name, whom.host))
		ml_record_set(builder, ML_TF_CH_COMMON_NAME_MATCHES, ml_bool(true));
	if (malformed) {
		ml_record_set(builder, ML_TF_CH_NAME_MATCHES,
			ml_tls_lost(collector, "the alternative names cannot be read"));
		ml_record_set(builder, ML_TF_CH_WILDCARDS,
			ml_tls_lost(collector, "the alternative names cannot be read"));
		return;
	}
	match(collector, builder, names);
	wildcards(collector, builder, names);
	GENERAL_NAMES_free(names);
}
