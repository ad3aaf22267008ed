/* SPDX-License-Identifier: Apache-2.0 */
/* Reads attestations: a small JSON object, written by our own broker, read back as if it were not. */
#include "reports/seal-priv.h"

#include "base/cursor.h"

enum { SEAL_BYTES = 16384, SEAL_DEPTH = 8 };

/* What ML_SANDBOX_DEFAULT lets a kernel or container refuse (sandbox/sandbox.h). */
static const char *const allowed[] = {"namespaces", "root", "bounding", "mdwe"};

static bool is_space(int c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_word(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.';
}

/* The next of `c`, after white space. */
static bool take(struct ml_cursor *in, struct ml_str what)
{
	ml_cursor_while(in, is_space);
	return ml_cursor_take(in, what);
}

/* The inside of a string, its escapes as they are. */
static struct ml_str read_string(struct ml_cursor *in)
{
	size_t from;

	if (!take(in, ML_STR("\""))) {
		ml_cursor_fail(in, ML_ESYNTAX);
		return ML_STR_NONE;
	}
	from = in->at;
	for (int c = ml_cursor_next(in); c != '"'; c = ml_cursor_next(in)) {
		if (c == '\\')
			c = ml_cursor_next(in);
		if (c < 0) {
			ml_cursor_fail(in, ML_ESYNTAX);
			return ML_STR_NONE;
		}
	}
	return ml_str_sub(in->text, from, in->at - 1);
}

/* A string, or a number or word; anything nested is passed over. */
static struct ml_str read_value(struct ml_cursor *in, bool *string)
{
	size_t depth = 0;
	struct ml_str value = ML_STR_NONE;

	*string = false;
	do {
		ml_cursor_while(in, is_space);
		int c = ml_cursor_peek(in, 0);
		if (c == '"') {
			value = read_string(in);
			*string = depth == 0;
		} else if (c == '{' || c == '[') {
			depth++;
			ml_cursor_skip(in, 1);
		} else if (c == '}' || c == ']') {
			depth -= depth > 0;
			ml_cursor_skip(in, 1);
		} else if (c == ',' || c == ':') {
			ml_cursor_skip(in, 1);
		} else {
			value = ml_cursor_while(in, is_word);
			if (value.len == 0)
				ml_cursor_fail(in, ML_ESYNTAX);
		}
	} while (depth > 0 && !in->error);
	return value;
}

static struct ml_seal_layer *find_layer(struct ml_seal *seal, struct ml_str name)
{
	for (size_t i = 0; i < seal->nlayers; i++)
		if (ml_str_eq(seal->layers[i].name, name))
			return &seal->layers[i];
	if (seal->nlayers == ML_SEAL_LAYERS)
		return NULL;
	seal->layers[seal->nlayers] = (struct ml_seal_layer){.name = name};
	return &seal->layers[seal->nlayers++];
}

static bool is_allowed(struct ml_str layer)
{
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		if (ml_str_is(layer, allowed[i]))
			return true;
	return false;
}

static void add_layer(struct ml_seal *seal, struct ml_str name, struct ml_str value, bool string)
{
	struct ml_seal_layer *layer = find_layer(seal, name);

	if (!layer || (!string && ml_str_is(value, "true")))
		return;
	seal->nlacking += layer->lacking++ == 0;
	if (layer->why.len == 0)
		layer->why = value.len ? value : ML_STR("lacking");
	seal->beyond |= !is_allowed(name);
}

/* One object's members; those of "layers" are counted, and `sealed` is told. */
static void read_members(struct ml_cursor *in, struct ml_seal *seal, bool layers, bool *sealed)
{
	bool string;

	if (take(in, ML_STR("}")))
		return;
	do {
		struct ml_str name = read_string(in);

		if (!take(in, ML_STR(":")))
			ml_cursor_fail(in, ML_ESYNTAX);
		if (!layers && ml_str_is(name, "layers") && take(in, ML_STR("{"))) {
			read_members(in, seal, true, sealed);
			continue;
		}
		struct ml_str value = read_value(in, &string);
		if (layers && !in->error)
			add_layer(seal, name, value, string);
		else if (ml_str_is(name, "sealed"))
			*sealed = !string && ml_str_is(value, "true");
	} while (!in->error && take(in, ML_STR(",")));
	if (!take(in, ML_STR("}")))
		ml_cursor_fail(in, ML_ESYNTAX);
}

static void read_one(struct ml_str json, struct ml_seal *seal)
{
	struct ml_cursor in = ml_cursor(json, SEAL_DEPTH);
	bool sealed = false;

	if (json.len > SEAL_BYTES || !take(&in, ML_STR("{")))
		ml_cursor_fail(&in, ML_ESYNTAX);
	else
		read_members(&in, seal, false, &sealed);
	if (in.error)
		seal->unattested++;
	else if (sealed)
		seal->sealed++;
	else
		seal->unsealed++;
}

/* What no worker has ever seen: folders that could not be looked into, and files of waivers. */
static bool parsed_nothing(const struct ml_run *run)
{
	return run->sandbox.len == 0 && (ml_str_is(run->kind, "folder") || ml_str_is(run->kind, "merlon.waivers"));
}

void ml_seal_read(const struct ml_findings *findings, struct ml_seal *out)
{
	*out = (struct ml_seal){0};
	for (size_t i = 0; i < findings->nruns; i++)
		if (!parsed_nothing(&findings->runs[i]))
			read_one(findings->runs[i].sandbox, out);
	out->beyond |= out->unsealed > 0;
}
