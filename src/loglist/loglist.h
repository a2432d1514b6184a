// SPDX-License-Identifier: Apache-2.0
// One version of a log list: its operators and logs, as plain facts (POLICY.md 9).
//
// Built by loglist_json.c or history.c inside a struct ctp_lists, which owns all memory;
// afterwards it never changes and any thread may read it.
#ifndef LOGLIST_LOGLIST_H
#define LOGLIST_LOGLIST_H

#include "base/ct.h"
#include "base/text.h"
#include "crypto/pubkey.h"

#define LOG_ID_LEN 32

// Facts about a log that are text and decide nothing.
enum log_text {
	LOG_DESCRIPTION,
	LOG_URL,
	LOG_SUBMISSION_URL,
	LOG_MONITORING_URL,
	LOG_TYPE,
	NUM_LOG_TEXTS,
};

// An operator that a log had before the present one.
struct log_operator {
	const char *name;
	int64_t end_ms; // until before this moment
};

struct ct_log {
	uint8_t id[LOG_ID_LEN];
	struct pubkey *key; // shared by the lists of a set
	enum log_api api;
	size_t op; // operator: index into the list's operators
	// Those before, in the order of the list (Chrome's); see loglist_operator_at().
	const struct log_operator *previous;
	size_t num_previous;
	bool has_interval;
	int64_t start_ms; // notAfter from here on (inclusive)
	int64_t end_ms; // and before this
	enum log_state state;
	int64_t since_ms; // 0 where the state is LOG_NO_STATE
	const char *
		state_version; // the list version that brought the state, "" where unsaid
	bool has_tree_head; // readonly: the final one
	int64_t tree_size;
	const char *tree_root; // base64
	int64_t mmd; // seconds
	bool has_tls_only; // static-ct-api logs
	bool tls_only;
	const char *text[NUM_LOG_TEXTS]; // NULL where absent
};

struct loglist {
	const char *name; // a source's (source.def), or LIST_NAME_BARE
	const char *schema; // $schema, "" where absent
	const char *version; // "" where absent
	int64_t asset_version; // -1 where absent
	int64_t asset_version_v2;
	int64_t published_ms; // log_list_timestamp, else the newest state timestamp
	uint8_t sha256[32]; // of the file as it was published
	// When it was fetched, first and last, as the state folder knows; 0: not known.
	int64_t fetched_first_ms;
	int64_t fetched_last_ms;
	const char **operators; // by name
	size_t num_operators;
	struct ct_log *logs; // by id
	size_t num_logs;
};

// NULL where the list does not know the log.
const struct ct_log *loglist_find(const struct loglist *list, const uint8_t *id);
// Whose list it is: its name, or whose lists have that form; "bimi" where a list of a bare form
// has the log for mark certificates and no other.
const char *loglist_source(const struct loglist *list);
// The operator of a log of the list at that time, as browsers count it for an SCT of that
// timestamp: the first of the previous ones whose end is after it, else the present one.
const char *loglist_operator_at(
	const struct loglist *list, const struct ct_log *log, int64_t timestamp_ms);
// The newest time at which a log of the list took its state; 0 where none says.
int64_t loglist_newest_state_ms(const struct loglist *list);
// "usable" and so on, as in the JSON; "none" for LOG_NO_STATE.
const char *log_state_name(enum log_state state);
bool log_state_from_name(struct bytes name, enum log_state *out) MUST_CHECK;
// "rfc6962" or "static".
const char *log_api_name(enum log_api api);
// "description", "url", ...: the JSON's field names.
const char *log_text_name(enum log_text text);
// The log as people know it: its description, or where the list has none its id in base64, which
// is written into `room`.
#define LOG_NAME_ROOM TEXT_BASE64_ROOM(LOG_ID_LEN)
const char *log_name(const struct ct_log *log, char room[LOG_NAME_ROOM]);
// The same as a part of a text (text_put_escaped).
void log_put_name(struct buffer *out, const struct ct_log *log);
// Does the log take a certificate that ends then? (ms since 1970)
bool log_covers(const struct ct_log *log, int64_t not_after_ms);

#endif
