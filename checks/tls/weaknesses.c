/* SPDX-License-Identifier: Apache-2.0 */
/* Attacks that have a name: what a server is open to, by what it offers and by what trials showed. What only timing could show is a risk and never more. */
#include "checks/tls/misbehave-priv.h"
#include "facts/tls-weak.h"

enum { SSL2, SSL3, TLS10, BROKEN_BITS = 768, STATE_BITS = 1024 };

static const struct ml_tls_weak not_asked = {ML_TLS_WEAK_UNKNOWN, NULL};

static struct ml_tls_weak weak(bool there, const char *why, const char *why_not)
{
	return (struct ml_tls_weak){there ? ML_TLS_WEAK_VULNERABLE : ML_TLS_WEAK_NOT, there ? why : why_not};
}

static struct ml_tls_weak risk(bool there, const char *why, const char *why_not)
{
	return (struct ml_tls_weak){there ? ML_TLS_WEAK_RISK : ML_TLS_WEAK_NOT, there ? why : why_not};
}

typedef bool matcher(const struct ml_tls_suite *suite, const struct ml_tls_agreed *agreed);

enum { FROM_ALL = 1, TO_ALL = ML_TLS_NEWEST };

/* Whether one of the suites in these versions matches. *known: no suite is missing that could. */
static bool any(const struct ml_tls_found *found, size_t from, size_t to, matcher *matches, bool *known)
{
	*known = true;
	for (size_t i = from; i <= to; i++) {
		const struct ml_tls_found_version *v = &found->versions[i];
		*known = *known && v->known;
		for (size_t k = 0; k < v->nsuites; k++) {
			const struct ml_tls_suite *suite = ml_tls_suite((uint16_t)v->suites[k].code);
			if (suite && matches(suite, &v->suites[k])) {
				*known = true;
				return true;
			}
		}
	}
	return false;
}

static bool is_cbc(const struct ml_tls_suite *suite, const struct ml_tls_agreed *agreed)
{
	return ml_tls_suite_mode(suite) == ML_MODE_CBC;
}

static bool is_rc4(const struct ml_tls_suite *suite, const struct ml_tls_agreed *agreed)
{
	return suite->cipher == ML_CIPHER_RC4;
}

static bool has_short_blocks(const struct ml_tls_suite *suite, const struct ml_tls_agreed *agreed)
{
	return suite->cipher == ML_CIPHER_DES || suite->cipher == ML_CIPHER_3DES || suite->cipher == ML_CIPHER_IDEA || suite->cipher == ML_CIPHER_RC2;
}

static bool is_rsa_export(const struct ml_tls_suite *suite, const struct ml_tls_agreed *agreed)
{
	return suite->kx == ML_KX_RSA && suite->export_bits;
}

static bool is_broken_dh(const struct ml_tls_suite *suite, const struct ml_tls_agreed *agreed)
{
	size_t bits = ml_tls_prime_bits(agreed->dh_prime);

	return (suite->kx == ML_KX_DHE && suite->export_bits) || (bits && bits <= BROKEN_BITS);
}

static bool is_shared_dh(const struct ml_tls_suite *suite, const struct ml_tls_agreed *agreed)
{
	size_t bits = ml_tls_prime_bits(agreed->dh_prime);

	return bits && bits <= STATE_BITS && ml_tls_prime_known(agreed->dh_prime);
}

static bool is_finite_dh(const struct ml_tls_suite *suite, const struct ml_tls_agreed *agreed)
{
	return suite->kx == ML_KX_DHE || suite->kx == ML_KX_DHE_PSK || suite->kx == ML_KX_DH_RSA || suite->kx == ML_KX_DH_DSS;
}

static bool is_static_dh(const struct ml_tls_suite *suite, const struct ml_tls_agreed *agreed)
{
	return suite->kx == ML_KX_DH_RSA || suite->kx == ML_KX_DH_DSS;
}

/* ---- each ---- */

