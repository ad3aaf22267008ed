/* SPDX-License-Identifier: Apache-2.0 */
/* Dockerfiles that a Compose file names. */
#include "scanner/builds.h"

#include "base/error.h"
#include "base/path.h"
#include "facts/compose.h"

static struct ml_str text_of(const struct ml_record *record, int slot)
{
	return ml_value_text(ml_record_get(record, slot));
}

static void say_outside(struct ml_facts *facts, struct ml_str service, const struct ml_value *build,
	struct ml_str dockerfile)
{
	const struct ml_loc *at = ml_facts_at(facts, build->loc);
	bool placed = at && at->file < facts->nsources;
	struct ml_diag *diag = ml_diag_add(&facts->diags, ML_DIAG_WARNING,
		placed ? facts->sources[at->file].name : ML_STR(""), placed ? at->line : 0,
		placed ? at->col : 0,
		"services.%.*s: its Dockerfile %.*s lies outside of the scanned directory and is "
		"not looked at",
		ML_STR_ARG(service), ML_STR_ARG(dockerfile));

	if (placed)
		diag->source = ml_facts_line(facts, facts->arena, at->file, at->line);
}

/* Whether the text was read: a build that is unknown is said already. */
static bool is_known(const struct ml_record *build)
{
	static const int slots[] = {ML_CO_BUILD_CONTEXT, ML_CO_BUILD_CONTEXT_KIND,
		ML_CO_BUILD_DOCKERFILE, ML_CO_BUILD_INLINE};

	for (size_t i = 0; i < sizeof(slots) / sizeof(slots[0]); i++)
		if (ml_record_get(build, slots[i])->kind == ML_V_UNKNOWN)
			return false;
	return ml_record_get(build, ML_CO_BUILD_SET)->b &&
	       !ml_record_get(build, ML_CO_BUILD_INLINE)->b &&
	       ml_str_is(text_of(build, ML_CO_BUILD_CONTEXT_KIND), "path");
}

static void add_build(struct ml_facts *facts, const struct ml_entry *service, struct ml_str dir,
	struct ml_buf *out)
{
	const struct ml_value *build =
		service->value.kind == ML_V_RECORD
			? ml_record_get(service->value.record, ML_CO_SVC_BUILD)
			: NULL;
	struct ml_str context, path, dockerfile;
	int r;

	if (!build || build->kind != ML_V_RECORD || !is_known(build->record))
		return;
	context = text_of(build->record, ML_CO_BUILD_CONTEXT);
	dockerfile = text_of(build->record, ML_CO_BUILD_DOCKERFILE);
	r = ml_path_join(facts->arena, dir, context, &path);
	if (r == 0)
		r = ml_path_join(facts->arena, path, dockerfile, &path);
	if (r == ML_EACCES)
		say_outside(facts, ml_value_text(&service->key), build,
			ml_strf(facts->arena, "%.*s/%.*s", ML_STR_ARG(context),
				ML_STR_ARG(dockerfile)));
	if (r || path.len == 0)
		return;
	ml_buf_str(out, path);
	ml_buf_putc(out, 0);
}

void ml_builds_list(struct ml_facts *facts, struct ml_str dir, struct ml_buf *out)
{
	const struct ml_value *services =
		facts->kind == &ml_kind_compose && facts->root.kind == ML_V_RECORD
			? ml_record_get(facts->root.record, ML_CO_SERVICES)
			: NULL;

	for (uint32_t i = 0; services && services->kind == ML_V_MAP && i < services->len; i++)
		add_build(facts, &services->entries[i], dir, out);
}
