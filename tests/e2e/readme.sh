#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What README.md shows of `merlon scan examples/…` is what it prints: each shown line, in order; "[…]" stands for any.
command -v python3 >/dev/null || {
	echo "1..0 # SKIP python3 is not installed"
	exit 0
}
case $(readelf -d "$ML_BUILDDIR/merlon-config" 2>/dev/null) in
*asan* | *ubsan*)
	echo "1..0 # SKIP a sanitizer build is not sealed, and says so"
	exit 0
	;;
esac
python3 - <<'EOF'
import os, re, subprocess

top, build = os.environ["ML_SRCDIR"], os.environ["ML_BUILDDIR"]
environment = dict(os.environ, PATH=build + ":" + os.environ["PATH"], MERLON_POLICIES=top + "/policies/packs", NO_COLOR="1")
text = open(top + "/README.md", encoding="utf-8").read()
blocks = re.findall(r"```console\n\$ (merlon scan examples/[^\n]*)\n(.*?)```", text, re.S)
print(f"1..{len(blocks) + 1}")
print(("ok" if len(blocks) >= 2 else "not ok") + " 1 - README.md shows scans of the examples")
for n, (command, shown) in enumerate(blocks, 2):
    out = subprocess.run(command, shell=True, cwd=top, capture_output=True, text=True, env=environment).stdout.split("\n")
    at, missing = 0, None
    for line in shown.rstrip("\n").split("\n"):
        if line == "[…]":
            continue
        while at < len(out) and out[at] != line:
            at += 1
        if at == len(out):
            missing = line
            break
        at += 1
    print(f"{'not ok' if missing is not None else 'ok'} {n} - {command}")
    if missing is not None:
        print(f"# it does not print: {missing}")
EOF
