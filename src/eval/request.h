// SPDX-License-Identifier: Apache-2.0
// One evaluation request (INTERFACE.md): everything that a verdict depends on, the time
// of check included. Bytes are lent by the caller until the evaluation's end.
#ifndef EVAL_REQUEST_H
#define EVAL_REQUEST_H

#include "base/bytes.h"
#include "eval/connection.h"
#include "eval/issuers.h"
#include "eval/selection.h"
#include "policy/policy.h"
#include "x509/host_match.h"
#include "x509/pin.h"

// Room for every policy that there may ever be at once.
#define REQUEST_MAX_POLICIES 16

enum request_field {
	REQUEST_CERTIFICATE,
	REQUEST_ISSUER,
	REQUEST_ISSUER_KEY_SHA256,
	REQUEST_TLS_SCTS,
	REQUEST_OCSP,
	REQUEST_ID,
	REQUEST_PRECERTIFICATE,
	NUM_REQUEST_FIELDS,
};

// Ten years: more than there is history, and far from any overflow.
#define REQUEST_MAX_CLIENT_AGE_DAYS 3650

enum request_time { TIME_NOT_GIVEN, TIME_GIVEN, TIME_ISSUANCE };

struct ctp_request { // the public name of ctpolicy.h, opaque there
	struct bytes fields[NUM_REQUEST_FIELDS]; // data NULL: not given
	const struct bytes *scts; // in any form that sct_json.h reads
	size_t num_scts;
	enum request_time time_of_check;
	int64_t at_ms;
	unsigned client_age_days; // the lists of so many days before count too; 0: none
	const struct policy *policies[REQUEST_MAX_POLICIES];
	const struct issuers
		*issuers; // where to look for an issuer that is not given; or NULL
	// Roots that are publicly trusted, to hold the chain against; NULL: not known.
	const struct issuers *roots;
	// The file of the CA that the user named, for lines to be copied; NULL: not known.
	const char *ca_file;
	bool private_root; // the user says that the root is none of them
	bool says_private_root; // and said so, or that it is, in the request itself
	size_t num_policies; // 0: the default, "apple"
	bool beside_key; // of the certificate: a private key was seen in its file
	const struct selection *selection; // NULL: every certificate
	const struct connection
		*connection; // how it was got, to be told; NULL: from no server
	const struct wanted_host *host; // to hold against the SAN; NULL: none
	struct pin_set *pins; // to hold against the chain; NULL: none
	// Policies that everybody's certificate has to meet (struct policy's refused_by) are
	// judged beside those asked for, as a warning.
	bool with_minimum;
	bool on_page; // asked there: advice is for who has no command line
	bool by_fields; // so it is, but on no page: it names fields of a request
	// Of on_page: the sources whose lists the service refreshes by itself.
	const char *const *refreshed;
	size_t num_refreshed;
	uint64_t times; // how often it stood in the input, to be told; 0: nobody counts
};

// How many policies are asked for, the default included, and which.
size_t request_num_policies(const struct ctp_request *request);
const struct policy *request_policy(const struct ctp_request *request, size_t index);
// "certificate" and so on, as in the JSON.
const char *request_field_name(enum request_field field);
// Adds a policy by name, or all of them by "all". Twice is once. False with `err`
// (unknown_policy, which names the nearest one).
bool request_add_policy(
	struct ctp_request *request, struct bytes name, struct err *err) MUST_CHECK;
// "now" is the caller's business; this reads RFC 3339, a day, which is its first
// second, or "issuance".
bool request_set_time(
	struct ctp_request *request, struct bytes text, struct err *err) MUST_CHECK;
// Decimal digits, 0 to REQUEST_MAX_CLIENT_AGE_DAYS.
bool request_set_client_age(
	struct ctp_request *request, struct bytes text, struct err *err) MUST_CHECK;
// "true" or "false"; nothing else (bad_request).
bool request_set_private_root(
	struct ctp_request *request, struct bytes text, struct err *err) MUST_CHECK;
// How to say that the root is a private one, where it was asked: "--private-root ...".
const char *request_private_root_words(const struct ctp_request *request);
// A name or an address to hold against the SAN (bad_hostname), and more pins, of the item
// with that number of the request's `pins` (bad_pin): they join the set that is there, so one
// that another request has too is taken off first (NULL). Both live in the arena, to which the
// text is copied.
bool request_set_host(struct ctp_request *request, struct bytes text, struct arena *arena,
	struct err *err) MUST_CHECK;
bool request_add_pins(struct ctp_request *request, struct bytes text, size_t index,
	struct arena *arena, struct err *err) MUST_CHECK;
// A whole text, as of a file, in which curl's form is about the leaf's key alone.
bool request_add_pins_text(struct ctp_request *request, struct bytes text,
	struct arena *arena, struct err *err) MUST_CHECK;

#endif
