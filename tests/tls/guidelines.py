# SPDX-License-Identifier: Apache-2.0
"""Compares what the packs of TLS guidelines say of facts with what the guidelines' files say. Usage: guidelines.py DIRECTORY-OF-THE-GUIDELINES"""
import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

import facts as fact_files

DATA = sys.argv[1]
MERLON = fact_files.MERLON
SOURCE = os.environ["ML_SRCDIR"]
ENVIRONMENT = dict(os.environ, MERLON_POLICIES=SOURCE + "/policies/packs")
VERSIONS = ["SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"]
LISTED = 200  # below what a run lists of one rule and verdict

cases = []


def report(name, bad):
    cases.append(bool(bad))
    print(f"{'not ok' if bad else 'ok'} {len(cases)} - {name}")
    for line in bad[:20]:
        print("#", line)


def all_suites():
    """Those of the list, and the few that only a guideline names."""
    with open(DATA + "/ciphersuites.tsv", encoding="ascii") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines][1:]
    extra = [x.text for file in ("nist-800-52r2", "bsi-tr-02102-2") for x in xml.parse(f"{DATA}/{file}.xml").iter("recommendedCipherSuites")]
    return sorted({row[1] for row in rows if row[1] not in ("", "-")} | set(extra))


def all_groups():
    """The names that the collector gives, from its table."""
    with open(SOURCE + "/checks/tls/suites.c", encoding="utf-8") as source:
        return re.findall(r'ML_GROUP_\w+, "(\w+)"', source.read())


def judge(facts, pack, settings):
    """{(rule, element): verdict} of facts under a pack, with parameters of a profile."""
    profile = {"merlon": "profile/v1", "id": "under-test", "title": "Under test", "extends": [pack], **({"set": settings} if settings else {})}
    fact_files.write("facts.json", facts)
    with open("profile.yaml", "w", encoding="ascii") as out:
        json.dump(profile, out)
    run = subprocess.run([MERLON, "eval", "facts.json", "-p", "./profile.yaml", "-o", "json"], capture_output=True, text=True, env=ENVIRONMENT, check=False)
    if not run.stdout:
        sys.exit("Bail out! merlon eval: " + run.stderr)
    return {(r["rule"], r.get("element", "")): r["verdict"] for r in json.loads(run.stdout)["runs"][0]["results"]}


def verdicts(elements, field, pack, settings):
    """As judge(), of a list that may be longer than what one run lists."""
    out = {}
    for at in range(0, len(elements), LISTED):
        out.update(judge({"endpoint": "a:443", "speaks": "tls", field: elements[at:at + LISTED]}, pack, settings))
    return out


def offered(pack, settings, rules, version_rules):
    """What a pack takes: {(version, suite)}, {(version, group)}, {version}. rules: {version: (suite rule, group rule)}."""
    pairs = [(v, s) for v in VERSIONS for s in all_suites()]
    groups = [(v, g) for v in VERSIONS[2:] for g in all_groups()]
    seen = verdicts([{"id": f"{v} {s}", "version": v, "name": s, "key_exchange": "any", "authentication": "any", "cipher": "AES_GCM", "bits": 128, "code": 1,
                      "mac": "AEAD", "aead": True, "forward_secret": True} for v, s in pairs], "suites", pack, settings)
    seen.update(verdicts([{"id": f"{v} {g}", "version": v, "name": g, "kind": "ec", "bits": 256, "code": 1, "rank": 0} for v, g in groups], "groups", pack, settings))
    seen.update(judge({"endpoint": "a:443", "speaks": "tls", "versions": [{"name": v, "offered": True} for v in VERSIONS]}, pack, settings))
    return ({(v, s) for v, s in pairs if v in rules and seen[rules[v][0], f"{v} {s}"] == "pass"},
            {(v, g) for v, g in groups if v in rules and seen[rules[v][1], f"{v} {g}"] == "pass"},
            {v for v in VERSIONS if all(seen.get((rule, v)) != "fail" for rule in version_rules)})


def differences(ours, theirs):
    return [f"only the pack takes {x}" for x in sorted(ours - theirs)] + [f"only the guideline has {x}" for x in sorted(theirs - ours)]


def passes(element, field, rule, pack, settings):
    return judge({"endpoint": "a:443", field: [element]}, pack, settings).get((rule, element["id"])) == "pass"


def limit(make, field, rule, pack, settings, values):
    """The values with which an element passes."""
    return {v for v in values if passes(make(v), field, rule, pack, settings)}


def leaf(**fields):
    return {"id": "a", "leaf": fields}


