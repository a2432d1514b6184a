// SPDX-License-Identifier: Apache-2.0
// The command line: one table of options, from which parsing, the environment, help and
// "did you mean" all come.
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include "base/bytes.h"

enum option {
	OPTION_ISSUER,
	OPTION_ISSUERS,
	OPTION_ROOTS,
	OPTION_PRIVATE_ROOT,
	OPTION_SCTS,
	OPTION_TLS_SCTS,
	OPTION_OCSP,
	OPTION_PRECERTIFICATE,
	OPTION_CONNECT,
	OPTION_STARTTLS,
	OPTION_SERVERNAME,
	OPTION_HOSTS,
	OPTION_HOSTNAME,
	OPTION_PIN,
	OPTION_PINS,
	OPTION_AT,
	OPTION_POLICY,
	OPTION_LOG_LIST,
	OPTION_VERIFIER,
	OPTION_FORMAT,
	OPTION_OUTPUT,
	OPTION_STRICT,
	OPTION_FAIL_ONLY,
	OPTION_INPUT_FORMAT,
	OPTION_COLUMN,
	OPTION_ISSUED_FROM,
	OPTION_ISSUED_UNTIL,
	OPTION_ISSUER_NAME,
	OPTION_LEAVES_ONLY,
	OPTION_DEDUPE,
	OPTION_SHARD,
	OPTION_JOBS,
	OPTION_SUMMARY,
	OPTION_REPORT,
	OPTION_CHECKPOINT,
	OPTION_PROGRESS,
	OPTION_NOT_BEFORE,
	OPTION_NOT_AFTER,
	OPTION_SURVIVE,
	OPTION_STATE,
	OPTION_OPERATOR,
	OPTION_COVERS,
	OPTION_STATE_DIR,
	OPTION_CLIENT_AGE,
	OPTION_MAX_AGE,
	OPTION_SOURCE,
	OPTION_URL,
	OPTION_FROM_STDIN,
	OPTION_TIMEOUT,
	OPTION_CACERT,
	OPTION_SIGNATURE,
	OPTION_PUBLIC_KEY,
	OPTION_HOOK,
	OPTION_FORCE,
	OPTION_KEEP_DAYS,
	OPTION_LISTEN,
	OPTION_THREADS,
	OPTION_REFRESH_INTERVAL,
	OPTION_TOKEN_FILE,
	OPTION_ADMIN_TOKEN_FILE,
	OPTION_MAX_BODY,
	OPTION_REQUEST_TIMEOUT,
	OPTION_IDLE_TIMEOUT,
	OPTION_DRAIN_TIMEOUT,
	OPTION_MAX_CONNECTIONS,
	OPTION_MAX_CONNECTIONS_PER_ADDRESS,
	OPTION_MAX_IN_FLIGHT,
	OPTION_MAX_BATCHES,
	OPTION_LOG_FORMAT,
	OPTION_HELP,
	NUM_OPTIONS,
};

struct options;

struct command {
	const char *name; // "check", "log-list show"
	const char *summary; // one line, for the list of commands
	const char *arguments;
	const char *text; // paragraphs of the help page
	const char *examples;
	const char *const *formats; // of --format, the default first; NULL-terminated
	bool takes_issuance; // --at issuance
	const enum option *options; // OPTIONS(OPTION_AT, ...)
	int (*run)(const struct options *options);
};

// The options of a command; OPTION_HELP, which every command has, ends them.
#define OPTIONS(...) ((const enum option[]){__VA_ARGS__, OPTION_HELP})
// How often an option may be given that may be given more than once (--url, --log-list,
// --pin).
#define OPTIONS_MAX_REPEATED 16

struct option_values {
	const char *values[OPTIONS_MAX_REPEATED];
	size_t num;
};

struct options {
	const struct command *command;
	const char *values[NUM_OPTIONS]; // NULL: not given; "" for a flag that is
	// Those that may be given more than once, all of them; values[] has the first.
	struct option_values urls;
	struct option_values log_lists;
	struct option_values pins;
	char **args; // what is no option, lent from argv
	size_t num_args;
};

// "log-list" and so on, without the dashes.
const char *option_name(enum option option);
// What stands for its value, "FILE" or "auto|fast|reference"; NULL: it is a flag.
const char *option_value(enum option option);
bool option_repeats(enum option option);
bool command_has_option(const struct command *command, enum option option);
// What it means to this command, in one line.
void option_put_meaning(
	const struct command *command, enum option option, struct buffer *out);
// Reads what follows the command's name; an option not given there is taken from the
// environment (CTPOLICY_ and its name in capitals; flags by 1 and 0). False with a message in `err`.
bool options_read(const struct command *command, char **argv, size_t num,
	struct options *out, struct err *err) MUST_CHECK;
// From *at on, NULL at first: the next variable of the environment that looks like an option
// and is none, with its value, and the name of the option that may have been meant. Others
// that begin with CTPOLICY_ may be anybody's. NULL: there is no more.
const char *options_next_unknown(char *const **at, const char **out_nearest);
// The command's help page.
void options_put_help(const struct command *command, struct buffer *out);

#endif
