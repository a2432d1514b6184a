// SPDX-License-Identifier: Apache-2.0
#include "app/audit_judge.h"

#include <stdlib.h>

#include "app/input.h"
#include "report/summary.h"

#define PLACE_ROOM (sizeof(((struct batch_unread *)NULL)->place))

struct audit_judge {
	const struct audit_rules *rules;
	struct ctp_context *context;
	struct arena arena; // of the batch: names, and what requests hold
	struct ctp_request requests[BATCH_RECORDS];
	struct evaluated items[BATCH_RECORDS];
	size_t item_of[BATCH_RECORDS]; // of each record that was read
	bool names_itself[BATCH_RECORDS]; // its id does not say where it stands
};

struct audit_judge *audit_judge_new(
	const struct audit_rules *rules, struct fast *fast, struct err *err)
{
	struct audit_judge *judge = calloc(1, sizeof(*judge));
	if (!judge) {
		err_no_memory(err);
		return NULL;
	}
	judge->rules = rules;
	judge->context = context_new(fast, err);
	if (!judge->context) {
		audit_judge_free(judge);
		return NULL;
	}
	return judge;
}

void audit_judge_free(struct audit_judge *judge)
{
	if (judge) {
		context_free(judge->context);
		arena_clear(&judge->arena);
		free(judge);
	}
}

static const char *shown_path(
	const struct batch *batch, const struct batch_record *record)
{
	const char *path = (const char *)batch->in.data + record->path;
	return strcmp(path, "-") == 0 ? "standard input" : path;
}

// "path:number", as a JSON string.
static struct bytes default_id(struct audit_judge *judge, const struct batch *batch,
	const struct batch_record *record)
{
	const char *shown = shown_path(batch, record);
	size_t room = strlen(shown) + 32;
	char *name = arena_take(&judge->arena, room);
	int len = !name          ? -1
		: record->number ? snprintf(name, room, "%s:%llu", shown,
					   (unsigned long long)record->number)
				 : snprintf(name, room, "%s", shown);
	return len < 0 ? BYTES_NONE : input_text_id(name, &judge->arena);
}

// What the options say, then what the record says.
static bool make_request(struct audit_judge *judge, struct batch *batch,
	struct batch_record *record, struct ctp_request *out)
{
	bool *names_itself = &judge->names_itself[record - batch->records];
	*out = judge->rules->defaults;
	struct bytes data = batch_bytes(batch, record->data, record->data_len);
	bool read = record->err.code == CODE_NONE;
	out->times = record->times;
	out->beside_key = record->beside_key;
	if (read && record->is_request) {
		read = input_read_request(data, &judge->arena, out, &record->err);
	} else if (read) {
		out->fields[REQUEST_CERTIFICATE] = data;
		if (record->issuer_len) {
			out->fields[REQUEST_ISSUER] =
				batch_bytes(batch, record->issuer, record->issuer_len);
		}
	}
	*names_itself = out->fields[REQUEST_ID].data != NULL;
	if (!*names_itself) {
		out->fields[REQUEST_ID] = default_id(judge, batch, record);
	}
	if (!out->fields[REQUEST_ID].data || record->err.code == CODE_OUT_OF_MEMORY) {
		err_no_memory(&batch->err);
	}
	return read;
}

// Its place in the file, for people: the id has the number alone.
static struct report_options options_of(const struct audit_judge *judge,
	const struct batch_record *record, char place[PLACE_ROOM])
{
	struct report_options options = judge->rules->report;
	place[0] = '\0';
	if (record->line) {
		(void)snprintf(
			place, PLACE_ROOM, "line %llu", (unsigned long long)record->line);
	} else if (record->number) {
		(void)snprintf(place, PLACE_ROOM, "byte %llu",
			(unsigned long long)record->offset);
	}
	options.place = place[0] ? place : NULL;
	return options;
}

static uint64_t times_of(const struct batch_record *record)
{
	return record->times ? record->times : 1;
}

// "path:12", as compilers have it, or "path, byte 34".
static void put_place(const struct batch *batch, const struct batch_record *record,
	char place[PLACE_ROOM])
{
	const char *path = shown_path(batch, record);
	if (record->line) {
		(void)snprintf(place, PLACE_ROOM, "%.300s:%llu", path,
			(unsigned long long)record->line);
	} else if (record->number) {
		(void)snprintf(place, PLACE_ROOM, "%.300s, byte %llu", path,
			(unsigned long long)record->offset);
	} else {
		(void)snprintf(place, PLACE_ROOM, "%.300s", path);
	}
}

