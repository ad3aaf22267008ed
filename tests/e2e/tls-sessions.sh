#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What shows only in completed handshakes, and what web servers answer: real servers of several stacks, and servers that answer what nobody should.
for program in python3 openssl; do
	command -v "$program" >/dev/null || {
		echo "1..0 # SKIP $program is not installed"
		exit 0
	}
done
exec python3 - <<'END'
import glob, json, os, re, ssl, subprocess, sys, tempfile, time

sys.dont_write_bytecode = True
sys.path.insert(0, os.environ["ML_SRCDIR"] + "/tests/tls")
import servers
from web import Bleeding, Mail, Web

MERLON = os.environ["ML_BUILDDIR"] + "/merlon"
ENVIRONMENT = dict(os.environ, MERLON_POLICIES=os.environ["ML_SRCDIR"] + "/policies/packs", PATH=os.environ["ML_BUILDDIR"] + ":" + os.environ["PATH"])
HTTP = b"HTTP/1.1 200 OK\r\n"
ONLY = {"1.2": (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2), "1.3": (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3)}


class Wrong(Exception):
    pass


def want(got, expected, what):
    if got != expected:
        raise Wrong(f"{what}: got {json.dumps(got)}, want {json.dumps(expected)}")


class Scan:
    """A scan by the baseline: facts, results by rule, and that both are the same when judged again."""

    def __init__(self, port, *options, scheme="tls"):
        with tempfile.TemporaryDirectory() as d:
            start = time.monotonic()
            run = subprocess.run([MERLON, "scan", f"{scheme}://127.0.0.1:{port}", "--facts", d, "-o", f"json={d}/findings", *options], capture_output=True, text=True,
                                 env=ENVIRONMENT, check=False)
            self.seconds, self.code = time.monotonic() - start, run.returncode
            if self.code == 2 or not glob.glob(d + "/*.json"):
                raise Wrong(run.stderr or run.stdout)
            file = glob.glob(d + "/*.json")[0]
            subprocess.run([MERLON, "eval", file, "-o", f"json={d}/again"], capture_output=True, env=ENVIRONMENT, check=False)
            first, again = ([{**r, "sandbox": None} for r in json.load(open(f"{d}/{n}"))["runs"]] for n in ("findings", "again"))
            want(first, again, "findings of the facts judged again")
            self.text = open(file, encoding="utf-8").read()
            self.facts = json.loads(self.text)["facts"]
        self.sessions, self.http = self.facts.get("sessions", {}), self.facts.get("http", {})
        self.verdicts = {}
        for result in first[0]["results"]:
            self.verdicts.setdefault(result["rule"], set()).add(result["verdict"])

    def want(self, record, **fields):
        for name, value in fields.items():
            want(record.get(name, "absent"), value, name)

    def fails(self, *rules):
        for rule in rules:
            want("fail" in self.verdicts.get(rule, ()), True, rule + " fails")

    def fails_not(self, *rules):
        for rule in rules:
            want("fail" in self.verdicts.get(rule, ()), False, rule + " fails")


def s_server(d, *arguments, keys=("rsa",)):
    port = servers.free_port()
    words = [w for i, k in enumerate(keys) for w in ("-cert" if i == 0 else "-dcert", f"{k}.pem", "-key" if i == 0 else "-dkey", f"{k}.key")]
    return servers.spawn([servers.program("openssl"), "s_server", "-accept", f"127.0.0.1:{port}", *words, *arguments], port, d)


def kinds(scan):
    return sorted(h["key"] for h in scan.sessions["handshakes"])


# ---- sessions ----

def nginx(d):
    lines = ["ssl_session_cache shared:a:1m;", "ssl_session_timeout 1234s;", "location / { return 200 ''; }"]
    with servers.start("nginx", d, certificates=["rsa", "ec"], versions=["TLSv1.2", "TLSv1.3"], lines=lines) as server:
        scan = Scan(server.port, "--servername", "localhost")
    scan.want(scan.sessions, session_ids=True, tickets=True, ticket_lifetime=1234, psk=True, psk_lifetime=1234, psk_tickets=2, early_data=False, early_data_bytes=0,
              client_renegotiation=False, renegotiations=0, ticketbleed=False, alpn=["http/1.1"], alpn_strict=True, unknown_name="same-certificate",
              client_certificate="none")
    want(kinds(scan), ["ECDSA", "RSA"], "keys")
    scan.want(scan.http, spoken=True, status=200, content_encoding="")


