/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of pins as text: made of the row and the schema, never of the facts. */
#include "policies/pin-priv.h"

#include <ctype.h>

/* A row while its rules are written; `a` and `b` are two values of what is compared, as YAML has
 * them, for tests. */
struct rule_text {
	struct ml_buf *out;
	const struct ml_pin *row;
	const struct ml_type *type; /* of the value that is compared */
	bool optional;              /* it may be absent */
	const char *key_a, *key_b, *a, *b;
};

/* The field that the first part of a path names; *rest is behind its dot, or NULL. */
static const struct ml_field *first_field(
	const struct ml_type *type, const char *path, const char **rest)
{
	struct ml_str all = ml_str(path), part = ml_str_sub(all, 0, ml_str_chr(all, '.'));
	int slot;

	while (type->kind == ML_T_LIST)
		type = type->elem;
	slot = type->kind == ML_T_RECORD ? ml_type_field(type, part) : -1;
	*rest = part.len < all.len ? path + part.len + 1 : NULL;
	return slot < 0 ? NULL : &type->fields[slot];
}

const struct ml_type *ml_pin_type(const struct ml_type *type, const char *path)
{
	while (type && path) {
		const struct ml_field *field = first_field(type, path, &path);
		type = field ? field->type : NULL;
	}
	return type;
}

bool ml_pin_may_be_absent(const struct ml_type *type, const char *path)
{
	bool absent = false;

	while (type && path) {
		const struct ml_field *field = first_field(type, path, &path);
		absent = absent || (field && field->flags & ML_F_OPTIONAL);
		type = field ? field->type : NULL;
	}
	return absent;
}

void ml_pin_param_name(struct ml_buf *out, const struct ml_pin *row)
{
	for (const char *c = row->id; *c; c++)
		ml_buf_putc(out, *c == '-' ? '_' : (char)tolower((unsigned char)*c));
}

static const char *scalar_name(const struct ml_type *type)
{
	return type->kind == ML_T_BOOL ? "bool" : type->kind == ML_T_INT ? "int" : "string";
}

void ml_pin_param_type(struct ml_buf *out, const struct ml_type *root, const struct ml_pin *row)
{
	const struct ml_type *type =
		row->field
			? ml_pin_type(row->list ? ml_pin_type(root, row->list) : root, row->field)
			: NULL;
	bool list = type && type->kind == ML_T_LIST;

	if (row->shape == ML_PIN_SET)
		ml_buf_puts(out, "list(string)");
	else if (row->shape == ML_PIN_MAP)
		ml_buf_puts(out, "map(string, string)");
	else if (row->shape == ML_PIN_ORDER)
		ml_buf_puts(out, "map(string, list(string))");
	else
		ml_buf_printf(out, "%s%s%s%s%s", row->list ? "map(string, " : "",
			list ? "list(" : "", scalar_name(list ? type->elem : type), list ? ")" : "",
			row->list ? ")" : "");
}

/* Two words that a string of this type may be. */
static void two_words(const struct ml_type *type, const char **a, const char **b)
{
	const char *const *words = type->vocab && !type->vocab->open ? type->vocab->words : NULL;

	*a = words && words[0] && words[1] ? words[0] : "one";
	*b = words && words[0] && words[1] ? words[1] : "two";
}

static void two_values(const struct ml_type *type, const char **a, const char **b)
{
	if (type->kind == ML_T_BOOL || type->kind == ML_T_INT) {
		*a = type->kind == ML_T_BOOL ? "true" : "1";
		*b = type->kind == ML_T_BOOL ? "false" : "2";
	} else if (type->kind == ML_T_LIST) {
		*a = "[one]";
		*b = "[two]";
	} else {
		two_words(type, a, b);
	}
}

/* A path in the facts of a test: the mappings before its value, "http: { headers: ", and their
 * ends. */
static void open_path(struct ml_buf *out, const char *path)
{
	for (; *path; path++) {
		if (*path == '.')
			ml_buf_puts(out, ": { ");
		else
			ml_buf_putc(out, *path);
	}
	ml_buf_puts(out, ": ");
}

static void close_path(struct ml_buf *out, const char *path)
{
	for (; *path; path++)
		if (*path == '.')
			ml_buf_puts(out, " }");
}

/* What a mark of one plain text stands for. */
static const char *text_of(const struct rule_text *r, char letter)
{
	const struct {
		char letter;
		const char *text;
	} texts[] = {
		{'$', "$"}, {'l', r->row->list}, {'k', r->row->key}, {'w', r->row->where},
		{'f', r->row->field}, {'t', r->row->what}, {'x', r->key_a}, {'y', r->key_b},
		{'a', r->a}, {'b', r->b},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].letter == letter)
			return texts[i].text;
	return "";
}

/* Writes a template: $p parameter, $l list, $k key, $w where, $f field, $t what; of tests $L…$R a
 * list and $F…$E a field with their paths, $x $y two keys, $a $b two values; $$ is a dollar sign. */
