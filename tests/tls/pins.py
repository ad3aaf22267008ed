# SPDX-License-Identifier: Apache-2.0
"""Drift: every fact that `merlon policy from-facts` pins is changed, one at a time, and must be a finding; and what it does not pin must be none.
Usage: pins.py facts FILE | pins.py drift"""
import copy
import json
import os
import subprocess
import sys

import facts as fact_files

GOOD = {
    "endpoint": "a:443", "name": "a", "port": 443, "reachable": True, "speaks": "tls",
    "versions": [{"name": v, "offered": v in ("TLSv1.2", "TLSv1.3")} for v in ("SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")],
    "suites": [
        {"id": "TLSv1.3 A", "version": "TLSv1.3", "name": "A", "rank": 0}, {"id": "TLSv1.3 B", "version": "TLSv1.3", "name": "B", "rank": 1},
        {"id": "TLSv1.2 C", "version": "TLSv1.2", "name": "C", "rank": 0, "dh_bits": 2048}, {"id": "TLSv1.2 D", "version": "TLSv1.2", "name": "D", "rank": 1},
        {"id": "TLSv1.2 E", "version": "TLSv1.2", "name": "E", "rank": 2}],
    "groups": [{"id": "TLSv1.3 x25519", "version": "TLSv1.3", "name": "x25519", "rank": 0}, {"id": "TLSv1.3 p", "version": "TLSv1.3", "name": "p", "rank": 1}],
    "behaviour": {"server_order": True, "compression": False, "secure_renegotiation": True, "extended_master_secret": True, "session_tickets": True,
                  "heartbeat": False, "ocsp_staple": True, "fallback_scsv": True},
    "starttls": {"protocol": "xmpp", "offered": True, "plain_login": False, "required": True},
    "sessions": {"session_ids": False, "tickets": True, "psk": True, "early_data": False, "client_renegotiation": False, "alpn": ["h2"], "alpn_strict": True,
                 "unknown_name": "refused", "client_certificate": "none"},
    "http": {"spoken": True, "status": 200, "hsts": {"present": True, "max_age": 100, "include_subdomains": True},
             "headers": {"content-security-policy": "default-src 'self'", "x-frame-options": "DENY"},
             "cookies": [{"name": "sid", "secure": True, "http_only": True, "same_site": "Strict"}]},
    "signature_schemes": [{"name": "rsa_pss_rsae_sha256", "hash": "SHA256"}],
    "weaknesses": [{"id": "ROBOT", "state": "not_vulnerable"}, {"id": "BEAST", "state": "structural_risk"}],
    "tolerances": [{"id": "grease", "tolerated": True}],
    "chains": [
        {"id": "RSA", "versions": ["TLSv1.2"], "trusted": True, "complete": True, "name_matches": True, "must_staple": False, "path": ["CN=a", "CN=ca"],
         "staple": {"present": True}, "leaf": {"key_type": "RSA", "key_bits": 2048, "curve": "", "spki_sha256": "AAAA", "subject": "CN=a", "dns_names": ["a", "b"],
                                               "issuer": "CN=ca", "signature_algorithm": "sha256WithRSAEncryption", "serial": "01", "sha256": "ff",
                                               "days_left": 30}},
        {"id": "ECDSA", "versions": ["TLSv1.2"], "trusted": True, "path": ["CN=a"], "leaf": {"key_type": "ECDSA", "key_bits": 256, "curve": "secp256r1", "subject": "CN=a"}}],
}

