/* SPDX-License-Identifier: Apache-2.0 */
/* Image references, with parts that only the build knows. */
#include "checks/config/dockerfile/image.h"

/* A reference split; parts that hold an unknown variable are marked. */
struct reference {
	struct ml_str text;
	size_t path_at, tag_at, digest_at; /* tag_at, digest_at: of the separator; ML_NPOS: none */
	bool has_domain;
};

/* Where the variable that begins at `at` ends. */
static size_t variable_end(struct ml_str s, size_t at)
{
	size_t end = at + 1;
	int open = 0;

	if (end < s.len && s.ptr[end] == '{') {
		for (; end < s.len; end++) {
			open += (s.ptr[end] == '{') - (s.ptr[end] == '}');
			if (open == 0)
				return end + 1;
		}
		return end;
	}
	return end + ml_df_name_length(s, end);
}

static bool is_open(struct ml_str part)
{
	return ml_str_chr(part, '$') != ML_NPOS;
}

/* Docker's rule for what is a host: a dot, a colon, or localhost (an upper-case letter too). */
static bool is_domain(struct ml_str part)
{
	for (size_t i = 0; i < part.len && !is_open(part); i++)
		if (part.ptr[i] == '.' || part.ptr[i] == ':' || (part.ptr[i] >= 'A' && part.ptr[i] <= 'Z'))
			return true;
	return ml_str_is(part, "localhost");
}

static struct reference split(struct ml_str s)
{
	struct reference ref = {.text = s, .tag_at = ML_NPOS, .digest_at = ML_NPOS};
	size_t slash = ML_NPOS;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		if (c == '$') {
			i = variable_end(s, i) - 1;
		} else if (c == '/' && ref.digest_at == ML_NPOS) {
			if (slash == ML_NPOS)
				slash = i;
			ref.tag_at = ML_NPOS;
		} else if (c == ':' && ref.digest_at == ML_NPOS) {
			ref.tag_at = i;
		} else if (c == '@' && ref.digest_at == ML_NPOS) {
			ref.digest_at = i;
		}
	}
	ref.has_domain = slash != ML_NPOS && is_domain(ml_str_sub(s, 0, slash));
	ref.path_at = ref.has_domain ? slash + 1 : 0;
	return ref;
}

static struct ml_value part(struct ml_df *df, struct ml_str s)
{
	return is_open(s) ? ml_df_unknown(df, "a build argument without a value decides it") : ml_df_string(df, s);
}

static struct ml_value flag(struct ml_df *df, bool yes, bool open)
{
	return open ? ml_df_unknown(df, "a build argument without a value decides it") : ml_bool(yes);
}

static void set_repository(struct ml_df *df, struct ml_record_builder *b, const struct reference *ref)
{
	size_t end = ref->tag_at < ref->digest_at ? ref->tag_at : ref->digest_at;
	struct ml_str domain = ref->has_domain ? ml_str_sub(ref->text, 0, ref->path_at - 1) : ML_STR("docker.io");
	struct ml_str path = ml_str_sub(ref->text, ref->path_at, end), name = path;
	bool open_domain = !ref->has_domain && is_open(path);
	size_t slash = ml_str_rchr(path, '/');

	if (slash != ML_NPOS && !is_open(ml_str_sub(path, slash, path.len)))
		name = ml_str_sub(path, slash + 1, path.len);
	if (ml_str_is(domain, "index.docker.io"))
		domain = ML_STR("docker.io");
	if (!open_domain && slash == ML_NPOS && ml_str_is(domain, "docker.io"))
		path = ml_strf(df->arena, "library/%.*s", ML_STR_ARG(path));
	/* In "$REGISTRY/app" the variable may be a host or a part of the path. */
	ml_record_set(b, ML_DF_BASE_REGISTRY, open_domain ? part(df, ML_STR("$")) : part(df, domain));
	ml_record_set(b, ML_DF_BASE_REPOSITORY, part(df, path));
	ml_record_set(b, ML_DF_BASE_NAME, part(df, name));
}

