// SPDX-License-Identifier: Apache-2.0
// A whole evaluation: evaluate and every form of report.
//
// The input is two bytes of choices (see `choose`), three 2-byte lengths, and then the
// certificate, the issuer, the TLS extension's SCTs, and, to the end, the OCSP response.
// Property: the JSON report, or error, is what Jansson parses, without duplicate keys, and
// says the record's result; a second evaluation, in a context with another past, gives equal
// bytes. The NDJSON form is that line and one newline; text and CSV are UTF-8 without control
// characters besides line ends, and without what turns the order of writing. Times are RFC
// 3339. An SCT that counts is valid and approved, and no log of a source counts twice; what
// passes is compliant or not asked for. An error has an offset in its field.
#include <jansson.h>

#include "base/datetime.h"
#include "eval/evaluate.h"
#include "loglist/bundled.h"
#include "report/report.h"
#include "tests/fuzz/fuzz.h"
#include "tests/pki/pki_world.h"

struct setting {
	struct ctp_context *contexts[2];
	struct ctp_lists
		*lists[3]; // the world's, and the bundled histories: Apple's, all
	struct issuers *pool;
	const struct wanted_host *host;
	struct pin_set *pins;
	struct arena arena; // theirs
};

static struct ctp_lists *world_lists(const struct pki_world *world)
{
	struct out json = {0};
	struct err err;
	err_clear(&err);
	pki_list_json(&world->list, &json);
	struct ctp_lists *lists = lists_from_file(bytes_of(json.data, json.len), &err);
	fuzz_need_done(lists != NULL, &err, "set-up");
	derw_clear(&json);
	return lists;
}

// A name and pins to hold against what comes; the set has room for pins of a role.
static void set_held(struct setting *s)
{
	static const char pins[] =
		"<domain-config><domain includeSubdomains=\"true\">example</domain>"
		"<pin-set expiration=\"2026-07-01\"><pin digest=\"SHA-256\">"
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=</pin></pin-set></domain-config>";
	struct ctp_request request = {0};
	struct err err;
	err_clear(&err);
	fuzz_need_done(request_set_host(&request, bytes_of_text("www.compliant.example"),
			       &s->arena, &err) &&
			request_add_pins_text(
				&request, bytes_of_text(pins), &s->arena, &err),
		&err, "set-up");
	s->host = request.host;
	s->pins = request.pins;
}

static const struct setting *the_setting(void)
{
	static struct setting s;
	static struct pki_world *world;
	struct err err;
	if (world) {
		return &s;
	}
	err_clear(&err);
	world = pki_world_new(PKI_WORLD_SEED);
	s.lists[0] = world_lists(world);
	s.lists[1] = bundled_lists("apple", &err);
	s.lists[2] = bundled_lists(NULL, &err);
	fuzz_need_done(s.lists[1] && s.lists[2], &err, "set-up");
	set_held(&s);
	for (size_t i = 0; i < 2; i++) {
		s.contexts[i] = context_new(NULL, &err);
		fuzz_need_done(s.contexts[i] != NULL, &err, "set-up");
	}
	s.pool = issuers_new(&err);
	fuzz_need_done(s.pool != NULL, &err, "set-up");
	const struct out *cas[] = {&world->ca_der, &world->root_der, &world->psc_der};
	for (size_t i = 0; i < 3; i++) {
		fuzz_need_done(
			issuers_add(s.pool, bytes_of(cas[i]->data, cas[i]->len), &err),
			&err, "set-up");
	}
	issuers_freeze(s.pool);
	return &s;
}

// The choices, from two bytes.
struct choice {
	struct ctp_request request;
	size_t lists;
	struct bytes sct;
};

static struct bytes take(struct bytes *rest, size_t len)
{
	struct bytes out = bytes_of(rest->data, len < rest->len ? len : rest->len);
	*rest = bytes_of(rest->data + out.len, rest->len - out.len);
	// An empty field is one that is not given.
	return out.len ? out : BYTES_NONE;
}

static void choose_time(struct ctp_request *request, unsigned bits)
{
	static const char *const times[] = {PKI_WORLD_AT, "issuance",
		"2020-08-01T00:00:00Z", "2030-01-01T00:00:00.001Z"};
	struct err err;
	err_clear(&err);
	fuzz_need_done(request_set_time(request, bytes_of_text(times[bits]), &err), &err,
		"set-up");
}

static void choose_policies(struct ctp_request *request, unsigned bits)
{
	static const char *const names[] = {NULL, "apple", "apple-enforced", "all"};
	struct err err;
	err_clear(&err);
	if (names[bits]) {
		fuzz_need_done(
			request_add_policy(request, bytes_of_text(names[bits]), &err),
			&err, "set-up");
	}
}

