#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What asking a TLS endpoint costs, against sslscan and testssl.sh in the same run, on nginx on loopback: near, far (a
proxy that delays, see tests/tls/proxy.py) and 256 endpoints at a time. Medians; ratios are what counts, each with what it
should be. ML_BENCH_RUNS says how often, default 9; over far paths sslscan runs at most 3 times, testssl.sh once."""
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

SRC = os.path.abspath(os.environ.get("ML_SRCDIR", "."))
MERLON = os.path.abspath(os.path.join(os.environ.get("ML_BUILDDIR", "."), "merlon-tls"))
os.environ["MERLON_POLICIES"] = SRC + "/policies/packs"
RUNS = int(os.environ.get("ML_BENCH_RUNS", "9"))
DELAY = 0.02
sys.dont_write_bytecode = True
sys.path.insert(0, SRC + "/tests/tls")
import many
import measure
import proxy
import servers


def medians(commands):
    """commands: name -> (argv, times). In turn, so that noise meets all alike."""
    seen = {name: [] for name in commands}
    for i in range(max(times for _, times in commands.values())):
        for name, (argv, times) in commands.items():
            if i < times:
                taken = measure.run(argv)
                if argv[0] == MERLON and taken.code not in (0, 1, 3):
                    raise SystemExit(f"merlon-tls ends with {taken.code}: {taken.output[:400]}")
                seen[name].append((taken.wall, taken.cpu))
    return {name: tuple(statistics.median(column) for column in zip(*rows)) for name, rows in seen.items()}


def show(commands, found):
    for name, (wall, cpu) in found.items():
        print(f"  {name:22}{wall * 1e3:10.1f} ms wall {cpu * 1e3:9.1f} ms CPU   median of {commands[name][1]}")


def verdict(what, ratio, want):
    print(f"  {what:44}1/{1 / ratio:<8.1f} want at most 1/{want}: {'met' if ratio <= 1 / want else 'MISSED'}")


def near(endpoint):
    commands = {"merlon-tls": ([MERLON, endpoint], RUNS), "sslscan": (["sslscan", endpoint], RUNS),
                "sslscan --no-groups": (["sslscan", "--no-groups", endpoint], RUNS)}
    with contextlib.suppress(servers.Missing):
        testssl = servers.program("testssl", "testssl.sh")
        commands["testssl.sh -p -E"] = ([testssl, "--warnings=off", "-p", "-E", endpoint], 1)
    found = medians(commands)
    show(commands, found)
    ours = found["merlon-tls"]
    verdict("wall, to sslscan", ours[0] / found["sslscan"][0], 10)
    verdict("wall, to sslscan --no-groups", ours[0] / found["sslscan --no-groups"][0], 2)
    verdict("CPU, to sslscan", ours[1] / found["sslscan"][1], 10)
    if "testssl.sh -p -E" in found:
        verdict("wall, to testssl.sh -p -E", ours[0] / found["testssl.sh -p -E"][0], 200)
    else:
        print("  testssl.sh: skipped, it is not installed")


def far(port, connecting):
    with proxy.Proxy(port, DELAY, connecting) as path:
        endpoint = f"127.0.0.1:{path.port}"
        times = 1 if connecting else min(RUNS, 3)
        commands = {"merlon-tls": ([MERLON, endpoint], RUNS), "sslscan": (["sslscan", endpoint], times)}
        found = medians(commands)
    show(commands, found)
    verdict("wall, to sslscan", found["merlon-tls"][0] / found["sslscan"][0], 8)


def connections(port):
    with proxy.Proxy(port) as path, tempfile.TemporaryDirectory() as where:
        measure.run([MERLON, f"127.0.0.1:{path.port}", "--facts", where])
        made = path.connections()
        (name,) = os.listdir(where)
        with open(f"{where}/{name}", encoding="utf-8") as file:
            facts = json.load(file)["facts"]
    versions = sum(v["offered"] is True for v in facts["versions"])
    parts = len(facts["suites"]), versions, len(facts["groups"])
    most = sum(parts) + 30
    print(f"  {made} connections for {parts[0]} pairs, {parts[1]} versions, {parts[2]} groups; want at most {most}: "
          f"{'met' if made <= most else 'MISSED'}")


def one_server(name, where):
    print(f"nginx, {name}, near:")
    with servers.start("nginx", where, certificates=["rsa", "ec"], **servers.PROFILES[name]) as server:
        near(f"127.0.0.1:{server.port}")
        connections(server.port)
        print(f"nginx, {name}, {DELAY * 1e3:.0f} ms away each way:")
        far(server.port, False)
        print(f"nginx, {name}, {DELAY * 1e3:.0f} ms away each way, and so is connecting:")
        far(server.port, True)


def family(pid):
    """The process and what descends from it."""
    found = [pid]
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
                for child in file.read().split():
                    found += family(int(child))
    return found


def proportional(pid):
    """Its memory in bytes, pages that are shared by their part; whole, where it may not be looked into."""
    for file, key in (("smaps_rollup", "Pss:"), ("status", "VmRSS:")):
        with contextlib.suppress(OSError), open(f"/proc/{pid}/{file}", encoding="ascii") as lines:
            return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith(key))
    return 0


def many_endpoints(where):
    print(f"{many.COUNT} endpoints in one process:")
    with many.endpoints(where) as targets:
        largest = measure.run([MERLON, *targets]).largest
        together = 0
        start = time.monotonic()
        with subprocess.Popen([MERLON, *targets], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            while process.poll() is None:
                together = max(together, sum(proportional(p) for p in family(process.pid)))
                time.sleep(0.01)
        wall = time.monotonic() - start
    print(f"  {wall:.2f} s; the largest of its processes {largest / 1e6:.1f} MB, all of them together "
          f"{together / 1e6:.1f} MB; want at most 64 MB: {'met' if together <= 64e6 else 'MISSED'}")


def main():
    with servers.directory() as where:
        many_endpoints(where)
        for name in servers.PROFILES:
            one_server(name, where)


if __name__ == "__main__":
    try:
        servers.program("sslscan")
        main()
    except servers.Missing as reason:
        raise SystemExit(f"skipped: {reason}") from None
