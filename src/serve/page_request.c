// SPDX-License-Identifier: Apache-2.0
#include "serve/page_request.h"

#include "base/datetime.h"
#include "base/text.h"
#include "app/input.h"
#include "report/json_write.h"
#include "serve/evaluation.h"
#include "x509/name.h"
#include "x509/pem.h"

#define MAX_CURL ((size_t)64 * 1024)
#define MAX_REFILL ((size_t)512 * 1024)

// A TBSCertificate has no PEM label of its own; what reads it goes by its bytes.
static void put_cert(struct buffer *out, const struct cert *cert)
{
	pem_put(out, "CERTIFICATE", cert->der);
}

// The buffer's bytes in the arena, a NUL behind them; the buffer is emptied.
static struct bytes keep(struct buffer *buffer, struct arena *arena)
{
	struct bytes out =
		buffer->failed ? BYTES_NONE : arena_copy(arena, buffer_bytes(buffer));
	buffer_clear(buffer);
	return out;
}

// Reading the form.

static bool is_value(const struct form *form, const char *name, const char *value)
{
	return bytes_equal(form_value(form, name), bytes_of_text(value));
}

// Where the page shows a day to choose, and another one than that of the answer was chosen.
static bool chose_day(const struct form *form)
{
	struct bytes day = text_trim(form_value(form, "day"));
	return is_value(form, "go", "day") ||
		(is_value(form, "go", "json") && day.len > 0 &&
			!bytes_equal(day, text_trim(form_value(form, "shown"))));
}

static bool read_time_of_check(struct page_request *page, struct err *err)
{
	const char *field = chose_day(&page->form) ? "day" : "at";
	struct bytes at = text_trim(form_value(&page->form, field));
	struct err why;
	if (at.len == 0 || bytes_equal(at, BYTES_LITERAL("now"))) {
		return true;
	}
	page->fields.at = at;
	err_clear(&why);
	if (request_set_time(&page->base, at, &why)) {
		return true;
	}
	err_set(err, why.code, why.offset, "%s", why.text);
	return err_in_field(err, field);
}

// Both models, the one asked for first.
static bool read_models(struct page_request *page, struct err *err)
{
	struct bytes text = text_trim(form_value(&page->form, "policies"));
	if (text.len > 0) {
		page->base.num_policies = 0;
		page->fields.policies = text;
		if (!evaluation_read_policies(text, &page->base, err)) {
			return err_in_field(err, "policies");
		}
	}
	return request_add_policy(&page->base, BYTES_LITERAL("apple"), err) &&
		request_add_policy(&page->base, BYTES_LITERAL("apple-enforced"), err);
}

// What logs answered: from the field, or else from files.
static bool read_scts(struct page_request *page, struct err *err)
{
	struct bytes text = text_trim(form_value(&page->form, "scts"));
	if (text.len > 0) {
		page->fields.scts = text;
		if (page->given.num_scts > 0) {
			given_add_fault(&page->given, BYTES_NONE,
				"SCTs in files; those in the field are used");
		}
		return input_read_scts(text, page->arena, &page->base, err) ||
			err_in_field(err, "scts");
	}
	page->base.scts = page->given.scts;
	page->base.num_scts = page->given.num_scts;
	return true;
}

// What else the certificate is held against.
static bool read_held(struct page_request *page, struct err *err)
{
	struct bytes host = text_trim(form_value(&page->form, "hostname"));
	struct bytes pins = text_trim(form_value(&page->form, "pins"));
	page->fields.hostname = host;
	page->fields.pins = pins;
	return (host.len == 0 || request_set_host(&page->base, host, page->arena, err)) &&
		(pins.len == 0 ||
			request_add_pins_text(&page->base, pins, page->arena, err));
}

// An empty box is not sent, and leaves it to what the service was started with.
static bool read_root(struct page_request *page, struct err *err)
{
	struct bytes root = text_trim(form_value(&page->form, "private_root"));
	if (root.len > 0 && !request_set_private_root(&page->base, root, err)) {
		return false;
	}
	page->fields.private_root =
		page->base.says_private_root && page->base.private_root;
	return true;
}

// The leaves.

static bool is_precert_of(const struct cert *precert, const struct cert *cert)
{
	return precert->kind == CERT_PRECERTIFICATE && cert->kind == CERT_CERTIFICATE &&
		bytes_equal(precert->serial, cert->serial);
}

static bool has_final(const struct given *given, const struct cert *precert)
{
	for (size_t i = 0; i < given->num_certs; i++) {
		if (is_precert_of(precert, given->certs[i].cert)) {
			return true;
		}
	}
	return false;
}

// All that are no CA; where there is none, and none that cannot be read, the first.
static void find_leaves(struct page_request *page)
{
	const struct given *given = &page->given;
	for (size_t i = 0; i < given->num_certs; i++) {
		const struct given_cert *one = &given->certs[i];
		if (!one->is_issuer && !one->cert->is_ca &&
			!has_final(given, one->cert)) {
			page->leaves[page->num_leaves++] = one->cert;
		}
	}
	bool any = !given_lacks_leaf(given);
	for (size_t i = 0; any && page->num_leaves == 0 && i < given->num_certs; i++) {
		if (!given->certs[i].is_issuer) {
			page->leaves[page->num_leaves++] = given->certs[i].cert;
		}
	}
}

