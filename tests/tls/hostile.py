# SPDX-License-Identifier: Apache-2.0
"""Servers that do not keep to the protocol, on loopback: hostile.py KIND prints its port and serves until it is ended.
hostile.py tired PORT N hands the first N connections on to the server on PORT, and closes every further one."""
import os
import socket
import struct
import sys
import threading
import time

RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")


def record(kind, body):
    return bytes([kind]) + b"\x03\x03" + struct.pack(">H", len(body)) + body


def message(kind, body):
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def silent(c):
    time.sleep(100)


def slow(c):
    c.recv(4096)
    for byte in record(22, message(2, bytes(9000))):
        c.send(bytes([byte]))
        time.sleep(1)


def liar(c):
    c.recv(4096)
    c.send(record(22, message(2, b"\x03\x03" + b"R" * 32 + b"\0" + b"\0\x05\0")))
    time.sleep(0.1)


def alerts(c):
    c.recv(4096)
    while True:
        c.send(record(21, b"\x01\x70") * 100)


def big(c):
    c.recv(4096)
    c.send(record(22, message(2, b"\x03\x03" + b"R" * 32 + b"\0" + b"\xc0\x2f\0")))
    c.send(record(22, b"\x0b\xff\xff\xff" + bytes(16000)))
    while True:
        c.send(record(22, bytes(16384)))


def pieces(c):
    c.recv(4096)
    for byte in message(2, b"\x03\x03" + b"R" * 32 + b"\0" + b"\xff\xff\0"):
        c.send(record(22, bytes([byte])))
    time.sleep(0.1)


def reset(c):
    c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def http(c):
    c.recv(4096)
    c.send(b"HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n")


def retry(c):
    """One HelloRetryRequest after another, for as long as hellos come."""
    while (hello := c.recv(4096)):
        extensions = b"\0\x2b\0\x02\x03\x04" + b"\0\x33\0\x02\0\x1d"
        c.send(record(22, message(2, b"\x03\x03" + RETRY + b"\x20" + hello[44:76] + b"\x13\x01\0" + struct.pack(">H", len(extensions)) + extensions)))


def same(c):
    """The one suite to every hello, also when it was offered no more."""
    c.recv(4096)
    c.send(record(22, message(2, b"\x03\x03" + b"R" * 32 + b"\0" + b"\xc0\x2f\0")))
    time.sleep(0.1)


def version(c):
    """Whatever version the hello's header names, with its first suite; in TLS 1.3 that is TLS 1.2's."""
    hello = c.recv(4096)
    suites = 44 + hello[43] + 2
    c.send(record(22, message(2, hello[9:11] + b"R" * 32 + b"\0" + hello[suites:suites + 2] + b"\0")))
    time.sleep(0.1)


def echo(c):
    c.send(c.recv(65536))
    time.sleep(0.1)


def half(c):
    c.recv(10)
    c.shutdown(socket.SHUT_WR)
    time.sleep(1)


def close(c):
    pass


def random(c):
    c.recv(4096)
    while True:
        c.send(os.urandom(65536))


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


handed_on = 0


def tired(c):
    global handed_on
    handed_on += 1
    if handed_on > int(sys.argv[3]):
        return
    with socket.create_connection(("127.0.0.1", int(sys.argv[2]))) as server:
        thread = threading.Thread(target=pump, args=(server, c), daemon=True)
        thread.start()
        pump(c, server)
        thread.join(2)


def serve(kind, c):
    try:
        c.settimeout(20)
        globals()[kind](c)
    except OSError:
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
            threading.Thread(target=serve, args=(sys.argv[1], c), daemon=True).start()


main()
