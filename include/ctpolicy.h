// SPDX-License-Identifier: Apache-2.0
//
// ctpolicy: does a certificate meet the policies that clients hold it to (Certificate
// Transparency by Apple, Chrome, Firefox and Android; Apple's demands on TLS servers), and why?
//
// The library behind the program of that name. It never prints, logs, exits, reads the
// clock or opens a socket; all state is in the objects below, there are no globals.
//
//     struct ctp_error error = {0};
//     struct ctp_lists *lists = ctp_lists_bundled(&error);
//     struct ctp_context *context = ctp_context_new("auto", &error);
//     struct ctp_request *request = ctp_request_new(&error);
//     const struct ctp_evaluation *evaluation = NULL;
//     if (lists && context && request &&
//         ctp_request_set(request, CTP_CERTIFICATE, pem, pem_len, &error) &&
//         ctp_request_set(request, CTP_AT, "2026-06-01T12:00:00Z", 20, &error) &&
//         ctp_evaluate(context, request, lists, &evaluation, &error)) {
//             if (ctp_evaluation_result(evaluation) == CTP_PASS) ...
//     }
//
// Objects: `_new` is paired with `_free`, `ref` with `unref`; both accept NULL. Functions
// that can fail return NULL or false and fill the error; out-parameters are written on
// success only. Threads: struct ctp_lists is frozen and may be shared by all of them;
// every other object belongs to one thread at a time.
#ifndef CTPOLICY_H
#define CTPOLICY_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define CTP_API __attribute__((visibility("default")))
#else
#define CTP_API
#endif

#define CTP_VERSION "0.1.0"

#define CTP_NO_OFFSET ((size_t)-1)

// What went wrong: never more than one cause, the first. Offsets count bytes from the
// field's beginning, of its DER where it was encoded.
struct ctp_error {
	char code[40]; // stable, snake_case: "bad_certificate"; "" while nothing is wrong
	char field[48]; // the field of the request, "" where none
	size_t offset; // CTP_NO_OFFSET where none applies
	char message[256]; // for people; may change
};

// The fields of a request (INTERFACE.md, "Evaluation request").
enum ctp_field {
	// Leaf, precertificate (RFC 6962 3.1) or TBSCertificate: PEM, DER, base64 or
	// base64url. A PEM chain has the leaf first.
	CTP_CERTIFICATE,
	// Who signed it, in the same forms; several where a Precertificate Signing
	// Certificate is among them.
	CTP_ISSUER,
	// Instead: SHA-256 of the issuer's SPKI, 64 hex digits or base64.
	CTP_ISSUER_KEY_SHA256,
	// An SCT to judge as if embedded: serialized, base64, or the JSON that a log
	// answers (RFC 6962 4.1). May be set up to 1,000 times.
	CTP_SCT,
	// SignedCertificateTimestampList of the TLS extension (RFC 6962 3.3.1): raw,
	// base64, or a PEM block SERVERINFO FOR EXTENSION 18.
	CTP_TLS_SCTS,
	// OCSPResponse (RFC 6960 4.2.1): DER, base64 or PEM.
	CTP_OCSP,
	// Time of check: RFC 3339 with a zone, a day, which is its first second, or "issuance".
	CTP_AT,
	// A policy by name: "apple" (the default), "apple-enforced", "apple-tls", "chrome",
	// "mozilla" or "android", as `ctpolicy policies` prints them; or "all". May be set many
	// times.
	CTP_POLICY,
	// Text that the report copies.
	CTP_ID,
	// Days, decimal digits, 0 (the default) to 3650: the verdicts are judged by every list
	// that was in force in so many days before the time of check as well.
	CTP_CLIENT_AGE_DAYS,
	// Beside a final certificate: the precertificate (RFC 6962 3.1) whose SCTs it
	// carries, or its TBSCertificate, in the same forms; a Precertificate Signing
	// Certificate may stand behind it. The report says where the two differ; one that
	// cannot be read is a finding there, and no verdict hangs on it.
	CTP_PRECERTIFICATE,
	// A name (its A-label form) or an IP address to hold against the certificate's
	// subjectAltName (RFC 9525). Where the certificate is not for it, the result is
	// CTP_FAIL.
	CTP_HOSTNAME,
	// A pin: the SHA-256 of a SubjectPublicKeyInfo in base64 or hex, or several, in any form
	// that clients carry; those of a file keep the domains, roles and expiration that they
	// have there (but that curl looks at the leaf alone: sha256//BASE64 is a pin like any
	// other here). May be set up to 64 times. Where the chain does not match them, the result
	// is CTP_FAIL.
	CTP_PIN,
};

