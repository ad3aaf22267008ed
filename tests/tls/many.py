# SPDX-License-Identifier: Apache-2.0
"""256 endpoints on loopback, of several kinds, for scans of many at a time: `with many.endpoints(where) as all_of_them:`
gives texts like "127.0.0.7:40001". Each server listens on many of loopback's addresses, so that a few processes are many
endpoints. Among them are some that speak no TLS or are not there."""
import contextlib
import os
import socket
import subprocess
import sys

import servers

BOTH = ["rsa", "ec"]
# kind, options, on how many addresses
CATALOGUE = [
    ("nginx", {"certificates": BOTH, **servers.PROFILES["modern"]}, 100),
    ("nginx", {"certificates": BOTH, **servers.PROFILES["intermediate"]}, 100),
    ("nginx", {"versions": ["TLSv1.2"], "ciphers": "ECDHE-RSA-AES128-GCM-SHA256:AES256-SHA"}, 32),
    ("nginx", {"certificates": BOTH, **servers.PROFILES["legacy"]}, 8),
]
HOSTILE = ["http", "liar", "reset", "close"]
CLOSED = 12
COUNT = sum(row[2] for row in CATALOGUE) + len(HOSTILE) + CLOSED


def address(i):
    return f"127.0.{i // 250}.{i % 250 + 1}"


@contextlib.contextmanager
def hostile(kind, *arguments):
    """One of hostile.py's; gives its port."""
    argv = [
        sys.executable,
        os.path.join(os.path.dirname(os.path.abspath(__file__)), "hostile.py"),
        kind,
        *map(str, arguments),
    ]
    with subprocess.Popen(
        argv, stdout=subprocess.PIPE, text=True, preexec_fn=servers.die_with_parent
    ) as process:
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


@contextlib.contextmanager
def endpoints(where):
    found = []
    with contextlib.ExitStack() as stack:
        for kind, options, n in CATALOGUE:
            port = servers.free_port()
            listens = [f"listen {address(i)}:{port} ssl;" for i in range(1, n)]
            stack.enter_context(servers.start(kind, where, port=port, lines=listens, **options))
            found += [f"{address(i)}:{port}" for i in range(n)]
        found += [f"127.0.0.1:{stack.enter_context(hostile(kind))}" for kind in HOSTILE]
        for _ in range(CLOSED):  # bound and not listening: nobody else gets the port
            s = stack.enter_context(socket.socket())
            s.bind(("127.0.0.1", 0))
            found.append(f"127.0.0.1:{s.getsockname()[1]}")
        yield found
