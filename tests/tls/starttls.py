# SPDX-License-Identifier: Apache-2.0
"""Servers that change to TLS, on loopback: starttls.py DIALOGUE CERTIFICATE KEY prints its port and serves until it is ended.
A dialogue is what RFCs 3977 and 4642 (nntp), IRCv3 (irc), 5321 and 3207 (smtp) show: what the server says first, and its answer to each line; TLS begins behind an
answer that is marked so."""
import socket
import ssl
import sys
import threading
import time

TLS = object()
CLOSE = object()
SMTP = {"EHLO": "250-stub.example\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS\r\n", "STARTTLS": ["220 go ahead\r\n", TLS]}
DIALOGUES = {
    "nntp": ("200 news.example InterNetNews NNRP server INN 2.7.0 ready\r\n", {
        "CAPABILITIES": "101 Capability list:\r\nVERSION 2\r\nREADER\r\nSTARTTLS\r\nAUTHINFO SASL\r\n.\r\n",
        "STARTTLS": ["382 Continue with TLS negotiation\r\n", TLS]}),
    "irc": (":irc.example NOTICE * :*** Looking up your hostname\r\n", {
        "CAP": ":irc.example CAP * LS * :multi-prefix\r\n:irc.example CAP * LS :tls sasl=PLAIN\r\n",
        "STARTTLS": [":irc.example 670 * :STARTTLS successful, proceed with TLS handshake\r\n", TLS]}),
    "smtp": ("220 stub.example ESMTP Exim 4.96 ready\r\n", SMTP),
    "smtp-teaser": ("220-stub.example ESMTP\r\n", {**SMTP, "": [5, "220 stub.example\r\n"]}),
    "smtp-injects": ("220 stub.example ESMTP\r\n", {**SMTP, "STARTTLS": ["220 go ahead\r\n250 INJECTED\r\n", TLS]}),
    "smtp-injects-later": ("220 stub.example ESMTP\r\n", {**SMTP, "STARTTLS": ["220 go ahead\r\n", 0.05, "250 INJECTED\r\n", TLS]}),
    "smtp-none": ("220 stub.example ESMTP\r\n", {"EHLO": "250-stub.example\r\n250 AUTH LOGIN\r\n"}),
    "smtp-fails": ("220 stub.example ESMTP\r\n", {**SMTP, "STARTTLS": "454 4.7.0 TLS not available\r\n"}),
    "smtp-lies": ("220 stub.example ESMTP\r\n", {**SMTP, "STARTTLS": ["220 go ahead\r\n", CLOSE]}),
    "smtp-busy": ("421 stub.example too many connections\r\n", {}),
    "smtp-flood": ("220-x\r\n" * 100000, {}),
    "smtp-long": ("220 " + "x" * 1000000, {}),
    "smtp-slow": ("220 " + "x", {"": [0.9, "y"] * 100}),
    "ssh": ("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", {}),
    "silent": ("", {}),
    "close": ("", {"": [CLOSE]}),
    "smtp-two": ("220 stub.example ESMTP\r\n", SMTP),  # no more than two at a time
}
at_once = 0
lock = threading.Lock()


class Over(Exception):
    """The conversation ends."""


def answer(c, words, context):
    for word in [words] if isinstance(words, str) else words:
        if word is CLOSE:
            raise Over
        if word is TLS:
            context.wrap_socket(c, server_side=True).close()
            raise Over
        if isinstance(word, str):
            c.sendall(word.encode("ascii"))
        else:
            time.sleep(word)


def converse(c, name, context):
    greeting, answers = DIALOGUES[name]
    answer(c, greeting, context)
    answer(c, answers.get("", []), context)
    pending = b""
    while True:
        while b"\n" not in pending:
            data = c.recv(4096)
            if not data:
                return
            pending += data
        line, pending = pending.split(b"\n", 1)
        word = line.split(b" ")[0].strip().decode("latin-1").upper()
        answer(c, answers.get(word, "500 what?\r\n"), context)


def serve(c, name, context):
    global at_once
    with lock:
        at_once += 1
        full = name == "smtp-two" and at_once > 2
    try:
        if full:
            c.sendall(b"421 too many connections from you\r\n")
        else:
            converse(c, name, context)
    except (OSError, Over):
        pass
    with lock:
        at_once -= 1
    c.close()


def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listener.getsockname()[1], flush=True)
    while True:
        c, _ = listener.accept()
        threading.Thread(target=serve, args=(c, sys.argv[1], context), daemon=True).start()


main()
