#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Servers that change to TLS behind words in the clear: real ones, against sslscan where it knows the protocol, and ones that do it wrong.
for program in python3 openssl jq; do
	command -v "$program" >/dev/null || {
		echo "1..0 # SKIP $program is not installed"
		exit 0
	}
done
exec python3 - <<'EOS'
import glob, json, os, shutil, socket, subprocess, sys, tempfile, time
import xml.etree.ElementTree as xml

TLS = os.environ["ML_BUILDDIR"] + "/merlon-tls"
STUB = os.environ["ML_SRCDIR"] + "/tests/tls/starttls.py"
os.environ["MERLON_POLICIES"] = os.environ["ML_SRCDIR"] + "/policies/packs"
os.environ["PATH"] += ":/usr/sbin:/sbin:/usr/lib/postfix/sbin"
POSTGRES = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
results, servers = [], []


class Skip(Exception):
    pass


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            raise Skip(f"{program} is not installed")


def as_root():
    if os.geteuid():
        raise Skip("the server wants to be started by root")


def write(path, text):
    with open(path, "w", encoding="ascii") as f:
        f.write(text)
    return os.path.abspath(path)


def start(argv, *ports, host="127.0.0.1", **more):
    """Starts a server, waits until it answers on its ports."""
    with open("server.log", "ab") as log:
        server = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **more)
    servers.append(server)
    for port in ports:
        for _ in range(200):
            if server.poll() is not None:
                raise Skip(f"{os.path.basename(argv[0])} does not start here")
            try:
                socket.create_connection((host, port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        else:
            raise Skip(f"{os.path.basename(argv[0])} does not answer")
    return server


def stop_all():
    while servers:
        server = servers.pop()
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


# ---- servers: each gives {protocol: port} ----

def postgres():
    as_root()
    if not POSTGRES:
        raise Skip("PostgreSQL is not installed")
    port, run = free_port(), ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    shutil.copy("key.pem", "postgres.key")
    shutil.chown("postgres.key", "postgres", "postgres")
    os.chmod("postgres.key", 0o600)
    os.mkdir("postgres")
    shutil.chown("postgres", "postgres", "postgres")
    if subprocess.run([*run, POSTGRES[-1] + "/initdb", "-D", "postgres/data", "-A", "trust", "--no-sync"], capture_output=True, check=False).returncode:
        raise Skip("initdb fails here")
    here = os.getcwd()
    start([*run, POSTGRES[-1] + "/postgres", "-D", "postgres/data", "-p", str(port), "-h", "127.0.0.1", "-k", here + "/postgres", "-c", "ssl=on", "-c",
           f"ssl_cert_file={here}/cert.pem", "-c", f"ssl_key_file={here}/postgres.key"], port)
    return {"postgres": port}


def postgres_without_tls():
    as_root()
    if not os.path.isdir("postgres/data"):
        raise Skip("PostgreSQL does not start here")
    port, run = free_port(), ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    start([*run, POSTGRES[-1] + "/postgres", "-D", "postgres/data", "-p", str(port), "-h", "127.0.0.1", "-k", os.getcwd() + "/postgres"], port)
    return {"postgres": port}


def mariadb(*options):
    need("mariadbd")
    port, here = free_port(), os.getcwd()
    data = tempfile.mkdtemp(dir=here)
    start(["mariadbd", "--no-defaults", "--user=root", f"--datadir={data}", "--skip-grant-tables", "--skip-networking=0", "--bind-address=127.0.0.1",
           f"--port={port}", f"--socket={data}/s", f"--pid-file={data}/pid", *options], port)
    return {"mysql": port}


def mariadb_with_tls():
    return mariadb(f"--ssl-cert={os.getcwd()}/cert.pem", f"--ssl-key={os.getcwd()}/key.pem")


def slapd(tls=True):
    need("slapd")
    port, here = free_port(), os.getcwd()
    os.makedirs("slapd", exist_ok=True)
    lines = f"TLSCertificateFile {here}/cert.pem\nTLSCertificateKeyFile {here}/key.pem\n" if tls else ""
    conf = write("slapd.conf", f"pidfile {here}/slapd/pid\n{lines}database ldif\ndirectory {here}/slapd\nsuffix cn=example\n")
    start(["slapd", "-h", f"ldap://127.0.0.1:{port}", "-f", conf, "-d", "0"], port)
    return {"ldap": port}


def slapd_without_tls():
    return slapd(False)


def dovecot():
    as_root()
    need("dovecot")
    ports, here = {p: free_port() for p in ("imap", "pop3", "sieve", "lmtp")}, os.getcwd()
    listeners = "".join(f"service {service} {{\n  inet_listener {name} {{\n    address = 127.0.0.2\n    port = {ports[protocol]}\n  }}\n}}\n" for service, name, protocol in (
        ("imap-login", "imap", "imap"), ("pop3-login", "pop3", "pop3"), ("managesieve-login", "sieve", "sieve"), ("lmtp", "lmtp", "lmtp")))
    conf = write("dovecot.conf", f"base_dir = {here}/dovecot\nlog_path = {here}/dovecot.log\nstate_dir = {here}/dovecot\nprotocols = imap pop3 lmtp sieve\n"
                 f"listen = 127.0.0.2\nssl = yes\nssl_cert = <{here}/cert.pem\nssl_key = <{here}/key.pem\ndisable_plaintext_auth = yes\n"
                 f"mail_location = maildir:{here}/mail\npassdb {{\n  driver = static\n  args = nopassword=y\n}}\nuserdb {{\n  driver = static\n  args = uid=65534 gid=65534 home={here}\n}}\n"
                 "service imap-login {\n  inet_listener imaps {\n    port = 0\n  }\n}\nservice pop3-login {\n  inet_listener pop3s {\n    port = 0\n  }\n}\n"
                 + listeners)
    start(["dovecot", "-F", "-c", conf], *ports.values(), host="127.0.0.2")
    return {protocol: f"127.0.0.2:{port}" for protocol, port in ports.items()}  # Dovecot trusts who comes from its own address


def postfix():
    as_root()
    need("postfix", "master")
    port, here = free_port(), os.getcwd()
    os.makedirs("postfix/etc")
    os.makedirs("postfix/data")
    shutil.chown("postfix/data", "postfix")
    write("postfix/etc/main.cf", f"compatibility_level = 3.6\nqueue_directory = {here}/postfix/spool\ndata_directory = {here}/postfix/data\nmyhostname = mail.example\n"
          f"inet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nmaillog_file_prefixes = {here}\nmaillog_file = {here}/mail.log\nsmtpd_tls_security_level = may\nsmtpd_tls_cert_file = {here}/cert.pem\n"
          f"smtpd_tls_key_file = {here}/key.pem\nalias_maps =\nalias_database =\n")
    write("postfix/etc/master.cf", f"127.0.0.1:{port} inet n - n - - smtpd\ntlsmgr unix - - n 1000? 1 tlsmgr\nanvil unix - - n - 1 anvil\nrewrite unix - - n - - trivial-rewrite\n"
          "proxymap unix - - n - - proxymap\npostlog unix-dgram n - n - 1 postlogd\n")
    os.makedirs("postfix/spool")
    for name in ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace"):
        os.mkdir("postfix/spool/" + name, 0o700)
        shutil.chown("postfix/spool/" + name, "postfix")
    for name, group in (("maildrop", "postdrop"), ("public", "postdrop"), ("pid", "root")):
        os.mkdir("postfix/spool/" + name, 0o755)
        shutil.chown("postfix/spool/" + name, "root" if name == "pid" else "postfix", group)
    start(["/usr/lib/postfix/sbin/master", "-c", here + "/postfix/etc", "-d"], port)
    return {"smtp": port}


def vsftpd():
    as_root()
    need("vsftpd")
    port, here = free_port(), os.getcwd()
    os.makedirs("empty", exist_ok=True)
    conf = write("vsftpd.conf", f"listen=YES\nlisten_address=127.0.0.1\nlisten_port={port}\nbackground=NO\nanonymous_enable=NO\nlocal_enable=YES\nssl_enable=YES\n"
                 f"rsa_cert_file={here}/cert.pem\nrsa_private_key_file={here}/key.pem\nsecure_chroot_dir={here}/empty\nseccomp_sandbox=NO\nftpd_banner=hello\n")
    start(["vsftpd", conf], port)
    return {"ftp": port}


def prosody():
    need("prosody")
    client, server, here = free_port(), free_port(), os.getcwd()
    os.makedirs("prosody", exist_ok=True)
    os.chmod("prosody", 0o777)
    conf = write("prosody.lua", f'run_as_root = true\npidfile = "{here}/prosody/pid"\ndata_path = "{here}/prosody"\ninterfaces = {{ "127.0.0.1" }}\n'
                 f'c2s_ports = {{ {client} }}\ns2s_ports = {{ {server} }}\nhttp_ports = {{}}\nhttps_ports = {{}}\nc2s_require_encryption = true\n'
                 'modules_enabled = { "tls", "saslauth", "s2s", "disco", "dialback" }\nlog = { warn = "*console" }\n'
                 f'VirtualHost "localhost"\n  ssl = {{ certificate = "{here}/cert.pem", key = "{here}/key.pem" }}\n')
    start(["prosody", "--config", conf, "-F"], client, server)
    return {"xmpp": client, "xmpp-server": server}


def redis_tls():
    need("redis-server")
    port, here = free_port(), os.getcwd()
    start(["redis-server", "--port", "0", "--tls-port", str(port), "--bind", "127.0.0.1", "--save", "", "--tls-cert-file", here + "/cert.pem", "--tls-key-file",
           here + "/key.pem", "--tls-auth-clients", "no"], port)
    return {"redis": port}


def redis_plain():
    need("redis-server")
    port = free_port()
    start(["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""], port)
    return {"redis": port}


def stub(dialogue):
    server = subprocess.Popen([sys.executable, STUB, dialogue, "cert.pem", "key.pem"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    servers.append(server)
    return {dialogue.split("-")[0]: int(server.stdout.readline())}


# ---- what is found ----

def address(port):
    return port if isinstance(port, str) else f"127.0.0.1:{port}"


def scan(protocol, port, *more):
    shutil.rmtree("facts", ignore_errors=True)
    before = time.monotonic()
    run = subprocess.run([TLS, f"tls+{protocol}://{address(port)}", "--facts", "facts", "-o", "json=findings.json", *more], capture_output=True, text=True, check=False)
    with open(glob.glob("facts/*.json")[0], encoding="utf-8") as f:
        facts = json.load(f)["facts"]
    with open("findings.json", encoding="utf-8") as f:
        verdicts = {r["rule"]: r["verdict"] for r in json.load(f)["runs"][0]["results"]}
    return run.returncode, facts, verdicts, time.monotonic() - before


SSLSCAN = {"postgres": "psql", "mysql": "mysql", "smtp": "smtp", "imap": "imap", "pop3": "pop3", "ftp": "ftp", "ldap": "ldap", "xmpp": "xmpp"}


def as_sslscan(protocol, port):
    argv = ["sslscan", "--xml=-", "--no-failed", "--no-heartbleed", "--no-groups", "--starttls-" + SSLSCAN[protocol], "--ipv4",
            port if isinstance(port, str) else f"localhost:{port}"]
    for _ in range(3):  # it dies half-way now and then
        out = subprocess.run(argv, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL).stdout
        try:
            return {(c.get("sslversion"), int(c.get("id"), 16)) for c in xml.fromstring(out[out.find("<?xml"):]).iter("cipher")}
        except xml.ParseError:
            continue
    return set()


def compare(name, protocol, port, facts):
    if protocol not in SSLSCAN or not shutil.which("sslscan"):
        return
    title = f"{name}: suites behind {protocol} as sslscan sees them"
    theirs = as_sslscan(protocol, port)
    if not theirs:
        results.append(f"ok - {title} # SKIP sslscan gets no answer from it")
        return
    ours = {(s["version"], s["code"]) for s in facts["suites"]}
    report(title, [] if ours == theirs else [f"only ours {sorted(ours - theirs)}, only sslscan's {sorted(theirs - ours)}"])


def with_openssl(name, protocol, port, facts):
    """Another client's handshakes: in which versions it comes to one, and in a suite that we know of."""
    bad = []
    for version, option in (("TLSv1.2", "-tls1_2"), ("TLSv1.3", "-tls1_3")):
        out = subprocess.run(["openssl", "s_client", "-starttls", protocol, "-connect", address(port), option, "-xmpphost", "localhost", "-name", "localhost"],
                             capture_output=True, text=True, errors="replace", check=False, input="", timeout=20).stdout
        ours = {v["offered"] for v in facts["versions"] if v["name"] == version}
        theirs = {f"New, {version}, Cipher is" in out}
        bad += [f"{version}: ours {ours}, OpenSSL's {theirs}"] if ours != theirs else []
    report(f"{name}: versions behind {protocol} as OpenSSL's client sees them", bad)


def report(title, bad):
    results.append(f"{'not ok' if bad else 'ok'} - {title}")
    results.extend(f"# {line}" for line in bad)


def wrong(facts, verdicts, want):
    bad = [f"{key}: got {facts['starttls'].get(key)!r}, want {value!r}" for key, value in want.get("facts", {}).items() if facts["starttls"].get(key) != value]
    bad += [f"speaks: got {facts['speaks']!r}"] if facts["speaks"] != want.get("speaks", "tls") else []
    return bad + [f"{rule}: got {verdicts.get(rule)}, want {verdict}" for rule, verdict in want.get("verdicts", {}).items() if verdicts.get(rule) != verdict]


def check(name, server, want):
    """`want`: for each protocol what its facts and verdicts must be."""
    try:
        ports = server()
    except Skip as why:
        results.append(f"ok - {name} # SKIP {why}")
        stop_all()
        return
    for protocol, expected in want.items():
        code, facts, verdicts, seconds = scan(protocol, ports[protocol], *expected.get("options", []))
        bad = wrong(facts, verdicts, {**expected, "facts": {"protocol": protocol, **expected.get("facts", {})}})
        codes = expected.get("codes", (0, 1))
        bad += [f"exit code {code}, want one of {codes}"] if code not in codes else []
        bad += [f"took {seconds:.1f} s"] if seconds > expected.get("seconds", 60) else []
        report(f"{name}: {protocol}", bad)
        if expected.get("speaks", "tls") == "tls" and protocol != "redis" and expected.get("clean", True):
            with_openssl(name, protocol, ports[protocol], facts)
        if expected.get("speaks", "tls") == "tls" and expected.get("sslscan", True):
            compare(name, protocol, ports[protocol], facts)
    stop_all()


REFUSES = {"speaks": "text", "facts": {"offered": False}, "verdicts": {"TLS-SPEAKS": "fail", "TLS-STARTTLS-OFFERED": "fail"}, "codes": (1,)}
CHANGES = {"facts": {"offered": True}, "verdicts": {"TLS-STARTTLS-OFFERED": "pass", "TLS-STARTTLS-INJECTION": "pass"}}
CLEAN = {"facts": {"offered": True, "plain_login": False}, "verdicts": {"TLS-STARTTLS-OFFERED": "pass", "TLS-STARTTLS-LOGIN": "pass", "TLS-STARTTLS-INJECTION": "pass"}}


def unknown(reason):
    return {"$unknown": reason}


def all_servers():
    check("PostgreSQL", postgres, {"postgres": CHANGES})
    check("PostgreSQL without TLS", postgres_without_tls, {"postgres": REFUSES})
    check("MariaDB", mariadb_with_tls, {"mysql": CHANGES})
    check("MariaDB without TLS", mariadb, {"mysql": REFUSES})
    check("OpenLDAP", slapd, {"ldap": CHANGES})
    check("OpenLDAP without TLS", slapd_without_tls, {"ldap": REFUSES})
    # Dovecot closes instead of sending an alert: whether it knows the fallback signal nobody can tell (3), and sslscan takes TLS 1.2 to be off.
    silent = {**CLEAN, "sslscan": False, "codes": (0, 1, 3)}
    check("Dovecot", dovecot, {"imap": silent, "pop3": silent, "sieve": silent, "lmtp": silent})
    check("Postfix", postfix, {"smtp": CLEAN})
    check("vsftpd", vsftpd, {"ftp": CHANGES})
    required = {"options": ["--servername", "localhost"], "facts": {"offered": True, "plain_login": False, "required": True}}
    check("Prosody", prosody, {"xmpp": required, "xmpp-server": {"options": ["--servername", "localhost"], "facts": {"offered": True}}})
    check("Redis with TLS", redis_tls, {"redis": {"verdicts": {"TLS-SPEAKS": "pass"}}})
    check("Redis without TLS", redis_plain, {"redis": {"speaks": "text", "verdicts": {"TLS-SPEAKS": "fail"}, "codes": (1,), "seconds": 3}})


def all_stubs():
    check("RFC 4642's dialogue", lambda: stub("nntp"), {"nntp": {**CLEAN, "facts": {"offered": True, "software": "INN 2.7.0"},
                                                                "verdicts": {"TLS-STARTTLS-VERSION": "fail"}}})
    check("IRCv3's dialogue", lambda: stub("irc"), {"irc": {"clean": False, "facts": {"offered": True, "plain_login": True}, "verdicts": {"TLS-STARTTLS-LOGIN": "fail"}}})
    check("passwords in the clear", lambda: stub("smtp"), {"smtp": {"facts": {"offered": True, "plain_login": True, "login": "250-AUTH PLAIN LOGIN"},
                                                                   "verdicts": {"TLS-STARTTLS-LOGIN": "fail", "TLS-STARTTLS-VERSION": "fail"}, "codes": (1,)}})
    injected = {"clean": False, "facts": {"offered": True, "injected": "250 INJECTED"}, "verdicts": {"TLS-STARTTLS-INJECTION": "fail"}, "codes": (1,)}
    check("a word behind the go-ahead", lambda: stub("smtp-injects"), {"smtp": injected})
    check("a word a moment behind the go-ahead", lambda: stub("smtp-injects-later"), {"smtp": {**injected, "speaks": "text"}})
    check("no STARTTLS", lambda: stub("smtp-none"), {"smtp": {**REFUSES, "facts": {"offered": False, "plain_login": True}}})
    check("STARTTLS that fails", lambda: stub("smtp-fails"), {"smtp": {**REFUSES, "facts": {"offered": False, "refusal": "454 4.7.0 TLS not available"}}})
    check("two connections at a time", lambda: stub("smtp-two"), {"smtp": {"facts": {"offered": True}, "codes": (1,)}})
    check("a go-ahead and no TLS", lambda: stub("smtp-lies"), {"smtp": {"facts": {"offered": True}, "speaks": unknown("it closes every connection without a word"),
                                                                        "codes": (1, 3)}})
    for dialogue, reason in (("smtp-flood", "it says more than is listened to before TLS (smtp)"), ("smtp-long", "it says more than is listened to before TLS (smtp)"),
                             ("smtp-busy", "before TLS (smtp) it says: 421 stub.example too many connections")):
        check(dialogue, lambda: stub(dialogue), {"smtp": {"facts": {"offered": unknown(reason)}, "speaks": unknown_speaks(dialogue), "codes": (3,), "seconds": 8,
                                                          "verdicts": {"TLS-STARTTLS-OFFERED": "unknown"}}})
    for dialogue in ("silent", "smtp-slow"):
        why = unknown("the server does not answer in time" if dialogue == "silent" else "it took too long")
        check(dialogue, lambda: as_smtp(stub(dialogue)), {"smtp": {"options": ["--timeout", "4"], "facts": {"offered": unknown("it took too long")},
                                                                   "speaks": unknown("it took too long"), "codes": (3,), "seconds": 4.5}})
    check("SSH", lambda: as_smtp(stub("ssh")), {"smtp": {"speaks": "text", "facts": {"offered": unknown("it does not speak smtp")}, "codes": (1,),
                                                         "verdicts": {"TLS-SPEAKS": "fail", "TLS-STARTTLS-OFFERED": "unknown"}}})


def unknown_speaks(dialogue):
    return unknown("the server ends connections before TLS" if dialogue == "smtp-busy" else "the server does not change to TLS")


def as_smtp(ports):
    return {"smtp": port for port in ports.values()}


def main():
    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o755)
        os.chdir(directory)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "30", "-subj", "/CN=localhost"],
                       check=True, capture_output=True)
        try:
            all_servers()
            all_stubs()
        finally:
            stop_all()
            os.chdir("/")
    number = 0
    for line in results:
        if not line.startswith("#"):
            number += 1
            line = line.replace(" - ", f" {number} - ", 1)
        print(line)
    print(f"1..{number}")
    sys.exit(any(line.startswith("not ok") for line in results))


main()
EOS
