// SPDX-License-Identifier: Apache-2.0
#include "report/report_lists.h"

#include "base/datetime.h"
#include "base/text.h"
#include "policy/policy.h"
#include "report/json_write.h"
#include "report/report_text.h"

static bool same_ignoring_case(const char *a, const char *b)
{
	for (; *a && *b; a++, b++) {
		char x = *a >= 'A' && *a <= 'Z' ? (char)(*a | 0x20) : *a;
		char y = *b >= 'A' && *b <= 'Z' ? (char)(*b | 0x20) : *b;
		if (x != y) {
			return false;
		}
	}
	return *a == *b;
}

static bool is_selected(const struct lists_view *view, const struct ct_log *log)
{
	const struct lists_selection *selection = &view->selection;
	struct log_standing standing = lists_standing(log, view->basis, view->at_ms);
	return (!selection->has_state || standing.state == selection->state) &&
		(!selection->operator_name ||
			same_ignoring_case(view->list->operators[log->op],
				selection->operator_name)) &&
		(!selection->has_covers || log_covers(log, selection->covers_ms));
}

static int64_t age_ms(const struct lists_view *view)
{
	int64_t age = lists_age_ms(view->list, view->at_ms);
	return age < 0 ? 0 : age;
}

static bool is_stale(const struct lists_view *view)
{
	return policy_list_is_stale(loglist_source(view->list), age_ms(view));
}

static void count_states(const struct lists_view *view, uint64_t counts[NUM_LOG_STATES])
{
	memset(counts, 0, NUM_LOG_STATES * sizeof(*counts));
	for (size_t i = 0; i < view->list->num_logs; i++) {
		counts[lists_standing(&view->list->logs[i], view->basis, view->at_ms)
				.state]++;
	}
}

static void put_counts_text(const struct lists_view *view, struct buffer *out)
{
	uint64_t counts[NUM_LOG_STATES];
	struct buffer line;
	size_t num = view->list->num_logs;
	count_states(view, counts);
	buffer_init(&line, 1024);
	buffer_printf(&line, "%zu log%s:", num, num == 1 ? "" : "s");
	const char *before = " ";
	for (size_t i = 0; i < NUM_LOG_STATES; i++) {
		if (counts[i]) {
			buffer_printf(&line, "%s%llu %s", before,
				(unsigned long long)counts[i],
				log_state_name((enum log_state)i));
			before = ", ";
		}
	}
	report_put_wrapped(out, buffer_bytes(&line), 0, 2);
	out->failed = out->failed || line.failed;
	buffer_clear(&line);
}

// How the last refreshes went: what somebody wants to know at three in the morning.
static void put_refresh_text(const struct lists_view *view, struct buffer *out)
{
	const struct archive *archive = view->archive;
	struct buffer line;
	buffer_init(&line, 2048);
	if (archive && archive->refreshed_ms) {
		buffer_put_text(&line, "last refreshed ");
		report_put_instant(&line, archive->refreshed_ms);
	}
	if (archive && archive->failed_ms) {
		buffer_printf(&line, "%sREFRESH FAILS since ", line.len ? "; " : "");
		report_put_instant(&line, archive->failing_since_ms);
		buffer_printf(&line, " (%lld in a row), the last time ",
			(long long)archive->num_failed);
		report_put_instant(&line, archive->failed_ms);
		buffer_put_text(&line, ": ");
		text_put_escaped(&line, bytes_of_text(archive->failed_text));
		buffer_printf(&line, " [%s]", archive->failed_code);
	}
	if (line.len) {
		report_put_wrapped(out, buffer_bytes(&line), 0, 2);
	}
	out->failed = out->failed || line.failed;
	buffer_clear(&line);
}

// In force although others were published later (log-list refresh --force).
static bool is_gone_back_to(const struct lists_view *view)
{
	const struct archive *archive = view->archive;
	return archive && archive->pinned_ms && archive->pinned_ms <= view->at_ms &&
		memcmp(archive->in_hand, view->list->sha256, sizeof(archive->in_hand)) ==
		0;
}

