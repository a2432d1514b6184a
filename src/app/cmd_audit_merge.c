// SPDX-License-Identifier: Apache-2.0
// ctpolicy audit-merge: the summaries of the parts of a divided audit, added up.
#include <stdlib.h>

#include "app/commands.h"
#include "app/stream.h"
#include "app/summary_files.h"
#include "crypto/digest.h"

// Bytes that are read at once.
#define PIECE ((size_t)65536)
// Missing parts.
#define MAX_NAMED 20

struct merge {
	const struct options *options;
	struct err *err;
	enum exit_status status;
	const char *format;
	struct digest *digest;
	uint8_t (*hashes)[DIGEST_SHA256_LEN]; // of the files so far, as they were named
	struct summary *sum;
};

static const char *name_of(const char *path)
{
	return strcmp(path, "-") == 0 ? "standard input" : path;
}

static bool read_usage(struct merge *m)
{
	size_t num_standard = 0;
	for (size_t i = 0; i < m->options->num_args; i++) {
		num_standard += strcmp(m->options->args[i], "-") == 0;
	}
	if (m->options->num_args == 0) {
		return err_set(m->err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"name the summaries to add up: files that ctpolicy audit "
			"--summary FILE wrote, or \"-\" for standard input");
	}
	if (num_standard > 1) {
		return err_set(m->err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"\"-\" is given twice; standard input can be read once");
	}
	m->format = read_format(m->options, m->err);
	return m->format != NULL;
}

static bool read_text(const char *path, struct buffer *out, struct err *err)
{
	struct stream *stream = stream_open(path, err);
	size_t got = PIECE;
	bool done = stream != NULL;
	while (done && got > 0) {
		uint8_t *at = buffer_extend(out, PIECE);
		done = at ? stream_read(stream, at, PIECE, &got, err)
			  : err_no_memory(err);
		out->len -= done ? PIECE - got : 0;
		if (done && out->len > SUMMARY_MAX_JSON) {
			done = err_set(err, CODE_TOO_LARGE, ERR_NO_OFFSET,
				"larger than %zu bytes, so no summary of an audit",
				SUMMARY_MAX_JSON);
		}
	}
	stream_close(stream);
	return done;
}

// The run's own times are in a summary: no two runs write the same bytes.
static bool warn_of_copy(struct merge *m, size_t index, struct bytes text)
{
	if (!digest_sha256(m->digest, &text, 1, m->hashes[index])) {
		return err_no_memory(m->err);
	}
	for (size_t i = 0; i < index; i++) {
		if (memcmp(m->hashes[i], m->hashes[index], DIGEST_SHA256_LEN) == 0) {
			message("warning: %.200s is the same summary as %.200s; both are "
				"counted, so name it once",
				name_of(m->options->args[index]),
				name_of(m->options->args[i]));
			return true;
		}
	}
	return true;
}

static bool is_new_part(const struct merge *m, const struct summary *summary)
{
	const struct summary_shards *sum = &summary_run(m->sum)->shards;
	unsigned part = summary_shards_common(sum, &summary_run(summary)->shards);
	return part == 0 ||
		err_set(m->err, CODE_BAD_OPTION, ERR_NO_OFFSET,
			"part %u of %u is there already; name each part once", part,
			sum->of);
}

// Whoever adds up in steps knows what is to come.
static void warn_of_missing(const struct merge *m)
{
	const struct summary_shards *sum = &summary_run(m->sum)->shards;
	struct buffer list;
	size_t num = 0;
	buffer_init(&list, 1024);
	for (unsigned part = 1; part <= sum->of; part++) {
		if (!summary_shards_has(sum, part) && num++ < MAX_NAMED) {
			buffer_printf(&list, "%s%u", num > 1 ? ", " : "", part);
		}
	}
	if (num > MAX_NAMED) {
		buffer_printf(&list, " and %zu more", num - MAX_NAMED);
	}
	if (num > 0 && !list.failed) {
		message("warning: of %u parts these are missing: %.*s", sum->of,
			(int)list.len, (const char *)list.data);
	}
	buffer_clear(&list);
}

// Behind a failure nothing is added up any more, only looked at.
static bool add_text(struct merge *m, size_t index, struct bytes text)
{
	struct summary *summary = summary_read_json(text, m->err);
	bool done = summary && is_new_part(m, summary) && warn_of_copy(m, index, text) &&
		(m->status != EXIT_PASS || summary_merge(m->sum, summary, m->err));
	summary_free(summary);
	if (!done && m->err->code == CODE_BAD_REQUEST) {
		err_add(m->err, "; name what ctpolicy audit --summary wrote");
	}
	return done;
}

