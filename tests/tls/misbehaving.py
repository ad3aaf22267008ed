# SPDX-License-Identifier: Apache-2.0
"""Servers of TLS 1.2 with one fault each, on loopback: misbehaving.py KIND CERTIFICATE KEY prints its port and serves until it is ended. They read a ClientHello, answer
with a first flight of their own making, and go no further than their fault needs: nothing is encrypted. KIND is a function below, or "good"."""
import os
import re
import socket
import struct
import subprocess
import sys
import threading

ECDHE, DHE, RSA, OLD_RSA = 0xC02F, 0x009E, 0x009C, 0x002F
GREASE = {n << 8 | n for n in range(0x0A, 0x100, 0x10)}
UNEXPECTED, BAD_MAC, FAILURE, DECODE, DECRYPT, VERSION, NAME = 10, 20, 40, 50, 51, 70, 112
SUITES = {
    "dhe_again": [DHE], "dhe_composite": [DHE], "dhe_short": [DHE], "dhe_unsafe": [DHE], "robot_strong": [RSA], "robot_weak": [RSA],
    "robot_short": [RSA], "robot_moody": [RSA], "robot_none": [RSA], "robot_close": [RSA], "heartbleed": [RSA], "ccs_taken": [RSA, OLD_RSA],
}


class Fatal(Exception):
    """Ends the connection with this alert."""


def record(kind, body, version=0x0303):
    return struct.pack(">BHH", kind, version, len(body)) + body


def message(kind, body):
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def vector(width, body):
    return len(body).to_bytes(width, "big") + body


def der(path):
    return subprocess.run(["openssl", "x509", "-in", path, "-outform", "DER"], check=True, capture_output=True).stdout


def rsa_numbers(path):
    text = subprocess.run(["openssl", "rsa", "-in", path, "-noout", "-text"], check=True, capture_output=True, text=True).stdout
    numbers = {}
    for name in ("modulus", "privateExponent"):
        digits = re.search(name + r":\n((?:\s+[0-9a-f:]+\n)+)", text).group(1)
        numbers[name] = int(re.sub(r"[\s:]", "", digits), 16)
    return numbers["modulus"], numbers["privateExponent"]


class Connection:
    def __init__(self, c):
        self.socket, self.buffer, self.hello = c, b"", None

    def exactly(self, n):
        while len(self.buffer) < n:
            more = self.socket.recv(65536)
            if not more:
                raise EOFError
            self.buffer += more
        out, self.buffer = self.buffer[:n], self.buffer[n:]
        return out

    def record(self):
        kind, version, length = struct.unpack(">BHH", self.exactly(5))
        return kind, version, self.exactly(length)

    def send(self, kind, body):
        self.socket.sendall(record(kind, body))

    def alert(self, description, level=2):
        self.send(21, bytes([level, description]))


class Hello:
    """A ClientHello, with the records that it came in."""

    def __init__(self, connection):
        self.records, data = [], b""
        while len(data) < 4 or len(data) < 4 + int.from_bytes(data[1:4], "big"):
            kind, version, body = connection.record()
            if kind != 22:
                raise EOFError
            self.records.append((version, len(body)))
            data += body
        self.length, at = len(data), 4
        self.version, at = struct.unpack_from(">H", data, at)[0], at + 34
        self.session, at = data[at + 1:at + 1 + data[at]], at + 1 + data[at]
        n = struct.unpack_from(">H", data, at)[0]
        self.suites, at = struct.unpack_from(f">{n // 2}H", data, at + 2), at + 2 + n
        at += 1 + data[at]
        self.extensions, at = {}, at + 2
        while at < len(data):
            kind, n = struct.unpack_from(">HH", data, at)
            self.extensions[kind], at = data[at + 4:at + 4 + n], at + 4 + n

    def schemes(self):
        body = self.extensions.get(13, b"\0\0")[2:]
        return struct.unpack(f">{len(body) // 2}H", body)


# ---- faults in the hello: each may raise Fatal ----

