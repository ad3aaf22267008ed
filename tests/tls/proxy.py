# SPDX-License-Identifier: Apache-2.0
"""A TCP proxy on loopback that counts connections and may make them far:
`with proxy.Proxy(port, delay=0.02) as p: ... p.port, p.connections()`.

Each piece of data is handed on `delay` seconds after it was read, each way, in order; so is the end of a stream. Bandwidth is
not limited and nothing is lost. The kernel accepts at once, which nobody above it can change: what making the connection would
take over such a path is missing. With `connecting=True` it is added before the client's first bytes are handed on:

    a path of d each way    connected after 2d    first bytes arrive at 3d    the answer is back at 4d
    delay=d                 connected at once     first bytes arrive at d     the answer is back at 2d
    ... connecting=True     connected at once     first bytes arrive at 3d    the answer is back at 4d

What is not modelled: a port that nobody listens on is refused without delay.
"""
import heapq
import multiprocessing
import selectors
import socket
import struct
import time

RESET = struct.pack("ii", 1, 0)


class Way:
    """One direction of a connection. `ended`: nothing more is read; `done`: all that was read has been handed on."""

    def __init__(self, source, sink, first):
        self.source, self.sink, self.first, self.ended, self.done = (
            source,
            sink,
            first,
            False,
            False,
        )
        self.back = None


class Loop:
    def __init__(self, listener, target, delay, connecting, count):
        self.listener, self.target, self.delay, self.connecting, self.count = (
            listener,
            target,
            delay,
            connecting,
            count,
        )
        self.waiting, self.number = [], 0
        self.selector = selectors.DefaultSelector()
        self.selector.register(listener, selectors.EVENT_READ)

    def accept(self):
        near, _ = self.listener.accept()
        self.count.value += 1
        try:
            far = socket.create_connection(("127.0.0.1", self.target))
        except OSError:
            near.close()
            return
        for s in (near, far):
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        first = time.monotonic() + (2 * self.delay if self.connecting else 0)
        there, back = (Way(*ends, first) for ends in ((near, far), (far, near)))
        there.back, back.back = back, there
        self.selector.register(near, selectors.EVENT_READ, there)
        self.selector.register(far, selectors.EVENT_READ, back)

    def read(self, way):
        """None is a reset, as opposed to an end."""
        try:
            data = way.source.recv(65536)
        except OSError:
            data = None
        if not data:
            self.selector.unregister(way.source)
            way.ended = True
        self.number += 1
        heapq.heappush(
            self.waiting, (max(time.monotonic(), way.first) + self.delay, self.number, way, data)
        )

    def hand_on(self, way, data):
        if way.done:
            return
        try:
            if data:
                way.sink.sendall(data)
            elif data is None:
                way.sink.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                self.forget(way)
            else:
                way.sink.shutdown(socket.SHUT_WR)
                way.done = True
                if way.back.done:
                    self.forget(way)
        except OSError:
            self.forget(way)

    def forget(self, way):
        for w in (way, way.back):
            if not w.ended:
                self.selector.unregister(w.source)
            w.ended = w.done = True
            w.source.close()

    def run(self):
        while True:
            left = max(0, self.waiting[0][0] - time.monotonic()) if self.waiting else None
            for key, _ in self.selector.select(left):
                if key.fileobj is self.listener:
                    self.accept()
                elif not key.data.ended:
                    self.read(key.data)
            while self.waiting and self.waiting[0][0] <= time.monotonic():
                self.hand_on(*heapq.heappop(self.waiting)[2:])


def serve(*arguments):
    Loop(*arguments).run()


class Proxy:
    def __init__(self, target, delay=0.0, connecting=False):
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(1024)
        self.port = listener.getsockname()[1]
        self.count = multiprocessing.Value("q", 0)
        fork = multiprocessing.get_context("fork")
        self.process = fork.Process(
            target=serve, args=(listener, target, delay, connecting, self.count), daemon=True
        )
        self.process.start()
        listener.close()

    def connections(self):
        """How many were accepted so far."""
        return self.count.value

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.join()