enum ctp_result { CTP_PASS, CTP_FAIL, CTP_UNKNOWN };
enum ctp_verdict { CTP_COMPLIANT, CTP_NON_COMPLIANT, CTP_INDETERMINATE };
enum ctp_format { CTP_JSON, CTP_TEXT };

struct ctp_lists; // log lists: frozen, reference-counted
struct ctp_context; // one thread's scratch memory and key cache
struct ctp_request; // what to evaluate
struct ctp_roots; // roots of a system: frozen, reference-counted
struct ctp_evaluation; // the outcome
struct ctp_plan; // what a certificate would need

// "0.1.0". Lives for ever.
CTP_API const char *ctp_version(void);

// The histories of Apple's, Chrome's and Mozilla's log lists that are built into the library, those
// that the policies are about. A new reference. Errors: out_of_memory.
CTP_API struct ctp_lists *ctp_lists_bundled(struct ctp_error *error);
// A log list file: Apple's schema v3 to v5, Chrome's, Mozilla's or BIMI's v3 list, which
// is then in force whatever the time; or a history (ctpolicy log-list import), from which
// the list in force at the time of check is chosen (POLICY.md 3). The bytes are copied.
// Errors: log_list_unreadable, log_list_invalid, log_list_empty, too_large,
// out_of_memory.
CTP_API struct ctp_lists *ctp_lists_read(
	const void *data, size_t len, struct ctp_error *error);
// One set of both, for policies of more than one source ("all"): all that `lists` has, and of
// `others` the lists of those sources that `lists` has none of. So ctp_lists_join(mine, bundled)
// judges by one's own lists, and by those of the library where there is none. A new reference;
// the caller keeps those of the two. Errors: log_list_invalid (of more than three sources),
// out_of_memory.
CTP_API struct ctp_lists *ctp_lists_join(
	struct ctp_lists *lists, struct ctp_lists *others, struct ctp_error *error);
// Any thread may take and drop references.
CTP_API struct ctp_lists *ctp_lists_ref(struct ctp_lists *lists);
CTP_API void ctp_lists_unref(struct ctp_lists *lists);

// `verifier`: "reference" (OpenSSL alone), "fast" (tables for keys that come often; what it
// does not find valid is checked by the reference), or "auto" (fast where it passes its own
// test). The reports are the same. One context a thread; keep it, for what it has cached
// makes the next evaluation cheaper. Errors: bad_option, verifier_unusable, out_of_memory.
CTP_API struct ctp_context *ctp_context_new(
	const char *verifier, struct ctp_error *error);
// One more for another thread, with the same verifier, whose tables (32 MB at most) both
// share. Call it while no thread uses `context`. Errors: out_of_memory.
CTP_API struct ctp_context *ctp_context_another(
	const struct ctp_context *context, struct ctp_error *error);
CTP_API void ctp_context_free(struct ctp_context *context);

CTP_API struct ctp_request *ctp_request_new(struct ctp_error *error);
CTP_API void ctp_request_free(struct ctp_request *request);
// Empties it for the next certificate.
CTP_API void ctp_request_clear(struct ctp_request *request);
// Sets a field. CTP_CERTIFICATE, CTP_ISSUER, CTP_ISSUER_KEY_SHA256, CTP_SCT,
// CTP_TLS_SCTS, CTP_OCSP and CTP_PRECERTIFICATE lend their bytes: the caller keeps them
// until the evaluation is no longer used. The others are copied or read at once. Errors:
// bad_request (a field set twice, or days that are none), bad_time, unknown_policy,
// bad_hostname, bad_pin (a pin that is none, or more of them than are taken), too_many_scts
// (more than 1,000), out_of_memory.
CTP_API bool ctp_request_set(struct ctp_request *request, enum ctp_field field,
	const void *data, size_t len, struct ctp_error *error);

// Root certificates that come with a system, one or more in PEM, or one in DER or base64. What
// hangs on the root a certificate stands under is decided by them: apple-tls's 398 days, and
// whether a certificate must have SCTs at all (POLICY.md 7). The bytes are copied. Errors:
// bad_certificate (any that cannot be read: its issuer's certificates would count as
// private), too_large, out_of_memory.
CTP_API struct ctp_roots *ctp_roots_read(
	const void *data, size_t len, struct ctp_error *error);
