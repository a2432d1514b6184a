// SPDX-License-Identifier: Apache-2.0
// The evaluation record: everything that a report says, as data. Built by evaluate.c in
// the context's arena, immutable once returned, printed by report/ in whatever form.
#ifndef EVAL_RECORD_H
#define EVAL_RECORD_H

#include "eval/pins.h"
#include "eval/request.h"
#include "loglist/lists.h"
#include "policy/policy.h"
#include "sct/sct.h"
#include "x509/tbs_diff.h"

struct repair; // eval/repair.h

enum issuer_signature {
	ISSUER_NOT_GIVEN,
	ISSUER_VALID,
	ISSUER_INVALID,
	ISSUER_WRONG_NAME,
	ISSUER_UNSUPPORTED_ALGORITHM,
};

struct finding {
	enum code code;
	const char *field; // which input it is about: "certificate", "ocsp", ...; or NULL
	size_t offset; // in that input's DER, or ERR_NO_OFFSET
	const char *message; // a sentence that says what to do
};

// A policy's findings and an evaluation's are few; the room is fixed.
#define MAX_FINDINGS 32

struct findings {
	struct finding items[MAX_FINDINGS];
	size_t num;
};

#define SCT_MAX_WHY 4

struct sct_record {
	enum sct_source source;
	size_t index; // within its source
	struct sct sct;
	enum sct_status status;
	enum approval approval;
	bool counted; // by the first policy asked for
	bool undecided; // not verified for want of the (right) issuer
	enum code why[SCT_MAX_WHY];
	size_t num_why;
	const struct policy
		*closed_to; // CODE_ROUTE_CLOSED: the policy that takes it no more
	const struct ct_log *log; // NULL where unknown
	struct log_standing standing;
	const char *operator_name; // NULL where unknown
};

// The lists that devices may have at the time of check (client_age_days).
struct client_age {
	unsigned days; // 0: not asked for
	int64_t from_ms; // so many days before the time of check
	size_t num_lists; // in force between the two, the newest included
	const struct loglist *oldest;
	enum lists_basis oldest_basis;
};

// The list of one source that is in force, and the SCTs as it has them.
struct list_view {
	const char *source; // its name (loglist/source.def)
	const struct loglist *list; // NULL: none of that source is at hand
	enum lists_basis basis;
	int64_t age_ms; // of the list at the time of check, not below 0
	bool stale; // clients with a list that old do not enforce the policy any more
	struct client_age client_age;
	// As many as the record has, in its order; approval, counted and why are by the first
	// policy asked for that is about this source's logs.
	const struct sct_record *scts;
};

struct policy_record {
	const struct list_view *view; // what it was judged by
	struct policy_result result;
	enum verdict verdict;
	enum code applies_because[NUM_APPLIES_REASONS];
	size_t num_applies_because; // 0: the policy applies
	// What the SCTs of the first route come to.
	unsigned found_counted, found_current, found_once, found_rfc6962;
	// What found_counted would be if all that could not be verified were valid.
	unsigned hopeful_counted;
	// Requirements that would stay unmet even then.
	bool hopeless[POLICY_MAX_ROUTES][ROUTE_MAX_REQUIREMENTS];
	// Open for want of a list of that time, and of nothing that a certificate could change.
	bool wants_list;
	// The verdict is a no by an older list alone (client_age_days): from this list on no
	// later one says so. NULL otherwise. `result` is by the list in force.
	const struct loglist *safe_list;
	int64_t safe_since_ms; // when that list came into force
	int64_t safe_from_ms; // when no device has an older list any more
	struct findings findings;
};

// The precertificate that was given beside a final certificate.
struct precert_record {
	const struct cert *cert; // a precertificate or a TBSCertificate
	const struct cert *signer; // a Precertificate Signing Certificate, or NULL
	uint8_t sha256[DIGEST_SHA256_LEN];
	struct tbs_diff diff;
};

// The name that was asked about, held against the SAN.
struct host_record {
	const struct wanted_host *host;
	bool matches;
	struct bytes matched_by; // content of that dNSName or iPAddress; empty: none
};