static void note_first_unread(
	struct batch *batch, const struct batch_record *record, const struct err *err)
{
	if (batch->counts.unread <= 1) {
		batch->first_unread.err = *err;
		put_place(batch, record, batch->first_unread.place);
	}
}

static void report_error(struct audit_judge *judge, struct batch *batch,
	const struct batch_record *record, struct bytes id, const struct err *err)
{
	const struct audit_rules *rules = judge->rules;
	char place[PLACE_ROOM];
	char whole[PLACE_ROOM];
	struct report_options options = options_of(judge, record, place);
	struct err told = *err;
	put_place(batch, record, whole);
	if (judge->names_itself[record - batch->records]) {
		options.place = whole;
		err_add(&told, " (%s)", whole);
	}
	batch->counts.unread++;
	note_first_unread(batch, record, err);
	batch->status = exit_worse(batch->status, EXIT_INPUT);
	rules->format->error(&options, 1, id, err, &batch->out);
	if (rules->summarize) {
		summary_put_error_row(
			id, &told, record->position, times_of(record), &batch->rows);
	}
}

static enum exit_status status_of(
	const struct audit_rules *rules, const struct record *record)
{
	const struct list_view *list;
	bool is_doubtful = record_doubt(record, &list) != DOUBT_NONE;
	if (record->result == RESULT_FAIL || (rules->strict && is_doubtful)) {
		return EXIT_FAIL;
	}
	return record->result == RESULT_UNKNOWN ? EXIT_UNKNOWN : EXIT_PASS;
}

static void report_record(struct audit_judge *judge, struct batch *batch,
	const struct batch_record *from, const struct record *record)
{
	const struct audit_rules *rules = judge->rules;
	char place[PLACE_ROOM];
	struct report_options options = options_of(judge, from, place);
	enum exit_status status = status_of(rules, record);
	batch->status = exit_worse(batch->status, status);
	batch->counts.passed += record->result == RESULT_PASS;
	batch->counts.failed += record->result == RESULT_FAIL;
	batch->counts.unknown += record->result == RESULT_UNKNOWN;
	if (status != EXIT_PASS || !rules->fail_only) {
		rules->format->record(&options, 1, record, &batch->out);
	}
	if (rules->summarize) {
		summary_put_row(record, from->position, times_of(from), &batch->rows);
	}
}

// By the selection, or because it is a CA's (--leaves-only), which the summary says.
static void leave_out(
	struct audit_judge *judge, struct batch *batch, const struct batch_record *record)
{
	const struct ctp_request *defaults = &judge->rules->defaults;
	batch->counts.records--;
	batch->counts.left_out++;
	if (judge->rules->summarize && defaults->selection->leaves_only) {
		summary_put_left_out(times_of(record), &batch->rows);
	}
}

void audit_judge_run(struct audit_judge *judge, struct batch *batch)
{
	size_t num = 0;
	arena_reset(&judge->arena);
	for (size_t i = 0; i < batch->num; i++) {
		struct ctp_request *request = &judge->requests[i];
		if (make_request(judge, batch, &batch->records[i], request)) {
			judge->item_of[i] = num;
			judge->items[num++].request = request;
		}
	}
	if (batch->err.code != CODE_NONE) {
		return;
	}
	evaluate_all(judge->context, judge->rules->lists, judge->items, num);
	for (size_t i = 0; i < batch->num; i++) {
		const struct batch_record *record = &batch->records[i];
		struct bytes id = judge->requests[i].fields[REQUEST_ID];
		struct evaluated *item = &judge->items[judge->item_of[i]];
		batch->counts.records++;
		if (record->err.code != CODE_NONE) {
			report_error(judge, batch, record, id, &record->err);
		} else if (item->left_out) {
			leave_out(judge, batch, record);
		} else if (item->record) {
			report_record(judge, batch, record, item->record);
		} else if (item->err.code == CODE_OUT_OF_MEMORY) {
			batch->err = item->err;
		} else {
			report_error(judge, batch, record, id, &item->err);
		}
	}
	if (batch->out.failed || batch->rows.failed) {
		err_no_memory(&batch->err);
	}
}
