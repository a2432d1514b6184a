// SPDX-License-Identifier: Apache-2.0
// What stands around every page for people: its head, its form, its end.
#ifndef SERVE_PAGE_FRAME_H
#define SERVE_PAGE_FRAME_H

#include "base/datetime.h"
#include "serve/exchange.h"

// What forms suggest: a certificate that lives as long as most do.
#define PAGE_USUAL_LIFE_MS (90 * DATETIME_DAY_MS)

// What the form shows: as it was sent, or in a form that can be sent again. Data NULL: empty.
struct page_fields {
	struct bytes certificate; // text
	struct bytes issuer;
	struct bytes tls_scts;
	struct bytes ocsp;
	struct bytes scts;
	struct bytes hostname;
	struct bytes pins;
	bool private_root;
	struct bytes at;
	struct bytes policies;
	// Of a plan.
	struct bytes not_before;
	struct bytes not_after;
	struct bytes survive;
};

// Did a script ask, which puts the answer alone into the page that it has?
bool page_is_part(const struct exchange *x);
// Is a token needed, and not sent? Looks at the header Authorization, then at `token`, of a form.
bool page_lacks_token(struct exchange *x, struct bytes token);
// Does the service ask for tokens at all?
bool page_has_tokens(struct exchange *x);

// The page up to where the answer stands; nothing where only that is asked for. `fields` may be
// NULL.
void page_begin(struct exchange *x, const struct page_fields *fields);
// The same of the other pages, which have forms of their own.
void page_begin_other(struct exchange *x);
// Their field for a token; the script fills in what the tab knows.
extern const char page_token_field[];
// A page that asks for a token, and for nothing else.
void page_ask_for_token(struct exchange *x);
// The form of their body; NULL where it has answered: it cannot be read, or lacks the token.
const struct form *page_read_form(struct exchange *x);
// And of the page of plans: where `wrong` is not NULL it is said at its field.
void page_begin_plan(
	struct exchange *x, const struct page_fields *fields, const struct err *wrong);
// To the end, with the answer's status and type.
void page_end(struct exchange *x, unsigned status);

// The service as its caller calls it, for commands that are shown: "http://127.0.0.1:8080". Of a
// host that is not this machine, "https://": a token goes with the command, and what is in front
// of the service has TLS.
const char *page_origin(struct exchange *x);

// What the choice of all policies is called: "Every policy: apple, ...", by their names.
#define PAGE_EVERY_ROOM 512
const char *page_every_policy(char out[PAGE_EVERY_ROOM]);

// Parts of forms. Text that is put back into a field; nothing where it is no text:
void page_put_value(struct exchange *x, struct bytes text);
// A field of several lines, with its label.
void page_put_area(struct exchange *x, const char *name, const char *label,
	const char *hint, unsigned rows, struct bytes value);
void page_put_choice(
	struct exchange *x, const char *value, const char *text, bool chosen);
// The field for a token, where the service asks for one.
void page_put_token(struct exchange *x);
// The form of the page of plans (page_plan_form.c).
void page_put_plan_form(
	struct exchange *x, const struct page_fields *fields, const struct err *wrong);
// The name of its field that the error is about; "" where it is none of them.
const char *page_plan_field(const struct err *err);

#endif
