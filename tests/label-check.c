/* SPDX-License-Identifier: Apache-2.0 */
/* Compares findings with labelled files: label-check PLATFORM MAPPING LABELS.TSV PACK, run where the labelled files lie. Platform is "dockerfile" or
 * "dockerCompose". Each labelled line must have a finding of one of the query's rules at it, or in the same instruction, stage or service; each negative file
 * must have none. The label "exactly" has several lines, and says that nothing else in the file is found. One line of TAP for each label. */
#include <stdio.h>

#include "checks/config/compose/compose.h"
#include "checks/config/dockerfile/dockerfile.h"
#include "facts/compose.h"
#include "facts/dockerfile.h"
#include "policies/judge.h"

enum { BYTES = 4 << 20, COLUMNS = 6 };

struct checking {
	bool compose;
	struct ml_policies policies;
	struct ml_str mapping;
	size_t cases, failed;
};

/* A file judged. */
struct judged {
	struct ml_facts *facts;
	struct ml_run run;
};

static struct ml_str read_whole(struct ml_arena *arena, const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = ml_alloc(arena, BYTES);
	size_t n = file && text ? fread(text, 1, BYTES, file) : 0;

	if (file)
		fclose(file);
	return file ? (struct ml_str){text, n} : ML_STR_NONE;
}

static int read_file(void *ctx, struct ml_arena *arena, struct ml_str path, struct ml_str *bytes, struct ml_error *err)
{
	char name[1024];

	snprintf(name, sizeof(name), "%.*s", ML_STR_ARG(path));
	*bytes = read_whole(arena, name);
	return bytes->ptr ? 0 : ml_fail(err, ML_ENOENT, "%s: no such file", name);
}

static int collect(struct ml_facts *facts, bool compose, struct ml_str file)
{
	struct ml_reader reader = {read_file, NULL};
	struct ml_dockerfile_request docker = {.file = file, .context = ml_str("none")};
	struct ml_compose_request request = {.files = &file, .nfiles = 1, .no_override = true};

	return compose ? ml_compose_collect(facts, &reader, &request) : ml_dockerfile_collect(facts, &reader, &docker);
}

static bool judge(struct ml_arena *arena, const struct checking *c, struct ml_str file, struct judged *out)
{
	out->facts = ml_facts_new(arena, c->compose ? &ml_kind_compose : &ml_kind_dockerfile, file);
	return out->facts && collect(out->facts, c->compose, file) == 0 && ml_judge(arena, out->facts, &c->policies, &out->run) == 0;
}

/* The rules that answer a query, as the mapping has them. A query may be the id of a rule itself. */
static struct ml_str rules_of(const struct checking *c, struct ml_str query)
{
	struct ml_str row, rest = c->mapping, name;

	while (ml_str_split(&rest, '\n', &row))
		if (ml_str_split(&row, '\t', &name) && ml_str_eq(name, query))
			return row;
	return ml_str_chr(query, ' ') == ML_NPOS ? query : ML_STR_NONE;
}

static bool is_one_of(struct ml_str rules, struct ml_str rule)
{
	struct ml_str part;

	while (ml_str_split(&rules, ',', &part))
		if (ml_str_eq(ml_str_trim(part), rule))
			return true;
	return false;
}

/* The line at which a thing of the list (or map) begins that `line` lies in; 0 when it lies before all. */
static uint32_t section(const struct ml_facts *facts, const struct ml_value *things, uint32_t line)
{
	uint32_t found = 0;

	for (uint32_t i = 0; i < things->len; i++) {
		bool map = things->kind == ML_V_MAP;
		const struct ml_loc *at = ml_facts_at(facts, map ? things->entries[i].value.loc : things->items[i].loc);
		uint32_t start = at ? (at->key_line ? at->key_line : at->line) : 0;
		if (start <= line && start > found)
			found = start;
	}
	return found;
}

static const struct ml_value *part(const struct ml_facts *facts, int slot)
{
	return facts->root.kind == ML_V_RECORD ? ml_record_get(facts->root.record, slot) : &facts->root;
}

static bool same_section(const struct judged *j, bool compose, uint32_t wanted, uint32_t line)
{
	const struct ml_value *things = part(j->facts, compose ? (int)ML_CO_SERVICES : (int)ML_DF_INSTRUCTIONS);
	bool list = things->kind == ML_V_LIST || things->kind == ML_V_MAP;
	uint32_t start;

	if (wanted == line || !list)
		return wanted == line;
	start = section(j->facts, things, wanted);
	if (start && start == section(j->facts, things, line))
		return true;
	return !compose && section(j->facts, part(j->facts, ML_DF_STAGES), line) == wanted;
}

/* Whether a rule of the query fails at the line (line 0: anywhere). */
static bool is_found(const struct judged *j, bool compose, struct ml_str rules, uint32_t line)
{
	for (size_t i = 0; i < j->run.nresults; i++) {
		const struct ml_result *result = &j->run.results[i];
		if (result->verdict == ML_FAIL && is_one_of(rules, result->rule) && (!line || same_section(j, compose, line, result->place.line)))
			return true;
	}
	return false;
}

