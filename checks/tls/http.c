/* SPDX-License-Identifier: Apache-2.0 */
/* The head of an HTTP/1 answer. */
#include "checks/tls/http.h"

#include "base/error.h"

/* "HTTP/1.1 200": what follows is a space and a phrase, or nothing. */
enum { STATUS_BYTES = 12, INTERIM = 100, FINAL = 200, FOLDS = 64 };

/* Whether a begun answer can still be one of HTTP/1. */
static bool begins_well(struct ml_str head)
{
	static const char shape[] = "HTTP/1.d ddd";

	for (size_t i = 0; i < head.len && i < STATUS_BYTES; i++) {
		bool digit = head.ptr[i] >= '0' && head.ptr[i] <= '9';
		if (shape[i] == 'd' ? !digit : head.ptr[i] != shape[i])
			return false;
	}
	return true;
}

static unsigned digit(struct ml_str head, size_t i)
{
	return (unsigned)(head.ptr[i] - '0');
}

static unsigned status_of(struct ml_str head)
{
	return 100 * digit(head, 9) + 10 * digit(head, 10) + digit(head, 11);
}

/* The line that ends at `end` is empty: the head is over. An interim answer is passed over. */
static bool over(struct ml_http_scan *scan, struct ml_str bytes, size_t end)
{
	unsigned status =
		status_of(ml_str_sub(bytes, scan->head, end)); /* there: begins_well saw it */

	scan->line = end + 1;
	if (status < INTERIM || status >= FINAL)
		return true;
	scan->head = scan->line;
	return false;
}

enum ml_http_progress ml_http_scan(struct ml_http_scan *scan, struct ml_str bytes)
{
	for (; scan->seen < bytes.len; scan->seen++) {
		size_t end = scan->seen;
		if (end - scan->head < STATUS_BYTES &&
			!begins_well(ml_str_sub(bytes, scan->head, end + 1)))
			return ML_HTTP_FOREIGN;
		if (bytes.ptr[end] != '\n')
			continue;
		if (end == scan->line || (end == scan->line + 1 && bytes.ptr[scan->line] == '\r')) {
			if (over(scan, bytes, end))
				return ML_HTTP_WHOLE;
			continue;
		}
		scan->line = end + 1;
	}
	return ML_HTTP_MORE;
}

/* RFC 9110 5.6.2 */
static bool token_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c && strchr("!#$%&'*+-.^_`|~", c));
}

static bool is_token(struct ml_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!token_byte(s.ptr[i]))
			return false;
	return s.len > 0;
}

/* Control characters could end a line for another reader, or its string. A tab is white space. */
static bool clean(struct ml_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (((unsigned char)s.ptr[i] < ' ' && s.ptr[i] != '\t') || s.ptr[i] == 0x7f)
			return false;
	return true;
}

struct head_reader {
	struct ml_arena *arena;
	struct ml_http_head *head;
	size_t cap, folds;
	const char *why;
};

static int bad(struct head_reader *r, const char *why)
{
	r->why = why;
	return ML_ESYNTAX;
}

/* RFC 9112 5.2: a line that begins with white space belongs to the one before. */
static int fold(struct head_reader *r, struct ml_str line)
{
	struct ml_http_field *last =
		r->head->nfields ? &r->head->fields[r->head->nfields - 1] : NULL;
	struct ml_str more = ml_str_trim(line);

	if (!last)
		return bad(r, "white space before the first header field");
	if (++r->folds > FOLDS)
		return ML_ELIMIT;
	last->value = ml_str_trim(
		ml_strf(r->arena, "%.*s %.*s", ML_STR_ARG(last->value), ML_STR_ARG(more)));
	return last->value.ptr ? 0 : ML_ENOMEM;
}

static int field(struct head_reader *r, struct ml_str line)
{
	size_t colon = ml_str_chr(line, ':');
	struct ml_str name = ml_str_sub(line, 0, colon);

	if (colon == ML_NPOS || !is_token(name))
		return bad(r, "a header line without a name");
	if (r->head->nfields == ML_HTTP_FIELDS)
		return ML_ELIMIT;
	if (ml_alloc_grow(r->arena, &r->head->fields, &r->cap, r->head->nfields + 1,
		    sizeof(*r->head->fields)))
		return ML_ENOMEM;
	name = ml_str_lower(r->arena, name);
	r->head->fields[r->head->nfields++] =
		(struct ml_http_field){name, ml_str_trim(ml_str_sub(line, colon + 1, line.len))};
	return name.ptr ? 0 : ML_ENOMEM;
}

static int status_line(struct head_reader *r, struct ml_str line)
{
	if (line.len < STATUS_BYTES || !begins_well(line) ||
		(line.len > STATUS_BYTES && line.ptr[STATUS_BYTES] != ' '))
		return bad(r, "no status line of HTTP/1");
	r->head->minor = digit(line, 7);
	r->head->status = status_of(line);
	return r->head->status >= FINAL && r->head->status <= 599
		       ? 0
		       : bad(r, "a status that HTTP does not have");
}

static int read_line(struct head_reader *r, struct ml_str line, bool first)
{
	if (ml_str_ends(line, ML_STR("\r")))
		line.len--;
	if (!clean(line))
		return bad(r, "a control character in the header");
	if (first)
		return status_line(r, line);
	if (line.len == 0)
		return 0;
	return line.ptr[0] == ' ' || line.ptr[0] == '\t' ? fold(r, line) : field(r, line);
}

int ml_http_read(
	struct ml_arena *arena, struct ml_str head, struct ml_http_head *out, const char **why)
{
	struct head_reader reader = {.arena = arena, .head = out};
	struct ml_str line;
	bool first = true;
	int r = 0;

	*out = (struct ml_http_head){0};
	*why = NULL;
	while (r == 0 && ml_str_split(&head, '\n', &line)) {
		r = read_line(&reader, line, first);
		first = false;
	}
	*why = reader.why;
	return r;
}

const struct ml_http_field *ml_http_field(const struct ml_http_head *head, const char *name)
{
	for (size_t i = 0; i < head->nfields; i++)
		if (ml_str_is(head->fields[i].name, name))
			return &head->fields[i];
	return NULL;
}

/* The head of one answer holds no more. */
struct ml_str ml_http_value(
	struct ml_arena *arena, const struct ml_http_head *head, const char *name)
{
	char *all = ml_alloc(arena, ML_HTTP_HEAD_BYTES + 2 * ML_HTTP_FIELDS);
	size_t n = 0;

	for (size_t i = 0; all && i < head->nfields; i++) {
		struct ml_str value = head->fields[i].value;
		if (!ml_str_is(head->fields[i].name, name))
			continue;
		if (n)
			memcpy(all + n, ", ", 2);
		n += n ? 2 : 0;
		memcpy(all + n, value.ptr, value.len);
		n += value.len;
	}
	return (struct ml_str){all, n};
}
