/* SPDX-License-Identifier: Apache-2.0 */
/* Breaking text into lines, and YAML into one. */
#include "scanner/prose.h"

#include "base/utf8.h"

enum { DEPTH_MAX = 100 };

static void blanks(struct ml_buf *out, unsigned n)
{
	while (n--)
		ml_buf_putc(out, ' ');
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Cuts the next word off *rest. */
static struct ml_str next_word(struct ml_str *rest)
{
	size_t from = 0, to;

	while (from < rest->len && is_blank(rest->ptr[from]))
		from++;
	for (to = from; to < rest->len && !is_blank(rest->ptr[to]); to++)
		;
	struct ml_str word = ml_str_sub(*rest, from, to);
	*rest = ml_str_sub(*rest, to, rest->len);
	return word;
}

void ml_prose(struct ml_buf *out, struct ml_str s, unsigned indent, unsigned at)
{
	bool first = true;

	for (struct ml_str word = next_word(&s); word.len; word = next_word(&s)) {
		unsigned width = (unsigned)ml_utf8_count(word);
		if (!first && at + 1 + width > ML_PROSE_COLUMNS) {
			ml_buf_putc(out, '\n');
			blanks(out, indent);
			at = indent;
		} else if (!first) {
			ml_buf_putc(out, ' ');
			at++;
		}
		ml_buf_escaped(out, word);
		at += width;
		first = false;
	}
	ml_buf_putc(out, '\n');
}

static void show(struct ml_buf *out, const struct ml_yaml_node *node, size_t end, int depth);

/* Over what is asked for: the rest is not worth walking. */
static bool full(const struct ml_buf *out, size_t end)
{
	return out->error || out->len >= end;
}

static void show_list(struct ml_buf *out, const struct ml_yaml_node *node, size_t end, int depth)
{
	ml_buf_putc(out, '[');
	for (uint32_t i = 0; i < node->n && !full(out, end); i++) {
		ml_buf_puts(out, i ? ", " : "");
		show(out, node->items[i], end, depth - 1);
	}
	ml_buf_putc(out, ']');
}

static void show_map(struct ml_buf *out, const struct ml_yaml_node *node, size_t end, int depth)
{
	ml_buf_puts(out, node->n ? "{ " : "{");
	for (uint32_t i = 0; i < node->n && !full(out, end); i++) {
		ml_buf_puts(out, i ? ", " : "");
		show(out, ml_yaml_key(node, i), end, depth - 1);
		ml_buf_puts(out, ": ");
		show(out, ml_yaml_value(node, i), end, depth - 1);
	}
	ml_buf_puts(out, node->n ? " }" : "}");
}

static void show_scalar(struct ml_buf *out, const struct ml_yaml_node *node)
{
	bool quoted = node->style != ML_YAML_PLAIN;

	ml_buf_puts(out, quoted ? "'" : "");
	for (uint32_t i = 0; i < node->n; i++)
		ml_buf_puts(out, quoted && node->text[i] == '\'' ? "''" : (const char[]){node->text[i], 0});
	ml_buf_puts(out, quoted ? "'" : "");
}

static void show(struct ml_buf *out, const struct ml_yaml_node *node, size_t end, int depth)
{
	node = ml_yaml_deref(node);
	if (!node || depth == 0 || full(out, end))
		return;
	if (node->kind == ML_YAML_SEQ)
		show_list(out, node, end, depth);
	else if (node->kind == ML_YAML_MAP)
		show_map(out, node, end, depth);
	else
		show_scalar(out, node);
}

void ml_prose_yaml(struct ml_buf *out, const struct ml_yaml_node *node, size_t max)
{
	size_t end = out->len + max;

	show(out, node, end, DEPTH_MAX);
	if (!full(out, end) || out->error)
		return;
	while (end > 0 && ((unsigned char)out->ptr[end] & 0xc0) == 0x80)
		end--;
	out->len = end;
	ml_buf_puts(out, "…");
}