bool page_request_read(struct page_request *page, struct err *err)
{
	page->given.arena = page->arena;
	if (!given_take_form(&page->given, &page->form, err)) {
		return false;
	}
	if (page->given.has_private_key) {
		return true;
	}
	find_leaves(page);
	return read_time_of_check(page, err) && read_models(page, err) &&
		read_scts(page, err) && read_held(page, err) && read_root(page, err);
}

// The request.

static bool may_issue(const struct page_request *page, const struct given_cert *one,
	const struct cert *leaf)
{
	if (one->cert == leaf || (!one->cert->is_ca && !one->is_issuer)) {
		return false;
	}
	// For many, those that fit; for one, whatever came along, so that a wrong one is told.
	return page->num_leaves == 1 || name_same(one->cert->subject, leaf->issuer) ||
		one->cert->precert_signing;
}

static void put_issuers(struct page_request *page, const struct cert *leaf, bool fitting,
	size_t *num, struct buffer *out)
{
	for (size_t i = 0; i < page->given.num_certs; i++) {
		const struct given_cert *one = &page->given.certs[i];
		if (may_issue(page, one, leaf) && *num < PEM_MAX_CERTIFICATES &&
			name_same(one->cert->subject, leaf->issuer) == fitting) {
			put_cert(out, one->cert);
			(*num)++;
		}
	}
}

bool page_request_of(
	struct page_request *page, size_t leaf, struct ctp_request *out, struct err *err)
{
	const struct cert *cert = page->leaves[leaf];
	struct buffer issuers;
	size_t num = 0;
	*out = page->base;
	out->fields[REQUEST_CERTIFICATE] = cert->der;
	out->fields[REQUEST_TLS_SCTS] = page->given.tls_scts;
	out->fields[REQUEST_OCSP] = page->given.ocsp;
	for (size_t i = 0; i < page->given.num_certs; i++) {
		if (is_precert_of(page->given.certs[i].cert, cert)) {
			out->fields[REQUEST_PRECERTIFICATE] =
				page->given.certs[i].cert->der;
		}
	}
	buffer_init(&issuers, PEM_MAX_CERTIFICATES * 2 * CERT_MAX_LEN);
	put_issuers(page, cert, true, &num, &issuers);
	put_issuers(page, cert, false, &num, &issuers);
	if (num == 0) {
		buffer_clear(&issuers);
		return true;
	}
	out->fields[REQUEST_ISSUER] = keep(&issuers, page->arena);
	return out->fields[REQUEST_ISSUER].data || err_no_memory(err);
}

// The form again.

static struct bytes base64_of(struct page_request *page, struct bytes in)
{
	// Text was base64 or PEM when it came.
	if (in.len == 0 || (text_is_utf8(in) && !memchr(in.data, 0, in.len))) {
		return in;
	}
	char *text = arena_take(page->arena, TEXT_BASE64_ROOM(in.len));
	if (!text) {
		return BYTES_NONE;
	}
	text_base64(in, text);
	return bytes_of_text(text);
}

// SCTs that came in files, a line each.
static struct bytes lines_of(struct page_request *page)
{
	struct buffer text;
	buffer_init(&text, MAX_REFILL);
	for (size_t i = 0; i < page->given.num_scts; i++) {
		buffer_put(&text, text_trim(base64_of(page, page->given.scts[i])));
		buffer_put_char(&text, '\n');
	}
	return keep(&text, page->arena);
}

void page_request_refill(struct page_request *page)
{
	struct buffer text;
	struct buffer issuers;
	buffer_init(&text, MAX_REFILL);
	buffer_init(&issuers, MAX_REFILL);
	for (size_t i = 0; i < page->given.num_certs; i++) {
		const struct given_cert *one = &page->given.certs[i];
		put_cert(one->is_issuer ? &issuers : &text, one->cert);
	}
	page->fields.certificate =
		page->given.num_certs && !given_lacks_leaf(&page->given)
		? keep(&text, page->arena)
		: form_value(&page->form, "certificate");
	page->fields.issuer = keep(&issuers, page->arena);
	page->fields.tls_scts = base64_of(page, page->given.tls_scts);
	page->fields.ocsp = base64_of(page, page->given.ocsp);
	if (page->fields.scts.len == 0 && page->given.num_scts > 0) {
		page->fields.scts = lines_of(page);
	}
	buffer_clear(&text);
}

// What may be taken along.

static void put_policies(struct buffer *out, const struct ctp_request *request)
{
	for (size_t i = 0; i < request->num_policies; i++) {
		buffer_put_text(out, i ? "," : "");
		buffer_put_text(out, request->policies[i]->name);
	}
}

