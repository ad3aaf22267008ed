# SPDX-License-Identifier: Apache-2.0
# A parser's fuzz target is fuzz-NAME.c with LLVMFuzzerTestOneInput, and its corpus is the directory corpus/NAME. With --enable-fuzzing it is linked with
# libFuzzer (run it by hand: tests/fuzz/fuzz-NAME CORPUS); otherwise with replay.c, whose main runs each file of the corpus as a test.
FUZZERS =
if FUZZING
ML_FUZZ_MAIN =
ML_FUZZ_LINK = $(AM_LDFLAGS) -fsanitize=fuzzer
else
ML_FUZZ_MAIN = tests/fuzz/replay.c
ML_FUZZ_LINK = $(AM_LDFLAGS)
TESTS += $(FUZZERS)
endif
check_PROGRAMS += $(FUZZERS)
EXTRA_DIST += tests/fuzz/corpus tests/fuzz/replay.c

FUZZERS += tests/fuzz/fuzz-yaml
tests_fuzz_fuzz_yaml_SOURCES = tests/fuzz/fuzz-yaml.c $(ML_FUZZ_MAIN)
tests_fuzz_fuzz_yaml_LDFLAGS = $(ML_FUZZ_LINK)
tests_fuzz_fuzz_yaml_LDADD = $(ML_BASE_LIBS)

FUZZERS += tests/fuzz/fuzz-findings
tests_fuzz_fuzz_findings_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
tests_fuzz_fuzz_findings_SOURCES = tests/fuzz/fuzz-findings.c $(ML_FUZZ_MAIN)
tests_fuzz_fuzz_findings_LDFLAGS = $(ML_FUZZ_LINK)
tests_fuzz_fuzz_findings_LDADD = $(ML_POLICIES_LIBS)

FUZZERS += tests/fuzz/fuzz-reports
tests_fuzz_fuzz_reports_SOURCES = tests/fuzz/fuzz-reports.c $(ML_FUZZ_MAIN)
tests_fuzz_fuzz_reports_LDFLAGS = $(ML_FUZZ_LINK)
tests_fuzz_fuzz_reports_LDADD = $(ML_REPORTS_LIBS)

FUZZERS += tests/fuzz/fuzz-policy
tests_fuzz_fuzz_policy_SOURCES = tests/fuzz/fuzz-policy.c $(ML_FUZZ_MAIN)
tests_fuzz_fuzz_policy_LDFLAGS = $(ML_FUZZ_LINK)
tests_fuzz_fuzz_policy_LDADD = $(ML_POLICIES_LIBS)
FUZZERS += tests/fuzz/fuzz-pins
tests_fuzz_fuzz_pins_SOURCES = tests/fuzz/fuzz-pins.c $(ML_FUZZ_MAIN)
tests_fuzz_fuzz_pins_LDFLAGS = $(ML_FUZZ_LINK)
tests_fuzz_fuzz_pins_LDADD = $(ML_POLICIES_LIBS)

FUZZERS += tests/fuzz/fuzz-factfile
tests_fuzz_fuzz_factfile_SOURCES = tests/fuzz/fuzz-factfile.c $(ML_FUZZ_MAIN)
tests_fuzz_fuzz_factfile_LDFLAGS = $(ML_FUZZ_LINK)
tests_fuzz_fuzz_factfile_LDADD = $(ML_FACTS_LIBS)

FUZZERS += tests/fuzz/fuzz-cel
tests_fuzz_fuzz_cel_SOURCES = tests/fuzz/fuzz-cel.c $(ML_FUZZ_MAIN)
tests_fuzz_fuzz_cel_LDFLAGS = $(ML_FUZZ_LINK)
tests_fuzz_fuzz_cel_LDADD = $(ML_POLICIES_LIBS)
FUZZERS += tests/fuzz/fuzz-compose
tests_fuzz_fuzz_compose_SOURCES = tests/fuzz/fuzz-compose.c $(ML_FUZZ_MAIN)
tests_fuzz_fuzz_compose_LDFLAGS = $(ML_FUZZ_LINK)
tests_fuzz_fuzz_compose_LDADD = $(ML_CHECKS_LIBS)
FUZZERS += tests/fuzz/fuzz-dockerfile
tests_fuzz_fuzz_dockerfile_SOURCES = tests/fuzz/fuzz-dockerfile.c $(ML_FUZZ_MAIN)
tests_fuzz_fuzz_dockerfile_LDFLAGS = $(ML_FUZZ_LINK)
tests_fuzz_fuzz_dockerfile_LDADD = $(ML_CHECKS_LIBS)

FUZZERS += tests/fuzz/fuzz-tls
tests_fuzz_fuzz_tls_SOURCES = tests/fuzz/fuzz-tls.c $(ML_FUZZ_MAIN)
tests_fuzz_fuzz_tls_LDFLAGS = $(ML_FUZZ_LINK)
tests_fuzz_fuzz_tls_LDADD = $(ML_CHECKS_LIBS)

FUZZERS += tests/fuzz/fuzz-starttls
tests_fuzz_fuzz_starttls_SOURCES = tests/fuzz/fuzz-starttls.c $(ML_FUZZ_MAIN)
tests_fuzz_fuzz_starttls_LDFLAGS = $(ML_FUZZ_LINK)
tests_fuzz_fuzz_starttls_LDADD = $(ML_CHECKS_LIBS)
FUZZERS += tests/fuzz/fuzz-tls-http
tests_fuzz_fuzz_tls_http_SOURCES = tests/fuzz/fuzz-tls-http.c $(ML_FUZZ_MAIN)
tests_fuzz_fuzz_tls_http_LDFLAGS = $(ML_FUZZ_LINK)
tests_fuzz_fuzz_tls_http_LDADD = $(ML_CHECKS_LIBS)
FUZZERS += tests/fuzz/fuzz-tls-session
tests_fuzz_fuzz_tls_session_SOURCES = tests/fuzz/fuzz-tls-session.c $(ML_FUZZ_MAIN)
tests_fuzz_fuzz_tls_session_LDFLAGS = $(ML_FUZZ_LINK)
tests_fuzz_fuzz_tls_session_LDADD = $(ML_CHECKS_LIBS) $(ML_TLS_LIBS)
FUZZERS += tests/fuzz/fuzz-tls-cert
tests_fuzz_fuzz_tls_cert_SOURCES = tests/fuzz/fuzz-tls-cert.c $(ML_FUZZ_MAIN)
tests_fuzz_fuzz_tls_cert_LDFLAGS = $(ML_FUZZ_LINK)
tests_fuzz_fuzz_tls_cert_LDADD = $(ML_CHECKS_LIBS) $(ML_TLS_LIBS)

FUZZERS += tests/fuzz/fuzz-misbehave
tests_fuzz_fuzz_misbehave_SOURCES = tests/fuzz/fuzz-misbehave.c $(ML_FUZZ_MAIN)
tests_fuzz_fuzz_misbehave_LDFLAGS = $(ML_FUZZ_LINK) -Wl,--allow-multiple-definition
tests_fuzz_fuzz_misbehave_LDADD = $(ML_CHECKS_LIBS) $(ML_TLS_LIBS)
