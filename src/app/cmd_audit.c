// SPDX-License-Identifier: Apache-2.0
// ctpolicy audit: batches of any size, on all processors, in bounded memory.
#include <stdlib.h>
#include <string.h>

#include "app/audit.h"
#include "app/clock.h"
#include "app/files.h"
#include "app/stop.h"
#include "app/summary_files.h"
#include "ctpolicy.h"

static bool ends_with(const char *path, const char *end)
{
	size_t len = path ? strlen(path) : 0;
	return len > strlen(end) && strcmp(path + len - strlen(end), end) == 0;
}

static bool open_output(struct audit *a)
{
	const char *path = audit_value(a, OPTION_OUTPUT);
	bool done = a->before.partial ? audit_reopen(a, &a->sink)
				      : sink_open(path, &a->sink, a->err);
	if (done && a->rules.summarize && !a->summary) {
		a->summary = summary_new(a->err);
		done = a->summary != NULL;
	}
	a->checkpoint.sink = a->sink;
	a->inputs.results = a->sink ? sink_partial(a->sink) : NULL;
	a->has_checkpoint = done && a->before.partial;
	a->checkpoint.summary = a->summary;
	a->before.place.is_first = a->before.place.is_first || !a->before.partial;
	a->output = (struct audit_output){
		.format = a->rules.format,
		.report = a->rules.report,
		.sink = a->sink,
		.cut = ends_with(path, ".gz") || ends_with(path, ".zst"),
		.summary = a->summary,
		.checkpoint = a->checkpoint.path ? &a->checkpoint : NULL,
		.progress = &a->progress,
		.before = a->before.place,
	};
	return done;
}

static bool fill(struct audit *a, struct batch *batch)
{
	(void)pthread_mutex_lock(&a->reading);
	// What was read while the signal came may end in the middle of a record.
	bool more = stop_signal() == 0 && audit_reader_fill(a->reader, batch) &&
		stop_signal() == 0;
	(void)pthread_mutex_unlock(&a->reading);
	return more;
}

static void *work(void *given)
{
	struct audit *a = given;
	struct err err;
	err_clear(&err);
	struct audit_judge *judge = audit_judge_new(&a->rules, a->fast, &err);
	struct batch *batch = audit_writer_lend(a->writer);
	while (judge && batch && fill(a, batch)) {
		audit_judge_run(judge, batch);
		audit_writer_take(a->writer, batch);
		batch = audit_writer_lend(a->writer);
	}
	if (batch && (!judge || batch->err.code != CODE_NONE)) {
		audit_writer_fail(a->writer, judge ? &batch->err : &err);
	}
	if (batch) {
		audit_writer_return(a->writer, batch);
	}
	audit_writer_stop(a->writer);
	audit_judge_free(judge);
	return NULL;
}

// The first job is this thread's own.
static bool run_threads(struct audit *a)
{
	pthread_t threads[MAX_JOBS];
	size_t num = 0;
	while (num + 1 < a->num_jobs &&
		pthread_create(&threads[num], NULL, work, a) == 0) {
		num++;
	}
	(void)work(a);
	for (size_t i = 0; i < num; i++) {
		(void)pthread_join(threads[i], NULL);
	}
	return true;
}

static struct summary_run this_run(const struct audit *a)
{
	struct summary_run run = {
		.started_ms = a->began_ms,
		.ended_ms = clock_now_ms(),
		.cpu_ms = (uint64_t)clock_cpu_ms(),
		.jobs = (unsigned)a->num_jobs,
		.shards = summary_shards_one(a->inputs.shard, a->inputs.num_shards),
	};
	run.wall_ms = (uint64_t)(run.ended_ms - run.started_ms);
	summary_words_add(&run.verifiers, a->fast ? "fast" : "reference");
	summary_words_add(&run.versions, CTP_VERSION);
	return run;
}

// In text the summary stands behind the certificates.
static bool end_summary(struct audit *a)
{
	struct summary_run run = this_run(a);
	if (!a->summary) {
		return true;
	}
	if (a->before.partial) {
		summary_run_add(&run, summary_run(a->summary));
	}
	summary_set_run(a->summary, &run);
	return strcmp(a->rules.format->name, "text") != 0 ||
		summary_files_put_text(
			a->summary, a->rules.report.colour, a->sink, a->err);
}