// Any thread may take and drop references.
CTP_API struct ctp_roots *ctp_roots_ref(struct ctp_roots *roots);
CTP_API void ctp_roots_unref(struct ctp_roots *roots);
// Until ctp_request_clear, which forgets them: the roots to hold the request's chain against,
// lent until the evaluation is no longer used; or NULL, which is how a request begins: they are
// not known.
CTP_API void ctp_request_set_roots(
	struct ctp_request *request, const struct ctp_roots *roots);
// Likewise: the root was added by users or administrators, and does not come with the system.
CTP_API void ctp_request_set_private_root(struct ctp_request *request, bool is_private);

// Judges the request. The evaluation lives in the context until the next ctp_evaluate
// with that context or its ctp_context_free, and lends from `lists` and the request's
// bytes. False: it cannot be evaluated; a certificate that does not comply is a success with a
// verdict. Errors: no_time, log_list_of_others (every policy asked for is about logs of a
// source that `lists` has no list of; where one is not, those that are stay open), those of the
// fields (bad_certificate, chain_reversed, bad_key_hash, key_hash_mismatch, too_large, ...; the
// error names the field), out_of_memory.
CTP_API bool ctp_evaluate(struct ctp_context *context, const struct ctp_request *request,
	struct ctp_lists *lists, const struct ctp_evaluation **evaluation,
	struct ctp_error *error);
// Over all policies asked for (INTERFACE.md, "result").
CTP_API enum ctp_result ctp_evaluation_result(const struct ctp_evaluation *evaluation);
// False where that policy was not asked for. CTP_INDETERMINATE: something is not known, and the
// findings of the report say what: the issuer, the root, or, where `lists` has no list of the
// policy's source, the logs (no_list_of_source). *applies (may be NULL): POLICY.md 7.
CTP_API bool ctp_evaluation_verdict(const struct ctp_evaluation *evaluation,
	const char *policy, enum ctp_verdict *verdict, bool *applies);
// The report in UTF-8, NUL-terminated, to be freed with ctp_free; *len (may be NULL)
// counts bytes without the NUL. NULL: out of memory.
CTP_API char *ctp_evaluation_print(
	const struct ctp_evaluation *evaluation, enum ctp_format format, size_t *len);

// What a set of logs is to survive: nothing, or that any one log, or all logs of any one log
// operator, are later retired or rejected (POLICY.md 3).
enum ctp_survive { CTP_SURVIVE_NONE, CTP_SURVIVE_LOG, CTP_SURVIVE_OPERATOR };

// How many SCTs a certificate needs, which usable logs of the list in force take it, and the
// smallest sets of them that satisfy every policy. Of the request CTP_AT is needed, and
// CTP_POLICY and CTP_CERTIFICATE are heeded. Times are RFC 3339 with a zone; they are those
// of the certificate, or NULL, where there is one. The plan lives in the context until the
// next ctp_evaluate or ctp_plan_make with it or its ctp_context_free, and lends from `lists`
// and the request's bytes. False: no time of check (no_time), a time that is none
// (bad_time), no validity (bad_validity), a certificate that cannot be read (bad_certificate), a
// policy about a source that `lists` has no list of (log_list_of_others), no such promise
// (bad_request), out_of_memory; a plan that cannot be met is a success, and says what is lacking.
CTP_API bool ctp_plan_make(struct ctp_context *context, const struct ctp_request *request,
	const char *not_before, const char *not_after, enum ctp_survive survive,
	struct ctp_lists *lists, const struct ctp_plan **plan, struct ctp_error *error);
// Can what was asked for be met: by such sets, or because no policy asked for applies and no SCTs
// are needed? As "possible" of the printed plan, which also has the policies that were left out.
CTP_API bool ctp_plan_possible(const struct ctp_plan *plan);
// The plan (plan.v1.json, or for people), as ctp_evaluation_print prints a report.
CTP_API char *ctp_plan_print(
	const struct ctp_plan *plan, enum ctp_format format, size_t *len);

// Frees what a function above says is to be freed with it; NULL is fine.
CTP_API void ctp_free(void *memory);

#ifdef __cplusplus
}
#endif

#endif