def grease(_, hello):
    if GREASE & set(hello.suites):
        raise Fatal(FAILURE)


def unknown_extension(_, hello):
    if set(hello.extensions) - set(range(0, 64)) - GREASE - {0xFF01}:
        raise Fatal(DECODE)


def unknown_version(_, hello):
    if b"\x03\x05" in hello.extensions.get(43, b""):
        raise Fatal(VERSION)


def session_id(_, hello):
    if hello.session:
        raise Fatal(DECODE)


def newer_legacy_version(_, hello):
    if hello.version > 0x0303:
        raise Fatal(VERSION)


def record_version_ssl3(_, hello):
    if hello.records[0][0] == 0x0300:
        raise Fatal(VERSION)


def length_256_to_511(_, hello):
    if 256 <= hello.length <= 511 and 21 in hello.extensions:
        threading.Event().wait(6)


def longer_than_a_record(_, hello):
    if hello.length > 16384:
        raise EOFError


def small_records(_, hello):
    if hello.length < 16384 and len(hello.records) > 1:
        raise EOFError


def name_warned(connection, _):
    connection.alert(NAME, 1)


# ---- faults behind the flight ----

def heartbleed(connection, kind, body):
    if kind == 24:
        length = int.from_bytes(body[1:3], "big")
        connection.send(24, b"\2" + body[1:3] + (body[3:] + os.urandom(length))[:length] + bytes(16))
        return True
    return False


def heartbeat(connection, kind, body):
    """Takes heartbeats, and drops those that are too short, as RFC 6520 has it."""
    return kind == 24


def ccs_taken(connection, kind, body):
    if kind != 20:
        return False
    if connection.state == "keys":
        raise Fatal(BAD_MAC)
    connection.state = "keys"
    return True


def ccs_passed_over(connection, kind, body):
    return kind == 20


def ccs_silent(connection, kind, body):
    return kind in (20, 21)


def well_formed(block, whole):
    """The start, at least eight bytes and a zero; `whole`: that and a secret of 48 bytes of the right version."""
    if block[:2] != b"\0\2":
        return False
    zero = block.find(b"\0", 2)
    return zero == len(block) - 49 and block[zero + 1:zero + 3] == b"\3\3" if whole else True


def robot(connection, kind, body, good, bad):
    if kind == 22 and body[0] == 16:
        n, d = rsa
        size = (n.bit_length() + 7) // 8
        block = pow(int.from_bytes(body[6:], "big"), d, n).to_bytes(size, "big")
        connection.bad = bad(block)
        return True
    if kind == 20:
        return True
    raise Fatal(DECRYPT if connection.bad else good)


def robot_strong(connection, kind, body):
    return robot(connection, kind, body, BAD_MAC, lambda block: not well_formed(block, False))


def robot_weak(connection, kind, body):
    return robot(connection, kind, body, BAD_MAC, lambda block: not well_formed(block, True))


def robot_none(connection, kind, body):
    return robot(connection, kind, body, BAD_MAC, lambda block: False)


tries = 0


def robot_moody(connection, kind, body):
    """One of the first four malformed ones is called bad, then two, whatever they are."""
    def bad(block):
        global tries
        tries += not well_formed(block, True)
        return not well_formed(block, True) and tries in (1, 5, 6)
    return robot(connection, kind, body, BAD_MAC, bad)


def robot_close(connection, kind, body):
    """Reads all and hangs up, whatever it was."""
    if kind == 22 and body[0] != 16:
        raise EOFError
    return True


