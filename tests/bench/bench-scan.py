#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a scan costs, against docker-compose and PyYAML in the same run. Medians; ratios are what counts."""
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

SRC = os.environ.get("ML_SRCDIR", ".")
MERLON = os.path.join(os.environ.get("ML_BUILDDIR", "."), "merlon")
ENVIRONMENT = dict(os.environ, MERLON_POLICIES=os.path.join(SRC, "policies", "packs"))
SERVICE = """  svc{i}:
    image: registry.example.com/team/app{i}:1.{minor}.3
    restart: unless-stopped
    user: "1000:1000"
    ports:
      - "127.0.0.1:{port}:80"
    environment:
      LOG_LEVEL: info
      APP_NAME: svc{i}
    volumes:
      - data{volume}:/data
    depends_on:
      - db
"""
YAML_LOAD = "import yaml, sys\nyaml.load(open(sys.argv[1]), Loader=yaml.CSafeLoader)"


def run(argv):
    """Wall and CPU seconds of the command and all that it starts, and the peak of one process in bytes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    with open(os.devnull, "wb") as null:
        process = subprocess.Popen(argv, stdout=null, stderr=null, env=ENVIRONMENT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, usage.ru_maxrss * 1024, os.waitstatus_to_exitcode(status)


def medians(commands, times):
    """Runs the commands in turn, so that noise meets all alike."""
    seen = {name: [] for name in commands}
    for _ in range(times):
        for name, argv in commands.items():
            seen[name].append(run(argv))
    return {name: [statistics.median(column) for column in zip(*rows)] for name, rows in seen.items()}


def stack():
    directory = os.path.join(SRC, "examples", "hardened")
    compose = os.path.join(directory, "docker-compose.yml")
    commands = {"merlon scan, the Compose file": [MERLON, "scan", compose], "merlon scan, the whole stack": [MERLON, "scan", directory]}
    if subprocess.run(["sh", "-c", "command -v docker-compose"], stdout=subprocess.DEVNULL, check=False).returncode == 0:
        commands["docker-compose config -q"] = ["docker-compose", "-f", compose, "config", "-q"]
    result = medians(commands, 11)
    print("the example stack, cold processes, wall time")
    for name, (wall, _, _, code) in result.items():
        print(f"  {name:32} {wall * 1e3:8.1f} ms   exit code {code:.0f}")
    peer = result.get("docker-compose config -q")
    if not peer:
        print("  skipped: docker-compose is not installed, so there is no ratio")
        return
    for name in list(result)[:2]:
        print(f"  {name} / docker-compose = 1/{peer[0] / result[name][0]:.1f} (want at most 1/10)")


def big():
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "docker-compose.yml")
        size = 0
        with open(path, "w", encoding="ascii") as out:
            out.write("services:\n  db:\n    image: postgres:16\n")
            i = 0
            while size < 10_000_000:
                text = SERVICE.format(i=i, minor=i % 50, port=1024 + i % 60000, volume=i % 50)
                out.write(text)
                size += len(text)
                i += 1
            out.write("volumes:\n" + "".join(f"  data{k}: {{}}\n" for k in range(50)))
        result = medians({"merlon scan": [MERLON, "scan", path], "PyYAML CSafeLoader": ["/usr/bin/python3", "-c", YAML_LOAD, path]}, 3)
        print(f"a Compose file of {size / 1e6:.0f} MB, {i} services, CPU time of all processes")
        for name, (_, cpu, peak, code) in result.items():
            print(f"  {name:32} {cpu:8.2f} s   exit code {code:.0f}")
        print(f"  merlon / PyYAML = 1/{result['PyYAML CSafeLoader'][1] / result['merlon scan'][1]:.1f} (want at most 1/10)")
        peak = biggest([MERLON, "scan", path])
        print(f"  peak memory of one process: {peak / 1e6:.0f} MB, {peak / size:.1f} times the file (want at most 20)")


def biggest(argv):
    """The peak of the biggest process that the command starts, by a child of our own that waits for all of them."""
    code = "import resource, subprocess, sys\nsubprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n" \
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    out = subprocess.run([sys.executable, "-c", code, *argv], capture_output=True, env=ENVIRONMENT, check=True).stdout
    return int(out) * 1024


if __name__ == "__main__":
    stack()
    big()
