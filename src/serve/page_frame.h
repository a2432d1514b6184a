// SPDX-License-Identifier: Apache-2.0
// What stands around every page for people: its head, its form, its end.
#ifndef SERVE_PAGE_FRAME_H
#define SERVE_PAGE_FRAME_H

#include "serve/exchange.h"

// What the form shows: as it was sent, or in a form that can be sent again. Data NULL: empty.
struct page_fields {
	struct bytes certificate; // text
	struct bytes issuer;
	struct bytes tls_scts;
	struct bytes ocsp;
	struct bytes scts;
	struct bytes at;
	struct bytes policies;
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
// The same of the page of log lists, which has another form.
void page_begin_lists(struct exchange *x);
// To the end, with the answer's status and type.
void page_end(struct exchange *x, unsigned status);

#endif
