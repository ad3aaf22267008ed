/* SPDX-License-Identifier: Apache-2.0 */
/* Policies: rules over one kind of facts, read from YAML, checked whole before anything is judged. */
#ifndef ML_POLICIES_POLICY_H
#define ML_POLICIES_POLICY_H

#include "base/diag.h"
#include "base/yaml.h"
#include "facts/kinds.h"
#include "policies/cel/cel.h"

#define ML_POLICY_RULES_MAX 10000

enum ml_severity { ML_SEV_INFO, ML_SEV_LOW, ML_SEV_MEDIUM, ML_SEV_HIGH, ML_SEV_CRITICAL, ML_SEVERITIES };
extern const char *const ml_severity_words[]; /* "info" … "critical", NULL */

/* A policy or profile file as it was read, not yet parsed. */
struct ml_policy_source {
	struct ml_str name;  /* as it is called in messages */
	struct ml_str id;    /* of a pack: its file name without ".yaml"; "" for other files */
	struct ml_str bytes;
	bool chosen;         /* to be judged by; otherwise only there for `extends` */
};

/* An expression and where it stands in its file. program NULL: not written. */
struct ml_policy_expr {
	const struct ml_cel_program *program;
	struct ml_str text;
	uint32_t line, col;
};

struct ml_policy_ref {
	struct ml_str framework; /* "cis-docker-1.6" */
	const struct ml_str *ids;
	size_t n;
};

/* A test that stands in a rule: facts, and the verdicts that are expected of the elements named. */
struct ml_policy_test {
	const struct ml_yaml_node *facts;  /* NULL when tests were not asked for */
	const struct ml_yaml_node *expect; /* a verdict's word, or a map from verdict to elements */
	const struct ml_yaml_node *params; /* NULL: the defaults */
	uint32_t line, col;
};

struct ml_param {
	struct ml_str name, about;
	const struct ml_type *type;
	struct ml_value value; /* the default, or what a profile set */
	const struct ml_vocab *vocab; /* the closed words with which expressions compare its strings; NULL: none. Defaults and `set` are checked */
};

struct ml_rule {
	struct ml_str id, title, rationale, fix;
	enum ml_severity severity;
	struct ml_policy_expr each, when, assertion, message, at;
	const struct ml_type *element; /* of `each`; NULL: the rule is about the whole target */
	bool each_map;                 /* `each` is a map: `key` is bound too */
	const struct ml_cel_env *env;  /* of when, assert, message, at: the policy's variables, then with `each` `it`, and with a map `key` */
	const struct ml_policy_ref *refs;
	size_t nrefs;
	const struct ml_policy_test *tests;
	size_t ntests;
	uint32_t line, col;
};

struct ml_policy {
	struct ml_str id, title, file;
	uint8_t sha256[32]; /* of the file; of a profile: over its own bytes and those of all that it extends, in order */
	const struct ml_kind *kind;
	struct ml_param *params;
	size_t nparams;
	struct ml_rule *rules; /* in file order; of a profile: what it selects */
	size_t nrules;
	size_t left_out;       /* of a profile: rules of what it extends that it does not select; a report says how many */
	const struct ml_cel_env *env; /* of `each`: the fields of the kind's root in slot order, then `params` */
	struct ml_value params_value; /* a RECORD with a field for each parameter, in the order of `params` */
	bool on_request;              /* judged by only when it is named */
};

struct ml_policies {
	struct ml_policy *items; /* the chosen ones, in the order given, the same policy once */
	size_t n;
};

struct ml_policies_wish {
	const struct ml_kind *kind; /* only policies of this kind are compiled, others are passed over after their `kind:` was read; NULL: all */
	bool tests;                 /* keep the tests (lint and test check them too) */
	bool strict;                /* lint: missing rationale, fix, refs or tests are warnings */
	bool unasked;               /* nobody named the chosen sources: those that say `on_request: true` are left out */
	bool apart;                 /* the sources are looked at, not judged by together: a rule may stand in a policy and in what says `on_request: true` */
};

/* Parses, checks and compiles. A file holds `merlon: policy/v1` (DESIGN §5) or `merlon: profile/v1`:
 *   id, title; extends: [pack id or file name …]; select: {rules: [globs of ids], severity: LEAST, refs: [globs of frameworks], except: [globs of ids]}: all
 *   that are given must hold; set: {param or policy.param: value}; severity: {RULE: word}. A profile gives one item in *out for each policy that it extends (in the
 *   end: profiles may extend profiles), with the profile's id, title, file and sha256. Both may hold `on_request: true`. A file that a chosen profile file extends is judged as the profile says, even
 *   when it is chosen itself. Names in a profile that only what `wish->kind` passed over could have are not
 *   errors: lint, which passes over nothing, finds them.
 * Every error of every file goes to `diags` with file:line:col, the source line, and a suggestion where one is near: bad YAML, unknown or repeated keys, missing keys, wrong types, duplicate
 * rule ids (over all files), expressions that do not compile, an `assert` or `when` that is not bool, a `message` that is not string, `each` that is neither list nor map, unused parameters, a
 * default that is not of its parameter's type, patterns that do not compile, string literals compared with a closed vocabulary that does not have them,
 * profiles that extend what is not there or themselves, that select or set what is not there. 0 when there was no error; ML_ESYNTAX; ML_ENOMEM. */
int ml_policies_load(struct ml_arena *arena, const struct ml_policy_source *sources, size_t n, const struct ml_policies_wish *wish,
	struct ml_diags *diags, struct ml_policies *out);

/* The rule of that id and its policy, or NULL; and the nearest id for a suggestion, or NULL. */
const struct ml_rule *ml_policies_rule(const struct ml_policies *policies, struct ml_str id, const struct ml_policy **policy);
const char *ml_policies_nearest(struct ml_arena *arena, const struct ml_policies *policies, struct ml_str id);

#endif