// Asked to stop: what is done stays, and can be gone on with where there is a checkpoint.
static bool end_early(struct audit *a)
{
	const struct batch_counts *counts = audit_writer_counts(a->writer);
	const char *partial = sink_partial(a->sink);
	// What nobody goes on with is whole as it is: in JSON its array ends.
	bool kept = a->checkpoint.path ? audit_writer_checkpoint(a->writer, a->err)
				       : audit_writer_finish(a->writer, a->err);
	message("stopped behind %llu records%s%s%s", (unsigned long long)counts->records,
		partial ? "; the results so far are in " : "", partial ? partial : "",
		a->checkpoint.path ? "; the same command goes on with them" : "");
	uint64_t ignored;
	kept = sink_cut(a->sink, &ignored, a->err) && kept;
	(void)sink_keep(a->sink);
	a->sink = NULL;
	return kept;
}

static bool fail_behind(const struct audit *a)
{
	if (a->err->code == CODE_OUTPUT_FAILED &&
		strncmp(a->err->text, OUTPUT_NO_READER, strlen(OUTPUT_NO_READER)) == 0) {
		return err_add(a->err, "; stopped behind %llu records",
			(unsigned long long)audit_writer_counts(a->writer)->records);
	}
	message("failed behind %llu records%s",
		(unsigned long long)audit_writer_counts(a->writer)->records,
		a->has_checkpoint ? "; the same command goes on from the checkpoint"
				  : "");
	return false;
}

// From here on there is nothing to go on with.
static bool remove_checkpoint(struct audit *a)
{
	if (a->checkpoint.path && !file_remove(a->checkpoint.path, a->err)) {
		return false;
	}
	a->has_checkpoint = false;
	return true;
}

// The results are complete, and have their name: whatever fails now leaves them there.
static bool write_summaries(struct audit *a)
{
	const char *output = audit_value(a, OPTION_OUTPUT);
	if (!a->summary ||
		summary_files_write(a->summary, audit_value(a, OPTION_SUMMARY),
			audit_value(a, OPTION_REPORT), a->err)) {
		return true;
	}
	if (!is_standard(output)) {
		message("the results are complete in %.400s%s", output,
			a->has_checkpoint ? "; the same command writes what is missing"
					  : "");
	}
	return false;
}

// In text the results say it to the same reader. What was met before a run was gone on with is
// counted, and nobody knows which was the first.
static void say_unread(const struct audit *a)
{
	const struct batch_counts *before = &a->before.place.counts;
	const struct batch_unread *first =
		a->writer ? audit_writer_first_unread(a->writer) : NULL;
	unsigned long long num =
		a->writer ? audit_writer_counts(a->writer)->unread : before->unread;
	const char *records = num == 1 ? "record" : "records";
	const char *then = num == 1 ? "it is among the results as an error record"
				    : "they are among the results as error records";
	if (num == 0 || strcmp(a->rules.format->name, "text") == 0) {
		return;
	}
	if (!first) {
		message("%llu %s could not be read; %s", num, records, then);
		return;
	}
	struct buffer line;
	buffer_init(&line, 1024);
	err_put_line(&first->err, &line);
	buffer_put_char(&line, '\0');
	message("%llu %s could not be read (%s: %s: %s); %s", num, records,
		before->unread > 0 ? "one of them" : "first", first->place,
		line.failed ? first->err.text : (const char *)line.data, then);
	buffer_clear(&line);
}

// Each step finds what the one before it left, should the run be killed between two. A run
// that is gone on with when all was complete has no writer.
static bool complete(struct audit *a)
{
	if (a->writer && (!end_summary(a) || !audit_writer_complete(a->writer, a->err))) {
		return fail_behind(a);
	}
	if (a->sink && !sink_finish(a->sink, a->err)) {
		return a->writer && fail_behind(a);
	}
	a->sink = NULL;
	a->is_complete = write_summaries(a) && remove_checkpoint(a);
	if (a->is_complete) {
		progress_finish(&a->progress,
			a->writer ? audit_writer_counts(a->writer)
				  : &a->before.place.counts);
		say_unread(a);
	}
	return a->is_complete;
}

