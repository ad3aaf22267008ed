/* SPDX-License-Identifier: Apache-2.0 */
/* What a hello offers. */
#include "checks/tls/offer.h"

#include "base/sort.h"

#define ORDER_BYTES ((size_t)64 << 10)

/* Of ECDSA, EdDSA, RSA-PSS, RSA PKCS #1, DSA: with each hash. */
static const uint16_t schemes[] = {
	0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b, 0x0401,
	0x0501, 0x0601, 0x0303, 0x0301, 0x0203, 0x0201, 0x0101, 0x0402, 0x0502, 0x0602, 0x0302, 0x0202,
};

void ml_tls_leave_out(uint16_t *items, size_t *n, uint16_t code)
{
	size_t kept = 0;

	for (size_t i = 0; i < *n; i++)
		if (items[i] != code)
			items[kept++] = items[i];
	*n = kept;
}

/* What servers like best comes first, as OpenSSL's list ALL has it: a server's own list of many suites is likely to be in this order too. Smaller is earlier. */
static unsigned liking(const struct ml_tls_suite *suite)
{
	bool ephemeral = suite->kx == ML_KX_ECDHE || suite->kx == ML_KX_DHE || suite->kx == ML_KX_ANY;
	unsigned mac = suite->mac == ML_MAC_AEAD ? 0 : suite->mac == ML_MAC_SHA384 || suite->mac == ML_MAC_SHA256 ? 1 : 2;
	unsigned bits = suite->bits > 255 ? 0 : suite->bits > 127 ? 1 : 2;

	return (ephemeral ? 0 : 1u << 16) | mac << 14 | bits << 12 | (suite->kx != ML_KX_ECDHE ? 1u << 11 : 0) | suite->cipher;
}

static int by_liking(const void *a, const void *b)
{
	const struct ml_tls_suite *x = *(const struct ml_tls_suite *const *)a, *y = *(const struct ml_tls_suite *const *)b;
	unsigned left = liking(x), right = liking(y);

	return left != right ? (left < right ? -1 : 1) : (x->code > y->code) - (x->code < y->code);
}

/* All suites in that order, which is found once. */
static const struct ml_tls_suite *const *in_order(size_t *n)
{
	static const struct ml_tls_suite *order[ML_TLS_SUITES_MAX];
	static size_t ordered;
	const struct ml_tls_suite *all = ml_tls_suites(n);

	if (ordered == 0) {
		ML_ARENA_AUTO scratch = ml_arena_new(ORDER_BYTES);
		for (size_t i = 0; i < *n && ordered < ML_TLS_SUITES_MAX; i++)
			order[ordered++] = &all[i];
		ml_sort(scratch, order, ordered, sizeof(order[0]), by_liking); /* in any order, where memory fails: all are offered */
	}
	*n = ordered;
	return order;
}

static void offer_suites(struct ml_tls_offer *offer, uint16_t version)
{
	size_t n, offered = 0;
	const struct ml_tls_suite *const *all = in_order(&n);

	for (size_t i = 0; i < n; i++)
		if ((all[i]->version == ML_TLS_1_3) == (version == ML_TLS_1_3) && all[i]->version <= version && all[i]->kx != ML_KX_NONE)
			offer->suites[offered++] = (uint16_t)all[i]->code;
	offer->hello.suites = (struct ml_tls_codes){offer->suites, offered};
}

static void offer_groups(struct ml_tls_offer *offer)
{
	size_t n, offered = 0;
	const struct ml_tls_group *all = ml_tls_groups(&n);

	for (size_t i = 0; i < n && offered < ML_TLS_GROUPS_MAX; i++)
		offer->groups[offered++] = all[i].code;
	offer->hello.groups = (struct ml_tls_codes){offer->groups, offered};
}

static void offer_rest(struct ml_tls_offer *offer, struct ml_str name, uint16_t version)
{
	static const uint16_t only_13[] = {ML_TLS_1_3};

	offer->hello = (struct ml_tls_hello){
		.version = version > ML_TLS_1_2 ? ML_TLS_1_2 : (enum ml_tls_version)version, .bare = version == ML_SSL_3_0, .server_name = name,
		.schemes = {schemes, sizeof(schemes) / sizeof(schemes[0])}, .point_formats = true, .renegotiation_info = true,
	};
	offer_groups(offer);
	if (version != ML_TLS_1_3)
		return;
	offer->hello.versions = (struct ml_tls_codes){only_13, 1};
	offer->hello.empty_key_share = true;
	offer->hello.session_id = ML_STR("merlon asks what you offer, hello"); /* 8446 D.4: middleboxes want one */
	offer->hello.session_id.len = 32;
}

void ml_tls_offer_all(struct ml_tls_offer *offer, struct ml_str name, uint16_t version)
{
	offer_rest(offer, name, version);
	offer_suites(offer, version);
}

void ml_tls_offer_agreed(struct ml_tls_offer *offer, const struct ml_tls_found *found, uint16_t version)
{
	size_t n = 0;

	offer_rest(offer, found->name, version);
	for (size_t i = 0; i < ML_TLS_NVERSIONS; i++)
		for (size_t k = 0; found->versions[i].code == version && k < found->versions[i].nsuites; k++)
			offer->suites[n++] = (uint16_t)found->versions[i].suites[k].code;
	offer->hello.suites = (struct ml_tls_codes){offer->suites, n};
}

void ml_tls_offer_only(struct ml_tls_offer *offer, bool (*wanted)(uint32_t code))
{
	size_t kept = 0;

	for (size_t i = 0; i < offer->hello.suites.n; i++)
		if (wanted(offer->suites[i]))
			offer->suites[kept++] = offer->suites[i];
	offer->hello.suites.n = kept;
}

const struct ml_tls_found_version *ml_tls_found_newest(const struct ml_tls_found *found, size_t from, size_t suites)
{
	for (size_t i = from + 1; i-- > ML_TLS_OLDEST;)
		if (found->versions[i].offered && found->versions[i].nsuites >= suites)
			return &found->versions[i];
	return NULL;
}
