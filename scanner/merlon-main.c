/* SPDX-License-Identifier: Apache-2.0 */
/* merlon: the table of commands. */
#include "scanner/command.h"

static const struct ml_command commands[] = {
	{"scan", "[TARGET...]", "Find targets, collect their facts, judge them, report.", ML_CMD_SCAN, ml_cmd_scan},
	{"eval", "FACTS...", "Judge fact files that an earlier scan wrote.", ML_CMD_EVAL, ml_cmd_eval},
	{"report", "FINDINGS...", "Write reports from findings files.", ML_CMD_REPORT, ml_cmd_report},
	{"facts", "[KIND...]", "Print what a rule of that kind can read.", ML_CMD_FACTS, ml_cmd_facts},
	{NULL, NULL, NULL, 0, NULL},
};

int main(int argc, char **argv)
{
	return ml_command_main(argc, argv, "merlon",
		"Inspects configurations against security policies, in sealed workers.", commands);
}
