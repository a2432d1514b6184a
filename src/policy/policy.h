// SPDX-License-Identifier: Apache-2.0
// Policies as data, and the one engine that judges facts by them.
//
// A policy is an OR of routes, a route an AND of requirements; each requirement counts
// SCTs, or measures the certificate, and compares with a number, fixed or by lifetime. A
// change of rules is new rows.
// Pure: no clock, no allocation, no I/O. Everything here is const or the caller's.
#ifndef POLICY_POLICY_H
#define POLICY_POLICY_H

#include "policy/facts.h"

// How a row of a lifetime table says "up to here". The first row that holds is the rule.
enum lifetime_bound {
	LIFETIME_DAYS, // RFC 5280 days (last second included, rounded up) <= limit
	LIFETIME_SECONDS, // notAfter - notBefore <= limit
	LIFETIME_BELOW_MONTHS, // fewer than limit calendar months
	LIFETIME_MONTHS, // limit calendar months exactly, or fewer
	LIFETIME_WHOLE_MONTHS, // whole calendar months <= limit, the rest ignored
	LIFETIME_ANY,
};

struct lifetime_row {
	const char *name; // "180-days"
	enum lifetime_bound bound;
	int64_t limit;
	unsigned scts; // embedded SCTs needed
	unsigned cap_per_operator; // 0: none
	enum code remark; // a finding whenever the row is used, or CODE_NONE
	int64_t remark_beyond_days; // ... by a certificate of more days than this
};

#define LIFETIME_MAX_ROWS 5

// Rows for certificates whose notBefore lies in [from, until) (seconds since 1970).
struct lifetime_table {
	const char *name; // "2021-04-21"
	int64_t from;
	int64_t until;
	struct lifetime_row rows[LIFETIME_MAX_ROWS];
	const char *source;
};

// What a requirement compares with its number.
enum measure {
	MEASURE_LOGS, // distinct logs of the SCTs that it counts
	MEASURE_OPERATORS, // distinct log operators of them
	MEASURE_RSA_BITS, // of the modulus; other keys are not asked about
	MEASURE_KEY_TYPE, // 1 where the key is RSA, or EC on P-256, P-384 or P-521
	MEASURE_SHA2, // 1 where the certificate is signed with a hash of that family
	MEASURE_NAMES, // DNS names and IP addresses in the SAN
	MEASURE_SERVER_AUTH, // 1 where the EKU extension has serverAuth
	MEASURE_DAYS, // of the lifetime: of 86,400 s, the last second included, rounded up
	MEASURE_DAYS_BETWEEN, // ... from notBefore to notAfter, rounded up
};

enum subject { SUBJECT_LEAF, SUBJECT_ISSUER };

// The time that decides whether a row is in force.
enum axis { AXIS_TIME_OF_CHECK, AXIS_NOT_BEFORE };

// At least so many logs (or operators) of SCTs that have one of these sources and one of
// these approvals; or at least, or at most, so much of another measure.
struct requirement {
	const char *name; // stable, snake_case
	const char *text; // the sentence of the policy
	const char *source; // where it is published
	enum code code; // the finding where it is not met
	enum measure measure;
	enum subject subject; // whose; SCTs are the leaf's
	bool at_most; // else at least
	bool is_advice; // not met, it is a finding and no more
	// Only where the chain ends at a root that comes with the system; where that is not
	// known, what would not be met is open.
	bool system_roots_only;
	unsigned sources; // enum sct_source bits
	unsigned approvals; // enum approval bits
	bool rfc6962_only;
	bool by_lifetime; // `needed` and the cap come from the lifetime table
	bool once_before_retirement; // APPROVAL_ONCE: issued before retirement
	unsigned needed;
	enum axis axis;
	int64_t from_ms; // in force for times in [from_ms, until_ms)
	int64_t until_ms;
};

#define ROUTE_MAX_REQUIREMENTS 16

struct route {
	const char *name; // "embedded"
	const char *text;
	// The first one in force that counts SCTs is the counting one: the SCTs that it takes
	// are those that count.
	struct requirement requirements[ROUTE_MAX_REQUIREMENTS];
	size_t num_requirements;
	int64_t from_ms; // open to times of check in [from_ms, until_ms)
	int64_t until_ms;
};

// Kinds of certificates that a policy may leave alone; bits, so that a policy can name
// several.
enum exemption {
	EXEMPT_NO_SERVER = 1, // not for TLS servers, by its key purposes
	EXEMPT_CA = 2,
	// The same, unless a server shows it; and of CA certificates those alone that sign
	// certificates: what "openssl req -x509" makes for a server is one by its extensions,
	// yet has no key usage to say so, or another one, or is for servers by its names.
	// One that has neither key usage nor a server's name is a CA's.
	EXEMPT_NEVER_SERVER = 128,
	EXEMPT_ONLY_CA = 256,
	EXEMPT_OUTSIDE_VALIDITY = 4,
	EXEMPT_PRECERT_SIGNING = 8,
	EXEMPT_SELF_SIGNED = 16,
	EXEMPT_NOT_PUBLIC = 32,
	EXEMPT_REDACTED = 64,
};

#define POLICY_MAX_ROUTES 3
#define POLICY_MAX_TABLES 2