static uint32_t number(struct ml_str digits)
{
	uint32_t n = 0;

	for (size_t i = 0; i < digits.len; i++)
		n = n * 10 + (uint32_t)(digits.ptr[i] - '0');
	return n;
}

/* An exact label has the line itself in a Compose file, and the instruction in a Dockerfile, where a long one has many lines. */
static bool fits(const struct judged *j, bool compose, struct ml_str wanted, uint32_t line)
{
	return compose ? number(wanted) == line : same_section(j, false, number(wanted), line);
}

/* Whether one of the lines, such as "2,5", is the finding's. */
static bool is_wanted(const struct judged *j, bool compose, struct ml_str lines, uint32_t line)
{
	struct ml_str one;

	while (lines.len && ml_str_split(&lines, ',', &one))
		if (fits(j, compose, one, line))
			return true;
	return false;
}

/* Whether the rules fail at the line. */
static bool is_hit(const struct judged *j, bool compose, struct ml_str rules, struct ml_str line)
{
	for (size_t i = 0; i < j->run.nresults; i++) {
		const struct ml_result *result = &j->run.results[i];
		if (result->verdict == ML_FAIL && is_one_of(rules, result->rule) && fits(j, compose, line, result->place.line))
			return true;
	}
	return false;
}

/* Whether the query's rules fail at the lines, and nowhere else. */
static bool is_exact(const struct judged *j, bool compose, struct ml_str rules, struct ml_str lines)
{
	struct ml_str one, rest = lines;

	for (size_t i = 0; i < j->run.nresults; i++) {
		const struct ml_result *result = &j->run.results[i];
		if (result->verdict == ML_FAIL && is_one_of(rules, result->rule) && !is_wanted(j, compose, lines, result->place.line)) {
			printf("# line %u: %.*s\n", result->place.line, ML_STR_ARG(result->message));
			return false;
		}
	}
	while (lines.len && ml_str_split(&rest, ',', &one))
		if (!is_hit(j, compose, rules, one)) {
			printf("# line %.*s: nothing\n", ML_STR_ARG(one));
			return false;
		}
	return true;
}

static void say(struct checking *c, bool ok, const struct ml_str column[COLUMNS], const char *why)
{
	c->cases++;
	c->failed += !ok;
	printf("%s %zu - %.*s: %.*s:%.*s %.*s%s\n", ok ? "ok" : "not ok", c->cases, ML_STR_ARG(column[1]), ML_STR_ARG(column[3]), ML_STR_ARG(column[4]),
		ML_STR_ARG(column[5]), why);
}

static void check_row(struct checking *c, const struct ml_str column[COLUMNS])
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)256 << 20);
	struct ml_str rules = rules_of(c, column[1]);
	bool positive = ml_str_is(column[5], "positive");
	struct judged j;

	if (!rules.ptr)
		say(c, false, column, ": no rule answers the query");
	else if (!judge(arena, c, column[3], &j))
		say(c, false, column, ": not judged");
	else if (ml_str_is(column[5], "exactly"))
		say(c, is_exact(&j, c->compose, rules, column[4]), column, "");
	else
		say(c, is_found(&j, c->compose, rules, positive ? number(column[4]) : 0) == positive, column, "");
}

static bool load(struct ml_arena *arena, struct checking *c, const char *pack)
{
	struct ml_policy_source source = {.name = ml_str(pack), .bytes = read_whole(arena, pack), .chosen = true};
	struct ml_policies_wish wish = {.kind = c->compose ? &ml_kind_compose : &ml_kind_dockerfile};
	struct ml_diags diags = {.arena = arena};
	int r = ml_policies_load(arena, &source, 1, &wish, &diags, &c->policies);

	for (size_t i = 0; r && i < diags.n; i++)
		printf("# %u:%u %.*s\n", diags.items[i].line, diags.items[i].col, ML_STR_ARG(diags.items[i].message));
	return r == 0;
}

int main(int argc, char **argv)
{
	ML_ARENA_AUTO arena = ml_arena_new((size_t)256 << 20);
	struct checking c = {.compose = argc > 1 && strcmp(argv[1], "dockerCompose") == 0};
	struct ml_str row, rest;

	if (argc != 5)
		return 2;
	c.mapping = read_whole(arena, argv[2]);
	if (!load(arena, &c, argv[4])) {
		printf("1..1\nnot ok 1 - %s does not load\n", argv[4]);
		return 1;
	}
	rest = read_whole(arena, argv[3]);
	while (ml_str_split(&rest, '\n', &row)) {
		struct ml_str column[COLUMNS] = {0}, cells = row;
		for (size_t i = 0; i < COLUMNS && ml_str_split(&cells, '\t', &column[i]); i++)
			;
		if (ml_str_is(column[0], argv[1]))
			check_row(&c, column);
	}
	printf("1..%zu\n", c.cases);
	return c.failed != 0 || c.cases == 0;
}
