# SPDX-License-Identifier: Apache-2.0
"""Servers of these tests' own that speak TLS by Python's ssl module, and one that leaks memory.

    with Web(pem, key, answer, alpn=[...], versions=(least, most), plain=False) as web: ... web.port, web.requests

`answer` is what is said to the first bytes of each client: bytes, or None for silence. `Bleeding(port)` stands before a server and puts bytes behind short session ids, as
CVE-2016-9244 did.
"""
import contextlib
import socket
import ssl
import threading


class Listener:
    """Serves each connection in a thread of its own, until the block ends."""

    def __enter__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.connections = 0
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def accept(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.guarded, args=(client,), daemon=True).start()

    def guarded(self, client):
        with contextlib.suppress(OSError, ssl.SSLError), client:
            client.settimeout(20)
            self.serve(client)


class Web(Listener):
    def __init__(self, pem, key, answer, alpn=(), versions=(ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3), plain=False):
        self.answer, self.plain, self.requests = answer, plain, []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(pem, key)
        self.context.minimum_version, self.context.maximum_version = versions
        if alpn:
            self.context.set_alpn_protocols(list(alpn))

    def serve(self, client):
        if not self.plain:
            client = self.context.wrap_socket(client, server_side=True)
        with client:
            request = client.recv(65536)
            if not request:
                return
            self.requests.append(request)
            if self.answer is None:
                client.recv(65536)
                return
            client.sendall(self.answer)
            if not self.plain:
                client.unwrap()


class Mail(Web):
    """SMTP with STARTTLS; then nothing more is said."""

    def serve(self, client):
        client.sendall(b"220 localhost ready\r\n")
        for answer in (b"250-localhost\r\n250 STARTTLS\r\n", b"220 go on\r\n"):
            client.recv(4096)
            client.sendall(answer)
        with self.context.wrap_socket(client, server_side=True) as client:
            self.requests.append(client.recv(4096))


class Bleeding(Listener):
    """To a session id that is shorter than 32 bytes and goes on, the server's echo has 32: the id and what stood behind it."""

    def __init__(self, upstream):
        self.upstream = upstream

    def serve(self, client):
        with socket.create_connection(("127.0.0.1", self.upstream)) as server:
            threading.Thread(target=self.copy, args=(client, server), daemon=True).start()
            first = server.recv(65536)
            if first:
                client.sendall(self.bleed(first))
            self.copy(server, client)

    @staticmethod
    def copy(source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    @staticmethod
    def bleed(data):
        if len(data) < 60 or data[0] != 22 or data[5] != 2 or data[43] in (0, 32):
            return data
        size, record = data[43], int.from_bytes(data[3:5], "big")
        message = data[5:5 + record]
        more = 32 - size
        body = message[4:38] + bytes([32]) + message[39:39 + size] + b"M" * more + message[39 + size:]
        hello = int.from_bytes(message[1:4], "big") + more
        message = message[:1] + hello.to_bytes(3, "big") + body
        return data[:3] + len(message).to_bytes(2, "big") + message + data[5 + record:]
