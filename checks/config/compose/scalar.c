/* SPDX-License-Identifier: Apache-2.0 */
/* A YAML scalar as a node: variables first, then what its text means. */
#include "checks/config/compose/convert-priv.h"

static const struct ml_cenv_entry *find(const struct ml_cfill *fill, struct ml_str name)
{
	return ml_cenv_get(fill->env, name);
}

static bool tagged(const struct ml_yaml_node *node, const char *name)
{
	struct ml_str tag = ml_str(node->tag), prefix = ML_STR("tag:yaml.org,2002:");

	return ml_str_starts(tag, prefix) && ml_str_is(ml_str_sub(tag, prefix.len, tag.len), name);
}

static void set_kind(struct ml_cnode *out, const struct ml_yaml_node *node)
{
	static const uint8_t kinds[] = {
		[ML_YAML_NULL] = ML_C_NULL,
		[ML_YAML_BOOL] = ML_C_BOOL,
		[ML_YAML_INT] = ML_C_INT,
		[ML_YAML_FLOAT] = ML_C_FLOAT,
		[ML_YAML_STR] = ML_C_STR,
		[ML_YAML_TIMESTAMP] = ML_C_STR,
		[ML_YAML_MERGE] = ML_C_STR,
	};
	struct ml_yaml_scalar value = ml_yaml_resolve(node, ML_YAML_1_1);

	out->kind = kinds[value.type];
	if (out->kind == ML_C_BOOL)
		out->b = value.b;
	else if (out->kind == ML_C_INT)
		out->i = value.i;
	else if (out->kind == ML_C_FLOAT)
		out->d = value.d;
}

/* The node as its tag wants it read: `!!int "5"` is as plain as 5, and `!reset "x"` stays as it is.
 */
static struct ml_yaml_node as_tagged(const struct ml_yaml_node *node)
{
	struct ml_yaml_node plain = *node;

	if (tagged(node, "int") || tagged(node, "float") || tagged(node, "bool") ||
		tagged(node, "null"))
		plain.style = ML_YAML_PLAIN;
	return plain;
}

static const char *const reasons[] = {
	[ML_CFILL_SYNTAX] = "a '$' starts no variable: write $NAME, ${NAME} or $$",
	[ML_CFILL_LIMIT] = "the text with its variables is too long",
	[ML_CFILL_DEEP] = "the variables in it are nested too deeply",
};

static struct ml_cnode *unfilled(
	struct ml_cconv *c, struct ml_cfill *fill, enum ml_cfill_error error)
{
	if (error == ML_CFILL_MEMORY)
		return NULL;
	if (!c->quiet)
		ml_cload_say(c->load, ML_DIAG_ERROR, fill->loc, "%s", reasons[error]);
	return ml_cnode_unknown(c->load, fill->loc, reasons[error]);
}

/* The place of the first variable that has one. */
static uint32_t variable_place(const struct ml_cfill *fill)
{
	for (uint32_t i = 0; i < fill->nvars; i++)
		if (fill->vars[i].loc && !fill->vars[i].defaulted)
			return fill->vars[i].loc;
	return 0;
}

/* A plain scalar is typed by what it became; an empty text and the words for null stay text, as
 * Compose never makes them null. */
static void retype(struct ml_cnode *out, const struct ml_yaml_node *node)
{
	struct ml_yaml_node filled = as_tagged(node);

	filled.text = out->text.ptr;
	filled.n = (uint32_t)out->text.len;
	if (out->text.len)
		set_kind(out, &filled);
	if (out->kind == ML_C_NULL || out->text.len == 0)
		out->kind = ML_C_STR;
}

static struct ml_cnode *interpolated(struct ml_cconv *c, const struct ml_yaml_node *node,
	const struct ml_yaml_node *key, uint32_t origin)
{
	struct ml_cfill fill = {.load = c->load, .find = find, .env = c->env, .quiet = c->quiet};
	enum ml_cfill_error error;
	struct ml_cnode *out;
	uint32_t from;

	fill.loc = ml_cconv_loc(c, node, key, origin);
	error = ml_cfill(&fill, ml_yaml_text(node));
	if (error)
		return unfilled(c, &fill, error);
	from = variable_place(&fill);
	if (from)
		fill.loc = ml_cconv_loc(c, node, key, ml_cload_via(c->load, from, origin));
	out = ml_cnode_new(c->load, ML_C_STR, fill.loc);
	if (!out)
		return NULL;
	out->text = fill.text;
	out->interpolated = fill.nvars > 0;
	out->quoted = node->style != ML_YAML_PLAIN;
	retype(out, node);
	out->nvars = fill.nvars;
	out->vars = fill.vars;
	return out;
}

struct ml_cnode *ml_cconv_scalar(struct ml_cconv *c, const struct ml_yaml_node *node,
	const struct ml_yaml_node *key, uint32_t origin)
{
	struct ml_yaml_node plain;
	struct ml_cnode *out;

	if (node->n && memchr(node->text, '$', node->n))
		return interpolated(c, node, key, origin);
	out = ml_cnode_new(c->load, ML_C_STR, ml_cconv_loc(c, node, key, origin));
	if (!out)
		return NULL;
	plain = as_tagged(node);
	set_kind(out, &plain);
	out->text = ml_cconv_text(c, node);
	out->quoted = out->kind == ML_C_STR && node->style != ML_YAML_PLAIN;
	return out;
}