// What is not met of a policy that nobody asked for, and that every server's certificate has
// to meet: no verdict hangs on it.
struct minimum_record {
	const struct policy *policy;
	const char *lacks; // "no name in the subjectAltName, 3650 days (at most 825)"
};

enum result { RESULT_PASS, RESULT_FAIL, RESULT_UNKNOWN };

struct record {
	uint64_t times; // how often it stood in the input; 0: nobody counted
	const struct connection *connection; // NULL: not from a live server
	struct bytes id; // a JSON string or number as it was given; data NULL: none
	enum result result; // of the policies, and of what else was asked (host, pins)
	enum result policies_result; // of the policies alone
	const struct host_record *host; // NULL: no name was asked about
	const struct pins_record *pins; // NULL: no pins were given
	int64_t at_ms;
	const struct cert *cert;
	uint8_t sha256[DIGEST_SHA256_LEN];
	uint8_t spki_sha256[DIGEST_SHA256_LEN];
	bool has_issuer_key_hash;
	uint8_t issuer_key_sha256[DIGEST_SHA256_LEN];
	const struct cert *signer; // a Precertificate Signing Certificate, or NULL
	enum issuer_signature issuer_signature;
	bool self_signed; // its own key verifies its signature
	// The key hash in the signed entries is surely the issuer's: it signed the
	// certificate, or a TBSCertificate names its key.
	bool issuer_confirmed;
	const struct precert_record *precert; // NULL: none that can be read was given
	struct lifetime lifetime;
	const struct loglist *list;
	enum lists_basis basis;
	int64_t age_ms; // of the list at the time of check, not below 0
	bool stale;
	struct client_age client_age;
	bool to_embed; // its embedded SCTs are not in it yet (the request's scts)
	struct sct_record *scts;
	size_t num_scts;
	struct policy_record *policies;
	size_t num_policies;
	struct findings findings;
	const struct minimum_record *minimum; // NULL: it is met, or not to be judged
	const struct repair *repair; // NULL: nothing is to be repaired, or nobody asked
};

// Does every policy asked for ask nothing of it?
bool record_is_exempt(const struct record *record);
// Did that list, or the oldest that devices may have, have to be taken back to a time before it
// (POLICY.md 3)?
bool list_view_is_extrapolated(const struct list_view *view);
// What keeps a result from being sure, and is a failure by --strict: a verdict that is open, or
// a list that a policy was judged by, whichever source's, that is stale or extrapolated. The
// first of these.
enum doubt { DOUBT_NONE, DOUBT_OPEN, DOUBT_STALE, DOUBT_EXTRAPOLATED };
// *out_list: whose list it is; NULL where it is no list's.
enum doubt record_doubt(
	const struct record *record, const struct list_view **out_list) MUST_CHECK;
// Were policies judged by the lists of more than one source?
bool record_has_sources(const struct record *record);
// Did any SCT come from one of these sources (enum sct_source bits)?
bool record_has_source(const struct record *record, unsigned sources);
// What makes the result a fail beside the policies; bits.
enum record_refusal { REFUSED_BY_HOST = 1, REFUSED_BY_PINS = 2 };
unsigned record_refusals(const struct record *record);
// Is it the finding of such a refusal (hostname_mismatch, pins_mismatch)?
bool finding_refuses(const struct finding *finding);
// Is there nothing to say but that no policy applies?
bool record_is_only_exempt(const struct record *record);
// Was any SCT brought along for this route (policy_route_for)?
bool record_tries_route(
	const struct record *record, const struct policy *policy, size_t route);

const char *issuer_signature_name(enum issuer_signature value);
const char *sct_source_name(enum sct_source source);
const char *sct_status_name(enum sct_status status);
const char *approval_name(enum approval approval);
const char *verdict_name(enum verdict verdict);
const char *result_name(enum result result);
const char *cert_kind_name(enum cert_kind kind);

// The SCT's log, with its state and operator, in a list as it counts then.
void sct_record_look_up(struct sct_record *sct, const struct loglist *list,
	enum lists_basis basis, int64_t at_ms);

#endif
