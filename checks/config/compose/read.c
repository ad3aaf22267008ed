/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a Compose project: each is asked for once, and registered as a source. */
#include "checks/config/compose/load-priv.h"

static struct ml_cfile *find(struct ml_cload *load, struct ml_str name)
{
	for (size_t i = 0; i < load->nfiles; i++)
		if (ml_str_eq(load->files[i]->name, name))
			return load->files[i];
	return NULL;
}

static struct ml_cfile *add(struct ml_cload *load, struct ml_str name)
{
	struct ml_cfile *file = ml_alloc(load->arena, sizeof(*file));

	if (!file || !(file->name = ml_str_dup(load->arena, name)).ptr ||
		ml_alloc_grow(load->arena, &load->files, &load->files_cap, load->nfiles + 1, sizeof(*load->files))) {
		load->memory = true;
		return NULL;
	}
	load->files[load->nfiles++] = file;
	return file;
}

static void fail(struct ml_cload *load, struct ml_cfile *file, int error, const char *why)
{
	file->error = error;
	file->why = ml_str_dup(load->arena, ml_str(why));
	load->memory = load->memory || error == ML_ENOMEM || !file->why.ptr;
}

struct ml_cfile *ml_cload_file(struct ml_cload *load, struct ml_str name)
{
	struct ml_cfile *file = find(load, name);
	struct ml_error err = {0};
	int r;

	if (file)
		return file;
	file = add(load, name);
	if (!file)
		return NULL;
	if (load->nfiles > ML_C_FILES) {
		fail(load, file, ML_ELIMIT, "too many files");
		return file;
	}
	r = ml_read(load->reader, load->arena, file->name, &file->bytes, &err);
	if (r == 0)
		r = ml_facts_source(load->facts, file->name, file->bytes);
	if (r < 0)
		fail(load, file, r, err.message[0] ? err.message : ml_strcode(r));
	else
		file->source = (uint32_t)r;
	return file;
}
