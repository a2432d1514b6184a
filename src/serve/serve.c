// SPDX-License-Identifier: Apache-2.0
#include "serve/serve.h"

#include "app/clock.h"
#include "app/commands.h"
#include "app/issuer_files.h"
#include "crypto/digest.h"

static bool read_tokens(const struct options *options, enum option option,
	struct tokens **out, struct err *err)
{
	const char *path = options->values[option];
	*out = path ? tokens_read(path, err) : NULL;
	return !path || *out;
}

bool serve_load_tokens(struct serve *serve, struct err *err)
{
	struct token_sets tokens = {NULL, NULL};
	if (!read_tokens(serve->options, OPTION_TOKEN_FILE, &tokens.callers, err) ||
		!read_tokens(
			serve->options, OPTION_ADMIN_TOKEN_FILE, &tokens.admins, err)) {
		token_sets_unref(&tokens);
		metrics_read(serve->metrics, READING_TOKENS, false);
		return false;
	}
	store_swap_tokens(&serve->store, tokens);
	metrics_read(serve->metrics, READING_TOKENS, true);
	return true;
}

bool serve_load_roots(struct serve *serve, struct err *err)
{
	struct issuers *roots = NULL;
	bool done = issuer_files_read_roots(serve->options, &roots, err);
	metrics_read(serve->metrics, READING_ROOTS, done);
	if (done) {
		store_swap_roots(&serve->store, roots);
	}
	return done;
}

// The lists that the options name, as they are now; none at all only at the first time.
static struct snapshot *read_snapshot(
	const struct options *options, bool lists_needed, struct err *err)
{
	struct snapshot *snapshot = snapshot_new(err);
	if (!snapshot) {
		return NULL;
	}
	snapshot->lists = open_kept_lists(options, &snapshot->kept, &snapshot->why);
	if (!snapshot->lists && lists_needed) {
		*err = snapshot->why;
		snapshot_unref(snapshot);
		return NULL;
	}
	return snapshot;
}

// An error whole: its file, what and where, and its code.
static void tell_error(const struct serve *serve, const char *event,
	const struct err *err, const char *then)
{
	struct buffer line;
	buffer_init(&line, 1024);
	err_put_line(err, &line);
	access_log_event(serve->log, ACCESS_ERROR, event, "%.*s; %s",
		line.failed ? 0 : (int)line.len, (const char *)line.data, then);
	buffer_clear(&line);
}

static bool is_refreshed(const struct serve *serve, const char *source)
{
	for (size_t i = 0; i < serve->sources.num; i++) {
		if (strcmp(serve->sources.names[i], source) == 0) {
			return true;
		}
	}
	return false;
}

bool serve_watches(
	const struct serve *serve, const struct snapshot *snapshot, const char *source)
{
	return strcmp(source, lists_main_source(snapshot->lists)) == 0 ||
		is_refreshed(serve, source) ||
		snapshot->kept.paths[source_index(source)] ||
		kept_archive(&snapshot->kept, source)->num_entries > 0;
}

const struct loglist *serve_list_now(const struct snapshot *snapshot, const char *source,
	int64_t now_ms, bool *out_stale)
{
	enum lists_basis basis;
	const struct loglist *list =
		lists_in_force(snapshot->lists, source, now_ms, &basis);
	*out_stale = policy_list_is_stale(source, lists_age_ms(list, now_ms));
	return list;
}

static void tell_list(const struct serve *serve, const struct snapshot *snapshot,
	const char *source, int64_t now_ms)
{
	bool is_stale;
	char published[DATETIME_ROOM];
	const struct loglist *list = serve_list_now(snapshot, source, now_ms, &is_stale);
	datetime_format_ms(list->published_ms, published);
	access_log_event(serve->log, is_stale ? ACCESS_WARNING : ACCESS_INFO,
		"list_in_force", "%s log list %s, published %.10s, from %s%s", list->name,
		list->version, published, kept_place(&snapshot->kept, list),
		is_stale ? "; it is stale: devices with a list that old enforce nothing"
			 : "");
}