static void put_query(
	struct buffer *out, const struct ctp_request *request, int64_t at_ms)
{
	char at[DATETIME_ROOM];
	datetime_format_ms(at_ms, at);
	buffer_printf(out, "?at=%s&policies=", at);
	put_policies(out, request);
}

const char *page_request_link(
	struct page_request *page, const struct ctp_request *request, int64_t at_ms)
{
	struct buffer text;
	buffer_init(&text, 1024);
	buffer_put_char(&text, '/');
	put_query(&text, request, at_ms);
	const char *out = (const char *)keep(&text, page->arena).data;
	return out ? out : "/";
}

static void put_member(struct page_request *page, struct json *json, const char *name,
	struct bytes value)
{
	struct bytes text = base64_of(page, value);
	if (text.len > 0) {
		struct bytes copy = arena_copy(page->arena, text);
		json_put_text(json, name, copy.data ? (const char *)copy.data : "");
	}
}

static void put_pins(struct json *json, const struct pin_set *set)
{
	for (size_t i = 0; i < set->num; i++) {
		json_put_base64(json, NULL, bytes_of(set->pins[i], PIN_LEN));
	}
}

// Curl's form is about the leaf alone where an address has it, as in the page's field; of a
// request's pins it says no such thing.
static bool is_of_curl(const struct pin_set *set)
{
	return set && set->num_groups == 1 && set->groups[0].is_curl;
}

static void put_curl_pins(struct buffer *out, const struct pin_set *set)
{
	char pin[TEXT_BASE64_ROOM(PIN_LEN)];
	for (size_t i = 0; i < set->num; i++) {
		text_base64(bytes_of(set->pins[i], PIN_LEN), pin);
		buffer_put_text(out, i ? "%3Bsha256%2F%2F" : "&pins=sha256%2F%2F");
		for (const char *c = pin; *c; c++) {
			if (strchr("+/=", *c)) {
				buffer_printf(out, "%%%02X", (unsigned)*c);
			} else {
				buffer_put_char(out, *c);
			}
		}
	}
}

// Pins with the file that says what they belong to, bare ones alone.
static void put_held(struct json *json, const struct ctp_request *request,
	const struct page_fields *fields)
{
	if (request->host) {
		json_put_text(json, "hostname", request->host->name);
	}
	if (request->pins && !is_of_curl(request->pins)) {
		json_put_open(json, "pins", '[');
		if (request->pins->num_groups > 1 || !request->pins->groups[0].bare) {
			json_put_bytes(json, NULL, fields->pins);
		} else {
			put_pins(json, request->pins);
		}
		json_put_close(json, ']');
	}
}

static void put_json(
	struct page_request *page, const struct ctp_request *request, struct buffer *out)
{
	struct json json = json_init(out);
	json_put_open(&json, NULL, '{');
	for (size_t i = 0; i < NUM_REQUEST_FIELDS; i++) {
		put_member(page, &json, request_field_name((enum request_field)i),
			request->fields[i]);
	}
	if (request->num_scts) {
		json_put_open(&json, "scts", '[');
		for (size_t i = 0; i < request->num_scts; i++) {
			put_member(page, &json, NULL, request->scts[i]);
		}
		json_put_close(&json, ']');
	}
	put_held(&json, request, &page->fields);
	if (request->says_private_root) {
		json_put_bool(&json, "private_root", request->private_root);
	}
	json_put_close(&json, '}');
	buffer_put_char(out, '\n');
}

static bool is_pem_alone(const struct ctp_request *request)
{
	return !request->fields[REQUEST_TLS_SCTS].data &&
		!request->fields[REQUEST_OCSP].data &&
		!request->fields[REQUEST_PRECERTIFICATE].data && request->num_scts == 0 &&
		!request->host && !request->pins && !request->says_private_root;
}

const char *page_request_curl(struct page_request *page,
	const struct ctp_request *request, const char *origin, bool has_tokens)
{
	struct buffer text;
	bool is_pem = is_pem_alone(request);
	buffer_init(&text, MAX_CURL);
	buffer_printf(&text,
		"curl -H 'Content-Type: %s' %s\\\n    --data-binary @- '%s/v1/evaluate",
		is_pem ? "application/x-pem-file" : "application/json",
		has_tokens ? "-H \"Authorization: Bearer $TOKEN\" " : "", origin);
	if (request->time_of_check == TIME_GIVEN) {
		put_query(&text, request, request->at_ms);
	} else {
		buffer_put_text(&text, "?at=issuance&policies=");
		put_policies(&text, request);
	}
	if (is_of_curl(request->pins)) {
		put_curl_pins(&text, request->pins);
	}
	buffer_put_text(&text, "' <<'END'\n");
	if (is_pem) {
		pem_put(&text, "CERTIFICATE", request->fields[REQUEST_CERTIFICATE]);
		buffer_put(&text, request->fields[REQUEST_ISSUER]);
	} else {
		put_json(page, request, &text);
	}
	buffer_put_text(&text, "END\n");
	return (const char *)keep(&text, page->arena).data;
}