// As input.c hands them on: JSON, of which the caller chose the characters.
static const struct bytes ids[] = {
	{NULL, 0},
	BYTES_LITERAL("\"a \\\"quoted\\\" id \\u001b[31m \xe2\x80\xae \\\\ \xc3\xa9\""),
	BYTES_LITERAL("-1.5e3"),
	BYTES_LITERAL("\"=1+1,\\n\\t\\ud83d\\ude00\""),
	BYTES_LITERAL("\"\""),
};
#define NUM_IDS (sizeof(ids) / sizeof(ids[0]))

static const unsigned ages[] = {0, 60, 3650};
#define NUM_AGES (sizeof(ages) / sizeof(ages[0]))

// What is said beside the certificate.
static void choose_said(struct choice *out, const struct setting *s, unsigned bits)
{
	struct ctp_request *request = &out->request;
	out->lists += out->lists && bits & 1;
	request->private_root = bits & 2;
	request->host = bits & 4 ? s->host : NULL;
	request->pins = bits & 4 ? s->pins : NULL;
	request->roots = bits & 8 && !request->private_root ? s->pool : NULL;
	request->with_minimum = bits & 8;
}

static bool choose(struct bytes in, const struct setting *s, struct choice *out)
{
	*out = (struct choice){0};
	if (in.len < 8) {
		return false;
	}
	const uint8_t *head = in.data;
	struct bytes rest = bytes_of(head + 8, in.len - 8);
	struct bytes *fields = out->request.fields;
	fields[REQUEST_CERTIFICATE] = take(&rest, (size_t)head[2] << 8 | head[3]);
	struct bytes issuer = take(&rest, (size_t)head[4] << 8 | head[5]);
	struct bytes scts = take(&rest, (size_t)head[6] << 8 | head[7]);
	fields[REQUEST_OCSP] = take(&rest, rest.len);
	fields[head[0] & 16 ? REQUEST_ISSUER_KEY_SHA256 : REQUEST_ISSUER] = issuer;
	if (head[0] & 32 && scts.data) {
		out->sct = scts;
		out->request.scts = &out->sct;
		out->request.num_scts = 1;
	} else {
		fields[REQUEST_TLS_SCTS] = scts;
	}
	choose_time(&out->request, head[0] & 3);
	choose_policies(&out->request, head[0] >> 2 & 3);
	out->lists = head[0] >> 6 & 1;
	out->request.issuers = head[0] & 128 ? s->pool : NULL;
	fields[REQUEST_ID] = ids[head[1] % NUM_IDS];
	out->request.client_age_days = ages[head[1] / NUM_IDS % NUM_AGES];
	choose_said(out, s, head[1] / NUM_IDS / NUM_AGES);
	return true;
}

// What is written.

static void need_utf8(struct bytes text, const char *what)
{
	json_t *string = json_stringn((const char *)text.data, text.len);
	fuzz_need(text.len == 0 || string != NULL, "%s is not UTF-8", what);
	json_decref(string);
}

// RFC 3339, with a year of four digits.
static void check_time(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	int64_t ms = 0;
	fuzz_need(!object ||
			(text && datetime_parse_rfc3339(bytes_of_text(text), false, &ms)),
		"%s is no time: %s", key, text ? text : "absent");
}

static void check_json(struct bytes text, const char *schema, const char *result)
{
	json_error_t error;
	json_t *root = json_loadb(
		(const char *)text.data, text.len, JSON_REJECT_DUPLICATES, &error);
	fuzz_need(root != NULL, "Jansson does not parse the report: %s", error.text);
	const char *got = json_string_value(json_object_get(root, "schema"));
	fuzz_need(got && strcmp(got, schema) == 0, "not of schema %s", schema);
	got = json_string_value(json_object_get(root, "result"));
	fuzz_need(!result || (got && strcmp(got, result) == 0), "another result");
	if (result) {
		check_time(root, "evaluated_at");
		check_time(json_object_get(root, "certificate"), "not_before");
		check_time(json_object_get(root, "certificate"), "not_after");
	}
	json_decref(root);
	fuzz_need_plain(text, false, "the report");
}

// One whole output in this form.
static void write_form(const char *name, const struct record *record,
	const struct err *err, struct bytes id, struct buffer *out)
{
	const struct report_format *format = report_find_format(name);
	const struct report_options options = {.many = true};
	fuzz_need(format != NULL, "no format %s", name);
	buffer_init(out, REPORT_MAX);
	format->begin(&options, out);
	if (record) {
		format->record(&options, 0, record, out);
	} else {
		format->error(&options, 0, id, err, out);
	}
	format->end(&options, out);
	fuzz_need(!out->failed, "the %s form failed", name);
}