static void put_head(const struct lists_view *view, struct buffer *out)
{
	static const char *const bases[] = {
		[BASIS_GIVEN] = "the list given",
		[BASIS_EXACT] = "the newest at hand at that time",
		[BASIS_EXTRAPOLATED] = "the oldest at hand, taken back to that time",
	};
	struct buffer line;
	buffer_init(&line, 1024);
	buffer_put_text(&line, view->list->name);
	buffer_put_text(&line, " log list");
	report_put_version(&line, view->list);
	buffer_put_text(&line, ", published ");
	report_put_day(&line, view->list->published_ms);
	report_put_age(&line, view->list, view->at_ms);
	buffer_put_text(&line, ", at ");
	report_put_day(&line, view->at_ms);
	buffer_put_text(&line, is_stale(view) ? " (STALE)" : "");
	report_put_wrapped(out, buffer_bytes(&line), 0, 2);
	out->failed = out->failed || line.failed;
	buffer_clear(&line);
	buffer_printf(out, "%s, from ",
		is_gone_back_to(view) ? "gone back to from a later one"
				      : bases[view->basis]);
	text_put_escaped(out, bytes_of_text(view->source));
	buffer_put_char(out, '\n');
	put_refresh_text(view, out);
	put_counts_text(view, out);
}

void report_put_interval(struct buffer *out, const struct ct_log *log)
{
	if (log->has_interval) {
		report_put_day(out, log->start_ms);
		buffer_put_text(out, "..");
		report_put_day(out, log->end_ms);
	} else {
		buffer_put_text(out, "any end");
	}
}

void report_put_previous(struct buffer *out, const struct ct_log *log)
{
	for (size_t i = 0; i < log->num_previous; i++) {
		buffer_put_text(out, i ? ", " : "");
		text_put_escaped(out, bytes_of_text(log->previous[i].name));
		buffer_put_text(out, " until ");
		report_put_day(out, log->previous[i].end_ms);
	}
}

#define INTERVAL_WIDTH 22

#define NAME_COLUMN 50

void report_put_log_line(
	const struct lists_view *view, const struct ct_log *log, struct buffer *out)
{
	struct log_standing standing = lists_standing(log, view->basis, view->at_ms);
	struct bytes name =
		bytes_of_text(log->text[LOG_DESCRIPTION] ? log->text[LOG_DESCRIPTION]
							 : "(no description)");
	buffer_printf(out, "  %-9s%c ", log_state_name(standing.state),
		log->api == LOG_STATIC ? '*' : ' ');
	if (standing.since_ms && standing.since_ms <= view->at_ms) {
		report_put_day(out, standing.since_ms);
	} else {
		buffer_put_text(out, "-         ");
	}
	buffer_put_text(out, "  ");
	size_t before = out->len;
	report_put_interval(out, log);
	text_put_spaces(out, INTERVAL_WIDTH - (out->len - before));
	if (NAME_COLUMN + text_width(name) > REPORT_WIDTH) {
		buffer_put_char(out, '\n');
		text_put_spaces(out, 15);
	} else {
		buffer_put_text(out, "  ");
	}
	text_put_escaped(out, name);
	buffer_put_char(out, '\n');
	if (log->num_previous) {
		text_put_spaces(out, 15);
		buffer_put_text(out, "of ");
		report_put_previous(out, log);
		buffer_put_char(out, '\n');
	}
}

// A word that was mistyped finds no log: then the operators that there are.
static void put_none(const struct lists_view *view, struct buffer *out)
{
	const struct loglist *list = view->list;
	const char *asked = view->selection.operator_name;
	bool known = !asked;
	for (size_t op = 0; op < list->num_operators; op++) {
		known = known || same_ignoring_case(list->operators[op], asked);
	}
	if (known) {
		buffer_put_text(out, "\nNo log of the list is like that.\n");
		return;
	}
	buffer_put_text(out, "\nNo log operator of the list has this name. There are:\n");
	for (size_t op = 0; op < list->num_operators; op++) {
		buffer_put_text(out, "  ");
		text_put_escaped(out, bytes_of_text(list->operators[op]));
		buffer_put_char(out, '\n');
	}
}

