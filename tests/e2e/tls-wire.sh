#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What merlon-tls sees of real servers on loopback is what sslscan sees: versions, pairs of version and suite, groups.
# Where sslscan fails, somebody else is asked: OpenSSL's client, or Botan for its own suites.
for program in python3 openssl sslscan; do
	command -v "$program" >/dev/null || {
		echo "1..0 # SKIP $program is not installed"
		exit 0
	}
done
exec python3 - <<'END'
import glob, json, os, subprocess, sys, tempfile
import xml.etree.ElementTree as xml

sys.dont_write_bytecode = True
sys.path.insert(0, os.environ["ML_SRCDIR"] + "/tests/tls")
import servers
from servers import LEGACY, PROFILES

ENVIRONMENT = dict(os.environ, MERLON_POLICIES=os.environ["ML_SRCDIR"] + "/policies/packs")
GNUTLS_ALL = ("NORMAL:+VERS-ALL:+ARCFOUR-128:+3DES-CBC:+SHA1:+MD5:+RSA:+DHE-RSA:+ECDHE-RSA:+ECDHE-ECDSA:+ANON-DH:+ANON-ECDH:"
              "+COMP-NULL:%COMPAT")
BOTH = ["rsa", "ec"]
# stack, title, kind, options
PEERS = [
    ("OpenSSL", "nginx, modern", "nginx", PROFILES["modern"]),
    ("OpenSSL", "nginx, intermediate, RSA and ECDSA", "nginx", {"certificates": BOTH, **PROFILES["intermediate"]}),
    ("OpenSSL", "nginx, legacy, RSA and ECDSA", "nginx", {"certificates": BOTH, **PROFILES["legacy"]}),
    ("OpenSSL", "apache2, its defaults", "apache2", {}),
    ("OpenSSL", "apache2, TLS 1.0 to 1.2", "apache2",
     {"versions": ["TLSv1.0", "TLSv1.1", "TLSv1.2"], "ciphers": "ALL:@SECLEVEL=0"}),
    ("OpenSSL", "haproxy, intermediate", "haproxy", PROFILES["intermediate"]),
    ("OpenSSL", "stunnel, legacy", "stunnel", PROFILES["legacy"]),
    ("OpenSSL", "lighttpd, its defaults", "lighttpd", {}),
    ("OpenSSL", "redis, its defaults", "redis", {}),
    ("OpenSSL", "redis, TLS 1.2 with two suites", "redis",
     {"versions": ["TLSv1.2"], "ciphers": "ECDHE-RSA-AES256-GCM-SHA384:AES256-SHA"}),
    ("OpenSSL", "node, its defaults", "node", {}),
    ("OpenSSL", "s_server, RSA and ECDSA, all suites", "openssl", {"certificates": BOTH, "ciphers": LEGACY}),
    ("OpenSSL", "s_server, TLS 1.1 alone, RSA and ECDSA", "openssl",
     {"certificates": BOTH, "versions": ["TLSv1.1"], "ciphers": "ALL:@SECLEVEL=0"}),
    ("Go", "caddy, its defaults", "caddy", {}),
    ("Go", "caddy, RSA and ECDSA, old suites, one curve", "caddy",
     {"certificates": BOTH, "versions": ["TLSv1.2"], "groups": ["secp384r1"],
      "ciphers": ["TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                  "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"]}),
    ("GnuTLS", "gnutls-serv, its defaults", "gnutls", {"certificates": ["ec"]}),
    ("GnuTLS", "gnutls-serv, RC4 and 3DES among them", "gnutls", {"certificates": BOTH, "ciphers": GNUTLS_ALL}),
    ("NSS", "selfserv, TLS 1.0 to 1.3", "nss", {}),
    ("NSS", "selfserv, SSL 3.0 to TLS 1.2", "nss", {"versions": ["SSLv3", "TLSv1.2"]}),
    ("mbedTLS", "lighttpd, its defaults", "lighttpd-mbedtls", {}),
    ("wolfSSL", "lighttpd, TLS 1.3 alone", "lighttpd-wolfssl", {"versions": ["TLSv1.3"]}),
    ("wolfSSL", "lighttpd, TLS 1.2 alone", "lighttpd-wolfssl", {"versions": ["TLSv1.2"]}),
    ("Botan", "tls_server, its defaults", "botan", {}),
]
CURVES = {"P-256": 23, "P-384": 24, "P-521": 25, "secp256k1": 22, "brainpoolP256r1": 26, "brainpoolP384r1": 27,
          "brainpoolP512r1": 28, "X25519": 29, "X448": 30}
GROUPS = {name: code for name, code in CURVES.items() if code not in (22, 26, 27, 28)}  # what OpenSSL has of TLS 1.3's
GROUPS |= {"ffdhe2048": 256, "ffdhe3072": 257, "ffdhe4096": 258, "ffdhe6144": 259, "ffdhe8192": 260}
SUITES_13 = {"TLS_AES_128_GCM_SHA256": 0x1301, "TLS_AES_256_GCM_SHA384": 0x1302, "TLS_CHACHA20_POLY1305_SHA256": 0x1303,
             "TLS_AES_128_CCM_SHA256": 0x1304, "TLS_AES_128_CCM_8_SHA256": 0x1305}
# IANA's codes for Botan's names; the CECPQ1 suites are in no registry but Botan's own.
BOTAN_SUITES = {
    "CECPQ1_RSA_WITH_CHACHA20_POLY1305_SHA256": 0x16B7, "CECPQ1_RSA_WITH_AES_256_GCM_SHA384": 0x16B9,
    "ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256": 0xCCA8, "ECDHE_RSA_WITH_AES_256_GCM_SHA384": 0xC030,
    "ECDHE_RSA_WITH_AES_128_GCM_SHA256": 0xC02F, "DHE_RSA_WITH_CHACHA20_POLY1305_SHA256": 0xCCAA,
    "DHE_RSA_WITH_AES_256_GCM_SHA384": 0x9F, "DHE_RSA_WITH_AES_128_GCM_SHA256": 0x9E,
}


class Seen:
    """Who offers what: versions, (version, suite), (version, group)."""

    def __init__(self, versions=(), suites=(), groups=()):
        self.versions, self.suites, self.groups = set(versions), set(suites), set(groups)


# ---- who looks ----

def ours(port):
    with tempfile.TemporaryDirectory() as where:
        argv = [os.environ["ML_BUILDDIR"] + "/merlon-tls", f"127.0.0.1:{port}", "--facts", where, "-q"]
        run = subprocess.run(argv, capture_output=True, text=True, check=False, env=ENVIRONMENT)
        files = glob.glob(where + "/*.json")
        facts = json.load(open(files[0], encoding="utf-8"))["facts"] if files else {}
    seen = Seen((v["name"] for v in facts.get("versions", []) if v.get("offered") is True),
                ((s["version"], s["code"]) for s in facts.get("suites", []) if "code" in s),
                ((g["version"], g["code"]) for g in facts.get("groups", []) if "code" in g))
    unknown = [f"unknown: {x['$unknown']}" for part in ("suites", "groups") for x in facts.get(part, []) if "$unknown" in x]
    unknown += [f"violation, at {v['id']}: {v['text']}" for v in facts.get("violations", [])]
    return seen, unknown + ([] if files else ["no facts: " + run.stderr[:200]])


def sslscan(port, *arguments):
    argv = ["sslscan", "--xml=-", "--no-failed", "--no-heartbleed", *arguments, f"127.0.0.1:{port}"]
    out = subprocess.run(argv, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL, timeout=120).stdout
    tree = xml.fromstring(out[out.index("<?xml"):])
    names = {"ssl2": "SSLv2", "ssl3": "SSLv3"}
    versions = [p.get("type") + p.get("version") for p in tree.iter("protocol") if p.get("enabled") == "1"]
    return Seen((names.get(v, v.replace("tls", "TLSv")) for v in versions),
                ((c.get("sslversion"), int(c.get("id"), 16)) for c in tree.iter("cipher")),
                ((g.get("sslversion"), int(g.get("id"), 16)) for g in tree.iter("group")))


def agreed(port, *arguments):
    """Whether OpenSSL's client makes a handshake. Its exit code also tells how the connection ended after it."""
    out = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", *arguments], stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False, timeout=60).stdout
    return b", Cipher is " in out and b"Cipher is (NONE)" not in out


def openssl_groups(port, versions):
    asked = [("TLSv1.3", "-tls1_3", "DEFAULT", GROUPS), ("TLSv1.2", "-tls1_2", "ECDHE:@SECLEVEL=0", CURVES)]
    return {(version, code) for version, flag, ciphers, groups in asked if version in versions
            for name, code in groups.items() if agreed(port, flag, "-cipher", ciphers, "-groups", name)}


def openssl_suites(port, versions):
    """Without those of SRP and without authentication; with a shared secret, for those who agree to it."""
    out = subprocess.run(["openssl", "ciphers", "-V", "ALL:!SRP:!aNULL"], capture_output=True, text=True,
                         check=True).stdout
    rows = [line.split() for line in out.splitlines()]
    codes = {row[2]: int(row[0].replace("0x", "").replace(",", ""), 16) for row in rows if row[3] != "TLSv1.3"}
    seen = {("TLSv1.2", code) for name, code in codes.items() if "TLSv1.2" in versions
            and agreed(port, "-tls1_2", "-psk", "00", "-cipher", name + ":@SECLEVEL=0")}
    return seen | {("TLSv1.3", code) for name, code in SUITES_13.items() if "TLSv1.3" in versions
                   and agreed(port, "-tls1_3", "-ciphersuites", name)}


def nss(port):
    """sslscan waits for 100 s and more when it asks NSS for groups, and names no suites of SSL 3.0: they are those of TLS
    1.0 that need no curve."""
    seen = sslscan(port, "--no-groups")
    seen.groups = openssl_groups(port, seen.versions)
    if "SSLv3" in seen.versions:
        old = [code for version, code in seen.suites if version == "TLSv1.0"]
        seen.suites |= {("SSLv3", code) for code in old if not 0xC000 <= code <= 0xC0FF}
    return seen


def wolfssl(port):
    """wolfSSL sends a HelloRetryRequest when no group is shared, and sslscan takes that for every group that it asks for. A
    hello of more than 150 suites is to wolfSSL malformed, and sslscan then takes TLS 1.2 for switched off; nor does it offer
    those with a shared secret, which wolfSSL agrees to. TLS 1.3 it sometimes misses altogether."""
    versions = [version for version, flag in (("TLSv1.2", "-tls1_2"), ("TLSv1.3", "-tls1_3")) if agreed(port, flag)]
    return Seen(versions, openssl_suites(port, versions), openssl_groups(port, versions))


def botan(port):
    """sslscan takes Botan for a server that is switched off, as that closes while it is asked for its versions. Botan says
    itself what its policy allows."""
    out = subprocess.run(["botan", "tls_ciphers"], capture_output=True, text=True, check=True).stdout
    suites = {("TLSv1.2", BOTAN_SUITES.get(name, name)) for name in out.split() if "_RSA_" in name}
    return Seen(["TLSv1.2"], suites, openssl_groups(port, ["TLSv1.2"]))


ORACLES = {"nss": nss, "lighttpd-wolfssl": wolfssl, "botan": botan}
WITH_SSLSCAN = {kind for kind in servers.KINDS if kind not in ("botan", "lighttpd-wolfssl")}
# What these servers do against the protocol, and what cannot be known for it.
OWN_WAYS = {
    "lighttpd-wolfssl": ["unknown: the server's answer cannot be used",
                         "violation, at groups: a HelloRetryRequest that changes nothing"],
}


# ---- and whether they agree ----

def differences(what, mine, theirs):
    return [f"{what}, only ours: {x}" for x in sorted(mine - theirs)] + [
        f"{what}, only the other's: {x}" for x in sorted(theirs - mine)]


def judge(server, kind):
    seen, complaints = ours(server.port)
    want = ORACLES.get(kind, sslscan)(server.port)
    bad = [line for what in ("versions", "suites", "groups")
           for line in differences(what, getattr(seen, what), getattr(want, what))]
    bad += [c for c in complaints if c not in OWN_WAYS.get(kind, [])]
    return bad + ([] if seen.suites and seen.groups else ["nothing was seen"]), seen


def report(number, name, bad, note):
    print(f"{'not ok' if bad else 'ok'} {number} - {name}{note}", flush=True)
    for line in bad[:20]:
        print("#", line.replace("\n", " "))


def main(where):
    failed, agreeing = 0, []
    print(f"1..{len(PEERS) + 1}")
    for number, (stack, title, kind, options) in enumerate(PEERS, 1):
        try:
            with servers.start(kind, where, **options) as server:
                bad, seen = judge(server, kind)
        except servers.Missing as reason:
            report(number, f"{stack}: {title}", [], f" # SKIP {reason}")
            continue
        failed += bool(bad)
        agreeing += [stack] if not bad and kind in WITH_SSLSCAN else []
        counts = f": {len(seen.suites)} pairs of version and suite, {len(seen.groups)} groups"
        report(number, f"{stack}: {title}", bad, counts)
    enough = len(agreeing) >= 12 and len(set(agreeing)) >= 5
    report(len(PEERS) + 1, f"{len(agreeing)} peers of {len(set(agreeing))} TLS stacks agree with sslscan", [],
           "" if enough or failed else " # SKIP 12 of 5 cannot be had here")
    sys.exit(1 if failed else 0)


with servers.directory() as where:
    main(where)
END
