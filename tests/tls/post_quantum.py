# SPDX-License-Identifier: Apache-2.0
"""A server of the first half of TLS 1.3, on loopback: it asks for its favourite group of those that are offered by a HelloRetryRequest, and knows no older
version. No server in Debian 12 speaks ML-KEM. post_quantum.py prints its port and serves until it is ended."""
import socket
import struct
import threading

# X25519MLKEM768, SecP256r1MLKEM768, SecP384r1MLKEM1024, MLKEM1024, x25519
GROUPS = [4588, 4587, 4589, 514, 29]
SUITES = [0x1302, 0x1301]
RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
HANDSHAKE_FAILURE, PROTOCOL_VERSION = 40, 70


def numbers(data):
    return [n for n, in struct.iter_unpack(">H", data)]


def read_hello(data):
    """Session id, suites, and extensions by their type."""
    at = 5 + 4 + 2 + 32
    session, at = data[at + 1:at + 1 + data[at]], at + 1 + data[at]
    length = int.from_bytes(data[at:at + 2], "big")
    suites, at = numbers(data[at + 2:at + 2 + length]), at + 2 + length
    at += 1 + data[at] + 2
    extensions = {}
    while at + 4 <= len(data):
        kind, length = struct.unpack(">HH", data[at:at + 4])
        extensions[kind], at = data[at + 4:at + 4 + length], at + 4 + length
    return session, suites, extensions


def answer(data):
    session, suites, extensions = read_hello(data)
    groups = numbers(extensions.get(10, b"\0\0")[2:])
    if 0x0304 not in numbers(extensions.get(43, b"\0")[1:]):
        return b"\x15\x03\x03\0\2\2" + bytes([PROTOCOL_VERSION])
    suite = next((s for s in SUITES if s in suites), None)
    group = next((g for g in GROUPS if g in groups), None)
    if suite is None or group is None:
        return b"\x15\x03\x03\0\2\2" + bytes([HANDSHAKE_FAILURE])
    said = struct.pack(">HHH", 43, 2, 0x0304) + struct.pack(">HHH", 51, 2, group)
    body = b"\x03\x03" + RETRY + bytes([len(session)]) + session + struct.pack(">HBH", suite, 0, len(said)) + said
    message = b"\x02" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x03" + struct.pack(">H", len(message)) + message


def serve(connection):
    with connection:
        data = b""
        while len(data) < 5 or len(data) < 5 + int.from_bytes(data[3:5], "big"):
            more = connection.recv(65536)
            if not more:
                return
            data += more
        connection.sendall(answer(data) if data[:1] == b"\x16" else b"\x15\x03\x03\0\2\2" + bytes([PROTOCOL_VERSION]))
        connection.settimeout(1)
        try:
            connection.recv(65536)
        except OSError:
            pass


with socket.socket() as listener:
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    print(listener.getsockname()[1], flush=True)
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