static struct ml_tls_weak heartbleed(const struct ml_tls_collector *c)
{
	return c->misbehaviour->heartbleed;
}

static struct ml_tls_weak ccs(const struct ml_tls_collector *c)
{
	return c->misbehaviour->ccs;
}

static struct ml_tls_weak robot(const struct ml_tls_collector *c)
{
	return c->misbehaviour->robot;
}

static struct ml_tls_weak drown(const struct ml_tls_collector *c)
{
	const struct ml_tls_found_version *v = &c->found.versions[SSL2];

	if (!v->known && !v->offered)
		return not_asked;
	return weak(v->offered, "it offers SSL 2.0", "it does not offer SSL 2.0");
}

static struct ml_tls_weak poodle(const struct ml_tls_collector *c)
{
	bool known, there = any(&c->found, SSL3, SSL3, is_cbc, &known);

	return known ? weak(there, "it offers CBC in SSL 3.0", "it offers no CBC in SSL 3.0") : not_asked;
}

static struct ml_tls_weak freak(const struct ml_tls_collector *c)
{
	bool known, there = any(&c->found, FROM_ALL, TO_ALL, is_rsa_export, &known);

	return known ? weak(there, "it offers RSA keys for export", "it offers no RSA keys for export") : not_asked;
}

static struct ml_tls_weak logjam(const struct ml_tls_collector *c)
{
	bool known, known_too, broken = any(&c->found, FROM_ALL, TO_ALL, is_broken_dh, &known);

	if (!broken && any(&c->found, FROM_ALL, TO_ALL, is_shared_dh, &known_too))
		return weak(true, "it uses a prime of 1024 bits that many servers share", NULL);
	return known ? weak(broken, "it uses Diffie-Hellman primes of 768 bits or less", "its Diffie-Hellman primes are neither short nor of 1024 bits and shared") : not_asked;
}

static struct ml_tls_weak sweet32(const struct ml_tls_collector *c)
{
	bool known, there = any(&c->found, FROM_ALL, TO_ALL, has_short_blocks, &known);

	return known ? weak(there, "it offers ciphers with blocks of 64 bits", "it offers no cipher with blocks of 64 bits") : not_asked;
}

static struct ml_tls_weak rc4(const struct ml_tls_collector *c)
{
	bool known, there = any(&c->found, FROM_ALL, TO_ALL, is_rc4, &known);

	return known ? weak(there, "it offers RC4", "it does not offer RC4") : not_asked;
}

static struct ml_tls_weak crime(const struct ml_tls_collector *c)
{
	const struct ml_tls_misbehaviour *m = c->misbehaviour;

	if (m->flight_asked && !m->compression_known)
		return not_asked;
	return weak(m->compression, "it compresses what it encrypts", "it does not compress");
}

/* RFC 5246 F: clients have split their records since 2011. */
static struct ml_tls_weak beast(const struct ml_tls_collector *c)
{
	bool known, there = any(&c->found, SSL3, TLS10, is_cbc, &known);

	return known ? risk(there, "it offers CBC in TLS 1.0 or older; clients that split their records are safe", "it offers no CBC in TLS 1.0 or older") : not_asked;
}

static struct ml_tls_weak lucky13(const struct ml_tls_collector *c)
{
	bool known, there = any(&c->found, FROM_ALL, TO_ALL, is_cbc, &known);

	if (!known)
		return not_asked;
	if (there && c->misbehaviour->cbc == ML_TLS_WEAK_NOT)
		return risk(true, "it offers CBC, and clients without encrypt-then-mac depend on how well it hides timing", NULL);
	return risk(there, "it offers CBC without encrypt-then-mac: its safety depends on how well it hides timing", "it offers no CBC");
}

static struct ml_tls_weak raccoon(const struct ml_tls_collector *c)
{
	bool known, known_too, dh = any(&c->found, FROM_ALL, TO_ALL, is_finite_dh, &known);

