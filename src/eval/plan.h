// SPDX-License-Identifier: Apache-2.0
// Before issuance: how many SCTs a certificate needs, which logs can give them, and the
// smallest sets of logs that satisfy every policy asked for, also after one log or one log
// operator is lost.
//
// A set is judged by the policy engine itself: SCTs of its logs, signed and embedded by the
// time of check. A log is lost when it is retired after that (its SCT then counts as once
// approved, POLICY.md 3) or rejected (its SCT does not count any more); a set survives when
// it is compliant after each of both. Only usable logs are in sets. Qualified ones are
// approved as well, and are listed; devices learn of them later.
//
// Policies about the logs of several sources each count the SCTs of logs that their own list
// has. Logs that all lists have come first; only where no set of them does, sets take logs that
// some lists have.
//
// All that a verdict can see of such a set is how many RFC 6962 and how many static-ct-api
// logs of each operator are in it: its pattern. So the smallest sets are counted exactly by
// their patterns, however many they are, and the best ones are named.
#ifndef EVAL_PLAN_H
#define EVAL_PLAN_H

#include "base/arena.h"
#include "eval/request.h"
#include "eval/shorter.h"
#include "loglist/lists.h"
#include "x509/cert.h"

// Logs in a set. With N SCTs needed at most, 2 N + 2 are enough where any number is: N of
// each of two operators, and one RFC 6962 log of each. The tests hold the tables to that.
#define PLAN_MAX_SET 12
// Sets that are named, of each kind.
#define PLAN_MAX_SETS 20
// Patterns that are told, of each kind; with the tables of today there are 149 at most.
#define PLAN_MAX_PATTERNS 256
// Sets are counted up to here: what readers of JSON take for an integer (RFC 8259 6).
#define PLAN_MAX_COUNT ((UINT64_C(1) << 53) - 1)

enum survive { SURVIVE_NONE, SURVIVE_LOG, SURVIVE_OPERATOR, NUM_SURVIVES };

struct plan_request {
	// The certificate if there is one, the time of check (at_ms), and policies; nothing
	// else of it is looked at.
	struct ctp_request common;
	bool has_not_before;
	bool has_not_after;
	int64_t not_before; // seconds since 1970
	int64_t not_after;
	unsigned
		lifetime_days; // in place of notAfter: so many days, the last second counted
	enum survive survive;
	bool only_asked; // sets of that kind alone; of the others nothing is said
};

// Longer lifetimes are a slip.
#define PLAN_MAX_LIFETIME_DAYS 36500

// "none", "log", "operator", NULL.
extern const char *const survive_names[NUM_SURVIVES + 1];
const char *survive_name(enum survive survive);
// False with `err` (bad_request), which says what there is.
bool survive_from_name(struct bytes name, enum survive *out, struct err *err) MUST_CHECK;

// A log that takes the certificate.
struct plan_log {
	const struct ct_log *log;
	const struct loglist *list; // in which it stands: the record's, where that has it
	const char *operator_name;
	size_t op; // same number, same operator
	// Bit 0 for the record's list, the others for its other ones: not usable by that list, so
	// that its SCT counts for other policies alone.
	uint32_t lacking;
	struct log_standing standing; // usable or qualified
	// Usable since so long that every list that a client may still use has it, of each
	// source that the policies are about.
	bool known_to_all;
	int64_t known_from_ms; // when that is, or was; 0 where it is not known
};

// Of one log operator.
struct plan_part {
	unsigned rfc6962;
	unsigned tiled; // static-ct-api
};

struct plan_pattern {
	struct plan_part parts[PLAN_MAX_SET]; // an operator each; the largest first
	size_t num_parts;
	uint64_t num_sets; // at most PLAN_MAX_COUNT, which is then a lower bound
};

// A requirement that even all logs together do not meet, or one on the certificate itself.
struct plan_failure {
	const struct policy *policy;
	struct requirement_result result; // `got`: what all of them come to
	const char *lost_operator; // NULL: nothing had to be lost for that
	bool lost_all; // of that operator; else one log of `lost_api`
	enum log_api lost_api;
};

#define PLAN_MAX_FAILURES (REQUEST_MAX_POLICIES * ROUTE_MAX_REQUIREMENTS)

// The other notAfter, nearest to the one asked for, at which there are such sets.
struct plan_nearest {
	bool found;
	int64_t not_after;
};

