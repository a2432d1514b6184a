// SPDX-License-Identifier: Apache-2.0
#include "app/refresh.h"

#include <stdlib.h>

#include "app/clock.h"
#include "app/fetch.h"
#include "app/files.h"
#include "app/stream.h"
#include "base/text.h"
#include "loglist/bundled.h"
#include "loglist/list_signature.h"
#include "loglist/loglist_json.h"

// How far a clock may go back without a word.
#define CLOCK_SLACK_MS DATETIME_DAY_MS

struct run {
	const struct refresh_request *request;
	struct refresh *out;
	struct state state;
	struct fetcher *fetcher; // NULL until something is fetched
	struct buffer list; // the bytes that came
	char etag[VALIDATOR_ROOM];
	char last_modified[VALIDATOR_ROOM];
	uint8_t sha256[DIGEST_SHA256_LEN];
	bool was_pinned; // the list in hand, when the folder was opened
	struct err *err; // of the place that is being tried
};

// Where it comes from.

static bool is_url(const char *place)
{
	return strstr(place, "://") && strncmp(place, "file://", 7) != 0;
}

static const char *path_of(const char *place)
{
	return strncmp(place, "file://", 7) == 0 ? place + 7 : place;
}

// Without name and password, which nobody shall read in a report; libcurl takes a third slash
// before them too. The index takes UTF-8 alone, which a file's name need not be, nor a text
// that is cut.
static void describe(const char *place, char *out, size_t room)
{
	size_t scheme = is_url(place) ? strcspn(place, "/") : 0;
	size_t start = scheme + strspn(place + scheme, "/");
	size_t end = is_url(place) ? start + strcspn(place + start, "/?#") : start;
	size_t host = start;
	for (size_t i = start; i < end; i++) {
		host = place[i] == '@' ? i + 1 : host;
	}
	(void)snprintf(out, room, "%.*s%s", (int)start, place, place + host);
	text_make_printable(out);
}

static enum fetch_result fetch_into(struct run *run, const char *url, size_t max_len,
	const char *etag, const char *last_modified, struct fetch_answer *answer)
{
	const struct refresh_request *request = run->request;
	struct fetch_request fetched = {.url = url,
		.etag = etag,
		.last_modified = last_modified,
		.cacert = request->cacert,
		.timeout_ms = request->timeout_ms,
		.max_len = max_len,
		.stop = request->stop};
	*answer = (struct fetch_answer){.num_tries = 0};
	run->fetcher = run->fetcher ? run->fetcher : fetcher_new(run->err);
	return run->fetcher ? fetch(run->fetcher, &fetched, answer, run->err)
			    : FETCH_FAILED;
}

static const struct source *publisher_of(const struct run *run)
{
	return source_at(source_index(run->request->source));
}

// Does its publisher sign the list, so that it is taken with its signature alone?
static bool is_signed(const struct run *run)
{
	return publisher_of(run)->key != NULL;
}

enum got { GOT_LIST, GOT_NOTHING_NEW, GOT_FAILED };

// With the conditions that the list in hand came with, if it came from here, which a place
// that is cut does not tell; but whoever asks for a signature wants it to be of the list, not of "it is the same".
static enum got get_url(struct run *run, const char *url)
{
	struct fetch_answer answer;
	const struct archive_entry *in_hand = archive_in_hand(&run->state.archive);
	bool is_same = in_hand && !run->request->signature && !is_signed(run) &&
		strlen(run->out->from) < sizeof(run->out->from) - 1 &&
		strcmp(in_hand->source, run->out->from) == 0;
	switch (fetch_into(run, url, LISTS_MAX_FILE, is_same ? in_hand->etag : NULL,
		is_same ? in_hand->last_modified : NULL, &answer)) {
	case FETCH_NOT_MODIFIED:
		fetch_answer_clear(&answer);
		return GOT_NOTHING_NEW;
	case FETCH_DONE:
		memcpy(run->etag, answer.etag, sizeof(run->etag));
		memcpy(run->last_modified, answer.last_modified,
			sizeof(run->last_modified));
		buffer_clear(&run->list);
		run->list = answer.body;
		answer.body = (struct buffer){.data = NULL};
		fetch_answer_clear(&answer);
		return GOT_LIST;
	case FETCH_FAILED:
		break;
	}
	fetch_answer_clear(&answer);
	return GOT_FAILED;
}

