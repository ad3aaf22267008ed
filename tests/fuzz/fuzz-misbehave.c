/* SPDX-License-Identifier: Apache-2.0 */
/* Odd conversations, each with a server that says the same bytes. The first byte says what was found before, the second how a connection ends, the third how long the
 * pieces are. */
#include <stdlib.h>

#include "tests/unit/checks/hand-engine.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint16_t mixed[] = {0xc02f, 0x009e, 0x009c, 0x002f, 0xc013}, modern[] = {0x1301};

static void find(struct ml_tls_collector *c, uint8_t choice)
{
	hand_offer(c, 5, modern, choice & 1);
	hand_offer(c, 4, mixed, choice & 2 ? 5 : choice & 4 ? 2 : 0);
	hand_offer(c, 2, mixed + 2, choice & 8 ? 3 : 0);
	if (choice & 16)
		c->found.versions[4].suites[0].dh_prime = ML_STR("\1\0\1\3");
}

static void answer(struct ml_chain *chain, struct ml_str bytes, enum ml_talk_end how, size_t piece)
{
	struct ml_talk *talk = chain->next(chain);
	bool on;
	ML_BUF_AUTO out;

	ml_buf_init(&out, 1 << 17);
	on = talk && talk->ops->start(talk, &out);
	for (size_t at = 0; on && at < bytes.len; at += piece) {
		ml_buf_clear(&out);
		on = talk->ops->feed(talk, ml_str_sub(bytes, at, at + piece), &out);
	}
	if (talk)
		talk->ops->ended(talk, on ? how : ML_TALK_DONE);
	if (chain->next(chain))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum ml_talk_end ends[] = {ML_TALK_CLOSED, ML_TALK_RESET, ML_TALK_SILENT, ML_TALK_NEVER};
	ML_ARENA_AUTO arena = ml_arena_new((size_t)16 << 20);
	ML_ARENA_AUTO scratch = ml_arena_new((size_t)32 << 20);
	struct ml_tls_collector *c = ml_alloc(arena, sizeof(*c));
	struct ml_value facts;

	if (size < 3)
		return 0;
	hand_collector(c, arena, scratch);
	find(c, data[0]);
	ml_tls_misbehave_begin(c);
	for (size_t i = 0; i < hand_nchains; i++)
		answer(hand_chains[i], (struct ml_str){(const char *)data + 3, size - 3}, ends[data[1] % 4], (size_t)data[2] + 1);
	facts = hand_facts(c);
	if (hand_nchains == HAND_CHAINS || c->memory || facts.kind != ML_V_RECORD)
		abort();
	ml_tls_questions_free(c);
	return 0;
}
