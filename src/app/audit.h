// SPDX-License-Identifier: Apache-2.0
// One run of `ctpolicy audit`: what its files hand on to each other. Internal to the
// command: audit_options.c reads the command line, audit_resume.c goes on with a run that
// was interrupted, cmd_audit.c runs.
#ifndef APP_AUDIT_H
#define APP_AUDIT_H

#include <pthread.h>
#include <string.h>

#include "app/audit_judge.h"
#include "app/audit_reader.h"
#include "app/audit_writer.h"
#include "app/commands.h"
#include "base/arena.h"
#include "crypto/digest.h"

// A thread has two batches at most, one under way and one that waits for its turn; with
// what it knows of keys and issuers that is 1 to 3 MB.
#define MAX_JOBS 64

struct audit {
	const struct options *options;
	struct err *err;
	enum exit_status status;
	bool is_complete; // a signal that comes later stops nothing any more
	struct audit_rules rules;
	struct audit_inputs inputs;
	struct ctp_lists *lists;
	struct fast *fast; // NULL: the reference alone
	struct issuers *issuers;
	struct issuers *roots; // --roots; or NULL
	struct selection selection;
	struct dedupe *dedupe;
	size_t num_jobs;
	struct checkpoint checkpoint;
	struct checkpoint_fact facts[CHECKPOINT_MAX_FACTS];
	bool has_checkpoint; // in its file, of the unfinished results
	char lists_fact[2 * DIGEST_SHA256_LEN + 1];
	char issuers_fact[2 * DIGEST_SHA256_LEN + 1];
	char roots_fact[2 * DIGEST_SHA256_LEN + 1];
	struct arena facts_memory;
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

static inline const char *audit_value(const struct audit *a, enum option option)
{
	return a->options->values[option];
}

static inline bool is_standard(const char *path)
{
	return !path || strcmp(path, "-") == 0;
}

// The steps before the run, in the order in which failures rank. False with a->err.
bool audit_read_usage(struct audit *a) MUST_CHECK;
bool audit_choose_verifier(struct audit *a) MUST_CHECK;
bool audit_read_lists(struct audit *a) MUST_CHECK;
// What cannot be written is better known before the run than behind it.
bool audit_check_outputs(struct audit *a) MUST_CHECK;
bool audit_read_issuers(struct audit *a) MUST_CHECK;

// With --checkpoint: what must be the same when the run goes on; and, where there is a
// checkpoint, the reader behind what was judged before, a->before and the summary. False
// with a->err.
bool audit_set_checkpoint(struct audit *a) MUST_CHECK;
bool audit_resume(struct audit *a) MUST_CHECK;
// The unfinished results of the run that is gone on with; *out NULL: they are complete, and
// have their name. False with a->err.
bool audit_reopen(struct audit *a, struct sink **out) MUST_CHECK;

#endif
