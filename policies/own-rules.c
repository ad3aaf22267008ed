/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of Merlon's own: what it says of targets and waivers themselves. */
#include "policies/findings.h"

#define OWN(id_, severity_, title_, rationale_, fix_) \
	{.id = {id_, sizeof(id_) - 1}, .policy = {"merlon", 6}, .severity = severity_, .title = {title_, sizeof(title_) - 1}, \
	 .rationale = {rationale_, sizeof(rationale_) - 1}, .fix = {fix_, sizeof(fix_) - 1}}

static const struct ml_rule_text own[] = {
	OWN("MERLON-PARSE", ML_SEV_HIGH, "Every line of a target could be read",
		"What a parser had to skip was not judged, and what the program refuses is not what runs. That program may read the file differently, or an attacker may have written it so that scanners do not look.",
		"Correct what the diagnostic names. If the file is right as it is, this is a defect of Merlon: please report it."),
	OWN("MERLON-TARGET", ML_SEV_CRITICAL, "Every target could be judged",
		"A target that was not read is not known to be safe; a scan that passes over it in silence would say that it is.",
		"See why in the message: permission, size, time or memory; or a file that made the worker fail, which is a defect of Merlon: please report it."),
	OWN("MERLON-WAIVER-EXPIRED", ML_SEV_MEDIUM, "Waivers are renewed or removed when they expire",
		"A waiver is a decision for a time. After its last day the finding that it covered counts again.",
		"Fix the finding, or let its owner decide again and set a new `until`."),
	OWN("MERLON-WAIVER-INVALID", ML_SEV_MEDIUM, "Inline waivers name a rule, a date and a reason",
		"A comment that looks like a waiver but is none misleads whoever reads the file, and waives nothing.",
		"Write it as `# merlon:waive RULE until=2027-01-31 reason`, or remove it."),
	OWN("MERLON-WAIVER-UNMATCHED", ML_SEV_LOW, "Waivers match a finding",
		"A waiver without a finding is left over, or misspelt; one day it may hide what nobody decided about.",
		"Remove it, or correct its rule, target or element."),
};

const struct ml_rule_text *ml_own_rule(struct ml_str id)
{
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (ml_str_eq(own[i].id, id))
			return &own[i];
	return NULL;
}
