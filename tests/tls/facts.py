# SPDX-License-Identifier: Apache-2.0
"""Fact files of the kind tls, made of what matters to a test: the schema, as `merlon facts tls` prints it, gives the rest."""
import json
import os
import re
import subprocess

MERLON = os.environ["ML_BUILDDIR"] + "/merlon"


def read_schema():
    """{record: {field: [type, whether a fact file must have it, first word of its vocabulary]}}"""
    schema, record, field = {}, None, None
    text = subprocess.run([MERLON, "facts", "tls"], capture_output=True, text=True, check=True).stdout
    for line in text.splitlines()[2:]:
        found = re.match(r"  (\w+) +([\w()]+(?:, \w+\))?) *(default|may be absent)?", line)
        if re.match(r"\w", line):
            record = schema.setdefault(line.split()[0], {})
        elif found:
            field = record[found[1]] = [found[2], not found[3], ""]
        elif field and not field[2] and line.startswith("        '"):
            field[2] = line.split("'")[1]
    return schema


SCHEMA = read_schema()


def whole(kind, given, word=""):
    """A value of a type with what a fact file must have, beside what is given."""
    if kind.startswith("list("):
        return [whole(kind[5:-1], item) for item in given or []]
    if kind.startswith("map("):
        return given or {}
    if kind in SCHEMA:
        given = given or {}
        return {name: whole(of, given.get(name), first) for name, (of, needed, first) in SCHEMA[kind].items() if needed or name in given}
    if given is not None:
        return given
    return {"bool": False, "int": 0, "string": word, "timestamp": "@0"}[kind]


def write(path, facts, uri="tls://a:443"):
    document = {"merlon": "facts/v1", "kind": "tls", "uri": uri, "facts": whole("tls", facts), "incomplete": False, "locations": [], "places": 0,
                "sources": [], "waivers": [], "diagnostics": {"dropped": 0, "errors": 0, "warnings": 0, "items": []}}
    with open(path, "w", encoding="ascii") as out:
        json.dump(document, out)
