/* SPDX-License-Identifier: Apache-2.0 */
/* Misspells a policy, one letter at a time, and asks that every misspelling is an error: at load, or for what stands in tests, when they run. A rule is reloaded
 * alone, against the policy's own environment, which is what loading the whole file does with it; what stands outside of the rules reloads the file. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "policies/cel/ast-priv.h"
#include "policies/judge.h"
#include "policies/load-priv.h"

enum { FILE_BYTES = 1 << 24, ARENA_BYTES = 1 << 29, TOKENS = 4096, SHOWN = 40 };

/* What a token is, and so what must find its misspelling. */
enum class {
	VARIABLE, FIELD, PARAMETER, FUNCTION, WORD, RESERVED, RULE_KEY, RULE_WORD, FILE_KEY, FILE_WORD, TEST_FACT, TEST_ELEMENT,
	OPEN_TEXT, /* a string literal that no closed vocabulary is compared with: no typo that a type can see; not mutated */
	CLASSES,
};
static const char *const class_names[] = {
	"variables", "fields", "parameters", "functions and macros", "vocabulary words in expressions", "reserved words", "keys of rules",
	"vocabulary words of rules", "keys of the file", "words and names of the file", "fields in tests' facts", "elements in tests' expectations",
	"string literals that are open text (not mutated)",
};

struct token {
	enum class class;
	size_t at, len; /* in the file */
};

/* A file that is mutated, and its unmutated load. */
struct bench {
	struct ml_arena *arena;
	struct ml_str bytes;
	struct ml_doc doc;
	struct ml_policies policies;
	struct ml_policy *policy;
	size_t tokens[CLASSES], mutants[CLASSES], rejected[CLASSES], equivalent[CLASSES], survived;
};

static const char *const edits[] = {"dropped", "doubled", "swapped", "replaced"};

/* The misspelling of `word` by one edit at a letter that depends on where it stands; false when that changes nothing. */
static bool misspell(struct ml_str word, size_t salt, int edit, char *out, size_t *len)
{
	size_t k = salt * 7 % word.len;
	size_t next = k + 1 < word.len ? k + 1 : k ? k - 1 : k;

	memcpy(out, word.ptr, word.len);
	*len = word.len;
	switch (edit) {
	case 0:
		memmove(out + k, out + k + 1, word.len - k - 1);
		--*len;
		return true;
	case 1:
		memmove(out + k + 1, out + k, word.len - k);
		++*len;
		return true;
	case 2:
		out[k] = word.ptr[next];
		out[next] = word.ptr[k];
		return out[k] != out[next];
	default:
		out[k] = isalpha((unsigned char)out[k]) && tolower(out[k]) != 'z' ? (char)(out[k] + 1) : 'q';
		return true;
	}
}

static struct ml_str replaced(struct ml_arena *arena, struct ml_str text, size_t at, size_t len, const char *with, size_t with_len)
{
	char *out = ml_alloc(arena, text.len + with_len + 1);

	if (!out)
		abort();
	memcpy(out, text.ptr, at);
	memcpy(out + at, with, with_len);
	memcpy(out + at + with_len, text.ptr + at + len, text.len - at - len);
	return (struct ml_str){out, text.len - len + with_len};
}

/* Whether the whole file loads. */
static bool file_loads(struct ml_arena *arena, struct ml_str bytes, struct ml_policies *out)
{
	struct ml_policy_source source = {ML_STR("mutant.yaml"), ML_STR(""), bytes, true};
	struct ml_policies_wish wish = {.tests = true};
	struct ml_diags diags = {.arena = arena, .max = 1};

	return ml_policies_load(arena, &source, 1, &wish, &diags, out) == 0;
}

/* Whether a rule loads that is written as `bytes`, which is "rules:" and a list of one. */
static bool rule_loads(const struct bench *b, struct ml_str bytes, struct ml_rule *rule)
{
	static const struct ml_policies_wish wish = {.tests = true};
	struct ml_diags diags = {.arena = b->arena, .max = 1};
	struct ml_doc doc = {.arena = b->arena, .name = ML_STR("mutant"), .bytes = bytes, .diags = &diags};
	struct ml_policy copy = *b->policy;
	struct ml_policy_draft draft = {.doc = &doc, .wish = &wish, .policy = &copy,
		.params_type = copy.env->vars[copy.kind->root->nfields].type};
	const struct ml_yaml_node *rules;

	*rule = (struct ml_rule){0};
	if (!ml_doc_open(&doc, doc.bytes))
		return false;
	rules = ml_yaml_get(doc.root, "rules");
	if (!rules || rules->kind != ML_YAML_SEQ || rules->n != 1)
		return false;
	ml_rule_read(&draft, ml_yaml_deref(rules->items[0]), rule);
	return diags.errors == 0;
}

