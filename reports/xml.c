/* SPDX-License-Identifier: Apache-2.0 */
/* Text in XML 1.0. */
#include "reports/xml-priv.h"

#include "base/utf8.h"

#define REPLACEMENT "\xef\xbf\xbd"

static bool is_char(uint32_t cp)
{
	return cp == '\t' || cp == '\n' || cp == '\r' || (cp >= 0x20 && cp != 0xfffe && cp != 0xffff);
}

/* How a character is written when not as itself; NULL: as itself. */
static const char *reference(uint32_t cp, bool text)
{
	switch (cp) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return text ? NULL : "&quot;";
	case '\n':
		return text ? NULL : "&#10;";
	case '\t':
		return text ? NULL : "&#9;";
	case '\r':
		return "&#13;";
	default:
		return is_char(cp) ? NULL : REPLACEMENT;
	}
}

static void add(struct ml_buf *out, struct ml_str s, bool text)
{
	size_t plain = 0;

	for (size_t at = 0; at < s.len;) {
		uint32_t cp = 0;
		size_t n = ml_utf8_next(s, at, &cp);
		const char *as = n ? reference(cp, text) : REPLACEMENT;

		if (as) {
			ml_buf_add(out, s.ptr + plain, at - plain);
			ml_buf_puts(out, as);
			plain = at + (n ? n : 1);
		}
		at += n ? n : 1;
	}
	if (s.len > plain)
		ml_buf_add(out, s.ptr + plain, s.len - plain);
}

void ml_xml_add(struct ml_buf *out, struct ml_str s)
{
	add(out, s, false);
}

void ml_xml_add_text(struct ml_buf *out, struct ml_str s)
{
	add(out, s, true);
}
