// SPDX-License-Identifier: Apache-2.0
// The commands of the program, one file each.
#ifndef APP_COMMANDS_H
#define APP_COMMANDS_H

#include "app/exits.h"
#include "app/message.h"
#include "app/kept_lists.h"
#include "app/options.h"
#include "app/state.h"
#include "crypto/fast.h"
#include "eval/request.h"
#include "loglist/lists.h"

extern const struct command command_check;
extern const struct command command_audit;
extern const struct command command_audit_merge;
extern const struct command command_log_list_show;
extern const struct command command_log_list_diff;
extern const struct command command_log_list_history;
extern const struct command command_log_list_import;
extern const struct command command_log_list_export;
extern const struct command command_log_list_refresh;
extern const struct command command_log_list_verify;
extern const struct command command_log_list_prune;
extern const struct command command_plan;
extern const struct command command_pins;
extern const struct command command_policies;
extern const struct command command_serve; // src/serve/

// `check` of live servers, src/live/: is it asked for, and the run.
bool check_live_is_asked(const struct options *options);
int check_live(const struct options *options);

// What several commands need.

// Says what is wrong with the command line; returns the exit status of that.
int usage_error(const struct err *err);
// The processors that this process may use, `most` at most and 1 at least.
size_t num_processors(size_t most);
// --verifier. *out NULL: the reference alone.
bool open_verifier(
	const struct options *options, struct fast **out, struct err *err) MUST_CHECK;
// The lists, and where they are from into *out, which is initialized whatever comes. NULL with
// `err` set.
struct ctp_lists *open_kept_lists(
	const struct options *options, struct kept_lists *out, struct err *err);
// The same, for who does not ask where they are from.
struct ctp_lists *open_lists(const struct options *options, struct err *err);
// The same, which must be able to judge by one policy of the request at least. NULL with `err`
// (log_list_of_others).
struct ctp_lists *open_policy_lists(const struct options *options,
	const struct ctp_request *request, struct err *err);
// --source; default: the main one of the set. False with `err` where there is no such source
// (bad_option), or the set has no list of it (log_list_missing).
bool choose_source(const struct options *options, const struct ctp_lists *lists,
	const char **out, struct err *err) MUST_CHECK;

// --source; default: apple.
bool read_source(
	const struct options *options, const char **out, struct err *err) MUST_CHECK;
// An RFC 3339 time, "now", or a day (2026-11-01, its first instant). False with `err`.
bool read_time(const char *text, const char *option, int64_t *out_ms,
	struct err *err) MUST_CHECK;
// --at, default now, in ms.
bool read_at(const struct options *options, int64_t *out_ms, struct err *err) MUST_CHECK;
// --at, default now, or "issuance"; --policy; --client-age. Into the request.
bool read_check_time(const struct options *options, struct ctp_request *out,
	struct err *err) MUST_CHECK;
bool read_policies(const struct options *options, struct ctp_request *out,
	struct err *err) MUST_CHECK;
bool read_client_age(const struct options *options, struct ctp_request *out,
	struct err *err) MUST_CHECK;
// --hostname, and every --pin; the file behind --pins. Into the request, by way of the arena.
bool read_hostname(const struct options *options, struct arena *arena,
	struct ctp_request *out, struct err *err) MUST_CHECK;
bool read_pins(const struct options *options, struct arena *arena,
	struct ctp_request *out, struct err *err) MUST_CHECK;
bool read_pins_file(const struct options *options, struct arena *arena,
	struct ctp_request *out, struct err *err) MUST_CHECK;
// Decimal digits and nothing else, below 10^18.
bool read_number(struct bytes text, uint64_t *out) MUST_CHECK;
// --format among the command's, or NULL with `err`.
const char *read_format(const struct options *options, struct err *err);
// Where `option` names a file that the run reads, it would be overwritten: false with `err`.
bool check_not_read(
	const struct options *options, enum option option, struct err *err) MUST_CHECK;
// Writes all of it to --output or standard output; says what failed.
int write_results(const struct options *options, struct bytes results);
// The same of a buffer, which is cleared; one that failed is "out of memory".
int write_buffer(const struct options *options, struct buffer *results);
// Colours: standard output is a terminal, NO_COLOR is not set, TERM is not dumb, and the
// output is not a file.
bool wants_colour(const struct options *options);

#endif