static bool tests_pass(const struct bench *b, const struct ml_rule *rule)
{
	for (size_t i = 0; i < rule->ntests; i++) {
		struct ml_str why;
		bool ok = false;
		if (ml_judge_test(b->arena, b->policy, rule, &rule->tests[i], &ok, &why) || !ok)
			return false;
	}
	return true;
}

static bool in_tests(enum class class)
{
	return class == TEST_FACT || class == TEST_ELEMENT;
}

/* How often a name stands in a text as an identifier of its own. */
static size_t occurrences(struct ml_str text, struct ml_str name)
{
	size_t n = 0;

	for (size_t at = 0, found; (found = ml_str_find(ml_str_sub(text, at, text.len), name)) != ML_NPOS; at += found + 1) {
		size_t from = at + found, to = from + name.len;
		bool starts = from == 0 || !(isalnum((unsigned char)text.ptr[from - 1]) || strchr("_.", text.ptr[from - 1]));
		bool ends = to == text.len || !(isalnum((unsigned char)text.ptr[to]) || text.ptr[to] == '_');
		n += starts && ends;
	}
	return n;
}

/* The tokens of one text that is mutated: a rule with "rules:" before it, or the whole file. */
struct tokens {
	struct bench *b;
	struct ml_doc *doc;
	struct token items[TOKENS];
	size_t n;
	/* The expression that is looked at. */
	const struct ml_yaml_node *scalar;
	size_t closed[TOKENS]; /* where its string literals start that a closed vocabulary is compared with */
	size_t nclosed;
};

static size_t offset_of(struct ml_str text, uint32_t line, uint32_t col)
{
	size_t at = 0;

	for (; line > 1; line--)
		at += ml_str_chr(ml_str_sub(text, at, text.len), '\n') + 1;
	for (; col > 1 && at < text.len; col--)
		for (at++; at < text.len && ((unsigned char)text.ptr[at] & 0xc0) == 0x80; at++)
			;
	return at;
}

static void add_token(struct tokens *t, enum class class, uint32_t line, uint32_t col, size_t len)
{
	if (t->n == TOKENS || len == 0)
		abort();
	t->items[t->n++] = (struct token){class, offset_of(t->doc->bytes, line, col), len};
	t->b->tokens[class]++;
}

/* A plain or quoted scalar as a token. */
static void add_node(struct tokens *t, enum class class, const struct ml_yaml_node *node)
{
	uint32_t quote = node->style == ML_YAML_SINGLE || node->style == ML_YAML_DOUBLE;

	add_token(t, class, node->line, node->col + quote, node->n);
}

static void add_keys(struct tokens *t, enum class class, const struct ml_yaml_node *map)
{
	for (uint32_t i = 0; i < map->n; i++)
		add_node(t, class, ml_yaml_key(map, i));
}

static bool is_closed(const struct ml_type *type)
{
	if (type && type->kind == ML_T_LIST)
		type = type->elem;
	if (type && type->kind == ML_T_MAP)
		type = type->key;
	return type && type->vocab && !type->vocab->open;
}

static void mark_closed(struct tokens *t, const struct ml_cel_node *node, const struct ml_type *type)
{
	if (!is_closed(type))
		return;
	if (node->op == ML_CEL_CONST && node->value.kind == ML_V_STRING && t->nclosed < TOKENS)
		t->closed[t->nclosed++] = node->at;
	for (uint32_t i = node->op == ML_CEL_COND; (node->op == ML_CEL_LIST || node->op == ML_CEL_COND) && i < node->n; i++)
		mark_closed(t, node->args[i], type);
}

static void find_closed(struct tokens *t, const struct ml_cel_node *node)
{
	bool pair = node->op == ML_CEL_CALL && node->n == 2;

	if (pair && (ml_str_is(node->name, "_==_") || ml_str_is(node->name, "_!=_") || ml_str_is(node->name, "@in"))) {
		mark_closed(t, node->args[0], node->args[1]->type);
		mark_closed(t, node->args[1], node->args[0]->type);
	}
	if (node->op == ML_CEL_INDEX && node->args[0]->type && node->args[0]->type->kind == ML_T_MAP)
		mark_closed(t, node->args[1], node->args[0]->type);
	for (uint32_t i = 0; i < node->n; i++)
		if (node->args[i])
			find_closed(t, node->args[i]);
}