void report_list_text(const struct lists_view *view, struct buffer *out)
{
	const struct loglist *list = view->list;
	size_t num_shown = 0;
	put_head(view, out);
	for (size_t op = 0; op < list->num_operators; op++) {
		bool first = true;
		for (size_t i = 0; i < list->num_logs; i++) {
			const struct ct_log *log = &list->logs[i];
			if (log->op != op || !is_selected(view, log)) {
				continue;
			}
			if (first) {
				buffer_put_char(out, '\n');
				text_put_escaped(out, bytes_of_text(list->operators[op]));
				buffer_put_char(out, '\n');
				first = false;
			}
			report_put_log_line(view, log, out);
			num_shown++;
		}
	}
	if (num_shown == 0) {
		put_none(view, out);
	} else {
		buffer_put_text(out,
			"\nState, since when, between which days a certificate may end, "
			"name.\n* marks a static-ct-api log.\n");
	}
}

void report_put_log_members(struct json *json, const struct loglist *list,
	const struct ct_log *log, enum log_state state, int64_t since_ms)
{
	json_put_base64(json, "log_id", bytes_of(log->id, LOG_ID_LEN));
	json_put_text(json, "description", log->text[LOG_DESCRIPTION]);
	json_put_text(json, "operator", list->operators[log->op]);
	json_put_text(json, "log_api", log_api_name(log->api));
	json_put_text(json, "state", log_state_name(state));
	json_put_known_time(json, "state_since", since_ms);
	if (log->has_interval) {
		json_put_open(json, "temporal_interval", '{');
		json_put_time(json, "start_inclusive", log->start_ms);
		json_put_time(json, "end_exclusive", log->end_ms);
		json_put_close(json, '}');
	} else {
		json_put_null(json, "temporal_interval");
	}
	if (log->num_previous) {
		json_put_open(json, "previous_operators", '[');
		for (size_t i = 0; i < log->num_previous; i++) {
			json_put_open(json, NULL, '{');
			json_put_text(json, "name", log->previous[i].name);
			json_put_time(json, "end_time", log->previous[i].end_ms);
			json_put_close(json, '}');
		}
		json_put_close(json, ']');
	}
	json_put_integer(json, "mmd", log->mmd);
	json_put_base64(json, "key", pubkey_spki(log->key));
	for (size_t i = LOG_URL; i < NUM_LOG_TEXTS; i++) {
		if (log->text[i]) {
			json_put_text(
				json, log_text_name((enum log_text)i), log->text[i]);
		}
	}
}

static void put_log_json(
	struct json *json, const struct lists_view *view, const struct ct_log *log)
{
	struct log_standing standing = lists_standing(log, view->basis, view->at_ms);
	json_put_open(json, NULL, '{');
	report_put_log_members(json, view->list, log, standing.state, standing.since_ms);
	json_put_bool(json, "state_extrapolated", standing.extrapolated);
	json_put_close(json, '}');
}

static void put_counts(struct json *json, const struct lists_view *view)
{
	uint64_t counts[NUM_LOG_STATES];
	count_states(view, counts);
	json_put_open(json, "counts", '{');
	for (size_t i = 0; i < NUM_LOG_STATES; i++) {
		json_put_unsigned(json, log_state_name((enum log_state)i), counts[i]);
	}
	json_put_close(json, '}');
}

static void put_refresh(struct json *json, const struct archive *archive)
{
	if (!archive || (!archive->refreshed_ms && !archive->failed_ms)) {
		json_put_null(json, "last_refresh");
		return;
	}
	bool failed = archive->failed_ms != 0;
	json_put_open(json, "last_refresh", '{');
	json_put_time(json, "at", failed ? archive->failed_ms : archive->refreshed_ms);
	json_put_text(json, "outcome", failed ? "failed" : "succeeded");
	json_put_text(json, "error", failed ? archive->failed_text : NULL);
	json_put_text(json, "code", failed ? archive->failed_code : NULL);
	json_put_known_time(json, "succeeded_at", archive->refreshed_ms);
	json_put_known_time(json, "failing_since", archive->failing_since_ms);
	json_put_integer(json, "failures", archive->num_failed);
	json_put_close(json, '}');
}

