// SPDX-License-Identifier: Apache-2.0
#include "app/checkpoint.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/clock.h"
#include "app/files.h"
#include "base/text.h"
#include "report/json_write.h"

#define SCHEMA "ctpolicy.checkpoint.v1"
// At least so far apart, and never more than a fiftieth of the time.
#define EVERY_MS 1000
#define SHARE 50
// The summary is the largest part of it.
#define MAX_FILE ((size_t)64 * 1024 * 1024)

static const struct {
	const char *name;
	size_t offset; // in struct batch_counts
} counters[] = {
	{"records", offsetof(struct batch_counts, records)},
	{"passed", offsetof(struct batch_counts, passed)},
	{"failed", offsetof(struct batch_counts, failed)},
	{"unknown", offsetof(struct batch_counts, unknown)},
	{"unread", offsetof(struct batch_counts, unread)},
	{"left_out", offsetof(struct batch_counts, left_out)},
};

#define NUM_COUNTERS (sizeof(counters) / sizeof(counters[0]))

static uint64_t *counter(struct batch_counts *counts, size_t i)
{
	return (uint64_t *)(void *)((char *)counts + counters[i].offset);
}

// Names of files need not be UTF-8.
static void put_partial(struct json *json, const char *partial)
{
	if (!partial) {
		json_put_null(json, "partial");
		return;
	}
	json_begin_text(json, "partial");
	text_put_escaped(json->out, bytes_of_text(partial));
	json_end_text(json);
}

static char *read_partial(const char *escaped)
{
	char *out = strdup(escaped);
	if (out) {
		out[text_unescape(bytes_of_text(escaped), (uint8_t *)out)] = '\0';
	}
	return out;
}

static void put(const struct checkpoint *checkpoint, const struct checkpoint_place *place,
	uint64_t output_len, struct buffer *out)
{
	struct json json = json_init(out);
	struct batch_counts counts = place->counts;
	json_put_open(&json, NULL, '{');
	json_put_word(&json, "schema", SCHEMA);
	json_put_open(&json, "run", '{');
	for (size_t i = 0; i < checkpoint->num_facts; i++) {
		json_put_text(
			&json, checkpoint->facts[i].name, checkpoint->facts[i].value);
	}
	json_put_close(&json, '}');
	json_put_integer(&json, "at_ms", checkpoint->at_ms);
	json_put_unsigned(&json, "next_seq", place->next_seq);
	json_put_unsigned(&json, "next_position", place->next_position);
	json_put_hex(&json, "input_hash",
		bytes_of(place->input_hash, sizeof(place->input_hash)));
	json_put_unsigned(&json, "output_len", output_len);
	put_partial(&json, sink_partial(checkpoint->sink));
	json_put_integer(&json, "status", place->status);
	json_put_bool(&json, "is_first", place->is_first);
	json_put_bool(&json, "is_complete", place->is_complete);
	json_put_open(&json, "counts", '{');
	for (size_t i = 0; i < NUM_COUNTERS; i++) {
		json_put_unsigned(&json, counters[i].name, *counter(&counts, i));
	}
	json_put_close(&json, '}');
	json_put_key(&json, "summary");
	if (checkpoint->summary) {
		summary_put_json(checkpoint->summary, out);
	} else {
		buffer_put_text(out, "null");
	}
	json.comma = true;
	json_put_close(&json, '}');
	buffer_put_char(out, '\n');
}

bool checkpoint_is_due(const struct checkpoint *checkpoint)
{
	int64_t since_ms = clock_monotonic_ms() - checkpoint->written_ms;
	return since_ms >= EVERY_MS && since_ms >= SHARE * checkpoint->took_ms;
}

bool checkpoint_write(struct checkpoint *checkpoint, const struct checkpoint_place *place,
	struct err *err)
{
	struct output file;
	struct buffer text;
	uint64_t output_len = 0;
	int64_t began_ms = clock_monotonic_ms();
	if (!sink_cut(checkpoint->sink, &output_len, err)) {
		return false;
	}
	buffer_init(&text, MAX_FILE);
	put(checkpoint, place, output_len, &text);
	bool done = !text.failed || err_no_memory(err);
	if (done && !output_open_new(checkpoint->path, &file, err)) {
		done = false;
	} else if (done) {
		done = output_write(&file, buffer_bytes(&text), err) &&
			output_finish(&file, err);
		output_discard(&file);
	}
	buffer_clear(&text);
	checkpoint->written_ms = clock_monotonic_ms();
	checkpoint->took_ms = checkpoint->written_ms - began_ms;
	return done;
}

// A flag has no value.
static const char *word_of(const char *value)
{
	return !value ? "not given" : !value[0] ? "given" : value;
}