static void put(const struct rule_text *r, const char *template)
{
	for (const char *c = template; *c; c++) {
		if (*c != '$')
			ml_buf_putc(r->out, *c);
		else if (*++c == 'p')
			ml_pin_param_name(r->out, r->row);
		else if (*c == 'L' || *c == 'F')
			open_path(r->out, *c == 'L' ? r->row->list : r->row->field);
		else if (*c == 'R' || *c == 'E')
			close_path(r->out, *c == 'R' ? r->row->list : r->row->field);
		else
			ml_buf_puts(r->out, text_of(r, *c));
	}
}

static void head(const struct rule_text *r, const char *suffix, const char *title)
{
	ml_buf_printf(r->out, "  - id: PIN-%s%s\n    title: ", r->row->id, suffix);
	put(r, title);
	ml_buf_puts(r->out, "\n    severity: medium\n");
}

static void tail(const struct rule_text *r)
{
	ml_buf_puts(r->out, "    rationale: Something changed since these facts were recorded, and "
			    "nobody wrote them down again.\n"
			    "    fix: Undo the change, or write the policy again with `merlon "
			    "policy from-facts`.\n"
			    "    refs: { nist-800-53r5: [CM-2, CM-3, SI-7] }\n    tests:\n");
}

/* A test; its facts are a template. */
static void test(
	const struct rule_text *r, const char *facts, const char *params, const char *expect)
{
	ml_buf_puts(r->out, "      - facts: ");
	put(r, facts);
	ml_buf_puts(r->out, "\n        params: ");
	put(r, params);
	ml_buf_printf(r->out, "\n        expect: %s\n", expect);
}

/* Elements whose `where` nobody knew are neither new nor gone. */
static void set_rules(const struct rule_text *r)
{
	bool some = r->row->where != NULL;
	const char *params = some ? "{ $p: [$x], $p_unknown: [] }" : "{ $p: [$x] }";

	head(r, "-NEW", "No $t is new");
	put(r, some ? "    assert: \"$l.all(e, e.$k in params.$p_unknown || !e.$w || e.$k in "
		      "params.$p)\"\n"
		      "    message: \"'new $t: ' + $l.filter(e, !(e.$k in params.$p_unknown) && "
		      "e.$w && !(e.$k in params.$p)).map(e, e.$k).join(', ')\"\n"
		    : "    assert: \"$l.all(e, e.$k in params.$p)\"\n"
		      "    message: \"'new $t: ' + $l.filter(e, !(e.$k in params.$p)).map(e, "
		      "e.$k).join(', ')\"\n");
	tail(r);
	test(r,
		some ? "{ $L[{ $k: $x, $w: true }, { $k: $y, $w: false }]$R }"
		     : "{ $L[{ $k: $x }]$R }",
		params, "pass");
	test(r,
		some ? "{ $L[{ $k: $x, $w: true }, { $k: $y, $w: true }]$R }"
		     : "{ $L[{ $k: $x }, { $k: $y }]$R }",
		params, "fail");
	if (some)
		test(r, "{ $L[{ $k: $x, $w: { $$unknown: no answer } }]$R }",
			"{ $p: [], $p_unknown: [$x] }", "pass");
	ml_buf_putc(r->out, '\n');
	head(r, "-GONE", "No $t is gone");
	put(r, some ? "    assert: \"params.$p.all(n, $l.exists(e, e.$k == n && e.$w))\"\n"
		      "    message: \"'missing $t: ' + params.$p.filter(n, !$l.exists(e, e.$k == n "
		      "&& e.$w)).join(', ')\"\n"
		    : "    assert: \"params.$p.all(n, $l.exists(e, e.$k == n))\"\n"
		      "    message: \"'missing $t: ' + params.$p.filter(n, !$l.exists(e, e.$k == "
		      "n)).join(', ')\"\n");
	tail(r);
	test(r, some ? "{ $L[{ $k: $x, $w: true }]$R }" : "{ $L[{ $k: $x }]$R }", "{ $p: [$x] }",
		"pass");
	test(r, some ? "{ $L[{ $k: $x, $w: false }]$R }" : "{ $L[{ $k: $y }]$R }", "{ $p: [$x] }",
		"fail");
}

#define NOW                                                                                        \
	"$l.filter(e, e.$f >= 0 && e.$w == w && e.$k in params.$p[w]).sortBy(e, e.$f).map(e, "     \
	"e.$k)"
#define THEN "params.$p[w].filter(n, $l.exists(e, e.$f >= 0 && e.$k == n))"