void report_list_check(
	const struct lists_view *view, uint64_t max_days, bool is_old, struct buffer *out)
{
	const struct archive *archive = view->archive;
	double days = (double)age_ms(view) / (double)DATETIME_DAY_MS;
	buffer_printf(
		out, "LOG LIST %s - %s", is_old ? "CRITICAL" : "OK", view->list->name);
	report_put_version(out, view->list);
	buffer_printf(
		out, ", %.1f days old (limit %llu)", days, (unsigned long long)max_days);
	if (archive && archive->failed_ms) {
		buffer_put_text(out, ", refresh fails since ");
		report_put_day(out, archive->failing_since_ms);
		buffer_printf(out, " [%s]", archive->failed_code);
	} else if (archive && archive->refreshed_ms) {
		buffer_put_text(out, ", last refreshed ");
		report_put_instant(out, archive->refreshed_ms);
	} else {
		buffer_put_text(out, ", never refreshed");
	}
	buffer_printf(out, " | age=%.3f;;%llu\n", days, (unsigned long long)max_days);
}

void report_put_list_member(
	struct json *json, const struct lists_view *view, int64_t list_age_ms, bool stale)
{
	const struct loglist *list = view->list;
	json_put_open(json, "log_list", '{');
	json_put_text(json, "name", list->name);
	json_put_text(json, "version", list->version[0] ? list->version : NULL);
	json_put_time(json, "published_at", list->published_ms);
	json_put_known_time(json, "fetched_at", lists_fetched_ms(list, view->at_ms));
	json_put_age(json, "age_days", list_age_ms);
	json_put_bool(json, "stale", stale);
	json_put_word(json, "basis", lists_basis_name(view->basis));
	json_put_hex(json, "sha256", bytes_of(list->sha256, sizeof(list->sha256)));
	json_put_close(json, '}');
}

static void put_members(struct json *json, const struct lists_view *view)
{
	const struct loglist *list = view->list;
	json_put_text(json, "name", list->name);
	json_put_text(json, "version", list->version[0] ? list->version : NULL);
	json_put_hex(json, "sha256", bytes_of(list->sha256, sizeof(list->sha256)));
	json_put_time(json, "published_at", list->published_ms);
	json_put_known_time(json, "fetched_at", lists_fetched_ms(list, view->at_ms));
	json_put_age(json, "age_days", age_ms(view));
	json_put_bool(json, "stale", is_stale(view));
	json_put_text(json, "basis", lists_basis_name(view->basis));
	json_begin_text(json, "source");
	text_put_escaped(json->out, bytes_of_text(view->source));
	json_end_text(json);
	put_counts(json, view);
	put_refresh(json, view->archive);
}

void report_list_json(const struct lists_view *view, struct buffer *out)
{
	const struct loglist *list = view->list;
	struct json json = json_init(out);
	json_put_open(&json, NULL, '{');
	put_members(&json, view);
	json_put_open(&json, "logs", '[');
	for (size_t i = 0; i < list->num_logs; i++) {
		if (is_selected(view, &list->logs[i])) {
			put_log_json(&json, view, &list->logs[i]);
		}
	}
	json_put_close(&json, ']');
	json_put_close(&json, '}');
	buffer_put_char(out, '\n');
}

void report_list_head_json(const struct lists_view *view, struct buffer *out)
{
	struct json json = json_init(out);
	json_put_open(&json, NULL, '{');
	put_members(&json, view);
	json_put_close(&json, '}');
	buffer_put_char(out, '\n');
}

void report_log_json(
	const struct lists_view *view, const struct ct_log *log, struct buffer *out)
{
	struct json json = json_init(out);
	put_log_json(&json, view, log);
	buffer_put_char(out, '\n');
}
