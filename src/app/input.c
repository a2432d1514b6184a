// SPDX-License-Identifier: Apache-2.0
#include "app/input.h"

#include "app/request_json.h"
#include "app/short_request.h"
#include "base/text.h"
#include "loglist/json_load.h"
#include "report/json_write.h"
#include "sct/sct.h"

bool input_is_json(struct bytes in)
{
	struct bytes text = text_trim(in);
	return text.len > 0 && text.data[0] == '{';
}

struct input_lines input_lines_init(struct bytes in)
{
	return (struct input_lines){in, 0};
}

static bool is_whole_json(struct bytes text)
{
	struct json_fault ignored;
	json_t *root = json_load(text, &ignored);
	json_decref(root);
	return root != NULL;
}

// One object over several lines. Where it is broken, so that nobody can tell: unless the
// next line begins an object of its own.
static bool spans_lines(struct bytes all, struct bytes first_line)
{
	if (is_whole_json(first_line)) {
		return false;
	}
	struct bytes next =
		text_trim(bytes_of(all.data + first_line.len, all.len - first_line.len));
	return next.len == 0 || next.data[0] != '{' || is_whole_json(all);
}

bool input_next(struct input_lines *lines, struct bytes *out)
{
	while (lines->rest.len > 0) {
		const uint8_t *end = memchr(lines->rest.data, '\n', lines->rest.len);
		size_t len = end ? (size_t)(end - lines->rest.data) : lines->rest.len;
		struct bytes line = bytes_of(lines->rest.data, len);
		lines->line++;
		// Only the first request of an input may be one over several lines.
		if (lines->line == 1 && spans_lines(lines->rest, line)) {
			*out = lines->rest;
			lines->rest.len = 0;
			return true;
		}
		size_t skip = end ? len + 1 : len;
		lines->rest = bytes_of(lines->rest.data + skip, lines->rest.len - skip);
		if (text_trim(line).len > 0) {
			*out = line;
			return true;
		}
	}
	return false;
}

struct bytes input_text_id(const char *text, struct arena *arena)
{
	struct buffer safe;
	struct buffer quoted;
	buffer_init(&safe, INPUT_MAX);
	buffer_init(&quoted, INPUT_MAX);
	text_put_escaped(&safe, bytes_of_text(text));
	struct json json = json_init(&quoted);
	json_put_bytes(&json, NULL, buffer_bytes(&safe));
	struct bytes id = safe.failed || quoted.failed
		? BYTES_NONE
		: arena_copy(arena, buffer_bytes(&quoted));
	buffer_clear(&safe);
	buffer_clear(&quoted);
	return id;
}

// The fields of one request.

static bool read_id(struct request_reader *r, const char *name, const json_t *value)
{
	if (!json_is_string(value) && !json_is_number(value)) {
		return request_json_fail(r, name, "must be text or a number");
	}
	return request_json_dump(r, value, &r->request->fields[REQUEST_ID]);
}

static bool read_certificate(
	struct request_reader *r, const char *name, const json_t *value)
{
	return request_json_copy(
		r, name, value, &r->request->fields[REQUEST_CERTIFICATE]);
}

static bool read_issuer(struct request_reader *r, const char *name, const json_t *value)
{
	return request_json_copy(r, name, value, &r->request->fields[REQUEST_ISSUER]);
}

static bool read_key_hash(struct request_reader *r, const char *name, const json_t *value)
{
	return request_json_copy(
		r, name, value, &r->request->fields[REQUEST_ISSUER_KEY_SHA256]);
}

static bool read_tls_scts(struct request_reader *r, const char *name, const json_t *value)
{
	return request_json_copy(r, name, value, &r->request->fields[REQUEST_TLS_SCTS]);
}

static bool read_ocsp(struct request_reader *r, const char *name, const json_t *value)
{
	return request_json_copy(r, name, value, &r->request->fields[REQUEST_OCSP]);
}

static bool read_precertificate(
	struct request_reader *r, const char *name, const json_t *value)
{
	return request_json_copy(
		r, name, value, &r->request->fields[REQUEST_PRECERTIFICATE]);
}

static bool read_at(struct request_reader *r, const char *name, const json_t *value)
{
	if (!json_is_string(value)) {
		return request_json_fail(r, name,
			"must be text: an RFC 3339 time, a day, or \"issuance\"");
	}
	return request_set_time(r->request, request_json_text(value), r->err);
}

static bool read_client_age(
	struct request_reader *r, const char *name, const json_t *value)
{
	char text[24] = "";
	(void)name;
	if (json_is_integer(value)) {
		(void)snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT,
			json_integer_value(value));
	}
	return request_set_client_age(r->request, bytes_of_text(text), r->err);
}

static bool read_private_root(
	struct request_reader *r, const char *name, const json_t *value)
{
	struct bytes text = json_is_true(value) ? BYTES_LITERAL("true")
		: json_is_false(value)          ? BYTES_LITERAL("false")
						: BYTES_NONE;
	(void)name;
	return request_set_private_root(r->request, text, r->err);
}

