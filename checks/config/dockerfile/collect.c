/* SPDX-License-Identifier: Apache-2.0 */
/* The collector of Dockerfiles: reads, parses, hides, evaluates. */
#include "base/error.h"
#include "checks/config/dockerfile/evaluate.h"

/* Nothing can be said: the root is UNKNOWN. */
static int give_up(struct ml_df *df, const char *reason)
{
	df->facts->root = ml_df_unknown(df, reason);
	return df->error || ml_arena_failed(df->arena) ? ML_ENOMEM : 0;
}

static int read_file(struct ml_df *df, struct ml_error *err)
{
	int r = ml_read(df->reader, df->arena, df->request->file, &df->bytes, err), file;

	if (r)
		return r;
	if (df->bytes.len > ML_DF_BYTES)
		return ml_fail(err, ML_ELIMIT, "it is bigger than %d bytes", ML_DF_BYTES);
	file = ml_facts_source(df->facts, df->request->file, df->bytes);
	if (file < 0)
		return file;
	df->file = (uint32_t)file;
	return ml_df_lines_of(df->arena, df->bytes, &df->lines);
}

/* Each diagnostic gets its line, with secrets hidden. */
static void show_lines(struct ml_df *df)
{
	struct ml_diags *diags = &df->facts->diags;

	for (size_t i = 0; i < diags->n; i++)
		if (diags->items[i].line && !diags->items[i].source.ptr && ml_str_eq(diags->items[i].file, df->request->file))
			diags->items[i].source = ml_facts_line(df->facts, df->arena, df->file, diags->items[i].line);
}

static int collect(struct ml_df *df)
{
	size_t nul = ml_str_chr(df->bytes, '\0');

	if (nul != ML_NPOS) {
		ml_df_diag(df, ML_DIAG_ERROR, (uint32_t)nul, (uint32_t)nul, "a NUL byte: this is no text");
		return give_up(df, "the file has a NUL byte");
	}
	ml_df_parse(df);
	if (!df->error && df->ninstrs == 0 && !df->cut) {
		ml_diag_add(&df->facts->diags, ML_DIAG_ERROR, df->request->file, 0, 0, "no instructions: the file is empty");
		return give_up(df, "the file has no instructions");
	}
	ml_df_hide(df);
	ml_df_stages_find(df);
	if (df->nstages == 0) {
		ml_diag_add(&df->facts->diags, ML_DIAG_ERROR, df->request->file, 0, 0, "no FROM: there is no stage to build");
		df->facts->incomplete = true;
	}
	df->facts->root = ml_df_evaluate(df);
	if (df->nstages == 0 && !df->error)
		give_up(df, "there is no FROM");
	ml_df_hide_again(df);
	show_lines(df);
	return df->error || ml_arena_failed(df->arena) ? ML_ENOMEM : 0;
}

int ml_dockerfile_collect(struct ml_facts *facts, const struct ml_reader *reader, const struct ml_dockerfile_request *request)
{
	struct ml_df df = {.facts = facts, .arena = facts->arena, .reader = reader, .request = request, .target = -1,
		.mask.arena = facts->arena};
	struct ml_error err = {0};
	int r = read_file(&df, &err);

	if (r == ML_ENOMEM)
		return r;
	if (r) {
		ml_diag_add(&facts->diags, ML_DIAG_ERROR, request->file, 0, 0, "%s", err.message[0] ? err.message : ml_strcode(r));
		return give_up(&df, "the file could not be read");
	}
	return collect(&df);
}
