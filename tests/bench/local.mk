# SPDX-License-Identifier: Apache-2.0
noinst_HEADERS += tests/bench/bench.h
EXTRA_PROGRAMS = tests/bench/bench-seal
BENCHES += tests/bench/bench-seal
CLEANFILES += $(EXTRA_PROGRAMS)
tests_bench_bench_seal_LDADD = $(ML_SANDBOX_LIBS) $(ML_BASE_LIBS)
EXTRA_PROGRAMS += tests/bench/bench-policy
BENCHES += tests/bench/bench-policy
tests_bench_bench_policy_LDADD = $(ML_POLICIES_LIBS)
EXTRA_PROGRAMS += tests/bench/bench-cel
BENCHES += tests/bench/bench-cel
tests_bench_bench_cel_LDADD = $(ML_POLICIES_LIBS)
PEER_BENCHES += tests/bench/bench-scan.py
EXTRA_DIST += tests/bench/bench-scan.py
PEER_BENCHES += tests/bench/bench-tls.py
EXTRA_DIST += tests/bench/bench-tls.py
