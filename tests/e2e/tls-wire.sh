#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What checks/tls reads from real servers on loopback: versions, suites and groups as sslscan sees them.
for program in python3 openssl sslscan; do
	command -v "$program" >/dev/null || {
		echo "1..0 # SKIP $program is not installed"
		exit 0
	}
done
exec python3 - <<'EOF'
import os, shutil, socket, subprocess, sys, tempfile, time
import xml.etree.ElementTree as xml

PROBE = os.environ["ML_BUILDDIR"] + "/tests/tls-probe"
ALL = "NORMAL:+VERS-ALL:+ARCFOUR-128:+3DES-CBC:+SHA1:+MD5:+RSA:+DHE-RSA:+ECDHE-RSA:+ECDHE-ECDSA:+ANON-DH:+ANON-ECDH:+COMP-NULL:%COMPAT"
SERVERS = [
    ("OpenSSL, all that it has", ["openssl", "s_server", "-accept", "{address}", "-cert", "rsa.pem", "-key", "rsa.key", "-quiet",
                                  "-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"]),
    ("OpenSSL, RSA and ECDSA", ["openssl", "s_server", "-accept", "{address}", "-cert", "rsa.pem", "-key", "rsa.key", "-dcert", "ec.pem",
                                "-dkey", "ec.key", "-quiet", "-cipher", "ALL:@SECLEVEL=0"]),
    ("OpenSSL, TLS 1.3 alone", ["openssl", "s_server", "-accept", "{address}", "-cert", "ec.pem", "-key", "ec.key", "-quiet", "-tls1_3"]),
    ("OpenSSL, TLS 1.2 alone, few suites", ["openssl", "s_server", "-accept", "{address}", "-cert", "rsa.pem", "-key", "rsa.key", "-quiet",
                                            "-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256:AES256-SHA"]),
    ("GnuTLS, RC4 and 3DES among them", ["gnutls-serv", "--port", "{port}", "--x509certfile", "rsa.pem", "--x509keyfile", "rsa.key",
                                         "--x509certfile", "ec.pem", "--x509keyfile", "ec.key", "--quiet", "--priority", ALL]),
    ("NSS, TLS 1.0 to 1.3", ["selfserv", "-d", "sql:nss", "-n", "rsa", "-p", "{port}", "-H", "1",
                             "-V", "tls1.0:tls1.3"]),
    ("nginx, TLS 1.2 and 1.3", ["nginx", "-c", "{directory}/nginx-{port}.conf", "-e", "stderr",
                                "-p", "{directory}"]),
    ("GnuTLS, its defaults", ["gnutls-serv", "--port", "{port}", "--x509certfile", "ec.pem", "--x509keyfile", "ec.key", "--quiet"]),
]


def certificate(name, *key):
    subprocess.run(["openssl", "req", "-x509", "-newkey", *key, "-nodes", "-keyout", name + ".key", "-out", name + ".pem", "-days", "30",
                    "-subj", "/CN=localhost"], check=True, capture_output=True)


NGINX = """daemon off; master_process off; pid %(d)s/nginx.pid;
events {}
http { access_log off; client_body_temp_path %(d)s/t1; proxy_temp_path %(d)s/t2;
fastcgi_temp_path %(d)s/t3; uwsgi_temp_path %(d)s/t4; scgi_temp_path %(d)s/t5;
server { listen 127.0.0.1:%(port)d ssl; ssl_protocols TLSv1.2 TLSv1.3;
ssl_certificate %(d)s/rsa.pem; ssl_certificate_key %(d)s/rsa.key;
ssl_ciphers ECDHE-RSA-AES128-GCM-SHA256:AES256-SHA; ssl_ecdh_curve X25519:prime256v1; } }
"""


def nss_database():
    """The key and certificate of rsa.pem for NSS, where its tools are."""
    os.mkdir("nss")
    for argv in (["certutil", "-N", "-d", "sql:nss", "--empty-password"],
                 ["openssl", "pkcs12", "-export", "-in", "rsa.pem", "-inkey", "rsa.key",
                  "-out", "rsa.p12", "-passout", "pass:", "-name", "rsa"],
                 ["pk12util", "-i", "rsa.p12", "-d", "sql:nss", "-W", ""]):
        subprocess.run(argv, check=True, capture_output=True)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def start(argv, port):
    with open(f"nginx-{port}.conf", "w", encoding="ascii") as conf:
        conf.write(NGINX % {"d": os.getcwd(), "port": port})
    words = {"port": port, "address": f"127.0.0.1:{port}", "directory": os.getcwd()}
    server = subprocess.Popen([a.format(**words) for a in argv], stdin=subprocess.PIPE,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(100):
        if server.poll() is not None:
            return None
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return server
        except OSError:
            time.sleep(0.05)
    server.kill()
    server.wait()
    return None


def ours(port):
    run = subprocess.run([PROBE, str(port)], capture_output=True, text=True, check=False)
    words = [line.split() for line in run.stdout.splitlines()]
    suites = {(w[0], int(w[2], 16)) for w in words if w[1] == "suite"}
    groups = {int(w[2], 16) for w in words if w[1] == "group"}
    return suites, groups, run.stderr + (f"exit code {run.returncode}" if run.returncode else "")


def theirs(port):
    out = subprocess.run(["sslscan", "--xml=-", "--no-failed", "--no-heartbleed", f"127.0.0.1:{port}"], capture_output=True, text=True,
                         check=True, stdin=subprocess.DEVNULL).stdout
    tree = xml.fromstring(out[out.index("<?xml"):])
    suites = {(c.get("sslversion"), int(c.get("id"), 16)) for c in tree.iter("cipher")}
    groups = {int(g.get("id"), 16) for g in tree.iter("group") if g.get("sslversion") == "TLSv1.3"}
    return suites, groups


def judge(port):
    suites, groups, complaints = ours(port)
    want_suites, want_groups = theirs(port)
    bad = [f"only ours: {v} 0x{c:04x}" for v, c in sorted(suites - want_suites)]
    bad += [f"only sslscan's: {v} 0x{c:04x}" for v, c in sorted(want_suites - suites)]
    bad += [f"groups: ours {sorted(groups)}, sslscan's {sorted(want_groups)}"] if groups != want_groups else []
    bad += complaints.splitlines()
    return bad + ([] if suites else ["no suite at all"]), len(suites)


def main():
    failed = 0
    certificate("rsa", "rsa:2048")
    certificate("ec", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")
    if shutil.which("selfserv") and shutil.which("pk12util"):
        nss_database()
    print(f"1..{len(SERVERS)}")
    for number, (name, argv) in enumerate(SERVERS, 1):
        if not shutil.which(argv[0]):
            print(f"ok {number} - {name} # SKIP {argv[0]} is not installed")
            continue
        port = free_port()
        server = start(argv, port)
        if not server:
            print(f"ok {number} - {name} # SKIP the server does not start here")
            continue
        try:
            bad, n = judge(port)
        finally:
            server.kill()
            server.wait()
        failed += bool(bad)
        print(f"{'not ok' if bad else 'ok'} {number} - {name}: {n} pairs of version and suite")
        for line in bad:
            print("#", line)
    sys.exit(1 if failed else 0)


with tempfile.TemporaryDirectory() as directory:
    os.chdir(directory)
    main()
EOF
