/* SPDX-License-Identifier: Apache-2.0 */
/* Text of policies and targets in formats that give characters a meaning: Markdown and URIs. */
#include "reports/sarif-priv.h"

/* The end of the code span that opens at `at` (a lone backtick), behind its closing one; 0 when it never closes on its line. */
static size_t span_end(struct ml_str s, size_t at)
{
	for (size_t i = at + 1; i < s.len && s.ptr[i] != '\n'; i++) {
		if (s.ptr[i] != '`')
			continue;
		return i + 1 < s.len && s.ptr[i + 1] == '`' ? 0 : i + 1;
	}
	return 0;
}

static void add_plain(struct ml_buf *out, char c)
{
	switch (c) {
	case '<':
		ml_buf_puts(out, "&lt;");
		return;
	case '>':
		ml_buf_puts(out, "&gt;");
		return;
	case '&':
		ml_buf_puts(out, "&amp;");
		return;
	default:
		if (strchr("\\`*_[]!#|~", c) && c)
			ml_buf_putc(out, '\\');
		ml_buf_putc(out, c);
	}
}

void ml_markdown_add(struct ml_buf *out, struct ml_str s)
{
	for (size_t at = 0; at < s.len;) {
		bool lone = s.ptr[at] == '`' && (at == 0 || s.ptr[at - 1] != '`') && (at + 1 == s.len || s.ptr[at + 1] != '`');
		size_t end = lone ? span_end(s, at) : 0;

		if (end) {
			ml_buf_str(out, ml_str_sub(s, at, end));
			at = end;
		} else {
			add_plain(out, s.ptr[at++]);
		}
	}
}

static bool is_unreserved(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
		c == '~' || c == '/';
}

/* An endpoint's URI stands as it is. What only looks like one is a path. */
bool ml_uri_is_endpoint(struct ml_str uri)
{
	size_t start = ml_str_find(uri, ML_STR("://"));
	struct ml_str protocol = ml_str_sub(uri, 3, start);

	if (start == ML_NPOS || !ml_str_starts(uri, ML_STR("tls")) || (protocol.len && protocol.ptr[0] != '+'))
		return false;
	for (size_t i = 1; i < protocol.len; i++)
		if (!(protocol.ptr[i] >= 'a' && protocol.ptr[i] <= 'z') && !(protocol.ptr[i] >= '0' && protocol.ptr[i] <= '9') && protocol.ptr[i] != '-')
			return false;
	for (size_t i = start + 3; i < uri.len; i++)
		if (!is_unreserved((unsigned char)uri.ptr[i]) && !strchr(":[]", uri.ptr[i]))
			return false;
	return true;
}

void ml_uri_add(struct ml_buf *out, struct ml_str path)
{
	if (ml_uri_is_endpoint(path)) {
		ml_buf_str(out, path);
		return;
	}
	if (path.len && path.ptr[0] == '/') /* "//host" must not become an authority */
		ml_buf_puts(out, "file://");
	for (size_t i = 0; i < path.len; i++) {
		unsigned char c = (unsigned char)path.ptr[i];

		if (is_unreserved(c))
			ml_buf_putc(out, (char)c);
		else
			ml_buf_printf(out, "%%%02X", c);
	}
}
