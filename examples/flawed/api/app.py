# SPDX-License-Identifier: Apache-2.0
"""The order API: POST /orders takes an order, GET /orders/N shows it, GET /health tells whether the database answers."""
import json
import os
import sys
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg2

PORT = int(os.environ.get("LISTEN_PORT", "8000"))
BODY_MAX = 65536


def database():
    with open(os.environ["DATABASE_PASSWORD_FILE"], encoding="utf-8") as secret:
        password = secret.read().strip()
    return psycopg2.connect(
        host=os.environ["DATABASE_HOST"], dbname=os.environ["DATABASE_NAME"],
        user=os.environ["DATABASE_USER"], password=password, connect_timeout=3)


def ask(statement, values):
    connection = database()
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchone()
    finally:
        connection.close()


class Api(BaseHTTPRequestHandler):
    timeout = 10

    def answer(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        number = self.path.removeprefix("/orders/")
        if self.path == "/health":
            self.answer(200, {"database": ask("SELECT 1", ())[0] == 1})
        elif self.path != number and number.isascii() and number.isdigit():
            row = ask("SELECT customer, state FROM orders WHERE id = %s", (int(number),))
            self.answer(200 if row else 404, {"customer": row[0], "state": row[1]} if row else {})
        else:
            self.answer(404, {})

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        if self.path != "/orders" or not 0 < length <= BODY_MAX:
            self.answer(400, {})
            return
        order = json.loads(self.rfile.read(length))
        row = ask("INSERT INTO orders (customer, lines) VALUES (%s, %s) RETURNING id",
                  (order["customer"], json.dumps(order["lines"])))
        self.answer(201, {"id": row[0]})


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health", timeout=2) as response:
            sys.exit(0 if response.status == 200 else 1)
    ThreadingHTTPServer(("", PORT), Api).serve_forever()
