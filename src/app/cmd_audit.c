// SPDX-License-Identifier: Apache-2.0
// ctpolicy audit: batches of any size, on all processors, in bounded memory.
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/audit_judge.h"
#include "app/audit_pool.h"
#include "app/audit_reader.h"
#include "app/audit_writer.h"
#include "app/clock.h"
#include "app/commands.h"
#include "app/issuer_files.h"
#include "app/stop.h"
#include "app/summary_files.h"
#include "base/datetime.h"
#include "base/text.h"
#include "ctpolicy.h"

// A thread has two batches at most, one under way and one that waits for its turn.
#define MAX_JOBS 256

struct audit {
	const struct options *options;
	struct err *err;
	enum exit_status status;
	struct audit_rules rules;
	struct audit_inputs inputs;
	struct ctp_lists *lists;
	struct fast *fast; // NULL: the reference alone
	struct issuers *issuers;
	struct selection selection;
	struct dedupe *dedupe;
	size_t num_jobs;
	struct checkpoint checkpoint;
	struct checkpoint_fact facts[CHECKPOINT_MAX_FACTS];
	char *inputs_fact; // owned
	struct checkpoint_state before; // of the run that is gone on with
	struct progress progress;
	struct sink *sink;
	struct summary *summary;
	struct audit_output output;
	struct audit_reader *reader;
	struct audit_writer *writer;
	pthread_mutex_t reading; // whose turn it is to fill a batch
	int64_t began_ms;
};

static const char *value_of(const struct audit *a, enum option option)
{
	return a->options->values[option];
}

// ---- What the options say ----

static bool bad_number(
	struct err *err, const char *option, const char *text, const char *what)
{
	return err_set(err, CODE_BAD_OPTION, ERR_NO_OFFSET, "--%s %.40s: %s", option,
		text, what);
}

// The processors that this process may use.
static size_t num_processors(void)
{
	long num = sysconf(_SC_NPROCESSORS_ONLN);
	return num < 1 ? 1 : num > MAX_JOBS ? MAX_JOBS : (size_t)num;
}

static bool read_jobs(struct audit *a)
{
	const char *text = value_of(a, OPTION_JOBS);
	uint64_t num = 0;
	if (text &&
		(!read_number(bytes_of_text(text), &num) || num < 1 || num > MAX_JOBS)) {
		return bad_number(a->err, "jobs", text, "a number from 1 to 256");
	}
	a->num_jobs = text ? (size_t)num : num_processors();
	return true;
}

// K/N
static bool read_shard(struct audit *a)
{
	const char *text = value_of(a, OPTION_SHARD);
	const char *slash = text ? strchr(text, '/') : NULL;
	a->inputs.shard = 1;
	a->inputs.num_shards = 1;
	if (!text) {
		return true;
	}
	return (slash &&
		       read_number(bytes_of(text, (size_t)(slash - text)),
			       &a->inputs.shard) &&
		       read_number(bytes_of_text(slash + 1), &a->inputs.num_shards) &&
		       a->inputs.shard >= 1 && a->inputs.shard <= a->inputs.num_shards) ||
		bad_number(a->err, "shard", text, "K/N with K from 1 to N, as in 2/16");
}

static bool read_input_format(struct audit *a)
{
	const char *text = value_of(a, OPTION_INPUT_FORMAT);
	a->inputs.records.column = value_of(a, OPTION_COLUMN);
	for (size_t i = 0; records_format_names[i]; i++) {
		if (!text || strcmp(text, records_format_names[i]) == 0) {
			a->inputs.records.format = (enum records_format)i;
			return true;
		}
	}
	err_set(a->err, CODE_BAD_OPTION, ERR_NO_OFFSET,
		"--input-format %.40s: no such format", text);
	return err_add_choice(a->err, text, records_format_names);
}

static bool read_selection(struct audit *a)
{
	const char *from = value_of(a, OPTION_ISSUED_FROM);
	const char *until = value_of(a, OPTION_ISSUED_UNTIL);
	a->selection = (struct selection){.from_ms = INT64_MIN,
		.until_ms = INT64_MAX,
		.issuer = value_of(a, OPTION_ISSUER_NAME)};
	if (from || until || a->selection.issuer) {
		a->rules.defaults.selection = &a->selection;
	}
	return (!from || read_time(from, "issued-from", &a->selection.from_ms, a->err)) &&
		(!until ||
			read_time(until, "issued-until", &a->selection.until_ms, a->err));
}

