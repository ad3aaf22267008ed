/* SPDX-License-Identifier: Apache-2.0 */
/* A cursor over text with a sticky error. */
#include "base/cursor.h"

#include "base/error.h"

struct ml_cursor ml_cursor(struct ml_str text, int max_depth)
{
	return (struct ml_cursor){.text = text, .line = 1, .col = 1, .max_depth = max_depth};
}

int ml_cursor_peek(const struct ml_cursor *c, size_t ahead)
{
	if (c->error || ahead >= c->text.len - c->at)
		return -1;
	return (unsigned char)c->text.ptr[c->at + ahead];
}

int ml_cursor_next(struct ml_cursor *c)
{
	int byte = ml_cursor_peek(c, 0);

	if (byte < 0)
		return -1;
	c->at++;
	if (byte == '\n' || (byte == '\r' && ml_cursor_peek(c, 0) != '\n')) {
		c->line++;
		c->col = 1;
	} else if ((byte & 0xc0) != 0x80 && byte != '\r') {
		c->col++;
	}
	return byte;
}

struct ml_str ml_cursor_skip(struct ml_cursor *c, size_t n)
{
	size_t from = c->at;

	for (size_t i = 0; i < n && ml_cursor_next(c) >= 0; i++)
		;
	return ml_str_sub(c->text, from, c->at);
}

bool ml_cursor_take(struct ml_cursor *c, struct ml_str literal)
{
	if (c->error || !ml_str_starts(ml_str_sub(c->text, c->at, c->text.len), literal))
		return false;
	ml_cursor_skip(c, literal.len);
	return true;
}

struct ml_str ml_cursor_while(struct ml_cursor *c, bool (*accept)(int byte))
{
	size_t from = c->at;
	int byte;

	while ((byte = ml_cursor_peek(c, 0)) >= 0 && accept(byte))
		ml_cursor_next(c);
	return ml_str_sub(c->text, from, c->at);
}

bool ml_cursor_line(struct ml_cursor *c, struct ml_str *line_text)
{
	size_t from = c->at, to;
	int byte;

	if (ml_cursor_done(c))
		return false;
	while ((byte = ml_cursor_peek(c, 0)) >= 0 && byte != '\n' && byte != '\r')
		ml_cursor_next(c);
	to = c->at;
	if (ml_cursor_next(c) == '\r' && ml_cursor_peek(c, 0) == '\n')
		ml_cursor_next(c);
	*line_text = ml_str_sub(c->text, from, to);
	return true;
}

bool ml_cursor_done(const struct ml_cursor *c)
{
	return c->error || c->at >= c->text.len;
}

void ml_cursor_fail(struct ml_cursor *c, int error)
{
	if (!c->error)
		c->error = error;
}

bool ml_cursor_enter(struct ml_cursor *c)
{
	if (c->depth >= c->max_depth)
		ml_cursor_fail(c, ML_ELIMIT);
	else
		c->depth++;
	return !c->error;
}

void ml_cursor_leave(struct ml_cursor *c)
{
	c->depth--;
}
