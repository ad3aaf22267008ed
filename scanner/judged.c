/* SPDX-License-Identifier: Apache-2.0 */
/* Taking what judging workers give. */
#include "scanner/judged.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/sha256.h"
#include "scanner/files.h"

enum { NAME_BYTES = 200 };

static struct ml_str attestation(struct ml_judged *judged, const struct ml_attestation *attestation)
{
	struct ml_str text;
	struct ml_json json;
	struct ml_buf out;

	ml_buf_init(&out, 65536);
	ml_json_begin(&json, &out, 0);
	ml_attestation_json(attestation, &json);
	text = ml_str_dup(judged->documents->arena, ml_buf_get(&out));
	ml_buf_free(&out);
	return text;
}

/* "examples%2Fflawed%2Fdocker-compose.yml.json": one flat name a target, different for different targets. */
static struct ml_str fact_file(struct ml_arena *arena, const char *dir, struct ml_str uri)
{
	struct ml_str name;
	struct ml_buf out;

	ml_buf_init(&out, 65536);
	for (size_t i = 0; i < uri.len; i++)
		if (uri.ptr[i] == '/' || uri.ptr[i] == '%')
			ml_buf_printf(&out, "%%%02X", uri.ptr[i]);
		else
			ml_buf_putc(&out, uri.ptr[i]);
	if (out.len > NAME_BYTES) {
		uint8_t sha[32];
		char hex[65];
		ml_sha256(uri, sha);
		ml_hex(sha, sizeof(sha), hex);
		ml_buf_clear(&out);
		ml_buf_puts(&out, hex);
	}
	name = ml_strf(arena, "%s/%.*s.json", dir, ML_STR_ARG(ml_buf_get(&out)));
	ml_buf_free(&out);
	return name;
}

static void save_facts(struct ml_judged *judged, size_t i, struct ml_str bytes)
{
	const char *dir = judged->options->facts_dir;
	struct ml_error err = {0};
	struct ml_str path;

	if (!dir)
		return;
	path = fact_file(judged->documents->arena, dir, judged->uris[i]);
	if (mkdir(dir, 0777) && errno != EEXIST)
		ml_fail(&err, ML_EIO, "%s: %s", dir, strerror(errno));
	else if (!path.ptr || ml_file_write(path.ptr, bytes, &err) == 0)
		return;
	ml_log_error(&err);
	judged->refused = true;
}

/* The findings among the frames; *broken when the worker wrote no clean frames. */
static struct ml_str take_frames(struct ml_judged *judged, size_t i, struct ml_str rest, bool *broken)
{
	struct ml_str bytes, findings = ML_STR_NONE;
	enum ml_frame type;

	while (ml_frame_next(&rest, &type, &bytes, broken)) {
		if (type == ML_FRAME_FINDINGS)
			findings = bytes;
		else if (type == ML_FRAME_FACTS)
			save_facts(judged, i, bytes);
		else if (type == ML_FRAME_LIST && judged->lists)
			judged->lists[i] = ml_str_dup(judged->documents->arena, bytes);
		else if (type == ML_FRAME_DIAGS && !judged->refused)
			ml_fd_write(STDERR_FILENO, bytes, NULL);
	}
	return findings;
}

static void keep(struct ml_judged *judged, struct ml_document document)
{
	if (ml_documents_add(judged->documents, document) == 0 || judged->refused)
		return;
	ml_log(ML_LOG_ERROR, "out of memory");
	judged->refused = true;
}

static void refuse(struct ml_judged *judged, const char *message)
{
	if (!judged->refused)
		ml_log(ML_LOG_ERROR, "%s", message);
	judged->refused = true;
}

static const char *status_text(int status)
{
	return status == ML_JUDGING_KIND ? "it is neither a Compose file nor a Dockerfile (say which with --kind)"
					 : "out of memory or room: the target is too big, or its findings are";
}

static void show_progress(struct ml_judged *judged)
{
	char line[64];
	int n;

	judged->done++;
	if (!judged->progress)
		return;
	n = snprintf(line, sizeof(line), "\r%zu of %zu targets\x1b[K", judged->done, judged->total);
	ml_fd_write(STDERR_FILENO, (struct ml_str){line, (size_t)n}, NULL);
}

void ml_judged_done(void *ctx, size_t i, struct ml_outcome *outcome)
{
	struct ml_judged *judged = ctx;
	struct ml_document document = {.uri = judged->uris[i], .kind = ml_str(judged->kinds[i])};
	bool broken = false;

	show_progress(judged);
	if (outcome->refused) {
		refuse(judged, outcome->error.message);
		return;
	}
	document.sandbox = attestation(judged, &outcome->attestation);
	document.findings = take_frames(judged, i, ml_buf_get(&outcome->output), &broken);
	if (outcome->code == 0 && outcome->status == ML_JUDGING_POLICY) {
		judged->refused = true;
		return;
	}
	if (outcome->code)
		document.lost = ml_str(outcome->error.message);
	else if (outcome->status)
		document.lost = ml_str(status_text(outcome->status));
	else if (broken || !document.findings.ptr)
		document.lost = ML_STR("the worker broke the protocol: no findings");
	if (document.lost.ptr)
		document.findings = ML_STR_NONE;
	keep(judged, document);
}

void ml_judged_end(struct ml_judged *judged)
{
	if (judged->progress && judged->done)
		ml_fd_write(STDERR_FILENO, ML_STR("\r\x1b[K"), NULL);
}
