#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What merlon-tls sees of servers with one fault each (tests/tls/misbehaving.py), that it sees nothing of the kind in real ones, and that testssl.sh agrees.
for program in python3 openssl; do
	command -v "$program" >/dev/null || {
		echo "1..0 # SKIP $program is not installed"
		exit 0
	}
done
exec python3 - <<'EOF'
import concurrent.futures, json, os, shutil, subprocess, sys, tempfile

SOURCE, BUILD = os.environ["ML_SRCDIR"], os.environ["ML_BUILDDIR"]
sys.path.insert(0, SOURCE + "/tests/tls")
import servers

os.environ["MERLON_POLICIES"] = SOURCE + "/policies/packs"
TRIED = ("HEARTBLEED", "CCS_INJECTION", "ROBOT")
# The fault, what differs from a good server, and of our rules those that fail and those that are unknown. "weak:X": its state. "not:X": not tolerated.
FAULTS = [
    ("good", {}, [], []),
    ("heartbleed", {"weak:HEARTBLEED": "vulnerable"}, ["TLS-WEAK-HEARTBLEED"], []),
    ("heartbeat", {}, [], []),
    ("ccs_taken", {"weak:CCS_INJECTION": "vulnerable"}, ["TLS-WEAK-CCS", "TLS-WEAK-TIMING"], []), # it has CBC, too, for testssl.sh
    ("ccs_passed_over", {}, [], []),
    ("ccs_silent", {"weak:CCS_INJECTION": "unknown"}, [], ["TLS-WEAK-CCS"]),
    ("robot_none", {}, [], []),
    ("robot_strong", {"weak:ROBOT": "vulnerable"}, ["TLS-WEAK-ROBOT"], []),
    ("robot_weak", {"weak:ROBOT": "vulnerable"}, ["TLS-WEAK-ROBOT"], []),
    ("robot_short", {"weak:ROBOT": "vulnerable", "weak:CCS_INJECTION": "unknown"}, ["TLS-WEAK-ROBOT"], ["TLS-WEAK-CCS"]),
    ("robot_close", {"weak:CCS_INJECTION": "unknown"}, [], ["TLS-WEAK-CCS"]),
    ("robot_moody", {"weak:ROBOT": "unknown"}, [], ["TLS-WEAK-ROBOT"]),
    ("dhe_again", {"dhe_reused": True, "weak:RACCOON": "structural_risk"}, ["TLS-KEY-REUSE", "TLS-WEAK-TIMING"], []),
    ("ecdhe_again", {"ecdhe_reused": True}, ["TLS-KEY-REUSE"], []),
    ("dhe_composite", {"prime": ["Socat", 1024, "composite"], "weak:LOGJAM": "vulnerable"},
     ["TLS-DH-COMMON", "TLS-DH-COMPOSITE", "TLS-DH-SHORT", "TLS-WEAK-DOWNGRADE"], []),
    ("dhe_short", {"prime": ["RFC 2409 group 2", 1024, "safe"], "weak:LOGJAM": "vulnerable"}, ["TLS-DH-COMMON", "TLS-DH-SHORT", "TLS-WEAK-DOWNGRADE"], []),
    ("dhe_unsafe", {"prime": ["RFC 5114 group 23", 2048, "prime"]}, ["TLS-DH-UNSAFE"], []),
    ("signs_sha1", {"signature": "rsa_pkcs1_sha1"}, ["TLS-SIGNATURE-WEAK"], []),
    ("signs_md5", {"signature": "rsa_md5", "weak:SLOTH": "vulnerable"}, ["TLS-SIGNATURE-WEAK", "TLS-WEAK-DOWNGRADE"], []),
    ("signs_anyhow", {}, [], []),
    ("grease", {"not:grease": False}, ["TLS-TOLERANCE-FUTURE"], []),
    ("unknown_extension", {"not:unknown_extension": False}, ["TLS-TOLERANCE-FUTURE"], []),
    ("unknown_version", {"not:unknown_version": False}, ["TLS-TOLERANCE-FUTURE"], []),
    ("newer_legacy_version", {"not:newer_legacy_version": False}, ["TLS-TOLERANCE-FUTURE"], []),
    ("session_id", {"not:session_id": False}, ["TLS-TOLERANCE-SHAPE"], []),
    ("record_version_ssl3", {"not:record_version_ssl3": False}, ["TLS-TOLERANCE-SHAPE"], []),
    ("length_256_to_511", {"not:length_256_to_511": False}, ["TLS-TOLERANCE-SHAPE"], []),
    ("longer_than_a_record", {"not:longer_than_a_record": False}, ["TLS-TOLERANCE-SHAPE"], []),
    ("small_records", {"not:small_records": False}, ["TLS-TOLERANCE-SHAPE"], []),
    ("name_warned", {"name": True}, ["TLS-TOLERANCE-NAME"], []),
    ("client_certificate", {"client": ["rsa_sign", "ecdsa_sign"]}, [], []),
]
OURS = ("TLS-WEAK", "TLS-DH", "TLS-KEY-REUSE", "TLS-SIGNATURE", "TLS-TOLERANCE")
REAL = [("openssl", {}), ("gnutls", {}), ("nss", {}), ("nginx", {}), ("nginx", servers.PROFILES["legacy"]), ("apache2", {}), ("haproxy", {}), ("caddy", {}), ("node", {}),
        ("stunnel", {}), ("lighttpd", {}), ("botan", {}), ("redis", {})]