def robot_short(connection, kind, body):
    """The same, but without a Finished to read it shows at once what it thinks of the secret."""
    if kind == 22 and body[0] == 16 and not connection.buffer:
        n, d = rsa
        block = pow(int.from_bytes(body[6:], "big"), d, n).to_bytes((n.bit_length() + 7) // 8, "big")
        if not well_formed(block, False):
            raise Fatal(DECODE)
        return True
    return robot_close(connection, kind, body)


# ---- the flight ----

def prime_of(line):
    with open(os.path.join(os.path.dirname(__file__), "primes.txt"), encoding="ascii") as lines:
        return next(bytes.fromhex(words[2]) for words in (row.split(" | ") for row in lines if row[0] != "#") if words[0] == line)


def key_exchange(fault, suite, hello):
    again = b"\x42" * 32
    if suite in (RSA, OLD_RSA):
        return b""
    if suite == DHE:
        line = {"dhe_composite": "Socat", "dhe_short": "RFC 2409 group 2", "dhe_unsafe": "RFC 5114 group 23"}.get(fault, "RFC 7919 ffdhe2048")
        prime = prime_of(line)
        public = again if fault == "dhe_again" else os.urandom(len(prime) - 1)
        parameters = vector(2, prime) + vector(2, b"\2") + vector(2, public)
    else:
        if b"\0\x1d" not in hello.extensions.get(10, b""):
            raise Fatal(FAILURE)
        public = again if fault == "ecdhe_again" else os.urandom(32)
        parameters = b"\3\0\x1d" + vector(1, public)
    wanted = [0x0401, 0x0804] + ([0x0201] if fault == "signs_sha1" else [0x0101] if fault == "signs_md5" else [])
    scheme = next((s for s in wanted if s in hello.schemes()), None)
    if scheme is None:
        if fault != "signs_anyhow":
            raise Fatal(FAILURE)
        scheme = 0x0401
    return message(12, parameters + struct.pack(">H", scheme) + vector(2, bytes(256)))


def flight(fault, suite, hello):
    extensions = b"\xff\x01\0\1\0"
    if fault in ("heartbleed", "heartbeat") and 15 in hello.extensions:
        extensions += b"\0\x0f\0\1\1"
    server_hello = b"\3\3" + os.urandom(32) + vector(1, os.urandom(32)) + struct.pack(">HB", suite, 0) + vector(2, extensions)
    asked = message(13, b"\2\1\x40" + vector(2, b"\4\1") + vector(2, vector(2, b"0\0"))) if fault == "client_certificate" else b""
    return (message(2, server_hello) + message(11, vector(3, vector(3, certificate))) + key_exchange(fault, suite, hello) + asked
            + message(14, b""))


def converse(connection, fault, function):
    hello = Hello(connection)
    if fault in FAULTS_OF_HELLOS:
        function(connection, hello)
    suite = next((s for s in SUITES.get(fault, [ECDHE]) if s in hello.suites), None)
    if suite is None or min(hello.version, 0x0303) < 0x0303 or b"\3\4" in hello.extensions.get(43, b"") and b"\3\3" not in hello.extensions[43]:
        raise Fatal(FAILURE if suite is None else VERSION)
    connection.send(22, flight(fault, suite, hello))
    connection.state = "flight"
    while True:
        kind, _, body = connection.record()
        if fault in FAULTS_BEHIND and function(connection, kind, body):
            continue
        if kind == 21:
            return
        raise Fatal(UNEXPECTED)


FAULTS_OF_HELLOS = {f.__name__ for f in (grease, unknown_extension, unknown_version, session_id, newer_legacy_version, record_version_ssl3, length_256_to_511,
                                         longer_than_a_record, small_records, name_warned)}
FAULTS_BEHIND = {f.__name__ for f in (heartbleed, heartbeat, ccs_taken, ccs_passed_over, ccs_silent, robot_strong, robot_weak, robot_none, robot_moody, robot_close,
                                      robot_short)}


def serve(c, fault):
    connection = Connection(c)
    try:
        c.settimeout(20)
        converse(connection, fault, globals().get(fault))
    except Fatal as alert:
        try:
            connection.alert(alert.args[0])
        except OSError:
            pass
    except (OSError, EOFError, ValueError, IndexError, struct.error):
        pass
    finally:
        c.close()


def main():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        print(listener.getsockname()[1], flush=True)
        while True:
            c, _ = listener.accept()
            threading.Thread(target=serve, args=(c, sys.argv[1]), daemon=True).start()


certificate = der(sys.argv[2])
rsa = rsa_numbers(sys.argv[3])
main()
