/* SPDX-License-Identifier: Apache-2.0 */
/* Loading policies: what the readers of files, parameters, rules, expressions and profiles share. */
#ifndef ML_POLICIES_LOAD_PRIV_H
#define ML_POLICIES_LOAD_PRIV_H

#include "policies/doc-priv.h"
#include "policies/policy.h"

#define ML_PROFILE_DEPTH 32 /* profiles that extend profiles */
#define ML_PARAMS_WORDS (ML_RECORD_MAX / 64)

enum ml_file_state { ML_FILE_UNREAD, ML_FILE_READING, ML_FILE_READ };

/* What one source holds: a policy is one item, a profile one for each policy that it extends, in the end. */
struct ml_policy_file {
	enum ml_file_state state;
	struct ml_policy *items;
	size_t n;
	bool profile;
	bool partial; /* something of another kind was passed over: what is not there may be there */
	bool broken;  /* has errors of its own */
	size_t *bases; /* of a profile: the sources that it extends */
	size_t nbases;
};

struct ml_load {
	struct ml_arena *arena;
	const struct ml_policy_source *sources;
	size_t n;
	const struct ml_policies_wish *wish;
	struct ml_diags *diags;
	struct ml_policy_file *files; /* beside sources */
	size_t rules;                 /* over all files */
	int depth;                    /* profiles that are being read */
};

/* A parameter while its file is read. */
struct ml_param_draft {
	const struct ml_yaml_node *name, *value;
};

/* A policy while its file is read. */
struct ml_policy_draft {
	struct ml_doc *doc;
	const struct ml_policies_wish *wish;
	struct ml_policy *policy;
	struct ml_param_draft *params; /* beside policy->params */
	const struct ml_type *params_type;
	uint64_t used[ML_PARAMS_WORDS]; /* parameters that an expression names */
	bool broken;                    /* a parameter or an expression is not valid: what is unused cannot be said */
	struct ml_each *each;           /* what `each` expressions gave already */
	size_t neach, each_cap;
};

/* An `each` that was compiled: rules of a pack share a few. */
struct ml_each {
	struct ml_policy_expr expr;
	const struct ml_type *element;
	bool map;
	const struct ml_cel_env *env; /* with `it` and `key` */
};

/* policies/load.c: reads a source unless it was read. Not for one that is being read. 0 or ML_ENOMEM. */
int ml_load_file(struct ml_load *load, size_t source);

/* policies/policy.c: reads `merlon: policy/v1`. */
int ml_policy_read(struct ml_doc *doc, const struct ml_policies_wish *wish, struct ml_str pack_id, struct ml_policy *out);
/* Whether a policy file is surely of another kind, judged by its one line that starts with "kind:", without parsing it. */
bool ml_policy_other_kind(struct ml_str bytes, const struct ml_kind *kind);
/* Whether a file surely says `on_request: true`, judged by its line, without parsing it. */
bool ml_policy_says_on_request(struct ml_str bytes);
/* Reads the value of `on_request`. */
void ml_policy_on_request(struct ml_doc *doc, const struct ml_yaml_node *node, bool *out);
/* An identifier of a policy or profile: lower case, digits, '-', '_', '.'. An error otherwise; a pack's must be its file's name. */
void ml_policy_id(struct ml_doc *doc, const struct ml_yaml_node *node, struct ml_str pack_id, struct ml_str *out);

/* policies/param.c: `params`, into policy->params, the type of the record and its value. */
void ml_params_read(struct ml_policy_draft *draft, const struct ml_yaml_node *node);
/* Makes policy->params_value of the parameters' values. */
int ml_params_pack(struct ml_arena *arena, const struct ml_type *type, struct ml_policy *policy);
/* After all rules: unused parameters, and defaults that a closed vocabulary does not have. */
void ml_params_check(struct ml_policy_draft *draft);
/* Sets a parameter (of a copy) as a profile says; its type and vocabulary are checked. */
bool ml_param_set(struct ml_doc *doc, struct ml_param *param, const struct ml_yaml_node *node);
/* Reads a value of a type; false with an error at what does not fit. */
bool ml_param_value(struct ml_doc *doc, const struct ml_type *type, const struct ml_yaml_node *node, struct ml_value *out);

/* policies/expr.c: compiles a scalar; diagnostics are moved to where its text stands. False when there was an error. */
bool ml_expr_compile(struct ml_doc *doc, const struct ml_cel_env *env, const struct ml_yaml_node *node, struct ml_policy_expr *out);
/* policies/expr-check.c: marks the parameters that a compiled expression names as used, notes the closed vocabularies that they are compared with, and finds
 * what CEL allows but can only be a typing error here: a leading dot, a word that stands twice in the list of an `in`. */
void ml_expr_check(struct ml_policy_draft *draft, const struct ml_yaml_node *scalar, const struct ml_policy_expr *expr);
/* Whether its value is a part of the facts, and so has a place. */
bool ml_expr_has_place(const struct ml_policy_expr *expr, size_t params_var);

/* policies/rule.c: one rule. */
void ml_rule_read(struct ml_policy_draft *draft, const struct ml_yaml_node *node, struct ml_rule *rule);

/* policies/rule-test.c: the tests of a rule. */
void ml_rule_tests_read(struct ml_policy_draft *draft, const struct ml_yaml_node *node, struct ml_rule *rule);

/* policies/cut.c: the text without the tests of its rules, every line where it was; `bytes` themselves when there is nothing to cut, or no memory. */
struct ml_str ml_policy_cut_tests(struct ml_arena *arena, struct ml_str bytes);

/* policies/profile.c: reads `merlon: profile/v1`. */
int ml_profile_read(struct ml_load *load, struct ml_doc *doc, size_t source, struct ml_policy_file *out);

/* A profile while it is read. */
struct ml_profile_draft {
	struct ml_load *load;
	struct ml_doc *doc;
	size_t source;
	struct ml_policy_file *out;
	struct ml_str id, title;
	const struct ml_yaml_node *extends, *select, *set, *severity;
	bool on_request;
	int error;
};

/* policies/profile-extends.c: reads what it extends and takes over its policies. */
void ml_profile_extend(struct ml_profile_draft *p);
/* policies/profile-select.c: keeps the rules that `select` describes and counts the others; sets severities. */
void ml_profile_select(struct ml_profile_draft *p);

#endif
