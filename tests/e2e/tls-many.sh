#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# 256 endpoints in one process: facts and findings are, byte for byte, those of 256 single scans.
for program in python3 openssl; do
	command -v "$program" >/dev/null || {
		echo "1..0 # SKIP $program is not installed"
		exit 0
	}
done
exec python3 - <<'END'
import json, os, subprocess, sys, time

sys.dont_write_bytecode = True
sys.path.insert(0, os.environ["ML_SRCDIR"] + "/tests/tls")
import many
import servers

# One time for all: a certificate's days run out while this runs.
ENVIRONMENT = dict(
    os.environ,
    MERLON_POLICIES=os.environ["ML_SRCDIR"] + "/policies/packs",
    SOURCE_DATE_EPOCH=str(int(time.time()) + 3600),
)


def scan(where, targets):
    """Findings by target, and names and bytes of the files of facts."""
    os.mkdir(where)
    argv = [
        os.environ["ML_BUILDDIR"] + "/merlon-tls",
        *targets,
        "--facts",
        where + "/facts",
        "-o",
        f"json={where}/findings.json",
        "-q",
        "--timeout",
        "120",
    ]
    run = subprocess.run(argv, capture_output=True, text=True, check=False, env=ENVIRONMENT)
    if run.returncode not in (0, 1, 3):
        raise SystemExit(f"Bail out! merlon-tls ends with {run.returncode}: {run.stderr}")
    with open(where + "/findings.json", encoding="utf-8") as file:
        runs = json.load(file)["runs"]
    facts = {}
    for name in os.listdir(where + "/facts"):
        with open(f"{where}/facts/{name}", "rb") as file:
            facts[name] = file.read().decode("utf-8")
    return {r["target"]["uri"]: json.dumps(r) for r in runs}, facts


def first_difference(one, other):
    at = next((i for i, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))
    return f"{one[max(0, at - 60):at + 60]!r} and {other[max(0, at - 60):at + 60]!r}"


def compare(number, what, together, single):
    different = sorted(
        k for k in together.keys() | single.keys() if together.get(k) != single.get(k)
    )
    good = not different and len(together) == many.COUNT
    print(
        f"{'ok' if good else 'not ok'} {number} - {what} of {len(together)} endpoints in one process are those of"
        f" {len(single)} single scans"
    )
    for key in different[:8]:
        print("#", key, first_difference(together.get(key, ""), single.get(key, "")))
    return good


def main(where):
    try:
        with many.endpoints(where) as targets:
            together = scan(where + "/together", targets)
            single = [scan(f"{where}/single-{i}", [target]) for i, target in enumerate(targets)]
    except servers.Missing as reason:
        print(f"1..0 # SKIP {reason}")
        return
    print("1..3")
    findings, facts = {}, {}
    for one in single:
        findings |= one[0]
        facts |= one[1]
    good = compare(1, "findings", together[0], findings)
    good &= compare(2, "facts", together[1], facts)
    verdicts = {json.loads(r)["summary"]["fail"] > 0 for r in together[0].values()}
    print(
        "ok 3 - some of them fail and some pass"
        if verdicts == {True, False}
        else "not ok 3 - all endpoints are alike"
    )
    sys.exit(0 if good else 1)


with servers.directory() as where:
    main(where)
END
