/* SPDX-License-Identifier: Apache-2.0 */
/* The Dockerfile collector on arbitrary bytes: every fact is of its type, and the fact file can be read back. The bytes behind a NUL are the ignore file. */
#include <stdlib.h>

#include "checks/config/dockerfile/dockerfile.h"
#include "facts/dockerfile.h"
#include "facts/factfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)512 << 20);
	struct ml_str bytes = {(const char *)data, size};
	size_t nul = ml_str_chr(bytes, '\0');
	struct ml_memory_file files[] = {{ML_STR("Dockerfile"), ml_str_sub(bytes, 0, nul)}, {ML_STR(".dockerignore"), ML_STR("")}};
	struct ml_memory_reader table = {files, nul == ML_NPOS ? 1 : 2};
	struct ml_reader reader = ml_memory_reader(&table);
	struct ml_dockerfile_request request = {.file = ML_STR("Dockerfile"), .context = ML_STR("")};
	struct ml_facts *facts = arena ? ml_facts_new(arena, &ml_kind_dockerfile, request.file) : NULL, *again;
	struct ml_str path;
	ML_BUF_AUTO out;

	if (nul != ML_NPOS)
		files[1].bytes = ml_str_sub(bytes, nul + 1, size);
	ml_buf_init(&out, (size_t)64 << 20);
	if (!facts || ml_dockerfile_collect(facts, &reader, &request))
		return 0;
	if (!ml_value_is(&facts->root, facts->kind->root, arena, &path))
		abort();
	ml_factfile_write(facts, &out);
	if (out.error == 0 && ml_factfile_read(arena, ml_buf_get(&out), &again, NULL) && !ml_arena_failed(arena))
		abort();
	return 0;
}