// RFC 4180 ends a line by CR LF: the CR goes.
static void drop_line_ends(struct buffer *csv)
{
	size_t len = 0;
	for (size_t i = 0; i < csv->len; i++) {
		bool end = csv->data[i] == '\r' && i + 1 < csv->len &&
			csv->data[i + 1] == '\n';
		if (!end) {
			csv->data[len++] = csv->data[i];
		}
	}
	csv->len = len;
}

static void check_forms(const struct record *record, const struct err *err,
	struct bytes id, const struct buffer *json)
{
	struct buffer out;
	write_form("ndjson", record, err, id, &out);
	fuzz_need(out.len == json->len + 1 && out.data[json->len] == '\n' &&
			memcmp(out.data, json->data, json->len) == 0,
		"NDJSON is not the JSON and a newline");
	buffer_clear(&out);
	write_form("text", record, err, id, &out);
	fuzz_need_printable(buffer_bytes(&out), true, "text");
	need_utf8(buffer_bytes(&out), "text");
	buffer_clear(&out);
	write_form("csv", record, err, id, &out);
	drop_line_ends(&out);
	fuzz_need_printable(buffer_bytes(&out), true, "CSV");
	need_utf8(buffer_bytes(&out), "CSV");
	buffer_clear(&out);
}

static void check_counted(const struct record *record)
{
	for (size_t i = 0; i < record->num_scts; i++) {
		const struct sct_record *sct = &record->scts[i];
		fuzz_need(!sct->counted ||
				(sct->status == STATUS_VALID &&
					sct->approval != APPROVAL_NONE),
			"an SCT counts that is not valid and approved");
		fuzz_need(sct->num_why <= SCT_MAX_WHY, "too many reasons");
		for (size_t k = 0; k < i; k++) {
			fuzz_need(!sct->counted || !record->scts[k].counted ||
					record->scts[k].log != sct->log ||
					record->scts[k].source != sct->source,
				"one log counts twice");
		}
	}
	for (size_t i = 0; i < record->num_policies; i++) {
		const struct policy_record *policy = &record->policies[i];
		fuzz_need(policy->found_counted <= record->num_scts,
			"more counted than there are");
		fuzz_need(policy->findings.num <= MAX_FINDINGS, "too many findings");
		// The one of lowest rank: pass is what none stands in the way of.
		fuzz_need(record->result != RESULT_PASS ||
				policy->verdict == VERDICT_COMPLIANT ||
				policy->num_applies_because > 0,
			"a pass without compliance");
	}
}

static bool evaluate_into(const struct setting *s, size_t context,
	const struct choice *choice, struct buffer *json,
	const struct record **out_record, struct err *err)
{
	err_clear(err);
	buffer_init(json, REPORT_MAX);
	bool done = evaluate(s->contexts[context], &choice->request,
		s->lists[choice->lists], out_record, err);
	if (done) {
		fuzz_need(err->code == CODE_NONE, "evaluated with an error");
		report_json(*out_record, json);
	} else {
		report_error_json(choice->request.fields[REQUEST_ID], err, json);
	}
	fuzz_need(!json->failed && json->len > 0, "no report");
	return done;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static unsigned turn;
	const struct setting *s = the_setting();
	struct choice choice;
	struct err err;
	struct err err_again;
	struct buffer json;
	struct buffer json_again;
	const struct record *record = NULL;
	const struct record *record_again = NULL;
	if (!choose(bytes_of(data, len), s, &choice)) {
		return 0;
	}
	// One context sees every input once, the other one twice as often.
	bool done = evaluate_into(s, turn++ & 1, &choice, &json, &record, &err);
	bool again = evaluate_into(s, 1, &choice, &json_again, &record_again, &err_again);
	fuzz_need(done == again &&
			bytes_equal(buffer_bytes(&json), buffer_bytes(&json_again)),
		"a second evaluation gives another report");
	if (done) {
		check_json(buffer_bytes(&json), "ctpolicy.report.v1",
			result_name(record_again->result));
		check_counted(record_again);
	} else {
		check_json(buffer_bytes(&json), "ctpolicy.error.v1", NULL);
		fuzz_need_error(&err, len, "evaluate");
		fuzz_need(err.code != CODE_OUT_OF_MEMORY, "out of memory");
	}
	check_forms(done ? record_again : NULL, &err_again,
		choice.request.fields[REQUEST_ID], &json);
	buffer_clear(&json);
	buffer_clear(&json_again);
	return 0;
}