// An SCT as text, or as the very object that a log answers.
static bool read_sct(struct request_reader *r, const json_t *item, struct bytes *out)
{
	if (json_is_string(item)) {
		return request_json_copy(r, "scts", item, out);
	}
	if (!json_is_object(item)) {
		return request_json_fail(
			r, "scts", "must hold base64 text or the JSON answers of logs");
	}
	return request_json_dump(r, item, out);
}

static bool read_scts(struct request_reader *r, const char *name, const json_t *value)
{
	size_t num = json_array_size(value);
	if (!json_is_array(value)) {
		return request_json_fail(r, name, "must be an array");
	}
	if (num > SCT_MAX) {
		err_set(r->err, CODE_TOO_MANY_SCTS, ERR_NO_OFFSET,
			"%zu SCTs; the limit for one certificate is %d", num, SCT_MAX);
		return err_in_field(r->err, name);
	}
	struct bytes *scts = arena_take_array(r->arena, num, sizeof(*scts));
	if (!scts) {
		return err_no_memory(r->err);
	}
	for (size_t i = 0; i < num; i++) {
		if (!read_sct(r, json_array_get(value, i), &scts[i])) {
			return false;
		}
	}
	r->request->scts = scts;
	r->request->num_scts = num;
	return true;
}

static bool read_hostname(struct request_reader *r, const char *name, const json_t *value)
{
	if (!json_is_string(value)) {
		return request_json_fail(r, name, "must be text");
	}
	return request_set_host(r->request, request_json_text(value), r->arena, r->err);
}

static bool read_pins(struct request_reader *r, const char *name, const json_t *value)
{
	size_t num = json_array_size(value);
	if (!json_is_array(value) || num == 0 || num > PIN_SET_MAX) {
		return request_json_fail(r, name, "must be an array of 1 to 64 pins");
	}
	r->request->pins = NULL;
	for (size_t i = 0; i < num; i++) {
		const json_t *item = json_array_get(value, i);
		if (!json_is_string(item)) {
			return request_json_fail(r, name, "must hold nothing but text");
		}
		if (!request_add_pins(
			    r->request, request_json_text(item), i, r->arena, r->err)) {
			return false;
		}
	}
	return true;
}

static const struct request_row request_rows[] = {
	{"id", read_id},
	{"certificate", read_certificate},
	{"issuer", read_issuer},
	{"issuer_key_sha256", read_key_hash},
	{"scts", read_scts},
	{"tls_scts", read_tls_scts},
	{"ocsp", read_ocsp},
	{"at", read_at},
	{"policies", request_json_policies},
	{"client_age_days", read_client_age},
	{"precertificate", read_precertificate},
	{"hostname", read_hostname},
	{"pins", read_pins},
	{"private_root", read_private_root},
};

static const struct request_kind evaluation = {
	"a request", request_rows, sizeof(request_rows) / sizeof(request_rows[0])};

bool input_load_request(
	struct bytes json, struct arena *arena, struct ctp_request *out, struct err *err)
{
	struct request_reader r = {.arena = arena, .request = out, .err = err};
	return request_json_read(&r, &evaluation, json);
}

bool input_read_request(
	struct bytes json, struct arena *arena, struct ctp_request *out, struct err *err)
{
	return short_request_read(json, arena, out) ||
		input_load_request(json, arena, out, err);
}

// An answer in JSON ends with its own brace, base64 with its line.
static size_t sct_item_len(struct bytes in)
{
	bool in_string = false;
	size_t depth = 0;
	for (size_t i = 0; i < in.len; i++) {
		uint8_t c = in.data[i];
		if (in.data[0] != '{') {
			if (c == '\n') {
				return i;
			}
		} else if (in_string) {
			i += c == '\\';
			in_string = c != '"';
		} else {
			in_string = c == '"';
			depth += c == '{';
			depth -= c == '}';
			if (depth == 0) {
				return i + 1;
			}
		}
	}
	return in.len;
}

static bool read_sct_items(struct request_reader *r, struct bytes in)
{
	struct bytes *scts = arena_take_array(r->arena, SCT_MAX + 1, sizeof(*scts));
	size_t num = 0;
	if (!scts) {
		return err_no_memory(r->err);
	}
	for (in = text_trim(in); in.len > 0 && num <= SCT_MAX; in = text_trim(in)) {
		size_t len = sct_item_len(in);
		scts[num++] = bytes_of(in.data, len);
		in = bytes_of(in.data + len, in.len - len);
	}
	r->request->scts = scts;
	r->request->num_scts = num; // one more than SCT_MAX is refused by the evaluation
	return true;
}

bool input_read_scts(
	struct bytes in, struct arena *arena, struct ctp_request *out, struct err *err)
{
	struct request_reader r = {.arena = arena, .request = out, .err = err};
	struct bytes text = text_trim(in);
	if (text.len == 0 || text.data[0] != '[') {
		return read_sct_items(&r, text);
	}
	json_t *root = json_load_as(text, CODE_BAD_REQUEST, "not JSON", err);
	if (!root) {
		return err_in_field(err, "scts");
	}
	bool done = read_scts(&r, "scts", root);
	json_decref(root);
	return done;
}
