// SPDX-License-Identifier: Apache-2.0
// One call and its answer: what the HTTP side (http_*.c) hands to an endpoint, and gets back. An
// endpoint knows nothing of sockets, and the HTTP side nothing of certificates.
#ifndef SERVE_EXCHANGE_H
#define SERVE_EXCHANGE_H

#include "base/arena.h"
#include "eval/evaluate.h"
#include "serve/query.h"
#include "serve/endpoints.h"
#include "serve/store.h"
#include "serve/access_log.h"

struct serve;
struct request_stream;
struct page_fields;

// The headers that anybody here reads; each may stand in a request once.
#define EXCHANGE_HEADERS(HEADER)                     \
	HEADER(ACCEPT, "Accept")                     \
	HEADER(ACCEPT_ENCODING, "Accept-Encoding")   \
	HEADER(AUTHORIZATION, "Authorization")       \
	HEADER(CONTENT_ENCODING, "Content-Encoding") \
	HEADER(CONTENT_LENGTH, "Content-Length")     \
	HEADER(CONTENT_TYPE, "Content-Type")         \
	HEADER(HOST, "Host")                         \
	HEADER(IF_NONE_MATCH, "If-None-Match")       \
	HEADER(TRACEPARENT, "Traceparent")           \
	HEADER(TRANSFER_ENCODING, "Transfer-Encoding")

enum header {
#define MEMBER(symbol, name) HEADER_##symbol,
	EXCHANGE_HEADERS(MEMBER)
#undef MEMBER
		NUM_HEADERS,
};

#define ETAG_ROOM 80

struct answer {
	unsigned status; // 0: there is none yet
	const char *type; // media type; lives for ever
	struct buffer body;
	// Or, where its data is not NULL, bytes that live for ever, and the same in gzip.
	struct bytes fixed, fixed_packed;
	char etag[ETAG_ROOM]; // "": none
	const char *file_name; // under which a browser is to keep it; or NULL
	const char *allow; // of 405; or NULL
	unsigned retry_after_s; // 0: none
	bool asks_for_token; // of 401
	bool must_close; // what follows in the connection cannot be told from this call's body
	enum code code; // CODE_NONE, or what went wrong, for the log
};

// Used again for call after call; belongs to one thread.
struct exchange {
	struct exchange *next; // in the list that it waits in
	struct serve *serve;
	struct snapshot *snapshot; // a reference: what this call is judged by
	struct issuers *roots; // the same, of the system's; NULL: not known
	const struct endpoint *endpoint; // NULL: none was found
	char method[16];
	struct buffer target; // path and query, as they were sent
	struct bytes path, query; // lent from it
	const char *headers[NUM_HEADERS]; // lent by the connection, NULL: not there
	struct parameters parameters;
	struct buffer body; // as it was sent
	struct buffer decoded; // of a body in gzip
	struct arena arena; // of this call
	struct ctp_request request; // of an evaluation, and of a batch the defaults
	const struct page_fields
		*fields; // of a form of the page, to be shown again; or NULL
	struct ctp_context *
		context; // of the loop, while `prepare` runs: calls that judge by themselves
	bool wants_text; // Accept: text/plain
	struct request_stream *stream; // of a batch that is under way
	bool is_batch; // it has its place among --max-batches
	struct answer answer;
	struct access_outcome outcome; // of an evaluation, for the log
	struct trace trace;
	int64_t begun_us,
		begun_ms; // monotonic, and of the clock: the default time of check
	uint64_t bytes_in, bytes_out;
	// The HTTP side's own.
	void *client;
	size_t held; // bytes, of loop.held
};

// NULL: no memory.
struct exchange *exchange_new(struct serve *serve);
void exchange_free(struct exchange *x);
// Empty again; memory beyond what a usual call takes is given back.
void exchange_clear(struct exchange *x);

// Answers with a problem (RFC 9457) of that status: the code, field, offset and text of the
// error. Always returns false.
bool answer_problem(struct exchange *x, unsigned status, const struct err *err);
bool answer_fail(struct exchange *x, unsigned status, enum code code, const char *format,
	...) __attribute__((format(printf, 4, 5)));
// The same error as a page for people; what calls of the page answer instead (call_page.c).
void page_problem(struct exchange *x, unsigned status, const struct err *err);
// The body of a problem alone.
void problem_put(
	unsigned status, const struct err *err, struct bytes id, struct buffer *out);
// The same as a whole answer that ends its connection, for a socket. `request_id`: "" where
// there is none.
void problem_put_raw(unsigned status, enum code code, const char *text,
	const char *request_id, struct buffer *out);
// 503, with Retry-After.
bool answer_unavailable(struct exchange *x, enum code code, const char *text);
const char *http_reason(unsigned status);

#endif
