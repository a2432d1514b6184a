// SPDX-License-Identifier: Apache-2.0
// Errors as problems (RFC 9457).
#include <stdarg.h>

#include "report/json_write.h"
#include "serve/exchange.h"

// How soon to come again, in s.
#define RETRY_AFTER 1

static const struct {
	unsigned status;
	const char *reason; // RFC 9110 15
} reasons[] = {
	{200, "OK"},
	{202, "Accepted"},
	{304, "Not Modified"},
	{400, "Bad Request"},
	{401, "Unauthorized"},
	{403, "Forbidden"},
	{404, "Not Found"},
	{405, "Method Not Allowed"},
	{406, "Not Acceptable"},
	{408, "Request Timeout"},
	{409, "Conflict"},
	{413, "Content Too Large"},
	{414, "URI Too Long"},
	{415, "Unsupported Media Type"},
	{417, "Expectation Failed"},
	{422, "Unprocessable Content"},
	{429, "Too Many Requests"},
	{431, "Request Header Fields Too Large"},
	{500, "Internal Server Error"},
	{501, "Not Implemented"},
	{503, "Service Unavailable"},
	{505, "HTTP Version Not Supported"},
};

const char *http_reason(unsigned status)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (reasons[i].status == status) {
			return reasons[i].reason;
		}
	}
	return "Error";
}

void problem_put(
	unsigned status, const struct err *err, struct bytes id, struct buffer *out)
{
	struct json json = json_init(out);
	json_put_open(&json, NULL, '{');
	json_put_word(&json, "type", "about:blank");
	json_put_word(&json, "title", http_reason(status));
	json_put_unsigned(&json, "status", status);
	json_put_word(&json, "code", code_info(err->code)->name);
	json_put_text(&json, "detail", err->text);
	if (err->field[0]) {
		json_put_text(&json, "field", err->field);
	}
	if (err->offset != ERR_NO_OFFSET) {
		json_put_unsigned(&json, "offset", err->offset);
	}
	if (id.data) {
		json_put_raw(&json, "id", id);
	}
	json_put_close(&json, '}');
	buffer_put_char(out, '\n');
}

static void put_problem(
	unsigned status, enum code code, const char *text, struct buffer *out)
{
	struct err err;
	err_clear(&err);
	err_set(&err, code, ERR_NO_OFFSET, "%s", text);
	problem_put(status, &err, BYTES_NONE, out);
}

void problem_put_raw(unsigned status, enum code code, const char *text,
	const char *request_id, struct buffer *out)
{
	struct buffer body;
	bool may_come_again = status == 503 || status == 429;
	buffer_init(&body, 1024);
	put_problem(status, code, text, &body);
	buffer_printf(out,
		"HTTP/1.1 %u %s\r\nContent-Type: application/problem+json\r\n%s"
		"Content-Length: %zu\r\nConnection: close\r\n",
		status, http_reason(status), may_come_again ? "Retry-After: 1\r\n" : "",
		body.len);
	if (request_id[0]) {
		buffer_printf(out, "X-Request-Id: %s\r\n", request_id);
	}
	buffer_put_text(out, "\r\n");
	buffer_put(out, buffer_bytes(&body));
	buffer_clear(&body);
}

bool answer_problem(struct exchange *x, unsigned status, const struct err *err)
{
	x->answer.status = status;
	x->answer.type = "application/problem+json";
	x->answer.code = err->code;
	x->answer.body.len = 0;
	x->answer.body.failed = false;
	if (x->endpoint && x->endpoint->is_page) {
		page_problem(x, status, err);
		return false;
	}
	problem_put(status, err, x->request.fields[REQUEST_ID], &x->answer.body);
	return false;
}

bool answer_fail(
	struct exchange *x, unsigned status, enum code code, const char *format, ...)
{
	struct err err;
	va_list args;
	err_clear(&err);
	va_start(args, format);
	err_vset(&err, code, ERR_NO_OFFSET, format, args);
	va_end(args);
	return answer_problem(x, status, &err);
}

bool answer_unavailable(struct exchange *x, enum code code, const char *text)
{
	x->answer.retry_after_s = RETRY_AFTER;
	return answer_fail(x, 503, code, "%s", text);
}