/* Only among those that were there and still are: what is new or gone is another finding. */
static void order_rule(const struct rule_text *r)
{
	head(r, "", "The order of $t is the same");
	put(r, "    assert: \"params.$p.all(w, " NOW " == " THEN ")\"\n"
	       "    message: >-\n"
	       "      'the order of $t was ' + params.$p.filter(w, " NOW " != " THEN ").map(w,\n"
	       "      " THEN ".join(', ') + ' and is ' + " NOW ".join(', ')).join('; ')\n");
	tail(r);
	test(r, "{ $L[{ $k: one, $w: $a, $f: 0 }, { $k: two, $w: $a, $f: 1 }]$R }",
		"{ $p: { $a: [one, two] } }", "pass");
	test(r, "{ $L[{ $k: one, $w: $a, $f: 1 }, { $k: two, $w: $a, $f: 0 }]$R }",
		"{ $p: { $a: [one, two] } }", "fail");
}

static void field_rule(const struct rule_text *r)
{
	bool list = r->type->kind == ML_T_LIST;

	head(r, "", "\"$t: as it was\"");
	put(r, r->optional ? "    assert: \"has($f) && $f == params.$p\"\n"
			   : "    assert: \"$f == params.$p\"\n");
	put(r, list ? "    message: \"'$t: was ' + params.$p.join(', ') + ' and is ' + "
		    : "    message: \"'$t: was ' + string(params.$p) + ' and is ' + ");
	put(r, r->optional ? "(has($f) ? " : "");
	put(r, list ? "$f.join(', ')" : "string($f)");
	put(r, r->optional ? " : 'not there')\"\n" : "\"\n");
	tail(r);
	test(r, "{ $F$a$E }", "{ $p: $a }", "pass");
	test(r, "{ $F$b$E }", "{ $p: $a }", "fail");
	if (r->optional)
		test(r, "{}", "{ $p: $a }", "fail");
}

static void map_rules(const struct rule_text *r)
{
	head(r, "-NEW", "No $t is new");
	put(r, "    assert: \"$f.all(k, k in params.$p)\"\n"
	       "    message: \"'new $t: ' + $f.filter(k, !(k in params.$p)).map(k, k + ': ' + "
	       "$f[k]).join('; ')\"\n");
	tail(r);
	test(r, "{ $F{ one: a }$E }", "{ $p: { one: b } }", "pass");
	test(r, "{ $F{ one: a, two: b }$E }", "{ $p: { one: a } }", "fail");
	ml_buf_putc(r->out, '\n');
	head(r, "-CHANGED", "Each $t is there, and as it was");
	put(r, "    assert: \"params.$p.all(k, k in $f && $f[k] == params.$p[k])\"\n"
	       "    message: >-\n"
	       "      params.$p.filter(k, !(k in $f && $f[k] == params.$p[k])).map(k, '$t ' + k + "
	       "' was ' + params.$p[k] + ' and is ' +\n"
	       "      (k in $f ? $f[k] : 'not there')).join('; ')\n");
	tail(r);
	test(r, "{ $F{ one: a, two: b }$E }", "{ $p: { one: a } }", "pass");
	test(r, "{ $F{ one: b }$E }", "{ $p: { one: a } }", "fail");
	test(r, "{ $F{ two: a }$E }", "{ $p: { one: a } }", "fail");
}

static void each_rule(const struct rule_text *r)
{
	bool list = r->type->kind == ML_T_LIST;

	head(r, "", "The $t is the same");
	put(r, "    each: $l\n    when: it.$k in params.$p\n    assert: \"it.$f == "
	       "params.$p[it.$k]\"\n");
	put(r, list ? "    message: \"'the $t of ' + it.$k + ' was ' + params.$p[it.$k].join(', ') "
		      "+ ' and is ' + it.$f.join(', ')\"\n"
		    : "    message: \"'the $t of ' + it.$k + ' was ' + string(params.$p[it.$k]) + "
		      "' and is ' + string(it.$f)\"\n");
	tail(r);
	test(r, "{ $L[{ $k: $x, $F$a$E }]$R }", "{ $p: { $x: $a } }", "pass");
	test(r, "{ $L[{ $k: $x, $F$b$E }]$R }", "{ $p: { $x: $a } }", "fail");
	test(r, "{ $L[{ $k: $y, $F$b$E }]$R }", "{ $p: { $x: $a } }", "notapplicable");
}

void ml_pin_rules(struct ml_buf *out, const struct ml_type *root, const struct ml_pin *row)
{
	const struct ml_type *from = row->list ? ml_pin_type(root, row->list) : root;
	const char *path = row->shape == ML_PIN_SET     ? row->key
			   : row->shape == ML_PIN_ORDER ? row->where
							: row->field;
	struct rule_text r = {.out = out,
		.row = row,
		.type = ml_pin_type(from, path),
		.optional = ml_pin_may_be_absent(from, path)};

	two_values(r.type, &r.a, &r.b);
	if (row->key)
		two_words(ml_pin_type(from, row->key), &r.key_a, &r.key_b);
	if (row->shape == ML_PIN_SET) {
		set_rules(&r);
	} else if (row->shape == ML_PIN_ORDER) {
		order_rule(&r);
	} else if (row->shape == ML_PIN_FIELD) {
		field_rule(&r);
	} else if (row->shape == ML_PIN_MAP) {
		map_rules(&r);
	} else {
		each_rule(&r);
	}
}
