// SPDX-License-Identifier: Apache-2.0
// POST /v1/evaluate/batch: requests a line, reports a line.
#include "serve/evaluation.h"
#include "serve/media.h"
#include "serve/request_stream.h"
#include "serve/serve.h"

bool batch_begin(struct exchange *x)
{
	static const char *const types[] = {"application/x-ndjson", "application/ndjson",
		"application/jsonl", "application/json", NULL};
	struct err err;
	err_clear(&err);
	if (!media_choose(x->headers[HEADER_ACCEPT], types)) {
		return answer_fail(x, 406, CODE_NOT_ACCEPTABLE,
			"the answer is application/x-ndjson, a report a line");
	}
	if (!evaluation_defaults(x)) {
		return false;
	}
	const char *coding = x->headers[HEADER_CONTENT_ENCODING];
	x->stream =
		request_stream_new(&x->request, !query_value(&x->parameters, "at").data,
			coding && !media_is(coding, "identity"),
			media_takes_gzip(x->headers[HEADER_ACCEPT_ENCODING]), &err);
	return x->stream || answer_unavailable(x, err.code, err.text);
}
