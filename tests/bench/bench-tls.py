#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What asking a TLS endpoint costs, against sslscan in the same run, on OpenSSL's server on loopback. Medians; ratios are what counts."""
import os
import resource
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

MERLON = os.path.abspath(os.path.join(os.environ.get("ML_BUILDDIR", "."), "merlon-tls"))
ENVIRONMENT = dict(os.environ, MERLON_POLICIES=os.path.abspath(os.path.join(os.environ.get("ML_SRCDIR", "."), "policies", "packs")))
SERVERS = {
    "TLS 1.2 and 1.3, current suites": ["-cipher", "ECDHE+AESGCM:ECDHE+CHACHA20"],
    "everything that OpenSSL has": ["-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"],
}


def run(argv):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT, check=False)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def server(arguments):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    process = subprocess.Popen(["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", "cert.pem", "-key", "key.pem", "-quiet", *arguments],
                               stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return process, port
        except OSError:
            time.sleep(0.05)
    process.kill()
    raise SystemExit("the server does not start")


def compare(name, arguments):
    process, port = server(arguments)
    endpoint = f"127.0.0.1:{port}"
    commands = {"merlon-tls": [MERLON, endpoint], "sslscan": ["sslscan", endpoint], "sslscan --no-groups": ["sslscan", "--no-groups", endpoint]}
    seen = {command: [] for command in commands}
    for _ in range(9):
        for command, argv in commands.items():
            seen[command].append(run(argv))
    process.kill()
    process.wait()
    median = {command: [statistics.median(column) for column in zip(*rows)] for command, rows in seen.items()}
    print(f"{name}: wall and CPU time, medians of 9")
    for command, (wall, cpu) in median.items():
        print(f"  {command:20} {wall * 1e3:8.1f} ms  {cpu * 1e3:8.1f} ms")
    ours = median["merlon-tls"]
    print(f"  merlon-tls / sslscan: wall 1/{median['sslscan'][0] / ours[0]:.1f} (want 1/10), CPU 1/{median['sslscan'][1] / ours[1]:.1f} (want 1/10); "
          f"/ sslscan --no-groups: wall 1/{median['sslscan --no-groups'][0] / ours[0]:.1f} (want 1/2)")


if __name__ == "__main__":
    missing = [program for program in ("openssl", "sslscan") if not shutil.which(program)]
    if missing:
        raise SystemExit(f"skipped: {missing[0]} is not installed")
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "30", "-subj",
                        "/CN=localhost"], check=True, capture_output=True)
        for title, options in SERVERS.items():
            compare(title, options)
