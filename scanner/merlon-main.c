/* SPDX-License-Identifier: Apache-2.0 */
/* merlon: the table of commands. */
#include "scanner/command.h"

static const struct ml_command commands[] = {
	{"scan", "[TARGET...]", "Find targets, collect their facts, judge them, report.", ML_CMD_SCAN, ml_cmd_scan},
	{"eval", "FACTS...", "Judge fact files that an earlier scan wrote.", ML_CMD_EVAL, ml_cmd_eval},
	{"report", "FINDINGS...", "Write reports from findings files.", ML_CMD_REPORT, ml_cmd_report},
	{"policy lint", "[POLICY...]", "Check policies, profiles, waiver files and plans.", ML_CMD_LINT, ml_cmd_lint},
	{"policy test", "[POLICY...]", "Run the tests that stand inside rules.", ML_CMD_TEST, ml_cmd_test},
	{"policy list", "[POLICY...]", "List rules, one a line.", ML_CMD_LIST, ml_cmd_list},
	{"policy show", "[POLICY...]", "Print policies with their parameters and rules.", ML_CMD_SHOW, ml_cmd_show},
	{"policy from-facts", "FACTS", "Write a policy that pins what a fact file shows.", ML_CMD_FROM_FACTS, ml_cmd_from_facts},
	{"explain", "RULE...", "Print what a rule asks, why, and how to fix it.", ML_CMD_EXPLAIN, ml_cmd_explain},
	{"facts", "[KIND...]", "Print what a rule of that kind can read.", ML_CMD_FACTS, ml_cmd_facts},
	{NULL, NULL, NULL, 0, NULL},
};

int main(int argc, char **argv)
{
	return ml_command_main(argc, argv, "merlon",
		"Inspects configurations against security policies, in sealed workers.", commands);
}
