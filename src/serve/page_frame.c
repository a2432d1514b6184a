// SPDX-License-Identifier: Apache-2.0
#include "serve/page_frame.h"

#include "ctpolicy.h"

#include "base/text.h"
#include "report/html_write.h"
#include "serve/evaluation.h"
#include "serve/form.h"
#include "serve/serve.h"

bool page_is_part(const struct exchange *x)
{
	return query_value(&x->parameters, "part").len > 0;
}

bool page_has_tokens(struct exchange *x)
{
	struct token_sets tokens = store_get_tokens(&x->serve->store);
	bool has = tokens.callers != NULL;
	token_sets_unref(&tokens);
	return has;
}

static bool knows(const struct token_sets *tokens, struct bytes authorization)
{
	return tokens_know(tokens->callers, authorization) ||
		tokens_know(tokens->admins, authorization);
}

bool page_lacks_token(struct exchange *x, struct bytes token)
{
	const char *header = x->headers[HEADER_AUTHORIZATION];
	struct token_sets tokens = store_get_tokens(&x->serve->store);
	struct buffer text;
	buffer_init(&text, 16 * 1024);
	buffer_put_text(&text, "Bearer ");
	buffer_put(&text, text_trim(token));
	bool may = !tokens.callers || (header && knows(&tokens, bytes_of_text(header))) ||
		(!text.failed && knows(&tokens, buffer_bytes(&text)));
	buffer_clear(&text);
	token_sets_unref(&tokens);
	return !may;
}

// Does the Host say this very machine?
static bool is_loopback(const char *host)
{
	static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t len = strlen(names[i]);
		if (strncmp(host, names[i], len) == 0 &&
			(host[len] == '\0' || host[len] == ':')) {
			return true;
		}
	}
	return false;
}

const char *page_origin(struct exchange *x)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789.:-[]";
	const char *host = x->headers[HEADER_HOST];
	struct buffer text;
	if (!host || !host[0] || strspn(host, letters) != strlen(host)) {
		host = "127.0.0.1:8080";
	}
	buffer_init(&text, 16 * 1024);
	buffer_printf(&text, "http%s://%s", is_loopback(host) ? "" : "s", host);
	struct bytes out =
		text.failed ? BYTES_NONE : arena_copy(&x->arena, buffer_bytes(&text));
	buffer_clear(&text);
	return out.data ? (const char *)out.data : "http://127.0.0.1:8080";
}

static void put(struct exchange *x, const char *text)
{
	buffer_put_text(&x->answer.body, text);
}

static const struct {
	enum call call;
	const char *path, *name;
} pages[] = {
	{CALL_PAGE, "/", "Check a certificate"},
	{CALL_PAGE_PLAN, "/plan", "Plan"},
	{CALL_PAGE_LISTS, "/lists", "Log lists"},
};

static void put_links(struct exchange *x)
{
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		buffer_printf(&x->answer.body, "%s<a href=\"%s\"%s>%s</a>", i ? " " : "",
			pages[i].path,
			x->endpoint->call == pages[i].call ? " aria-current=\"page\""
							   : "",
			pages[i].name);
	}
}

static const char *title_of(const struct exchange *x)
{
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		if (x->endpoint->call == pages[i].call) {
			return pages[i].name;
		}
	}
	return "Not found";
}

