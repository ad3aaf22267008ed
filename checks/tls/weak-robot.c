/* SPDX-License-Identifier: Apache-2.0 */
/* ROBOT: whether a server tells a well-formed RSA key exchange from malformed ones (Boeck, Somorovsky, Young: "Return Of Bleichenbacher's Oracle Threat", 2018). Five
 * forms, each with ChangeCipherSpec and a Finished that is noise; where a server hangs up or keeps silent at all of them, the same without these two. */
#include <sys/random.h>

#include "checks/tls/misbehave-priv.h"
#include "checks/tls/wire-priv.h"

enum { WELL_FORMED, WRONG_START, WRONG_ZERO, NO_ZERO, WRONG_VERSION };
enum { FULL, FULL_AGAIN, SHORT, SHORT_AGAIN }; /* rounds */
enum { CLIENT_KEY_EXCHANGE = 16, FINISHED_BYTES = 64, SHORT_PATIENCE_MS = 1500, BLOCK_MAX = 1 << 11 };

static bool of_rsa(uint32_t code)
{
	const struct ml_tls_suite *suite = ml_tls_suite((uint16_t)code);

	return suite && suite->kx == ML_KX_RSA && suite->export_bits == 0;
}

static bool is_short(unsigned round)
{
	return round >= SHORT;
}

/* RFC 5246 7.4.7.1; in SSL 3.0 without the length. */
static void put_key_exchange(struct ml_buf *out, uint16_t version, struct ml_str block)
{
	char head[] = {CLIENT_KEY_EXCHANGE, 0, (char)((block.len + 2) >> 8), (char)(block.len + 2), (char)(block.len >> 8), (char)block.len};
	char body[sizeof(head) + BLOCK_MAX];

	memcpy(body, head, sizeof(head));
	memcpy(body + sizeof(head), block.ptr, block.len);
	ml_tls_put_record(out, ML_TLS_RECORD_HANDSHAKE, version, (struct ml_str){body, sizeof(head) + block.len});
}

static bool say(struct ml_tls_trial *trial, struct ml_buf *out)
{
	const struct ml_tls_flight *flight = trial->question.flight;
	char noise[FINISHED_BYTES];
	struct ml_str block;

	if (flight->ncertificates == 0 || getrandom(noise, sizeof(noise), 0) != sizeof(noise))
		return false;
	if (ml_tls_robot_block(trial->question.arena, flight->certificates[0], (uint16_t)trial->question.offer.hello.version, trial->variant, &block) || block.len > BLOCK_MAX)
		return false;
	put_key_exchange(out, flight->hello.version, block);
	if (is_short(trial->round))
		return true;
	ml_tls_put_record(out, ML_TLS_RECORD_CHANGE_CIPHER, flight->hello.version, ML_STR("\1"));
	ml_tls_put_record(out, ML_TLS_RECORD_HANDSHAKE, flight->hello.version, (struct ml_str){noise, sizeof(noise)});
	return true;
}

static void ask(struct ml_tls_collector *c, unsigned round);

static bool all_same(struct ml_tls_trial *const robots[])
{
	for (size_t i = 1; i < ML_TLS_ROBOT_VARIANTS; i++)
		if (!ml_tls_same_reaction(robots[i]->reaction, robots[0]->reaction))
			return false;
	return true;
}

/* Whether each was answered as in the round before. */
static bool again(const struct ml_tls_misbehaviour *m)
{
	for (size_t i = 0; i < ML_TLS_ROBOT_VARIANTS; i++)
		if (!ml_tls_same_reaction(m->robots[i]->reaction, m->before[i]))
			return false;
	return true;
}

/* Weak: only a block that is well-formed to its end stands out, and these are so rare that the attack takes too long. */
static struct ml_tls_weak oracle(struct ml_tls_trial *const robots[])
{
	bool weak = ml_tls_same_reaction(robots[WRONG_START]->reaction, robots[WRONG_ZERO]->reaction) &&
		    ml_tls_same_reaction(robots[WRONG_START]->reaction, robots[NO_ZERO]->reaction);

	return (struct ml_tls_weak){ML_TLS_WEAK_VULNERABLE, weak ? "weak oracle: it tells a well-formed RSA key exchange from malformed ones"
								 : "strong oracle: it tells malformed RSA key exchanges apart"};
}

static void judge(struct ml_tls_collector *c, unsigned round)
{
	struct ml_tls_misbehaviour *m = c->misbehaviour;
	enum ml_tls_reaction_kind kind = m->robots[0]->reaction.kind;
	bool repeated = round == FULL_AGAIN || round == SHORT_AGAIN;

	if (repeated && !again(m)) {
		m->robot = (struct ml_tls_weak){ML_TLS_WEAK_UNKNOWN, "it answers the same malformed RSA key exchange in different ways"};
	} else if (repeated) {
		m->robot = oracle(m->robots);
	} else if (!all_same(m->robots)) {
		ask(c, round + 1);
	} else if (round == FULL && (kind == ML_TLS_REACTION_CLOSED || kind == ML_TLS_REACTION_RESET || kind == ML_TLS_REACTION_SILENCE)) {
		ask(c, SHORT);
	} else {
		m->robot = (struct ml_tls_weak){ML_TLS_WEAK_NOT, "it answers five forms of RSA key exchange alike"};
	}
}

static void take(struct ml_tls_trial *trial)
{
	struct ml_tls_collector *c = trial->question.collector;
	struct ml_tls_misbehaviour *m = c->misbehaviour;

	if (--m->robots_left)
		return;
	for (size_t i = 0; i < ML_TLS_ROBOT_VARIANTS; i++) {
		if (m->robots[i]->after)
			continue;
		m->robot = (struct ml_tls_weak){ML_TLS_WEAK_UNKNOWN, NULL};
		return;
	}
	judge(c, trial->round);
}

static const struct ml_tls_found_version *newest_with_rsa(const struct ml_tls_found *found)
{
	for (size_t i = ML_TLS_NEWEST; i-- > ML_TLS_OLDEST;)
		for (size_t k = 0; k < found->versions[i].nsuites; k++)
			if (of_rsa(found->versions[i].suites[k].code))
				return &found->versions[i];
	return NULL;
}

static void ask(struct ml_tls_collector *c, unsigned round)
{
	struct ml_tls_misbehaviour *m = c->misbehaviour;
	const struct ml_tls_found_version *version = newest_with_rsa(&c->found);
	struct ml_tls_trial *trials[ML_TLS_ROBOT_VARIANTS];

	for (unsigned i = 0; i < ML_TLS_ROBOT_VARIANTS; i++) {
		trials[i] = ml_tls_trial_new(c, "RSA key exchange", version->code, take);
		if (!trials[i])
			return;
		trials[i]->variant = i;
		trials[i]->round = round;
		trials[i]->then = say;
		/* Where a good server waits for more, nobody waits long. */
		trials[i]->patience_ms = is_short(round) ? SHORT_PATIENCE_MS : 0;
		ml_tls_offer_only(&trials[i]->question.offer, of_rsa);
		if (m->robots[i])
			m->before[i] = m->robots[i]->reaction;
		m->robots[i] = trials[i];
	}
	m->robots_left = ML_TLS_ROBOT_VARIANTS;
}

void ml_tls_robot_try(struct ml_tls_collector *c)
{
	if (newest_with_rsa(&c->found))
		ask(c, FULL);
	else
		c->misbehaviour->robot = (struct ml_tls_weak){ML_TLS_WEAK_NOT, "it offers no RSA key exchange"};
}