	if (any(&c->found, FROM_ALL, TO_ALL, is_static_dh, &known_too) || (dh && c->shares.dhe_again))
		return risk(true, "it uses a Diffie-Hellman key more than once: its safety depends on how well it hides timing", NULL);
	if (dh && c->shares.dhe < 2)
		return not_asked;
	return known ? risk(false, NULL, dh ? "it was not seen to use a Diffie-Hellman key twice" : "it offers no finite-field Diffie-Hellman up to TLS 1.2") : not_asked;
}

enum { MD5_BYTE = 1 };

static struct ml_tls_weak sloth(const struct ml_tls_collector *c)
{
	const struct ml_tls_misbehaviour *m = c->misbehaviour;

	for (size_t i = 0; i < m->nsigned; i++)
		if (m->signed_by[i] >> 8 == MD5_BYTE)
			return weak(true, "it signs with MD5 in TLS 1.2", NULL);
	return m->signed_asked && !m->signed_known ? not_asked : weak(false, NULL, "it does not sign with MD5 in TLS 1.2");
}

/* ---- facts ---- */

struct row {
	const char *id;
	struct ml_tls_weak (*judge)(const struct ml_tls_collector *collector);
	const char *cves[8];
};

static const struct row rows[] = {
	{"HEARTBLEED", heartbleed, {"CVE-2014-0160"}},
	{"CCS_INJECTION", ccs, {"CVE-2014-0224"}},
	{"ROBOT", robot, {"CVE-2017-6168", "CVE-2017-13098", "CVE-2017-13099", "CVE-2017-17382", "CVE-2017-17427", "CVE-2017-17428", "CVE-2017-1000385"}},
	{"DROWN", drown, {"CVE-2016-0800"}},
	{"POODLE", poodle, {"CVE-2014-3566"}},
	{"FREAK", freak, {"CVE-2015-0204"}},
	{"LOGJAM", logjam, {"CVE-2015-4000"}},
	{"SWEET32", sweet32, {"CVE-2016-2183"}},
	{"RC4", rc4, {"CVE-2013-2566", "CVE-2015-2808"}},
	{"CRIME", crime, {"CVE-2012-4929"}},
	{"SLOTH", sloth, {"CVE-2015-7575"}},
	{"BEAST", beast, {"CVE-2011-3389"}},
	{"LUCKY13", lucky13, {"CVE-2013-0169"}},
	{"RACCOON", raccoon, {"CVE-2020-1968"}},
};

static struct ml_value cves(struct ml_tls_collector *c, const struct row *row)
{
	struct ml_tls_list list = {0};

	for (size_t i = 0; row->cves[i]; i++)
		ml_tls_list_add(c, &list, ml_string(ml_str(row->cves[i])));
	return ml_list(list.items, list.n);
}

static struct ml_value unknown_state(struct ml_tls_collector *c, const char *reason)
{
	c->facts->incomplete = true;
	return reason ? ml_unknown(ml_str(reason)) : ml_tls_unknown(c);
}

static struct ml_value fact(struct ml_tls_collector *c, const struct row *row)
{
	struct ml_tls_weak judged = row->judge(c);
	bool known = judged.state != ML_TLS_WEAK_UNKNOWN;
	struct ml_record_builder b;

	ml_record_begin(&b, &ml_tf_weakness_type);
	ml_record_set(&b, ML_TF_WEAK_ID, ml_string(ml_str(row->id)));
	ml_record_set(&b, ML_TF_WEAK_STATE, known ? ml_string(ml_str(ml_tf_weak_state_vocab.words[judged.state])) : unknown_state(c, judged.reason));
	ml_record_set(&b, ML_TF_WEAK_REASON, ml_string(ml_str(known ? judged.reason : "")));
	ml_record_set(&b, ML_TF_WEAK_CVES, cves(c, row));
	return ml_tls_pack(c, &b);
}

struct ml_value ml_tls_weaknesses(struct ml_tls_collector *c)
{
	struct ml_tls_list list = {0};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ml_tls_list_add(c, &list, fact(c, &rows[i]));
	return ml_list(list.items, list.n);
}