static enum got get(struct run *run, const char *place)
{
	buffer_clear(&run->list);
	buffer_init(&run->list, LISTS_MAX_FILE);
	run->etag[0] = '\0';
	run->last_modified[0] = '\0';
	if (run->request->from_stdin) {
		(void)snprintf(run->out->from, sizeof(run->out->from), "standard input");
		return file_read("-", &run->list, run->err) ? GOT_LIST : GOT_FAILED;
	}
	describe(place, run->out->from, sizeof(run->out->from));
	if (is_url(place)) {
		return get_url(run, place);
	}
	return stream_read_file(path_of(place), &run->list, run->err) ? GOT_LIST
								      : GOT_FAILED;
}

// Checking.

static bool read_signature(struct run *run, const char *place, struct buffer *out)
{
	struct fetch_answer answer;
	if (!is_url(place)) {
		return file_read(path_of(place), out, run->err);
	}
	bool done = fetch_into(run, place, LIST_SIGNATURE_MAX, NULL, NULL, &answer) ==
		FETCH_DONE;
	if (done) {
		buffer_put(out, buffer_bytes(&answer.body));
		done = !out->failed || err_no_memory(run->err);
	}
	fetch_answer_clear(&answer);
	return done;
}

// Where a publisher keeps the signature of the list at that place: "list.sig" beside
// "list.json". To be freed; NULL: no memory.
static char *signature_beside(const char *place)
{
	size_t len = strlen(place);
	size_t stem = len > 5 && strcmp(place + len - 5, ".json") == 0 ? len - 5 : len;
	char *out = malloc(stem + 5);
	if (out) {
		(void)snprintf(out, stem + 5, "%.*s.sig", (int)stem, place);
	}
	return out;
}

static bool read_key(struct run *run, struct buffer *out)
{
	if (run->request->public_key) {
		return file_read(run->request->public_key, out, run->err);
	}
	buffer_put_text(out, publisher_of(run)->key);
	return !out->failed || err_no_memory(run->err);
}

static bool check_by(struct run *run, const char *place)
{
	struct buffer signature;
	struct buffer key;
	buffer_init(&signature, LIST_SIGNATURE_MAX);
	buffer_init(&key, LIST_SIGNATURE_MAX);
	bool done = read_signature(run, place, &signature);
	if (!done && !run->request->signature && run->err->code != CODE_OUT_OF_MEMORY) {
		(void)err_add(run->err,
			"; a list of %s's is taken with its signature alone: name that "
			"with --signature",
			run->request->source);
	}
	done = done && read_key(run, &key) &&
		list_signature_check(buffer_bytes(&run->list), buffer_bytes(&signature),
			buffer_bytes(&key), run->err);
	buffer_clear(&signature);
	buffer_clear(&key);
	return done;
}

static bool check_signature(struct run *run, const char *place)
{
	if (run->request->signature) {
		return check_by(run, run->request->signature);
	}
	if (!is_signed(run)) {
		return true;
	}
	if (!place) {
		return err_set(run->err, CODE_LOG_LIST_SIGNATURE_INVALID, ERR_NO_OFFSET,
			"a list of %s's is taken with its signature alone: name that with "
			"--signature",
			run->request->source);
	}
	char *beside = signature_beside(place);
	bool done = beside ? check_by(run, beside) : err_no_memory(run->err);
	free(beside);
	return done;
}

static struct ctp_lists *read_list(const struct run *run, struct bytes text)
{
	struct ctp_lists *lists = lists_new(run->err);
	if (lists) {
		lists_expect(lists, run->request->source);
	}
	if (lists && loglist_json_read(text, lists, run->err) &&
		lists_freeze(lists, true, run->err)) {
		return lists;
	}
	lists_unref(lists);
	return NULL;
}