CURVES = {"prime256v1": "secp256r1", "X25519": "x25519"}
KEY_TYPES = ["RSA", "RSA-PSS", "DSA", "DH", "ECDSA", "Ed25519", "Ed448", "ML-DSA", "GOST", "SM2", "other"]
SIGNATURES = ["md5WithRSAEncryption", "sha1WithRSAEncryption", "sha224WithRSAEncryption", "sha256WithRSAEncryption", "sha384WithRSAEncryption",
              "sha512WithRSAEncryption", "rsassaPss", "ecdsa-with-SHA1", "ecdsa-with-SHA224", "ecdsa-with-SHA256", "ecdsa-with-SHA384", "ecdsa-with-SHA512",
              "dsa_with_SHA256", "ED25519", "ED448"]
SIZES = [512, 1024, 2047, 2048, 3072, 4096]
DAYS = [1, 89, 90, 91, 365, 366, 367, 825]


def mozilla(edition, name):
    with open(f"{DATA}/mozilla-guidelines-{edition}.json", encoding="ascii") as file:
        want = json.load(file)["configurations"][name]
    pack, settings, rule = "tls-mozilla-" + name, {"guideline": edition}, "TLS-" + name.upper()
    title = f"Mozilla {name} {edition}: "
    versions = set(want["tls_versions"])
    suites = {(v, s) for v in versions for s in (want["ciphersuites"] if v == "TLSv1.3" else want["ciphers"]["iana"])}
    groups = {(v, CURVES.get(g, g)) for v in versions for g in want["tls_curves"]}
    ours = offered(pack, settings, {v: (rule + "-SUITE", rule + "-GROUP") for v in VERSIONS}, [rule + "-VERSION"])
    report(title + "suites", differences(ours[0], suites))
    report(title + "groups", differences(ours[1], groups))
    report(title + "versions", differences(ours[2], versions))
    seen = judge({"versions": [{"name": v, "offered": False} for v in VERSIONS]}, pack, settings)
    report(title + "versions that are wanted", differences({v for v in VERSIONS if seen.get((rule + "-VERSION-MISSING", v)) == "fail"}, versions))
    unoffered(title, want, pack, settings, rule)
    certificates(title, want, pack, settings, rule)
    order = {o: judge({"behaviour": {"server_order": o}}, pack, settings)[rule + "-ORDER", ""] for o in (True, False)}
    report(title + "order", differences({o for o in order if order[o] == "pass"}, {want["server_preferred_order"]}))


def unoffered(title, want, pack, settings, rule):
    """One suite or group less than the guideline has, and none less."""
    def suite(name, version):
        authentication = "any" if version == "TLSv1.3" else "ECDSA" if "_ECDSA_" in name else "RSA"
        return {"id": name, "name": name, "version": version, "authentication": authentication}
    suites = [suite(s, "TLSv1.3") for s in want["ciphersuites"]] + [suite(s, "TLSv1.2") for s in want["ciphers"]["iana"]]
    groups = [{"id": g, "version": "TLSv1.3", "name": CURVES.get(g, g)} for g in want["tls_curves"]]
    versions = [{"name": v, "offered": True} for v in want["tls_versions"]]
    for field, items, which in (("suites", suites, "-SUITE-MISSING"), ("groups", groups, "-GROUP-MISSING")):
        bad = []
        for missing in [None, *items]:
            facts = {"endpoint": "a:443", "versions": versions, field: [i for i in items if i is not missing]}
            verdict = judge(facts, pack, settings)[rule + which, ""]
            if verdict != ("fail" if missing else "pass"):
                bad.append(f"without {missing and missing['id']}: {verdict}")
        report(title + field + " that are wanted", bad)


def certificates(title, want, pack, settings, rule):
    def check(what, make, suffix, values, wanted, field="chains"):
        report(title + what, differences(limit(make, field, rule + suffix, pack, settings, values), set(wanted)))
    types = {"ecdsa": "ECDSA", "rsa": "RSA"}
    check("certificate types", lambda v: leaf(key_type=v), "-CERT-TYPE", KEY_TYPES, [types[t] for t in want["certificate_types"]])
    curves = [g for g in all_groups() if g not in ("x25519", "x448")]
    check("certificate curves", lambda v: leaf(key_type="ECDSA", curve=v), "-CERT-CURVE", curves, [CURVES.get(c, c) for c in want["certificate_curves"]])
    check("certificate signatures", lambda v: leaf(signature_algorithm=v), "-CERT-SIGNATURE", SIGNATURES, want["certificate_signatures"])
    check("certificate lifetime", lambda v: leaf(lifetime_days=v), "-CERT-LIFETIME", DAYS, [d for d in DAYS if d <= want["maximum_certificate_lifespan"]])
    if want["recommended_certificate_lifespan"] != want["maximum_certificate_lifespan"]:
        check("recommended lifetime", lambda v: leaf(lifetime_days=v), "-CERT-LIFETIME-RECOMMENDED", DAYS,
              [d for d in DAYS if d <= want["recommended_certificate_lifespan"]])
    if want["rsa_key_size"]:
        check("RSA key size", lambda v: leaf(key_type="RSA", key_bits=v), "-CERT-RSA", SIZES, [b for b in SIZES if b >= want["rsa_key_size"]])
    if want["dh_param_size"]:
        check("Diffie-Hellman size", lambda v: {"id": "a", "version": "TLSv1.2", "dh_bits": v}, "-DH", SIZES, [b for b in SIZES if b >= want["dh_param_size"]],
              "suites")
    ages = [0, want["hsts_min_age"] - 1, want["hsts_min_age"], want["hsts_min_age"] + 1]
    got = {v for v in ages if judge({"http": {"spoken": True, "hsts": {"present": True, "max_age": v}}}, pack, settings)[rule + "-HSTS", ""] == "pass"}
    report(title + "age of HSTS", differences(got, {v for v in ages if v >= want["hsts_min_age"]}))
    check("stapling", lambda v: {**leaf(ocsp_urls=["http://a"]), "staple": {"present": v}}, "-STAPLE", [False, True], [want["ocsp_staple"]])