// "--issued-from 2026-01-01 --issuer-name R3", as it was asked for.
static void put_selection(const struct audit *a, char *out, size_t room)
{
	static const enum option options[] = {OPTION_ISSUED_FROM, OPTION_ISSUED_UNTIL,
		OPTION_ISSUER_NAME, OPTION_LEAVES_ONLY};
	size_t len = 0;
	out[0] = '\0';
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		const char *value = audit_value(a, options[i]);
		const char *quote = value && value[0] ? "\"" : "";
		int more = value && len < room
			? snprintf(out + len, room - len, " --%s%s%s%.100s%s",
				  option_name(options[i]), value[0] ? " " : "", quote,
				  value, quote)
			: 0;
		len += more > 0 ? (size_t)more : 0;
	}
}

// Where nothing was judged, says why. That is a fault unless other parts have records:
// who looks at nothing has not seen it pass.
static bool explain_nothing(struct audit *a)
{
	const struct batch_counts *counts = audit_writer_counts(a->writer);
	unsigned long long num = audit_reader_num_records(a->reader);
	const char *shard =
		a->inputs.num_shards > 1 ? audit_value(a, OPTION_SHARD) : NULL;
	if (counts->records > counts->unread) {
		return true;
	}
	if (counts->left_out > 0) {
		char selection[512];
		put_selection(a, selection, sizeof(selection));
		message("warning: no record was selected: %llu looked at%s%s, none is of%s",
			(unsigned long long)counts->left_out, shard ? " in --shard " : "",
			shard ? shard : "", selection);
		a->status = exit_worse(a->status, shard ? EXIT_PASS : EXIT_INPUT);
		return true;
	}
	if (counts->records == 0 && num > 0) {
		message("no record was selected: the input has %llu, and --shard %s none "
			"of them",
			num, shard ? shard : "1/1");
		return true;
	}
	return counts->records > 0 ||
		err_set(a->err, CODE_BAD_CERTIFICATE, ERR_NO_OFFSET,
			"no certificate in all of the input");
}

static void say_what_was_met(const struct audit *a)
{
	for (size_t i = 0; i < RECORD_WALK_WRITTEN; i++) {
		if (audit_reader_met(a->reader, i)) {
			message("%.400s is not read, although it is in a folder of the "
				"inputs: this run writes it",
				a->inputs.written[i]);
		}
	}
}

static bool end(struct audit *a)
{
	progress_end(&a->progress);
	say_what_was_met(a);
	a->status = exit_worse(a->status, audit_writer_status(a->writer));
	if (stop_signal() && audit_writer_is_sound(a->writer)) {
		return end_early(a);
	}
	if (!audit_writer_finish(a->writer, a->err)) {
		return fail_behind(a);
	}
	if (!explain_nothing(a)) {
		(void)remove_checkpoint(a);
		return false;
	}
	return complete(a);
}

static bool judge_all(struct audit *a)
{
	if (audit_value(a, OPTION_DEDUPE)) {
		progress_say(&a->progress, "counting equal certificates");
		a->dedupe = dedupe_new(&a->inputs, a->err);
		progress_end(&a->progress);
		if (!a->dedupe) {
			return false;
		}
		message("%zu different certificates, in %zu KB of memory",
			dedupe_num(a->dedupe), dedupe_bytes(a->dedupe) / 1024);
	}
	stop_watch();
	a->reader = audit_reader_new(
		&a->inputs, a->dedupe, audit_value(a, OPTION_CHECKPOINT) != NULL, a->err);
	if (!a->reader ||
		(audit_value(a, OPTION_CHECKPOINT) && !audit_set_checkpoint(a)) ||
		(a->checkpoint.path && !audit_resume(a)) || !open_output(a)) {
		return false;
	}
	if (a->before.place.is_complete) {
		a->status = exit_worse(a->status, a->before.place.status);
		a->has_checkpoint = true;
		return stop_signal() || complete(a);
	}
	a->writer = audit_writer_new(&a->output, 2 * a->num_jobs + 1, a->err);
	if (!a->writer || pthread_mutex_init(&a->reading, NULL) != 0) {
		return err_no_memory(a->err);
	}
	// The first one names the unfinished file, so that none is ever left behind.
	if (!a->before.partial && !audit_writer_checkpoint(a->writer, a->err)) {
		return false;
	}
	a->has_checkpoint = a->checkpoint.path != NULL;
	progress_begin(&a->progress, &a->inputs, a->before.place.counts.records,
		audit_reader_bytes_done(a->reader));
	return run_threads(a) && end(a);
}

