/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of secrets, found again in a text. */
#include "facts/mask.h"

#include "base/error.h"
#include "base/sort.h"

/* PIECE bounds comparing; a TAIL of a cut text is at least so long. */
enum { PIECE = 256, STARTS_BITS = 16, LONG_TEXT = 40, TAIL = 8 };

static const char cut_mark[] = "…";

void ml_mask_add(struct ml_mask *mask, struct ml_str secret)
{
	struct ml_str line, piece;

	while (ml_str_split(&secret, '\n', &line)) {
		line = ml_str_trim(line);
		for (; line.len >= ML_MASK_SHORTEST; line = ml_str_sub(line, piece.len, line.len)) {
			bool crumb = line.len > PIECE && line.len - PIECE < ML_MASK_ANYWHERE;
			piece = ml_str_sub(line, 0, crumb ? PIECE - ML_MASK_ANYWHERE : PIECE);
			if (ml_alloc_grow(mask->arena, &mask->items, &mask->cap, mask->n + 1,
				    sizeof(*mask->items))) {
				mask->memory = true;
				return;
			}
			mask->items[mask->n++] = piece;
		}
	}
}

static size_t hash_of(const char *bytes)
{
	uint64_t word = 0;

	memcpy(&word, bytes, ML_MASK_SHORTEST);
	return (size_t)(word * UINT64_C(0x9e3779b97f4a7c15) >> (64 - STARTS_BITS));
}

static int by_bytes(const void *a, const void *b)
{
	return ml_str_cmp(*(const struct ml_str *)a, *(const struct ml_str *)b);
}

void ml_mask_ready(struct ml_mask *mask)
{
	size_t n = 0;

	if (mask->n == 0)
		return;
	mask->shorter = ml_alloc_array(mask->arena, mask->n, sizeof(*mask->shorter));
	mask->starts = ml_alloc(mask->arena, (size_t)1 << (STARTS_BITS - 3));
	if (!mask->shorter || !mask->starts ||
		ml_sort(mask->arena, mask->items, mask->n, sizeof(*mask->items), by_bytes)) {
		mask->memory = true;
		mask->n = 0;
		return;
	}
	for (size_t i = 0; i < mask->n; i++) {
		struct ml_str item = mask->items[i];
		uint32_t shorter = (uint32_t)n;
		size_t hash = hash_of(item.ptr);
		if (n && ml_str_eq(mask->items[n - 1], item))
			continue;
		while (shorter && !ml_str_starts(item, mask->items[shorter - 1]))
			shorter = mask->shorter[shorter - 1];
		mask->starts[hash / 8] |= (uint8_t)(1u << hash % 8);
		mask->shorter[n] = shorter;
		mask->items[n++] = item;
	}
	mask->n = n;
}

static size_t common(struct ml_str a, struct ml_str b)
{
	size_t n = a.len < b.len ? a.len : b.len, i = 0;

	while (i < n && a.ptr[i] == b.ptr[i])
		i++;
	return i;
}

/* How many items are not behind `text` in the order. */
static size_t not_behind(const struct ml_mask *mask, struct ml_str text)
{
	size_t low = 0, high = mask->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (ml_str_cmp(mask->items[middle], text) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_word_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool stands_alone(struct ml_str text, size_t from, size_t to)
{
	return (from == 0 || !is_word_byte(text.ptr[from - 1])) &&
	       (to == text.len || !is_word_byte(text.ptr[to]));
}

/* Whether a secret that agrees with the text for `n` bytes at `at` was cut there. */
static bool was_cut(struct ml_str text, size_t at, size_t n)
{
	if (n < TAIL)
		return false;
	return at + n == text.len
		       ? text.len >= LONG_TEXT
		       : ml_str_starts(ml_str_sub(text, at + n, text.len), ml_str(cut_mark));
}

/* How many bytes of a secret begin at `at`; 0: none. The longest item that the text begins with is
 * the last one in order that is not behind it, or one that this begins with. */
static size_t length_at(const struct ml_mask *mask, struct ml_str text, size_t at)
{
	struct ml_str rest = ml_str_sub(text, at, at + PIECE);
	size_t next = not_behind(mask, rest), n = next ? common(mask->items[next - 1], rest) : 0,
	       tail;

	for (size_t i = next; i; i = mask->shorter[i - 1]) {
		size_t len = mask->items[i - 1].len;
		if (len <= n && (len >= ML_MASK_ANYWHERE || stands_alone(text, at, at + len)))
			return len;
	}
	tail = next < mask->n ? common(mask->items[next], rest) : 0;
	return was_cut(text, at, tail) ? tail : was_cut(text, at, n) ? n : 0;
}

size_t ml_mask_index(const struct ml_mask *mask, struct ml_str secret)
{
	size_t next = not_behind(mask, secret);

	return next && ml_str_eq(mask->items[next - 1], secret) ? next : 0;
}

bool ml_mask_next(const struct ml_mask *mask, struct ml_str text, size_t *from, size_t *to)
{
	for (size_t at = *from; mask->n && at + ML_MASK_SHORTEST <= text.len; at++) {
		size_t hash = hash_of(text.ptr + at), len;
		if (!(mask->starts[hash / 8] >> hash % 8 & 1))
			continue;
		len = length_at(mask, text, at);
		if (len == 0)
			continue;
		*from = at;
		*to = at + len;
		return true;
	}
	return false;
}

struct ml_str ml_mask_text(const struct ml_mask *mask, struct ml_arena *arena, struct ml_str text)
{
	size_t from = 0, to = 0, at = 0;
	ML_BUF_AUTO out;

	ml_buf_init(&out, text.len + 3);
	if (!ml_mask_next(mask, text, &from, &to))
		return text;
	do {
		ml_buf_str(&out, ml_str_sub(text, at, from));
		ml_buf_puts(&out, "***");
		from = at = to;
	} while (ml_mask_next(mask, text, &from, &to));
	ml_buf_str(&out, ml_str_sub(text, at, text.len));
	return out.error ? ML_STR_NONE : ml_str_dup(arena, ml_buf_get(&out));
}