// The smallest sets of one kind.
struct plan_sets {
	enum survive survive;
	bool possible;
	size_t size; // logs in each; 0, and no set named: no policy asks for SCTs
	size_t min_operators;
	size_t max_operators;
	uint64_t num_sets; // at most PLAN_MAX_COUNT, which is then a lower bound
	struct plan_pattern *patterns;
	size_t num_patterns;
	bool patterns_cut; // there are more than PLAN_MAX_PATTERNS
	// The best ones, `size` logs each: first those whose logs are known to all, and then
	// as the logs come by preference: known to all, RFC 6962, usable for the longest time.
	const struct plan_log *(*named)[PLAN_MAX_SET];
	size_t num_named;
	// Of sets from several lists, where there are too many to try all:
	bool not_smallest; // a smaller one may exist
	bool inexact; // there may be more than num_sets
	bool too_large; // what there is has more than PLAN_MAX_SET logs: none is named
	// Where it is not possible:
	struct plan_failure *failures;
	size_t num_failures;
	struct plan_nearest earlier;
	struct plan_nearest later;
};

struct plan_policy {
	const struct policy *policy;
	const struct lifetime_table *table;
	const struct lifetime_row *row;
	enum code remark; // of the row, where it speaks about this certificate
	// It lives longer than CAs have agreed on for certificates of that time; else NULL, or no
	// such thing is advised.
	const struct requirement *beyond_schedule;
	unsigned min_operators; // that the row implies, or the policy asks for
	unsigned current; // SCTs needed from logs approved at the time of check
	unsigned
		rfc6962; // SCTs needed from RFC 6962 logs; 0 where the clause is not in force
	struct shorter shorter; // a notAfter a little earlier asks for less
	enum code applies_because[NUM_APPLIES_REASONS];
	size_t num_applies_because; // 0: the policy applies, or will
};

// The list of a source that a policy asked for is about.
struct plan_list {
	const struct loglist *list;
	enum lists_basis basis;
	int64_t age_ms; // not below 0
	int64_t off_ms; // from that age on clients do not use it any more
	bool stale; // it is as old as that
};

struct plan_record {
	int64_t at_ms;
	const struct cert *cert; // NULL: the times were given
	bool beside_key; // a private key stands beside it
	int64_t not_before;
	int64_t not_after;
	struct lifetime lifetime;
	unsigned lifetime_days; // as it was asked for; 0: notAfter was
	struct plan_list main_list; // of the first policy's source
	const struct loglist *list; // main_list's
	enum lists_basis basis; // ...
	struct plan_list others[REQUEST_MAX_POLICIES];
	size_t num_others;
	int64_t clients_ms; // so old a list may a client have, of whichever source
	struct plan_policy *policies;
	size_t num_policies;
	// Policies without a list of their logs at hand, for which nothing is planned.
	const struct policy *left_out[REQUEST_MAX_POLICIES];
	size_t num_left_out;
	bool is_exempt; // no policy applies: no SCTs are needed, whatever the sets are
	struct plan_log *logs; // by operator, as the list has them, each by preference
	size_t num_logs;
	size_t num_usable; // of these
	size_t num_operators; // of usable ones
	// Those that do not take it, by their state, or, where that is right, because it ends
	// outside their interval.
	size_t num_outside;
	size_t num_in_state[NUM_LOG_STATES];
	enum survive survive; // what was asked for
	struct plan_sets sets[NUM_SURVIVES];
};

// Is num_sets the number of all such sets?
bool plan_sets_are_all(const struct plan_sets *sets);

// Does any of the policies ask for SCTs?
bool plan_counts_scts(const struct plan_record *plan);
// Can what was asked for be met: by a set, or because nothing is asked for?
bool plan_is_possible(const struct plan_record *plan);

// How a log stands at the time of check, for all sources that the policies are about: one
// that is usable by the record's list counts as what another list has it as, where that is
// not usable too.
struct log_standing plan_standing(
	const struct plan_record *record, const struct ct_log *log);

// The record lives in the arena and lends from `lists` and the certificate's bytes. False
// with `err`: a validity that is none (bad_validity), a certificate that cannot be read or
// says another validity than the times beside it, no memory. Any thread; pure.
bool plan_make(const struct plan_request *request, const struct ctp_lists *lists,
	struct arena *arena, const struct plan_record **out, struct err *err) MUST_CHECK;

#endif
