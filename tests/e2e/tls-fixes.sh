#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the fixes of TLS rules say is to be written into a configuration of nginx, Apache or HAProxy is what these take.
for program in python3 openssl; do
	command -v "$program" >/dev/null || {
		echo "1..0 # SKIP $program is not installed"
		exit 0
	}
done
PATH=$PATH:/usr/sbin
exec python3 - <<'EOF_PYTHON'
import glob, os, re, shutil, subprocess, sys, tempfile

MODULES = "/usr/lib/apache2/modules"
NGINX = """daemon off; pid %(d)s/nginx.pid; error_log stderr; events {}
http { access_log off; client_body_temp_path %(d)s/t1; proxy_temp_path %(d)s/t2; fastcgi_temp_path %(d)s/t3; uwsgi_temp_path %(d)s/t4; scgi_temp_path %(d)s/t5;
server { listen 127.0.0.1:1 ssl; ssl_certificate %(d)s/both.pem; ssl_certificate_key %(d)s/both.pem; %(line)s } }
"""
APACHE = """ServerName a
Listen 127.0.0.1:1
PidFile %(d)s/apache.pid
ErrorLog %(d)s/error.log
LoadModule mpm_event_module %(m)s/mod_mpm_event.so
LoadModule authz_core_module %(m)s/mod_authz_core.so
LoadModule headers_module %(m)s/mod_headers.so
LoadModule socache_shmcb_module %(m)s/mod_socache_shmcb.so
LoadModule ssl_module %(m)s/mod_ssl.so
%(outside)s
<VirtualHost 127.0.0.1:1>
SSLEngine on
SSLCertificateFile %(d)s/both.pem
%(line)s
</VirtualHost>
"""
HAPROXY = """global
    %(line)s
defaults
    mode http
    timeout connect 1s
    timeout client 1s
    timeout server 1s
frontend f
    bind 127.0.0.1:1 ssl crt %(d)s/both.pem
"""


def lines():
    """(program, line) of every fix, once each."""
    seen = {}
    for pack in sorted(glob.glob(os.environ["ML_SRCDIR"] + "/policies/packs/tls-*.yaml")):
        with open(pack, encoding="utf-8") as text:
            for program, line in re.findall(r"^ +(?:fix: )?(nginx|apache|haproxy): (.+)$", text.read(), re.M):
                seen.setdefault((program, line), os.path.basename(pack))
    return seen


def take(program, line, d):
    """What the program says against a configuration with the line, or None."""
    if program == "nginx":
        return run(["nginx", "-t", "-e", "stderr", "-p", d, "-c", put(d, NGINX % {"d": d, "line": line})])
    if program == "apache":
        outside, inside = [], []
        for part in line.split(" and "):
            (outside if part.startswith("SSLStaplingCache") else inside).append(part)
        return run(["apache2", "-t", "-d", d, "-f", put(d, APACHE % {"d": d, "m": MODULES, "outside": "\n".join(outside), "line": "\n".join(inside)})])
    return run(["haproxy", "-c", "-q", "-f", put(d, HAPROXY % {"d": d, "line": line})])


def put(d, text):
    path = d + "/conf"
    with open(path, "w", encoding="ascii") as out:
        out.write(text)
    return path


def run(argv):
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else done.stderr + done.stdout


def why_not(program, line):
    if not shutil.which({"apache": "apache2"}.get(program, program)):
        return program + " is not installed"
    if program == "apache" and not os.path.exists(MODULES + "/mod_ssl.so"):
        return "mod_ssl is not installed"
    if "MLKEM" in line and "X25519MLKEM768" not in subprocess.run(["openssl", "list", "-all-algorithms"], capture_output=True, text=True, check=False).stdout:
        return "this OpenSSL has no ML-KEM"
    if not line.endswith(";") and program == "nginx":
        return "prose"
    if re.search(r"\b(leave|from \d)", line):
        return "prose"
    return None


def main():
    fixes, failed = lines(), False
    print(f"1..{len(fixes) + 1}")
    print(("ok" if len(fixes) >= 20 else "not ok") + " 1 - there are fixes to look at")
    failed = len(fixes) < 20
    with tempfile.TemporaryDirectory() as d:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", d + "/key", "-out", d + "/cert", "-days", "30", "-subj", "/CN=a"],
                       check=True, capture_output=True)
        with open(d + "/both.pem", "w", encoding="ascii") as both:
            both.write(open(d + "/cert", encoding="ascii").read() + open(d + "/key", encoding="ascii").read())
        os.mkdir(d + "/logs")
        for n, ((program, line), pack) in enumerate(fixes.items(), 2):
            skip = why_not(program, line)
            bad = None if skip else take(program, line, d)
            failed |= bool(bad)
            print(f"{'not ok' if bad else 'ok'} {n} - {pack}: {program}: {line.replace('#', '')}" + (f" # SKIP {skip}" if skip else ""))
            for said in (bad or "").splitlines()[:4]:
                print("#", said)
    sys.exit(failed)


main()
EOF_PYTHON
