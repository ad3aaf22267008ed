# SPDX-License-Identifier: Apache-2.0
noinst_HEADERS += \
	checks/config/dockerfile/dockerfile.h checks/config/dockerfile/dockerfile-priv.h checks/config/dockerfile/evaluate.h \
	checks/config/dockerfile/expand.h checks/config/dockerfile/ignorefile.h checks/config/dockerfile/image.h \
	checks/config/dockerfile/map.h checks/config/dockerfile/program.h checks/config/dockerfile/shell.h \
	checks/config/dockerfile/shell-priv.h checks/config/dockerfile/stage.h checks/config/dockerfile/text.h
libmlchecks_a_SOURCES += \
	checks/config/dockerfile/args.c checks/config/dockerfile/base.c checks/config/dockerfile/cleans.c \
	checks/config/dockerfile/collect.c checks/config/dockerfile/command.c checks/config/dockerfile/command-facts.c \
	checks/config/dockerfile/directives.c checks/config/dockerfile/download.c checks/config/dockerfile/duration.c checks/config/dockerfile/effects.c \
	checks/config/dockerfile/eval-config.c checks/config/dockerfile/eval-copy.c checks/config/dockerfile/eval-process.c \
	checks/config/dockerfile/eval-run.c checks/config/dockerfile/eval-variables.c checks/config/dockerfile/evaluate.c \
	checks/config/dockerfile/expand.c checks/config/dockerfile/heredoc.c checks/config/dockerfile/hide.c \
	checks/config/dockerfile/ignorefile.c checks/config/dockerfile/image.c checks/config/dockerfile/instruction.c \
	checks/config/dockerfile/json-form.c checks/config/dockerfile/map.c checks/config/dockerfile/mount.c \
	checks/config/dockerfile/package.c checks/config/dockerfile/packaging.c checks/config/dockerfile/parse.c \
	checks/config/dockerfile/pattern.c checks/config/dockerfile/program.c checks/config/dockerfile/sensitive.c \
	checks/config/dockerfile/shell-array.c checks/config/dockerfile/shell-compound.c \
	checks/config/dockerfile/shell-parse.c checks/config/dockerfile/shell-simple.c \
	checks/config/dockerfile/shell-word.c checks/config/dockerfile/stage.c checks/config/dockerfile/stage-facts.c \
	checks/config/dockerfile/text.c