static void put_head(struct exchange *x)
{
	put(x,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	put(x, title_of(x));
	put(x,
		" \xe2\x80\x93 ctpolicy</title>\n<link rel=\"stylesheet\" href=\"/page/page.css\">\n"
		"<link rel=\"icon\" href=\"/page/icon.svg\">\n"
		"<script src=\"/page/page.js\" defer></script>\n</head>\n<body>\n"
		"<a class=\"skip\" href=\"#main\">Skip to the content</a>\n<header>\n"
		"<p class=\"brand\">ctpolicy</p>\n<nav aria-label=\"Pages\">");
	put_links(x);
	put(x, "</nav>\n</header>\n<main id=\"main\">\n");
}

// Text that is put back into a field; nothing where it is no text.
void page_put_value(struct exchange *x, struct bytes text)
{
	struct buffer copy;
	if (!text_is_utf8(text) ||
		memchr(text.data ? text.data : (const uint8_t *)"", 0, text.len)) {
		return;
	}
	buffer_init(&copy, text.len + 64);
	buffer_put(&copy, text);
	buffer_put_char(&copy, '\0');
	html_put_text(&x->answer.body, copy.failed ? "" : (const char *)copy.data);
	buffer_clear(&copy);
}

void page_put_area(struct exchange *x, const char *name, const char *label,
	const char *hint, unsigned rows, struct bytes value)
{
	buffer_printf(&x->answer.body,
		"<p class=\"field\"><label for=\"%s\">%s</label>\n<span class=\"soft\" "
		"id=\"%s-hint\">%s</span>\n<textarea id=\"%s\" name=\"%s\" rows=\"%u\" "
		"spellcheck=\"false\" autocapitalize=\"off\" autocomplete=\"off\" "
		"aria-describedby=\"%s-hint\">\n",
		name, label, name, hint, name, name, rows, name);
	page_put_value(x, value);
	put(x, "</textarea></p>\n");
}

void page_put_choice(struct exchange *x, const char *value, const char *text, bool chosen)
{
	buffer_printf(&x->answer.body, "<option value=\"%s\"%s>%s</option>\n", value,
		chosen ? " selected" : "", text);
}

const char *page_every_policy(char out[PAGE_EVERY_ROOM])
{
	size_t len = (size_t)snprintf(out, PAGE_EVERY_ROOM, "Every policy");
	for (size_t i = 0; i < policy_num() && len < PAGE_EVERY_ROOM; i++) {
		len += (size_t)snprintf(out + len, PAGE_EVERY_ROOM - len, "%s%s",
			i ? ", " : ": ", policy_at(i)->name);
	}
	return out;
}

static void put_hostname(struct exchange *x, const struct page_fields *fields)
{
	put(x,
		"<p class=\"field\"><label for=\"hostname\">Hostname</label>\n<span "
		"class=\"soft\" id=\"hostname-hint\">a name or an IP address that the "
		"certificate is to be for</span>\n<input id=\"hostname\" name=\"hostname\" "
		"type=\"text\" autocomplete=\"off\" autocapitalize=\"off\" "
		"spellcheck=\"false\" aria-describedby=\"hostname-hint\" value=\"");
	page_put_value(x, fields->hostname);
	put(x, "\"></p>\n");
}

static void put_root(struct exchange *x, const struct page_fields *fields)
{
	buffer_printf(&x->answer.body,
		"<p class=\"field\"><label for=\"private_root\"><input "
		"id=\"private_root\" name=\"private_root\" type=\"checkbox\" "
		"value=\"true\" aria-describedby=\"private_root-hint\"%s> Its root was "
		"added by users or administrators</label>\n<span class=\"soft\" "
		"id=\"private_root-hint\">a CA of your own, or your "
		"company\xe2\x80\x99s, that no system comes with</span></p>\n",
		fields->private_root ? " checked" : "");
}

static void put_more(struct exchange *x, const struct page_fields *fields)
{
	bool has_more = fields->issuer.len || fields->tls_scts.len || fields->ocsp.len ||
		fields->scts.len || fields->hostname.len || fields->pins.len ||
		fields->private_root;
	buffer_printf(&x->answer.body,
		"<details class=\"more\"%s><summary>Issuer, TLS SCTs, OCSP response, SCTs to "
		"embed, root, hostname, pins</summary>\n",
		has_more ? " open" : "");
	page_put_area(x, "issuer", "Issuer",
		"PEM or base64; where it is not in the chain", 3, fields->issuer);
	put_root(x, fields);
	page_put_area(x, "tls_scts", "SCTs of the TLS extension",
		"base64 of the SignedCertificateTimestampList", 2, fields->tls_scts);
	page_put_area(x, "ocsp", "OCSP response", "base64 of its DER", 2, fields->ocsp);
	page_put_area(x, "scts", "SCTs to embed in a precertificate",
		"what logs answered: base64 or JSON, one a line", 3, fields->scts);
	put_hostname(x, fields);
	page_put_area(x, "pins", "Pins",
		"SHA-256 of public keys, one a line, or what an app carries: NSPinnedDomains, "
		"TrustKit, Android\xe2\x80\x99s network security configuration",
		3, fields->pins);
	put(x, "</details>\n");
}

void page_put_token(struct exchange *x)
{
	if (page_has_tokens(x)) {
		put(x,
			"<p class=\"field\"><label for=\"token\">Token</label>\n<span "
			"class=\"soft\" id=\"token-hint\">this service answers to who has "
			"one; it is kept until this tab is closed</span>\n<input id=\"token\" "
			"name=\"token\" type=\"password\" autocomplete=\"off\" "
			"aria-describedby=\"token-hint\"></p>\n");
	}
}

static void put_time(struct exchange *x, const struct page_fields *fields)
{
	bool enforced_first = fields->policies.len >= 14 &&
		memcmp(fields->policies.data, "apple-enforced", 14) == 0;
	bool all = bytes_equal(fields->policies, BYTES_LITERAL("apple,all"));
	char every[PAGE_EVERY_ROOM];
	put(x,
		"<div class=\"pair\">\n<p class=\"field\"><label for=\"at\">Time of check</label>\n"
		"<span class=\"soft\" id=\"at-hint\">empty is now; 2026-06-01, a time as RFC 3339 "
		"has it, or \xe2\x80\x9cissuance\xe2\x80\x9d</span>\n<input id=\"at\" name=\"at\" "
		"type=\"text\" autocomplete=\"off\" aria-describedby=\"at-hint\" value=\"");
	page_put_value(x, fields->at);
	put(x,
		"\"></p>\n<p class=\"field\"><label for=\"policies\">Policy that comes first</label>"
		"\n<span class=\"soft\" id=\"policies-hint\">both of Apple\xe2\x80\x99s are always "
		"judged</span>\n<select "
		"id=\"policies\" name=\"policies\" aria-describedby=\"policies-hint\">\n");
	page_put_choice(x, "apple,apple-enforced", "Apple\xe2\x80\x99s published policy",
		!enforced_first && !all);
	page_put_choice(x, "apple-enforced,apple",
		"What Apple\xe2\x80\x99s devices enforce", enforced_first);
	page_put_choice(x, "apple,all", page_every_policy(every), all);
	put(x, "</select></p>\n</div>\n");
}

static void put_form(struct exchange *x, const struct page_fields *fields)
{
	buffer_printf(&x->answer.body,
		"<form id=\"form\" method=\"post\" action=\"/\" enctype=\"multipart/form-data\" "
		"data-max=\"%zu\">\n",
		x->serve->settings.max_body);
	page_put_area(x, "certificate", "Certificate, chain or precertificate",
		"paste PEM or base64, leaf first; or drop files anywhere on this page",
		x->fields ? 3 : 7, fields->certificate);
	put(x,
		"<p class=\"field\"><label for=\"files\">Or pick files</label>\n<span "
		"class=\"soft\" id=\"files-hint\">PEM, DER, SCT and OCSP files, several at once; "
		"each is recognized by its bytes</span>\n<input id=\"files\" name=\"files\" "
		"type=\"file\" multiple aria-describedby=\"files-hint\"></p>\n"
		"<noscript><p class=\"note\">Never send a private key: without JavaScript this page "
		"cannot see what it is before it leaves. The service would refuse it.</p>"
		"</noscript>\n");
	put_more(x, fields);
	put_time(x, fields);
	page_put_token(x);
	put(x,
		"<p class=\"actions\"><button class=\"primary\" type=\"submit\">Check"
		"</button></p>\n</form>\n");
}

void page_begin(struct exchange *x, const struct page_fields *fields)
{
	static const struct page_fields empty = {.certificate = {NULL, 0}};
	if (page_is_part(x)) {
		return;
	}
	put_head(x);
	put(x,
		"<h1>Which Certificate Transparency policies does this certificate "
		"meet?</h1>\n");
	put_form(x, fields ? fields : &empty);
	put(x, "<div id=\"answer\" aria-live=\"polite\">\n");
}

void page_begin_other(struct exchange *x)
{
	put_head(x);
	put(x, "<div id=\"answer\">\n");
}

void page_begin_plan(
	struct exchange *x, const struct page_fields *fields, const struct err *wrong)
{
	static const struct page_fields empty = {.certificate = {NULL, 0}};
	if (page_is_part(x)) {
		return;
	}
	put_head(x);
	put(x, "<h1>Which logs can give a certificate the SCTs that it needs?</h1>\n");
	page_put_plan_form(x, fields ? fields : &empty, wrong);
	put(x, "<div id=\"answer\" aria-live=\"polite\">\n");
}

const char page_token_field[] =
	"<label>Token <input name=\"token\" type=\"password\" autocomplete=\"off\"></label> ";

void page_ask_for_token(struct exchange *x)
{
	page_begin_other(x);
	put(x, "<h1>");
	put(x, title_of(x));
	buffer_printf(&x->answer.body,
		"</h1>\n<p>This service answers to who has a token.</p>\n<form class=\"inline\" "
		"method=\"post\" action=\"%.*s\">%s<button type=\"submit\">Show</button>\n</form>\n",
		(int)x->path.len, (const char *)x->path.data, page_token_field);
	x->answer.code = CODE_UNAUTHORIZED;
	x->answer.asks_for_token = true;
	page_end(x, 401);
}

const struct form *page_read_form(struct exchange *x)
{
	struct form *form = arena_take(&x->arena, sizeof(*form));
	struct bytes body;
	struct err err;
	err_clear(&err);
	if (!form) {
		(void)answer_unavailable(x, CODE_OUT_OF_MEMORY, "memory ran out");
		return NULL;
	}
	if (!evaluation_decode_body(x, &body, &err) ||
		!form_read(
			x->headers[HEADER_CONTENT_TYPE], body, &x->arena, form, &err)) {
		(void)answer_problem(x, evaluation_status(err.code, false), &err);
		return NULL;
	}
	if (page_lacks_token(x, form_value(form, "token"))) {
		page_ask_for_token(x);
		return NULL;
	}
	return form;
}

void page_end(struct exchange *x, unsigned status)
{
	x->answer.status = status;
	x->answer.type = "text/html; charset=utf-8";
	if (page_is_part(x)) {
		return;
	}
	buffer_printf(&x->answer.body,
		"</div>\n</main>\n<footer>\n<p>ctpolicy %s. Nothing leaves this service, and "
		"nothing that is sent here is kept. <a href=\"/openapi.json\">The same for "
		"programs</a></p>\n</footer>\n</body>\n</html>\n",
		CTP_VERSION);
}

// Errors.

void page_problem(struct exchange *x, unsigned status, const struct err *err)
{
	struct buffer *out = &x->answer.body;
	bool is_plan = x->endpoint->call == CALL_PAGE_PLAN;
	if (is_plan) {
		page_begin_plan(x, x->fields, err);
	} else if (x->endpoint->call != CALL_PAGE) {
		page_begin_other(x);
		put(x, "<h1>");
		put(x, title_of(x));
		put(x, "</h1>\n");
	} else {
		page_begin(x, x->fields);
	}
	// The script shows it at the field too, as a whole page does.
	buffer_printf(out,
		"<section id=\"verdict\" class=\"verdict bad\" role=\"alert\"%s%s%s>\n"
		"<p class=\"word\"><span class=\"sign\" aria-hidden=\"true\"></span>%s</p>\n"
		"<h2 tabindex=\"-1\">",
		is_plan ? " data-wrong=\"" : "", is_plan ? page_plan_field(err) : "",
		is_plan ? "\"" : "", is_plan ? "Not planned" : "Not checked");
	html_put_text(out, err->text);
	put(x, "</h2>\n<p class=\"soft\">");
	html_put_code(out, code_info(err->code)->name);
	if (err->field[0]) {
		put(x, " in ");
		html_put_foreign(out, bytes_of_text(err->field));
	}
	if (err->offset != ERR_NO_OFFSET) {
		buffer_printf(out, ", byte %zu", err->offset);
	}
	put(x, "</p>\n</section>\n");
	page_end(x, status);
}