static bool read_progress(struct audit *a)
{
	static const char *const names[] = {"auto", "always", "never", NULL};
	const char *text = value_of(a, OPTION_PROGRESS);
	for (size_t i = 0; names[i]; i++) {
		if (!text || strcmp(text, names[i]) == 0) {
			progress_init(&a->progress, (enum progress_mode)i);
			return true;
		}
	}
	err_set(a->err, CODE_BAD_OPTION, ERR_NO_OFFSET,
		"--progress %.40s: no such choice", text);
	return err_add_choice(a->err, text, names);
}

static bool read_usage(struct audit *a)
{
	const char *format = read_format(a->options, a->err);
	const char *output = value_of(a, OPTION_OUTPUT);
	if (!format || !read_check_time(a->options, &a->rules.defaults, a->err) ||
		!read_policies(a->options, &a->rules.defaults, a->err) || !read_jobs(a) ||
		!read_shard(a) || !read_input_format(a) || !read_selection(a) ||
		!read_progress(a)) {
		return false;
	}
	if (value_of(a, OPTION_CHECKPOINT) && (!output || strcmp(output, "-") == 0)) {
		return err_set(a->err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"--checkpoint needs --output FILE: only a file's results can be gone "
			"on with");
	}
	a->rules.format = report_find_batch_format(format);
	a->rules.report =
		(struct report_options){.colour = wants_colour(a->options), .many = true};
	a->rules.fail_only = value_of(a, OPTION_FAIL_ONLY) != NULL;
	a->rules.strict = value_of(a, OPTION_STRICT) != NULL;
	a->rules.summarize = value_of(a, OPTION_SUMMARY) || value_of(a, OPTION_REPORT) ||
		strcmp(format, "text") == 0;
	a->inputs.paths = a->options->args;
	a->inputs.num_paths = a->options->num_args;
	return true;
}

static bool choose_verifier(struct audit *a)
{
	struct err reason;
	err_clear(&reason);
	if (!open_verifier(a->options, &a->fast, a->err)) {
		return false;
	}
	if (a->fast && !fast_test(a->fast, &reason)) {
		message("%s; going on with the reference", reason.text);
		fast_unref(a->fast);
		a->fast = NULL;
	}
	return true;
}

static bool read_lists(struct audit *a)
{
	a->lists = open_lists(a->options, a->err);
	a->rules.lists = a->lists;
	return a->lists != NULL;
}

static bool read_issuers(struct audit *a)
{
	const char *path = value_of(a, OPTION_ISSUERS);
	struct err full;
	err_clear(&full);
	a->issuers = issuers_new(a->err);
	if (!a->issuers || (path && !issuer_files_add(a->issuers, path, a->err))) {
		return false;
	}
	if (!audit_pool_add(a->issuers, &a->inputs, &full)) {
		*a->err = full;
		return false;
	}
	if (full.code != CODE_NONE) {
		message_err("not all CA certificates of the inputs are among the issuers",
			&full);
	}
	issuers_freeze(a->issuers);
	a->rules.defaults.issuers = a->issuers;
	return true;
}

// ---- Going on with a run that was interrupted ----

static void add_fact(struct audit *a, const char *name, const char *value)
{
	a->facts[a->checkpoint.num_facts++] = (struct checkpoint_fact){name, value};
}

static bool add_inputs_fact(struct audit *a)
{
	struct buffer names;
	buffer_init(&names, (size_t)1024 * 1024);
	for (size_t i = 0; i < a->options->num_args; i++) {
		buffer_put_text(&names, i ? "\n" : "");
		text_put_escaped(&names, bytes_of_text(a->options->args[i]));
	}
	buffer_put_char(&names, '\0');
	if (names.failed) {
		buffer_clear(&names);
		return err_no_memory(a->err);
	}
	a->inputs_fact = (char *)names.data;
	add_fact(a, "inputs", a->inputs_fact);
	return true;
}

static bool set_checkpoint(struct audit *a)
{
	static const enum option decisive[] = {OPTION_AT, OPTION_POLICY, OPTION_LOG_LIST,
		OPTION_ISSUERS, OPTION_FORMAT, OPTION_OUTPUT, OPTION_STRICT,
		OPTION_FAIL_ONLY, OPTION_SUMMARY, OPTION_REPORT, OPTION_SHARD,
		OPTION_DEDUPE, OPTION_COLUMN, OPTION_INPUT_FORMAT, OPTION_ISSUED_FROM,
		OPTION_ISSUED_UNTIL, OPTION_ISSUER_NAME};
	a->checkpoint.path = value_of(a, OPTION_CHECKPOINT);
	a->checkpoint.facts = a->facts;
	a->checkpoint.at_ms = a->rules.defaults.at_ms;
	a->checkpoint.written_ms = clock_monotonic_ms();
	add_fact(a, "program", CTP_VERSION);
	for (size_t i = 0; i < sizeof(decisive) / sizeof(decisive[0]); i++) {
		add_fact(a, option_name(decisive[i]), value_of(a, decisive[i]));
	}
	return add_inputs_fact(a);
}

