/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzzes the loading of Compose projects: one input is several files, each behind a line "%%% NAME"; what stands before the first is docker-compose.yml. */
#include <stdint.h>
#include <stdlib.h>

#include "checks/config/compose/tree-priv.h"
#include "facts/compose.h"

enum { ARENA_BYTES = 1 << 28, FILES = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static size_t split(struct ml_str text, struct ml_memory_file *files)
{
	size_t n = 0;

	files[n++] = (struct ml_memory_file){ML_STR("docker-compose.yml"), text};
	while (n < FILES) {
		struct ml_str *last = &files[n - 1].bytes, rest, name;
		size_t at = ml_str_find(*last, ML_STR("%%% "));
		if (at == ML_NPOS)
			break;
		rest = ml_str_sub(*last, at + 4, last->len);
		*last = ml_str_sub(*last, 0, at);
		ml_str_split(&rest, '\n', &name);
		files[n++] = (struct ml_memory_file){name, rest.ptr ? rest : ML_STR("")};
	}
	return n;
}

static void look(const struct ml_facts *facts, const struct ml_cnode *node, int depth)
{
	if (node->kind > ML_C_UNKNOWN || node->tag || depth > 250 || (node->loc && !ml_facts_at(facts, node->loc)))
		abort();
	if (node->kind != ML_C_SEQ && node->kind != ML_C_MAP && (node->n || (node->text.len && !node->text.ptr)))
		abort();
	if (node->kind == ML_C_UNKNOWN && (node->text.len == 0 || !facts->incomplete))
		abort();
	for (uint32_t i = 0; i < node->n; i++)
		look(facts, node->items[i], depth + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	struct ml_memory_file files[FILES];
	struct ml_memory_reader table = {files, split((struct ml_str){(const char *)bytes, len}, files)};
	struct ml_reader reader = ml_memory_reader(&table);
	struct ml_str name = ML_STR("docker-compose.yml");
	struct ml_compose_request request = {.files = &name, .nfiles = 1};
	struct ml_facts *facts = arena ? ml_facts_new(arena, &ml_kind_compose, name) : NULL;
	struct ml_cproject project;

	if (facts && ml_compose_load(facts, facts->arena, &reader, &request, &project) == 0)
		look(facts, project.root, 0);
	facts = arena ? ml_facts_new(arena, &ml_kind_compose, name) : NULL;
	if (facts && ml_compose_collect(facts, &reader, &request) == 0 && facts->root.kind == ML_V_RECORD && !ml_value_is(&facts->root, &ml_co_root, arena, &name))
		abort(); /* facts that their own schema refuses */
	return 0;
}