static void add_file(struct merge *m, size_t index)
{
	struct buffer text;
	const char *path = m->options->args[index];
	// One piece more than the limit, to notice a file that goes beyond it.
	buffer_init(&text, SUMMARY_MAX_JSON + PIECE);
	if (!read_text(path, &text, m->err) || !add_text(m, index, buffer_bytes(&text))) {
		message_err(name_of(path), m->err);
		err_clear(m->err);
		m->status = EXIT_INPUT;
	}
	buffer_clear(&text);
}

// Every file is read before anything is written, so one of them may be written to.
static bool read_all(struct merge *m)
{
	m->sum = summary_new(m->err);
	m->digest = m->sum ? digest_new(m->err) : NULL;
	m->hashes = calloc(m->options->num_args, sizeof(*m->hashes));
	if (!m->digest || !m->hashes) {
		return err_no_memory(m->err);
	}
	for (size_t i = 0; i < m->options->num_args; i++) {
		add_file(m, i);
	}
	if (m->status != EXIT_PASS) {
		message("nothing is added up, and nothing written");
		return false;
	}
	// As of an audit: what looked at nothing has not passed.
	return summary_num_judged(m->sum) > 0 || summary_num_unread(m->sum) > 0 ||
		err_set(m->err, CODE_BAD_CERTIFICATE, ERR_NO_OFFSET,
			"no certificate in all of the summaries");
}

static bool put_sum(const struct merge *m, struct buffer *out)
{
	if (strcmp(m->format, "json") == 0) {
		summary_put_json(m->sum, out);
	} else {
		summary_put_text(m->sum, wants_colour(m->options), out);
	}
	return !out->failed || err_no_memory(m->err);
}

static bool write_sum(struct merge *m)
{
	const char *const *values = m->options->values;
	struct buffer out;
	buffer_init(&out, SUMMARY_MAX_JSON);
	bool done = put_sum(m, &out) &&
		summary_files_write(
			m->sum, values[OPTION_SUMMARY], values[OPTION_REPORT], m->err);
	if (done) {
		// Says itself what failed.
		done = write_results(m->options, buffer_bytes(&out)) == EXIT_PASS;
	}
	buffer_clear(&out);
	return done;
}

static enum exit_status status_of(const struct summary *sum)
{
	bool unread = summary_num_unread(sum) > 0;
	bool fail = summary_num_results(sum, RESULT_FAIL) > 0;
	bool unknown = summary_num_results(sum, RESULT_UNKNOWN) > 0;
	return exit_worse(unread ? EXIT_INPUT : EXIT_PASS,
		exit_worse(fail ? EXIT_FAIL : EXIT_PASS,
			unknown ? EXIT_UNKNOWN : EXIT_PASS));
}

static int run(const struct options *options)
{
	struct err err;
	err_clear(&err);
	struct merge m = {.options = options, .err = &err};
	if (!read_usage(&m)) {
		m.status = EXIT_USAGE;
	} else if (!read_all(&m) || !write_sum(&m)) {
		m.status = EXIT_INPUT;
	} else {
		warn_of_missing(&m);
		m.status = status_of(m.sum);
	}
	if (err.code != CODE_NONE) {
		message_err("", &err);
	}
	summary_free(m.sum);
	digest_free(m.digest);
	free(m.hashes);
	return (int)m.status;
}

static const char *const formats[] = {"text", "json", NULL};

const struct command command_audit_merge = {
	.name = "audit-merge",
	.summary = "add up the summaries of a divided audit",
	.arguments = "[options] SUMMARY...",
	.text = "Adds up what `ctpolicy audit --summary` wrote for the parts of one audit, "
		"in any\norder, and prints the sum. A SUMMARY is a file, also in gzip or "
		"zstd; \"-\" is\nstandard input. All of them are read before anything is "
		"written, so the output\nmay be one of them; where one cannot be read, "
		"nothing is written.\n\n"
		"Exit status: 0 all pass; 1 one fails; 2 wrong usage; 3 a summary cannot "
		"be read,\nor counts records that could not be, or none counts any; 5 a verdict is open.\n",
	.examples = "  ctpolicy audit-merge --report report.html part-*.json\n"
		    "  ctpolicy audit-merge --format json --output all.json all.json "
		    "part-9.json\n"
		    "  ssh host cat part-2.json | ctpolicy audit-merge part-1.json -\n",
	.formats = formats,
	.options = OPTIONS(OPTION_FORMAT, OPTION_OUTPUT, OPTION_SUMMARY, OPTION_REPORT),
	.run = run,
};
