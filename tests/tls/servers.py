# SPDX-License-Identifier: Apache-2.0
"""Real TLS servers from Debian's packages, on loopback, for tests and benches.

    import servers                          (with tests/tls on sys.path)
    with servers.directory() as d:          temporary, with rsa.pem, rsa.key, ec.pem, ec.key
        with servers.start("nginx", d, versions=["TLSv1.2"], ciphers="AES256-SHA") as server:
            ... server.port ...                     ended when the block ends
        server = servers.start("caddy", d); server.stop()      the same by hand

`start(kind, directory, **options)` gives a Server, or raises Missing with the reason: the program is not
installed, or does not start. KINDS lists the kinds; all of them take what of these their program can do, and an
option that it cannot do raises TypeError:

    certificates   names in the directory, default ["rsa"]: NAME.pem (leaf first, then its chain) and NAME.key
    versions       "SSLv3", "TLSv1.0" ... "TLSv1.3", as in the facts; default: the server's own
    ciphers        up to TLS 1.2: OpenSSL's list; for GnuTLS a priority string; for Go and Botan a list of names
    groups         OpenSSL's list ("X25519:P-256"); for Go and Botan a list of names
    lines          further lines in the server's block; for servers without a file, further arguments
    port           default: a free one

Other servers (a mail server, a database): `spawn(argv, port, ...)` starts any program and waits until the port
answers. From a shell, `servers.py KIND [OPTION=VALUE]... [DIRECTORY]` prints the port and serves until it is ended;
lists are written with spaces. Every server dies with the process that started it, and is ended by its process group.
"""
import contextlib
import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

VERSIONS = ["SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"]
LEGACY = "ALL:COMPLEMENTOFALL:@SECLEVEL=0"
# Configurations of OpenSSL's servers: what Mozilla's guideline calls modern and intermediate, and all that there is.
PROFILES = {
    "modern": {"versions": ["TLSv1.3"], "groups": "X25519:P-256:P-384"},
    "intermediate": {"versions": ["TLSv1.2", "TLSv1.3"], "groups": "X25519:P-256:P-384",
                     "ciphers": "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
                                "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
                                "DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384"},
    "legacy": {"versions": VERSIONS[1:], "ciphers": LEGACY},
}
START_SECONDS = 15


class Missing(Exception):
    """This server cannot be had here, and why."""