// The first thing that keeps it out is the error.
static bool weigh(struct run *run)
{
	const struct guard_doubts *doubts = &run->out->doubts;
	enum guard_weight limit = run->request->force ? GUARD_UNUSABLE : GUARD_REFUSED;
	for (size_t i = 0; i < doubts->num; i++) {
		const struct guard_doubt *doubt = &doubts->items[i];
		if (doubt->weight >= limit) {
			return err_set(run->err, doubt->code, ERR_NO_OFFSET, "%s%s",
				doubt->text,
				doubt->weight == GUARD_REFUSED
					? " If that is right: --force"
					: "");
		}
	}
	return true;
}

static bool ask_guard(struct run *run)
{
	struct guard_question question = {.list = lists_newest(run->out->after, NULL),
		.in_hand = lists_newest(run->out->before, NULL),
		.bundled = lists_newest(run->out->bundled, NULL),
		.source = run->request->source,
		.now_ms = run->out->at_ms};
	return list_guard(&question, &run->out->arena, &run->out->doubts) ||
		err_no_memory(run->err);
}

// The server of a list, or the end of its file's name, as the field of what is wrong with it.
static void name_place(const char *from, struct err *err)
{
	char host[sizeof(err->field)] = "";
	size_t room = sizeof(host) - 1;
	size_t len = strlen(from);
	if (!is_url(from)) {
		(void)err_in_field(err, len > room ? from + len - room : from);
		return;
	}
	const char *start = strstr(from, "://") + 3;
	len = strcspn(start, "/?#");
	memcpy(host, start, len < room ? len : room);
	(void)err_in_field(err, host);
}

static bool read_it(struct run *run)
{
	run->out->after = read_list(run, buffer_bytes(&run->list));
	if (run->out->after || run->err->code == CODE_OUT_OF_MEMORY) {
		return run->out->after != NULL;
	}
	name_place(run->out->from, run->err);
	return err_add(run->err, "; if it stays so, tell who publishes it");
}

// That it is another source's is said rather than that it has no signature of this one's.
static bool is_signed_well(struct run *run, const char *place)
{
	const char *source = loglist_source(lists_newest(run->out->after, NULL));
	return strcmp(source, run->request->source) != 0 || check_signature(run, place);
}

// Is it one to take? It stands in `after` then.
static bool check(struct run *run, const char *place)
{
	lists_unref(run->out->after);
	run->out->after = NULL;
	return read_it(run) && is_signed_well(run, place) && ask_guard(run) && weigh(run);
}

// Taking.

// Lists are in force by publication. One that others were published after is so by being
// pinned: the publisher, or the operator, went back to it.
static bool needs_pin(const struct run *run, const struct loglist *list)
{
	const struct archive *archive = &run->state.archive;
	const struct archive_entry *last = &archive->entries[archive->num_entries - 1];
	const struct loglist *bundled = lists_newest(run->out->bundled, NULL);
	bool went_back = run->out->taken == TAKEN_FORCED || archive->pinned_ms;
	return memcmp(last->sha256, list->sha256, sizeof(last->sha256)) != 0 ||
		(went_back && bundled && lists_compare(list, bundled) < 0);
}

static bool take(struct run *run)
{
	struct archive *archive = &run->state.archive;
	struct refresh *out = run->out;
	const struct loglist *list = lists_newest(out->after, NULL);
	const struct archive_entry *old = archive_find(archive, run->sha256);
	bool is_fetched = !run->request->from_stdin && is_url(out->from);
	out->taken = out->doubts.worst >= GUARD_REFUSED ? TAKEN_FORCED
		: is_fetched                            ? TAKEN_FETCHED
							: TAKEN_READ;
	struct archive_entry entry = archive_entry_of(list, out->taken);
	entry.fetched_first_ms =
		old && old->fetched_first_ms ? old->fetched_first_ms : out->at_ms;
	entry.fetched_last_ms = out->at_ms;
	entry.source = out->from;
	entry.etag = run->etag;
	entry.last_modified = run->last_modified;
	if (!state_put(&run->state, &entry, buffer_bytes(&run->list), run->err)) {
		return false;
	}
	out->is_pinned = needs_pin(run, list);
	archive->pinned_ms = out->is_pinned ? out->at_ms : 0;
	archive->has_in_hand = true;
	memcpy(archive->in_hand, run->sha256, sizeof(archive->in_hand));
	return true;
}