def names_of_nginx(d):
    port = servers.free_port()
    conf = f"""daemon off; pid {d}/refusing.pid; events {{}}
http {{ access_log off; client_body_temp_path {d}/u1; proxy_temp_path {d}/u2; fastcgi_temp_path {d}/u3; uwsgi_temp_path {d}/u4; scgi_temp_path {d}/u5;
server {{ listen 127.0.0.1:{port} ssl default_server; ssl_reject_handshake on; }}
server {{ listen 127.0.0.1:{port} ssl; server_name localhost; ssl_certificate {d}/rsa.pem; ssl_certificate_key {d}/rsa.key; }} }}
"""
    with open(d + "/refusing.conf", "w", encoding="ascii") as file:
        file.write(conf)
    with servers.spawn([servers.program("nginx"), "-c", d + "/refusing.conf", "-e", "stderr", "-p", d], port, d):
        scan = Scan(port, "--servername", "localhost")
    scan.want(scan.sessions, unknown_name="refused")


def early_data(d):
    lines = ["ssl_early_data on;", "location / { return 200 ''; }"]
    with servers.start("nginx", d, certificates=["rsa", "ec"], versions=["TLSv1.3"], lines=lines) as server:
        scan = Scan(server.port)
    scan.want(scan.sessions, early_data=True, early_data_bytes=16384, psk=True, alpn=["http/1.1"], alpn_strict=True, session_ids="absent", tickets="absent",
              client_renegotiation="absent", ticketbleed="absent", unknown_name="absent")
    want(kinds(scan), ["ECDSA", "RSA"], "keys")
    scan.fails("TLS-SESSION-EARLY-DATA")


def without_protocols(d):
    with s_server(d, "-www", "-tls1_3") as server:
        scan = Scan(server.port, "--servername", "localhost")
    scan.want(scan.sessions, psk=True, alpn=[], alpn_strict=False, unknown_name="same-certificate")
    want("TLS-SESSION-ALPN" in scan.verdicts and "fail" in scan.verdicts["TLS-SESSION-ALPN"], False, "TLS-SESSION-ALPN fails")


def renegotiation(d):
    with s_server(d, "-www", "-tls1_2", "-client_renegotiation") as server:
        scan = Scan(server.port)
    scan.want(scan.sessions, client_renegotiation=True, renegotiations=3, psk="absent", early_data="absent", client_certificate="absent")
    scan.fails("TLS-SESSION-RENEGOTIATION")
    want(scan.sessions.get("handshakes", []), [], "handshakes of TLS 1.3")


def no_tickets(d):
    with s_server(d, "-www", "-no_ticket", "-num_tickets", "0") as server:
        scan = Scan(server.port)
    scan.want(scan.sessions, tickets=False, session_ids=True, ticketbleed="absent", ticket_lifetime="absent", psk=False, psk_tickets=0, psk_lifetime="absent")


def no_cache(d):
    with s_server(d, "-www", "-no_cache") as server:
        scan = Scan(server.port)
    scan.want(scan.sessions, tickets=True, session_ids=False)


def dhe_alone(d):
    with s_server(d, "-www", "-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256") as server:
        scan = Scan(server.port)
    scan.want(scan.sessions, tickets=True, session_ids=True, client_renegotiation=False)
    scan.want(scan.http, spoken=True)


def strange_suites(d):
    with s_server(d, "-www", "-tls1_2", "-cipher", "ADH-AES128-GCM-SHA256:@SECLEVEL=0") as server:
        scan = Scan(server.port)
    for name in ("tickets", "session_ids", "client_renegotiation"):
        want("$unknown" in scan.sessions[name], True, name + " is unknown")
    want("$unknown" in scan.http, True, "http is unknown")
    want(scan.verdicts.get("TLS-SESSION-RENEGOTIATION"), {"unknown"}, "TLS-SESSION-RENEGOTIATION")


def client_certificates(d):
    for option, word in (("-verify", "requested"), ("-Verify", "required")):
        with s_server(d, "-www", option, "1") as server:
            scan = Scan(server.port)
        scan.want(scan.sessions, client_certificate=word)


def gnutls(d):
    with servers.start("gnutls", d, certificates=["ec"], lines=["--http"]) as server:
        scan = Scan(server.port)
    scan.want(scan.sessions, psk=True, tickets=True, client_renegotiation=True, renegotiations=3)
    want(kinds(scan), ["ECDSA"], "keys")


def go(d):
    with servers.start("caddy", d) as server:
        scan = Scan(server.port, "--servername", "localhost")
    scan.want(scan.sessions, tickets=True, session_ids=False, psk=True, client_renegotiation=False, alpn=["h2", "http/1.1"], early_data=False)
    scan.want(scan.http, spoken=True)


def like_openssl(d):
    """The lifetimes that OpenSSL's client is told."""
    with servers.start("gnutls", d, lines=["--http"]) as server:
        scan = Scan(server.port)
        for option, slot in (("-tls1_2", "ticket_lifetime"), ("-tls1_3", "psk_lifetime")):
            out = subprocess.run(["openssl", "s_client", option, "-connect", f"127.0.0.1:{server.port}", "-ign_eof"], input="GET / HTTP/1.0\n\n", capture_output=True,
                                 text=True, timeout=20, check=False).stdout
            seconds = re.search(r"lifetime hint: (\d+)", out)
            want(scan.sessions[slot], int(seconds[1]), slot)