class Server:
    """A running server. `pid` leads a process group of its own; its output is in the file `log`."""

    def __init__(self, process, port, log):
        self.process, self.pid, self.port, self.log = process, process.pid, port, log

    def stop(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


# ---- starting and ending ----

def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def program(*names):
    """The path of the first of the names that is installed; Debian keeps some servers outside an ordinary user's PATH."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"
    for name in names:
        found = shutil.which(name, path=path)
        if found:
            return found
    raise Missing(f"{names[0]} is not installed")


PRCTL = ctypes.CDLL(None).prctl


def die_with_parent():
    PRCTL(1, signal.SIGTERM)  # PR_SET_PDEATHSIG; not SIGKILL, after which a master's workers would stay


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def last_words(log):
    with open(log, "rb") as file:
        lines = file.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "it says nothing"


def spawn(argv, port, directory, environment=None):
    """Starts a program in the directory and waits until the port answers. Its output goes to a log there."""
    log = os.path.join(directory, f"{os.path.basename(argv[0])}-{port}.log")
    with open(log, "wb") as out:
        process = subprocess.Popen(argv, cwd=directory, stdin=subprocess.PIPE, stdout=out, stderr=out,
                                   start_new_session=True, env=dict(os.environ, **(environment or {})),
                                   preexec_fn=die_with_parent)
    server = Server(process, port, log)
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if answers(port):
            return server
        time.sleep(0.02)
    server.stop()
    raise Missing(f"{os.path.basename(argv[0])} does not start: {last_words(log)}")


# ---- certificates ----

def certificate(where, name, *more, key="rsa:2048", subject="/CN=localhost", days=30,
                names="DNS:localhost,IP:127.0.0.1"):
    """NAME.pem and NAME.key, self-signed. key: rsa:BITS, ec:CURVE or ed25519. more: of `openssl req`."""
    kind, _, size = key.partition(":")
    words = ["ec", "-pkeyopt", "ec_paramgen_curve:" + size] if kind == "ec" else [key]
    subprocess.run([program("openssl"), "req", "-x509", "-newkey", *words, "-nodes", "-keyout", name + ".key",
                    "-out", name + ".pem", "-days", str(days), "-subj", subject, "-addext", "subjectAltName=" + names,
                    *more], check=True, capture_output=True, cwd=where)


@contextlib.contextmanager
def directory():
    """A temporary directory with the certificates `rsa` and `ec`, in which servers live. From here on SIGTERM ends the
    process as an exception does, so that servers are ended and the directory goes."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as where:
        os.chmod(where, 0o755)  # servers that are started by root and drop it
        certificate(where, "rsa")
        certificate(where, "ec", key="ec:P-256")
        yield where


def pair(where, name):
    return os.path.join(where, name + ".pem"), os.path.join(where, name + ".key")


def both(where, name):
    """Certificate and key in one file, as some want it."""
    path = os.path.join(where, name + ".both")
    with open(path, "w", encoding="ascii") as out:
        for part in pair(where, name):
            with open(part, encoding="ascii") as text:
                out.write(text.read())
    return path


def write(where, name, text):
    path = os.path.join(where, name)
    with open(path, "w", encoding="ascii") as out:
        out.write(text)
    return path


# ---- the servers: each gives argv, and environment where it wants one ----

def names(versions, table):
    return [table.get(v, v) for v in versions]


OPENSSL_NAMES = {"TLSv1.0": "TLSv1"}


def openssl(d, port, certificates=("rsa",), versions=None, ciphers=None, groups=None, lines=()):
    argv = [program("openssl"), "s_server", "-accept", f"127.0.0.1:{port}", "-quiet"]
    for prefix, name in zip(("-", "-d"), certificates):
        argv += [prefix + "cert", pair(d, name)[0], prefix + "key", pair(d, name)[1]]
        if prefix == "-":
            argv += ["-cert_chain", pair(d, name)[0]]
    if versions:
        argv += ["-min_protocol", names(versions, OPENSSL_NAMES)[0], "-max_protocol", names(versions, OPENSSL_NAMES)[-1]]
    argv += ["-cipher", ciphers] if ciphers else []
    argv += ["-groups", groups] if groups else []
    return argv + list(lines)


def dh_parameters(d):
    """A file of RFC 7919's ffdhe2048; nginx has no Diffie-Hellman without."""
    path = os.path.join(d, "dh.pem")
    if not os.path.exists(path):
        subprocess.run([program("openssl"), "genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe2048",
                        "-out", path], check=True, capture_output=True)
    return path


def nginx(d, port, certificates=("rsa",), versions=None, ciphers=None, groups=None, lines=()):
    own = [f"ssl_certificate {pair(d, c)[0]}; ssl_certificate_key {pair(d, c)[1]};" for c in certificates]
    own += [f"ssl_protocols {' '.join(names(versions, OPENSSL_NAMES))};"] if versions else []
    own += [f"ssl_ciphers {ciphers};", f"ssl_dhparam {dh_parameters(d)};"] if ciphers else []
    own += [f"ssl_ecdh_curve {groups};"] if groups else []
    temporary = [f"{what}_temp_path {d}/{what}-{port};" for what in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")]
    text = [f"daemon off; worker_processes 2; pid {d}/nginx-{port}.pid; error_log stderr;", "events {}",
            "http { access_log off;", *temporary, f"server {{ listen 127.0.0.1:{port} ssl;", *own, *lines, "} }"]
    conf = write(d, f"nginx-{port}.conf", "\n".join(["user root;"] * (os.geteuid() == 0) + text))
    return [program("nginx"), "-c", conf, "-p", d, "-e", "stderr"]


def apache2(d, port, certificates=("rsa",), versions=None, ciphers=None, groups=None, lines=()):
    modules = "/usr/lib/apache2/modules"
    text = [f"ServerRoot {d}", f"PidFile {d}/apache-{port}.pid", f"Listen 127.0.0.1:{port}", "ServerName localhost",
            "ErrorLog /dev/stderr", f"DefaultRuntimeDir {d}", f"Mutex file:{d} default", f"DocumentRoot {d}"]
    text += [f"LoadModule {m}_module {modules}/mod_{m}.so" for m in ("mpm_event", "authz_core", "socache_shmcb", "ssl")]
    text += ["User www-data", "Group www-data"] if os.geteuid() == 0 else []
    text += ["SSLEngine on", *(f"SSLCertificateFile {pair(d, c)[0]}\nSSLCertificateKeyFile {pair(d, c)[1]}" for c in certificates)]
    text += [f"SSLProtocol -all {' '.join('+' + v for v in names(versions, OPENSSL_NAMES))}"] if versions else []
    text += [f"SSLCipherSuite {ciphers}"] if ciphers else []
    text += [f"SSLOpenSSLConfCmd Groups {groups}"] if groups else []
    conf = write(d, f"apache-{port}.conf", "\n".join([*text, *lines]) + "\n")
    return [program("apache2"), "-f", conf, "-DFOREGROUND"]


def haproxy(d, port, certificates=("rsa",), versions=None, ciphers=None, groups=None, lines=()):
    bind = f"bind 127.0.0.1:{port} ssl" + "".join(f" crt {both(d, c)}" for c in certificates)
    bind += f" ssl-min-ver {versions[0]} ssl-max-ver {versions[-1]}" if versions else ""
    bind += f" ciphers {ciphers}" if ciphers else ""
    bind += f" curves {groups}" if groups else ""
    text = ["global", " nbthread 1", " tune.ssl.default-dh-param 2048", "defaults", " mode http",
            " timeout connect 9s", " timeout client 9s", " timeout server 9s",
            "frontend f", " " + bind, " http-request return status 200", *(" " + line for line in lines)]
    return [program("haproxy"), "-db", "-f", write(d, f"haproxy-{port}.cfg", "\n".join(text) + "\n")]


def stunnel(d, port, certificates=("rsa",), versions=None, ciphers=None, groups=None, lines=()):
    text = ["foreground = yes", "syslog = no", "[s]", f"accept = 127.0.0.1:{port}", "connect = 127.0.0.1:1",
            *(f"cert = {pair(d, c)[0]}\nkey = {pair(d, c)[1]}" for c in certificates)]
    short = names(versions or [], OPENSSL_NAMES)
    text += [f"sslVersionMin = {short[0]}", f"sslVersionMax = {short[-1]}"] if short else []
    text += [f"ciphers = {ciphers}"] if ciphers else []
    text += ["securityLevel = 0"] if ciphers and "SECLEVEL=0" in ciphers else []
    text += [f"curves = {groups}"] if groups else []
    return [program("stunnel4", "stunnel"), write(d, f"stunnel-{port}.conf", "\n".join([*text, *lines]) + "\n")]


def lighttpd_with(module):
    def lighttpd(d, port, certificates=("rsa",), versions=None, ciphers=None, groups=None, lines=()):
        program("lighttpd")
        if not os.path.exists(f"/usr/lib/lighttpd/{module}.so"):
            raise Missing(f"lighttpd-{module.replace('_', '-')} is not installed")
        short = names(versions or [], OPENSSL_NAMES)
        commands = {"MinProtocol": short[0], "MaxProtocol": short[-1]} if short else {}
        commands |= {"CipherString": ciphers} if ciphers else {}
        commands |= {"Groups": groups} if groups else {}
        text = [f'server.modules = ("{module}")', f'server.document-root = "{d}"', f"server.port = {port}",
                'server.bind = "127.0.0.1"', 'ssl.engine = "enable"',
                *(f'ssl.pemfile = "{pair(d, c)[0]}"\nssl.privkey = "{pair(d, c)[1]}"' for c in certificates),
                "ssl.openssl.ssl-conf-cmd = (" + ", ".join(f'"{k}" => "{v}"' for k, v in commands.items()) + ")", *lines]
        return [program("lighttpd"), "-D", "-f", write(d, f"lighttpd-{port}.conf", "\n".join(text) + "\n")]
    return lighttpd


def redis(d, port, certificates=("rsa",), versions=None, ciphers=None, groups=None, lines=()):
    if groups:
        raise TypeError("redis cannot choose groups")
    cert, key = pair(d, certificates[0])
    argv = [program("redis-server"), "--port", "0", "--tls-port", str(port), "--bind", "127.0.0.1", "--save", "",
            "--dir", d, "--tls-cert-file", cert, "--tls-key-file", key, "--tls-ca-cert-file", cert,
            "--tls-auth-clients", "no"]
    argv += ["--tls-protocols", " ".join(names(versions, OPENSSL_NAMES))] if versions else []
    argv += ["--tls-ciphers", ciphers] if ciphers else []
    return argv + list(lines)


def caddy(d, port, certificates=("rsa",), versions=None, ciphers=(), groups=(), lines=()):
    short = {"TLSv1.2": "tls1.2", "TLSv1.3": "tls1.3"}
    policy = {"cipher_suites": list(ciphers), "curves": list(groups)}
    if versions:
        policy |= {"protocol_min": names(versions, short)[0], "protocol_max": names(versions, short)[-1]}
    files = [dict(zip(("certificate", "key"), pair(d, c))) for c in certificates]
    site = {"listen": [f"127.0.0.1:{port}"], "tls_connection_policies": [policy],
            "routes": [{"handle": [{"handler": "static_response", "body": "ok"}]}],
            "automatic_https": {"disable": True}, "protocols": ["h1", "h2"]}
    whole = {"admin": {"disabled": True},
             "apps": {"tls": {"certificates": {"load_files": files}}, "http": {"servers": {"s": site}}}}
    home = {"HOME": d, "XDG_CONFIG_HOME": d, "XDG_DATA_HOME": d}
    return [program("caddy"), "run", "--config", write(d, f"caddy-{port}.json", json.dumps(whole)), *lines], home


NODE = """const fs = require("fs"), o = JSON.parse(process.argv[2]);
o.cert = o.files.map(f => fs.readFileSync(f[0])); o.key = o.files.map(f => fs.readFileSync(f[1]));
require("https").createServer(o, (q, a) => a.end("ok")).listen(o.port, "127.0.0.1");
"""


def node(d, port, certificates=("rsa",), versions=None, ciphers=None, groups=None, lines=()):
    options = {"port": port, "files": [pair(d, c) for c in certificates]}
    short = names(versions or [], OPENSSL_NAMES)
    options |= {"minVersion": short[0], "maxVersion": short[-1]} if short else {}
    options |= {"ciphers": ciphers} if ciphers else {}
    options |= {"ecdhCurve": groups} if groups else {}
    return [program("node", "nodejs"), *lines, write(d, "server.js", NODE), json.dumps(options)]


def gnutls(d, port, certificates=("rsa",), versions=None, ciphers="NORMAL", groups=None, lines=()):
    """ciphers is a whole priority string; versions and groups narrow it."""
    priority = ciphers + (":-VERS-ALL" + "".join(f":+VERS-{v.replace('TLSv', 'TLS')}" for v in versions) if versions else "")
    priority += ":-GROUP-ALL" + "".join(f":+GROUP-{g}" for g in groups.split(":")) if groups else ""
    argv = [program("gnutls-serv"), "--port", str(port), "--quiet", "--priority", priority]
    for name in certificates:
        argv += ["--x509certfile", pair(d, name)[0], "--x509keyfile", pair(d, name)[1]]
    return argv + list(lines)


def nss_database(d, name):
    """The key and certificate of NAME in a database of NSS."""
    cert, key = pair(d, name)
    where = tempfile.mkdtemp(prefix="nss-", dir=d)
    for argv in (["certutil", "-N", "-d", "sql:" + where, "--empty-password"],
                 ["openssl", "pkcs12", "-export", "-in", cert, "-inkey", key, "-out", where + "/p12", "-passout", "pass:",
                  "-name", name],
                 ["pk12util", "-i", where + "/p12", "-d", "sql:" + where, "-W", ""]):
        subprocess.run([program(argv[0]), *argv[1:]], check=True, capture_output=True)
    return "sql:" + where


def nss(d, port, certificates=("rsa",), versions=("TLSv1.0", "TLSv1.3"), ciphers=None, groups=None, lines=()):
    """SSL 3.0 and TLS 1.3 exclude each other. The ciphers are NSS's own letters, see selfserv(1)."""
    if groups:
        raise TypeError("selfserv is not told groups here")
    short = {v: v.lower().replace("sslv", "ssl").replace("tlsv", "tls") for v in VERSIONS}
    argv = [program("selfserv"), "-d", nss_database(d, certificates[0]), "-n", certificates[0], "-p", str(port),
            "-H", "1", "-V", f"{short[versions[0]]}:{short[versions[-1]]}"]
    return argv + (["-c", ciphers] if ciphers else []) + list(lines)


def botan(d, port, certificates=("rsa",), versions=None, ciphers=None, groups=None, lines=()):
    """ciphers (names of ciphers), groups, versions and lines make a policy of Botan's, which has TLS 1.2 only; without
    any of them it is the default one."""
    cert, key = pair(d, certificates[0])
    policy = "default"
    own = [f"allow_tls12 = {'true' if 'TLSv1.2' in versions else 'false'}"] if versions else []
    own += [f"ciphers = {' '.join(ciphers)}"] if ciphers else []
    own += [f"groups = {' '.join(groups)}"] if groups else []
    if own or lines:
        policy = write(d, f"botan-{port}.policy", "\n".join([*own, *lines]) + "\n")
    return [program("botan"), "tls_server", cert, key, f"--port={port}", f"--policy={policy}"]


KINDS = {
    "openssl": openssl, "nginx": nginx, "apache2": apache2, "haproxy": haproxy, "stunnel": stunnel,
    "lighttpd": lighttpd_with("mod_openssl"), "lighttpd-mbedtls": lighttpd_with("mod_mbedtls"),
    "lighttpd-wolfssl": lighttpd_with("mod_wolfssl"), "redis": redis, "caddy": caddy, "node": node, "gnutls": gnutls,
    "nss": nss, "botan": botan,
}


def start(kind, where, **options):
    port = options.pop("port", None) or free_port()
    command = KINDS[kind](where, port, **options)
    argv, environment = command if isinstance(command, tuple) else (command, None)
    return spawn(argv, port, where, environment)


def main():
    words = [w for w in sys.argv[2:] if "=" in w]
    own = [w for w in sys.argv[2:] if "=" not in w]
    options = {}
    for word in words:
        name, _, value = word.partition("=")
        options[name] = value.split() if name in ("certificates", "versions", "lines") else value
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with contextlib.ExitStack() as stack:
        where = own[0] if own else stack.enter_context(directory())
        try:
            server = stack.enter_context(start(sys.argv[1], os.path.abspath(where), **options))
        except Missing as reason:
            sys.exit(f"servers.py: {reason}")
        print(server.port, flush=True)
        server.process.wait()


if __name__ == "__main__":
    main()
