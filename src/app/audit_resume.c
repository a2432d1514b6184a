// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/audit.h"
#include "app/clock.h"
#include "app/stop.h"
#include "base/text.h"
#include "ctpolicy.h"

// What Linux takes as one argument, and as much of them all as is kept, escaped.
#define MAX_ESCAPED ((size_t)1024 * 1024)
// Of inputs with more bytes of names only the hash is kept.
#define MAX_INPUTS_TEXT ((size_t)64 * 1024)

static void add_fact(struct audit *a, const char *name, const char *value)
{
	a->facts[a->checkpoint.num_facts++] = (struct checkpoint_fact){name, value};
}

// Takes the text, which is cleared.
static bool add_buffer_fact(struct audit *a, const char *name, struct buffer *text)
{
	struct bytes copy = text->failed
		? BYTES_NONE
		: arena_copy(&a->facts_memory, buffer_bytes(text));
	buffer_clear(text);
	add_fact(a, name, (const char *)copy.data);
	return copy.data || err_no_memory(a->err);
}

// What users write need not be UTF-8.
static bool add_option_fact(struct audit *a, enum option option)
{
	struct buffer text;
	const char *value = audit_value(a, option);
	buffer_init(&text, MAX_ESCAPED);
	if (!value) {
		add_fact(a, option_name(option), NULL);
		return true;
	}
	text_put_escaped(&text, bytes_of_text(value));
	return add_buffer_fact(a, option_name(option), &text);
}

// The hash of what a file holds tells more than its name.
static bool hash_all(size_t num, struct bytes (*get)(const struct audit *a, size_t index),
	const struct audit *a, char out[2 * DIGEST_SHA256_LEN + 1], struct err *err)
{
	uint8_t hash[DIGEST_SHA256_LEN] = {0};
	struct digest *digest = digest_new(err);
	bool done = digest != NULL;
	for (size_t i = 0; i < num && done; i++) {
		struct bytes parts[] = {bytes_of(hash, sizeof(hash)), get(a, i)};
		done = digest_sha256(digest, parts, 2, hash) || err_no_memory(err);
	}
	digest_free(digest);
	text_hex(bytes_of(hash, sizeof(hash)), out);
	return done;
}

static struct bytes issuer_at(const struct audit *a, size_t index)
{
	return issuers_der(a->issuers, index);
}

static struct bytes root_at(const struct audit *a, size_t index)
{
	return issuers_der(a->roots, index);
}

static struct bytes input_at(const struct audit *a, size_t index)
{
	return bytes_of_text(a->options->args[index]);
}

static bool add_inputs_fact(struct audit *a)
{
	const struct options *options = a->options;
	char hash[2 * DIGEST_SHA256_LEN + 1];
	struct buffer text;
	size_t len = 0;
	for (size_t i = 0; i < options->num_args; i++) {
		len += strlen(options->args[i]) + 1;
	}
	buffer_init(&text, MAX_ESCAPED);
	if (len > MAX_INPUTS_TEXT) {
		if (!hash_all(options->num_args, input_at, a, hash, a->err)) {
			return false;
		}
		buffer_printf(&text, "%zu names, SHA-256 %s", options->num_args, hash);
		return add_buffer_fact(a, "inputs", &text);
	}
	for (size_t i = 0; i < options->num_args; i++) {
		buffer_put_text(&text, i ? "\n" : "");
		text_put_escaped(&text, bytes_of_text(options->args[i]));
	}
	return add_buffer_fact(a, "inputs", &text);
}

static bool hash_lists(struct audit *a)
{
	uint8_t hash[DIGEST_SHA256_LEN];
	struct digest *digest = digest_new(a->err);
	bool done = digest &&
		(lists_fingerprint(a->lists, digest, hash) || err_no_memory(a->err));
	digest_free(digest);
	if (done) {
		text_hex(bytes_of(hash, sizeof(hash)), a->lists_fact);
	}
	return done;
}

static bool add_hash_facts(struct audit *a)
{
	if (!hash_lists(a) ||
		!hash_all(
			issuers_num(a->issuers), issuer_at, a, a->issuers_fact, a->err)) {
		return false;
	}
	add_fact(a, "the content of the log list", a->lists_fact);
	add_fact(a, "the content of the issuers", a->issuers_fact);
	if (a->roots) {
		if (!hash_all(issuers_num(a->roots), root_at, a, a->roots_fact, a->err)) {
			return false;
		}
		add_fact(a, "the content of the roots", a->roots_fact);
	}
	return true;
}