def ticketbleed(d):
    with s_server(d, "-www", "-tls1_2") as server, Bleeding(server.port) as leak:
        scan = Scan(leak.port)
        sound = Scan(server.port)
    scan.want(scan.sessions, ticketbleed=True, tickets=True)
    scan.fails("TLS-SESSION-TICKETBLEED")
    sound.want(sound.sessions, ticketbleed=False, tickets=True)
    sound.fails_not("TLS-SESSION-TICKETBLEED")


def behind_starttls(d):
    with Mail("rsa.pem", "rsa.key", None) as mail:
        scan = Scan(mail.port, scheme="tls+smtp")
        want([r for r in mail.requests if r], [], "what was said after the handshake")
    scan.want(scan.sessions, psk=True, psk_tickets="absent", tickets=True)
    want(scan.http.get("spoken", False), False, "spoken")


def alpn(d):
    for version in ("1.2", "1.3"):
        with Web("rsa.pem", "rsa.key", HTTP + b"\r\n", alpn=["imap", "http/1.1", "h2"], versions=ONLY[version]) as web:
            scan = Scan(web.port)
        scan.want(scan.sessions, alpn=["h2", "http/1.1", "imap"], alpn_strict=False)  # Python's servers go on without one
        scan.fails("TLS-SESSION-ALPN")


# ---- HTTP ----

def headers(d):
    head = (HTTP + b"Server: x/1.0\r\nStrict-Transport-Security: max-age=60; includeSubDomains\r\nContent-Type: text/html\r\n"
            b"Content-Security-Policy: default-src 'nonce-c2VjcmV0'; report-uri https://a/?key=hidden\r\nSet-Cookie: sid=topsecret; Secure; SameSite=Lax\r\n"
            b"Set-Cookie: __Host-a=topsecret; Path=/\r\nSet-Cookie: old=; Max-Age=0\r\nX-Token: topsecret\r\nContent-Encoding: gzip\r\n\r\n")
    for version in ("1.2", "1.3"):
        with Web("rsa.pem", "rsa.key", head, versions=ONLY[version]) as web:
            scan = Scan(web.port, "--servername", "localhost", "--http-path", "/a?b")
            want(web.requests[0].split(b"\r\n")[:2], [b"GET /a?b HTTP/1.1", f"Host: localhost:{web.port}".encode()], "request")
        scan.want(scan.http, spoken=True, version="HTTP/1.1", status=200, server="x/1.0", discloses_version=True, content_encoding="gzip",
                  headers={"content-security-policy": "default-src 'nonce-*'; report-uri https://a/?*", "content-type": "text/html"},
                  hsts={"present": True, "valid": True, "max_age": 60, "include_subdomains": True, "preload": False, "several": False})
        cookies = {c["name"]: c for c in scan.http["cookies"]}
        scan.want(cookies["sid"], secure=True, http_only=False, same_site="Lax", gone=False, prefix_kept=True)
        scan.want(cookies["__Host-a"], secure=False, prefix_kept=False)
        scan.want(cookies["old"], gone=True)
        want("topsecret" in scan.text or "hidden" in scan.text, False, "a secret is in the facts")
        scan.fails("TLS-HTTP-HSTS-AGE", "TLS-HTTP-COOKIE-SECURE", "TLS-HTTP-COOKIE-HTTPONLY", "TLS-HTTP-COOKIE-SAMESITE", "TLS-HTTP-COOKIE-PREFIX", "TLS-HTTP-NOSNIFF",
                   "TLS-HTTP-FRAMING", "TLS-HTTP-REFERRER", "TLS-HTTP-SERVER-VERSION", "TLS-HTTP-COMPRESSION")
        scan.fails_not("TLS-HTTP-HSTS", "TLS-HTTP-HSTS-VALID", "TLS-HTTP-CSP")


def good_headers(d):
    head = (HTTP + b"Server: x\r\nStrict-Transport-Security: max-age=31536000\r\nContent-Type: text/html\r\nContent-Security-Policy: frame-ancestors 'none'\r\n"
            b"X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nSet-Cookie: __Host-a=b; Secure; Path=/; HttpOnly; SameSite=Strict\r\n\r\n")
    with Web("rsa.pem", "rsa.key", head) as web:
        scan = Scan(web.port, "--servername", "localhost")
    bad = [rule for rule, verdicts in scan.verdicts.items() if rule.startswith("TLS-HTTP-") and verdicts & {"fail", "unknown"}]
    want(bad, [], "rules that fail")
    want("TLS-HTTP-HSTS" in scan.verdicts or scan.http["hsts"]["valid"], True, "HSTS")