static bool differs(const struct checkpoint *checkpoint, const char *name,
	const char *before, const char *now, struct err *err)
{
	return err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET,
		"the checkpoint %.80s is of another run: %s was %.60s, now it is %.60s; remove "
		"the file to begin anew",
		checkpoint->path, name, word_of(before), word_of(now));
}

static bool spoilt(const struct checkpoint *checkpoint, struct err *err)
{
	return err_set(err, CODE_UNREADABLE_INPUT, ERR_NO_OFFSET,
		"%.120s is not a checkpoint that this program wrote, or is spoilt; remove "
		"it to begin anew",
		checkpoint->path);
}

static bool compare_facts(
	const struct checkpoint *checkpoint, json_t *run, struct err *err)
{
	if (!json_is_object(run)) {
		return spoilt(checkpoint, err);
	}
	if (json_object_size(run) != checkpoint->num_facts) {
		return differs(
			checkpoint, "the program", "another version", "this one", err);
	}
	for (size_t i = 0; i < checkpoint->num_facts; i++) {
		const struct checkpoint_fact *fact = &checkpoint->facts[i];
		const char *before = json_string_value(json_object_get(run, fact->name));
		bool same = before && fact->value ? strcmp(before, fact->value) == 0
						  : before == fact->value;
		if (!same) {
			return differs(checkpoint, fact->name, before, fact->value, err);
		}
	}
	return true;
}

static bool read_summary(const struct checkpoint *checkpoint, json_t *value,
	struct summary **out, struct err *err)
{
	struct err reason;
	err_clear(&reason);
	if (json_is_null(value)) {
		return true;
	}
	char *text = json_dumps(value, JSON_COMPACT);
	if (!text) {
		return err_no_memory(err);
	}
	*out = summary_read_json(bytes_of_text(text), &reason);
	free(text);
	return *out ||
		(reason.code == CODE_OUT_OF_MEMORY ? err_no_memory(err)
						   : spoilt(checkpoint, err));
}

static bool read_state(const struct checkpoint *checkpoint, json_t *root,
	struct checkpoint_state *out, struct err *err)
{
	json_int_t next_seq = 0;
	json_int_t next_position = 0;
	json_int_t output_len = 0;
	json_int_t at_ms = 0;
	const char *hash = NULL;
	const char *partial = NULL;
	json_t *counts = NULL;
	json_t *summary = NULL;
	int status = 0;
	int is_first = 0;
	int is_complete = 0;
	if (json_unpack(root, "{s:I,s:I,s:I,s:I,s:s,s:s,s:i,s:b,s:b,s:o,s:o}", "next_seq",
		    &next_seq, "next_position", &next_position, "output_len", &output_len,
		    "at_ms", &at_ms, "input_hash", &hash, "partial", &partial, "status",
		    &status, "is_first", &is_first, "is_complete", &is_complete, "counts",
		    &counts, "summary", &summary) != 0 ||
		!text_unhex(bytes_of_text(hash), out->place.input_hash,
			sizeof(out->place.input_hash))) {
		return spoilt(checkpoint, err);
	}
	for (size_t i = 0; i < NUM_COUNTERS; i++) {
		*counter(&out->place.counts, i) = (uint64_t)json_integer_value(
			json_object_get(counts, counters[i].name));
	}
	out->place.next_seq = (uint64_t)next_seq;
	out->place.next_position = (uint64_t)next_position;
	out->output_len = (uint64_t)output_len;
	out->at_ms = at_ms;
	out->place.status = (enum exit_status)status;
	out->place.is_first = is_first;
	out->place.is_complete = is_complete;
	out->partial = read_partial(partial);
	return (out->partial || err_no_memory(err)) &&
		read_summary(checkpoint, summary, &out->summary, err);
}

enum checkpoint_result checkpoint_read(const struct checkpoint *checkpoint,
	struct checkpoint_state *out, struct err *err)
{
	struct buffer file;
	*out = (struct checkpoint_state){.partial = NULL};
	if (access(checkpoint->path, F_OK) != 0 && errno == ENOENT) {
		return CHECKPOINT_NONE;
	}
	buffer_init(&file, MAX_FILE);
	json_t *root = NULL;
	bool done = file_read(checkpoint->path, &file, err);
	if (done) {
		root = json_loadb((const char *)file.data, file.len, 0, NULL);
		done = (root &&
			       compare_facts(
				       checkpoint, json_object_get(root, "run"), err) &&
			       read_state(checkpoint, root, out, err)) ||
			spoilt(checkpoint, err);
	}
	json_decref(root);
	buffer_clear(&file);
	if (!done) {
		checkpoint_state_clear(out);
		return CHECKPOINT_FAILED;
	}
	return CHECKPOINT_READ;
}

void checkpoint_state_clear(struct checkpoint_state *state)
{
	free(state->partial);
	summary_free(state->summary);
	*state = (struct checkpoint_state){.partial = NULL};
}