static void add_in_scalar(struct tokens *t, enum class class, size_t at, size_t len)
{
	uint32_t line, col;

	ml_doc_place(t->doc, t->scalar, at, &line, &col);
	add_token(t, class, line, col, len);
}

/* The end of the string literal at `at`, and where its content is. */
static size_t string_literal(struct ml_str text, size_t at, size_t *from, size_t *to)
{
	bool raw = false;
	char quote;
	size_t width;

	for (; strchr("rRbB", text.ptr[at]); at++)
		raw = raw || strchr("rR", text.ptr[at]);
	quote = text.ptr[at];
	width = at + 2 < text.len && text.ptr[at + 1] == quote && text.ptr[at + 2] == quote ? 3 : 1;
	*from = at + width;
	for (at = *from; at < text.len; at++) {
		if (!raw && text.ptr[at] == '\\')
			at++;
		else if (text.ptr[at] == quote && (width == 1 || (at + 2 < text.len && text.ptr[at + 1] == quote && text.ptr[at + 2] == quote)))
			break;
	}
	*to = at;
	return at + width;
}

static bool starts_string(struct ml_str text, size_t at)
{
	size_t i = at;

	while (i < text.len && i < at + 2 && strchr("rRbB", text.ptr[i]))
		i++;
	return i < text.len && (text.ptr[i] == '"' || text.ptr[i] == '\'');
}

static enum class class_of(struct ml_str text, size_t from, size_t to)
{
	static const char *const reserved[] = {"true", "false", "null", "in"};
	struct ml_str word = ml_str_sub(text, from, to);
	size_t before = from, behind = to;

	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (ml_str_is(word, reserved[i]))
			return RESERVED;
	while (behind < text.len && isspace((unsigned char)text.ptr[behind]))
		behind++;
	while (before > 0 && isspace((unsigned char)text.ptr[before - 1]))
		before--;
	if (behind < text.len && text.ptr[behind] == '(')
		return FUNCTION;
	if (before == 0 || text.ptr[before - 1] != '.')
		return VARIABLE;
	return ml_str_ends(ml_str_sub(text, 0, before), ML_STR("params.")) ? PARAMETER : FIELD;
}

static size_t string_token(struct tokens *t, struct ml_str text, size_t at)
{
	size_t from, to, end = string_literal(text, at, &from, &to);
	enum class class = OPEN_TEXT;

	for (size_t i = 0; i < t->nclosed; i++)
		if (t->closed[i] == at)
			class = WORD;
	if (class == WORD && to > from)
		add_in_scalar(t, class, from, to - from);
	else
		t->b->tokens[OPEN_TEXT]++;
	return end;
}

static void expression_tokens(struct tokens *t, const struct ml_yaml_node *node, const struct ml_cel_env *env)
{
	struct ml_str text = ml_yaml_text(node);
	struct ml_diags diags = {.arena = t->b->arena};
	struct ml_cel_node *root;
	struct ml_cel_program program = {0};

	if (ml_cel_parse(t->b->arena, text, &diags, &root) || ml_cel_check(t->b->arena, env, text, root, &diags, &program))
		abort(); /* it was compiled already */
	t->scalar = node;
	t->nclosed = 0;
	find_closed(t, program.root);
	for (size_t at = 0, end; at < text.len; at = end) {
		end = at + 1;
		if (starts_string(text, at)) {
			end = string_token(t, text, at);
		} else if (isalpha((unsigned char)text.ptr[at]) || text.ptr[at] == '_') {
			while (end < text.len && (isalnum((unsigned char)text.ptr[end]) || text.ptr[end] == '_'))
				end++;
			add_in_scalar(t, class_of(text, at, end), at, end - at);
		} else if (isdigit((unsigned char)text.ptr[at])) {
			while (end < text.len && (isalnum((unsigned char)text.ptr[end]) || text.ptr[end] == '.'))
				end++;
		}
	}
}

static void fact_tokens(struct tokens *t, const struct ml_yaml_node *node, const struct ml_type *type)
{
	if (node->kind == ML_YAML_SEQ && type->kind == ML_T_LIST)
		for (uint32_t i = 0; i < node->n; i++)
			fact_tokens(t, node->items[i], type->elem);
	if (node->kind != ML_YAML_MAP)
		return;
	for (uint32_t i = 0; i < node->n; i++) {
		int slot = type->kind == ML_T_RECORD ? ml_type_field(type, ml_yaml_text(ml_yaml_key(node, i))) : -1;
		if (slot >= 0)
			add_node(t, TEST_FACT, ml_yaml_key(node, i));
		if (slot >= 0 || type->kind == ML_T_MAP)
			fact_tokens(t, ml_yaml_value(node, i), slot >= 0 ? type->fields[slot].type : type->elem);
	}
}

