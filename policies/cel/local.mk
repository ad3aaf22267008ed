# SPDX-License-Identifier: Apache-2.0
noinst_HEADERS += policies/cel/cel.h policies/cel/ast-priv.h policies/cel/functions-priv.h
noinst_HEADERS += policies/cel/eval-priv.h policies/cel/impl-priv.h policies/cel/trace-priv.h policies/cel/zone-priv.h
noinst_HEADERS += policies/cel/index-priv.h
libmlpolicies_a_SOURCES += policies/cel/functions.c policies/cel/arith.c policies/cel/compare.c policies/cel/convert.c policies/cel/encoders.c \
	policies/cel/format.c policies/cel/lists.c policies/cel/network.c policies/cel/optional.c policies/cel/regex.c policies/cel/regex-cache.c policies/cel/regex-syntax.c \
	policies/cel/text.c policies/cel/text-parts.c policies/cel/time.c policies/cel/zone.c policies/cel/zone-data.c policies/cel/zone-steps.c
libmlpolicies_a_SOURCES += policies/cel/eval.c policies/cel/eval-access.c policies/cel/eval-loop.c policies/cel/prepare.c policies/cel/trace.c
libmlpolicies_a_SOURCES += policies/cel/index.c policies/cel/index-plan.c
noinst_HEADERS += policies/cel/check-priv.h policies/cel/infer-priv.h policies/cel/lex-priv.h policies/cel/parser-priv.h
libmlpolicies_a_SOURCES += policies/cel/calls.c policies/cel/check.c policies/cel/compile.c policies/cel/infer.c policies/cel/lex.c policies/cel/literal.c
libmlpolicies_a_SOURCES += policies/cel/lookup.c policies/cel/macro.c policies/cel/names.c policies/cel/parser.c policies/cel/program.c policies/cel/words.c
EXTRA_DIST += scripts/zones.py