static void run_steps(struct audit *a)
{
	// In the order in which failures rank.
	static const struct {
		bool (*step)(struct audit *a);
		enum exit_status failure;
		const char *what;
	} steps[] = {
		{audit_read_usage, EXIT_USAGE, ""},
		{audit_choose_verifier, EXIT_USAGE, ""},
		{audit_read_lists, EXIT_LISTS, "no usable log list"},
		{audit_check_outputs, EXIT_INPUT, ""},
		{audit_read_issuers, EXIT_INPUT, ""},
		{judge_all, EXIT_INPUT, ""},
	};
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (!steps[i].step(a)) {
			bool no_memory = a->err->code == CODE_OUT_OF_MEMORY;
			bool is_usage = a->err->code == CODE_BAD_OPTION;
			a->status = exit_worse(a->status,
				no_memory          ? EXIT_INPUT
					: is_usage ? EXIT_USAGE
						   : steps[i].failure);
			message_err(steps[i].what, a->err);
			return;
		}
	}
}

static int run(const struct options *options)
{
	struct err err;
	err_clear(&err);
	struct audit a = {.options = options, .err = &err, .began_ms = clock_now_ms()};
	run_steps(&a);
	progress_clear(&a.progress);
	// What the checkpoint speaks of stays.
	if (a.has_checkpoint) {
		(void)sink_keep(a.sink);
	} else {
		sink_discard(a.sink);
	}
	audit_writer_free(a.writer);
	audit_reader_free(a.reader);
	dedupe_free(a.dedupe);
	summary_free(a.summary);
	checkpoint_state_clear(&a.before);
	issuers_unref(a.issuers);
	issuers_unref(a.roots);
	fast_unref(a.fast);
	lists_unref(a.lists);
	arena_clear(&a.facts_memory);
	bool stopped = stop_signal() && !a.is_complete && a.status != EXIT_USAGE;
	return stopped ? 128 + stop_signal() : (int)a.status;
}

static const char *const formats[] = {"text", "json", "ndjson", "csv", NULL};

const struct command command_audit = {
	.name = "audit",
	.summary = "judge batches of any size, and sum them up",
	.arguments = "[options] [PATH...]",
	.text = "Judges every certificate in the PATHs as `check` does, on all "
		"processors, in\nbounded memory, in the order of the input. A PATH is a "
		"file or a folder with all\nin it: PEM (several certificates, each with "
		"its chain behind it), DER (one or\nseveral), requests in NDJSON, or CSV "
		"with a certificate in base64 or PEM; each\nalso in gzip or zstd. \"-\", "
		"or none, is standard input. CA certificates among the\ninputs serve as "
		"issuers, beside those of --issuers; with --leaves-only\nas nothing else.\n\n"
		"Exit status: 0 all pass; 1 one fails; 2 wrong usage; 3 a record could "
		"not be\nread (standard error says how many, text itself which), or there "
		"is none, or\n--issued-from, --issued-until, --issuer-name and --leaves-only "
		"select none; 4 no\nusable log list; 5 a verdict is open; 130 and 143 stopped by "
		"SIGINT or SIGTERM.\nA --shard without a record is no fault.\n",
	.examples =
		"  ctpolicy audit --issuers issuers.pem --report report.html "
		"folder/\n"
		"  ctpolicy audit --at issuance --format csv --output results.csv.gz "
		"*.pem\n"
		"  ctpolicy audit --format ndjson --fail-only requests.ndjson.zst\n"
		"  ctpolicy audit --checkpoint run.json --output out.csv.gz --format csv "
		"big/\n",
	.formats = formats,
	.takes_issuance = true,
	.options = OPTIONS(OPTION_ISSUERS, OPTION_ROOTS, OPTION_PRIVATE_ROOT, OPTION_AT,
		OPTION_POLICY, OPTION_LOG_LIST, OPTION_STATE_DIR, OPTION_VERIFIER,
		OPTION_FORMAT, OPTION_OUTPUT, OPTION_STRICT, OPTION_JOBS,
		OPTION_FAIL_ONLY, OPTION_SUMMARY, OPTION_REPORT, OPTION_CHECKPOINT,
		OPTION_PROGRESS, OPTION_SHARD, OPTION_COLUMN, OPTION_INPUT_FORMAT,
		OPTION_ISSUED_FROM, OPTION_ISSUED_UNTIL, OPTION_ISSUER_NAME,
		OPTION_LEAVES_ONLY, OPTION_DEDUPE, OPTION_CLIENT_AGE),
	.run = run,
};