struct policy {
	const char *name;
	const char *title;
	const char *text;
	const char *source;
	// The log list that it is about, struct loglist's name; NULL: about none.
	const char *list;
	// From this age of the list on it is not enforced (policy_list_off_ms).
	int64_t list_off_ms;
	// Logs that came to their end are left out of that list after a while: one from after
	// the time of check says nothing of a log that it does not know.
	bool list_forgets;
	unsigned leniency; // enum approval_leniency bits
	int64_t enforced_from; // notBefore, seconds since 1970
	int64_t enforced_since_ms; // time of check
	unsigned exemptions; // enum exemption bits
	const char *says[3]; // "this certificate ...", by enum verdict
	// "Apple's clients": who refuses whatever does not meet it, so that every certificate of
	// a server has to, whatever policies are asked for; NULL: nobody speaks for all.
	const char *refused_by;
	struct lifetime_table tables[POLICY_MAX_TABLES];
	size_t num_tables;
	// The first is the main one: a report's "required" and "found" speak about it.
	struct route routes[POLICY_MAX_ROUTES];
	size_t num_routes;
};

// What there is, for users to name.
size_t policy_num(void);
const struct policy *policy_at(size_t index);
// What is judged by where none is named: Apple's, as it is published.
const struct policy *policy_default(void);
// NULL where there is none of that name.
const struct policy *policy_find(const char *name);
// From this age on clients do not use a list of that source any more: the shortest list_off_ms
// of the policies about its logs (Chrome's and Android's are a millisecond apart). For ever,
// DATETIME_MAX_MS, where none is about them.
int64_t policy_list_off_ms(const char *source);
// Is a list of that source, of that age, as old as that? Whoever says so of a list asks here.
bool policy_list_is_stale(const char *source, int64_t age_ms);
// The index of the route that SCTs of this source are brought along for at that time of
// check: the first open one whose counting requirement takes them, else 0.
size_t policy_route_for(
	const struct policy *policy, enum sct_source source, int64_t at_ms);
bool route_is_open(const struct route *route, int64_t at_ms);
// The route that takes SCTs of this source, but not at that time of check; NULL where one
// does then, or none ever.
const struct route *policy_closed_route(
	const struct policy *policy, enum sct_source source, int64_t at_ms);

// Does it count SCTs? Else it measures the certificate.
bool requirement_counts_scts(const struct requirement *requirement);
// Does any requirement of any route? Else the policy is about the certificate alone, and about
// no log list.
bool policy_counts_scts(const struct policy *policy);
// "at_least" or "at_most".
const char *requirement_comparison(const struct requirement *requirement);
// Does any requirement take its number from the lifetime tables?
bool policy_asks_by_lifetime(const struct policy *policy);

// POLICY.md 7: the reasons for which the policy does not apply, into `out` (room for
// NUM_APPLIES_REASONS), in the order of that section. Returns their number.
#define NUM_APPLIES_REASONS 12
size_t policy_exempts(
	const struct policy *policy, const struct facts *facts, enum code *out);

// A certificate's lifetime in every measure that a table uses (POLICY.md 4).
struct lifetime {
	int64_t seconds; // notAfter - notBefore + 1
	int64_t days; // of 86,400 s, rounded up
	int64_t months; // whole calendar months
	bool months_exact; // nothing left over
};
struct lifetime lifetime_of(int64_t not_before, int64_t not_after);

struct requirement_result {
	const struct requirement *requirement;
	bool in_force; // and about such a certificate; one that is not counts as met
	bool open; // what it measures is not known
	unsigned needed;
	unsigned got; // 0 where open
	bool met;
};

struct route_result {
	const struct route *route;
	bool holds;
	bool open; // it does not hold, and might if what is open turned out well
	struct requirement_result results[ROUTE_MAX_REQUIREMENTS];
	bool *counted; // for each SCT; the caller's memory
};

struct policy_result {
	const struct policy *policy;
	enum verdict verdict;
	const struct lifetime_table *table;
	const struct lifetime_row *row;
	enum code remark; // of the row, where it speaks about this certificate
	struct route_result routes[POLICY_MAX_ROUTES];
};

const struct route_result *policy_main_route(const struct policy_result *result);

// What the main route asks for of such a certificate at that time, in SCTs.
struct policy_needs {
	unsigned scts;
	unsigned cap_per_operator; // 0: none
	// Distinct ones of them, by that cap or because the policy asks for several; 1 where
	// neither is so.
	unsigned operators;
	unsigned current; // of logs approved at the time of check
	unsigned rfc6962; // of RFC 6962 logs; 0 where that clause is not in force
};
struct policy_needs policy_needs(const struct policy_result *result);

// The caller's scratch, facts->num_scts of each; contents are overwritten.
struct policy_scratch {
	bool *log_taken;
	unsigned *operator_taken;
	bool *chosen;
};

// Judges facts whose approvals are filled in. out->routes[i].counted must point to
// facts->num_scts flags each. The verdict is VERDICT_INDETERMINATE only for what is not
// known about the certificate; whether SCTs are verified is the caller's business.
void policy_judge(const struct policy *policy, const struct facts *facts,
	const struct policy_scratch *scratch, struct policy_result *out);

#endif
