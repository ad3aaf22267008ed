#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Reports keep to the schemas of their formats: SARIF 2.1.0 errata 01, and Jenkins' JUnit XSD.
schemas=$ML_SRCDIR/../shared/data/schemas
render=$ML_BUILDDIR/tests/render-report
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cases=$(cd "$ML_SRCDIR/tests/reports" && ls)

if [ ! -d "$schemas" ]; then
	echo "1..0 # SKIP ../shared/data/schemas is not there"
	exit 0
fi
why_sarif=
python3 -c 'import jsonschema' 2>/dev/null || why_sarif="python3-jsonschema is not installed"
why_junit=
command -v xmllint >/dev/null || why_junit="xmllint is not installed"

check_sarif() {
	python3 - "$schemas/sarif-schema-2.1.0.json" "$1" <<'EOF'
import json, sys, jsonschema
schema, log = (json.load(open(name, encoding="utf-8")) for name in sys.argv[1:])
run = log["runs"][0]
errors = [f"{list(e.absolute_path)}: {e.message[:200]}" for e in jsonschema.Draft4Validator(schema).iter_errors(log)]
rules = run["tool"]["driver"]["rules"]
ids = [rule["id"] for rule in rules]
if ids != sorted(set(ids)):
    errors.append("rules are not unique and sorted")
taxa = {(t["name"], taxon["id"]) for t in run.get("taxonomies", []) for taxon in t["taxa"]}
for rule in rules:
    for relation in rule.get("relationships", []):
        if (relation["target"]["toolComponent"]["name"], relation["target"]["id"]) not in taxa:
            errors.append(f"{rule['id']} refers to a taxon that is not there")
for result in run["results"]:
    if ids[result["ruleIndex"]] != result["ruleId"]:
        errors.append("ruleIndex is not the rule's")
    if (result["kind"] == "fail") == (result["level"] == "none"):
        errors.append("only a failure has a level")
print("\n".join("# " + error for error in errors[:10]))
sys.exit(1 if errors else 0)
EOF
}

check_junit() {
	xmllint --noout --schema "$schemas/junit-10.xsd" "$1" 2>&1 | sed 's/^/# /' >"$work/log"
	grep -q ' validates$' "$work/log" && python3 - "$1" <<'EOF'
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
total = {"tests": 0, "failures": 0, "errors": 0}
for suite in root:
    cases = suite.findall("testcase")
    count = {"tests": len(cases), "failures": len(suite.findall("testcase/failure")), "errors": len(suite.findall("testcase/error")),
             "skipped": len(suite.findall("testcase/skipped"))}
    assert all(int(suite.get(key)) == value for key, value in count.items()), (suite.get("name"), count)
    for key in total:
        total[key] += count[key]
assert all(int(root.get(key)) == value for key, value in total.items()), total
EOF
}

report() { # name, why it is skipped, check, file
	n=$((n + 1))
	if [ -n "$2" ]; then
		echo "ok $n - $1 # SKIP $2"
	elif [ -s "$4" ] && $3 "$4"; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		[ -f "$work/log" ] && head -5 "$work/log"
	fi
}

set -- $cases
echo "1..$(($# * 2))"
n=0
for case in "$@"; do
	for format in sarif junit; do
		"$render" $format "$ML_SRCDIR/tests/reports/$case/findings.json" >"$work/$format" || : >"$work/$format"
	done
	report "$case: sarif" "$why_sarif" check_sarif "$work/sarif"
	report "$case: junit" "$why_junit" check_junit "$work/junit"
done
