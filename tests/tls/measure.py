# SPDX-License-Identifier: Apache-2.0
"""What a command takes: `measure.run(argv)` gives Taken(code, wall, cpu, largest, output). `largest` is the peak of the
largest of its processes in bytes. A process inherits the peak of whoever started it, and that of tests is large; so a small
process starts it, this file run as a program. Below its own 10 MB nothing can be told."""
import collections
import os
import sys
import time

Taken = collections.namedtuple("Taken", "code wall cpu largest output")


def run(argv, timeout=600):
    import json
    import subprocess
    import tempfile

    with tempfile.NamedTemporaryFile("r", encoding="ascii") as result:
        done = subprocess.run(
            [sys.executable, "-S", "-I", os.path.abspath(__file__), result.name, *argv],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=True,
            timeout=timeout,
        )
        taken = Taken(*json.load(result), done.stdout)
    if taken.code == 127:
        raise FileNotFoundError(argv[0])
    return taken


def main():
    start = time.monotonic()
    pid = os.fork()
    if pid == 0:
        try:
            os.execvp(sys.argv[2], sys.argv[2:])
        finally:
            os._exit(127)
    _, status, usage = os.wait4(pid, 0)
    wall = time.monotonic() - start
    with open(sys.argv[1], "w", encoding="ascii") as out:
        print(
            [
                os.waitstatus_to_exitcode(status),
                wall,
                usage.ru_utime + usage.ru_stime,
                1024 * usage.ru_maxrss,
            ],
            file=out,
        )


if __name__ == "__main__":
    main()