/* algorithm:digits; user:password@registry/name is none. */
static bool may_be_digest(struct ml_str s)
{
	return is_open(s) || (ml_str_chr(s, ':') != ML_NPOS && ml_str_chr(s, '/') == ML_NPOS);
}

static void set_version(struct ml_df *df, struct ml_record_builder *b, const struct reference *ref)
{
	struct ml_str s = ref->text, tag = ML_STR(""), digest = ML_STR(""), last;
	size_t slash;
	bool open_tag, open_digest;

	if (ref->tag_at != ML_NPOS)
		tag = ml_str_sub(s, ref->tag_at + 1, ref->digest_at);
	if (ref->digest_at != ML_NPOS)
		digest = ml_str_sub(s, ref->digest_at + 1, s.len);
	slash = ml_str_rchr(ml_str_sub(s, 0, ref->digest_at), '/');
	last = ml_str_sub(s, slash == ML_NPOS ? 0 : slash + 1, ref->digest_at);
	open_tag = tag.len == 0 && digest.len == 0 && is_open(last); /* the variable may bring a tag along */
	open_digest = digest.len == 0 && (open_tag || is_open(tag));
	ml_record_set(b, ML_DF_BASE_TAG, open_tag ? part(df, ML_STR("$")) : part(df, tag));
	ml_record_set(b, ML_DF_BASE_DIGEST, open_digest ? part(df, ML_STR("$")) : part(df, digest));
	ml_record_set(b, ML_DF_BASE_TAGGED, flag(df, tag.len || digest.len, open_tag));
	ml_record_set(b, ML_DF_BASE_PINNED, flag(df, may_be_digest(digest), open_digest));
	ml_record_set(b, ML_DF_BASE_LATEST,
		flag(df, ml_str_is(tag, "latest") && digest.len == 0, open_tag || (digest.len == 0 && is_open(tag))));
}

static struct ml_value variable_names(struct ml_df *df, const struct ml_df_expanded *image)
{
	struct ml_df_list list = {0};

	for (size_t i = 0; i < image->nnames; i++)
		ml_df_list_add(df, &list, ml_df_string(df, image->names[i]));
	return ml_df_list_value(&list);
}

static void begin(struct ml_record_builder *b, const char *kind, bool sure)
{
	ml_record_begin(b, &ml_df_base);
	ml_record_set(b, ML_DF_BASE_KIND, ml_string(ml_str(kind)));
	if (sure) {
		ml_record_set(b, ML_DF_BASE_TAGGED, ml_bool(true));
		ml_record_set(b, ML_DF_BASE_PINNED, ml_bool(true));
	}
}

struct ml_value ml_df_image_scratch(struct ml_df *df, uint32_t loc)
{
	struct ml_record_builder b;

	begin(&b, "scratch", true);
	return ml_df_pack(df, &b, loc);
}

struct ml_value ml_df_image_facts(struct ml_df *df, struct ml_str text, const struct ml_df_expanded *image, int stage, uint32_t loc)
{
	struct ml_str name = image->text.s;
	bool scratch = stage < 0 && ml_str_is(name, "scratch");
	struct ml_record_builder b;
	struct reference ref;

	begin(&b, stage >= 0 ? "stage" : scratch ? "scratch" : "image", stage >= 0 || scratch);
	ml_record_set(&b, ML_DF_BASE_TEXT, ml_df_string(df, text));
	ml_record_set(&b, ML_DF_BASE_IMAGE, ml_df_string(df, name));
	ml_record_set(&b, ML_DF_BASE_VARIABLES, variable_names(df, image));
	if (stage >= 0)
		ml_record_set(&b, ML_DF_BASE_STAGE, ml_int(stage));
	if (stage < 0 && !scratch) {
		ref = split(name);
		set_repository(df, &b, &ref);
		set_version(df, &b, &ref);
	}
	return ml_df_pack(df, &b, loc);
}