def listed(root, tag, item, version=None):
    return [x.text for check in root.iter(tag) for x in check.iter(item) if version is None or version in [v.text for v in check.iter("versions")]]


def group_name(name, tls13):
    if name.startswith("BRAINPOOL"):
        return "brainpoolP" + name[len("BRAINPOOLP"):].lower() + ("tls13" if tls13 else "")
    return name.lower()


def sizes(title, root, pack, rule):
    """Least key sizes, probed at the size and one below."""
    check = root.find("keySizeCertGuidelineCheck")
    bad = []
    for tag, types in (("Rsa", ["RSA", "RSA-PSS"]), ("Ec", ["ECDSA"]), ("Dsa", ["DSA"]), ("Dh", ["DH"])):
        least = int(check.find(f"minimum{tag}KeyLength").text)
        for kind in types:
            got = limit(lambda v, k=kind: {"id": "a", "key_type": k, "key_bits": v}, "certificates", rule + "-CERT-KEY", pack, {}, [least - 1, least])
            bad += [] if got == {least} else [f"{kind}: {sorted(got)} pass, want {least}"]
    least = int(check.find("minimumDhKeyLength").text)
    got = limit(lambda v: {"id": "a", "version": "TLSv1.2", "dh_bits": v}, "suites", rule + "-DH", pack, {}, [least - 1, least])
    report(title + "key sizes", bad + ([] if got == {least} else [f"primes: {sorted(got)} pass, want {least}"]))


def refused_versions(root):
    """Versions that the text wants off, whatever the level."""
    names = {"SSL_2": "SSLv2", "SSL_3": "SSLv3", "TLS_1_0": "TLSv1.0", "TLS_1_1": "TLSv1.1", "TLS_1_2": "TLSv1.2", "TLS_1_3": "TLSv1.3"}
    return {names[c.find("property").text[len("SUPPORTS_"):]] for c in root.iter("analyzedPropertyGuidelineCheck")
            if c.find("property").text[len("SUPPORTS_"):] in names and c.find("result").text == "FALSE"}


def nist():
    root = xml.parse(DATA + "/nist-800-52r2.xml").getroot()
    pack, rule, title = "tls-nist-800-52r2", "TLS-NIST", "NIST SP 800-52r2: "
    old = ["TLSv1.0", "TLSv1.1", "TLSv1.2"]
    rules = {**{v: (rule + "-SUITE", rule + "-GROUP") for v in old}, "TLSv1.3": (rule + "-SUITE-13", rule + "-GROUP")}
    ours = offered(pack, {}, rules, [rule + "-VERSION-SSL", rule + "-VERSION-OLD"])
    suites = listed(root, "cipherSuiteGuidelineCheck", "recommendedCipherSuites", "TLS12")
    groups = [group_name(g, False) for g in listed(root, "namedGroupsGuidelineCheck", "recommendedGroups")]
    want = {(v, s) for v in old for s in suites} | {("TLSv1.3", s) for s in listed(root, "cipherSuiteGuidelineCheck", "recommendedCipherSuites", "TLS13")}
    report(title + "suites", differences(ours[0], want))
    report(title + "groups", differences(ours[1], {(v, g) for v in rules for g in groups}))
    report(title + "versions", differences(ours[2], set(VERSIONS) - refused_versions(root)))
    required = {group_name(g, False) for g in listed(root, "namedGroupsGuidelineCheck", "requiredGroups")}
    got = {g for g in all_groups() if judge({"endpoint": "a:443", "suites": [{"id": "a", "version": "TLSv1.3", "key_exchange": "any"}], "groups": [
        {"id": g, "version": "TLSv1.3", "name": g}]}, pack, {})[rule + "-GROUP-REQUIRED", ""] == "pass"}
    report(title + "groups of which one is required", differences(got, required))
    curves = {group_name(c, False) for c in listed(root, "certificateCurveGuidelineCheck", "recommendedNamedParameters")}
    got = limit(lambda v: leaf(key_type="ECDSA", curve=v), "chains", rule + "-CERT-CURVE", pack, {}, [g for g in all_groups() if g[0] == "s"])
    report(title + "certificate curves", differences(got, curves))
    days = int(root.find("certificateValidityGuidelineCheck").find("days").text)
    got = limit(lambda v: leaf(lifetime_days=v), "chains", rule + "-CERT-LIFETIME", pack, {}, [days, days + 1])
    report(title + "certificate lifetime", differences(got, {days}))
    sizes(title, root, pack, rule)