# What must be pinned: a path in GOOD, and of what it says when it changes some words.
PINNED = {
    "speaks": "what answers: was tls and is text",
    "versions.2.offered": "new protocol version: TLSv1.0",
    "versions.4.offered": "missing protocol version: TLSv1.2",
    "suites.1.id": "missing cipher suite: TLSv1.3 B",
    "suites.2.dh_bits": "the length of the Diffie-Hellman prime of TLSv1.2 C was 2048 and is 2049",
    "groups.0.id": "missing group: TLSv1.3 x25519",
    "chains.0.id": "missing certificate chain: RSA",
    "chains.0.trusted": "the trust of RSA was true and is false",
    "chains.0.complete": "the completeness of RSA was true and is false",
    "chains.0.name_matches": "the fit to the name of RSA was true and is false",
    "chains.0.must_staple": "the demand for a staple of RSA was false and is true",
    "chains.0.path": "the path of RSA was CN=a, CN=ca and is CN=a, CN=ca, other",
    "chains.0.staple.present": "the OCSP staple of RSA was true and is false",
    "chains.0.leaf.key_type": "the type of the key of RSA was RSA and is RSA-PSS",
    "chains.0.leaf.key_bits": "the length of the key of RSA was 2048 and is 2049",
    "chains.1.leaf.curve": "the curve of the key of ECDSA was secp256r1 and is secp256r1 other",
    "chains.0.leaf.spki_sha256": "the pin of the public key of RSA was AAAA and is AAAA other",
    "chains.0.leaf.subject": "the subject of RSA was CN=a and is CN=a other",
    "chains.0.leaf.dns_names": "the list of host names of RSA was a, b and is a, b, other",
    "chains.0.leaf.issuer": "the issuer of RSA was CN=ca and is CN=ca other",
    "chains.0.leaf.signature_algorithm": "the signature algorithm of RSA was sha256WithRSAEncryption and is",
    "behaviour.server_order": "server order of suites: was true and is false",
    "behaviour.compression": "TLS compression: was false and is true",
    "behaviour.secure_renegotiation": "secure renegotiation: was true and is false",
    "behaviour.extended_master_secret": "the extended master secret: was true and is false",
    "behaviour.session_tickets": "session tickets: was true and is false",
    "behaviour.heartbeat": "the heartbeat extension: was false and is true",
    "behaviour.ocsp_staple": "the OCSP staple: was true and is false",
    "behaviour.fallback_scsv": "the fallback value: was true and is false",
    "starttls.offered": "change to TLS: was true and is false",
    "starttls.plain_login": "logins before TLS: was false and is true",
    "starttls.required": "demand for TLS: was true and is false",
    "sessions.session_ids": "sessions that go on by their id: was false and is true",
    "sessions.tickets": "sessions that go on by a ticket: was true and is false",
    "sessions.psk": "sessions of TLS 1.3 that go on: was true and is false",
    "sessions.early_data": "early data: was false and is true",
    "sessions.client_renegotiation": "renegotiation by the client: was false and is true",
    "sessions.alpn": "application protocols: was h2 and is h2, other",
    "sessions.alpn_strict": "refusal of other application protocols: was true and is false",
    "sessions.unknown_name": "answer to an unknown name: was refused and is same-certificate",
    "sessions.client_certificate": "certificates of clients: was none and is required",
    "signature_schemes.0.name": "missing signature scheme: rsa_pss_rsae_sha256",
    "weaknesses.0.state": "the state of ROBOT was not_vulnerable and is vulnerable",
    "tolerances.0.tolerated": "the tolerance of grease was true and is false",
    "http.spoken": "HTTP: was true and is false",
    "http.hsts.present": "Strict-Transport-Security: was true and is false",
    "http.hsts.max_age": "age of Strict-Transport-Security: was 100 and is 101",
    "http.hsts.include_subdomains": "Strict-Transport-Security for subdomains: was true and is false",
    "http.headers.x-frame-options": "header x-frame-options was DENY and is DENY other",
    "http.cookies.0.name": "missing cookie: sid",
    "http.cookies.0.secure": "the restriction to TLS of sid was true and is false",
    "http.cookies.0.http_only": "the protection from scripts of sid was true and is false",
    "http.cookies.0.same_site": "the protection from other sites of sid was Strict and is Lax",
}
RENEWED = {
    "chains.0.leaf.serial": "the serial number of RSA was 01 and is 01 other",
    "chains.0.leaf.sha256": "the fingerprint of RSA was ff and is ff other",
}
FREE = ["endpoint", "name", "port", "reachable", "http.status", "chains.0.leaf.days_left"]
OTHER_WORDS = {"speaks": "text", "key_type": "RSA-PSS", "unknown_name": "same-certificate", "client_certificate": "required", "same_site": "Lax", "state": "vulnerable"}


def parent_of(facts, path):
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for part in way:
        facts = facts[part]
    return facts, last


def changed(path):
    facts = copy.deepcopy(GOOD)
    parent, last = parent_of(facts, path)
    value = parent[last]
    parent[last] = (not value if isinstance(value, bool) else value + 1 if isinstance(value, int) else value + ["other"] if isinstance(value, list)
                    else OTHER_WORDS.get(last, value + " other"))
    return facts