// The batches that were judged before are read once more, and passed over: their bytes
// must be what they were.
static bool pass_over(struct audit *a)
{
	struct batch *batch = batch_new(a->err);
	uint64_t seq = 0;
	bool same = true;
	while (batch && seq < a->before.place.next_seq && same) {
		batch_clear(batch);
		same = audit_reader_fill(a->reader, batch);
		seq++;
	}
	bool done = batch && same &&
		(seq == 0 ||
			memcmp(batch->input_hash, a->before.place.input_hash,
				sizeof(batch->input_hash)) == 0);
	batch_free(batch);
	return done ||
		err_set(a->err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"the inputs are not what they were when the checkpoint %.120s was "
			"written; remove it to begin anew",
			a->checkpoint.path);
}

static bool resume(struct audit *a)
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
	if (!pass_over(a)) {
		return false;
	}
	message("going on behind record %llu, where %s was interrupted",
		(unsigned long long)a->before.place.next_position,
		value_of(a, OPTION_OUTPUT));
	a->summary = a->before.summary;
	a->before.summary = NULL;
	return true;
}

// ---- The run ----

static bool ends_with(const char *path, const char *end)
{
	size_t len = path ? strlen(path) : 0;
	return len > strlen(end) && strcmp(path + len - strlen(end), end) == 0;
}

static bool open_output(struct audit *a)
{
	const char *path = value_of(a, OPTION_OUTPUT);
	bool done = a->before.partial ? sink_reopen(path, a->before.partial,
						a->before.output_len, &a->sink, a->err)
				      : sink_open(path, &a->sink, a->err);
	if (done && a->rules.summarize && !a->summary) {
		a->summary = summary_new(a->err);
		done = a->summary != NULL;
	}
	a->checkpoint.sink = a->sink;
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
	};
	run.wall_ms = (uint64_t)(run.ended_ms - run.started_ms);
	summary_words_add(&run.verifiers, a->fast ? "fast" : "reference");
	summary_words_add(&run.versions, CTP_VERSION);
	return run;
}

static bool write_summaries(struct audit *a)
{
	struct summary_run run = this_run(a);
	if (!a->summary) {
		return true;
	}
	if (a->before.partial) {
		summary_run_add(&run, summary_run(a->summary));
	}
	summary_set_run(a->summary, &run);
	// In text the summary stands behind the certificates.
	bool is_text = strcmp(a->rules.format->name, "text") == 0;
	return summary_files_write(a->summary, value_of(a, OPTION_SUMMARY),
		       value_of(a, OPTION_REPORT), a->err) &&
		(!is_text ||
			summary_files_put_text(
				a->summary, a->rules.report.colour, a->sink, a->err));
}

// Asked to stop: what is done stays, and can be gone on with where there is a checkpoint.
static bool end_early(struct audit *a)
{
	const struct batch_counts *counts = audit_writer_counts(a->writer);
	const char *partial = sink_partial(a->sink);
	bool kept = audit_writer_checkpoint(a->writer, a->err);
	message("stopped behind %llu records%s%s%s", (unsigned long long)counts->records,
		partial ? "; the results so far are in " : "", partial ? partial : "",
		a->checkpoint.path ? "; the same command goes on with them" : "");
	uint64_t ignored;
	kept = sink_cut(a->sink, &ignored, a->err) && kept;
	(void)sink_keep(a->sink);
	a->sink = NULL;
	return kept;
}

static bool end(struct audit *a)
{
	const struct batch_counts *counts = audit_writer_counts(a->writer);
	progress_end(&a->progress);
	a->status = exit_worse(a->status, audit_writer_status(a->writer));
	if (stop_signal() && audit_writer_is_sound(a->writer)) {
		return end_early(a);
	}
	if (!audit_writer_finish(a->writer, a->err)) {
		if (counts->records) {
			message("failed behind %llu records",
				(unsigned long long)counts->records);
		}
		return false;
	}
	if (counts->records == 0) {
		return err_set(a->err, CODE_BAD_CERTIFICATE, ERR_NO_OFFSET,
			"no certificate in all of the input");
	}
	if (!write_summaries(a)) {
		return false;
	}
	if (a->checkpoint.path) {
		(void)unlink(a->checkpoint.path);
	}
	if (!sink_finish(a->sink, a->err)) {
		return false;
	}
	a->sink = NULL;
	return true;
}

