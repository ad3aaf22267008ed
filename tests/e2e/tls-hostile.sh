#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Servers that do not keep to the protocol: each scan ends within its time and 0.2 s, in at most 16 MB, and never as a pass.
command -v python3 >/dev/null || {
	echo "1..0 # SKIP python3 is not installed"
	exit 0
}
exec python3 - <<'END'
import os, subprocess, sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.environ["ML_SRCDIR"] + "/tests/tls")
import many
import measure

os.environ["MERLON_POLICIES"] = os.environ["ML_SRCDIR"] + "/policies/packs"
MERLON = os.environ["ML_BUILDDIR"] + "/merlon-tls"
SECONDS, SPARE, BYTES = 2, 0.2, 16 * 10**6
# kind of hostile.py, and what it does. None can be vouched for: exit code 3.
SERVERS = [
    ("silent", "says nothing"),
    ("slow", "a byte a second"),
    ("liar", "a suite that nobody offered"),
    ("same", "the same suite again and again"),
    ("version", "every version and suite that is named first"),
    ("echo", "our own hello back"),
    ("retry", "one HelloRetryRequest after another"),
    ("alerts", "warnings without end"),
    ("big", "a certificate of 16 MB"),
    ("pieces", "records of one byte"),
    ("reset", "resets"),
    ("close", "closes at once"),
    ("half", "closes its half"),
    ("http", "plain HTTP"),
    ("random", "noise without end"),
]


def sanitized():
    needed = subprocess.run(
        ["readelf", "-d", MERLON], capture_output=True, text=True, check=False
    ).stdout
    return "asan" in needed or "ubsan" in needed


def overloaded():
    """Whether this machine is now too busy to tell 0.2 s."""
    return measure.run(["/bin/sleep", "0.5"]).wall > 0.5 + SPARE / 2


def scan(kind):
    """Up to three times: another process's turn is not ours."""
    for _ in range(3):
        with many.hostile(kind) as port:
            taken = measure.run([MERLON, f"127.0.0.1:{port}", "--timeout", str(SECONDS), "-q"])
        if taken.wall <= SECONDS + SPARE:
            break
    return taken


def report(number, good, name, lines=""):
    print(f"{'ok' if good else 'not ok'} {number} - {name}", flush=True)
    for line in [] if good else lines.splitlines()[-20:]:
        print("#", line)
    return good


def judge(number, kind, title):
    taken = scan(kind)
    good = report(
        number,
        taken.code == 3 and "the worker died" not in taken.output,
        f"{kind}, {title}: exit code {taken.code}",
        taken.output,
    )
    name = f"{kind}: {taken.wall:.2f} s of {SECONDS}"
    if taken.wall > SECONDS + SPARE and overloaded():
        name += " # SKIP this machine is too busy to measure"
    good &= report(number + 1, taken.wall <= SECONDS + SPARE or "# SKIP" in name, name)
    if sanitized():
        return good & report(
            number + 2, True, f"{kind}: memory # SKIP that of sanitizers is measured with it"
        )
    return good & report(
        number + 2, taken.largest <= BYTES, f"{kind}: no process over {taken.largest / 1e6:.1f} MB"
    )


print(f"1..{3 * len(SERVERS)}")
good = [judge(3 * i + 1, *row) for i, row in enumerate(SERVERS)]
sys.exit(0 if all(good) else 1)
END
