// SPDX-License-Identifier: Apache-2.0
// The form of the page of plans: times or a certificate, policies, and what the sets must survive.
#include "eval/plan.h"
#include "report/html_write.h"
#include "serve/page_frame.h"
#include "serve/serve.h"

static const char *const names[] = {
	"not_before", "not_after", "certificate", "at", "policies", "survive", NULL};

const char *page_plan_field(const struct err *err)
{
	size_t i = 0;
	while (names[i] && strcmp(names[i], err->field) != 0) {
		i++;
	}
	return names[i] ? names[i] : "";
}

static void put(struct exchange *x, const char *text)
{
	buffer_put_text(&x->answer.body, text);
}

struct field {
	const char *name, *label, *hint;
};

static void begin_field(struct exchange *x, const struct field *field)
{
	buffer_printf(&x->answer.body,
		"<p class=\"field\"><label for=\"%s\">%s</label>\n<span class=\"soft\" "
		"id=\"%s-hint\">%s</span>\n",
		field->name, field->label, field->name, field->hint);
}

// The attributes that bind a field to its hint, and to what is wrong with it.
static void put_binding(
	struct exchange *x, const struct field *field, const struct err *wrong)
{
	bool is_wrong = wrong && strcmp(page_plan_field(wrong), field->name) == 0;
	buffer_printf(&x->answer.body, " aria-describedby=\"%s-hint", field->name);
	if (is_wrong) {
		buffer_printf(
			&x->answer.body, " %s-wrong\" aria-invalid=\"true", field->name);
	}
	put(x, "\"");
}

static void end_field(
	struct exchange *x, const struct field *field, const struct err *wrong)
{
	if (wrong && strcmp(page_plan_field(wrong), field->name) == 0) {
		buffer_printf(&x->answer.body, "<span class=\"wrong\" id=\"%s-wrong\">",
			field->name);
		html_put_text(&x->answer.body, wrong->text);
		put(x, "</span>");
	}
	put(x, "</p>\n");
}

static void put_text(struct exchange *x, const struct field *field, struct bytes value,
	const struct err *wrong)
{
	begin_field(x, field);
	buffer_printf(&x->answer.body,
		"<input id=\"%s\" name=\"%s\" type=\"text\" autocomplete=\"off\" "
		"spellcheck=\"false\"",
		field->name, field->name);
	put_binding(x, field, wrong);
	put(x, " value=\"");
	page_put_value(x, value);
	put(x, "\">");
	end_field(x, field, wrong);
}

struct choice {
	const char *value, *text;
};

// The first one where none is chosen.
static void put_select(struct exchange *x, const struct field *field,
	const struct choice *choices, struct bytes value, const struct err *wrong)
{
	begin_field(x, field);
	buffer_printf(&x->answer.body, "<select id=\"%s\" name=\"%s\"", field->name,
		field->name);
	put_binding(x, field, wrong);
	put(x, ">\n");
	for (; choices->value; choices++) {
		page_put_choice(x, choices->value, choices->text,
			bytes_equal(value, bytes_of_text(choices->value)));
	}
	put(x, "</select>");
	end_field(x, field, wrong);
}

static void put_times(
	struct exchange *x, const struct page_fields *fields, const struct err *wrong)
{
	static const struct field before = {"not_before", "notBefore",
		"2026-11-22 (its first second), 2026-11-22T08:00:00Z, or \xe2\x80\x9cnow\xe2\x80\x9d"};
	static const struct field after = {"not_after", "notAfter",
		"the last second of its validity, in the same forms; or a lifetime, 90d"};
	put(x, "<div class=\"pair\">\n");
	put_text(x, &before, fields->not_before, wrong);
	put_text(x, &after, fields->not_after, wrong);
	put(x, "</div>\n");
}

static void put_certificate(
	struct exchange *x, const struct page_fields *fields, const struct err *wrong)
{
	static const struct field area = {"certificate", "", ""};
	bool is_open = fields->certificate.len ||
		(wrong && strcmp(page_plan_field(wrong), area.name) == 0);
	buffer_printf(&x->answer.body,
		"<details class=\"more\"%s><summary>Or take the times from a certificate"
		"</summary>\n",
		is_open ? " open" : "");
	page_put_area(x, "certificate", "Certificate, precertificate or TBSCertificate",
		"paste PEM or base64 anywhere on this page, or drop a file; its times go "
		"before those above",
		4, fields->certificate);
	put(x,
		"<p class=\"field\"><label for=\"files\">Or pick its file</label>\n<span "
		"class=\"soft\" id=\"files-hint\">PEM or DER</span>\n<input id=\"files\" "
		"name=\"files\" type=\"file\" multiple aria-describedby=\"files-hint\"></p>\n"
		"<noscript><p class=\"note\">Never send a private key: without JavaScript this page "
		"cannot see what it is before it leaves. The service would refuse it.</p>"
		"</noscript>\n</details>\n");
}

static void put_conditions(
	struct exchange *x, const struct page_fields *fields, const struct err *wrong)
{
	static const struct field policies = {
		"policies", "Policies", "what the sets have to satisfy"};
	char every[PAGE_EVERY_ROOM];
	const struct choice models[] = {
		{"apple,apple-enforced", "Both: the published policy, and devices"},
		{"apple", "Apple\xe2\x80\x99s published policy"},
		{"apple-enforced", "What Apple\xe2\x80\x99s devices enforce"},
		{"all", page_every_policy(every)}, {NULL, NULL}};
	static const struct field survive = {
		"survive", "Still enough if", "lost: later retired or rejected"};
	const struct choice losses[] = {{survive_name(SURVIVE_NONE), "nothing is lost"},
		{survive_name(SURVIVE_LOG), "any one log is lost"},
		{survive_name(SURVIVE_OPERATOR), "any one log operator is lost"},
		{NULL, NULL}};
	put(x, "<div class=\"pair\">\n");
	put_select(x, &policies, models, fields->policies, wrong);
	put_select(x, &survive, losses, fields->survive, wrong);
	put(x, "</div>\n");
}

void page_put_plan_form(
	struct exchange *x, const struct page_fields *fields, const struct err *wrong)
{
	static const struct field at = {
		"at", "Time of check", "which log list holds; empty is now"};
	buffer_printf(&x->answer.body,
		"<form id=\"form\" method=\"post\" action=\"/plan\" "
		"enctype=\"multipart/form-data\" data-max=\"%zu\">\n",
		x->serve->settings.max_body);
	put_times(x, fields, wrong);
	put_certificate(x, fields, wrong);
	put_conditions(x, fields, wrong);
	put(x, "<div class=\"pair\">\n");
	put_text(x, &at, fields->at, wrong);
	page_put_token(x);
	put(x,
		"</div>\n<p class=\"actions\"><button class=\"primary\" type=\"submit\">Plan"
		"</button></p>\n</form>\n");
}
