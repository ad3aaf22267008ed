#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Facts of certificate chains that are made here, and the same chains before openssl verify, openssl x509 and GnuTLS's certtool.
for program in python3 openssl; do
	command -v "$program" >/dev/null || {
		echo "1..0 # SKIP $program is not installed"
		exit 0
	}
done
exec python3 - <<'END'
import json, os, shutil, struct, subprocess, sys, tempfile, time

TOOL = os.environ["ML_BUILDDIR"] + "/tests/tls-chain"
NOW = int(time.time()) + 60
DAY = 86400
failed, number = 0, 0


def sh(*argv, **more):
    return subprocess.run(argv, check=True, capture_output=True, **more).stdout


def key(name, *options):
    if not os.path.exists(name + ".key"):
        sh("openssl", "genpkey", "-out", name + ".key", *options)
    return name + ".key"


def keys(kind):
    if kind.startswith("rsa-pss"):
        return key(kind, "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048")
    if kind.startswith("rsa"):
        name, bits, *exponent = kind.split(":")[0], *kind.split(":")[1:]
        more = ["-pkeyopt", "rsa_keygen_pubexp:" + exponent[0]] if exponent else []
        return key(kind.replace(":", "-"), "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:" + bits, *more)
    if kind in ("ed25519", "ed448"):
        return key(kind, "-algorithm", kind)
    curve, _, label = kind.partition("/")
    return key(kind.replace("/", "-"), "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + curve)


def certificate(name, issuer=None, kind=None, extensions=(), days=90, md="sha256", subject=None, serial=None, more=()):
    """Makes NAME.pem; the key is by NAME where `kind` does not say. Returns NAME."""
    kind = kind or "P-256/" + name
    with open(name + ".cnf", "w", encoding="ascii") as cnf:
        cnf.write("[req]\ndistinguished_name=dn\n[dn]\n[v3]\n" + "\n".join(extensions) + "\n")
    subject = f"/CN={name}" if subject is None else subject
    sh("openssl", "req", "-new", "-key", keys(kind), "-utf8", "-subj", subject, "-out", name + ".csr", "-config", name + ".cnf")
    signer = ["-CA", issuer + ".pem", "-CAkey", KEYS[issuer]] if issuer else ["-key", keys(kind)]
    digest = [] if md is None else ["-" + md]
    sh("openssl", "x509", "-req", "-in", name + ".csr", *signer, "-days", str(days), *digest, "-out", name + ".pem", "-extfile", name + ".cnf", "-extensions", "v3",
       "-set_serial", serial or str(0x5A00000000000000 + len(KEYS)), *more)
    KEYS[name] = keys(kind)
    return name


KEYS = {}
CA = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign", "subjectKeyIdentifier=hash", "authorityKeyIdentifier=keyid"]


def leaf(name, *extensions, san="DNS:a.example", **more):
    usual = ["basicConstraints=critical,CA:FALSE", "keyUsage=critical,digitalSignature", "extendedKeyUsage=serverAuth", "subjectKeyIdentifier=hash"]
    return certificate(name, more.pop("issuer", "mid"), extensions=(usual if not more.pop("bare", False) else []) + ([f"subjectAltName={san}"] if san else []) +
                       list(extensions), **more)


def der(name):
    return sh("openssl", "x509", "-in", name + ".pem", "-outform", "DER")


def framed(chain):
    return b"".join(struct.pack(">I", len(one)) + one for one in (c if isinstance(c, bytes) else der(c) for c in chain))


def facts(chain, host="a.example", now=None, ca="root.pem", staple="-", scts="-"):
    out = subprocess.run([TOOL, host, str(now or NOW), ca, staple, scts], input=framed(chain), capture_output=True, check=False)
    if out.returncode:
        return {"error": f"exit code {out.returncode} {out.stderr.decode()}"}
    return json.loads(out.stdout)["facts"]


def value(tree, path):
    for part in path.split("."):
        if isinstance(tree, list):
            tree = tree[int(part)] if int(part) < len(tree) else None
        elif isinstance(tree, dict) and part not in tree and "$unknown" in tree:
            return tree
        else:
            tree = (tree or {}).get(part)
    return tree


def report(name, bad):
    global failed, number
    number += 1
    failed += bool(bad)
    print(("not ok" if bad else "ok"), number, "-", name)
    for line in bad:
        print("#", line)


class Unknown:
    def __init__(self, part=""):
        self.part = part

    def __eq__(self, other):
        return isinstance(other, dict) and self.part in other.get("$unknown", "\0")

    def __repr__(self):
        return f"unknown: {self.part}"


def case(name, chain, want, **more):
    got = facts(chain, **more)
    chain0 = (got.get("chains") or [{}])[0] if "error" not in got else got
    bad = []
    for path, wanted in want.items():
        have = value(got if path.split(".")[0] in ("chains", "certificates") else chain0, path)
        if not wanted == have:
            bad.append(f"{path}: got {have!r}, want {wanted!r}")
    report(name, bad + ([got["error"]] if "error" in got else []))
    return got


def with_bytes(name, old, new):
    raw = der(name)
    assert raw.count(old) >= 1
    return raw.replace(old, new)


GOOD = {"trusted": True, "complete": True, "ordered": True, "in_time": True, "name_matches": True, "trust_error": None, "unrelated": 0, "leaf.validity": "valid",
        "leaf.flaws": None, "leaf.weak_key": None}


def ocsp(name, ca, signer, status="V", issuer_key=None, days=7, sct=None):
    """OCSP response NAME.ocsp for leaf.pem."""
    serial = sh("openssl", "x509", "-in", ca[1] + ".pem", "-noout", "-serial").decode().strip().split("=")[1]
    revoked = time.strftime("%y%m%d%H%M%SZ", time.gmtime(NOW - DAY)) if status == "R" else ""
    with open(name + ".txt", "w", encoding="ascii") as index:
        index.write(f"{status}\t{time.strftime('%y%m%d%H%M%SZ', time.gmtime(NOW + 90 * DAY))}\t{revoked}\t{serial}\tunknown\t/CN=x\n" if status != "U" else "")
    sh("openssl", "ocsp", "-index", name + ".txt", "-CA", ca[0] + ".pem", "-issuer", ca[0] + ".pem", "-rsigner", signer + ".pem", "-rkey", KEYS[signer],
       "-cert", ca[1] + ".pem", "-ndays", str(days), "-respout", name + ".ocsp")
    return name + ".ocsp"


def sct_list(n, log=b"\x11"):
    one = b"\0" + log * 32 + b"\0" * 8 + b"\0\0" + b"\4\3\0\2ab"
    body = b"".join(struct.pack(">H", len(one)) + one for _ in range(n))
    return struct.pack(">H", len(body)) + body


def chains():
    certificate("root", extensions=CA, days=3650)
    certificate("mid", "root", extensions=CA, days=1000)
    certificate("other", extensions=CA)
    leaf("good", days=60)
    got = case("a good chain", ["good", "mid"], {**GOOD, "id": "ECDSA", "versions": ["TLSv1.2"], "matched_name": "a.example", "anchor": "CN=root", "sends_root": False,
               "path": ["CN=good", "CN=mid", "CN=root"], "self_signed": False, "duplicates": 0, "leaf.key_type": "ECDSA", "leaf.key_bits": 256, "leaf.security_bits": 128,
               "leaf.curve": "secp256r1", "leaf.signature_algorithm": "ecdsa-with-SHA256", "leaf.signature_hash": "SHA256", "leaf.key_usage": ["digitalSignature"],
               "leaf.extended_key_usage": ["serverAuth"], "leaf.dns_names": ["a.example"], "leaf.role": "leaf", "certificates.1.role": "intermediate",
               "leaf.lifetime_days": 61, "leaf.days_left": 59, "leaf.version": 3, "certificates.1.ca": True, "leaf.id": "ECDSA 0 CN=good",
               "leaf.common_name": "good", "leaf.issuer": "CN=mid", "leaf.serial_bits": 63, "leaf.bytes": len(der("good"))})
    pin = subprocess.run("openssl x509 -in good.pem -pubkey -noout | openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary | base64", shell=True, check=True,
                         capture_output=True).stdout.decode().strip()
    text = sh("openssl", "x509", "-in", "good.pem", "-noout", "-fingerprint", "-sha256", "-serial", "-dates").decode()
    one = got["chains"][0]["leaf"]
    report("fingerprint, pin, serial number and dates are those of openssl x509",
           [] if one["spki_sha256"] == pin and one["sha256"].upper() in text.replace(":", "") and one["serial"].upper() in text and
           time.strftime("%b %e %H:%M:%S %Y GMT", time.gmtime(int(one["not_after"][1:]))) in text else [json.dumps(one), text])
    case("each certificate stands once beside the chains", ["good", "mid", "mid"], {"duplicates": 1, "ordered": False, "trusted": True, "unrelated": 0,
         "chains.0.certificates.2.subject": "CN=mid", "certificates.1.subject": "CN=mid"})
    case("expired", ["good", "mid"], {"trusted": True, "in_time": False, "leaf.validity": "expired", "leaf.days_left": -3}, now=NOW + 62 * DAY)
    case("expired by a second", ["good", "mid"], {"leaf.validity": "expired", "leaf.days_left": -1}, now=end_of("good") + 1)
    case("the last second", ["good", "mid"], {"leaf.validity": "valid", "leaf.days_left": 0, "in_time": True}, now=end_of("good"))
    case("not yet valid", ["good", "mid"], {"trusted": True, "in_time": False, "leaf.validity": "not-yet-valid"}, now=NOW - DAY)
    case("an expired intermediate is another fact than an expired leaf", ["long", "mid"], {"in_time": False, "leaf.validity": "valid",
         "certificates.1.validity": "expired", "trusted": True}, now=NOW + 1500 * DAY) if leaf("long", days=2000) else None
    case("missing intermediate", ["good"], {"trusted": False, "complete": False, "ordered": True, "trust_error": "unable to get local issuer certificate", "anchor": None})
    case("wrong order", ["good", "root", "mid"], {"ordered": False, "trusted": True, "complete": True, "sends_root": True})
    case("the root is sent", ["good", "mid", "root"], {**GOOD, "sends_root": True, "certificates.2.role": "root", "certificates.2.self_signed": True})
    case("an unrelated certificate", ["good", "mid", "other"], {"ordered": False, "unrelated": 1, "trusted": True, "certificates.2.role": "unrelated", "sends_root": False})
    case("of a root that nobody trusts", ["good", "mid", "root"], {"trusted": False, "complete": True, "trust_error": "self-signed certificate in certificate chain",
         "anchor": None}, ca="other.pem")
    case("without its root and untrusted it is incomplete", ["good", "mid"], {"trusted": False, "complete": False}, ca="other.pem")
    case("an intermediate that is trusted itself ends the path", ["good"], {"trusted": True, "complete": True, "anchor": "CN=mid"}, ca="mid.pem")
    case("no trusted roots are known", ["good", "mid"], {"trusted": Unknown("no certificate"), "complete": Unknown("no certificate"), "anchor": Unknown(), "ordered": True,
         "in_time": True}, ca="/dev/null")
    case("the system's roots, asked for by hash", ["good", "mid"], {"trusted": False, "complete": False}, ca="-")

    certificate("self", extensions=["subjectAltName=DNS:a.example"])
    case("self-signed", ["self"], {"self_signed": True, "trusted": False, "complete": True, "trust_error": "self-signed certificate", "sends_root": False,
         "leaf.self_signed": True, "leaf.role": "leaf"})
    case("self-signed and trusted", ["self"], {"self_signed": True, "trusted": True}, ca="self.pem")
    certificate("caleaf", "root", extensions=CA + ["subjectAltName=DNS:a.example"])
    case("a CA as leaf", ["caleaf"], {"leaf.ca": True, "name_matches": True, "leaf.key_usage": ["keyCertSign", "cRLSign"]})
    leaf("notca", issuer="good", bare=True)
    case("issued by what is no CA", ["notca", "good", "mid"], {"trusted": False, "ordered": False})
    certificate("mid0", "root", extensions=["basicConstraints=critical,CA:TRUE,pathlen:0", *CA[1:]])
    certificate("deep", "mid0", extensions=CA)
    leaf("toodeep", issuer="deep")
    case("a path that is too long", ["toodeep", "deep", "mid0"], {"trusted": False, "trust_error": "path length constraint exceeded", "certificates.2.path_length": 0})
    certificate("mid-cross", "other", kind="P-256/mid", extensions=CA, subject="/CN=mid")
    case("a cross-signed intermediate", ["good", "mid", "mid-cross"], {"trusted": True, "ordered": False, "unrelated": 0, "complete": True})
    case("a cross-sign to an unknown root does not hide the known one", ["good", "mid-cross", "mid"], {"trusted": True, "complete": True})
    leaf("client", "extendedKeyUsage=clientAuth", "keyUsage=digitalSignature", bare=True)
    case("not for servers", ["client", "mid"], {"trusted": False, "leaf.extended_key_usage": ["clientAuth"]})
    leaf("critical", "1.2.3.4=critical,DER:0500")
    case("a critical extension that nobody knows", ["critical", "mid"], {"trusted": False, "trust_error": "unhandled critical extension",
         "leaf.unknown_critical": ["1.2.3.4"]})


def end_of(name):
    text = sh("openssl", "x509", "-in", name + ".pem", "-noout", "-enddate").decode().strip().split("=")[1]
    import calendar
    return calendar.timegm(time.strptime(text, "%b %d %H:%M:%S %Y GMT"))


def kinds():
    for kind, want in {
        "rsa:1024": {"key_type": "RSA", "key_bits": 1024, "security_bits": 80, "exponent": 65537},
        "rsa:2048:3": {"key_type": "RSA", "key_bits": 2048, "exponent": 3, "weak_key": "exponent-small"},
        "rsa-pss": {"key_type": "RSA-PSS", "key_bits": 2048, "weak_key": "none", "signature_hash": "SHA256"},
        "P-521": {"key_type": "ECDSA", "key_bits": 521, "curve": "secp521r1", "security_bits": 256},
        "secp224r1": {"key_type": "ECDSA", "key_bits": 224, "curve": "secp224r1"},
        "brainpoolP256r1": {"key_type": "ECDSA", "curve": "brainpoolP256r1"},
        "ed25519": {"key_type": "Ed25519", "key_bits": 256, "curve": None},
        "ed448": {"key_type": "Ed448", "key_bits": 456, "security_bits": 224},
    }.items():
        name = leaf("k" + kind.replace(":", "-"), kind=kind)
        case(f"a key: {kind}", [name, "mid"], {**{"leaf." + k: v for k, v in want.items()}, "trusted": True})
    certificate("rsaroot", kind="rsa:2048", extensions=CA)
    case("signed with MD5", [leaf("hmd5", issuer="rsaroot", md="md5")], {"leaf.signature_hash": "MD5", "leaf.signature_algorithm": "md5WithRSAEncryption",
         "trusted": True}, ca="rsaroot.pem")
    for md, word in {"sha1": "SHA1", "sha384": "SHA384", "sha512": "SHA512"}.items():
        case(f"signed with {md}", [leaf("h" + md, md=md), "mid"], {"leaf.signature_hash": word, "trusted": True})
    case("signed with RSA-PSS", [leaf("pss", issuer="rsaroot", md="sha384", more=["-sigopt", "rsa_padding_mode:pss"])], {"leaf.signature_hash": "SHA384",
         "leaf.signature_algorithm": "rsassaPss", "trusted": True}, ca="rsaroot.pem")
    certificate("edroot", kind="ed25519", extensions=CA, md=None)
    case("signed with Ed25519", [leaf("edleaf", issuer="edroot", md=None)], {"leaf.signature_hash": "intrinsic", "leaf.signature_algorithm": "ED25519", "trusted": True},
         ca="edroot.pem")
    case("EdDSA is a chain's name", [leaf("edkey", kind="ed25519"), "mid"], {"id": "EdDSA"})
    sh("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-pkeyopt", "ec_param_enc:explicit", "-out", "explicit.key")
    case("a curve that is spelled out", [leaf("explicit-leaf", kind="explicit/x"), "mid"], {"leaf.curve": "explicit", "leaf.key_bits": 256}) \
        if shutil.copy("explicit.key", "explicit-x.key") else None
    n = b"\x02\x01\x03"
    raw = der("krsa-2048-3")
    case("an even exponent", [raw.replace(n, b"\x02\x01\x04"), "mid"], {"leaf.weak_key": "exponent-even", "leaf.exponent": 4, "trusted": False})
    case("an exponent of one", [raw.replace(n, b"\x02\x01\x01"), "mid"], {"leaf.weak_key": "exponent-one", "trusted": False})
    oid = bytes.fromhex("06072a8648ce3d0201")
    case("a key of a type that nobody knows", [der("good").replace(oid, bytes.fromhex("06072a8648ce3d0209")), "mid"], {"leaf.key_type": "other", "leaf.key_bits": 0})
    mldsa = der("kedkey" if os.path.exists("kedkey.pem") else "edkey").replace(bytes.fromhex("06032b6570"), bytes.fromhex("06032b6571"))
    case("a key that its type does not allow", [mldsa, "mid"], {"leaf.key_type": "Ed448", "leaf.key_bits": Unknown("key")})


def names():
    many = {
        "a.example": [("a.example", True), ("A.EXAMPLE", True), ("b.example", False), ("x.a.example", False), ("a.example.", True)],
        "*.w.example": [("a.w.example", True), ("w.example", False), ("a.b.w.example", False)],
        "*.example": [("a.example", False)],
        "*": [("a", False), ("a.example", False)],
        "a*.w.example": [("ab.w.example", False)],
        "*a.w.example": [("ba.w.example", False)],
        "w.*.example": [("w.a.example", False)],
        "xn--bcher-kva.example": [("xn--bcher-kva.example", True), ("XN--BCHER-KVA.example", True)],
    }
    PARTIAL = ("a*.w.example", "*a.w.example")  # which openssl still takes
    for i, (pattern, hosts) in enumerate(many.items()):
        leaf(f"n{i}", san="DNS:" + pattern)
        bad = []
        for host, wanted in hosts:
            got = facts([f"n{i}", "mid"], host=host)["chains"][0]
            theirs = b"does match" in sh("openssl", "x509", "-in", f"n{i}.pem", "-noout", "-checkhost", host.rstrip("."))
            if got["name_matches"] != wanted or (theirs != wanted and pattern not in PARTIAL):
                bad.append(f"{host}: got {got['name_matches']}, openssl {theirs}, want {wanted}")
        report(f"the name {pattern} is for {len(hosts)} hosts what it should be", bad)
    case("a wildcard is listed, and named as what matched", ["n1", "mid"], {"wildcards": ["*.w.example"], "matched_name": "*.w.example"}, host="q.w.example")
    leaf("ips", san="IP:192.0.2.1,IP:2001:db8::1,DNS:192.0.2.9,email:a@b.example,URI:https://x.example/")
    case("an IPv4 address", ["ips", "mid"], {"name_matches": True, "matched_name": "192.0.2.1", "leaf.ip_addresses": ["192.0.2.1", "2001:db8::1"],
         "leaf.email_addresses": ["a@b.example"], "leaf.uris": ["https://x.example/"]}, host="192.0.2.1:443")
    case("an IPv6 address", ["ips", "mid"], {"name_matches": True, "matched_name": "2001:db8::1"}, host="[2001:db8:0::1]:443")
    case("another address", ["ips", "mid"], {"name_matches": False, "matched_name": None}, host="192.0.2.2:443")
    case("an address in a DNS name is no address", ["ips", "mid"], {"name_matches": False}, host="192.0.2.9:443")
    case("an IPv4 address is not the IPv6 address that begins with it", [leaf("v6", san="IP:c000:201::"), "mid"], {"name_matches": False}, host="192.0.2.1:443")
    case("a common name is no name", [leaf("cn", san=None, subject="/CN=a.example"), "mid"], {"name_matches": False, "common_name_matches": True, "leaf.dns_names": None})
    case("the last of common names", [leaf("cns", san=None, subject="/CN=first/CN=a.example/O=x"), "mid"], {"leaf.common_name": "a.example",
         "leaf.subject": "O=x,CN=a.example,CN=first"})
    case("no name at all", [leaf("nobody", san=None, subject="/"), "mid"], {"leaf.flaws": ["names-missing"], "leaf.subject": ""})
    raw = with_bytes("good", b"a.example", b"a\0example")
    case("a NUL in a name", [raw, "mid"], {"leaf.dns_names": ["a\\x00example"], "leaf.flaws": ["name-malformed"], "name_matches": False}, host="a")
    case("letters of all scripts in a subject", [leaf("utf8", subject="/O=Bücher\u202e/CN=a"), "mid"], {"leaf.subject": "CN=a,O=Bücher\\u202e"})
    san = ",".join(f"DNS:h{i}.example" for i in range(2500))
    leaf("huge", san=san)
    before = time.monotonic()
    case("2,500 names", ["huge", "mid"], {"leaf.dns_names.2499": "h2499.example", "matched_name": "h2499.example"}, host="h2499.example")
    report("in less than a second", [] if time.monotonic() - before < 1 else ["too slow"])


def odd():
    raw = der("good")
    case("garbage", [b"garbage", "mid"], {"id": "unreadable", "leaf": Unknown("cannot be read"), "name_matches": Unknown(), "trusted": Unknown(), "certificates.0": Unknown(),
         "certificates.1.subject": "CN=mid", "staple": Unknown()})
    bad = []
    for n in range(0, len(raw), 7):
        got = facts([raw[:n], "mid"])
        if not Unknown("") == value(got, "chains.0.leaf"):
            bad.append(f"{n} bytes: {value(got, 'chains.0.leaf')}")
    report("cut short anywhere", bad)
    case("bytes behind a certificate", [raw + b"\0", "mid"], {"leaf": Unknown("behind")})
    case("bytes behind an intermediate", ["good", der("mid") + b"\0"], {"trusted": Unknown("behind"), "ordered": Unknown(), "leaf.subject": "CN=good", "name_matches": True})
    case("64 certificates", ["good"] + ["mid"] * 63, {"duplicates": 62, "trusted": True, "ordered": False})
    case("65 certificates", ["good"] + ["mid"] * 64, {"trusted": Unknown("more certificates"), "chains.0.certificates.64": Unknown(), "leaf.subject": "CN=good"})
    case("a certificate of more than 64 KiB", [leaf("fat", f"nsComment={'x' * 65536}"), "mid"], {"leaf": Unknown("more bytes")})
    case("a negative serial number", [leaf("minus", serial="-5"), "mid"], {"leaf.serial": "-05", "leaf.flaws": ["serial-negative"]})
    case("serial number zero", [leaf("zero", serial="0"), "mid"], {"leaf.serial": "00", "leaf.serial_bits": 0, "leaf.flaws": ["serial-zero"]})
    case("a serial number of 21 octets", [leaf("longserial", serial="0x" + "7f" * 21), "mid"], {"leaf.flaws": ["serial-long"], "leaf.serial_bits": 167})
    case("a serial number of 20 octets", [leaf("serial20", serial="0x7f" + "00" * 19), "mid"], {"leaf.flaws": None, "leaf.serial_bits": 159})
    case("an extension twice", [with_bytes(leaf("twice", "1.2.3.4=DER:0500", "1.2.3.5=DER:0500"), b"\x2a\x03\x05", b"\x2a\x03\x04"), "mid"],
         {"leaf.flaws": ["extension-twice"]})
    case("algorithms that differ", [raw[::-1].replace(bytes.fromhex("06082a8648ce3d040302")[::-1], bytes.fromhex("06082a8648ce3d040303")[::-1], 1)[::-1], "mid"],
         {"leaf.flaws": ["algorithms-differ"], "trusted": False})
    case("version 1", [certificate("v1", "mid", more=[], extensions=[]), "mid"], {"leaf.version": 1 if b"\xa0\x03\x02\x01\x02" not in der("v1") else 3})
    case("a CA that may not sign", [certificate("lazyca", extensions=["basicConstraints=CA:TRUE"])], {"leaf.flaws": ["ca-not-critical", "ca-without-key-usage"]})
    case("a signature that is not right", [raw[:-1] + bytes([raw[-1] ^ 1]), "mid"], {"trusted": False, "ordered": False, "trust_error": "certificate signature failure"})
    unknown = raw.replace(bytes.fromhex("06082a8648ce3d040302"), bytes.fromhex("06082a8648ce3d040363"))
    case("a signature of a kind that nobody knows", [unknown, "mid"], {"trusted": Unknown("is signed"), "leaf.signature_hash": "other",
         "leaf.signature_algorithm": "1.2.840.10045.4.3.99"})
    case("a malformed extension", [with_bytes("good", b"\x82\x09a.example", b"\x82\x29a.example"), "mid"], {"leaf.dns_names": Unknown(), "name_matches": Unknown(),
         "leaf.flaws": ["extension-malformed"]})
    case("a precertificate", [leaf("poison", "1.3.6.1.4.1.11129.2.4.3=critical,DER:0500"), "mid"], {"leaf.ct_poison": True, "trusted": False})
    case("where more is to be asked", [leaf("urls", "authorityInfoAccess=OCSP;URI:http://o.example/,caIssuers;URI:http://i.example/ca",
         "crlDistributionPoints=URI:http://c.example/crl", "certificatePolicies=2.23.140.1.2.1"), "mid"], {"leaf.ocsp_urls": ["http://o.example/"],
         "leaf.issuer_urls": ["http://i.example/ca"], "leaf.crl_urls": ["http://c.example/crl"], "leaf.policies": ["2.23.140.1.2.1"]})


def staples():
    good = ocsp("ok", ("mid", "good"), "mid")
    case("a staple", ["good", "mid"], {"staple.present": True, "staple.verified": True, "staple.status": "good", "staple.fresh": True, "staple.error": None,
         "staple.revoked_at": None}, staple=good)
    case("no staple", ["good", "mid"], {"staple": {}, "must_staple": False})
    case("a staple that nobody asked for is not missing", ["good", "mid"], {"staple": Unknown("asked")}, staple="none")
    case("a staple without the issuer", ["good"], {"staple.verified": False, "staple.present": True, "staple.status": None}, staple=good)
    case("a stale staple", ["good", "mid"], {"staple.verified": True, "staple.fresh": False}, staple=good, now=NOW + 8 * DAY)
    case("a staple of the future", ["good", "mid"], {"staple.fresh": False}, staple=good, now=NOW - DAY)
    case("revoked", ["good", "mid"], {"staple.verified": True, "staple.status": "revoked"}, staple=ocsp("revoked", ("mid", "good"), "mid", "R"))
    case("unknown to the responder", ["good", "mid"], {"staple.verified": True, "staple.status": "unknown"}, staple=ocsp("unknown", ("mid", "good"), "mid", "U"))
    case("for another certificate", ["good", "mid"], {"staple.verified": False, "staple.error": "it is for another certificate", "staple.status": None},
         staple=ocsp("other", ("mid", "client"), "mid"))
    certificate("responder", "mid", extensions=["extendedKeyUsage=OCSPSigning"])
    case("a delegated responder", ["good", "mid"], {"staple.verified": True, "staple.status": "good"}, staple=ocsp("delegated", ("mid", "good"), "responder"))
    certificate("norole", "mid", extensions=["extendedKeyUsage=serverAuth"])
    case("a responder without the purpose", ["good", "mid"], {"staple.verified": False, "staple.error": "its signer was not authorised by the issuer"},
         staple=ocsp("norole", ("mid", "good"), "norole"))
    certificate("stranger", "other", extensions=["extendedKeyUsage=OCSPSigning"])
    case("a responder of another issuer", ["good", "mid"], {"staple.verified": False}, staple=ocsp("stranger", ("mid", "good"), "stranger"))
    with open(good, "rb") as f:
        raw = f.read()
    serial = bytes.fromhex(facts(["good"])["chains"][0]["leaf"]["serial"])
    at = raw.index(b"\x80\x00\x18") if b"\x80\x00\x18" in raw else raw.index(serial) + len(serial)
    with open("bad.ocsp", "wb") as f:
        f.write(raw[:at] + raw[at:].replace(b"20", b"21", 1))
    case("a staple that was changed", ["good", "mid"], {"staple.verified": False, "staple.error": "its signature is wrong"}, staple="bad.ocsp")
    with open("cut.ocsp", "wb") as f:
        f.write(raw[:-1])
    case("a staple that is cut short", ["good", "mid"], {"staple.verified": False, "staple.error": "it cannot be read", "staple.present": True}, staple="cut.ocsp")
    with open("later.ocsp", "wb") as f:
        f.write(bytes.fromhex("30030a0103"))
    case("a responder that asks for patience", ["good", "mid"], {"staple.verified": False, "staple.error": "trylater", "staple.present": True}, staple="later.ocsp")
    leaf("must", "tlsfeature=status_request")
    case("must-staple without a staple", ["must", "mid"], {"must_staple": True, "leaf.must_staple": True, "staple": {}})

    with open("scts", "wb") as f:
        f.write(sct_list(2) [0:2] + sct_list(2)[2:])
    embedded = sct_list(3, b"\x22")
    wrapped = b"\x04\x81" + bytes([len(embedded)]) + embedded if len(embedded) > 127 else b"\x04" + bytes([len(embedded)]) + embedded
    leaf("scts-leaf", "1.3.6.1.4.1.11129.2.4.2=DER:" + wrapped.hex())
    case("timestamps in the certificate and the extension", ["scts-leaf", "mid"], {"scts.count": 5, "scts.by_certificate": 3, "scts.by_extension": 2, "scts.by_ocsp": 0,
         "scts.logs": ["22" * 32, "11" * 32]}, scts="scts")
    case("no timestamps", ["good", "mid"], {"scts.count": 0, "scts.logs": None})
    case("timestamps that nobody asked for", ["good", "mid"], {"scts.count": Unknown(), "scts.by_certificate": 0}, scts="none")
    with open("short", "wb") as f:
        f.write(sct_list(2)[:-1])
    case("timestamps that are cut short", ["good", "mid"], {"scts.by_extension": Unknown(), "scts.count": Unknown()}, scts="short")


def verdict(argv):
    return subprocess.run(argv, capture_output=True, check=False)


def oracle():
    """The same chains before openssl verify and certtool, in their order, by the usual time."""
    lists = [["good", "mid"], ["good"], ["good", "root", "mid"], ["good", "mid", "root"], ["good", "mid", "other"], ["self"], ["notca", "good", "mid"],
             ["toodeep", "deep", "mid0"], ["client", "mid"], ["critical", "mid"], ["krsa-1024", "mid"], ["hmd5", "rsaroot"], ["hsha1", "mid"],
             ["kP-521", "mid"], ["krsa-pss", "mid"], ["ked25519", "mid"], ["caleaf"], ["poison", "mid"]]
    bad, gnutls = [], []
    for chain in lists:
        for ca in ("root", "other", "mid"):
            with open("sent.pem", "wb") as f:
                f.write(b"".join(sh("openssl", "x509", "-in", c + ".pem") for c in chain[1:]))
            sent = ["-untrusted", "sent.pem"] if len(chain) > 1 else []
            theirs = verdict(["openssl", "verify", "-no_check_time", "-partial_chain", "-auth_level", "0", "-purpose", "sslserver", "-no-CApath", "-no-CAstore",
                              "-CAfile", ca + ".pem", *sent, chain[0] + ".pem"]).returncode == 0
            ours = facts(chain, ca=ca + ".pem")["chains"][0]["trusted"]
            if ours is not theirs:
                bad.append(f"{chain} under {ca}: got {ours}, openssl verify {theirs}")
    report(f"trust is openssl verify's for {3 * len(lists)} chains and roots", bad)
    if not shutil.which("certtool"):
        report("trust is certtool's # SKIP certtool is not installed", [])
        return
    # GnuTLS wants chains in order, knows no SHA-1, MD5 or RSA-1024 any more, and looks at no purpose here.
    for chain in lists:
        if chain[0] in ("krsa-1024", "hmd5", "hsha1", "client", "caleaf") or chain in (["good", "root", "mid"], ["good", "mid", "other"]):
            continue
        with open("chain.pem", "wb") as f:
            f.write(b"".join(sh("openssl", "x509", "-in", c + ".pem") for c in chain))
        theirs = verdict(["certtool", "--verify", "--load-ca-certificate", "root.pem", "--infile", "chain.pem"]).returncode == 0
        ours = facts(chain)["chains"][0]["trusted"]
        if ours is not theirs:
            gnutls.append(f"{chain}: got {ours}, certtool {theirs}")
    report("trust is certtool's", gnutls)


with tempfile.TemporaryDirectory() as directory:
    os.chdir(directory)
    for part in (chains, kinds, names, odd, staples, oracle):
        part()
print(f"1..{number}")
sys.exit(1 if failed else 0)
END
