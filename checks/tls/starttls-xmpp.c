/* SPDX-License-Identifier: Apache-2.0 */
/* STARTTLS in XMPP streams: tag by tag, of the subset of XML that RFC 6120 (11.1) allows. */
#include "checks/tls/starttls-priv.h"

#define STARTTLS "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"

enum { STREAM, FEATURES, CHANGE, TROUBLE };

struct tag {
	struct ml_str text; /* before it */
	struct ml_str name; /* without its prefix; "?xml" and "!…" with their signs */
	bool opens, closes; /* both: <name/> */
};

/* ---- reading ---- */

/* The tag that ends with the last byte; false: that one stands in a value, or in no tag. */
static bool tag_ends(struct ml_str bytes, struct tag *out)
{
	size_t start = ml_str_chr(bytes, '<'), colon;
	struct ml_str inner = ml_str_sub(bytes, start == ML_NPOS ? bytes.len : start + 1, bytes.len - 1), name;
	char quote = 0;

	for (size_t i = 0; i < inner.len; i++) {
		char c = inner.ptr[i];
		if (quote ? c == quote : c == '\'' || c == '"')
			quote = quote ? 0 : c;
	}
	if (start == ML_NPOS || quote)
		return false;
	*out = (struct tag){.text = ml_str_sub(bytes, 0, start), .opens = !ml_str_starts(inner, ML_STR("/")), .closes = ml_str_ends(inner, ML_STR("/"))};
	out->closes = out->closes || !out->opens;
	name = ml_str_sub(inner, !out->opens, inner.len);
	for (size_t i = 0; i < name.len; i++)
		if (strchr(" \t\r\n/", name.ptr[i]))
			name = ml_str_sub(name, 0, i);
	colon = ml_str_chr(name, ':');
	out->name = ml_str_sub(name, colon == ML_NPOS ? 0 : colon + 1, name.len);
	return true;
}

/* ---- saying ---- */

static void put_escaped(struct ml_buf *out, struct ml_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (strchr("<>&'\"", text.ptr[i]))
			ml_buf_printf(out, "&#%d;", text.ptr[i]);
		else
			ml_buf_putc(out, text.ptr[i]);
}

static void begin(struct ml_starttls *s, struct ml_buf *out, const char *space)
{
	ml_buf_printf(out, "<?xml version='1.0'?><stream:stream xmlns='%s' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'", space);
	if (s->name.len) {
		ml_buf_puts(out, " to='");
		put_escaped(out, ml_starttls_get(&s->name));
		ml_buf_putc(out, '\'');
	}
	ml_buf_putc(out, '>');
}

static void xmpp_begin(struct ml_starttls *s, struct ml_buf *out)
{
	begin(s, out, "jabber:client");
}

static void xmpp_server_begin(struct ml_starttls *s, struct ml_buf *out)
{
	begin(s, out, "jabber:server");
}

/* ---- the dialogue ---- */

static void feature(struct ml_starttls *s, const struct tag *tag, struct ml_buf *out)
{
	if (ml_str_is(tag->name, "starttls")) {
		s->offers = true;
		s->code = tag->opens && !tag->closes; /* within it */
	} else if (ml_str_is(tag->name, "required") && s->code) {
		s->seen.required = ML_STARTTLS_YES;
	} else if (ml_str_is(tag->name, "mechanism") && !tag->opens && ml_starttls_plain_mechanism(ml_str_trim(tag->text))) {
		ml_starttls_takes_login(s, ml_str_trim(tag->text));
	} else if (ml_str_is(tag->name, "features") && tag->closes) {
		if (s->offers && s->seen.required == ML_STARTTLS_UNSEEN)
			s->seen.required = ML_STARTTLS_NO;
		ml_starttls_change(s, out, ML_STR(STARTTLS), CHANGE);
	}
}

static void change(struct ml_starttls *s, const struct tag *tag)
{
	if (ml_str_is(tag->name, "failure"))
		ml_starttls_stop(s, ML_STARTTLS_REFUSED, tag->name);
	else if (!ml_str_is(tag->name, "proceed"))
		ml_starttls_stop(s, ML_STARTTLS_BROKEN, tag->name);
	else if (tag->closes)
		ml_starttls_stop(s, ML_STARTTLS_READY, ML_STR_NONE);
}

static void take_tag(struct ml_starttls *s, const struct tag *tag, struct ml_buf *out)
{
	if (++s->lines > ML_STARTTLS_LINES)
		ml_starttls_stop(s, ML_STARTTLS_LIMIT, ML_STR_NONE);
	else if (ml_str_starts(tag->name, ML_STR("?xml")) && s->lines == 1)
		return;
	else if (ml_str_starts(tag->name, ML_STR("?")) || ml_str_starts(tag->name, ML_STR("!")))
		ml_starttls_stop(s, ML_STARTTLS_BROKEN, tag->name);
	else if (s->step == TROUBLE || (s->step != STREAM && ml_str_is(tag->name, "stream")))
		ml_starttls_stop(s, ML_STARTTLS_AWAY, tag->name);
	else if (s->step != STREAM && ml_str_is(tag->name, "error"))
		s->step = TROUBLE; /* the next tag says which */
	else if (s->step == FEATURES)
		feature(s, tag, out);
	else if (s->step == CHANGE)
		change(s, tag);
	else if (ml_str_is(tag->name, "stream") && tag->opens && !tag->closes)
		s->step = FEATURES;
	else
		ml_starttls_stop(s, ML_STARTTLS_BROKEN, tag->name);
}

static void xmpp_byte(struct ml_starttls *s, struct ml_buf *out)
{
	struct ml_str bytes = {s->pending, s->npending};
	char last = bytes.ptr[bytes.len - 1];
	struct tag tag;

	if (s->lines == 0 && bytes.ptr[0] != '<') {
		if (last == '\n' || bytes.len == ML_STARTTLS_TEXT)
			ml_starttls_stop(s, ML_STARTTLS_BROKEN, bytes);
		return;
	}
	if (last != '>' || !tag_ends(bytes, &tag))
		return;
	take_tag(s, &tag, out);
	s->npending = 0;
}

const struct ml_starttls_ops ml_starttls_xmpp = {.begin = xmpp_begin, .byte = xmpp_byte};
const struct ml_starttls_ops ml_starttls_xmpp_server = {.begin = xmpp_server_begin, .byte = xmpp_byte};