def edited(edit):
    facts = copy.deepcopy(GOOD)
    edit(facts)
    return facts


def swap_ranks(items, a, b):
    items[a]["rank"], items[b]["rank"] = items[b]["rank"], items[a]["rank"]


STRUCTURAL = {
    "a new suite": (lambda f: f["suites"].append({"id": "TLSv1.2 F", "version": "TLSv1.2", "rank": 3}), "new cipher suite: TLSv1.2 F"),
    "a suite is gone": (lambda f: f["suites"].pop(3), "missing cipher suite: TLSv1.2 D"),
    "all suites are gone": (lambda f: f.pop("suites"), "missing cipher suite: TLSv1.3 A, TLSv1.3 B, TLSv1.2 C, TLSv1.2 D, TLSv1.2 E"),
    "suites change places": (lambda f: swap_ranks(f["suites"], 2, 3),
                             "the order of cipher suites was TLSv1.2 C, TLSv1.2 D, TLSv1.2 E and is TLSv1.2 D, TLSv1.2 C, TLSv1.2 E"),
    "a new group": (lambda f: f["groups"].append({"id": "TLSv1.3 q", "version": "TLSv1.3", "rank": 2}), "new group: TLSv1.3 q"),
    "a group is gone": (lambda f: f["groups"].pop(), "missing group: TLSv1.3 p"),
    "groups change places": (lambda f: swap_ranks(f["groups"], 0, 1), "the order of groups was TLSv1.3 x25519, TLSv1.3 p and is TLSv1.3 p, TLSv1.3 x25519"),
    "a new chain": (lambda f: f["chains"].append({"id": "EdDSA", "leaf": {"key_type": "Ed25519"}}), "new certificate chain: EdDSA"),
    "a chain is gone": (lambda f: f["chains"].pop(), "missing certificate chain: ECDSA"),
    "a new header": (lambda f: f["http"]["headers"].update({"server": "x"}), "new header: server: x"),
    "a header is gone": (lambda f: f["http"]["headers"].pop("x-frame-options"), "header x-frame-options was DENY and is not there"),
    "a new cookie": (lambda f: f["http"]["cookies"].append({"name": "track"}), "new cookie: track"),
    "the whole list of protocols is not there": (lambda f: f["sessions"].pop("alpn"), "application protocols: was h2 and is not there"),
    "a behaviour is not there any more": (lambda f: f["behaviour"].pop("compression"), "TLS compression: was false and is not there"),
}


def judged(name, facts):
    """The messages of what fails and the number of what is unknown."""
    fact_files.write(name, facts)
    run = subprocess.run([fact_files.MERLON, "eval", name, "-p", "./pin.yaml", "-o", "json"], capture_output=True, text=True, check=False)
    results = json.loads(run.stdout)["runs"][0]["results"]
    return [r["message"] for r in results if r["verdict"] == "fail"], sum(r["verdict"] == "unknown" for r in results)


def pin(facts, *options):
    fact_files.write("good.json", facts)
    subprocess.run([fact_files.MERLON, "policy", "from-facts", "good.json", "-o", "pin.yaml", *options], check=True)


def check(what, facts, want):
    """A message that starts with `want` for each of them, or none at all; and only one cause gives only few findings."""
    failed, unknown = judged("drifted.json", facts)
    good = unknown == 0 and (any(message.startswith(want) for message in failed) and len(failed) <= 3 if want else not failed)
    if not good:
        print(f"{what}: {unknown} unknown, fails: {failed}, want: {want or 'none'}")
    return good


def drift():
    good = True
    pin(GOOD)
    good &= check("the same facts", GOOD, None)
    for path, want in PINNED.items():
        good &= check(path, changed(path), want)
    for what, (edit, want) in STRUCTURAL.items():
        good &= check(what, edited(edit), want)
    for path in [*FREE, *RENEWED]:
        good &= check(path + " is free", changed(path), None)
    pin(GOOD, "--pin-certificate")
    good &= check("the same facts with the certificate", GOOD, None)
    for path, want in RENEWED.items():
        good &= check(path, changed(path), want)
    return good


if sys.argv[1] == "facts":
    fact_files.write(sys.argv[2], GOOD)
else:
    sys.exit(not drift())