static void tell_lists(const struct serve *serve, const struct snapshot *snapshot)
{
	if (!snapshot->lists) {
		tell_error(serve, "no_list", &snapshot->why,
			"evaluations are answered 503 until there is a list and SIGHUP");
		return;
	}
	int64_t now_ms = clock_now_ms();
	for (size_t i = 0; i < lists_num_sources(snapshot->lists); i++) {
		const char *source = lists_source_at(snapshot->lists, i);
		if (serve_watches(serve, snapshot, source)) {
			tell_list(serve, snapshot, source, now_ms);
		}
	}
}

// Is another file in force than before? The first ones are no exchange.
static bool is_exchange(const struct snapshot *before, const struct snapshot *now)
{
	enum lists_basis basis;
	int64_t now_ms = clock_now_ms();
	if (!before || !now->lists || !before->lists) {
		return before && now->lists;
	}
	if (lists_num_sources(before->lists) != lists_num_sources(now->lists)) {
		return true;
	}
	bool same = true;
	for (size_t i = 0; i < lists_num_sources(now->lists) && same; i++) {
		const char *source = lists_source_at(now->lists, i);
		const struct loglist *a =
			lists_in_force(before->lists, source, now_ms, &basis);
		const struct loglist *b =
			lists_in_force(now->lists, source, now_ms, &basis);
		same = a && memcmp(a->sha256, b->sha256, DIGEST_SHA256_LEN) == 0;
	}
	return !same;
}

// False with `err`, and what was in force stays.
static bool load(struct serve *serve, struct err *err)
{
	struct snapshot *before = store_get(&serve->store);
	bool had_lists = before && before->lists;
	struct snapshot *snapshot = read_snapshot(serve->options, had_lists, err);
	metrics_read(serve->metrics, READING_LISTS, snapshot && snapshot->lists);
	if (snapshot) {
		if (is_exchange(before, snapshot)) {
			metrics_swapped(serve->metrics, clock_now_ms());
		}
		tell_lists(serve, snapshot);
		store_swap(&serve->store, snapshot);
	}
	snapshot_unref(before);
	return snapshot != NULL;
}

bool serve_load_lists(struct serve *serve, struct err *err)
{
	(void)pthread_mutex_lock(&serve->loading);
	bool done = load(serve, err);
	(void)pthread_mutex_unlock(&serve->loading);
	return done;
}

void serve_reload_lists(struct serve *serve)
{
	struct err err;
	err_clear(&err);
	if (!serve_load_lists(serve, &err)) {
		tell_error(serve, "reload_failed", &err, "the lists in force stay");
	}
}

// What a reload of the tokens led to.
static void tell_tokens(struct serve *serve)
{
	struct token_sets tokens = store_get_tokens(&serve->store);
	if (tokens.callers || tokens.admins) {
		access_log_event(serve->log, ACCESS_INFO, "tokens_in_force",
			"%zu of --token-file, %zu of --admin-token-file",
			tokens_num(tokens.callers), tokens_num(tokens.admins));
	}
	token_sets_unref(&tokens);
}

static void tell_roots(struct serve *serve)
{
	struct issuers *roots = store_get_roots(&serve->store);
	if (roots) {
		access_log_event(serve->log, ACCESS_INFO, "roots_in_force",
			"%zu of --roots", issuers_num(roots));
	}
	issuers_unref(roots);
}

static void reload_roots(struct serve *serve)
{
	struct err err;
	err_clear(&err);
	if (!serve_load_roots(serve, &err)) {
		tell_error(serve, "reload_failed", &err, "the roots stay as they were");
	} else {
		tell_roots(serve);
	}
}

void serve_reload(struct serve *serve)
{
	struct err err;
	err_clear(&err);
	if (!serve_load_tokens(serve, &err)) {
		tell_error(serve, "reload_failed", &err, "the tokens stay as they were");
	} else {
		tell_tokens(serve);
	}
	reload_roots(serve);
	serve_reload_lists(serve);
}
