# SPDX-License-Identifier: Apache-2.0
"""The workers: `invoices` writes an invoice for each new order, `mailer` sends what is written."""
import os
import smtplib
import sys
import time
from email.message import EmailMessage

import psycopg2

PAUSE = 5
TAKE = """UPDATE orders SET state = %s WHERE id = (
    SELECT id FROM orders WHERE state = %s ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING id, customer"""


def secret(name):
    with open(os.environ[name], encoding="utf-8") as file:
        return file.read().strip()


def database():
    return psycopg2.connect(
        host=os.environ["DATABASE_HOST"], dbname=os.environ["DATABASE_NAME"],
        user=os.environ["DATABASE_USER"], password=secret("DATABASE_PASSWORD_FILE"), connect_timeout=3)


def invoice(number, customer):
    path = os.path.join(os.environ["OUTPUT_DIR"], f"{number}.txt")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"Invoice {number} for {customer}\n")


def mail(number, customer):
    message = EmailMessage()
    message["From"], message["To"] = os.environ["SMTP_USER"], customer
    message["Subject"] = f"Your order {number}"
    message.set_content("Thank you. Your order is on its way.")
    with smtplib.SMTP(os.environ["SMTP_HOST"], int(os.environ["SMTP_PORT"]), timeout=10) as server:
        server.starttls()
        server.login(os.environ["SMTP_USER"], secret("SMTP_PASSWORD_FILE"))
        server.send_message(message)


QUEUES = {"invoices": ("new", "invoiced", invoice), "mailer": ("invoiced", "mailed", mail)}


def work(queue):
    before, after, task = QUEUES[queue]
    connection = database()
    while True:
        with connection, connection.cursor() as cursor:
            cursor.execute(TAKE, (after, before))
            row = cursor.fetchone()
            if row:
                task(*row)
        if not row:
            time.sleep(PAUSE)


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        database().close()
    else:
        work(sys.argv[1])