def as_curl_sees_it(d):
    lines = ["gzip on; gzip_min_length 1;", "add_header X-Frame-Options DENY;", "add_header Referrer-Policy no-referrer;", "location / { return 200 'hello, hello'; }"]
    with servers.start("nginx", d, lines=lines) as server:
        scan = Scan(server.port)
        out = subprocess.run([servers.program("curl"), "-sk", "--http1.1", "-D", "-", "-o", "/dev/null", "-H", "Accept-Encoding: gzip", f"https://127.0.0.1:{server.port}/"],
                             capture_output=True, text=True, check=True).stdout
    names = sorted({line.split(":")[0].lower() for line in out.splitlines()[1:] if line})
    want(scan.http["header_names"], names, "names of headers")
    want(scan.http["headers"]["x-frame-options"], "DENY", "x-frame-options")


def redirects(d):
    for answer, to_tls, fails in ((b"HTTP/1.1 301 Moved\r\nLocation: https://localhost/?a=b\r\n\r\n", True, False), (b"HTTP/1.1 302 Found\r\nLocation: http://b/\r\n\r\n", False, True),
                                  (HTTP + b"\r\n", False, True), (b"HTTP/1.1 404 No\r\n\r\n", False, False)):
        with Web("rsa.pem", "rsa.key", HTTP + b"\r\n") as web, Web("rsa.pem", "rsa.key", answer, plain=True) as plain:
            scan = Scan(web.port, "--http-port", str(plain.port), "--servername", "localhost")
        scan.want(scan.facts["http_plain"], reachable=True, to_tls=to_tls, status=int(answer[9:12]))
        want("?" in scan.facts["http_plain"].get("location", ""), False, "a query in the location")
        want("fail" in scan.verdicts.get("TLS-HTTP-REDIRECT", ()), fails, "TLS-HTTP-REDIRECT fails")
    with Web("rsa.pem", "rsa.key", HTTP + b"\r\n") as web:
        scan = Scan(web.port, "--http-port", str(servers.free_port()))
    scan.want(scan.facts["http_plain"], reachable=False)


def other_protocols(d):
    for answer in (b"220 mail ready\r\n", b"* OK IMAP4rev1\r\n", b"-ERR unknown command 'GET'\r\n", None):
        with Web("rsa.pem", "rsa.key", answer) as web:
            scan = Scan(web.port)
        want(scan.http.get("spoken", False), False, "spoken")
        want([r for r in scan.verdicts if r.startswith("TLS-HTTP-") and scan.verdicts[r] & {"fail", "unknown"}], [], "rules about HTTP")


def odd_answers(d):
    cases = ((b"HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n", "a control character in the header"), (b"HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "a header line without a name"),
             (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 300 + b"\r\n", "the header of the HTTP answer is too long"),
             (b"HTTP/1.1 200 OK\r\nA: " + b"b" * 200000, "the header of the HTTP answer has no end"), (b"HTTP/1.1 200 OK\r\nA: b", "the header of the HTTP answer has no end"),
             (b"\0\0\x12\x04\0\0\0\0\0" + b"\0" * 18, "the server speaks HTTP/2 only"))
    for answer, reason in cases:
        with Web("rsa.pem", "rsa.key", answer, alpn=["http/1.1"]) as web:
            scan = Scan(web.port)
        want(scan.http, {"$unknown": reason}, repr(answer[:40]))
        want(scan.code in (1, 3), True, "exit code")
        want(scan.seconds < 9, True, "it takes no longer than it must")
    with Web("rsa.pem", "rsa.key", None, alpn=["http/1.1"]) as web:
        scan = Scan(web.port)
    want(scan.http, {"$unknown": "the server does not answer to HTTP"}, "silence after http/1.1")


CASES = [nginx, names_of_nginx, early_data, without_protocols, renegotiation, no_tickets, no_cache, dhe_alone, strange_suites, client_certificates, gnutls, go, like_openssl, ticketbleed, behind_starttls, alpn, headers,
         good_headers, as_curl_sees_it, redirects, other_protocols, odd_answers]


def main():
    failed = 0
    print(f"1..{len(CASES)}")
    with servers.directory() as d:
        os.chdir(d)
        for number, case in enumerate(CASES, 1):
            title = case.__name__.replace("_", " ")
            try:
                case(d)
                print(f"ok {number} - {title}", flush=True)
            except servers.Missing as why:
                print(f"ok {number} - {title} # SKIP {why}", flush=True)
            except (Wrong, KeyError, TypeError) as why:
                failed += 1
                print(f"not ok {number} - {title}\n# {why!r}", flush=True)
    sys.exit(1 if failed else 0)


main()
END