static bool judge_all(struct audit *a)
{
	if (value_of(a, OPTION_DEDUPE)) {
		a->dedupe = dedupe_new(&a->inputs, a->err);
		if (!a->dedupe) {
			return false;
		}
		message("%zu different certificates, in %zu KB of memory",
			dedupe_num(a->dedupe), dedupe_bytes(a->dedupe) / 1024);
	}
	a->reader = audit_reader_new(
		&a->inputs, a->dedupe, value_of(a, OPTION_CHECKPOINT) != NULL, a->err);
	if (!a->reader || (value_of(a, OPTION_CHECKPOINT) && !set_checkpoint(a)) ||
		(a->checkpoint.path && !resume(a)) || !open_output(a)) {
		return false;
	}
	a->writer = audit_writer_new(&a->output, 2 * a->num_jobs + 1, a->err);
	if (!a->writer || pthread_mutex_init(&a->reading, NULL) != 0) {
		return err_no_memory(a->err);
	}
	// The first one names the unfinished file, so that none is ever left behind.
	if (!a->before.partial && !audit_writer_checkpoint(a->writer, a->err)) {
		return false;
	}
	stop_watch();
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
		{read_usage, EXIT_USAGE, ""},
		{choose_verifier, EXIT_USAGE, ""},
		{read_lists, EXIT_LISTS, "no usable log list"},
		{read_issuers, EXIT_INPUT, ""},
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
	progress_end(&a.progress);
	sink_discard(a.sink);
	audit_writer_free(a.writer);
	audit_reader_free(a.reader);
	dedupe_free(a.dedupe);
	summary_free(a.summary);
	checkpoint_state_clear(&a.before);
	issuers_free(a.issuers);
	fast_unref(a.fast);
	lists_unref(a.lists);
	free(a.inputs_fact);
	return stop_signal() && a.status != EXIT_USAGE ? 128 + stop_signal()
						       : (int)a.status;
}

static const char *const formats[] = {"text", "json", "ndjson", "csv", NULL};

const struct command command_audit = {
	.name = "audit",
	.summary = "judge batches of any size, and sum them up",
	.arguments = "[options] [PATH...]",
	.text = "Judges every certificate in the PATHs as `check` does, on all "
		"processors, in bounded\nmemory, in the order of the input. A PATH is a "
		"file or a folder with all in it:\nPEM (several certificates, each with "
		"its chain behind it), DER (one or several),\nrequests in NDJSON, or CSV "
		"with a certificate in base64 or PEM; each also in\ngzip or zstd. \"-\", "
		"or none, is standard input. CA certificates among the inputs\nserve as "
		"issuers, beside those of --issuers.\n\n"
		"Exit status: 0 all pass; 1 one fails; 2 wrong usage; 3 a record could "
		"not be read,\nor there is none; 4 no usable log list; 5 a verdict is "
		"open; 130 and 143 stopped\nby SIGINT or SIGTERM.\n",
	.examples =
		"  ctpolicy audit --issuers issuers.pem --report report.html "
		"folder/\n"
		"  ctpolicy audit --at issuance --format csv --output results.csv.gz "
		"*.pem\n"
		"  ctpolicy audit --format ndjson --fail-only requests.ndjson.zst\n"
		"  ctpolicy audit --checkpoint run.json --output out.ndjson.gz --format "
		"ndjson big/\n",
	.formats = formats,
	.options = OPTION_BIT(OPTION_ISSUERS) | OPTION_BIT(OPTION_AT) |
		OPTION_BIT(OPTION_POLICY) | OPTION_BIT(OPTION_LOG_LIST) |
		OPTION_BIT(OPTION_VERIFIER) | OPTION_BIT(OPTION_FORMAT) |
		OPTION_BIT(OPTION_OUTPUT) | OPTION_BIT(OPTION_STRICT) |
		OPTION_BIT(OPTION_JOBS) | OPTION_BIT(OPTION_FAIL_ONLY) |
		OPTION_BIT(OPTION_SUMMARY) | OPTION_BIT(OPTION_REPORT) |
		OPTION_BIT(OPTION_CHECKPOINT) | OPTION_BIT(OPTION_PROGRESS) |
		OPTION_BIT(OPTION_SHARD) | OPTION_BIT(OPTION_COLUMN) |
		OPTION_BIT(OPTION_INPUT_FORMAT) | OPTION_BIT(OPTION_ISSUED_FROM) |
		OPTION_BIT(OPTION_ISSUED_UNTIL) | OPTION_BIT(OPTION_ISSUER_NAME) |
		OPTION_BIT(OPTION_DEDUPE),
	.run = run,
};