bool audit_set_checkpoint(struct audit *a)
{
	static const enum option decisive[] = {OPTION_AT, OPTION_POLICY, OPTION_LOG_LIST,
		OPTION_ISSUERS, OPTION_ROOTS, OPTION_PRIVATE_ROOT, OPTION_FORMAT,
		OPTION_OUTPUT, OPTION_STRICT, OPTION_FAIL_ONLY, OPTION_SUMMARY,
		OPTION_REPORT, OPTION_SHARD, OPTION_DEDUPE, OPTION_COLUMN,
		OPTION_INPUT_FORMAT, OPTION_ISSUED_FROM, OPTION_ISSUED_UNTIL,
		OPTION_ISSUER_NAME, OPTION_LEAVES_ONLY, OPTION_CLIENT_AGE};
	a->checkpoint.path = audit_value(a, OPTION_CHECKPOINT);
	a->checkpoint.facts = a->facts;
	a->checkpoint.at_ms = a->rules.defaults.at_ms;
	a->checkpoint.written_ms = clock_monotonic_ms();
	add_fact(a, "program", CTP_VERSION);
	for (size_t i = 0; i < sizeof(decisive) / sizeof(decisive[0]); i++) {
		if (!add_option_fact(a, decisive[i])) {
			return false;
		}
	}
	return add_inputs_fact(a) && add_hash_facts(a);
}

// The batches that were judged before are read once more, and passed over: their bytes
// must be what they were.
static bool pass_over(struct audit *a)
{
	struct batch *batch = batch_new(a->err);
	uint64_t seq = 0;
	bool same = true;
	while (batch && seq < a->before.place.next_seq && same && !stop_signal()) {
		batch_clear(batch);
		same = audit_reader_fill(a->reader, batch);
		seq++;
	}
	// Stopped on the way, nothing more is read: the run ends where it began.
	bool done = batch &&
		(seq == 0 || stop_signal() ||
			(same &&
				memcmp(batch->input_hash, a->before.place.input_hash,
					sizeof(batch->input_hash)) == 0));
	// Complete results are those of all that there is.
	if (done && a->before.place.is_complete && !stop_signal()) {
		batch_clear(batch);
		done = !audit_reader_fill(a->reader, batch) && batch->num == 0;
	}
	batch_free(batch);
	return done ||
		err_set(a->err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"the inputs are not what they were when the checkpoint %.80s was "
			"written%s; remove it to begin anew",
			a->checkpoint.path,
			a->dedupe ? ", or equal certificates stand in them more or less "
				    "often"
				  : "");
}

bool audit_resume(struct audit *a)
{
	switch (checkpoint_read(&a->checkpoint, &a->before, a->err)) {
	case CHECKPOINT_NONE:
		return true;
	case CHECKPOINT_FAILED:
		return false;
	case CHECKPOINT_READ:
		break;
	}
	a->rules.defaults.at_ms = a->before.at_ms;
	a->checkpoint.at_ms = a->before.at_ms;
	a->inputs.results = a->before.partial;
	progress_say(&a->progress, "reading again what has been judged");
	bool passed = pass_over(a);
	progress_end(&a->progress);
	if (!passed) {
		return false;
	}
	message(a->before.place.is_complete
			? "all %llu records were judged when %s was interrupted"
			: "going on behind record %llu, where %s was interrupted",
		(unsigned long long)a->before.place.next_position,
		audit_value(a, OPTION_OUTPUT));
	a->summary = a->before.summary;
	a->before.summary = NULL;
	return true;
}

static bool is_there(const char *path, uint64_t len)
{
	struct stat info;
	return stat(path, &info) == 0 && S_ISREG(info.st_mode) &&
		(uint64_t)info.st_size == len;
}

bool audit_reopen(struct audit *a, struct sink **out)
{
	const char *path = audit_value(a, OPTION_OUTPUT);
	const struct checkpoint_state *before = &a->before;
	// Where it has its name already, there is nothing to open.
	if (before->place.is_complete && access(before->partial, F_OK) != 0 &&
		is_there(path, before->output_len)) {
		*out = NULL;
		return true;
	}
	if (sink_reopen(path, before->partial, before->output_len, out, a->err)) {
		return true;
	}
	return a->err->code != CODE_OUT_OF_MEMORY &&
		err_add(a->err, "; remove %.60s to begin anew", a->checkpoint.path);
}