// The list in hand was found to be the present one.
static void renew(struct run *run, bool is_new_answer)
{
	struct archive_entry entry = *archive_in_hand(&run->state.archive);
	int64_t first_ms = entry.fetched_first_ms;
	entry.fetched_first_ms =
		first_ms && first_ms < run->out->at_ms ? first_ms : run->out->at_ms;
	entry.fetched_last_ms = run->out->at_ms;
	if (is_new_answer) {
		entry.source = run->out->from;
		entry.etag = run->etag;
		entry.last_modified = run->last_modified;
	}
	if (!archive_put(&run->state.archive, &entry, run->err)) {
		return;
	}

	lists_unref(run->out->after);
	run->out->after = run->out->before ? lists_ref(run->out->before) : NULL;
	run->out->doubts = (struct guard_doubts){.num = 0};
	run->out->outcome = REFRESH_UNCHANGED;
}

static bool is_in_hand(struct run *run)
{
	struct bytes list = buffer_bytes(&run->list);
	const struct archive *archive = &run->state.archive;
	return digest_sha256(run->state.digest, &list, 1, run->sha256)
		? archive->has_in_hand &&
			memcmp(archive->in_hand, run->sha256, sizeof(run->sha256)) == 0
		: err_no_memory(run->err);
}

// One place after another, until one of them gives what can be taken.
static bool try_place(struct run *run, const char *place)
{
	switch (get(run, place)) {
	case GOT_FAILED:
		return false;
	case GOT_NOTHING_NEW:
		renew(run, false);
		return run->err->code == CODE_NONE;
	case GOT_LIST:
		break;
	}
	if (is_in_hand(run)) {
		if (!check_signature(run, place)) {
			return false;
		}
		renew(run, true);
		return run->err->code == CODE_NONE;
	}
	run->out->outcome = REFRESH_TAKEN;
	return run->err->code == CODE_NONE && check(run, place) && take(run);
}

static bool try_places(struct run *run)
{
	struct refresh *out = run->out;
	size_t num = run->request->from_stdin ? 1 : run->request->num_urls;
	for (size_t i = 0; i < num && out->num_failures < REFRESH_MAX_FAILURES; i++) {
		run->err = &out->failures[out->num_failures];
		err_clear(run->err);
		if (try_place(run,
			    run->request->from_stdin ? NULL : run->request->urls[i])) {
			return true;
		}
		out->num_failures++;
	}
	return false;
}

// Before anything is asked for: with a clock like that no list could be judged.
static bool check_clock(struct run *run)
{
	const struct archive *archive = &run->state.archive;
	char seen[DATETIME_ROOM];
	char now[DATETIME_ROOM];
	if (run->request->force ||
		run->out->at_ms >= archive->refreshed_ms - CLOCK_SLACK_MS) {
		return true;
	}
	datetime_format_ms(archive->refreshed_ms, seen);
	datetime_format_ms(run->out->at_ms, now);
	return err_set(run->err, CODE_CLOCK_WENT_BACK, ERR_NO_OFFSET,
		"this machine's clock says %s, but the last refresh was at %s: set the "
		"clock; if it is right now and was wrong then: --force",
		now, seen);
}

static bool load_in_hand(struct run *run)
{
	const struct archive_entry *entry = archive_in_hand(&run->state.archive);
	if (!entry) {
		return true;
	}
	run->was_pinned = run->state.archive.pinned_ms != 0;
	struct buffer text;
	buffer_init(&text, LISTS_MAX_FILE);
	if (state_load(&run->state, entry->sha256, &text, run->err)) {
		run->out->before = read_list(run, buffer_bytes(&text));
	}
	buffer_clear(&text);
	return run->out->before != NULL;
}

static bool load_bundled(struct run *run)
{
	run->out->bundled = bundled_lists(run->request->source, run->err);
	return run->out->bundled != NULL;
}