static void expect_tokens(struct tokens *t, const struct ml_yaml_node *node)
{
	if (node->kind == ML_YAML_SCALAR)
		add_node(t, RULE_WORD, node);
	for (uint32_t i = 0; node->kind == ML_YAML_MAP && i < node->n; i++) {
		const struct ml_yaml_node *value = ml_yaml_value(node, i);
		add_node(t, RULE_WORD, ml_yaml_key(node, i));
		for (uint32_t k = 0; value->kind == ML_YAML_SEQ && k < value->n; k++)
			add_node(t, TEST_ELEMENT, value->items[k]);
	}
}

static void rule_tokens(struct tokens *t, const struct ml_yaml_node *map, const struct ml_rule *rule)
{
	static const char *const expressions[] = {"when", "assert", "message", "at"};
	const struct ml_yaml_node *each = ml_yaml_get(map, "each"), *tests = ml_yaml_get(map, "tests");

	add_keys(t, RULE_KEY, map);
	add_node(t, RULE_WORD, ml_yaml_get(map, "severity"));
	if (each)
		expression_tokens(t, each, t->b->policy->env);
	for (size_t i = 0; i < sizeof(expressions) / sizeof(expressions[0]); i++)
		if (ml_yaml_get(map, expressions[i]))
			expression_tokens(t, ml_yaml_get(map, expressions[i]), rule->env);
	for (uint32_t i = 0; tests && i < tests->n; i++) {
		add_keys(t, RULE_KEY, tests->items[i]);
		fact_tokens(t, ml_yaml_get(tests->items[i], "facts"), t->b->policy->kind->root);
		expect_tokens(t, ml_yaml_get(tests->items[i], "expect"));
	}
}

/* The words of a type's notation. */
static void type_tokens(struct tokens *t, const struct ml_yaml_node *node)
{
	struct ml_str text = ml_yaml_text(node);

	for (size_t at = 0, end; at < text.len; at = end + 1) {
		for (end = at; end < text.len && isalpha((unsigned char)text.ptr[end]); end++)
			;
		t->scalar = node;
		if (end > at)
			add_in_scalar(t, FILE_WORD, at, end - at);
	}
}

static void file_tokens(struct tokens *t, const struct ml_yaml_node *root)
{
	const struct ml_yaml_node *params = ml_yaml_get(root, "params");

	add_keys(t, FILE_KEY, root);
	add_node(t, FILE_WORD, ml_yaml_get(root, "merlon"));
	add_node(t, FILE_WORD, ml_yaml_get(root, "kind"));
	for (uint32_t i = 0; params && i < params->n; i++) {
		const struct ml_yaml_node *param = ml_yaml_value(params, i);
		add_node(t, FILE_WORD, ml_yaml_key(params, i));
		add_keys(t, FILE_KEY, param);
		type_tokens(t, ml_yaml_get(param, "type"));
	}
}

static void survivor(struct bench *b, const struct token *token, struct ml_str original, struct ml_str mutant, struct ml_str where, int edit)
{
	struct ml_str before = ml_str_sub(where, 0, token->at);
	size_t newline = ml_str_rchr(before, '\n');
	struct ml_str line = ml_str_sub(where, newline == ML_NPOS ? 0 : newline + 1, where.len);

	if (b->survived++ < SHOWN)
		printf("# survived: a letter of \"%.*s\" %s gives \"%.*s\" (%s), in: %.*s\n", ML_STR_ARG(original), edits[edit], ML_STR_ARG(mutant),
			class_names[token->class], ML_STR_ARG(ml_str_trim(ml_str_sub(line, 0, ml_str_chr(line, '\n')))));
}

/* A macro's variable that its body does not read: it stands in the rule once, and a new name that stands nowhere changes nothing. */
static bool is_renamed_unread(const struct token *token, struct ml_str text, struct ml_str original, struct ml_str mutant)
{
	return token->class == VARIABLE && occurrences(text, original) == 1 && occurrences(text, mutant) == 0;
}