def signature_name(name):
    if name == "RSASSA_PSS":
        return "rsassaPss"
    hashed, _, rest = name.partition("_WITH_")
    return hashed.lower() + "WithRSAEncryption" if rest == "RSA_ENCRYPTION" else "ecdsa-with-" + rest


def all_schemes():
    """The names that the collector gives, from its table."""
    with open(SOURCE + "/checks/tls/names.c", encoding="utf-8") as source:
        return re.findall(r'\{0x[0-9a-f]{4}, (?:true|false), "(\w+)"\}', source.read())


def scheme_name(name):
    """RFC 8446 and RFC 8734 name ECDSA's curve where the guideline leaves it to the hash."""
    curve = {"256": "secp256r1", "384": "secp384r1", "512": "secp521r1"}
    name = re.sub(r"^ecdsa_sha(\d+)$", lambda m: f"ecdsa_{curve[m[1]]}_sha{m[1]}", name.lower())
    return re.sub(r"_brainpool_p(\d+)r1_tls13_", r"_brainpoolP\1r1tls13_", name)


def bsi():
    root = xml.parse(DATA + "/bsi-tr-02102-2.xml").getroot()
    pack, rule, title = "tls-bsi-tr-02102-2", "TLS-BSI", "BSI TR-02102-2: "
    rules = {"TLSv1.2": (rule + "-SUITE", rule + "-GROUP"), "TLSv1.3": (rule + "-SUITE-13", rule + "-GROUP")}
    ours = offered(pack, {}, rules, [rule + "-VERSION-SSL", rule + "-VERSION-OLD"])
    want = {(v, s) for v, short in (("TLSv1.2", "TLS12"), ("TLSv1.3", "TLS13"))
            for s in listed(root, "cipherSuiteGuidelineCheck", "recommendedCipherSuites", short)}
    # The names of the Brainpool curves tell the version themselves (RFC 8734).
    groups = {group_name(g.text, c.find("tls13").text == "true") for c in root.iter("namedGroupsGuidelineCheck") for g in c.iter("recommendedGroups")}
    report(title + "suites", differences(ours[0], want))
    report(title + "groups", differences({g for _, g in ours[1]}, groups))
    report(title + "versions", differences(ours[2], set(VERSIONS) - refused_versions(root)))
    signatures = {signature_name(s) for s in listed(root, "signatureAndHashAlgorithmsCertificateGuidelineCheck", "recommendedAlgorithms")}
    hashes = ["none", "MD5", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512"]
    got = {h for h in hashes if judge({"signature_schemes": [{"name": "a", "hash": h}]}, pack, {})[rule + "-SIGNATURE", "a"] == "pass"}
    report(title + "hashes of signatures of TLS 1.2", differences(got, set(listed(root, "hashAlgorithmsGuidelineCheck", "recommendedAlgorithms"))))
    schemes = {scheme_name(s) for s in listed(root, "signatureAndHashAlgorithmsGuidelineCheck", "recommendedAlgorithms")}
    got = {s for s in all_schemes() if judge({"sessions": {"handshakes": [{"id": "a", "version": "TLSv1.3", "signature_scheme": s}]}}, pack, {})[
        rule + "-SIGNATURE-13", "a"] == "pass"}
    report(title + "signatures of TLS 1.3", differences(got, schemes))
    got = limit(lambda v: {"id": "a", "role": "leaf", "signature_algorithm": v}, "certificates", rule + "-CERT-SIGNATURE", pack, {}, SIGNATURES)
    report(title + "certificate signatures", differences(got, signatures))
    sizes(title, root, pack, rule)


with tempfile.TemporaryDirectory() as directory:
    os.chdir(directory)
    for mozilla_edition in ("5.7", "5.8", "6.0"):
        mozilla(mozilla_edition, "modern")
        mozilla(mozilla_edition, "intermediate")
    nist()
    bsi()
    print(f"1..{len(cases)}")
    sys.exit(any(cases))