// What went wrong is kept too, for who asks at three in the morning; that it was told to stop is
// nothing wrong. A disk that takes nothing more cannot be told.
static void note_failure(struct run *run)
{
	struct archive *archive = &run->state.archive;
	const struct err *err = &run->out->failures[run->out->num_failures - 1];
	if (err->code == CODE_FETCH_STOPPED) {
		return;
	}
	struct err ignored;
	err_clear(&ignored);
	archive->num_failed = archive->failed_ms ? archive->num_failed + 1 : 1;
	archive->failing_since_ms =
		archive->failed_ms ? archive->failing_since_ms : run->out->at_ms;
	archive->failed_ms = run->out->at_ms;
	archive->failed_code = code_info(err->code)->name;
	archive->failed_text = err->text;
	run->out->num_failing = archive->num_failed;
	run->out->failing_since_ms = archive->failing_since_ms;
	if (!state_commit(&run->state, &ignored)) {
		return;
	}
}

static bool commit(struct run *run)
{
	struct archive *archive = &run->state.archive;
	archive->refreshed_ms = run->out->at_ms;
	archive->failed_ms = 0;
	archive->num_failed = 0;
	archive->failing_since_ms = 0;
	archive->failed_code = "";
	archive->failed_text = "";
	struct err why;
	err_clear(&why);
	bool done = state_commit(&run->state, &why);
	if (!done && run->state.is_seen) {
		run->out->unsure = why;
	} else if (!done) {
		run->out->failures[0] = why;
	}
	return run->state.is_seen;
}

static void fail(struct run *run)
{
	struct refresh *out = run->out;
	out->outcome = REFRESH_FAILED;
	out->is_pinned = run->was_pinned;
	lists_unref(out->after);
	out->after = out->before ? lists_ref(out->before) : NULL;
}

void refresh_run(const struct refresh_request *request, struct refresh *out)
{
	*out = (struct refresh){.at_ms = clock_now_ms() / 1000 * 1000};
	struct run run = {.request = request, .out = out, .err = &out->failures[0]};
	out->is_open =
		state_open(request->state_dir, request->source, &run.state, run.err);
	bool is_ready = out->is_open && load_bundled(&run) && load_in_hand(&run) &&
		check_clock(&run);
	if (!is_ready) {
		out->num_failures = 1;
		fail(&run);
	} else if (!try_places(&run)) {
		fail(&run);
		note_failure(&run);
	} else if (!commit(&run)) {
		out->num_failures = 1;
		fail(&run);
	}
	buffer_clear(&run.list);
	fetcher_free(run.fetcher);
	state_close(&run.state);
}

void refresh_clear(struct refresh *refresh)
{
	lists_unref(refresh->before);
	lists_unref(refresh->bundled);
	lists_unref(refresh->after);
	arena_clear(&refresh->arena);
	*refresh = (struct refresh){.num_failures = 0};
}

// Verifying: without the lock, for nothing is written.

static bool read_in_hand(struct run *run)
{
	struct buffer text;
	buffer_init(&text, LISTS_MAX_FILE);
	bool done = state_read_in_hand(
		run->request->state_dir, run->request->source, &text, run->err);
	if (done && text.len > 0) {
		run->out->before = read_list(run, buffer_bytes(&text));
		done = run->out->before != NULL;
	}
	buffer_clear(&text);
	return done;
}

static bool read_asked(struct run *run)
{
	const char *place = run->request->urls[0];
	if (get(run, place) != GOT_LIST) {
		return false;
	}
	run->out->after = read_list(run, buffer_bytes(&run->list));
	return run->out->after &&
		is_signed_well(run, run->request->from_stdin ? NULL : place);
}

bool refresh_verify(const struct refresh_request *request, struct refresh *out)
{
	*out = (struct refresh){.at_ms = clock_now_ms() / 1000 * 1000};
	struct run run = {.request = request, .out = out, .err = &out->failures[0]};
	bool done = load_bundled(&run) && read_in_hand(&run) && read_asked(&run) &&
		ask_guard(&run);
	out->outcome = done ? REFRESH_UNCHANGED : REFRESH_FAILED;
	out->num_failures = done ? 0 : 1;
	buffer_clear(&run.list);
	fetcher_free(run.fetcher);
	return done;
}