# Go takes legacy_version alone for an offer of TLS 1.3, which RFC 8446 4.2.1 forbids.
KNOWN = {"caddy": {"newer_legacy_version"}}
# What testssl.sh is asked about, side by side, as it takes half a minute for each. It calls a weak oracle medium.
ORACLE = ["heartbleed", "ccs_taken", "robot_strong", "robot_weak", "robot_none"]


class Stub:
    def __init__(self, kind, directory):
        self.process = subprocess.Popen([sys.executable, SOURCE + "/tests/tls/misbehaving.py", kind, directory + "/rsa.pem", directory + "/rsa.key"],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.port = int(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def look(port):
    with tempfile.TemporaryDirectory() as d:
        run = subprocess.run([BUILD + "/merlon-tls", f"127.0.0.1:{port}", "--facts", d, "-o", f"json={d}/findings"], capture_output=True, text=True, check=False)
        facts = [json.load(open(f"{d}/{name}", encoding="utf-8"))["facts"] for name in os.listdir(d) if name != "findings"]
        findings = json.load(open(d + "/findings", encoding="utf-8"))
    if len(facts) != 1:
        raise RuntimeError(run.stderr)
    return facts[0], findings, run.returncode


def word(value):
    return "unknown" if isinstance(value, dict) else value


def state(facts, name):
    return next(word(w["state"]) for w in facts["weaknesses"] if w["id"] == name)


GOOD = {"weak:HEARTBLEED": "not_vulnerable", "weak:CCS_INJECTION": "not_vulnerable", "weak:ROBOT": "not_vulnerable", "weak:LOGJAM": "not_vulnerable",
        "weak:SLOTH": "not_vulnerable", "weak:RACCOON": "not_vulnerable", "weak:CRIME": "not_vulnerable"}
USUAL = {"RFC 7919 ffdhe2048", ""}


def differences(facts):
    """What is not as in a good server."""
    seen = {"weak:" + w["id"]: word(w["state"]) for w in facts["weaknesses"] if "weak:" + w["id"] in GOOD}
    out = {k: v for k, v in seen.items() if v != GOOD[k]}
    out.update({"not:" + t["id"]: word(t["tolerated"]) for t in facts["tolerances"] if t["tolerated"] is not True})
    out.update({k: v for k, v in facts["ephemeral_keys"].items() if v})
    for prime in facts["dh_primes"]:
        if prime["name"] not in USUAL:
            out["prime"] = [prime["name"], prime["bits"], prime["kind"]]
    for scheme in facts["signature_schemes"]:
        if scheme["hash"] in ("MD5", "SHA1"):
            out["signature"] = scheme["name"]
    if facts["first_flight"]["name_warning"]:
        out["name"] = True
    if facts["first_flight"]["client_certificate_types"]:
        out["client"] = facts["first_flight"]["client_certificate_types"]
    return out


def judged(findings, verdict):
    return sorted({r["rule"] for r in findings["runs"][0]["results"] if r["verdict"] == verdict and r["rule"].startswith(OURS)})


def check_fault(kind, want, fails, unknown, directory):
    with Stub(kind, directory) as stub:
        facts, findings, _ = look(stub.port)
    bad = []
    if differences(facts) != want:
        bad.append(f"differs by {differences(facts)}, want {want}")
    if len(facts["tolerances"]) != 9:
        bad.append(f"{len(facts['tolerances'])} tolerances, want 9")
    for verdict, rules in ("fail", fails), ("unknown", unknown):
        if judged(findings, verdict) != rules:
            bad.append(f"{verdict}: {judged(findings, verdict)}, want {rules}")
    return bad


def check_real(kind, options, directory):
    with servers.start(kind, directory, **options) as server:
        facts, _, _ = look(server.port)
    bad = [f"{name} is {state(facts, name)}" for name in TRIED if state(facts, name) != "not_vulnerable"]
    bad += [f"{t['id']} tolerated: {t['tolerated']}" for t in facts["tolerances"] if t["tolerated"] is not True and t["id"] not in KNOWN.get(kind, ())]
    return bad + ([] if len(facts["tolerances"]) > 7 else ["not all was asked"]) + [f"{k} is {v}" for k, v in facts["ephemeral_keys"].items() if v is not False]


TESTSSL = shutil.which("testssl") or shutil.which("testssl.sh")
WORDS = {"heartbleed": "HEARTBLEED", "CCS": "CCS_INJECTION", "ROBOT": "ROBOT"}


def check_oracle(kind, directory):
    with Stub(kind, directory) as stub:
        facts, _, _ = look(stub.port)
        out = f"{directory}/testssl-{kind}.json"
        subprocess.run([TESTSSL, "--heartbleed", "--ccs", "--robot", "--warnings", "batch", "--quiet", "--color", "0", "--jsonfile", out, f"127.0.0.1:{stub.port}"],
                       capture_output=True, check=False, stdin=subprocess.DEVNULL, timeout=200)
    theirs = {WORDS[f["id"]]: f["severity"] in ("MEDIUM", "HIGH", "CRITICAL") for f in json.load(open(out, encoding="utf-8")) if f["id"] in WORDS}
    ours = {name: state(facts, name) == "vulnerable" for name in WORDS.values()}
    return [] if theirs == ours else [f"ours {ours}, testssl.sh's {theirs}"]


def often(check, *arguments):
    """Up to three times: where a silence tells, a busy machine makes others. That is unknown then."""
    for _ in range(3):
        bad = check(*arguments)
        if not bad:
            break
    return bad


def cases(directory):
    for fault in FAULTS:
        yield f"a server with a fault: {fault[0]}", lambda: often(check_fault, *fault, directory)
    for kind, options in REAL:
        yield f"{kind}{' with everything' if options else ''} has none of them", lambda: check_real(kind, options, directory)
    with concurrent.futures.ThreadPoolExecutor(len(ORACLE)) as pool:
        answers = [(kind, pool.submit(check_oracle, kind, directory) if TESTSSL else None) for kind in ORACLE]
        for kind, answer in answers:
            yield f"testssl.sh says the same of {kind}", answer.result if answer else lambda: "testssl.sh is not installed"


failed = number = 0
print(f"1..{len(FAULTS) + len(REAL) + len(ORACLE)}")
with servers.directory() as directory:
    for name, check in cases(directory):
        number += 1
        try:
            bad = check()
        except servers.Missing as why:
            bad = str(why)
        if isinstance(bad, str):
            print(f"ok {number} - {name} # SKIP {bad}")
            continue
        failed += bool(bad)
        print(f"{'not ok' if bad else 'ok'} {number} - {name}", flush=True)
        for line in bad:
            print("#", line)
sys.exit(1 if failed else 0)
EOF
