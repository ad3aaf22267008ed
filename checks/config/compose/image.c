/* SPDX-License-Identifier: Apache-2.0 */
/* A service's image, its user, and when the image is fetched. */
#include "checks/config/compose/norm-priv.h"

static void set_parts(struct ml_record_builder *b, const struct ml_cimage *image, uint32_t loc)
{
	ml_record_set(b, ML_CO_IMG_REGISTRY, ml_at(ml_string(image->registry), loc));
	ml_record_set(b, ML_CO_IMG_REPOSITORY, ml_at(ml_string(image->repository), loc));
	ml_record_set(b, ML_CO_IMG_NAME, ml_at(ml_string(image->name), loc));
	if (ml_str_is(image->registry, "docker.io") && ml_str_starts(image->repository, ML_STR("library/")))
		ml_record_set(b, ML_CO_IMG_OFFICIAL, ml_at(ml_bool(true), loc));
}

static void set_version(struct ml_record_builder *b, const struct ml_cimage *image, uint32_t loc)
{
	bool digest = image->digest.len > 0, tag = image->tag.len > 0;

	if (tag)
		ml_record_set(b, ML_CO_IMG_TAG, ml_at(ml_string(image->tag), loc));
	if (digest)
		ml_record_set(b, ML_CO_IMG_DIGEST, ml_at(ml_string(image->digest), loc));
	ml_record_set(b, ML_CO_IMG_TAGGED, ml_at(ml_bool(digest || tag), loc));
	ml_record_set(b, ML_CO_IMG_PINNED, ml_at(ml_bool(digest), loc));
	ml_record_set(b, ML_CO_IMG_LATEST, ml_at(ml_bool(!digest && (!tag || ml_str_is(image->tag, "latest"))), loc));
}

static void set_unknown(struct ml_record_builder *b, int from, int to, struct ml_str why, uint32_t loc)
{
	for (int slot = from; slot <= to; slot++)
		ml_record_set(b, slot, ml_at(ml_unknown(why), loc));
}

/* "app:${TAG}" with TAG not set says which image, not which version of it. */
static bool only_version_unset(struct ml_cn *cn, const struct ml_cnode *node, struct ml_cimage *image)
{
	size_t unset = 0;
	struct ml_str name = node->text;

	for (uint32_t i = 0; i < node->nvars; i++)
		unset += node->vars[i].unset;
	if (unset != 1 || !(ml_str_ends(name, ML_STR(":")) || ml_str_ends(name, ML_STR("@"))))
		return false;
	name.len--;
	return ml_cvalue_image(cn->arena, name, image) == NULL;
}

static struct ml_str hide(struct ml_cn *cn, const struct ml_cnode *node, struct ml_str text)
{
	struct ml_cn_secret secret = {.where = "other", .key = ML_STR("image"), .text = text, .loc = node->loc};
	struct ml_secret_hits hits;

	if (text.len == 0)
		return ML_STR("");
	if (ml_secret_in_image(cn->arena, text, &hits)) {
		cn->memory = true;
		return ML_STR("");
	}
	if (ml_cn_is_scalar(node)) {
		secret.vars = node->vars;
		secret.nvars = node->nvars;
		secret.interpolated = node->interpolated;
	}
	return ml_cn_hide_hits(cn, &secret, &hits);
}

static void read_image(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	struct ml_str why = ml_cn_why(cn, at->node), text = at->node->text;
	uint32_t loc = at->node->loc;
	struct ml_cimage image;
	const char *want;

	ml_record_set(b, ML_CO_IMG_TEXT, ml_cn_text(cn, hide(cn, at->node, text), loc));
	if (why.ptr) {
		set_unknown(b, ML_CO_IMG_REGISTRY, ML_CO_IMG_OFFICIAL, why, loc);
		if (!only_version_unset(cn, at->node, &image))
			return;
		set_parts(b, &image, loc);
		ml_record_set(b, ML_CO_IMG_TAGGED, ml_at(ml_bool(true), loc));
		ml_record_set(b, ML_CO_IMG_OFFICIAL, ml_at(ml_bool(ml_str_starts(image.repository, ML_STR("library/")) && ml_str_is(image.registry, "docker.io")), loc));
		return;
	}
	want = ml_cvalue_image(cn->arena, text, &image);
	if (want) {
		struct ml_value unknown = ml_cn_bad(cn, at, want);
		set_unknown(b, ML_CO_IMG_REGISTRY, ML_CO_IMG_OFFICIAL, ml_value_text(&unknown), loc);
		return;
	}
	set_parts(b, &image, loc);
	set_version(b, &image, loc);
}

