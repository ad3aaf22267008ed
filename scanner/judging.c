/* SPDX-License-Identifier: Apache-2.0 */
/* The common part of judging workers. */
#include "scanner/judging.h"

#include "facts/factfile.h"
#include "facts/json-read.h"
#include "policies/judge.h"

#define ARENA_BYTES ((size_t)1280 << 20)
#define FRAME_BYTES ((size_t)500 << 20)
#define DIAGS_BYTES ((size_t)1 << 20)

struct ml_arena *ml_judging_arena(void)
{
	return ml_arena_new(ARENA_BYTES);
}

void ml_judging_warm_up(void *arg)
{
	ml_json_warm_up();
}

struct ml_policy_source *ml_judging_sources(struct ml_arena *arena, const struct ml_packs *packs)
{
	struct ml_policy_source *sources = ml_alloc_array(arena, packs->n, sizeof(*sources));

	for (size_t i = 0; i < packs->n && sources; i++) {
		const struct ml_text_file *file = &packs->files[i];
		sources[i] = (struct ml_policy_source){file->name, file->id, file->bytes, file->chosen};
	}
	return sources;
}

void ml_judging_diags(struct ml_worker *worker, const struct ml_diags *diags)
{
	ML_BUF_AUTO out;

	ml_buf_init(&out, DIAGS_BYTES);
	for (size_t i = 0; i < diags->n; i++)
		ml_diag_print(&out, &diags->items[i]);
	if (diags->dropped)
		ml_buf_printf(&out, "and %zu more\n", diags->dropped);
	if (out.len)
		ml_frame_write(worker, ML_FRAME_DIAGS, ml_buf_get(&out));
}

static int write_facts(struct ml_worker *worker, const struct ml_facts *facts)
{
	ML_BUF_AUTO out;

	ml_buf_init(&out, FRAME_BYTES);
	ml_factfile_write(facts, &out);
	return out.error ? out.error : ml_frame_write(worker, ML_FRAME_FACTS, ml_buf_get(&out));
}

static int write_findings(struct ml_worker *worker, struct ml_run *run)
{
	struct ml_findings findings = {run, 1};
	ML_BUF_AUTO out;

	ml_buf_init(&out, FRAME_BYTES);
	ml_findings_write(&findings, &out);
	return out.error ? out.error : ml_frame_write(worker, ML_FRAME_FINDINGS, ml_buf_get(&out));
}

enum ml_judging_status ml_judging_gated(struct ml_worker *worker, struct ml_facts *facts, const struct ml_packs *packs, bool keep_facts, int severity)
{
	enum ml_severity gate = severity < ML_SEV_MEDIUM ? (enum ml_severity)severity : ML_SEV_MEDIUM;
	struct ml_judge_budget budget = {ML_JUDGE_RULE_COST, ML_JUDGE_TARGET_COST, gate};
	struct ml_arena *arena = facts->arena;
	struct ml_policies_wish wish = {.kind = facts->kind, .unasked = packs->unasked};
	struct ml_diags diags = {.arena = arena};
	struct ml_policy_source *sources = ml_judging_sources(arena, packs);
	struct ml_policies policies;
	struct ml_run run;
	int r = sources ? ml_policies_load(arena, sources, packs->n, &wish, &diags, &policies) : ML_ENOMEM;

	ml_judging_diags(worker, &diags);
	if (r)
		return r == ML_ENOMEM ? ML_JUDGING_FAILED : ML_JUDGING_POLICY;
	if (keep_facts && write_facts(worker, facts))
		return ML_JUDGING_FAILED;
	if (ml_judge_within(arena, facts, &policies, budget, &run) || write_findings(worker, &run))
		return ML_JUDGING_FAILED;
	return ML_JUDGED;
}

enum ml_judging_status ml_judging_run(struct ml_worker *worker, struct ml_facts *facts, const struct ml_packs *packs, bool keep_facts)
{
	return ml_judging_gated(worker, facts, packs, keep_facts, ML_SEV_MEDIUM);
}
