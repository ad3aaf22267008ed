/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the SARIF report. */
#ifndef ML_REPORTS_SARIF_PRIV_H
#define ML_REPORTS_SARIF_PRIV_H

#include "base/json.h"
#include "reports/items-priv.h"

/* What GitHub takes of one run; more is cut, worst kept, and the cut is announced. */
#define ML_SARIF_RESULTS_MAX ((size_t)25000)

/* A rule of the driver: one per id over all runs, its text from the first run that has one. */
struct ml_sarif_rule {
	struct ml_str id;
	const struct ml_rule_text *text; /* NULL: none */
	enum ml_severity severity;
};

/* One id of a framework. */
struct ml_sarif_taxon {
	struct ml_str framework, id;
};

struct ml_sarif {
	struct ml_json json;
	struct ml_buf text, safe, join; /* scratch, begun anew by ml_sarif_scratch: for URIs and help; inside ml_sarif_message; for its callers */
	const struct ml_findings *findings;
	const struct ml_report_options *options;
	struct ml_items items; /* all that is reported, worst first */
	size_t nwritten;       /* results written: items up to the ceiling */
	size_t total;          /* results there are, those that the findings only count too */
	bool baseline;         /* some baseline was applied */
	struct ml_sarif_rule *rules; /* sorted by id */
	size_t nrules;
	struct ml_sarif_taxon *taxa; /* sorted, unique */
	size_t ntaxa;
};

/* Fills rules and taxa. False when the arena ends. n log n. */
bool ml_sarif_gather(struct ml_sarif *sarif, struct ml_arena *scratch);
void ml_sarif_driver(struct ml_sarif *sarif);     /* "tool": … */
void ml_sarif_taxonomies(struct ml_sarif *sarif); /* "taxonomies": … or nothing */
/* The index of the rule; always there, since gather took it from the results. */
size_t ml_sarif_rule_index(const struct ml_sarif *sarif, struct ml_str id);

void ml_sarif_results(struct ml_sarif *sarif);
/* {"physicalLocation": …} members of an open location object. */
void ml_sarif_place(struct ml_sarif *sarif, const struct ml_run *run, const struct ml_place *place);

void ml_sarif_invocations(struct ml_sarif *sarif);

/* "error", "warning", "note". */
const char *ml_sarif_level(enum ml_severity severity);
/* Empties a scratch buffer; an error in it becomes the report's. */
struct ml_buf *ml_sarif_scratch(struct ml_sarif *sarif, struct ml_buf *buf);
/* "key": {"text": "…"}: control and bidirectional characters escaped, since people read it on terminals and code hosts; what SARIF would take for a
 * link or a placeholder (§3.11.5, §3.11.6) defused. */
void ml_sarif_message(struct ml_sarif *sarif, const char *key, struct ml_str text);

/* Appends `s` as Markdown that shows `s`: `code spans` live on, everything that could be markup or HTML is escaped. Linear. */
void ml_markdown_add(struct ml_buf *out, struct ml_str s);
/* A relative path as a relative URI reference (RFC 3986): '/' kept, all but unreserved bytes percent-encoded. */
void ml_uri_add(struct ml_buf *out, struct ml_str path);
/* "tls://host:port", "tls+smtp://host:port": absolute, and written as it is. */
bool ml_uri_is_endpoint(struct ml_str uri);

#endif