static void try_token(struct bench *b, const struct token *token, struct ml_str text, bool rule)
{
	struct ml_str original = ml_str_sub(text, token->at, token->at + token->len);

	for (int edit = 0; edit < 4; edit++) {
		struct ml_arena_mark mark = ml_arena_mark(b->arena);
		struct ml_policies policies;
		struct ml_rule loaded;
		struct ml_str mutated;
		char word[512];
		size_t len;
		bool lives;
		if (token->class == TEST_ELEMENT && original.len == 1 && edit == 0)
			continue; /* an element less is no misspelling */
		if (original.len > 500 || !misspell(original, token->at + (size_t)edit, edit, word, &len))
			continue;
		mutated = replaced(b->arena, text, token->at, token->len, word, len);
		b->mutants[token->class]++;
		lives = rule ? rule_loads(b, mutated, &loaded) : file_loads(b->arena, mutated, &policies);
		if (lives && in_tests(token->class))
			lives = tests_pass(b, &loaded);
		if (!lives)
			b->rejected[token->class]++;
		else if (rule && is_renamed_unread(token, text, original, (struct ml_str){word, len}))
			b->equivalent[token->class]++;
		else
			survivor(b, token, original, (struct ml_str){word, len}, text, edit);
		ml_arena_release(b->arena, mark);
	}
}

static void try_rule(struct bench *b, const struct ml_rule *rule, const struct ml_rule *next)
{
	static struct tokens t;
	size_t from = offset_of(b->bytes, rule->line, 1), to = next ? offset_of(b->bytes, next->line, 1) : b->bytes.len;
	struct ml_str text = ml_strf(b->arena, "rules:\n%.*s", ML_STR_ARG(ml_str_sub(b->bytes, from, to)));
	struct ml_diags diags = {.arena = b->arena};
	struct ml_doc doc = {.arena = b->arena, .bytes = text, .diags = &diags};
	struct ml_rule loaded;

	if (!rule_loads(b, text, &loaded) || !ml_doc_open(&doc, doc.bytes) || !tests_pass(b, &loaded)) {
		printf("# %.*s: cannot be reloaded alone, or its tests fail\n", ML_STR_ARG(rule->id));
		b->survived++;
		return;
	}
	t = (struct tokens){.b = b, .doc = &doc};
	rule_tokens(&t, ml_yaml_get(doc.root, "rules")->items[0], rule);
	for (size_t i = 0; i < t.n; i++)
		try_token(b, &t.items[i], text, true);
}

static void try_file(struct bench *b)
{
	static struct tokens t;
	struct ml_diags diags = {.arena = b->arena};
	struct ml_doc doc = {.arena = b->arena, .bytes = b->bytes, .diags = &diags};

	if (!ml_doc_open(&doc, doc.bytes))
		abort();
	t = (struct tokens){.b = b, .doc = &doc};
	file_tokens(&t, doc.root);
	for (size_t i = 0; i < t.n; i++)
		try_token(b, &t.items[i], b->bytes, false);
}

static struct ml_str read_path(struct ml_arena *arena, const char *path)
{
	static char bytes[FILE_BYTES];
	FILE *file = fopen(path, "rb");
	size_t n = file ? fread(bytes, 1, sizeof(bytes), file) : 0;

	if (file)
		fclose(file);
	return ml_str_dup(arena, (struct ml_str){bytes, n});
}

static int report(const struct bench *b, const char *path)
{
	size_t mutants = 0, rejected = 0, equivalent = 0;

	printf("# %s: tokens, mutants, rejected, equivalent\n", path);
	for (int i = 0; i < CLASSES; i++) {
		printf("# %6zu %6zu %6zu %4zu  %s\n", b->tokens[i], b->mutants[i], b->rejected[i], b->equivalent[i], class_names[i]);
		mutants += b->mutants[i];
		rejected += b->rejected[i];
		equivalent += b->equivalent[i];
	}
	printf("# %zu mutants: %zu rejected, %zu equivalent (variables of macros that nothing reads), %zu survived\n", mutants, rejected, equivalent,
		b->survived);
	return b->survived || rejected == 0;
}

int main(int argc, char **argv)
{
	ML_ARENA_AUTO arena = ml_arena_new(ARENA_BYTES);
	struct bench b = {.arena = arena};

	if (argc != 2 || !arena) {
		fprintf(stderr, "usage: policy-mutants FILE\n");
		return 2;
	}
	b.bytes = read_path(arena, argv[1]);
	if (!file_loads(arena, b.bytes, &b.policies) || b.policies.n != 1) {
		printf("# %s: is no policy that loads\n", argv[1]);
		return 1;
	}
	b.policy = &b.policies.items[0];
	for (size_t i = 0; i < b.policy->nrules; i++)
		try_rule(&b, &b.policy->rules[i], i + 1 < b.policy->nrules ? &b.policy->rules[i + 1] : NULL);
	try_file(&b);
	return report(&b, argv[1]);
}
