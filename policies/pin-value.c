/* SPDX-License-Identifier: Apache-2.0 */
/* Values of facts on their way into a policy: where they stand, what keeps them out, how they are
 * written. */
#include "base/utf8.h"
#include "policies/pin-priv.h"

struct ml_value ml_pin_at(const struct ml_value *value, const char *path)
{
	struct ml_str rest = ml_str(path), part;

	while (value->kind == ML_V_RECORD && ml_str_split(&rest, '.', &part)) {
		int slot = ml_type_field(value->record->type, part);
		if (slot < 0)
			return ml_absent();
		value = ml_record_get(value->record, slot);
	}
	return *value;
}

/* Nothing that a YAML reader, an editor or a terminal could take for more than a letter is left. */
void ml_pin_put_escaped(struct ml_buf *out, struct ml_str s)
{
	uint32_t c;

	for (size_t i = 0, n; i < s.len && (n = ml_utf8_next(s, i, &c)) > 0; i += n) {
		if (c >= 0x20 && c < 0x7f) {
			ml_buf_puts(out, c == '"' || c == '\\' ? "\\" : "");
			ml_buf_putc(out, (char)c);
		} else {
			ml_buf_printf(out, c > 0xffff ? "\\U%08x" : "\\u%04x", (unsigned)c);
		}
	}
}

void ml_pin_put_quoted(struct ml_buf *out, struct ml_str s)
{
	ml_buf_putc(out, '"');
	ml_pin_put_escaped(out, s);
	ml_buf_putc(out, '"');
}

const char *ml_pin_text_trouble(struct ml_str s, size_t max)
{
	if (s.len > max)
		return "too long";
	if (ml_str_chr(s, '\0') != ML_NPOS)
		return "it has a NUL";
	return ml_utf8_invalid(s) != ML_NPOS ? "it is no UTF-8" : "";
}

bool ml_pin_is_word(const struct ml_type *type, struct ml_str s)
{
	return !type->vocab || type->vocab->open || ml_vocab_has(type->vocab, s);
}

struct ml_str ml_pin_value_trouble(const struct ml_value *value, const struct ml_type *type)
{
	const char *why = "";

	if (value->kind == ML_V_UNKNOWN)
		return ml_value_text(value);
	if (value->kind == ML_V_ABSENT)
		return ML_STR("not there");
	if (value->kind == ML_V_STRING)
		why = ml_pin_is_word(type, ml_value_text(value))
			      ? ml_pin_text_trouble(ml_value_text(value), ML_PIN_TEXT_BYTES)
			      : "not a word that the field can have";
	for (uint32_t i = 0; value->kind == ML_V_LIST && i < value->len && !*why; i++) {
		struct ml_str inner = ml_pin_value_trouble(&value->items[i], type->elem);
		if (inner.len)
			return inner;
	}
	return ml_str(why);
}

void ml_pin_put_value(struct ml_buf *out, const struct ml_value *value)
{
	if (value->kind == ML_V_BOOL)
		ml_buf_puts(out, value->b ? "true" : "false");
	else if (value->kind == ML_V_INT)
		ml_buf_printf(out, "%lld", (long long)value->i);
	else if (value->kind == ML_V_STRING)
		ml_pin_put_quoted(out, ml_value_text(value));
	else
		ml_buf_putc(out, '[');
	for (uint32_t i = 0; value->kind == ML_V_LIST && i < value->len; i++) {
		ml_buf_puts(out, i ? ", " : "");
		ml_pin_put_value(out, &value->items[i]);
	}
	if (value->kind == ML_V_LIST)
		ml_buf_putc(out, ']');
}
