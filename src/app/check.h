// SPDX-License-Identifier: Apache-2.0
// One run of `ctpolicy check`: what its options say, and the output of its reports, whatever
// it is that is judged (files: cmd_check.c; live servers: src/live/check_live.c).
#ifndef APP_CHECK_H
#define APP_CHECK_H

#include "app/commands.h"
#include "app/files.h"
#include "base/arena.h"
#include "eval/evaluate.h"
#include "report/report.h"

struct check;

// What is judged: its own options, before anything is read, and the judging. False: a failure
// of the whole run, with c->err set.
struct check_kind {
	bool (*read_usage)(struct check *c); // NULL: it has none
	bool (*examine)(struct check *c);
};

struct check {
	const struct check_kind *kind;
	void *context_of_kind;
	const struct options *options;
	const struct report_format *format;
	struct report_options report_options;
	struct ctp_lists *lists;
	struct fast *fast; // NULL: the reference alone
	struct ctp_context *context;
	struct issuers *issuers;
	struct issuers *roots; // --roots; or NULL
	struct ctp_request defaults; // from the options
	struct buffer side[NUM_REQUEST_FIELDS]; // files behind --issuer and the like
	struct buffer scts;
	struct arena arena; // of the whole run: what the defaults need
	struct arena one; // of the present file
	struct output output;
	struct buffer out;
	size_t index; // reports and errors so far
	enum exit_status status;
	struct err *err;
};

// Reads the options in the order in which failures rank, opens the output, and has all of it
// judged; then the output is completed, or what failed is said. Returns the exit status.
int check_run(
	const struct options *options, const struct check_kind *kind, void *context);

// One more thing that the run came to.
void check_worsen(struct check *c, enum exit_status status);
// A request judged, or an error in its place: reported, and counted in the exit status. False
// with c->err, where the output fails.
bool check_judge(
	struct check *c, const struct ctp_request *request, const char *name) MUST_CHECK;
bool check_report_error(
	struct check *c, struct bytes id, const char *name, struct err *err) MUST_CHECK;
// Gives the request an id of its own, `name`, where it has none.
bool check_set_id(
	struct check *c, struct ctp_request *request, const char *name) MUST_CHECK;
// Before the first report, once it is known whether more follow.
void check_begin(struct check *c);
// Writes what is in c->out.
bool check_flush(struct check *c) MUST_CHECK;
// What a record comes to; out_why: what --strict does not let pass, or "". What no client would
// accept is 3, whatever its SCTs.
#define CHECK_WHY_ROOM 80
enum exit_status check_status_of(
	const struct check *c, const struct record *record, char out_why[CHECK_WHY_ROOM]);

#endif