void ml_cn_image(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	struct ml_record_builder image;

	if (!ml_cn_is_scalar(at->node)) {
		ml_record_set(b, ML_CO_SVC_IMAGE, ml_cn_bad(cn, at, "an image such as app:1.2"));
		return;
	}
	if (at->node->text.len == 0 && !ml_cn_why(cn, at->node).ptr)
		return; /* as if it were not written */
	ml_record_begin(&image, &ml_co_image);
	ml_record_set(&image, ML_CO_IMG_SET, ml_at(ml_bool(true), at->node->loc));
	if (at->node->interpolated)
		ml_record_set(&image, ML_CO_IMG_INTERPOLATED, ml_at(ml_bool(true), at->node->loc));
	read_image(cn, at, &image);
	ml_record_set(b, ML_CO_SVC_IMAGE, ml_cn_pack(cn, &image, at->node->loc));
}

static void read_user(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	struct ml_str text, why;
	uint32_t loc = at->node->loc;
	struct ml_cuser user;
	struct ml_value value;
	const char *want = NULL;

	if (!ml_cn_scalar(cn, at, &text, &value))
		why = ml_value_text(&value);
	else if ((want = ml_cvalue_user(text, &user)) != NULL)
		why = (value = ml_cn_bad(cn, at, want), ml_value_text(&value));
	else
		why = ML_STR_NONE;
	if (why.ptr) {
		set_unknown(b, ML_CO_USER_TEXT, ML_CO_USER_KIND, why, loc);
		return;
	}
	ml_record_set(b, ML_CO_USER_TEXT, ml_cn_text(cn, text, loc));
	ml_record_set(b, ML_CO_USER_NAME, ml_cn_text(cn, user.name, loc));
	ml_record_set(b, ML_CO_USER_GROUP, ml_cn_text(cn, user.group, loc));
	if (user.name.len == 0 && user.group.len) /* the engine takes an empty name for 0, whatever the image says */
		user.uid = 0;
	ml_record_set(b, ML_CO_USER_UID, ml_at(ml_int(user.uid), loc));
	ml_record_set(b, ML_CO_USER_GID, ml_at(ml_int(user.gid), loc));
	ml_record_set(b, ML_CO_USER_KIND, ml_cn_word(user.uid == 0 ? "root" : user.name.len == 0 ? "image" : "nonroot", loc));
}

void ml_cn_user(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	struct ml_record_builder user;

	ml_record_begin(&user, &ml_co_user);
	ml_record_set(&user, ML_CO_USER_SET, ml_at(ml_bool(true), at->node->loc));
	read_user(cn, at, &user);
	ml_record_set(b, ML_CO_SVC_USER, ml_cn_pack(cn, &user, at->node->loc));
}

void ml_cn_pull_policy(struct ml_cn *cn, const struct ml_cn_at *at, struct ml_record_builder *b)
{
	struct ml_value value;
	struct ml_str text;
	int64_t seconds;
	int32_t nanos;

	if (!ml_cn_scalar(cn, at, &text, &value))
		ml_record_set(b, ML_CO_SVC_PULL_POLICY, value);
	else if (ml_str_is(text, "if_not_present"))
		ml_record_set(b, ML_CO_SVC_PULL_POLICY, ml_cn_word("missing", at->node->loc));
	else if (ml_str_starts(text, ML_STR("every_")) && !ml_cvalue_duration(ml_str_sub(text, 6, text.len), &seconds, &nanos))
		ml_record_set(b, ML_CO_SVC_PULL_POLICY, ml_cn_word("every", at->node->loc));
	else
		ml_record_set(b, ML_CO_SVC_PULL_POLICY, ml_cn_vocab(cn, at, &ml_co_pull_vocab));
}
